//! The line from packets to tables: packets in time order, into flows, into messages, into transactions, into rows.

use std::path::PathBuf;

use crate::columns::Table;
use crate::flow::pairing::Unanswered;
use crate::flow::table::{FlowTable, Place};
use crate::intern::MINUTE;
use crate::network::reassembly::Reassembly;
use crate::source::{FileState, Sources};
use crate::tables::Tables;
use crate::Limits;

mod core;
mod counters;
mod duplicates;
mod identify;
mod packet;
mod presence;
mod tcp;
mod udp;

use self::core::{Core, Timer};
pub use self::counters::Counters;
use self::duplicates::Duplicates;
use self::packet::Layers;
use self::presence::Presence;

/// Line time between two reports of who is there, ns.
const REPORT: i64 = 600_000_000_000;
/// A jump forward that one packet alone does not make, ns.
const BIG_JUMP: i64 = 3_600_000_000_000;
/// Idle time after which a flow is forgotten, ns.
const FLOW_IDLE: i64 = 3_600_000_000_000;

/// How the engine is asked to work.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Every transaction becomes an event with all its values; nothing is summed up.
    pub every_transaction: bool,
    /// Name of the site: part of every id.
    pub site: String,
    /// Bounds.
    pub limits: Limits,
    /// False for mirrors that tag one direction only: VLAN tags do not tell flows apart.
    pub vlan_in_key: bool,
}

/// See the module.
pub struct Engine {
    sources: Sources,
    core: Core,
    flows: FlowTable,
    presence: Presence,
    duplicates: Duplicates,
    reassembly: Reassembly,
    order: u64,
    jump: Option<(i64, usize)>,
    next_report: i64,
    ended: bool,
}

impl Engine {
    /// Opens the captures. Problems with files are told by [`Self::files`], never by failing.
    pub fn open(paths: &[PathBuf], options: Options) -> Self {
        Self {
            sources: Sources::open(paths, &options.limits),
            duplicates: Duplicates::new(&options.limits),
            core: Core::new(options),
            flows: FlowTable::new(),
            presence: Presence::default(),
            reassembly: Reassembly::default(),
            order: 0,
            jump: None,
            next_report: i64::MIN,
            ended: false,
        }
    }

    /// The next batch, or `None` after the end.
    pub fn next_batch(&mut self) -> Option<Vec<Table>> {
        if self.ended {
            return None;
        }
        let full = self.core.rows() + self.core.options.limits.batch_rows as u64;
        for _ in 0..self.core.options.limits.batch_packets {
            if !self.packet() {
                self.end();
                self.ended = true;
                break;
            }
            if self.core.rows() >= full {
                break;
            }
        }
        Some(std::mem::replace(&mut self.core.tables, Tables::new()).into_all())
    }

    /// Highest packet time seen, ns since 1970, UTC; the smallest `i64` before the first packet.
    pub fn line_time(&self) -> i64 {
        self.core.line_time
    }

    /// Totals of the run.
    pub fn counters(&self) -> &Counters {
        &self.core.counters
    }

    /// What became of each file.
    pub fn files(&self) -> &[FileState] {
        self.sources.files()
    }

    /// Packets dropped because another file had them too.
    pub fn duplicates(&self) -> u64 {
        self.sources.duplicates()
    }

    /// Who talks to whom, for the summary at the end.
    pub fn applications(&self) -> Vec<(String, String, &'static str, u64, u64, bool)> {
        self.presence.applications()
    }

    /// Losses over all conversations: gaps, lost bytes, retransmissions.
    pub fn losses(&self) -> (u64, u64, u64) {
        self.presence.losses()
    }

    /// Servers of read protocols of which only one direction was captured.
    pub fn one_sided(&self) -> Vec<String> {
        self.presence.one_sided()
    }

    /// Pairs of hosts whose two directions carry different VLAN tags, so that each looks as if it got no answer.
    pub fn split_by_vlan(&self) -> Vec<String> {
        self.presence.split_by_vlan()
    }

    fn packet(&mut self) -> bool {
        let Some(packet) = self.sources.next_packet() else { return false };
        self.order += 1;
        let counters = &mut self.core.counters;
        counters.packets += 1;
        counters.bytes += u64::from(packet.original);
        counters.first = Some(counters.first.map_or(packet.time, |first| first.min(packet.time)));
        counters.last = Some(counters.last.map_or(packet.time, |last| last.max(packet.time)));
        let is_cut = (packet.bytes.len() as u64) < u64::from(packet.original);
        counters.cut += u64::from(is_cut);
        advance_to(&mut self.core, &mut self.flows, &mut self.presence, &mut self.jump, &mut self.next_report, packet.time);
        let mut layers = Layers {
            core: &mut self.core,
            flows: &mut self.flows,
            presence: &mut self.presence,
            duplicates: &mut self.duplicates,
            reassembly: &mut self.reassembly,
        };
        layers.packet(&packet, self.order, is_cut);
        true
    }

    /// Everything that still waits ends with the capture.
    fn end(&mut self) {
        self.reassembly.end();
        self.core.counters.unread_packets("IP fragment whose packet never became whole", self.reassembly.lost);
        let places = self.flows.places();
        for place in &places {
            tcp::flush(&mut self.core, &mut self.flows, &mut self.presence, *place);
        }
        let mut ended = Vec::new();
        for place in &places {
            tcp::end_waiting(&mut self.flows, *place, Unanswered::CaptureEnd, &mut ended);
        }
        ended.sort_by_key(|(order, ..)| *order);
        for (_, place, transaction) in ended {
            tcp::finish_at(&mut self.core, &mut self.flows, place, transaction);
        }
        self.core.close_minute();
        for place in places {
            if let Some(mut flow) = self.flows.take(place) {
                self.presence.fold(&mut self.core, &mut flow);
                self.flows.put(place, flow);
            }
        }
        self.presence.report(&mut self.core, true);
    }
}

/// Moves line time, and on the way ends what waited too long, each in its own minute.
fn advance_to(
    core: &mut Core,
    flows: &mut FlowTable,
    presence: &mut Presence,
    jump: &mut Option<(i64, usize)>,
    next_report: &mut i64,
    time: i64,
) {
    if core.line_time == i64::MIN {
        core.line_time = time;
        *next_report = time.saturating_add(REPORT);
        return;
    }
    if time <= core.line_time {
        core.counters.late += u64::from(time < core.line_time.saturating_sub(1_000_000_000));
        *jump = None;
        return;
    }
    if time.saturating_sub(core.line_time) > BIG_JUMP {
        let agreed = jump.filter(|(at, _)| time.saturating_sub(*at).saturating_abs() <= BIG_JUMP).map_or(1, |(_, count)| count + 1);
        *jump = Some((time, agreed));
        if agreed < core.options.limits.time_jump_packets {
            return;
        }
    }
    *jump = None;
    while let Some(timer) = core.timers.front().copied().filter(|timer| timer.deadline <= time) {
        core.timers.pop_front();
        move_line(core, timer.deadline.max(core.line_time));
        expire(core, flows, timer);
    }
    move_line(core, time);
    if time >= *next_report {
        *next_report = time.saturating_add(REPORT);
        for place in flows.places() {
            if let Some(mut flow) = flows.take(place) {
                presence.fold(core, &mut flow);
                flows.put(place, flow);
            }
        }
        presence.report(core, false);
        while let Some(oldest) = flows.oldest() {
            let idle = flows.peek(oldest).is_some_and(|flow| time.saturating_sub(flow.last) > FLOW_IDLE);
            if !idle {
                break;
            }
            forget(core, flows, presence, oldest);
        }
    }
}

fn move_line(core: &mut Core, time: i64) {
    if time.div_euclid(MINUTE) != core.line_time.div_euclid(MINUTE) {
        core.close_minute();
    }
    core.line_time = time;
}

fn expire(core: &mut Core, flows: &mut FlowTable, timer: Timer) {
    tcp::expire(core, flows, timer.place, timer.serial);
}

fn forget(core: &mut Core, flows: &mut FlowTable, presence: &mut Presence, place: Place) {
    tcp::flush(core, flows, presence, place);
    let mut ended = Vec::new();
    tcp::end_waiting(flows, place, Unanswered::Gap, &mut ended);
    for (_, place, transaction) in ended {
        tcp::finish_at(core, flows, place, transaction);
    }
    if let Some(mut flow) = flows.take(place) {
        presence.fold(core, &mut flow);
        let key = flow.key.clone();
        flows.forget(place, &key);
    }
}
