//! What the world's side hands to agents: forecasts in vintages, prices, telemetry, meters.

use std::collections::BTreeSet;

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

/// A value of every connection in every ISP of a Period.
#[derive(Debug, Clone, PartialEq)]
pub struct Area {
    connections: usize,
    /// ISP after ISP.
    values: Vec<f64>,
}

impl Area {
    /// Nothing but zeros.
    #[must_use]
    pub fn zero(connections: usize, isps: usize) -> Area {
        Area { connections, values: vec![0.0; connections * isps] }
    }

    /// From the values of each connection, ISP by ISP.
    #[must_use]
    pub fn of(rows: &[Vec<f64>], isps: usize) -> Area {
        let mut area = Area::zero(rows.len(), isps);
        for (c, row) in rows.iter().enumerate() {
            area.add(c, row);
        }
        area
    }

    /// The value of a connection in an ISP.
    #[must_use]
    pub fn at(&self, connection: ConnectionIdx, isp: usize) -> f64 {
        self.values[isp * self.connections + connection.i()]
    }

    /// The values of an ISP, connection by connection.
    #[must_use]
    pub fn isp(&self, isp: usize) -> &[f64] {
        &self.values[isp * self.connections..][..self.connections]
    }

    /// The same, to change.
    pub fn isp_mut(&mut self, isp: usize) -> &mut [f64] {
        &mut self.values[isp * self.connections..][..self.connections]
    }

    /// All values, ISP after ISP: as a load flow takes them.
    #[must_use]
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// Adds values of a connection, ISP by ISP.
    pub fn add(&mut self, connection: usize, row: &[f64]) {
        self.values.iter_mut().skip(connection).step_by(self.connections.max(1)).zip(row).for_each(|(to, from)| *to += from);
    }
}

/// The DSO's own forecast for one Period.
#[derive(Debug, Clone, PartialEq)]
pub struct DsoVintage {
    /// The day.
    pub period: Period,
    /// Net active power, W, consumption positive.
    pub p_w: Area,
    /// Net reactive power, var.
    pub q_var: Area,
    /// Feed-in within `p_w`, W, positive.
    pub feed_in_w: Area,
    /// Consumption within `p_w` that a limitation can reach (vehicles, heat pumps, batteries), W.
    pub device_w: Area,
    /// `[congestion point][isp]` how far below and above what it expects power may be with the probability that requests are sized
    /// by, W; `None` where they are sized by what is expected.
    pub range_w: Option<Vec<Vec<(f64, f64)>>>,
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

impl PublicCp {
    /// Pairs `(inner, outer)` of congestion points: every connection of the inner one is one of the outer's. Of twins, each lies
    /// within the other.
    #[must_use]
    pub fn within<'p>(points: impl IntoIterator<Item = &'p PublicCp>) -> Vec<(CpIdx, CpIdx)> {
        let points: Vec<&PublicCp> = points.into_iter().collect();
        let sets: Vec<BTreeSet<ConnectionIdx>> = points.iter().map(|p| p.connections.iter().copied().collect()).collect();
        let lies_in = |a: usize, b: usize| a != b && points[a].connections.iter().all(|c| sets[b].contains(c));
        let pairs = (0..points.len()).flat_map(|a| (0..points.len()).map(move |b| (a, b)));
        pairs.filter(|(a, b)| lies_in(*a, *b)).map(|(a, b)| (points[a].cp, points[b].cp)).collect()
    }
}
