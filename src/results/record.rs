//! `scenario.json`: the scenario as it was understood, every default set, and what became of it on its feeder. Whoever reads
//! a folder later (the report, a notebook) needs no TOML and no feeder for it.

use serde::{Deserialize, Serialize};

use crate::asset::{AssetKind, Flexibility};
use crate::ids::BranchIdx;
use crate::market::contract::Contract;
use crate::scenario::schema::{Preset, Replacement, Scenario};
use crate::scenario::strategies::preset_of;
use crate::scenario::study::{Strategy, Study};

use super::Finished;

/// Name of the file in a run's folder.
pub const RECORD_FILE: &str = "scenario.json";

/// The scenario and what it became.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// The scenario with every default; its seed is the one that ran.
    pub scenario: Scenario,
    /// The feeder in numbers.
    pub feeder: FeederRecord,
    /// Monitored elements, in the scenario's order.
    pub congestion_points: Vec<PointRecord>,
    /// Aggregators, by domain.
    pub aggregators: Vec<AggregatorRecord>,
    /// The strategies that ran, every switch set.
    pub strategies: Vec<StrategyRecord>,
}

/// The feeder in numbers, as the scenario scaled it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FeederRecord {
    /// Name for people.
    pub name: String,
    /// Buses.
    pub buses: usize,
    /// Lines and cables.
    pub lines: usize,
    /// Transformers.
    pub transformers: usize,
    /// Metered connections.
    pub connections: usize,
    /// What stands behind the meters, by kind; kinds that are absent are left out.
    pub assets: Vec<AssetsRecord>,
}

/// The assets of one kind.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AssetsRecord {
    /// Kind, such as `pv`.
    pub kind: String,
    /// How many.
    pub count: usize,
    /// Their nominal active power together, without sign.
    pub nominal_kw: f64,
}

/// A monitored element.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PointRecord {
    /// Id in the scenario.
    pub id: String,
    /// Entity address on the wire.
    pub address: String,
    /// Its name in `elements.parquet`.
    pub element: String,
    /// Its name for people, with the rating.
    pub title: String,
}

/// A portfolio.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AggregatorRecord {
    /// Domain.
    pub domain: String,
    /// Connections it represents, drawn ones included.
    pub connections: usize,
    /// Feed-in behind them that can be curtailed.
    pub feed_in_kw: f64,
}

/// A strategy with every switch set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StrategyRecord {
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
    /// Ids of the contracts in force.
    pub contracts: Vec<String>,
    /// Whether orange may act.
    pub orange: bool,
    /// The elements replaced at the start.
    pub replacement: Vec<Replacement>,
}

impl Record {
    /// The record of finished cases; `scenario` is what `study` was built from.
    #[must_use]
    pub fn new(scenario: &Scenario, study: &Study, cases: &[Finished<'_>]) -> Record {
        Record {
            scenario: Scenario { seed: study.seed, ..scenario.clone() },
            feeder: feeder(study),
            congestion_points: (0..study.congestion_points.len()).map(|k| point(study, k)).collect(),
            aggregators: aggregators(study),
            strategies: cases.iter().map(|c| strategy(scenario, c.strategy)).collect(),
        }
    }
}

fn feeder(study: &Study) -> FeederRecord {
    let of = |kind: &'static str, powers: Vec<f64>| AssetsRecord {
        kind: kind.to_owned(),
        count: powers.len(),
        nominal_kw: powers.iter().map(|p| p.abs()).sum::<f64>() * 1e-3,
    };
    let kinds = AssetKind::NAMES.iter().map(|(name, _)| *name).chain(["vehicle", "battery", "house", "process", "generator"]);
    let assets = kinds.map(|kind| {
        let rated = study.devices.iter().filter(|d| d.kind == kind).map(|d| d.device.rated_w());
        of(kind, rated.map(|(consumption_w, feed_in_w)| consumption_w.max(feed_in_w)).collect())
    });
    FeederRecord {
        name: study.grid.name.clone(),
        buses: study.grid.buses.len(),
        lines: study.grid.lines.len(),
        transformers: study.grid.transformers.len(),
        connections: study.grid.connections.len(),
        assets: assets.filter(|a| a.count > 0).collect(),
    }
}

fn point(study: &Study, k: usize) -> PointRecord {
    let cp = &study.congestion_points[k];
    PointRecord {
        id: cp.id.clone(),
        address: cp.public.address.to_string(),
        element: study.grid.branch_name(cp.branch),
        title: element_title(study, cp.branch),
    }
}

/// `transformer T1 (160 kVA)` or `line 7 (270 A)`.
pub(super) fn element_title(study: &Study, branch: BranchIdx) -> String {
    match branch.i().checked_sub(study.grid.lines.len()) {
        Some(t) => {
            let t = &study.grid.transformers[t];
            format!("transformer {} ({:.0} kVA)", t.id, t.rated_power_va * 1e-3)
        }
        None => format!("line {} ({:.0} A)", study.grid.lines[branch.i()].id, study.grid.lines[branch.i()].rated_current_a),
    }
}

fn aggregators(study: &Study) -> Vec<AggregatorRecord> {
    let mut feed_in_w = vec![0.0; study.grid.connections.len()];
    let curtailable = study.devices.iter().filter(|d| d.device.flexibility() == Flexibility::Curtailable);
    curtailable.for_each(|d| feed_in_w[d.connection.i()] += d.device.rated_w().1);
    let of = |k: usize| {
        let mine = || study.agr_of.iter().enumerate().filter(move |(_, a)| a.is_some_and(|a| a.i() == k));
        AggregatorRecord {
            domain: study.agrs[k].domain.to_string(),
            connections: mine().count(),
            feed_in_kw: mine().map(|(c, _)| feed_in_w[c]).sum::<f64>() * 1e-3,
        }
    };
    (0..study.agrs.len()).map(of).collect()
}

fn strategy(scenario: &Scenario, s: &Strategy) -> StrategyRecord {
    StrategyRecord {
        name: s.name.clone(),
        preset: preset_of(scenario, &s.name).expect("checked by unknown-strategy"),
        trades: s.trades,
        obligation: s.obligation,
        price_ceiling_eur_per_mwh: s.price_ceiling_eur_per_mwh,
        penalty_eur_per_mwh: s.penalty_eur_per_mwh,
        contracts: s.contracts.iter().map(|c: &Contract| c.id.clone()).collect(),
        orange: s.orange,
        replacement: scenario.strategy.get(&s.name).map(|own| own.replacement.clone()).unwrap_or_default(),
    }
}
