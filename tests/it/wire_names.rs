//! Whatever validates can be sent: scenarios with odd names, zones, lengths of ISPs and addresses are either refused with a finding, or
//! run over signed XML, and every message passes `message check`.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use copperplate::diagnostic::Severity;
use copperplate::ids::EntityAddress;
use copperplate::scenario::schema::Transport;
use copperplate::scenario::{Opened, open};
use copperplate::sim::Fate;
use copperplate::uftp::xml;
use jiff::civil::date;
use proptest::prelude::*;
use proptest::sample::select;

use crate::sim_support::{Ran, told};

/// The quickstart on one of its days, which has contracts of both kinds and trades.
const QUICKSTART: &str = "scenarios/quickstart.toml";

fn zones() -> impl Strategy<Value = String> {
    let all: Vec<String> = jiff::tz::db().available().map(|name| name.to_string()).collect();
    let usual = [
        "Europe/Amsterdam",
        "America/St_Johns",
        "Africa/Casablanca",
        "Australia/Lord_Howe",
        "Pacific/Chatham",
        "America/Argentina/Buenos_Aires",
    ];
    prop_oneof![select(all), select(usual.map(str::to_owned).to_vec())]
}

/// Names that people give: mostly harmless, with marks that XML, TOML or the schema mind.
fn names() -> impl Strategy<Value = String> {
    let piece = select(vec![
        "village",
        "a",
        "7",
        " ",
        "-",
        "_",
        ":",
        ".",
        "/",
        "&",
        "<",
        ">",
        "\"",
        "'",
        "ö",
        "\u{1F33B}",
        "\t",
        "\u{7f}",
        "\u{fffe}",
        "]]>",
        "%",
        "\u{a0}",
        "=",
    ]);
    prop_oneof![prop::collection::vec(piece, 0..6).prop_map(|pieces| pieces.concat()), "[ -~]{1,12}", "x{200,260}"]
}

fn domains() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[a-z][a-z0-9]{0,8}(-[a-z0-9]{1,4})?\\.[a-z]{2,6}",
        1 => "[a-zA-Z0-9._-]{1,20}",
        1 => "([a-z]{50}\\.){2,5}[a-z]{2,3}",
    ]
}

fn addresses() -> impl Strategy<Value = String> {
    prop_oneof![6 => "ean\\.[0-9]{18}", 1 => "ean\\.[0-9]{16}", 1 => "ean\\.[0-9]{10,36}", 1 => "ea1\\.2024-01\\.[a-z:ö ]{0,9}", 1 => "[a-z]{0,9}"]
}

/// A scenario's names and times.
#[derive(Debug, Clone)]
struct Named {
    zone: String,
    isp_minutes: u16,
    day: (i16, i8, i8),
    point: String,
    contract: String,
    operator: String,
    aggregator: String,
}

fn named() -> impl Strategy<Value = Named> {
    let days = select(vec![(2016, 7, 22), (2016, 3, 27), (2016, 10, 30), (2016, 4, 3), (2016, 10, 2), (2016, 11, 6)]);
    let harmless = || select(vec!["village".to_owned(), "feeder-7".to_owned()]);
    let names = || prop_oneof![harmless(), names()];
    let domains = || prop_oneof![Just("one.example.com".to_owned()), Just("two-2.example.org".to_owned()), domains()];
    (zones(), select(vec![15_u16, 30, 60, 5, 20, 7]), days, names(), names(), domains(), domains()).prop_map(
        |(zone, isp_minutes, day, point, contract, operator, aggregator)| Named {
            zone,
            isp_minutes,
            day,
            point,
            contract,
            operator,
            aggregator,
        },
    )
}

fn quickstart() -> &'static Opened {
    static OPENED: OnceLock<Opened> = OnceLock::new();
    OPENED.get_or_init(|| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(QUICKSTART);
        open(&path, &[]).unwrap_or_else(|findings| panic!("{}", told(&findings)))
    })
}

/// The quickstart under other names.
fn renamed(n: &Named) -> Opened {
    let mut opened = quickstart().clone();
    let s = &mut opened.scenario;
    s.strategies.retain(|name| name != "reinforce");
    s.wire.transport = Transport::SignedXml;
    s.time.zone.clone_from(&n.zone);
    (s.time.isp_minutes, s.time.step_minutes) = (n.isp_minutes, 15.min(n.isp_minutes));
    (s.time.from, s.time.until) = (date(n.day.0, n.day.1, n.day.2), date(n.day.0, n.day.1, n.day.2));
    s.dso.domain.clone_from(&n.operator);
    let old = std::mem::replace(&mut s.aggregator[0].domain, n.aggregator.clone());
    s.congestion_point[0].id.clone_from(&n.point);
    for contract in &mut s.contract {
        contract.congestion_point.clone_from(&n.point);
        if contract.aggregator == old {
            contract.aggregator.clone_from(&n.aggregator);
        }
    }
    s.contract[0].id.clone_from(&n.contract);
    opened
}

/// Every message of a run arrived as it was sent.
fn all_arrive(ran: &Ran) -> Result<(), TestCaseError> {
    for (strategy, case) in ran.each() {
        for m in &case.messages {
            prop_assert_eq!(m.fate, Fate::Delivered, "{}", strategy.name);
            let read = xml::read(xml::write(&m.message).as_bytes());
            prop_assert!(read.as_ref() == Ok(&*m.message), "{}: {:?}", strategy.name, read);
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_validates_is_sent_and_read(n in named(), addresses in prop::collection::vec(addresses(), 0..3)) {
        let mut opened = renamed(&n);
        for (connection, address) in opened.feeder.grid.connections.iter_mut().zip(addresses) {
            connection.address = EntityAddress::new(address);
        }
        match opened.study(None) {
            Ok((study, _)) => all_arrive(&Ran::new(study))?,
            Err(findings) => prop_assert!(findings.0.iter().any(|f| f.severity == Severity::Error)),
        }
    }
}

fn copperplate(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_copperplate")).current_dir(env!("CARGO_MANIFEST_DIR")).args(args).output().expect("the binary runs")
}

/// `--set` for a text, in quotes that TOML reads.
fn set(key: &str, text: &str) -> [String; 2] {
    ["--set".to_owned(), format!("{key}={}", serde_json::Value::from(text))]
}

/// The same at the command line: `validate`, and what it finds sound, `run` and `message check`.
fn validated_runs_and_checks(n: &Named, out: &Path) -> Result<bool, TestCaseError> {
    let day = format!("{:04}-{:02}-{:02}", n.day.0, n.day.1, n.day.2);
    let mut sets: Vec<String> = [("time.zone", &*n.zone), ("time.from", &day), ("time.until", &day), ("dso.domain", &n.operator)]
        .into_iter()
        .chain([
            ("congestion_point[0].id", &*n.point),
            ("contract[0].congestion_point", &n.point),
            ("contract[1].congestion_point", &n.point),
        ])
        .chain([("contract[0].id", &*n.contract), ("wire.transport", "signed-xml")])
        .flat_map(|(key, text)| set(key, text))
        .collect();
    sets.extend([
        "--set".to_owned(),
        format!("time.isp_minutes={}", n.isp_minutes),
        "--set".to_owned(),
        format!("time.step_minutes={}", 15.min(n.isp_minutes)),
    ]);
    let sets: Vec<&str> = sets.iter().map(String::as_str).collect();
    let said = |out: &Output| format!("{n:?}\n{}{}", String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
    let validated = copperplate(&[&["validate", QUICKSTART], &sets[..]].concat());
    if validated.status.code() == Some(2) {
        prop_assert!(String::from_utf8_lossy(&validated.stderr).contains("error["), "{}", said(&validated));
        return Ok(false);
    }
    prop_assert!(validated.status.success(), "{}", said(&validated));
    let folder = out.to_str().expect("a path in UTF-8");
    let ran = copperplate(&[&["run", QUICKSTART, "--messages-xml", "--out", folder], &sets[..]].concat());
    prop_assert!(ran.status.success(), "{}", said(&ran));
    let talks: Vec<PathBuf> = std::fs::read_dir(out.join("messages")).unwrap().map(|e| e.unwrap().path()).collect();
    let mut messages = 0;
    for talk in talks.iter().filter(|talk| std::fs::read_dir(talk).unwrap().next().is_some()) {
        let checked = copperplate(&["message", "check", talk.to_str().expect("a path in UTF-8")]);
        prop_assert!(checked.status.success(), "{}", said(&checked));
        messages += checked.stdout.iter().filter(|b| **b == b'\n').count();
    }
    prop_assert!(messages > 100, "{messages} messages");
    Ok(true)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_validates_runs_and_its_messages_pass(n in named()) {
        let out = Path::new(env!("CARGO_TARGET_TMPDIR")).join("wire-names");
        let _ = std::fs::remove_dir_all(&out);
        validated_runs_and_checks(&n, &out)?;
    }
}

/// Names that look odd and are carried.
#[test]
fn odd_names_are_carried() {
    let out = Path::new(env!("CARGO_TARGET_TMPDIR")).join("wire-names-odd");
    for (zone, isp_minutes, point, contract) in [
        ("Australia/Lord_Howe", 30, "a&b <7> \"x\" 'y'", "Vertrag Nr. 7 – «Süd» & 🌻"),
        ("America/Argentina/Buenos_Aires", 60, "x:y/z.w", "]]>"),
    ] {
        let _ = std::fs::remove_dir_all(&out);
        let (operator, aggregator) = ("a.nl".to_owned(), "b.nl".to_owned());
        let n = Named {
            zone: zone.into(),
            isp_minutes,
            day: (2016, 7, 22),
            point: point.into(),
            contract: contract.into(),
            operator,
            aggregator,
        };
        assert!(matches!(validated_runs_and_checks(&n, &out), Ok(true)), "{n:?}");
    }
}
