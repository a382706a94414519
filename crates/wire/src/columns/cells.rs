//! The cells of one column, laid out as Arrow has them.

use super::{Cell, Kind, Value};

/// Which rows of a column hold something: one bit each, the lowest first, as Arrow has them.
#[derive(Debug, Clone, Default)]
pub struct Valid {
    /// None as long as every row holds something.
    bits: Vec<u8>,
    rows: usize,
    set: usize,
}

impl Valid {
    /// Whether the next row holds something.
    #[inline]
    fn push(&mut self, is_set: bool) {
        if self.set == self.rows {
            if !is_set {
                return self.pad(self.rows + 1);
            }
        } else {
            let (byte, bit) = (self.rows / 8, self.rows % 8);
            if byte == self.bits.len() {
                self.bits.push(0);
            }
            self.bits[byte] |= u8::from(is_set) << bit;
        }
        self.rows += 1;
        self.set += usize::from(is_set);
    }

    /// Rows up to so many hold nothing.
    fn pad(&mut self, rows: usize) {
        if self.set == self.rows {
            self.bits = vec![0xFF; self.rows / 8];
            if !self.rows.is_multiple_of(8) {
                self.bits.push((1 << (self.rows % 8)) - 1);
            }
        }
        self.bits.resize(rows.div_ceil(8), 0);
        self.rows = rows;
    }

    /// Whether a row holds something.
    pub fn is_set(&self, row: usize) -> bool {
        row < self.rows && (self.set == self.rows || self.bits.get(row / 8).is_some_and(|byte| byte >> (row % 8) & 1 == 1))
    }

    /// The bits, and the number of rows; no bits where every row holds something.
    pub fn into_bits(self) -> (Option<Vec<u8>>, usize) {
        ((self.set < self.rows).then_some(self.bits), self.rows)
    }
}

/// Numbers, one per row; where there is none, a zero.
#[derive(Debug, Clone, Default)]
pub struct Numbers<T> {
    /// One per row.
    pub values: Vec<T>,
    /// Which of them are meant.
    pub valid: Valid,
}

impl<T: Copy + Default> Numbers<T> {
    /// The next row's cell.
    #[inline]
    pub(crate) fn push(&mut self, value: Option<T>) {
        self.values.push(value.unwrap_or_default());
        self.valid.push(value.is_some());
    }

    /// The cell of a row, behind which nothing was set; false if it was set before.
    fn put(&mut self, row: usize, value: T) -> bool {
        if self.values.len() < row {
            self.pad(row);
        }
        let is_new = self.values.len() == row;
        if is_new {
            self.values.push(value);
            self.valid.push(true);
        }
        is_new
    }

    fn pad(&mut self, rows: usize) {
        self.values.resize(rows, T::default());
        self.valid.pad(rows);
    }

    /// The cell of a row.
    pub fn get(&self, row: usize) -> Option<T> {
        self.values.get(row).copied().filter(|_| self.valid.is_set(row))
    }
}

/// Texts, one behind the other.
#[derive(Debug, Clone, Default)]
pub struct Texts {
    /// All of them.
    pub bytes: String,
    /// Where each row's text ends, in bytes.
    pub ends: Vec<i32>,
    /// Which rows have one.
    pub valid: Valid,
}

impl Texts {
    /// See [`Numbers::push`].
    #[inline]
    pub(crate) fn push(&mut self, text: Option<&str>) {
        let row = self.ends.len();
        if let Some(text) = text {
            self.put(row, text);
        }
        if self.ends.len() == row {
            self.pad(row + 1);
        }
    }

    /// See [`Numbers::put`].
    fn put(&mut self, row: usize, text: &str) -> bool {
        if self.ends.len() < row {
            self.pad(row);
        }
        let is_new = self.ends.len() == row;
        // Offsets are 32 bits wide: what would go beyond is left out, far past what a batch can hold.
        match i32::try_from(self.bytes.len() + text.len()) {
            Ok(end) if is_new => {
                self.bytes.push_str(text);
                self.ends.push(end);
                self.valid.push(true);
            }
            _ => {}
        }
        is_new
    }

    fn pad(&mut self, rows: usize) {
        let end = self.ends.last().copied().unwrap_or_default();
        self.ends.resize(rows, end);
        self.valid.pad(rows);
    }

    /// The cell of a row.
    pub fn get(&self, row: usize) -> Option<&str> {
        let end = *self.ends.get(row)?;
        let start = row.checked_sub(1).map_or(0, |before| self.ends[before]);
        self.bytes.get(start as usize..end as usize).filter(|_| self.valid.is_set(row))
    }
}

/// Texts out of few, each by its place among them.
#[derive(Debug, Clone, Default)]
pub struct Words {
    /// Those that occur.
    pub words: Vec<&'static str>,
    /// The place of each row's.
    pub places: Numbers<u32>,
}

impl Words {
    /// See [`Numbers::push`].
    #[inline]
    pub(crate) fn push(&mut self, word: Option<&'static str>) {
        let place = word.map(|word| self.place(word));
        self.places.push(place);
    }

    /// Each word is mostly written once in the program, and lies in one place: mostly that tells.
    #[inline]
    fn place(&mut self, word: &'static str) -> u32 {
        let known = self.words.iter().position(|one| std::ptr::eq(*one, word));
        known.or_else(|| self.words.iter().position(|one| *one == word)).unwrap_or_else(|| {
            self.words.push(word);
            self.words.len() - 1
        }) as u32
    }

    /// The cell of a row.
    pub fn get(&self, row: usize) -> Option<&'static str> {
        self.words.get(self.places.get(row)? as usize).copied()
    }
}

/// See [`Numbers::put`].
fn put<T>(cells: &mut Vec<Option<T>>, row: usize, value: T) -> bool {
    let is_new = cells.len() <= row;
    if is_new {
        cells.resize_with(row, || None);
        cells.push(Some(value));
    }
    is_new
}

/// The cells of one column.
#[derive(Debug, Clone)]
pub enum Cells {
    /// See [`Kind::Unsigned`].
    Unsigned(Numbers<u64>),
    /// See [`Kind::Signed`].
    Signed(Numbers<i64>),
    /// See [`Kind::Float`].
    Float(Numbers<f64>),
    /// See [`Kind::Bool`].
    Bool(Vec<Option<bool>>),
    /// See [`Kind::Text`].
    Text(Texts),
    /// See [`Kind::Word`].
    Word(Words),
    /// See [`Kind::Integers`].
    Integers(Vec<Option<Vec<i64>>>),
    /// See [`Kind::Texts`].
    Texts(Vec<Option<Vec<String>>>),
}

impl Cells {
    pub(super) fn new(kind: Kind) -> Self {
        match kind {
            Kind::Unsigned => Self::Unsigned(Numbers::default()),
            Kind::Signed => Self::Signed(Numbers::default()),
            Kind::Float => Self::Float(Numbers::default()),
            Kind::Bool => Self::Bool(Vec::new()),
            Kind::Text => Self::Text(Texts::default()),
            Kind::Word => Self::Word(Words::default()),
            Kind::Integers => Self::Integers(Vec::new()),
            Kind::Texts => Self::Texts(Vec::new()),
        }
    }

    pub(super) fn rows(&self) -> usize {
        match self {
            Self::Unsigned(cells) => cells.values.len(),
            Self::Signed(cells) => cells.values.len(),
            Self::Float(cells) => cells.values.len(),
            Self::Bool(cells) => cells.len(),
            Self::Text(cells) => cells.ends.len(),
            Self::Word(cells) => cells.places.values.len(),
            Self::Integers(cells) => cells.len(),
            Self::Texts(cells) => cells.len(),
        }
    }

    /// Sets the cell of a row; false if it was set before.
    ///
    /// # Errors
    /// The value, where such a column holds none like it.
    pub(super) fn set<'v>(&mut self, row: usize, value: Value<'v>) -> Result<bool, Value<'v>> {
        Ok(match (self, value) {
            (Self::Text(cells), Value::Text(text)) => cells.put(row, text),
            (Self::Text(cells), Value::Cell(Cell::Text(text))) => cells.put(row, &text),
            (Self::Unsigned(cells), Value::Cell(Cell::Unsigned(value))) => cells.put(row, value),
            (Self::Signed(cells), Value::Cell(Cell::Signed(value))) => cells.put(row, value),
            (Self::Float(cells), Value::Cell(Cell::Float(value))) => cells.put(row, value),
            (Self::Bool(cells), Value::Cell(Cell::Bool(value))) => put(cells, row, value),
            (Self::Integers(cells), Value::Cell(Cell::Integers(value))) => put(cells, row, value),
            (Self::Texts(cells), Value::Cell(Cell::Texts(value))) => put(cells, row, value),
            (_, value) => return Err(value),
        })
    }

    /// Nulls up to so many rows.
    pub(super) fn pad(&mut self, rows: usize) {
        if rows <= self.rows() {
            return;
        }
        match self {
            Self::Unsigned(cells) => cells.pad(rows),
            Self::Signed(cells) => cells.pad(rows),
            Self::Float(cells) => cells.pad(rows),
            Self::Bool(cells) => cells.resize(rows, None),
            Self::Text(cells) => cells.pad(rows),
            Self::Word(cells) => cells.places.pad(rows),
            Self::Integers(cells) => cells.resize(rows, None),
            Self::Texts(cells) => cells.resize(rows, None),
        }
    }

    /// The cell of a row; `None` is null.
    pub fn get(&self, row: usize) -> Option<Cell> {
        match self {
            Self::Unsigned(cells) => cells.get(row).map(Cell::Unsigned),
            Self::Signed(cells) => cells.get(row).map(Cell::Signed),
            Self::Float(cells) => cells.get(row).map(Cell::Float),
            Self::Bool(cells) => cells.get(row).copied().flatten().map(Cell::Bool),
            Self::Text(cells) => cells.get(row).map(|text| Cell::Text(text.to_owned())),
            Self::Word(cells) => cells.get(row).map(|text| Cell::Text(text.to_owned())),
            Self::Integers(cells) => cells.get(row).cloned().flatten().map(Cell::Integers),
            Self::Texts(cells) => cells.get(row).cloned().flatten().map(Cell::Texts),
        }
    }
}
