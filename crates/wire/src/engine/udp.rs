//! Datagrams: each is read alone, with no order to keep and nothing that tells what was lost.

use super::core::Core;
use super::identify;
use super::presence::Presence;
use super::tcp::{side_of, with_decoder};
use crate::flow::reader;
use crate::flow::table::Place;
use crate::flow::{Flow, Mark, Speech};
use crate::network::Udp;

/// A datagram of the flow whose place is `place`, sent by end `from`.
pub(crate) fn datagram(core: &mut Core, presence: &mut Presence, flow: &mut Flow, place: Place, from: usize, udp: &Udp<'_>, mark: Mark) {
    match flow.speech {
        Speech::Known { .. } => {
            let is_cut = udp.wire_payload as usize > udp.payload.len();
            read(core, flow, place, from, udp.payload, is_cut, mark);
        }
        Speech::Unknown => identify::datagram(core, presence, flow, place, from, udp, mark),
        Speech::Recognised => {}
    }
    core.hear_datagram(flow, from, udp, mark);
}

pub(super) fn read(core: &mut Core, flow: &mut Flow, place: Place, from: usize, payload: &[u8], is_cut: bool, mark: Mark) {
    let side = side_of(flow, from);
    with_decoder(core, flow, place, from, |_, decoder, found| reader::datagram(side, payload, is_cut, mark, decoder, found));
}
