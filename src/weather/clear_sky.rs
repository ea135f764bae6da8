//! Irradiance under a sky without clouds: Haurwitz (1945), brought to the level of Ineichen's model with Linke turbidity 3.0.
//!
//! ```text
//! GHI = 1098 cos z exp(−0.057 / cos z) / ratio(month)    W/m²
//! ```
//!
//! Haurwitz alone is 4–5 % above Ineichen in summer and 12–17 % in midwinter at 51° N; the ratios are those of monthly sums.

use super::sun::{Sun, month};
use crate::time::SimTime;

/// Monthly sums of Haurwitz over those of Ineichen, January first.
const RATIO: [f64; 12] = [1.13, 1.07, 1.04, 1.04, 1.04, 1.05, 1.05, 1.05, 1.06, 1.07, 1.12, 1.17];

/// Haurwitz's global irradiance on the ground, W/m².
#[must_use]
pub fn haurwitz_w_m2(sun: &Sun) -> f64 {
    if sun.up <= 0.0 { 0.0 } else { 1098.0 * sun.up * libm::exp(-0.057 / sun.up) }
}

/// Global irradiance of a clear sky at `t`, W/m².
#[must_use]
pub fn global_w_m2(sun: &Sun, t: SimTime) -> f64 {
    haurwitz_w_m2(sun) / RATIO[month(t)]
}
