//! STUB until merged
use crate::protocols::{Class, Side};
pub(super) struct Service { pub(super) name: &'static str, pub(super) class: Class, pub(super) request: u32 }
static SERVICES: &[(u32, &str)] = &[(422,"FindServers"),(12208,"FindServersOnNetwork"),(428,"GetEndpoints"),(437,"RegisterServer"),(12211,"RegisterServer2"),(446,"OpenSecureChannel"),(452,"CloseSecureChannel"),(461,"CreateSession"),(467,"ActivateSession"),(473,"CloseSession"),(479,"Cancel"),(488,"AddNodes"),(494,"AddReferences"),(500,"DeleteNodes"),(506,"DeleteReferences"),(527,"Browse"),(533,"BrowseNext"),(554,"TranslateBrowsePathsToNodeIds"),(560,"RegisterNodes"),(566,"UnregisterNodes"),(615,"QueryFirst"),(621,"QueryNext"),(631,"Read"),(664,"HistoryRead"),(673,"Write"),(700,"HistoryUpdate"),(712,"Call"),(751,"CreateMonitoredItems"),(763,"ModifyMonitoredItems"),(769,"SetMonitoringMode"),(775,"SetTriggering"),(781,"DeleteMonitoredItems"),(787,"CreateSubscription"),(793,"ModifySubscription"),(799,"SetPublishingMode"),(826,"Publish"),(832,"Republish"),(841,"TransferSubscriptions"),(847,"DeleteSubscriptions")];
pub(super) fn type_id(body: &[u8]) -> Option<(u32, usize)> {
    match *body.first()? {
        0 => Some((u32::from(*body.get(1)?), 2)),
        1 if *body.get(1)? == 0 => Some((u32::from(u16::from_le_bytes([*body.get(2)?, *body.get(3)?])), 4)),
        2 if body.get(1..3)? == [0, 0] => Some((super::chunk::word(body, 3)?, 7)),
        _ => None,
    }
}
pub(super) fn of(id: u32) -> Option<(&'static str, u32, Side)> {
    if id == 397 { return Some(("ServiceFault", 0, Side::Answer)); }
    SERVICES.iter().find_map(|(request, name)| {
        let answer = match *request { 12208 => 12209, 12211 => 12212, other => other + 3 };
        if *request == id { Some((*name, *request, Side::Request)) } else if answer == id { Some((*name, *request, Side::Answer)) } else { None }
    })
}
pub(super) fn is_known(body: &[u8]) -> bool { type_id(body).is_some_and(|(id, _)| of(id).is_some()) }
pub(super) struct Head<'a> { pub(super) name: &'static str, pub(super) id: u32, pub(super) side: Side, pub(super) handle: u32, pub(super) result: u32, pub(super) rest: &'a [u8] }
fn node(body: &[u8], at: usize) -> Option<usize> {
    Some(match *body.get(at)? & 0x3F {
        0 => at + 2, 1 => at + 4, 2 => at + 7,
        3 | 5 => { let n = super::chunk::word(body, at + 3)? as i32; at + 7 + n.max(0) as usize }
        4 => at + 19,
        _ => return None,
    })
}
pub(super) fn head(body: &[u8]) -> Option<Head<'_>> {
    let (id, at) = type_id(body)?;
    let (name, request, side) = of(id)?;
    let (handle, result) = match side {
        Side::Request => { let at = node(body, at)?; (super::chunk::word(body, at + 8)?, 0) }
        Side::Answer => (super::chunk::word(body, at + 8)?, super::chunk::word(body, at + 12)?),
    };
    Some(Head { name, id: request, side, handle, result, rest: body })
}
pub(super) fn side(body: &[u8]) -> Option<Side> { of(type_id(body)?.0).map(|one| one.2) }
