//! The crate's source files as the tests of its structure read them: what each names of the others.
//!
//! A file uses another when its code names, in a `use` or in a path, a thing that the other defines. A name that was handed on
//! (`pub use`) counts for the file that defines it, and handing on is no use: a `mod.rs` that only lists and re-exports uses nothing,
//! one that also calls its children uses them. Comments and test modules are not read: documentation may point anywhere, and
//! tests may use what they test with. A method of a known type is no path, so calling one is no use either.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// `file → (other, the names it takes from there)`.
pub(crate) type Arrows<'a> = BTreeMap<&'a str, BTreeMap<&'a str, BTreeSet<String>>>;

/// A source file as the crate's module tree has it.
pub(crate) struct File {
    /// `scenario/lint/mod.rs`.
    pub(crate) name: String,
    /// `[scenario, lint]`; empty for the crate's root.
    pub(crate) module: Vec<String>,
    /// Code without comments, texts and the module `tests`.
    pub(crate) words: Vec<String>,
    pub(crate) uses: Vec<Import>,
}

/// One name of a `use`.
pub(crate) struct Import {
    pub(crate) path: Vec<String>,
    /// The name it has here; `*` for all of them.
    name: String,
    /// Whether others may take it from here.
    handed_on: bool,
}

/// Names and marks of a source text: identifiers and single characters; comments, texts and what follows `#[cfg(test)] mod` are
/// left out: tests stand last, and may use what they test with.
pub(crate) fn words(text: &str) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    let at = |i: usize| chars.get(i).copied().unwrap_or('\0');
    let part = |c: char| c.is_alphanumeric() || c == '_';
    let mut found: Vec<String> = Vec::new();
    let mut i = 0;
    while i < chars.len() {
        match at(i) {
            '/' if at(i + 1) == '/' => i += chars[i..].iter().take_while(|c| **c != '\n').count(),
            '"' => i = after_text(&chars, i + 1),
            'r' if at(i + 1) == '#' && at(i + 2) == '"' => {
                let end = (i + 3..chars.len()).find(|&k| at(k) == '"' && at(k + 1) == '#');
                i = end.map_or(chars.len(), |k| k + 2);
            }
            '\'' if at(i + 1) == '\\' => i += 3 + chars[i + 3..].iter().take_while(|c| **c != '\'').count(),
            '\'' if at(i + 2) == '\'' => i += 3,
            '\'' => i += 1 + chars[i + 1..].iter().take_while(|c| part(**c)).count(),
            c if part(c) => {
                let word: String = chars[i..].iter().take_while(|c| part(**c)).collect();
                i += word.chars().count();
                found.push(word);
                if found.ends_with(&["#", "[", "cfg", "(", "test", ")", "]", "mod"].map(str::to_owned)) {
                    found.truncate(found.len() - 8);
                    return found;
                }
            }
            c => {
                if !c.is_whitespace() {
                    found.push(c.to_string());
                }
                i += 1;
            }
        }
    }
    found
}

fn after_text(chars: &[char], mut i: usize) -> usize {
    while i < chars.len() && chars[i] != '"' {
        i += if chars[i] == '\\' { 2 } else { 1 };
    }
    i + 1
}

/// Takes the `use` items out of `words`, and what declares modules and says how far a thing is seen.
fn imports(words: &mut Vec<String>) -> Vec<Import> {
    let mut found = Vec::new();
    let mut rest = Vec::new();
    let mut i = 0;
    while i < words.len() {
        if words[i] == "mod" && words.get(i + 2).is_some_and(|w| w == ";") {
            i += 3;
            continue;
        }
        if words[i] == "in" && rest.ends_with(&["pub".to_owned(), "(".to_owned()]) {
            i += words[i..].iter().position(|w| w == ")").expect("a visibility ends");
        }
        if words[i] != "use" || words.get(i + 1).is_some_and(|w| w == "<") {
            rest.push(words[i].clone());
            i += 1;
            continue;
        }
        let end = i + words[i..].iter().position(|w| w == ";").expect("a use ends");
        // `pub use`, `pub(super) use`.
        let visibility = rest.iter().rposition(|w| matches!(w.as_str(), ";" | "}" | "{" | "]")).map_or(0, |k| k + 1);
        let handed_on = rest.get(visibility).is_some_and(|w| w == "pub");
        if handed_on {
            rest.truncate(visibility);
        }
        tree(&words[i + 1..end], &[], handed_on, &mut found);
        i = end + 1;
    }
    *words = rest;
    found
}

/// The names of a tree of imports below `above`.
fn tree(words: &[String], above: &[String], handed_on: bool, found: &mut Vec<Import>) {
    let mut path = above.to_vec();
    let mut i = 0;
    while i < words.len() {
        match words[i].as_str() {
            ":" => i += 1,
            "{" => {
                let (mut depth, mut from) = (0, i + 1);
                for k in i..words.len() {
                    match words[k].as_str() {
                        "{" => depth += 1,
                        "}" => depth -= 1,
                        _ => {}
                    }
                    if (depth == 1 && words[k] == ",") || depth == 0 {
                        tree(&words[from..k], &path, handed_on, found);
                        from = k + 1;
                    }
                }
                return;
            }
            "as" => {
                found.push(Import { path, name: words[i + 1].clone(), handed_on });
                return;
            }
            word => {
                path.push(word.to_owned());
                i += 1;
            }
        }
    }
    if path.len() > above.len() {
        if path.last().is_some_and(|last| last == "self") {
            path.pop();
        }
        let name = path.last().cloned().unwrap_or_default();
        found.push(Import { path, name, handed_on });
    }
}

/// The crate's files by module.
pub(crate) struct House(pub(crate) BTreeMap<Vec<String>, File>);

impl House {
    pub(crate) fn read(src: &Path) -> House {
        let mut paths = Vec::new();
        sources(src, &mut paths);
        let files = paths.into_iter().map(|path| {
            let name = path.strip_prefix(src).unwrap().to_str().unwrap().to_owned();
            (name, std::fs::read_to_string(&path).unwrap())
        });
        House::of(files)
    }

    pub(crate) fn of(files: impl Iterator<Item = (String, String)>) -> House {
        let file = |(name, text): (String, String)| {
            let mut module: Vec<String> = name.trim_end_matches(".rs").split('/').map(str::to_owned).collect();
            if module.last().is_some_and(|last| matches!(last.as_str(), "mod" | "lib" | "main")) {
                module.pop();
            }
            let mut words = words(&text);
            let uses = imports(&mut words);
            (module.clone(), File { name, module, words, uses })
        };
        House(files.filter(|(name, _)| name != "main.rs").map(file).collect())
    }

    /// The file that defines what `path` names in `file`; `None` if it is no part of the crate.
    fn defining(&self, file: &File, path: &[String], depth: usize) -> Option<&File> {
        let (mut module, mut rest) = match path.first()?.as_str() {
            "crate" => (Vec::new(), &path[1..]),
            "self" => (file.module.clone(), &path[1..]),
            "super" => (file.module.clone(), path),
            first if self.0.contains_key(&[&file.module[..], &[first.to_owned()]].concat()) => (file.module.clone(), path),
            first => {
                // A module that was imported by its name.
                let import = file.uses.iter().find(|import| import.name == first && import.path[..] != *path)?;
                let whole = [&import.path[..], &path[1..]].concat();
                return if depth > 0 { self.defining(file, &whole, depth - 1) } else { None };
            }
        };
        while let Some((first, after)) = rest.split_first() {
            if first == "super" {
                module.pop()?;
                rest = after;
                continue;
            }
            let below = [&module[..], std::slice::from_ref(first)].concat();
            if self.0.contains_key(&below) {
                module = below;
                rest = after;
                continue;
            }
            let holder = self.0.get(&module)?;
            // What a module imports, those below it may take from it.
            return match holder.uses.iter().find(|import| import.name == *first) {
                Some(import) if depth > 0 => self.defining(holder, &[&import.path[..], after].concat(), depth - 1),
                _ => Some(holder),
            };
        }
        self.0.get(&module)
    }

    /// What each file takes from others of its room: `file → (other, the names)`.
    pub(crate) fn arrows(&self) -> Arrows<'_> {
        let mut arrows = Arrows::new();
        for file in self.0.values() {
            let named = |name: &str| file.words.iter().any(|word| word == name);
            let is_macro = |name: &str| file.words.windows(2).any(|pair| pair[0] == name && pair[1] == "!");
            let whole = |i: &Import| self.is_module(file, &i.path) && !is_macro(&i.name);
            let imported = file.uses.iter().filter(|i| (!i.handed_on || named(&i.name)) && !whole(i)).map(|i| i.path.clone());
            for path in imported.chain(paths(&file.words)) {
                let Some(other) = self.defining(file, &path, 8) else { continue };
                if other.name != file.name && other.module.first() == file.module.first() {
                    let names = arrows.entry(&file.name).or_default().entry(&other.name).or_default();
                    names.insert(path.last().cloned().unwrap_or_default());
                }
            }
        }
        arrows
    }

    /// Whether a path names a module: whoever imports one takes from it what its paths say.
    fn is_module(&self, file: &File, path: &[String]) -> bool {
        let mut module = match path.first().map(String::as_str) {
            Some("crate") => Vec::new(),
            _ => file.module.clone(),
        };
        for step in path.iter().filter(|step| !matches!(step.as_str(), "crate" | "self")) {
            match step.as_str() {
                "super" => drop(module.pop()),
                step => module.push(step.to_owned()),
            }
        }
        self.0.contains_key(&module)
    }
}

/// Every path of two steps or more in code.
pub(crate) fn paths(words: &[String]) -> Vec<Vec<String>> {
    let is_name = |w: &String| w.starts_with(|c: char| c.is_alphabetic() || c == '_');
    let colons = |i: usize| words.get(i).is_some_and(|w| w == ":") && words.get(i + 1).is_some_and(|w| w == ":");
    let mut found = Vec::new();
    let mut i = 0;
    while i < words.len() {
        let mut path = Vec::new();
        let follows = i >= 2 && colons(i - 2);
        while words.get(i).is_some_and(is_name) {
            path.push(words[i].clone());
            if !colons(i + 1) {
                break;
            }
            i += 3;
        }
        if path.len() > 1 && !follows {
            found.push(path);
        }
        i += 1;
    }
    found
}

/// All source files in and below `dir`.
pub(crate) fn sources(dir: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, files);
        } else if path.extension().is_some_and(|e| e == "rs") {
            files.push(path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn house(files: &[(&str, &str)]) -> Vec<String> {
        let house = House::of(files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())));
        let told = |(from, others): (&&str, &BTreeMap<&str, BTreeSet<String>>)| {
            others
                .iter()
                .map(|(to, names)| format!("{from} {to} {}", names.iter().cloned().collect::<Vec<_>>().join(",")))
                .collect::<Vec<_>>()
        };
        house.arrows().iter().flat_map(told).collect()
    }

    #[test]
    fn names_lead_to_the_file_that_defines_them() {
        let files = [
            ("lib.rs", "pub mod a;"),
            ("a/mod.rs", "mod b; pub mod c; pub use b::{B, Other as Renamed}; pub(super) fn top() {}"),
            ("a/b.rs", "pub struct B; pub struct Other; use super::c::{self, d};"),
            (
                "a/c.rs",
                "use crate::a::{B, Renamed};\nfn f() { super::top(); \"super::b::X\" } // super::b::Y\n#[cfg(test)]\nmod tests { use super::super::b::Z; }",
            ),
            ("a/c/d.rs", "pub fn g() { let c = 'x'; crate::a::B; }"),
        ];
        let found = house(&files);
        assert_eq!(found, ["a/c.rs a/b.rs B,Renamed", "a/c.rs a/mod.rs top", "a/c/d.rs a/b.rs B"]);
    }

    #[test]
    fn handing_on_is_no_use_and_calling_is() {
        let child = ("a/b.rs", "pub fn f() { super::T; }");
        assert_eq!(house(&[("lib.rs", ""), ("a/mod.rs", "mod b; pub use b::f; pub struct T;"), child]), ["a/b.rs a/mod.rs T"]);
        let called = house(&[("lib.rs", ""), ("a/mod.rs", "mod b; pub struct T; fn g() { b::f() }"), child]);
        assert_eq!(called, ["a/b.rs a/mod.rs T", "a/mod.rs a/b.rs f"]);
    }
}
