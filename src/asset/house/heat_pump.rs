//! A heat pump: coefficient of performance, heat at full speed, modulation, backup rod.
//!
//! The coefficient of performance is a square of the lift `ΔT` between source and flow, measured on products and lowered by
//! 0.85 for defrost, part load and auxiliaries (Ruhnau, Hirth and Praktiknjo, Scientific Data 2019, coefficients rounded):
//!
//! ```text
//! air     0.85 (6.08 − 0.09 ΔT + 0.0005 ΔT²)          ground  0.85 (10.29 − 0.21 ΔT + 0.0012 ΔT²), source = ground − 5 K
//! flow    floor heating 30 − 0.5 T_e     radiators 40 − T_e     hot water 50 °C;     a lift below 15 K counts as 15 K
//! heat    P_th(T_e) = P_th(−10) (1 + 0.022 (T_e + 10)) at full speed, for an air source; constant for a ground source
//! ```

/// Where heat is taken from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// Outdoor air.
    Air,
    /// The ground; brine leaves 5 K of it.
    Ground,
}

/// Where heat goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sink {
    /// Floor heating.
    Floor,
    /// Radiators.
    Radiators,
    /// Hot water.
    Water,
}

/// Share of the measured performance that is left in the field.
const FIELD: f64 = 0.85;
/// Least lift that counts, K.
const LEAST_LIFT_K: f64 = 15.0;
/// What brine costs, K.
const BRINE_K: f64 = 5.0;

impl Sink {
    /// Flow temperature at an outdoor temperature, °C.
    #[must_use]
    #[inline]
    pub fn flow_c(self, outdoor_c: f64) -> f64 {
        match self {
            Sink::Floor => 30.0 - 0.5 * outdoor_c,
            Sink::Radiators => 40.0 - outdoor_c,
            Sink::Water => 50.0,
        }
    }

    /// Share of the heat that goes into the air of a room; the rest goes into the mass.
    #[must_use]
    pub fn to_air(self) -> f64 {
        match self {
            Sink::Floor => 0.1,
            Sink::Radiators | Sink::Water => 0.6,
        }
    }
}

/// Coefficient of performance from a source at `source_c` to a flow at `flow_c`.
#[must_use]
#[inline]
pub fn cop(source: Source, source_c: f64, flow_c: f64) -> f64 {
    let lift = |from_c: f64| (flow_c - from_c).max(LEAST_LIFT_K);
    match source {
        Source::Air => {
            let lift = lift(source_c);
            FIELD * (6.08 - 0.09 * lift + 0.0005 * lift * lift)
        }
        Source::Ground => {
            let lift = lift(source_c - BRINE_K);
            FIELD * (10.29 - 0.21 * lift + 0.0012 * lift * lift)
        }
    }
}

/// The data sheet of a heat pump.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HeatPump {
    /// Where its heat comes from.
    pub source: Source,
    /// How it heats rooms.
    pub sink: Sink,
    /// Heat at full speed at −10 °C outdoors, W.
    pub heat_w: f64,
    /// Least share of full speed at which it runs.
    pub least_share: f64,
    /// Least time that it runs, s.
    pub least_run_s: i64,
    /// Least time that it pauses, s.
    pub least_pause_s: i64,
    /// Electric backup rod, W.
    pub rod_w: f64,
    /// Control and pumps, W, always.
    pub standby_w: f64,
    /// Reactive over active power.
    pub tan_phi: f64,
}

/// Temperature of the ground that brine meets, °C.
pub const GROUND_C: f64 = 10.0;

impl HeatPump {
    /// An air-source heat pump with radiators, `heat_w` at −10 °C; the rest as usual.
    #[must_use]
    pub fn of(heat_w: f64) -> HeatPump {
        HeatPump {
            source: Source::Air,
            sink: Sink::Radiators,
            heat_w,
            least_share: 0.3,
            least_run_s: 900,
            least_pause_s: 300,
            rod_w: 3000.0,
            standby_w: 10.0,
            tan_phi: 0.329,
        }
    }

    /// Coefficient of performance into a sink at an outdoor temperature.
    #[must_use]
    #[inline]
    pub fn cop(&self, sink: Sink, outdoor_c: f64) -> f64 {
        let source_c = match self.source {
            Source::Air => outdoor_c,
            Source::Ground => GROUND_C,
        };
        cop(self.source, source_c, sink.flow_c(outdoor_c))
    }

    /// Heat at full speed, W.
    #[must_use]
    #[inline]
    pub fn most_heat_w(&self, outdoor_c: f64) -> f64 {
        match self.source {
            // Below −35 °C no product works; above 20 °C none is asked for more.
            Source::Air => self.heat_w * (1.0 + 0.022 * (outdoor_c.clamp(-35.0, 20.0) + 10.0)),
            Source::Ground => self.heat_w,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The table of the method: lift in a row of source and flow temperatures.
    #[test]
    fn performance_at_usual_points() {
        for (source_c, flow_c, expected) in
            [(-15.0, 35.0, 2.41), (-7.0, 55.0, 2.06), (2.0, 35.0, 3.11), (7.0, 45.0, 2.87), (12.0, 55.0, 2.66)]
        {
            assert!((cop(Source::Air, source_c, flow_c) - expected).abs() < 0.006, "{source_c}/{flow_c}");
        }
    }

    #[test]
    fn the_cold_takes_heat_and_performance() {
        let pump = HeatPump::of(8000.0);
        assert!((pump.most_heat_w(-10.0) - 8000.0).abs() < 1e-9);
        assert!(pump.most_heat_w(7.0) > pump.most_heat_w(-7.0));
        assert!(pump.cop(Sink::Radiators, 7.0) > pump.cop(Sink::Radiators, -7.0));
    }
}
