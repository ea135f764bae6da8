//! Sweeps from end to end: kill and resume, threads, shards, failed cases, changed scenarios, faulty tables.
#![allow(clippy::disallowed_methods, reason = "a process is killed at moments of the clock")]

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use copperplate::output::Column;
use copperplate::rng::Stream;
use copperplate::sweep::{Folder, Plan, Results};

use crate::sim_support::told;

/// A day of the quickstart's feeder, `sweep` below it.
fn scenario(name: &str, sweep: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("sweeps");
    std::fs::create_dir_all(&folder).unwrap();
    let base = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/quickstart.toml");
    let head = format!("extends = {base:?}\nname = \"{name}\"\ntime.until = \"2016-07-22\"\n");
    let path = folder.join(format!("{name}.toml"));
    std::fs::write(&path, head + sweep).unwrap();
    path
}

/// An empty place for a sweep.
fn place(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("sweeps").join(name);
    let _ = std::fs::remove_dir_all(&path);
    path
}

fn command(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_copperplate"));
    command.arg("sweep").args(args).env_remove("RUST_BACKTRACE");
    command
}

fn sweep(args: &[&str]) -> Output {
    command(args).output().expect("the binary runs")
}

fn done(args: &[&str]) -> String {
    let out = sweep(args);
    assert!(out.status.success(), "{args:?}\n{}", text(&out.stderr));
    text(&out.stdout)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

fn results(folder: &Path) -> Vec<u8> {
    std::fs::read(folder.join("results.parquet")).expect("merged")
}

const GRID: &str = r#"
strategies = ["copper-plate", "congestion-management"]
[sweep]
seeds = 3
[[sweep.parameter]]
key = "feeder.pv_scale"
from = 0.5
to = 1.5
steps = 8
"#;

#[test]
fn a_sweep_is_the_same_on_one_thread_two_threads_and_in_shards() {
    let (scenario, one, two, shards) = (scenario("grid", GRID), place("one"), place("two"), place("shards"));
    let (file, at) = (scenario.to_str().unwrap(), |p: &PathBuf| p.to_str().unwrap().to_owned());
    done(&[file, "--out", &at(&one), "--threads", "1"]);
    done(&[file, "--out", &at(&two), "--threads", "2"]);
    assert_eq!(results(&one), results(&two));

    done(&["plan", file, "--out", &at(&shards)]);
    for shard in ["2/3", "0/3"] {
        done(&["work", &at(&shards), "--shard", shard]);
    }
    let early = sweep(&["merge", &at(&shards)]);
    assert_eq!(early.status.code(), Some(2), "{}", text(&early.stderr));
    assert!(text(&early.stderr).contains("error[sweep-unfinished]: 8 of 24 parts are missing: 1, 4, 7,"), "{}", text(&early.stderr));
    assert!(done(&["status", &at(&shards)]).contains("8 of 24 parts are missing"));
    let array = [("SLURM_ARRAY_TASK_ID", "1"), ("SLURM_ARRAY_TASK_MIN", "0"), ("SLURM_ARRAY_TASK_COUNT", "3")];
    assert!(command(&["work", &at(&shards)]).envs(array).status().unwrap().success());
    assert!(done(&["work", &at(&shards), "--shard", "1/3"]).contains("shard 1/3: 0 cases run"), "nothing is run twice");
    done(&["merge", &at(&shards)]);
    assert_eq!(results(&one), results(&shards));

    let results = Results::read(&Folder::open(&one).unwrap()).unwrap();
    assert_eq!((results.cases(), results.strategy_names()), (48, vec!["copper-plate", "congestion-management"]));
    assert_eq!(results.parameters().collect::<Vec<_>>(), ["feeder.pv_scale"]);
    let Some(Column::F64(scale)) = results.parameter("feeder.pv_scale") else { panic!("a number") };
    assert_eq!((scale[0], scale[47], results.seeds()[0], results.seeds()[5]), (0.5, 1.5, 1, 3));
    let peak = results.kpi("max_loading_ex_ante_percent");
    assert!(peak.iter().all(|x| x.is_finite()) && peak[42] > 1.5 * peak[0], "more PV, more loading: {} {}", peak[0], peak[42]);
}

#[test]
fn a_row_says_what_the_single_run_says() {
    let (scenario, folder, single) = (scenario("single", GRID), place("many"), place("single"));
    done(&[scenario.to_str().unwrap(), "--out", folder.to_str().unwrap(), "--set", "sweep.seeds=[2]", "--set", "sweep.parameter=[]"]);
    let run = Command::new(env!("CARGO_BIN_EXE_copperplate"))
        .args(["run", scenario.to_str().unwrap(), "--seed", "2", "--out", single.to_str().unwrap()])
        .output()
        .unwrap();
    assert!(run.status.success(), "{}", text(&run.stderr));
    let results = Results::read(&Folder::open(&folder).unwrap()).unwrap();
    let kpis = std::fs::read_to_string(single.join("kpi.csv")).unwrap();
    let mut compared = 0;
    for line in kpis.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let row = results.strategies().iter().position(|s| s == cells[0]).expect("a strategy of the sweep");
        let value = results.kpi(cells[1])[row];
        // The file for the eye has six digits after the point.
        let same = cells[2].parse::<f64>().map_or(value.is_nan(), |shown| (shown - value).abs() < 5.1e-7);
        assert!(same, "{line}: {value}");
        compared += 1;
    }
    // A single run lists no figures behind the meter where it follows no households.
    let listed = copperplate::kpi::DEFINITIONS.iter().filter(|d| d.section != copperplate::kpi::Section::BehindTheMeter).count();
    assert_eq!(compared, 2 * listed);
}

#[test]
fn a_killed_sweep_goes_on_where_it_stopped() {
    let (scenario, calm, troubled) = (scenario("killed", GRID), place("calm"), place("troubled"));
    let (file, at) = (scenario.to_str().unwrap(), troubled.to_str().unwrap());
    let began = std::time::Instant::now();
    let run = |at: &str| command(&[file, "--out", at, "--threads", "2", "--set", "sweep.parameter[0].steps=24"]);
    assert!(run(calm.to_str().unwrap()).stdout(Stdio::null()).status().unwrap().success());
    let whole = began.elapsed();
    let mut moments = Stream::new(1, "test", "kill");
    let mut kept = 0;
    for round in 0..10 {
        let share = moments.at(round).uniform();
        let mut child: Child = run(at).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_secs_f64(whole.as_secs_f64() * 0.4 * share));
        child.kill().unwrap();
        child.wait().unwrap();
        let parts = whole_parts(&troubled);
        assert!(parts >= kept, "a finished part was lost: {kept}, then {parts}");
        kept = parts;
    }
    assert!(kept > 0, "some kill came after a part");
    let before = stamps(&troubled);
    assert!(run(at).stdout(Stdio::null()).status().unwrap().success());
    assert!(before.iter().all(|stamp| stamps(&troubled).contains(stamp)), "no finished part was run again");
    assert_eq!(results(&calm), results(&troubled));
    let left = |p: &Path| std::fs::read_dir(p.join("parts")).unwrap().count() + std::fs::read_dir(p).unwrap().count();
    assert_eq!(left(&calm), left(&troubled), "nothing half-written is left");
}

fn whole_parts(folder: &Path) -> usize {
    stamps(folder).len()
}

/// Finished parts with the time they were written.
fn stamps(folder: &Path) -> Vec<(PathBuf, std::time::SystemTime)> {
    let entries = std::fs::read_dir(folder.join("parts")).into_iter().flatten().flatten().map(|e| e.path());
    let parts = entries.filter(|p| p.extension().is_some_and(|e| e == "parquet"));
    parts.map(|p| (p.clone(), p.metadata().unwrap().modified().unwrap())).collect()
}

#[test]
fn a_failing_case_is_a_row_with_its_reason() {
    // The second planning limit lies above the emergency limit. The third transformer is all reactance: nothing gets through it.
    let table = r#"
strategies = ["copper-plate", "reinforce"]
[sweep]
design = "list"
[[sweep.parameter]]
key = "congestion_point[0].planning"
values = [0.95, 1.4, 0.95]
[[sweep.parameter]]
key = "strategy.reinforce.replacement[0].short_circuit_percent"
values = [4, 4, 5000]
"#;
    let (scenario, folder) = (scenario("failing", table), place("failing"));
    let out = sweep(&[scenario.to_str().unwrap(), "--out", folder.to_str().unwrap()]);
    assert_eq!(out.status.code(), Some(1), "{}", text(&out.stderr));
    let results = Results::read(&Folder::open(&folder).unwrap()).unwrap();
    let ok: Vec<bool> = (0..6).map(|case| results.succeeded(case)).collect();
    assert_eq!(ok, [true, true, false, false, true, false], "{}", text(&out.stdout));
    assert!(results.reason(2).contains("1.4"), "{}", results.reason(2));
    assert_eq!(results.reason(5), "the load flow has no solution in 96 of 96 steps");
    assert!(results.kpi("paid_total_eur")[2].is_nan() && results.reason(0).is_empty());
    assert!(text(&out.stdout).contains("failing: 6 cases") && text(&out.stdout).contains("3 failed\n  case 2: "));
}

#[test]
fn another_question_does_not_go_into_the_same_folder() {
    let (scenario, folder) = (scenario("changed", GRID), place("changed"));
    let (file, at) = (scenario.to_str().unwrap(), folder.to_str().unwrap());
    let few = ["--set", "sweep.seeds=1", "--set", "sweep.parameter=[]"];
    let run = |more: &[&str]| sweep(&[&[file, "--out", at], &few[..], more].concat());
    assert!(run(&[]).status.success());
    let first = results(&folder);
    let other = run(&["--set", "feeder.load_scale=1.1"]);
    assert_eq!(other.status.code(), Some(2));
    assert!(text(&other.stderr).contains("error[sweep-changed]"), "{}", text(&other.stderr));
    std::fs::write(&scenario, std::fs::read_to_string(&scenario).unwrap() + "\n[feeder]\nrating_scale = 0.9\n").unwrap();
    for step in [run(&[]), sweep(&["work", at, "--shard", "0/1"])] {
        assert_eq!(step.status.code(), Some(2));
        assert!(text(&step.stderr).contains("changed.toml' has changed"), "{}", text(&step.stderr));
    }
    assert_eq!(results(&folder), first, "nothing was touched");
    assert!(run(&["--fresh"]).status.success());
    assert_ne!(results(&folder), first);
    let foreign = place("foreign");
    std::fs::create_dir_all(&foreign).unwrap();
    std::fs::write(foreign.join("thesis.tex"), "years of work").unwrap();
    let refused = sweep(&[file, "--out", foreign.to_str().unwrap(), "--fresh"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(text(&refused.stderr).contains("error[foreign-folder]") && foreign.join("thesis.tex").is_file());
}

#[test]
fn faulty_tables_are_told_all_at_once() {
    let table = r#"
[sweep]
seeds = 0
samples = 5
[[sweep.parameter]]
key = "feeder.pv_scal"
values = [0.5]
[[sweep.parameter]]
key = "aggregator[7].margin"
values = [0.5]
[[sweep.parameter]]
key = "contract[0].right.power_kw"
values = []
[[sweep.parameter]]
key = "feeder.load_scale"
distribution = { kind = "triangular", low = 1, mode = 3, high = 2 }
[[sweep.parameter]]
key = "seed"
values = [1, 2]
[[sweep.parameter]]
key = "strategy.reinforced.replacement.rating"
values = [1, 2]
[[sweep.parameter]]
key = "feeder.rating_scale"
from = 0.5
to = 1.0
[[sweep.parameter]]
key = "market"
values = [1]
"#;
    let findings = Plan::read(&scenario("faulty", table), &[]).unwrap_err();
    let sweeps = Path::new(env!("CARGO_TARGET_TMPDIR")).join("sweeps");
    let text = told(&findings).replace(&format!("{}/", sweeps.display()), "");
    insta::assert_snapshot!(text.replace(&told_path(&sweeps), ""));
}

/// A folder as `told` prints it.
fn told_path(folder: &Path) -> String {
    format!("{}/", folder.display()).replace(concat!(env!("CARGO_MANIFEST_DIR"), "/"), "")
}

#[test]
fn drawn_designs_run_from_the_file() {
    let table = r#"
strategies = ["copper-plate"]
[sweep]
design = "sobol"
saltelli = true
samples = 4
[[sweep.parameter]]
key = "aggregator[1].margin"
distribution = { kind = "log-normal", median = 0.2, sigma = 0.5 }
[[sweep.parameter]]
key = "forecast.kind"
distribution = { kind = "choice", values = ["perfect", "synthetic"], weights = [1, 3] }
"#;
    let (plan, _) = Plan::read(&scenario("saltelli", table), &[]).unwrap_or_else(|f| panic!("{}", told(&f)));
    assert_eq!((plan.cases(), plan.parts()), (16, 16));
    let row = plan.layout();
    assert!(matches!(row.column("forecast.kind"), Some(Column::Str(_))));
    let part = copperplate::sweep::run_part(&plan, 2, &|failed| assert!(!failed));
    let results = Results::of(part).unwrap();
    assert_eq!((results.samples(), results.blocks().get(0)), (&[0_i64][..], "AB:aggregator[1].margin"));
}
