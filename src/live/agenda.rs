//! What the clock brings: the gates of the day-ahead round, and a look at the files in every ISP.

use std::collections::VecDeque;

use crate::agent::Gate;
use crate::ids::Role;
use crate::scenario::schema::Market;
use crate::time::{IspCalendar, Period, SimDuration, SimTime};

/// What is due.
#[derive(Debug, Clone, Copy)]
pub(super) enum Event {
    /// Read what is new in the files.
    Look,
    /// A moment of the round.
    Gate(Gate, Period),
}

/// What is still to come, in the order of time; at one time files are looked at first.
#[derive(Debug)]
pub(super) struct Agenda(VecDeque<(SimTime, Event)>);

impl Agenda {
    /// The agenda of `periods` from `now` on. Gates of a Period that were missed are due at once; a Period that has begun is
    /// left out.
    pub(super) fn new(periods: &[Period], role: Role, m: &Market, calendar: &IspCalendar, now: SimTime) -> Agenda {
        let ahead: Vec<Period> = periods.iter().copied().filter(|p| p.start > now).collect();
        let mut events = Vec::new();
        let mut end = now;
        for (k, period) in ahead.iter().enumerate() {
            let eve = period.date.yesterday().expect("calendar year above 1");
            let morrow = calendar.at(period.date.tomorrow().expect("calendar year below 9999"), m.metering);
            let at = |time| calendar.at(eve, time);
            let mut gate = |time: SimTime, gate| events.push((time.max(now), Event::Gate(gate, *period)));
            if k == 0 {
                gate(now, Gate::Publish);
            }
            gate(at(m.query), Gate::Query);
            match role {
                Role::Dso => {
                    gate(at(m.request), Gate::Request);
                    gate(at(m.order), Gate::Order);
                    gate(at(m.gate), Gate::Close);
                }
                Role::Agr | Role::Cro => {
                    gate(at(m.prognosis), Gate::Prognosis);
                    gate(at(m.order) + SimDuration::minutes(15), Gate::Update);
                    gate(morrow, Gate::Metering);
                }
            }
            let last_of_window = ahead.get(k + 1).is_none_or(|next| next.date.month() != period.date.month());
            if last_of_window {
                let after = if role == Role::Dso { 2 } else { 3 };
                gate(morrow + SimDuration::hours(after), Gate::Settle);
            }
            end = morrow + SimDuration::hours(3);
        }
        let mut look = now;
        while look <= end {
            events.push((look, Event::Look));
            look += calendar.isp();
        }
        // Stable: gates of one time stay in the order of the round.
        events.sort_by_key(|(time, event)| (*time, matches!(event, Event::Gate(..))));
        Agenda(events.into())
    }

    /// Takes out the next event that is due.
    pub(super) fn due(&mut self, now: SimTime) -> Option<Event> {
        self.0.front().is_some_and(|(time, _)| *time <= now).then(|| self.0.pop_front().map(|(_, event)| event))?
    }

    /// When the next event is due.
    pub(super) fn next(&self) -> Option<SimTime> {
        self.0.front().map(|(time, _)| *time)
    }
}
