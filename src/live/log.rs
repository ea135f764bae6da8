//! What a participant says: a line a happening, as `TIME  EVENT  key=value key="a value"`.
//!
//! Values come from peers, too. Whatever they hold stays within its value on its line ([`visible`]). Happenings that a stranger
//! can cause at will have a budget: ten lines at once, then one a second; the next line says how many were left out.

use std::collections::BTreeMap;
use std::fmt::{Display, Write as _};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::clock::Clock;
use crate::diagnostic::visible;
use crate::time::IspCalendar;

/// Where lines go.
pub(super) type Say = Box<dyn Fn(&str) + Send + Sync>;

/// Keys and values of a line.
pub(super) type Fields<'a> = &'a [(&'a str, &'a dyn Display)];

/// Lines at once of what a stranger can cause.
const BURST: u32 = 10;

/// The log.
pub(super) struct Log {
    say: Say,
    clock: Clock,
    calendar: Arc<IspCalendar>,
    budgets: Mutex<BTreeMap<String, Budget>>,
}

/// Lines of one kind that may still be written, and how many were not.
struct Budget {
    lines: u32,
    filled: Instant,
    left_out: u64,
}

impl Log {
    /// A log by a clock.
    pub(super) fn new(say: Say, clock: Clock, calendar: Arc<IspCalendar>) -> Log {
        Log { say, clock, calendar, budgets: Mutex::new(BTreeMap::new()) }
    }

    /// A line.
    pub(super) fn line(&self, event: &str, fields: Fields<'_>) {
        (self.say)(&format!("{}  {}\n", self.calendar.rfc3339(self.clock.now()), line(event, fields)));
    }

    /// A line of what a stranger can cause at will; `kind` tells budgets apart.
    #[allow(clippy::disallowed_methods, reason = "a budget by the clock on the wall")]
    pub(super) fn limited(&self, event: &str, kind: &str, fields: Fields<'_>) {
        let now = Instant::now();
        let mut budgets = self.budgets.lock().unwrap_or_else(PoisonError::into_inner);
        let budget = budgets.entry(format!("{event} {kind}")).or_insert(Budget { lines: BURST, filled: now, left_out: 0 });
        let seconds = now.duration_since(budget.filled).as_secs();
        if seconds > 0 {
            budget.lines = budget.lines.saturating_add(u32::try_from(seconds).unwrap_or(BURST)).min(BURST);
            budget.filled += Duration::from_secs(seconds);
        }
        if budget.lines == 0 {
            budget.left_out += 1;
            return;
        }
        budget.lines -= 1;
        let left_out = std::mem::take(&mut budget.left_out);
        drop(budgets);
        if left_out == 0 {
            self.line(event, fields);
        } else {
            let more: Vec<(&str, &dyn Display)> = fields.iter().copied().chain([("left_out_before", &left_out as &dyn Display)]).collect();
            self.line(event, &more);
        }
    }
}

/// Event and fields, without the time.
fn line(event: &str, fields: Fields<'_>) -> String {
    let mut text = format!("{event:<12}");
    for (key, value) in fields {
        write!(text, " {key}={}", shown(&value.to_string())).expect("a string takes everything");
    }
    text
}

/// A value: bare where that is plain, else in quotes.
fn shown(value: &str) -> String {
    let bare = !value.is_empty() && !value.contains(|c: char| c.is_whitespace() || matches!(c, '"' | '=' | '\\'));
    match visible(value) {
        safe if bare && safe == value => value.to_owned(),
        safe => format!("\"{}\"", safe.replace('"', "\\\"")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn values_are_quoted_where_they_must_be() {
        let line = |value: &str| line("refused", &[("status", &400), ("why", &value)]);
        assert_eq!(line("no-key"), "refused      status=400 why=no-key");
        assert_eq!(line("no key"), "refused      status=400 why=\"no key\"");
        assert_eq!(line(""), "refused      status=400 why=\"\"");
        assert_eq!(line("\" payment=\"9\n\u{9b}"), "refused      status=400 why=\"\\\" payment=\\\"9\\n\\u{9b}\"");
    }

    proptest! {
        /// One line whatever is in it, and the value can be read back: what is outside of quotes is ours.
        #[test]
        fn nothing_leaves_its_value(value in any::<String>()) {
            let text = line("received", &[("from", &value), ("end", &"here")]);
            prop_assert_eq!(text.lines().count(), 1);
            prop_assert!(!text.contains(|c: char| c.is_control()));
            let inside = text.strip_prefix("received     from=").and_then(|t| t.strip_suffix(" end=here")).unwrap();
            if let Some(quoted) = inside.strip_prefix('"') {
                let quoted = quoted.strip_suffix('"').unwrap();
                let mut escaped = false;
                for c in quoted.chars() {
                    prop_assert!(escaped || c != '"');
                    escaped = c == '\\' && !escaped;
                }
                prop_assert!(!escaped);
            } else {
                prop_assert!(!inside.contains([' ', '"', '=']));
            }
        }
    }
}
