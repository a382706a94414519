//! The line from packets to tables: packets in time order, into flows, into messages, into transactions, into rows.

use std::path::PathBuf;

use crate::columns::Table;
use crate::flow::pairing::Unanswered;
use crate::flow::table::FlowTable;
use crate::network::reassembly::Reassembly;
use crate::source::live::{Feed, Interface, Live, Next};
use crate::source::{FileState, Sources};
use crate::tables::Tables;
use crate::Limits;

mod clock;
mod core;
mod counters;
mod duplicates;
mod hearsay;
mod identify;
mod mirror;
mod packet;
mod points;
mod presence;
mod tcp;
mod udp;

use self::clock::Clock;
use self::core::Core;
pub use self::counters::Counters;
use self::duplicates::Duplicates;
use self::mirror::Mirror;
pub use self::mirror::{Directions, Frames};
use self::packet::Layers;
use self::presence::Presence;

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
    /// True for paths that an earlier run listed: folders are not looked into again.
    pub is_listed: bool,
}

/// Rows of other tables that a row which becomes a document takes as much room as: with all that is known of it, it is wide.
const DOCUMENT_WEIGHT: usize = 4;
/// Readings that take as much room as a row of another table: they are narrow, and a server that reports often makes a batch of
/// nothing else.
const READING_SHARE: usize = 2;
/// Bytes of text that take as much room as a row: parameters of a message may be longer than all else that is told of it.
const ROW_OF_TEXT: usize = 64;

/// What one turn of the loop brought.
enum Step {
    /// A packet was read.
    Read,
    /// Time passed.
    Passed,
    /// The source wants the batch to end.
    Pause,
    /// There is nothing more.
    End,
}

/// See the module.
pub struct Engine {
    feed: Feed,
    core: Core,
    flows: FlowTable,
    presence: Presence,
    mirror: Mirror,
    duplicates: Duplicates,
    reassembly: Reassembly,
    order: u64,
    clock: Clock,
    /// All is read: the next of those that the last report is to tell of.
    telling: Option<usize>,
    ended: bool,
    /// Packets of the batch so far.
    in_batch: usize,
    /// Rows told before it.
    rows_before: u64,
}

impl Engine {
    /// Opens the captures. Problems with files are told by [`Self::files`], never by failing.
    pub fn open(paths: &[PathBuf], options: Options) -> Self {
        let sources = if options.is_listed { Sources::listed(paths, &options.limits) } else { Sources::open(paths, &options.limits) };
        Self::over(Feed::Captures(Box::new(sources)), options)
    }

    /// Reads what a live source gives.
    pub fn listen(live: Box<dyn Live>, options: Options) -> Self {
        Self::over(Feed::Live(live), options)
    }

    fn over(feed: Feed, options: Options) -> Self {
        Self {
            mirror: Mirror::new(feed.interfaces().len()),
            feed,
            duplicates: Duplicates::new(&options.limits),
            core: Core::new(options),
            flows: FlowTable::new(),
            presence: Presence::default(),
            reassembly: Reassembly::default(),
            order: 0,
            clock: Clock::new(),
            telling: None,
            ended: false,
            in_batch: 0,
            rows_before: 0,
        }
    }

    /// The next batch, or `None` after the end.
    pub fn next_batch(&mut self) -> Option<Vec<Table>> {
        if self.ended {
            return None;
        }
        self.fill();
        Some(self.take())
    }

    /// Reads on, until the batch is full, the source pauses, or all is read: then false. May be called again to make a
    /// batch that nobody has time for larger, while it is not [`Self::is_full`].
    pub fn fill(&mut self) -> bool {
        while !self.ended && !self.is_full() {
            if let Some(number) = self.telling {
                self.presence.report_one(&mut self.core, number, true);
                self.telling = Some(number + 1);
                self.ended = number + 1 >= self.presence.count();
                continue;
            }
            match self.packet() {
                Step::Read => self.in_batch += 1,
                Step::Passed => {}
                Step::Pause => return true,
                Step::End => {
                    self.end();
                    self.telling = Some(0);
                }
            }
        }
        !self.ended
    }

    /// Whether the batch has as many packets or rows as it may.
    pub fn is_full(&self) -> bool {
        let limits = &self.core.options.limits;
        let readings = self.core.tables.readings.rows();
        let rows = (self.core.rows() - self.rows_before) as usize - readings + readings / READING_SHARE;
        self.in_batch >= limits.batch_packets
            || rows + self.core.tables.text_bytes() / ROW_OF_TEXT >= limits.batch_rows
            || self.core.tables.documents() >= (limits.batch_rows / DOCUMENT_WEIGHT).max(1)
    }

    /// What was read since the last batch.
    pub fn take(&mut self) -> Vec<Table> {
        self.in_batch = 0;
        self.rows_before = self.core.rows();
        std::mem::replace(&mut self.core.tables, Tables::new()).into_all()
    }

    /// Highest packet time seen, or the latest tick if that is later, ns since 1970, UTC; the smallest `i64` before the
    /// first packet.
    pub fn line_time(&self) -> i64 {
        self.clock.line_time(&self.core)
    }

    /// Totals of the run.
    pub fn counters(&self) -> &Counters {
        &self.core.counters
    }

    /// The captures, to say before the first batch what is wanted of them; `None` where interfaces are read.
    pub fn captures(&mut self) -> Option<&mut Sources> {
        self.feed.captures()
    }

    /// What became of each file.
    pub fn files(&self) -> &[FileState] {
        self.feed.files()
    }

    /// What became of each interface.
    pub fn interfaces(&self) -> &[Interface] {
        self.feed.interfaces()
    }

    /// What happened to the interfaces since the last call, one line each.
    pub fn notices(&mut self) -> Vec<String> {
        self.feed.notices()
    }

    /// Packets dropped because another file had them too.
    pub fn duplicates(&self) -> u64 {
        self.feed.duplicates()
    }

    /// Who talks to whom, for the summary at the end.
    pub fn applications(&self) -> Vec<(String, String, &'static str, u64, u64, bool)> {
        self.presence.applications()
    }

    /// What the frames say about the mirror: by interface, or of all captures together.
    pub fn frames(&self) -> &[Frames] {
        self.mirror.frames()
    }

    /// Which directions of conversations were seen; of captures, once they are read. It looks at every flow.
    pub fn directions(&self) -> Directions {
        if self.feed.interfaces().is_empty() && !self.ended {
            return Directions::default();
        }
        mirror::directions(&self.presence, &self.flows)
    }

    /// Losses over all conversations: gaps, lost bytes, retransmissions.
    pub fn losses(&self) -> (u64, u64, u64) {
        self.presence.losses()
    }

    /// Servers of read protocols of which only one direction was captured.
    pub fn one_sided(&self) -> Vec<String> {
        self.presence.one_sided()
    }

    fn packet(&mut self) -> Step {
        let packet = match self.feed.next() {
            Next::Packet(packet) => packet,
            Next::Tick(time) => {
                self.clock.tick(&mut self.core, &mut self.flows, &mut self.presence, time);
                return Step::Passed;
            }
            Next::Pause => return Step::Pause,
            Next::End => return Step::End,
        };
        self.order += 1;
        let counters = &mut self.core.counters;
        counters.packets += 1;
        counters.bytes += u64::from(packet.original);
        counters.first = Some(counters.first.map_or(packet.time, |first| first.min(packet.time)));
        counters.last = Some(counters.last.map_or(packet.time, |last| last.max(packet.time)));
        let is_cut = (packet.bytes.len() as u64) < u64::from(packet.original);
        counters.cut += u64::from(is_cut);
        self.clock.packet(&mut self.core, &mut self.flows, &mut self.presence, packet.time);
        let mut layers = Layers {
            core: &mut self.core,
            flows: &mut self.flows,
            presence: &mut self.presence,
            mirror: &mut self.mirror,
            duplicates: &mut self.duplicates,
            reassembly: &mut self.reassembly,
        };
        layers.packet(&packet, self.order, is_cut);
        Step::Read
    }

    /// Everything that still waits ends with the capture. The last report is told after it, in as many batches as it takes.
    fn end(&mut self) {
        self.reassembly.end();
        self.core.counters.unread_packets("IP fragment whose packet never became whole", self.reassembly.lost);
        let places = self.flows.places();
        for place in &places {
            tcp::flush(&mut self.core, &mut self.flows, &mut self.presence, *place);
        }
        let mut ended = Vec::new();
        for place in &places {
            tcp::end_waiting(&mut self.core, &mut self.flows, *place, Unanswered::CaptureEnd, &mut ended);
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
    }
}
