//! A heated building as two states: its air `T_i` and its mass `T_m`, with a direct path to outdoors for windows and air change.
//!
//! ```text
//! C_i dT_i/dt = H_ve (T_e − T_i) + H_im (T_m − T_i) + Φ_i
//! C_m dT_m/dt = H_im (T_i − T_m) + H_em (T_e − T_m) + Φ_m
//! ```
//!
//! With inputs held over a step `Δ` the solution is exact: with `A` the matrix of the system and `x*` the steady state,
//!
//! ```text
//! x(t + Δ) = x* + e^{AΔ} (x − x*),   e^{AΔ} = e^{s₁Δ} I + (e^{s₁Δ} − e^{s₂Δ})/(s₁ − s₂) (A − s₁ I),   τ = −1/s
//! s = tr A/2 ± √(tr²/4 − det A);  tr²/4 − det A = ((a₁₁ − a₂₂)/2)² + a₁₂ a₂₁ > 0, so both are real and differ
//! ```
//!
//! The steady state is linear in `T_e`, `Φ_i` and `Φ_m`, so a step is a few products with constants ([`Transition`]).

/// Heat transfer coefficients and capacities of a building.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Building {
    /// Air to outdoors: windows and air change, W/K.
    pub h_ve_w_k: f64,
    /// Mass to outdoors, W/K.
    pub h_em_w_k: f64,
    /// Air to mass, W/K.
    pub h_im_w_k: f64,
    /// Air and furniture, J/K.
    pub c_i_j_k: f64,
    /// Mass, J/K.
    pub c_m_j_k: f64,
}

/// Temperatures of a building, °C.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Warmth {
    /// Of the air.
    pub air_c: f64,
    /// Of the mass.
    pub mass_c: f64,
}

/// What acts on a building during a step.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Inputs {
    /// Outdoor temperature, °C.
    pub outdoor_c: f64,
    /// Heat into the air, W.
    pub air_w: f64,
    /// Heat into the mass, W.
    pub mass_w: f64,
}

/// Exact step of one length: `x' = F x + G u`, with `u` the outdoor temperature, heat into the air and heat into the mass.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Transition {
    /// `F = e^{AΔ}`, row by row.
    pub f: [[f64; 2]; 2],
    /// `G`, row by row.
    pub g: [[f64; 3]; 2],
}

impl Building {
    /// Where the temperatures go if inputs stay.
    #[must_use]
    pub fn steady(&self, u: &Inputs) -> Warmth {
        let Building { h_ve_w_k: h_ve, h_em_w_k: h_em, h_im_w_k: h_im, .. } = *self;
        let (to_air_w, to_mass_w) = (h_ve * u.outdoor_c + u.air_w, h_em * u.outdoor_c + u.mass_w);
        let det = (h_ve + h_im) * (h_im + h_em) - h_im * h_im;
        Warmth { air_c: ((h_im + h_em) * to_air_w + h_im * to_mass_w) / det, mass_c: ((h_ve + h_im) * to_mass_w + h_im * to_air_w) / det }
    }

    /// The matrix `A`, 1/s.
    fn matrix(&self) -> [[f64; 2]; 2] {
        let Building { h_ve_w_k: h_ve, h_em_w_k: h_em, h_im_w_k: h_im, c_i_j_k: c_i, c_m_j_k: c_m } = *self;
        [[-(h_ve + h_im) / c_i, h_im / c_i], [h_im / c_m, -(h_im + h_em) / c_m]]
    }

    /// Eigenvalues of `A`, the slow one first, 1/s.
    fn eigenvalues(&self) -> (f64, f64) {
        let a = self.matrix();
        let middle = 0.5 * (a[0][0] + a[1][1]);
        let half = 0.5 * (a[0][0] - a[1][1]);
        let root = libm::sqrt(half * half + a[0][1] * a[1][0]);
        (middle + root, middle - root)
    }

    /// Slow and fast time constant, h.
    #[must_use]
    pub fn time_constants_h(&self) -> (f64, f64) {
        let (slow, fast) = self.eigenvalues();
        (-1.0 / slow / 3600.0, -1.0 / fast / 3600.0)
    }

    /// The exact step of `step_s` seconds.
    #[must_use]
    pub fn transition(&self, step_s: f64) -> Transition {
        let a = self.matrix();
        let (s1, s2) = self.eigenvalues();
        let (e1, e2) = (libm::exp(s1 * step_s), libm::exp(s2 * step_s));
        let slope = (e1 - e2) / (s1 - s2);
        let f = [[e1 + slope * (a[0][0] - s1), slope * a[0][1]], [slope * a[1][0], e1 + slope * (a[1][1] - s1)]];
        // x* of each input alone; what is not remembered of the start comes from it.
        let unit = |outdoor_c, air_w, mass_w| {
            let steady = self.steady(&Inputs { outdoor_c, air_w, mass_w });
            [(1.0 - f[0][0]) * steady.air_c - f[0][1] * steady.mass_c, (1.0 - f[1][1]) * steady.mass_c - f[1][0] * steady.air_c]
        };
        let columns = [unit(1.0, 0.0, 0.0), unit(0.0, 1.0, 0.0), unit(0.0, 0.0, 1.0)];
        Transition { f, g: std::array::from_fn(|row| std::array::from_fn(|column| columns[column][row])) }
    }

    /// Mean temperatures over a step of `step_s` seconds that led from `before` to `after` under `u`: the balance of the
    /// system, `A (mean − x*) Δ = after − before`.
    #[must_use]
    pub fn mean(&self, before: &Warmth, after: &Warmth, u: &Inputs, step_s: f64) -> Warmth {
        let steady = self.steady(u);
        let a = self.matrix();
        let det = a[0][0] * a[1][1] - a[0][1] * a[1][0];
        let (rise_i, rise_m) = ((after.air_c - before.air_c) / step_s, (after.mass_c - before.mass_c) / step_s);
        Warmth {
            air_c: steady.air_c + (a[1][1] * rise_i - a[0][1] * rise_m) / det,
            mass_c: steady.mass_c + (a[0][0] * rise_m - a[1][0] * rise_i) / det,
        }
    }

    /// Loss per kelvin between air and outdoors in the steady state without other gains, W/K.
    #[must_use]
    pub fn loss_w_k(&self) -> f64 {
        self.h_ve_w_k + 1.0 / (1.0 / self.h_em_w_k + 1.0 / self.h_im_w_k)
    }

    /// Heat stored above 0 °C, J.
    #[must_use]
    pub fn stored_j(&self, x: &Warmth) -> f64 {
        self.c_i_j_k * x.air_c + self.c_m_j_k * x.mass_c
    }

    /// Heat lost to outdoors at mean temperatures, W.
    #[must_use]
    pub fn lost_w(&self, mean: &Warmth, outdoor_c: f64) -> f64 {
        self.h_ve_w_k * (mean.air_c - outdoor_c) + self.h_em_w_k * (mean.mass_c - outdoor_c)
    }
}

impl Transition {
    /// Temperatures after the step.
    #[must_use]
    #[inline]
    pub fn after(&self, x: &Warmth, u: &Inputs) -> Warmth {
        let row = |k: usize| {
            self.f[k][0] * x.air_c + self.f[k][1] * x.mass_c + self.g[k][0] * u.outdoor_c + self.g[k][1] * u.air_w + self.g[k][2] * u.mass_w
        };
        Warmth { air_c: row(0), mass_c: row(1) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUSE: Building = Building { h_ve_w_k: 101.6, h_em_w_k: 114.3, h_im_w_k: 1143.0, c_i_j_k: 5_486_400.0, c_m_j_k: 32_004_000.0 };

    #[test]
    fn a_step_is_two_half_steps() {
        let u = Inputs { outdoor_c: -3.0, air_w: 2000.0, mass_w: 500.0 };
        let start = Warmth { air_c: 21.0, mass_c: 19.0 };
        let (whole, half) = (HOUSE.transition(900.0), HOUSE.transition(450.0));
        let (a, b) = (whole.after(&start, &u), half.after(&half.after(&start, &u), &u));
        assert!((a.air_c - b.air_c).abs() < 1e-12 && (a.mass_c - b.mass_c).abs() < 1e-12);
    }

    #[test]
    fn heat_is_neither_made_nor_lost() {
        let u = Inputs { outdoor_c: 4.0, air_w: 3000.0, mass_w: 800.0 };
        let before = Warmth { air_c: 18.0, mass_c: 20.0 };
        let after = HOUSE.transition(3600.0).after(&before, &u);
        let mean = HOUSE.mean(&before, &after, &u, 3600.0);
        let left = (u.air_w + u.mass_w - HOUSE.lost_w(&mean, 4.0)) * 3600.0 - HOUSE.stored_j(&after) + HOUSE.stored_j(&before);
        assert!(left.abs() < 1e-3, "{left} J of {} J", HOUSE.stored_j(&after));
    }
}
