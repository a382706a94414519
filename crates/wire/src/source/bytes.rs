//! A buffered reader over a file, standard input or gzip of either: gives slices without allocating per packet.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use flate2::read::MultiGzDecoder;

/// Bytes read from the system at a time.
const CHUNK: usize = 1 << 20;

/// See the module.
pub(super) struct Bytes {
    input: Box<dyn Read + Send>,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    /// Offset of `start` in the (unpacked) stream.
    pub(super) offset: u64,
    pub(super) failed: Option<String>,
}

/// Bytes that were already taken from the input, then the rest of it.
struct Rejoined {
    head: io::Cursor<Vec<u8>>,
    rest: Box<dyn Read + Send>,
}

impl Read for Rejoined {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.head.read(buffer)? {
            0 => self.rest.read(buffer),
            count => Ok(count),
        }
    }
}

impl Bytes {
    /// Opens a path, or standard input for `-`; unpacks gzip.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let mut input: Box<dyn Read + Send> = if path.as_os_str() == "-" { Box::new(io::stdin()) } else { Box::new(File::open(path)?) };
        let mut head = vec![0; 2];
        let mut filled = 0;
        while filled < head.len() {
            match input.read(&mut head[filled..])? {
                0 => break,
                count => filled += count,
            }
        }
        head.truncate(filled);
        let is_gzip = head == [0x1F, 0x8B];
        let rejoined = Rejoined { head: io::Cursor::new(head), rest: input };
        let input: Box<dyn Read + Send> = if is_gzip { Box::new(MultiGzDecoder::new(rejoined)) } else { Box::new(rejoined) };
        Ok(Self { input, buffer: vec![0; CHUNK], start: 0, end: 0, offset: 0, failed: None })
    }

    /// Makes `count` bytes available, and says whether there are so many.
    pub(super) fn fill(&mut self, count: usize) -> bool {
        while self.end - self.start < count {
            if self.start > 0 {
                self.buffer.copy_within(self.start..self.end, 0);
                self.end -= self.start;
                self.start = 0;
            }
            if self.buffer.len() < count {
                self.buffer.resize(count.next_multiple_of(CHUNK), 0);
            }
            match self.input.read(&mut self.buffer[self.end..]) {
                Ok(0) => return false,
                Ok(read) => self.end += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    self.failed = Some(error.to_string());
                    return false;
                }
            }
        }
        true
    }

    /// What is available without reading.
    pub(super) fn here(&self) -> &[u8] {
        &self.buffer[self.start..self.end]
    }

    /// Steps over bytes that are here.
    pub(super) fn skip(&mut self, count: usize) {
        let count = count.min(self.end - self.start);
        self.start += count;
        self.offset += count as u64;
    }

    /// Steps over bytes that need not be here. False if the input ends before.
    pub(super) fn skip_far(&mut self, mut count: u64) -> bool {
        while count > 0 {
            if self.start == self.end && !self.fill(1) {
                return false;
            }
            let step = count.min((self.end - self.start) as u64);
            self.skip(step as usize);
            count -= step;
        }
        true
    }
}
