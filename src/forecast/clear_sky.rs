//! Feed-in of PV as clear-sky irradiance times a forecast cloud index, with a gain that is learned.
//!
//! ```text
//! P̂(t) = g(slot) · k̂(t) · G_clear(t)          g(slot) = Σ_d P(d, slot) / Σ_d G(d, slot)   over the days known
//! ```
//!
//! `G` is the horizontal irradiance that was measured, `G_clear` that of a clear sky, `k̂` a forecast of their ratio. The gain of each
//! slot of the clock holds modules, orientation, inverter and losses of the portfolio, as they were on average over those days; it does
//! not know how the part of direct light changes with the clouds. Slots without light have no gain.

/// Irradiation below which a slot teaches nothing, W/m² summed over the days.
const DARK: f64 = 1.0;

/// Feed-in per irradiance by slot, W per W/m², from powers and irradiances of the days known, `[day · slots + slot]`.
#[must_use]
pub fn gains(slots: usize, power_w: &[f64], irradiance: &[f64]) -> Vec<f64> {
    let (mut power, mut light) = (vec![0.0; slots], vec![0.0; slots]);
    for (k, (p, g)) in power_w.iter().zip(irradiance).enumerate() {
        power[k % slots] += p;
        light[k % slots] += g;
    }
    power.iter().zip(&light).map(|(p, g)| if *g > DARK { p / g } else { 0.0 }).collect()
}

/// Expected power of each slot of a day, W, from the clear-sky irradiance and cloud index of each.
#[must_use]
pub fn forecast(gains: &[f64], clear: &[f64], cloud_index: &[f64]) -> Vec<f64> {
    gains.iter().zip(clear).zip(cloud_index).map(|((g, clear), k)| g * k * clear).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_follows_the_light_is_foreseen_from_it() {
        let irradiance = [0.0, 200.0, 600.0, 0.0, 100.0, 300.0];
        let power: Vec<f64> = irradiance.iter().map(|g| -5.0 * g).collect();
        let g = gains(3, &power, &irradiance);
        assert_eq!(forecast(&g, &[50.0, 400.0, 800.0], &[1.0, 0.5, 0.25]), [0.0, -1000.0, -1000.0]);
    }
}
