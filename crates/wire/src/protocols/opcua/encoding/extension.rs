//! ExtensionObject: a structure with the id of its encoding before it (OPC 10000-6 §5.2.2.15).

use super::cursor::{Cursor, Read, Violation};
use super::node_id::NodeId;

/// What an ExtensionObject carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Body<'a> {
    /// Nothing.
    None,
    /// The structure in binary, as long as it says.
    Binary(&'a [u8]),
    /// The structure as XML.
    Xml(&'a [u8]),
}

/// A structure whose type the reader may not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExtensionObject<'a> {
    /// The node of the encoding, not of the type.
    pub type_id: NodeId<'a>,
    /// What it carries.
    pub body: Body<'a>,
}

impl<'a> ExtensionObject<'a> {
    /// Reads one.
    pub fn read(cursor: &mut Cursor<'a>) -> Read<Self> {
        let type_id = NodeId::read(cursor)?;
        let body = match cursor.u8()? {
            0 => Body::None,
            1 => cursor.counted()?.map_or(Body::None, Body::Binary),
            2 => cursor.counted()?.map_or(Body::None, Body::Xml),
            _ => return Err(Violation::BAD_ENCODING),
        };
        Ok(Self { type_id, body })
    }

    /// Whether there is neither type nor body.
    pub fn is_null(&self) -> bool {
        self.type_id.is_null() && self.body == Body::None
    }
}
