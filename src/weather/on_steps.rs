//! The weather of a run: one series for every device, participant and transformer.

use super::diffuse::Sky;
use super::plane::{ALBEDO, Plane};
use super::series::{Series, middle};
use super::sun::{Place, Sun};
use crate::time::{Alignment, SimDuration, Steps};

/// Means over each step of a run; `[k]` belongs to step `k` of `grid`.
#[derive(Debug, Clone, PartialEq)]
pub struct Weather {
    /// What it is called in results.
    pub name: String,
    /// The steps.
    pub grid: Steps,
    /// Where it is.
    pub place: Place,
    /// The sun in the middle of each step, at the instant at which the weather was measured.
    pub sun: Vec<Sun>,
    /// Air temperature, °C.
    pub air_c: Vec<f64>,
    /// Wind speed, m/s.
    pub wind_m_s: Vec<f64>,
    /// Global irradiance on the horizontal, W/m².
    pub ghi_w_m2: Vec<f64>,
    /// Diffuse irradiance on the horizontal, W/m²; all of the global one where the sun is below 3°.
    pub dhi_w_m2: Vec<f64>,
    /// Irradiance on upright planes that face north, east, south and west, W/m².
    pub facade_w_m2: [Vec<f64>; 4],
}

/// Azimuths of the façades, degrees from north, clockwise.
const FACADES_DEG: [f64; 4] = [0.0, 90.0, 180.0, 270.0];

/// Longest step on which the sun counts as standing still.
const STILL: SimDuration = SimDuration::minutes(15);

impl Weather {
    /// A series, aligned with a run, on steps of that run.
    #[must_use]
    pub fn new(name: &str, series: &Series, alignment: &Alignment, grid: &Steps) -> Weather {
        let facades = FACADES_DEG.map(|azimuth_deg| Plane::new(90.0, azimuth_deg, ALBEDO));
        let empty = || Vec::with_capacity(grid.count);
        let mut weather = Weather {
            name: name.to_owned(),
            grid: *grid,
            place: series.place,
            sun: Vec::with_capacity(grid.count),
            air_c: empty(),
            wind_m_s: empty(),
            ghi_w_m2: empty(),
            dhi_w_m2: empty(),
            facade_w_m2: std::array::from_fn(|_| empty()),
        };
        for source in alignment.sources(grid) {
            let part = series.on(&source);
            for k in 0..source.count {
                let sun = Sun::at(series.place, middle(&source, k));
                let sky = Sky::measured(part.ghi_w_m2[k], part.dhi_w_m2[k], &sun);
                weather.sun.push(sun);
                weather.ghi_w_m2.push(sky.ghi_w_m2);
                weather.dhi_w_m2.push(sky.dhi_w_m2);
                for (plane, on_facade) in facades.iter().zip(&mut weather.facade_w_m2) {
                    on_facade.push(plane.hay_davies(&sun, &sky).total_w_m2);
                }
            }
            weather.air_c.extend(part.air_c);
            weather.wind_m_s.extend(part.wind_m_s);
        }
        assert!(weather.air_c.len() == grid.count, "an alignment covers its run");
        weather
    }

    /// Steps that divide those of `run`, so short that the sun stands still in them: what follows the sun is computed on these and
    /// then averaged.
    #[must_use]
    pub fn fine(run: &Steps) -> Steps {
        let parts = (1..=run.step.0).find(|n| run.step.0 % n == 0 && run.step.0 / n <= STILL.0).unwrap_or(1);
        Steps { start: run.start, step: SimDuration(run.step.0 / parts), count: run.count * parts as usize }
    }

    /// Means over coarser steps within these; the sun is that of the middle.
    #[must_use]
    pub fn averaged(&self, onto: &Steps) -> Weather {
        if self.grid == *onto {
            return self.clone();
        }
        let of = |values: &[f64]| self.grid.averaged(values, onto);
        Weather {
            name: self.name.clone(),
            grid: *onto,
            place: self.place,
            sun: (0..onto.count).map(|k| self.sun[self.grid.index(middle(onto, k))]).collect(),
            air_c: of(&self.air_c),
            wind_m_s: of(&self.wind_m_s),
            ghi_w_m2: of(&self.ghi_w_m2),
            dhi_w_m2: of(&self.dhi_w_m2),
            facade_w_m2: std::array::from_fn(|f| of(&self.facade_w_m2[f])),
        }
    }

    /// The irradiance of step `k` in its parts.
    #[must_use]
    #[inline]
    pub fn sky(&self, k: usize) -> Sky {
        Sky::measured(self.ghi_w_m2[k], self.dhi_w_m2[k], &self.sun[k])
    }
}
