//! What all connections draw in a step.

use crate::asset::Flow;
use crate::ids::ConnectionIdx;

/// What a step came to in one variant, per connection.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Power {
    pub(super) p_w: Vec<f64>,
    pub(super) q_var: Vec<f64>,
}

impl Power {
    pub(super) fn zero(connections: usize) -> Power {
        Power { p_w: vec![0.0; connections], q_var: vec![0.0; connections] }
    }

    pub(super) fn clear(&mut self) {
        self.p_w.fill(0.0);
        self.q_var.fill(0.0);
    }

    pub(super) fn add(&mut self, c: ConnectionIdx, flow: &Flow) {
        self.p_w[c.i()] += flow.p_w;
        self.q_var[c.i()] += flow.q_var;
    }
}
