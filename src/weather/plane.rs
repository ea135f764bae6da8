//! Irradiance on a tilted plane: Hay and Davies (1980), or an isotropic sky.
//!
//! ```text
//! cos θ = cos z cos β + sin z sin β cos(azimuth of the sun − of the plane)      angle of incidence θ, tilt β
//! A = DNI/E0                                                                    share of diffuse light from around the sun
//! Rb = max(cos θ, 0)/max(cos z, 0.01745)
//! G = DNI max(cos θ, 0) + DHI [A Rb + (1 − A)(1 + cos β)/2] + ρ GHI (1 − cos β)/2
//! ```
//!
//! The isotropic sky is A = 0. Horizons and shading are left out.

use super::diffuse::Sky;
use super::sun::Sun;

/// A plane that light falls on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Plane {
    normal_east: f64,
    normal_north: f64,
    normal_up: f64,
    /// `(1 + cos β)/2`: share of the sky that it sees.
    sky: f64,
    /// `ρ (1 − cos β)/2`: share of global irradiance that the ground throws back to it.
    ground: f64,
}

/// Light on a plane.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OnPlane {
    /// `cos θ`; negative where the sun is behind the plane.
    pub cos_incidence: f64,
    /// `DNI max(cos θ, 0)`.
    pub direct_w_m2: f64,
    /// `G`: all of it.
    pub total_w_m2: f64,
}

/// `ρ` of ordinary ground.
pub const ALBEDO: f64 = 0.2;

impl Plane {
    /// A plane of `tilt_deg` (0 lies flat, 90 stands) that faces `azimuth_deg` (from north, clockwise), over ground that throws back
    /// `albedo`.
    #[must_use]
    pub fn new(tilt_deg: f64, azimuth_deg: f64, albedo: f64) -> Plane {
        let (b, a) = (tilt_deg.to_radians(), azimuth_deg.to_radians());
        let (sin_b, cos_b) = (libm::sin(b), libm::cos(b));
        Plane {
            normal_east: sin_b * libm::sin(a),
            normal_north: sin_b * libm::cos(a),
            normal_up: cos_b,
            sky: 0.5 * (1.0 + cos_b),
            ground: 0.5 * albedo * (1.0 - cos_b),
        }
    }

    /// `cos θ`.
    #[must_use]
    #[inline]
    pub fn cos_incidence(&self, sun: &Sun) -> f64 {
        self.normal_east * sun.east + self.normal_north * sun.north + self.normal_up * sun.up
    }

    /// By Hay and Davies.
    #[must_use]
    #[inline]
    pub fn hay_davies(&self, sun: &Sun, sky: &Sky) -> OnPlane {
        self.lit(sun, sky, sky.dni_w_m2 / sun.extraterrestrial_w_m2)
    }

    /// Under a sky that shines alike from everywhere.
    #[must_use]
    pub fn isotropic(&self, sun: &Sun, sky: &Sky) -> OnPlane {
        self.lit(sun, sky, 0.0)
    }

    #[inline]
    fn lit(&self, sun: &Sun, sky: &Sky, a: f64) -> OnPlane {
        let cos_incidence = self.cos_incidence(sun);
        let facing = cos_incidence.max(0.0);
        let rb = facing / sun.up.max(0.01745);
        let direct_w_m2 = sky.dni_w_m2 * facing;
        let diffuse = sky.dhi_w_m2 * (a * rb + (1.0 - a) * self.sky);
        OnPlane { cos_incidence, direct_w_m2, total_w_m2: direct_w_m2 + diffuse + sky.ghi_w_m2 * self.ground }
    }
}
