//! Small inputs of the shared folder that once came out wrong: names and times at the edge of the wire, messages by themselves. Each
//! case's `expected.md` says what must come out and why; here is a line for each command.

use std::path::{Path, PathBuf};
use std::process::Command;

use copperplate::time::SimTime;
use copperplate::uftp::message::{DateTime, IspMinutes, Message, MessageType, ZoneName};
use copperplate::uftp::sample::{PERIOD, sample};
use copperplate::uftp::xml;

use crate::uftp_samples::shared;

/// What a command must say.
struct Case {
    /// Folder of the case, in which the command runs.
    folder: &'static str,
    command: &'static [&'static str],
    exit: i32,
    /// Every one of these is said, on either channel.
    says: &'static [&'static str],
    /// None of these is.
    silent: &'static [&'static str],
}

const fn case(
    folder: &'static str,
    command: &'static [&'static str],
    exit: i32,
    says: &'static [&'static str],
    silent: &'static [&'static str],
) -> Case {
    Case { folder, command, exit, says, silent }
}

const ZONE: &[&str] = &["error[zone-not-carried]"];
const OK: &[&str] = &[": ok\n"];
const SYNTAX: &[&str] = &["[syntax]"];
const FLEX_CLOCK: &[&str] = &["17:00", "18:00"];

/// Power of the source at an instant of the feeder with the rising load: each quarter of an hour has its own.
const AT_TWO_FIFTEEN: &str = "11.749 kW";
const AN_HOUR_LATER: &str = "12.153 kW";
const AT_FOUR: &str = "12.861 kW";

#[rustfmt::skip]
const CASES: &[Case] = &[
    case("wire-zone", &["validate", "scenario.toml"], 2, ZONE, &["is sound"]),
    case("wire-zone", &["validate", "scenario.toml", "--set", "time.zone=UTC"], 2, ZONE, &["is sound"]),
    case("wire-zone", &["validate", "scenario.toml", "--set", "time.zone=Etc/UTC"], 2, ZONE, &["is sound"]),
    case("wire-zone", &["validate", "scenario.toml", "--set", "time.zone=Asia/Tokyo"], 2, ZONE, &["'Pacific/Guam'", "is sound"]),
    case("wire-zone", &["validate", "scenario.toml", "--set", "time.zone=America/Port-au-Prince"], 2, ZONE, &["is sound"]),
    case("wire-zone", &["validate", "scenario.toml", "--set", "time.zone=Europe/Nowhere"], 2, &["error[unknown-zone]"], ZONE),
    case("wire-zone", &["validate", "scenario.toml", "--set", "time.zone=Africa/Abidjan"], 0, &["is sound"], &["error"]),
    case("wire-zone", &["run", "scenario.toml", "--set", "wire.transport=\"xml\""], 2, ZONE, &["panicked"]),

    case("offset-ignored", &["powerflow", "feeder", "--at", "2026-10-25T12:00+09:00"], 0, &[AT_FOUR, "2026-10-25T04:00:00 Europe/Amsterdam"], &[]),
    case("offset-ignored", &["powerflow", "feeder", "--at", "2026-10-25T04:00"], 0, &[AT_FOUR], &[]),
    case("offset-ignored", &["powerflow", "feeder", "--at", "2026-10-25T03:00Z"], 0, &[AT_FOUR], &[]),
    case("offset-ignored", &["powerflow", "feeder", "--at", "2026-10-25T02:15+02:00"], 0, &[AT_TWO_FIFTEEN], &[]),
    case("offset-ignored", &["powerflow", "feeder", "--at", "2026-10-25T02:15"], 0, &[AT_TWO_FIFTEEN, "02:15:00+02:00"], &[]),
    case("offset-ignored", &["powerflow", "feeder", "--at", "2026-10-25T02:15+01:00"], 0, &[AN_HOUR_LATER, "02:15:00+01:00"], &[]),
    case("offset-ignored", &["powerflow", "feeder", "--at", "2026-03-29T02:15"], 2, &["error[skipped-time]", "2026-03-29T03:15:00"], &[]),
    case("offset-ignored", &["powerflow", "feeder", "--at", "2026-10-25T02:15[Europe/Paris]"], 2, &["invalid value"], &[]),
    case("offset-ignored", &["powerflow", "feeder", "--at", "9999-12-31T23:45"], 2, &["error[outside-profiles]"], &["panicked"]),
    case("offset-ignored", &["validate", "scenario.toml"], 0, &["is sound"], &[]),
    case("offset-ignored", &["validate", "scenario.toml", "--set", "market.request=\"14:00+05:00\""], 2, &["error[wrong-type]"], &["is sound"]),
    case("offset-ignored", &["validate", "scenario.toml", "--set", "market.request=\"14:00Z\""], 2, &["error[wrong-type]"], &["is sound"]),
    case("offset-ignored", &["explain", "scenario.toml", "--set", "market.request=\"14:00+05:00\""], 2, &["error[wrong-type]"], &[]),
    case("offset-ignored", &["validate", "scenario.toml", "--set", "time.until=9999-12-31"], 2, &["error[out-of-range]"], &["panicked"]),
    case("offset-ignored", &["validate", "scenario.toml", "--set", "time.from=0000-01-01"], 2, &["error[out-of-range]"], &["panicked"]),
    case("offset-ignored", &["validate", "scenario.toml", "--set",
        "wire.silence=[{ participant = \"agr.example.com\", from = \"2026-10-25T02:15+02:00\", until = \"2026-10-25T02:10+01:00\" }]"], 0, &["is sound"], &[]),
    case("offset-ignored", &["validate", "scenario.toml", "--set",
        "wire.silence=[{ participant = \"agr.example.com\", from = \"9999-12-31T22:00\", until = \"9999-12-31T23:00\" }]"], 2, &["error[out-of-range]"], &["panicked"]),

    case("settlement-clock", &["message", "show", "FlexOrder.xml", "FlexSettlement.xml"], 0, FLEX_CLOCK, &["08:30", "not known"]),
    case("settlement-clock", &["message", "show", "FlexSettlement.xml"], 0, &["not known"], &["08:30", "09:00  ", "17:00"]),
    case("settlement-clock", &["message", "check", "FlexOrder.xml", "FlexSettlement.xml"], 0, OK, &["["]),
    case("settlement-clock", &["message", "check", "five-minutes/FlexOrder.xml", "five-minutes/FlexSettlement.xml"], 0, OK, &["["]),
    case("settlement-clock", &["message", "check", "five-minutes/FlexSettlement.xml"], 0, OK, &["["]),

    case("xml-namespaces", &["message", "check", "plain.xml"], 0, OK, &[]),
    case("xml-namespaces", &["message", "check", "unused-prefixes.xml"], 0, OK, &[]),
    case("xml-namespaces", &["message", "check", "schema-location.xml"], 0, OK, &[]),
    case("xml-namespaces", &["message", "check", "no-namespace.xml"], 0, OK, &[]),
    case("xml-namespaces", &["message", "check", "foreign-namespace.xml"], 1, SYNTAX, OK),
    case("xml-namespaces", &["message", "check", "foreign-attribute.xml"], 1, SYNTAX, OK),

    case("sec-xml-declaration", &["message", "check", "good.xml"], 0, OK, &[]),
    case("sec-xml-declaration", &["message", "check", "bare.xml"], 1, SYNTAX, OK),
    case("sec-xml-declaration", &["message", "check", "foreign.xml"], 1, SYNTAX, OK),
    case("sec-xml-declaration", &["message", "check", "no-blank.xml"], 1, SYNTAX, OK),
    case("sec-xml-declaration", &["message", "check", "no-version.xml"], 1, SYNTAX, OK),
    case("sec-xml-declaration", &["message", "check", "order.xml"], 1, SYNTAX, OK),
    case("sec-xml-declaration", &["message", "check", "standalone.xml"], 1, SYNTAX, OK),
    case("sec-xml-declaration", &["message", "check", "version-2.xml"], 1, SYNTAX, OK),

    case("sec-settled-twice-in-one", &["message", "check", "settlement.xml"], 1, &["Order stands twice (ORD-1) [order-once]"], OK),
    case("sec-rejected-without-reason", &["message", "check", "response.xml"], 1, &["[reason-given]"], OK),
];

/// What a command says on both channels, and its exit code.
fn say(folder: &Path, command: &[&str]) -> (String, Option<i32>) {
    let out = Command::new(env!("CARGO_BIN_EXE_copperplate")).current_dir(folder).args(command).output().expect("the binary runs");
    (String::from_utf8_lossy(&[out.stdout, out.stderr].concat()).into_owned(), out.status.code())
}

#[test]
fn every_case_comes_out_as_expected() {
    let mut faults = Vec::new();
    for Case { folder, command, exit, says, silent } in CASES {
        let Some(path) = shared(&format!("cases/{folder}")) else { return };
        let (said, code) = say(&path, command);
        let fits = code == Some(*exit) && says.iter().all(|text| said.contains(text)) && !silent.iter().any(|text| said.contains(text));
        if !fits {
            faults.push(format!("{folder}: {} → exit code {code:?}\n{said}", command.join(" ")));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
}

/// A folder of a case's own that may be changed.
fn copied(folder: &str, name: &str) -> Option<PathBuf> {
    let (from, to) = (shared(&format!("cases/{folder}"))?, Path::new(env!("CARGO_TARGET_TMPDIR")).join("wire-cases").join(name));
    let _ = std::fs::remove_dir_all(&to);
    std::fs::create_dir_all(to.join("feeder")).unwrap();
    for inner in ["", "feeder"] {
        for entry in std::fs::read_dir(from.join(inner)).unwrap().map(|e| e.unwrap().path()).filter(|path| path.is_file()) {
            std::fs::write(to.join(inner).join(entry.file_name().unwrap()), std::fs::read(&entry).unwrap()).unwrap();
        }
    }
    Some(to)
}

/// `sec-year-9999`: dates of a feeder, in each place that has one, are a finding at their place.
#[test]
fn the_end_of_the_calendar_is_a_finding() {
    let Some(folder) = copied("offset-ignored", "year-9999") else { return };
    let start = |text: &str| {
        let file = folder.join("feeder/feeder.toml");
        let toml = std::fs::read_to_string(&file).unwrap();
        let lines = toml.lines().map(|line| if line.starts_with("start") { format!("start = {text}") } else { line.to_owned() });
        std::fs::write(&file, lines.collect::<Vec<_>>().join("\n")).unwrap();
    };
    for (text, code) in [
        ("9999-12-31T23:45:00", "error[feeder-toml]"),
        ("9999-12-31T23:45:00Z", "error[feeder-toml]"),
        ("0000-01-01T00:00:00", "error[feeder-toml]"),
        ("2026-03-29T02:15:00", "error[skipped-time]"),
    ] {
        start(text);
        for command in [&["powerflow", "feeder"][..], &["validate", "scenario.toml"], &["run", "scenario.toml", "--out", "out"]] {
            let (said, exit) = say(&folder, command);
            assert!(exit == Some(2) && said.contains(code) && said.contains("feeder/feeder.toml:3:9"), "{text}: {command:?}: {said}");
            assert!(!folder.join("out").exists());
        }
    }
    start("2026-10-24T00:00:00");
    let sweep = "sweep={ parameter = [{ key = \"time.until\", values = [\"9999-12-31\"] }] }";
    let (said, exit) = say(&folder, &["sweep", "scenario.toml", "--out", "out", "--set", sweep]);
    assert!(exit == Some(1) && said.contains("'until' is 9999-12-31"), "{said}");
    // An offset is part of what is said: the second 02:15 of the night is a quarter past one in UTC.
    for (text, first) in [("2026-10-25T02:15:00+01:00", "2026-10-25T01:15Z"), ("2026-10-25T02:15:00", "2026-10-25T00:15Z")] {
        start(text);
        let (said, exit) = say(&folder, &["powerflow", "feeder", "--at", first]);
        assert!(exit == Some(0) && said.contains("1.190 kW"), "{text}: {said}");
    }
}

/// An empty folder of a test's own.
fn scratch(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("wire-cases").join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// A zone that does not exist, or a length that fills no day, is one fault of a message, whatever it says of ISPs and days.
#[test]
fn an_impossible_clock_is_one_fault() {
    let folder = scratch("clock");
    for (from, to, rule) in [("Europe/Amsterdam", "Europe/Nowhere", "[time-zone]"), ("PT15M", "PT7M", "[isp-duration]")] {
        for t in MessageType::all() {
            let text = xml::write(&sample(t));
            if !text.contains(from) {
                continue;
            }
            std::fs::write(folder.join("message.xml"), text.replace(from, to)).unwrap();
            let (said, exit) = say(&folder, &["message", "check", "message.xml"]);
            assert!(exit == Some(1) && said.contains(rule) && said.matches('[').count() == 1, "{}: {said}", t.name());
            let (shown, exit) = say(&folder, &["message", "show", "message.xml"]);
            assert!(exit == Some(0) && shown.contains(t.name()), "{}: {shown}", t.name());
        }
    }
}

/// A revocation says no zone and no length of ISPs: whether it comes in time is judged by the clock of its offer, if that is in hand.
#[test]
fn a_revocation_counts_as_its_offer() {
    let folder = scratch("revocation");
    let Message::FlexOffer(mut offer) = sample(MessageType::FlexOffer) else { unreachable!() };
    offer.flex.isp_duration = IspMinutes(30);
    offer.flex.time_zone = ZoneName::new("Europe/London");
    offer.flex_request_message_id = None;
    offer.unsolicited = Some(true);
    offer.options.truncate(1);
    offer.options[0].isps.truncate(1);
    (offer.options[0].isps[0].run.start, offer.options[0].isps[0].run.duration) = (35, 2);
    let noon: jiff::Timestamp = format!("{PERIOD}T12:00:00Z").parse().unwrap();
    offer.expiration_date_time = DateTime::utc(SimTime(noon.as_second()));
    let id = offer.header.message_id;
    std::fs::write(folder.join("offer.xml"), xml::write(&offer.into())).unwrap();
    // ISP 35 of half an hour begins at 17:00; of a quarter, at 08:30.
    for (clock, exit_code) in [("16:59:59", 0), ("17:00:00", 1)] {
        let Message::FlexOfferRevocation(mut revocation) = sample(MessageType::FlexOfferRevocation) else { unreachable!() };
        revocation.flex_offer_message_id = id;
        let at: jiff::Timestamp = format!("{PERIOD}T{clock}Z").parse().unwrap();
        revocation.header.time_stamp = DateTime::utc(SimTime(at.as_second()));
        std::fs::write(folder.join("revocation.xml"), xml::write(&revocation.into())).unwrap();
        let (said, exit) = say(&folder, &["message", "check", "offer.xml", "revocation.xml"]);
        assert_eq!(exit, Some(exit_code), "{clock}: {said}");
        assert_eq!(said.contains("[revocation-in-time]"), exit_code == 1, "{said}");
        let (alone, exit) = say(&folder, &["message", "check", "revocation.xml"]);
        assert_eq!(exit, Some(0), "{alone}");
    }
}
