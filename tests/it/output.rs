//! What runs leave behind: tables, folders, manifests.

use std::fs;
use std::path::{Path, PathBuf};

use copperplate::diagnostic::Findings;
use copperplate::output::manifest::{Duration, Input, Manifest, Output, Status};
use copperplate::output::text_table::number;
use copperplate::output::{
    Column, OutputError, RunFolder, Strings, Table, TableWriter, TextTable, publish_file, read_parquet, write_csv, write_parquet,
};
use copperplate::time::SimTime;
use proptest::prelude::*;

/// An empty folder of its own for a test.
fn scratch(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// Names in a folder, hidden ones included.
fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = folder.read_dir().unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn one_of_each(rows: i64) -> Table {
    let elements = ["line-1", "transformer", "straße 7"];
    Table::new([
        ("time", Column::Time((0..rows).map(|i| SimTime(1_735_686_000 + 900 * (i / 3))).collect())),
        ("element", Column::Str((0..rows).map(|i| elements[(i % 3) as usize]).collect())),
        ("loading", Column::F64((0..rows).map(|i| if i == 4 { f64::NAN } else { i as f64 / 7.0 - 0.5 }).collect())),
        ("p_kw", Column::F32((0..rows).map(|i| -0.1 * i as f32).collect())),
        ("step", Column::I64((0..rows).map(|i| i * i - 3).collect())),
        ("limited", Column::Bool((0..rows).map(|i| i % 5 == 0).collect())),
    ])
}

#[test]
fn parquet_reads_back_as_written() {
    let path = scratch("parquet").join("t.parquet");
    for rows in [0, 1, 1000, 300_000] {
        let table = one_of_each(rows);
        assert_eq!(write_parquet(&table, &path).unwrap(), rows as usize);
        assert!(read_parquet(&path).unwrap() == table, "{rows} rows");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn any_values_survive_parquet(values in prop::collection::vec((any::<u64>(), any::<u32>(), any::<i64>(), "\\PC{0,3}", any::<bool>()), 0..50)) {
        // Every bit pattern: infinities, every NaN, minus zero.
        let table = Table::new([
            ("a", Column::F64(values.iter().map(|v| f64::from_bits(v.0)).collect())),
            ("b", Column::F32(values.iter().map(|v| f32::from_bits(v.1)).collect())),
            ("c", Column::I64(values.iter().map(|v| v.2).collect())),
            ("d", Column::Str(values.iter().map(|v| v.3.as_str()).collect())),
            ("e", Column::Bool(values.iter().map(|v| v.4).collect())),
            ("f", Column::Time(values.iter().map(|v| SimTime(v.2 / 2_000_000)).collect())),
        ]);
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("any.parquet");
        write_parquet(&table, &path).unwrap();
        prop_assert!(read_parquet(&path).unwrap() == table);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    /// Few texts in many rows, in runs and in turns, are written by their codes.
    #[test]
    fn texts_by_their_codes_survive_parquet(texts in 1_u32..40, runs in prop::collection::vec((0_u32..40, 1_usize..30), 40..200)) {
        let rows = runs.iter().flat_map(|(text, times)| std::iter::repeat_n((text % texts).to_string(), *times));
        let table = Table::new([("t", Column::Str(rows.collect::<Vec<_>>().iter().map(String::as_str).collect()))]);
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("codes.parquet");
        write_parquet(&table, &path).unwrap();
        prop_assert!(read_parquet(&path).unwrap() == table);
    }
}

#[test]
fn bytes_depend_on_rows_only() {
    let folder = scratch("portions");
    let table = one_of_each(600_000);
    write_parquet(&table, &folder.join("whole")).unwrap();
    let mut writer = TableWriter::create(&folder.join("portions"), &table).unwrap();
    let mut from = 0;
    for portion in [1, 262_143, 7, 100_000, 0, 237_849] {
        let mut part = table.layout();
        part.append(&table, from..from + portion);
        writer.append(&part).unwrap();
        from += portion;
    }
    assert_eq!(writer.finish().unwrap(), 600_000);
    assert!(fs::read(folder.join("whole")).unwrap() == fs::read(folder.join("portions")).unwrap());

    // Another numbering of the same texts.
    let codes = |dictionary: [&str; 2], rows: [u32; 3], times: usize| {
        let mut strings = Strings::over(dictionary);
        rows.into_iter().cycle().take(3 * times).for_each(|code| strings.push_code(code));
        Table::new([("name", Column::Str(strings))])
    };
    for times in [1, 100] {
        let (a, b) = (codes(["x", "y"], [0, 1, 1], times), codes(["y", "x"], [1, 0, 0], times));
        assert_eq!(a, b);
        write_parquet(&a, &folder.join("a")).unwrap();
        write_parquet(&b, &folder.join("b")).unwrap();
        assert_eq!(fs::read(folder.join("a")).unwrap(), fs::read(folder.join("b")).unwrap());
    }
}

#[test]
#[should_panic(expected = "column 'b' has 1 rows, the first has 2")]
fn columns_of_unequal_length_are_a_fault() {
    let _ = Table::new([("a", Column::I64(vec![1, 2])), ("b", Column::Bool(vec![true]))]).rows();
}

#[test]
fn csv_is_plain() {
    let path = scratch("csv").join("t.csv");
    assert_eq!(write_csv(&one_of_each(6), &path).unwrap(), 6);
    insta::assert_snapshot!(fs::read_to_string(path).unwrap());
}

#[test]
fn what_is_not_a_table_of_ours_is_refused() {
    let folder = scratch("foreign");
    let path = folder.join("t.parquet");
    assert!(matches!(read_parquet(&path), Err(OutputError::Io { action: "read", .. })));
    fs::write(&path, "PAR1 or not").unwrap();
    assert!(matches!(read_parquet(&path), Err(OutputError::Parquet { .. })));
}

fn manifest(folder: &RunFolder) -> Manifest {
    Manifest {
        program: "copperplate 0.1.0".to_owned(),
        status: Status::Complete,
        scenario: "scenarios/street.toml".to_owned(),
        overrides: vec!["horizon.days=7".to_owned()],
        seeds: vec![1, 2],
        strategies: vec!["copper-plate".to_owned()],
        inputs: vec![],
        outputs: vec![Output::of(folder.path(), "data/kpi.csv", Some(0)).unwrap()],
        started: Some("2025-01-01T00:00:00Z".to_owned()),
        durations: vec![Duration { phase: "simulate".to_owned(), seconds: 1.5 }],
    }
}

fn fill(folder: &RunFolder, content: &str) {
    fs::write(folder.file("data/kpi.csv").unwrap(), content).unwrap();
}

#[test]
fn a_folder_is_published_whole_and_replaces_only_a_run() {
    let above = scratch("publish");
    let target = above.join("new/run");
    let run = RunFolder::create(&target).unwrap();
    fill(&run, "");
    assert!(!target.exists());
    let record = manifest(&run);
    run.publish(&record).unwrap();
    assert_eq!(names(&target), ["data", "manifest.json"]);
    insta::assert_snapshot!(fs::read_to_string(target.join("manifest.json")).unwrap());

    // Given up half way: the old run stays, nothing else does.
    let run = RunFolder::create(&target).unwrap();
    fill(&run, "half");
    drop(run);
    assert_eq!(fs::read_to_string(target.join("data/kpi.csv")).unwrap(), "");
    assert_eq!(names(&above.join("new")), ["run"]);

    // A second run replaces the first.
    let run = RunFolder::create(&target).unwrap();
    fill(&run, "second");
    let record = manifest(&run);
    run.publish(&record).unwrap();
    assert_eq!(fs::read_to_string(target.join("data/kpi.csv")).unwrap(), "second");
    assert_eq!(Manifest::read(&target.join("manifest.json")).unwrap(), record);
    assert_eq!(names(&above.join("new")), ["run"]);
    assert_eq!(names(&above), ["new"]);

    // Someone's own folder, and one that became so meanwhile, are left alone.
    let own = above.join("own");
    let run = RunFolder::create(&own).unwrap();
    fill(&run, "");
    let record = manifest(&run);
    fs::create_dir(&own).unwrap();
    fs::write(own.join("notes.txt"), "mine").unwrap();
    assert!(matches!(run.publish(&record), Err(OutputError::ForeignFolder { .. })));
    let refused = RunFolder::create(Path::new("tests/data")).unwrap_err();
    insta::assert_snapshot!(Findings::from(refused));
    assert_eq!(names(&above), ["new", "own"]);
    assert_eq!(names(&own), ["notes.txt"]);
}

#[test]
fn a_file_is_published_whole() {
    let folder = scratch("file");
    let path = folder.join("deep/t.csv");
    let write =
        |path: &Path, text: &str| fs::write(path, text).map_err(|source| OutputError::Io { action: "write", path: path.into(), source });
    publish_file(&path, |path| write(path, "first")).unwrap();
    let failed = publish_file(&path, |path| {
        write(path, "half")?;
        Err::<(), _>(OutputError::ForeignFolder { path: path.to_path_buf() })
    });
    assert!(failed.is_err());
    assert_eq!(fs::read_to_string(&path).unwrap(), "first");
    assert_eq!(names(&folder.join("deep")), ["t.csv"]);
}

#[test]
fn fingerprints_are_blake3() {
    let folder = scratch("fingerprint");
    fs::write(folder.join("b"), "abc").unwrap();
    fs::write(folder.join("a"), "").unwrap();
    let inputs = Input::of(&folder).unwrap();
    let ends: Vec<(bool, u64, &str)> = inputs.iter().map(|i| (i.path.ends_with("/a"), i.bytes, i.blake3.as_str())).collect();
    // The published hashes of the empty text and of "abc".
    let empty = "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262";
    let abc = "6437b3ac38465133ffb63b75273a8db548c558465d79db03fd359c6cd5bd9d85";
    assert_eq!(ends, [(true, 0, empty), (false, 3, abc)]);
}

fn kpis() -> TextTable {
    let strategies = [("copper-plate", ""), ("grid-capacity-management", ""), ("congestion-management", ""), ("reinforce", "")];
    let mut table = TextTable::new(&[("KPI", ""), ("unit", "")], &strategies);
    let mut row = |name: &str, unit: &str, values: [f64; 4]| {
        table.row([name.to_owned(), unit.to_owned()].into_iter().chain(values.map(number)));
    };
    row("overload hours", "h", [652.0, 12.25, 0.75, 0.0]);
    row("overload energy", "MWh", [98.766, 0.012_345, 0.0, 0.0]);
    table.section("Money");
    let mut row = |name: &str, unit: &str, values: [f64; 4]| {
        table.row([name.to_owned(), unit.to_owned()].into_iter().chain(values.map(number)));
    };
    row("paid by the DSO", "€", [0.0, 12_345.678, -987.65, f64::NAN]);
    row("Ausfälle über 1 h", "1/a", [1.0, 0.000_000_1, 0.000_012, 1e6]);
    table
}

#[test]
fn kpi_tables_align() {
    insta::assert_snapshot!(kpis().render(120));
}

#[test]
fn wide_tables_break_into_blocks() {
    let text = kpis().render(60);
    assert!(text.lines().all(|line| line.chars().count() <= 60), "{text}");
    insta::assert_snapshot!(text);
}

#[test]
fn units_stand_under_names() {
    let mut table = TextTable::new(&[("element", "")], &[("peak", "kW"), ("loading", "%")]);
    table.row(["line-1", "12.30", "98"]);
    table.row(["電線", "0.5", "7"]);
    insta::assert_snapshot!(table.render(80));
}

/// Readers that guess types from the digits must not take a large float for an integer they cannot hold.
#[test]
fn large_floats_are_written_as_floats() {
    let file = scratch("large-floats").join("t.csv");
    let table = Table::new([("x", Column::F64(vec![340_079_116_703_853_200_000.0, -0.0, 1e15, -9.1e15, 0.1]))]);
    write_csv(&table, &file).unwrap();
    assert_eq!(fs::read_to_string(&file).unwrap(), "x\n3.400791167038532e20\n0\n1000000000000000\n-9.1e15\n0.1\n");
}
