//! What single devices do in a step, and what is drawn for them.

use copperplate::asset::curtailable::Curtailable;
use copperplate::asset::fixed::Series;
use copperplate::asset::vehicle::{Habits, sessions, slots};
use copperplate::asset::{Cap, Device, Session, State};
use copperplate::ids::ProfileIdx;
use copperplate::scenario::schema::Batteries;
use copperplate::time::{IspCalendar, SimDuration};
use jiff::civil::{Date, date};

use crate::sim_support::{study, summer};

/// Curtailed to a share of its power, a plant has that share of its reactive power.
#[test]
fn reactive_power_goes_with_active_power() {
    let study = &summer().study;
    let noon = study.periods[0].start + SimDuration::hours(12);
    let shape = study.devices.iter().find_map(|d| if let Device::Curtailable(c) = &d.device { Some(c.series) } else { None });
    let shape = shape.expect("the scenario has PV");
    let profile: Option<ProfileIdx> = shape.p_profile;
    let plant = Device::Curtailable(Curtailable { series: Series { q_nominal_var: 0.4 * shape.p_nominal_w, q_profile: profile, ..shape } });
    let act = |cap: Cap| plant.step(&mut State::Curtailable(()), &study.moment(noon), f64::NEG_INFINITY, cap).0;
    let free = act(Cap::NONE);
    assert!(free.p_w < 0.0 && (free.q_var - 0.4 * free.p_w).abs() < 1e-9);
    for share in [0.0, 0.25, 0.8] {
        let held = act(Cap { feed_in_w: -share * free.p_w, ..Cap::NONE });
        assert!((held.p_w - share * free.p_w).abs() < 1e-9, "{} W", held.p_w);
        assert!((held.q_var - share * free.q_var).abs() < 1e-9, "{} var at {share}", held.q_var);
        assert!((held.capped_w - (free.p_w - held.p_w)).abs() < 1e-9);
    }
}

/// Announced arrivals and departures scatter around the habits of the scenario.
#[test]
fn sessions_are_drawn_around_the_usual_hours() {
    let habits = Habits::default();
    let calendar = IspCalendar::new("Europe/Amsterdam", 15).expect("a zone of the world");
    let days: Vec<Date> = (11..=15).map(|day| date(2016, 1, day)).collect();
    let mut hours: [Vec<f64>; 2] = [Vec::new(), Vec::new()];
    for car in 0..400 {
        for evening in sessions(&habits, 7, &format!("ev:{car}"), 11e3, &calendar, &days) {
            for (of, t) in hours.iter_mut().zip([evening.announced.arrival, evening.announced.departure]) {
                let time = calendar.local_time(t);
                of.push(f64::from(time.hour()) + f64::from(time.minute()) / 60.0);
            }
        }
    }
    let share = hours[0].len() as f64 / 2000.0;
    assert!((share - habits.plug_in).abs() < 0.03, "{share} of days");
    for (of, mean_h, sigma_h) in [(&hours[0], habits.arrival_h, habits.arrival_sigma_h), (&hours[1], habits.departure_h, 0.75)] {
        let mean = of.iter().sum::<f64>() / of.len() as f64;
        let sigma = (of.iter().map(|h| (h - mean) * (h - mean)).sum::<f64>() / of.len() as f64).sqrt();
        // Four standard errors of 400 vehicles' habits.
        assert!((mean - mean_h).abs() < 4.0 * sigma_h / 20.0, "{mean} h");
        assert!((sigma / sigma_h - 1.0).abs() < 0.2, "{sigma} h");
    }
}

/// The data sheet of a battery has its power both ways.
#[test]
fn a_battery_is_rated_both_ways() {
    let study = study("winter-evening.toml", 1, |s| {
        s.feeder.batteries = Some(Batteries::new(0.5, 3.0, 8.0));
    });
    let rated: Vec<(f64, f64)> =
        study.devices.iter().filter(|d| matches!(d.device, Device::Battery(_))).map(|d| d.device.rated_w()).collect();
    assert!(!rated.is_empty() && rated.iter().all(|r| *r == (3e3, 3e3)), "{rated:?}");
}

/// A vehicle charges in the whole ISPs of its stay, within the horizon.
#[test]
fn a_stay_has_the_whole_isps_between_arrival_and_departure() {
    let calendar = IspCalendar::new("Europe/Amsterdam", 15).expect("a zone of the world");
    let period = calendar.period(date(2016, 1, 12));
    let stay = |from_min: i64, to_min: i64| {
        let at = |minutes: i64| period.start + SimDuration::minutes(minutes);
        slots(&Session { arrival: at(from_min), departure: at(to_min), energy_wh: 1.0 }, &period, 144)
    };
    assert_eq!(stay(20 * 60, 31 * 60), 80..124);
    assert_eq!(stay(20 * 60 + 1, 31 * 60 + 14), 81..124);
    assert_eq!(stay(-60, 7 * 60), 0..28);
    assert_eq!(stay(20 * 60, 48 * 60), 80..144, "no further than the horizon");
    assert!(stay(61, 74).is_empty(), "no ISP is whole");
}
