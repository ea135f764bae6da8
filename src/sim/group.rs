//! Portfolios at congestion points: whose power a target binds.

use crate::asset::Flexibility;
use crate::ids::{AgrIdx, ConnectionIdx, CpIdx};
use crate::scenario::study::Study;

/// An aggregator's connections and flexible devices at a congestion point.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) agr: AgrIdx,
    pub(super) cp: CpIdx,
    pub(super) connections: Vec<ConnectionIdx>,
    /// Rows of devices, kind by kind.
    pub(super) devices: Vec<Vec<usize>>,
}

/// Every portfolio at every congestion point that has some of it, the smallest first.
pub(super) fn groups(study: &Study) -> Vec<Group> {
    let mut at: Vec<Vec<usize>> = vec![Vec::new(); study.grid.connections.len()];
    for (d, spec) in study.devices.iter().enumerate().filter(|(_, s)| s.device.flexibility() != Flexibility::None) {
        at[spec.connection.i()].push(d);
    }
    let mut groups = Vec::new();
    for agr in (0..study.agrs.len()).map(AgrIdx::new) {
        for cp in &study.congestion_points {
            let own = cp.public.connections.iter().filter(|c| study.agr_of[c.i()] == Some(agr));
            let connections: Vec<ConnectionIdx> = own.copied().collect();
            if !connections.is_empty() {
                let rows = connections.iter().flat_map(|c| at[c.i()].iter().copied()).collect();
                groups.push(Group { agr, cp: cp.public.cp, devices: by_kind(study, rows), connections });
            }
        }
    }
    groups.sort_by_key(|g| g.connections.len());
    groups
}

/// Rows in order, those of a kind together; devices of a kind stand together in a study.
fn by_kind(study: &Study, mut rows: Vec<usize>) -> Vec<Vec<usize>> {
    rows.sort_unstable();
    let kind = |d: &usize| std::mem::discriminant(&study.devices[*d].device);
    rows.chunk_by(|a, b| kind(a) == kind(b)).map(<[usize]>::to_vec).collect()
}
