//! `copperplate message` as a person runs it.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use copperplate::uftp::message::{Message, MessageType};
use copperplate::uftp::sample::sample;
use copperplate::uftp::xml;
use copperplate::units::Watts;

/// Runs the command in a folder.
fn message(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_copperplate")).current_dir(folder).arg("message").args(args).output().expect("the binary runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

/// An empty folder with the samples in `samples`.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("message").join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    let out = message(&folder, &["sample", "samples"]);
    assert_eq!(text(&out.stdout), "27 messages → samples\n", "{}", text(&out.stderr));
    folder
}

/// A trade with faults: an offer too late and off the request, an order that does not match, and a text that is no message.
fn faulty(folder: &Path) {
    let write = |name: &str, message: &Message| std::fs::write(folder.join(name), xml::write(message)).unwrap();
    write("1-request.xml", &sample(MessageType::FlexRequest));
    let Message::FlexOffer(mut offer) = sample(MessageType::FlexOffer) else { unreachable!() };
    offer.options[1].isps[0].run.duration = 40;
    write("2-offer.xml", &offer.into());
    let Message::FlexRequest(mut request) = sample(MessageType::FlexRequest) else { unreachable!() };
    request.header.message_id = copperplate::uftp::message::MessageId(uuid::Uuid::from_u128(7));
    request.isps[1].max_power = Watts(5_000);
    request.isps[2].run.start = 70;
    write("3-request.xml", &request.into());
    std::fs::write(folder.join("4-text.xml"), xml::write(&sample(MessageType::Metering)).replace("\"kW\"", "\"MW\"")).unwrap();
}

const FAULTY: [&str; 4] = ["1-request.xml", "2-offer.xml", "3-request.xml", "4-text.xml"];

#[test]
fn samples_are_without_fault_alone_and_together() {
    let folder = folder("good");
    // The revocation and the order are two ends of the same trade: together they are at odds.
    let out = message(&folder, &["check", "samples"]);
    let said = text(&out.stdout);
    let faulty: Vec<&str> = said.lines().filter(|l| !l.ends_with(": ok")).collect();
    assert_eq!(faulty, ["samples/FlexOrder.xml: FlexOrder: Reference message revoked [reference-revoked]"]);
    let revocation = ["FlexOfferRevocation", "FlexOfferRevocationResponse"];
    let rest: Vec<String> =
        MessageType::all().map(|t| t.name()).filter(|n| !revocation.contains(n)).map(|n| format!("samples/{n}.xml")).collect();
    let out = message(&folder, &[&["check"], &rest.iter().map(String::as_str).collect::<Vec<_>>()[..]].concat());
    assert!(out.status.success(), "{}", text(&out.stdout));
    for t in MessageType::all() {
        let out = message(&folder, &["check", &format!("samples/{}.xml", t.name())]);
        assert_eq!(text(&out.stdout), format!("samples/{0}.xml: {0}: ok\n", t.name()));
    }
}

#[test]
fn faults_are_told_by_file() {
    let folder = folder("faulty");
    faulty(&folder);
    let out = message(&folder, &[&["check"], &FAULTY[..]].concat());
    assert_eq!(out.status.code(), Some(1));
    insta::assert_snapshot!(text(&out.stdout));
}

#[test]
fn faults_are_told_as_json() {
    let folder = folder("json");
    faulty(&folder);
    let out = message(&folder, &[&["check", "--json"], &FAULTY[..]].concat());
    assert_eq!(out.status.code(), Some(1));
    let lines: Vec<serde_json::Value> = text(&out.stdout).lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    let oks: Vec<bool> = lines.iter().map(|l| l["ok"].as_bool().unwrap()).collect();
    assert_eq!(oks, [true, false, false, false]);
    assert_eq!(lines[0], serde_json::json!({ "file": "1-request.xml", "type": "FlexRequest", "ok": true, "faults": [] }));
    assert_eq!(lines[3]["type"], serde_json::Value::Null);
    assert_eq!(lines[3]["faults"][0]["rule"], "syntax");
    assert!(lines[3]["faults"][0]["position"].as_str().unwrap().starts_with("line "));
}

/// An order is checked against the offer beside it, but not blamed for an offer that is elsewhere.
#[test]
fn messages_together_are_checked_against_each_other() {
    let folder = folder("together");
    let Message::FlexOrder(mut order) = sample(MessageType::FlexOrder) else { unreachable!() };
    order.isps[0].power = Watts(-1_900);
    std::fs::write(folder.join("order.xml"), xml::write(&order.into())).unwrap();
    assert!(message(&folder, &["check", "order.xml"]).status.success());
    let out = message(&folder, &["check", "order.xml", "samples/FlexOffer.xml"]);
    assert_eq!(out.status.code(), Some(1));
    assert!(text(&out.stdout).starts_with("order.xml: FlexOrder: Power mismatch"), "{}", text(&out.stdout));
}

#[test]
fn standard_input_is_a_dash_and_a_missing_file_is_usage() {
    let folder = folder("stdin");
    let mut child = Command::new(env!("CARGO_BIN_EXE_copperplate"))
        .args(["message", "check", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(xml::write(&sample(MessageType::FlexOrder)).as_bytes()).unwrap();
    assert_eq!(text(&child.wait_with_output().unwrap().stdout), "-: FlexOrder: ok\n");
    let out = message(&folder, &["check", "nowhere.xml", "elsewhere.xml"]);
    assert_eq!(out.status.code(), Some(2));
    assert_eq!(text(&out.stderr).matches("cannot read").count(), 2);
    assert_eq!(message(&folder, &["check"]).status.code(), Some(2));
}

#[test]
fn an_offer_reads_like_this() {
    let folder = folder("show");
    insta::assert_snapshot!(text(&message(&folder, &["show", "samples/FlexOffer.xml"]).stdout));
}

#[test]
fn a_conversation_reads_like_this() {
    let folder = folder("conversation");
    let _ = std::fs::remove_file(folder.join("samples/Metering.xml"));
    let _ = std::fs::remove_file(folder.join("samples/SignedMessage.xml"));
    let out = message(&folder, &["show", "samples"]);
    assert!(out.status.success(), "{}", text(&out.stderr));
    insta::assert_snapshot!(text(&out.stdout));
}

#[test]
fn a_key_is_made_signs_and_opens() {
    let folder = folder("keys");
    let keygen = |name: &str| text(&message(&folder, &["keygen", "--out", name]).stdout).trim().to_owned();
    let (old, new) = (keygen("old.key"), keygen("new.key"));
    assert!(old.starts_with("cs1.") && old != new);
    assert_eq!(message(&folder, &["keygen", "--out", "old.key"]).status.code(), Some(2), "a key is never overwritten");
    let sealed = message(&folder, &["seal", "--key", "new.key", "samples/FlexOffer.xml"]);
    std::fs::write(folder.join("sealed.xml"), &sealed.stdout).unwrap();
    let payload = std::fs::read(folder.join("samples/FlexOffer.xml")).unwrap();
    assert_eq!(message(&folder, &["open", "--key", &new, "sealed.xml"]).stdout, payload);
    assert_eq!(message(&folder, &["open", "--key", &old, "--key", &new, "sealed.xml"]).stdout, payload);
    let stranger = message(&folder, &["open", "--key", &old, "sealed.xml"]);
    assert_eq!(stranger.status.code(), Some(1));
    assert!(stranger.stdout.is_empty());
    assert!(text(&stranger.stderr).contains("the signature is not by AGR agr.example.com"), "{}", text(&stranger.stderr));
    assert_eq!(message(&folder, &["open", "--key", "cs1.nonsense", "sealed.xml"]).status.code(), Some(2));
    let published = text(&std::fs::read(folder.join("samples/SignedMessage.pub")).unwrap());
    assert_eq!(message(&folder, &["open", "--key", published.trim(), "samples/SignedMessage.xml"]).stdout, payload);
}

#[test]
#[cfg(unix)]
fn a_private_key_that_others_may_read_is_not_used() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = folder("exposed");
    let _ = message(&folder, &["keygen", "--out", "agr.key"]);
    let path = folder.join("agr.key");
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    let out = message(&folder, &["seal", "--key", "agr.key", "samples/FlexOffer.xml"]);
    assert_eq!(out.status.code(), Some(2));
    insta::assert_snapshot!(text(&out.stderr));
}

/// What a sender wrote into a message is shown; it neither breaks lines nor speaks to the terminal.
#[test]
fn texts_of_senders_are_shown_not_obeyed() {
    let folder = folder("visible");
    let Message::FlexOrder(mut order) = sample(MessageType::FlexOrder) else { unreachable!() };
    order.order_reference = "P\n  price   0.01\u{9b}2J\u{202e}".into();
    std::fs::write(folder.join("order.xml"), xml::write(&order.into())).unwrap();
    std::fs::write(folder.join("bad.xml"), "<TestMessage Version=\"&#10;ok&#x9b;&#x202e;\"/>").unwrap();
    for args in
        [&["show", "order.xml"][..], &["check", "order.xml", "bad.xml"], &["check", "--json", "order.xml", "bad.xml"], &["show", "bad.xml"]]
    {
        let out = message(&folder, args);
        let told = text(&out.stdout) + &text(&out.stderr);
        let acts = |c: char| (c.is_control() && c != '\n') || ('\u{202a}'..='\u{202e}').contains(&c);
        assert!(!told.contains(acts), "{args:?}: {told:?}");
        assert!(!told.lines().any(|line| line.trim_start().starts_with("price   0.01") || line.starts_with("ok")), "{args:?}: {told}");
    }
    assert!(text(&message(&folder, &["show", "order.xml"]).stdout).contains("P\\n  price   0.01\\u{9b}2J\\u{202e}"));
}
