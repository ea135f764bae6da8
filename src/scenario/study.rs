//! The immutable result of reading a scenario for one seed: everything a case needs, shared by all its strategies.

use std::sync::Arc;

use crate::agent::PublicCp;
use crate::asset::{DeviceSpec, Moment};
use crate::forecast;
use crate::grid::{Grid, RadialOrder};
use crate::ids::{AgrIdx, BranchIdx, CpIdx, Domain};
use crate::market::contract::Contract;
use crate::powerflow::Network;
use crate::price::Prices;
use crate::profile::ProfileTable;
use crate::time::{IspCalendar, Period, SimDuration, SimTime};
use crate::uftp::message::Currency;

use super::overlay;
use super::schema::{Market, Orange, PhaseModel, Preset, Replacement, Values};
use super::wire::Wire;

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
    /// What forecasts are made of; the same table unless a test parts them.
    pub foreseen: Arc<ProfileTable>,
    /// Monitored elements.
    pub congestion_points: Vec<CongestionPoint>,
    /// Pairs of congestion points with common connections.
    pub nested: Vec<(CpIdx, CpIdx)>,
    /// Aggregators, by domain.
    pub agrs: Vec<AgrSpec>,
    /// Who represents each connection.
    pub agr_of: Vec<Option<AgrIdx>>,
    /// Prices per step.
    pub prices: Prices,
    /// How forecasts are made.
    pub forecast: forecast::Model,
    /// Clock times.
    pub market: Market,
    /// How messages travel.
    pub wire: Wire,
    /// Who is off the air, from when until when.
    pub silences: Vec<(Domain, SimTime, SimTime)>,
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

/// An aggregator's terms.
#[derive(Debug, Clone)]
pub struct AgrSpec {
    /// Its domain.
    pub domain: Domain,
    /// Margin, caution, costs, failures.
    pub terms: super::schema::Aggregator,
}

/// A strategy with every switch set.
#[derive(Debug, Clone)]
pub struct Strategy {
    /// Name in results.
    pub name: String,
    /// The preset it came from.
    pub preset: Preset,
    /// Whether the DSO buys flexibility.
    pub trades: bool,
    /// Whether every aggregator must offer all it has, at cost.
    pub obligation: bool,
    /// Highest price per effective MWh.
    pub price_ceiling_eur_per_mwh: f64,
    /// Penalty on deficiency of spot orders.
    pub penalty_eur_per_mwh: f64,
    /// Contracts in force.
    pub contracts: Vec<Contract>,
    /// Whether orange may act.
    pub orange: bool,
    /// Elements replaced at the start, with the grid after it.
    pub replacement: Option<(Vec<Replacement>, Grid, Arc<Network>)>,
}

impl Study {
    /// The grid a strategy runs on.
    #[must_use]
    pub fn grid(&self, strategy: &Strategy) -> (Grid, Arc<Network>) {
        match &strategy.replacement {
            Some((_, grid, network)) => (grid.clone(), Arc::clone(network)),
            None => (self.grid.clone(), Arc::clone(&self.network)),
        }
    }

    /// The load-flow model of a grid of this study, such as one at other tap positions.
    #[must_use]
    pub fn network_of(&self, grid: &Grid, order: &RadialOrder) -> Network {
        overlay::network(grid, order, self.phases)
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
        Moment { start, step: self.step, profiles: &self.truth, row }
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
