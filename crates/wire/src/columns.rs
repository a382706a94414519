//! Tables as the binding hands them on: named columns of optional cells, laid out as Arrow has them, so that a column of
//! numbers or texts is handed over as it is. Rows are sparse and a cell that is not set is null.

mod cells;

pub use cells::{Cells, Numbers, Texts, Valid, Words};

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Unsigned integers.
    Unsigned,
    /// Signed integers; times are nanoseconds since 1970, UTC.
    Signed,
    /// Floating point numbers.
    Float,
    /// Truth values.
    Bool,
    /// UTF-8 text.
    Text,
    /// UTF-8 text, one of few that the program itself has.
    Word,
    /// Lists of signed integers.
    Integers,
    /// Lists of UTF-8 texts.
    Texts,
}

/// One value of a row.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// See [`Kind::Unsigned`].
    Unsigned(u64),
    /// See [`Kind::Signed`].
    Signed(i64),
    /// See [`Kind::Float`].
    Float(f64),
    /// See [`Kind::Bool`].
    Bool(bool),
    /// See [`Kind::Text`].
    Text(String),
    /// See [`Kind::Integers`].
    Integers(Vec<i64>),
    /// See [`Kind::Texts`].
    Texts(Vec<String>),
}

/// A named column.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    /// The document field's name, or the border column's.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
}

/// A table of the border: rows are appended, then the whole is handed over and a new one begun.
#[derive(Debug, Clone)]
pub struct Table {
    name: &'static str,
    fields: &'static [Field],
    /// None before the first row: most tables of a small batch have none.
    cells: Vec<Cells>,
    rows: usize,
    /// Bytes of the texts in it.
    text_bytes: usize,
}

impl Table {
    /// An empty table.
    pub fn new(name: &'static str, fields: &'static [Field]) -> Self {
        Self { name, fields, cells: Vec::new(), rows: 0, text_bytes: 0 }
    }

    /// One whose cells are there already, as many in each column, in the order of the fields.
    pub(crate) fn of(name: &'static str, fields: &'static [Field], cells: Vec<Cells>) -> Self {
        let rows = cells.first().map_or(0, Cells::rows);
        debug_assert!(cells.len() == fields.len() && cells.iter().all(|cells| cells.rows() == rows), "{name}: a cell is missing");
        Self { name, fields, cells, rows, text_bytes: 0 }
    }

    /// Its name.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Its columns, in order.
    pub fn fields(&self) -> &'static [Field] {
        self.fields
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Bytes of the texts in its rows.
    pub(crate) fn text_bytes(&self) -> usize {
        self.text_bytes
    }

    /// Begins a row: every cell is null until set.
    pub fn row(&mut self) -> Row<'_> {
        self.rows += 1;
        self.begin();
        Row { table: self, next: 0 }
    }

    fn begin(&mut self) {
        if self.cells.is_empty() {
            self.cells = self.fields.iter().map(|field| Cells::new(field.kind)).collect();
        }
    }

    /// The columns with the cells so far: behind them all is null.
    pub fn columns(&self) -> impl Iterator<Item = (Field, &Cells)> {
        self.fields.iter().copied().zip(&self.cells)
    }

    /// The columns with their cells, for the binding.
    pub fn into_columns(mut self) -> impl Iterator<Item = (Field, Cells)> {
        self.begin();
        let rows = self.rows;
        self.fields.iter().copied().zip(self.cells.into_iter().map(move |mut cells| {
            cells.pad(rows);
            cells
        }))
    }

    /// Takes the rows so far and leaves an empty table.
    pub fn take(&mut self) -> Self {
        let empty = Self::new(self.name, self.fields);
        std::mem::replace(self, empty)
    }
}

/// A value for a cell, borrowed where it can be.
#[derive(Debug)]
pub enum Value<'a> {
    /// A cell of its own.
    Cell(Cell),
    /// A text that is copied into the column at once.
    Text(&'a str),
}

impl Value<'_> {
    fn text_bytes(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::Cell(Cell::Text(text)) => text.len(),
            Self::Cell(Cell::Texts(texts)) => texts.iter().map(String::len).sum(),
            Self::Cell(_) => 0,
        }
    }
}

/// The row being written. A name that is not a column, a cell of another kind, or a second value for a cell is a fault of
/// our own: it panics in debug builds and is left out in release builds.
pub struct Row<'a> {
    table: &'a mut Table,
    /// Where the next name is looked for first: cells are mostly set in the order of the columns.
    next: usize,
}

impl Row<'_> {
    /// Sets one cell.
    pub fn set<'v>(&mut self, name: &str, value: impl Into<Value<'v>>) -> &mut Self {
        let Some(index) = self.place(name) else {
            debug_assert!(false, "{} has no column {name}", self.table.name);
            return self;
        };
        self.next = index + 1;
        let row = self.table.rows - 1;
        let value = value.into();
        self.table.text_bytes += value.text_bytes();
        match self.table.cells[index].set(row, value) {
            Ok(is_new) => debug_assert!(is_new, "{}.{name} is set twice", self.table.name),
            Err(value) => debug_assert!(false, "{}.{name} does not hold {value:?}", self.table.name),
        }
        self
    }

    /// The column of that name. A name is mostly written once in the program, and lies in one place: mostly that tells.
    fn place(&self, name: &str) -> Option<usize> {
        let fields = self.table.fields;
        let is_it = |field: &Field| std::ptr::eq(field.name, name);
        if let Some(behind) = fields[self.next..].iter().position(is_it) {
            return Some(self.next + behind);
        }
        fields.iter().position(|field| field.name == name)
    }

    /// Sets one cell where there is a value.
    pub fn set_some<'v>(&mut self, name: &str, value: Option<impl Into<Value<'v>>>) -> &mut Self {
        if let Some(value) = value {
            self.set(name, value);
        }
        self
    }
}

macro_rules! value_from {
    ($($from:ty => $variant:ident($as:ty)),* $(,)?) => {
        $(impl From<$from> for Value<'_> {
            fn from(value: $from) -> Self {
                Self::Cell(Cell::$variant(<$as>::from(value)))
            }
        })*
    };
}

value_from! {
    u8 => Unsigned(u64), u16 => Unsigned(u64), u32 => Unsigned(u64), u64 => Unsigned(u64),
    i32 => Signed(i64), i64 => Signed(i64), f64 => Float(f64), bool => Bool(bool),
    String => Text(String), Vec<i64> => Integers(Vec<i64>), Vec<String> => Texts(Vec<String>),
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text)
    }
}

impl<'a> From<&'a String> for Value<'a> {
    fn from(text: &'a String) -> Self {
        Self::Text(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    static FIELDS: &[Field] = &[
        Field { name: "number", kind: Kind::Unsigned },
        Field { name: "text", kind: Kind::Text },
        Field { name: "truth", kind: Kind::Bool },
    ];

    proptest! {
        /// Whichever cells are set, each is what it was set to, all others are null, and Arrow's bits say so.
        #[test]
        fn cells_are_what_they_were_set_to(rows in prop::collection::vec(prop::array::uniform3(prop::option::of(0_u64..9)), 0..40)) {
            let mut table = Table::new("table", FIELDS);
            for [number, text, truth] in &rows {
                let mut row = table.row();
                row.set_some("text", text.map(|text| "x".repeat(text as usize)));
                row.set_some("number", *number).set_some("truth", truth.map(|truth| truth > 4));
            }
            for (at, (_, cells)) in table.clone().into_columns().enumerate() {
                for (number, row) in rows.iter().enumerate() {
                    let told = row[at].map(|value| match at {
                        0 => Cell::Unsigned(value),
                        1 => Cell::Text("x".repeat(value as usize)),
                        _ => Cell::Bool(value > 4),
                    });
                    prop_assert_eq!(cells.get(number), told);
                }
                let (Cells::Unsigned(Numbers { valid, .. }) | Cells::Text(Texts { valid, .. })) = cells else { continue };
                let (bits, length) = valid.into_bits();
                prop_assert_eq!(length, rows.len());
                prop_assert_eq!(bits.is_none(), rows.iter().all(|row| row[at].is_some()));
                for (number, row) in rows.iter().enumerate().filter(|_| bits.is_some()) {
                    let is_set = bits.as_ref().is_some_and(|bits| bits[number / 8] >> (number % 8) & 1 == 1);
                    prop_assert_eq!(is_set, row[at].is_some());
                }
            }
        }
    }
}
