//! Bytes of a file or of standard input, unpacked where they are gzip (RFC 1952), through one reusable buffer.
//!
//! Contract: after `fill(n)` said true, `here()` holds at least `n` bytes. The buffer grows only with bytes that did
//! arrive, at most to twice their number: a length field alone allocates nothing. Files are read, never mapped: a file
//! that shrinks while it is read ends early instead of killing the process.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use flate2::read::MultiGzDecoder;

/// Bytes asked of the system at a time while reading on: what a processor's own cache holds, so that packets are still there
/// when they are read.
pub(super) const CHUNK: usize = 1 << 18;
/// Bytes asked for when only the beginning of a file is wanted.
pub(super) const FIRST_LOOK: usize = 1 << 14;

/// See the module.
pub(super) struct Input {
    reader: Box<dyn Read + Send>,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    /// Offset of `start` in the stream, after unpacking.
    offset: u64,
    is_gzip: bool,
    failure: Option<String>,
}

impl Input {
    /// Opens a path, or standard input for `-`.
    ///
    /// # Errors
    /// One plain phrase: why it cannot be read.
    pub(super) fn open(path: &Path, chunk: usize) -> Result<Self, String> {
        let reader: Box<dyn Read + Send> =
            if path.as_os_str() == "-" { Box::new(io::stdin()) } else { Box::new(File::open(path).map_err(|error| unreadable(&error))?) };
        Self::new(reader, chunk)
    }

    /// Wraps any reader.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub(super) fn new(mut reader: Box<dyn Read + Send>, chunk: usize) -> Result<Self, String> {
        let mut head = [0; 2];
        let mut filled = 0;
        while filled < head.len() {
            match reader.read(&mut head[filled..]) {
                Ok(0) => break,
                Ok(count) => filled += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(unreadable(&error)),
            }
        }
        let mut buffer = vec![0; chunk.max(head.len())];
        let is_gzip = filled == 2 && head == [0x1F, 0x8B];
        if is_gzip {
            let whole = io::Cursor::new(head).chain(reader);
            return Ok(Self { reader: Box::new(MultiGzDecoder::new(whole)), buffer, start: 0, end: 0, offset: 0, is_gzip, failure: None });
        }
        buffer[..filled].copy_from_slice(&head[..filled]);
        Ok(Self { reader, buffer, start: 0, end: filled, offset: 0, is_gzip, failure: None })
    }

    /// Makes `count` bytes available, and says whether there are so many.
    #[inline]
    pub(super) fn fill(&mut self, count: usize) -> bool {
        self.end - self.start >= count || self.read_until(count)
    }

    #[cold]
    fn read_until(&mut self, count: usize) -> bool {
        if self.failure.is_some() {
            return false;
        }
        // What is left is less than a record, so moving it to the front is cheap against the chunk that follows.
        self.buffer.copy_within(self.start..self.end, 0);
        self.end -= self.start;
        self.start = 0;
        while self.end < count {
            if self.end == self.buffer.len() {
                self.buffer.resize(self.buffer.len() * 2, 0);
            }
            match self.reader.read(&mut self.buffer[self.end..]) {
                Ok(0) => return false,
                Ok(read) => self.end += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    self.failure = Some(self.phrase(&error));
                    return false;
                }
            }
        }
        true
    }

    /// What is available without reading.
    #[inline]
    pub(super) fn here(&self) -> &[u8] {
        &self.buffer[self.start..self.end]
    }

    /// Steps over bytes that are here.
    #[inline]
    pub(super) fn skip(&mut self, count: usize) {
        let count = count.min(self.end - self.start);
        self.start += count;
        self.offset += count as u64;
    }

    /// Steps over bytes that need not be here; false if the input ends before.
    pub(super) fn skip_far(&mut self, mut count: u64) -> bool {
        while count > 0 {
            if !self.fill(1) {
                return false;
            }
            let step = count.min((self.end - self.start) as u64);
            self.skip(step as usize);
            count -= step;
        }
        true
    }

    /// Where `here()` begins, for people: `byte 4096`.
    pub(super) fn place(&self) -> String {
        let of = if self.is_gzip { " of the unpacked data" } else { "" };
        format!("byte {}{of}", self.offset)
    }

    /// Why reading failed, if it did: an end of file is no failure.
    pub(super) fn failure(&self) -> Option<&str> {
        self.failure.as_deref()
    }

    fn phrase(&self, error: &io::Error) -> String {
        match error.kind() {
            io::ErrorKind::UnexpectedEof if self.is_gzip => "its gzip data stops too early".to_owned(),
            io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput if self.is_gzip => format!("its gzip data is damaged ({error})"),
            _ => unreadable(error),
        }
    }
}

/// The system's reason in plain words.
pub(super) fn unreadable(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "does not exist".to_owned(),
        io::ErrorKind::PermissionDenied => "may not be read: permission denied".to_owned(),
        _ => format!("cannot be read: {error}"),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::{write::GzEncoder, Compression};

    use super::*;

    fn input(bytes: &[u8], chunk: usize) -> Input {
        Input::new(Box::new(io::Cursor::new(bytes.to_vec())), chunk).expect("memory can be read")
    }

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(bytes).expect("memory can be written");
        encoder.finish().expect("memory can be written")
    }

    #[test]
    fn fills_grows_and_skips() {
        let bytes: Vec<u8> = (0..=255).collect();
        let mut input = input(&bytes, 4);
        assert!(input.fill(100));
        assert_eq!(input.here()[..100], bytes[..100]);
        input.skip(90);
        assert!(input.fill(20));
        assert_eq!(input.here()[..20], bytes[90..110]);
        assert!(input.skip_far(100));
        assert_eq!((input.here().first(), input.place()), (Some(&190), "byte 190".to_owned()));
        assert!(!input.fill(1_000_000_000), "an impossible wish neither succeeds nor allocates");
        assert!(input.buffer.len() <= 1_024);
        assert_eq!(input.failure(), None);
    }

    #[test]
    fn several_gzip_members_are_one_stream() {
        let mut input = input(&[gzip(b"one "), gzip(b"two")].concat(), 2);
        assert!(input.fill(7));
        assert_eq!(input.here(), b"one two");
        assert!(!input.fill(8));
        assert_eq!(input.failure(), None);
    }

    #[test]
    fn cut_gzip_is_told() {
        let packed = gzip(&[7; 1000]);
        let mut input = input(&packed[..packed.len() - 6], 64);
        assert!(!input.fill(2_000));
        assert_eq!(input.failure(), Some("its gzip data stops too early"));
    }

    #[test]
    fn nothing_and_one_byte() {
        assert!(!input(&[], 8).fill(1));
        assert!(input(&[9], 8).fill(1));
    }
}
