//! Who is there in a case: the draws of [`Availability`] for every device of a study under a strategy.

use jiff::civil::Date;

use crate::asset::Availability;
use crate::scenario::study::{Strategy, Study};

/// Who agreed, can be reached, follows, obeys and is in touch.
#[derive(Debug)]
pub(super) struct Attendance<'a> {
    study: &'a Study,
    draws: Availability,
    /// Whether the owner agreed to be steered under the rules in force, by device.
    pub(super) willing: Vec<bool>,
    /// Whether a limitation reaches the device.
    reached: Vec<bool>,
    today: Option<(Date, Today)>,
}

/// What holds for a day.
#[derive(Debug)]
struct Today {
    follows: Vec<bool>,
    complies: Vec<bool>,
    /// `[agr][hour]`
    in_touch: Vec<[bool; 25]>,
}

impl<'a> Attendance<'a> {
    pub(super) fn new(study: &'a Study, strategy: &Strategy) -> Attendance<'a> {
        let draws = Availability::new(study.seed);
        let terms = |d: usize| study.agr_of[study.devices[d].connection.i()].map(|a| &study.agrs[a.i()].terms);
        let ids = || study.devices.iter().map(|d| d.id.as_str()).enumerate();
        let willing = |(d, id): (usize, &str)| terms(d).is_some_and(|t| strategy.obligation || draws.willing(id, t.willingness));
        let reached = |(d, id): (usize, &str)| study.devices[d].device.limitable() && draws.reached(id, study.orange.controllable_share);
        Attendance { study, draws, willing: ids().map(willing).collect(), reached: ids().map(reached).collect(), today: None }
    }

    /// Draws what holds for a day, once.
    pub(super) fn attend(&mut self, date: Date) {
        if self.today.as_ref().is_some_and(|(d, _)| *d == date) {
            return;
        }
        let (study, draws) = (self.study, self.draws);
        let failures = |d: usize| study.agr_of[study.devices[d].connection.i()].map(|a| study.agrs[a.i()].terms.failure.asset_per_day);
        let ids = || study.devices.iter().map(|d| d.id.as_str()).enumerate();
        let today = Today {
            follows: ids().map(|(d, id)| failures(d).is_some_and(|p| draws.follows(id, date, p))).collect(),
            complies: ids().map(|(d, id)| self.reached[d] && draws.complies(id, date, study.orange.compliance)).collect(),
            in_touch: study.agrs.iter().map(|a| draws.in_touch(a.domain.as_str(), date, a.terms.failure.communication_per_hour)).collect(),
        };
        self.today = Some((date, today));
    }

    fn today(&self) -> &Today {
        &self.today.as_ref().expect("a day is attended before its steps").1
    }

    /// Whether a portfolio is in touch in an hour of the day.
    pub(super) fn in_touch(&self, agr: usize, hour: usize) -> bool {
        self.today().in_touch[agr][hour]
    }

    /// Whether a device does what its aggregator dispatches in an hour of the day.
    pub(super) fn follows(&self, d: usize, hour: usize) -> bool {
        let agr = self.study.agr_of[self.study.devices[d].connection.i()];
        self.today().follows[d] && agr.is_some_and(|a| self.in_touch(a.i(), hour))
    }

    /// Whether a device obeys a limitation on the day.
    pub(super) fn complies(&self, d: usize) -> bool {
        self.today().complies[d]
    }
}
