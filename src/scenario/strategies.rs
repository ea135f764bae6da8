//! Strategies with every switch set: presets, changes to them, contracts, replacements.

use std::sync::Arc;

use jiff::civil::{Time, Weekday};

use crate::diagnostic::Finding;
use crate::grid::{Grid, Places, RadialOrder};
use crate::ids::Domain;
use crate::market::contract::{self, Contract, Window};
use crate::powerflow::Network;

use super::build::{Faults, nearest};
use super::overlay;
use super::schema::{self, Day, Obligation, Preset, Replacement, Right, Scenario};
use super::study::{CongestionPoint, Strategy};

const PRESETS: [(&str, Preset); 4] = [
    ("copper-plate", Preset::CopperPlate),
    ("grid-capacity-management", Preset::GridCapacityManagement),
    ("congestion-management", Preset::CongestionManagement),
    ("reinforce", Preset::Reinforce),
];

/// The strategies a scenario compares.
pub(super) fn resolve(s: &Scenario, grid: &Grid, points: &[CongestionPoint], places: &Places, faults: &mut Faults<'_>) -> Vec<Strategy> {
    let contracts: Vec<Option<Contract>> = (0..s.contract.len()).map(|k| contract(s, k, points, faults)).collect();
    let mut out = Vec::new();
    for (k, name) in s.strategies.iter().enumerate() {
        let own = s.strategy.get(name);
        let preset = own.and_then(|o| o.preset).or_else(|| PRESETS.iter().find(|(n, _)| n == name).map(|(_, p)| *p));
        let Some(preset) = preset else {
            let path = if own.is_some() { format!("strategy.{name}") } else { format!("strategies[{k}]") };
            let known = PRESETS.iter().map(|(n, _)| *n).chain(s.strategy.keys().map(String::as_str));
            let help = if own.is_some() { "add preset = \"…\"".to_owned() } else { nearest(name, known) };
            faults.at(&path, Finding::error("unknown-strategy", format!("'{name}' is neither a preset nor defined")).help(help));
            continue;
        };
        let mut strategy = preset_strategy(name, preset, s, &contracts);
        if let Some(own) = own {
            change(&mut strategy, own, s, &contracts, name, faults);
        }
        match own.map_or(&[][..], |o| &o.replacement) {
            [_, ..] => strategy.replacement = replaced(&s.strategy[name].replacement, grid, places, name, faults),
            [] if preset == Preset::Reinforce => {
                let help = format!("add [[strategy.{name}.replacement]] with element, rating and capex_eur");
                faults.at(
                    &format!("strategies[{k}]"),
                    Finding::error("no-replacement", format!("'{name}' names no element to replace")).help(help),
                );
            }
            [] => {}
        }
        out.push(strategy);
    }
    out
}

fn preset_strategy(name: &str, preset: Preset, s: &Scenario, contracts: &[Option<Contract>]) -> Strategy {
    let of_kind = |wanted: fn(&Right) -> bool| {
        let rows = s.contract.iter().zip(contracts).filter(|(c, _)| wanted(&c.right));
        rows.filter_map(|(_, c)| c.clone()).collect::<Vec<_>>()
    };
    let none = Strategy {
        name: name.to_owned(),
        preset,
        trades: false,
        obligation: false,
        price_ceiling_eur_per_mwh: 0.0,
        penalty_eur_per_mwh: 0.0,
        contracts: Vec::new(),
        orange: false,
        replacement: None,
    };
    match preset {
        Preset::CopperPlate | Preset::Reinforce => none,
        Preset::GridCapacityManagement => Strategy {
            trades: true,
            price_ceiling_eur_per_mwh: 500.0,
            penalty_eur_per_mwh: 100.0,
            contracts: of_kind(|r| matches!(r, Right::FlexOption { .. })),
            orange: true,
            ..none
        },
        Preset::CongestionManagement => Strategy {
            trades: true,
            obligation: true,
            price_ceiling_eur_per_mwh: 250.0,
            penalty_eur_per_mwh: 100.0,
            contracts: of_kind(|r| matches!(r, Right::CapacityLimitation { .. })),
            orange: true,
            ..none
        },
    }
}

fn change(
    strategy: &mut Strategy,
    own: &schema::Strategy,
    s: &Scenario,
    contracts: &[Option<Contract>],
    name: &str,
    faults: &mut Faults<'_>,
) {
    if let Some(o) = own.obligation {
        strategy.obligation = o == Obligation::All;
    }
    if let Some(p) = own.price_ceiling_eur_per_mwh {
        strategy.price_ceiling_eur_per_mwh = p;
    }
    if let Some(p) = own.penalty_eur_per_mwh {
        strategy.penalty_eur_per_mwh = p;
    }
    if let Some(o) = own.orange {
        strategy.orange = o;
    }
    if let Some(ids) = &own.contracts {
        strategy.contracts.clear();
        for (j, id) in ids.iter().enumerate() {
            match s.contract.iter().position(|c| c.id == *id) {
                Some(k) => strategy.contracts.extend(contracts[k].clone()),
                None => {
                    let help = nearest(id, s.contract.iter().map(|c| c.id.as_str()));
                    let path = format!("strategy.{name}.contracts[{j}]");
                    faults.at(&path, Finding::error("unknown-contract", format!("there is no contract '{id}'")).help(help));
                }
            }
        }
    }
}

/// The feeder after `replacements`.
fn replaced(
    replacements: &[Replacement],
    grid: &Grid,
    places: &Places,
    name: &str,
    faults: &mut Faults<'_>,
) -> Option<(Vec<Replacement>, Grid, Arc<Network>)> {
    let mut replaced = grid.clone();
    for (k, r) in replacements.iter().enumerate() {
        let branch = faults.element(grid, &r.element, &format!("strategy.{name}.replacement[{k}].element"))?;
        overlay::replace(&mut replaced, branch, r);
    }
    let (order, _) = RadialOrder::new(&replaced, places).ok()?;
    let network = Arc::new(Network::new(&replaced, &order));
    Some((replacements.to_vec(), replaced, network))
}

fn contract(s: &Scenario, k: usize, points: &[CongestionPoint], faults: &mut Faults<'_>) -> Option<Contract> {
    let c = &s.contract[k];
    let path = |key: &str| format!("contract[{k}].{key}");
    if s.contract[..k].iter().any(|o| o.id == c.id) {
        faults.at(
            &path("id"),
            Finding::error("duplicate-contract", format!("contract '{}' is defined twice", c.id)).help("give it another id"),
        );
    }
    if !s.aggregator.iter().any(|a| a.domain == c.aggregator) {
        let help = nearest(&c.aggregator, s.aggregator.iter().map(|a| a.domain.as_str()));
        faults
            .at(&path("aggregator"), Finding::error("unknown-aggregator", format!("there is no aggregator '{}'", c.aggregator)).help(help));
    }
    let Some(point) = points.iter().find(|p| p.id == c.congestion_point) else {
        // A point whose own element is wrong has its finding already.
        if !s.congestion_point.iter().any(|p| p.id == c.congestion_point) {
            let help = nearest(&c.congestion_point, s.congestion_point.iter().map(|p| p.id.as_str()));
            let message = format!("there is no congestion point '{}'", c.congestion_point);
            faults.at(&path("congestion_point"), Finding::error("unknown-congestion-point", message).help(help));
        }
        return None;
    };
    for (j, w) in c.windows.iter().enumerate().filter(|(_, w)| w.until != Time::midnight() && w.until <= w.from) {
        let message = format!("the window from {} until {} is empty", w.from, w.until);
        faults.at(&path(&format!("windows[{j}]")), Finding::error("empty-window", message).help("split a window over midnight into two"));
    }
    let right = match c.right {
        Right::FlexOption { power_kw } => contract::Right::FlexOption { power_w: power_kw * 1e3 },
        Right::CapacityLimitation { cap_kw } => contract::Right::CapacityLimitation { cap_w: cap_kw * 1e3 },
    };
    let always = Window { days: Vec::new(), from: Time::midnight(), until: Time::midnight() };
    let windows = match c.windows.is_empty() {
        true => vec![always],
        false => {
            c.windows.iter().map(|w| Window { days: w.days.iter().map(|d| weekday(*d)).collect(), from: w.from, until: w.until }).collect()
        }
    };
    Some(Contract {
        id: c.id.clone(),
        aggregator: Domain::new(c.aggregator.as_str()),
        congestion_point: point.public.address.clone(),
        direction: c.direction.into(),
        right,
        windows,
        availability_eur_per_mw_h: c.availability_eur_per_mw_h,
        utilisation_eur_per_mwh: c.utilisation_eur_per_mwh,
        penalty_eur_per_mwh: c.penalty_eur_per_mwh,
        max_calls_per_week: c.max_calls_per_week,
    })
}

fn weekday(d: Day) -> Weekday {
    match d {
        Day::Mon => Weekday::Monday,
        Day::Tue => Weekday::Tuesday,
        Day::Wed => Weekday::Wednesday,
        Day::Thu => Weekday::Thursday,
        Day::Fri => Weekday::Friday,
        Day::Sat => Weekday::Saturday,
        Day::Sun => Weekday::Sunday,
    }
}
