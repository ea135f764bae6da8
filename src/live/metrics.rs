//! Figures about a running participant, in the text format of Prometheus.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::uftp::message::Message;

/// A figure that is counted or set by one thread and read by another.
#[derive(Debug, Default)]
pub(super) struct Figure(AtomicI64);

impl Figure {
    pub(super) fn add(&self, n: i64) {
        self.0.fetch_add(n, Ordering::Relaxed);
    }

    pub(super) fn set(&self, n: i64) {
        self.0.store(n, Ordering::Relaxed);
    }

    pub(super) fn get(&self) -> i64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// All figures.
#[derive(Debug, Default)]
pub(super) struct Metrics {
    /// Messages by direction (`in`, `out`), type and result.
    messages: Mutex<BTreeMap<(&'static str, &'static str, &'static str), u64>>,
    /// Requests by HTTP status.
    requests: Mutex<BTreeMap<u16, u64>>,
    /// Connections that are open.
    pub(super) connections: Figure,
    /// Connections that were accepted.
    pub(super) accepted: Figure,
    /// Connections that were dropped to make room.
    pub(super) dropped: Figure,
    /// Connections that were closed because they took too long.
    pub(super) timed_out: Figure,
    /// Connections the system could not give.
    pub(super) accept_errors: Figure,
    /// Messages that wait for the agent.
    pub(super) queue: Figure,
    /// Length of the journal.
    pub(super) journal_bytes: Figure,
    /// Messages sent that wait for their answer.
    pub(super) unanswered: Figure,
    /// Messages sent that no peer has taken in yet.
    pub(super) undelivered: Figure,
    /// Messages given up.
    pub(super) given_up: Figure,
    /// Messages that could not be kept in the archive.
    pub(super) unkept: Figure,
    /// When the last appointment was kept, on the participant's clock.
    pub(super) last_gate: Figure,
    /// What the participant's clock shows.
    pub(super) clock: Figure,
    /// Milliseconds of the wall's clock after the start at which the agent's thread last looked up.
    pub(super) alive_ms: Figure,
}

impl Metrics {
    /// Counts a message: its result is that of the response it is, or what became of it on the way.
    pub(super) fn message(&self, way: &'static str, message: &Message, result: Option<&'static str>) {
        let result = result.or_else(|| message.response().map(|r| r.result.as_str())).unwrap_or("none");
        let mut messages = self.messages.lock().unwrap_or_else(PoisonError::into_inner);
        *messages.entry((way, message.message_type().name(), result)).or_default() += 1;
    }

    /// Counts an answered request.
    pub(super) fn request(&self, status: u16) {
        *self.requests.lock().unwrap_or_else(PoisonError::into_inner).entry(status).or_default() += 1;
    }

    /// The text of `/metrics`.
    pub(super) fn text(&self) -> String {
        let mut text = String::new();
        let head = |text: &mut String, name: &str, kind: &str, help: &str| {
            writeln!(text, "# HELP copperplate_{name} {help}\n# TYPE copperplate_{name} {kind}").expect("a string takes everything");
        };
        head(&mut text, "messages_total", "counter", "Messages by direction, type and result of the response they are.");
        for ((way, name, result), n) in &*self.messages.lock().unwrap_or_else(PoisonError::into_inner) {
            let labels = format!("direction=\"{way}\",type=\"{name}\",result=\"{result}\"");
            writeln!(text, "copperplate_messages_total{{{labels}}} {n}").expect("a string takes everything");
        }
        head(&mut text, "requests_total", "counter", "Answered requests by HTTP status.");
        for (status, n) in &*self.requests.lock().unwrap_or_else(PoisonError::into_inner) {
            writeln!(text, "copperplate_requests_total{{status=\"{status}\"}} {n}").expect("a string takes everything");
        }
        let single = [
            ("connections", "gauge", "Open connections.", &self.connections),
            ("connections_total", "counter", "Connections accepted.", &self.accepted),
            ("connections_dropped_total", "counter", "Connections without a complete request dropped to make room.", &self.dropped),
            ("connections_timed_out_total", "counter", "Connections closed because they took too long.", &self.timed_out),
            ("accept_errors_total", "counter", "Connections that the system could not give.", &self.accept_errors),
            ("queue", "gauge", "Messages that wait for the agent.", &self.queue),
            ("journal_bytes", "gauge", "Length of the journal.", &self.journal_bytes),
            ("unanswered", "gauge", "Messages sent that wait for their answer.", &self.unanswered),
            ("undelivered", "gauge", "Messages sent that no peer has taken in yet.", &self.undelivered),
            ("given_up_total", "counter", "Messages given up.", &self.given_up),
            ("archive_failures_total", "counter", "Messages that could not be kept in the archive.", &self.unkept),
            ("last_gate_timestamp_seconds", "gauge", "When the last appointment was kept, on the participant's clock.", &self.last_gate),
            ("clock_timestamp_seconds", "gauge", "What the participant's clock shows.", &self.clock),
        ];
        for (name, kind, help, figure) in single {
            head(&mut text, name, kind, help);
            writeln!(text, "copperplate_{name} {}", figure.get()).expect("a string takes everything");
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::uftp::message::MessageType;
    use crate::uftp::sample::sample;

    #[test]
    fn every_figure_has_its_help_and_type() {
        let metrics = Metrics::default();
        metrics.message("in", &sample(MessageType::FlexOrder), None);
        metrics.message("out", &sample(MessageType::FlexOrderResponse), None);
        metrics.request(401);
        metrics.queue.add(2);
        let text = metrics.text();
        for line in [
            "copperplate_messages_total{direction=\"in\",type=\"FlexOrder\",result=\"none\"} 1",
            "copperplate_messages_total{direction=\"out\",type=\"FlexOrderResponse\",result=\"Accepted\"} 1",
            "copperplate_requests_total{status=\"401\"} 1",
            "copperplate_queue 2",
        ] {
            assert!(text.lines().any(|l| l == line), "{line} in\n{text}");
        }
        for line in text.lines().filter(|l| !l.starts_with('#')) {
            let name = line.split([' ', '{']).next().unwrap();
            assert!(text.contains(&format!("# TYPE {name} ")) && text.contains(&format!("# HELP {name} ")), "{name}");
        }
    }
}
