//! Which connections and devices of a portfolio a congestion point concerns.

use super::profile::Profile;

/// Rows of the portfolio at each of its congestion points.
#[derive(Debug)]
pub(super) struct Members {
    /// `[congestion point]` rows of connections.
    pub(super) connections: Vec<Vec<usize>>,
    /// `[congestion point]` rows of devices.
    pub(super) devices: Vec<Vec<usize>>,
    /// `[connection]` rows of devices.
    pub(super) behind: Vec<Vec<usize>>,
    /// `[connection]` rows of congestion points.
    pub(super) points: Vec<Vec<usize>>,
}

impl Members {
    pub(super) fn new(profile: &Profile) -> Members {
        let mut points = vec![Vec::new(); profile.connections.len()];
        for (k, cp) in profile.congestion_points.iter().enumerate() {
            for c in &cp.connections {
                if let Ok(row) = profile.connections.binary_search_by_key(c, |(own, _)| *own) {
                    points[row].push(k);
                }
            }
        }
        let count = profile.congestion_points.len();
        let (mut connections, mut devices) = (vec![Vec::new(); count], vec![Vec::new(); count]);
        for (row, at) in points.iter().enumerate() {
            at.iter().for_each(|k: &usize| connections[*k].push(row));
        }
        let mut behind = vec![Vec::new(); profile.connections.len()];
        for (d, own) in profile.devices.iter().enumerate() {
            behind[own.connection].push(d);
            points[own.connection].iter().for_each(|k| devices[*k].push(d));
        }
        Members { connections, devices, behind, points }
    }
}
