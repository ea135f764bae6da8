//! What an aggregator knows of its own business.

use crate::agent::PublicCp;
use crate::agent::agenda::Round;
use crate::asset::Device;
use crate::ids::{AgrIdx, AssetIdx, ConnectionIdx, CpIdx, Domain, EntityAddress};
use crate::price::Retail;

use super::behaviour::Behaviour;

/// What an aggregator knows of its own business, from its contracts with customers and DSO and from regulation.
#[derive(Debug, Clone)]
pub struct Profile {
    /// Row in the study.
    pub agr: AgrIdx,
    /// Whom it trades with.
    pub dso: Domain,
    /// The common reference.
    pub cro: Domain,
    /// Its connections: row and address, in row order.
    pub connections: Vec<(ConnectionIdx, EntityAddress)>,
    /// What their customers pay and are paid, in the same order; none where that is the day-ahead price both ways.
    pub retail: Vec<Option<Retail>>,
    /// Flexible devices behind them, those of a kind together.
    pub devices: Vec<OwnDevice>,
    /// Congestion points as published.
    pub congestion_points: Vec<PublicCp>,
    /// Pairs `(inner, outer)` of congestion points, one within the other.
    pub within: Vec<(CpIdx, CpIdx)>,
    /// Its contracts with the DSO.
    pub contracts: Vec<crate::market::contract::Contract>,
    /// How it behaves.
    pub behaviour: Behaviour,
    /// Whether it must offer all it has, without a margin.
    pub at_cost: bool,
    /// Share of expected feed-in it dares to offer.
    pub caution: f64,
    /// Income lost per curtailed MWh beside the market price, €.
    pub support_eur_per_mwh: f64,
    /// Cost of shifting per MWh beside energy, €.
    pub shifting_eur_per_mwh: f64,
    /// Penalty on deficiency of spot orders, €/MWh.
    pub penalty_eur_per_mwh: f64,
    /// Rounds of trade; an offer stays good until the round it is made in is over.
    pub rounds: Vec<Round>,
}

/// A flexible device of the portfolio.
#[derive(Debug, Clone)]
pub struct OwnDevice {
    /// Which one.
    pub asset: AssetIdx,
    /// Behind which meter: row among the portfolio's connections.
    pub connection: usize,
    /// Its data sheet.
    pub device: Device,
    /// Whether its owner agreed to be steered under the rules in force.
    pub willing: bool,
    /// Whether it is planned by the price; where not, it does as its own control does, but for orders.
    pub steered: bool,
}
