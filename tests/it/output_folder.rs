//! What a run may touch: its own results and nothing else. Names that lead elsewhere, folders of others, links, what killed
//! processes leave, output that cannot be written.
#![allow(clippy::disallowed_methods, reason = "processes are told to end at moments of the clock")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Duration;

/// A day, one strategy: what a run leaves in a second.
const SHORT: [&str; 4] = ["--set", "time.until=\"2016-07-22\"", "--strategy", "copper-plate"];

fn quickstart() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/quickstart.toml")
}

fn scratch(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("output folder").join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn command(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_copperplate"));
    command.current_dir(folder).args(args);
    command
}

fn run(folder: &Path, more: &[&str]) -> Output {
    let scenario = quickstart();
    command(folder, &[&["run", scenario.to_str().unwrap()], &SHORT[..], more].concat()).output().unwrap()
}

fn done(folder: &Path, more: &[&str]) -> String {
    let out = run(folder, more);
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8(out.stdout).unwrap()
}

fn refused(folder: &Path, more: &[&str], code: &str) {
    let before = listing(folder);
    let out = run(folder, more);
    let told = String::from_utf8_lossy(&out.stderr);
    assert_eq!(out.status.code(), Some(2), "{told}");
    assert!(told.contains(&format!("[{code}]")) && out.stdout.is_empty(), "{told}");
    assert_eq!(listing(folder), before, "nothing is touched");
}

/// Every file below a folder with its length, links as they are.
fn listing(folder: &Path) -> Vec<(PathBuf, u64)> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).unwrap().flatten() {
        if entry.file_type().unwrap().is_dir() {
            all.extend(listing(&entry.path()));
        }
        all.push((entry.path(), if entry.file_type().unwrap().is_dir() { 0 } else { entry.metadata().unwrap().len() }));
    }
    all.sort();
    all
}

#[test]
fn what_no_run_has_written_stays() {
    let folder = scratch("own files");
    done(&folder, &["--out", "w", "--messages-xml"]);
    let strategy = folder.join("w/messages/copper-plate");
    let mine = ["w/notes.txt", "w/mine/deep/a.csv", "w/messages/note.txt"];
    for file in mine {
        fs::create_dir_all(folder.join(file).parent().unwrap()).unwrap();
        fs::write(folder.join(file), file).unwrap();
    }
    fs::create_dir(folder.join("w/empty")).unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink(quickstart().parent().unwrap(), folder.join("w/link")).unwrap();
    let said = done(&folder, &["--out", "w"]);
    assert!(said.contains("'empty', ") && said.contains("'messages/note.txt'") && said.contains("'notes.txt'"), "{said}");
    for file in mine {
        assert_eq!(fs::read_to_string(folder.join(file)).unwrap(), file);
    }
    assert!(folder.join("w/empty").is_dir() && !strategy.exists(), "messages of the earlier run are gone, as they were its own");
    #[cfg(unix)]
    assert!(folder.join("w/link").is_symlink() && quickstart().is_file());
    // A file of the user's that has the name of a new result.
    fs::create_dir_all(&strategy).unwrap();
    let manifest: serde_json::Value = serde_json::from_str(&fs::read_to_string(folder.join("w/manifest.json")).unwrap()).unwrap();
    let mut older = manifest;
    older["outputs"].as_array_mut().unwrap().retain(|output| output["file"] != "kpi.csv");
    fs::write(folder.join("w/manifest.json"), older.to_string()).unwrap();
    fs::write(folder.join("w/kpi.csv"), "mine").unwrap();
    let out = run(&folder, &["--out", "w"]);
    assert_eq!(out.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&out.stderr).contains("[foreign-folder]"));
    assert_eq!(fs::read_to_string(folder.join("w/kpi.csv")).unwrap(), "mine");
}

#[test]
fn folders_of_others_are_refused() {
    let folder = scratch("foreign");
    let manifests = [
        r#"{"name": "My web page", "start_url": "/"}"#,
        r#"{"program": "other 1.0", "outputs": [{"file": "src/code.js"}]}"#,
        r#"{"program": "copperplate-clone 1.0", "outputs": []}"#,
        "not json",
        "",
    ];
    for (k, manifest) in manifests.into_iter().enumerate() {
        let project = folder.join(format!("project-{k}"));
        fs::create_dir_all(project.join("src")).unwrap();
        fs::write(project.join("src/code.js"), "code").unwrap();
        fs::write(project.join("manifest.json"), manifest).unwrap();
        refused(&folder, &["--out", &format!("project-{k}")], "foreign-folder");
    }
    fs::write(folder.join("file"), "text").unwrap();
    fs::create_dir(folder.join("outputs")).unwrap();
    let sweep = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/sweep-pv.toml");
    for out in ["outputs", ".", "file"] {
        let planned = command(&folder, &["sweep", "plan", sweep.to_str().unwrap(), "--out", out]).output().unwrap();
        let told = String::from_utf8_lossy(&planned.stderr).into_owned();
        assert!(planned.status.code() == Some(2) && told.contains("[foreign-folder]"), "{out}: {told}");
    }
    for out in ["file", ".", "..", "/", "outputs", "./outputs/", "project-0/../outputs", "project-0"] {
        refused(&folder, &["--out", out], "foreign-folder");
    }
}

/// Names that cannot be the name of a file, from the shared cases and beyond.
#[test]
fn names_do_not_lead_out_of_the_folder() {
    let folder = scratch("names");
    let long = "n".repeat(200);
    for name in ["", ".", "..", "a/b", "../../pwned", "a\\\\b", "/tmp/x", "a\\u0007b", "a\\nb", long.as_str()] {
        for text in [
            format!("strategies = [\"copper-plate\", \"{name}\"]\n[strategy.\"{name}\"]\npreset = \"congestion-management\"\n"),
            format!("name = \"{name}\"\n"),
        ] {
            fs::write(folder.join("odd.toml"), format!("extends = {:?}\n{text}", quickstart())).unwrap();
            for more in [&["--out", "deep/er/out", "--messages-xml"][..], &[]] {
                let out = command(&folder, &[&["run", "odd.toml"], more].concat()).output().unwrap();
                let told = String::from_utf8_lossy(&out.stderr);
                assert_eq!(out.status.code(), Some(2), "{name}: {told}");
                assert!(told.contains("[file-name]") && told.contains("odd.toml:"), "{name}: {told}");
                assert_eq!(listing(&folder).len(), 1, "{name}: nothing is written");
            }
        }
    }
}

#[cfg(unix)]
#[test]
fn a_link_is_followed_and_stays() {
    use std::os::unix::fs::symlink;
    let folder = scratch("link");
    fs::create_dir(folder.join("disk")).unwrap();
    symlink("disk/results", folder.join("there")).unwrap();
    for _ in 0..2 {
        done(&folder, &["--out", "there"]);
        assert!(folder.join("there").is_symlink() && folder.join("disk/results/manifest.json").is_file());
        assert_eq!(fs::read_dir(folder.join("disk")).unwrap().count(), 1);
    }
    symlink("round", folder.join("round")).unwrap();
    refused(&folder, &["--out", "round"], "cannot-write");
}

/// The host's name as it stands in names of temporary files.
#[cfg(unix)]
fn host() -> String {
    rustix::system::uname().nodename().to_string_lossy().into_owned()
}

#[cfg(unix)]
#[test]
fn what_a_killed_process_left_is_swept_up() {
    let folder = scratch("dead");
    // Beyond every process number, of this machine and of another.
    let (dead, elsewhere) = (format!(".w.{}-2147483647.partial", host()), ".w.another-machine-2147483647.partial");
    for left in [dead.as_str(), elsewhere] {
        fs::create_dir(folder.join(left)).unwrap();
        fs::write(folder.join(left).join("kpi.csv"), "half").unwrap();
    }
    done(&folder, &["--out", "w"]);
    assert!(!folder.join(&dead).exists() && folder.join(elsewhere).exists());
    // Killed between the renames: the old folder is whole, the new one is not there.
    fs::write(folder.join("w/notes.txt"), "mine").unwrap();
    let moved = folder.join(format!(".w.{}-2147483647.replaced", host()));
    fs::rename(folder.join("w"), &moved).unwrap();
    done(&folder, &["--out", "w"]);
    assert!(!moved.exists());
    assert_eq!(fs::read_to_string(folder.join("w/notes.txt")).unwrap(), "mine");
    // Killed after them, before the user's own files were moved.
    fs::create_dir(&moved).unwrap();
    fs::copy(folder.join("w/manifest.json"), moved.join("manifest.json")).unwrap();
    fs::write(moved.join("kpi.csv"), "old").unwrap();
    fs::write(moved.join("second.txt"), "mine").unwrap();
    done(&folder, &["--out", "w"]);
    assert!(!moved.exists() && folder.join("w/notes.txt").is_file() && folder.join("w/second.txt").is_file());
}

#[cfg(unix)]
#[test]
fn a_signal_leaves_nothing_half_written() {
    use rustix::process::{Pid, Signal, kill_process};
    let folder = scratch("signal");
    let scenario = quickstart();
    for (k, signal) in [Signal::INT, Signal::TERM].into_iter().cycle().take(24).enumerate() {
        let args = [&["run", scenario.to_str().unwrap(), "--out", "w", "--messages-xml"], &SHORT[..2]].concat();
        let mut child = command(&folder, &args).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(20 * k as u64));
        let _ = kill_process(Pid::from_child(&child), signal);
        let status = child.wait().unwrap();
        // Before its handler stands the signal itself ends it; at the end it may be done.
        assert!(matches!(status.code(), None | Some(130 | 0)), "{status:?}");
        let left: Vec<String> = fs::read_dir(&folder).unwrap().flatten().map(|e| e.file_name().into_string().unwrap()).collect();
        assert!(left.iter().all(|name| name == "w"), "{left:?}");
        if !left.is_empty() {
            assert!(folder.join("w/manifest.json").is_file(), "a folder is whole");
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn lost_output_is_told() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let out = scratch("full").join("w");
    let out = out.to_str().unwrap();
    let grid = "scenarios/feeders/lv-rural1-2";
    let commands: [&[&str]; 10] = [
        &["--version"],
        &["--help"],
        &["run", "--help"],
        &["schema"],
        &["explain", "unknown-key"],
        &["validate", "scenarios/quickstart.toml"],
        &["validate", "--json", "scenarios/quickstart.toml"],
        &["powerflow", grid, "--at", "2016-07-24T13:00"],
        &["message", "check", "tests/data/uftp/fuzz/read-FlexOfferRevocationResponse-version-supported.xml"],
        &["run", "scenarios/quickstart.toml", "--set", "time.until=\"2016-07-22\"", "--strategy", "copper-plate", "--out", out],
    ];
    for args in commands {
        let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let ended = command(folder, args).stdout(full).output().unwrap();
        let told = String::from_utf8_lossy(&ended.stderr);
        assert_eq!(ended.status.code(), Some(2), "{args:?}: {told}");
        assert_eq!(told.matches("cannot write to standard output").count(), 1, "{args:?}: {told}");
        // A reader that goes away, as 'head' does.
        let mut child = command(folder, args).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        drop(child.stdout.take());
        assert!(child.wait().unwrap().code().is_some_and(|code| code < 2), "{args:?}");
    }
    assert!(Path::new(out).join("manifest.json").is_file(), "files are of more use than the table");
}

#[test]
fn files_of_the_users_own_are_not_overwritten() {
    let folder = scratch("own");
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let grid = root.join("scenarios/feeders/lv-rural1-2");
    let powerflow = |out: &str| command(&folder, &["powerflow", grid.to_str().unwrap(), "--out", out]).output().unwrap().status.code();
    assert_eq!((powerflow("flow"), powerflow("flow")), (Some(0), Some(0)));
    fs::create_dir(folder.join("mine")).unwrap();
    fs::write(folder.join("mine/bus.csv"), "mine").unwrap();
    assert_eq!(powerflow("mine"), Some(2));
    let sample = || command(&folder, &["message", "sample", "samples"]).output().unwrap().status.code();
    assert_eq!((sample(), sample()), (Some(0), Some(0)), "the same files again are no loss");
    fs::write(folder.join("samples/FlexOffer.xml"), "mine").unwrap();
    assert_eq!(sample(), Some(2));
    done(&folder, &["--out", "w"]);
    fs::write(folder.join("thesis.html"), "<p>mine</p>").unwrap();
    let report = |out: &str| command(&folder, &["report", "w", "--out", out]).output().unwrap().status.code();
    assert_eq!((report("page.html"), report("page.html"), report("thesis.html")), (Some(0), Some(0), Some(2)));
    assert_eq!(fs::read_to_string(folder.join("thesis.html")).unwrap(), "<p>mine</p>");
}

#[test]
fn a_report_is_made_of_what_the_run_wrote() {
    let folder = scratch("changed");
    done(&folder, &["--out", "w"]);
    let report = || command(&folder, &["report", "w"]).output().unwrap();
    assert!(report().status.success());
    // A file that the manifest no longer lists is not trusted either.
    let manifest = fs::read_to_string(folder.join("w/manifest.json")).unwrap();
    let mut edited: serde_json::Value = serde_json::from_str(&manifest).unwrap();
    edited["outputs"].as_array_mut().unwrap().retain(|output| output["file"] != "kpi.csv");
    fs::write(folder.join("w/manifest.json"), edited.to_string()).unwrap();
    assert_eq!(report().status.code(), Some(2));
    fs::write(folder.join("w/manifest.json"), manifest).unwrap();
    for file in ["kpi.csv", "elements.parquet", "scenario.json"] {
        let path = folder.join("w").join(file);
        let whole = fs::read(&path).unwrap();
        let mut bytes = whole.clone();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        fs::write(&path, bytes).unwrap();
        let out = report();
        let told = String::from_utf8_lossy(&out.stderr).into_owned();
        assert!(out.status.code() == Some(2) && told.contains("[changed-results]") && told.contains(file), "{told}");
        fs::write(&path, whole).unwrap();
    }
}

/// Two sweeps into one new folder at once leave what one alone leaves.
#[test]
fn two_sweeps_at_once_do_not_disturb_each_other() {
    let folder = scratch("twice");
    let sweep = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/sweep-pv.toml");
    let args = |out| {
        let small = ["--set", "sweep.seeds=2", "--set", "time.until=\"2016-07-22\"", "--set", "sweep.parameter[0].steps=9", "--out", out];
        [&["sweep", sweep.to_str().unwrap(), "--threads", "1"], &small[..]].concat()
    };
    assert!(command(&folder, &args("alone")).output().unwrap().status.success());
    let both: Vec<_> =
        (0..3).map(|_| command(&folder, &args("both")).stderr(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap()).collect();
    for child in both {
        let ended = child.wait_with_output().unwrap();
        assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
    }
    let results = |out: &str| fs::read(folder.join(out).join("results.parquet")).unwrap();
    assert!(results("alone") == results("both"));
}

/// The folder is tried before hours of work.
#[test]
fn a_folder_that_cannot_be_made_is_told_first() {
    let folder = scratch("early");
    fs::write(folder.join("file"), "text").unwrap();
    let out = run(&folder, &["--out", "file/below"]);
    assert!(out.status.code() == Some(2) && out.stdout.is_empty(), "{}", String::from_utf8_lossy(&out.stdout));
    done(&folder, &["--out", "w"]);
    let sweep = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/sweep-pv.toml");
    let planned = command(&folder, &["sweep", "plan", sweep.to_str().unwrap(), "--out", "w"]).output().unwrap();
    assert!(String::from_utf8_lossy(&planned.stderr).contains("other results are in it"));
}

/// What cannot be moved or removed is told before anything is.
#[cfg(unix)]
#[test]
fn a_folder_without_permission_is_refused_whole() {
    use std::os::unix::fs::PermissionsExt;
    let folder = scratch("permission");
    done(&folder, &["--out", "w", "--messages-xml"]);
    fs::create_dir(folder.join("w/mine")).unwrap();
    fs::write(folder.join("w/mine/note"), "mine").unwrap();
    for place in ["w/mine", "w/messages", "w"] {
        fs::set_permissions(folder.join(place), fs::Permissions::from_mode(0o555)).unwrap();
        // Nothing is without permission for the superuser.
        let is_root = fs::write(folder.join(place).join("probe"), "").is_ok();
        if is_root {
            fs::remove_file(folder.join(place).join("probe")).unwrap();
        } else {
            refused(&folder, &["--out", "w"], "cannot-write");
        }
        fs::set_permissions(folder.join(place), fs::Permissions::from_mode(0o755)).unwrap();
    }
    done(&folder, &["--out", "w"]);
    assert_eq!(fs::read_to_string(folder.join("w/mine/note")).unwrap(), "mine");
}

/// Names of files are bytes; whatever they are, they reach the terminal and scripts as text that does nothing.
#[cfg(target_os = "linux")]
#[test]
fn odd_names_are_shown_escaped() {
    use std::os::unix::ffi::OsStrExt;
    let folder = scratch("odd names");
    done(&folder, &["--out", "w"]);
    for name in [&b"caf\xe9.txt"[..], b"a\x1b[31mred\n2026 payment"] {
        fs::write(folder.join("w").join(std::ffi::OsStr::from_bytes(name)), "mine").unwrap();
    }
    let said = done(&folder, &["--out", "w"]);
    assert!(said.contains("the folder keeps files") && !said.contains('\u{1b}') && !said.contains("\n2026"), "{said}");
    let said: serde_json::Value = serde_json::from_str(&done(&folder, &["--out", "w", "--json"])).unwrap();
    assert_eq!(said["results"]["kept"].as_array().unwrap().len(), 2);
    let odd = std::ffi::OsStr::from_bytes(b"q\xff.toml");
    let out = command(&folder, &["validate", "--json"]).arg(odd).output().unwrap();
    assert_eq!(out.status.code(), Some(2), "{}", String::from_utf8_lossy(&out.stderr));
}
