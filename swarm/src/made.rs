//! Small made feeders: a transformer, a few cables in a row, a handful of homes with loads, PV, heat pumps.

use copperplate::time::IspCalendar;
use jiff::civil::{Date, Time};

use crate::case;
use crate::dice::Dice;

/// A feeder of one transformer `T` and cables `L1 … Ln` in a row (a fork where there are three).
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Made {
    pub(crate) zone: &'static str,
    /// Local day on which the profiles begin.
    pub(crate) start: Date,
    pub(crate) step_minutes: u64,
    pub(crate) transformer_va: f64,
    pub(crate) cables: Vec<Cable>,
    pub(crate) homes: Vec<Home>,
    pub(crate) assets: Vec<Asset>,
    /// Names and values.
    pub(crate) profiles: Vec<(&'static str, Vec<f64>)>,
    /// Zero-sequence data and single-phase homes.
    pub(crate) three_phase: bool,
}

/// From a bus to bus `k + 1` of the row; bus 0 is the transformer's.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Cable {
    pub(crate) from: usize,
    pub(crate) r_ohm: f64,
    pub(crate) rated_a: f64,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Home {
    pub(crate) id: String,
    pub(crate) bus: usize,
    pub(crate) phases: &'static str,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Asset {
    pub(crate) id: String,
    pub(crate) home: String,
    pub(crate) kind: &'static str,
    pub(crate) p_w: f64,
    pub(crate) q_var: f64,
    pub(crate) profile: &'static str,
}

/// What else is behind the meters, for the size of transformer and cables: kW a home, consuming.
pub(crate) struct Expected {
    pub(crate) consuming_kw: f64,
}

impl Made {
    /// A feeder for the days of a run.
    pub(crate) fn draw(dice: &mut Dice, time: &case::Time, expected: &Expected) -> Made {
        let three_phase = dice.chance(0.2);
        let (start, step_minutes, steps) = grid_of_time(dice, time);
        let profiles = vec![
            ("home", home(dice, steps, step_minutes)),
            ("shop", home(dice, steps, step_minutes)),
            ("sun", sun(dice, steps, step_minutes)),
            ("heat", (0..steps).map(|_| dice.between(0.1, 1.0)).collect()),
        ];
        let cables = dice.whole(1, 3) as usize;
        let count = dice.whole(2, 9) as usize;
        let sunny = dice.chance(0.6);
        let (mut homes, mut assets) = (Vec::new(), Vec::new());
        for k in 0..count {
            let id = format!("h{k}");
            let phases = if three_phase { dice.pick(&["a", "b", "c", "abc"]) } else { "abc" };
            let mut asset = |kind, p_w: f64, q_var, profile| {
                assets.push(Asset { id: format!("{kind}-{id}"), home: id.clone(), kind, p_w, q_var, profile });
            };
            let load_w = dice.between(0.5, 6.0) * 1e3;
            asset("load", load_w, 0.3 * load_w, dice.pick(&["home", "shop"]));
            if sunny && dice.chance(0.6) {
                asset(if dice.chance(0.2) { "plant" } else { "pv" }, -dice.between(2.0, 25.0) * 1e3, 0.0, "sun");
            }
            if dice.chance(0.2) {
                asset("heat-pump", dice.between(1.0, 6.0) * 1e3, 500.0, "heat");
            }
            homes.push(Home { bus: dice.whole(0, cables as u64) as usize, id, phases });
        }
        let fork = dice.chance(0.3);
        let cable = |k: usize| Cable { from: if fork && k == 2 { 1 } else { k }, r_ohm: 0.01, rated_a: 1.0 };
        let mut made = Made {
            zone: time.zone,
            start,
            step_minutes,
            transformer_va: 0.0,
            cables: (0..cables).map(cable).collect(),
            homes,
            assets,
            profiles,
            three_phase,
        };
        let all: Vec<usize> = (0..=cables).collect();
        made.transformer_va = (made.peak_w(&all, expected) * tightness(dice) / 100.0).ceil().max(50.0) * 100.0;
        for k in 0..cables {
            let peak_a = made.peak_w(&made.behind(k), expected) / (3.0_f64.sqrt() * 400.0);
            made.cables[k].rated_a = (peak_a * tightness(dice)).ceil().max(10.0);
            // A few per cent of voltage at full current.
            made.cables[k].r_ohm = dice.between(1.0, 4.0) * 2.3 / made.cables[k].rated_a.max(peak_a).max(10.0);
        }
        made
    }

    /// Buses behind cable `k`.
    pub(crate) fn behind(&self, k: usize) -> Vec<usize> {
        let mut buses = vec![k + 1];
        for (later, cable) in self.cables.iter().enumerate().skip(k + 1) {
            if buses.contains(&cable.from) {
                buses.push(later + 1);
            }
        }
        buses
    }

    /// Roughly the most that flows to or from the homes at some buses.
    fn peak_w(&self, buses: &[usize], expected: &Expected) -> f64 {
        let homes: Vec<&Home> = self.homes.iter().filter(|h| buses.contains(&h.bus)).collect();
        let here: Vec<&Asset> = self.assets.iter().filter(|a| homes.iter().any(|h| h.id == a.home)).collect();
        let of = |name: &str| &self.profiles.iter().find(|(n, _)| *n == name).expect("a profile of the feeder").1;
        let steps = self.profiles[0].1.len();
        let net = |s: usize| here.iter().map(|a| a.p_w * of(a.profile)[s]).sum::<f64>();
        let (mut most, mut least) = (0.0_f64, 0.0_f64);
        for s in 0..steps {
            most = most.max(net(s));
            least = least.min(net(s));
        }
        (most + 0.6 * homes.len() as f64 * expected.consuming_kw * 1e3).max(-least)
    }
}

/// Rating over expected peak.
fn tightness(dice: &mut Dice) -> f64 {
    dice.pick(&[0.4, 0.55, 0.7, 0.85, 1.2])
}

/// When profiles begin, how long their steps are, and how many there are.
fn grid_of_time(dice: &mut Dice, time: &case::Time) -> (Date, u64, usize) {
    let finer = dice.chance(0.2);
    let candidates: Vec<u64> = [5, 10, 15, 30, 60].into_iter().filter(|m| (*m < time.step_minutes) == finer).collect();
    let step_minutes = if candidates.is_empty() || dice.chance(0.4) && !finer { time.step_minutes } else { dice.pick(&candidates) };
    // Persistence looks 48 h back; sometimes there is nothing to look back at.
    let back = dice.pick(&[0, 2, 2, 2, 3]);
    let mut start = time.from;
    for _ in 0..back {
        start = start.yesterday().expect("a year above 1");
    }
    let calendar = IspCalendar::new(time.zone, 15).expect("a zone of the database");
    let end = time.dates().last().expect("a day at least").tomorrow().expect("a year below 9999");
    let seconds = (calendar.at(end, Time::midnight()) - calendar.at(start, Time::midnight())).0;
    (start, step_minutes, (seconds as u64).div_ceil(step_minutes * 60) as usize)
}

fn hour(step: usize, step_minutes: u64) -> f64 {
    (step as u64 * step_minutes % 1440) as f64 / 60.0
}

/// Nights, mornings, evenings, and noise.
fn home(dice: &mut Dice, steps: usize, step_minutes: u64) -> Vec<f64> {
    let (morning, evening) = (dice.between(6.0, 9.0), dice.between(17.0, 21.0));
    let bump = |h: f64, at: f64, width: f64| (1.0 - (h - at).abs() / width).max(0.0);
    let value = |s: usize, noise: f64| {
        let h = hour(s, step_minutes);
        0.15 + 0.4 * bump(h, morning, 2.0) + 0.7 * bump(h, evening, 3.0) + noise
    };
    (0..steps).map(|s| round(value(s, dice.between(0.0, 0.2)))).collect()
}

/// Days with and without clouds.
fn sun(dice: &mut Dice, steps: usize, step_minutes: u64) -> Vec<f64> {
    let mut clear = 1.0;
    let per_day = (1440 / step_minutes) as usize;
    (0..steps)
        .map(|s| {
            if s % per_day == 0 {
                clear = dice.between(0.3, 1.0);
            }
            let up = (1.0 - (hour(s, step_minutes) - 13.0).abs() / 6.5).max(0.0);
            round(up.min(0.9) * clear * dice.between(0.85, 1.0))
        })
        .collect()
}

fn round(x: f64) -> f64 {
    (x * 1e4).round() / 1e4
}
