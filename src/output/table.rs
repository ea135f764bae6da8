//! Columnar tables: what the recorder fills and files hold.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use crate::time::SimTime;

/// Named columns of equal length.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Table {
    /// Name (with its unit: `p_kw`) and values, in the order files have them.
    pub columns: Vec<(String, Column)>,
}

/// Values of one type. There are no missing values; a number that is not known is NaN, a text that is not known is empty.
#[derive(Debug, Clone)]
pub enum Column {
    /// Double precision.
    F64(Vec<f64>),
    /// Single precision, for values per element and step.
    F32(Vec<f32>),
    /// Whole numbers.
    I64(Vec<i64>),
    /// Texts, most of them repeated.
    Str(Strings),
    /// Yes or no.
    Bool(Vec<bool>),
    /// Points in time.
    Time(Vec<SimTime>),
}

impl PartialEq for Column {
    /// Bit for bit, so NaN equals itself: equal columns make equal bytes.
    fn eq(&self, other: &Column) -> bool {
        match (self, other) {
            (Column::F64(a), Column::F64(b)) => a.len() == b.len() && a.iter().zip(b).all(|(x, y)| x.to_bits() == y.to_bits()),
            (Column::F32(a), Column::F32(b)) => a.len() == b.len() && a.iter().zip(b).all(|(x, y)| x.to_bits() == y.to_bits()),
            (Column::I64(a), Column::I64(b)) => a == b,
            (Column::Str(a), Column::Str(b)) => a == b,
            (Column::Bool(a), Column::Bool(b)) => a == b,
            (Column::Time(a), Column::Time(b)) => a == b,
            _ => false,
        }
    }
}

impl Table {
    /// A table without rows from names and empty columns.
    #[must_use]
    pub fn new<const N: usize>(columns: [(&str, Column); N]) -> Table {
        Table { columns: columns.into_iter().map(|(name, column)| (name.to_owned(), column)).collect() }
    }

    /// Number of rows. Panics if columns differ in length, which is a fault of who filled them.
    #[must_use]
    pub fn rows(&self) -> usize {
        let rows = self.columns.first().map_or(0, |(_, column)| column.len());
        if let Some((name, column)) = self.columns.iter().find(|(_, column)| column.len() != rows) {
            panic!("column '{name}' has {} rows, the first has {rows}", column.len());
        }
        rows
    }

    /// The column called `name`.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|(known, _)| known == name).map(|(_, column)| column)
    }

    /// Adds the `rows` of a table with the same columns. Panics if the columns differ.
    pub fn append(&mut self, other: &Table, rows: Range<usize>) {
        assert_eq!(self.columns.len(), other.columns.len(), "tables differ in columns");
        for ((name, column), (other_name, values)) in self.columns.iter_mut().zip(&other.columns) {
            assert_eq!(name, other_name, "tables differ in columns");
            column.append(values, rows.clone());
        }
    }

    /// A table with the same columns and no rows.
    #[must_use]
    pub fn layout(&self) -> Table {
        Table { columns: self.columns.iter().map(|(name, column)| (name.clone(), column.empty())).collect() }
    }

    /// Forgets the rows, keeps memory and dictionaries: a table for the next portion.
    pub fn clear(&mut self) {
        for (_, column) in &mut self.columns {
            match column {
                Column::F64(v) => v.clear(),
                Column::F32(v) => v.clear(),
                Column::I64(v) => v.clear(),
                Column::Str(v) => v.clear(),
                Column::Bool(v) => v.clear(),
                Column::Time(v) => v.clear(),
            }
        }
    }
}

impl Column {
    /// Number of values.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Column::F64(v) => v.len(),
            Column::F32(v) => v.len(),
            Column::I64(v) => v.len(),
            Column::Str(v) => v.len(),
            Column::Bool(v) => v.len(),
            Column::Time(v) => v.len(),
        }
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn empty(&self) -> Column {
        match self {
            Column::F64(_) => Column::F64(Vec::new()),
            Column::F32(_) => Column::F32(Vec::new()),
            Column::I64(_) => Column::I64(Vec::new()),
            Column::Str(_) => Column::Str(Strings::default()),
            Column::Bool(_) => Column::Bool(Vec::new()),
            Column::Time(_) => Column::Time(Vec::new()),
        }
    }

    fn append(&mut self, other: &Column, rows: Range<usize>) {
        match (self, other) {
            (Column::F64(a), Column::F64(b)) => a.extend_from_slice(&b[rows]),
            (Column::F32(a), Column::F32(b)) => a.extend_from_slice(&b[rows]),
            (Column::I64(a), Column::I64(b)) => a.extend_from_slice(&b[rows]),
            (Column::Str(a), Column::Str(b)) => a.append(b, rows),
            (Column::Bool(a), Column::Bool(b)) => a.extend_from_slice(&b[rows]),
            (Column::Time(a), Column::Time(b)) => a.extend_from_slice(&b[rows]),
            _ => panic!("columns differ in type"),
        }
    }
}

/// Texts held once each, and a code per row.
#[derive(Debug, Clone, Default)]
pub struct Strings {
    dictionary: Vec<Arc<str>>,
    codes: Vec<u32>,
    index: BTreeMap<Arc<str>, u32>,
}

impl PartialEq for Strings {
    /// Row by row; how texts are numbered does not matter.
    fn eq(&self, other: &Strings) -> bool {
        self.len() == other.len() && self.iter().eq(other.iter())
    }
}

impl Strings {
    /// No rows over a known dictionary, whose positions are the codes of [`Strings::push_code`].
    #[must_use]
    pub fn over(dictionary: impl IntoIterator<Item = impl Into<Arc<str>>>) -> Strings {
        let dictionary: Vec<Arc<str>> = dictionary.into_iter().map(Into::into).collect();
        let index = dictionary.iter().enumerate().map(|(i, text)| (Arc::clone(text), code(i))).collect();
        Strings { dictionary, codes: Vec::new(), index }
    }

    /// Adds a row.
    pub fn push(&mut self, text: &str) {
        let code = self.code_of(text);
        self.codes.push(code);
    }

    /// The code of a text, which is given one if it has none yet.
    pub fn code_of(&mut self, text: &str) -> u32 {
        self.index.get(text).copied().unwrap_or_else(|| self.enter(text.into()))
    }

    /// Adds a row holding the text at position `code` of the dictionary. Panics beyond it.
    pub fn push_code(&mut self, code: u32) {
        assert!((code as usize) < self.dictionary.len(), "code {code} of {}", self.dictionary.len());
        self.codes.push(code);
    }

    /// Adds several rows that hold the same text. Panics as [`Strings::push_code`].
    pub fn push_codes(&mut self, code: u32, rows: usize) {
        assert!((code as usize) < self.dictionary.len(), "code {code} of {}", self.dictionary.len());
        self.codes.extend(std::iter::repeat_n(code, rows));
    }

    /// Text of a row.
    #[must_use]
    pub fn get(&self, row: usize) -> &str {
        &self.dictionary[self.codes[row] as usize]
    }

    /// Texts of all rows.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.codes.iter().map(|&code| &*self.dictionary[code as usize])
    }

    /// Each text once.
    #[must_use]
    pub fn dictionary(&self) -> &[Arc<str>] {
        &self.dictionary
    }

    /// Position in the dictionary, by row.
    #[must_use]
    pub fn codes(&self) -> &[u32] {
        &self.codes
    }

    /// Number of rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.codes.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.codes.is_empty()
    }

    fn clear(&mut self) {
        self.codes.clear();
    }

    /// Gives a new text its code.
    fn enter(&mut self, text: Arc<str>) -> u32 {
        let next = code(self.dictionary.len());
        self.dictionary.push(Arc::clone(&text));
        self.index.insert(text, next);
        next
    }

    /// The code here of the text that `other` gives `code`. Tables filled alike share texts and codes, and need no search.
    fn translate(&mut self, other: &Strings, code: u32) -> u32 {
        let text = &other.dictionary[code as usize];
        match self.dictionary.get(code as usize) {
            Some(known) if Arc::ptr_eq(known, text) => code,
            _ => self.index.get(text).copied().unwrap_or_else(|| self.enter(Arc::clone(text))),
        }
    }

    fn append(&mut self, other: &Strings, rows: Range<usize>) {
        let mut translated: Vec<Option<u32>> = vec![None; other.dictionary.len()];
        for &code in &other.codes[rows] {
            let here = *translated[code as usize].get_or_insert_with(|| self.translate(other, code));
            self.codes.push(here);
        }
    }
}

impl<'a> FromIterator<&'a str> for Strings {
    fn from_iter<I: IntoIterator<Item = &'a str>>(texts: I) -> Strings {
        let mut strings = Strings::default();
        texts.into_iter().for_each(|text| strings.push(text));
        strings
    }
}

fn code(position: usize) -> u32 {
    u32::try_from(position).expect("a dictionary's codes fit u32")
}
