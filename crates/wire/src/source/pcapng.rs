//! The pcapng format (draft-ietf-opsawg-pcapng §3 and §4): sections in either byte order, interfaces with their own link
//! type and clock, packets in Enhanced, Simple and the obsolete Packet Blocks. All other blocks are stepped over.
//!
//! Frames are numbered as Wireshark 4 shows them: besides packets, custom blocks, journal entries and Sysdig events take
//! a number, though they hold no packet.

use super::capture::{cut, nonsense, u16_at, u32_at, Record};
use super::compressed::Input;
use super::interface::Interface;
use crate::Limits;

/// The type of a Section Header Block (§4.1), the same in either byte order.
pub(super) const MAGIC: [u8; 4] = [0x0A, 0x0D, 0x0D, 0x0A];

const SECTION_HEADER: u32 = 0x0A0D_0D0A;
const INTERFACE_DESCRIPTION: u32 = 1;
const PACKET: u32 = 2;
const SIMPLE_PACKET: u32 = 3;
const ENHANCED_PACKET: u32 = 6;
/// Journal entry, custom blocks (§4.9), Sysdig events: Wireshark numbers them among the packets.
const OTHER_FRAMES: [u32; 6] = [9, 0x0BAD, 0x4000_0BAD, 0x204, 0x216, 0x221];

/// Type and length before a block's body.
const BLOCK_HEAD: usize = 8;
/// The length again, after it.
const BLOCK_TAIL: usize = 4;

/// A pcapng file being read.
pub(super) struct PcapNg {
    is_big: bool,
    /// Interfaces of this section.
    interfaces: Vec<Interface>,
    /// Interfaces of all sections before.
    interfaces_before: u32,
    names: Vec<Option<String>>,
    packets: u64,
    frames: u64,
    /// Time of the last packet that had one, ns since 1970.
    last_time: Option<i64>,
    /// Packets before the first time of the file.
    without_time: u64,
    /// Packets whose time was out of range.
    clamped: u64,
    packet_bytes: usize,
    block_bytes: usize,
    interface_limit: usize,
}

/// The block at which the input stands: its type, its length as it says, and with padding to four bytes.
#[derive(Clone, Copy)]
struct Block {
    kind: u32,
    total: u32,
    size: usize,
}

impl PcapNg {
    /// Before the first block.
    pub(super) fn new(limits: &Limits) -> Self {
        Self {
            is_big: false,
            interfaces: Vec::new(),
            interfaces_before: 0,
            names: Vec::new(),
            packets: 0,
            frames: 0,
            last_time: None,
            without_time: 0,
            clamped: 0,
            packet_bytes: limits.packet_bytes,
            block_bytes: limits.block_bytes,
            interface_limit: limits.interfaces,
        }
    }

    /// Names of the interfaces of all sections, at most as many as the limit.
    pub(super) fn names(&self) -> &[Option<String>] {
        &self.names
    }

    /// What is strange about the packets, to stand after "it".
    pub(super) fn notes(&self) -> Option<String> {
        let several = |count: u64| if count == 1 { "1 packet".to_owned() } else { format!("{count} packets") };
        let without = (self.without_time > 0).then(|| format!("has {} without a time, taken as of 1970", several(self.without_time)));
        let clamped =
            (self.clamped > 0).then(|| format!("has {} with a time that cannot be, moved to the nearest that can", several(self.clamped)));
        match (without, clamped) {
            (Some(without), Some(clamped)) => Some(format!("{without}; it {clamped}")),
            (without, clamped) => without.or(clamped),
        }
    }

    /// The packet at which the input stands, after stepping over other blocks; `None` at the end.
    ///
    /// # Errors
    /// One line: why the file ends before its end.
    pub(super) fn next(&mut self, input: &mut Input, record: &mut Record) -> Result<bool, String> {
        loop {
            if !input.fill(BLOCK_HEAD + BLOCK_TAIL) {
                if input.here().is_empty() && input.failure().is_none() {
                    return Ok(false);
                }
                return Err(cut(input, "a block", self.packets));
            }
            if input.here().starts_with(&MAGIC) {
                self.begin_section(input)?;
            }
            let block = self.block(input)?;
            match block.kind {
                PACKET | SIMPLE_PACKET | ENHANCED_PACKET => {
                    *record = self.packet(input, block)?;
                    return Ok(true);
                }
                INTERFACE_DESCRIPTION => self.describe_interface(input, block)?,
                _ => {
                    self.frames += u64::from(OTHER_FRAMES.contains(&block.kind));
                    self.step_over(input, block)?;
                }
            }
        }
    }

    /// Section Header Block (§4.1): byte order and version; interfaces are numbered anew.
    fn begin_section(&mut self, input: &mut Input) -> Result<(), String> {
        self.is_big = match u32_at(input.here(), 8, true) {
            0x1A2B_3C4D => true,
            0x4D3C_2B1A => false,
            _ => return Err(nonsense(input, "a section header does not tell its byte order", self.packets)),
        };
        if !input.fill(16) {
            return Err(cut(input, "a section header", self.packets));
        }
        let major = u16_at(input.here(), 12, self.is_big);
        if major != 1 {
            return Err(nonsense(input, &format!("a section is of pcapng version {major}, which does not exist"), self.packets));
        }
        self.interfaces_before = self.interfaces_before.saturating_add(self.interfaces.len() as u32);
        self.interfaces.clear();
        Ok(())
    }

    /// Type and length of the block; a length that is no multiple of four is rounded up, as some writers mean it.
    #[inline]
    fn block(&self, input: &Input) -> Result<Block, String> {
        let here = input.here();
        let (kind, total) = (u32_at(here, 0, self.is_big), u32_at(here, 4, self.is_big));
        let smallest = match kind {
            SECTION_HEADER => 28,
            INTERFACE_DESCRIPTION => 20,
            PACKET | ENHANCED_PACKET => 32,
            SIMPLE_PACKET => 16,
            _ => 12,
        };
        if total < smallest {
            let what = format!("{} claims {total} bytes, less than it needs", self.called(kind));
            return Err(nonsense(input, &what, self.packets));
        }
        Ok(Block { kind, total, size: (total as usize).next_multiple_of(4) })
    }

    /// Makes the whole block available.
    fn whole(&self, input: &mut Input, block: Block) -> Result<(), String> {
        if block.size > self.block_bytes {
            let what = format!("{} claims {} bytes, more than the limit of {}", self.called(block.kind), block.total, self.block_bytes);
            return Err(nonsense(input, &what, self.packets));
        }
        if !input.fill(block.size) {
            return Err(cut(input, self.within(block.kind), self.packets));
        }
        self.lengths_agree(input, block, block.size - BLOCK_TAIL)
    }

    /// Both lengths of a block must be the same (§3.1); where they are not, neither can be believed.
    #[inline]
    fn lengths_agree(&self, input: &Input, block: Block, at: usize) -> Result<(), String> {
        let again = u32_at(input.here(), at, self.is_big);
        if again == block.total {
            return Ok(());
        }
        let what = format!("{} is {} bytes long at its start and {again} at its end", self.called(block.kind), block.total);
        Err(nonsense(input, &what, self.packets))
    }

    /// Needs no memory, so a block of any size will do.
    fn step_over(&self, input: &mut Input, block: Block) -> Result<(), String> {
        if !input.skip_far((block.size - BLOCK_TAIL) as u64) || !input.fill(BLOCK_TAIL) {
            return Err(cut(input, self.within(block.kind), self.packets));
        }
        self.lengths_agree(input, block, 0)?;
        input.skip(BLOCK_TAIL);
        Ok(())
    }

    fn describe_interface(&mut self, input: &mut Input, block: Block) -> Result<(), String> {
        self.whole(input, block)?;
        if self.interfaces.len() >= self.interface_limit {
            let what = format!("a section describes more than {} interfaces", self.interface_limit);
            return Err(nonsense(input, &what, self.packets));
        }
        let (interface, name) = Interface::read(&input.here()[BLOCK_HEAD..block.size - BLOCK_TAIL], self.is_big);
        self.interfaces.push(interface);
        if self.names.len() < self.interface_limit {
            self.names.push(name);
        }
        input.skip(block.size);
        Ok(())
    }

    /// Enhanced (§4.3), Simple (§4.4) and obsolete (appendix A) Packet Block.
    fn packet(&mut self, input: &mut Input, block: Block) -> Result<Record, String> {
        self.whole(input, block)?;
        let (is_big, here) = (self.is_big, input.here());
        let (number, from) = match block.kind {
            ENHANCED_PACKET => (u32_at(here, 8, is_big), 28),
            PACKET => (u32::from(u16_at(here, 8, is_big)), 28),
            _ => (0, 12),
        };
        let Some(interface) = self.interfaces.get(number as usize) else {
            let what = format!("{} is of interface {number}, which the file does not describe", self.called(block.kind));
            return Err(nonsense(input, &what, self.packets));
        };
        let (captured, original, time) = if block.kind == SIMPLE_PACKET {
            let original = u32_at(here, 8, is_big);
            (original.min(interface.snap_length), original, None)
        } else {
            let ticks = u64::from(u32_at(here, 12, is_big)) << 32 | u64::from(u32_at(here, 16, is_big));
            (u32_at(here, 20, is_big), u32_at(here, 24, is_big), Some(interface.time(ticks)))
        };
        let (link, length) = (interface.link, captured as usize);
        if length > self.packet_bytes || length > block.size - BLOCK_TAIL - from {
            let what = format!("{} claims {length} bytes, more than its block or the limit holds", self.called(block.kind));
            return Err(nonsense(input, &what, self.packets));
        }
        let time = match time {
            Some((time, was_clamped)) => {
                self.clamped += u64::from(was_clamped);
                self.last_time = Some(time);
                time
            }
            None => {
                self.without_time += u64::from(self.last_time.is_none());
                self.last_time.unwrap_or(0)
            }
        };
        self.packets += 1;
        self.frames += 1;
        Ok(Record {
            time,
            interface: self.interfaces_before.saturating_add(number),
            frame: self.frames,
            link,
            original: original.max(captured),
            from,
            length,
            size: block.size,
        })
    }

    /// A block's name for people; packets with their number.
    fn called(&self, kind: u32) -> String {
        match kind {
            PACKET | SIMPLE_PACKET | ENHANCED_PACKET => format!("packet {}", self.packets + 1),
            SECTION_HEADER => "a section header".to_owned(),
            INTERFACE_DESCRIPTION => "the description of an interface".to_owned(),
            256.. => format!("a block of type {kind:#x}"),
            _ => format!("a block of type {kind}"),
        }
    }

    fn within(&self, kind: u32) -> &'static str {
        match kind {
            PACKET | SIMPLE_PACKET | ENHANCED_PACKET => "a packet",
            _ => "a block",
        }
    }
}
