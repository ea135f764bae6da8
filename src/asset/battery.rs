//! A battery at home: its data and its state of charge.
//!
//! With `p > 0` charging (consumption) and one-way efficiency `η`, stored energy changes by `η·p·Δt` when charging and by
//! `p·Δt/η` when discharging. How a plan is found stands in [`super::store_plan`].

/// Data of a battery.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Battery {
    /// Largest charging and discharging power at the grid side, W.
    pub max_power_w: f64,
    /// Usable capacity, Wh.
    pub capacity_wh: f64,
    /// One-way efficiency, 0…1.
    pub efficiency: f64,
}

impl Battery {
    /// Grid-side energy that moves the charge by `delta_wh` (positive: charging).
    pub(super) fn grid_energy_wh(&self, delta_wh: f64) -> f64 {
        if delta_wh > 0.0 { delta_wh / self.efficiency } else { delta_wh * self.efficiency }
    }

    /// Follows `wish_w` for a step as far as power and charge allow; returns the power drawn and updates `stored_wh`.
    pub fn step(&self, stored_wh: &mut f64, wish_w: f64, step_h: f64) -> f64 {
        let most = ((self.capacity_wh - *stored_wh) / self.efficiency / step_h).min(self.max_power_w).max(0.0);
        let least = (-*stored_wh * self.efficiency / step_h).max(-self.max_power_w).min(0.0);
        let p = wish_w.clamp(least, most);
        *stored_wh += if p > 0.0 { p * self.efficiency } else { p / self.efficiency } * step_h;
        *stored_wh = stored_wh.clamp(0.0, self.capacity_wh);
        p
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const B: Battery = Battery { max_power_w: 5000.0, capacity_wh: 10_000.0, efficiency: 0.95 };

    #[test]
    fn it_buys_low_and_sells_high_within_its_limits() {
        let price: Vec<f64> = (0..96).map(|i| if i < 48 { 20.0 } else { 200.0 }).collect();
        let plan = B.plan(5000.0, &price, 0.25);
        let bought: f64 = plan[..48].iter().sum();
        let sold: f64 = plan[48..].iter().sum();
        assert!(bought > 0.0 && sold < 0.0);
        let mut stored = 5000.0;
        for p in &plan {
            assert!(p.abs() <= 5000.0 + 1e-6);
            let got = B.step(&mut stored, *p, 0.25);
            assert!((got - p).abs() < 1e-6, "the plan is feasible");
        }
        assert!(stored >= 5000.0 - 1e-6, "ends at least as full as it began");
    }

    #[test]
    fn a_flat_price_leaves_it_alone() {
        assert!(B.plan(5000.0, &[50.0; 96], 0.25).iter().all(|p| *p == 0.0));
    }

    #[test]
    fn a_spread_below_the_losses_is_not_worth_it() {
        let price: Vec<f64> = (0..96).map(|i| if i < 48 { 95.0 } else { 100.0 }).collect();
        assert!(B.plan(5000.0, &price, 0.25).iter().all(|p| *p == 0.0));
    }
}
