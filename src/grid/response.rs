//! How the power of a connection answers voltage and its own active power.

use crate::ids::ConnectionIdx;

/// What a connection's power does when it is not constant. Without one it is.
#[derive(Debug, Clone, PartialEq)]
pub struct Response {
    /// Whose.
    pub connection: ConnectionIdx,
    /// Of its active power.
    pub active: Mix,
    /// Of its reactive power.
    pub reactive: Mix,
    /// Of its inverter.
    pub control: Option<Control>,
}

/// Shares of a power, given at rated voltage, that move with voltage: `given · (impedance·U² + current·U + rest)`, `U` in pu of
/// the bus's rating and the three shares together 1 (the ZIP or polynomial load model).
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Mix {
    /// Share of constant impedance.
    pub impedance: f64,
    /// Share of constant current.
    pub current: f64,
}

impl Mix {
    /// Power over that at rated voltage, at `u_pu` of it; 1 where there is no supply to tell.
    #[must_use]
    pub fn at(self, u_pu: f64) -> f64 {
        if u_pu > 0.0 { 1.0 + self.impedance * (u_pu * u_pu - 1.0) + self.current * (u_pu - 1.0) } else { 1.0 }
    }
}

/// A characteristic of an inverter, as grid codes ask for (VDE-AR-N 4105, 5.7.2.4; EN 50549-1, 4.7.2.3).
#[derive(Debug, Clone, PartialEq)]
pub enum Control {
    /// Q(U): reactive power, var, consumption positive, over voltage, pu of the bus's rating; comes on top of the given one.
    /// Straight lines between the points, level outside.
    Voltage(Vec<(f64, f64)>),
    /// cos φ(P): over feed-in, as a fraction of the rated, the displacement factor at which the connection takes reactive power
    /// (under-excited). Straight lines between the points, level outside. Takes the place of the given reactive power while the
    /// connection feeds in.
    PowerFactor {
        /// Feed-in that counts as 1.
        rated_w: f64,
        /// (fraction, cos φ in (0, 1]), rising.
        points: Vec<(f64, f64)>,
    },
}

impl Control {
    /// Reactive power a characteristic over feed-in asks for, var; the given one where it asks for none.
    #[must_use]
    pub fn reactive_var(&self, p_w: f64, given_var: f64) -> f64 {
        match self {
            Control::PowerFactor { rated_w, points } if p_w < 0.0 => {
                let cos = interpolate(points, -p_w / rated_w);
                -p_w * ((1.0 - cos * cos).max(0.0).sqrt() / cos)
            }
            _ => given_var,
        }
    }
}

/// `y` at `x` on the line through `points`, level outside.
fn interpolate(points: &[(f64, f64)], x: f64) -> f64 {
    let after = points.partition_point(|point| point.0 < x);
    match (after.checked_sub(1).map(|before| points[before]), points.get(after)) {
        (None, Some(first)) => first.1,
        (Some(last), None) => last.1,
        (Some((x0, y0)), Some((x1, y1))) => y0 + (y1 - y0) * ((x - x0) / (x1 - x0)),
        (None, None) => 1.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_displacement_factor_follows_feed_in() {
        // The standard characteristic: 1 up to half of rated feed-in, then down to 0.95.
        let control = Control::PowerFactor { rated_w: 10e3, points: vec![(0.5, 1.0), (1.0, 0.95)] };
        let tan = |cos: f64| (1.0 - cos * cos).sqrt() / cos;
        for (p_w, q_var) in [(-4e3, 0.0), (-10e3, 10e3 * tan(0.95)), (-7.5e3, 7.5e3 * tan(0.975)), (-12e3, 12e3 * tan(0.95)), (3e3, 700.0)]
        {
            assert!((control.reactive_var(p_w, 700.0) - q_var).abs() < 1e-9, "{p_w}");
        }
    }
}
