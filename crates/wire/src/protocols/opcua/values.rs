//! The values that cross in messages, read where they stand: nothing is allocated, nothing is built.

use super::encoding::{Body, Cursor, DataValue, DateTime, ExtensionObject, NodeId, QualifiedName, Read, Text};
use super::hot::{head, Head};

/// What a value is a value of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Target<'a> {
    /// The node.
    pub node: NodeId<'a>,
    /// Its attribute; 13 is its value.
    pub attribute: u32,
    /// Part of its array; `None` or empty: all.
    pub index_range: Option<Text<'a>>,
}

impl<'a> Target<'a> {
    fn read(cursor: &mut Cursor<'a>) -> Read<Self> {
        Ok(Self { node: NodeId::read(cursor)?, attribute: cursor.u32()?, index_range: cursor.counted()?.map(Text) })
    }

    /// A ReadValueId (OPC 10000-4 §7.29).
    fn read_value_id(cursor: &mut Cursor<'a>) -> Read<Self> {
        let target = Self::read(cursor)?;
        QualifiedName::read(cursor)?;
        Ok(target)
    }
}

/// What a Publish or Republish answers with; mixed data and events are data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PublishKind {
    /// Values.
    Data,
    /// Events.
    Event,
    /// The subscription itself changed.
    Status,
    /// Nothing.
    KeepAlive,
}

impl PublishKind {
    /// Its name in documents.
    pub fn name(self) -> &'static str {
        match self {
            Self::Data => "data",
            Self::Event => "event",
            Self::Status => "status",
            Self::KeepAlive => "keep-alive",
        }
    }
}

/// Frame of a Publish answer around its values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Published {
    /// What it carries.
    pub kind: PublishKind,
    /// Whose it is; `None` in a Republish, whose request says it.
    pub subscription: Option<u32>,
    /// Number of the notification message.
    pub sequence: u32,
    /// When the server sent it.
    pub time: DateTime,
    /// More waits for the next Publish.
    pub more: bool,
}

/// A monitored item that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Created<'a> {
    /// The subscription it is of.
    pub subscription: u32,
    /// What the client calls it in notifications.
    pub client_handle: u32,
    /// What it watches.
    pub target: Target<'a>,
    /// StatusCode and what the server calls it; `None`: no answer.
    pub answer: Option<(u32, u32)>,
}

/// A monitored item that was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Modified {
    /// The subscription it is of.
    pub subscription: u32,
    /// What the server calls it.
    pub item: u32,
    /// What the client calls it from now on.
    pub client_handle: u32,
    /// StatusCode; `None`: no answer.
    pub status: Option<u32>,
}

const READ: u16 = 631;
const HISTORY_READ: u16 = 664;
const WRITE: u16 = 673;
const CREATE_ITEMS: u16 = 751;
const MODIFY_ITEMS: u16 = 763;
const DELETE_ITEMS: u16 = 781;
const PUBLISH: u16 = 826;
const REPUBLISH: u16 = 832;
const DELETE_SUBSCRIPTIONS: u16 = 847;

const DATA_CHANGE: u32 = 811;
const EVENTS: u32 = 916;
const STATUS_CHANGE: u32 = 820;
const HISTORY_DATA: u32 = 658;
const HISTORY_MODIFIED: u32 = 11_227;

/// The parameters of a message of this service, behind its header.
fn parameters(body: &[u8], request_id: u16) -> Option<Cursor<'_>> {
    let Head { service, rest, .. } = head(body)?;
    (service.request_id == request_id).then(|| Cursor::new(rest))
}

/// The results of an answer that is a plain array of StatusCodes, or of what begins with one.
fn results(answer: Option<&[u8]>, request_id: u16) -> (u32, Cursor<'_>) {
    let Some(mut cursor) = answer.and_then(|answer| parameters(answer, request_id)) else { return (0, Cursor::new(&[])) };
    let count = cursor.count(4).ok().flatten().unwrap_or(0);
    (count, cursor)
}

/// One result more, if there are any left and they are whole.
fn next<'a, T>(left: &mut u32, cursor: &mut Cursor<'a>, read: impl Fn(&mut Cursor<'a>) -> Read<T>) -> Option<T> {
    *left = left.checked_sub(1)?;
    let result = read(cursor).ok();
    if result.is_none() {
        *left = 0;
    }
    result
}

/// What a Read told: each node asked, with its value.
///
/// # Errors
/// What is wrong with either message; the values before that were told.
pub fn read<'q, 'a>(request: &'q [u8], answer: &'a [u8], tell: &mut impl FnMut(Target<'q>, DataValue<'a>)) -> Read<()> {
    let (Some(mut asked), Some(mut told)) = (parameters(request, READ), parameters(answer, READ)) else { return Ok(()) };
    asked.bytes(8 + 4)?;
    let (nodes, values) = (asked.count(16)?.unwrap_or(0), told.count(1)?.unwrap_or(0));
    for _ in 0..nodes.min(values) {
        tell(Target::read_value_id(&mut asked)?, DataValue::read(&mut told)?);
    }
    Ok(())
}

/// The nodes that the parameters of a Read ask for.
pub fn asked(parameters: &[u8]) -> impl Iterator<Item = Target<'_>> {
    let mut cursor = Cursor::new(parameters);
    let count = cursor.bytes(8 + 4).and_then(|_| cursor.count(16)).ok().flatten().unwrap_or(0);
    (0..count).map_while(move |_| Target::read_value_id(&mut cursor).ok())
}

/// What a Write put in: each value, with its StatusCode if the answer is known.
///
/// # Errors
/// What is wrong with the request; the values before that were told.
pub fn written<'q>(request: &'q [u8], answer: Option<&[u8]>, tell: &mut impl FnMut(Target<'q>, DataValue<'q>, Option<u32>)) -> Read<()> {
    let Some(mut asked) = parameters(request, WRITE) else { return Ok(()) };
    let (mut left, mut codes) = results(answer, WRITE);
    for _ in 0..asked.count(11)?.unwrap_or(0) {
        let target = Target::read(&mut asked)?;
        let value = DataValue::read(&mut asked)?;
        tell(target, value, next(&mut left, &mut codes, Cursor::u32));
    }
    Ok(())
}

/// What a Publish or Republish told: the client's handle of each item, with its value.
///
/// # Errors
/// What is wrong with the message; the values before that were told.
pub fn published<'a>(answer: &'a [u8], tell: &mut impl FnMut(u32, DataValue<'a>)) -> Read<Option<Published>> {
    let mut wrong = Ok(());
    let published = notifications(answer, &mut |changes| {
        // Its length is known: what is wrong in it ends with it.
        let read = data_change(changes, tell);
        wrong = wrong.and(read);
    })?;
    wrong.map(|()| published)
}

/// The frame of a Publish or Republish; tells the body of each DataChangeNotification.
fn notifications<'a>(answer: &'a [u8], tell: &mut impl FnMut(&'a [u8])) -> Read<Option<Published>> {
    let Some(Head { service, rest, .. }) = head(answer) else { return Ok(None) };
    if !matches!(service.request_id, PUBLISH | REPUBLISH) {
        return Ok(None);
    }
    let mut cursor = Cursor::new(rest);
    let (mut subscription, mut more) = (None, false);
    if service.request_id == PUBLISH {
        subscription = Some(cursor.u32()?);
        let waiting = cursor.count(4)?.unwrap_or(0);
        cursor.bytes(4 * waiting as usize)?;
        more = cursor.boolean()?;
    }
    let (sequence, time) = (cursor.u32()?, DateTime(cursor.i64()?));
    let mut kind = PublishKind::KeepAlive;
    for _ in 0..cursor.count(3)?.unwrap_or(0) {
        let notification = ExtensionObject::read(&mut cursor)?;
        let Body::Binary(body) = notification.body else { continue };
        match notification.type_id.number() {
            Some(DATA_CHANGE) => {
                kind = PublishKind::Data;
                tell(body);
            }
            Some(EVENTS) if kind != PublishKind::Data => kind = PublishKind::Event,
            Some(STATUS_CHANGE) if kind == PublishKind::KeepAlive => kind = PublishKind::Status,
            _ => {}
        }
    }
    Ok(Some(Published { kind, subscription, sequence, time, more }))
}

/// What kind of answer a Publish or Republish has, whatever is wrong with its values; `None`: it is none.
pub fn publish_kind(answer: &[u8]) -> Option<PublishKind> {
    notifications(answer, &mut |_| {}).ok().flatten().map(|published| published.kind)
}

/// A DataChangeNotification (OPC 10000-4 §7.25.2).
#[inline]
fn data_change<'a>(body: &'a [u8], tell: &mut impl FnMut(u32, DataValue<'a>)) -> Read<()> {
    let mut cursor = Cursor::new(body);
    for _ in 0..cursor.count(5)?.unwrap_or(0) {
        let handle = cursor.u32()?;
        tell(handle, DataValue::read(&mut cursor)?);
    }
    Ok(())
}

/// What a HistoryRead told: each value of each node asked.
///
/// # Errors
/// What is wrong with either message; the values before that were told.
pub fn history<'q, 'a>(request: &'q [u8], answer: &'a [u8], tell: &mut impl FnMut(Target<'q>, DataValue<'a>)) -> Read<()> {
    let (Some(mut asked), Some(mut told)) = (parameters(request, HISTORY_READ), parameters(answer, HISTORY_READ)) else { return Ok(()) };
    ExtensionObject::read(&mut asked)?;
    asked.bytes(4 + 1)?;
    let (nodes, results) = (asked.count(16)?.unwrap_or(0), told.count(11)?.unwrap_or(0));
    for _ in 0..nodes.min(results) {
        let (node, index_range) = (NodeId::read(&mut asked)?, asked.counted()?.map(Text));
        QualifiedName::read(&mut asked)?;
        asked.counted()?;
        told.u32()?;
        told.counted()?;
        let data = ExtensionObject::read(&mut told)?;
        let (Some(HISTORY_DATA | HISTORY_MODIFIED), Body::Binary(body)) = (data.type_id.number(), data.body) else { continue };
        let mut values = Cursor::new(body);
        for _ in 0..values.count(1)?.unwrap_or(0) {
            tell(Target { node, attribute: 13, index_range }, DataValue::read(&mut values)?);
        }
    }
    Ok(())
}

/// MonitoringParameters (OPC 10000-4 §7.21): the client's handle.
fn monitoring(cursor: &mut Cursor<'_>) -> Read<u32> {
    let handle = cursor.u32()?;
    cursor.bytes(8)?;
    ExtensionObject::read(cursor)?;
    cursor.bytes(4 + 1)?;
    Ok(handle)
}

/// The monitored items that a CreateMonitoredItems asked for.
///
/// # Errors
/// What is wrong with the request; the items before that were told.
pub fn created_items<'q>(request: &'q [u8], answer: Option<&[u8]>, tell: &mut impl FnMut(Created<'q>)) -> Read<()> {
    let Some(mut asked) = parameters(request, CREATE_ITEMS) else { return Ok(()) };
    let (mut left, mut told) = results(answer, CREATE_ITEMS);
    let subscription = asked.u32()?;
    asked.bytes(4)?;
    for _ in 0..asked.count(40)?.unwrap_or(0) {
        let target = Target::read_value_id(&mut asked)?;
        asked.bytes(4)?;
        let client_handle = monitoring(&mut asked)?;
        let answer = next(&mut left, &mut told, |told| {
            let (status, item) = (told.u32()?, told.u32()?);
            told.bytes(8 + 4)?;
            ExtensionObject::read(told)?;
            Ok((status, item))
        });
        tell(Created { subscription, client_handle, target, answer });
    }
    Ok(())
}

/// The monitored items that a ModifyMonitoredItems changes.
///
/// # Errors
/// What is wrong with the request; the items before that were told.
pub fn modified_items(request: &[u8], answer: Option<&[u8]>, tell: &mut impl FnMut(Modified)) -> Read<()> {
    let Some(mut asked) = parameters(request, MODIFY_ITEMS) else { return Ok(()) };
    let (mut left, mut told) = results(answer, MODIFY_ITEMS);
    let subscription = asked.u32()?;
    asked.bytes(4)?;
    for _ in 0..asked.count(24)?.unwrap_or(0) {
        let item = asked.u32()?;
        let client_handle = monitoring(&mut asked)?;
        let status = next(&mut left, &mut told, |told| {
            let status = told.u32()?;
            told.bytes(8 + 4)?;
            ExtensionObject::read(told)?;
            Ok(status)
        });
        tell(Modified { subscription, item, client_handle, status });
    }
    Ok(())
}

/// The monitored items that a DeleteMonitoredItems ends: subscription, item, StatusCode if known.
///
/// # Errors
/// What is wrong with the request; the items before that were told.
pub fn deleted_items(request: &[u8], answer: Option<&[u8]>, tell: &mut impl FnMut(u32, u32, Option<u32>)) -> Read<()> {
    let Some(mut asked) = parameters(request, DELETE_ITEMS) else { return Ok(()) };
    let (mut left, mut codes) = results(answer, DELETE_ITEMS);
    let subscription = asked.u32()?;
    for _ in 0..asked.count(4)?.unwrap_or(0) {
        tell(subscription, asked.u32()?, next(&mut left, &mut codes, Cursor::u32));
    }
    Ok(())
}

/// The subscriptions that a DeleteSubscriptions ends, with their StatusCode if known.
///
/// # Errors
/// What is wrong with the request; the subscriptions before that were told.
pub fn deleted_subscriptions(request: &[u8], answer: Option<&[u8]>, tell: &mut impl FnMut(u32, Option<u32>)) -> Read<()> {
    let Some(mut asked) = parameters(request, DELETE_SUBSCRIPTIONS) else { return Ok(()) };
    let (mut left, mut codes) = results(answer, DELETE_SUBSCRIPTIONS);
    for _ in 0..asked.count(4)?.unwrap_or(0) {
        tell(asked.u32()?, next(&mut left, &mut codes, Cursor::u32));
    }
    Ok(())
}
