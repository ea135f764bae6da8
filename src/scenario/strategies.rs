//! Strategies with every switch set: presets, changes to them, contracts, replacements.

use std::sync::Arc;

use jiff::civil::{Date, Time, Weekday};

use crate::agent::{PrognosisCheck, Remedy};
use crate::grid::{Grid, RadialOrder};
use crate::ids::Domain;
use crate::import::Feeder;
use crate::market::contract::{
    BidObligation, Called, CapacityLimitation, Contract, Counters, DayOfYear, Fees, FlexOption, Limits, Regime, Right, Season, Tariff,
    Window,
};
use crate::market::performance::Performance;
use crate::powerflow::{Network, PhaseModel};
use crate::time::SimDuration;

use super::overlay;
use super::schema::{self, Day, Obligation, Preset, Replacement, Scenario};
use super::study::{CongestionPoint, Investment, Reinforcement, Strategy};

/// Names of the presets.
pub(super) const PRESETS: [(&str, Preset); 4] = [
    ("copper-plate", Preset::CopperPlate),
    ("grid-capacity-management", Preset::GridCapacityManagement),
    ("congestion-management", Preset::CongestionManagement),
    ("reinforce", Preset::Reinforce),
];

/// The preset that the strategy called `name` starts from.
#[must_use]
pub fn preset_of(s: &Scenario, name: &str) -> Option<Preset> {
    let said = s.strategy.get(name).and_then(|own| own.preset);
    said.or_else(|| PRESETS.iter().find(|(preset, _)| *preset == name).map(|(_, preset)| *preset))
}

/// Whether the operator buys flexibility in the strategy called `name`.
pub(super) fn trades(s: &Scenario, name: &str) -> bool {
    matches!(preset_of(s, name), Some(Preset::GridCapacityManagement | Preset::CongestionManagement))
}

/// Rows of the contracts in force in the strategy called `name`: those it names, else those of its preset's regime.
pub(super) fn in_force(s: &Scenario, name: &str) -> Vec<usize> {
    let under = |regime: Regime| (0..s.contract.len()).filter(|&k| right(&s.contract[k].right).terms().regime() == regime).collect();
    if let Some(ids) = s.strategy.get(name).and_then(|own| own.contracts.as_ref()) {
        let row = |id: &String| s.contract.iter().position(|c| c.id == *id);
        return ids.iter().filter_map(row).collect();
    }
    match preset_of(s, name) {
        Some(Preset::GridCapacityManagement) => under(Regime::GridCapacityManagement),
        Some(Preset::CongestionManagement) => under(Regime::CongestionManagement),
        Some(Preset::CopperPlate | Preset::Reinforce) | None => Vec::new(),
    }
}

/// The scenario with every switch of the strategies it compares written out: what a table leaves to its preset is the preset's.
#[must_use]
pub fn written_out(s: &Scenario) -> Scenario {
    let mut whole = s.clone();
    for name in &s.strategies {
        let Some(preset) = preset_of(s, name) else { continue };
        let of_preset = preset_strategy(name, preset);
        let own = whole.strategy.entry(name.clone()).or_insert_with(schema::Strategy::of_preset);
        own.preset = Some(preset);
        own.contracts = Some(in_force(s, name).into_iter().map(|k| s.contract[k].id.clone()).collect());
        own.orange.get_or_insert(of_preset.orange);
        // Terms of trade mean nothing where nothing is traded.
        if of_preset.trades {
            own.obligation.get_or_insert(if of_preset.obligation { Obligation::All } else { Obligation::Voluntary });
            own.price_ceiling_eur_per_mwh.get_or_insert(of_preset.price_ceiling_eur_per_mwh);
            own.penalty_eur_per_mwh.get_or_insert(of_preset.penalty_eur_per_mwh);
        }
    }
    whole
}

/// The strategies a scenario compares; the rules on it hold.
pub(super) fn resolve(s: &Scenario, grid: &Grid, phases: PhaseModel, points: &[CongestionPoint], feeder: &Feeder) -> Vec<Strategy> {
    let strategy = |name: &String| {
        let preset = preset_of(s, name).expect("checked by unknown-strategy");
        let contracts = in_force(s, name).into_iter().map(|k| contract(&s.contract[k], points, s.time.from)).collect();
        let strategy = Strategy { contracts, ..preset_strategy(name, preset) };
        match s.strategy.get(name) {
            Some(own) => changed(strategy, own, grid, phases, feeder),
            None => strategy,
        }
    };
    s.strategies.iter().map(strategy).collect()
}

/// A preset without contracts.
pub(super) fn preset_strategy(name: &str, preset: Preset) -> Strategy {
    let none = Strategy {
        name: name.to_owned(),
        trades: false,
        obligation: false,
        price_ceiling_eur_per_mwh: 0.0,
        penalty_eur_per_mwh: 0.0,
        contracts: Vec::new(),
        orange: false,
        request_quantile: None,
        prognosis_check: None,
        reinforcement: None,
    };
    let trading = Strategy { trades: true, penalty_eur_per_mwh: 100.0, orange: true, ..none.clone() };
    match preset {
        Preset::CopperPlate | Preset::Reinforce => none,
        Preset::GridCapacityManagement => Strategy { price_ceiling_eur_per_mwh: 500.0, ..trading },
        Preset::CongestionManagement => Strategy { obligation: true, price_ceiling_eur_per_mwh: 250.0, ..trading },
    }
}

/// The strategy with what its table says.
fn changed(strategy: Strategy, own: &schema::Strategy, grid: &Grid, phases: PhaseModel, feeder: &Feeder) -> Strategy {
    Strategy {
        obligation: own.obligation.map_or(strategy.obligation, |o| o == Obligation::All),
        price_ceiling_eur_per_mwh: own.price_ceiling_eur_per_mwh.unwrap_or(strategy.price_ceiling_eur_per_mwh),
        penalty_eur_per_mwh: own.penalty_eur_per_mwh.unwrap_or(strategy.penalty_eur_per_mwh),
        orange: own.orange.unwrap_or(strategy.orange),
        request_quantile: own.request_quantile,
        prognosis_check: own.prognosis_check.as_ref().map(|c| PrognosisCheck {
            remedy: match c.remedy {
                schema::Remedy::Flag => Remedy::Flag,
                schema::Remedy::Discount => Remedy::Discount,
                schema::Remedy::Exclude => Remedy::Exclude,
            },
            flags: c.flags,
        }),
        reinforcement: (!own.replacement.is_empty()).then(|| reinforced(&own.replacement, grid, phases, feeder)),
        ..strategy
    }
}

/// The grid after `replacements`.
fn reinforced(replacements: &[Replacement], grid: &Grid, phases: PhaseModel, feeder: &Feeder) -> Reinforcement {
    let mut replaced = grid.clone();
    for r in replacements {
        overlay::replace(&mut replaced, &feeder.grid, grid.branch(&r.element).expect("checked by unknown-element"), r);
    }
    let (order, _) = RadialOrder::new(&replaced, &feeder.places).expect("as radial as before");
    let network = Arc::new(Network::by_phases(&replaced, &order, phases));
    let investment = |r: &Replacement| Investment {
        element: r.element.clone(),
        capex_eur: r.capex_eur,
        life_years: r.life_years,
        discount_rate: r.discount_rate,
    };
    Reinforcement { investments: replacements.iter().map(investment).collect(), grid: replaced, network }
}

/// The right that a scenario states, in watts.
pub(super) fn right(r: &schema::Right) -> Right {
    match *r {
        schema::Right::FlexOption { power_kw } => Right::FlexOption(FlexOption { power_w: power_kw * 1e3 }),
        schema::Right::CapacityLimitation { cap_kw } => Right::CapacityLimitation(CapacityLimitation { cap_w: cap_kw * 1e3 }),
        schema::Right::BidObligation { power_kw } => Right::BidObligation(BidObligation { power_w: power_kw * 1e3 }),
    }
}

fn contract(c: &schema::Contract, points: &[CongestionPoint], first: Date) -> Contract {
    let point = points.iter().find(|p| p.id == c.congestion_point).expect("checked by unknown-congestion-point");
    let windows = match c.windows.is_empty() {
        true => Window::daily(Time::midnight(), Time::midnight()),
        false => c.windows.iter().map(window).collect(),
    };
    let p = &c.performance;
    Contract {
        id: c.id.clone(),
        aggregator: Domain::new(c.aggregator.as_str()),
        congestion_point: point.public.address.clone(),
        direction: c.direction.into(),
        right: right(&c.right),
        called: called(c),
        windows,
        fees: Fees {
            availability_eur_per_mw_h: c.availability_eur_per_mw_h,
            reference_w: c.reference_kw.unwrap_or(0.0) * 1e3,
            fixed_eur_per_year: c.fixed_eur_per_year,
        },
        tariff: Tariff {
            utilisation_eur_per_mwh: c.utilisation_eur_per_mwh,
            plus_day_ahead: false,
            price_cap_eur_per_mwh: c.price_cap_eur_per_mwh,
        },
        limits: limits(&c.limits),
        used_before: Counters::resumed(first.year(), hours(c.limits.hours_used), None),
        performance: Performance { penalty_eur_per_mwh: p.penalty_eur_per_mwh, grace: p.grace, slope: p.slope, zero_below: p.zero_below },
        suspend_after_breaches: p.suspend_after_breaches,
    }
}

/// How the operator exercises the right of a contract.
pub(super) fn called(c: &schema::Contract) -> Called {
    match (&c.right, c.called) {
        (schema::Right::FlexOption { .. } | schema::Right::BidObligation { .. }, _) => Called::Request,
        (schema::Right::CapacityLimitation { .. }, Some(schema::Called::Always)) => Called::Always,
        (schema::Right::CapacityLimitation { .. }, Some(schema::Called::DayAhead) | None) => Called::DayAhead,
    }
}

fn limits(l: &schema::Limits) -> Limits {
    let minutes = |m: Option<u32>| m.map(|m| SimDuration::minutes(i64::from(m)));
    Limits {
        shortest: minutes(l.min_minutes),
        longest: minutes(l.max_minutes),
        recovery: minutes(l.recovery_minutes),
        calls_per_day: l.calls_per_day,
        calls_per_week: l.calls_per_week,
        per_year: l.hours_per_year.map(hours),
    }
}

/// Whole seconds.
fn hours(h: f64) -> SimDuration {
    SimDuration::seconds((h * 3600.0).round_ties_even() as i64)
}

fn window(w: &schema::Window) -> Window {
    let day = |d: schema::DayOfYear| DayOfYear { month: d.month, day: d.day };
    let season = w.season.map(|[first, last]| Season { first: day(first), last: day(last) });
    Window { days: w.days.iter().map(|d| weekday(*d)).collect(), season, from: w.from, until: w.until }
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
