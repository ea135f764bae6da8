//! What a finding says to do is what the person meant: `tests/data/helps.csv` lays texts and overrides over the quickstart and names
//! the codes of all errors, the place of one of them, and a part of its help. `⏎` stands for a line break.

use std::path::Path;

use copperplate::diagnostic::{Finding, Severity};
use copperplate::scenario::open;

fn place(finding: &Finding) -> String {
    let at = finding.location.as_ref().map(copperplate::diagnostic::Location::file_line).unwrap_or_default();
    at.rsplit('/').next().unwrap_or_default().to_owned()
}

#[test]
fn the_help_is_what_was_meant() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("helps");
    std::fs::create_dir_all(&folder).unwrap();
    let (base, path) = (root.join("scenarios/quickstart.toml"), folder.join("case.toml"));
    let mut cases = 0;
    for row in csv::Reader::from_path(root.join("tests/data/helps.csv")).unwrap().deserialize() {
        let (text, set, codes, at, help): (String, String, String, String, String) = row.unwrap();
        std::fs::write(&path, format!("extends = {base:?}\n{}\n", text.replace('⏎', "\n"))).unwrap();
        let sets: Vec<String> = [set.clone()].into_iter().filter(|set| !set.is_empty()).collect();
        let found = open(&path, &sets).and_then(|opened| opened.study(None).map(|_| ()));
        let errors: Vec<Finding> =
            found.err().map(|all| all.0).unwrap_or_default().into_iter().filter(|f| f.severity == Severity::Error).collect();
        let mut told: Vec<&str> = errors.iter().map(|f| f.code).collect();
        told.sort_unstable();
        assert_eq!(told.join(" "), codes, "{text} {set}: {errors:#?}");
        let said = |f: &Finding| place(f) == at && f.help.as_ref().is_some_and(|said| said.contains(&help));
        assert!(codes.is_empty() || errors.iter().any(said), "{text} {set}: {errors:#?}");
        cases += 1;
    }
    assert!(cases > 50);
}
