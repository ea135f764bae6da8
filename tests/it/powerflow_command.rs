//! `copperplate powerflow` and `copperplate import` as a person runs them.

use std::path::Path;
use std::process::{Command, Output};

fn copperplate(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_copperplate")).args(args).output().expect("the binary runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

const RURAL: &str = "scenarios/feeders/lv-rural1-2";

#[test]
fn a_moment_of_the_year_is_shown_as_a_short_table() {
    let out = copperplate(&["powerflow", RURAL, "--at", "2016-07-24T13:00"]);
    assert!(out.status.success(), "{}", text(&out.stderr));
    assert!(out.stderr.is_empty());
    insta::assert_snapshot!(text(&out.stdout));
}

#[test]
fn a_meshed_grid_is_solved_and_its_loops_are_counted() {
    let out = copperplate(&["powerflow", "tests/data/powerflow/sb_mv_rural_meshed"]);
    assert!(out.status.success(), "{}", text(&out.stderr));
    // Seven, of which the twin transformers, which share one ratio, are one branch.
    let first = "sb_mv_rural_meshed at nominal power: 95 nodes, 101 branches, 6 loops, ";
    assert!(text(&out.stdout).starts_with(first), "{}", text(&out.stdout));
}

#[test]
fn tables_are_written_whole() {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("powerflow-out");
    let _ = std::fs::remove_dir_all(&dir);
    let out = copperplate(&["powerflow", "tests/data/powerflow/case33bw", "--out", dir.to_str().unwrap()]);
    assert!(out.status.success());
    let mut files: Vec<String> = std::fs::read_dir(&dir).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    files.sort();
    assert_eq!(files, ["branch.csv", "bus.csv", "manifest.json"]);
    let bus = std::fs::read_to_string(dir.join("bus.csv")).unwrap();
    assert!(bus.starts_with("id,u_pu,angle_deg\n0,1,0\n"), "{bus}");
    assert_eq!(bus.lines().count(), 34);
    let branch = std::fs::read_to_string(dir.join("branch.csv")).unwrap();
    assert!(branch.starts_with("kind,id,p_from_w,q_from_var,i_from_a,i_to_a,loading\nline,0,3917677"), "{branch}");
}

#[test]
fn three_phases_are_shown_phase_by_phase() {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("powerflow-phases");
    let _ = std::fs::remove_dir_all(&dir);
    let grid = "tests/data/powerflow_three_phase/ieee_eu_lv_3ph";
    let out = copperplate(&["powerflow", grid, "--phases", "three-phase", "--out", dir.to_str().unwrap()]);
    assert!(out.status.success() && out.stderr.is_empty(), "{}", text(&out.stderr));
    insta::assert_snapshot!(text(&out.stdout));
    let bus = std::fs::read_to_string(dir.join("bus.csv")).unwrap();
    assert!(bus.starts_with("id,u_a_pu,u_b_pu,u_c_pu,angle_a_deg,angle_b_deg,angle_c_deg,unbalance,displacement_pu\n0,1.0499"), "{bus}");
    assert_eq!(bus.lines().count(), 908);
    let spread = copperplate(&["powerflow", grid]);
    assert!(spread.status.success());
    assert!(
        text(&spread.stderr).contains("warning[phases-spread]: the balanced load flow spreads 55 single-phase connections"),
        "{}",
        text(&spread.stderr)
    );
    let missing = copperplate(&["powerflow", "tests/data/powerflow/sb_lv_rural1", "--phases", "three-phase"]);
    assert_eq!(missing.status.code(), Some(2));
    assert!(text(&missing.stderr).contains("error[missing-zero-sequence]"), "{}", text(&missing.stderr));
}

#[test]
fn a_batch_prints_one_json_object() {
    let out = copperplate(&["powerflow", "tests/data/powerflow/sb_lv_rural1", "--batch", "50", "--json"]);
    assert!(out.status.success());
    let figures: serde_json::Map<String, serde_json::Value> = serde_json::from_slice(&out.stdout).unwrap();
    let keys: Vec<&str> = figures.keys().map(String::as_str).collect();
    let expected = [
        "grid",
        "nodes",
        "steps",
        "tolerance",
        "cpu_s",
        "cpu_magnitude_s",
        "ns_per_node",
        "iterations_mean",
        "max_error_pu",
        "not_converged",
    ];
    assert_eq!(keys, expected);
    assert_eq!((&figures["nodes"], &figures["steps"], &figures["not_converged"]), (&15.into(), &50.into(), &0.into()));
    assert!(figures["max_error_pu"].as_f64().unwrap() <= 1e-8);
}

#[test]
fn exit_codes_tell_wrong_input_from_a_failed_case() {
    let wrong = copperplate(&["powerflow", "tests/data/import/bad"]);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(text(&wrong.stderr).contains("tests/data/import/bad/lines.csv:2:14"));
    assert!(wrong.stdout.is_empty());
    assert_eq!(copperplate(&["powerflow"]).status.code(), Some(2));
    assert_eq!(copperplate(&["powerflow", RURAL, "--at", "2017-07-24T13:00"]).status.code(), Some(2));
    assert_eq!(copperplate(&["import", "simbench", "--data", "nowhere", "--code", "x", "--out", "nowhere"]).status.code(), Some(2));
    let overloaded = Path::new(env!("CARGO_TARGET_TMPDIR")).join("overloaded");
    let _ = std::fs::remove_dir_all(&overloaded);
    std::fs::create_dir_all(&overloaded).unwrap();
    for file in ["nodes.csv", "lines.csv", "transformers.csv", "sources.csv"] {
        std::fs::copy(Path::new("tests/data/powerflow/sb_lv_rural1").join(file), overloaded.join(file)).unwrap();
    }
    std::fs::write(overloaded.join("injections.csv"), "id,name,node,kind,p_w,q_var\n0,works,10,load,9e6,0\n").unwrap();
    let out_dir = overloaded.join("out");
    let failed = copperplate(&["powerflow", overloaded.to_str().unwrap(), "--out", out_dir.to_str().unwrap()]);
    assert_eq!(failed.status.code(), Some(1));
    assert!(text(&failed.stderr).contains("the load flow has no operating point"), "{}", text(&failed.stderr));
    assert!(!out_dir.exists(), "nothing is written");
}

#[test]
fn a_feeder_in_other_units_is_told_before_it_fails() {
    let out = copperplate(&["powerflow", "tests/data/sim/kilovolts"]);
    let said = text(&out.stderr);
    assert!(said.contains("warning[unlikely-unit]") && said.contains("10 kV is 10000 V"), "{said}");
    // A cable at 0.4 V carries nothing; the failure points back at the units.
    assert_eq!(out.status.code(), Some(1), "{said}\n{}", text(&out.stdout));
    assert!(said.contains("first correct what the warnings above name"), "{said}");
    let refused = copperplate(&["powerflow", "tests/data/sim/upside-down"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(text(&refused.stderr).contains("feed-in-sign") && text(&refused.stderr).contains("write -5000"), "{}", text(&refused.stderr));
}
