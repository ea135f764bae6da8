//! How a contract stands: what has been used of it, and whether it is suspended. Operator and aggregator keep one each; as both move
//! when a call is accepted and when a day is settled, they agree.

use std::collections::BTreeMap;

use crate::time::{IspCalendar, Period, SimDuration};

use super::Contract;
use super::breaches::Breaches;
use super::limits::{Counters, Run, Term};

/// What has happened under a contract so far.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Standing {
    /// Accepted calls.
    pub used: Counters,
    /// Breaches.
    pub breaches: Breaches,
}

impl Standing {
    /// The first term that the calls of a Period break, looked at in order of time; `in_time` says whether they came by the market's
    /// times.
    #[must_use]
    pub fn broken(&self, contract: &Contract, calendar: &IspCalendar, period: &Period, called: &[bool], in_time: bool) -> Option<Term> {
        if self.breaches.suspended(period.date) {
            return Some(Term::Suspended);
        }
        if period.iter().any(|isp| called[isp.offset()] && !contract.holds(calendar, period, isp)) {
            return Some(Term::Window);
        }
        if !in_time {
            return Some(Term::Notice);
        }
        let mut used = self.used.clone();
        Run::all(period, called).into_iter().find_map(|run| {
            let broken = used.broken(&contract.limits, run);
            used.accept(run);
            broken
        })
    }

    /// Counts the calls of a Period that were accepted.
    pub fn accept(&mut self, period: &Period, called: &[bool]) {
        Run::all(period, called).into_iter().for_each(|run| self.used.accept(run));
    }

    /// What the terms leave of the ISPs that an operator would like to call, the earliest first: it shortens its calls beforehand,
    /// and gives up those that would be too short.
    #[must_use]
    pub fn shortened(&self, contract: &Contract, calendar: &IspCalendar, period: &Period, wanted: &[bool]) -> Vec<bool> {
        let mut called = vec![false; wanted.len()];
        if self.breaches.suspended(period.date) {
            return called;
        }
        let mut left: Vec<bool> = period.iter().map(|isp| wanted[isp.offset()] && contract.holds(calendar, period, isp)).collect();
        let mut used = self.used.clone();
        while let Some(run) = Run::all(period, &left).into_iter().next() {
            let run = self.cut(contract, &used, period, run);
            let broken = used.broken(&contract.limits, run);
            let first = run.isps(period).next();
            match (broken, first) {
                // Nothing is left of the hours of the year, the calls of the day or those of the week.
                (Some(Term::CallsPerDay | Term::CallsPerWeek | Term::HoursPerYear), _) | (_, None) => return called,
                (Some(Term::Recovery), Some(first)) => left[first.offset()] = false,
                (Some(_), _) => run.isps(period).for_each(|isp| left[isp.offset()] = false),
                (None, _) => {
                    used.accept(run);
                    for isp in run.isps(period) {
                        (called[isp.offset()], left[isp.offset()]) = (true, false);
                    }
                    // What follows at once would make the same call longer.
                    if let Some(next) = period.isp_at(run.until) {
                        left[next.offset()] = false;
                    }
                }
            }
        }
        called
    }

    /// A run cut at its end to the greatest length and to what is left of the year, in whole ISPs.
    fn cut(&self, contract: &Contract, used: &Counters, period: &Period, run: Run) -> Run {
        let most = [contract.limits.longest, used.left_of_year(&contract.limits, run.day)].into_iter().flatten().min();
        let whole = |most: SimDuration| SimDuration(most.0 / period.isp().0 * period.isp().0);
        let length = most.map_or(run.length(), |most| whole(most).min(run.length()));
        // A limit below one ISP lets nothing through: the run stays, and breaks it.
        if length == SimDuration::ZERO { run } else { Run { until: run.from + length, ..run } }
    }
}

/// How each of several contracts stands, by its name.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Standings(BTreeMap<String, Standing>);

impl Standings {
    /// Contracts before their first day.
    #[must_use]
    pub fn new(contracts: &[Contract]) -> Standings {
        let standing = |c: &Contract| Standing { used: c.used_before.clone(), breaches: Breaches::default() };
        Standings(contracts.iter().map(|c| (c.id.clone(), standing(c))).collect())
    }

    /// How a contract stands. Panics on one that it was not made of.
    #[must_use]
    pub fn of(&self, contract: &str) -> &Standing {
        &self.0[contract]
    }

    /// The same, to change; nothing of an unknown contract.
    pub fn of_mut(&mut self, contract: &str) -> Option<&mut Standing> {
        self.0.get_mut(contract)
    }
}

#[cfg(test)]
mod tests {
    use super::super::limits::Limits;
    use super::super::tests::cap;
    use super::*;
    use crate::time::IspCalendar;
    use jiff::civil::date;
    use proptest::prelude::*;

    fn calendar() -> IspCalendar {
        IspCalendar::new("Europe/Amsterdam", 15).unwrap()
    }

    /// The terms are looked at in order; the first that is broken is named.
    #[test]
    fn the_first_broken_term_is_named() {
        let (calendar, mut contract) = (calendar(), cap());
        contract.windows[0].from = jiff::civil::time(12, 0, 0, 0);
        let period = calendar.period(date(2026, 1, 5));
        let called = |first: usize| {
            let mut called = vec![false; 96];
            called[first..first + 4].fill(true);
            called
        };
        contract.limits.longest = Some(SimDuration::minutes(30));
        let mut standing = Standing::default();
        let broken = |s: &Standing, first, in_time| s.broken(&contract, &calendar, &period, &called(first), in_time);
        assert_eq!(broken(&standing, 60, true), Some(Term::TooLong));
        assert_eq!(broken(&standing, 60, false), Some(Term::Notice));
        assert_eq!(broken(&standing, 46, false), Some(Term::Window));
        standing.breaches.take(date(2026, 1, 4), 2, Some(2));
        assert_eq!(broken(&standing, 46, false), Some(Term::Suspended));
    }

    #[test]
    fn a_long_wish_becomes_calls_with_pauses() {
        let (calendar, mut contract) = (calendar(), cap());
        contract.limits = Limits {
            longest: Some(SimDuration::hours(4)),
            shortest: Some(SimDuration::hours(1)),
            recovery: Some(SimDuration::hours(2)),
            per_year: Some(SimDuration::hours(7)),
            ..Limits::default()
        };
        let period = calendar.period(date(2026, 1, 5));
        let called = Standing::default().shortened(&contract, &calendar, &period, &[true; 96]);
        let lengths: Vec<i64> = Run::all(&period, &called).iter().map(|r| r.length().0 / 3600).collect();
        assert_eq!(lengths, [4, 3]);
        contract.limits.per_year = Some(SimDuration::minutes(275));
        let called = Standing::default().shortened(&contract, &calendar, &period, &[true; 96]);
        assert_eq!(called.iter().filter(|c| **c).count(), 16, "35 minutes more would be too short");
    }

    /// Each run of a day counts, also those accepted or refused together.
    #[test]
    fn runs_of_one_day_count_one_by_one() {
        let (calendar, mut contract) = (calendar(), cap());
        contract.limits.calls_per_day = Some(1);
        let period = calendar.period(date(2026, 1, 5));
        let mut called = vec![false; 96];
        (called[10], called[20]) = (true, true);
        let broken = |called: &[bool]| Standing::default().broken(&contract, &calendar, &period, called, true);
        assert_eq!(broken(&called), Some(Term::CallsPerDay));
        called[10] = false;
        assert_eq!(broken(&called), None);
    }

    proptest! {
        /// An operator that shortens its wishes breaks nothing, day after day.
        #[test]
        fn what_is_left_is_within_the_terms(
            days in prop::collection::vec(prop::collection::vec(any::<bool>(), 96), 1..12),
            (shortest, longest, recovery) in (1_i64..4, 1_i64..12, 0_i64..12),
            (per_day, per_week, hours) in (0_u32..4, 0_u32..9, 0_i64..40),
        ) {
            let (calendar, mut contract) = (calendar(), cap());
            let isps = |n: i64| Some(SimDuration::minutes(15 * n));
            contract.limits = Limits {
                shortest: isps(shortest),
                longest: isps(longest),
                recovery: isps(recovery),
                calls_per_day: Some(per_day),
                calls_per_week: Some(per_week),
                per_year: Some(SimDuration::hours(hours)),
            };
            let mut standing = Standing::default();
            let mut day = date(2026, 10, 20);
            for wanted in days {
                let period = calendar.period(day);
                let wanted: Vec<bool> = wanted.into_iter().cycle().take(period.isps()).collect();
                let called = standing.shortened(&contract, &calendar, &period, &wanted);
                prop_assert!(called.iter().zip(&wanted).all(|(c, w)| *w || !*c));
                prop_assert_eq!(standing.broken(&contract, &calendar, &period, &called, true), None);
                standing.accept(&period, &called);
                day = day.tomorrow().unwrap();
            }
        }
    }
}
