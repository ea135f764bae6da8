//! Texts that nobody meant: the reader and the rules answer every one of them, soon, in bounded memory.
//!
//! A case is a message of the corpus (the samples, an envelope, the files of `tests/data/uftp/fuzz`) changed one to eight times:
//! attributes and elements dropped, doubled, swapped, moved between messages, values replaced by odd ones, bytes flipped, the
//! text cut. Cases are numbered; a number is a case for ever. What is read must survive writing, and is put before the rules.
//!
//! `cargo test` replays the corpus and a few thousand cases; `COPPERPLATE_FUZZ_S=600 cargo test --test it uftp_fuzz::many` goes on
//! for as many seconds and keeps one text of each kind of answer in `target/tmp/fuzz`, named by the answer.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use copperplate::ids::Role;
use copperplate::rng::Stream;
use copperplate::uftp::message::MessageType;
use copperplate::uftp::sample::{Scene, domain, sample};
use copperplate::uftp::sign::{SecretKey, SignedMessage};
use copperplate::uftp::xml;

/// Values that have broken readers before.
const ODD: [&str; 24] = [
    "",
    " ",
    "0",
    "-0",
    "-1",
    "1e9",
    "+5",
    "65535",
    "65536",
    "4294967296",
    "9223372036854775808",
    "-9223372036854775809",
    "0.00005",
    "1.001",
    "NaN",
    "true",
    "2026-03-29T02:30:00",
    "2026-02-29",
    "9999-12-31T23:59:60Z",
    "0000-00-00",
    "PT0M",
    "P1Y",
    "&#0;&#xD800;",
    "&lt;&amp;&unknown;",
];

/// Pieces of text that do not belong into a message.
const ALIEN: [&str; 8] = [
    "<!DOCTYPE a [<!ENTITY b \"c\">]>",
    "<?xml version=\"1.0\"?>",
    "<!-- -- -->",
    "<![CDATA[x]]>",
    "<ISP/>",
    "</ISP>",
    "\u{feff}",
    "xmlns=\"urn:x\" ",
];

fn corpus() -> Vec<Vec<u8>> {
    let mut corpus: Vec<Vec<u8>> = MessageType::all().map(|t| xml::write(&sample(t)).into_bytes()).collect();
    let envelope =
        SignedMessage::seal(&xml::write(&sample(MessageType::FlexOrder)), domain(Role::Dso), Role::Dso, &SecretKey::from_seed(&[7; 32]));
    corpus.push(envelope.write().into_bytes());
    corpus.extend(kept().into_values());
    corpus
}

/// The files of the corpus by name.
fn kept() -> BTreeMap<String, Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/uftp/fuzz");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).filter(|p| p.extension().is_some_and(|e| e == "xml"));
    files.map(|p| (p.file_stem().unwrap().to_str().unwrap().to_owned(), std::fs::read(&p).unwrap())).collect()
}

/// Draws of one case.
struct Dice {
    stream: Stream,
    at: u64,
}

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.at += 1;
        (self.stream.at(self.at).bits() % n.max(1) as u64) as usize
    }
}

/// The text of a case.
fn case(number: u64, corpus: &[Vec<u8>]) -> Vec<u8> {
    let mut dice = Dice { stream: Stream::new(number, "reader", "fuzz"), at: 0 };
    let mut text = corpus[dice.below(corpus.len())].clone();
    for _ in 0..=dice.below(8) {
        change(&mut text, corpus, &mut dice);
    }
    text
}

fn change(text: &mut Vec<u8>, corpus: &[Vec<u8>], dice: &mut Dice) {
    let (tags, attributes) = (pieces(text, b'<', b'>'), attributes(text));
    match dice.below(10) {
        0 if !tags.is_empty() => drop(text.drain(tags[dice.below(tags.len())].clone())),
        1 if !attributes.is_empty() => drop(text.drain(attributes[dice.below(attributes.len())].clone())),
        2 if !tags.is_empty() => {
            let from = tags[dice.below(tags.len())].clone();
            let to = tags[dice.below(tags.len())].start;
            let piece = text[from].to_vec();
            text.splice(to..to, piece);
        }
        3 if !attributes.is_empty() => {
            let from = attributes[dice.below(attributes.len())].clone();
            let to = attributes[dice.below(attributes.len())].start;
            let piece = text[from].to_vec();
            text.splice(to..to, piece);
        }
        4 | 5 if !attributes.is_empty() => {
            let at = attributes[dice.below(attributes.len())].clone();
            let value = text[at.clone()].iter().position(|b| *b == b'"').map_or(at.end, |q| at.start + q + 1);
            text.splice(value..at.end - 1, ODD[dice.below(ODD.len())].bytes());
        }
        6 => {
            let other = &corpus[dice.below(corpus.len())];
            let from = pieces(other, b'<', b'>');
            let to = dice.below(text.len() + 1);
            if let Some(piece) = from.get(dice.below(from.len())) {
                text.splice(to..to, other[piece.clone()].iter().copied());
            }
        }
        7 => {
            let to = dice.below(text.len() + 1);
            text.splice(to..to, ALIEN[dice.below(ALIEN.len())].bytes());
        }
        8 if !text.is_empty() => {
            let at = dice.below(text.len());
            text[at] ^= 1 << dice.below(8);
        }
        _ => text.truncate(dice.below(text.len() + 1)),
    }
}

/// Places from each `open` to the next `close`.
fn pieces(text: &[u8], open: u8, close: u8) -> Vec<std::ops::Range<usize>> {
    let starts = text.iter().enumerate().filter(|(_, b)| **b == open).map(|(i, _)| i);
    starts.filter_map(|start| text[start..].iter().position(|b| *b == close).map(|n| start..start + n + 1)).take(400).collect()
}

/// Places of ` Name="value"`.
fn attributes(text: &[u8]) -> Vec<std::ops::Range<usize>> {
    let quotes = text.windows(2).enumerate().filter(|(_, w)| w == b"=\"").map(|(i, _)| i);
    quotes
        .filter_map(|at| {
            let start = text[..at].iter().rposition(|b| *b == b' ')?;
            let end = at + 2 + text[at + 2..].iter().position(|b| *b == b'"')?;
            Some(start..end + 1)
        })
        .take(400)
        .collect()
}

/// What becomes of a text, by name.
fn answer(text: &[u8]) -> String {
    let _ = SignedMessage::read(text);
    match xml::read(text) {
        Ok(message) => {
            let t = message.message_type();
            let written = xml::write(&message);
            assert_eq!(xml::read(written.as_bytes()).as_ref(), Ok(&message), "what was read does not survive writing");
            let broken = Scene::before(t).broken(message);
            format!("read-{}-{}", t.name(), broken.first().unwrap_or(&"no-fault"))
        }
        Err(e) => {
            let problem = format!("{:?}", e.problem);
            format!("refused-{}", problem.split([' ', '{', '(']).next().unwrap())
        }
    }
}

#[test]
fn the_corpus_is_answered_as_it_was() {
    let kept = kept();
    assert!(kept.len() > 10, "{}", kept.len());
    let answers = kept.into_iter().map(|(name, text)| (answer(&text), name));
    let others: Vec<(String, String)> = answers.filter(|(answer, name)| answer != name).collect();
    assert!(others.is_empty(), "(now, before): {others:#?}");
}

#[test]
#[allow(clippy::disallowed_methods, reason = "a test may be told by the environment to go on longer, and watches the time")]
fn many_odd_texts_are_answered() {
    let seconds: u64 = std::env::var("COPPERPLATE_FUZZ_S").ok().and_then(|s| s.parse().ok()).unwrap_or(0);
    let corpus = corpus();
    let (began, mut number, mut slowest) = (Instant::now(), 0, Duration::ZERO);
    let mut answers: BTreeMap<String, (u64, Vec<u8>)> = BTreeMap::new();
    let mut resident = Vec::new();
    while number < 3000 || began.elapsed().as_secs() < seconds {
        let text = case(number, &corpus);
        let start = Instant::now();
        let answer = std::panic::catch_unwind(|| answer(&text));
        slowest = slowest.max(start.elapsed());
        let name = answer.unwrap_or_else(|_| panic!("case {number}:\n{}", String::from_utf8_lossy(&text)));
        answers.entry(name).or_insert((0, text)).0 += 1;
        number += 1;
        if number.is_power_of_two() {
            resident.push(resident_kib());
        }
    }
    // By the wall clock, on machines that do other things besides: a hang, not a figure.
    assert!(slowest < Duration::from_secs(10), "a case took {slowest:?}");
    // Memory settles: the second half of a long run adds nothing but the answers kept.
    if let [.., before, after] = resident[..] {
        assert!(after < before + 20_000, "{resident:?} KiB");
    }
    if seconds > 0 {
        keep(&answers);
        said(&format!("{number} cases, slowest {slowest:?}, resident {resident:?} KiB, {} kinds of answer", answers.len()));
    }
    let read = answers.keys().filter(|name| name.starts_with("read-")).count();
    assert!(read > 20 && answers.len() - read > 10, "the cases are too alike: {:?}", answers.keys());
}

/// Keeps one text of each answer.
fn keep(answers: &BTreeMap<String, (u64, Vec<u8>)>) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("fuzz");
    std::fs::create_dir_all(&folder).unwrap();
    for (name, (_, text)) in answers {
        std::fs::write(folder.join(format!("{name}.xml")), text).unwrap();
    }
}

#[allow(clippy::print_stderr, reason = "a long run says how it went")]
fn said(what: &str) {
    eprintln!("{what}");
}

/// Memory of the process in KiB, where the system says it.
fn resident_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|l| l.strip_prefix("VmRSS:"));
    line.and_then(|l| l.split_whitespace().next()).and_then(|n| n.parse().ok()).unwrap_or(0)
}
