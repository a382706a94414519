//! Captures in: pcap, pcapng and gzip of both, from files, folders and standard input, as one stream by packet time.
//!
//! Contract: opening and reading never fail. What is wrong with a file is one line in its [`FileState`]; what was read of
//! it is kept. No length of a file is believed before it is checked, and nothing is allocated per packet.

use std::path::PathBuf;

use crate::Limits;

mod capture;
mod compressed;
mod copies;
mod folder;
mod interface;
pub mod live;
mod merge;
mod pcap;
mod pcapng;

use capture::{Capture, Refusal};
use compressed::{CHUNK, FIRST_LOOK};
use copies::Copies;
use folder::{Found, Kind};
use merge::Merge;

/// One captured packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Packet<'a> {
    /// ns since 1970, UTC.
    pub time: i64,
    /// Index into [`Sources::files`].
    pub file: u32,
    /// Index into [`FileState::interfaces`]: interfaces are counted over all sections of the file.
    pub interface: u32,
    /// Number in its file, from 1, as Wireshark counts.
    pub frame: u64,
    /// LINKTYPE value (tcpdump.org/linktypes).
    pub link: u32,
    /// What was captured.
    pub bytes: &'a [u8],
    /// Length on the wire, bytes; never less than what was captured.
    pub original: u32,
}

/// What became of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileState {
    /// As given, or as found in a folder.
    pub path: String,
    /// Packets read so far, also those that another file had too.
    pub packets: u64,
    /// Captured bytes of these.
    pub bytes: u64,
    /// Earliest time of a packet, ns since 1970.
    pub first: Option<i64>,
    /// Latest time of a packet, ns since 1970.
    pub last: Option<i64>,
    /// One line, to stand after the path: what is wrong with it and where.
    pub problem: Option<String>,
    /// Something is wrong and nothing could be read.
    pub unusable: bool,
    /// Names of its interfaces where the file tells them; complete when the file was read.
    pub interfaces: Vec<Option<String>>,
}

impl FileState {
    /// Adds to what is to be said.
    fn note(&mut self, line: &str) {
        match &mut self.problem {
            Some(problem) => {
                problem.push_str("; ");
                problem.push_str(line);
            }
            None => self.problem = Some(line.to_owned()),
        }
    }

    /// Says why nothing could be read.
    fn refuse(&mut self, line: String) {
        self.problem = Some(line);
        self.unusable = self.packets == 0;
    }

    #[inline]
    fn count(&mut self, time: i64, bytes: usize) {
        self.packets += 1;
        self.bytes += bytes as u64;
        self.first = Some(self.first.map_or(time, |first| first.min(time)));
        self.last = Some(self.last.map_or(time, |last| last.max(time)));
    }
}

/// See the module.
pub struct Sources {
    states: Vec<FileState>,
    merge: Merge,
    /// Whether the first packet of the merge was given already.
    is_given: bool,
    copies: Copies,
    duplicates: u64,
    passed_over: u64,
}

impl Sources {
    /// Looks at the beginning of every file and into every folder; `-` is standard input, which is opened by the first
    /// [`Self::next_packet`].
    pub fn open(paths: &[PathBuf], limits: &Limits) -> Self {
        let mut sources = Self {
            states: Vec::new(),
            merge: Merge::new(limits),
            is_given: false,
            copies: Copies::default(),
            duplicates: 0,
            passed_over: 0,
        };
        let found = folder::find(paths);
        let is_alone = found.iter().map(Vec::len).sum::<usize>() == 1;
        for (path, files) in paths.iter().zip(found) {
            let before = sources.states.len();
            for one in files {
                sources.take(one, is_alone, limits);
            }
            if sources.states.len() == before {
                let mut state = FileState { path: path.display().to_string(), ..FileState::default() };
                state.refuse("is a folder without captures".to_owned());
                sources.states.push(state);
            }
        }
        sources.merge.sort();
        sources
    }

    fn take(&mut self, Found { path, kind }: Found, is_alone: bool, limits: &Limits) {
        let file = u32::try_from(self.states.len()).unwrap_or(u32::MAX);
        let mut state = FileState { path: path.display().to_string(), ..FileState::default() };
        match kind {
            Kind::Skipped(line, is_loss) => {
                state.problem = Some(line);
                state.unusable = is_loss;
            }
            Kind::Stream => self.merge.later(i64::MIN, file, path),
            Kind::Named | Kind::InFolder => match Capture::open(&path, if is_alone { CHUNK } else { FIRST_LOOK }, limits) {
                Ok(capture) if is_alone => self.merge.now(file, capture, &mut state),
                Ok(capture) => self.look(file, path, capture, &mut state),
                Err(Refusal::NotACapture(_)) if kind == Kind::InFolder => {
                    self.passed_over += 1;
                    return;
                }
                Err(refusal) => state.refuse(refusal.phrase()),
            },
        }
        self.states.push(state);
    }

    /// Finds the time of the first packet, so that the file need not be open until then.
    fn look(&mut self, file: u32, path: PathBuf, mut capture: Capture, state: &mut FileState) {
        if !capture.advance() {
            merge::ends(&capture, state);
        } else if let Some(record) = capture.record() {
            self.merge.later(record.time, file, path);
        }
    }

    /// The next packet by time; ties by the order of files.
    #[inline]
    pub fn next_packet(&mut self) -> Option<Packet<'_>> {
        loop {
            if self.is_given {
                self.merge.step(&mut self.states);
                self.is_given = false;
            }
            self.merge.open_due(&mut self.states);
            let (file, capture) = self.merge.first()?;
            let record = capture.record()?;
            let bytes = capture.bytes();
            self.is_given = true;
            self.states[file as usize].count(record.time, bytes.len());
            if self.states.len() == 1 {
                break;
            }
            let microsecond = record.time.div_euclid(1_000);
            let may_be_copy = self.copies.remembers(microsecond) || self.merge.others_at(microsecond);
            if !may_be_copy || !self.copies.is_copy(microsecond, file, bytes, record.original) {
                break;
            }
            self.duplicates += 1;
        }
        let (file, capture) = self.merge.first()?;
        let record = capture.record()?;
        Some(Packet {
            time: record.time,
            file,
            interface: record.interface,
            frame: record.frame,
            link: record.link,
            bytes: capture.bytes(),
            original: record.original,
        })
    }

    /// What became of each file, in the order given.
    pub fn files(&self) -> &[FileState] {
        &self.states
    }

    /// Packets dropped because another file had them too: the same bytes, length and microsecond.
    pub fn duplicates(&self) -> u64 {
        self.duplicates
    }

    /// Files in folders that are no captures.
    pub fn passed_over(&self) -> u64 {
        self.passed_over
    }
}

#[cfg(test)]
mod sources_tests;
