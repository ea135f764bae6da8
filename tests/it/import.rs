//! Feeders from files: what is shipped, what is wrong, what SimBench means.

use std::path::{Path, PathBuf};

use copperplate::asset::AssetKind;
use copperplate::diagnostic::{Findings, render};
use copperplate::grid::{Places, RadialOrder};
use copperplate::import::{Feeder, folder_files, read_folder, simbench};
use copperplate::powerflow::Options;
use copperplate::time::{IspCalendar, SimDuration};
use jiff::civil::date;

use crate::powerflow::{network, run};

fn shipped(name: &str) -> Feeder {
    let (feeder, warnings) = read_folder(&Path::new("scenarios/feeders").join(name)).unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(warnings, Findings::default());
    feeder
}

fn rendered(findings: &Findings) -> String {
    findings.0.iter().map(|f| render(f, false) + "\n\n").collect()
}

/// A folder of this name that holds `files`, fresh.
fn folder(name: &str, files: &[(&str, Vec<u8>)]) -> PathBuf {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&dir);
    std::fs::create_dir_all(&dir).unwrap();
    for (name, bytes) in files {
        std::fs::write(dir.join(name), bytes).unwrap();
    }
    dir
}

/// The figures of SimBench 1-LV-rural1--2-sw over its year. Net power of the meters: 652 h above 160 kVA, 37 h and 3.80 MWh of
/// them in the week of 22–28 July, 221.6 % at most. Transformer current by load flow (power-grid-model 1.12 on the same
/// grid with the tap honoured): 214.1 % at most, 637.25 h above rated, voltage 0.9792–1.0509 pu.
#[test]
fn lv_rural1_is_congested_by_feed_in_as_simbench_says() {
    let feeder = shipped("lv-rural1-2");
    let steps = feeder.profiles.steps();
    assert_eq!(steps, 366 * 96);
    let power = feeder.power(0..steps);
    let (s, summary) = run(&network(&feeder.grid), &power, Options::default());
    assert_eq!(summary.failed, 0);
    let width = feeder.grid.connections.len();
    let at_meters = |step: usize| -> (f64, f64) {
        let row = step * width..(step + 1) * width;
        (power.p_w[row.clone()].iter().sum(), power.q_var[row].iter().sum())
    };
    let transformer = feeder.grid.transformer_branch(0).i();
    let loading = |step: usize| s.loading[s.branch_row(step).start + transformer];
    let hours = |above: &dyn Fn(usize) -> bool, range: std::ops::Range<usize>| range.filter(|&t| above(t)).count() as f64 / 4.0;
    let net = |t: usize| libm::hypot(at_meters(t).0, at_meters(t).1) / 160e3;
    assert_eq!(hours(&|t| net(t) > 1.0, 0..steps), 652.0);
    assert!((0..steps).filter(|&t| net(t) > 1.0 || loading(t) > 1.0).all(|t| at_meters(t).0 < 0.0), "all of it is feed-in");
    let calendar = IspCalendar::new(&feeder.zone, 15).unwrap();
    let step_of = |day| feeder.profiles.step_at(calendar.period(date(2016, 7, day)).start).unwrap();
    let week = step_of(22)..step_of(29);
    assert_eq!(week.len(), 7 * 96);
    assert_eq!(hours(&|t| net(t) > 1.0, week.clone()), 37.0);
    let mwh: f64 = week.map(|t| (net(t) - 1.0).max(0.0) * 0.16 / 4.0).sum();
    assert!((mwh - 3.801).abs() < 5e-4, "{mwh} MWh");
    assert_eq!(hours(&|t| loading(t) > 1.0, 0..steps), 637.25);
    let worst = (0..steps).map(loading).fold(0.0, f64::max);
    assert!((worst - 2.1412).abs() < 5e-5, "{worst}");
    let (low, high) = s.u_pu.iter().fold((f64::INFINITY, 0.0f64), |(low, high), &u| (low.min(u), high.max(u)));
    assert!((low - 0.979229).abs() < 1e-6 && (high - 1.050905).abs() < 1e-6, "{low} {high}");
}

#[test]
fn lv_semiurb4_has_its_customers_and_is_not_congested() {
    let feeder = shipped("lv-semiurb4-2");
    assert_eq!((feeder.grid.connections.len(), feeder.assets.len(), feeder.grid.buses.len()), (41, 68, 44));
    assert_eq!(feeder.grid.transformers[0].rated_power_va, 400e3);
    let kinds = |kind| feeder.assets.iter().filter(|a| a.kind == kind).count();
    let counts = [AssetKind::Load, AssetKind::HeatPump, AssetKind::Charging, AssetKind::Pv, AssetKind::Plant].map(kinds);
    assert_eq!(counts, [41, 10, 7, 6, 4]);
    assert!(feeder.grid.buses.iter().all(|b| b.position.is_some()));
    let (s, summary) = run(&network(&feeder.grid), &feeder.power(0..feeder.profiles.steps()), Options::default());
    assert_eq!(summary.failed, 0);
    assert!(s.loading.iter().all(|&l| l < 1.0), "no SimBench grid is congested by demand as shipped");
}

#[test]
fn shipped_feeders_are_small_and_say_where_they_come_from() {
    for name in ["lv-rural1-2", "lv-semiurb4-2"] {
        let dir = Path::new("scenarios/feeders").join(name);
        let size: u64 = std::fs::read_dir(&dir).unwrap().map(|e| e.unwrap().metadata().unwrap().len()).sum();
        assert!(size < 3_000_000, "{name} takes {size} bytes");
        let origin = std::fs::read_to_string(dir.join("ORIGIN.md")).unwrap();
        for word in ["SimBench", "Open Database License 1.0", "Database Contents License 1.0", "What was changed"] {
            assert!(origin.contains(word), "{name}: {word}");
        }
    }
}

#[test]
fn a_written_folder_reads_back_equal() {
    for name in ["lv-rural1-2", "lv-semiurb4-2"] {
        let feeder = shipped(name);
        let dir = folder(&format!("roundtrip-{name}"), &folder_files(&feeder).unwrap());
        let (again, _) = read_folder(&dir).unwrap();
        assert_eq!(Feeder { places: Places::default(), ..again }, Feeder { places: Places::default(), ..feeder });
    }
}

#[test]
fn profiles_may_be_csv() {
    let feeder = shipped("lv-rural1-2");
    let mut files = folder_files(&feeder).unwrap();
    files.retain(|(name, _)| *name != "profiles.parquet");
    let mut text = feeder.profiles.names().join(",") + "\n";
    for step in 0..96 {
        let cells: Vec<String> = (0..feeder.profiles.names().len())
            .map(|i| feeder.profiles.column(copperplate::ids::ProfileIdx::new(i))[step].to_string())
            .collect();
        text += &(cells.join(",") + "\n");
    }
    files.push(("profiles.csv", text.into_bytes()));
    let (day, _) = read_folder(&folder("csv-profiles", &files)).unwrap();
    assert_eq!(day.profiles.steps(), 96);
    assert_eq!(day.power(0..96), feeder.power(0..96));
}

#[test]
fn every_bad_cell_is_reported_at_once() {
    let findings = read_folder(Path::new("tests/data/import/bad")).unwrap_err();
    insta::assert_snapshot!(rendered(&findings));
}

#[test]
fn a_folder_of_neither_form_is_no_feeder() {
    let findings = read_folder(Path::new("tests/data/import")).unwrap_err();
    assert_eq!(findings.0[0].code, "not-a-feeder");
    let dir = folder("neutral", &[("nodes.csv", b"id,name,u_rated_v\n0,a,400\n".to_vec()), ("lines.csv", b"id,from\n".to_vec())]);
    let findings = read_folder(&dir).unwrap_err();
    let codes: Vec<&str> = findings.0.iter().map(|f| f.code).collect();
    assert!(codes.contains(&"missing-column") && codes.contains(&"missing-file") && !codes.contains(&"no-connections"), "{findings}");
}

fn made_up() -> Feeder {
    let (feeder, warnings) =
        simbench::import(Path::new("tests/data/import/simbench"), "1-LV-rural1--2-sw").unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(warnings.0.iter().map(|f| f.code).collect::<Vec<_>>(), ["auto-tap"]);
    feeder
}

#[test]
fn simbench_switches_taps_and_units_are_understood() {
    let feeder = made_up();
    let grid = &feeder.grid;
    let ids: Vec<&str> = grid.buses.iter().map(|b| b.id.as_str()).collect();
    // Auxiliary nodes behind closed switches are gone, the one behind an open switch stays and hangs on its line.
    assert_eq!(ids, ["MV1.101 Bus 4", "Station", "Station_3", "House", "Farm"]);
    let switches: Vec<(&str, bool)> = grid.switches.iter().map(|s| (s.id.as_str(), s.closed)).collect();
    assert_eq!(switches, [("S4", false), ("S6", true)]);
    let (order, _) = RadialOrder::new(grid, &Places::default()).unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(order.nodes(), 4, "House and Farm are one");
    let cable = &grid.lines[0];
    assert_eq!((grid.lines.len(), cable.r_ohm, cable.x_ohm, cable.b_s, cable.rated_current_a), (2, 0.0118, 0.00472, 1.534e-5, 270.0));
    let t = &grid.transformers[0];
    assert_eq!((t.rated_power_va, t.uk_pu, t.pk_w, t.p0_w, t.i0_pu, t.shift_deg), (160e3, 0.04, 2350.0, 460.0, 0.002876, 150.0));
    // Position −1 of taps neutral at 1: two steps of 2.5 % down on the hv side.
    assert_eq!(t.effective_voltages_v(), (19e3, 400.0));
    assert_eq!((grid.sources[0].u_pu, grid.sources[0].angle_deg), (1.03, 5.0));
    assert_eq!(grid.buses[0].position, Some((10.1, 53.1)));
}

#[test]
fn simbench_elements_stand_behind_the_meters_the_rule_names() {
    let feeder = made_up();
    let connections: Vec<(&str, &str)> = feeder.grid.connections.iter().map(|c| (c.id.as_str(), c.address.as_str())).collect();
    assert_eq!(connections.iter().map(|c| c.0).collect::<Vec<_>>(), ["Base 1", "Base 2", "Farm"]);
    assert!(connections.iter().all(|c| c.1.len() == 22 && c.1.starts_with("ean.")));
    let assets: Vec<(&str, &str, &str, f64)> =
        feeder.assets.iter().map(|a| (a.id.as_str(), connections[a.connection.i()].0, a.kind.name(), a.p_nominal_w)).collect();
    let expected = [
        ("HP 1", "Base 1", "heat-pump", 3100.0),
        ("Base 1", "Base 1", "load", 5900.0),
        ("Base 2", "Base 2", "load", 3000.0),
        ("EV 1", "Base 1", "charging", 10900.0),
        ("HP 2", "Base 2", "heat-pump", 2000.0),
        ("Roof", "Base 1", "pv", -7800.0),
        ("Mill", "Farm", "plant", -50000.0),
        ("Cellar", "Base 2", "plant", -13700.0),
        ("Barn", "Farm", "plant", -10000.0),
    ];
    assert_eq!(assets, expected);
    let names = feeder.profiles.names();
    assert!(names.contains(&"Storage_WP4".to_owned()) && names.contains(&"WP4".to_owned()), "{names:?}");
    assert!(!names.iter().any(|n| n.starts_with("unused")));
    // Mill: −50 kW · 0.35, Barn: −10 kW · 0.45, at the first step.
    let farm = feeder.power(0..1).p_w[2];
    assert!((farm - (-50e3 * 0.35 - 10e3 * 0.45)).abs() < 1e-9, "{farm}");
}

#[test]
fn simbench_time_is_elapsed_quarter_hours() {
    let feeder = shipped("lv-rural1-2");
    let calendar = IspCalendar::new("Europe/Berlin", 15).unwrap();
    let step = |m, d| feeder.profiles.step_at(calendar.period(date(2016, m, d)).start).unwrap();
    assert_eq!(step(1, 1), 0);
    assert_eq!(step(3, 28) - step(3, 27), 92);
    assert_eq!(step(10, 31) - step(10, 30), 100);
    assert_eq!(feeder.profiles.end(), calendar.period(date(2017, 1, 1)).start);
    assert_eq!(feeder.profiles.step(), SimDuration::minutes(15));
}

#[test]
fn simbench_codes_that_are_no_single_grid_are_refused() {
    let data = Path::new("tests/data/import/simbench");
    for code in ["1-MVLV-rural-all-0-sw", "1-LV-rural1--2-no_sw", "1-LV-rural9--0-sw", "1-LV-rural1--3-sw", "LV-rural1"] {
        assert_eq!(simbench::import(data, code).unwrap_err().0[0].code, "simbench-code", "{code}");
    }
    assert_eq!(simbench::import(data, "1-LV-rural1--1-sw").unwrap_err().0[0].code, "no-simbench-data");
}
