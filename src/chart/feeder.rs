//! What the drawing of a feeder shows.

use crate::grid::Grid;

/// What [`feeder_map`](super::feeder_map()) draws; the slices have the rows of the grid's tables.
#[derive(Debug, Clone, PartialEq)]
pub struct FeederMap<'a> {
    /// The feeder. Buses without positions are drawn as a tree.
    pub grid: &'a Grid,
    /// What the values belong to, such as `copper-plate, year 2016`.
    pub case: &'a str,
    /// Highest loading of each branch (lines, then transformers) as a fraction of its rating; NaN if not known.
    pub worst_loading: &'a [f64],
    /// Lowest and highest voltage of each bus, pu of rated; NaN if not known.
    pub voltage_pu: &'a [(f64, f64)],
    /// Highest magnitude of each connection's power, W.
    pub peak_power_w: &'a [f64],
    /// Aggregator of each connection, if it has one.
    pub aggregator: &'a [Option<&'a str>],
}
