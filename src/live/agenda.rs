//! What the clock brings: the appointments of one's own role, and a look at the files in every ISP and before each of them.
//!
//! Appointments are numbered in the order in which they are due, so that a journal can say which of them were kept.

use std::collections::{BTreeMap, BTreeSet};

use crate::agent::agenda::{Appointment, Gate, Timetable, agenda};
use crate::ids::Role;
use crate::time::{IspCalendar, Period, SimDuration, SimTime};

/// What is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Due {
    /// Read what is new in the files.
    Look,
    /// The appointment of this number.
    Gate(usize),
}

/// What is still to come. At one time files are looked at first.
#[derive(Debug)]
pub(super) struct Agenda {
    /// By number, in the order of time.
    gates: BTreeMap<usize, Appointment>,
    /// Looks before appointments.
    before: BTreeSet<SimTime>,
    next_look: SimTime,
    every: SimDuration,
    /// When the last appointment is due.
    last: SimTime,
}

impl Agenda {
    /// The agenda of `periods` from `now` on. Gates of a Period that were missed are due at once; a Period that has begun is
    /// left out.
    pub(super) fn new(periods: &[Period], role: Role, timetable: &Timetable, calendar: &IspCalendar, now: SimTime) -> Agenda {
        let ahead: Vec<Period> = periods.iter().copied().filter(|p| p.start > now).collect();
        let mut own: Vec<Appointment> = agenda(timetable, calendar, &ahead).into_iter().filter(|a| a.role == role).collect();
        for appointment in &mut own {
            appointment.time = appointment.time.max(now);
        }
        // Stable: gates of one time stay in the order of the agenda.
        own.sort_by_key(|a| a.time);
        let before = own.iter().flat_map(|a| &a.before).map(|(time, _)| (*time).max(now)).collect();
        let last = own.last().map_or(now, |a| a.time);
        Agenda { gates: own.into_iter().enumerate().collect(), before, next_look: now, every: calendar.isp(), last }
    }

    /// When the last appointment is due.
    pub(super) fn last(&self) -> SimTime {
        self.last
    }

    /// What is due next at `now`, if anything is; a look is taken out by that, a gate by [`Agenda::keep`]. Behind the last
    /// appointment only those who wait look.
    pub(super) fn due(&mut self, now: SimTime, waiting: bool) -> Option<Due> {
        if self.gates.is_empty() && !waiting {
            return None;
        }
        // One look sees all that is new, however many are due.
        if self.next_look <= now || self.before.first().is_some_and(|t| *t <= now) {
            while self.next_look <= now {
                self.next_look += self.every;
            }
            self.before = self.before.split_off(&(now + SimDuration::seconds(1)));
            return Some(Due::Look);
        }
        let (&number, gate) = self.gates.first_key_value()?;
        (gate.time <= now).then_some(Due::Gate(number))
    }

    /// Takes out the appointment of a number; `None` if it is kept already, or there is none.
    pub(super) fn keep(&mut self, number: usize) -> Option<Appointment> {
        self.gates.remove(&number)
    }

    /// Goes on at `now` after a while without anybody at the desk: what would trade in a Period that has begun is dropped, the
    /// rest is due at once.
    pub(super) fn resume(&mut self, now: SimTime) {
        let stays = |gate| matches!(gate, Gate::Publish | Gate::Query | Gate::Metering | Gate::Settle);
        self.gates.retain(|_, a| a.period.start > now || a.time > now || stays(a.gate));
        self.next_look = now;
    }

    /// When the next event is due; `None` when the last appointment is kept and nobody waits.
    pub(super) fn next(&self, waiting: bool) -> Option<SimTime> {
        let gate = self.gates.first_key_value().map(|(_, gate)| gate.time);
        let end = gate.or_else(|| waiting.then_some(self.next_look))?;
        [end, self.next_look].into_iter().chain(self.before.first().copied()).min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::schema::Market;

    fn agenda_at(now: &str) -> (Agenda, IspCalendar, SimTime) {
        let calendar = IspCalendar::new("Europe/Amsterdam", 15).unwrap();
        let date = jiff::civil::date(2026, 3, 10);
        let at: jiff::civil::DateTime = now.parse().unwrap();
        let now = calendar.at(at.date(), at.time());
        let periods = [calendar.period(date), calendar.period(date.tomorrow().unwrap())];
        (Agenda::new(&periods, Role::Agr, &Market::default().timetable(), &calendar, now), calendar, now)
    }

    #[test]
    fn everything_comes_once_in_order_and_a_look_before_it() {
        let (mut agenda, _, mut now) = agenda_at("2026-03-09T12:00");
        let (mut kept, mut looks, mut last) = (Vec::new(), 0, None);
        while let Some(next) = agenda.next(false) {
            now = now.max(next);
            match agenda.due(now, false) {
                Some(Due::Look) => looks += 1,
                Some(Due::Gate(n)) => {
                    let gate = agenda.keep(n).unwrap();
                    assert!(gate.time <= now && last <= Some(n));
                    assert_eq!(agenda.keep(n), None);
                    last = Some(n);
                    kept.push(gate.gate);
                }
                None => panic!("nothing is due at {next:?}"),
            }
        }
        let count = |g| kept.iter().filter(|k| **k == g).count();
        assert_eq!((count(Gate::Prognosis), count(Gate::Metering), count(Gate::Settle)), (2, 2, 1));
        assert!(looks > 4 * 66, "{looks}");
    }

    #[test]
    fn after_a_pause_no_trade_of_a_day_that_has_begun() {
        let (mut agenda, calendar, _) = agenda_at("2026-03-09T12:00");
        let at = calendar.at(jiff::civil::date(2026, 3, 10), jiff::civil::time(14, 0, 0, 0));
        agenda.resume(at);
        let left: Vec<(Gate, i8)> = agenda.gates.values().map(|a| (a.gate, a.period.date.day())).collect();
        assert!(!left.contains(&(Gate::Prognosis, 10)) && left.contains(&(Gate::Prognosis, 11)), "{left:?}");
        assert!(left.contains(&(Gate::Metering, 10)), "{left:?}");
        assert_eq!(agenda.due(at, false), Some(Due::Look));
    }
}
