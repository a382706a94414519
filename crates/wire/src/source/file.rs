//! One capture file: pcap (draft-ietf-opsawg-pcap) or pcapng (draft-ietf-opsawg-pcapng), packet by packet.

use std::path::Path;

use super::bytes::Bytes;
use crate::Limits;

/// The current packet; its bytes are in the reader's buffer.
#[derive(Debug, Clone, Copy)]
pub(super) struct Record {
    pub(super) time: i64,
    pub(super) interface: u32,
    pub(super) frame: u64,
    pub(super) link: u32,
    pub(super) original: u32,
    /// Where the packet lies in what is here.
    from: usize,
    length: usize,
    /// Bytes to step over to reach the next record.
    size: usize,
}

#[derive(Debug, Clone)]
struct Interface {
    link: u32,
    snap: u32,
    /// Ticks per second.
    ticks: u64,
    /// Seconds added to every time.
    offset: i64,
}

enum Format {
    Pcap { big: bool, nanoseconds: bool, link: u32, extra: usize },
    PcapNg { big: bool, interfaces: Vec<Interface> },
}

/// See the module.
pub(super) struct CaptureFile {
    bytes: Bytes,
    format: Format,
    frames: u64,
    last_time: i64,
    current: Option<Record>,
    limits: Limits,
    pub(super) problem: Option<String>,
}

const SECTION: u32 = 0x0A0D_0D0A;

fn u16_at(bytes: &[u8], at: usize, big: bool) -> u16 {
    let two = [bytes[at], bytes[at + 1]];
    if big {
        u16::from_be_bytes(two)
    } else {
        u16::from_le_bytes(two)
    }
}

fn u32_at(bytes: &[u8], at: usize, big: bool) -> u32 {
    let four = [bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]];
    if big {
        u32::from_be_bytes(four)
    } else {
        u32::from_le_bytes(four)
    }
}

/// Whether the first bytes are those of a capture (gzip counts: it may hold one).
pub(super) fn is_capture(head: &[u8]) -> bool {
    head.starts_with(&[0x1F, 0x8B])
        || head.get(..4).is_some_and(|four| magic(u32_at(four, 0, true)).is_some() || u32_at(four, 0, true) == SECTION)
}

/// Big-endian, nanoseconds and extra bytes per record header.
fn magic(number: u32) -> Option<(bool, bool, usize)> {
    match number {
        0xA1B2_C3D4 => Some((true, false, 0)),
        0xD4C3_B2A1 => Some((false, false, 0)),
        0xA1B2_3C4D => Some((true, true, 0)),
        0x4D3C_B2A1 => Some((false, true, 0)),
        0xA1B2_CD34 => Some((true, false, 8)),
        0x34CD_B2A1 => Some((false, false, 8)),
        _ => None,
    }
}

impl CaptureFile {
    /// Opens it and reads its head.
    ///
    /// # Errors
    /// One line: why nothing of it can be used.
    pub(super) fn open(path: &Path, limits: &Limits) -> Result<Self, String> {
        let mut bytes = Bytes::open(path).map_err(|error| format!("cannot be read: {error}"))?;
        if !bytes.fill(4) {
            return Err(match (&bytes.failed, bytes.here().is_empty()) {
                (Some(error), _) => format!("cannot be read: {error}"),
                (None, true) => "is empty".to_owned(),
                (None, false) => "is not a capture: it is shorter than a capture's header".to_owned(),
            });
        }
        let number = u32_at(bytes.here(), 0, true);
        let format = if let Some((big, nanoseconds, extra)) = magic(number) {
            if !bytes.fill(24) {
                return Err("is not a whole capture: it stops in its header".to_owned());
            }
            let link = u32_at(bytes.here(), 20, big) & 0x0FFF_FFFF;
            bytes.skip(24);
            Format::Pcap { big, nanoseconds, link, extra }
        } else if number == SECTION {
            Format::PcapNg { big: false, interfaces: Vec::new() }
        } else {
            return Err("is not a capture (neither pcap nor pcapng)".to_owned());
        };
        Ok(Self { bytes, format, frames: 0, last_time: 0, current: None, limits: limits.clone(), problem: None })
    }

    /// Steps to the next packet.
    pub(super) fn advance(&mut self) -> Option<Record> {
        if let Some(current) = self.current.take() {
            self.bytes.skip(current.size);
        }
        if self.problem.is_some() {
            return None;
        }
        self.current = match self.format {
            Format::Pcap { big, nanoseconds, link, extra } => self.pcap(big, nanoseconds, link, extra),
            Format::PcapNg { .. } => self.pcapng(),
        };
        if let Some(current) = self.current {
            self.last_time = current.time;
        }
        self.current
    }

    pub(super) fn current(&self) -> Option<Record> {
        self.current
    }

    /// The current packet's captured bytes.
    pub(super) fn packet(&self) -> &[u8] {
        self.current.map_or(&[], |current| &self.bytes.here()[current.from..current.from + current.length])
    }

    fn stops(&mut self, what: &str) {
        let after = if self.frames == 0 { "before its first packet".to_owned() } else { format!("after packet {}", self.frames) };
        self.problem = Some(match &self.bytes.failed {
            Some(error) => format!("cannot be read on {after} (byte {}): {error}; all before it was used", self.bytes.offset),
            None => format!("{what} {after} (byte {}); all before it was used", self.bytes.offset),
        });
    }

    fn pcap(&mut self, big: bool, nanoseconds: bool, link: u32, extra: usize) -> Option<Record> {
        let head = 16 + extra;
        if !self.bytes.fill(head) {
            if !self.bytes.here().is_empty() || self.bytes.failed.is_some() {
                self.stops("stops in the middle of a packet");
            }
            return None;
        }
        let here = self.bytes.here();
        let (seconds, fraction) = (u32_at(here, 0, big), u32_at(here, 4, big));
        let (length, original) = (u32_at(here, 8, big) as usize, u32_at(here, 12, big));
        if length > self.limits.packet_bytes {
            self.stops(&format!("has a record that claims {length} bytes"));
            return None;
        }
        if !self.bytes.fill(head + length) {
            self.stops("stops in the middle of a packet");
            return None;
        }
        self.frames += 1;
        let scale = if nanoseconds { 1 } else { 1_000 };
        let time = i64::from(seconds) * 1_000_000_000 + i64::from(fraction) * scale;
        let original = original.max(length as u32);
        Some(Record { time, interface: 0, frame: self.frames, link, original, from: head, length, size: head + length })
    }

    /// Reads blocks until one is a packet.
    fn pcapng(&mut self) -> Option<Record> {
        loop {
            if !self.bytes.fill(12) {
                if !self.bytes.here().is_empty() || self.bytes.failed.is_some() {
                    self.stops("stops in the middle of a block");
                }
                return None;
            }
            let Format::PcapNg { big, interfaces } = &mut self.format else { return None };
            let here = self.bytes.here();
            if u32_at(here, 0, true) == SECTION {
                *big = match u32_at(here, 8, true) {
                    0x1A2B_3C4D => true,
                    0x4D3C_2B1A => false,
                    _ => {
                        self.stops("has a section without byte order");
                        return None;
                    }
                };
                interfaces.clear();
            }
            let big = *big;
            let (kind, total) = (u32_at(here, 0, big), u32_at(here, 4, big) as usize);
            if total < 12 || total % 4 != 0 {
                self.stops(&format!("has a block that claims {total} bytes"));
                return None;
            }
            let is_packet = matches!(kind, 2 | 3 | 6);
            if total > self.limits.block_bytes {
                if is_packet || kind == 1 || !self.bytes.skip_far(total as u64) {
                    self.stops(&format!("has a block that claims {total} bytes"));
                    return None;
                }
                continue;
            }
            if !self.bytes.fill(total) {
                self.stops("stops in the middle of a block");
                return None;
            }
            if kind == 1 {
                self.interface(total, big);
                self.bytes.skip(total);
                continue;
            }
            if !is_packet {
                self.bytes.skip(total);
                continue;
            }
            self.frames += 1;
            match self.block_packet(kind, total, big) {
                Some(record) => return Some(record),
                None => {
                    self.stops("has a packet block that cannot be");
                    return None;
                }
            }
        }
    }

    /// Interface Description Block: options 9 (if_tsresol) and 14 (if_tsoffset).
    fn interface(&mut self, total: usize, big: bool) {
        let here = &self.bytes.here()[..total - 4];
        let Format::PcapNg { interfaces, .. } = &mut self.format else { return };
        if interfaces.len() >= self.limits.interfaces || here.len() < 16 {
            return;
        }
        let mut interface = Interface { link: u32::from(u16_at(here, 8, big)), snap: u32_at(here, 12, big), ticks: 1_000_000, offset: 0 };
        let mut at = 16;
        while at + 4 <= here.len() {
            let (code, length) = (u16_at(here, at, big), usize::from(u16_at(here, at + 2, big)));
            let Some(value) = here.get(at + 4..at + 4 + length) else { break };
            match (code, value) {
                (0, _) => break,
                (9, [resolution]) => {
                    let power = u32::from(resolution & 0x7F);
                    let base: u64 = if resolution & 0x80 == 0 { 10 } else { 2 };
                    interface.ticks = base.checked_pow(power).unwrap_or(1_000_000);
                }
                (14, value) if value.len() == 8 => {
                    let eight = [value[0], value[1], value[2], value[3], value[4], value[5], value[6], value[7]];
                    interface.offset = if big { i64::from_be_bytes(eight) } else { i64::from_le_bytes(eight) };
                }
                _ => {}
            }
            at += 4 + length.next_multiple_of(4);
        }
        interfaces.push(interface);
    }

    /// Enhanced (6), Simple (3) and the obsolete Packet Block (2).
    fn block_packet(&mut self, kind: u32, total: usize, big: bool) -> Option<Record> {
        let here = &self.bytes.here()[..total];
        let Format::PcapNg { interfaces, .. } = &self.format else { return None };
        let (number, from) = match kind {
            6 => (u32_at(here, 8, big), 28),
            2 if total >= 12 => (u32::from(u16_at(here, 8, big)), 28),
            _ => (0, 12),
        };
        if total < from + 4 {
            return None;
        }
        let interface = interfaces.get(number as usize)?;
        let (length, original, time) = if kind == 3 {
            let original = u32_at(here, 8, big);
            let snap = if interface.snap == 0 { u32::MAX } else { interface.snap };
            (original.min(snap) as usize, original, self.last_time)
        } else {
            let ticks = u64::from(u32_at(here, 12, big)) << 32 | u64::from(u32_at(here, 16, big));
            let nanoseconds = u128::from(ticks) * 1_000_000_000 / u128::from(interface.ticks.max(1));
            let time = i64::try_from(nanoseconds).ok()?.checked_add(interface.offset.checked_mul(1_000_000_000)?)?;
            (u32_at(here, 20, big) as usize, u32_at(here, 24, big), time)
        };
        if length > self.limits.packet_bytes || from + length > total - 4 {
            return None;
        }
        let original = original.max(length as u32);
        Some(Record { time, interface: number, frame: self.frames, link: interface.link, original, from, length, size: total })
    }
}
