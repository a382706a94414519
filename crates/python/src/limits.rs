//! Limits by name, as configuration gives them.

use sentinel_wire::Limits;

/// A limit, whatever integer it is kept in.
pub(crate) enum Bound<'a> {
    Size(&'a mut usize),
    Word(&'a mut u32),
    Time(&'a mut i64),
}

impl Bound<'_> {
    pub(crate) fn get(&self) -> i64 {
        match self {
            Self::Size(size) => i64::try_from(**size).unwrap_or(i64::MAX),
            Self::Word(word) => i64::from(**word),
            Self::Time(time) => **time,
        }
    }

    fn set(&mut self, value: i64) -> Option<()> {
        match self {
            Self::Size(size) => **size = usize::try_from(value).ok()?,
            Self::Word(word) => **word = u32::try_from(value).ok()?,
            Self::Time(time) => **time = value,
        }
        Some(())
    }
}

pub(crate) fn entries(limits: &mut Limits) -> Vec<(&'static str, Bound<'_>)> {
    vec![
        ("flows", Bound::Size(&mut limits.flows)),
        ("reorder_bytes", Bound::Size(&mut limits.reorder_bytes)),
        ("reorder_window", Bound::Word(&mut limits.reorder_window)),
        ("reorder_bytes_total", Bound::Size(&mut limits.reorder_bytes_total)),
        ("waiting", Bound::Size(&mut limits.waiting)),
        ("answer_timeout", Bound::Time(&mut limits.answer_timeout)),
        ("operations", Bound::Size(&mut limits.operations)),
        ("points", Bound::Size(&mut limits.points)),
        ("memories", Bound::Size(&mut limits.memories)),
        ("events_per_minute", Bound::Word(&mut limits.events_per_minute)),
        ("new_values_per_minute", Bound::Word(&mut limits.new_values_per_minute)),
        ("senders", Bound::Size(&mut limits.senders)),
        ("claims", Bound::Size(&mut limits.claims)),
        ("first_bytes_total", Bound::Size(&mut limits.first_bytes_total)),
        ("packet_bytes", Bound::Size(&mut limits.packet_bytes)),
        ("interfaces", Bound::Size(&mut limits.interfaces)),
        ("block_bytes", Bound::Size(&mut limits.block_bytes)),
        ("open_files", Bound::Size(&mut limits.open_files)),
        ("vlan_tags", Bound::Size(&mut limits.vlan_tags)),
        ("mpls_labels", Bound::Size(&mut limits.mpls_labels)),
        ("tunnels", Bound::Size(&mut limits.tunnels)),
        ("fragmented_packets", Bound::Size(&mut limits.fragmented_packets)),
        ("fragments_per_packet", Bound::Size(&mut limits.fragments_per_packet)),
        ("fragment_bytes", Bound::Size(&mut limits.fragment_bytes)),
        ("fragment_timeout", Bound::Time(&mut limits.fragment_timeout)),
        ("recent_packets", Bound::Size(&mut limits.recent_packets)),
        ("batch_packets", Bound::Size(&mut limits.batch_packets)),
        ("batch_rows", Bound::Size(&mut limits.batch_rows)),
        ("time_jump_packets", Bound::Size(&mut limits.time_jump_packets)),
    ]
}

pub(crate) fn set(limits: &mut Limits, name: &str, value: i64) -> Result<(), String> {
    if value < 1 {
        return Err(format!("limits.{name}: {value} is not a positive number"));
    }
    let found = entries(limits).into_iter().find(|(one, _)| *one == name);
    let (_, mut bound) = found.ok_or_else(|| format!("limits.{name}: there is no such limit"))?;
    bound.set(value).ok_or_else(|| format!("limits.{name}: {value} is too large"))
}
