//! Weather of a place: one series that everything at the feeder shares.

use crate::time::Steps;

/// Where weather is measured.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Place {
    /// North positive.
    pub latitude_deg: f64,
    /// East positive.
    pub longitude_deg: f64,
}

/// Weather as it happens, one value a step.
#[derive(Debug, Clone, PartialEq)]
pub struct Weather {
    /// The steps.
    pub grid: Steps,
    /// Where.
    pub place: Place,
    /// Air temperature, °C.
    pub air_c: Vec<f64>,
    /// Wind speed, m/s.
    pub wind_m_s: Vec<f64>,
    /// Global irradiance on the horizontal, W/m².
    pub ghi_w_m2: Vec<f64>,
    /// Diffuse irradiance on the horizontal, W/m².
    pub dhi_w_m2: Vec<f64>,
    /// Irradiance on vertical planes that face north, east, south and west, W/m².
    pub facade_w_m2: [Vec<f64>; 4],
}
