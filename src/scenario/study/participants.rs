//! What participants know and may do.

use crate::agent::agr::behaviour::Behaviour;
use crate::ids::Domain;
use crate::time::SimDuration;

/// An aggregator.
#[derive(Debug, Clone)]
pub struct AgrSpec {
    /// Its domain.
    pub domain: Domain,
    /// Margin, caution, costs, failures.
    pub terms: AgrTerms,
}

/// On what terms an aggregator sells, and how well it delivers.
#[derive(Debug, Clone, PartialEq)]
pub struct AgrTerms {
    /// How it behaves where it is free to, its margin on cost among it.
    pub behaviour: Behaviour,
    /// Share of its flexibility whose owners agreed to voluntary activation.
    pub willingness: f64,
    /// Share of expected PV output it dares to offer.
    pub caution: f64,
    /// Income a curtailed PV system loses beside the market price.
    pub support_eur_per_mwh: f64,
    /// What shifting a vehicle or battery costs beside energy: inconvenience, wear.
    pub shifting_eur_per_mwh: f64,
    /// How deliveries fail.
    pub failure: Failure,
}

/// How deliveries fail.
#[derive(Debug, Clone, PartialEq)]
pub struct Failure {
    /// Probability that one asset does not follow its orders on a day (user override, defect).
    pub asset_per_day: f64,
    /// Probability that the whole portfolio is out of reach for an hour (shared communication loss).
    pub communication_per_hour: f64,
    /// Share of calls that users of vehicles override.
    pub vehicle_override_per_call: f64,
    /// Share of calls that people in houses with heat pumps override.
    pub heat_override_per_call: f64,
    /// Probability that the cloud of a vendor is down for an hour.
    pub cloud_per_hour: f64,
    /// Number of vendors, at least one.
    pub vendors: usize,
}

/// What the DSO may do outside the market when offers fall short.
#[derive(Debug, Clone, PartialEq)]
pub struct Orange {
    /// Detection and actuation delay, at least one step.
    pub delay: SimDuration,
    /// Share of PV, vehicles and heat pumps the DSO can reach.
    pub controllable_share: f64,
    /// Probability that a reached device obeys on a day.
    pub compliance: f64,
    /// Floor below which a consuming device is not limited, W.
    pub device_floor_w: f64,
    /// Compensation of limited energy.
    pub compensation_eur_per_mwh: f64,
}
