//! What a system operator knows of its own business.

use std::sync::Arc;

use crate::agent::agenda::Round;
use crate::agent::{PrognosisCheck, PublicCp};
use crate::ids::{BranchIdx, CpIdx, Domain, EntityAddress};
use crate::market::contract::Contract;
use crate::powerflow::Network;
use crate::time::SimDuration;

/// What the DSO knows of its own grid, contracts and powers.
#[derive(Debug, Clone)]
pub struct Profile {
    /// The common reference.
    pub cro: Domain,
    /// Its grid model.
    pub network: Arc<Network>,
    /// Address of every connection, by row.
    pub addresses: Vec<EntityAddress>,
    /// Installed feed-in it can reach in orange, W per connection.
    pub installed_feed_in_w: Vec<f64>,
    /// Monitored elements.
    pub watched: Vec<Watched>,
    /// Pairs `(inner, outer)` of congestion points, one within the other.
    pub within: Vec<(CpIdx, CpIdx)>,
    /// Contracts in force.
    pub contracts: Vec<Contract>,
    /// Whether it buys flexibility at all.
    pub trades: bool,
    /// Highest price per effective MWh.
    pub price_ceiling_eur_per_mwh: f64,
    /// Penalty on deficiency of spot orders, €/MWh.
    pub penalty_eur_per_mwh: f64,
    /// Whether and how it checks prognoses.
    pub prognosis_check: Option<PrognosisCheck>,
    /// Rounds of trade.
    pub rounds: Vec<Round>,
    /// What it may do outside the market; `None`: nothing.
    pub orange: Option<OrangePower>,
}

/// Powers outside the market.
#[derive(Debug, Clone, Copy)]
pub struct OrangePower {
    /// Time between a measurement's step end and the limitation acting.
    pub delay: SimDuration,
    /// Physical step.
    pub step: SimDuration,
    /// Devices are not limited below this, W.
    pub device_floor_w: f64,
}

/// A congestion point as its owner knows it.
#[derive(Debug, Clone)]
pub struct Watched {
    /// What is published.
    pub public: PublicCp,
    /// The monitored branch.
    pub branch: BranchIdx,
    /// Whether the branch's from (hv) end is the one towards the source.
    pub from_is_upstream: bool,
    /// Apparent power at loading 1 and rated voltage, VA.
    pub rated_va: f64,
    /// Loading above which it acts on forecasts.
    pub planning: f64,
    /// Loading above which overload counts.
    pub rating: f64,
    /// Loading above which orange must act.
    pub emergency: f64,
}
