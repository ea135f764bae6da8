//! A hot-water tank as one node of one temperature.
//!
//! ```text
//! V c dT/dt = Q − UA (T − T_room) − ṁ c (T − T_cold)
//! T(t) = T* + (T_0 − T*) e^{−(UA + ṁc) t/(Vc)},   T* = (Q + UA T_room + ṁ c T_cold)/(UA + ṁ c)
//! ```
//!
//! Water that is drawn leaves at the temperature of the tank and is replaced by cold water; a litre is a kilogram.

/// Heat capacity of water, J/(kg K).
pub const WATER_J_KG_K: f64 = 4186.0;

/// The data sheet of a tank.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tank {
    /// Volume, l.
    pub litres: f64,
    /// Loss to the room, W/K.
    pub ua_w_k: f64,
}

/// What acts on a tank during a step.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Draw {
    /// Heat into the tank, W.
    pub heat_w: f64,
    /// Temperature around it, °C.
    pub room_c: f64,
    /// Water drawn, kg/s.
    pub flow_kg_s: f64,
    /// Temperature of the water that comes in, °C.
    pub cold_c: f64,
}

/// What a step does to a tank while water is drawn at some rate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Holding {
    /// Water drawn, kg/s.
    pub flow_kg_s: f64,
    /// Loss to the room and to water, shares of both.
    room: f64,
    water: f64,
    /// The factor `e^{−(UA + ṁc) t/(Vc)}`.
    kept: f64,
    /// Rise per heat, K/W, and heat per rise, W/K.
    rise_k_w: f64,
    heat_w_k: f64,
}

/// How a tank answers to heat in a step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Answer {
    /// Temperature afterwards without any, °C.
    pub unheated_c: f64,
    rise_k_w: f64,
    heat_w_k: f64,
}

impl Answer {
    /// Temperature after the step, °C.
    #[must_use]
    #[inline]
    pub fn after_c(&self, heat_w: f64) -> f64 {
        self.unheated_c + self.rise_k_w * heat_w
    }

    /// Heat that leads to a temperature, W; none where it stays above by itself.
    #[must_use]
    #[inline]
    pub fn heat_w(&self, wanted_c: f64) -> f64 {
        ((wanted_c - self.unheated_c) * self.heat_w_k).max(0.0)
    }
}

impl Holding {
    /// How the tank answers to heat in a room, with cold water coming in.
    #[must_use]
    #[inline]
    pub fn answer(&self, tank_c: f64, room_c: f64, cold_c: f64) -> Answer {
        let steady_c = self.room * room_c + self.water * cold_c;
        Answer { unheated_c: steady_c + (tank_c - steady_c) * self.kept, rise_k_w: self.rise_k_w, heat_w_k: self.heat_w_k }
    }
}

impl Tank {
    /// Heat capacity, J/K.
    #[must_use]
    pub fn capacity_j_k(&self) -> f64 {
        self.litres * WATER_J_KG_K
    }

    /// What the tank loses and water takes per kelvin, W/K.
    fn loss_w_k(&self, flow_kg_s: f64) -> f64 {
        self.ua_w_k + flow_kg_s * WATER_J_KG_K
    }

    /// What steps of `seconds` do while `flow_kg_s` is drawn.
    #[must_use]
    pub fn holding(&self, flow_kg_s: f64, seconds: f64) -> Holding {
        let loss_w_k = self.loss_w_k(flow_kg_s);
        let kept = libm::exp(-loss_w_k * seconds / self.capacity_j_k());
        Holding {
            flow_kg_s,
            room: self.ua_w_k / loss_w_k,
            water: flow_kg_s * WATER_J_KG_K / loss_w_k,
            kept,
            rise_k_w: (1.0 - kept) / loss_w_k,
            heat_w_k: loss_w_k / (1.0 - kept),
        }
    }

    /// Temperature after `seconds`, °C.
    #[must_use]
    pub fn after_c(&self, tank_c: f64, d: &Draw, seconds: f64) -> f64 {
        self.holding(d.flow_kg_s, seconds).answer(tank_c, d.room_c, d.cold_c).after_c(d.heat_w)
    }

    /// Heat that left through the wall and with the water over a step from `before_c` to `after_c`, W.
    #[must_use]
    pub fn lost_w(&self, before_c: f64, after_c: f64, d: &Draw, seconds: f64) -> f64 {
        d.heat_w - self.capacity_j_k() * (after_c - before_c) / seconds
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TANK: Tank = Tank { litres: 237.0, ua_w_k: 1.2 };

    #[test]
    fn the_heat_for_a_temperature_leads_to_it() {
        let draw = Draw { heat_w: 0.0, room_c: 20.0, flow_kg_s: 0.01, cold_c: 10.0 };
        let heat_w = TANK.holding(0.01, 900.0).answer(46.0, 20.0, 10.0).heat_w(52.0);
        assert!((TANK.after_c(46.0, &Draw { heat_w, ..draw }, 900.0) - 52.0).abs() < 1e-9);
    }

    #[test]
    fn a_step_is_two_half_steps() {
        let draw = Draw { heat_w: 1981.0, room_c: 12.9, flow_kg_s: 19.8 / 3600.0, cold_c: 10.7 };
        let whole = TANK.after_c(43.8, &draw, 2.9 * 3600.0);
        let half = TANK.after_c(TANK.after_c(43.8, &draw, 1.45 * 3600.0), &draw, 1.45 * 3600.0);
        assert!((whole - half).abs() < 1e-10 && (whole - 54.778_46).abs() < 1e-4);
    }
}
