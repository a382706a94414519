//! Points, and their last values.

use std::collections::HashMap;
use std::hash::{Hash, Hasher};

use foldhash::fast::RandomState;

use super::conversations::Servers;
use crate::protocols::PointValue;

const PAGE: u32 = 16;

/// 16 points in a row; sparse, so that a scan over addresses costs what it touches, and so does a server of ten points.
#[derive(Debug)]
struct Page {
    known: u16,
    read: u16,
    written: u16,
    has_value: u16,
    numbers: [u32; PAGE as usize],
    values: [i64; PAGE as usize],
}

/// A point's page.
#[derive(Debug, Clone, Copy)]
struct PageKey {
    /// Slot of the server.
    server: u32,
    unit: u8,
    table: &'static str,
    /// Address / 16.
    place: u32,
}

impl PartialEq for PageKey {
    fn eq(&self, other: &Self) -> bool {
        // The names of tables are few, and each lies in one place: mostly that tells.
        let is_same_table = || std::ptr::eq(self.table, other.table) || self.table == other.table;
        (self.server, self.unit, self.place) == (other.server, other.unit, other.place) && is_same_table()
    }
}

impl Eq for PageKey {}

impl Hash for PageKey {
    /// Without the table: a server's tables are few, and a text is slow to hash.
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(u64::from(self.server) << 32 | u64::from(self.place));
        state.write_u8(self.unit);
    }
}

/// What a point value changes.
#[derive(Debug, Default)]
pub(crate) struct PointChange {
    pub(crate) number: u32,
    /// First time it was read, or written.
    pub(crate) new: bool,
    pub(crate) changed: bool,
}

/// All points that are kept.
#[derive(Default)]
pub(crate) struct Points {
    pages: Vec<Page>,
    page_numbers: HashMap<PageKey, u32, RandomState>,
    /// The page used last: points of one message lie side by side.
    last_page: Option<(PageKey, u32)>,
    next: u32,
    /// Hash of the last label of each point that has one.
    labels: HashMap<u32, u64, RandomState>,
}

impl Points {
    /// Notes that a point was read or written, and with what value; `None` if it is one more than `most`.
    pub(super) fn note(&mut self, servers: &mut Servers, server: u32, value: &PointValue, most: usize) -> Option<PointChange> {
        let key = PageKey { server, unit: value.unit, table: value.table, place: value.address / PAGE };
        let number = self.page(servers, key, most)?;
        let page = &mut self.pages[number as usize];
        let slot = (value.address % PAGE) as usize;
        let bit = 1_u16 << slot;
        if page.known & bit == 0 {
            page.known |= bit;
            page.numbers[slot] = self.next;
            self.next += 1;
        }
        let seen = if value.written { &mut page.written } else { &mut page.read };
        let new = *seen & bit == 0;
        *seen |= bit;
        let mut changed = false;
        if let Some(number) = value.number.filter(|_| !value.past) {
            changed = page.has_value & bit == 0 || page.values[slot] != number;
            page.values[slot] = number;
            page.has_value |= bit;
        }
        Some(PointChange { number: page.numbers[slot], new, changed })
    }

    /// Whether the point's label is another than before.
    pub(crate) fn relabel(&mut self, point: u32, label: u64) -> bool {
        self.labels.insert(point, label) != Some(label)
    }

    fn page(&mut self, servers: &mut Servers, key: PageKey, most: usize) -> Option<u32> {
        if let Some((_, number)) = self.last_page.filter(|(last, _)| *last == key) {
            return Some(number);
        }
        let number = match self.page_numbers.get(&key) {
            Some(number) => *number,
            None if self.pages.len() >= most / PAGE as usize => return None,
            None => {
                servers.has_one_more(key.server);
                let number = self.pages.len() as u32;
                self.page_numbers.insert(key, number);
                self.pages.push(Page {
                    known: 0,
                    read: 0,
                    written: 0,
                    has_value: 0,
                    numbers: [0; PAGE as usize],
                    values: [0; PAGE as usize],
                });
                number
            }
        };
        self.last_page = Some((key, number));
        Some(number)
    }
}
