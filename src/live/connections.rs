//! Connections of the listener, and which of them has to go when there are too many.
//!
//! A connection costs a descriptor and, while a body comes, memory; both are limited, and strangers may ask for any number. At a
//! limit the oldest connection whose request is not complete is dropped: somebody who has something to say needs milliseconds to
//! say it, somebody who holds connections has the oldest. A connection whose request is complete waits for our answer and stays.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::task::AbortHandle;

use super::log::Log;
use super::metrics::Metrics;

/// Open connections at most, whatever the system allows.
const MOST: usize = 1000;

/// Descriptors kept for files and the ways out.
const RESERVED: usize = 64;

/// Bytes of bodies that have not become messages yet, of all connections.
const BODY_BYTES: usize = 64 * 1024 * 1024;

/// All connections.
pub(super) struct Connections {
    most: usize,
    open: Mutex<Open>,
    freed: Notify,
    metrics: Arc<Metrics>,
    log: Arc<Log>,
}

#[derive(Default)]
struct Open {
    next: u64,
    /// By age.
    incomplete: BTreeMap<u64, Slot>,
    /// Body bytes of those that wait for their answer.
    complete: BTreeMap<u64, usize>,
    bytes: usize,
}

/// A connection whose request is not complete.
struct Slot {
    /// Ends it; there once its task is.
    abort: Option<AbortHandle>,
    bytes: usize,
}

/// An open connection, as long as this is there.
pub(super) struct Ticket {
    id: u64,
    connections: Arc<Connections>,
}

impl Connections {
    /// As many as the system's limit on open files leaves room for.
    pub(super) fn new(metrics: Arc<Metrics>, log: Arc<Log>) -> Connections {
        Connections { most: most(), open: Mutex::default(), freed: Notify::new(), metrics, log }
    }

    /// How many there may be.
    pub(super) fn most(&self) -> usize {
        self.most
    }

    /// Returns when there is room for another, which somebody may have to leave for.
    pub(super) async fn room(&self) {
        loop {
            if self.count() < self.most {
                return;
            }
            if self.drop_oldest(None) {
                // What was dropped closes its descriptor when it is next looked at.
                tokio::task::yield_now().await;
            } else {
                let _ = tokio::time::timeout(Duration::from_secs(1), self.freed.notified()).await;
            }
        }
    }

    /// Returns when nobody waits for an answer.
    pub(super) async fn answered(&self) {
        while !self.open().complete.is_empty() {
            let _ = tokio::time::timeout(Duration::from_millis(50), self.freed.notified()).await;
        }
    }

    /// A new connection.
    pub(super) fn enter(self: &Arc<Self>) -> Ticket {
        let mut open = self.open();
        let id = open.next;
        open.next += 1;
        open.incomplete.insert(id, Slot { abort: None, bytes: 0 });
        self.metrics.accepted.add(1);
        self.tell(&open);
        Ticket { id, connections: Arc::clone(self) }
    }

    /// Says how the connection of a number is ended.
    pub(super) fn ended_by(&self, id: u64, abort: AbortHandle) {
        if let Some(slot) = self.open().incomplete.get_mut(&id) {
            slot.abort = Some(abort);
        }
    }

    /// Ends the oldest connection without a complete request, other than `but`; whether there was one.
    pub(super) fn drop_oldest(&self, but: Option<u64>) -> bool {
        let mut open = self.open();
        let Some(id) = open.incomplete.keys().copied().find(|id| Some(*id) != but) else { return false };
        if let Some(Slot { abort, bytes }) = open.incomplete.remove(&id) {
            open.bytes -= bytes;
            abort.inspect(AbortHandle::abort);
        }
        self.tell(&open);
        drop(open);
        self.metrics.dropped.add(1);
        self.log.limited("dropped", "", &[("why", &"no complete request, and others want in"), ("limit", &self.most)]);
        true
    }

    fn count(&self) -> usize {
        let open = self.open();
        open.incomplete.len() + open.complete.len()
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tell(&self, open: &Open) {
        self.metrics.connections.set(i64::try_from(open.incomplete.len() + open.complete.len()).unwrap_or(i64::MAX));
    }
}

impl Ticket {
    /// Its number.
    pub(super) fn id(&self) -> u64 {
        self.id
    }

    /// Another piece of the body has come.
    pub(super) fn grew(&self, bytes: usize) {
        let mut open = self.connections.open();
        open.bytes += bytes;
        if let Some(slot) = open.incomplete.get_mut(&self.id) {
            slot.bytes += bytes;
        }
        let full = open.bytes > BODY_BYTES;
        drop(open);
        if full {
            self.connections.drop_oldest(Some(self.id));
        }
    }

    /// The request is complete: it will be answered.
    pub(super) fn complete(&self) {
        let mut open = self.connections.open();
        if let Some(slot) = open.incomplete.remove(&self.id) {
            open.complete.insert(self.id, slot.bytes);
        }
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        let mut open = self.connections.open();
        let incomplete = open.incomplete.remove(&self.id).map(|slot| slot.bytes);
        let bytes = incomplete.or_else(|| open.complete.remove(&self.id)).unwrap_or(0);
        open.bytes -= bytes;
        self.connections.tell(&open);
        drop(open);
        self.connections.freed.notify_one();
    }
}

/// What the system's limit on open files leaves for connections.
fn most() -> usize {
    #[cfg(unix)]
    let files = rustix::process::getrlimit(rustix::process::Resource::Nofile).current;
    #[cfg(not(unix))]
    let files: Option<u64> = None;
    let files = files.and_then(|n| usize::try_from(n).ok()).unwrap_or(usize::MAX);
    files.saturating_sub(RESERVED).clamp(8, MOST)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::live::clock::{Clock, Setting};
    use crate::time::{IspCalendar, SimTime};

    fn connections() -> Arc<Connections> {
        let calendar = Arc::new(IspCalendar::new("Europe/Amsterdam", 15).unwrap());
        let clock = Clock::run(&Setting::now(None, &calendar), SimTime(0));
        Arc::new(Connections::new(Arc::default(), Arc::new(Log::new(Box::new(|_| {}), clock, calendar))))
    }

    #[test]
    fn the_oldest_without_a_complete_request_goes_first() {
        let all = connections();
        let tickets: Vec<Ticket> = (0..4).map(|_| all.enter()).collect();
        tickets[0].complete();
        let incomplete = || all.open().incomplete.keys().copied().collect::<Vec<_>>();
        assert!(all.drop_oldest(None));
        assert_eq!(incomplete(), [2, 3]);
        assert!(all.drop_oldest(Some(2)));
        assert_eq!(incomplete(), [2]);
        assert!(all.drop_oldest(None) && !all.drop_oldest(None));
        assert_eq!((all.metrics.dropped.get(), all.metrics.connections.get(), all.count()), (3, 1, 1));
        drop(tickets);
        assert_eq!((all.metrics.accepted.get(), all.metrics.connections.get(), all.count()), (4, 0, 0));
    }

    #[test]
    fn bodies_share_a_limit() {
        let all = connections();
        let tickets: Vec<Ticket> = (0..3).map(|_| all.enter()).collect();
        tickets[0].grew(BODY_BYTES / 2);
        tickets[2].grew(BODY_BYTES / 2);
        assert_eq!(all.metrics.dropped.get(), 0);
        tickets[2].grew(1);
        // The oldest has gone with what it held.
        assert_eq!((all.metrics.dropped.get(), all.open().bytes), (1, BODY_BYTES / 2 + 1));
        drop(tickets);
        assert_eq!(all.open().bytes, 0);
    }
}
