//! Captures in: files, folders and standard input, merged by packet time.
//!
//! A file that is cut, empty, no capture or unreadable is told in one line; what was read of it is kept.

use std::collections::VecDeque;
use std::fs;
use std::hash::BuildHasher;
use std::io::Read;
use std::path::{Path, PathBuf};

use foldhash::quality::FixedState;

use crate::Limits;

mod bytes;
mod file;

use file::CaptureFile;

/// Depth of folders that are looked into; the accident: links in a circle.
const FOLDER_DEPTH: usize = 32;
/// Packets of the same microsecond that are compared for copies in another file.
const SAME_TIME: usize = 256;

/// One captured packet.
#[derive(Debug, Clone, Copy)]
pub struct Packet<'a> {
    /// ns since 1970, UTC.
    pub time: i64,
    /// Index into [`Sources::files`].
    pub file: u32,
    /// Index of the interface in its section.
    pub interface: u32,
    /// Number in its file, from 1, as Wireshark counts.
    pub frame: u64,
    /// Link type (tcpdump.org/linktypes).
    pub link: u32,
    /// What was captured.
    pub bytes: &'a [u8],
    /// Length on the wire.
    pub original: u32,
}

/// What became of a file.
#[derive(Debug, Clone, Default)]
pub struct FileState {
    /// As given, or as found in a folder.
    pub path: String,
    /// Packets read.
    pub packets: u64,
    /// Captured bytes of these.
    pub bytes: u64,
    /// Time of the first packet.
    pub first: Option<i64>,
    /// Time of the last packet.
    pub last: Option<i64>,
    /// One line: what is wrong with it and where.
    pub problem: Option<String>,
    /// Nothing could be read.
    pub unusable: bool,
}

/// See the module.
pub struct Sources {
    states: Vec<FileState>,
    /// Files not yet opened for reading, by the time of their first packet: earliest last.
    closed: Vec<(i64, u32, PathBuf)>,
    open: Vec<(u32, CaptureFile)>,
    /// The file whose packet was given last.
    given: Option<usize>,
    recent: VecDeque<(i64, u64, u32)>,
    duplicates: u64,
    limits: Limits,
}

impl Sources {
    /// Looks at every path; opens what can be opened.
    pub fn open(paths: &[PathBuf], limits: &Limits) -> Self {
        let mut sources = Self {
            states: Vec::new(),
            closed: Vec::new(),
            open: Vec::new(),
            given: None,
            recent: VecDeque::new(),
            duplicates: 0,
            limits: limits.clone(),
        };
        let mut found: Vec<(PathBuf, Option<String>)> = Vec::new();
        for path in paths {
            if path.is_dir() {
                let before = found.len();
                folder(path, 0, &mut found);
                if found.len() == before {
                    found.push((path.clone(), Some("is a folder without captures".to_owned())));
                }
            } else {
                found.push((path.clone(), None));
            }
        }
        let alone = found.len() == 1;
        for (path, problem) in found {
            let number = sources.states.len() as u32;
            sources.states.push(FileState { path: path.display().to_string(), ..FileState::default() });
            if let Some(problem) = problem {
                sources.fails(number, problem);
            } else if alone || path.as_os_str() == "-" {
                sources.start(number, &path);
            } else {
                sources.peek(number, path);
            }
        }
        sources.closed.sort_by_key(|(time, number, _)| std::cmp::Reverse((*time, *number)));
        sources
    }

    /// What became of each file, in the order given.
    pub fn files(&self) -> &[FileState] {
        &self.states
    }

    /// Packets dropped because another file had them too.
    pub fn duplicates(&self) -> u64 {
        self.duplicates
    }

    /// The next packet by time; ties by the order of files.
    pub fn next_packet(&mut self) -> Option<Packet<'_>> {
        loop {
            self.step_past_given();
            self.open_due();
            let (_, at) = self
                .open
                .iter()
                .enumerate()
                .filter_map(|(at, (number, file))| file.current().map(|one| ((one.time, *number), at)))
                .min()?;
            self.given = Some(at);
            if !self.is_copy(at) {
                break;
            }
            self.duplicates += 1;
        }
        let (number, file) = self.open.get(self.given?)?;
        let record = file.current()?;
        let bytes = file.packet();
        let state = &mut self.states[*number as usize];
        state.packets += 1;
        state.bytes += bytes.len() as u64;
        state.first.get_or_insert(record.time);
        state.last = Some(record.time);
        Some(Packet {
            time: record.time,
            file: *number,
            interface: record.interface,
            frame: record.frame,
            link: record.link,
            bytes,
            original: record.original,
        })
    }

    fn fails(&mut self, number: u32, problem: String) {
        let state = &mut self.states[number as usize];
        state.problem = Some(problem);
        state.unusable = true;
    }

    /// Opens a file and steps to its first packet.
    fn start(&mut self, number: u32, path: &Path) {
        match CaptureFile::open(path, &self.limits) {
            Ok(mut file) => {
                if file.advance().is_some() {
                    self.open.push((number, file));
                } else {
                    self.states[number as usize].problem = file.problem;
                }
            }
            Err(problem) => self.fails(number, problem),
        }
    }

    /// Finds the time of the first packet, so that the file need not stay open until then.
    fn peek(&mut self, number: u32, path: PathBuf) {
        match CaptureFile::open(&path, &self.limits) {
            Ok(mut file) => match file.advance() {
                Some(first) => self.closed.push((first.time, number, path)),
                None => self.states[number as usize].problem = file.problem,
            },
            Err(problem) => self.fails(number, problem),
        }
    }

    fn step_past_given(&mut self) {
        let Some(at) = self.given.take() else { return };
        let Some((number, file)) = self.open.get_mut(at) else { return };
        if file.advance().is_none() {
            self.states[*number as usize].problem = file.problem.take();
            self.open.remove(at);
        }
    }

    /// Opens every closed file whose first packet is due, as far as the limit of open files allows.
    fn open_due(&mut self) {
        while let Some((time, number, path)) = self.closed.last().cloned() {
            let earliest = self.open.iter().filter_map(|(_, file)| file.current()).map(|one| one.time).min();
            if earliest.is_some_and(|earliest| earliest < time) {
                return;
            }
            if self.open.len() >= self.limits.open_files {
                let order = "its packets are read later than their time: more captures overlap than may be open at once";
                self.states[number as usize].problem.get_or_insert_with(|| order.to_owned());
                return;
            }
            self.closed.pop();
            self.start(number, &path);
        }
    }

    /// Whether another file gave the same packet at the same microsecond.
    fn is_copy(&mut self, at: usize) -> bool {
        if self.states.len() < 2 {
            return false;
        }
        let Some((number, file)) = self.open.get(at) else { return false };
        let Some(record) = file.current() else { return false };
        let (number, time) = (*number, record.time / 1_000);
        let hash = FixedState::default().hash_one((file.packet(), record.original));
        while self.recent.front().is_some_and(|(then, ..)| *then != time) || self.recent.len() > SAME_TIME {
            self.recent.pop_front();
        }
        if let Some(twin) = self.recent.iter().position(|(_, other, from)| *other == hash && *from != number) {
            self.recent.remove(twin);
            return true;
        }
        self.recent.push_back((time, hash, number));
        false
    }
}

/// Captures below a folder, by name; files that are none are passed over.
fn folder(path: &Path, depth: usize, found: &mut Vec<(PathBuf, Option<String>)>) {
    let entries = match fs::read_dir(path) {
        Ok(entries) => entries,
        Err(error) => {
            found.push((path.to_owned(), Some(format!("cannot be read: {error}"))));
            return;
        }
    };
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            if depth < FOLDER_DEPTH {
                folder(&path, depth + 1, found);
            }
        } else if path.is_file() {
            let mut head = [0; 4];
            match fs::File::open(&path).and_then(|mut file| file.read(&mut head)) {
                Ok(count) if file::is_capture(&head[..count]) => found.push((path, None)),
                Ok(_) => {}
                Err(error) => found.push((path, Some(format!("cannot be read: {error}")))),
            }
        }
    }
}

#[cfg(test)]
mod tests;
