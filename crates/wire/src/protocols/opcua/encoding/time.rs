//! DateTime: 100 ns since 1601-01-01 UTC (OPC 10000-6 §5.2.2.5).

use std::fmt;

/// Ticks between 1601 and 1970.
const UNIX_EPOCH: i64 = 116_444_736_000_000_000;
/// Ticks from 1601 to the last second of the year 9999: this and all that is later means "never".
const LATEST: i64 = 2_650_467_743_990_000_000;
/// Ticks of a day.
const DAY: i64 = 864_000_000_000;

/// A point in time as it stands on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct DateTime(pub i64);

impl DateTime {
    /// Of seconds since 1970 UTC.
    pub fn of_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(10_000_000).saturating_add(UNIX_EPOCH))
    }

    /// Whether it is a time at all: neither "none" (0 and what is before it) nor "never" (9999 and later).
    pub fn told(self) -> bool {
        self.0 > 0 && self.0 < LATEST
    }

    /// Nanoseconds since 1970 UTC, held within what 64 bits can say (1677 to 2262). `None`: no time.
    pub fn nanos(self) -> Option<i64> {
        self.told().then(|| self.0.saturating_sub(UNIX_EPOCH).saturating_mul(100))
    }
}

impl fmt::Display for DateTime {
    /// ISO 8601 in UTC, the fraction without zeros at its end. What is out of range is 1601 and 9999, as in the JSON encoding (§5.4.2.6).
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ticks = self.0.clamp(0, LATEST);
        let (year, month, day) = civil(ticks / DAY - UNIX_EPOCH / DAY);
        let second = ticks % DAY / 10_000_000;
        let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
        // Digit by digit: the machinery of formatting costs ten times as much, and most events hold several times.
        let mut text = *b"0000-00-00T00:00:00.0000000Z";
        for (number, place) in [(year, 0..4), (month, 5..7), (day, 8..10), (hour, 11..13), (minute, 14..16), (second, 17..19)] {
            digits(number, &mut text[place]);
        }
        digits(ticks % 10_000_000, &mut text[20..27]);
        let zeros = text[20..27].iter().rev().take_while(|digit| **digit == b'0').count();
        let end = if zeros == 7 { 19 } else { 27 - zeros };
        text[end] = b'Z';
        out.write_str(std::str::from_utf8(&text[..=end]).unwrap_or_default())
    }
}

/// A number's last digits.
fn digits(mut number: i64, into: &mut [u8]) {
    for digit in into.iter_mut().rev() {
        *digit = b'0' + (number % 10) as u8;
        number /= 10;
    }
}

/// Year, month and day of a count of days since 1970, by the proleptic Gregorian calendar: years begin in March, 400 of them are 146,097 days.
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * march + 2) / 5 + 1;
    let month = if march < 10 { march + 3 } else { march - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}
