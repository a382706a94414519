//! Bytes of a file or of standard input, unpacked where they are gzip (RFC 1952) or Zstandard (RFC 8878), through one
//! reusable buffer.
//!
//! Contract: after `fill(n)` said true, `here()` holds at least `n` bytes. The buffer grows only with bytes that did
//! arrive, at most to twice their number: a length field alone allocates nothing, and packed data that grows without end
//! costs time, not memory. Files are read, never mapped: a file that shrinks while it is read ends early instead of
//! killing the process.

use std::io::{self, Read};

use flate2::read::MultiGzDecoder;

use super::raw::Raw;
use super::zstd::{is_zstd, Zstd};
use crate::Limits;

/// Bytes asked of the system at a time while reading on: what a processor's own cache holds, so that packets are still there
/// when they are read.
pub(super) const CHUNK: usize = 1 << 18;
/// Bytes asked for when only the beginning of a file is wanted.
pub(super) const FIRST_LOOK: usize = 1 << 14;

/// First bytes of what captures are packed in elsewhere, and what people call it.
const OTHER_PACKINGS: [(&[u8], &str); 7] = [
    (&[0xFD, b'7', b'z', b'X', b'Z', 0], "xz"),
    (b"BZh", "bzip2"),
    (&[0x04, 0x22, 0x4D, 0x18], "lz4"),
    (&[0x02, 0x21, 0x4C, 0x18], "lz4"),
    (b"PK\x03\x04", "zip"),
    (&[b'7', b'z', 0xBC, 0xAF, 0x27, 0x1C], "7z"),
    (&[0x1F, 0x9D], "compress"),
];

/// The packing that is named but not read, if these first bytes are of one.
pub(super) fn other_packing(head: &[u8]) -> Option<&'static str> {
    OTHER_PACKINGS.iter().find(|(magic, _)| head.starts_with(magic)).map(|(_, name)| *name)
}

enum Reader {
    Plain(Box<Raw>),
    Gzip(Box<MultiGzDecoder<Raw>>),
    Zstd(Box<Zstd>),
}

/// See the module.
pub(super) struct Input {
    reader: Reader,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    /// Offset of `start` in the stream, after unpacking.
    offset: u64,
    failure: Option<String>,
}

impl Input {
    /// Takes what was opened; `chunk` bytes are asked for at a time.
    pub(super) fn new(raw: Raw, chunk: usize, limits: &Limits) -> Self {
        let reader = if raw.head().starts_with(&[0x1F, 0x8B]) {
            Reader::Gzip(Box::new(MultiGzDecoder::new(raw)))
        } else if is_zstd(raw.head()) {
            Reader::Zstd(Box::new(Zstd::new(raw, limits.window_bytes)))
        } else {
            Reader::Plain(Box::new(raw))
        };
        Self { reader, buffer: vec![0; chunk.max(1)], start: 0, end: 0, offset: 0, failure: None }
    }

    /// The file as it lies on the disk.
    pub(super) fn raw(&self) -> &Raw {
        match &self.reader {
            Reader::Plain(raw) => raw,
            Reader::Gzip(gzip) => gzip.get_ref(),
            Reader::Zstd(zstd) => zstd.raw(),
        }
    }

    /// How it is packed, for people.
    fn packing(&self) -> Option<&'static str> {
        match &self.reader {
            Reader::Plain(_) => None,
            Reader::Gzip(_) => Some("gzip"),
            Reader::Zstd(_) => Some("zstd"),
        }
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
            let free = &mut self.buffer[self.end..];
            let read = match &mut self.reader {
                Reader::Plain(raw) => raw.read(free),
                Reader::Gzip(gzip) => gzip.read(free),
                Reader::Zstd(zstd) => zstd.read(free),
            };
            match read {
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
        let of = if self.packing().is_some() { " of the unpacked data" } else { "" };
        format!("byte {}{of}", self.offset)
    }

    /// Why reading failed, if it did: an end of file is no failure.
    pub(super) fn failure(&self) -> Option<&str> {
        self.failure.as_deref()
    }

    fn phrase(&self, error: &io::Error) -> String {
        let Some(packing) = self.packing() else { return unreadable(error) };
        match error.kind() {
            io::ErrorKind::UnexpectedEof => format!("its {packing} data stops too early"),
            io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput => format!("its {packing} data is damaged ({error})"),
            io::ErrorKind::OutOfMemory | io::ErrorKind::Unsupported => format!("its {packing} data {error}"),
            _ => unreadable(error),
        }
    }
}

/// The system's reason in plain words.
pub(super) fn unreadable(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "does not exist".to_owned(),
        io::ErrorKind::ConnectionAborted => "was interrupted".to_owned(),
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
        let raw = Raw::stream(Box::new(io::Cursor::new(bytes.to_vec()))).expect("memory can be read");
        Input::new(raw, chunk, &Limits::default())
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
