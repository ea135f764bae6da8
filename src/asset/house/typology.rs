//! Buildings by country, age and refurbishment.
//!
//! Figures per m² of heated area from the typology TABULA/EPISCOPE (data file under CC BY 4.0, Institut Wohnen und Umwelt and
//! partners), for three states: as built, refurbished as usual, refurbished to an advanced standard. The states of
//! [`super::building`] follow from them:
//!
//! ```text
//! H_ve = h_ve A + 0.25 h_tr A      1/H_em = 1/(0.75 h_tr A) − 1/H_im      H_im = 9.2 W/m²K · A      C_i = 15 Wh/m²K · A
//! ```
//!
//! A quarter of the transmission goes through windows, which store nothing. 9.2 W/m²K is the coupling of ISO 13790: 9.1 · 2.5 in
//! series with 3.45 · 4.5 W/m²K. The capacities of air and mass are assumptions.

use super::building::Building;

/// State of a building.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refurbishment {
    /// As built.
    Existing,
    /// As refurbished usually.
    Usual,
    /// To an advanced standard.
    Advanced,
}

/// How heavy a building is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mass {
    /// Wood.
    Light,
    /// Brick with light floors.
    Medium,
    /// Brick and concrete.
    Heavy,
    /// Concrete.
    VeryHeavy,
}

impl Mass {
    /// Capacity, Wh/m²K.
    #[must_use]
    pub fn wh_m2_k(self) -> f64 {
        match self {
            Mass::Light => 31.0,
            Mass::Medium => 46.0,
            Mass::Heavy => 72.0,
            Mass::VeryHeavy => 103.0,
        }
    }
}

/// A type of building.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Type {
    /// Name by which scenarios call it.
    pub name: &'static str,
    /// Heated area, m².
    pub area_m2: f64,
    /// Dwellings in it.
    pub dwellings: f64,
    /// Transmission by state, W/m²K.
    pub h_tr_w_m2_k: [f64; 3],
    /// Air change by state, W/m²K.
    pub h_ve_w_m2_k: [f64; 3],
    /// Heat demand by state, kWh/m²a, as calculated by the typology.
    pub demand_kwh_m2: [f64; 3],
}

const fn row(name: &'static str, area_m2: f64, h_tr: [f64; 3], h_ve: [f64; 3], demand: [f64; 3]) -> Type {
    Type { name, area_m2, dwellings: 1.0, h_tr_w_m2_k: h_tr, h_ve_w_m2_k: h_ve, demand_kwh_m2: demand }
}

/// The types.
pub const TYPES: [Type; 12] = [
    row("de-detached-1958", 121.0, [4.09, 1.69, 0.84], [0.51, 0.51, 0.43], [265.0, 128.0, 70.0]),
    row("de-detached-1969", 173.0, [2.85, 1.14, 0.65], [0.51, 0.51, 0.43], [195.0, 92.0, 59.0]),
    row("de-detached-1979", 216.0, [1.69, 0.75, 0.39], [0.51, 0.51, 0.43], [131.0, 74.0, 46.0]),
    row("de-detached-1995", 122.0, [1.32, 0.98, 0.71], [0.51, 0.51, 0.43], [98.0, 76.0, 58.0]),
    row("de-detached-2002", 147.0, [0.91, 0.75, 0.61], [0.43, 0.43, 0.43], [70.0, 61.0, 55.0]),
    row("de-detached-2016", 187.0, [0.76, 0.73, 0.47], [0.51, 0.43, 0.38], [70.0, 61.0, 42.0]),
    row("de-terraced-1979", 108.0, [1.88, 1.06, 0.53], [0.51, 0.51, 0.43], [138.0, 87.0, 52.0]),
    Type { dwellings: 8.0, ..row("de-flats-1969", 469.0, [1.85, 0.72, 0.42], [0.51, 0.51, 0.43], [148.0, 73.0, 45.0]) },
    row("nl-terraced-1965", 117.0, [3.54, 0.67, 0.43], [0.68, 0.68, 0.43], [208.0, 65.0, 35.0]),
    row("nl-terraced-1975", 117.0, [1.74, 0.55, 0.36], [0.68, 0.68, 0.43], [121.0, 61.0, 33.0]),
    row("nl-terraced-2006", 137.0, [0.58, 0.44, 0.30], [0.68, 0.68, 0.43], [62.0, 55.0, 29.0]),
    row("nl-detached-1992", 189.0, [1.27, 0.68, 0.47], [0.68, 0.68, 0.43], [94.0, 65.0, 37.0]),
];

/// Share of the transmission that goes through windows.
const WINDOWS: f64 = 0.25;
/// Air to mass, W/m²K.
const COUPLING_W_M2_K: f64 = 9.2;
/// Air and furniture, Wh/m²K.
const AIR_WH_M2_K: f64 = 15.0;

impl Type {
    /// The type of a name.
    #[must_use]
    pub fn find(name: &str) -> Option<&'static Type> {
        TYPES.iter().find(|t| t.name == name)
    }

    /// Heated area of one dwelling, m².
    #[must_use]
    pub fn dwelling_m2(&self) -> f64 {
        self.area_m2 / self.dwellings
    }

    /// One dwelling as a building whose losses are `scale` times those of the typology.
    #[must_use]
    pub fn building(&self, state: Refurbishment, mass: Mass, scale: f64) -> Building {
        let area_m2 = self.dwelling_m2();
        let (h_tr, h_ve) = (scale * self.h_tr_w_m2_k[state as usize] * area_m2, scale * self.h_ve_w_m2_k[state as usize] * area_m2);
        let h_im = COUPLING_W_M2_K * area_m2;
        Building {
            h_ve_w_k: h_ve + WINDOWS * h_tr,
            h_em_w_k: 1.0 / (1.0 / ((1.0 - WINDOWS) * h_tr) - 1.0 / h_im),
            h_im_w_k: h_im,
            c_i_j_k: AIR_WH_M2_K * 3600.0 * area_m2,
            c_m_j_k: mass.wh_m2_k() * 3600.0 * area_m2,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_building_loses_what_the_typology_says() {
        for t in &TYPES {
            for state in [Refurbishment::Existing, Refurbishment::Usual, Refurbishment::Advanced] {
                let building = t.building(state, Mass::Heavy, 1.0);
                let expected = (t.h_tr_w_m2_k[state as usize] + t.h_ve_w_m2_k[state as usize]) * t.dwelling_m2();
                assert!((building.loss_w_k() - expected).abs() < 1e-9 * expected, "{}", t.name);
            }
        }
    }
}
