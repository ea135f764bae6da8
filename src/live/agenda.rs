//! What the clock brings: the appointments of one's own role, and a look at the files in every ISP and before each of them.

use std::collections::VecDeque;

use crate::agent::agenda::{Appointment, Timetable, agenda};
use crate::ids::Role;
use crate::time::{IspCalendar, Period, SimTime};

/// What is due.
#[derive(Debug, Clone)]
pub(super) enum Event {
    /// Read what is new in the files.
    Look,
    /// A moment of the market's agenda.
    Gate(Appointment),
}

/// What is still to come, in the order of time; at one time files are looked at first.
#[derive(Debug)]
pub(super) struct Agenda(VecDeque<(SimTime, Event)>);

impl Agenda {
    /// The agenda of `periods` from `now` on. Gates of a Period that were missed are due at once; a Period that has begun is
    /// left out.
    pub(super) fn new(periods: &[Period], role: Role, timetable: &Timetable, calendar: &IspCalendar, now: SimTime) -> Agenda {
        let ahead: Vec<Period> = periods.iter().copied().filter(|p| p.start > now).collect();
        let mut events = Vec::new();
        let mut end = now;
        for appointment in agenda(timetable, calendar, &ahead).into_iter().filter(|a| a.role == role) {
            events.extend(appointment.before.iter().map(|(time, _)| ((*time).max(now), Event::Look)));
            end = end.max(appointment.time);
            events.push((appointment.time.max(now), Event::Gate(appointment)));
        }
        let mut look = now;
        while look <= end {
            events.push((look, Event::Look));
            look += calendar.isp();
        }
        // Stable: gates of one time stay in the order of the agenda.
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
