//! The data sheet of a battery.

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
}
