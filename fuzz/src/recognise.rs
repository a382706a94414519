//! Names by content: streams, datagrams, Ethernet types, LLC, IP protocols.
//!
//! Input: which of them, two ports (or the Ethernet type), then the bytes.

use sentinel_wire::protocols::recognise::{self, Signature, LONGEST_NAME, SIGNATURES};

use crate::bytes::Bytes;
use crate::memory;

/// Bytes that one name may hold at once.
const MOST: usize = 1 << 16;

/// See the module.
///
/// # Panics
/// If a law does not hold.
pub fn run(data: &[u8]) {
    let mut rest = Bytes(data);
    let kind = rest.byte();
    let (source, destination) = (rest.word(), rest.word());
    memory::bounded(MOST, || match kind % 5 {
        0 => found(recognise::of_stream(rest.0, source, destination)),
        1 => found(recognise::of_datagram(rest.0, source, destination)),
        2 => known(recognise::of_ethertype(source, rest.0)),
        3 => known(recognise::of_llc(rest.0)),
        _ => {
            known(recognise::of_ip_protocol(source as u8));
            let port = recognise::of_port(destination, source & 1 != 0);
            assert!(port.is_none_or(|name| !name.is_empty()), "a port without a name");
        }
    });
}

fn known(signature: Option<&'static Signature>) {
    if let Some(signature) = signature {
        assert!(SIGNATURES.iter().any(|one| std::ptr::eq(*one, signature)), "{} is in no table", signature.name);
    }
}

fn found(found: Option<recognise::Recognised>) {
    let Some(found) = found else { return };
    known(Some(found.signature));
    if let Some(name) = found.server_name {
        assert!(!name.value.is_empty() && name.value.len() <= LONGEST_NAME, "a name of {} bytes", name.value.len());
        assert!(!name.value.chars().any(char::is_control), "a name with a control character");
    }
}
