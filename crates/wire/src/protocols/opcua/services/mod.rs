//! Every service of OPC 10000-4, one file a service set, each message a table of its fields; made by
//! `tools/make_opcua_tables.py`. A service is one more line in [`ALL`].

use super::encoding::Builtin::*;
use super::encoding::{Cursor, NodeId};
use super::enumerations::*;
use super::schema::{choice, part, parts, value, values, Role, Service, Structure};
use super::structures::*;
use crate::protocols::{Class, Side};

mod attribute;
mod discovery;
mod method;
mod monitored_item;
mod node_management;
mod query;
mod secure_channel;
mod session;
mod subscription;
mod view;

/// Those seen most come first.
static ALL: &[&Service] = &[
    &attribute::READ,
    &subscription::PUBLISH,
    &attribute::WRITE,
    &view::TRANSLATE_BROWSE_PATHS_TO_NODE_IDS,
    &view::BROWSE,
    &view::BROWSE_NEXT,
    &method::CALL,
    &session::CREATE_SESSION,
    &session::ACTIVATE_SESSION,
    &session::CLOSE_SESSION,
    &session::CANCEL,
    &secure_channel::OPEN_SECURE_CHANNEL,
    &secure_channel::CLOSE_SECURE_CHANNEL,
    &discovery::GET_ENDPOINTS,
    &discovery::FIND_SERVERS,
    &discovery::FIND_SERVERS_ON_NETWORK,
    &discovery::REGISTER_SERVER,
    &discovery::REGISTER_SERVER2,
    &monitored_item::CREATE_MONITORED_ITEMS,
    &monitored_item::MODIFY_MONITORED_ITEMS,
    &monitored_item::SET_MONITORING_MODE,
    &monitored_item::SET_TRIGGERING,
    &monitored_item::DELETE_MONITORED_ITEMS,
    &subscription::CREATE_SUBSCRIPTION,
    &subscription::MODIFY_SUBSCRIPTION,
    &subscription::SET_PUBLISHING_MODE,
    &subscription::REPUBLISH,
    &subscription::TRANSFER_SUBSCRIPTIONS,
    &subscription::DELETE_SUBSCRIPTIONS,
    &attribute::HISTORY_READ,
    &attribute::HISTORY_UPDATE,
    &view::REGISTER_NODES,
    &view::UNREGISTER_NODES,
    &query::QUERY_FIRST,
    &query::QUERY_NEXT,
    &node_management::ADD_NODES,
    &node_management::ADD_REFERENCES,
    &node_management::DELETE_NODES,
    &node_management::DELETE_REFERENCES,
];

/// Number of the answer that refuses any service.
const FAULT: u32 = 397;

/// What a message is, by the number of its encoding.
#[derive(Debug, Clone, Copy)]
pub(super) struct Message {
    /// `None`: a ServiceFault.
    pub(super) service: Option<&'static Service>,
    pub(super) side: Side,
    pub(super) structure: &'static Structure,
}

/// The message of that number.
fn numbered(id: u32) -> Option<Message> {
    let found = ALL.iter().find_map(|service| {
        let (side, structure) = match id {
            _ if service.asks.id == id => (Side::Request, service.asks),
            _ if service.answers.id == id => (Side::Answer, service.answers),
            _ => return None,
        };
        Some(Message { service: Some(service), side, structure })
    });
    found.or_else(|| (id == FAULT).then_some(Message { service: None, side: Side::Answer, structure: &SERVICE_FAULT }))
}

/// The message that a body begins with, and what follows its type; `None`: it is none.
pub(super) fn message(body: &[u8]) -> Option<(Message, Cursor<'_>)> {
    let mut cursor = Cursor::new(body);
    let number = NodeId::read(&mut cursor).ok()?.number()?;
    Some((numbered(number)?, cursor))
}

/// Whether a body begins with the type of a message.
pub(super) fn is_known(body: &[u8]) -> bool {
    message(body).is_some()
}
