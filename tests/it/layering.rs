//! Modules use only what the table of ARCHITECTURE.md lets them use, and no files of a module stand in a circle.
//!
//! What it is for a file to use another stands at the head of `sources.rs`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::sources::{Arrows, File, House, paths, sources};

/// Modules a module may use, from the table; rows hold `everything above [but X …]` and `everything`, too.
fn allowed(architecture: &str) -> BTreeMap<String, BTreeSet<String>> {
    let rows: Vec<(String, String)> = architecture
        .lines()
        .filter_map(|line| {
            let cells: Vec<&str> = line.trim().trim_matches('|').split('|').map(str::trim).collect();
            let name = cells[0].strip_prefix('`')?.strip_suffix('`')?;
            (cells.len() == 3).then(|| (name.to_owned(), cells[2].replace('`', "")))
        })
        .collect();
    let names: Vec<String> = rows.iter().map(|(name, _)| name.clone()).collect();
    let mut table = BTreeMap::new();
    for (i, (name, may)) in rows.into_iter().enumerate() {
        let words: Vec<&str> = may.split_whitespace().collect();
        let uses: BTreeSet<String> = match words[..] {
            ["everything"] => names.iter().cloned().collect(),
            ["everything", "above"] => names[..i].iter().cloned().collect(),
            ["everything", "above", "but", ref but @ ..] => names[..i].iter().filter(|n| !but.contains(&n.as_str())).cloned().collect(),
            _ => {
                for word in &words {
                    assert!(names[..i].iter().any(|n| n == word), "row `{name}` may use `{word}`, which is no row above it");
                }
                words.iter().map(|&w| w.to_owned()).collect()
            }
        };
        assert!(table.insert(name.clone(), uses).is_none(), "row `{name}` appears twice");
    }
    table
}

/// First segments of every `crate::…` path in a source text, in code, macros and documentation, grouped imports included.
fn used(text: &str) -> BTreeSet<String> {
    let ident = |s: &str| s.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    let mut found = BTreeSet::new();
    for (at, _) in text.match_indices("crate::") {
        if text[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_') {
            continue;
        }
        let rest = text[at + "crate::".len()..].trim_start();
        let Some(group) = rest.strip_prefix('{') else {
            found.insert(ident(rest));
            continue;
        };
        let (mut depth, mut start) = (0, true);
        for (i, c) in group.char_indices() {
            match c {
                '{' => depth += 1,
                '}' if depth == 0 => break,
                '}' => depth -= 1,
                ',' if depth == 0 => start = true,
                c if start && !c.is_whitespace() => {
                    found.insert(ident(&group[i..]));
                    start = false;
                }
                _ => {}
            }
        }
    }
    found.remove("");
    found
}

#[test]
fn modules_use_only_what_their_row_names() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let table = allowed(&std::fs::read_to_string(root.join("ARCHITECTURE.md")).unwrap());
    assert!(table.len() > 10, "the table of ARCHITECTURE.md was not found");
    let mut files = Vec::new();
    sources(&root.join("src"), &mut files);
    files.sort();
    let mut faults = Vec::new();
    for path in files {
        let inside = path.strip_prefix(root.join("src")).unwrap();
        let module = inside.components().next().unwrap().as_os_str().to_str().unwrap().trim_end_matches(".rs");
        if matches!(module, "lib" | "main") {
            continue;
        }
        let Some(may) = table.get(module) else {
            faults.push(format!("{}: module `{module}` has no row", inside.display()));
            continue;
        };
        for name in used(&std::fs::read_to_string(&path).unwrap()) {
            if name != module && !may.contains(&name) {
                faults.push(format!("{}: `{module}` may not use `{name}`", inside.display()));
            }
        }
    }
    for file in House::read(&root.join("src")).0.values().filter(|file| !file.module.is_empty()) {
        let module = &file.module[0];
        for name in climbing(file).filter(|name| name != module && !table[module].contains(name)) {
            faults.push(format!("{}: `{module}` may not use `{name}`", file.name));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Other modules of the crate that a file reaches through `super`.
fn climbing(file: &File) -> impl Iterator<Item = String> {
    let all = file.uses.iter().map(|import| import.path.clone()).chain(paths(&file.words));
    all.filter_map(|path| {
        let up = path.iter().take_while(|step| *step == "super").count();
        path.get(up).filter(|_| up > 0 && up == file.module.len()).cloned()
    })
}

/// Modules whose files still stand in circles; the list may only shrink.
const IN_CIRCLES: [&str; 0] = [];

#[test]
fn no_circle_of_files_inside_a_module() {
    let house = House::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    let arrows = house.arrows();
    let module = |circle: &[String]| circle[0].split('/').next().unwrap_or_default().to_owned();
    let (left, circles): (Vec<_>, Vec<_>) = circles(&arrows).into_iter().partition(|circle| IN_CIRCLES.contains(&&*module(circle)));
    let mut told = String::new();
    for circle in circles {
        told += &format!("{}\n", circle.join(" "));
        for (from, to) in circle.iter().flat_map(|a| circle.iter().map(move |b| (a, b))) {
            if let Some(names) = arrows.get(from.as_str()).and_then(|others| others.get(to.as_str())) {
                told += &format!("    {from} takes {names:?} from {to}\n");
            }
        }
    }
    assert!(told.is_empty(), "files in a circle:\n{told}");
    let left: BTreeSet<String> = left.iter().map(|circle| module(circle)).collect();
    assert!(IN_CIRCLES.iter().all(|module| left.contains(*module)), "strike out the modules that are free of circles: {left:?} remain");
}

/// A study says nothing of how a scenario is written.
#[test]
fn a_study_is_free_of_the_schema() {
    let house = House::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    let arrows = house.arrows();
    let studies: Vec<_> = arrows.iter().filter(|(file, _)| file.starts_with("scenario/study")).collect();
    assert!(!studies.is_empty(), "the study's files were not found");
    for (file, others) in studies {
        assert!(others.keys().all(|other| other.starts_with("scenario/study")), "{file} uses {others:?}");
    }
}

/// Files that can be reached from one another, each group once, by name.
fn circles(arrows: &Arrows<'_>) -> Vec<Vec<String>> {
    let reach = |from: &str| {
        let mut reached: BTreeSet<String> = BTreeSet::new();
        let mut next = vec![from.to_owned()];
        while let Some(file) = next.pop() {
            for other in arrows.get(file.as_str()).into_iter().flat_map(BTreeMap::keys) {
                if reached.insert((*other).to_owned()) {
                    next.push((*other).to_owned());
                }
            }
        }
        reached
    };
    let reached: BTreeMap<String, BTreeSet<String>> = arrows.keys().map(|file| ((*file).to_owned(), reach(file))).collect();
    let mut found: Vec<Vec<String>> = Vec::new();
    for (file, others) in reached.iter().filter(|(file, others)| others.contains(*file)) {
        if !found.iter().any(|circle| circle.contains(file)) {
            found.push(others.iter().filter(|other| reached.get(*other).is_some_and(|back| back.contains(file))).cloned().collect());
        }
    }
    found
}

#[test]
fn paths_are_found_wherever_they_stand() {
    let text = "use crate::{a::X, b::{c, d}, e};\nfn f() { crate::g::h(); $crate::i!() } /// [`crate::j::K`]\nlet xcrate::no = 1; use crate::l as m;";
    assert_eq!(used(text).into_iter().collect::<Vec<_>>(), ["a", "b", "e", "g", "i", "j", "l"]);
}

#[test]
fn the_table_reads_everything_above() {
    let table = allowed(
        "| m | w | u |\n|---|---|---|\n| `a` | x | |\n| `b` | x | a |\n| `c` | x | everything above but `a` |\n| `d` | x | everything above |",
    );
    let row = |m: &str| table[m].iter().cloned().collect::<Vec<_>>();
    assert_eq!(
        (row("a"), row("b"), row("c"), row("d")),
        (vec![], vec!["a".into()], vec!["b".into()], vec!["a".into(), "b".into(), "c".into()])
    );
}
