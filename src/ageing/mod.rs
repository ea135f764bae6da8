//! Transformer hot-spot temperature and loss of life after IEC 60076-7:2018.
//!
//! With load factor `K` (current over rated current), ambient `θa`, the difference equations of the standard's clause on
//! differential equations (8.2.3) are, for a step `Dt`:
//!
//! ```text
//! θo  : k11·τo · dθo/dt   = [(1 + R·K²)/(1 + R)]^x · Δθor − (θo − θa)           top oil
//! Δθh1: k22·τw · dΔθh1/dt = k21·Δθhr·K^y − Δθh1
//! Δθh2: (τo/k22) · dΔθh2/dt = (k21 − 1)·Δθhr·K^y − Δθh2
//! θh  = θo + Δθh1 − Δθh2                                                        hot spot
//! V   = 2^((θh − 98)/6)                                                         relative ageing, non-upgraded paper
//! L   = ∫ V dt                                                                  loss of life
//! ```
//!
//! Over a step the input is constant, so each first-order equation is solved exactly, `x += (1 − e^(−Dt/τ))·(x∞ − x)`,
//! which stays stable for steps longer than the 4 min winding constant. `V` grows by half in 3.5 K, so within a step it is
//! integrated over sub-steps of at most one minute.

/// Thermal data of a transformer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Thermal {
    /// `Δθor`: top-oil rise over ambient at rated losses, K.
    pub top_oil_rise_k: f64,
    /// `Δθhr`: hot-spot-to-top-oil gradient at rated current, K.
    pub hot_spot_gradient_k: f64,
    /// `R`: load losses at rated current over no-load losses.
    pub loss_ratio: f64,
    /// `x`: oil exponent.
    pub oil_exponent: f64,
    /// `y`: winding exponent.
    pub winding_exponent: f64,
    /// `τo`: oil time constant, s.
    pub oil_time_constant_s: f64,
    /// `τw`: winding time constant, s.
    pub winding_time_constant_s: f64,
    /// `k11`.
    pub k11: f64,
    /// `k21`.
    pub k21: f64,
    /// `k22`.
    pub k22: f64,
}

impl Thermal {
    /// A distribution transformer with ONAN cooling: the recommended values of IEC 60076-7, Table 4 (`x` 0.8, `y` 1.6,
    /// `k11` 1, `k21` 1, `k22` 2, `τo` 180 min, `τw` 4 min), top-oil rise 55 K and hot-spot gradient 23 K.
    #[must_use]
    pub fn distribution_onan(loss_ratio: f64) -> Thermal {
        Thermal {
            top_oil_rise_k: 55.0,
            hot_spot_gradient_k: 23.0,
            loss_ratio,
            oil_exponent: 0.8,
            winding_exponent: 1.6,
            oil_time_constant_s: 180.0 * 60.0,
            winding_time_constant_s: 4.0 * 60.0,
            k11: 1.0,
            k21: 1.0,
            k22: 2.0,
        }
    }
}

/// Insulation life at a constant 98 °C hot spot, h: the criterion "degree of polymerisation 200" of IEC 60076-7, Table 2.
pub const NORMAL_INSULATION_LIFE_H: f64 = 150_000.0;

/// Hot spot above which the formulas say nothing of a real unit, °C: the highest that IEC 60076-7 allows a distribution transformer in
/// short-time emergency loading.
pub const HIGHEST_HOT_SPOT_C: f64 = 180.0;

/// Temperatures and life used so far.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct State {
    top_oil_c: f64,
    winding_fast_k: f64,
    winding_slow_k: f64,
    /// `L`: hours of normal life consumed since the start.
    pub loss_of_life_h: f64,
    /// Highest hot-spot temperature so far, °C.
    pub hottest_c: f64,
}

impl State {
    /// In steady state at load factor `k` and ambient temperature `ambient_c`.
    #[must_use]
    pub fn steady(t: &Thermal, k: f64, ambient_c: f64) -> State {
        let (oil_rise_k, gradient_k) = final_rises(t, k);
        let s = State {
            top_oil_c: ambient_c + oil_rise_k,
            winding_fast_k: t.k21 * gradient_k,
            winding_slow_k: (t.k21 - 1.0) * gradient_k,
            loss_of_life_h: 0.0,
            hottest_c: 0.0,
        };
        State { hottest_c: s.hot_spot_c(), ..s }
    }

    /// `θh`, °C.
    #[must_use]
    pub fn hot_spot_c(&self) -> f64 {
        self.top_oil_c + self.winding_fast_k - self.winding_slow_k
    }

    /// Advances by `seconds` at constant load factor `k` and ambient temperature.
    pub fn advance(&mut self, t: &Thermal, k: f64, ambient_c: f64, seconds: f64) {
        let pieces = libm::ceil(seconds / 60.0).max(1.0);
        let dt = seconds / pieces;
        let (oil_rise_k, gradient_k) = final_rises(t, k);
        let gain = |tau_s: f64| 1.0 - libm::exp(-dt / tau_s);
        let (oil, fast, slow) =
            (gain(t.k11 * t.oil_time_constant_s), gain(t.k22 * t.winding_time_constant_s), gain(t.oil_time_constant_s / t.k22));
        for _ in 0..pieces as u32 {
            let before = relative_ageing(self.hot_spot_c());
            self.top_oil_c += oil * (ambient_c + oil_rise_k - self.top_oil_c);
            self.winding_fast_k += fast * (t.k21 * gradient_k - self.winding_fast_k);
            self.winding_slow_k += slow * ((t.k21 - 1.0) * gradient_k - self.winding_slow_k);
            let after = relative_ageing(self.hot_spot_c());
            self.loss_of_life_h += 0.5 * (before + after) * dt / 3600.0;
            self.hottest_c = self.hottest_c.max(self.hot_spot_c());
        }
    }
}

/// `V`: ageing relative to 98 °C for non-thermally-upgraded paper (IEC 60076-7, equation (2)).
#[must_use]
pub fn relative_ageing(hot_spot_c: f64) -> f64 {
    libm::exp2((hot_spot_c - 98.0) / 6.0)
}

/// Final top-oil rise and hot-spot gradient at load factor `k`, K.
fn final_rises(t: &Thermal, k: f64) -> (f64, f64) {
    let losses = (1.0 + t.loss_ratio * k * k) / (1.0 + t.loss_ratio);
    (libm::pow(losses, t.oil_exponent) * t.top_oil_rise_k, t.hot_spot_gradient_k * libm::pow(k, t.winding_exponent))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rated_load_at_20_c_reaches_98_c_and_ages_normally() {
        let t = Thermal::distribution_onan(5.0);
        let mut s = State::steady(&t, 1.0, 20.0);
        assert!((s.hot_spot_c() - 98.0).abs() < 1e-12);
        s.advance(&t, 1.0, 20.0, 3600.0);
        assert!((s.loss_of_life_h - 1.0).abs() < 1e-9);
    }

    #[test]
    fn six_kelvin_double_the_ageing() {
        assert!((relative_ageing(104.0) / relative_ageing(98.0) - 2.0).abs() < 1e-12);
    }

    #[test]
    fn the_step_length_does_not_matter_for_constant_load() {
        let t = Thermal::distribution_onan(5.0);
        let (mut a, mut b) = (State::steady(&t, 0.2, 20.0), State::steady(&t, 0.2, 20.0));
        a.advance(&t, 1.5, 20.0, 7200.0);
        for _ in 0..120 {
            b.advance(&t, 1.5, 20.0, 60.0);
        }
        assert!((a.hot_spot_c() - b.hot_spot_c()).abs() < 1e-9);
        assert!((a.loss_of_life_h - b.loss_of_life_h).abs() < 1e-9);
        assert!(a.hot_spot_c() < State::steady(&t, 1.5, 20.0).hot_spot_c());
    }
}
