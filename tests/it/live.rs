//! A live participant, as a process: what configurations it refuses, what it takes in, what it remembers.
//!
//! Whole trades with an independent implementation are in `.ci/live.py`; here the other side is a few lines that post and listen.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use copperplate::diagnostic::Findings;
use copperplate::ids::{Domain, Role};
use copperplate::live::{PATH, load};
use copperplate::time::{IspCalendar, SimTime};
use copperplate::uftp::message::*;
use copperplate::uftp::sample::sample;
use copperplate::uftp::sign::{SecretKey, SignedMessage};
use copperplate::uftp::xml;
use copperplate::units::Watts;
use serde::Deserialize;

fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/live/config")
}

fn key(n: u8) -> SecretKey {
    SecretKey::from_seed(&[n; 32])
}

const OWN: u8 = 1;
const PEER: u8 = 2;

/// A folder with everything that the configurations name.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("live").join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    for file in ["forecast.csv", "prices.csv", "operator.csv"] {
        fs::copy(data().join(file), folder.join(file)).unwrap();
    }
    for (file, text, mode) in
        [("own.key", key(OWN).to_base64(), 0o600), ("bad.key", "x".to_owned(), 0o600), ("open.key", key(OWN).to_base64(), 0o644)]
    {
        fs::write(folder.join(file), text).unwrap();
        fs::set_permissions(folder.join(file), fs::Permissions::from_mode(mode)).unwrap();
    }
    folder
}

/// Writes the sound configuration of a role, with changes.
fn configure(folder: &Path, role: &str, changes: &[(&str, &str)]) -> PathBuf {
    let mut text = fs::read_to_string(data().join(format!("{role}.toml"))).unwrap();
    for (from, to) in changes {
        assert!(text.contains(from), "{role}.toml does not hold {from}");
        text = text.replacen(from, to, 1);
    }
    let feeder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/feeders/lv-rural1-2");
    let text = text.replace("FEEDER", feeder.to_str().unwrap()).replace("\"PEER\"", &format!("\"{}\"", key(PEER).public_key().to_cs1()));
    let path = folder.join("participant.toml");
    fs::write(&path, text.replace("\"OWN\"", &format!("\"{}\"", key(OWN).public_key().to_cs1()))).unwrap();
    path
}

fn read_key(path: &Path) -> Result<SecretKey, copperplate::diagnostic::Finding> {
    use copperplate::live::rules::{BAD_KEY, EXPOSED_KEY};
    if fs::metadata(path).unwrap().permissions().mode() & 0o077 != 0 {
        return Err(EXPOSED_KEY.finding("others may read the private key"));
    }
    SecretKey::from_base64(&fs::read_to_string(path).unwrap()).map_err(|e| BAD_KEY.finding(e.to_string()))
}

fn findings(path: &Path, role: &str) -> Findings {
    let role = if role == "agr" { Role::Agr } else { Role::Dso };
    load(path, role, &read_key).err().unwrap_or_default()
}

#[derive(Deserialize)]
struct Cases {
    case: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    role: String,
    change: [String; 2],
    codes: Vec<String>,
    at: String,
}

fn cases() -> Vec<Case> {
    toml::from_str::<Cases>(&fs::read_to_string(data().join("cases.toml")).unwrap()).unwrap().case
}

#[test]
fn sound_configurations_are_taken() {
    let folder = folder("sound");
    for role in ["agr", "dso"] {
        let found = findings(&configure(&folder, role, &[]), role);
        assert!(found.is_empty(), "{role}: {found}");
    }
}

#[test]
fn faulty_configurations_are_refused_at_their_lines() {
    let folder = folder("faulty");
    let (mut told, mut wrong) = (String::new(), String::new());
    for case in cases() {
        let path = configure(&folder, &case.role, &[(&case.change[0], &case.change[1])]);
        let found = findings(&path, &case.role);
        let codes: Vec<&str> = found.0.iter().map(|f| f.code).collect();
        let at = found.0.first().and_then(|f| f.location.as_ref()).map(|l| &l.source.text[l.span.clone()]);
        let own = format!("\"{}\"", key(OWN).public_key().to_cs1());
        let expected = if case.at == "\"OWN\"" { &own } else { &case.at };
        if codes != case.codes || at.is_none() || (!expected.is_empty() && at != Some(expected)) {
            wrong += &format!("{}: {codes:?} at {at:?}\n", case.name);
        }
        told += &format!("# {}\n{}", case.name, found);
    }
    assert!(wrong.is_empty(), "{wrong}");
    let told = told.replace(&format!("{}/", folder.display()), "").replace(&key(OWN).public_key().to_cs1(), "OWN");
    insta::assert_snapshot!(told);
}

/// What does not depend on each other is told in one go: text, meaning, key and files.
#[test]
fn everything_is_told_at_once() {
    let folder = folder("at-once");
    let changes = [
        ("domain = \"agr.example.com\"", "domain = \"AGR\""),
        ("listen = \"127.0.0.1:0\"", "listen = \"nowhere\""),
        ("private_key = \"own.key\"", "private_key = \"bad.key\""),
        ("retry_after_s = 60", "retry_after_s = 5000"),
        ("order = \"18:00\"", "order = \"12:00\""),
        ("domain = \"dso.example.com\"", "domain = \"localhost\""),
        ("url = \"http", "url = \"gopher"),
        ("prices = \"prices.csv\"", "prices = \"own.key\"\nmargn = 0.1"),
    ];
    let found = findings(&configure(&folder, "agr", &changes), "agr");
    let codes: std::collections::BTreeSet<&str> = found.0.iter().map(|f| f.code).collect();
    for code in ["not-a-domain", "no-listener", "bad-key", "out-of-range", "market-order", "bad-url", "unknown-key", "no-header"] {
        assert!(codes.contains(code), "{code} in {found}");
    }
}

/// A running participant, and what it says.
struct Running {
    child: Child,
    port: u16,
    lines: Receiver<String>,
}

impl Running {
    fn start(config: &Path, role: &str) -> Running {
        let mut command = Command::new(env!("CARGO_BIN_EXE_copperplate"));
        command.args(["participant", "--role", role, "--config"]).arg(config);
        let mut child = command.stdout(Stdio::piped()).spawn().expect("the binary runs");
        let mut out = BufReader::new(child.stdout.take().unwrap()).lines();
        let first = out.next().expect("it says that it listens").unwrap();
        let address = first.split("address=").nth(1).unwrap_or_else(|| panic!("{first}")).split(' ').next().unwrap();
        let port = address.rsplit(':').next().unwrap().parse().unwrap();
        let (sender, lines) = channel();
        std::thread::spawn(move || out.map_while(Result::ok).try_for_each(|line| sender.send(line)));
        Running { child, port, lines }
    }

    fn kill(mut self) -> Vec<String> {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.lines.iter().collect()
    }

    /// Status and text of the answer to a request.
    fn http(&self, head: &str, body: &[u8]) -> (u16, String) {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        stream.write_all(format!("{head}\r\nHost: x\r\nContent-Length: {}\r\n\r\n", body.len()).as_bytes()).unwrap();
        stream.write_all(body).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let status = answer.split(' ').nth(1).unwrap().parse().unwrap();
        (status, answer.split_once("\r\n\r\n").map(|(_, text)| text.to_owned()).unwrap_or_default())
    }

    fn post(&self, body: &[u8]) -> (u16, String) {
        self.http(&format!("POST {PATH} HTTP/1.1\r\nContent-Type: text/xml"), body)
    }
}

/// The other side: takes everything in.
struct Peer {
    url: String,
    messages: Receiver<Message>,
}

impl Peer {
    fn listen() -> Peer {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}{PATH}", listener.local_addr().unwrap());
        let (sender, messages) = channel();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = BufReader::new(stream.unwrap());
                let mut length = 0;
                loop {
                    let mut line = String::new();
                    if stream.read_line(&mut line).unwrap_or(0) <= 2 {
                        break;
                    }
                    if let Some(n) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                        length = n.trim().parse().unwrap();
                    }
                }
                let mut body = vec![0; length];
                if stream.read_exact(&mut body).is_err() || length == 0 {
                    continue;
                }
                let envelope = SignedMessage::read(&body).unwrap();
                assert!(envelope.verified(&[key(OWN).public_key()]).is_some());
                let _ = stream.get_mut().write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
                if sender.send(xml::read(envelope.unverified()).unwrap()).is_err() {
                    return;
                }
            }
        });
        Peer { url, messages }
    }

    /// The next message that answers the one of this number.
    fn answer(&self, id: MessageId) -> Message {
        loop {
            let message = self.messages.recv_timeout(Duration::from_secs(30)).expect("an answer comes");
            if message.reference() == Some(id) {
                return message;
            }
        }
    }
}

fn sealed(message: &Message, domain: &str, role: Role, n: u8) -> Vec<u8> {
    SignedMessage::seal(&xml::write(message), Domain::new(domain), role, &key(n)).write().into_bytes()
}

/// A D-Prognosis of an aggregator to an operator for the day that is traded.
fn prognosis(revision: i64, power: i64) -> Message {
    let Message::DPrognosis(mut m) = sample(MessageType::DPrognosis) else { unreachable!() };
    let calendar = IspCalendar::new("Europe/Amsterdam", 15).unwrap();
    m.header.sender_domain = Domain::new("agr.example.com");
    m.header.recipient_domain = Domain::new("dso.example.com");
    m.header.message_id = MessageId(uuid::Uuid::from_u128(revision as u128 + 1));
    m.header.time_stamp = DateTime::new(&calendar, SimTime(calendar.period(jiff::civil::date(2026, 3, 9)).start.0 + 12 * 3600));
    m.flex.period = jiff::civil::date(2026, 3, 10);
    m.flex.congestion_point = copperplate::ids::EntityAddress::new("ea1.2024-01.com.example.dso:feeder-7");
    m.flex.time_zone = ZoneName::new("Europe/Amsterdam");
    m.flex.isp_duration = IspMinutes(15);
    m.revision = revision;
    m.isps = vec![IspPower::new(Watts(power), 1, 96)];
    Message::from(m)
}

fn operator(name: &str, peer: &Peer) -> (PathBuf, PathBuf) {
    let folder = folder(name);
    let config = configure(&folder, "dso", &[("http://127.0.0.1:9/shapeshifter/api/v3/message", &peer.url), ("speed = 60", "speed = 1")]);
    (folder, config)
}

fn result(message: &Message) -> String {
    let response = message.response().unwrap();
    response.rejection_reason.as_deref().map_or_else(|| response.result.as_str().to_owned(), str::to_owned)
}

#[test]
fn an_operator_refuses_power_that_nobody_can_mean() {
    let peer = Peer::listen();
    let (_, config) = operator("plausible", &peer);
    let running = Running::start(&config, "dso");
    // Ten times the 160 kVA of the transformer.
    for (revision, power, expected) in
        [(1, 9_999_999_999_999_999, "Power value rejection"), (2, -1_600_001, "Power value rejection"), (3, 1_600_000, "Accepted")]
    {
        let message = prognosis(revision, power);
        assert_eq!(running.post(&sealed(&message, "agr.example.com", Role::Agr, PEER)).0, 200);
        let told = result(&peer.answer(message.header().message_id));
        assert!(told.starts_with(expected), "{power} W: {told}");
    }
    running.kill();
}

fn kept(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(folder.join("kept")).unwrap().map(|e| e.unwrap());
    entries.map(|e| (e.file_name().to_string_lossy().into_owned(), fs::read(e.path()).unwrap())).collect()
}

#[test]
fn what_was_taken_in_is_known_after_a_crash() {
    let peer = Peer::listen();
    let (folder, config) = operator("crash", &peer);
    let first = prognosis(1, 1000);
    let envelope = sealed(&first, "agr.example.com", Role::Agr, PEER);
    let running = Running::start(&config, "dso");
    assert_eq!(running.post(&envelope).0, 200);
    let answer = peer.answer(first.header().message_id);
    running.kill();
    let before = kept(&folder);
    assert_eq!(before.len(), 2, "{:?}", before.keys());
    for _ in 0..2 {
        // What its peer never heard of is sent again as it was.
        fs::remove_file(folder.join("kept/00002-out-D-PrognosisResponse.xml")).unwrap();
        let running = Running::start(&config, "dso");
        assert_eq!(running.post(&envelope).0, 200);
        assert_eq!(peer.answer(first.header().message_id), answer);
        running.kill();
        assert_eq!(kept(&folder), before);
    }
    let running = Running::start(&config, "dso");
    let stale = prognosis(1, 2000);
    let Message::DPrognosis(mut stale) = stale else { unreachable!() };
    stale.header.message_id = MessageId(uuid::Uuid::from_u128(99));
    let stale = Message::from(stale);
    assert_eq!(running.post(&sealed(&stale, "agr.example.com", Role::Agr, PEER)).0, 200);
    let told = result(&peer.answer(stale.header().message_id));
    assert!(told.contains("Subordinate"), "{told}");
    running.kill();
    assert_eq!(kept(&folder).keys().filter(|name| name.starts_with("0000")).count(), 4);
}

/// A peer that takes everything in and says nothing: the message comes again under its number, is given up, and life goes on.
#[test]
fn silence_is_given_up_and_remembered() {
    let peer = Peer::listen();
    let folder = folder("silence");
    let changes = [
        ("http://127.0.0.1:9/shapeshifter/api/v3/message", &*peer.url),
        ("retry_after_s = 60\ngive_up_after_s = 3600", "retry_after_s = 1\ngive_up_after_s = 2"),
        ("12:00\", speed = 60", "12:59\", speed = 60"),
    ];
    let config = configure(&folder, "agr", &changes);
    let running = Running::start(&config, "agr");
    let next = || peer.messages.recv_timeout(Duration::from_secs(30)).expect("a message comes");
    let (first, second) = (next(), next());
    assert_eq!((first.message_type(), &first), (MessageType::DPrognosis, &second));
    let given_up = |line: &String| line.contains("  given-up") && line.contains(&first.header().message_id.to_string());
    let mut lines = std::iter::from_fn(|| running.lines.recv_timeout(Duration::from_secs(30)).ok());
    assert!(lines.any(|line| given_up(&line)));
    assert_eq!(running.http("GET /health HTTP/1.1", b"").0, 200);
    running.kill();
    let running = Running::start(&config, "agr");
    std::thread::sleep(Duration::from_millis(500));
    let (_, metrics) = running.http("GET /metrics HTTP/1.1", b"");
    assert!(metrics.contains("copperplate_given_up_total 1") && metrics.contains("copperplate_unanswered 0"), "{metrics}");
    running.kill();
}

fn refused(config: &Path, role: &str) -> String {
    let Output { status, stderr, .. } =
        Command::new(env!("CARGO_BIN_EXE_copperplate")).args(["participant", "--role", role, "--config"]).arg(config).output().unwrap();
    let told = String::from_utf8(stderr).unwrap();
    assert_eq!(status.code(), Some(2), "{told}");
    told
}

#[test]
fn another_configuration_or_program_closes_the_day_first() {
    let folder = folder("other");
    // As long as nothing has happened, anything may change.
    let nothing = |running: Running| {
        running.kill();
        fs::write(
            folder.join("participant.journal"),
            fs::read_to_string(folder.join("participant.journal")).unwrap().lines().next().unwrap().to_owned() + "\n",
        )
        .unwrap();
    };
    nothing(Running::start(&configure(&folder, "agr", &[("order = \"18:00\"", "order = \"18:30\"")]), "agr"));
    let running = Running::start(&configure(&folder, "agr", &[]), "agr");
    let gate = std::iter::from_fn(|| running.lines.recv_timeout(Duration::from_secs(30)).ok()).find(|line| line.contains("  gate"));
    assert!(gate.is_some());
    running.kill();
    // What may change: addresses, keys, patience, clock.
    let changes = [
        ("retry_after_s = 60", "retry_after_s = 30"),
        ("9/shapeshifter", "10/shapeshifter"),
        ("12:00\", speed = 60", "12:30\", speed = 6"),
    ];
    let config = configure(&folder, "agr", &changes);
    Running::start(&config, "agr").kill();
    let told = refused(
        &configure(&folder, "agr", &[("order = \"18:00\"", "order = \"18:30\""), ("[aggregator]", "[aggregator]\nmargin = 0.5")]),
        "agr",
    );
    assert!(told.contains("[other-business]") && told.contains("market.order") && told.contains("participant.toml:14"), "{told}");
    assert!(told.contains("aggregator.margin") && told.contains("finish trading"), "{told}");
    let journal = folder.join("participant.journal");
    let text = fs::read_to_string(&journal).unwrap();
    let version = format!("\"program\":\"{}\"", env!("CARGO_PKG_VERSION"));
    assert!(text.contains(&version));
    fs::write(&journal, chained(&text.replace(&version, "\"program\":\"0.0.9\""))).unwrap();
    let told = refused(&configure(&folder, "agr", &[]), "agr");
    assert!(told.contains("[other-program]") && told.contains("version 0.0.9") && told.contains("finish trading"), "{told}");
    fs::write(&journal, text.replacen("\"seed\":", "\"seed\": ", 1)).unwrap();
    let told = refused(&configure(&folder, "agr", &[]), "agr");
    assert!(told.contains("[damaged-journal]") && told.contains("line 1"), "{told}");
}

/// A day that has begun is not traded; nothing is left behind by whoever finds that out.
#[test]
fn nothing_ahead_is_nothing_to_begin() {
    let folder = folder("late");
    let told = refused(&configure(&folder, "agr", &[("start = \"2026-03-09T12:00\"", "start = \"2026-03-11T12:00\"")]), "agr");
    assert!(told.contains("[nothing-ahead]") && told.contains("participant.toml:7"), "{told}");
    assert!(!folder.join("participant.journal").exists() && !folder.join("kept").exists());
}

/// What was traded on would be forgotten; a participant without any journal begins anew.
#[test]
fn an_empty_journal_beside_kept_messages_is_refused() {
    let folder = folder("emptied");
    let config = configure(&folder, "agr", &[]);
    fs::create_dir_all(folder.join("kept")).unwrap();
    fs::write(folder.join("kept/00003-in-FlexOrder.xml"), "x").unwrap();
    let journal = folder.join("participant.journal");
    for bytes in [&b""[..], &[0; 4096]] {
        fs::write(&journal, bytes).unwrap();
        let told = refused(&config, "agr");
        assert!(told.contains("[damaged-journal]") && told.contains("up to number 3"), "{told}");
    }
    fs::remove_file(&journal).unwrap();
    Running::start(&config, "agr").kill();
}

/// The records of a journal with the digits that belong to them.
fn chained(text: &str) -> String {
    let (mut chain, mut journal) = (String::new(), String::new());
    for line in text.lines() {
        let json = &line[17..];
        chain = blake3::hash(format!("{chain}{json}").as_bytes()).to_hex()[..16].to_owned();
        journal += &format!("{chain} {json}\n");
    }
    journal
}

#[test]
fn strangers_write_no_lines_and_get_no_line_breaks() {
    let folder = folder("forged");
    let running = Running::start(&configure(&folder, "agr", &[]), "agr");
    let forged = "2026-03-09 12:00:05+01:00  payment       dso → agr: 9.99 EUR P-1";
    let envelope = format!("<SignedMessage SenderDomain=\"&#10;{forged}&#10;&#x202e;&#x9b;\" SenderRole=\"DSO\" Body=\"x\"/>");
    let (status, text) = running.post(envelope.as_bytes());
    assert_eq!(status, 400);
    assert!(text.contains(forged) && text.contains("\\n") && !text.contains(|c: char| c.is_control() || c == '\u{202e}'), "{text:?}");
    let statuses = [
        (running.http("GET /health HTTP/1.1", b"").0, 200),
        (running.http("GET /metrics HTTP/1.1", b"").0, 200),
        (running.http(&format!("GET {PATH} HTTP/1.1"), b"").0, 405),
        (running.http("POST /elsewhere HTTP/1.1", b"").0, 404),
        (running.http(&format!("POST {PATH} HTTP/1.1\r\nContent-Type: text/html"), b"x").0, 400),
        (running.post(&sealed(&prognosis(1, 1), "dso.example.com", Role::Dso, 7)).0, 401),
        (running.post(&sealed(&prognosis(1, 1), "nobody.example.com", Role::Dso, 7)).0, 419),
        // Signed by the peer, and addressed to somebody else.
        (running.post(&sealed(&prognosis(1, 1), "dso.example.com", Role::Dso, PEER)).0, 400),
    ];
    for (got, expected) in statuses {
        assert_eq!(got, expected, "{statuses:?}");
    }
    let (_, metrics) = running.http("GET /metrics HTTP/1.1", b"");
    assert!(metrics.contains("copperplate_requests_total{status=\"419\"} 1"), "{metrics}");
    let lines = running.kill();
    assert!(!lines.iter().any(|line| line.starts_with("2026-03-09 12:00:05")), "{lines:#?}");
    assert_eq!(lines.iter().filter(|line| line.contains("  refused")).count(), 7, "{lines:#?}");
}

/// The series of a day: a row an ISP of a connection.
fn rows(isps: std::ops::RangeInclusive<u32>, connection: &str, watts: &str) -> String {
    isps.map(|n| format!("2026-03-10,{n},{connection},{watts}\n")).collect()
}

/// What of a participant's files nobody can mean is refused at its cell.
#[test]
fn cells_that_nobody_can_mean_are_refused() {
    let folder = folder("cells");
    let config = configure(&folder, "agr", &[]);
    let forecast = "issued,period,isp,connection,load_w,feed_in_w\n2026-03-09T12:00,2026-03-10,1,ean.207110100000000006,0,0\n\
                    2026-03-09T12:00,2026-03-10,1,ean.207110100000000013,0,0\n";
    let prices = fs::read_to_string(folder.join("prices.csv")).unwrap();
    let cases = [
        ("forecast.csv", format!("{forecast}2026-03-09T12:00,2026-03-10,2,ean.207110100000000006,1e17,0\n"), "bad-cell", "10 GW"),
        ("forecast.csv", format!("{forecast}2026-03-09T12:00,2026-03-10,1,ean.207110100000000006,7,0\n"), "bad-cell", "in a row above"),
        (
            "forecast.csv",
            format!("{forecast}2026-03-09T12:00,2026-03-10,1,ea1.2024-01.com.example:a,7,0\n"),
            "unmetered-connection",
            "meter",
        ),
        ("prices.csv", format!("{prices}2026-03-10,7,51\n"), "bad-cell", "in a row above"),
        ("prices.csv", "period,isp,eur_per_mwh\n2026-03-10,1,1e9\n".to_owned(), "bad-cell", "€/MWh"),
        ("meters.csv", "period,isp,connection,p_w\n2026-03-10,1,ean.207110100000000006,-2e10\n".to_owned(), "bad-cell", "10 GW"),
    ];
    for (file, text, code, why) in cases {
        let before = fs::read(folder.join(file)).ok();
        fs::write(folder.join(file), &text).unwrap();
        let found = findings(&config, "agr");
        assert!(found.0.len() == 1 && found.0[0].code == code && found.0[0].message.contains(why), "{text}: {found}");
        match before {
            Some(bytes) => fs::write(folder.join(file), bytes).unwrap(),
            None => fs::remove_file(folder.join(file)).unwrap(),
        }
    }
    // The same row twice says nothing new, and a forecast that a vintage replaces contradicts nothing.
    let again = "2026-03-09T12:00,2026-03-10,1,ean.207110100000000006,0,0\n2026-03-09T13:00,2026-03-10,1,ean.207110100000000006,9,0\n";
    fs::write(folder.join("forecast.csv"), format!("{forecast}{again}")).unwrap();
    assert!(findings(&config, "agr").is_empty());
}

fn of_type(peer: &Peer, message_type: MessageType) -> Message {
    loop {
        let message = peer.messages.recv_timeout(Duration::from_secs(60)).expect("a message comes");
        if message.message_type() == message_type {
            return message;
        }
    }
}

/// A file that was read while somebody wrote it is read again; half a day of prices is none.
#[test]
fn files_that_grow_are_read_again() {
    let peer = Peer::listen();
    let folder = folder("grows");
    let changes = [("http://127.0.0.1:9/shapeshifter/api/v3/message", &*peer.url), ("12:00\", speed = 60", "12:00\", speed = 900")];
    let config = configure(&folder, "agr", &changes);
    let whole = fs::read_to_string(folder.join("prices.csv")).unwrap();
    let forecast = fs::read_to_string(folder.join("forecast.csv")).unwrap();
    fs::write(folder.join("prices.csv"), whole.lines().take(40).map(|l| format!("{l}\n")).collect::<String>()).unwrap();
    fs::write(folder.join("forecast.csv"), forecast.lines().filter(|l| !l.contains(",64,")).map(|l| format!("{l}\n")).collect::<String>())
        .unwrap();
    let running = Running::start(&config, "agr");
    let mut lines = std::iter::from_fn(|| running.lines.recv_timeout(Duration::from_secs(30)).ok());
    assert!(lines.any(|line| line.contains("incomplete") && line.contains("what=prices") && line.contains("of 96 ISPs have no price")));
    for (file, text) in [("prices.csv", &whole), ("forecast.csv", &forecast)] {
        fs::write(folder.join("new"), text).unwrap();
        fs::rename(folder.join("new"), folder.join(file)).unwrap();
    }
    let Message::DPrognosis(prognosis) = of_type(&peer, MessageType::DPrognosis) else { unreachable!() };
    assert!(prognosis.isps.iter().any(|isp| isp.run.start == 64 && isp.power == Watts(-200_000)), "{:?}", prognosis.isps);
    running.kill();
}

/// Meters are sent connection by connection when they are whole, also after their gate, and missing rows are not 0 W.
#[test]
fn late_meters_are_sent_when_they_come() {
    let peer = Peer::listen();
    let folder = folder("late-meters");
    let changes = [
        ("http://127.0.0.1:9/shapeshifter/api/v3/message", &*peer.url),
        ("12:00\", speed = 60", "12:55\", speed = 14400"),
        ("retry_after_s = 60", "retry_after_s = 600"),
    ];
    let config = configure(&folder, "agr", &changes);
    let running = Running::start(&config, "agr");
    let lines = || std::iter::from_fn(|| running.lines.recv_timeout(Duration::from_secs(60)).ok());
    let header = "period,isp,connection,p_w\n".to_owned();
    let (a, b) = ("ean.207110100000000006", "ean.207110100000000013");
    fs::write(folder.join("meters.csv"), header.clone() + &rows(1..=96, a, "5") + &rows(1..=40, b, "5")).unwrap();
    let Message::Metering(first) = of_type(&peer, MessageType::Metering) else { unreachable!() };
    assert_eq!((first.ean.connection().as_str(), first.profiles[0].isps.len()), (a, 96));
    assert!(lines().any(|line| line.contains("missing") && line.contains("connections=1") && line.contains(b)));
    fs::write(folder.join("meters.csv"), header + &rows(1..=96, a, "5") + &rows(1..=96, b, "5")).unwrap();
    let Message::Metering(second) = of_type(&peer, MessageType::Metering) else { unreachable!() };
    assert_eq!(second.ean.connection().as_str(), b);
    running.kill();
}

/// Two with one folder of messages would lose each other's.
#[test]
fn a_folder_of_messages_is_one_participants() {
    let folder = folder("shared");
    let config = configure(&folder, "agr", &[]);
    fs::create_dir_all(folder.join("kept")).unwrap();
    let running = Running::start(&config, "agr");
    let other = folder.join("other.toml");
    fs::write(&other, fs::read_to_string(&config).unwrap()).unwrap();
    let told = refused(&other, "agr");
    assert!(told.contains("[journal-in-use]") && told.contains("kept") && !folder.join("other.journal").exists(), "{told}");
    running.kill();
}

/// A TestMessage that comes again is answered again, and what is answered is counted.
#[test]
fn a_test_message_is_answered_again() {
    let peer = Peer::listen();
    let (_, config) = operator("test-message", &peer);
    let running = Running::start(&config, "dso");
    let Message::TestMessage(mut m) = sample(MessageType::TestMessage) else { unreachable!() };
    m.header = prognosis(1, 1).header().clone();
    let envelope = sealed(&Message::TestMessage(m), "agr.example.com", Role::Agr, PEER);
    for _ in 0..2 {
        assert_eq!(running.post(&envelope).0, 200);
        of_type(&peer, MessageType::TestMessageResponse);
    }
    assert_eq!(running.post(&envelope).0, 200);
    let (_, metrics) = running.http("GET /metrics HTTP/1.1", b"");
    assert!(metrics.contains("type=\"TestMessageResponse\",result=\"again\"} 1\n"), "{metrics}");
    running.kill();
}

/// Meters are held against ratings as prognoses are.
#[test]
fn an_operator_refuses_meters_that_nobody_can_mean() {
    let peer = Peer::listen();
    let folder = folder("metered");
    let changes = [("http://127.0.0.1:9/shapeshifter/api/v3/message", &*peer.url), ("12:00\", speed = 60", "23:00\", speed = 3600")];
    let running = Running::start(&configure(&folder, "dso", &changes), "dso");
    // Meters are of a day that has begun.
    std::thread::sleep(Duration::from_secs(3));
    for (n, kilowatts, expected) in [(1, 10_000_000, "Power value rejection (ISP 2)"), (2, -1_600, "Accepted")] {
        let Message::Metering(mut m) = sample(MessageType::Metering) else { unreachable!() };
        m.header = prognosis(n, 1).header().clone();
        m.period = jiff::civil::date(2026, 3, 10);
        m.time_zone = ZoneName::new("Europe/Amsterdam");
        m.isp_duration = IspMinutes(15);
        m.revision = n;
        m.ean = Ean::new("207110100000000006").unwrap();
        let isps = (1..=96).map(|start| MeteringIsp { start, value: Decimal::new(if start == 1 { 1 } else { kilowatts }, 0) }).collect();
        m.profiles = vec![MeteringProfile { profile_type: ProfileType::Power, unit: MeteringUnit::Kilowatt, isps }];
        let message = Message::from(m);
        assert_eq!(running.post(&sealed(&message, "agr.example.com", Role::Agr, PEER)).0, 200);
        assert_eq!(result(&peer.answer(message.header().message_id)), expected);
    }
    running.kill();
}
