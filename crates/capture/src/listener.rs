//! Several interfaces as one stream of packets by time, with pauses that end batches and ticks that let time pass.

use std::collections::VecDeque;
use std::io::{PipeReader, PipeWriter, Write};
use std::os::fd::AsFd;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::Arc;
use std::time::{Duration, Instant};

use sentinel_wire::source::live::{Interface, Live, Next};
use sentinel_wire::source::Packet;

use crate::block::{Block, Frame};
use crate::interface::{describe, Description, ETHERNET};
use crate::ring::{Fault, Ring, HAND_OVER};
use crate::sys;
use crate::window::{choose, due, Front};

/// A batch ends after this time.
const BATCH: Duration = Duration::from_millis(200);
/// After this time without a packet line time follows the clock, this far behind: a packet that is on its way through the
/// ring and the window must not come late.
const SILENCE: Duration = Duration::from_millis(500);
/// How often losses are counted and interfaces are looked at, and a silent source ticks.
const LOOK: Duration = Duration::from_secs(1);
/// After being told to stop: time for the kernel to hand over what came before.
const LAST: Duration = Duration::from_millis(3 * HAND_OVER as u64);
/// Blocks of one interface that wait for older packets of others; the attack: a flood on one of two interfaces.
const WAITING: usize = 64;
/// What happened and was not asked for; the accident: an interface that goes up and down all day.
const NOTICES: usize = 1_000;

/// How to listen.
#[derive(Debug, Clone)]
pub struct Options {
    /// Memory of each interface's ring, bytes: what comes while nobody reads.
    pub ring_bytes: usize,
    /// What this computer itself sends is read too. On a mirror port there is nothing of the kind.
    pub outgoing: bool,
}

/// Tells a [`Listener`] to stop, from any thread.
#[derive(Debug, Clone)]
pub struct Stop {
    told: Arc<AtomicBool>,
    wake: Arc<PipeWriter>,
}

impl Stop {
    /// The listener gives what it has received, then ends.
    pub fn stop(&self) {
        if !self.told.swap(true, Ordering::SeqCst) {
            // It wakes up by itself within a batch, should this fail.
            drop((&*self.wake).write(&[1]));
        }
    }
}

/// One interface.
struct Port {
    /// `None` while the interface is gone.
    ring: Option<Ring>,
    about: Description,
    /// Copied blocks and when; the first is being read.
    blocks: VecDeque<(Block, Instant)>,
    /// The next frame of the first block.
    head: Option<Frame>,
    /// Number of the packet that is given next, from 1.
    number: u64,
    spare: Vec<Vec<u8>>,
}

impl Port {
    fn new(ring: Ring) -> Self {
        let about = ring.about.clone();
        Self { ring: Some(ring), about, blocks: VecDeque::new(), head: None, number: 1, spare: Vec::new() }
    }

    /// Steps to the next frame that counts.
    fn advance(&mut self, outgoing: bool) {
        let is_tagged = self.about.link == Ok(ETHERNET);
        // The loopback shows each frame when it is sent and when it comes back.
        let outgoing = outgoing && !self.about.is_loopback;
        self.head = None;
        while let Some((block, _)) = self.blocks.front_mut() {
            while let Some(frame) = block.next(is_tagged) {
                if outgoing || !frame.is_outgoing {
                    self.head = Some(frame);
                    return;
                }
            }
            if let Some((block, _)) = self.blocks.pop_front() {
                self.spare.push(block.into_bytes());
            }
        }
        self.spare.truncate(2);
    }

    /// Copies one block out of the ring.
    fn take(&mut self, now: Instant, outgoing: bool) -> bool {
        if self.blocks.len() >= WAITING {
            return false;
        }
        let Some(ring) = &mut self.ring else { return false };
        let mut memory = self.spare.pop().unwrap_or_default();
        if !ring.take(&mut memory) {
            self.spare.push(memory);
            return false;
        }
        self.blocks.push_back((Block::new(memory), now));
        if self.head.is_none() {
            self.advance(outgoing);
        }
        true
    }
}

/// See the module.
pub struct Listener {
    ports: Vec<Port>,
    states: Vec<Interface>,
    options: Options,
    stop: Stop,
    woken: PipeReader,
    notices: Vec<String>,
    /// The port whose head was given last.
    given: Option<usize>,
    pause_at: Instant,
    look_at: Instant,
    /// When to end, once told to stop.
    end_at: Option<Instant>,
    is_ending: bool,
    /// A tick was given; the pause follows it.
    owes_pause: bool,
    /// Latest packet time, and when it was read.
    latest: Option<(i64, Instant)>,
    has_read: bool,
    tick_at: Instant,
}

impl Listener {
    /// Listens on these interfaces from now on.
    ///
    /// # Errors
    /// The first interface that cannot be listened on, and why.
    pub fn open(names: &[String], options: Options) -> Result<Self, (String, Fault)> {
        let fault = |error: std::io::Error| (names.first().cloned().unwrap_or_default(), Fault::System(error));
        let (woken, wake) = std::io::pipe().map_err(fault)?;
        let mut ports = Vec::new();
        for name in names {
            let ring = Ring::open(name, options.ring_bytes, options.outgoing).map_err(|fault| (name.clone(), fault))?;
            ports.push(Port::new(ring));
        }
        let state = |port: &Port| Interface { name: port.about.name.clone(), is_up: port.about.has_link, ..Interface::default() };
        let states = ports.iter().map(state).collect();
        let now = Instant::now();
        let notices = ports.iter().filter(|port| !port.about.has_link).map(|port| no_link(&port.about.name)).collect();
        Ok(Self {
            ports,
            states,
            options,
            stop: Stop { told: Arc::new(AtomicBool::new(false)), wake: Arc::new(wake) },
            woken,
            notices,
            given: None,
            pause_at: now + BATCH,
            look_at: now + LOOK,
            end_at: None,
            is_ending: false,
            owes_pause: false,
            latest: None,
            has_read: false,
            tick_at: now + LOOK,
        })
    }

    /// To stop it.
    pub fn stopper(&self) -> Stop {
        self.stop.clone()
    }

    fn fronts(&self) -> impl Iterator<Item = Front> + Clone + '_ {
        self.ports.iter().map(|port| Front {
            head: port.head.and_then(|head| port.blocks.front().map(|(_, arrived)| (head.time, *arrived))),
            // At the end nobody is waited for.
            is_open: port.ring.is_some() && !self.is_ending,
        })
    }

    fn take_blocks(&mut self, now: Instant) -> bool {
        let mut took = false;
        for port in &mut self.ports {
            took |= port.take(now, self.options.outgoing);
        }
        took
    }

    fn wait(&mut self, now: Instant) {
        let mut until = self.pause_at;
        for one in [due(self.fronts()), self.end_at].into_iter().flatten() {
            until = until.min(one);
        }
        let milliseconds = until.saturating_duration_since(now).as_millis() as i32 + 1;
        let mut fds = Vec::with_capacity(self.ports.len() + 1);
        // A byte in the pipe wakes once; afterwards it must not.
        if self.end_at.is_none() {
            fds.push(self.woken.as_fd());
        }
        fds.extend(self.ports.iter().filter_map(|port| port.ring.as_ref()).map(Ring::fd));
        let said = sys::wait(&fds, milliseconds);
        if said.iter().any(|one| one.is_error) {
            for ring in self.ports.iter().filter_map(|port| port.ring.as_ref()) {
                drop(ring.error());
            }
            self.look();
        }
    }

    fn notice(&mut self, line: String) {
        if self.notices.len() < NOTICES {
            self.notices.push(line);
        }
    }

    /// Counts losses and looks whether each interface is still there.
    fn look(&mut self) {
        for number in 0..self.ports.len() {
            let port = &mut self.ports[number];
            if let Some(ring) = &port.ring {
                self.states[number].dropped += ring.dropped();
            }
            let name = port.about.name.clone();
            // The system not telling is no news of the interface.
            let Ok(found) = describe(&name) else { continue };
            let was_up = self.states[number].is_up;
            let (is_up, news) = match found {
                None if port.ring.take().is_some() => (false, Some(format!("{name} is gone: nothing comes from it until it is back"))),
                None => (false, None),
                Some(found) if port.ring.is_none() || found.index != port.about.index => {
                    port.ring = None;
                    match Ring::open(&name, self.options.ring_bytes, self.options.outgoing) {
                        Ok(ring) => {
                            port.about = ring.about.clone();
                            port.ring = Some(ring);
                            (found.has_link, Some(format!("{name} is back")))
                        }
                        // Not yet up: it is tried again.
                        Err(_) => (false, None),
                    }
                }
                Some(found) if !found.is_up => {
                    (false, was_up.then(|| format!("{name} was switched off: nothing comes from it until it is on")))
                }
                Some(found) if !found.has_link => (false, was_up.then(|| no_link(&name))),
                Some(_) => (true, (!was_up).then(|| format!("{name} has its link again"))),
            };
            self.states[number].is_up = is_up;
            if let Some(news) = news {
                self.notice(news);
            }
        }
    }

    /// The end of a batch: a tick first, if line time is to follow the clock.
    fn pause(&mut self, now: Instant, is_idle: bool) -> Next<'static> {
        self.pause_at = now + BATCH;
        if std::mem::take(&mut self.has_read) {
            if let Some((_, at)) = &mut self.latest {
                *at = now;
            }
        } else if let (true, Some((time, at))) = (is_idle && now >= self.tick_at, self.latest) {
            let silent = now.saturating_duration_since(at);
            if silent > SILENCE {
                self.tick_at = now + LOOK;
                self.owes_pause = true;
                let passed = i64::try_from((silent - SILENCE).as_nanos()).unwrap_or(i64::MAX);
                return Next::Tick(time.saturating_add(passed));
            }
        }
        Next::Pause
    }
}

fn no_link(name: &str) -> String {
    format!("{name} has no link: look at the cable and at the port at its other end")
}

impl Live for Listener {
    fn next(&mut self) -> Next<'_> {
        if let Some(number) = self.given.take() {
            self.ports[number].advance(self.options.outgoing);
        }
        if std::mem::take(&mut self.owes_pause) {
            return Next::Pause;
        }
        let number = loop {
            if let Some(number) = choose(self.fronts(), Instant::now) {
                break number;
            }
            let now = Instant::now();
            if self.end_at.is_none() && self.stop.told.load(Ordering::SeqCst) {
                self.end_at = Some(now + LAST);
            }
            if self.is_ending {
                return Next::End;
            }
            let took = self.take_blocks(now);
            if self.end_at.is_some_and(|end| now >= end) {
                // What the rings hold at this moment is the last.
                let most = WAITING;
                for _ in 0..most {
                    if !self.take_blocks(now) {
                        break;
                    }
                }
                self.look();
                self.is_ending = true;
                continue;
            }
            if now >= self.look_at {
                self.look_at = now + LOOK;
                self.look();
            }
            if now >= self.pause_at {
                let is_idle = !took && self.ports.iter().all(|port| port.head.is_none());
                return self.pause(now, is_idle);
            }
            if !took && !self.ports.iter().any(|port| port.ring.as_ref().is_some_and(Ring::has_more) && port.blocks.len() < WAITING) {
                self.wait(now);
            }
        };
        self.given = Some(number);
        let (port, state) = (&mut self.ports[number], &mut self.states[number]);
        let (Some(head), Some((block, _))) = (port.head, port.blocks.front()) else { return Next::Pause };
        let frame = port.number;
        port.number += 1;
        state.packets += 1;
        state.bytes += head.length as u64;
        self.has_read = true;
        let latest = self.latest.get_or_insert_with(|| (head.time, Instant::now()));
        latest.0 = latest.0.max(head.time);
        Next::Packet(Packet {
            time: head.time,
            file: number as u32,
            interface: 0,
            frame,
            link: port.about.link.unwrap_or(ETHERNET),
            bytes: &block.bytes[head.from..head.from + head.length],
            original: head.original,
        })
    }

    fn interfaces(&self) -> &[Interface] {
        &self.states
    }

    fn notices(&mut self) -> Vec<String> {
        std::mem::take(&mut self.notices)
    }
}
