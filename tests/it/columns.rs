//! Every column of every table that is written has its description, and every description its column.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use copperplate::cli::columns::GROUPS;
use copperplate::kpi::{BY_POINT, DEFINITIONS};
use copperplate::output::read_parquet;

fn copperplate(args: &[&str]) {
    let out = Command::new(env!("CARGO_BIN_EXE_copperplate")).args(args).output().expect("the binary runs");
    assert!(out.status.success(), "{args:?}\n{}", String::from_utf8_lossy(&out.stderr));
}

fn place(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("columns").join(name);
    let _ = std::fs::remove_dir_all(&path);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    path
}

/// Names in the header of each table below `folder`, by file, those of families under the family's name.
fn headers(folder: &Path, families: &dyn Fn(&str) -> Option<&'static str>) -> BTreeMap<String, Vec<String>> {
    let mut found = BTreeMap::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(dir) = open.pop() {
        for path in std::fs::read_dir(&dir).unwrap().map(|e| e.unwrap().path()) {
            let names: Vec<String> = match path.extension().and_then(|e| e.to_str()) {
                _ if path.is_dir() => {
                    open.push(path);
                    continue;
                }
                Some("csv") => csv::Reader::from_path(&path).unwrap().headers().unwrap().iter().map(str::to_owned).collect(),
                Some("parquet") => read_parquet(&path).unwrap().columns.into_iter().map(|(name, _)| name).collect(),
                _ => continue,
            };
            let mut names: Vec<String> = names.iter().map(|n| families(n).unwrap_or(n).to_owned()).collect();
            names.dedup();
            found.insert(path.strip_prefix(folder).unwrap().display().to_string(), names);
        }
    }
    found.retain(|file, _| !file.starts_with("parts"));
    found
}

/// The described names of the files under a heading.
fn described(title: &str) -> BTreeMap<String, Vec<String>> {
    let group = GROUPS.iter().find(|group| group.title == title).expect("a heading of the page");
    group.files.iter().map(|file| (file.file.to_owned(), file.columns.iter().map(|c| c.name.to_owned()).collect())).collect()
}

fn figure(name: &str) -> Option<&'static str> {
    (DEFINITIONS.iter().any(|d| d.key == name) || BY_POINT.contains(&name)).then_some("<key figure>")
}

fn parameter_or_figure(name: &str) -> Option<&'static str> {
    if name.starts_with("feeder.") { Some("<parameter>") } else { figure(name) }
}

#[test]
fn every_column_of_a_run_is_described() {
    let folder = place("run");
    copperplate(&[
        "run",
        "tests/data/sim/village.toml",
        "--set",
        "weather.kind=synthetic",
        "--out",
        folder.to_str().unwrap(),
        "--set",
        "forecast.kind=\"learned\"",
        "--set",
        "strategy.grid-capacity-management.prognosis_check.remedy=\"flag\"",
        "--set",
        "aggregator[0].failure.cloud_per_hour=0.01",
    ]);
    assert_eq!(headers(&folder, &figure), described("A run"));
}

#[test]
fn every_column_of_a_sweep_is_described() {
    let scenario = place("sweep.toml");
    let base = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/sim/village.toml");
    let text = "name = \"columns\"\ntime.until = \"2016-07-22\"\nstrategies = [\"copper-plate\", \"congestion-management\"]\n\
                [sweep]\ndesign = \"sobol\"\nsaltelli = true\nsamples = 8\nseeds = 2\n\
                [[sweep.parameter]]\nkey = \"feeder.pv_scale\"\ndistribution = { kind = \"uniform\", low = 0.2, high = 1.6 }\n\
                [[sweep.parameter]]\nkey = \"feeder.load_scale\"\ndistribution = { kind = \"uniform\", low = 0.5, high = 1.5 }\n";
    std::fs::write(&scenario, format!("extends = {base:?}\n{text}")).unwrap();
    let folder = place("sweep");
    copperplate(&["sweep", scenario.to_str().unwrap(), "--out", folder.to_str().unwrap()]);
    let mut expected = described("A sweep");
    let mut found = headers(&folder, &parameter_or_figure);
    // A design whose values are all different has no lines along a parameter, hence no break-evens; they are written by another.
    let grid = place("grid.toml");
    let text = "name = \"grid\"\nstrategies = [\"reinforce\", \"congestion-management\"]\n[sweep]\nseeds = 2\n\
                [[sweep.parameter]]\nkey = \"feeder.pv_scale\"\nvalues = [0.1, 1.0]\n\
                [[strategy.reinforce.replacement]]\nelement = \"transformer:MV1.101-LV1.101-Trafo 1\"\nrating = 400\ncapex_eur = 28000\n";
    std::fs::write(&grid, format!("extends = {base:?}\n{text}")).unwrap();
    let folder = place("grid");
    copperplate(&["sweep", grid.to_str().unwrap(), "--out", folder.to_str().unwrap()]);
    found.extend(headers(&folder, &parameter_or_figure).into_iter().filter(|(file, _)| file == "analysis/break_even.csv"));
    assert_eq!(found.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>());
    for (file, names) in found {
        let known = expected.remove(&file).unwrap_or_default();
        assert_eq!(names, known, "{file}");
    }
}

#[test]
fn every_column_of_a_load_flow_is_described() {
    let (balanced, phases, series) = (place("balanced"), place("phases"), place("series"));
    let out = |folder: &Path| folder.to_str().unwrap().to_owned();
    copperplate(&["powerflow", "tests/data/powerflow/case33bw", "--sensitivities", "--out", &out(&balanced)]);
    copperplate(&["powerflow", "tests/data/powerflow_three_phase/ieee_eu_lv_3ph", "--phases", "three-phase", "--out", &out(&phases)]);
    copperplate(&["powerflow", "scenarios/feeders/lv-semiurb4-2", "--series", "--out", &out(&series)]);
    let none = |_: &str| None;
    let mut found = headers(&balanced, &none);
    found.extend(headers(&series, &none));
    found.insert("bus.csv (three-phase)".to_owned(), headers(&phases, &none).remove("bus.csv").unwrap());
    let mut expected = described("`copperplate powerflow --out`");
    // That feeder has no tap changer, whose column would be the family's only member.
    expected.get_mut("steps.csv").unwrap().retain(|name| name != "<transformer>");
    assert_eq!(found, expected);
}

#[test]
fn no_description_is_empty_and_no_column_is_described_twice() {
    for file in GROUPS.iter().flat_map(|group| group.files) {
        let names: BTreeSet<&str> = file.columns.iter().map(|c| c.name).collect();
        assert_eq!(names.len(), file.columns.len(), "{}", file.file);
        for c in file.columns {
            assert!(!c.unit.is_empty() && !c.meaning.is_empty() && !c.meaning.ends_with('.'), "{}: {}", file.file, c.name);
        }
    }
}
