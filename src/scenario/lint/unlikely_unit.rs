//! Values of a scenario that are a thousand or a hundred times what they can be, or as much too small: W for kW, €/kWh for €/MWh.
//!
//! | value | doubted | because |
//! |---|---|---|
//! | `power_kw`, `cap_kw` of a contract | above 10 × the rating of its element | more than the element can ever carry |
//! | `rating` of a replacement | above 20 × that of the replaced element | transformers and cables grow in steps of two or so |
//! | losses of a new transformer | outside the range of the tables of a feeder, as a share of its rating | as there |
//! | `short_circuit_percent` | below 0.5 % | real ones have 4 to 12 % |
//! | keys in €/MWh | between 0 and 1 €/MWh | energy costs some ten to some hundred |
//! | availability in €/MW/h | between 0 and 0.1 €/MW/h | reserved power costs some euro |

use serde_json::Value as Json;

use super::{Faults, Subject, strategy_path};
use crate::diagnostic::{Finding, meant};
use crate::grid::{Grid, unlikely_loss};
use crate::ids::BranchIdx;
use crate::scenario::path::join;
use crate::scenario::schema::{Replacement, Right};

pub use crate::grid::rules::UNLIKELY_UNIT as RULE;

/// Most a contract's power is of its element's rating.
const MOST_OF_RATING: f64 = 10.0;
/// Most a new rating is of the old one.
const MOST_GROWTH: f64 = 20.0;
/// Least short-circuit voltage, per cent.
const LEAST_SHORT_CIRCUIT: f64 = 0.5;
/// Least price of energy, €/MWh, and of reserved power, €/MW/h, that is not 0.
const LEAST_PRICES: [(&str, f64, &str, &str); 2] =
    [("_eur_per_mwh", 1.0, "€/MWh", "€/kWh"), ("_eur_per_mw_h", 0.1, "€/MW/h", "€/kW/h")];
/// Prices that may be as small: what moving costs, and by how much others vary.
const SMALL_PRICES: [&str; 3] = ["shifting_eur_per_mwh", "daily_noise_eur_per_mwh", "imbalance_spread_eur_per_mwh"];

pub(super) fn check(subject: &Subject<'_>, faults: &mut Faults<'_>) {
    let scenario = serde_json::to_value(subject.scenario).expect("a scenario serialises");
    prices("", "", &scenario, faults);
    if let Some(feeder) = subject.feeder {
        contracts(subject, &feeder.grid, faults);
        replacements(subject, &feeder.grid, faults);
    }
}

/// Every key in money per energy or reserved power; of a list, its greatest value.
fn prices(path: &str, key: &str, value: &Json, faults: &mut Faults<'_>) {
    match value {
        Json::Object(entries) => entries.iter().for_each(|(key, value)| prices(&join(path, key), key, value, faults)),
        Json::Array(items) => match LEAST_PRICES.iter().any(|(ending, ..)| key.ends_with(ending)) {
            true => price(path, key, items.iter().filter_map(Json::as_f64).fold(0.0, |most: f64, x| most.max(x.abs())), faults),
            false => items.iter().enumerate().for_each(|(k, item)| prices(&format!("{path}[{k}]"), key, item, faults)),
        },
        Json::Number(x) => price(path, key, x.as_f64().unwrap_or(0.0), faults),
        _ => {}
    }
}

fn price(path: &str, key: &str, x: f64, faults: &mut Faults<'_>) {
    let Some((_, least, unit, other)) = LEAST_PRICES.iter().find(|(ending, ..)| key.ends_with(ending)) else { return };
    if x != 0.0 && x.abs() < *least && !SMALL_PRICES.contains(&key) {
        faults.at(path, doubt(&format!("'{key}' is {x} {unit}"), x, 1e3, (other, unit)));
    }
}

fn contracts(subject: &Subject<'_>, grid: &Grid, faults: &mut Faults<'_>) {
    for (k, contract) in subject.scenario.contract.iter().enumerate() {
        let (key, power_kw) = match contract.right {
            Right::FlexOption { power_kw } | Right::BidObligation { power_kw } => ("power_kw", power_kw),
            Right::CapacityLimitation { cap_kw } => ("cap_kw", cap_kw),
        };
        let point = subject.scenario.congestion_point.iter().find(|point| point.id == contract.congestion_point);
        let Some((element, branch)) = point.and_then(|p| Some((&p.element, grid.branch(&p.element)?))) else { continue };
        let rating_kva = rating(subject, grid, element, branch).kva;
        if rating_kva > 0.0 && power_kw.abs() > MOST_OF_RATING * rating_kva {
            let message = format!("'{key}' is {power_kw} kW, {:.0} times the rating of '{element}'", power_kw / rating_kva);
            faults.at(&format!("contract[{k}].right.{key}"), doubt(&message, power_kw, 1e-3, ("W", "kW")));
        }
    }
}

fn replacements(subject: &Subject<'_>, grid: &Grid, faults: &mut Faults<'_>) {
    for (name, own) in &subject.scenario.strategy {
        for (k, r) in own.replacement.iter().enumerate() {
            let Some(branch) = grid.branch(&r.element) else { continue };
            let mut tell = |key: &str, finding: Finding| faults.at(&strategy_path(name, &format!("replacement[{k}].{key}")), finding);
            let old = rating(subject, grid, &r.element, branch);
            if r.rating > MOST_GROWTH * old.stated {
                let units = if old.is_transformer { ("VA", "kVA") } else { ("mA", "A") };
                let message = format!("'rating' is {} {}, {:.0} times that of '{}'", r.rating, units.1, r.rating / old.stated, r.element);
                tell("rating", doubt(&message, r.rating, 1e-3, units));
            } else if old.is_transformer {
                new_transformer(r, &mut tell);
            }
        }
    }
}

/// What is stated about a new transformer, of a rating without doubt.
fn new_transformer(r: &Replacement, tell: &mut dyn FnMut(&str, Finding)) {
    let losses = [("load_losses_w", r.load_losses_w, true), ("no_load_losses_w", r.no_load_losses_w, false)];
    for (key, stated, load) in losses {
        if let Some(loss_w) = stated.filter(|w| *w > 0.0)
            && let Some((other, factor)) = unlikely_loss(loss_w, r.rating * 1e3, load)
        {
            tell(key, doubt(&format!("'{key}' is {loss_w} W, for a rating of {} kVA", r.rating), loss_w, factor, (other, "W")));
        }
    }
    if let Some(percent) = r.short_circuit_percent.filter(|p| *p > 0.0 && *p < LEAST_SHORT_CIRCUIT) {
        let message = format!("'short_circuit_percent' is {percent} %");
        tell("short_circuit_percent", doubt(&message, percent, 100.0, ("pu", "%")));
    }
}

/// The rating of an element as the scenario has it.
struct Rating {
    /// As scenarios state it: kVA of a transformer, A of a line.
    stated: f64,
    kva: f64,
    is_transformer: bool,
}

fn rating(subject: &Subject<'_>, grid: &Grid, element: &str, branch: BranchIdx) -> Rating {
    let overlay = &subject.scenario.feeder;
    let over = overlay.rating.iter().rev().find(|rating| rating.element == element);
    let stated = |data: f64| over.map_or(data * overlay.rating_scale, |rating| rating.rating);
    match branch.i().checked_sub(grid.lines.len()) {
        Some(t) => {
            let kva = stated(grid.transformers[t].rated_power_va / 1e3);
            Rating { stated: kva, kva, is_transformer: true }
        }
        None => {
            let line = &grid.lines[branch.i()];
            let u_v = grid.buses.get(line.from.i()).map_or(0.0, |bus| bus.u_rated_v);
            let current_a = stated(line.rated_current_a);
            Rating { stated: current_a, kva: libm::sqrt(3.0) * u_v * current_a / 1e3, is_transformer: false }
        }
    }
}

/// `value` is probably in `other`; times `factor` it is in `unit`.
fn doubt(message: &str, value: f64, factor: f64, (other, unit): (&str, &str)) -> Finding {
    let mended = meant::plain(value * factor);
    RULE.finding(format!("{message}: is it in {other}?")).help(format!("write it in {unit}: {value} {other} is {mended} {unit}"))
}
