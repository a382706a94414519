//! The first fields of a message, for each of them: which service, the client's number, the result. Nothing is kept for it.

use super::encoding::{Cursor, DiagnosticInfo, ExtensionObject, NodeId, Read};
use super::schema::Service;
use super::services::{self, Message};
use crate::protocols::Side;

/// What a message begins with.
#[derive(Debug, Clone, Copy)]
pub(super) struct Head<'a> {
    pub(super) message: Message,
    pub(super) handle: u32,
    /// Good in requests.
    pub(super) result: u32,
    /// The body behind its type.
    pub(super) body: Cursor<'a>,
    /// The parameters behind the header; `None`: it breaks off before.
    pub(super) parameters: Option<Cursor<'a>>,
}

impl<'a> Head<'a> {
    /// Reads one; `None`: the body is no known message, or breaks off in its header's first fields.
    pub(super) fn read(body: &'a [u8]) -> Option<Self> {
        let (message, body) = services::message(body)?;
        let mut cursor = body;
        let (handle, result) = match message.side {
            Side::Request => request(&mut cursor).ok()?,
            Side::Answer => answer(&mut cursor).ok()?,
        };
        let mut rest = cursor;
        let ended = match message.side {
            Side::Request => end_of_request(&mut rest),
            Side::Answer => end_of_answer(&mut rest),
        };
        Some(Self { message, handle, result, body, parameters: ended.is_ok().then_some(rest) })
    }

    /// `None`: a ServiceFault.
    pub(super) fn service(&self) -> Option<&'static Service> {
        self.message.service
    }

    /// Whether the service was refused.
    pub(super) fn is_bad(&self) -> bool {
        self.result >> 30 == 2
    }
}

/// RequestHeader up to its handle (OPC 10000-4, 7.33).
fn request(cursor: &mut Cursor<'_>) -> Read<(u32, u32)> {
    NodeId::read(cursor)?;
    cursor.bytes(8)?;
    Ok((cursor.u32()?, 0))
}

/// What follows: diagnostics wanted, audit entry, time-out, more.
fn end_of_request(cursor: &mut Cursor<'_>) -> Read<()> {
    cursor.bytes(4)?;
    cursor.counted()?;
    cursor.bytes(4)?;
    ExtensionObject::read(cursor)?;
    Ok(())
}

/// ResponseHeader up to its result (OPC 10000-4, 7.34).
fn answer(cursor: &mut Cursor<'_>) -> Read<(u32, u32)> {
    cursor.bytes(8)?;
    Ok((cursor.u32()?, cursor.u32()?))
}

/// What follows: diagnostics, their texts, more.
fn end_of_answer(cursor: &mut Cursor<'_>) -> Read<()> {
    DiagnosticInfo::skip(cursor)?;
    for _ in 0..cursor.count(4)?.unwrap_or_default() {
        cursor.counted()?;
    }
    ExtensionObject::read(cursor)?;
    Ok(())
}
