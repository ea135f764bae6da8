//! Parts of a sweep that are not as they were written: none becomes a result.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use copperplate::rng::Stream;
use copperplate::sweep::{Folder, State, merge};

/// Two strategies, three scales, four seeds on a day of the quickstart's feeder.
const SCENARIO: &str = "strategies = [\"copper-plate\", \"congestion-management\"]\n[time]\nuntil = \"2016-07-22\"\n[sweep]\nseeds = 4\n\
     [[sweep.parameter]]\nkey = \"feeder.pv_scale\"\nvalues = [0.8, 1.0, 1.2]\n";

fn copperplate(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_copperplate")).current_dir(folder).args(args).output().unwrap()
}

/// A finished sweep in a folder of its own.
fn swept(name: &str, more: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("seals").join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    let base = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/quickstart.toml");
    fs::write(folder.join("sweep.toml"), format!("extends = {base:?}\n{SCENARIO}{more}")).unwrap();
    let out = copperplate(&folder, &["sweep", "sweep.toml", "--out", "s"]);
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    folder
}

#[test]
fn no_flipped_bit_becomes_a_result() {
    let place = swept("bits", "");
    let folder = Folder::open(&place.join("s")).unwrap();
    let results = place.join("s/results.parquet");
    let whole = fs::read(&results).unwrap();
    let mut files: Vec<PathBuf> = fs::read_dir(place.join("s/parts")).unwrap().map(|e| e.unwrap().path()).collect();
    files.sort();
    assert!(files.len() as u64 == 2 * folder.record.parts && folder.record.parts > 4, "a part and its seal");
    let mut draws = Stream::new(1, "seals", "bits");
    for k in 0..200 {
        let mut draw = draws.at(k);
        let file = &files[(draw.bits() % files.len() as u64) as usize];
        let sound = fs::read(file).unwrap();
        let mut bytes = sound.clone();
        let bit = draw.bits() as usize % (8 * bytes.len());
        bytes[bit / 8] ^= 1 << (bit % 8);
        fs::write(file, bytes).unwrap();
        fs::remove_file(&results).unwrap();
        let findings = merge(&folder).unwrap_err();
        assert_eq!(findings.0[0].code, "damaged-part");
        assert!(!results.exists(), "bit {bit} of {}", file.display());
        fs::write(file, sound).unwrap();
        fs::write(&results, &whole).unwrap();
    }
    merge(&folder).unwrap();
    assert_eq!(fs::read(&results).unwrap(), whole);
}

/// The plan and the list of cases are read by people and by the report: a bit that is not as it was written is told there, too.
#[test]
fn no_flipped_bit_of_the_plan_is_believed() {
    let place = swept("plan", "");
    let mut draws = Stream::new(1, "seals", "plan");
    for (k, name) in (0..200).zip(["sweep.json", "cases.csv", "cases.blake3"].into_iter().cycle()) {
        let file = place.join("s").join(name);
        let sound = fs::read(&file).unwrap();
        let mut bytes = sound.clone();
        let bit = draws.at(k).bits() as usize % (8 * bytes.len());
        bytes[bit / 8] ^= 1 << (bit % 8);
        fs::write(&file, &bytes).unwrap();
        let told = Folder::open(&place.join("s")).and_then(|folder| merge(&folder).map(|_| ()));
        fs::write(&file, &sound).unwrap();
        let codes: Vec<&str> = told.map_or_else(|found| found.0.iter().map(|f| f.code).collect(), |()| Vec::new());
        // White space between the values of the plan says nothing.
        let same = || serde_json::from_slice::<serde_json::Value>(&bytes).ok() == serde_json::from_slice(&sound).ok();
        let unread = name == "sweep.json" && (codes == ["no-sweep"] || same());
        assert!(unread || codes == ["damaged-part"], "bit {bit} of {name}: {codes:?}");
    }
    // A list of cases that somebody saved again is written anew.
    let cases = fs::read(place.join("s/cases.csv")).unwrap();
    fs::write(place.join("s/cases.csv"), "case\n").unwrap();
    assert_eq!(copperplate(&place, &["sweep", "status", "s"]).status.code(), Some(2));
    assert!(copperplate(&place, &["sweep", "sweep.toml", "--out", "s"]).status.success());
    assert_eq!(fs::read(place.join("s/cases.csv")).unwrap(), cases);
}

#[test]
fn damaged_and_foreign_parts_are_named_and_run_again() {
    let (place, other) = (swept("mend", ""), swept("foreign", "[feeder]\npv_scale = 2.0\n[dso]\ncro_domain = \"other.example.com\"\n"));
    let part = |place: &Path, k: u64, kind: &str| place.join(format!("s/parts/part-{k:06}.{kind}"));
    let whole = fs::read(place.join("s/results.parquet")).unwrap();
    let copy = |from: &Path, k: u64| {
        for kind in ["parquet", "blake3"] {
            fs::copy(part(from, k, kind), part(&place, 1, kind)).unwrap();
        }
    };
    let spoil: [&dyn Fn(); 5] = [
        &|| fs::write(part(&place, 1, "parquet"), b"").unwrap(),
        &|| fs::remove_file(part(&place, 1, "blake3")).unwrap(),
        // One part in place of another, and one of another sweep, each with its seal.
        &|| copy(&place, 0),
        &|| copy(&other, 1),
        &|| fs::write(part(&place, 1, "parquet"), &whole).unwrap(),
    ];
    for (k, spoil) in spoil.iter().enumerate() {
        spoil();
        for step in ["status", "merge"] {
            let out = copperplate(&place, &["sweep", step, "s"]);
            let told = String::from_utf8_lossy(&out.stderr).into_owned();
            assert_eq!(out.status.code(), Some(2), "{k} {step}: {told}");
            assert!(told.contains("[damaged-part]") && told.contains("part-000001.parquet"), "{k} {step}: {told}");
        }
        fs::remove_file(place.join("s/results.parquet")).unwrap();
        let out = copperplate(&place, &["sweep", "sweep.toml", "--out", "s"]);
        let told = String::from_utf8_lossy(&out.stderr).into_owned();
        assert!(out.status.success() && told.contains("part-000001.parquet"), "{k}: {told}");
        assert_eq!(fs::read(place.join("s/results.parquet")).unwrap(), whole, "{k}");
    }
    assert_eq!(Folder::open(&place.join("s")).unwrap().results(), State::Whole);
}

#[test]
fn a_report_of_damaged_results_is_refused() {
    let place = swept("report", "");
    let results = place.join("s/results.parquet");
    let mut bytes = fs::read(&results).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 4;
    fs::write(&results, bytes).unwrap();
    let out = copperplate(&place, &["report", "s"]);
    assert_eq!(out.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&out.stderr).contains("[changed-results]"));
    assert!(copperplate(&place, &["sweep", "merge", "s"]).status.success());
    assert!(copperplate(&place, &["report", "s"]).status.success());
}
