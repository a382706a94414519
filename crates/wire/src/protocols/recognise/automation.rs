//! Factory and building automation: EtherNet/IP, BACnet/IP, KNXnet/IP, HART-IP, MQTT.

use super::peek::{be16, byte, le16, le32, rest, slice};
use super::table::{BACNET, CIP_IO, ENIP, HART_IP, KNX, MQTT};
use super::{Payload, Recognised, Role};

pub(super) fn stream(payload: &Payload<'_>) -> Option<Recognised> {
    let found = |signature| move |role| Recognised::new(signature, role);
    enip_stream(payload.bytes)
        .map(found(&ENIP))
        .or_else(|| hart_ip(payload, false).map(found(&HART_IP)))
        .or_else(|| mqtt(payload).map(found(&MQTT)))
}

pub(super) fn datagram(payload: &Payload<'_>) -> Option<Recognised> {
    let found = |signature| move |role| Recognised::new(signature, role);
    let bytes = payload.bytes;
    enip(bytes)
        .filter(|&(length, _)| length == bytes.len())
        .map(|(_, role)| role)
        .map(found(&ENIP))
        .or_else(|| cip_io(bytes).map(|()| Recognised::new(&CIP_IO, None)))
        .or_else(|| bacnet(payload).map(found(&BACNET)))
        .or_else(|| knx(bytes).map(found(&KNX)))
        .or_else(|| hart_ip(payload, true).map(found(&HART_IP)))
}

/// A message and what follows it: nothing, its own rest, or the next message.
fn enip_stream(bytes: &[u8]) -> Option<Option<Role>> {
    let (length, role) = enip(bytes)?;
    match bytes.get(length..) {
        Some(next) if next.len() >= 24 => enip(next).map(|_| role),
        _ => Some(role),
    }
}

/// EtherNet/IP encapsulation (CIP volume 2, 2-3): command, length, session, status, context, options, 24 bytes.
/// Checked: a known command, options 0, a known status, the length that the command must have, and its items.
fn enip(bytes: &[u8]) -> Option<(usize, Option<Role>)> {
    let (command, length) = (le16(bytes, 0)?, usize::from(le16(bytes, 2)?));
    let (session, status) = (le32(bytes, 4)?, le32(bytes, 8)?);
    (le32(bytes, 20)? == 0 && matches!(status, 0..=3 | 0x64 | 0x65 | 0x69)).then_some(())?;
    let total = length.checked_add(24)?;
    let data = slice(bytes, 24, length).unwrap_or(rest(bytes, 24));
    // A refusal may come without data.
    let refused = status != 0 && length == 0 && session != 0;
    let role = match command {
        // List services, identity, interfaces: a request is empty, has no session and a status of 0.
        0x04 | 0x63 | 0x64 if length == 0 => (session == 0 && status == 0).then_some(Some(Role::Client))?,
        0x04 | 0x63 | 0x64 => (status == 0 && (1..=16).contains(&le16(data, 0)?)).then_some(Some(Role::Server))?,
        // Register session: protocol version 1, options 0; no session in the request.
        0x65 if length == 4 && le32(data, 0)? == 1 => Some(if session == 0 && status == 0 { Role::Client } else { Role::Server }),
        0x65 if status != 0 && length == 0 => Some(Role::Server),
        0x66 if length == 0 && session != 0 && status == 0 => Some(Role::Client),
        // Send RR data and unit data: interface 0 (CIP), timeout, items.
        0x6f | 0x70 if length >= 16 && le32(data, 0)? == 0 => cip_items(rest(data, 6), length - 6)?,
        0x6f | 0x70 if refused => Some(Role::Server),
        _ => return None,
    };
    Some((total, role))
}

/// The items of a CIP message: an address (none or a connection), then data whose first bit of service tells an answer.
fn cip_items(bytes: &[u8], length: usize) -> Option<Option<Role>> {
    let count = usize::from(le16(bytes, 0)?);
    let (address, address_length) = (le16(bytes, 2)?, usize::from(le16(bytes, 4)?));
    let at = address_length.checked_add(6)?;
    let (kind, data_length) = (le16(bytes, at)?, usize::from(le16(bytes, at.checked_add(2)?)?));
    let end = at.checked_add(4)?.checked_add(data_length)?;
    let service = match (address, address_length, kind) {
        (0x0000, 0, 0x00b2) | (0x0000, 0, 0x0091) => at.checked_add(4)?,
        // Connected: a sequence count precedes the service.
        (0x00a1, 4, 0x00b1) => at.checked_add(6)?,
        _ => return None,
    };
    ((2..=8).contains(&count) && if count == 2 { end == length } else { end <= length }).then_some(())?;
    Some(byte(bytes, service).map(|service| if service & 0x80 != 0 { Role::Server } else { Role::Client }))
}

/// CIP I/O on UDP (CIP volume 2, 3-2.2): two items, a sequenced address of 8 bytes (or a connection of 4), and data
/// that fills the datagram.
fn cip_io(bytes: &[u8]) -> Option<()> {
    let address = usize::from(le16(bytes, 4)?);
    let known = matches!((le16(bytes, 2)?, address), (0x8002, 8) | (0x00a1, 4));
    let at = address.checked_add(6)?;
    let fills = le16(bytes, at)? == 0x00b1 && usize::from(le16(bytes, at.checked_add(2)?)?).checked_add(at)?.checked_add(4)? == bytes.len();
    (le16(bytes, 0)? == 2 && known && fills).then_some(())
}

/// BACnet/IP (ASHRAE 135, annex J): `81`, function, length of the datagram; then a network message of version 1 whose
/// reserved bits are 0, or the fixed length of the function. A wrong length is believed on its port, if both ends have
/// it.
fn bacnet(payload: &Payload<'_>) -> Option<Option<Role>> {
    let bytes = payload.bytes;
    let length = bytes.len();
    let fills = usize::from(be16(bytes, 2)?) == length;
    let at_home = payload.source == 47_808 && payload.destination == 47_808 && matches!(byte(bytes, 1)?, 0x04 | 0x09..=0x0b);
    (byte(bytes, 0)? == 0x81 && (fills || at_home)).then_some(())?;
    let network = match byte(bytes, 1)? {
        0x00 if length == 6 => return Some(Some(Role::Server)),
        0x02 | 0x06 if length == 4 => return Some(Some(Role::Client)),
        0x05 if length == 6 => return Some(Some(Role::Client)),
        0x08 if length == 10 => return Some(Some(Role::Client)),
        0x01 if length % 10 == 4 => return Some(Some(Role::Client)),
        0x03 | 0x07 if length % 10 == 4 => return Some(Some(Role::Server)),
        0x04 => 10,
        0x09..=0x0b => 4,
        _ => return None,
    };
    let control = byte(bytes, network + 1)?;
    (byte(bytes, network)? == 1 && control & 0x50 == 0).then_some(())?;
    Some(bacnet_role(bytes, network, control))
}

/// Who speaks, by the kind of application message behind the network header (ASHRAE 135, 6.2 and 20.1).
fn bacnet_role(bytes: &[u8], network: usize, control: u8) -> Option<Role> {
    let mut at = network.checked_add(2)?;
    if control & 0x20 != 0 {
        at = at.checked_add(3)?.checked_add(usize::from(byte(bytes, at.checked_add(2)?)?))?;
    }
    if control & 0x08 != 0 {
        at = at.checked_add(3)?.checked_add(usize::from(byte(bytes, at.checked_add(2)?)?))?;
    }
    if control & 0x20 != 0 {
        at = at.checked_add(1)?;
    }
    if control & 0x80 != 0 {
        return None;
    }
    match (byte(bytes, at)? >> 4, byte(bytes, at.checked_add(1)?)?) {
        (0, _) => Some(Role::Client),
        (2 | 3 | 5 | 6, _) => Some(Role::Server),
        // Abort and segment acknowledgement: one bit says who sent it.
        (4 | 7, _) => Some(if byte(bytes, at)? & 1 != 0 { Role::Server } else { Role::Client }),
        // Unconfirmed: I-Am, I-Have and change of value come from the device, Who-Is and Who-Has from who looks for it.
        (1, 0..=2) => Some(Role::Server),
        (1, 7 | 8) => Some(Role::Client),
        _ => None,
    }
}

/// KNXnet/IP (ISO 22510, 2.3): header of 6 bytes `06 10`, service of families 2-5 and 9, length of the datagram.
fn knx(bytes: &[u8]) -> Option<Option<Role>> {
    (be16(bytes, 0)? == 0x0610 && usize::from(be16(bytes, 4)?) == bytes.len()).then_some(())?;
    match be16(bytes, 2)? {
        0x0201 | 0x0203 | 0x0205 | 0x0207 | 0x0209 | 0x020b => Some(Some(Role::Client)),
        0x0202 | 0x0204 | 0x0206 | 0x0208 | 0x020a | 0x020c => Some(Some(Role::Server)),
        0x0310 | 0x0311 | 0x0420 | 0x0421 | 0x0530..=0x0532 | 0x0950..=0x0955 => Some(None),
        _ => None,
    }
}

/// HART-IP (FieldComm TS20085): version 1 or 2, kind (0 request, 1 response, 2 publish, 15 refusal), message id 0-4,
/// status, sequence, length of the whole; begun by a session of `master type, inactivity time`. Its header is short:
/// the length must fit exactly, and the port decides where it is not the start of a session.
fn hart_ip(payload: &Payload<'_>, whole: bool) -> Option<Option<Role>> {
    let bytes = payload.bytes;
    let length = usize::from(be16(bytes, 6)?);
    let (kind, id) = (byte(bytes, 1)?, byte(bytes, 2)?);
    let known = matches!(byte(bytes, 0)?, 1 | 2) && matches!(kind, 0..=2 | 15) && id <= 4;
    (known && length >= 8 && length == bytes.len()).then_some(())?;
    let session = kind <= 1 && id == 0 && length == 13 && matches!(byte(bytes, 8)?, 0 | 1) && byte(bytes, 3)? == 0;
    (payload.port(5094) || (whole && session)).then_some(())?;
    Some(match kind {
        0 => Some(Role::Client),
        1 | 2 => Some(Role::Server),
        _ => None,
    })
}

/// MQTT (OASIS 3.1.1 and 5.0, 3.1; 3.1 by IBM): CONNECT says its own name and level, with reserved bits 0. Other
/// packets are too short to be proof: they count on port 1883 only, where their lengths must fill the segment.
fn mqtt(payload: &Payload<'_>) -> Option<Option<Role>> {
    let bytes = payload.bytes;
    let (length, at) = mqtt_length(bytes)?;
    if byte(bytes, 0)? == 0x10 {
        let body = rest(bytes, at);
        let (level, flags) = match (slice(body, 0, 6), slice(body, 0, 8)) {
            (Some([0, 4, b'M', b'Q', b'T', b'T']), _) => (byte(body, 6)?, byte(body, 7)?),
            (_, Some([0, 6, b'M', b'Q', b'I', b's', b'd', b'p'])) => (byte(body, 8)?, byte(body, 9)?),
            _ => return None,
        };
        // The upper bit of the level marks a bridge.
        return (matches!(level & 0x7f, 3..=5) && flags & 1 == 0 && length >= 12).then_some(Some(Role::Client));
    }
    payload.port(1883).then_some(())?;
    let mut at = 0usize;
    let mut role = None;
    for _ in 0..8 {
        let packet = rest(bytes, at);
        if packet.is_empty() {
            break;
        }
        let (length, start) = mqtt_length(packet)?;
        match (byte(packet, 0)?, length) {
            (0x20, 2..) => role = Some(Role::Server),
            (0x40 | 0x50 | 0x62 | 0x70, 2..) => {}
            // A publication names its topic, without wildcards; quality 3 does not exist.
            (kind @ 0x30..=0x3d, 3..) if kind & 6 != 6 && mqtt_topic(rest(packet, start), length) => {}
            (0x82 | 0xa2, 5..) => role = Some(Role::Client),
            (0x90, 3..) | (0xb0, 2..) => role = Some(Role::Server),
            (0xc0 | 0xe0, 0) => role = Some(Role::Client),
            (0xd0, 0) => role = Some(Role::Server),
            _ => return None,
        }
        at = at.checked_add(start)?.checked_add(length)?;
    }
    // A publication may be longer than the segment; anything else is short.
    (at == bytes.len() || (at > bytes.len() && byte(bytes, 0)? & 0xf0 == 0x30)).then_some(role)
}

fn mqtt_topic(body: &[u8], length: usize) -> bool {
    let size = be16(body, 0).map_or(0, usize::from);
    let topic = slice(body, 2, size).unwrap_or_default();
    !topic.is_empty() && size + 2 <= length && !topic.iter().any(|&byte| byte < 0x20 || byte == b'#' || byte == b'+')
}

/// The remaining length (at most 4 bytes of 7 bits) and where it ends.
fn mqtt_length(bytes: &[u8]) -> Option<(usize, usize)> {
    let mut length = 0usize;
    for at in 1..=4usize {
        let part = byte(bytes, at)?;
        length |= usize::from(part & 0x7f) << (7 * (at - 1));
        if part & 0x80 == 0 {
            return Some((length, at + 1));
        }
    }
    None
}
