//! Diffuse and direct irradiance from global irradiance: Erbs, Klein and Duffie (1982).
//!
//! ```text
//! kt = GHI / (E0 cos z), cos z ≥ 0.065, kt ≤ 1
//! DHI/GHI = 1 − 0.09 kt                                               kt ≤ 0.22
//!           0.9511 − 0.1604 kt + 4.388 kt² − 16.638 kt³ + 12.336 kt⁴  kt ≤ 0.8
//!           0.165                                                     above
//! DNI = (GHI − DHI)/cos z;  above 87° zenith all is diffuse
//! ```

use super::sun::Sun;

/// Irradiance on the ground in its parts, W/m².
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Sky {
    /// Global, on the horizontal.
    pub ghi_w_m2: f64,
    /// Diffuse, on the horizontal.
    pub dhi_w_m2: f64,
    /// Direct, on a plane that faces the sun.
    pub dni_w_m2: f64,
}

/// Cosine of 87°: a lower sun gives no direct part that could be told from the diffuse one.
pub const LOWEST_DIRECT: f64 = 0.052_335_956_242_943_83;

impl Sky {
    /// Global and diffuse irradiance as given. Diffuse above global counts as global.
    #[must_use]
    #[inline]
    pub fn measured(ghi_w_m2: f64, dhi_w_m2: f64, sun: &Sun) -> Sky {
        if sun.up < LOWEST_DIRECT || dhi_w_m2 >= ghi_w_m2 {
            return Sky { ghi_w_m2, dhi_w_m2: ghi_w_m2, dni_w_m2: 0.0 };
        }
        Sky { ghi_w_m2, dhi_w_m2, dni_w_m2: (ghi_w_m2 - dhi_w_m2) / sun.up }
    }

    /// Global irradiance split by Erbs.
    #[must_use]
    pub fn erbs(ghi_w_m2: f64, sun: &Sun) -> Sky {
        Sky::measured(ghi_w_m2, ghi_w_m2 * diffuse_fraction(clearness(ghi_w_m2, sun)), sun)
    }
}

/// `kt`: global irradiance as a share of that outside the atmosphere.
#[must_use]
pub fn clearness(ghi_w_m2: f64, sun: &Sun) -> f64 {
    (ghi_w_m2 / (sun.extraterrestrial_w_m2 * sun.up.max(0.065))).clamp(0.0, 1.0)
}

fn diffuse_fraction(kt: f64) -> f64 {
    if kt <= 0.22 {
        1.0 - 0.09 * kt
    } else if kt <= 0.8 {
        0.9511 + kt * (-0.1604 + kt * (4.388 + kt * (-16.638 + kt * 12.336)))
    } else {
        0.165
    }
}
