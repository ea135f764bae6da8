//! A PV system: from light on its plane to power at its grid terminals. Curtailment and reactive power act after this.
//!
//! ```text
//! iam = 1 − b (1/cos θ − 1), ≥ 0, 0 for θ ≥ 90°     reflection (ASHRAE), b 0.05, on the direct part only
//! G_eff = G − (1 − iam) DNI max(cos θ, 0)           G on the plane by Hay and Davies
//! T_c = T + G/(25 + 6.84 v)                         cell temperature (Faiman), v wind in m/s
//! P_dc = P_stc G_eff/1000 (1 + γ (T_c − 25)) (1 − losses)
//! ζ = P_dc/P_dc0,  P_dc0 = P_ac0/η_nom
//! η = (η_nom/0.9637)(−0.0162 ζ − 0.0059/ζ + 0.9858)     inverter (PVWatts, Dobos 2014)
//! P_ac = min(η P_dc, P_ac0)
//! ```
//!
//! Reactive power by voltage is the characteristic of [`ReactiveByVoltage`].

use crate::rng::Stream;
use crate::weather::{Plane, Sky, Sun, Weather};

/// A PV system.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Plant {
    /// `β`: 0 lies flat, 90 stands.
    pub tilt_deg: f64,
    /// Direction that it faces, from north, clockwise.
    pub azimuth_deg: f64,
    /// `P_stc`: peak power of the modules.
    pub modules_w: f64,
    /// `P_ac0`: largest power of the inverter.
    pub inverter_w: f64,
    /// `γ`: change of module power with cell temperature.
    pub gamma_per_k: f64,
    /// Share of the modules' power lost to soiling, mismatch, wiring, age and outage.
    pub losses: f64,
    /// Share of light that the ground throws back.
    pub albedo: f64,
    /// `b` of the reflection.
    pub reflection: f64,
    /// `η_nom`: efficiency of the inverter at full power.
    pub inverter_efficiency: f64,
}

/// What a system does in a step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Output {
    /// `cos θ`.
    pub cos_incidence: f64,
    /// `G`.
    pub plane_w_m2: f64,
    /// `iam`.
    pub reflection_factor: f64,
    /// `T_c`.
    pub cell_c: f64,
    /// `P_dc`.
    pub dc_w: f64,
    /// `P_ac`: what it can feed in, positive.
    pub ac_w: f64,
}

impl Plant {
    /// A system with the usual coefficients.
    #[must_use]
    pub fn new(tilt_deg: f64, azimuth_deg: f64, modules_w: f64, inverter_w: f64) -> Plant {
        Plant {
            tilt_deg,
            azimuth_deg,
            modules_w,
            inverter_w,
            gamma_per_k: -0.0037,
            losses: 0.14,
            albedo: crate::weather::ALBEDO,
            reflection: 0.05,
            inverter_efficiency: 0.96,
        }
    }

    /// One of a fleet: azimuth N(180°, 45°) within 90° to 270°, tilt N(32°, 8°) within 0° to 90°, inverter 0.7 to 1.0 of the modules.
    /// `id` names its draws.
    #[must_use]
    pub fn drawn(seed: u64, id: &str, modules_w: f64) -> Plant {
        let within = |purpose: &str, mean: f64, sigma: f64, least: f64, most: f64| {
            let mut draws = Stream::new(seed, id, purpose);
            let mut values = (0..).map(|n| mean + sigma * draws.at(n).normal());
            values.find(|v| (least..=most).contains(v)).expect("a draw falls within the limits")
        };
        let azimuth_deg = within("pv-azimuth", 180.0, 45.0, 90.0, 270.0);
        let tilt_deg = within("pv-tilt", 32.0, 8.0, 0.0, 90.0);
        let share = 0.7 + 0.3 * Stream::new(seed, id, "pv-inverter").at(0).uniform();
        Plant::new(tilt_deg, azimuth_deg, modules_w, share * modules_w)
    }

    /// The plane of its modules.
    #[must_use]
    pub fn plane(&self) -> Plane {
        Plane::new(self.tilt_deg, self.azimuth_deg, self.albedo)
    }

    /// What it does under a sky. `plane` is [`Plant::plane`].
    #[must_use]
    #[inline]
    pub fn output(&self, plane: &Plane, sun: &Sun, sky: &Sky, air_c: f64, wind_m_s: f64) -> Output {
        let lit = plane.hay_davies(sun, sky);
        let cos = lit.cos_incidence;
        let reflection_factor = if cos <= 0.0 { 0.0 } else { (1.0 - self.reflection * (1.0 / cos - 1.0)).max(0.0) };
        let effective_w_m2 = lit.total_w_m2 - (1.0 - reflection_factor) * lit.direct_w_m2;
        let cell_c = air_c + lit.total_w_m2 / (25.0 + 6.84 * wind_m_s);
        let heat = 1.0 + self.gamma_per_k * (cell_c - 25.0);
        let dc_w = self.modules_w * effective_w_m2 / 1000.0 * heat.max(0.0) * (1.0 - self.losses);
        Output { cos_incidence: cos, plane_w_m2: lit.total_w_m2, reflection_factor, cell_c, dc_w, ac_w: self.inverted_w(dc_w) }
    }

    #[inline]
    fn inverted_w(&self, dc_w: f64) -> f64 {
        let zeta = dc_w / (self.inverter_w / self.inverter_efficiency);
        if zeta <= 0.0 {
            return 0.0;
        }
        let eta = self.inverter_efficiency / 0.9637 * (-0.0162 * zeta - 0.0059 / zeta + 0.9858);
        (eta * dc_w).clamp(0.0, self.inverter_w)
    }

    /// What it can feed in over each step of `weather`, W, positive.
    #[must_use]
    pub fn feed_in_w(&self, weather: &Weather) -> Vec<f64> {
        let plane = self.plane();
        let step = |k: usize| {
            let sky = weather.sky(k);
            if sky.ghi_w_m2 <= 0.0 {
                return 0.0;
            }
            self.output(&plane, &weather.sun[k], &sky, weather.air_c[k], weather.wind_m_s[k]).ac_w
        };
        (0..weather.grid.count).map(step).collect()
    }
}

/// Q(U): reactive power of an inverter by the voltage at its terminals, in the manner of VDE-AR-N 4105.
///
/// ```text
/// q(u) = −q_max        u ≤ u1        low voltage: over-excited, the inverter feeds reactive power in
///        0             u2 ≤ u ≤ u3   dead band
///        +q_max        u ≥ u4        high voltage: under-excited, it draws reactive power
/// ```
///
/// with straight lines between. Active power comes first: |Q| ≤ √(S² − P²).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ReactiveByVoltage {
    /// `u1` to `u4`, in units of nominal voltage.
    pub voltage_pu: [f64; 4],
    /// `q_max`: largest reactive power in units of the inverter's rating.
    pub most_pu: f64,
}

impl ReactiveByVoltage {
    /// For an inverter of `rating_va`: power factor 0.95 up to 4.6 kVA, 0.90 above, as the rule demands; the voltages are a common setting.
    #[must_use]
    pub fn vde_ar_n_4105(rating_va: f64) -> ReactiveByVoltage {
        let power_factor: f64 = if rating_va <= 4600.0 { 0.95 } else { 0.90 };
        ReactiveByVoltage { voltage_pu: [0.93, 0.97, 1.03, 1.07], most_pu: libm::sqrt(1.0 - power_factor * power_factor) }
    }

    /// The characteristic as points (voltage, reactive power in var) of an inverter that can feed in `power_w` beside all its reactive power,
    /// `S = P_ac0/√(1 − q_max²)`: active power then never has to come first.
    #[must_use]
    pub fn points(&self, power_w: f64) -> Vec<(f64, f64)> {
        let most_var = self.most_pu * power_w / libm::sqrt(1.0 - self.most_pu * self.most_pu);
        self.voltage_pu.into_iter().zip([-most_var, 0.0, 0.0, most_var]).collect()
    }

    /// Reactive power at voltage `u` while `p_w` flows, var, consumption positive.
    #[must_use]
    #[inline]
    pub fn reactive_var(&self, u: f64, p_w: f64, rating_va: f64) -> f64 {
        let [u1, u2, u3, u4] = self.voltage_pu;
        let low = ((u2 - u) / (u2 - u1)).clamp(0.0, 1.0);
        let high = ((u - u3) / (u4 - u3)).clamp(0.0, 1.0);
        let room = libm::sqrt((rating_va * rating_va - p_w * p_w).max(0.0));
        (self.most_pu * rating_va * (high - low)).clamp(-room, room)
    }
}
