//! Repetition is counted here: conversations, operations, points and their last values get a number once and are thought
//! about once.

use sha2::{Digest, Sha256};

use crate::protocols::PointValue;

mod conversations;
mod operations;
mod points;
mod sums;
#[cfg(test)]
mod tests;

pub(crate) use conversations::{ConversationKey, Conversations, Servers};
pub(crate) use operations::{Closed, Document, Evicted, Identity, Judged, Kind, Operations, Outcome};
pub(crate) use points::{PointChange, Points};
pub(crate) use sums::Sums;

/// Version tag of operation and point ids: a change of what they are made of must change it.
const ID_VERSION: &str = "1";

/// 60 s in ns.
pub(crate) const MINUTE: i64 = 60_000_000_000;

/// A 128-bit id, the same in every run and on every machine.
pub(crate) fn stable_id(parts: &[&[u8]]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    let digest = hash.finalize();
    let mut text = String::with_capacity(ID_VERSION.len() + 33);
    text.push_str(ID_VERSION);
    text.push('-');
    push_hex(&mut text, &digest[..16]);
    text
}

/// Two digits for each byte.
fn push_hex(text: &mut String, bytes: &[u8]) {
    for byte in bytes {
        text.extend([byte >> 4, byte & 15].map(|digit| char::from(if digit < 10 { b'0' + digit } else { b'a' - 10 + digit })));
    }
}

/// What is kept under a number, which is never given twice, and in a slot, which is given again once it is free.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Interned {
    pub(crate) number: u32,
    pub(crate) slot: u32,
}

/// See the module.
#[derive(Default)]
pub(crate) struct Interner {
    pub(crate) conversations: Conversations,
    pub(crate) servers: Servers,
    pub(crate) operations: Operations,
    pub(crate) points: Points,
}

impl Interner {
    /// A new conversation. It must get an operation at once.
    pub(crate) fn add_conversation(&mut self, key: ConversationKey) -> Interned {
        let server = self.servers.of(&key);
        self.conversations.add(key, server)
    }

    /// A new operation of the conversation at this slot, and the one that went to make room for it: `most` are kept.
    pub(crate) fn add_operation(&mut self, conversation: u32, identity: Identity, kind: Kind, most: usize) -> (Interned, Option<Evicted>) {
        self.conversations.has_one_more(conversation);
        let evicted = self.operations.make_room(most);
        if let Some(conversation) = evicted.as_ref().and_then(|gone| self.conversations.has_one_less(gone.conversation)) {
            self.servers.has_one_less(conversation.server, &conversation.key);
        }
        (self.operations.add(conversation, identity, kind), evicted)
    }

    /// Notes that a point of the server at this slot was read or written, and with what value; `None` if it is one more than
    /// `most`.
    pub(crate) fn point(&mut self, server: u32, value: &PointValue, most: usize) -> Option<PointChange> {
        self.points.note(&mut self.servers, server, value, most)
    }
}
