//! The published schema and an independent implementation judge what we write, and what we refuse.
//!
//! `COPPERPLATE_UFTP_PYTHON` names a Python with the packages of the shared folder's `uftp/peer/requirements.lock`; without it,
//! or without the shared folder, the test is skipped.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use copperplate::uftp::message::MessageType;
use copperplate::uftp::sample::sample;
use copperplate::uftp::xml;

use crate::uftp_read::{attributes, without};
use crate::uftp_samples::{shared, skipped};

/// What the judge says of each file, in their order: schema errors, and whether the library reads it and keeps its meaning.
fn verdicts(folder: &str, texts: &[String]) -> Option<Vec<(Vec<String>, bool)>> {
    #[allow(clippy::disallowed_methods, reason = "tests learn from the environment where the judge is")]
    let Ok(python) = std::env::var("COPPERPLATE_UFTP_PYTHON") else {
        skipped("COPPERPLATE_UFTP_PYTHON does not name the judge");
        return None;
    };
    let oracle = shared("uftp/peer/oracle.py")?;
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(folder);
    std::fs::create_dir_all(&folder).unwrap();
    let mut out = Vec::new();
    for (chunk, texts) in texts.chunks(200).enumerate() {
        let paths: Vec<_> = (0..texts.len()).map(|i| folder.join(format!("{chunk}-{i}.xml"))).collect();
        for (path, text) in paths.iter().zip(texts) {
            std::fs::write(path, text).unwrap();
        }
        // The judge must not write compiled files beside its script.
        let run = Command::new(&python).args(["-B"]).arg(&oracle).args(["--xsd", "3.1.0-ean18"]).args(&paths).output().unwrap();
        let said = String::from_utf8(run.stdout).unwrap();
        let lines: Vec<serde_json::Value> = said.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines.len(), texts.len(), "{}", String::from_utf8_lossy(&run.stderr));
        out.extend(lines.iter().map(|line| {
            let errors = line["xsd"].as_array().unwrap().iter().map(|e| e.as_str().unwrap().to_owned()).collect();
            (errors, line["lib"].is_null() && line["roundtrip"] == true)
        }));
    }
    Some(out)
}

#[test]
fn what_we_write_fits_the_schema_and_is_understood() {
    let mut texts: Vec<String> = MessageType::all().map(|t| xml::write(&sample(t))).collect();
    // A settlement without contract, which is written with a placeholder.
    let mut bare = sample(MessageType::FlexSettlement);
    if let copperplate::uftp::message::Message::FlexSettlement(m) = &mut bare {
        m.contract_settlements.clear();
    }
    texts.push(xml::write(&bare));
    let Some(verdicts) = verdicts("written", &texts) else { return };
    for (text, (errors, understood)) in texts.iter().zip(verdicts) {
        assert!(errors.is_empty(), "{errors:?}\n{text}");
        assert!(understood, "{text}");
    }
}

/// Each attribute of each sample dropped, renamed, emptied, or given a value that is mostly wrong: reader and schema agree on
/// what is a message, but for the tolerances that the reader lists.
#[test]
fn we_refuse_what_the_schema_refuses() {
    let values = ["", "0", "-1", "1.005", "x", "true", "2026-03-10", "2026-02-30", "PT15M", "Accepted", "a.example.com", " 1 ", "65536"];
    let mut cases = Vec::new();
    for t in MessageType::all() {
        let text = xml::write(&sample(t));
        // Metering repeats one element 96 times; the first few are enough.
        for a in attributes(&text).into_iter().take(60) {
            let value = a.at.start + a.name.len() + 3..a.at.end - 1;
            cases.push((a.name.to_owned(), "dropped", without(&text, a.at.clone())));
            cases.push((a.name.to_owned(), "renamed", format!("{} X{}", &text[..a.at.start], &text[a.at.start + 1..])));
            for v in values {
                cases.push((a.name.to_owned(), v, format!("{}{v}{}", &text[..value.start], &text[value.end..])));
            }
        }
    }
    let texts: Vec<String> = cases.iter().map(|(_, _, text)| text.clone()).collect();
    let Some(verdicts) = verdicts("tampered", &texts) else { return };
    let mut disagreements = BTreeSet::new();
    for ((name, what, text), (errors, _)) in cases.iter().zip(&verdicts) {
        let ours = xml::read(text.as_bytes());
        if ours.is_ok() != errors.is_empty() {
            let root = text[text.find("?>").unwrap()..].split(['<', ' ']).nth(1).unwrap();
            let who = if ours.is_ok() { "only we take it" } else { "only we refuse it" };
            disagreements.insert(format!("{root} {name} {what:?}: {who}"));
        }
    }
    assert!(cases.len() > 2000, "{}", cases.len());
    insta::assert_snapshot!(disagreements.into_iter().collect::<Vec<_>>().join("\n"));
}
