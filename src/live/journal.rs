//! The journal: everything a participant was told, in the order in which it was told, on disk before anybody is answered.
//!
//! A record is a line: sixteen hexadecimal digits and JSON. The digits are the beginning of BLAKE3 of the digits before and the
//! JSON, so a line that was changed, lost or moved is noticed at once.
//!
//! ```text
//! 4be2… {"journal":1,"program":"0.1.0","role":"AGR","seed":…,"business":{…},…}      the head, once
//! 09af… {"at":1773054000,"event":{"gate":3}}
//! c31d… {"at":1773054007,"event":{"message":{"envelope":"<SignedMessage …"}}}
//! ```
//! A line without its end was being written when the machine or the process stopped. It was answered to nobody, so it is cut
//! off. Any other damage ends the reading: what follows from a record that cannot be read is not known.
//!
//! The file is locked while it is in use, so two processes never speak with one voice.

use std::fs::{File, TryLockError};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::clock::Setting;
use super::readings::Reading;
use super::rules::{DAMAGED_JOURNAL, FOREIGN_JOURNAL, JOURNAL_IN_USE};
use crate::diagnostic::{Finding, visible};
use crate::ids::Role;
use crate::output::error::CANNOT_WRITE;
use crate::time::SimTime;
use crate::uftp::message::MessageId;

/// Layout of the records; another one is another number.
pub(super) const LAYOUT: u32 = 1;

/// What stands at the beginning: everything besides the records that a replay depends on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Head {
    /// [`LAYOUT`].
    pub(super) journal: u32,
    /// Version of the program.
    pub(super) program: String,
    pub(super) role: Role,
    /// Key of the MessageIDs.
    pub(super) seed: u64,
    /// What the agent was made of.
    pub(super) business: Json,
    /// When it began; the agenda counts from here.
    pub(super) began: SimTime,
    pub(super) clock: Setting,
    /// Highest number in the archive of messages before this journal.
    pub(super) archived: usize,
}

/// What happened, and when on the participant's clock.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Record {
    pub(super) at: SimTime,
    pub(super) event: Event,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Event {
    /// A message came; its envelope as it came, with a signature that was verified then.
    Message {
        /// The whole body of the request.
        envelope: String,
    },
    /// The appointment of this number was due.
    Gate(usize),
    /// A file had something new.
    Reading(Reading),
    /// A peer took a message in.
    Delivered(MessageIdText),
    /// A message was given up: its peer does not take it in, or does not answer.
    GivenUp(MessageIdText),
    /// The configuration sets the clock anew.
    Clock(Setting),
    /// Every day is settled.
    Ended,
}

/// A MessageID as JSON has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct MessageIdText(uuid::Uuid);

impl From<MessageId> for MessageIdText {
    fn from(id: MessageId) -> MessageIdText {
        MessageIdText(id.0)
    }
}

impl From<MessageIdText> for MessageId {
    fn from(id: MessageIdText) -> MessageId {
        MessageId(id.0)
    }
}

/// A journal that is open for more.
#[derive(Debug)]
pub(super) struct Journal {
    file: File,
    path: PathBuf,
    /// Digits of the last record.
    chain: String,
    bytes: u64,
}

/// What a journal held when it was opened.
#[derive(Debug, Default)]
pub(super) struct Past {
    /// The head; `None` if the journal is new.
    pub(super) head: Option<Head>,
    pub(super) records: Vec<Record>,
    /// Bytes of a last record that was not written to its end.
    pub(super) cut: usize,
}

impl Journal {
    /// Opens the journal at `path`, or makes an empty one, and locks it.
    ///
    /// # Errors
    /// `journal-in-use`, `foreign-journal` (the file is none, or of another layout), `damaged-journal`, `cannot-write`.
    pub(super) fn open(path: &Path) -> Result<(Journal, Past), Finding> {
        let cannot = |e: io::Error| CANNOT_WRITE.finding(format!("cannot open the journal '{}': {e}", path.display()));
        let mut options = File::options();
        options.read(true).append(true).create(true);
        // It holds every message, and the key of the numbers to come.
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(path).map_err(cannot)?;
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => {
                let finding = JOURNAL_IN_USE.finding(format!("another participant uses the journal '{}'", path.display()));
                return Err(finding.help("stop it first, or name another journal"));
            }
            // A file system without locks protects nobody; that is no reason to trade with nobody.
            Err(TryLockError::Error(_)) | Ok(()) => {}
        }
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(cannot)?;
        let (past, chain, sound) = read(&bytes).map_err(|fault| fault.finding(path))?;
        if past.cut > 0 {
            file.set_len(sound as u64).and_then(|()| file.sync_all()).map_err(cannot)?;
        }
        file.seek(SeekFrom::End(0)).map_err(cannot)?;
        if past.head.is_none() {
            sync_folder(path).map_err(cannot)?;
        }
        Ok((Journal { file, path: path.to_path_buf(), chain, bytes: sound as u64 }, past))
    }

    /// Where it lies.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// How long it is.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Writes a record, or the head of a new journal. It is safe from a crash of the process; from one of the machine after
    /// [`Journal::sync`].
    ///
    /// # Errors
    /// What the system says; then the journal holds what it held before, if the system lets that be.
    pub(super) fn append(&mut self, record: &impl Serialize) -> io::Result<()> {
        let json = serde_json::to_string(record)?;
        let digits = digits(&self.chain, json.as_bytes());
        let line = format!("{digits} {json}\n");
        if let Err(e) = self.file.write_all(line.as_bytes()) {
            // Half a record is cut off by the next start, too.
            let _ = self.file.set_len(self.bytes);
            return Err(e);
        }
        self.chain = digits;
        self.bytes += line.len() as u64;
        Ok(())
    }

    /// Returns when everything appended is on disk.
    ///
    /// # Errors
    /// What the system says; what was appended may be lost.
    pub(super) fn sync(&mut self) -> io::Result<()> {
        self.file.sync_data()
    }

    /// Empties a journal in which nothing has happened.
    ///
    /// # Errors
    /// What the system says.
    pub(super) fn clear(&mut self) -> io::Result<()> {
        self.file.set_len(0)?;
        self.chain.clear();
        self.bytes = 0;
        self.file.sync_all()
    }

    /// Puts a journal that has ended aside, under the first free name `NAME.1`, `NAME.2`, …, and gives that name.
    ///
    /// # Errors
    /// `cannot-write`.
    pub(super) fn set_aside(self) -> Result<PathBuf, Finding> {
        let aside = |n: u32| PathBuf::from(format!("{}.{n}", self.path.display()));
        let free = (1..).map(aside).find(|path| !path.exists()).expect("some number is free");
        let cannot = |e: io::Error| CANNOT_WRITE.finding(format!("cannot put the journal '{}' aside: {e}", self.path.display()));
        std::fs::rename(&self.path, &free).map_err(cannot)?;
        Ok(free)
    }
}

/// The first sixteen digits of a record's fingerprint.
fn digits(before: &str, json: &[u8]) -> String {
    let mut hasher = blake3::Hasher::new();
    hasher.update(before.as_bytes()).update(json);
    hasher.finalize().to_hex()[..16].to_owned()
}

/// A new file is there after a crash of the machine only when its folder is on disk, too.
fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|f| !f.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}

/// Why a journal is not read.
#[derive(Debug, PartialEq, Eq)]
enum Fault {
    /// It is no journal.
    Foreign,
    /// Its layout is another one.
    Layout(Option<u64>),
    /// A record cannot be trusted.
    Damaged { line: usize, byte: usize },
}

impl Fault {
    fn finding(self, path: &Path) -> Finding {
        let path = path.display();
        match self {
            Fault::Foreign => FOREIGN_JOURNAL.finding(format!("'{path}' is not a journal")).help("nothing was changed; name another file"),
            Fault::Layout(found) => {
                let found = found.map_or_else(|| "none".to_owned(), |n| n.to_string());
                let finding = FOREIGN_JOURNAL.finding(format!("the journal '{path}' has layout {found}; this program reads {LAYOUT}"));
                finding.help("finish trading with the program that wrote it, or move it away: the participant then forgets its trades")
            }
            Fault::Damaged { line, byte } => {
                let finding = DAMAGED_JOURNAL.finding(format!("the journal '{path}' is damaged in line {line}, at byte {byte}"));
                finding.help("restore a copy of it; if there is none, move it away and settle its open orders by hand")
            }
        }
    }
}

/// Head and records, the digits of the last, and how many bytes are sound.
fn read(bytes: &[u8]) -> Result<(Past, String, usize), Fault> {
    let mut past = Past::default();
    let (mut chain, mut at) = (String::new(), 0);
    for (n, line) in bytes.split_inclusive(|b| *b == b'\n').enumerate() {
        // A crash of the machine may leave nothing where the end of the file should be.
        let torn = !line.ends_with(b"\n") || (at + line.len() == bytes.len() && line.contains(&0));
        if torn {
            if past.head.is_none() && !begins_like_a_record(line) {
                return Err(Fault::Foreign);
            }
            past.cut = line.len();
            break;
        }
        let damaged = Fault::Damaged { line: n + 1, byte: at };
        let Some((claimed, json)) = parts(line) else { return Err(if n == 0 { Fault::Foreign } else { damaged }) };
        if digits(&chain, json) != claimed {
            return Err(damaged);
        }
        if n == 0 {
            past.head = Some(head(json)?);
        } else {
            past.records.push(serde_json::from_slice(json).map_err(|_| damaged)?);
        }
        claimed.clone_into(&mut chain);
        at += line.len();
    }
    Ok((past, chain, at))
}

fn head(json: &[u8]) -> Result<Head, Fault> {
    let value: Json = serde_json::from_slice(json).map_err(|_| Fault::Foreign)?;
    let layout = value["journal"].as_u64();
    if layout != Some(u64::from(LAYOUT)) {
        return Err(Fault::Layout(layout));
    }
    serde_json::from_value(value).map_err(|_| Fault::Damaged { line: 1, byte: 0 })
}

/// Digits and JSON of a line that has its end.
fn parts(line: &[u8]) -> Option<(&str, &[u8])> {
    let (digits, rest) = line.split_at_checked(16)?;
    let digits = std::str::from_utf8(digits).ok().filter(|d| d.bytes().all(|b| b.is_ascii_hexdigit()))?;
    Some((digits, rest.strip_prefix(b" ")?.strip_suffix(b"\n")?))
}

/// Whether these are the first bytes of a record, or nothing at all.
fn begins_like_a_record(bytes: &[u8]) -> bool {
    let shaped = |(k, b): (usize, &u8)| match k {
        0..16 => b.is_ascii_hexdigit(),
        16 => *b == b' ',
        _ => *b == b'{',
    };
    let written = bytes.iter().rposition(|b| *b != 0).map_or(0, |last| last + 1);
    bytes[..written].iter().enumerate().take(18).all(shaped)
}

/// How a difference between the business of a journal and that of a configuration reads: path, then, now.
pub(super) fn differences(then: &Json, now: &Json) -> Vec<(String, String, String)> {
    let mut found = Vec::new();
    differ(String::new(), then, now, &mut found);
    found
}

fn differ(path: String, then: &Json, now: &Json, found: &mut Vec<(String, String, String)>) {
    match (then, now) {
        (Json::Object(a), Json::Object(b)) => {
            let own = b.keys().filter(|k| !a.contains_key(*k));
            for key in a.keys().chain(own) {
                let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                differ(path, a.get(key).unwrap_or(&Json::Null), b.get(key).unwrap_or(&Json::Null), found);
            }
        }
        (Json::Array(a), Json::Array(b)) if a.len() == b.len() => {
            for (k, (a, b)) in a.iter().zip(b).enumerate() {
                differ(format!("{path}[{k}]"), a, b, found);
            }
        }
        _ if then == now => {}
        _ => {
            let short = |value: &Json| visible(&value.to_string()).chars().take(60).collect::<String>();
            found.push((path, short(then), short(now)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sample(envelopes: &[String]) -> (Head, Vec<Record>) {
        let calendar = crate::time::IspCalendar::new("Europe/Amsterdam", 15).unwrap();
        let head = Head {
            journal: LAYOUT,
            program: "0.1.0".to_owned(),
            role: Role::Agr,
            seed: u64::MAX,
            business: serde_json::json!({ "domain": "agr.example.com" }),
            began: SimTime(1_773_054_000),
            clock: Setting::now(None, &calendar),
            archived: 3,
        };
        let id = MessageIdText(uuid::Uuid::from_u128(7));
        let messages = envelopes.iter().map(|e| Event::Message { envelope: e.clone() });
        let events = [Event::Gate(0), Event::Delivered(id), Event::GivenUp(id)].into_iter().chain(messages).chain([Event::Ended]);
        (head, events.enumerate().map(|(k, event)| Record { at: SimTime(k as i64), event }).collect())
    }

    /// A folder that is gone at the end.
    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Folder {
            let path = std::env::temp_dir().join(format!("copperplate-journal-{name}-{}", std::process::id()));
            std::fs::create_dir_all(&path).unwrap();
            Folder(path)
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }

    fn written(path: &Path, head: &Head, records: &[Record]) {
        let (mut journal, past) = Journal::open(path).unwrap();
        assert!(past.head.is_none() && past.records.is_empty());
        journal.append(head).unwrap();
        records.iter().for_each(|r| journal.append(r).unwrap());
        journal.sync().unwrap();
        assert_eq!(journal.bytes(), path.metadata().unwrap().len());
    }

    #[test]
    fn one_at_a_time_and_aside_when_it_has_ended() {
        let folder = Folder::new("lock");
        let path = folder.0.join("agr.journal");
        let (head, records) = sample(&[]);
        written(&path, &head, &records);
        let (journal, past) = Journal::open(&path).unwrap();
        assert_eq!((past.head.as_ref(), &past.records, past.cut), (Some(&head), &records, 0));
        assert_eq!(Journal::open(&path).unwrap_err().code, "journal-in-use");
        assert_eq!(journal.set_aside().unwrap(), folder.0.join("agr.journal.1"));
        assert!(Journal::open(&path).unwrap().1.head.is_none());
    }

    #[test]
    fn what_is_no_journal_is_left_alone() {
        let folder = Folder::new("foreign");
        for (k, text) in ["domain = \"x\"\n", "c2VjcmV0IGtleQ==", "0123456789abcdef {}\n", "\n"].iter().enumerate() {
            let path = folder.0.join(k.to_string());
            std::fs::write(&path, text).unwrap();
            let code = Journal::open(&path).unwrap_err().code;
            assert!(["foreign-journal", "damaged-journal"].contains(&code), "{text}: {code}");
            assert_eq!(std::fs::read_to_string(&path).unwrap(), *text);
        }
    }

    #[test]
    fn differences_have_paths() {
        let (a, b) = (serde_json::json!({"market": {"order": "18:00"}, "peer": [1, 2]}), serde_json::json!({"market": {}, "peer": [1, 3]}));
        let found: Vec<String> = differences(&a, &b).into_iter().map(|(path, ..)| path).collect();
        assert_eq!(found, ["market.order", "peer[1]"]);
        assert!(differences(&a, &a).is_empty());
    }

    proptest! {
        /// Wherever a journal is cut, what was whole stands, and the next record follows it.
        #[test]
        fn a_torn_end_is_cut_off(envelopes in prop::collection::vec(".{0,40}", 0..4), cut in any::<prop::sample::Index>(), zeros in 0usize..20) {
            let folder = Folder::new("torn");
            let path = folder.0.join("j");
            let _ = std::fs::remove_file(&path);
            let (head, records) = sample(&envelopes);
            written(&path, &head, &records);
            let mut bytes = std::fs::read(&path).unwrap();
            let end = cut.index(bytes.len() + 1);
            let whole = bytes[..end].iter().filter(|b| **b == b'\n').count();
            bytes.truncate(end);
            bytes.resize(end + zeros, 0);
            std::fs::write(&path, &bytes).unwrap();
            let (mut journal, past) = Journal::open(&path).unwrap();
            prop_assert_eq!(past.records.len(), whole.saturating_sub(1));
            prop_assert_eq!(&past.records[..], &records[..past.records.len()]);
            if past.head.is_none() {
                journal.append(&head).unwrap();
            }
            journal.append(&records[0]).unwrap();
            drop(journal);
            let (_, past) = Journal::open(&path).unwrap();
            prop_assert_eq!(past.records.last(), Some(&records[0]));
        }

        /// No bit of a record can be changed unnoticed, and no line lost or moved.
        #[test]
        fn damage_is_found(at in any::<prop::sample::Index>(), bit in 0u32..8, line in any::<prop::sample::Index>()) {
            let folder = Folder::new("damaged");
            let path = folder.0.join("j");
            let _ = std::fs::remove_file(&path);
            let (head, records) = sample(&["<SignedMessage/>".to_owned()]);
            written(&path, &head, &records);
            let sound = std::fs::read(&path).unwrap();
            let mut bytes = sound.clone();
            let at = at.index(bytes.len() - 1);
            bytes[at] ^= 1 << bit;
            let refused = |bytes: &[u8]| {
                std::fs::write(&path, bytes).unwrap();
                let left = std::fs::read(&path).unwrap() == bytes;
                Journal::open(&path).is_err() && left
            };
            // A zero byte in the last line looks like a crash of the machine.
            prop_assume!(bytes[at] != 0);
            prop_assert!(refused(&bytes));
            let lines: Vec<&[u8]> = sound.split_inclusive(|b| *b == b'\n').collect();
            let lost = line.index(lines.len() - 1);
            let rest: Vec<u8> = lines.iter().enumerate().filter(|(k, _)| *k != lost).flat_map(|(_, l)| l.to_vec()).collect();
            prop_assert!(refused(&rest));
        }
    }
}
