//! How far long work is: a bar on a terminal, elsewhere a plain line now and then.
#![allow(clippy::disallowed_methods, reason = "progress is told by the clock")]

use std::io::{IsTerminal, Write};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

/// Time between plain lines, and before the first: short work says nothing.
const EVERY: Duration = Duration::from_secs(15);

/// How far the work is; safe to share between threads.
pub(super) struct Progress {
    bar: ProgressBar,
    /// When the next line is due; none on a terminal, where the bar moves.
    due: Option<Mutex<Instant>>,
    name: String,
    noun: &'static str,
}

impl Progress {
    /// `length` pieces of work, `done` of which are done already; `noun` is what they are called, empty where only their share counts.
    pub(super) fn new(name: &str, length: u64, done: u64, noun: &'static str) -> Progress {
        let bar = ProgressBar::new(length).with_position(done).with_prefix(name.to_owned());
        let counted = if noun.is_empty() { "{percent:>3} %".to_owned() } else { format!("{{pos}}/{{len}} {noun}") };
        let style = ProgressStyle::with_template(&format!("{{prefix}} {{wide_bar}} {counted}  {{eta}} left{{msg}}"));
        bar.set_style(style.expect("the template is valid"));
        bar.reset_eta();
        let due = (!std::io::stderr().is_terminal()).then(|| Mutex::new(Instant::now() + EVERY));
        Progress { bar, due, name: name.to_owned(), noun }
    }

    /// `n` more pieces are done.
    pub(super) fn inc(&self, n: u64) {
        self.bar.inc(n);
        let Some(mut due) = self.due.as_ref().and_then(|due| due.try_lock().ok()) else { return };
        if Instant::now() < *due {
            return;
        }
        *due = Instant::now() + EVERY;
        let (at, of) = (self.bar.position(), self.bar.length().unwrap_or(0).max(1));
        let counted = if self.noun.is_empty() { String::new() } else { format!(" ({at} of {of} {})", self.noun) };
        // Nobody is left to tell when standard error is closed.
        let _ = writeln!(std::io::stderr(), "{}: {} %{counted}{}", self.name, at * 100 / of, self.bar.message());
    }

    /// What else is to be said beside the count.
    pub(super) fn say(&self, message: String) {
        self.bar.set_message(message);
    }

    /// Takes the bar away.
    pub(super) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
