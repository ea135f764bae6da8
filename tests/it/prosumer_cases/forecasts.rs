//! Scores, learners' arithmetic, baselines; and increase–decrease in two zones, solved here on finely cut supply curves.

use copperplate::forecast::ridge::Moments;
use copperplate::forecast::{scores, smoothing::HoltWinters};
use copperplate::market::baseline;
use serde_json::{Value, json};

use super::{Runner, list, lists, number};

/// The runner of a kind of this file.
pub(super) fn runner(kind: &str) -> Option<Runner> {
    match kind {
        "scores" => Some(score),
        "exponential_smoothing" => Some(exponential_smoothing),
        "ridge" => Some(ridge),
        "baseline" => Some(baselines),
        "increase_decrease" => Some(increase_decrease),
        _ => None,
    }
}

fn score(i: &Value) -> Value {
    let (truth, point, reference, quantile) = (list(&i["truth"]), list(&i["point"]), list(&i["reference"]), list(&i["quantile"]));
    let tau = number(i, "tau");
    json!({
        "mae": scores::mae(&point, &truth),
        "rmse": scores::rmse(&point, &truth),
        "bias": scores::bias(&point, &truth),
        "nmae": scores::nmae(&point, &truth),
        "skill_mae": scores::skill(&point, &reference, &truth),
        "pinball": scores::pinball(&quantile, &truth, tau),
        "coverage": scores::coverage(&quantile, &truth),
        "crps": scores::crps(&lists(&i["ensemble"]), &truth),
    })
}

fn exponential_smoothing(i: &Value) -> Value {
    let season = number(i, "season") as usize;
    let mut model =
        HoltWinters { alpha: number(i, "alpha"), gamma: number(i, "gamma"), level: number(i, "level0"), season: list(&i["seasonal0"]) };
    let series = list(&i["series"]);
    series.iter().enumerate().for_each(|(k, y)| model.take(k % season, *y));
    let next: Vec<f64> = (0..3).map(|k| model.forecast((series.len() + k) % season)).collect();
    json!({ "next_3": next, "level": model.level })
}

fn ridge(i: &Value) -> Value {
    let x = lists(&i["x"]);
    let mut moments = Moments::new(x[0].len());
    x.iter().zip(list(&i["y"])).for_each(|(x, y)| moments.take(x, y));
    let fitted = moments.fit(number(i, "lambda")).expect("there are rows");
    json!({ "coefficients": fitted.coefficients, "intercept": fitted.intercept })
}

fn baselines(i: &Value) -> Value {
    let days = lists(&i["ten_days_kw"]);
    let days: Vec<&[f64]> = days.iter().map(Vec::as_slice).collect();
    let today = list(&i["today_kw"]);
    let slots = |key: &str| -> Vec<usize> { list(&i[key]).iter().map(|x| *x as usize).collect() };
    let (event, before) = (slots("event_slots"), slots("adjustment_slots"));
    let event = event[0]..event[event.len() - 1] + 1;
    json!({
        "high5of10_kw": baseline::high_five(&days, event.clone()),
        "mean10_kw": baseline::mean_of_days(&days, event.clone()),
        "mean10_adjusted_kw": baseline::adjusted(&days, &today, event.clone(), &before),
        "meter_before_kw": baseline::meter_before(&today, &event),
    })
}

/// A slice of a supply curve, GW and €/MWh.
#[derive(Clone, Copy)]
struct Slice {
    gw: f64,
    cost: f64,
    north: bool,
}

const CUTS: usize = 4000;

fn cut(curve: &Value, north: bool) -> Vec<Slice> {
    let mut slices = Vec::new();
    for segment in lists(curve) {
        let [gw, from, to] = segment[..] else { panic!("GW, cost from, cost to") };
        let cost = |k: usize| from + (to - from) * (k as f64 + 0.5) / CUTS as f64;
        slices.extend((0..CUTS).map(|k| Slice { gw: gw / CUTS as f64, cost: cost(k), north }));
    }
    slices
}

/// Clears the cheapest `gw` of bids: the price, and how much of it the North sells.
fn clear(slices: &[Slice], gw: f64, bid: impl Fn(&Slice) -> f64) -> (f64, f64) {
    let mut order: Vec<&Slice> = slices.iter().collect();
    order.sort_by(|a, b| bid(a).total_cmp(&bid(b)));
    let (mut sold, mut north, mut price) = (0.0, 0.0, 0.0);
    for slice in order {
        if sold >= gw - 1e-9 {
            break;
        }
        sold += slice.gw;
        north += if slice.north { slice.gw } else { 0.0 };
        price = bid(slice);
    }
    (price, north)
}

/// Day-ahead without the line, then redispatch: the North is bought down to the line, the South bought up. Whoever foresees it bids
/// the redispatch price.
fn increase_decrease(i: &Value) -> Value {
    let (line, demand) = (number(i, "line_gw"), number(i, "demand_south_gw"));
    let (north, south) = (cut(&i["north_segments_gw_cost_from_to"], true), cut(&i["south_segments_gw_cost_from_to"], false));
    let all: Vec<Slice> = north.iter().chain(&south).copied().collect();
    let north_price = clear(&north, line, |s| s.cost).0;
    let south_price = clear(&south, demand - line, |s| s.cost).0;
    let (price, sold) = clear(&all, demand, |s| s.cost);
    let gaming = |s: &Slice| if s.north { s.cost.min(north_price) } else { s.cost.max(south_price) };
    let (price_gaming, sold_gaming) = clear(&all, demand, gaming);
    let spread = south_price - north_price;
    json!({
        "zonal_price": price,
        "redispatch_gw": sold - line,
        "north_redispatch_price": north_price,
        "south_redispatch_price": south_price,
        "redispatch_cost_k_eur_per_h": (sold - line) * spread,
        "zonal_price_gaming": price_gaming,
        "redispatch_gw_gaming": sold_gaming - line,
        "redispatch_cost_gaming_k_eur_per_h": (sold_gaming - line) * spread,
    })
}
