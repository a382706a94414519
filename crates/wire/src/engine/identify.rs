//! Finds out what a flow speaks, by content; its port is a hint. What came before is read once it is known.

use super::core::Core;
use super::presence::Presence;
use super::tcp::{gap, read, side_of, with_decoder};
use super::udp;
use crate::flow::reader;
use crate::flow::table::Place;
use crate::flow::{Early, Flow, Mark, RoleSource, Speech};
use crate::network::{Segment, Udp};
use crate::protocols::recognise::{self, Role};
use crate::protocols::{self, Carrier, Decoder, Frame, Framing, KnownBy, Probe, Side, Spoken, Unread};

/// Payload kept per direction while it is not known what a flow speaks; the attack: a flow that never tells.
pub(super) const EARLY_BYTES: usize = 1 << 10;
/// Segments of a direction that are looked at before a flow on no known port stays unknown.
const LOOKS: u32 = 32;
/// Datagrams of a direction that are looked at before a flow stays unknown; the attack: a flood that costs a look each.
const DATAGRAM_LOOKS: u32 = 8;

/// Last bytes of a segment that are kept to be looked at with the next: the longest mark is shorter.
const TAIL: usize = 64;

/// Later bytes may tell more than an envelope did.
pub(super) fn recognise_more(core: &mut Core, presence: &mut Presence, flow: &mut Flow, from: usize, segment: &Segment<'_>) {
    if flow.ends[from].looked >= LOOKS {
        return;
    }
    flow.ends[from].looked += 1;
    if flow.application.is_some_and(recognise::is_tls) && look_inside(flow, from, segment.payload) {
        presence.fold(core, flow);
    }
    if flow.application.is_some_and(|one| !one.carrier) && flow.server_name.is_some() {
        return;
    }
    if let Some(found) = recognise::of_stream(segment.payload, segment.source_port, segment.destination_port) {
        take(flow, from, found);
        presence.fold(core, flow);
    }
}

/// Whether what TLS protects is now known: by its port, or by what a certificate says.
fn look_inside(flow: &mut Flow, from: usize, payload: &[u8]) -> bool {
    let ports = flow.key.ports();
    let mut seen = std::mem::take(&mut flow.ends[from].tail);
    seen.extend_from_slice(payload);
    let known = protocols::unread().find(|unread| match unread.known_by {
        KnownBy::Tls { ports: given, mark } => given.iter().any(|port| ports.contains(port)) || contains(&seen, mark),
        KnownBy::Start(_) => false,
    });
    if let Some(unread) = known {
        flow.application = Some(unread.signature);
        flow.is_renamed = true;
        return true;
    }
    // Certificates may be cut anywhere.
    seen.drain(..seen.len().saturating_sub(TAIL));
    flow.ends[from].tail = seen;
    false
}

fn contains(bytes: &[u8], mark: &[u8]) -> bool {
    !mark.is_empty() && bytes.windows(mark.len()).any(|window| window == mark)
}

fn take(flow: &mut Flow, from: usize, found: recognise::Recognised) {
    match found.sender {
        Some(Role::Client) => flow.client_is(from, RoleSource::Said),
        Some(Role::Server) => flow.client_is(1 - from, RoleSource::Said),
        None => {}
    }
    if flow.application.is_none_or(|one| one.carrier) {
        flow.application = Some(found.signature);
    }
    if flow.server_name.is_none() {
        flow.server_name = found.server_name.map(|name| (name.field, name.value));
    }
}

/// The bytes in order since the last hole.
fn joined(early: &[Early]) -> Vec<u8> {
    let start = early.iter().rposition(|one| one.hole.is_some()).unwrap_or(0);
    early[start..].iter().filter(|one| !one.aside).flat_map(|one| one.bytes.iter().copied()).collect()
}

/// The next bytes of a stream that is not known.
#[expect(clippy::too_many_arguments, reason = "a run of bytes with all that is known of it")]
pub(super) fn stream(
    core: &mut Core,
    presence: &mut Presence,
    flow: &mut Flow,
    place: Place,
    from: usize,
    payload: &[u8],
    mark: Mark,
    acknowledged: bool,
) {
    let end = &mut flow.ends[from];
    end.looked += 1;
    // A hole is met when what is behind it comes.
    if let Some(hole) = end.early.last_mut().filter(|one| one.hole.is_some()) {
        hole.mark = mark;
    }
    end.early.push(Early { bytes: payload.to_vec(), mark, acknowledged, aside: false, hole: None });
    end.early_bytes += payload.len();
    let (ours, theirs) = (joined(&flow.ends[from].early), joined(&flow.ends[1 - from].early));
    let ports = [flow.address(from).1, flow.address(1 - from).1];
    let mut waits = ours.len() < 8;
    let mut is_likely = false;
    for spoken in protocols::carried(Carrier::Tcp) {
        let Framing { probe, agree, ports: hints, .. } = spoken.framing;
        let is_hinted = ports.iter().any(|port| hints.contains(port));
        for (is_whole, candidate) in [(true, ours.as_slice()), (false, payload)] {
            let verdict = probe(candidate);
            let is_it = match verdict {
                Probe::NotForUs => continue,
                Probe::Certain => true,
                Probe::Likely | Probe::Unsure => is_hinted && candidate.len() >= 8 || agree(candidate, &theirs),
            };
            if is_it {
                if !is_whole {
                    let end = &mut flow.ends[from];
                    let last = end.early.len() - 1;
                    let mut at = 0;
                    end.early.retain(|one| {
                        at += 1;
                        one.aside || at > last
                    });
                }
                known(core, presence, flow, place, spoken);
                return;
            }
            waits |= is_whole;
            is_likely |= verdict == Probe::Likely;
        }
        if is_likely {
            break;
        }
    }
    if !is_likely && name(flow, from, &ours) {
        recognised(core, presence, flow);
        return;
    }
    let end = &mut flow.ends[from];
    if !waits || end.early_bytes > EARLY_BYTES {
        end.early.retain(|one| one.aside);
        end.early_bytes = end.early.iter().map(|one| one.bytes.len()).sum();
    }
    if end.looked >= LOOKS && !ports.into_iter().any(|port| protocols::serves(port, Carrier::Tcp)) {
        flow.speech = Speech::Recognised;
    }
}

/// Whether the first bytes of a stream are of something that has a name and is not read.
fn name(flow: &mut Flow, from: usize, bytes: &[u8]) -> bool {
    if let Some(found) = recognise::of_stream(bytes, flow.address(from).1, flow.address(1 - from).1) {
        take(flow, from, found);
        if flow.application.is_some_and(recognise::is_tls) {
            look_inside(flow, from, bytes);
        }
        return true;
    }
    let start = |unread: &'static Unread| match unread.known_by {
        KnownBy::Start(start) => Some((unread.signature, start(bytes)?)),
        KnownBy::Tls { .. } => None,
    };
    let Some((signature, side)) = protocols::unread().find_map(start) else { return false };
    if let Some(side) = side {
        flow.client_is(if side == Side::Request { from } else { 1 - from }, RoleSource::Said);
    }
    flow.application = Some(signature);
    true
}

/// A datagram of a flow that is not known.
pub(super) fn datagram(core: &mut Core, presence: &mut Presence, flow: &mut Flow, place: Place, from: usize, udp: &Udp<'_>, mark: Mark) {
    if flow.ends[from].looked >= DATAGRAM_LOOKS || udp.payload.is_empty() {
        return;
    }
    flow.ends[from].looked += 1;
    let ports = [udp.source_port, udp.destination_port];
    let mut is_likely = false;
    let mut waits = false;
    for spoken in protocols::carried(Carrier::Udp) {
        let Framing { probe, agree, ports: hints, .. } = spoken.framing;
        let is_hinted = ports.iter().any(|port| hints.contains(port));
        let verdict = probe(udp.payload);
        let is_it = match verdict {
            Probe::NotForUs => continue,
            Probe::Certain => true,
            Probe::Likely | Probe::Unsure => is_hinted || flow.ends[1 - from].early.iter().any(|one| agree(udp.payload, &one.bytes)),
        };
        if is_it {
            keep(flow, from, udp, mark);
            known(core, presence, flow, place, spoken);
            return;
        }
        waits = true;
        is_likely |= verdict == Probe::Likely;
        if is_likely {
            break;
        }
    }
    if let Some(found) = recognise::of_datagram(udp.payload, ports[0], ports[1]).filter(|_| !is_likely) {
        take(flow, from, found);
        recognised(core, presence, flow);
        return;
    }
    if waits && flow.ends[from].early_bytes + udp.payload.len() <= EARLY_BYTES {
        keep(flow, from, udp, mark);
    }
}

fn keep(flow: &mut Flow, from: usize, udp: &Udp<'_>, mark: Mark) {
    let end = &mut flow.ends[from];
    end.early_bytes += udp.payload.len();
    end.early.push(Early { bytes: udp.payload.to_vec(), mark, acknowledged: false, aside: false, hole: None });
}

/// What it is has a name, and is not read.
fn recognised(core: &mut Core, presence: &mut Presence, flow: &mut Flow) {
    flow.speech = Speech::Recognised;
    if flow.key.udp {
        flow.ends.iter_mut().for_each(|end| (end.early, end.early_bytes) = (Vec::new(), 0));
    } else {
        core.begin_listening(flow);
    }
    presence.fold(core, flow);
}

/// The flow speaks a protocol that is read: what came before is read now, in the order of its frames.
fn known(core: &mut Core, presence: &mut Presence, flow: &mut Flow, place: Place, spoken: Spoken) {
    let mut decoder = (spoken.framing.decoder)(&core.options.limits);
    let mut early: Vec<(u64, usize, Early)> = Vec::new();
    for end in 0..2 {
        flow.ends[end].early_bytes = 0;
        // In one direction the order of bytes counts, not that of the frames that brought them.
        let mut latest = 0;
        early.extend(std::mem::take(&mut flow.ends[end].early).into_iter().map(|one| {
            latest = one.mark.order.max(latest);
            (latest, end, one)
        }));
    }
    early.sort_by_key(|(order, ..)| *order);
    let said = who_said(decoder.as_mut(), &early, flow.key.udp);
    if let Some((end, side)) = said {
        flow.client_is(if side == Side::Request { end } else { 1 - end }, RoleSource::Said);
    }
    flow.speech = Speech::Known { spoken, decoder, pairing: Box::default(), conversation: None };
    for (_, end, one) in early {
        if flow.key.udp {
            udp::read(core, flow, place, end, &one.bytes, false, one.mark);
        } else if let Some(hole) = one.hole {
            gap(core, flow, end, hole);
        } else if one.aside {
            let side = side_of(flow, end);
            with_decoder(core, flow, place, end, |_, decoder, found| reader::aside(Some(side), &one.bytes, one.mark, None, decoder, found));
        } else {
            read(core, flow, place, end, &one.bytes, one.mark, one.acknowledged);
        }
    }
    presence.fold(core, flow);
}

/// The end that sent the first message whose shape tells who did, and as what. A message may lie in several segments.
fn who_said(decoder: &mut dyn Decoder, early: &[(u64, usize, Early)], udp: bool) -> Option<(usize, Side)> {
    let mut runs: [Vec<u8>; 2] = Default::default();
    for (_, end, one) in early.iter().filter(|(_, _, one)| !one.aside) {
        let run = &mut runs[*end];
        if udp || one.hole.is_some() {
            run.clear();
        }
        run.extend_from_slice(&one.bytes);
        while !run.is_empty() {
            match decoder.frame(None, run) {
                Frame::Message(length) if length <= run.len() => {
                    if let Some(side) = decoder.side(&run[..length]) {
                        return Some((*end, side));
                    }
                    run.drain(..length.max(1));
                }
                _ => break,
            }
        }
    }
    None
}
