//! Forecasts of the weather: what will be, with an error that grows with the horizon and is the same for everybody.
//!
//! ```text
//! T̂(t) = T(t) + σ_T √(h/24) · X_T(t)          k̂(t) = clamp(k(t) + σ_k √(h/24) · X_k(t), 0, 1.2)
//! ```
//!
//! `X` are unit processes as in [`synthetic`](super::synthetic), `h` the hours from issue to `t`, at most 36. A later vintage has a
//! smaller version of the same error. Defaults: σ_T 1.5 K and σ_k 0.15 a day ahead, correlated over 12 and 3 hours; assumptions in the
//! range of published verification of day-ahead weather models.

use crate::rng::Stream;
use crate::time::{SimDuration, SimTime, Steps};

use super::synthetic::{QUARTER, ar1};

/// Most that a cloud index is forecast to be; above 1 lies what clouds reflect.
const BRIGHTEST: f64 = 1.2;

/// How wrong forecasts of the weather are.
#[derive(Debug, Clone, PartialEq)]
pub struct WeatherError {
    /// Standard deviation of temperature a day ahead, K.
    pub temperature_k: f64,
    /// Standard deviation of the cloud index a day ahead.
    pub cloud: f64,
}

impl Default for WeatherError {
    fn default() -> WeatherError {
        WeatherError { temperature_k: 1.5, cloud: 0.15 }
    }
}

/// The errors of a run's forecasts of the weather.
#[derive(Debug, Clone)]
pub struct Outlooks {
    sigma: WeatherError,
    quarters: Steps,
    temperature: Vec<f64>,
    cloud: Vec<f64>,
}

impl Outlooks {
    /// The errors from `from` until `until`.
    #[must_use]
    pub fn new(sigma: WeatherError, seed: u64, from: SimTime, until: SimTime) -> Outlooks {
        let quarters = Steps::touching(from, until, QUARTER);
        let process = |purpose: &str, hours| ar1(SimDuration::hours(hours), Stream::new(seed, "weather-forecast", purpose), &quarters);
        Outlooks { temperature: process("temperature", 12), cloud: process("cloud", 3), quarters, sigma }
    }

    fn error(&self, unit: &[f64], sigma: f64, t: SimTime, issued: SimTime) -> f64 {
        let horizon_h = (t - issued).as_hours().clamp(0.0, 36.0);
        sigma * libm::sqrt(horizon_h / 24.0) * unit[self.quarters.index(t)]
    }

    /// The temperature that a forecast issued at `issued` gives for `t`, °C.
    #[must_use]
    pub fn temperature_c(&self, truth_c: f64, t: SimTime, issued: SimTime) -> f64 {
        truth_c + self.error(&self.temperature, self.sigma.temperature_k, t, issued)
    }

    /// The cloud index (irradiance as a fraction of clear sky) that it gives.
    #[must_use]
    pub fn cloud_index(&self, truth: f64, t: SimTime, issued: SimTime) -> f64 {
        (truth + self.error(&self.cloud, self.sigma.cloud, t, issued)).clamp(0.0, BRIGHTEST)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_error_grows_with_the_horizon_and_vanishes_at_none() {
        let until = SimTime(86_400 * 400);
        let o = Outlooks::new(WeatherError::default(), 3, SimTime(0), until);
        let times = || (0..400 * 96).map(|k| SimTime(900 * k));
        let rms = |hours: i64| {
            let error = |t: SimTime| o.temperature_c(7.0, t, t - SimDuration::hours(hours)) - 7.0;
            libm::sqrt(times().map(|t| error(t) * error(t)).sum::<f64>() / (400.0 * 96.0))
        };
        assert!(rms(0) < 1e-12);
        assert!((rms(24) - 1.5).abs() < 0.15, "{}", rms(24));
        assert!((rms(6) - 0.5 * rms(24)).abs() < 1e-9);
        assert!(times().all(|t| (0.0..=BRIGHTEST).contains(&o.cloud_index(0.1, t, t - SimDuration::hours(30)))));
    }
}
