//! The bytes of a file as they lie on the disk: counted, and digested while they are read, so that no file is read twice
//! to be known again.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::time::{Duration, SystemTime};

use sha2::{Digest, Sha256};

use super::compressed::unreadable;

/// Bytes that are looked at to tell what a file is.
const HEAD: usize = 8;
/// A file that was changed so recently may still be written: a writer with a buffer of its own is silent for a while.
const RECENT: Duration = Duration::from_secs(60);

/// SHA-256 of bytes on the disk.
pub type Sha = [u8; 32];

/// What a file held when it was read before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    /// How many bytes of it were read.
    pub bytes: u64,
    /// What they were.
    pub digest: Sha,
    /// Whether it ended there: then it ends there now too, whatever was added since.
    pub is_end: bool,
}

enum Origin {
    File(File),
    /// A pipe, standard input, memory: read once, never looked up again.
    Stream(Box<dyn Read + Send>),
}

/// See the module.
pub(super) struct Raw {
    origin: Origin,
    head: [u8; HEAD],
    /// Bytes of `head` that are there, and how many of them were given.
    held: usize,
    given: usize,
    count: u64,
    digest: Option<Sha256>,
    mark: Option<Mark>,
    has_changed: bool,
    is_over: bool,
}

impl Raw {
    /// Opens a path, or standard input for `-`.
    ///
    /// # Errors
    /// One plain phrase: why it cannot be read.
    pub(super) fn open(path: &Path, is_digested: bool, mark: Option<Mark>) -> Result<Self, String> {
        if path.as_os_str() == "-" {
            return Self::of(Origin::Stream(Box::new(io::stdin())), false, None);
        }
        let file = File::open(path).map_err(|error| unreadable(&error))?;
        match file.metadata() {
            Ok(about) if about.is_file() => Self::of(Origin::File(file), is_digested, mark),
            _ => Self::of(Origin::Stream(Box::new(file)), false, None),
        }
    }

    /// Any other reader.
    ///
    /// # Errors
    /// As [`Self::open`].
    #[cfg(test)]
    pub(super) fn stream(reader: Box<dyn Read + Send>) -> Result<Self, String> {
        Self::of(Origin::Stream(reader), true, None)
    }

    fn of(origin: Origin, is_digested: bool, mark: Option<Mark>) -> Result<Self, String> {
        let digest = (is_digested || mark.is_some()).then(Sha256::new);
        let mut raw = Self { origin, head: [0; HEAD], held: 0, given: 0, count: 0, digest, mark, has_changed: false, is_over: false };
        while raw.held < HEAD {
            let mut more = [0; HEAD];
            match raw.next(&mut more[..HEAD - raw.held]) {
                Ok(0) => break,
                Ok(read) => {
                    raw.head[raw.held..raw.held + read].copy_from_slice(&more[..read]);
                    raw.held += read;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(unreadable(&error)),
            }
        }
        Ok(raw)
    }

    /// The first bytes, at most eight; they are still to be read.
    pub(super) fn head(&self) -> &[u8] {
        &self.head[..self.held]
    }

    /// Bytes on the disk read so far.
    pub(super) fn count(&self) -> u64 {
        self.count
    }

    /// SHA-256 of these; none for streams, or if it was not asked for.
    pub(super) fn digest(&self) -> Option<Sha> {
        self.digest.clone().map(|digest| digest.finalize().into())
    }

    /// Whether the end was reached.
    pub(super) fn is_over(&self) -> bool {
        self.is_over
    }

    /// Whether it is not what it was when it was marked.
    pub(super) fn has_changed(&self) -> bool {
        self.has_changed || self.is_over && self.mark.is_some_and(|mark| self.count < mark.bytes)
    }

    /// Whether somebody may be writing it at this moment: it is longer than what could be read, or was changed just now.
    pub(super) fn is_being_written(&self) -> bool {
        let Origin::File(file) = &self.origin else { return false };
        file.metadata().is_ok_and(|about| {
            let is_recent = about.modified().is_ok_and(|then| match SystemTime::now().duration_since(then) {
                Ok(age) => age < RECENT,
                Err(ahead) => ahead.duration() < RECENT,
            });
            is_recent || about.len() > self.count
        })
    }

    /// Reads on, and not over the mark in one step: there the digest is compared.
    fn next(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut length = buffer.len();
        if let Some(mark) = self.mark.filter(|mark| mark.bytes > self.count || mark.is_end) {
            length = length.min(usize::try_from(mark.bytes.saturating_sub(self.count)).unwrap_or(usize::MAX));
            if length == 0 && !buffer.is_empty() {
                self.is_over = true;
                return Ok(0);
            }
        }
        let read = match &mut self.origin {
            Origin::File(file) => file.read(&mut buffer[..length])?,
            // A person who ends a stream that may never end wants what was read so far.
            Origin::Stream(reader) => reader.read(&mut buffer[..length]).map_err(|error| match error.kind() {
                io::ErrorKind::Interrupted => io::ErrorKind::ConnectionAborted.into(),
                _ => error,
            })?,
        };
        self.count += read as u64;
        self.is_over = read == 0 && length > 0;
        if let Some(digest) = &mut self.digest {
            digest.update(&buffer[..read]);
        }
        if read > 0 && self.mark.is_some_and(|mark| mark.bytes == self.count && self.digest() != Some(mark.digest)) {
            self.has_changed = true;
        }
        Ok(read)
    }
}

impl Read for Raw {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.given < self.held {
            let count = buffer.len().min(self.held - self.given);
            buffer[..count].copy_from_slice(&self.head[self.given..self.given + count]);
            self.given += count;
            return Ok(count);
        }
        self.next(buffer)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn sha(bytes: &[u8]) -> Sha {
        Sha256::digest(bytes).into()
    }

    fn all(raw: &mut Raw) -> Vec<u8> {
        let mut bytes = Vec::new();
        raw.read_to_end(&mut bytes).expect("the file can be read");
        bytes
    }

    #[test]
    fn the_digest_is_of_all_that_was_read_and_a_mark_is_checked() {
        let path = std::env::temp_dir().join(format!("sentinel-raw-{}", std::process::id()));
        fs::write(&path, b"0123456789 and more").expect("the temporary folder can be written");
        let mut raw = Raw::open(&path, true, None).expect("it is there");
        assert_eq!(raw.head(), b"01234567");
        assert_eq!(all(&mut raw), b"0123456789 and more");
        assert_eq!((raw.count(), raw.digest(), raw.is_over()), (19, Some(sha(b"0123456789 and more")), true));

        for (bytes, of, is_end, read, has_changed) in [
            (10, &b"0123456789"[..], false, 19, false),
            (10, b"0123456789", true, 10, false),
            (10, b"012345678X", false, 19, true),
            (5, b"01234", true, 5, false),
            (30, b"0123456789 and more than there is", false, 19, true),
        ] {
            let mark = Mark { bytes, digest: sha(of), is_end };
            let mut raw = Raw::open(&path, false, Some(mark)).expect("it is there");
            assert_eq!((all(&mut raw).len(), raw.has_changed()), (read, has_changed), "{mark:?}");
        }
        let _ = fs::remove_file(&path);
    }

    #[test]
    fn a_file_that_rested_is_not_being_written() {
        let path = std::env::temp_dir().join(format!("sentinel-rest-{}", std::process::id()));
        fs::write(&path, b"x").expect("the temporary folder can be written");
        let mut raw = Raw::open(&path, true, None).expect("it is there");
        all(&mut raw);
        assert!(raw.is_being_written());
        let file = File::options().append(true).open(&path).expect("it is there");
        file.set_modified(SystemTime::now() - Duration::from_secs(3_600)).expect("its time can be set");
        assert!(!raw.is_being_written());
        fs::write(&path, b"xy").expect("the temporary folder can be written");
        file.set_modified(SystemTime::now() - Duration::from_secs(3_600)).expect("its time can be set");
        assert!(raw.is_being_written(), "it is longer than what was read");
        let _ = fs::remove_file(&path);
    }
}
