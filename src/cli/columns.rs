//! Every file with columns, and what stands in them: the page `docs/model/columns.md`, and `explain FILE`.

use std::fmt::Write as _;

use crate::table::description::FileDescription;
use crate::{analysis, import, results};

/// A heading, and the files under it.
#[derive(Debug, Clone, Copy)]
pub struct Group {
    /// The heading.
    pub title: &'static str,
    /// Its files.
    pub files: &'static [FileDescription],
}

/// All of them.
pub const GROUPS: [Group; 8] = [
    Group { title: "A run", files: &results::columns::FILES },
    Group { title: "A sweep", files: &analysis::columns::FILES },
    Group { title: "`copperplate powerflow --out`", files: &super::powerflow::columns::FILES },
    Group { title: "About a feeder folder", files: &import::columns::ABOUT },
    Group { title: "A feeder folder", files: &import::columns::FOLDER },
    Group { title: "Series", files: &import::columns::SERIES },
    Group { title: "A neutral feeder folder", files: &import::columns::NEUTRAL },
    Group { title: "A neutral feeder folder, phase by phase", files: &import::columns::NEUTRAL_THREE_PHASE },
];

/// The page of columns.
#[must_use]
pub fn page() -> String {
    let mut page = String::from(
        "# Columns\n\
         Every column of every table that the program writes or reads. Generated from the code; a test keeps it current.\n\n\
         Positive power is consumption, negative power is feed-in. Names in angle brackets stand for a\n\
         family of columns. A column in square brackets, or a cell of it, may be missing. `copperplate explain ledger.csv` prints\n\
         the part on one file.\n",
    );
    for group in GROUPS {
        write!(page, "\n## {}\n", group.title).expect("a text takes all");
        group.files.iter().for_each(|file| page += &section(file));
    }
    page
}

/// Names of all files, without their folders.
pub(super) fn file_names() -> Vec<&'static str> {
    let bare = |file: &FileDescription| file.file.split(' ').next().and_then(|name| name.rsplit('/').next()).unwrap_or_default();
    GROUPS.iter().flat_map(|group| group.files.iter().map(bare)).collect()
}

/// What stands in the files called `name`, with their folder or without; `None` if no file is called so.
#[must_use]
pub fn about(name: &str) -> Option<String> {
    let bare = |file: &FileDescription| file.file.split(' ').next().unwrap_or_default();
    let called = |file: &&FileDescription| bare(file) == name || bare(file).rsplit('/').next() == Some(name);
    let found: Vec<(&str, &FileDescription)> =
        GROUPS.iter().flat_map(|group| group.files.iter().filter(called).map(|file| (group.title, file))).collect();
    let several = found.len() > 1;
    let one = |(title, file): (&str, &FileDescription)| if several { format!("{title}\n{}", section(file)) } else { section(file) };
    (!found.is_empty()).then(|| found.into_iter().map(one).collect::<Vec<_>>().join("\n"))
}

fn section(file: &FileDescription) -> String {
    // A file of TOML has keys, and no rows.
    let (row, column) = if file.file.ends_with(".toml") { ("It is ", "key") } else { ("A row is ", "column") };
    let mut text = format!("\n### {}\n{row}{}.\n\n| {column} | unit | meaning |\n|---|---|---|\n", file.file, file.row);
    for c in file.columns {
        let name = if c.optional { format!("[`{}`]", c.name) } else { format!("`{}`", c.name) };
        writeln!(text, "| {name} | {} | {} |", c.unit, c.meaning).expect("a text takes all");
    }
    text
}
