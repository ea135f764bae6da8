//! Breaches of a contract, and the suspension that follows.
//!
//! A breach is a call with a deficiency in any ISP; a cap that holds in every window is breached once a day at most. The breach that
//! fills the number which the contract allows suspends it from the following day. The count goes on.

use jiff::civil::Date;

/// How often a contract was breached, and since when it is suspended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Breaches {
    count: u32,
    suspended_from: Option<Date>,
}

impl Breaches {
    /// Takes in the breaches of a day; `suspend_after` of them suspend, `None` never.
    pub fn take(&mut self, day: Date, breaches: u32, suspend_after: Option<u32>) {
        self.count += breaches;
        if suspend_after.is_some_and(|most| self.count >= most) && self.suspended_from.is_none() {
            self.suspended_from = day.tomorrow().ok();
        }
    }

    /// All breaches so far.
    #[must_use]
    pub fn count(&self) -> u32 {
        self.count
    }

    /// The first day of the suspension.
    #[must_use]
    pub fn suspended_from(&self) -> Option<Date> {
        self.suspended_from
    }

    /// Whether the contract is suspended on a day.
    #[must_use]
    pub fn suspended(&self, day: Date) -> bool {
        self.suspended_from.is_some_and(|from| day >= from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn the_second_breach_suspends_from_the_next_day() {
        let mut breaches = Breaches::default();
        breaches.take(date(2026, 1, 5), 1, Some(2));
        breaches.take(date(2026, 1, 6), 0, Some(2));
        assert!(!breaches.suspended(date(2026, 1, 9)));
        breaches.take(date(2026, 1, 7), 1, Some(2));
        breaches.take(date(2026, 1, 8), 1, Some(2));
        assert!(!breaches.suspended(date(2026, 1, 7)) && breaches.suspended(date(2026, 1, 8)));
        assert_eq!((breaches.count(), breaches.suspended_from()), (3, Some(date(2026, 1, 8))));
    }
}
