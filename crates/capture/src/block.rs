//! A block of the ring, copied: its frames one by one, each with the VLAN tag that the kernel took out of it.
//!
//! The layout is that of linux/if_packet.h: `tpacket_block_desc`, then a `tpacket3_hdr` and a `sockaddr_ll` before each frame. What
//! the kernel says is checked like what a file says: a fault of it may cost the rest of a block, never more.

/// Offsets in a block's header.
const PACKETS: usize = 12;
const FIRST: usize = 16;
/// Offsets in a frame's header.
const SECONDS: usize = 4;
const NANOSECONDS: usize = 8;
const CAPTURED: usize = 12;
const LENGTH: usize = 16;
const STATUS: usize = 20;
const FRAME: usize = 24;
const TAG: usize = 32;
const TAG_KIND: usize = 36;
const HEADER: usize = 48;
/// Offset of the packet's kind in the `sockaddr_ll` that follows the header, and that structure's size.
const KIND: usize = HEADER + 10;
const ADDRESS: usize = 20;

/// Status bits: the tag's word is valid, the tag's type is.
const HAS_TAG: u32 = 1 << 4;
const HAS_TAG_KIND: u32 = 1 << 6;
/// Kind of a packet that this computer sends.
const OUTGOING: u8 = 4;
/// IEEE 802.1Q, the type of a tag where the kernel does not tell one.
const VLAN: u16 = 0x8100;
/// Both addresses, before the tag; the tag.
const ADDRESSES: usize = 12;
const TAG_BYTES: usize = 4;

/// A frame of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Frame {
    /// ns since 1970, UTC.
    pub(crate) time: i64,
    /// Where it begins in the block.
    pub(crate) from: usize,
    /// Bytes that were captured.
    pub(crate) length: usize,
    /// Bytes on the wire.
    pub(crate) original: u32,
    /// This computer sent it.
    pub(crate) is_outgoing: bool,
}

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct Block {
    /// As the kernel wrote it, from the block's header on.
    pub(crate) bytes: Vec<u8>,
    left: u32,
    at: usize,
}

impl Block {
    /// Begins to read a block that was just copied. `bytes` is given back by [`Self::into_bytes`].
    pub(crate) fn new(bytes: Vec<u8>) -> Self {
        let (left, at) = (long(&bytes, PACKETS).unwrap_or(0), long(&bytes, FIRST).unwrap_or(0) as usize);
        Self { bytes, left, at }
    }

    /// The memory, for the next block.
    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// The next frame; `is_tagged` where the link is one that has VLAN tags.
    pub(crate) fn next(&mut self, is_tagged: bool) -> Option<Frame> {
        if self.left == 0 {
            return None;
        }
        self.left -= 1;
        let frame = self.read(is_tagged);
        if frame.is_none() {
            self.left = 0;
        }
        frame
    }

    fn read(&mut self, is_tagged: bool) -> Option<Frame> {
        let header = self.bytes.get(self.at..self.at.checked_add(HEADER + ADDRESS)?)?;
        let next = long(header, 0)? as usize;
        let time = i64::from(long(header, SECONDS)?) * 1_000_000_000 + i64::from(long(header, NANOSECONDS)?);
        let mut length = long(header, CAPTURED)? as usize;
        let mut original = long(header, LENGTH)?;
        let status = long(header, STATUS)?;
        let mut from = self.at.checked_add(usize::from(short(header, FRAME)?))?;
        let is_outgoing = header[KIND] == OUTGOING;
        let (tag, kind) = (short(header, TAG)?, short(header, TAG_KIND)?);
        if from < self.at + HEADER + ADDRESS || from.checked_add(length)? > self.bytes.len() {
            return None;
        }
        if is_tagged && status & HAS_TAG != 0 && length >= ADDRESSES {
            // The addresses move four bytes forward, over what was read already, and leave room for the tag.
            self.bytes.copy_within(from..from + ADDRESSES, from - TAG_BYTES);
            from -= TAG_BYTES;
            let kind = if status & HAS_TAG_KIND != 0 && kind != 0 { kind } else { VLAN };
            self.bytes[from + ADDRESSES..from + ADDRESSES + 2].copy_from_slice(&kind.to_be_bytes());
            self.bytes[from + ADDRESSES + 2..from + ADDRESSES + 4].copy_from_slice(&tag.to_be_bytes());
            length += TAG_BYTES;
            original = original.saturating_add(TAG_BYTES as u32);
        }
        self.at = self.at.checked_add(next)?;
        if next == 0 {
            self.left = 0;
        }
        Some(Frame { time, from, length, original: original.max(length as u32), is_outgoing })
    }
}

fn long(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at + 4).and_then(|four| four.try_into().ok()).map(u32::from_ne_bytes)
}

fn short(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..at + 2).and_then(|two| two.try_into().ok()).map(u16::from_ne_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bytes before the first frame's header; a multiple of 8, as the kernel has it.
    const BLOCK_HEADER: usize = 48;

    /// A block of frames: status, tag, type of the tag, kind, bytes.
    fn block(frames: &[(u32, u16, u16, u8, &[u8])]) -> Vec<u8> {
        let mut bytes = vec![0; BLOCK_HEADER];
        bytes[PACKETS..PACKETS + 4].copy_from_slice(&(frames.len() as u32).to_ne_bytes());
        bytes[FIRST..FIRST + 4].copy_from_slice(&(BLOCK_HEADER as u32).to_ne_bytes());
        for (number, (status, tag, kind, packet, frame)) in frames.iter().enumerate() {
            let mut one = vec![0; 82];
            let next = (82 + frame.len()).next_multiple_of(8);
            let is_last = number + 1 == frames.len();
            one[0..4].copy_from_slice(&(if is_last { 0 } else { next as u32 }).to_ne_bytes());
            one[SECONDS..SECONDS + 4].copy_from_slice(&7_u32.to_ne_bytes());
            one[NANOSECONDS..NANOSECONDS + 4].copy_from_slice(&(number as u32).to_ne_bytes());
            one[CAPTURED..CAPTURED + 4].copy_from_slice(&(frame.len() as u32).to_ne_bytes());
            one[LENGTH..LENGTH + 4].copy_from_slice(&(frame.len() as u32 + 10).to_ne_bytes());
            one[STATUS..STATUS + 4].copy_from_slice(&status.to_ne_bytes());
            one[FRAME..FRAME + 2].copy_from_slice(&82_u16.to_ne_bytes());
            one[TAG..TAG + 2].copy_from_slice(&tag.to_ne_bytes());
            one[TAG_KIND..TAG_KIND + 2].copy_from_slice(&kind.to_ne_bytes());
            one[KIND] = *packet;
            one.extend_from_slice(frame);
            one.resize(next, 0xEE);
            bytes.extend(one);
        }
        bytes
    }

    const PLAIN: [u8; 16] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 8, 0, 0x45, 0];

    #[test]
    fn frames_one_by_one() {
        let mut block = Block::new(block(&[(1, 0, 0, 0, &PLAIN), (1, 0, 0, 4, &PLAIN[..14])]));
        let first = block.next(true).expect("the first");
        assert_eq!((first.time, first.original, first.is_outgoing), (7_000_000_000, 26, false));
        assert_eq!(&block.bytes[first.from..first.from + first.length], PLAIN);
        let second = block.next(true).expect("the second");
        assert_eq!((second.time, second.length, second.is_outgoing), (7_000_000_001, 14, true));
        assert_eq!(block.next(true), None);
    }

    #[test]
    fn the_tag_is_put_back() {
        for (status, kind, written) in [(HAS_TAG, 0, 0x8100_u16), (HAS_TAG | HAS_TAG_KIND, 0x88A8, 0x88A8)] {
            let mut block = Block::new(block(&[(status, 0xE014, kind, 0, &PLAIN)]));
            let frame = block.next(true).expect("a frame");
            let bytes = &block.bytes[frame.from..frame.from + frame.length];
            assert_eq!((frame.length, frame.original), (20, 30));
            assert_eq!(&bytes[..12], &PLAIN[..12]);
            assert_eq!(&bytes[12..14], written.to_be_bytes());
            assert_eq!(&bytes[14..], [0xE0, 0x14, 8, 0, 0x45, 0]);
        }
        let mut untagged = Block::new(block(&[(HAS_TAG, 20, 0, 0, &PLAIN)]));
        assert_eq!(untagged.next(false).map(|frame| frame.length), Some(16), "raw IP has no tags");
        let mut short = Block::new(block(&[(HAS_TAG, 20, 0, 0, &PLAIN[..11])]));
        assert_eq!(short.next(true).map(|frame| frame.length), Some(11), "no room for addresses");
    }

    #[test]
    fn a_block_that_lies_ends() {
        let whole = block(&[(1, 0, 0, 0, &PLAIN), (1, 0, 0, 0, &PLAIN)]);
        let mut cut = Block::new(whole[..whole.len() - 20].to_vec());
        assert!(cut.next(true).is_some());
        assert_eq!(cut.next(true), None);
        let mut many = whole;
        many[PACKETS..PACKETS + 4].copy_from_slice(&u32::MAX.to_ne_bytes());
        let mut many = Block::new(many);
        assert!(many.next(true).is_some() && many.next(true).is_some());
        assert_eq!(many.next(true), None, "the last one says that there is no next");
    }

    proptest::proptest! {
        #[test]
        fn nothing_panics(bytes: Vec<u8>, at in 0_usize..200, value: u32) {
            let mut lie = block(&[(HAS_TAG, 20, 0, 0, &PLAIN), (1, 0, 0, 0, &PLAIN)]);
            let at = at.min(lie.len() - 4);
            lie[at..at + 4].copy_from_slice(&value.to_ne_bytes());
            for bytes in [bytes, lie] {
                let mut block = Block::new(bytes);
                while block.next(true).is_some() {}
            }
        }
    }
}
