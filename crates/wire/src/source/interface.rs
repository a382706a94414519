//! One interface of a pcapng section: link type and clock (draft-ietf-opsawg-pcapng §4.2).

use super::capture::{u16_at, u32_at, TIME_END};

/// Where the options begin in the body of an Interface Description Block.
const OPTIONS: usize = 8;
/// Option codes.
const END: u16 = 0;
const NAME: u16 = 2;
const RESOLUTION: u16 = 9;
const OFFSET: u16 = 14;
/// Characters of a name that are kept; the attack: a name of megabytes.
const NAME_CHARACTERS: usize = 128;

/// What packets of an interface need to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Interface {
    /// LINKTYPE value.
    pub(super) link: u32,
    /// Longest packet that it captures; the largest number where there is no such bound.
    pub(super) snap_length: u32,
    clock: Clock,
    /// ns added to every time.
    offset: i64,
}

/// How ticks become nanoseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Clock {
    /// A tick is so many nanoseconds.
    Coarse(u32),
    /// So many ticks are a nanosecond.
    Fine(u128),
    /// Two to this power of ticks are a second.
    Binary(u32),
}

impl Clock {
    /// Option if_tsresol: a negative power of 10, or of 2 where the highest bit is set.
    fn of(resolution: u8) -> Self {
        let power = u32::from(resolution & 0x7F);
        match (resolution & 0x80, power) {
            (0, 0..=9) => Self::Coarse(10_u32.pow(9 - power)),
            // 10^-38 s is beyond all clocks; finer ones give time 0.
            (0, _) => Self::Fine(10_u128.checked_pow(power - 9).unwrap_or(u128::MAX)),
            _ => Self::Binary(power),
        }
    }

    #[inline]
    fn nanoseconds(self, ticks: u64) -> u128 {
        let ticks = u128::from(ticks);
        match self {
            Self::Coarse(each) => ticks * u128::from(each),
            Self::Fine(together) => ticks / together,
            Self::Binary(power) => (ticks * 1_000_000_000) >> power,
        }
    }
}

impl Interface {
    /// Reads the block's body: from the link type to the end of the options.
    pub(super) fn read(body: &[u8], is_big: bool) -> (Self, Option<String>) {
        let mut interface = Self { link: 0, snap_length: u32::MAX, clock: Clock::of(6), offset: 0 };
        let mut name = None;
        if body.len() < OPTIONS {
            return (interface, name);
        }
        interface.link = u32::from(u16_at(body, 0, is_big));
        interface.snap_length = match u32_at(body, 4, is_big) {
            0 => u32::MAX,
            length => length,
        };
        let mut rest = &body[OPTIONS..];
        while rest.len() >= 4 {
            let (code, length) = (u16_at(rest, 0, is_big), usize::from(u16_at(rest, 2, is_big)));
            let Some(value) = rest.get(4..4 + length) else { break };
            match code {
                END => break,
                NAME => name = readable(value),
                RESOLUTION if length == 1 => interface.clock = Clock::of(value[0]),
                OFFSET if length == 8 => {
                    let (first, second) = (u64::from(u32_at(value, 0, is_big)), u64::from(u32_at(value, 4, is_big)));
                    let seconds = if is_big { first << 32 | second } else { second << 32 | first };
                    interface.offset = seconds.cast_signed().saturating_mul(1_000_000_000);
                }
                _ => {}
            }
            rest = rest.get(4 + length.next_multiple_of(4)..).unwrap_or(&[]);
        }
        (interface, name)
    }

    /// ns since 1970 of a packet, and whether it had to be moved into the range of times that are believed.
    #[inline]
    pub(super) fn time(&self, ticks: u64) -> (i64, bool) {
        // Both summands stay below 2^127: ticks have 64 bits and a tick at most 2^30 ns.
        let exact = self.clock.nanoseconds(ticks).cast_signed() + i128::from(self.offset);
        match i64::try_from(exact) {
            Ok(time) if (-TIME_END..=TIME_END).contains(&time) => (time, false),
            _ if exact < 0 => (-TIME_END, true),
            _ => (TIME_END, true),
        }
    }
}

/// A name as text, without what could steer a terminal.
fn readable(value: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(value);
    let name: String = text.chars().filter(|one| !one.is_control()).take(NAME_CHARACTERS).collect();
    (!name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ethernet, reserved, snap length 96, then options.
    fn body(options: &[u8]) -> Vec<u8> {
        [[1, 0, 0, 0, 96, 0, 0, 0].as_slice(), options].concat()
    }

    #[test]
    fn without_options_ticks_are_microseconds() {
        let (interface, name) = Interface::read(&body(&[]), false);
        assert_eq!((interface.link, interface.snap_length, name), (1, 96, None));
        assert_eq!(interface.time(1_000_001), (1_000_001_000, false));
    }

    #[test]
    fn name_resolution_and_offset() {
        // if_name "eth\x1B1", if_tsresol 10^-9, if_tsoffset 2 s, end
        let options = [
            &[2, 0, 5, 0, b'e', b't', b'h', 0x1B, b'1', 0, 0, 0][..],
            &[9, 0, 1, 0, 9, 0, 0, 0],
            &[14, 0, 8, 0, 2, 0, 0, 0, 0, 0, 0, 0],
            &[0, 0, 0, 0],
        ];
        let (interface, name) = Interface::read(&body(&options.concat()), false);
        assert_eq!(name.as_deref(), Some("eth1"));
        assert_eq!(interface.time(7), (2_000_000_007, false));
    }

    #[test]
    fn every_resolution_has_a_time() {
        for (resolution, ticks, nanoseconds) in [
            (0, 5, 5_000_000_000),             // seconds
            (12, 5_000, 5),                    // picoseconds
            (0x80 | 10, 1_536, 1_500_000_000), // 1/1,024 s
            (127, u64::MAX, 0),
            (0xFF, u64::MAX, 0),
        ] {
            let (interface, _) = Interface::read(&body(&[9, 0, 1, 0, resolution, 0, 0, 0]), false);
            assert_eq!(interface.time(ticks), (nanoseconds, false), "resolution {resolution:#x}");
        }
    }

    #[test]
    fn times_out_of_range_are_moved_into_it() {
        let (interface, _) = Interface::read(&body(&[9, 0, 1, 0, 0, 0, 0, 0]), false);
        assert_eq!(interface.time(u64::MAX), (TIME_END, true));
        // if_tsoffset of the smallest number of seconds
        let (interface, _) = Interface::read(&body(&[14, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0x80]), false);
        assert_eq!(interface.time(0), (-TIME_END, true));
    }

    #[test]
    fn a_cut_option_ends_the_options() {
        let (interface, name) = Interface::read(&body(&[2, 0, 200, 0, b'e']), false);
        assert_eq!((interface.link, name), (1, None));
    }
}
