//! What the world's side hands to agents: forecasts in vintages, prices, telemetry, meters.

use crate::asset::Outlook;
use crate::ids::{ConnectionIdx, CpIdx, EntityAddress};
use crate::time::{Period, SimTime};

/// An aggregator's forecast of its own portfolio for one Period. Rows follow the order of its own tables.
#[derive(Debug, Clone, PartialEq)]
pub struct PortfolioVintage {
    /// The day.
    pub period: Period,
    /// `[connection][isp]` power of everything that cannot be scheduled or curtailed, W, consumption positive.
    pub inflexible_w: Vec<Vec<f64>>,
    /// What is expected of each flexible device.
    pub outlook: Vec<Outlook>,
}

/// The DSO's own forecast for one Period, `[connection][isp]`.
#[derive(Debug, Clone, PartialEq)]
pub struct DsoVintage {
    /// The day.
    pub period: Period,
    /// Net active power, W, consumption positive.
    pub p_w: Vec<Vec<f64>>,
    /// Net reactive power, var.
    pub q_var: Vec<Vec<f64>>,
    /// Feed-in within `p_w`, W, positive.
    pub feed_in_w: Vec<Vec<f64>>,
    /// Consumption within `p_w` that a limitation can reach (vehicles, heat pumps, batteries), W.
    pub device_w: Vec<Vec<f64>>,
}

/// Published day-ahead prices of one Period, per ISP.
#[derive(Debug, Clone, PartialEq)]
pub struct DayPrices {
    /// The day.
    pub period: Period,
    /// €/MWh.
    pub eur_per_mwh: Vec<f64>,
}

/// A measurement at a congestion point that has arrived.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Telemetry {
    /// Where.
    pub cp: CpIdx,
    /// Start of the step it averages over.
    pub step_start: SimTime,
    /// Active power through the element towards the customers, W.
    pub p_w: f64,
    /// Loading, fraction of the rating.
    pub loading: f64,
}

/// Meter readings of one connection for one Period.
#[derive(Debug, Clone, PartialEq)]
pub struct MeterDay {
    /// The day.
    pub period: Period,
    /// Whose meter.
    pub connection: ConnectionIdx,
    /// Average net power per ISP, W, consumption positive.
    pub p_w: Vec<f64>,
}

/// What everyone knows of a congestion point once it is published: contract-phase data.
#[derive(Debug, Clone)]
pub struct PublicCp {
    /// Row in the study.
    pub cp: CpIdx,
    /// Its address.
    pub address: EntityAddress,
    /// Whether offers may hold exclusive options.
    pub mutex_offers: bool,
    /// The connections it concerns.
    pub connections: Vec<ConnectionIdx>,
}
