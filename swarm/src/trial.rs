//! A case run for real: written, opened as a user's scenario, every strategy run before a witness, all checkers asked.

use std::cell::RefCell;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use copperplate::scenario::study::{Strategy, Study};
use copperplate::scenario::{Opened, open};
use copperplate::sim::{CaseResult, Reference, observe_case};

use crate::case::Case;
use crate::check::CHECKERS;
use crate::finding::Found;
use crate::series::Profiles;
use crate::witness::Witness;
use crate::write;

/// Everything a checker may look at.
pub(crate) struct Trial<'a> {
    pub(crate) case: &'a Case,
    /// Where its files are.
    pub(crate) folder: &'a Path,
    pub(crate) study: &'a Study,
    /// As they were written.
    pub(crate) profiles: Profiles,
    /// One a strategy.
    pub(crate) runs: Vec<Run<'a>>,
}

/// A strategy as it went.
pub(crate) struct Run<'a> {
    pub(crate) strategy: &'a Strategy,
    pub(crate) result: CaseResult,
    pub(crate) witness: Witness,
}

thread_local! {
    /// What the last panic of this thread said, and where.
    static PANIC: RefCell<(String, String)> = const { RefCell::new((String::new(), String::new())) };
}

/// Keeps panics off the terminal; they become findings.
pub(crate) fn keep_panics_quiet() {
    std::panic::set_hook(Box::new(|info| {
        let payload = info.payload();
        let formatted = payload.downcast_ref::<String>().map(String::as_str);
        let text = formatted.or_else(|| payload.downcast_ref::<&str>().copied()).unwrap_or("no text");
        let message = text.lines().next().unwrap_or_default().split(['(', '{']).next().unwrap_or_default().trim().to_owned();
        let place = info.location().map_or_else(String::new, |l| format!("{}:{}: {text}", l.file(), l.line()));
        PANIC.with(|p| *p.borrow_mut() = (message, place));
    }));
}

/// Runs a case in a folder, which is made for it, and asks the checkers, or the one of that name.
pub(crate) fn examine(case: &Case, folder: &Path, only: Option<&str>) -> Found {
    let mut found = Found::default();
    let outcome = catch_unwind(AssertUnwindSafe(|| run(case, folder, only, &mut found)));
    if outcome.is_err() {
        let (message, place) = PANIC.with(|p| p.borrow().clone());
        found.say("panic", &message, "", || place);
    }
    found
}

fn run(case: &Case, folder: &Path, only: Option<&str>, found: &mut Found) {
    fs::create_dir_all(folder).and_then(|()| write::write(case, folder)).expect("the folder takes files");
    let opened = match open_with(folder, &[]) {
        Ok(opened) => opened,
        Err(why) => return found.say("draw", "refused", "", || why),
    };
    let study = match opened.study(None) {
        Ok((study, _)) => study,
        Err(findings) => return found.say("draw", "refused", "", || findings.0[0].message.clone()),
    };
    let (reference, witness) = watch_reference(&study);
    let runs = study.strategies.iter().map(|strategy| watch(&study, &reference, &witness, strategy)).collect();
    let trial = Trial { case, folder, study: &study, profiles: Profiles::of(case, &study), runs };
    for checker in CHECKERS.iter().filter(|c| only.is_none_or(|name| name == c.name)) {
        (checker.check)(&trial, found);
    }
}

/// Opens the scenario in a folder with some keys set otherwise.
pub(crate) fn open_with(folder: &Path, overrides: &[String]) -> Result<Opened, String> {
    open(&folder.join("scenario.toml"), overrides).map_err(|findings| findings.0[0].message.clone())
}

/// Makes the reference of a study before a witness.
pub(crate) fn watch_reference(study: &Study) -> (Reference, Witness) {
    let mut witness = Witness::new(study);
    let reference = Reference::observed(study, &mut witness);
    (reference, witness)
}

/// Runs a strategy before a witness, who has seen the reference.
pub(crate) fn watch<'a>(study: &'a Study, reference: &Reference, seen: &Witness, strategy: &'a Strategy) -> Run<'a> {
    let mut witness = seen.after();
    let result = observe_case(study, reference, strategy, &|_| {}, &mut witness);
    Run { strategy, result, witness }
}
