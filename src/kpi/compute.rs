//! The computation behind the definitions.

use jiff::civil::Date;

use crate::ageing::{NORMAL_INSULATION_LIFE_H, State, Thermal};
use crate::grid::Grid;
use crate::ids::{CpIdx, EntityAddress};
use crate::market::contract::Judgement;
use crate::market::ledger::{Kind, Party};
use crate::scenario::study::{CongestionPoint, Strategy, Study};
use crate::sim::{CaseResult, Fate, LoggedMessage, PhaseColumns, Variant};
use crate::time::SimTime;
use crate::uftp::message::{FlexOrderSettlement, IspPower, IspRun, Message};
use crate::units::{Money, Watts};

use super::{Kpis, Value};

/// Every key figure of a case.
#[must_use]
pub fn compute(study: &Study, strategy: &Strategy, case: &CaseResult) -> Kpis {
    let (grid, _) = study.grid(strategy);
    let mut k = Kpis::default();
    let avoided_mwh = congestion(&mut k, study, &grid, case);
    voltage(&mut k, study, case);
    unbalance(&mut k, case);
    let taps = if study.grid.tap_changers.is_empty() { Value::NotApplicable } else { Value::Number(case.recording.tap_operations as f64) };
    k.set("tap_operations", taps);
    flexibility(&mut k, study, strategy, case);
    payments(&mut k, study, case, avoided_mwh);
    users(&mut k, case);
    let life = assets(&mut k, study, &grid, case);
    system_cost(&mut k, study, case, life);
    k
}

/// Apparent power at loading 1 and rated voltage, VA.
fn rated_va(grid: &Grid, cp: &CongestionPoint) -> f64 {
    match cp.branch.i().checked_sub(grid.lines.len()) {
        Some(t) => grid.transformers[t].rated_power_va,
        None => {
            let line = &grid.lines[cp.branch.i()];
            libm::sqrt(3.0) * grid.buses[line.from.i()].u_rated_v * line.rated_current_a
        }
    }
}

/// Loading of a congestion point's element in one variant, step by step; steps without a solution are left out.
fn loadings<'a>(case: &'a CaseResult, cp: &CongestionPoint, variant: Variant) -> impl Iterator<Item = f64> + use<'a> {
    case.recording.of(variant).loading.of(cp.branch.i()).map(f64::from).filter(|l| l.is_finite())
}

/// Hours and energy (MWh) above the rating.
fn overload(study: &Study, grid: &Grid, case: &CaseResult, cp: &CongestionPoint, variant: Variant) -> (f64, f64) {
    // The reference is today's grid.
    let grid = if variant == Variant::Free { &study.grid } else { grid };
    let h = study.step.as_hours();
    let above = loadings(case, cp, variant).map(|l| (l - cp.limits.rating).max(0.0));
    above.fold((0.0, 0.0), |(hours, mwh), x| (hours + if x > 0.0 { h } else { 0.0 }, mwh + x * rated_va(grid, cp) * h * 1e-6))
}

/// The congestion point with the most overload without flexibility; the first when there is none.
fn worst<'s>(study: &'s Study, grid: &Grid, case: &CaseResult) -> &'s CongestionPoint {
    let energy = |cp: &CongestionPoint| overload(study, grid, case, cp, Variant::Free).1;
    let points = study.congestion_points.iter();
    points.reduce(|a, b| if energy(b) > energy(a) { b } else { a }).expect("a scenario has a congestion point")
}

fn congestion(k: &mut Kpis, study: &Study, grid: &Grid, case: &CaseResult) -> f64 {
    let cp = worst(study, grid, case);
    let [free, orders, actual] = Variant::ALL.map(|v| overload(study, grid, case, cp, v));
    k.number("overload_ex_ante_h", free.0);
    k.number("overload_after_orders_h", orders.0);
    k.number("overload_realised_h", actual.0);
    k.number("overload_ex_ante_mwh", free.1);
    k.number("overload_after_orders_mwh", orders.1);
    k.number("overload_realised_mwh", actual.1);
    k.set("relieved_by_orders_percent", Value::ratio(100.0 * (free.1 - orders.1), free.1));
    k.set("relieved_by_orange_percent", Value::ratio(100.0 * (orders.1 - actual.1), free.1));
    let max = |v| loadings(case, cp, v).fold(0.0, f64::max);
    k.number("max_loading_ex_ante_percent", 100.0 * max(Variant::Free));
    k.number("max_loading_realised_percent", 100.0 * max(Variant::Actual));
    let mut sorted: Vec<f64> = loadings(case, cp, Variant::Actual).collect();
    sorted.sort_by(f64::total_cmp);
    let p99 = sorted.get((sorted.len() * 99) / 100).copied();
    k.set("p99_loading_realised_percent", p99.map_or(Value::NotApplicable, |l| Value::Number(100.0 * l)));
    k.number("not_converged_steps", case.recording.of(Variant::Actual).not_converged as f64);
    free.1 - actual.1
}

fn voltage(k: &mut Kpis, study: &Study, case: &CaseResult) {
    let u_pu = &case.recording.of(Variant::Actual).u_pu;
    let (mut inside, mut all, mut low, mut high) = (0_u64, 0_u64, f64::INFINITY, f64::NEG_INFINITY);
    for step in 0..case.recording.steps {
        for (bus, u) in study.grid.buses.iter().zip(u_pu.step(step)) {
            let u = f64::from(*u);
            if u.is_finite() && u > 0.0 {
                all += 1;
                inside += u64::from(u >= bus.u_min_pu && u <= bus.u_max_pu);
                low = low.min(u);
                high = high.max(u);
            }
        }
    }
    k.set("voltage_in_band_percent", Value::ratio(100.0 * inside as f64, all as f64));
    k.set("u_min_pu", if all > 0 { Value::Number(low) } else { Value::NotApplicable });
    k.set("u_max_pu", if all > 0 { Value::Number(high) } else { Value::NotApplicable });
}

/// What only a load flow phase by phase tells.
fn unbalance(k: &mut Kpis, case: &CaseResult) {
    let phases = case.recording.phases.as_ref();
    let of_bus = |(phases, bus): (&PhaseColumns, usize)| {
        let mut values: Vec<f32> = phases.unbalance.of(bus).filter(|x| x.is_finite()).collect();
        values.sort_by(f32::total_cmp);
        (values.get(values.len() * 95 / 100).copied(), values.last().copied())
    };
    let buses: Vec<_> = phases.iter().flat_map(|p| (0..p.unbalance.elements()).map(move |bus| of_bus((p, bus)))).collect();
    let worst = |values: &mut dyn Iterator<Item = f32>| {
        values.reduce(f32::max).map_or(Value::NotApplicable, |x| Value::Number(100.0 * f64::from(x)))
    };
    k.set("unbalance_p95_percent", worst(&mut buses.iter().filter_map(|b| b.0)));
    k.set("unbalance_max_percent", worst(&mut buses.iter().filter_map(|b| b.1)));
    k.set("displacement_max_percent", worst(&mut phases.iter().flat_map(|p| p.displacement_pu.iter().copied())));
}

/// Energy of ISP powers in the direction that prevails among them, MWh.
fn relieving_mwh(study: &Study, isps: &[IspPower]) -> f64 {
    let watts = |sign: i64| -> i64 { isps.iter().map(|r| (r.power.0 * sign).max(0) * i64::from(r.run.duration)).sum() };
    watts(1).max(watts(-1)) as f64 * study.calendar.isp().as_hours() * 1e-6
}

fn flexibility(k: &mut Kpis, study: &Study, strategy: &Strategy, case: &CaseResult) {
    let step_mwh = study.step.as_hours() * 1e-6;
    let sum = |rows: &[Vec<f64>]| rows.iter().flatten().map(|w| w.abs()).sum::<f64>() * step_mwh;
    let r = &case.recording;
    k.number("requested_mwh", if strategy.trades { sum(&r.requested_w) } else { 0.0 });
    k.number("unserved_mwh", if strategy.trades { sum(&r.unserved_w) } else { 0.0 });
    let (mut offered, mut ordered) = (0.0, 0.0);
    let (mut offers, mut orders) = (0_u64, 0_u64);
    // A message sent again is the same message.
    for LoggedMessage { message, .. } in case.messages.iter().filter(|m| m.attempt == 0 && m.fate != Fate::Repeated) {
        match &**message {
            Message::FlexOffer(m) => {
                offers += 1;
                offered += m.options.iter().map(|o| relieving_mwh(study, &o.isps)).fold(0.0, f64::max);
            }
            Message::FlexOrder(m) => {
                let needed = Needed::new(study, strategy, case, &m.flex.congestion_point, m.flex.period, m.contract_id.as_deref());
                ordered += needed.mwh(m.isps.iter().map(|i| (i.run, i.power, i.power)));
            }
            Message::FlexOrderResponse(m) => orders += u64::from(m.response.is_accepted()),
            _ => {}
        }
    }
    let booked = case.settled().into_iter().filter(|s| s.booked);
    let delivered: f64 = booked.map(|s| delivered_mwh(study, strategy, case, s.item)).sum();
    k.number("offered_mwh", offered);
    k.number("ordered_mwh", ordered);
    k.number("delivered_mwh", delivered);
    k.number("orders", orders as f64);
    let failed = case.messages.iter().filter(|m| matches!(m.fate, Fate::Lost | Fate::Unreadable)).count();
    k.number("messages_failed", failed as f64);
    k.number("offers_compelled", if strategy.obligation { offers as f64 } else { 0.0 });
    let moved = |cp: usize| -> f64 {
        let rows = r.of(Variant::Free).through_w[cp].iter().zip(&r.of(Variant::Orders).through_w[cp]).zip(&r.requested_w[cp]);
        let asked = rows.enumerate().filter(|(step, (_, need))| **need != 0.0 && !wider_asked(study, case, cp, *step));
        asked.map(|(_, ((free, orders), need))| (orders - free) * need.signum()).filter(|w| w.is_finite()).sum()
    };
    k.number("true_flexibility_mwh", (0..study.congestion_points.len()).map(moved).sum::<f64>() * step_mwh);
}

/// Whether a congestion point around `cp` asked for the same in a step: what moves at both is one and the same power.
fn wider_asked(study: &Study, case: &CaseResult, cp: usize, step: usize) -> bool {
    let asked = |k: usize| case.recording.requested_w[k][step];
    let size = |k: usize| study.congestion_points[k].public.connections.len();
    let around = |(a, b): &(CpIdx, CpIdx)| match (a.i() == cp, b.i() == cp) {
        (true, _) => Some(b.i()),
        (_, true) => Some(a.i()),
        _ => None,
    };
    study.nested.iter().filter_map(around).any(|k| size(k) > size(cp) && asked(k) * asked(cp) > 0.0)
}

/// Where an order's flexibility was needed: ISPs in which it was asked for; all of them where the order is judged by its own bound.
struct Needed<'a> {
    study: &'a Study,
    requested_w: &'a [f64],
    called: bool,
    /// First step of the day.
    first: usize,
}

impl<'a> Needed<'a> {
    fn new(
        study: &'a Study,
        strategy: &Strategy,
        case: &'a CaseResult,
        at: &EntityAddress,
        day: Date,
        contract: Option<&str>,
    ) -> Needed<'a> {
        let cp = study.congestion_points.iter().position(|c| c.public.address == *at).expect("orders name known points");
        let contract = contract.and_then(|id| strategy.contracts.iter().find(|c| c.id == id));
        Needed {
            study,
            requested_w: &case.recording.requested_w[cp],
            called: contract.is_some_and(|c| c.right.terms().judgement() == Judgement::OwnBound),
            first: study.steps_of(&study.calendar.period(day)).start,
        }
    }

    /// Energy of what counts in needed ISPs, MWh; rows are ISPs, the power ordered and the power that counts.
    fn mwh(&self, rows: impl Iterator<Item = (IspRun, Watts, Watts)>) -> f64 {
        let isp_mwh = self.study.calendar.isp().as_hours() * 1e-6;
        let here = |(run, ordered, counts): (IspRun, Watts, Watts)| {
            let steps = run.numbers().map(|n| self.first + (usize::from(n) - 1) * self.study.steps_per_isp());
            let needed = steps.filter(|s| self.called || self.requested_w[*s] * ordered.as_f64() > 0.0).count();
            counts.abs().as_f64() * needed as f64
        };
        rows.map(here).sum::<f64>() * isp_mwh
    }
}

/// Delivered energy of an order where flexibility was needed, MWh.
fn delivered_mwh(study: &Study, strategy: &Strategy, case: &CaseResult, item: &FlexOrderSettlement) -> f64 {
    let needed = Needed::new(study, strategy, case, &item.congestion_point, item.period, item.contract_id.as_deref());
    needed.mwh(item.isps.iter().map(|i| (i.run, i.ordered_flex_power, i.delivered_flex_power)))
}

fn payments(k: &mut Kpis, study: &Study, case: &CaseResult, avoided_mwh: f64) {
    let dso = Party::from(&study.dso);
    let paid = |kinds: &[Kind]| kinds.iter().map(|kind| case.ledger.paid(&dso, *kind)).sum::<Money>().as_f64();
    let rows = [
        ("paid_flexibility_eur", paid(&[Kind::Flexibility, Kind::Penalty])),
        ("paid_availability_eur", paid(&[Kind::Availability])),
        ("paid_limitation_eur", paid(&[Kind::Limitation, Kind::LimitationPenalty])),
        ("paid_compensation_eur", paid(&[Kind::Compensation])),
        ("paid_capex_eur", paid(&[Kind::Capex])),
        ("paid_losses_eur", paid(&[Kind::Losses])),
    ];
    for (key, eur) in rows {
        k.number(key, eur);
    }
    let total: f64 = rows.iter().map(|r| r.1).sum();
    k.number("paid_total_eur", total);
    let relief: f64 = rows[..5].iter().map(|r| r.1).sum();
    // What is not booked may yet be paid: the cost is not known then.
    let known = avoided_mwh > 1e-6 && case.unbooked.is_empty();
    k.set("paid_per_avoided_mwh", if known { Value::Number(relief / avoided_mwh) } else { Value::NotApplicable });
    k.number("unbooked_eur", case.unbooked.iter().map(|u| u.amount).sum::<Money>().as_f64());
}

fn users(k: &mut Kpis, case: &CaseResult) {
    let t = &case.totals;
    k.number("pv_curtailed_orders_mwh", t.curtailed_by_orders_wh * 1e-6);
    k.number("pv_curtailed_orange_mwh", t.curtailed_by_orange_wh * 1e-6);
    k.number("consumption_limited_mwh", t.limited_consumption_wh * 1e-6);
    k.number("limited_connection_h", t.limited_connection_h);
    k.number("shifted_mwh", t.shifted_wh * 1e-6);
    k.number("vehicle_unserved_kwh", t.unserved_wh[Variant::Actual as usize] * 1e-3);
}

/// Loss of life of all transformers together, as a share of one insulation life each, at most one each.
fn assets(k: &mut Kpis, study: &Study, grid: &Grid, case: &CaseResult) -> f64 {
    let actual = case.recording.of(Variant::Actual);
    let losses = actual.losses_w.iter().filter(|l| l.is_finite()).sum::<f64>();
    k.number("losses_mwh", losses * study.step.as_hours() * 1e-6);
    let (mut hottest, mut lost_h, mut life) = (f64::NEG_INFINITY, 0.0, 0.0);
    for (t, transformer) in grid.transformers.iter().enumerate() {
        let branch = grid.transformer_branch(t).i();
        let loading = || actual.loading.of(branch).map(f64::from);
        let thermal = Thermal::distribution_onan(transformer.pk_w / transformer.p0_w.max(1.0));
        let first = loading().find(|l| l.is_finite()).unwrap_or(0.0);
        let mut state = State::steady(&thermal, first, ambient_c(study, study.start));
        for (s, factor) in loading().enumerate() {
            if factor.is_finite() {
                state.advance(&thermal, factor, ambient_c(study, study.step_start(s)), study.step.0 as f64);
            }
        }
        hottest = hottest.max(state.hottest_c);
        // What has lost its life has no more to lose.
        let lost = state.loss_of_life_h.min(NORMAL_INSULATION_LIFE_H);
        lost_h += lost;
        life += lost / NORMAL_INSULATION_LIFE_H;
    }
    let known = !grid.transformers.is_empty();
    k.set("hot_spot_max_c", if known { Value::Number(hottest) } else { Value::NotApplicable });
    k.set("loss_of_life_days", if known { Value::Number(lost_h / 24.0) } else { Value::NotApplicable });
    life
}

/// Ambient temperature by season and time of day: warmest in the third week of July and at three in the afternoon.
fn ambient_c(study: &Study, t: SimTime) -> f64 {
    let v = &study.values;
    let day = f64::from(study.calendar.date_of(t).day_of_year());
    let time = study.calendar.local_time(t);
    let hour = f64::from(time.hour()) + f64::from(time.minute()) / 60.0;
    let wave = |x: f64| libm::cos(2.0 * std::f64::consts::PI * x);
    v.ambient_mean_c + v.ambient_season_k * wave((day - 200.0) / 365.25) + v.ambient_day_k * wave((hour - 15.0) / 24.0)
}

fn system_cost(k: &mut Kpis, study: &Study, case: &CaseResult, life: f64) {
    let t = &case.totals;
    let v = &study.values;
    let dso = Party::from(&study.dso);
    let priced = |value: Option<f64>, quantity: f64| value.map_or(Value::NotPriced, |p| Value::Number(p * quantity));
    let curtailed_mwh = (t.curtailed_by_orders_wh + t.curtailed_by_orange_wh) * 1e-6;
    let orders = k.get("orders").number().unwrap_or(0.0);
    let unserved_mwh = t.unserved_wh[Variant::Actual as usize] * 1e-6;
    let rows = [
        ("cost_energy_eur", Value::Number(t.energy_eur)),
        ("cost_losses_eur", Value::Number(case.ledger.paid(&dso, Kind::Losses).as_f64())),
        ("cost_pv_lost_eur", priced(v.pv_lost_eur_per_mwh, curtailed_mwh)),
        ("cost_vehicle_unserved_eur", priced(v.vehicle_unserved_eur_per_mwh, unserved_mwh)),
        ("cost_shifting_eur", v.transaction_eur.map_or(Value::NotPriced, |p| Value::Number(p * orders + t.shifting_eur))),
        ("cost_ageing_eur", priced(v.transformer_eur, life)),
        ("cost_capex_eur", Value::Number(case.ledger.paid(&dso, Kind::Capex).as_f64())),
    ];
    for (key, value) in rows {
        k.set(key, value);
    }
    let total: Option<f64> = rows.iter().map(|r| r.1.number()).sum();
    k.set("cost_total_eur", total.map_or(Value::NotPriced, Value::Number));
}
