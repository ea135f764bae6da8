//! Houses with heat pumps.

use copperplate::asset::house::House;
use copperplate::asset::house::typology::{Refurbishment, Type};
use copperplate::asset::{Cap, Model, Outlook};
use copperplate::time::{Period, SimDuration, SimTime};
use copperplate::weather::Weather;
use jiff::ToSpan;

use super::{MONDAY, STEP, calendar, clock, day_price, foreseen, free, midnight, moment, profiles, unbound, weather};

/// A street of 200 houses with a mean loss near 198 W/K.
fn street(n: usize, from: SimTime, days: i64) -> Vec<House> {
    use Refurbishment::{Existing, Usual};
    let kinds = [
        ("de-detached-1995", Existing),
        ("nl-terraced-1965", Usual),
        ("de-detached-2002", Existing),
        ("de-terraced-1979", Usual),
        ("de-detached-1969", Usual),
        ("nl-terraced-1975", Usual),
    ];
    let clock = clock(from, days);
    let house = |k: usize| {
        let (name, state) = kinds[k % kinds.len()];
        House::of(Type::find(name).unwrap(), state, 12, &format!("house-{k}"), clock.clone(), STEP)
    };
    (0..n).map(house).collect()
}

/// Power of every house, W, step by step, under thermostats; electricity and heat, kWh, and K·h below the band.
fn thermostats(houses: &[House], from: SimTime, days: usize, weather: &Weather) -> (Vec<f64>, f64, f64, f64) {
    let table = profiles(from);
    let mut states: Vec<_> = houses.iter().enumerate().map(|(k, h)| h.begins(12, &format!("house-{k}"), from)).collect();
    let (mut series, mut heat, mut cold) = (Vec::new(), 0.0, 0.0);
    let t = std::time::Instant::now();
    for step in 0..days * 96 {
        let moment = moment(from + SimDuration(STEP.0 * step as i64), &table, Some(weather));
        let mut sum = 0.0;
        for (house, state) in houses.iter().zip(&mut states) {
            let (flow, _) = house.step(state, &moment, f64::NAN, Cap::NONE);
            sum += flow.p_w;
            heat += flow.heat_wh / 1e3;
            cold += flow.cold_kh;
        }
        series.push(sum);
    }
    println!("{:.0} ns a step", t.elapsed().as_secs_f64() * 1e9 / (houses.len() * days * 96) as f64);
    let kwh = series.iter().sum::<f64>() * 0.25 / 1e3;
    (series, kwh, heat, cold)
}

#[test]
fn a_street_of_heat_pumps_in_a_cold_spell() {
    let from = midnight(MONDAY);
    let days = 10;
    // Day mean −4 °C: −7 … −1 °C.
    let cold_spell = weather(from, days, |day| if day < 3 { 2.0 } else { -4.0 }, |_| 50.0);
    let houses = street(200, from, days as i64);
    let loss: f64 = houses.iter().map(|h| h.building.loss_w_k()).sum::<f64>() / 200.0;
    let (series, _, _, cold) = thermostats(&houses, from, days, &cold_spell);
    let late = &series[96 * 5..];
    let (peak, at) = late.iter().enumerate().map(|(k, p)| (p / 200e3, k % 96)).fold((0.0, 0), |m, p| if p.0 > m.0 { p } else { m });
    let night = (8..16).map(|q| late[q] / 200e3).sum::<f64>() / 8.0;
    println!("loss {loss:.0} W/K, peak {peak:.2} kW at {:.2} h, night {:.0} %, cold {cold:.1} Kh", at as f64 / 4.0, 100.0 * night / peak);
    let one = |n: usize| thermostats(&houses[..n], from, days, &cold_spell).0[96 * 5..].iter().fold(0.0_f64, |m, p| m.max(*p)) / n as f64 / 1e3;
    println!("{:?}", [1, 5, 10, 20, 50, 100].map(one));
}

#[test]
fn a_year_of_heat_pumps() {
    let from = midnight(MONDAY);
    let mean = |day: usize| 10.8 - 7.6 * (2.0 * std::f64::consts::PI * (day as f64 - 3.0) / 365.0).cos() + 3.0 * ((day * 7919 % 97) as f64 / 48.0 - 1.0);
    let year = weather(from, 365, mean, |day| 280.0 - 180.0 * (2.0 * std::f64::consts::PI * (day as f64 + 5.0) / 365.0).cos());
    let houses = street(50, from, 365);
    let t = std::time::Instant::now();
    let (series, kwh, heat, cold) = thermostats(&houses, from, 365, &year);
    let _ = series;
    println!("{:.0} kWh/a, SPF {:.2}, cold {:.2} Kh a house; {:?}", kwh / 50.0, heat / kwh, cold / 50.0, t.elapsed());
}

#[test]
fn plans_keep_comfort_and_cost_less() {
    let from = midnight(MONDAY);
    let days = 7;
    let w = weather(from, days, |day| -3.0 + day as f64, |_| 100.0);
    let houses = street(30, from, days as i64);
    let outlook = Outlook::Weather(foreseen(&w));
    let table = profiles(from);
    let price = day_price(96);
    let bounds = unbound(96);
    let (mut planned, mut plain, mut cold, mut gap) = (0.0, 0.0, 0.0, 0.0_f64);
    let t0 = std::time::Instant::now();
    let mut plan_time = 0.0;
    for (k, house) in houses.iter().enumerate() {
        let id = format!("house-{k}");
        let (mut state, mut other) = (house.begins(12, &id, from), house.begins(12, &id, from));
        let mut seen = house.unread();
        house.read(&mut seen, &house.shows(&state, from));
        for day in 0..days {
            let period: Period = calendar().period(MONDAY + (day as i64).days());
            let t1 = std::time::Instant::now();
            let plan = house.plan(&seen, &outlook, &free(&period, &price, &bounds, &|_| 0.0));
            plan_time += t1.elapsed().as_secs_f64();
            let mut off = 0.0;
            for isp in period.iter() {
                let moment = moment(period.isp_start(isp), &table, Some(&w));
                let (flow, reading) = house.step(&mut state, &moment, plan[isp.offset()], Cap::NONE);
                house.read(&mut seen, &reading);
                planned += flow.p_w * 0.25e-6 * price[isp.offset()];
                cold += flow.cold_kh;
                off += flow.p_w - plan[isp.offset()];
                let (flow, _) = house.step(&mut other, &moment, f64::NAN, Cap::NONE);
                plain += flow.p_w * 0.25e-6 * price[isp.offset()];
            }
            gap = gap.max((off / plan.iter().sum::<f64>()).abs());
        }
    }
    println!("planned {planned:.2} €, thermostat {plain:.2} €, cold {cold:.2} Kh, energy off {gap:.3}; {:?} plan {:.3} ms", t0.elapsed(), plan_time * 1e3 / 210.0);
}
