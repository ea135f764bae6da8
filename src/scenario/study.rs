//! The immutable result of reading a scenario for one seed: everything a case needs, shared by all its strategies.
//!
//! It knows nothing of how a scenario is written: keys, units and defaults end in `build.rs`.

use std::sync::Arc;

use crate::agent::PublicCp;
use crate::agent::agenda::Timetable;
use crate::asset::battery::HomeBattery;
use crate::asset::{Device, DeviceSpec, Moment};
use crate::forecast;
use crate::grid::{Grid, RadialOrder};
use crate::ids::{AgrIdx, BranchIdx, CpIdx, Domain};
use crate::powerflow::{Network, PhaseModel};
use crate::price::{Prices, Retail};
use crate::profile::ProfileTable;
use crate::time::{IspCalendar, Period, SimDuration, SimTime};
use crate::uftp::message::Currency;
use crate::weather::Weather;

mod participants;
mod strategy;
mod wire;

pub use participants::{AgrSpec, AgrTerms, Failure, Orange};
pub use strategy::{Investment, Reinforcement, Strategy, Values};
pub use wire::{Fault, Silence, Transport, Wire};

/// A scenario ready to run.
#[derive(Debug, Clone)]
pub struct Study {
    /// Short name.
    pub name: String,
    /// The question.
    pub description: String,
    /// Seed of every draw.
    pub seed: u64,
    /// The market's calendar.
    pub calendar: Arc<IspCalendar>,
    /// Currency of every price.
    pub currency: Currency,
    /// The days, in order.
    pub periods: Vec<Period>,
    /// First step.
    pub start: SimTime,
    /// Length of a step.
    pub step: SimDuration,
    /// Number of steps.
    pub steps: usize,
    /// The feeder as scaled by the scenario.
    pub grid: Grid,
    /// What its load flows know of the phases.
    pub phases: PhaseModel,
    /// Its load-flow model.
    pub network: Arc<Network>,
    /// Devices behind the meters, those of a kind together: inflexible ones first, then vehicles, batteries, curtailable feed-in.
    pub devices: Vec<DeviceSpec>,
    /// What happens: profiles of the assets.
    pub truth: Arc<ProfileTable>,
    /// Weather on the steps of `truth`; `None` where PV follows the feeder's profiles.
    pub weather: Option<Arc<Weather>>,
    /// What forecasts are made of; the same table unless a test parts them.
    pub foreseen: Arc<ProfileTable>,
    /// Monitored elements.
    pub congestion_points: Vec<CongestionPoint>,
    /// Pairs `(inner, outer)` of congestion points, one within the other.
    pub within: Vec<(CpIdx, CpIdx)>,
    /// Aggregators, by domain.
    pub agrs: Vec<AgrSpec>,
    /// Who represents each connection.
    pub agr_of: Vec<Option<AgrIdx>>,
    /// Tariffs of groups of customers.
    pub retail: Vec<Retail>,
    /// Which of them each connection has; where none, its devices see the day-ahead price both ways.
    pub retail_of: Vec<Option<usize>>,
    /// Prices per step.
    pub prices: Prices,
    /// How forecasts are made.
    pub forecast: forecast::Model,
    /// Clock times of the market.
    pub timetable: Timetable,
    /// How messages travel.
    pub wire: Wire,
    /// Domain of the DSO.
    pub dso: Domain,
    /// Domain of the common reference.
    pub cro: Domain,
    /// Powers outside the market.
    pub orange: Orange,
    /// Stated values.
    pub values: Values,
    /// Strategies to compare, in the scenario's order.
    pub strategies: Vec<Strategy>,
}

/// A monitored element with its limits.
#[derive(Debug, Clone)]
pub struct CongestionPoint {
    /// Id in the scenario.
    pub id: String,
    /// What is published.
    pub public: PublicCp,
    /// The branch.
    pub branch: BranchIdx,
    /// Whether its from (hv) end is the one towards the source.
    pub from_is_upstream: bool,
    /// Limits as fractions of the rating.
    pub limits: crate::grid::LoadingLimits,
}

impl Study {
    /// The grid a strategy runs on.
    #[must_use]
    pub fn grid(&self, strategy: &Strategy) -> (Grid, Arc<Network>) {
        match &strategy.reinforcement {
            Some(r) => (r.grid.clone(), Arc::clone(&r.network)),
            None => (self.grid.clone(), Arc::clone(&self.network)),
        }
    }

    /// The load-flow model of a grid of this study, such as one at other tap positions.
    #[must_use]
    pub fn network_of(&self, grid: &Grid, order: &RadialOrder) -> Network {
        Network::by_phases(grid, order, self.phases)
    }

    /// Start of a step.
    #[must_use]
    pub fn step_start(&self, step: usize) -> SimTime {
        self.start + SimDuration(self.step.0 * step as i64)
    }

    /// Steps of a Period, as rows of the run.
    #[must_use]
    pub fn steps_of(&self, period: &Period) -> std::ops::Range<usize> {
        let from = ((period.start - self.start).0 / self.step.0) as usize;
        let to = ((period.end() - self.start).0 / self.step.0) as usize;
        from..to
    }

    /// Physical steps in an ISP.
    #[must_use]
    pub fn steps_per_isp(&self) -> usize {
        (self.calendar.isp().0 / self.step.0) as usize
    }

    /// What devices meet in the step that begins at `start`.
    #[must_use]
    pub fn moment(&self, start: SimTime) -> Moment<'_> {
        let row = self.truth.step_at(start).expect("profiles cover the run");
        Moment { start, step: self.step, profiles: &self.truth, row, weather: self.weather.as_deref(), others_w: f64::NAN }
    }

    /// Whether it follows single households: with weather, tariffs or learned forecasts, or devices that have a life of their own.
    #[must_use]
    pub fn follows_households(&self) -> bool {
        let own_life = |spec: &DeviceSpec| match &spec.device {
            Device::House(_) | Device::Process(_) | Device::Generator(_) => true,
            Device::Vehicle(v) => v.pack.is_some(),
            Device::Battery(b) => *b != HomeBattery::plain(b.store),
            Device::Fixed(_) | Device::Curtailable(_) => false,
        };
        self.weather.is_some()
            || !self.retail.is_empty()
            || matches!(self.forecast, forecast::Model::Learned(_))
            || self.devices.iter().any(own_life)
    }

    /// Installed feed-in behind each meter, W.
    #[must_use]
    pub fn installed_feed_in_w(&self) -> Vec<f64> {
        let mut installed = vec![0.0; self.grid.connections.len()];
        for spec in &self.devices {
            installed[spec.connection.i()] += spec.device.rated_w().1;
        }
        installed
    }
}
