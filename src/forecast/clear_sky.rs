//! Feed-in of PV as clear-sky irradiance times a forecast cloud index, with a gain that is learned.
//!
//! ```text
//! P̂(t) = g(slot) · Ĝ(t),   Ĝ = k̂(t) · G_clear(t)          g(slot) = Σ_d P(d, slot) / Σ_d G(d, slot)   over the days known
//! ```
//!
//! `G` is the horizontal irradiance that was measured, `G_clear` that of a clear sky, `k̂` a forecast of their ratio. The gain of each
//! slot of the clock holds modules, orientation, inverter and losses of the portfolio, as they were on average over those days; it does
//! not know how the part of direct light changes with the clouds. Slots without light have no gain. The error of a known day is that
//! against the forecast of its eve, with the gain of the other days.

use super::history::History;
use super::quantile::Errors;

/// Irradiation below which a slot teaches nothing, W/m² summed over the days.
const DARK: f64 = 1.0;

/// Irradiance on the horizontal, W/m².
#[derive(Debug, Clone, Copy)]
pub struct Light<'a> {
    /// As measured on the days known, `[day · slots + slot]`.
    pub known: &'a [f64],
    /// As it was foreseen for them on their eves.
    pub foreseen: &'a [f64],
    /// As it is foreseen for the day to forecast, by slot.
    pub target: &'a [f64],
}

/// What is expected of the day to forecast, with the errors on the days known; no days, no forecast.
#[must_use]
pub fn forecast(history: &History, light: &Light<'_>) -> Option<(Vec<f64>, Errors)> {
    let slots = history.slots;
    if history.days() == 0 {
        return None;
    }
    let (mut power, mut known) = (vec![0.0; slots], vec![0.0; slots]);
    for (k, (p, g)) in history.values.iter().zip(light.known).enumerate() {
        power[k % slots] += p;
        known[k % slots] += g;
    }
    let gain = |power: f64, light: f64| if light > DARK { power / light } else { 0.0 };
    let of_slot = |q: usize| gain(power[q], known[q]) * light.target[q];
    let left_out = |(k, (p, g)): (usize, (&f64, &f64))| p - gain(power[k % slots] - p, known[k % slots] - g) * light.foreseen[k];
    let errors = history.values.iter().zip(light.known).enumerate().map(left_out).collect();
    Some(((0..slots).map(of_slot).collect(), Errors { slots, values: errors }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_follows_the_light_is_foreseen_from_it() {
        let known = [0.0, 200.0, 600.0, 0.0, 100.0, 300.0];
        let values = known.iter().map(|g| -5.0 * g).collect();
        let history = History { kinds: vec![0, 1], days_of_year: vec![1, 2], slots: 3, values };
        let light = Light { known: &known, foreseen: &[0.0, 180.0, 600.0, 0.0, 100.0, 330.0], target: &[50.0, 200.0, 200.0] };
        let (expected, errors) = forecast(&history, &light).unwrap();
        assert_eq!(expected, [0.0, -1000.0, -1000.0]);
        assert_eq!(errors.values, [0.0, -100.0, 0.0, 0.0, 0.0, 150.0]);
    }
}
