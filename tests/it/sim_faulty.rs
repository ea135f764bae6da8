//! What people are told about scenarios that do not fit themselves, their feeder or the calendar.
//!
//! Each file of `tests/data/sim/faulty` is laid over the summer scenario; its first line names the codes of the findings it
//! must get, and a snapshot beside it holds the text.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::sim_support::{prepare, told};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/sim/faulty")
}

fn cases() -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder()).unwrap().map(|e| e.unwrap().path());
    let mut cases: Vec<PathBuf> = entries.filter(|p| p.extension().is_some_and(|e| e == "toml")).collect();
    cases.sort();
    cases
}

#[test]
fn every_faulty_scenario_is_told_as_recorded() {
    assert!(cases().len() >= 10);
    for path in cases() {
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let text = std::fs::read_to_string(&path).unwrap();
        let codes: Vec<&str> = text.lines().next().unwrap().trim_start_matches('#').split_whitespace().collect();
        let findings = prepare(&path, |_| {}).err().unwrap_or_else(|| panic!("{name} passes"));
        let got: Vec<&str> = findings.0.iter().map(|f| f.code).collect();
        assert_eq!(got, codes, "{name}:\n{}", told(&findings));
        insta::with_settings!({ snapshot_path => folder(), prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(name, told(&findings));
        });
    }
}

/// The command says the same, exits with 2 and leaves nothing behind.
#[test]
fn a_faulty_scenario_leaves_no_results() {
    let out = Path::new(env!("CARGO_TARGET_TMPDIR")).join("faulty-results");
    if out.exists() {
        std::fs::remove_dir_all(&out).unwrap();
    }
    for path in cases() {
        let run = Command::new(env!("CARGO_BIN_EXE_copperplate")).arg("run").arg(&path).arg("--out").arg(&out).output().unwrap();
        assert_eq!(run.status.code(), Some(2), "{}: {}", path.display(), String::from_utf8_lossy(&run.stderr));
        assert!(!out.exists(), "{}", path.display());
        assert!(run.stdout.is_empty());
    }
}
