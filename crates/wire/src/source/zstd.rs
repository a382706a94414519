//! Zstandard (RFC 8878): frames one after the other, skippable ones between them, through a window of bounded size.
//!
//! `ruzstd` unpacks one frame and keeps its last window back until the frame is whole. This reader goes on with the next
//! frame, and where the data is cut or damaged it still gives what was unpacked before that place.

use std::io::{self, Read};
use std::panic::{catch_unwind, AssertUnwindSafe};

use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

use super::raw::Raw;

/// Magic number of a frame (§3.1.1), and those of skippable frames (§3.1.2) with any last half byte.
const FRAME: [u8; 4] = [0x28, 0xB5, 0x2F, 0xFD];
const SKIPPABLE: [u8; 3] = [0x2A, 0x4D, 0x18];

/// A last block, raw and empty (§3.1.1.2): it ends a frame, so that the decoder gives back its window.
const LAST_BLOCK: [u8; 3] = [1, 0, 0];

/// Whether a file begins as Zstandard does. Parallel writers begin with a skippable frame.
pub(super) fn is_zstd(head: &[u8]) -> bool {
    head.starts_with(&FRAME) || head.len() >= 4 && head[0] & 0xF0 == 0x50 && head[1..4] == SKIPPABLE
}

/// See the module.
pub(super) struct Zstd {
    raw: Raw,
    decoder: FrameDecoder,
    is_in_frame: bool,
    /// Told when everything before it was given.
    failure: Option<io::Error>,
}

impl Zstd {
    /// Frames that need a larger window are refused before anything is allocated.
    pub(super) fn new(raw: Raw, window_bytes: usize) -> Self {
        let mut decoder = FrameDecoder::new();
        decoder.set_max_window_size(window_bytes as u64);
        Self { raw, decoder, is_in_frame: false, failure: None }
    }

    pub(super) fn raw(&self) -> &Raw {
        &self.raw
    }

    /// Begins the next frame; false at the end of the file.
    fn begin(&mut self) -> io::Result<bool> {
        loop {
            // The end of the file between two frames is the end of the data; within a header it is a cut.
            let mut first = [0; 1];
            if read_one(&mut self.raw, &mut first)? == 0 {
                return Ok(false);
            }
            match self.decoder.reset(first.chain(&mut self.raw)) {
                Ok(()) => {
                    self.is_in_frame = true;
                    return Ok(true);
                }
                Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame { length, .. })) => {
                    let length = u64::from(length);
                    if io::copy(&mut (&mut self.raw).take(length), &mut io::sink())? < length {
                        return Err(io::ErrorKind::UnexpectedEof.into());
                    }
                }
                Err(FrameDecoderError::WindowSizeTooBig { requested, max }) => {
                    let line = format!("asks for a window of {requested} bytes, more than the limit of {max}; unpack it first");
                    return Err(io::Error::new(io::ErrorKind::OutOfMemory, line));
                }
                Err(FrameDecoderError::DictNotProvided { .. }) => {
                    return Err(io::Error::new(io::ErrorKind::Unsupported, "needs a dictionary; unpack it first"));
                }
                Err(error) => return Err(self.told(&error)),
            }
        }
    }

    /// Unpacks one block; at the end of a frame its check sum must be right.
    fn block(&mut self) -> io::Result<()> {
        let (decoder, raw) = (&mut self.decoder, &mut self.raw);
        // The attack: data on which the decoder stumbles over itself. It costs this file, not the program.
        let done = catch_unwind(AssertUnwindSafe(|| decoder.decode_blocks(raw, BlockDecodingStrategy::UptoBlocks(1))));
        match done {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(self.told(&error)),
            Err(_) => {
                // What it holds is not to be trusted any more.
                self.is_in_frame = false;
                Err(io::Error::new(io::ErrorKind::InvalidData, "the decoder gave up"))
            }
        }
    }

    /// What is left of a frame that cannot be read on.
    fn give_back(&mut self) {
        let (decoder, end) = (&mut self.decoder, LAST_BLOCK.as_slice());
        // It fails for want of a check sum, after having ended the frame.
        let _ = catch_unwind(AssertUnwindSafe(|| decoder.decode_blocks(end, BlockDecodingStrategy::UptoBlocks(1))));
    }

    fn told(&self, error: &FrameDecoderError) -> io::Error {
        let kind = if self.raw.is_over() { io::ErrorKind::UnexpectedEof } else { io::ErrorKind::InvalidData };
        io::Error::new(kind, error.to_string())
    }
}

impl Read for Zstd {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            if self.is_in_frame {
                let read = self.decoder.read(buffer)?;
                if read > 0 {
                    return Ok(read);
                }
            }
            if let Some(failure) = &self.failure {
                return Err(io::Error::new(failure.kind(), failure.to_string()));
            }
            if !self.is_in_frame {
                if !self.begin()? {
                    return Ok(0);
                }
            } else if self.decoder.is_finished() {
                self.is_in_frame = false;
                let (said, found) = (self.decoder.get_checksum_from_data(), self.decoder.get_calculated_checksum());
                if said.is_some() && said != found {
                    self.failure = Some(io::Error::new(io::ErrorKind::InvalidData, "its check sum is wrong"));
                }
            } else if let Err(failure) = self.block() {
                self.failure = Some(failure);
                if self.is_in_frame {
                    self.give_back();
                }
            }
        }
    }
}

fn read_one(raw: &mut Raw, byte: &mut [u8; 1]) -> io::Result<usize> {
    loop {
        match raw.read(byte) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            read => return read,
        }
    }
}
