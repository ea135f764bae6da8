//! Which aggregator represents each connection: named ones first, then shares of the rest by draw.

use crate::grid::Grid;
use crate::ids::AgrIdx;
use crate::rng::Stream;

use super::schema::{Aggregator, Scenario};

/// The aggregators in the order of their domains, which is that of their indices.
pub(super) fn by_domain(s: &Scenario) -> Vec<&Aggregator> {
    let mut sorted: Vec<&Aggregator> = s.aggregator.iter().collect();
    sorted.sort_by(|a, b| a.domain.cmp(&b.domain));
    sorted
}

/// The aggregator of each connection of `grid`, of those `sorted` by domain. Names of connections that are not there are passed over.
pub(super) fn holders(sorted: &[&Aggregator], grid: &Grid, seed: u64) -> Vec<Option<AgrIdx>> {
    let mut holders: Vec<Option<AgrIdx>> = vec![None; grid.connections.len()];
    for (row, a) in sorted.iter().enumerate() {
        for connection in a.connections.iter().filter_map(|id| grid.connection(id)) {
            holders[connection.i()] = Some(AgrIdx::new(row));
        }
    }
    for (c, holder) in holders.iter_mut().enumerate().filter(|(_, a)| a.is_none()) {
        let draw = Stream::new(seed, &grid.connections[c].id, "aggregator").at(0).uniform();
        let mut sum = 0.0;
        *holder = sorted.iter().enumerate().find_map(|(row, a)| {
            sum += a.share;
            (draw < sum).then(|| AgrIdx::new(row))
        });
    }
    holders
}
