//! Datagrams: recognised by content, roles by what is said.

use super::core::Core;
use super::presence::Presence;
use crate::flow::table::{FlowTable, Place};
use crate::flow::{Mark, RoleSource, Speech};
use crate::network::Udp;
use crate::protocols::recognise::{self, Role};

/// Datagrams of a flow that are looked at before it stays unknown; the attack: a flood that costs a look each.
const LOOKS: u32 = 8;

pub(crate) fn datagram(
    core: &mut Core,
    flows: &mut FlowTable,
    presence: &mut Presence,
    place: Place,
    from: usize,
    udp: &Udp<'_>,
    mark: Mark,
) {
    let Some(mut flow) = flows.take(place) else { return };
    if matches!(flow.speech, Speech::Unknown) && flow.ends[from].looked < LOOKS {
        flow.ends[from].looked += 1;
        if let Some(found) = recognise::of_datagram(udp.payload, udp.source_port, udp.destination_port) {
            match found.sender {
                Some(Role::Client) => flow.client_is(from, RoleSource::Said),
                Some(Role::Server) => flow.client_is(1 - from, RoleSource::Said),
                None => {}
            }
            flow.application = Some(found.signature);
            flow.server_name = found.server_name.map(|name| (name.field, name.value));
            flow.speech = Speech::Recognised;
            presence.fold(core, &mut flow);
        }
    }
    core.hear_datagram(&flow, from, udp, mark);
    flows.put(place, flow);
}
