//! Tables as the binding hands them on: named columns of optional cells.
//!
//! Nothing is written here per repeated packet, so plain `Vec<Option<T>>` is fast enough; rows are sparse and a cell
//! that is not set is null.

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

/// The cells of one column.
#[derive(Debug, Clone)]
pub enum Cells {
    /// See [`Kind::Unsigned`].
    Unsigned(Vec<Option<u64>>),
    /// See [`Kind::Signed`].
    Signed(Vec<Option<i64>>),
    /// See [`Kind::Float`].
    Float(Vec<Option<f64>>),
    /// See [`Kind::Bool`].
    Bool(Vec<Option<bool>>),
    /// See [`Kind::Text`].
    Text(Vec<Option<String>>),
    /// See [`Kind::Integers`].
    Integers(Vec<Option<Vec<i64>>>),
    /// See [`Kind::Texts`].
    Texts(Vec<Option<Vec<String>>>),
}

impl Cells {
    fn new(kind: Kind) -> Self {
        match kind {
            Kind::Unsigned => Self::Unsigned(Vec::new()),
            Kind::Signed => Self::Signed(Vec::new()),
            Kind::Float => Self::Float(Vec::new()),
            Kind::Bool => Self::Bool(Vec::new()),
            Kind::Text => Self::Text(Vec::new()),
            Kind::Integers => Self::Integers(Vec::new()),
            Kind::Texts => Self::Texts(Vec::new()),
        }
    }

    fn resize(&mut self, rows: usize) {
        match self {
            Self::Unsigned(cells) => cells.resize(rows, None),
            Self::Signed(cells) => cells.resize(rows, None),
            Self::Float(cells) => cells.resize(rows, None),
            Self::Bool(cells) => cells.resize(rows, None),
            Self::Text(cells) => cells.resize(rows, None),
            Self::Integers(cells) => cells.resize(rows, None),
            Self::Texts(cells) => cells.resize(rows, None),
        }
    }
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
    cells: Vec<Cells>,
    rows: usize,
}

impl Table {
    /// An empty table.
    pub fn new(name: &'static str, fields: &'static [Field]) -> Self {
        Self { name, fields, cells: fields.iter().map(|field| Cells::new(field.kind)).collect(), rows: 0 }
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

    /// Begins a row: every cell is null until set.
    pub fn row(&mut self) -> Row<'_> {
        self.rows += 1;
        for cells in &mut self.cells {
            cells.resize(self.rows);
        }
        Row { table: self }
    }

    /// The columns with their cells, for the binding.
    pub fn into_columns(self) -> impl Iterator<Item = (Field, Cells)> {
        self.fields.iter().copied().zip(self.cells)
    }

    /// Takes the rows so far and leaves an empty table.
    pub fn take(&mut self) -> Self {
        let empty = Self::new(self.name, self.fields);
        std::mem::replace(self, empty)
    }
}

/// The row being written. A name that is not a column, or a cell of another kind, is a fault of our own: it panics in
/// debug builds and is left out in release builds.
pub struct Row<'a> {
    table: &'a mut Table,
}

impl Row<'_> {
    /// Sets one cell.
    pub fn set(&mut self, name: &str, cell: impl Into<Cell>) -> &mut Self {
        let row = self.table.rows - 1;
        let Some(index) = self.table.fields.iter().position(|field| field.name == name) else {
            debug_assert!(false, "{} has no column {name}", self.table.name);
            return self;
        };
        match (&mut self.table.cells[index], cell.into()) {
            (Cells::Unsigned(cells), Cell::Unsigned(value)) => cells[row] = Some(value),
            (Cells::Signed(cells), Cell::Signed(value)) => cells[row] = Some(value),
            (Cells::Float(cells), Cell::Float(value)) => cells[row] = Some(value),
            (Cells::Bool(cells), Cell::Bool(value)) => cells[row] = Some(value),
            (Cells::Text(cells), Cell::Text(value)) => cells[row] = Some(value),
            (Cells::Integers(cells), Cell::Integers(value)) => cells[row] = Some(value),
            (Cells::Texts(cells), Cell::Texts(value)) => cells[row] = Some(value),
            (_, cell) => debug_assert!(false, "{}.{name} does not hold {cell:?}", self.table.name),
        }
        self
    }

    /// Sets one cell where there is a value.
    pub fn set_some(&mut self, name: &str, cell: Option<impl Into<Cell>>) -> &mut Self {
        if let Some(cell) = cell {
            self.set(name, cell);
        }
        self
    }
}

macro_rules! cell_from {
    ($($from:ty => $variant:ident($as:ty)),* $(,)?) => {
        $(impl From<$from> for Cell {
            fn from(value: $from) -> Self {
                Self::$variant(<$as>::from(value))
            }
        })*
    };
}

cell_from! {
    u8 => Unsigned(u64), u16 => Unsigned(u64), u32 => Unsigned(u64), u64 => Unsigned(u64),
    i32 => Signed(i64), i64 => Signed(i64), f64 => Float(f64), bool => Bool(bool),
    &str => Text(String), String => Text(String),
    Vec<i64> => Integers(Vec<i64>), Vec<String> => Texts(Vec<String>),
}
