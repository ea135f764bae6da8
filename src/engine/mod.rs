//! The event queue: a priority queue whose order is total and independent of insertion history.
//!
//! Events are ordered by [`EventKey`]: time, then phase, then origin, then the origin's own running number. Two runs that
//! schedule the same events in any interleaving of origins therefore pop them in the same order; nothing depends on a
//! global counter. The queue knows no domain; the event type is a parameter.
//!
//! ```
//! use copperplate::engine::{Origin, Phase, Queue};
//! use copperplate::time::SimTime;
//!
//! let mut queue = Queue::new(2);
//! queue.push(SimTime(10), Phase(1), Origin(1), "later phase");
//! queue.push(SimTime(10), Phase(0), Origin(0), "first");
//! assert_eq!(queue.pop().map(|(_, e)| e), Some("first"));
//! ```

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use crate::time::SimTime;

/// Rank among events of the same second: lower acts first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Phase(pub u8);

/// Who scheduled an event: an index the caller assigns from sorted stable names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Origin(pub u16);

/// The total order of events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct EventKey {
    /// When.
    pub time: SimTime,
    /// Rank within the second.
    pub phase: Phase,
    /// Who scheduled it.
    pub origin: Origin,
    /// The origin's own running number.
    pub sequence: u64,
}

struct Entry<E> {
    key: EventKey,
    event: E,
}

impl<E> PartialEq for Entry<E> {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}
impl<E> Eq for Entry<E> {}
impl<E> PartialOrd for Entry<E> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl<E> Ord for Entry<E> {
    /// Reversed, because `BinaryHeap` pops the greatest.
    fn cmp(&self, other: &Self) -> Ordering {
        other.key.cmp(&self.key)
    }
}

/// Events waiting for their time.
pub struct Queue<E> {
    heap: BinaryHeap<Entry<E>>,
    sequences: Vec<u64>,
    now: SimTime,
}

impl<E> Queue<E> {
    /// An empty queue for `origins` schedulers, numbered from 0.
    #[must_use]
    pub fn new(origins: usize) -> Queue<E> {
        Queue { heap: BinaryHeap::new(), sequences: vec![0; origins], now: SimTime(i64::MIN) }
    }

    /// Schedules `event`. Panics when `time` lies before the last popped event: causes come before effects.
    pub fn push(&mut self, time: SimTime, phase: Phase, origin: Origin, event: E) {
        assert!(time >= self.now, "event scheduled in the past: {time:?} < {:?}", self.now);
        let sequence = &mut self.sequences[usize::from(origin.0)];
        let key = EventKey { time, phase, origin, sequence: *sequence };
        *sequence += 1;
        self.heap.push(Entry { key, event });
    }

    /// Takes the earliest event.
    pub fn pop(&mut self) -> Option<(EventKey, E)> {
        let Entry { key, event } = self.heap.pop()?;
        self.now = key.time;
        Some((key, event))
    }

    /// When the next event is due.
    #[must_use]
    pub fn next_time(&self) -> Option<SimTime> {
        self.heap.peek().map(|entry| entry.key.time)
    }

    /// How many wait.
    #[must_use]
    pub fn len(&self) -> usize {
        self.heap.len()
    }

    /// Whether none waits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.heap.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Whatever the interleaving of origins, each origin's own order and the key order hold.
        #[test]
        fn order_does_not_depend_on_interleaving(events in prop::collection::vec((0_i64..5, 0_u8..3, 0_u16..3), 0..60), split in any::<u64>()) {
            let keyed = |order: Vec<(i64, u8, u16)>| {
                let mut q = Queue::new(3);
                for (t, p, o) in order {
                    q.push(SimTime(t), Phase(p), Origin(o), ());
                }
                let mut keys = Vec::new();
                while let Some((k, ())) = q.pop() {
                    keys.push(k);
                }
                keys
            };
            let straight = keyed(events.clone());
            // Another interleaving that keeps each origin's own order.
            let mut lanes: Vec<Vec<(i64, u8, u16)>> = (0..3).map(|o| events.iter().copied().filter(|e| e.2 == o).rev().collect()).collect();
            let mut other = Vec::new();
            let mut s = split;
            while lanes.iter().any(|l| !l.is_empty()) {
                s = s.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
                if let Some(e) = lanes[(s >> 33) as usize % 3].pop() {
                    other.push(e);
                }
            }
            let shuffled = keyed(other);
            prop_assert!(straight.windows(2).all(|w| w[0] < w[1]));
            prop_assert_eq!(straight, shuffled);
        }
    }

    #[test]
    #[should_panic(expected = "event scheduled in the past")]
    fn the_past_is_closed() {
        let mut q = Queue::new(1);
        q.push(SimTime(5), Phase(0), Origin(0), ());
        q.pop();
        q.push(SimTime(4), Phase(0), Origin(0), ());
    }
}
