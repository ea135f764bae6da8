//! How far the elements of a case went: what drawings show, and by what a large feeder is recorded.

use crate::sim::{Recording, Variant};

/// The extremes of one variant; NaN where nothing is known.
pub(super) struct Extremes {
    /// Highest loading of each branch, fraction of its rating.
    pub(super) loading: Vec<f64>,
    /// Lowest and highest voltage of each bus, pu.
    pub(super) u_pu: Vec<(f64, f64)>,
}

impl Extremes {
    /// Gathers them step by step, in the order of memory.
    pub(super) fn of(recording: &Recording, variant: Variant) -> Extremes {
        let flows = recording.of(variant);
        let mut loading = vec![f64::NAN; flows.loading.elements()];
        let mut u_pu = vec![(f64::NAN, f64::NAN); flows.u_pu.elements()];
        for step in 0..recording.steps {
            loading.iter_mut().zip(flows.loading.step(step)).for_each(|(highest, &l)| *highest = highest.max(f64::from(l)));
            for ((lowest, highest), &u) in u_pu.iter_mut().zip(flows.u_pu.step(step)) {
                (*lowest, *highest) = (lowest.min(f64::from(u)), highest.max(f64::from(u)));
            }
        }
        Extremes { loading, u_pu }
    }
}
