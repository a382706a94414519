//! Line time: what moves it, and what falls due on the way.

use super::core::{Core, Timer};
use super::presence::Presence;
use super::tcp;
use crate::flow::pairing::Unanswered;
use crate::flow::table::{FlowTable, Place};
use crate::intern::MINUTE;

/// Line time between two reports of who is there, ns.
const REPORT: i64 = 600_000_000_000;
/// A jump forward that one packet alone does not make, ns.
const BIG_JUMP: i64 = 3_600_000_000_000;
/// Idle time after which a flow is forgotten, ns.
const FLOW_IDLE: i64 = 3_600_000_000_000;
/// Reports after which every flow that saw nothing meanwhile is forgotten: more of them in a silence would tell nothing.
const REPORTS_IN_SILENCE: i64 = FLOW_IDLE / REPORT + 2;

/// See the module.
pub(crate) struct Clock {
    /// A jump that is not believed yet, and how many packets agree on it.
    jump: Option<(i64, usize)>,
    next_report: i64,
    /// Latest tick.
    tick: i64,
}

impl Clock {
    pub(crate) fn new() -> Self {
        Self { jump: None, next_report: i64::MIN, tick: i64::MIN }
    }

    /// Highest packet time seen, or the latest tick if that is later; the smallest number before the first packet.
    pub(crate) fn line_time(&self, core: &Core) -> i64 {
        core.line_time.max(self.tick)
    }

    /// A packet moves line time, and on the way ends what waited too long, each in its own minute.
    pub(crate) fn packet(&mut self, core: &mut Core, flows: &mut FlowTable, presence: &mut Presence, time: i64) {
        if core.line_time == i64::MIN {
            core.line_time = time;
            self.next_report = time.saturating_add(REPORT);
            return;
        }
        if time <= core.line_time {
            core.counters.late += u64::from(time < core.line_time.saturating_sub(1_000_000_000));
            self.jump = None;
            return;
        }
        // After ticks it is known how much time has passed: then a packet of now is no jump.
        if time.saturating_sub(self.line_time(core)) > BIG_JUMP {
            let agreed =
                self.jump.filter(|(at, _)| time.saturating_sub(*at).saturating_abs() <= BIG_JUMP).map_or(1, |(_, count)| count + 1);
            self.jump = Some((time, agreed));
            if agreed < core.options.limits.time_jump_packets {
                return;
            }
        }
        self.jump = None;
        if self.next_report <= time || core.timers.front().is_some_and(|timer| timer.deadline <= time) {
            self.fall_due(core, flows, presence, time);
        }
        move_line(core, time);
    }

    /// Time passes without a packet. A tick from the past, or from before the first packet, says nothing. Rows keep the time
    /// of what happened last: a tick is not something that happened, and a capture of the same packets does not hold it.
    pub(crate) fn tick(&mut self, core: &mut Core, flows: &mut FlowTable, presence: &mut Presence, time: i64) {
        let before = self.line_time(core);
        if core.line_time == i64::MIN || time <= before {
            return;
        }
        self.fall_due(core, flows, presence, time);
        if time.div_euclid(MINUTE) != before.div_euclid(MINUTE) {
            core.close_minute();
        }
        self.tick = time;
    }

    /// Does what falls due until then, each thing at its own time and in order: whether a packet let time pass, or any number
    /// of ticks before it, the rows are the same.
    fn fall_due(&mut self, core: &mut Core, flows: &mut FlowTable, presence: &mut Presence, time: i64) {
        let mut reports = 0;
        loop {
            let timer = core.timers.front().copied().filter(|timer| timer.deadline <= time);
            match timer {
                Some(timer) if timer.deadline <= self.next_report => {
                    core.timers.pop_front();
                    move_line(core, timer.deadline.max(core.line_time));
                    expire(core, flows, timer);
                }
                _ if self.next_report <= time => {
                    let at = self.next_report;
                    move_line(core, at.max(core.line_time));
                    report(core, flows, presence, at);
                    reports += 1;
                    // After so many nothing is left to tell or to forget: the rest of a long silence is passed over. The
                    // attack: packets of another century, with as many reports before them.
                    let passed = if reports >= REPORTS_IN_SILENCE { (time - at) / REPORT } else { 0 };
                    self.next_report = at.saturating_add(REPORT.saturating_mul(passed + 1));
                }
                _ => break,
            }
        }
    }
}

fn move_line(core: &mut Core, time: i64) {
    if time >= core.minute_end || time < core.line_time {
        if time.div_euclid(MINUTE) != core.line_time.div_euclid(MINUTE) {
            core.close_minute();
        }
        core.minute_end = (time.div_euclid(MINUTE) + 1).saturating_mul(MINUTE);
    }
    core.line_time = time;
}

fn expire(core: &mut Core, flows: &mut FlowTable, timer: Timer) {
    tcp::expire(core, flows, timer.place, timer.serial);
}

/// Tells who is there, and forgets flows that were idle for long.
fn report(core: &mut Core, flows: &mut FlowTable, presence: &mut Presence, at: i64) {
    for place in flows.places() {
        if let Some(mut flow) = flows.take(place) {
            presence.fold(core, &mut flow);
            flows.put(place, flow);
        }
    }
    presence.report(core);
    while let Some(oldest) = flows.oldest() {
        let idle = flows.peek(oldest).is_some_and(|flow| at.saturating_sub(flow.last) > FLOW_IDLE);
        if !idle {
            break;
        }
        forget(core, flows, presence, oldest);
    }
}

/// Ends a flow: what waits in it is given out.
pub(crate) fn forget(core: &mut Core, flows: &mut FlowTable, presence: &mut Presence, place: Place) {
    tcp::flush(core, flows, presence, place);
    let mut ended = Vec::new();
    tcp::end_waiting(core, flows, place, Unanswered::Gap, &mut ended);
    for (_, place, transaction) in ended {
        tcp::finish_at(core, flows, place, transaction);
    }
    if let Some(mut flow) = flows.take(place) {
        presence.fold(core, &mut flow);
        let key = flow.key.clone();
        flows.forget(place, &key);
    }
}
