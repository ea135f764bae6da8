//! What participants know and may do, and the clock times they keep.

use jiff::civil::Time;

use crate::ids::Domain;
use crate::time::SimDuration;

/// Clock times of the day-ahead round: local, the day before delivery unless said otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClockTimes {
    /// Aggregators and DSO query the common reference.
    pub query: Time,
    /// Release of reservations and calls on capacity contracts, before the auction.
    pub call: Time,
    /// Day-ahead prices are published.
    pub auction_results: Time,
    /// D-Prognoses are due.
    pub prognosis: Time,
    /// The DSO requests flexibility.
    pub request: Time,
    /// Requests expire.
    pub request_expires: Time,
    /// The DSO selects and orders.
    pub order: Time,
    /// Day-ahead gate closure; updated D-Prognoses are in.
    pub gate: Time,
    /// Metering of a day is sent, on the next day.
    pub metering: Time,
}

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
    /// Margin on cost where prices are free.
    pub margin: f64,
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
