//! What each message is asked for at once: service, header and identity. Nothing is allocated.

use smallvec::SmallVec;

use super::encoding::node_id::counted;
use super::encoding::{Cursor, DataValue, DiagnosticInfo, ExtensionObject, NodeId, QualifiedName, Read, Value, Violation};
use super::services::{message, open, walk, Field, Role, Service, Structure, Visitor};
use crate::protocols::Side;

/// Type and header of a message.
#[derive(Debug, Clone, Copy)]
pub struct Head<'a> {
    /// What is asked or answered; [`Service::is_fault`]: any of them, refused.
    pub service: &'static Service,
    /// Who sent it.
    pub side: Side,
    /// The handle that joins request and response.
    pub handle: u32,
    /// How it went, in an answer.
    pub result: Option<u32>,
    /// What follows the header.
    pub rest: &'a [u8],
}

/// Reads type and header. `None`: no message of a known service, or its header is broken.
pub fn head(body: &[u8]) -> Option<Head<'_>> {
    let mut cursor = Cursor::new(body);
    let (service, side) = open(&mut cursor).ok()?.1?;
    let (handle, result) = match side {
        Side::Request => (request_header(&mut cursor).ok()?, None),
        Side::Answer => {
            let (handle, result) = response_header(&mut cursor).ok()?;
            (handle, Some(result))
        }
    };
    Some(Head { service, side, handle, result, rest: cursor.rest() })
}

/// Reads over a RequestHeader (OPC 10000-4 §7.32): its handle.
fn request_header(cursor: &mut Cursor<'_>) -> Read<u32> {
    NodeId::read(cursor)?;
    cursor.bytes(8)?;
    let handle = cursor.u32()?;
    cursor.bytes(4)?;
    cursor.counted()?;
    cursor.bytes(4)?;
    ExtensionObject::read(cursor)?;
    Ok(handle)
}

/// Reads over a ResponseHeader (OPC 10000-4 §7.33): its handle and its result.
fn response_header(cursor: &mut Cursor<'_>) -> Read<(u32, u32)> {
    cursor.bytes(8)?;
    let (handle, result) = (cursor.u32()?, cursor.u32()?);
    DiagnosticInfo::skip(cursor)?;
    for _ in 0..cursor.count(4)?.unwrap_or(0) {
        cursor.counted()?;
    }
    ExtensionObject::read(cursor)?;
    Ok((handle, result))
}

/// What is wrong with the encoding of a message; nothing of it is kept.
pub fn violations(body: &[u8]) -> SmallVec<[Violation; 2]> {
    let mut check = Check(SmallVec::new());
    message(body, &mut check);
    check.0
}

/// Hears of violations only.
struct Check(SmallVec<[Violation; 2]>);

impl Visitor<'_> for Check {
    #[inline]
    fn hears_values(&self) -> bool {
        false
    }

    fn violation(&mut self, violation: Violation) {
        if !self.0.contains(&violation) {
            self.0.push(violation);
        }
    }
}

/// Whether every operation of a Read or a HistoryRead was refused, of its answer. A value that is read and bad is no refusal: its
/// quality is told with it.
pub fn all_refused(head: &Head<'_>) -> bool {
    let is_refused = match head.service.request_id {
        READ => value_refused,
        HISTORY_READ => history_refused,
        _ => return false,
    };
    let mut cursor = Cursor::new(head.rest);
    let count = cursor.count(1).ok().flatten().unwrap_or(0);
    count > 0 && (0..count).all(|_| is_refused(&mut cursor).unwrap_or(false))
}

/// Codes by which a Read refuses one of its operations, without their lower half: the node, attribute, range or encoding is not there, or
/// not for this user (OPC 10000-4 §5.11.2.4; of encodings 1.04 §5.10.2.4).
const REFUSES_READ: [u32; 10] = [0x801F, 0x8033, 0x8034, 0x8035, 0x8036, 0x8037, 0x8038, 0x8039, 0x803A, 0x80E6];

fn value_refused(cursor: &mut Cursor<'_>) -> Read<bool> {
    // Most values are good and say no status: nothing of them is read.
    if cursor.rest().first().is_none_or(|mask| mask & 0x02 == 0) {
        return Ok(false);
    }
    let value = DataValue::read(cursor)?;
    Ok(value.status.is_some_and(|status| REFUSES_READ.contains(&(status >> 16))))
}

fn history_refused(cursor: &mut Cursor<'_>) -> Read<bool> {
    let status = cursor.u32()?;
    cursor.counted()?;
    ExtensionObject::read(cursor)?;
    Ok(status >> 30 == 2)
}

/// Feeds what names the operation of a request, in a form that does not depend on how node ids are encoded: the nodes, attributes,
/// index ranges, objects, methods, paths and directions named. Never values, arguments, times, handles, nor what a server gave out.
pub fn identity(service: &Service, body: &[u8], feed: &mut impl FnMut(&[u8])) {
    let mut cursor = Cursor::new(body);
    if !NAMED.contains(&service.request_id) || NodeId::read(&mut cursor).is_err() {
        return;
    }
    if service.request_id == READ {
        // Polling makes it the most frequent request by far.
        let _read = read_identity(&mut cursor, feed);
        return;
    }
    let mut naming = Naming { feed, muted: 0 };
    // A broken request is named by what could be read of it.
    let _read = walk(service.request, &mut cursor, &mut naming);
}

/// Requests that name what they aim at: all others are named by their service alone. Not UnregisterNodes, which names what the server
/// gave out.
const NAMED: [u16; 16] = [READ, HISTORY_READ, 673, 700, 712, 527, 554, 560, 488, 494, 500, 506, 615, 751, 437, 12_211];

/// The number of a ReadRequest.
const READ: u16 = 631;
/// The same of a HistoryReadRequest.
const HISTORY_READ: u16 = 664;

/// The same for a Read as the walk feeds.
fn read_identity(cursor: &mut Cursor<'_>, feed: &mut impl FnMut(&[u8])) -> Read<()> {
    request_header(cursor)?;
    cursor.bytes(8 + 4)?;
    for _ in 0..cursor.count(16)?.unwrap_or(0) {
        NodeId::read(cursor)?.canonical(feed);
        feed(&u64::from(cursor.u32()?).to_le_bytes());
        counted(cursor.counted()?.unwrap_or_default(), feed);
        QualifiedName::read(cursor)?;
    }
    Ok(())
}

/// Feeds the fields that name an operation.
struct Naming<'f, F> {
    feed: &'f mut F,
    /// Levels of what must not be fed: the header, and filters of queries.
    muted: u32,
}

/// Structures that say how something is asked, not what: nothing in them names the operation.
const MUTED: [&str; 5] = ["RequestHeader", "MonitoringParameters", "ViewDescription", "ContentFilter", "EventFilter"];

/// Fields without a role that name an operation too.
const NAMING: [&str; 5] = ["BrowseDirection", "BrowseName", "TargetName", "TargetNodeId", "TypeDefinitionNode"];

impl<'a, F: FnMut(&[u8])> Visitor<'a> for Naming<'_, F> {
    fn enter(&mut self, _field: &'static Field, structure: &'static Structure) {
        if self.muted > 0 || MUTED.contains(&structure.name) {
            self.muted += 1;
        }
    }

    fn leave(&mut self, _field: &'static Field, _structure: &'static Structure) {
        self.muted = self.muted.saturating_sub(1);
    }

    fn leaf(&mut self, field: &'static Field, value: Value<'a>) {
        let names = matches!(field.role, Role::Node | Role::Attribute | Role::IndexRange | Role::Object | Role::Method)
            || matches!(field.role, Role::ApplicationUri)
            || NAMING.contains(&field.name);
        if self.muted > 0 || !names {
            return;
        }
        let feed = &mut *self.feed;
        match value {
            Value::NodeId(node) => node.canonical(feed),
            Value::ExpandedNodeId(node) => node.canonical(feed),
            Value::Unsigned(number) => feed(&number.to_le_bytes()),
            Value::Signed(number) => feed(&number.to_le_bytes()),
            Value::String(text) => counted(text.map_or(&[], |text| text.0), feed),
            Value::QualifiedName(QualifiedName { namespace, name }) => {
                feed(&namespace.to_le_bytes());
                counted(name.map_or(&[], |name| name.0), feed);
            }
            _ => {}
        }
    }

    fn violation(&mut self, _violation: Violation) {}
}
