//! Learning with the weather: temperature for heat, clear sky and clouds for PV, and nothing that was not read.

use std::sync::Arc;

use copperplate::agent::Input;
use copperplate::asset::{Cap, Device, Model};
use copperplate::forecast::history::{DAYS, History, by_slot, slots, slots_of};
use copperplate::forecast::regression::{self, Temperature};
use copperplate::forecast::scores;
use copperplate::ids::{ConnectionIdx, Domain};
use copperplate::profile::ProfileTable;
use copperplate::scenario::schema::{Forecast, HeatControl, Learner, Scenario};
use copperplate::scenario::study::Study;
use copperplate::sim::{Observer, Reference, observe_case};
use copperplate::time::SimTime;
use jiff::civil::date;

use crate::sim_support::study;

fn learned(learner: Learner) -> impl Fn(&mut Scenario) {
    move |s| {
        s.forecast = Forecast::Learned { learner, data_delay_days: 1, holidays: Vec::new() };
        s.strategies.retain(|name| name == "copper-plate" || name == "grid-capacity-management");
    }
}

/// Heat pumps under thermostats in the measured winter and spring of Düsseldorf, as a street's meter shows them: temperature, as
/// measured for known days and the target alike, makes the regression better.
#[test]
fn temperature_helps_where_it_heats() {
    let study = study("street-2035.toml", 100, |s| {
        s.time.from = date(2016, 1, 10);
        s.time.until = date(2016, 4, 18);
        s.feeder.houses.as_mut().expect("a street of houses").control = HeatControl::Thermostat;
        s.forecast = Forecast::Perfect {};
    });
    let weather = study.weather.as_deref().expect("a study with weather");
    let (mut states, houses): (Vec<_>, Vec<_>) = study
        .devices
        .iter()
        .filter_map(
            |spec| if let Device::House(house) = &spec.device { Some((house.begins(1, &spec.id, study.start), house)) } else { None },
        )
        .take(30)
        .unzip();
    let mut history = History::new(slots(&study.calendar));
    let mut air_c = Vec::new();
    for period in &study.periods {
        let slots_of = slots_of(&study.calendar, period);
        let starts: Vec<SimTime> = period.iter().map(|isp| period.isp_start(isp)).collect();
        let power = |t: &SimTime| {
            let moment = study.moment(*t);
            houses.iter().zip(&mut states).map(|(house, state)| house.step(state, &moment, f64::NAN, Cap::NONE).0.p_w).sum()
        };
        let power: Vec<f64> = starts.iter().map(power).collect();
        let air: Vec<f64> = starts.iter().map(|t| weather.air_c[weather.grid.index(*t)]).collect();
        history.push(period.date, &[], &by_slot(history.slots, &slots_of, &power));
        air_c.extend(by_slot(history.slots, &slots_of, &air));
    }
    let (lead, q) = (2, history.slots);
    let (mut truth, mut blind, mut seeing) = (Vec::new(), Vec::new(), Vec::new());
    for day in DAYS + lead..history.days() {
        let known = day + 1 - lead;
        let (past, target) = (history.last(known, DAYS), history.target(day, lead));
        let temperature = Temperature { known: &air_c[(known - DAYS) * q..known * q], target: &air_c[day * q..(day + 1) * q] };
        truth.extend_from_slice(history.day(day));
        blind.extend(regression::forecast(&past, &target, None).expect("days are known").0);
        seeing.extend(regression::forecast(&past, &target, Some(temperature)).expect("days are known").0);
    }
    let (blind, seeing) = (scores::nmae(&blind, &truth), scores::nmae(&seeing, &truth));
    assert!(seeing < 0.8 * blind, "{seeing} with temperature, {blind} without");
}

/// What is looked back to before a run does not change the weather of the run.
#[test]
fn learning_does_not_change_the_weather() {
    use copperplate::scenario::schema::Weather;
    let synthetic: Weather = serde_json::from_value(serde_json::json!({ "kind": "synthetic" })).expect("synthetic weather");
    for (from, weather) in
        [(date(2016, 1, 18), None), (date(2016, 2, 22), None), (date(2016, 7, 4), None), (date(2016, 1, 18), Some(synthetic))]
    {
        let of = |forecast: Forecast| {
            let study = study("street-2035.toml", 3, |s| {
                s.time.from = from;
                s.time.until = from + jiff::Span::new().days(2);
                if let Some(weather) = &weather {
                    s.weather = Some(weather.clone());
                    s.prices = serde_json::from_value(serde_json::json!({ "kind": "synthetic" })).expect("synthetic prices");
                }
                s.forecast = forecast;
            });
            let weather = study.weather.as_deref().expect("a study with weather");
            let rows = weather.grid.index(study.start)..weather.grid.count;
            (weather.air_c[rows.clone()].to_vec(), weather.ghi_w_m2[rows].to_vec())
        };
        let learned = Forecast::Learned { learner: Learner::Ridge, data_delay_days: 1, holidays: Vec::new() };
        assert!(of(Forecast::Perfect {}) == of(learned), "{from}");
    }
}

/// In a run: PV by clear sky and clouds beats what only knows the days before, for everybody.
#[test]
fn forecasts_of_clouds_help_pv() {
    let scores = |learner| {
        let study = study("street-2035.toml", 10, |s| {
            s.time.from = date(2016, 4, 18);
            s.time.until = date(2016, 4, 27);
            learned(learner)(s);
        });
        let record = Reference::new(&study).forecasts.expect("learned forecasts are scored");
        record.scores.clone()
    };
    let (weekly, ridge) = (scores(Learner::WeeklyProfile), scores(Learner::Ridge));
    let sunny = |rows: &[copperplate::sim::ForecastScore]| {
        rows.iter().filter(|r| r.quantity == "feed-in" && r.horizon_h.0 == 24).map(|r| (r.nmae, r.crps_w, r.mae_w)).collect::<Vec<_>>()
    };
    let (weekly, ridge) = (sunny(&weekly), sunny(&ridge));
    assert!(weekly.len() >= 3 && weekly.len() == ridge.len());
    for (weekly, ridge) in weekly.iter().zip(&ridge) {
        assert!(ridge.0 < 0.8 * weekly.0 && ridge.1 < 0.8 * weekly.1, "{ridge:?} {weekly:?}");
        // The score of an ensemble is not above that of its centre by more than its bias makes.
        assert!(ridge.1 < ridge.2, "{ridge:?}");
    }
}

/// Every forecast that anybody is handed, with its time.
#[derive(Default)]
struct Told(Vec<(SimTime, Domain, String)>);

impl Observer for Told {
    fn told(&mut self, now: SimTime, who: &Domain, input: &Input) {
        if let Input::Area(_) = input {
            self.0.push((now, who.clone(), format!("{input:?}")));
        }
    }
}

fn told(study: &Study) -> Vec<(SimTime, Domain, String)> {
    let mut told = Told::default();
    let _ = observe_case(study, &Reference::new(study), &study.strategies[0], &|_| {}, &mut told);
    told.0
}

fn changed_from(table: &ProfileTable, t: SimTime) -> ProfileTable {
    let from = table.step_at(t).expect("within the table");
    let mut out = ProfileTable::new(table.start(), table.step());
    for name in table.names() {
        let mut column = table.column(table.find(name).expect("its own column")).to_vec();
        column[from..].iter_mut().for_each(|x| *x = 0.3 * *x + 0.02);
        out.push(name, &column);
    }
    out
}

/// With forecasts of the weather fixed, whatever base loads and PV do from `t` on, and with them batteries and vehicles behind the same
/// meters, changes no forecast of the operator's before `t`, once it has read a day of its meters.
#[test]
fn the_operator_foresees_nothing_of_what_households_will_do() {
    let plain = study("street-2035.toml", 6, learned(Learner::Ridge));
    let of_plain = told(&plain);
    let mut seen = false;
    for hours in [60, 77, 100] {
        let t = SimTime(plain.start.0 + 3600 * hours);
        let table = Arc::new(changed_from(&plain.truth, t));
        let changed = told(&Study { truth: Arc::clone(&table), foreseen: table, ..plain.clone() });
        let early = |all: &[(SimTime, Domain, String)]| all.iter().filter(|f| f.0 < t).cloned().collect::<Vec<_>>();
        assert!(early(&of_plain) == early(&changed), "something was foreseen that nobody had read");
        seen |= of_plain != changed;
    }
    assert!(seen, "what was read shows later");
}

/// Reactive power of houses is in the operator's forecast, by the ratio of their heat pumps, whatever makes the forecast.
#[test]
fn heat_pumps_of_houses_are_forecast_with_their_reactive_power() {
    struct Reactive(Vec<(f64, f64)>, Vec<bool>);
    impl Observer for Reactive {
        fn told(&mut self, _: SimTime, _: &Domain, input: &Input) {
            if let Input::Area(v) = input {
                let sums = |area: &copperplate::agent::Area| {
                    let here = (0..self.1.len()).filter(|c| self.1[*c]);
                    here.map(|c| (0..v.period.isps()).map(|i| area.at(ConnectionIdx::new(c), i)).sum::<f64>()).sum::<f64>()
                };
                self.0.push((sums(&v.p_w), sums(&v.q_var)));
            }
        }
    }
    for model in [Forecast::Perfect {}, Forecast::Learned { learner: Learner::Ridge, data_delay_days: 1, holidays: Vec::new() }] {
        let mut study = study("street-2035.toml", 4, |s| {
            learned(Learner::Ridge)(s);
            s.forecast = model.clone();
            s.feeder.electric_vehicles = None;
            s.feeder.batteries = None;
            s.feeder.pv = None;
        });
        // Nothing but houses.
        let houses = study.devices.iter().filter(|d| matches!(d.device, Device::House(_))).cloned().collect();
        study.devices = houses;
        let mut reactive = Reactive(Vec::new(), vec![true; study.grid.connections.len()]);
        let _ = observe_case(&study, &Reference::new(&study), &study.strategies[0], &|_| {}, &mut reactive);
        assert!(reactive.0.len() >= 4);
        for (p, q) in reactive.0 {
            assert!(p > 0.0 && (q / p - 0.329).abs() < 1e-6, "{p} {q}");
        }
    }
}
