//! The binary encoding of OPC UA (OPC 10000-6 §5.2): values borrowed from the message they stand in.
//!
//! Nothing here allocates by a length from the wire, and no depth of nesting reaches the stack unbounded.

pub mod cursor;
pub mod data_value;
pub mod diagnostic;
pub mod extension;
pub mod node_id;
pub mod plain;
pub mod time;
pub mod value;
pub mod variant;

pub use cursor::{Bounds, Cursor, Read, Violation};
pub use data_value::DataValue;
pub use diagnostic::DiagnosticInfo;
pub use extension::{Body, ExtensionObject};
pub use node_id::{ExpandedNodeId, Identifier, NodeId};
pub use plain::{Guid, LocalizedText, QualifiedName, Text};
pub use time::DateTime;
pub use value::{Builtin, Value};
pub use variant::{Array, Variant};

#[cfg(test)]
mod tests;
