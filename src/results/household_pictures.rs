//! Charts of what happens behind the meters: a household's week, what a fleet could give and take, what comes back after orders.

use crate::asset::{AssetKind, Flexibility};
use crate::chart::{
    Figure, FleetEnvelope, HouseholdWeek, Rebound, SteeredDevice, Style, fleet_envelope, household_week, rebound as rebound_figure,
};
use crate::kpi::{Activation, activations, rated_va};
use crate::output::file_name;
use crate::scenario::study::Study;
use crate::sim::{Behind, DeviceSeries, Household, KINDS, Variant};
use crate::time::{Period, SimDuration};

use super::Finished;

/// Every chart with the name of its file; none where no single households are followed.
pub(super) fn all(study: &Study, cases: &[Finished<'_>], style: &Style) -> Vec<(String, Figure)> {
    let mut figures = Vec::new();
    for c in cases {
        let Some(behind) = &c.case.behind else { continue };
        let named = |kind: &str| format!("{kind}-{}", file_name(&c.strategy.name));
        let week = behind.household.as_ref().map(|household| week(study, c, household, style));
        figures.extend(week.map(|figure| (named("household"), figure)));
        figures.extend(rebound(study, c, &largest(study, c), style).map(|figure| (named("rebound"), figure)));
    }
    let behind = cases.iter().find_map(|c| c.case.behind.as_ref());
    figures.extend(behind.and_then(|b| envelope(study, b, style)).map(|figure| ("fleet-envelope".to_owned(), figure)));
    figures
}

/// Days of a household that are drawn.
const DAYS: usize = 7;

fn week(study: &Study, c: &Finished<'_>, household: &Household, style: &Style) -> Figure {
    let days = &study.periods[..study.periods.len().min(DAYS)];
    let steps = days.last().map_or(0, |last: &Period| study.steps_of(last).end);
    let kw = |series: &[f32]| -> Vec<f64> { series[..steps].iter().map(|w| f64::from(*w) * 1e-3).collect() };
    let plain = |series: &[f32]| -> Vec<f64> { series[..steps].iter().map(|x| f64::from(*x)).collect() };
    let spec = |s: &DeviceSeries| &study.devices[s.device.i()];
    let flexibility = |s: &DeviceSeries| spec(s).device.flexibility();
    let (steered, rest): (Vec<_>, Vec<_>) = household.devices.iter().partition(|s| flexibility(s) == Flexibility::Shiftable);
    let (pv, other): (Vec<_>, Vec<_>) = rest.into_iter().partition(|s| spec(s).kind == AssetKind::Pv.name());
    let sum =
        |all: &[&DeviceSeries]| -> Vec<f64> { (0..steps).map(|k| all.iter().map(|s| f64::from(s.power_w[k]) * 1e-3).sum()).collect() };
    let powers: Vec<(Vec<f64>, Vec<f64>)> = steered.iter().map(|s| (kw(&s.asked_w), kw(&s.power_w))).collect();
    let devices: Vec<SteeredDevice<'_>> =
        (steered.iter().zip(&powers)).map(|(s, (asked_kw, power_kw))| SteeredDevice { kind: spec(s).kind, asked_kw, power_kw }).collect();
    let known = |values: &[f64]| values.iter().any(|v| v.is_finite());
    let house = |k: usize| household.devices.iter().map(|s| plain(&s.house_c[k])).find(|c| known(c)).unwrap_or_default();
    let charges: Vec<(&str, Vec<f64>)> =
        steered.iter().map(|s| (spec(s).kind, plain(&s.charge))).filter(|(_, charge)| known(charge)).collect();
    let charge: Vec<(&str, &[f64])> = charges.iter().map(|(kind, charge)| (*kind, &charge[..])).collect();
    let title = format!("Connection {}, {}", study.grid.connections[household.connection.i()].id, c.strategy.name);
    let input = HouseholdWeek {
        title: &title,
        calendar: &study.calendar,
        start: study.start,
        step: study.step,
        other_kw: &sum(&other),
        pv_kw: &if pv.is_empty() { Vec::new() } else { sum(&pv) },
        devices: &devices,
        air_c: &house(0),
        tank_c: &house(1),
        charge: &charge,
    };
    household_week(&input, style)
}

/// `None` where the study has no devices that could give or take anything.
fn envelope(study: &Study, behind: &Behind, style: &Style) -> Option<Figure> {
    let p = &behind.potential;
    let kw = |hours: &[(f64, f64); 24]| hours.map(|(give, take)| (give * 1e-3, take * 1e-3));
    let there = |hours: &[(f64, f64); 24]| hours.iter().any(|(give, take)| *give > 0.0 || *take > 0.0);
    let kinds: Vec<(&str, [(f64, f64); 24])> =
        KINDS.into_iter().zip(&p.kinds).filter(|(_, hours)| there(hours)).map(|(kind, hours)| (kind, kw(hours))).collect();
    if kinds.is_empty() {
        return None;
    }
    let days = p.hours.iter().max().copied().unwrap_or_default();
    let note = format!(
        "Mean over {days} days at the first step of each hour, without orders and limitations; held for one step of {} min",
        study.step.0 / 60
    );
    let title = "What vehicles, houses and batteries together could give and take";
    Some(fleet_envelope(&FleetEnvelope { title, note: &note, kinds: &kinds, least: &kw(&p.least) }, style))
}

/// The activations of the day and congestion point where orders moved most energy, in the order of time.
fn largest(study: &Study, c: &Finished<'_>) -> Vec<Activation> {
    let all = if c.strategy.trades { activations(study, &c.case) } else { Vec::new() };
    let day = |a: &Activation| (a.cp, study.calendar.date_of(study.step_start(a.steps[0])));
    let days = all.chunk_by(|a, b| day(a) == day(b));
    let moved = |day: &[Activation]| day.iter().map(|a| a.shed_wh).sum::<f64>();
    days.reduce(|best, day| if moved(day) > moved(best) { day } else { best }).unwrap_or_default().to_vec()
}

/// Hours from the beginning of that day that are drawn.
const SHOWN_H: usize = 36;

fn rebound(study: &Study, c: &Finished<'_>, day: &[Activation], style: &Style) -> Option<Figure> {
    let per_hour = (SimDuration::hours(1).0 / study.step.0) as usize;
    let first = day.first()?;
    let date = study.calendar.date_of(study.step_start(first.steps[0]));
    let begins = study.steps_of(&study.calendar.period(date)).start;
    let shown = begins..(begins + SHOWN_H * per_hour).min(study.steps);
    let (k, cp) = (first.cp.i(), &study.congestion_points[first.cp.i()]);
    let kw = |v: Variant| -> Vec<f64> { c.case.recording.of(v).through_w[k][shown.clone()].iter().map(|w| w * 1e-3).collect() };
    let asked = |s: usize| c.case.recording.requested_w[k][s];
    let asked: Vec<f64> = shown.clone().map(|s| if asked(s) == 0.0 { 0.0 } else { asked(s).signum() }).collect();
    let moved_wh: f64 = day.iter().map(|a| a.shed_wh).sum();
    let back_wh: f64 = day.iter().map(|a| a.after_wh).sum();
    let highest = |of: fn(&Activation) -> f64| day.iter().map(of).fold(0.0, f64::max) * 1e-3;
    let title = format!(
        "{}, {}: orders move {:.0}\u{a0}kWh, {:.0}\u{a0}% of it comes back afterwards; at most {:.0}\u{a0}kW moved, {:.0}\u{a0}kW back",
        cp.id,
        c.strategy.name,
        moved_wh * 1e-3,
        100.0 * back_wh / moved_wh,
        highest(|a| a.shed_w),
        highest(|a| a.after_w),
    );
    let input = Rebound {
        title: &title,
        calendar: &study.calendar,
        start: study.step_start(shown.start),
        step: study.step,
        without_kw: &kw(Variant::Free),
        orders_kw: &kw(Variant::Orders),
        asked: &asked,
        planning_kw: cp.limits.planning * rated_va(&study.grid, cp) * 1e-3,
    };
    Some(rebound_figure(&input, style))
}
