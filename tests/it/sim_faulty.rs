//! What people are told about scenarios that do not fit themselves, their feeder or the calendar.
//!
//! Each file of `tests/data/sim/faulty` and `tests/data/sim/odd` is laid over the sound scenario beside them; its first line names
//! the codes of the findings it must get, and a snapshot beside it holds the text. The odd ones get warnings and run.

use std::path::{Path, PathBuf};
use std::process::Command;

use copperplate::diagnostic::Findings;
use copperplate::scenario::open;

use crate::sim_support::told;

fn folder(kind: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/sim").join(kind)
}

fn cases(kind: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder(kind)).unwrap().map(|e| e.unwrap().path());
    let mut cases: Vec<PathBuf> = entries.filter(|p| p.extension().is_some_and(|e| e == "toml")).collect();
    cases.sort();
    cases
}

/// All that is said about a scenario, and whether it would run.
fn look(path: &Path) -> (Findings, bool) {
    let opened = match open(path, &[]) {
        Ok(opened) => opened,
        Err(findings) => return (findings, false),
    };
    match opened.study(None) {
        Ok((_, odd)) => (Findings([opened.warnings.0, odd.0].concat()), true),
        Err(findings) => (findings, false),
    }
}

fn as_recorded(kind: &str, runs: bool) {
    for path in cases(kind) {
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let text = std::fs::read_to_string(&path).unwrap();
        let codes: Vec<&str> = text.lines().next().unwrap().trim_start_matches('#').split_whitespace().collect();
        let (findings, ran) = look(&path);
        assert_eq!(ran, runs, "{name}:\n{}", told(&findings));
        let got: Vec<&str> = findings.0.iter().map(|f| f.code).collect();
        assert_eq!(got, codes, "{name}:\n{}", told(&findings));
        for finding in &findings.0 {
            assert!(finding.location.is_some(), "{name}: a place for {}", finding.message);
        }
        insta::with_settings!({ snapshot_path => folder(kind), prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(name, told(&findings));
        });
    }
}

#[test]
fn every_faulty_scenario_is_told_as_recorded() {
    assert!(cases("faulty").len() >= 60);
    as_recorded("faulty", false);
}

#[test]
fn every_odd_scenario_is_told_as_recorded_and_runs() {
    assert!(cases("odd").len() >= 5);
    as_recorded("odd", true);
}

/// The commands say the same, exit with 2 and leave nothing behind.
#[test]
fn a_faulty_scenario_leaves_no_results() {
    let out = Path::new(env!("CARGO_TARGET_TMPDIR")).join("faulty-results");
    if out.exists() {
        std::fs::remove_dir_all(&out).unwrap();
    }
    let command = |args: &[&Path]| Command::new(env!("CARGO_BIN_EXE_copperplate")).args(args).output().unwrap();
    for path in cases("faulty") {
        let run = command(&[Path::new("run"), &path, Path::new("--out"), &out]);
        assert_eq!(run.status.code(), Some(2), "{}: {}", path.display(), String::from_utf8_lossy(&run.stderr));
        assert!(!out.exists(), "{}", path.display());
        assert!(run.stdout.is_empty());
        let validated = command(&[Path::new("validate"), &path]);
        assert_eq!((validated.status.code(), &validated.stderr), (Some(2), &run.stderr), "{}", path.display());
    }
}
