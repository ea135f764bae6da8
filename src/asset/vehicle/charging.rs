//! How a vehicle's battery takes charge: constant power up to a knee, then less and less.
//!
//! With `P` the largest power at the grid side, `η` the efficiency and `C` the capacity, the battery takes at most
//!
//! ```text
//! P η                                        s ≤ s_k
//! P η (1 − (1 − f)(s − s_k)/(1 − s_k))       s > s_k        down to f P η at s = 1
//! ```
//!
//! A set point `p ≤ P` holds until the battery takes less, at `s_p = s_k + (1 − s_k)(1 − p/P)/(1 − f)`. From there on the charge
//! follows `ds/dt = k (s_∞ − s)`, with `k = P η (1 − f)/(C (1 − s_k))` and `s_∞ = s_k + (1 − s_k)/(1 − f)`, so a step is exact.

/// The battery of a vehicle.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pack {
    /// Usable capacity, Wh.
    pub capacity_wh: f64,
    /// From the grid into the battery, and back, 0…1.
    pub efficiency: f64,
    /// State of charge up to which it takes full power.
    pub knee: f64,
    /// Share of full power that it takes when full.
    pub floor_share: f64,
    /// State of charge at which a session has what it wants.
    pub full: f64,
}

/// What a stretch of charging came to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Charged {
    /// State of charge at the end.
    pub soc: f64,
    /// Energy from the grid, Wh.
    pub grid_wh: f64,
    /// Power at the end, W at the grid side.
    pub end_w: f64,
}

impl Pack {
    /// A battery of `capacity_wh` with usual data.
    #[must_use]
    pub fn of(capacity_wh: f64) -> Pack {
        Pack { capacity_wh, efficiency: 0.9, knee: 0.85, floor_share: 0.08, full: 1.0 }
    }

    /// Where charging would end if the taper went on.
    fn limit_soc(&self) -> f64 {
        self.knee + (1.0 - self.knee) / (1.0 - self.floor_share)
    }

    /// State of charge from which it takes less than `set_w`.
    fn taper_from(&self, most_w: f64, set_w: f64) -> f64 {
        self.knee + (1.0 - self.knee) * (1.0 - set_w / most_w) / (1.0 - self.floor_share)
    }

    /// Rate of the taper, 1/h.
    fn rate_h(&self, most_w: f64) -> f64 {
        most_w * self.efficiency * (1.0 - self.floor_share) / (self.capacity_wh * (1.0 - self.knee))
    }

    /// Power that it takes at most, W at the grid side.
    #[must_use]
    pub fn taken_w(&self, most_w: f64, soc: f64) -> f64 {
        let above = ((soc - self.knee) / (1.0 - self.knee)).max(0.0);
        if soc >= 1.0 { 0.0 } else { most_w * (1.0 - (1.0 - self.floor_share) * above) }
    }

    /// Charges at `set_w` of at most `most_w` for `hours`, or until `full`.
    #[must_use]
    pub fn charge(&self, most_w: f64, soc: f64, set_w: f64, hours: f64) -> Charged {
        let set_w = set_w.clamp(0.0, most_w);
        let per_h = set_w * self.efficiency / self.capacity_wh;
        let taper_from = self.taper_from(most_w, set_w);
        let end = self.full.max(soc);
        let steady_end = taper_from.min(end).max(soc);
        let steady_h = if per_h > 0.0 { (steady_end - soc) / per_h } else { f64::INFINITY };
        let reached = if hours <= steady_h {
            soc + per_h * hours
        } else {
            let limit = self.limit_soc();
            let tapered = limit - (limit - steady_end) * libm::exp(-self.rate_h(most_w) * (hours - steady_h));
            tapered.min(end)
        };
        let end_w = if reached >= end && end >= 1.0 { 0.0 } else { set_w.min(self.taken_w(most_w, reached)) };
        Charged { soc: reached, grid_wh: (reached - soc) * self.capacity_wh / self.efficiency, end_w }
    }

    /// How long it takes at full power from `soc` to `full`, h.
    #[must_use]
    pub fn time_h(&self, most_w: f64, soc: f64) -> f64 {
        self.time_at_h(most_w, most_w, soc)
    }

    /// How long it takes at `set_w` of at most `most_w` from `soc` to `full`, h; for ever at nothing.
    #[must_use]
    pub fn time_at_h(&self, most_w: f64, set_w: f64, soc: f64) -> f64 {
        if set_w <= 0.0 {
            return if soc < self.full { f64::INFINITY } else { 0.0 };
        }
        let taper_from = self.taper_from(most_w, set_w);
        let steady_h = (taper_from.min(self.full) - soc).max(0.0) * self.capacity_wh / (set_w * self.efficiency);
        let (from, limit) = (soc.max(taper_from), self.limit_soc());
        if self.full <= from {
            return steady_h;
        }
        steady_h + libm::log((limit - from) / (limit - self.full)) / self.rate_h(most_w)
    }

    /// Most energy from the grid that `hours` at full power can bring when they end at `full`, Wh.
    #[must_use]
    pub fn fits_wh(&self, most_w: f64, hours: f64) -> f64 {
        let per_soc = self.capacity_wh / self.efficiency;
        let (limit, rate) = (self.limit_soc(), self.rate_h(most_w));
        let knee = self.knee.min(self.full);
        let taper_h = if self.full > knee { libm::log((limit - knee) / (limit - self.full)) / rate } else { 0.0 };
        if hours <= taper_h {
            let from = limit - (limit - self.full) * libm::exp(rate * hours);
            return (self.full - from) * per_soc;
        }
        ((self.full - knee) * per_soc + (hours - taper_h) * most_w).min(self.full * per_soc)
    }

    /// State of charge with `left_wh` from the grid wanting.
    #[must_use]
    pub fn soc(&self, left_wh: f64) -> f64 {
        self.full - left_wh * self.efficiency / self.capacity_wh
    }

    /// Energy from the grid that is wanting, Wh.
    #[must_use]
    pub fn left_wh(&self, soc: f64) -> f64 {
        (self.full - soc) * self.capacity_wh / self.efficiency
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PACK: Pack = Pack { capacity_wh: 41_000.0, efficiency: 0.91, knee: 0.89, floor_share: 0.1, full: 1.0 };

    #[test]
    fn a_stretch_is_two_halves() {
        for set_w in [1000.0, 4000.0, 7400.0] {
            let whole = PACK.charge(7400.0, 0.7, set_w, 3.0);
            let half = PACK.charge(7400.0, 0.7, set_w, 1.5);
            let rest = PACK.charge(7400.0, half.soc, set_w, 1.5);
            assert!((whole.soc - rest.soc).abs() < 1e-12 && (whole.grid_wh - half.grid_wh - rest.grid_wh).abs() < 1e-8, "{set_w}");
        }
    }

    #[test]
    fn time_energy_and_charge_agree() {
        for soc in [0.2, 0.8, 0.93] {
            let hours = PACK.time_h(7400.0, soc);
            assert!((PACK.charge(7400.0, soc, 7400.0, hours).soc - 1.0).abs() < 1e-9);
            assert!((PACK.fits_wh(7400.0, hours) - PACK.left_wh(soc)).abs() < 1e-6);
            assert!((PACK.soc(PACK.left_wh(soc)) - soc).abs() < 1e-12);
            let slow_h = PACK.time_at_h(7400.0, 4200.0, soc);
            assert!((PACK.charge(7400.0, soc, 4200.0, slow_h).soc - 1.0).abs() < 1e-9 && slow_h > hours);
        }
        assert_eq!((PACK.time_at_h(7400.0, 0.0, 0.5), PACK.time_at_h(7400.0, 0.0, 1.0)), (f64::INFINITY, 0.0));
    }

    #[test]
    fn a_full_battery_takes_nothing() {
        assert_eq!(PACK.charge(7400.0, 1.0, 7400.0, 1.0), Charged { soc: 1.0, grid_wh: 0.0, end_w: 0.0 });
    }
}
