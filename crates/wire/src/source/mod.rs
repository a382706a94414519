//! Captures in: pcap, pcapng, gzip and zstd of both, from files, folders and standard input, as one stream by packet time.
//!
//! Contract: opening and reading never fail. What is wrong with a file is one line in its [`FileState`]; what was read of
//! it is kept. No length of a file is believed before it is checked, and nothing is allocated per packet.

use std::path::{Path, PathBuf};

use crate::Limits;

mod capture;
mod compressed;
mod copies;
mod folder;
mod handling;
mod interface;
pub mod live;
mod merge;
mod pcap;
mod pcapng;
mod raw;
mod zstd;

use capture::{Capture, Opening, Refusal};
use compressed::FIRST_LOOK;
use copies::Copies;
use folder::{Found, Kind};
pub use handling::Known;
use handling::{Fate, Handling, Window};
use merge::Merge;
pub use raw::{Mark, Sha};

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
    /// Packets read so far, also those that another file had too; without those left out.
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
    /// Bytes on the disk when it was looked at; none for streams.
    pub size: Option<u64>,
    /// Time of its first packet as the file says it, ns since 1970; known before reading, except of streams.
    pub begins: Option<i64>,
    /// Packets left out because they lie outside the time that was asked for.
    pub outside: u64,
    /// Packets left out because they were read before.
    pub known: u64,
    /// Packets of the file passed so far, with those left out. This and the next three are brought up to date by
    /// [`Sources::look_up`].
    pub position: u64,
    /// Bytes on the disk read so far, and their digest if it was asked for.
    pub disk_bytes: u64,
    /// See `disk_bytes`.
    pub digest: Option<Sha>,
    /// Whether the end of the file was reached: then the digest is of the whole file as it is.
    pub is_whole: bool,
    /// Whether it is not what it was when it was marked.
    pub has_changed: bool,
    /// Whether reading it is over.
    pub has_ended: bool,
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
        self.has_ended = true;
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
    handling: Vec<Handling>,
    window: Window,
    /// Whether packets may be left out at all.
    is_choosy: bool,
    has_begun: bool,
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
        Self::of(paths, folder::find(paths), limits)
    }

    /// The same for a list that an earlier [`Self::files`] gave: each path is one file, and keeps its number.
    pub fn listed(paths: &[PathBuf], limits: &Limits) -> Self {
        Self::of(paths, folder::listed(paths), limits)
    }

    fn of(paths: &[PathBuf], found: Vec<Vec<Found>>, limits: &Limits) -> Self {
        let mut sources = Self {
            states: Vec::new(),
            handling: Vec::new(),
            window: Window::default(),
            is_choosy: false,
            has_begun: false,
            merge: Merge::new(limits),
            is_given: false,
            copies: Copies::default(),
            duplicates: 0,
            passed_over: 0,
        };
        for (path, files) in paths.iter().zip(found) {
            let before = sources.states.len();
            for one in files {
                sources.take(one, limits);
            }
            if sources.states.len() == before {
                let mut state = FileState { path: path.display().to_string(), ..FileState::default() };
                state.refuse("is a folder without captures".to_owned());
                sources.states.push(state);
            }
        }
        sources.handling = vec![Handling::default(); sources.states.len()];
        sources
    }

    fn take(&mut self, Found { path, kind }: Found, limits: &Limits) {
        let file = u32::try_from(self.states.len()).unwrap_or(u32::MAX);
        let mut state = FileState { path: path.display().to_string(), ..FileState::default() };
        match kind {
            Kind::Skipped(line, is_loss) => {
                state.problem = Some(line);
                state.unusable = is_loss;
                state.has_ended = true;
            }
            Kind::Stream => self.merge.later(i64::MIN, file, path),
            Kind::Named | Kind::InFolder => {
                state.size = std::fs::metadata(&path).ok().map(|about| about.len());
                match Capture::open(&path, Opening { chunk: FIRST_LOOK, ..Opening::default() }, limits) {
                    Ok(capture) => self.look(file, path, capture, &mut state),
                    Err(refusal) if kind == Kind::InFolder && is_no_loss(&refusal, &path) => {
                        self.passed_over += 1;
                        return;
                    }
                    Err(refusal) => state.refuse(refusal.phrase()),
                }
            }
        }
        self.states.push(state);
    }

    /// Finds the time of the first packet, so that the file need not be open until then.
    fn look(&mut self, file: u32, path: PathBuf, mut capture: Capture, state: &mut FileState) {
        if !capture.advance() {
            merge::ends(&capture, state);
        } else if let Some(record) = capture.record() {
            state.begins = Some(record.time);
            self.merge.later(record.time, file, path);
        }
    }

    /// Only packets of this time on are wanted, and only those before that one (ns since 1970, after [`Self::shift`]). This
    /// and what follows must be said before the first packet is asked for; files are numbered as in [`Self::files`].
    pub fn only(&mut self, since: Option<i64>, until: Option<i64>) {
        self.window = Window { since: since.unwrap_or(i64::MIN), until: until.unwrap_or(i64::MAX) };
        self.is_choosy = true;
    }

    /// Adds so many ns to every time of a file: the clock of its machine was wrong.
    pub fn shift(&mut self, file: usize, shift: i64) {
        if let Some(handling) = self.handling.get_mut(file) {
            handling.shift = shift;
        }
    }

    /// Reads nothing of a file.
    pub fn leave_out(&mut self, file: usize) {
        if let Some(handling) = self.handling.get_mut(file) {
            handling.is_left_out = true;
            self.states[file].has_ended = true;
        }
    }

    /// Packets of a file that are in one of these were read before.
    pub fn known(&mut self, file: usize, known: Vec<Known>) {
        if let Some(handling) = self.handling.get_mut(file) {
            handling.known = known;
            self.is_choosy = true;
        }
    }

    /// A file begins with the bytes that it had before; [`FileState::has_changed`] says if it does not.
    pub fn expect(&mut self, file: usize, mark: Mark) {
        if let Some(handling) = self.handling.get_mut(file) {
            handling.mark = Some(mark);
        }
    }

    /// Files are digested while they are read.
    pub fn digest(&mut self) {
        for handling in &mut self.handling {
            handling.is_digested = true;
        }
    }

    /// Brings up to date what [`Self::files`] says of files that are being read.
    pub fn look_up(&mut self) {
        for (file, capture) in self.merge.open() {
            merge::stands(capture, &mut self.states[file as usize]);
        }
    }

    /// Files whose reading is over, and bytes on the disk read of all.
    pub fn progress(&self) -> (usize, u64) {
        let ended = self.states.iter().filter(|state| state.has_ended).count();
        let open = self.merge.open().map(|(_, capture)| capture.raw().count()).sum::<u64>();
        let done = self.states.iter().filter(|state| state.has_ended).map(|state| state.disk_bytes).sum::<u64>();
        (ended, done + open)
    }

    /// The next packet by time; ties by the order of files.
    #[inline]
    pub fn next_packet(&mut self) -> Option<Packet<'_>> {
        if !self.has_begun {
            self.has_begun = true;
            self.merge.begin(&self.handling);
        }
        loop {
            if self.is_given {
                self.merge.step(&mut self.states);
                self.is_given = false;
            }
            self.merge.open_due(&mut self.states, &self.handling);
            let (file, capture) = self.merge.first()?;
            let record = capture.record()?;
            let bytes = capture.bytes();
            self.is_given = true;
            let state = &mut self.states[file as usize];
            if self.is_choosy {
                match self.window.judge(&self.handling[file as usize], capture.packets(), record.time) {
                    Fate::Wanted => {}
                    Fate::Outside => {
                        state.outside += 1;
                        continue;
                    }
                    Fate::Known => {
                        state.known += 1;
                        continue;
                    }
                }
            }
            state.count(record.time, bytes.len());
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

/// Whether a file in a folder may be passed over. Of a packed file only the name tells whether it is a capture.
fn is_no_loss(refusal: &Refusal, path: &Path) -> bool {
    match refusal {
        Refusal::NotACapture(_) => true,
        Refusal::Packed(_) => {
            let name = path.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
            ![".pcap", ".pcapng", ".cap", ".ntar"].iter().any(|ending| name.contains(ending))
        }
        Refusal::Unreadable(_) => false,
    }
}

#[cfg(test)]
mod choice_tests;
#[cfg(test)]
mod packed_tests;
#[cfg(test)]
mod sources_tests;
