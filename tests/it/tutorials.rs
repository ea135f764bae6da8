//! Tutorials are true: their commands run, in order, and the figures in their tables are those of the results.
//!
//! A table that is compared has folders of `outputs/` and strategies in its first two columns and keys of figures in the heads of
//! the others.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

fn page(name: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/tutorials").join(name)).expect("the tutorial is there")
}

/// The commands of a page, one after the other.
fn commands(page: &str) -> String {
    page.split("```sh\n").skip(1).map(|rest| rest.split("```").next().unwrap_or_default()).collect()
}

/// A folder with the scenarios, in which the commands run.
fn place() -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("tutorial");
    let _ = std::fs::remove_dir_all(&path);
    std::fs::create_dir_all(&path).unwrap();
    std::os::unix::fs::symlink(Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios"), path.join("scenarios")).unwrap();
    path
}

/// Cells of the rows of a page's tables that name a folder, with the keys of their heads.
fn rows(page: &str) -> Vec<(Vec<String>, Vec<String>)> {
    let (mut found, mut heads) = (Vec::new(), Vec::new());
    for line in page.lines().filter(|line| line.starts_with("| ")) {
        let cells: Vec<String> = line.trim_matches('|').split('|').map(|cell| cell.trim().trim_matches('`').to_owned()).collect();
        if cells[0] == "folder" {
            heads = cells;
        } else if !heads.is_empty() {
            found.push((heads.clone(), cells));
        }
    }
    found
}

/// Key figures of a folder by strategy and key.
fn figures(folder: &Path) -> BTreeMap<(String, String), Option<f64>> {
    let mut reader = csv::Reader::from_path(folder.join("kpi.csv")).unwrap();
    reader.records().map(|row| row.unwrap()).map(|row| ((row[0].to_owned(), row[1].to_owned()), row[2].parse().ok())).collect()
}

/// A figure with as many decimals as the page shows.
fn shown(value: Option<f64>, like: &str) -> String {
    let decimals = like.split_once('.').map_or(0, |(_, rest)| rest.len());
    value.map_or_else(|| "–".to_owned(), |x| format!("{x:.decimals$}").replace('-', "−"))
}

#[test]
fn a_street_electrifies_as_the_tutorial_says() {
    let page = page("a-street-electrifies.md");
    let (place, binary) = (place(), Path::new(env!("CARGO_BIN_EXE_copperplate")));
    let script = format!("PATH='{}':\"$PATH\"\n{}", binary.parent().unwrap().display(), commands(&page));
    let out = Command::new("sh").args(["-eu", "-c", &script]).current_dir(&place).output().unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let rows = rows(&page);
    assert!(rows.len() >= 9, "{} rows of figures", rows.len());
    let mut differing = Vec::new();
    for (heads, cells) in rows {
        let figures = figures(&place.join("outputs").join(&cells[0]));
        for (key, cell) in heads.iter().zip(&cells).skip(2) {
            let value = figures.get(&(cells[1].clone(), key.clone())).unwrap_or_else(|| panic!("{} has {key} in {}", cells[0], cells[1]));
            if shown(*value, cell) != *cell {
                differing.push(format!("{} {} {key}: {cell} is {value:?}", cells[0], cells[1]));
            }
        }
    }
    assert!(differing.is_empty(), "{}", differing.join("\n"));
}
