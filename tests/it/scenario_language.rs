//! The scenario language as its users meet it: layers, slips of the pen, the commands around a scenario, the schema for editors.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use copperplate::diagnostic::Findings;
use copperplate::import::{Feeder, read_folder};
use copperplate::output::Manifest;
use copperplate::output::manifest::Input;
use copperplate::scenario::build::build;
use copperplate::scenario::schema::Scenario;
use copperplate::scenario::{Document, load, open, typed};
use copperplate::sweep::Plan;

const SHIPPED: [&str; 5] = [
    "scenarios/quickstart.toml",
    "scenarios/winter-evening.toml",
    "scenarios/year.toml",
    "scenarios/sweep-pv.toml",
    "scenarios/unbalanced-evening.toml",
];

fn copperplate(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_copperplate")).current_dir(folder).args(args).output().unwrap()
}

fn here(args: &[&str]) -> Output {
    copperplate(Path::new(env!("CARGO_MANIFEST_DIR")), args)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// An empty folder of this test's own.
fn scratch(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    if folder.exists() {
        std::fs::remove_dir_all(&folder).unwrap();
    }
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// What a run reads its manifest names, and what a sweep reads its plan: texts, feeder and prices, those of parameters too.
#[test]
fn every_file_that_was_read_is_named() {
    let folder = scratch("files read");
    let base = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/quickstart.toml");
    let scenario = format!(
        "extends = {base:?}\nstrategies = [\"copper-plate\"]\n[time]\nuntil = \"2016-07-22\"\n[prices]\nkind = \"csv\"\n\
         path = \"flat.csv\"\n[[sweep.parameter]]\nkey = \"prices.path\"\nvalues = [\"flat.csv\", \"dear.csv\"]\n"
    );
    let file = folder.join("priced.toml");
    std::fs::write(&file, scenario).unwrap();
    for (name, eur) in [("flat.csv", 50), ("dear.csv", 150)] {
        let rows = format!("{eur},{eur}\n").repeat(24);
        std::fs::write(folder.join(name), format!("day_ahead_eur_per_mwh,imbalance_eur_per_mwh\n{rows}")).unwrap();
    }
    let ran = copperplate(&folder, &["run", "priced.toml", "--out", "out"]);
    assert_eq!(ran.status.code(), Some(0), "{}", text(&ran.stderr));
    let names = |inputs: &[Input]| -> BTreeSet<String> {
        inputs.iter().map(|i| Path::new(&i.path).file_name().unwrap().to_str().unwrap().to_owned()).collect()
    };
    let of_run = names(&Manifest::read(&folder.join("out/manifest.json")).unwrap().inputs);
    let (plan, _) = Plan::read(&file, &[]).unwrap();
    let of_sweep = names(&plan.inputs);
    for name in ["priced.toml", "quickstart.toml", "buses.csv", "flat.csv"] {
        assert!(of_run.contains(name) && of_sweep.contains(name), "{name}: {of_run:?}, {of_sweep:?}");
    }
    assert!(!of_run.contains("dear.csv") && of_sweep.contains("dear.csv"), "{of_run:?}, {of_sweep:?}");
}

#[test]
fn a_table_over_a_list_changes_the_items_it_names() {
    let overrides = ["aggregator.\"roofs.example.com\".share=0.3".to_owned(), "contract.midday-option.right.power_kw=25".to_owned()];
    let (s, document, _) = load::<Scenario>(Path::new("tests/data/sim/layers.toml"), &overrides).unwrap();
    assert_eq!(s.contract.len(), 1);
    assert_eq!(s.contract[0].utilisation_eur_per_mwh, 90.0);
    assert_eq!(s.contract[0].aggregator, "sunny.example.com");
    assert_eq!(s.congestion_point[0].planning, 0.9);
    assert_eq!((s.aggregator[0].share, s.aggregator[1].share), (0.0, 0.3));
    let place = |path: &str| document.locate(path).unwrap().file_line();
    assert_eq!(place("congestion_point[0].planning"), "tests/data/sim/layers.toml:6");
    assert_eq!(place("congestion_point.village.element"), "tests/data/sim/village.toml:15");
    assert_eq!(place("contract[0].right.power_kw"), "command line:1");
    insta::assert_snapshot!(text(&here(&["explain", "tests/data/sim/layers.toml", "--set", &overrides[0]]).stdout));
}

/// Every way to spoil one letter of `key`: left out, doubled, exchanged with the next, another one.
fn slips(key: &str) -> BTreeSet<String> {
    let letters: Vec<char> = key.chars().collect();
    let mut slips = BTreeSet::new();
    for i in 0..letters.len() {
        let mut edit = |change: &dyn Fn(&mut Vec<char>)| {
            let mut letters = letters.clone();
            change(&mut letters);
            slips.insert(letters.into_iter().collect::<String>());
        };
        edit(&|l| {
            l.remove(i);
        });
        edit(&|l| l.insert(i, l[i]));
        edit(&|l| l[i] = if l[i] == 'e' { 'a' } else { 'e' });
        if i + 1 < letters.len() {
            edit(&|l| l.swap(i, i + 1));
        }
    }
    slips.remove(key);
    slips.remove("");
    slips
}

/// Byte ranges of all keys in a TOML text, each with the path of its table, those of headers and inline tables included.
fn keys(text: &str) -> Vec<(String, std::ops::Range<usize>)> {
    fn collect(path: &str, table: &toml::de::DeTable<'_>, keys: &mut Vec<(String, std::ops::Range<usize>)>) {
        for (key, value) in table {
            keys.push((path.to_owned(), key.span()));
            inside(&format!("{path}.{}", key.get_ref()), value.get_ref(), keys);
        }
    }
    fn inside(path: &str, value: &toml::de::DeValue<'_>, keys: &mut Vec<(String, std::ops::Range<usize>)>) {
        match value {
            toml::de::DeValue::Table(table) => collect(path, table, keys),
            toml::de::DeValue::Array(items) => items.iter().for_each(|item| inside(path, item.get_ref(), keys)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    collect("", toml::de::DeTable::parse(text).unwrap().get_ref(), &mut found);
    found
}

/// All that is said about a text standing where `path` stands.
fn said(path: &str, text: String, feeder: &Feeder) -> Findings {
    let look = || {
        let document = Document::parse(path, text, &[])?;
        let (scenario, _) = typed::<Scenario>(&document)?;
        build(&scenario, feeder, 1, Path::new(""), &|path| document.locate(path)).map(|(_, odd)| odd)
    };
    let (Ok(findings) | Err(findings)) = look();
    findings
}

/// Each slip in each key of each shipped scenario is told in its line. Keys that stand in several items of a list are tried once.
///
/// Names of strategies are the user's own, so a slip in one is no unknown key; but the strategy then names no preset, and that
/// is told in the same line. No slip makes another valid key: if one did, it would fail here, to be named and skipped.
#[test]
fn every_slip_in_a_key_of_a_shipped_scenario_is_told_in_its_line() {
    let mut tried = 0;
    for path in SHIPPED {
        let text = std::fs::read_to_string(path).unwrap();
        let (feeder, _) = read_folder(&open(Path::new(path), &[]).unwrap().folder).unwrap();
        let mut seen = BTreeSet::new();
        for (table, span) in keys(&text) {
            let key = &text[span.clone()];
            if !seen.insert((table, key.to_owned())) {
                continue;
            }
            for slip in slips(key) {
                let spoilt = format!("{}{slip}{}", &text[..span.start], &text[span.end..]);
                let line = text[..span.start].matches('\n').count() + 1;
                let findings = said(path, spoilt, &feeder);
                let here = |l: &copperplate::diagnostic::Location| l.source.name == path && l.line_column().0 == line;
                let told = findings.0.iter().any(|f| f.location.as_ref().is_some_and(here));
                assert!(told, "{path}:{line}: '{slip}' for '{key}'\n{findings}");
                assert!(findings.has_errors(), "{path}:{line}: '{slip}' for '{key}'\n{findings}");
                tried += 1;
            }
        }
    }
    assert!(tried > 1500, "{tried}");
}

#[test]
fn a_new_scenario_is_sound_and_runs_at_once() {
    // Outside the repository's folders the shipped feeders are found from the program.
    let folder = scratch("new scenarios");
    for (name, from) in [("my-street", "quickstart"), ("studies/cold", "winter-evening"), ("long", "year")] {
        let made = copperplate(&folder, &["init", name, "--from", from]);
        assert_eq!(made.status.code(), Some(0), "{}", text(&made.stderr));
        let file = format!("{name}.toml");
        let written = std::fs::read_to_string(folder.join(&file)).unwrap();
        assert!(written.starts_with("#:schema ") && written.lines().filter(|line| line.starts_with('#')).count() > 3);
        let schema = written.lines().next().unwrap().trim_start_matches("#:schema ");
        assert!(folder.join(&file).parent().unwrap().join(schema).is_file(), "{schema}");
        let checked = copperplate(&folder, &["validate", &file]);
        assert_eq!((checked.status.code(), text(&checked.stderr)), (Some(0), String::new()));
        let own = name.rsplit('/').next().unwrap();
        assert!(text(&checked.stdout).contains(&format!("'{own}' is sound")));
        let again = copperplate(&folder, &["init", name]);
        assert_eq!(again.status.code(), Some(2));
        assert!(text(&again.stderr).contains("file-exists"));
        assert_eq!(std::fs::read_to_string(folder.join(&file)).unwrap(), written);
    }
    let run = copperplate(&folder, &["run", "my-street.toml", "--strategy", "copper-plate", "--set", "time.until=2016-07-22"]);
    assert_eq!(run.status.code(), Some(0), "{}", text(&run.stderr));
    assert!(folder.join("outputs/my-street/manifest.json").is_file());
    let odd = copperplate(&folder, &["init", "my street"]);
    assert!(odd.status.code() == Some(2) && text(&odd.stderr).contains("scenario-name"));
}

#[test]
fn outside_the_repository_the_feeders_are_named_or_missed() {
    let folder = scratch("elsewhere");
    // A copy of the program has nothing above it to find.
    let program = folder.join(if cfg!(windows) { "program.exe" } else { "program" });
    std::fs::copy(env!("CARGO_BIN_EXE_copperplate"), &program).unwrap();
    let away = std::env::temp_dir().join(format!("copperplate-init-{}", std::process::id()));
    std::fs::create_dir_all(&away).unwrap();
    let moved = away.join(program.file_name().unwrap());
    std::fs::rename(&program, &moved).or_else(|_| std::fs::copy(&program, &moved).map(|_| ())).unwrap();
    let run = |args: &[&str]| Command::new(&moved).current_dir(&away).args(args).output().unwrap();
    let missed = run(&["init", "new/my-street"]);
    assert_eq!(missed.status.code(), Some(2), "{}", text(&missed.stderr));
    assert!(text(&missed.stderr).contains("error[no-feeders]") && text(&missed.stderr).contains("--scenarios"), "{}", text(&missed.stderr));
    assert!(!away.join("new").exists(), "nothing is left behind");
    let scenarios = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let made = run(&["init", "new/my-street", "--scenarios", scenarios.to_str().unwrap()]);
    assert_eq!(made.status.code(), Some(0), "{}", text(&made.stderr));
    let checked = run(&["validate", "new/my-street.toml"]);
    assert_eq!((checked.status.code(), text(&checked.stderr)), (Some(0), String::new()));
    let wrong = run(&["init", "other", "--scenarios", "new"]);
    assert!(wrong.status.code() == Some(2) && text(&wrong.stderr).contains("no-feeders"));
    std::fs::remove_dir_all(&away).unwrap();
}

#[test]
fn a_kind_that_is_left_out_is_the_default_one() {
    let laid = |sets: &[&str]| {
        let sets: Vec<String> = sets.iter().map(|set| (*set).to_owned()).collect();
        open(Path::new(SHIPPED[0]), &sets).map(|opened| opened.scenario)
    };
    let short = laid(&["forecast.feed_in_sigma=0.3", "prices.level_eur_per_mwh=50"]).unwrap();
    let long =
        laid(&["forecast.kind=synthetic", "forecast.feed_in_sigma=0.3", "prices.kind=synthetic", "prices.level_eur_per_mwh=50"]).unwrap();
    assert_eq!(short, long);
    assert_ne!(short, laid(&[]).unwrap());
    assert_eq!(laid(&["forecast={}", "prices={}"]).unwrap(), laid(&[]).unwrap());
    // A slip of the tag is told as one, and a key of another kind with the kind it goes with.
    let told = |set: &str| laid(&[set]).unwrap_err().to_string();
    assert!(told("forecast.knd=perfect").contains("write --set 'forecast.kind=perfect'"));
    assert!(told("prices.minutes=15").contains("it belongs to 'kind = \"csv\"'"), "{}", told("prices.minutes=15"));
}

#[test]
fn exit_codes_tell_right_from_wrong() {
    let faulty = "tests/data/sim/faulty/limits-order.toml";
    let cases: [(&[&str], i32, &str, &str); 30] = [
        (&["validate", SHIPPED[0], SHIPPED[1]], 0, "is sound: 7 days", ""),
        (&["validate", SHIPPED[0], faulty], 2, "is sound", "limits-order"),
        (&["validate", SHIPPED[0], "--set", "time.step_minutes=7"], 2, "", "command line:1:"),
        (&["validate", SHIPPED[0], "--set", "market.gate"], 2, "", "toml-syntax"),
        (&["validate", "tests/data/sim/odd/strategy-unused.toml"], 0, "is sound", "warning[unused]"),
        (&["validate", "nowhere.toml"], 2, "", "missing-file"),
        (&["validate"], 2, "", "Usage"),
        (&["explain", "limits-order"], 0, "## limits-order", ""),
        (&["explain", "limit-order"], 2, "", "did you mean 'limits-order'?"),
        (&["explain", SHIPPED[2]], 0, "# scenarios/quickstart.toml:", ""),
        (&["explain", SHIPPED[0]], 0, "strategy.congestion-management.price_ceiling_eur_per_mwh", ""),
        (&["explain", "ledger.csv"], 0, "| `amount_eur` |", ""),
        (&["explain", "lines.csv"], 0, "A neutral feeder folder", ""),
        (&["explain", "nowhere.toml"], 2, "", "missing-file"),
        (&["explain", "feeder.toml"], 0, "`step_minutes`", ""),
        (&["explain", "LIMITS-ORDER"], 0, "## limits-order", ""),
        (&["explain", "isp_minutes"], 0, "a whole number, 1 to 60 min", ""),
        (&["explain", "time.isp_minutes"], 0, "default  15", ""),
        (&["explain", "contract.cap_kw"], 0, "[contract.right] with kind = \"capacity-limitation\"", ""),
        (&["explain", "congestion_point[0].planning"], 0, "as a fraction of the rating", ""),
        (&["explain", "[prices]"], 0, "Day-ahead and imbalance prices", ""),
        (&["explain", "overload_ex_ante_h"], 0, "kpi.csv, congestion.csv", ""),
        (&["explain", "congestion-management"], 0, "price_ceiling_eur_per_mwh  250.0", ""),
        (&["explain", "isp_minute"], 2, "", "did you mean 'isp_minutes'?"),
        (&["explain", "overload"], 2, "", "similar are 'overload_"),
        (&["explain", "xyzzy"], 2, "", "the code of a finding, a key"),
        (&["run", SHIPPED[0], "--seed", "1.5"], 2, "", "whole number from 0"),
        (&["run", SHIPPED[0], "--seed", "-1"], 2, "", "whole number from 0"),
        (&["schema"], 0, "\"$schema\"", ""),
        (&["run", faulty], 2, "", "limits-order"),
    ];
    for (args, code, out, err) in cases {
        let said = here(args);
        assert_eq!(said.status.code(), Some(code), "{args:?}: {}", text(&said.stderr));
        assert!(text(&said.stdout).contains(out), "{args:?}: {}", text(&said.stdout));
        assert!(text(&said.stderr).contains(err), "{args:?}: {}", text(&said.stderr));
    }
}

#[test]
fn every_command_helps_with_an_example() {
    for command in ["run", "report", "sweep", "validate", "explain", "schema", "init", "powerflow"] {
        let help = text(&here(&[command, "--help"]).stdout);
        assert!(help.contains(&format!("copperplate {command}")) && help.contains("Example"), "{help}");
    }
}

const SCHEMA: &str = "scenarios/scenario.schema.json";

#[test]
fn the_shipped_schema_is_current_and_named_by_the_shipped_scenarios() {
    let text = std::fs::read_to_string(SCHEMA).unwrap_or_default();
    assert!(text == copperplate::cli::schema_text(), "{SCHEMA} is old: cargo test --test it -- --ignored write_the_schema");
    for path in SHIPPED {
        assert!(std::fs::read_to_string(path).unwrap().starts_with("#:schema scenario.schema.json\n"), "{path}");
    }
}

#[test]
#[ignore = "writes scenarios/scenario.schema.json"]
fn write_the_schema() {
    std::fs::write(SCHEMA, copperplate::cli::schema_text()).unwrap();
}
