//! The start of a participant: its journal is opened and replayed, or begun.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::agenda::Agenda;
use super::archive::Archive;
use super::business::Business;
use super::clock::{Clock, Setting};
use super::journal::{Event, Head, Journal, LAYOUT, Past, Record, differences};
use super::loaded::Loaded;
use super::rules::{DAMAGED_JOURNAL, NOTHING_AHEAD, OTHER_BUSINESS, OTHER_PROGRAM};
use super::state::{Effect, Patience, State};
use crate::diagnostic::Findings;
use crate::ids::Domain;
use crate::output::error::CANNOT_WRITE;
use crate::time::SimTime;
use crate::uftp::message::Message;
use crate::uftp::xml;

/// Version of the program, as journals and findings name it.
const PROGRAM: &str = env!("CARGO_PKG_VERSION");

/// A participant that knows what it knew.
pub(super) struct Started {
    pub(super) state: State,
    pub(super) journal: Journal,
    pub(super) archive: Option<Archive>,
    pub(super) clock: Clock,
    /// What there is to say about the start.
    pub(super) told: Told,
}

/// What there is to say about a start.
#[derive(Debug, Default)]
pub(super) struct Told {
    /// Records replayed.
    pub(super) replayed: usize,
    /// Bytes of a last record that was not written to its end.
    pub(super) cut: usize,
    /// Where the journal of an earlier trade went.
    pub(super) set_aside: Option<PathBuf>,
    /// Why a message could not be kept in the archive.
    pub(super) unkept: Option<std::io::Error>,
}

/// Opens the journal of `loaded` and takes up what it holds; `seed` keys the MessageIDs of a new one.
///
/// # Errors
/// A journal that cannot be used, or that was begun by another program or with another configuration; files that cannot be read.
pub(super) fn start(loaded: &Loaded, seed: u64) -> Result<Started, Findings> {
    let path = loaded.journal();
    let mut business = new_business(loaded, seed, SimTime(0))?;
    let setting = Setting::now(loaded.config.clock, &business.calendar);
    if path.metadata().map_or(true, |file| file.len() == 0) {
        something_ahead(loaded, &business, &setting)?;
    }
    let lock = loaded.document.file("messages").map_or(Ok(None), |folder| locked(loaded, &folder))?;
    let was_there = path.is_file();
    let (mut journal, mut past) = Journal::open(&path).map_err(|f| loaded.at("journal", f))?;
    if was_there && past.head.is_none() {
        nothing_forgotten(loaded, &path)?;
    }
    let mut told = Told { cut: past.cut, ..Told::default() };
    if let Some(head) = &past.head {
        // Where nothing has happened nobody was promised anything.
        let untouched = past.records.iter().all(|r| matches!(r.event, Event::Clock(_)));
        // A trade that has ended is over; another one begins a journal of its own.
        let over = past.records.last().is_some_and(|r| r.event == Event::Ended);
        let same_trade = || same(head, loaded, &business).is_ok() && last_clock(head, &past.records).configured == loaded.config.clock;
        if untouched {
            something_ahead(loaded, &business, &setting)?;
            journal.clear().map_err(|e| cannot_write(&journal, &e))?;
            past = Past::default();
        } else if over && !same_trade() {
            something_ahead(loaded, &business, &setting)?;
            told.set_aside = Some(journal.set_aside()?);
            (journal, past) = Journal::open(&path).map_err(|f| loaded.at("journal", f))?;
        }
    }
    let archive = archive_folder(loaded)?;
    // A folder that has just been made was nobody's.
    let lock = match (lock, &archive) {
        (None, Some(folder)) => locked(loaded, folder)?,
        (lock, _) => lock,
    };
    let last = past.records.iter().map(|r| r.at).max();
    let head = match past.head.take() {
        Some(head) => {
            same(&head, loaded, &business)?;
            head
        }
        None => begin(loaded, &business, seed, setting, archive.as_deref(), &mut journal)?,
    };
    business = new_business(loaded, head.seed, head.began)?;
    let known = last_clock(&head, &past.records);
    let not_before = last.unwrap_or(head.began);
    let clock = if known.configured == loaded.config.clock && known.configured.is_some() {
        Clock::run(&known, not_before)
    } else {
        // The wall's clock needs no memory, and one that was set anew has another.
        Clock::run(&setting, not_before)
    };
    if known.configured != loaded.config.clock {
        let record = Record { at: clock.now(), event: Event::Clock(setting) };
        journal.append(&record).and_then(|()| journal.sync()).map_err(|e| cannot_write(&journal, &e))?;
    }
    let mut archive = archive.map(|folder| Archive::new(folder, head.archived, lock));
    let state = replay(loaded, &head, &past, business, clock, archive.as_mut(), &mut told)?;
    Ok(Started { state, journal, archive, clock, told })
}

fn cannot_write(journal: &Journal, e: &std::io::Error) -> Findings {
    CANNOT_WRITE.finding(format!("cannot write the journal '{}': {e}", journal.path().display())).into()
}

fn new_business(loaded: &Loaded, seed: u64, now: SimTime) -> Result<Business, Findings> {
    let (calendar, currency) = loaded.market().expect("calendar and currency were checked");
    Business::new(loaded, calendar, currency, seed, now)
}

/// The lock of the archive's folder.
fn locked(loaded: &Loaded, folder: &Path) -> Result<Option<std::fs::File>, Findings> {
    Archive::lock(folder).map_err(|finding| loaded.at("messages", finding).into())
}

/// The folder of the archive, there and not to be mistaken for something else.
fn archive_folder(loaded: &Loaded) -> Result<Option<PathBuf>, Findings> {
    let Some(folder) = loaded.document.file("messages") else { return Ok(None) };
    let unwritable = |e| CANNOT_WRITE.finding(format!("cannot make the folder '{}': {e}", folder.display()));
    std::fs::create_dir_all(&folder).map_err(|e| loaded.at("messages", unwritable(e)))?;
    Ok(Some(folder))
}

/// Refuses a journal that holds nothing beside an archive that holds messages: they were traded on, and it would be forgotten.
fn nothing_forgotten(loaded: &Loaded, journal: &Path) -> Result<(), Findings> {
    let Some(folder) = loaded.document.file("messages").filter(|folder| folder.is_dir()) else { return Ok(()) };
    let kept = Archive::highest(&folder).unwrap_or(0);
    if kept == 0 {
        return Ok(());
    }
    let message = format!("the journal '{}' is empty, but '{}' holds messages up to number {kept}", journal.display(), folder.display());
    let help = "restore a copy of the journal; if there is none, settle its open orders by hand and delete the empty file";
    Err(loaded.at("journal", DAMAGED_JOURNAL.finding(message).help(help)).into())
}

/// The clock as it was last set.
fn last_clock(head: &Head, records: &[Record]) -> Setting {
    let set = records.iter().rev().find_map(|r| match r.event {
        Event::Clock(setting) => Some(setting),
        _ => None,
    });
    set.unwrap_or(head.clock)
}

/// Whether a trade that began now would trade anything.
fn something_ahead(loaded: &Loaded, business: &Business, clock: &Setting) -> Result<(), Findings> {
    if business.periods.iter().any(|p| p.start > clock.shown()) {
        return Ok(());
    }
    let (days, now) = (&loaded.config.time, business.calendar.rfc3339(clock.shown()));
    let finding = NOTHING_AHEAD.finding(format!("it is {now}, and every day from {} to {} has begun", days.from, days.until));
    let key = if clock.configured.is_some() { "clock.start" } else { "time.until" };
    Err(loaded.at(key, finding.help("a participant trades a day on the day before it")).into())
}

/// Begins a new journal.
fn begin(
    loaded: &Loaded,
    business: &Business,
    seed: u64,
    clock: Setting,
    archive: Option<&Path>,
    journal: &mut Journal,
) -> Result<Head, Findings> {
    let unreadable = |e| CANNOT_WRITE.finding(format!("cannot read the folder of messages: {e}"));
    let archived = archive.map_or(Ok(0), Archive::highest).map_err(|e| loaded.at("messages", unreadable(e)))?;
    let head = Head {
        journal: LAYOUT,
        program: PROGRAM.to_owned(),
        role: loaded.role,
        seed,
        business: business.facts.clone(),
        began: clock.shown(),
        clock,
        archived,
    };
    journal.append(&head).and_then(|()| journal.sync()).map_err(|e| cannot_write(journal, &e))?;
    Ok(head)
}

/// Whether this program with this configuration comes to what the journal came to.
fn same(head: &Head, loaded: &Loaded, business: &Business) -> Result<(), Findings> {
    let journal = loaded.journal();
    if head.program != PROGRAM {
        let finding =
            OTHER_PROGRAM.finding(format!("version {} started the journal '{}', this is {PROGRAM}", head.program, journal.display()));
        return Err(loaded.at("journal", finding.help(CLOSE_FIRST)).into());
    }
    let mut findings = Findings::default();
    if head.role != loaded.role {
        let finding = OTHER_BUSINESS.finding(format!(
            "the journal '{}' is that of {} {}",
            journal.display(),
            head.role.as_str(),
            loaded.config.domain
        ));
        findings.push(loaded.at("", finding.help(CLOSE_FIRST)));
    }
    for (path, then, now) in differences(&head.business, &business.facts) {
        let finding = OTHER_BUSINESS.finding(format!("the journal was started with {path} = {then}, now it is {now}"));
        findings.push(loaded.at(&path, finding.help(CLOSE_FIRST)));
    }
    findings.sorted().or_ok(()).map(|_| ())
}

/// How a day is closed.
const CLOSE_FIRST: &str =
    "finish trading with the old version and configuration first; or move the journal away: the participant then forgets its trades";

/// Lets everything happen again, and holds back what was done.
fn replay(
    loaded: &Loaded,
    head: &Head,
    past: &Past,
    business: Business,
    clock: Clock,
    mut archive: Option<&mut Archive>,
    told: &mut Told,
) -> Result<State, Findings> {
    let config = &loaded.config;
    let agenda = Agenda::new(&business.periods, loaded.role, &config.market.timetable(), &business.calendar, head.began);
    let peers = config.peer.iter().map(|p| Domain::new(p.domain.as_str())).collect();
    let patience = Patience { again: clock.span(config.retry_after_s), never: clock.span(config.give_up_after_s) };
    let mut state = State::new(Domain::new(config.domain.as_str()), peers, business, agenda, patience);
    for (n, record) in past.records.iter().enumerate() {
        let effects = state.apply(record).map_err(|e| {
            let place = format!("record {} of the journal '{}'", n + 1, loaded.journal().display());
            loaded.at("journal", OTHER_PROGRAM.finding(format!("the replay of {place} differs: {e}")).help(CLOSE_FIRST))
        })?;
        for effect in &effects {
            if let Some(archive) = archive.as_deref_mut()
                && let Err(e) = keep(archive, effect)
            {
                told.unkept = Some(e);
            }
        }
    }
    told.replayed = past.records.len();
    if told.replayed > 0 {
        state.resume(clock.now());
    }
    Ok(state)
}

/// Keeps the message of an effect in the archive, if it is one that is sent or received for the first time; whether it is.
pub(super) fn keep(archive: &mut Archive, effect: &Effect) -> std::io::Result<bool> {
    let name = |message: &Arc<Message>| message.message_type().name();
    match effect {
        Effect::Came(message, bytes) => archive.keep("in", name(message), bytes).map(|()| true),
        Effect::Send { message, again: false } => archive.keep("out", name(message), xml::write(message).as_bytes()).map(|()| true),
        _ => Ok(false),
    }
}
