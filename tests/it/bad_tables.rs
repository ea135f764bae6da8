//! Tables and counts that cannot be taken: one cause, one finding, in the time of one look. The table of cases lies in
//! `tests/data/bad_tables.csv`; small inputs of the reference data are tried beside it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn copperplate(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_copperplate")).current_dir(env!("CARGO_MANIFEST_DIR")).args(args).output().unwrap()
}

fn shared(path: &str) -> Option<PathBuf> {
    std::env::var_os("COPPERPLATE_SHARED").map(|root| Path::new(&root).join("cases").join(path))
}

fn scratch(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bad tables").join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// A copy of a shipped feeder, or of one of those of the tests.
fn feeder(name: &str, to: &Path) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let from = ["scenarios/feeders", "tests/data/sim"].map(|folder| root.join(folder).join(name)).into_iter().find(|f| f.is_dir()).unwrap();
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().flatten() {
        fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

/// The codes of the findings on standard error, with `file:line` of each.
fn told(out: &Output) -> Vec<(String, String)> {
    let text = String::from_utf8_lossy(&out.stderr).into_owned();
    let mut found: Vec<(String, String)> = Vec::new();
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("error[").or_else(|| line.strip_prefix("warning[")) {
            found.push((rest.split(']').next().unwrap().to_owned(), String::new()));
        } else if let (Some(place), Some(last)) = (line.trim_start().strip_prefix("--> "), found.last_mut()) {
            let file = Path::new(place.split(':').next().unwrap()).file_name().unwrap().to_string_lossy().into_owned();
            // A finding about a whole file has no line.
            last.1 = place.split(':').nth(1).map_or(file.clone(), |line| format!("{file}:{line}"));
        }
    }
    found
}

/// A table with one of its columns changed in every row: `to` says how.
fn with_column(text: &str, name: &str, to: &str) -> String {
    let (how, what) = to.trim_matches(['(', ')']).split_once(' ').unwrap_or((to.trim_matches(['(', ')']), ""));
    let mut rows: Vec<Vec<String>> = text.lines().map(|line| line.split(',').map(str::to_owned).collect()).collect();
    let at = |name: &str| rows[0].iter().position(|cell| cell == name).unwrap_or_else(|| panic!("column {name} is there"));
    let (column, other) = (at(name), if how == "exchange" { at(what) } else { 0 });
    for row in rows.iter_mut().skip(usize::from(how != "name" && how != "delete")) {
        let number = row[column].parse::<f64>();
        row[column] = match how {
            "upper" => row[column].to_uppercase(),
            "commas" => {
                format!("\"{}\"", if row[column].contains('.') { row[column].replace('.', ",") } else { row[column].clone() + ",0" })
            }
            "positive" => row[column].trim_start_matches('-').to_owned(),
            "empty" => String::new(),
            "times" => number.map_or_else(|_| row[column].clone() + "?", |x| (x * what.parse::<f64>().unwrap()).to_string()),
            "exchange" => {
                row.swap(column, other);
                row[column].clone()
            }
            "name" => {
                row[column] = what.to_owned();
                break;
            }
            "delete" => {
                row.remove(column);
                continue;
            }
            _ => panic!("no change '{to}'"),
        };
    }
    rows.iter().map(|row| row.join(",") + "\n").collect()
}

/// Changes a table: `from` to `to` in its text, or all of it where `from` is empty. Some words stand for a place: a column, every row
/// below the header or with it, the line above the header, below it, or at the end.
fn change(file: &Path, from: &str, to: &str) {
    let special = |text: &str| text.replace("\\n", "\n").replace("\\t", "\t");
    let text = || fs::read_to_string(file).unwrap();
    let appended = |skip: usize| -> String {
        text().lines().enumerate().map(|(k, line)| if k < skip { format!("{line}\n") } else { format!("{line}{to}\n") }).collect()
    };
    let placed = match from {
        "rows" => Some(appended(1)),
        "all rows" => Some(appended(0)),
        "top" => Some(special(to) + &text()),
        "second" => Some(text().replacen('\n', &format!("\n{}", special(to)), 1)),
        "end" => Some(text() + &special(to)),
        _ => from.strip_prefix("column ").map(|name| with_column(&text(), name, to)),
    };
    if let Some(changed) = placed {
        assert_ne!(changed, text(), "{from} {to}");
        return fs::write(file, changed).unwrap();
    }
    match to {
        "(missing)" => fs::remove_file(file).unwrap(),
        "(folder)" => {
            fs::remove_file(file).unwrap();
            fs::create_dir(file).unwrap();
        }
        "(loop)" => {
            fs::remove_file(file).unwrap();
            std::os::unix::fs::symlink(file, file).unwrap();
        }
        "(latin-1)" => {
            let mut bytes = fs::read(file).unwrap();
            bytes.extend_from_slice(b"M\xfcller");
            fs::write(file, bytes).unwrap();
        }
        "(utf-16)" => fs::write(file, b"\xff\xfei\0d\0").unwrap(),
        "(pipe)" => {
            fs::remove_file(file).unwrap();
            assert!(Command::new("mkfifo").arg(file).status().unwrap().success());
        }
        "(comma)" => {
            let text = fs::read_to_string(file).unwrap();
            fs::write(file, text.replacen('\n', ",\n", 1)).unwrap();
        }
        "(quoted)" => {
            let text = fs::read_to_string(file).unwrap();
            fs::write(file, text.lines().map(|line| format!("\"{line}\"\n")).collect::<String>()).unwrap();
        }
        "(semicolons)" => {
            let text = fs::read_to_string(file).unwrap().replace(',', ";").replace('.', ",");
            fs::write(file, text).unwrap();
        }
        _ => {
            let text = fs::read_to_string(file).unwrap();
            assert!(text.contains(&special(from)), "{from} stands in {}", file.display());
            let changed = if from.is_empty() { special(to) } else { text.replacen(&special(from), &special(to), 1) };
            fs::write(file, changed).unwrap();
        }
    }
}

#[test]
fn one_cause_is_one_finding() {
    let table = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/bad_tables.csv");
    let (mut cases, mut wrong) = (0, String::new());
    for row in csv::Reader::from_path(table).unwrap().deserialize::<(String, String, String, String, String, String)>() {
        let (name, file, from, to, code, place) = row.unwrap();
        let folder = scratch("one cause");
        feeder(&name, &folder);
        change(&folder.join(&file), &from, &to);
        let out = copperplate(&["powerflow", folder.to_str().unwrap()]);
        let text = String::from_utf8_lossy(&out.stderr).into_owned();
        // The load flow of such a table may have no solution, which is a result and no finding on the table.
        let results = ["collapsed", "iteration-limit", "phases-spread"];
        let found: Vec<_> = told(&out).into_iter().filter(|(code, _)| !results.contains(&code.as_str())).collect();
        let expected: Vec<(String, String)> = if code.is_empty() { Vec::new() } else { vec![(code, place)] };
        let has_errors = expected.iter().any(|(code, _)| text.contains(&format!("error[{code}]")));
        let ended = if has_errors { out.status.code() == Some(2) } else { [Some(0), Some(1)].contains(&out.status.code()) };
        let named = expected.is_empty() || text.contains(&file) || found.iter().any(|(code, _)| code == "unlikely-unit");
        if found != expected || !ended || !named {
            wrong += &format!("{name} {file} {from} {to}: {text}\n");
        }
        cases += 1;
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(cases >= 100);
}

/// A cell that is no number is told with the number that was meant.
#[test]
fn the_help_for_a_cell_is_what_was_meant() {
    let table = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/bad_cells.csv");
    let mut cases = 0;
    for row in csv::Reader::from_path(table).unwrap().deserialize::<(String, String, String, String, String, String)>() {
        let (file, from, to, code, place, help) = row.unwrap();
        let folder = scratch("cells");
        feeder("lv-rural1-2", &folder);
        change(&folder.join(&file), &from, &to);
        let out = copperplate(&["powerflow", folder.to_str().unwrap()]);
        let text = String::from_utf8_lossy(&out.stderr).into_owned();
        let found = told(&out);
        assert!(found.len() == 1 && found[0].0 == code && found[0].1.starts_with(&place), "{file} {from} {to}: {text}");
        assert!(text.contains(&help), "{file} {from} {to}: {text}");
        cases += 1;
    }
    assert!(cases >= 12);
}

/// What a scenario reads of a feeder and beside it is told with what was meant: file, text, in its place, code and help.
#[test]
fn the_help_for_what_a_scenario_reads_is_what_was_meant() {
    let prices: String =
        (0..10 * 96).map(|k| format!("2016-07-{:02}T{:02}:{:02}:00+02:00,40,45\n", 22 + k / 96, k / 4 % 24, k % 4 * 15)).collect();
    let header = "time,day_ahead_eur_per_mwh,imbalance_eur_per_mwh";
    let cases = [
        ("connections.csv", ",ean.", ",", "not-an-address", "write 'ean.207110100000000006'"),
        ("prices.csv", "time,", "Zeit,", "missing-column", "'time'"),
        ("prices.csv", "time,", "Datum,", "missing-column", "'time'"),
    ];
    for (file, from, to, code, help) in cases {
        let folder = scratch("read by a scenario");
        feeder("lv-rural1-2", &folder);
        fs::write(folder.join("prices.csv"), format!("{header}\n{prices}")).unwrap();
        let base = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/quickstart.toml");
        let text = format!(
            "extends = {base:?}\nname = \"s\"\n[feeder]\npath = \".\"\n[prices]\nkind = \"csv\"\npath = \"prices.csv\"\nminutes = 15\n"
        );
        fs::write(folder.join("s.toml"), text).unwrap();
        let scenario = folder.join("s.toml");
        let validate = || copperplate(&["validate", scenario.to_str().unwrap()]);
        let sound = validate();
        assert_eq!(sound.status.code(), Some(0), "{}", String::from_utf8_lossy(&sound.stderr));
        let text = fs::read_to_string(folder.join(file)).unwrap();
        fs::write(folder.join(file), text.replace(from, to)).unwrap();
        let out = validate();
        let text = String::from_utf8_lossy(&out.stderr).into_owned();
        let codes: Vec<String> = told(&out).into_iter().map(|(code, _)| code).collect();
        assert!(codes == [code] && text.contains(help), "{file} {to}: {text}");
    }
}

#[test]
fn shared_cases_come_out_as_expected() {
    let Some(semicolon) = shared("csv-semicolon/feeder") else { return };
    let out = copperplate(&["powerflow", semicolon.to_str().unwrap()]);
    assert_eq!(told(&out), [("wrong-separator".to_owned(), "lines.csv:1".to_owned())]);
    assert!(String::from_utf8_lossy(&out.stderr).contains("';'"));
    let blank = shared("profile-blank-row/feeder").unwrap();
    for args in [&["powerflow", "--series"][..], &["powerflow", "--at", "2026-03-09T09:45"]] {
        let out = copperplate(&[args, &[blank.to_str().unwrap()]].concat());
        assert_eq!(out.status.code(), Some(2));
        let (code, place) = told(&out).remove(0);
        let text = fs::read_to_string(blank.join("profiles.csv")).unwrap();
        let line = text.lines().position(|line| line.trim().is_empty()).unwrap() + 1;
        assert_eq!((code.as_str(), place), ("profile-gap", format!("profiles.csv:{line}")));
    }
}

/// Coordinates are given with both columns or with none.
#[test]
fn half_of_the_coordinates_is_a_finding() {
    for (gone, kept) in [("x", "y"), ("y", "x")] {
        let folder = scratch("coordinates");
        feeder("lv-rural1-2", &folder);
        let path = folder.join("buses.csv");
        let mut reader = csv::Reader::from_path(&path).unwrap();
        let header = reader.headers().unwrap().clone();
        let column = header.iter().position(|name| name == gone).unwrap();
        let without = |row: &csv::StringRecord| -> csv::StringRecord {
            row.iter().enumerate().filter(|(k, _)| *k != column).map(|(_, cell)| cell).collect()
        };
        let rows: Vec<csv::StringRecord> =
            std::iter::once(without(&header)).chain(reader.records().map(|r| without(&r.unwrap()))).collect();
        let mut writer = csv::Writer::from_path(&path).unwrap();
        rows.iter().for_each(|row| writer.write_record(row).unwrap());
        writer.flush().unwrap();
        let out = copperplate(&["powerflow", folder.to_str().unwrap(), "--at", "2016-07-24T13:00"]);
        assert_eq!((out.status.code(), told(&out)), (Some(2), vec![("missing-column".to_owned(), "buses.csv:1".to_owned())]), "{kept}");
    }
}

#[test]
fn counts_are_checked_before_memory_is_taken() {
    let place = scratch("counts");
    let sweep = "scenarios/sweep-pv.toml";
    let cases: [(&[&str], &str); 6] = [
        (&["validate", sweep, "--set", "sweep.seeds=4000000000"], "more than 10000000 cases"),
        (&["validate", sweep, "--set", "sweep.seeds=1000000000"], "more than 10000000 cases"),
        (&["sweep", "plan", sweep, "--set", "sweep.parameter[0].steps=4294967295"], "steps"),
        (&["sweep", "plan", sweep, "--set", "sweep.parameter[0].steps=1000000"], "more than 10000000 cases"),
        (&["powerflow", "scenarios/feeders/lv-rural1-2", "--batch", "4000000000"], "16 GiB"),
        (&["powerflow", "scenarios/feeders/lv-rural1-2", "--batch", "18446744073709551615"], "16 GiB"),
    ];
    for (args, said) in cases {
        // The limit is the system's: taking the memory would end the process.
        let script = "ulimit -v 400000; exec \"$0\" \"$@\"";
        let mut limited = Command::new("sh");
        limited.current_dir(env!("CARGO_MANIFEST_DIR")).args(["-c", script, env!("CARGO_BIN_EXE_copperplate")]).args(args);
        if args[0] == "sweep" {
            limited.args(["--out", place.to_str().unwrap()]);
        }
        let out = limited.output().unwrap();
        let text = String::from_utf8_lossy(&out.stderr).into_owned();
        assert!(out.status.code() == Some(2) && text.contains(said), "{args:?}: {text}");
    }
}

/// A fault in every row is told twenty times and counted, in time that grows with the rows.
#[test]
fn thousands_of_faults_are_counted() {
    let folder = scratch("thousand");
    feeder("ieee-eu-lv", &folder);
    let text = fs::read_to_string(folder.join("buses.csv")).unwrap();
    fs::write(folder.join("buses.csv"), text.replacen("u_rated_v", "u_v", 1)).unwrap();
    let out = copperplate(&["powerflow", folder.to_str().unwrap()]);
    let codes: Vec<String> = told(&out).into_iter().map(|(code, _)| code).collect();
    assert_eq!(codes, ["missing-column"], "a table that could not be read judges no other");

    // References to buses that are not there, and buses that nothing feeds.
    let rows: String = (0..200_000).map(|k| format!("b{k},400,0.9,1.1\n")).collect();
    fs::write(folder.join("buses.csv"), format!("id,u_rated_v,u_min_pu,u_max_pu\n{rows}")).unwrap();
    let unknown = limited(&folder);
    assert!(unknown.contains("error[unknown-bus]") && unknown.contains(" more rows"), "{unknown}");
    for table in ["lines.csv", "transformers.csv", "assets.csv"] {
        let header = fs::read_to_string(folder.join(table)).unwrap().lines().next().unwrap().to_owned();
        fs::write(folder.join(table), header + "\n").unwrap();
    }
    fs::write(folder.join("sources.csv"), "bus,u_pu,angle_deg\nb0,1,0\n").unwrap();
    fs::write(folder.join("connections.csv"), "id,address,bus\nc,ean.207110100000000006,b0\n").unwrap();
    let unfed = limited(&folder);
    assert!(unfed.contains("no source supplies bus 'b1', and so in 199998 more rows"), "{unfed}");
}

/// What is said about a feeder, within ten times what its 200 000 rows take and far below what their square would.
fn limited(feeder: &Path) -> String {
    let script = "ulimit -t 20; exec \"$0\" powerflow \"$1\"";
    let out = Command::new("sh").args(["-c", script, env!("CARGO_BIN_EXE_copperplate")]).arg(feeder).output().unwrap();
    let told = String::from_utf8_lossy(&out.stderr).into_owned();
    assert!(out.status.code() == Some(2) && told.len() < 100_000, "{:?}, {} bytes", out.status, told.len());
    told
}

#[test]
fn findings_for_scripts_are_complete() {
    let folder = scratch("json");
    feeder("lv-rural1-2", &folder.join("f"));
    let lines = fs::read_to_string(folder.join("f/lines.csv")).unwrap();
    fs::write(folder.join("f/lines.csv"), lines.replace(",LV1.101 Bus", ",LV9.101 Bus")).unwrap();
    let base = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/quickstart.toml");
    fs::write(folder.join("s.toml"), format!("extends = {base:?}\nname = \"s\"\nsed = 2\n[feeder]\npath = \"f\"\n")).unwrap();
    let scenario = folder.join("s.toml");
    let scenario = scenario.to_str().unwrap();
    for args in [&["validate", "--json", scenario][..], &["run", "--json", scenario, "--out", "/dev/null/x"]] {
        let out = copperplate(args);
        assert_eq!(out.status.code(), Some(2));
        assert!(out.stderr.is_empty());
        let said: serde_json::Value = serde_json::from_slice(&out.stdout).unwrap();
        let findings = said["findings"].as_array().unwrap();
        assert!(said["ok"] == false && findings.len() == 3, "{findings:?}");
        assert!(findings[0]["message"].as_str().unwrap().ends_with("and so in 10 more rows"), "{findings:?}");
        assert!(findings.iter().any(|f| f["code"] == "unknown-key" && f["line"] == 3 && f["column"] == 1), "{findings:?}");
        assert!(findings.iter().all(|f| f["file"].is_string() && f["severity"].is_string() && f["message"].is_string()));
    }
    let out = folder.join("out");
    let day = ["--set", "time.until=\"2016-07-22\"", "--strategy", "copper-plate", "--json", "--out", out.to_str().unwrap()];
    let out = copperplate(&[&["run", base.to_str().unwrap()], &day[..]].concat());
    let said: serde_json::Value = serde_json::from_slice(&out.stdout).unwrap();
    assert!(said["ok"] == true && said["results"]["kpis"]["copper-plate"]["overload_ex_ante_h"].is_number(), "{said}");
    assert!(Path::new(said["results"]["folder"].as_str().unwrap()).join("kpi.csv").is_file());
}

/// Powers of a feeder times `factor`.
fn scaled(folder: &Path, factor: f64) {
    let path = folder.join("assets.csv");
    let mut reader = csv::Reader::from_path(&path).unwrap();
    let header = reader.headers().unwrap().clone();
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let mut writer = csv::Writer::from_path(&path).unwrap();
    writer.write_record(&header).unwrap();
    for row in rows {
        let scaled = |(k, cell): (usize, &str)| if k == 3 { (cell.parse::<f64>().unwrap() * factor).to_string() } else { cell.to_owned() };
        writer.write_record(row.iter().enumerate().map(scaled)).unwrap();
    }
    writer.flush().unwrap();
}

/// What was not solved is neither a run without overload nor a success without a word.
#[test]
fn steps_without_a_solution_give_no_figures() {
    let folder = scratch("unsolved");
    let base = "scenarios/quickstart.toml";
    let run = |factor: f64, out: &str| {
        feeder("lv-rural1-2", &folder.join("f"));
        scaled(&folder.join("f"), factor);
        let (feeder, out) = (format!("feeder.path={}", folder.join("f").display()), folder.join(out));
        let day = ["--set", "time.until=\"2016-07-22\"", "--strategy", "copper-plate", "--json", "--out", out.to_str().unwrap()];
        let ended = copperplate(&[&["run", base, "--set", &feeder], &day[..]].concat());
        let said: serde_json::Value = serde_json::from_slice(&ended.stdout).unwrap();
        (
            ended.status.code(),
            said["findings"][0]["code"].as_str().unwrap_or_default().to_owned(),
            said["results"]["kpis"]["copper-plate"].clone(),
        )
    };
    let (code, found, kpis) = run(30.0, "some");
    assert_eq!((code, found.as_str()), (Some(0), "unsolved-steps"));
    assert!(kpis["not_converged_steps"].as_f64().unwrap() > 0.0 && kpis["cost_energy_eur"].is_number());
    for key in ["overload_realised_h", "max_loading_realised_percent", "u_min_pu", "losses_mwh", "paid_total_eur", "cost_total_eur"] {
        assert!(kpis[key].is_null(), "{key}: {}", kpis[key]);
    }
    let (code, found, _) = run(1000.0, "none");
    assert_eq!((code, found.as_str()), (Some(2), "collapsed"));
    assert!(!folder.join("none").exists());
}

/// Power is nominal power times profile: the sign of either may be that of feed-in.
#[test]
fn the_sign_of_feed_in_is_that_of_the_product() {
    let folder = scratch("signs");
    for (power, profile, fault) in
        [(-5000, 0.5, None), (5000, -0.5, None), (5000, 0.5, Some("write -5000")), (-5000, -0.5, Some("profile"))]
    {
        let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/sim/hamlet");
        for entry in fs::read_dir(from).unwrap().flatten() {
            fs::copy(entry.path(), folder.join(entry.file_name())).unwrap();
        }
        let assets = format!("id,connection,kind,p_nominal_w,q_nominal_var,p_profile,q_profile\nroof,house,pv,{power},0,sun,\n");
        fs::write(folder.join("assets.csv"), assets).unwrap();
        let steps = fs::read_to_string(folder.join("profiles.csv")).unwrap().lines().count() - 1;
        fs::write(folder.join("profiles.csv"), format!("sun\n{}", format!("{profile}\n").repeat(steps))).unwrap();
        let out = copperplate(&["powerflow", folder.to_str().unwrap()]);
        let text = String::from_utf8_lossy(&out.stderr).into_owned();
        match fault {
            None => assert!(!text.contains("feed-in-sign"), "{power} {profile}: {text}"),
            Some(said) => assert!(text.contains("error[feed-in-sign]") && text.contains(said), "{power} {profile}: {text}"),
        }
    }
}
