//! NodeId and ExpandedNodeId in all their encodings (OPC 10000-6 §5.2.2.9, §5.2.2.10).

use std::fmt;

use super::cursor::{Cursor, Read, Violation};
use super::plain::{base64, Guid, Text};

/// What tells a node from the others of its namespace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Identifier<'a> {
    /// A number, however it was packed.
    Numeric(u32),
    /// A text; `None`: null.
    String(Option<Text<'a>>),
    /// A Guid.
    Guid(Guid),
    /// Bytes that only the server understands; `None`: null.
    Opaque(Option<&'a [u8]>),
}

/// The name of a node on its server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NodeId<'a> {
    /// Index into the server's namespaces.
    pub namespace: u16,
    /// Which of them.
    pub identifier: Identifier<'a>,
}

impl<'a> NodeId<'a> {
    /// A numeric one of namespace 0.
    pub const fn standard(number: u32) -> Self {
        Self { namespace: 0, identifier: Identifier::Numeric(number) }
    }

    /// Reads one.
    #[inline]
    pub fn read(cursor: &mut Cursor<'a>) -> Read<Self> {
        let encoding = cursor.u8()?;
        Self::encoded(encoding, cursor)
    }

    #[inline]
    fn encoded(encoding: u8, cursor: &mut Cursor<'a>) -> Read<Self> {
        let (namespace, identifier) = match encoding {
            0 => (0, Identifier::Numeric(u32::from(cursor.u8()?))),
            1 => (u16::from(cursor.u8()?), Identifier::Numeric(u32::from(cursor.u16()?))),
            2 => (cursor.u16()?, Identifier::Numeric(cursor.u32()?)),
            3 => (cursor.u16()?, Identifier::String(cursor.counted()?.map(Text))),
            4 => (cursor.u16()?, Identifier::Guid(Guid::read(cursor)?)),
            5 => (cursor.u16()?, Identifier::Opaque(cursor.counted()?)),
            _ => return Err(Violation::BAD_ENCODING),
        };
        Ok(Self { namespace, identifier })
    }

    /// Whether it names no node (OPC 10000-3 §8.2.4).
    pub fn is_null(&self) -> bool {
        self.namespace == 0
            && match self.identifier {
                Identifier::Numeric(number) => number == 0,
                Identifier::String(text) => text.is_none_or(|text| text.0.is_empty()),
                Identifier::Guid(guid) => guid.0 == [0; 16],
                Identifier::Opaque(bytes) => bytes.is_none_or(<[u8]>::is_empty),
            }
    }

    /// Its number, if it is a numeric one of namespace 0.
    pub fn number(&self) -> Option<u32> {
        match self.identifier {
            Identifier::Numeric(number) if self.namespace == 0 => Some(number),
            _ => None,
        }
    }

    /// Feeds it in a form that does not depend on the encoding chosen, and that no other node has.
    pub fn canonical(&self, feed: &mut impl FnMut(&[u8])) {
        let [low, high] = self.namespace.to_le_bytes();
        match self.identifier {
            Identifier::Numeric(number) => {
                let [a, b, c, d] = number.to_le_bytes();
                feed(&[low, high, b'i', a, b, c, d]);
            }
            Identifier::String(text) => {
                feed(&[low, high, b's']);
                counted(text.map_or(&[], |text| text.0), feed);
            }
            Identifier::Guid(guid) => {
                feed(&[low, high, b'g']);
                feed(&guid.0);
            }
            Identifier::Opaque(bytes) => {
                feed(&[low, high, b'b']);
                counted(bytes.unwrap_or_default(), feed);
            }
        }
    }
}

/// Feeds bytes with their length before them: no two lists of texts are fed alike.
pub fn counted(bytes: &[u8], feed: &mut impl FnMut(&[u8])) {
    feed(&u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_le_bytes());
    feed(bytes);
}

impl fmt::Display for Identifier<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Numeric(number) => write!(out, "i={number}"),
            Self::String(text) => write!(out, "s={}", text.unwrap_or(Text(&[])).lossy()),
            Self::Guid(guid) => write!(out, "g={guid}"),
            Self::Opaque(bytes) => {
                out.write_str("b=")?;
                base64(bytes.unwrap_or_default(), out)
            }
        }
    }
}

impl fmt::Display for NodeId<'_> {
    /// The specification's text form (§5.3.1.10): `i=2259`, `ns=2;s=Boiler.Level`.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.namespace != 0 {
            write!(out, "ns={};", self.namespace)?;
        }
        self.identifier.fmt(out)
    }
}

/// A node that may be of another server, or of a namespace told by its URI.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExpandedNodeId<'a> {
    /// The node; its namespace index says nothing where there is a URI.
    pub node: NodeId<'a>,
    /// URI of its namespace.
    pub namespace_uri: Option<Text<'a>>,
    /// Index into the server's list of servers; 0: itself.
    pub server: u32,
}

impl<'a> ExpandedNodeId<'a> {
    const URI: u8 = 0x80;
    const SERVER: u8 = 0x40;

    /// Reads one.
    pub fn read(cursor: &mut Cursor<'a>) -> Read<Self> {
        let encoding = cursor.u8()?;
        let node = NodeId::encoded(encoding & !(Self::URI | Self::SERVER), cursor)?;
        let namespace_uri = if encoding & Self::URI != 0 { cursor.counted()?.map(Text) } else { None };
        let server = if encoding & Self::SERVER != 0 { cursor.u32()? } else { 0 };
        Ok(Self { node, namespace_uri, server })
    }

    /// Whether it names no node.
    pub fn is_null(&self) -> bool {
        self.node.is_null() && self.namespace_uri.is_none() && self.server == 0
    }

    /// See [`NodeId::canonical`].
    pub fn canonical(&self, feed: &mut impl FnMut(&[u8])) {
        match self.namespace_uri {
            None => self.node.canonical(feed),
            Some(uri) => {
                NodeId { namespace: u16::MAX, identifier: self.node.identifier }.canonical(feed);
                counted(uri.0, feed);
            }
        }
        feed(&self.server.to_le_bytes());
    }
}

impl fmt::Display for ExpandedNodeId<'_> {
    /// `svr=1;nsu=urn:maker;i=5`.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.server != 0 {
            write!(out, "svr={};", self.server)?;
        }
        match self.namespace_uri {
            // What would end the URI in this form is escaped (OPC 10000-6 §5.3.1.11).
            Some(uri) => write!(out, "nsu={};{}", uri.lossy().replace('%', "%25").replace(';', "%3B"), self.node.identifier),
            None => self.node.fmt(out),
        }
    }
}
