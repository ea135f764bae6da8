//! Aligned tables of plain text for the terminal.
//!
//! Labels stand left, numbers right. A table wider than the terminal is broken into blocks that repeat the labels, so no line
//! is ever cut or wrapped.

use unicode_width::UnicodeWidthStr;

/// Spaces between columns.
const GAP: usize = 2;

/// A table in the making.
#[derive(Debug, Clone)]
pub struct TextTable {
    labels: usize,
    headings: Vec<Heading>,
    rows: Vec<Row>,
}

/// Name of a column and, in a line of its own, its unit.
#[derive(Debug, Clone)]
struct Heading {
    name: String,
    unit: String,
}

#[derive(Debug, Clone)]
enum Row {
    Section(String),
    Cells(Vec<String>),
}

impl TextTable {
    /// A table with `labels` (name and unit of columns of words, such as a KPI and its unit) and columns of `numbers`.
    /// Units may be empty.
    #[must_use]
    pub fn new(labels: &[(&str, &str)], numbers: &[(&str, &str)]) -> TextTable {
        let heading = |&(name, unit): &(&str, &str)| Heading { name: name.to_owned(), unit: unit.to_owned() };
        TextTable { labels: labels.len(), headings: labels.iter().chain(numbers).map(heading).collect(), rows: Vec::new() }
    }

    /// Begins a section of rows.
    pub fn section(&mut self, title: impl Into<String>) {
        self.rows.push(Row::Section(title.into()));
    }

    /// Adds a row, labels first. Panics if it has not as many cells as there are columns.
    pub fn row(&mut self, cells: impl IntoIterator<Item = impl Into<String>>) {
        let cells: Vec<String> = cells.into_iter().map(Into::into).collect();
        assert_eq!(cells.len(), self.headings.len(), "a row has a cell for every column");
        self.rows.push(Row::Cells(cells));
    }

    /// The table in lines of at most `width` columns of a terminal, unless the labels and one number are wider.
    #[must_use]
    pub fn render(&self, width: usize) -> String {
        let widths = self.widths();
        let labels: Vec<usize> = (0..self.labels).collect();
        let taken = |columns: &[usize]| columns.iter().map(|&c| widths[c] + GAP).sum::<usize>().saturating_sub(GAP);
        let mut blocks = vec![labels.clone()];
        for column in self.labels..self.headings.len() {
            let block = blocks.last_mut().expect("there is a first block");
            block.push(column);
            if taken(block) > width && block.len() > self.labels + 1 {
                block.pop();
                blocks.push(labels.iter().copied().chain([column]).collect());
            }
        }
        blocks.iter().map(|columns| self.block(columns, &widths, taken(columns))).collect::<Vec<_>>().join("\n")
    }

    fn widths(&self) -> Vec<usize> {
        let cells =
            |c: usize| self.rows.iter().filter_map(move |row| if let Row::Cells(cells) = row { Some(cells[c].width()) } else { None });
        let heading = |c: usize| self.headings[c].name.width().max(self.headings[c].unit.width());
        (0..self.headings.len()).map(|c| cells(c).chain([heading(c)]).max().unwrap_or(0)).collect()
    }

    fn block(&self, columns: &[usize], widths: &[usize], total: usize) -> String {
        let line = |cell: &dyn Fn(usize) -> String| {
            let cells: Vec<String> = columns.iter().map(|&c| padded(&cell(c), widths[c], c >= self.labels)).collect();
            format!("{}\n", cells.join(&" ".repeat(GAP)).trim_end())
        };
        let mut text = line(&|c| self.headings[c].name.clone());
        if columns.iter().any(|&c| !self.headings[c].unit.is_empty()) {
            text += &line(&|c| self.headings[c].unit.clone());
        }
        text += &format!("{}\n", "─".repeat(total));
        for (i, row) in self.rows.iter().enumerate() {
            match row {
                Row::Section(title) if i == 0 => text += &format!("{title}\n"),
                Row::Section(title) => text += &format!("\n{title}\n"),
                Row::Cells(cells) => text += &line(&|c| cells[c].clone()),
            }
        }
        text
    }
}

fn padded(text: &str, width: usize, right: bool) -> String {
    let blank = " ".repeat(width.saturating_sub(text.width()));
    if right { blank + text } else { text.to_owned() + &blank }
}

/// A number with four digits that mean something, at most six decimals and never fewer digits than its whole part:
/// `0.01230`, `1.235`, `98.77`, `12346`. What is not known is `–`.
#[must_use]
pub fn number(x: f64) -> String {
    if !x.is_finite() {
        return "–".to_owned();
    }
    // Below 1e-6 nothing is left of it.
    let magnitude = libm::floor(libm::log10(x.abs().max(1e-6)));
    let decimals = (3.0 - magnitude).clamp(0.0, 6.0) as usize;
    let text = format!("{x:.decimals$}");
    if text.bytes().any(|b| (b'1'..=b'9').contains(&b)) { text } else { "0".to_owned() }
}
