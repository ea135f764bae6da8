//! Synthetic weather with a seed: what three measured years of the Lower Rhine have in common, drawn anew.
//!
//! ```text
//! T_day(d) = T̄ + A cos(2π (d − d0)/365.25) + σ_s z(d)         z AR(1) with φ
//! k(d)     = q_s(y(d))                                        daily global irradiance over that of the clear sky
//! y(d)     = ρ_s z(d) + √(1 − ρ_s²) w(d)                      w AR(1), so that y has the correlation φ_k from day to day
//! T(t)     = T_day + ½ R(d) g(t),  R = a_s + b_s k(d)         g a cosine, 1 at 14 h UTC at 6.4° E, −1 at sunrise
//! k(t)     = k(d) exp(s x(t) − s²/2) c(d)                     x AR(1) with 0.80 a quarter, s by k(d), c(d) keeps the day's sum
//! GHI(t)   = k(t) · clear sky, ≤ 0.85 E0 cos z;  DHI by Erbs
//! ```
//!
//! `s` names the season (December to February, and so on). `q_s` goes through the fitted 10, 50 and 90 % quantiles; below it falls
//! exponentially to 0, above it approaches 1.08. `T_day` is linear between noons, through values that keep the mean of each day. Days and hours are those of local mean solar time, rounded to quarters of an hour.
//!
//! An AR(1) series is a weighted sum of keyed draws of the days (quarters) before, cut where weights are below 1e-6: weather does not
//! depend on where a run begins. Sources of the figures: docs/model/weather.md.

use super::clear_sky;
use super::diffuse::Sky;
use super::series::{Series, middle};
use super::sun::{Place, Sun, day_of_year, month};
use crate::rng::Stream;
use crate::time::{SimDuration, SimTime, Steps};

/// Parameters; those with four values have one a season: winter, spring, summer, autumn.
#[derive(Debug, Clone, PartialEq)]
pub struct Climate {
    /// `T̄`.
    pub mean_c: f64,
    /// `A`.
    pub season_k: f64,
    /// `d0`: day of the year that is warmest on average.
    pub warmest_day: f64,
    /// `φ`: correlation of the temperature's anomaly from day to day.
    pub persistence: f64,
    /// `σ_s`: standard deviation of the anomaly.
    pub anomaly_k: [f64; 4],
    /// `q_s`: 10, 50 and 90 % quantiles of `k(d)`.
    pub clearness: [[f64; 3]; 4],
    /// `φ_k`: correlation of the normal score of `k(d)` from day to day.
    pub clearness_persistence: f64,
    /// `ρ_s`: correlation between `y(d)` and `z(d)`.
    pub warm_when_clear: [f64; 4],
    /// Wind speed, m/s; it does not vary.
    pub wind_m_s: f64,
}

impl Default for Climate {
    fn default() -> Climate {
        Climate {
            mean_c: 11.2,
            season_k: 7.7,
            warmest_day: 204.0,
            persistence: 0.785,
            anomaly_k: [4.2, 3.2, 2.85, 2.85],
            clearness: [[0.17, 0.41, 1.0], [0.29, 0.59, 0.96], [0.35, 0.69, 0.96], [0.25, 0.65, 0.99]],
            clearness_persistence: 0.41,
            warm_when_clear: [-0.17, 0.10, 0.50, 0.15],
            wind_m_s: super::measured::USUAL_WIND_M_S,
        }
    }
}

/// `a_s`, `b_s`: daily range of temperature, K.
const RANGE_K: [(f64, f64); 4] = [(2.7, 3.9), (2.7, 9.3), (1.9, 11.0), (2.0, 7.7)];

/// Correlation of `x` from a quarter to the next: `k(t)/k(d)` then has the 0.73 that was measured.
const CLOUD_PERSISTENCE: f64 = 0.80;

/// Standard deviation of the exponential at values of `k(d)`, linear between. Keeping the day's sum and the bound takes some of it: of
/// `k(t)/k(d)` 0.57, 0.53, 0.36 and 0.18 are left.
const SPREAD: [(f64, f64); 4] = [(0.2, 0.65), (0.45, 0.67), (0.72, 0.45), (0.95, 0.19)];

/// Standard normal quantile of 90 %.
const Z90: f64 = 1.281_551_565_544_600_5;

/// What `k(d)` approaches on the clearest days.
const CLEAREST: f64 = 1.08;

/// Most that reaches the ground, as a share of what arrives above the atmosphere.
const MOST_TRANSMITTED: f64 = 0.85;

/// Local mean solar hour of the day's highest temperature.
const WARMEST_H: f64 = 14.43;

const QUARTER: SimDuration = SimDuration::minutes(15);
const DAY_S: i64 = 86_400;
const QUARTERS: usize = 96;

/// Days drawn before the first and after the last.
const EDGE: usize = 3;

/// Weights of a day's mean and its neighbours on both sides in the value at its noon: 1 − δ²/8 + δ⁴/64. The mean over a day of lines
/// between noons is (1 + δ²/8) of the noons.
const SHARPENING: [f64; 3] = [1.0 + 2.0 / 8.0 + 6.0 / 64.0, -1.0 / 8.0 - 4.0 / 64.0, 1.0 / 64.0];

impl Climate {
    /// Air temperature on an average day at `t`, °C, without its daily course.
    #[must_use]
    pub fn usual_c(&self, t: SimTime) -> f64 {
        let year = (day_of_year(t) - self.warmest_day) / 365.25;
        self.mean_c + self.season_k * libm::cos(year * std::f64::consts::TAU)
    }

    /// Mean of `k(d)` in each season: `∫ q_s(u) φ(u) du`.
    #[must_use]
    pub fn usual_clearness(&self) -> [f64; 4] {
        self.clearness.map(|quantiles| {
            let scores = (-100..=100).map(|i| 0.05 * f64::from(i));
            let (sum, weight) = scores.fold((0.0, 0.0), |(sum, weight), u| {
                let density = libm::exp(-0.5 * u * u);
                (sum + density * quantile(&quantiles, u), weight + density)
            });
            sum / weight
        })
    }
}

/// Row of a season: winter, spring, summer, autumn.
#[must_use]
pub fn season(t: SimTime) -> usize {
    (month(t) + 1) % 12 / 3
}

/// Added to numbers of days before 1970 to key draws.
const BEFORE_1970: i64 = 100_000;

/// What a day is drawn as.
#[derive(Debug, Clone, Copy)]
struct Day {
    mean_c: f64,
    range_k: f64,
    clearness: f64,
}

/// Weather of `seed` on quarters of an hour that hold `from` to `until`.
#[must_use]
pub fn synthetic(climate: &Climate, place: Place, seed: u64, from: SimTime, until: SimTime) -> Series {
    // Local mean solar time is UTC and this much.
    let ahead_s = (place.longitude_deg / 15.0 * 4.0).round() as i64 * QUARTER.0;
    let day_of = |t: i64| (t + ahead_s).div_euclid(DAY_S);
    let (first, last) = (day_of(from.0), day_of((until.0 - 1).max(from.0)));
    let count = (last + 1 - first) as usize;
    let begins = |day: i64| SimTime(day * DAY_S - ahead_s);
    // More days on both sides: noons are linked with their neighbours, and sharpened with two more.
    let days = days(climate, seed, first - EDGE as i64, count + 2 * EDGE, &begins);
    let two = |i: usize, n: usize| days[i - n].mean_c + days[i + n].mean_c;
    let sharp = |i: usize| SHARPENING[0] * days[i].mean_c + SHARPENING[1] * two(i, 1) + SHARPENING[2] * two(i, 2);
    let grid = Steps { start: begins(first), step: QUARTER, count: count * QUARTERS };
    let key = |day: i64| (day + BEFORE_1970).unsigned_abs() * QUARTERS as u64;
    let clouds = persistent(&mut Stream::new(seed, "weather", "clouds"), key(first), grid.count, |_| CLOUD_PERSISTENCE);
    let mut series = Series {
        grid,
        place,
        air_c: Vec::with_capacity(grid.count),
        wind_m_s: vec![climate.wind_m_s; grid.count],
        ghi_w_m2: Vec::with_capacity(grid.count),
        dhi_w_m2: Vec::with_capacity(grid.count),
    };
    for d in 0..count {
        let suns: Vec<Sun> = (0..QUARTERS).map(|q| Sun::at(place, middle(&grid, d * QUARTERS + q))).collect();
        let day = &days[d + EDGE];
        let noon = begins(first + d as i64) + SimDuration(DAY_S / 2);
        let sunrise_h = sunrise_h(place, noon);
        for q in 0..QUARTERS {
            let hour = (q as f64 + 0.5) / 4.0;
            let (i, x) = if hour < 12.0 { (d + EDGE - 1, hour / 24.0 + 0.5) } else { (d + EDGE, hour / 24.0 - 0.5) };
            let between = |a: f64, b: f64| a + (b - a) * x;
            let range_k = between(days[i].range_k, days[i + 1].range_k);
            series.air_c.push(between(sharp(i), sharp(i + 1)) + 0.5 * range_k * course(hour, sunrise_h));
        }
        let x = &clouds[d * QUARTERS..][..QUARTERS];
        for (ghi, sun) in light(day.clearness, x, &suns, noon).into_iter().zip(&suns) {
            series.ghi_w_m2.push(ghi);
            series.dhi_w_m2.push(Sky::erbs(ghi, sun).dhi_w_m2);
        }
    }
    series
}

/// Means, ranges and clearness of `count` days from day `first` since 1970 on.
fn days(climate: &Climate, seed: u64, first: i64, count: usize, begins: &dyn Fn(i64) -> SimTime) -> Vec<Day> {
    let noons: Vec<SimTime> = (0..count).map(|d| begins(first + d as i64) + SimDuration(DAY_S / 2)).collect();
    let seasons: Vec<usize> = noons.iter().map(|t| season(*t)).collect();
    let key = (first + BEFORE_1970).unsigned_abs();
    let z = persistent(&mut Stream::new(seed, "weather", "temperature"), key, count, |_| climate.persistence);
    let own = |d: usize| {
        let shared = climate.warm_when_clear[seasons[d]] * climate.warm_when_clear[seasons[d]];
        ((climate.clearness_persistence - shared * climate.persistence) / (1.0 - shared).max(1e-9)).clamp(0.0, 0.95)
    };
    let w = persistent(&mut Stream::new(seed, "weather", "clearness"), key, count, own);
    let day = |d: usize| {
        let s = seasons[d];
        let rho = climate.warm_when_clear[s];
        let clearness = quantile(&climate.clearness[s], rho * z[d] + libm::sqrt(1.0 - rho * rho) * w[d]);
        let mean_c = climate.usual_c(noons[d]) + climate.anomaly_k[s] * z[d];
        let (a, b) = RANGE_K[s];
        Day { mean_c, range_k: a + b * clearness, clearness }
    };
    (0..count).map(day).collect()
}

/// A standard normal AR(1) series over ordinals from `first` on: `√(1 − φ²) Σ_j φ^j n(i − j)`.
fn persistent(draws: &mut Stream, first: u64, count: usize, phi: impl Fn(usize) -> f64) -> Vec<f64> {
    const NEGLIGIBLE: f64 = 1e-6;
    let most = (0..count).map(&phi).fold(0.0, f64::max);
    let reach = if most > 0.0 { (libm::log(NEGLIGIBLE) / libm::log(most)).ceil() as usize } else { 0 };
    let noise: Vec<f64> = (0..count + reach).map(|i| draws.at(first - reach as u64 + i as u64).normal()).collect();
    let value = |i: usize| {
        let phi = phi(i);
        let (mut sum, mut weight, mut j) = (0.0, 1.0, 0);
        // As far back as this step's own weights count, so that neighbours in time do not matter.
        while weight > NEGLIGIBLE && j <= reach {
            sum += weight * noise[i + reach - j];
            weight *= phi;
            j += 1;
        }
        libm::sqrt(1.0 - phi * phi) * sum
    };
    (0..count).map(value).collect()
}

/// `q_s`: the clearness whose normal score is `u`.
fn quantile(&[q10, q50, q90]: &[f64; 3], u: f64) -> f64 {
    let (below, above) = ((q50 - q10) / Z90, (q90 - q50) / Z90);
    if u < -Z90 {
        q10 * libm::exp((u + Z90) * below / q10)
    } else if u <= 0.0 {
        q50 + u * below
    } else if u <= Z90 {
        q50 + u * above
    } else {
        let room = (CLEAREST - q90).max(1e-3);
        CLEAREST - room * libm::exp(-(u - Z90) * above / room)
    }
}

/// Global irradiance of a day's quarters, W/m².
fn light(clearness: f64, x: &[f64], suns: &[Sun], noon: SimTime) -> Vec<f64> {
    let sigma = spread(clearness);
    let s = libm::sqrt(libm::log(1.0 + sigma * sigma));
    let clear: Vec<f64> = suns.iter().map(|sun| clear_sky::global_w_m2(sun, noon)).collect();
    let most: Vec<f64> = suns.iter().map(|sun| MOST_TRANSMITTED * sun.extraterrestrial_w_m2 * sun.up.max(0.0)).collect();
    let raw: Vec<f64> = x.iter().zip(&clear).map(|(x, c)| c * libm::exp(s * x - 0.5 * s * s)).collect();
    let wanted = clearness * clear.iter().sum::<f64>();
    let mut scale = clearness;
    let bounded = |scale: f64| raw.iter().zip(&most).map(move |(r, m)| (scale * r).min(*m));
    // What the bound takes from bright quarters goes to the others; each pass brings the sum nearer.
    for _ in 0..30 {
        let sum: f64 = bounded(scale).sum();
        if sum <= 0.0 || (sum - wanted).abs() < 1e-6 * wanted {
            break;
        }
        scale *= wanted / sum;
    }
    bounded(scale).collect()
}

fn spread(clearness: f64) -> f64 {
    let [first, .., last] = SPREAD;
    let k = clearness.clamp(first.0, last.0);
    let at = SPREAD.windows(2).find(|w| k <= w[1].0).expect("k lies within the table");
    at[0].1 + (at[1].1 - at[0].1) * (k - at[0].0) / (at[1].0 - at[0].0)
}

/// `g`: course of temperature over a day, mean 0.
fn course(hour: f64, sunrise_h: f64) -> f64 {
    let pi = std::f64::consts::PI;
    if (sunrise_h..WARMEST_H).contains(&hour) {
        return -libm::cos(pi * (hour - sunrise_h) / (WARMEST_H - sunrise_h));
    }
    let since = if hour < sunrise_h { hour + 24.0 - WARMEST_H } else { hour - WARMEST_H };
    libm::cos(pi * since / (24.0 + sunrise_h - WARMEST_H))
}

/// Local mean solar hour at which the sun rises, from the declination at noon; at 2 at the earliest, at 10 at the latest.
fn sunrise_h(place: Place, noon: SimTime) -> f64 {
    let phi = place.latitude_deg.to_radians();
    let delta = phi + libm::asin(Sun::at(place, noon).north.clamp(-1.0, 1.0));
    let half_day = libm::acos((-libm::tan(phi) * libm::tan(delta)).clamp(-1.0, 1.0)).to_degrees() / 15.0;
    (12.0 - half_day).clamp(2.0, 10.0)
}
