//! `[weather]`: what the sun, the air and the wind do.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::weather::Place;
use crate::weather::synthetic::Climate;

/// Weather of the run. PV systems and transformers follow it instead of the feeder's PV profiles and `[values]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Weather {
    /// A folder of measured weather with the day-ahead prices of the same hours, which `[prices]` then follows by default.
    Measured {
        /// The folder, relative to this file.
        #[schemars(extend("format" = "folder"))]
        path: String,
    },
    /// Measured weather of a CSV file.
    Csv {
        /// The file, relative to this one: header `interval_end,air_c,ghi_w_m2` and, if measured, `wind_m_s,dhi_w_m2`.
        #[schemars(extend("format" = "file"))]
        path: String,
        /// Latitude of the place, north positive.
        #[schemars(range(min = -90.0, max = 90.0))]
        latitude_deg: f64,
        /// Longitude of the place, east positive.
        #[schemars(range(min = -180.0, max = 180.0))]
        longitude_deg: f64,
    },
    /// Weather drawn by seed from statistics of three measured years.
    Synthetic {
        /// Latitude of the place, north positive.
        #[serde(default = "latitude")]
        #[schemars(range(min = -66.0, max = 66.0))]
        latitude_deg: f64,
        /// Longitude of the place, east positive.
        #[serde(default = "longitude")]
        #[schemars(range(min = -180.0, max = 180.0))]
        longitude_deg: f64,
        /// Mean temperature of the year.
        #[serde(default = "mean")]
        #[schemars(range(min = -30.0, max = 40.0))]
        mean_c: f64,
        /// Half the difference between the warmest and the coldest date.
        #[serde(default = "season")]
        #[schemars(range(min = 0.0, max = 30.0))]
        season_k: f64,
        /// Day of the year that is warmest on average.
        #[serde(default = "warmest_day")]
        #[schemars(range(min = 1.0, max = 366.0))]
        warmest_day: f64,
        /// Correlation of the temperature's anomaly from day to day.
        #[serde(default = "persistence")]
        #[schemars(range(min = 0.0, max = 0.95))]
        persistence: f64,
        /// Standard deviation of the daily anomaly in winter, spring, summer and autumn.
        #[serde(default = "anomaly")]
        #[schemars(inner(range(min = 0.0, max = 15.0)))]
        anomaly_k: [f64; 4],
    },
}

impl Weather {
    /// The parameters of synthetic weather and its place; `None` for other kinds.
    #[must_use]
    pub fn climate(&self) -> Option<(Climate, Place)> {
        let Weather::Synthetic { latitude_deg, longitude_deg, mean_c, season_k, warmest_day, persistence, anomaly_k } = *self else {
            return None;
        };
        let climate = Climate { mean_c, season_k, warmest_day, persistence, anomaly_k, ..Climate::default() };
        Some((climate, Place { latitude_deg, longitude_deg }))
    }
}

fn latitude() -> f64 {
    51.3
}
fn longitude() -> f64 {
    6.8
}
fn mean() -> f64 {
    Climate::default().mean_c
}
fn season() -> f64 {
    Climate::default().season_k
}
fn warmest_day() -> f64 {
    Climate::default().warmest_day
}
fn persistence() -> f64 {
    Climate::default().persistence
}
fn anomaly() -> [f64; 4] {
    Climate::default().anomaly_k
}
