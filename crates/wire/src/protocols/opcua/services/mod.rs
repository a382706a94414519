//! Every service of OPC 10000-4 (1.05), described as data and read by one walker.

mod attribute;
mod builtins;
mod discovery;
mod endpoints;
mod enumerations;
mod extensions;
mod filters;
mod headers;
mod history;
mod items;
mod method;
mod monitored_items;
mod node_management;
mod nodes;
mod query;
pub mod schema;
mod secure_channel;
mod session;
mod standard;
mod subscription;
mod view;
pub mod walk;

pub use extensions::structure;
pub use schema::{Enumeration, Field, Kind, Role, Service, Structure};
pub use walk::{walk, Visitor};

use super::encoding::{Cursor, NodeId, Read, Violation};
use crate::protocols::{Class, Side};
use schema::field;

/// The answer that refuses any request; its service is that of the request. It is no service of its own.
pub const FAULT_ID: u16 = 397;

/// All services, by service set, and behind them the refusal of any.
pub static SERVICES: [Service; 40] = ALL;

const ALL: [Service; 40] = [
    discovery::FIND_SERVERS,
    discovery::FIND_SERVERS_ON_NETWORK,
    discovery::GET_ENDPOINTS,
    discovery::REGISTER_SERVER,
    discovery::REGISTER_SERVER2,
    secure_channel::OPEN_SECURE_CHANNEL,
    secure_channel::CLOSE_SECURE_CHANNEL,
    session::CREATE_SESSION,
    session::ACTIVATE_SESSION,
    session::CLOSE_SESSION,
    session::CANCEL,
    node_management::ADD_NODES,
    node_management::ADD_REFERENCES,
    node_management::DELETE_NODES,
    node_management::DELETE_REFERENCES,
    view::BROWSE,
    view::BROWSE_NEXT,
    view::TRANSLATE_BROWSE_PATHS_TO_NODE_IDS,
    view::REGISTER_NODES,
    view::UNREGISTER_NODES,
    query::QUERY_FIRST,
    query::QUERY_NEXT,
    attribute::READ,
    attribute::HISTORY_READ,
    attribute::WRITE,
    attribute::HISTORY_UPDATE,
    method::CALL,
    monitored_items::CREATE_MONITORED_ITEMS,
    monitored_items::MODIFY_MONITORED_ITEMS,
    monitored_items::SET_MONITORING_MODE,
    monitored_items::SET_TRIGGERING,
    monitored_items::DELETE_MONITORED_ITEMS,
    subscription::CREATE_SUBSCRIPTION,
    subscription::MODIFY_SUBSCRIPTION,
    subscription::SET_PUBLISHING_MODE,
    subscription::PUBLISH,
    subscription::REPUBLISH,
    subscription::TRANSFER_SUBSCRIPTIONS,
    subscription::DELETE_SUBSCRIPTIONS,
    FAULT,
];

const FAULT: Service = Service {
    name: "ServiceFault",
    class: Class::Other,
    request_id: 0,
    response_id: FAULT_ID,
    request: &Structure { name: "", fields: &[] },
    response: &Structure {
        name: "ServiceFault",
        fields: &[{
            use headers::ResponseHeader;
            field!(ResponseHeader ResponseHeader)
        }],
    },
};

impl Service {
    /// Whether it is the refusal that stands for any service.
    pub fn is_fault(&self) -> bool {
        self.response_id == FAULT_ID
    }

    /// What a message of one side is made of.
    pub fn structure(&self, side: Side) -> &'static Structure {
        match side {
            Side::Request => self.request,
            Side::Answer => self.response,
        }
    }
}

/// Numbers of encodings below this are looked up in a table; only those of the later services are higher.
const NEAR: usize = 1_024;

/// By number of encoding: twice the place in [`SERVICES`], and 1 for a request, 2 for an answer; 0: no service.
static BY_NUMBER: [u8; NEAR] = {
    let mut table = [0_u8; NEAR];
    let mut place = 0;
    while place < ALL.len() {
        let (request, response) = (ALL[place].request_id as usize, ALL[place].response_id as usize);
        if request != 0 && request < NEAR {
            table[request] = 2 * place as u8 + 1;
        }
        if response < NEAR {
            table[response] = 2 * place as u8 + 2;
        }
        place += 1;
    }
    table
};

/// The service and side of a message by the number of its encoding in namespace 0.
#[inline]
pub fn service(number: u32) -> Option<(&'static Service, Side)> {
    if let Some(entry) = BY_NUMBER.get(number as usize) {
        let entry = usize::from(entry.checked_sub(1)?);
        return Some((&SERVICES[entry / 2], if entry.is_multiple_of(2) { Side::Request } else { Side::Answer }));
    }
    let of = |id: u16| u32::from(id) == number;
    let found = SERVICES.iter().find(|service| of(service.request_id) || of(service.response_id))?;
    Some((found, if of(found.request_id) { Side::Request } else { Side::Answer }))
}

/// Reads the type of a message body and says what follows it: everything from the header on.
pub fn open<'a>(cursor: &mut Cursor<'a>) -> Read<(NodeId<'a>, Option<(&'static Service, Side)>)> {
    let type_id = NodeId::read(cursor)?;
    Ok((type_id, type_id.number().and_then(service)))
}

/// Reads a whole message. What is wrong with it is told to the visitor; what was read before that stays.
pub fn message<'a, V: Visitor<'a> + ?Sized>(body: &'a [u8], visitor: &mut V) -> Option<(&'static Service, Side)> {
    let mut cursor = Cursor::new(body);
    let opened = match open(&mut cursor) {
        Ok((_, opened)) => opened,
        Err(violation) => {
            visitor.violation(violation);
            None
        }
    };
    let (service, side) = opened?;
    match walk(service.structure(side), &mut cursor, visitor) {
        Err(violation) => visitor.violation(violation),
        Ok(()) if !cursor.rest().is_empty() => visitor.violation(Violation::TRAILING_BYTES),
        Ok(()) => {}
    }
    Some((service, side))
}
