//! Where the sun stands, by the formulas of NOAA's solar calculator (after Meeus, Astronomical Algorithms), without refraction.
//!
//! With T in Julian centuries since 2000-01-01T12:00Z, φ the latitude, λE the longitude (east positive), all angles in degrees:
//!
//! ```text
//! L = 280.46646 + 36000.76983 T + 0.0003032 T²      mean longitude
//! M = 357.52911 + 35999.05029 T − 0.0001537 T²      mean anomaly
//! e = 0.016708634 − 0.000042037 T                   eccentricity
//! Ω = 125.04 − 1934.136 T                           lunar node
//! λ = L + (1.914602 − 0.004817 T) sin M + 0.019993 sin 2M + 0.000289 sin 3M − 0.00569 − 0.00478 sin Ω
//! ε = 23.439291 − 0.0130042 T + 0.00256 cos Ω       obliquity
//! sin δ = sin ε sin λ                               declination
//! y = tan²(ε/2);  Q = 4 (y sin 2L − 2e sin M + 4 e y sin M cos 2L − ½ y² sin 4L − 1.25 e² sin 2M)   equation of time, min
//! H = (minutes of the UTC day + Q + 4 λE)/4 − 180   hour angle
//! east = −cos δ sin H,  north = sin δ cos φ − cos δ sin φ cos H,  up = sin δ sin φ + cos δ cos φ cos H
//! ```
//!
//! `up` is cos z of the zenith angle z; the azimuth is that of (east, north). The irradiance outside the atmosphere follows Spencer
//! (1971) with 1366.1 W/m²: with B = 2π (day of year − 1)/365,
//! E0 = 1366.1 (1.00011 + 0.034221 cos B + 0.00128 sin B + 0.000719 cos 2B + 0.000077 sin 2B).

use jiff::tz::Offset;

use crate::time::SimTime;

/// A place on the ground.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Place {
    /// North positive.
    pub latitude_deg: f64,
    /// East positive.
    pub longitude_deg: f64,
}

/// The sun at an instant, seen from a place: a unit vector towards it, and how strong it is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sun {
    /// Component towards east.
    pub east: f64,
    /// Component towards north.
    pub north: f64,
    /// Component upwards: the cosine of the zenith angle, negative at night.
    pub up: f64,
    /// `E0`: irradiance on a plane that faces the sun, outside the atmosphere.
    pub extraterrestrial_w_m2: f64,
}

/// 2000-01-01T12:00:00Z in seconds since 1970.
const EPOCH_S: i64 = 946_728_000;

const DAY_S: i64 = 86_400;

impl Sun {
    /// The sun at `t` over `place`.
    #[must_use]
    pub fn at(place: Place, t: SimTime) -> Sun {
        let (sin, cos) = (|deg: f64| libm::sin(deg.to_radians()), |deg: f64| libm::cos(deg.to_radians()));
        let c = (t.0 - EPOCH_S) as f64 / (36_525.0 * DAY_S as f64);
        let l = 280.46646 + 36_000.769_83 * c + 0.000_303_2 * c * c;
        let m = 357.52911 + 35_999.050_29 * c - 0.000_153_7 * c * c;
        let e = 0.016_708_634 - 0.000_042_037 * c;
        let node = 125.04 - 1934.136 * c;
        let lambda = l + (1.914_602 - 0.004_817 * c) * sin(m) + 0.019_993 * sin(2.0 * m) + 0.000_289 * sin(3.0 * m)
            - 0.005_69
            - 0.004_78 * sin(node);
        let epsilon = 23.439_291 - 0.013_004_2 * c + 0.002_56 * cos(node);
        let sin_delta = sin(epsilon) * sin(lambda);
        let cos_delta = libm::sqrt(1.0 - sin_delta * sin_delta);
        let y = libm::pow(libm::tan((0.5 * epsilon).to_radians()), 2.0);
        let q = 4.0
            * (y * sin(2.0 * l) - 2.0 * e * sin(m) + 4.0 * e * y * sin(m) * cos(2.0 * l)
                - 0.5 * y * y * sin(4.0 * l)
                - 1.25 * e * e * sin(2.0 * m))
            .to_degrees();
        let minutes = t.0.rem_euclid(DAY_S) as f64 / 60.0;
        let hour_angle = (minutes + q + 4.0 * place.longitude_deg) / 4.0 - 180.0;
        let (sin_phi, cos_phi) = (sin(place.latitude_deg), cos(place.latitude_deg));
        Sun {
            east: -cos_delta * sin(hour_angle),
            north: sin_delta * cos_phi - cos_delta * sin_phi * cos(hour_angle),
            up: sin_delta * sin_phi + cos_delta * cos_phi * cos(hour_angle),
            extraterrestrial_w_m2: extraterrestrial_w_m2(day_of_year(t)),
        }
    }

    /// The sun at given angles, the azimuth from north, clockwise.
    #[must_use]
    pub fn from_angles(zenith_deg: f64, azimuth_deg: f64, extraterrestrial_w_m2: f64) -> Sun {
        let (z, a) = (zenith_deg.to_radians(), azimuth_deg.to_radians());
        Sun { east: libm::sin(z) * libm::sin(a), north: libm::sin(z) * libm::cos(a), up: libm::cos(z), extraterrestrial_w_m2 }
    }

    /// `z`: angle from the vertical, degrees.
    #[must_use]
    pub fn zenith_deg(&self) -> f64 {
        libm::acos(self.up.clamp(-1.0, 1.0)).to_degrees()
    }

    /// Angle from north, clockwise, in [0, 360).
    #[must_use]
    pub fn azimuth_deg(&self) -> f64 {
        libm::atan2(self.east, self.north).to_degrees().rem_euclid(360.0)
    }
}

/// `E0` on a day of the year, which counts from 1.
#[must_use]
pub fn extraterrestrial_w_m2(day_of_year: f64) -> f64 {
    let b = 2.0 * std::f64::consts::PI * (day_of_year - 1.0) / 365.0;
    let (sin, cos) = (libm::sin, libm::cos);
    1366.1 * (1.000_11 + 0.034_221 * cos(b) + 0.001_28 * sin(b) + 0.000_719 * cos(2.0 * b) + 0.000_077 * sin(2.0 * b))
}

/// Day of the UTC year, from 1.
#[must_use]
pub fn day_of_year(t: SimTime) -> f64 {
    f64::from(utc(t).date().day_of_year())
}

/// Month of the UTC year, from 0.
#[must_use]
pub fn month(t: SimTime) -> usize {
    usize::from(utc(t).date().month().unsigned_abs()) - 1
}

fn utc(t: SimTime) -> jiff::civil::DateTime {
    Offset::UTC.to_datetime(jiff::Timestamp::from_second(t.0).expect("simulated time lies in the years of the calendar"))
}
