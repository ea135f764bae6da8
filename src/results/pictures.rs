//! Charts of a run, filled from its recordings, ledgers and messages.

use std::collections::{BTreeMap, BTreeSet};

use crate::chart::{
    CostByPayer, CostComponent, DurationLine, FeederMap, Figure, ForecastFan, LoadDuration, LoadingLine, LoadingOverTime, Offer, Order,
    Payment, StrategyCost, Style, TimeSpan, TradedDay, cost_by_payer, feeder_maps, forecast_fan, load_duration, loading_over_time,
    traded_day,
};
use crate::kpi::{DEFINITIONS, Section};
use crate::market::ledger::{Kind, Party};
use crate::output::file_name;
use crate::scenario::study::Study;
use crate::sim::{ForecastDay, Recording, Regime, Variant};
use crate::time::Period;
use crate::uftp::message::isp::power_series;
use crate::uftp::message::{Disposition, FlexOffer, FlexRequest, Message, MessageId};
use crate::units::{Money, Watts};

use super::Finished;
use super::extremes::Extremes;
use super::household_pictures;
use super::record::element_title;

/// So many congestion points have charts of their own at most: those with the highest loading.
const MOST_POINTS: usize = 12;

/// Every chart with the name of its file.
pub(super) fn all(study: &Study, cases: &[Finished<'_>]) -> Vec<(String, Figure)> {
    let style = Style::light();
    let period = span(study);
    let mut figures = Vec::new();
    for k in charted(study, cases) {
        let cp = &study.congestion_points[k];
        let suffix = if study.congestion_points.len() > 1 { format!("-{}", file_name(&cp.id)) } else { String::new() };
        let element = element_title(study, cp.branch);
        let series: Vec<Vec<f64>> = cases.iter().map(|c| loading(&c.case.recording, cp.branch.i())).collect();
        let orange: Vec<Vec<TimeSpan>> = cases.iter().map(|c| orange_spans(study, &c.case.recording, k)).collect();
        let rows = || cases.iter().zip(&series);
        let lines: Vec<LoadingLine<'_>> =
            rows().zip(&orange).map(|((c, l), o)| LoadingLine { strategy: &c.strategy.name, loading: l, orange: o }).collect();
        let over_time = LoadingOverTime {
            element: &element,
            calendar: &study.calendar,
            start: study.start,
            step: study.step,
            limits: cp.limits,
            lines: &lines,
        };
        figures.push((format!("loading{suffix}"), loading_over_time(&over_time, &style)));
        let lines: Vec<DurationLine<'_>> = rows().map(|(c, l)| DurationLine { strategy: &c.strategy.name, loading: l }).collect();
        let duration = LoadDuration { element: &element, period: &period, step: study.step, limits: cp.limits, lines: &lines };
        figures.push((format!("load-duration{suffix}"), load_duration(&duration, &style)));
    }
    figures.push(("cost".to_owned(), cost(study, cases, &period, &style)));
    let day = cases.first().and_then(|c| c.case.forecasts.as_ref());
    figures.extend(day.map(|f| ("forecast-fan".to_owned(), fan(study, &f.day, &style))));
    let names = cases.iter().map(|c| format!("feeder-{}", file_name(&c.strategy.name)));
    figures.extend(names.zip(maps(study, cases, &period, &style)));
    figures
        .extend(cases.iter().filter_map(|c| traded(study, c, &style).map(|f| (format!("traded-day-{}", file_name(&c.strategy.name)), f))));
    figures.extend(household_pictures::all(study, cases, &style));
    figures
}

/// The operator's forecast of a day against what came.
fn fan(study: &Study, day: &ForecastDay, style: &Style) -> Figure {
    let title = format!("Forecast of {}: all devices that follow profiles", study.dso);
    let (calendar, period) = (&study.calendar, &day.period);
    forecast_fan(
        &ForecastFan { title: &title, calendar, period, bands: &day.bands, expected: &day.expected_kw, truth: &day.truth_kw },
        style,
    )
}

/// Congestion points that have charts, in the order of the scenario: all, or those that were loaded most in any case, with or
/// without flexibility.
fn charted(study: &Study, cases: &[Finished<'_>]) -> Vec<usize> {
    let points = &study.congestion_points;
    let mut order: Vec<usize> = (0..points.len()).collect();
    if points.len() > MOST_POINTS {
        let flows = || cases.iter().flat_map(|c| [Variant::Free, Variant::Actual].map(|v| c.case.recording.of(v)));
        let highest: Vec<f32> =
            points.iter().map(|cp| flows().flat_map(|f| f.loading.of(cp.branch.i())).fold(f32::NEG_INFINITY, f32::max)).collect();
        order.sort_by(|&a, &b| highest[b].total_cmp(&highest[a]));
        order.truncate(MOST_POINTS);
        order.sort_unstable();
    }
    order
}

/// `22–28 July 2016` or the like.
fn span(study: &Study) -> String {
    match (study.periods.first(), study.periods.last()) {
        (Some(a), Some(b)) if a.date == b.date => a.date.to_string(),
        (Some(a), Some(b)) => format!("{} to {}", a.date, b.date),
        _ => String::new(),
    }
}

fn loading(r: &Recording, branch: usize) -> Vec<f64> {
    r.of(Variant::Actual).loading.of(branch).map(f64::from).collect()
}

fn orange_spans(study: &Study, r: &Recording, cp: usize) -> Vec<TimeSpan> {
    let mut spans: Vec<TimeSpan> = Vec::new();
    for step in (0..r.steps).filter(|s| r.regime[cp][*s] == Regime::Orange) {
        let (from, to) = (study.step_start(step), study.step_start(step + 1));
        match spans.last_mut() {
            Some(last) if last.to == from => last.to = to,
            _ => spans.push(TimeSpan { from, to }),
        }
    }
    spans
}

/// Payments of the DSO and system cost; of energy only the change against the first strategy is drawn, for it is the same trade
/// in every strategy but for what flexibility changes, and would hide everything else. The chart says so: its totals differ from
/// those of the tables by the energy of the first strategy.
fn cost(study: &Study, cases: &[Finished<'_>], period: &str, style: &Style) -> Figure {
    let base = cases.first().and_then(|c| c.kpis.get("cost_energy_eur").number()).unwrap_or(0.0);
    let payments: Vec<Vec<Payment<'_>>> = cases.iter().map(|c| payments(study, c)).collect();
    let components: Vec<Vec<CostComponent<'_>>> = cases
        .iter()
        .map(|c| {
            let rows = DEFINITIONS.iter().filter(|d| d.section == Section::SystemCost && d.key != "cost_total_eur");
            rows.map(|d| {
                let amount = c.kpis.get(d.key).number();
                let is_energy = d.key == "cost_energy_eur";
                let component = if is_energy { "energy (change)" } else { d.label };
                CostComponent { component, amount: amount.map(|a| if is_energy { a - base } else { a }) }
            })
            .collect()
        })
        .collect();
    let strategies: Vec<StrategyCost<'_>> = cases
        .iter()
        .zip(&payments)
        .zip(&components)
        .map(|((c, p), s)| StrategyCost { strategy: &c.strategy.name, payments: p, components: s })
        .collect();
    let kinds = Kind::ALL.map(Kind::as_str);
    let currency = study.currency.as_str();
    let note = cases.first().map_or_else(String::new, |first| {
        let name = &first.strategy.name;
        let base = format!("{base:.2}").replace('-', "−");
        format!("Energy is drawn as its change from {name}, where it costs {base} {currency}; add that for the system cost of the tables.")
    });
    let input = CostByPayer { name: &study.name, period, currency, kinds: &kinds, note: &note, strategies: &strategies };
    cost_by_payer(&input, style)
}

/// What the DSO paid less what came back to it, by kind, so that a bar's sum is the total of the key figures; then what others
/// paid each other. Energy and imbalance are trade beside the
/// grid, and so are retail bills.
fn payments<'a>(study: &'a Study, c: &'a Finished<'_>) -> Vec<Payment<'a>> {
    let mut sums: BTreeMap<(&str, Kind), Money> = BTreeMap::new();
    let dso = Party::from(&study.dso);
    for e in c.case.ledger.entries() {
        if matches!(e.kind, Kind::Energy | Kind::Imbalance) || Kind::RETAIL.contains(&e.kind) {
            continue;
        }
        let (payer, amount) = match (e.payer == dso, e.payee == dso) {
            (true, _) => ("DSO", e.amount),
            (false, true) => ("DSO", -e.amount),
            (false, false) => ("aggregators", e.amount),
        };
        *sums.entry((payer, e.kind)).or_default() += amount;
    }
    sums.into_iter().map(|((payer, kind), amount)| Payment { payer, kind: kind.as_str(), amount: amount.as_f64() }).collect()
}

/// All aggregators with connections by name: the order gives each its colour in every chart.
fn aggregators(study: &Study) -> Vec<&str> {
    let mut names: Vec<&str> = study.agr_of.iter().flatten().map(|a| study.agrs[a.i()].domain.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// The feeder in every case, on one scale.
fn maps(study: &Study, cases: &[Finished<'_>], period: &str, style: &Style) -> Vec<Figure> {
    let aggregator: Vec<Option<&str>> = study.agr_of.iter().map(|a| a.map(|a| study.agrs[a.i()].domain.as_str())).collect();
    let grids: Vec<_> = cases.iter().map(|c| study.grid(c.strategy).0).collect();
    let titles: Vec<String> = cases.iter().map(|c| format!("{}, {period}", c.strategy.name)).collect();
    let extremes: Vec<Extremes> = cases.iter().map(|c| Extremes::of(&c.case.recording, Variant::Actual)).collect();
    let maps: Vec<FeederMap<'_>> = (0..cases.len())
        .map(|k| FeederMap {
            grid: &grids[k],
            case: &titles[k],
            worst_loading: &extremes[k].loading,
            voltage_pu: &extremes[k].u_pu,
            peak_power_w: &cases[k].case.peak_w,
            aggregator: &aggregator,
        })
        .collect();
    feeder_maps(&maps, style)
}

/// The day with most ordered, as request, offers and orders; `None` when nothing was traded.
fn traded(study: &Study, c: &Finished<'_>, style: &Style) -> Option<Figure> {
    let messages = || c.case.messages.iter().map(|m| &*m.message);
    let mut by_day: BTreeMap<(jiff::civil::Date, &str), i64> = BTreeMap::new();
    for m in messages() {
        if let Message::FlexOrder(o) = m
            && o.flex_offer_message_id.is_some()
        {
            let watts: i64 = o.isps.iter().map(|i| i.power.0.abs() * i64::from(i.run.duration)).sum();
            *by_day.entry((o.flex.period, o.flex.congestion_point.as_str())).or_default() += watts;
        }
    }
    let ((date, address), _) = by_day.into_iter().max_by_key(|(k, w)| (*w, std::cmp::Reverse(k.0)))?;
    let cp = study.congestion_points.iter().position(|p| p.public.address.as_str() == address)?;
    let day = study.calendar.period(date);
    let here = |f: &crate::uftp::message::FlexHeader| f.period == date && f.congestion_point.as_str() == address;
    let request = messages().find_map(|m| match m {
        Message::FlexRequest(r) if here(&r.flex) && r.contract_id.is_none() => Some(r),
        _ => None,
    })?;
    let offers: Vec<&FlexOffer> = messages()
        .filter_map(|m| match m {
            Message::FlexOffer(o) if here(&o.flex) => Some(o),
            _ => None,
        })
        .collect();
    Some(draw_traded(study, c, cp, &day, request, &offers, style))
}

fn draw_traded(
    study: &Study,
    c: &Finished<'_>,
    cp: usize,
    day: &Period,
    request: &FlexRequest,
    offers: &[&FlexOffer],
    style: &Style,
) -> Figure {
    let watts =
        |isps: &[crate::uftp::message::IspPower]| -> Vec<f64> { power_series(day, isps).values().iter().map(|w| w.as_f64()).collect() };
    let bounds = bounds(day, request);
    let requested: Vec<Option<(f64, f64)>> = bounds.iter().map(|(min, max, wanted)| wanted.then_some((*min, *max))).collect();
    let mwh = study.calendar.isp().as_hours() * 1e-6;
    let offered: Vec<(Vec<f64>, f64)> = offers
        .iter()
        .map(|o| {
            let option = &o.options[0];
            let power = watts(&option.isps);
            let energy: f64 = power.iter().zip(&requested).filter(|(_, r)| r.is_some()).map(|(p, _)| p.abs() * mwh).sum();
            (power, option.price.as_f64() / energy.max(1e-12))
        })
        .collect();
    let rows: Vec<Offer<'_>> = offers
        .iter()
        .zip(&offered)
        .map(|(o, (power, price))| Offer { aggregator: o.header.sender_domain.as_str(), power_w: power, price_per_mwh: *price })
        .collect();
    let position = |id: MessageId| offers.iter().position(|o| o.header.message_id == id);
    let mut drawn: BTreeSet<&str> = BTreeSet::new();
    let mut ordered: Vec<(usize, Vec<f64>)> = Vec::new();
    for m in &c.case.messages {
        if let Message::FlexOrder(o) = &*m.message
            && let Some(offer) = o.flex_offer_message_id.and_then(position)
        {
            drawn.insert(&o.order_reference);
            ordered.push((offer, watts(&o.isps)));
        }
    }
    let orders: Vec<Order<'_>> = ordered.iter().map(|(offer, power)| Order { offer: *offer, power_w: power }).collect();
    // The request tells the forecast: MinPower = −L_prod − f, MaxPower = L_cons − f with equal limits, so f = −(min + max)/2.
    let forecast: Vec<f64> = bounds.iter().map(|(min, max, _)| -0.5 * (min + max)).collect();
    let limit: Vec<f64> = bounds.iter().map(|(min, max, _)| 0.5 * (max - min)).collect();
    let through = |v: Variant| isp_means(study, day, &c.case.recording.of(v).through_w[cp]);
    let deficiency = deficiency_w(day, c, &drawn);
    let aggregators = aggregators(study);
    let input = TradedDay {
        congestion_point: &study.congestion_points[cp].id,
        aggregators: &aggregators,
        calendar: &study.calendar,
        day: *day,
        currency: study.currency.as_str(),
        forecast_w: &forecast,
        consumption_limit_w: &limit,
        production_limit_w: &limit,
        requested_w: &requested,
        offers: &rows,
        orders: &orders,
        realised_w: &through(Variant::Actual),
        deficiency_w: deficiency.as_deref(),
    };
    traded_day(&input, style)
}

/// Deficiency of orders, by their references, per ISP as settled; `None` if none of them was.
fn deficiency_w(day: &Period, c: &Finished<'_>, orders: &BTreeSet<&str>) -> Option<Vec<f64>> {
    let settled = c.case.settled();
    let items = settled.iter().map(|s| s.item).filter(|i| i.order_reference.as_deref().is_some_and(|order| orders.contains(order)));
    let mut sum: Option<Vec<f64>> = None;
    for item in items {
        let rows = item.isps.iter().map(|i| (i.run, i.power_deficiency));
        let missing = crate::uftp::message::isp::series(day, Watts::ZERO, rows);
        let sum = sum.get_or_insert_with(|| vec![0.0; day.isps()]);
        sum.iter_mut().zip(missing.values()).for_each(|(sum, w)| *sum += w.as_f64());
    }
    sum
}

/// MinPower, MaxPower and whether it is Requested, per ISP.
fn bounds(day: &Period, request: &FlexRequest) -> Vec<(f64, f64, bool)> {
    let rows = request.isps.iter().map(|i| (i.run, (i.min_power, i.max_power, i.disposition == Disposition::Requested)));
    let series = crate::uftp::message::isp::series(day, (Watts::ZERO, Watts::ZERO, false), rows);
    series.values().iter().map(|(min, max, wanted)| (min.as_f64(), max.as_f64(), *wanted)).collect()
}

fn isp_means(study: &Study, day: &Period, steps: &[f64]) -> Vec<f64> {
    let per_isp = study.steps_per_isp();
    steps[study.steps_of(day)].chunks(per_isp).map(|c| c.iter().sum::<f64>() / per_isp as f64).collect()
}
