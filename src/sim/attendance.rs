//! Who is there in a case: the draws of [`Availability`] for every device of a study under a strategy.
//!
//! A device that does not follow does as its household planned, or as its own control does. Why is told apart by [`Cause`]; of several
//! causes at once, the first in the list counts.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::asset::{Availability, Content, Device};
use crate::scenario::study::{Failure, Strategy, Study};

/// Why a device missed what was dispatched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    /// It was defect, or its owner did not take part, for the day.
    Asset = 0,
    /// Its user took it back when it was called.
    Override = 1,
    /// The cloud of its vendor was down.
    Cloud = 2,
    /// Its aggregator could not reach its portfolio.
    Communication = 3,
    /// It followed and could not: a vehicle was away, a store full or empty, a house warm enough.
    Physics = 4,
}

impl Cause {
    /// All, in the order of arrays.
    pub const ALL: [Cause; 5] = [Cause::Asset, Cause::Override, Cause::Cloud, Cause::Communication, Cause::Physics];

    /// Its name in results.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Cause::Asset => "asset",
            Cause::Override => "override",
            Cause::Cloud => "cloud",
            Cause::Communication => "communication",
            Cause::Physics => "physics",
        }
    }
}

/// Who agreed, can be reached, follows, obeys and is in touch.
#[derive(Debug)]
pub(super) struct Attendance<'a> {
    study: &'a Study,
    draws: Availability,
    /// Whether the owner agreed to be steered under the rules in force, by device.
    pub(super) willing: Vec<bool>,
    /// Whether a limitation reaches the device.
    reached: Vec<bool>,
    /// Row of the vendor among those of the device's aggregator.
    vendor: Vec<usize>,
    today: Option<(Date, Today)>,
    /// Calls of each device for a day, and whether its user overrode one.
    calls: BTreeMap<Date, Vec<(u64, bool)>>,
}

/// What holds for a day.
#[derive(Debug)]
struct Today {
    follows: Vec<bool>,
    complies: Vec<bool>,
    /// `[agr][hour]`
    in_touch: Vec<[bool; 25]>,
    /// `[agr][vendor][hour]`
    cloud_up: Vec<Vec<[bool; 25]>>,
}

impl<'a> Attendance<'a> {
    pub(super) fn new(study: &'a Study, strategy: &Strategy) -> Attendance<'a> {
        let draws = Availability::new(study.seed);
        let terms = |d: usize| study.agr_of[study.devices[d].connection.i()].map(|a| &study.agrs[a.i()].terms);
        let ids = || study.devices.iter().map(|d| d.id.as_str()).enumerate();
        let willing = |(d, id): (usize, &str)| terms(d).is_some_and(|t| strategy.obligation || draws.willing(id, t.willingness));
        let reached = |(d, id): (usize, &str)| study.devices[d].device.limitable() && draws.reached(id, study.orange.controllable_share);
        let vendor = |(d, id): (usize, &str)| terms(d).map_or(0, |t| draws.vendor(id, t.failure.vendors));
        Attendance {
            study,
            draws,
            willing: ids().map(willing).collect(),
            reached: ids().map(reached).collect(),
            vendor: ids().map(vendor).collect(),
            today: None,
            calls: BTreeMap::new(),
        }
    }

    fn failure(&self, d: usize) -> Option<&'a Failure> {
        self.study.agr_of[self.study.devices[d].connection.i()].map(|a| &self.study.agrs[a.i()].terms.failure)
    }

    /// Share of calls of a device that its user overrides.
    fn override_per_call(&self, d: usize) -> f64 {
        let kind = &self.study.devices[d].device;
        let of = |f: &Failure| match kind {
            Device::House(_) => f.heat_override_per_call,
            device if device.content() == Content::Owed => f.vehicle_override_per_call,
            _ => 0.0,
        };
        self.failure(d).map_or(0.0, of)
    }

    /// A device is called for a day where `changes` says so; its user may override that.
    pub(super) fn call(&mut self, d: usize, date: Date, changes: impl FnOnce() -> bool) {
        let per_call = self.override_per_call(d);
        if per_call > 0.0 && changes() {
            let devices = self.study.devices.len();
            let (calls, overridden) = &mut self.calls.entry(date).or_insert_with(|| vec![(0, false); devices])[d];
            *overridden |= self.draws.overrides(&self.study.devices[d].id, date, *calls, per_call);
            *calls += 1;
        }
    }

    /// Draws what holds for a day, once.
    pub(super) fn attend(&mut self, date: Date) {
        if self.today.as_ref().is_some_and(|(d, _)| *d == date) {
            return;
        }
        let (study, draws) = (self.study, self.draws);
        let failures = |d: usize| self.failure(d).map(|f| f.asset_per_day);
        let ids = || study.devices.iter().map(|d| d.id.as_str()).enumerate();
        let clouds = |f: &Failure| (0..f.vendors).map(|vendor| draws.cloud_up(vendor, date, f.cloud_per_hour)).collect();
        let today = Today {
            follows: ids().map(|(d, id)| failures(d).is_some_and(|p| draws.follows(id, date, p))).collect(),
            complies: ids().map(|(d, id)| self.reached[d] && draws.complies(id, date, study.orange.compliance)).collect(),
            in_touch: study.agrs.iter().map(|a| draws.in_touch(a.domain.as_str(), date, a.terms.failure.communication_per_hour)).collect(),
            cloud_up: study.agrs.iter().map(|a| clouds(&a.terms.failure)).collect(),
        };
        self.today = Some((date, today));
        self.calls.retain(|d, _| *d >= date);
    }

    fn today(&self) -> &Today {
        &self.today.as_ref().expect("a day is attended before its steps").1
    }

    /// Whether a portfolio is in touch in an hour of the day.
    pub(super) fn in_touch(&self, agr: usize, hour: usize) -> bool {
        self.today().in_touch[agr][hour]
    }

    /// Why a device does not do what its aggregator dispatches in an hour of the day; `None` where it does.
    pub(super) fn absence(&self, d: usize, hour: usize) -> Option<Cause> {
        let (date, today) = self.today.as_ref().expect("a day is attended before its steps");
        let agr = self.study.agr_of[self.study.devices[d].connection.i()].map(|a| a.i());
        match agr {
            None => Some(Cause::Asset),
            Some(_) if !today.follows[d] => Some(Cause::Asset),
            Some(_) if self.calls.get(date).is_some_and(|calls| calls[d].1) => Some(Cause::Override),
            Some(a) if !today.cloud_up[a][self.vendor[d]][hour] => Some(Cause::Cloud),
            Some(a) if !today.in_touch[a][hour] => Some(Cause::Communication),
            Some(_) => None,
        }
    }

    /// Whether a device does what its aggregator dispatches in an hour of the day.
    pub(super) fn follows(&self, d: usize, hour: usize) -> bool {
        self.absence(d, hour).is_none()
    }

    /// Whether a device obeys a limitation on the day.
    pub(super) fn complies(&self, d: usize) -> bool {
        self.today().complies[d]
    }
}
