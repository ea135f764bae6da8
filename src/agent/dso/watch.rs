//! What the operator keeps while a day goes on.

use std::sync::Arc;

use crate::agent::{DsoVintage, Limit};
use crate::ids::CpIdx;
use crate::time::{Period, SimTime};

use super::analysis::{Analysis, Through};
use super::profile::Watched;

/// The state of watching one congestion point.
#[derive(Debug)]
pub(super) struct Watch {
    pub(super) cp: CpIdx,
    /// The limitation in force and the one before, with the time each acts from.
    pub(super) sent: Vec<(SimTime, Limit)>,
}

impl Watch {
    pub(super) fn new(cp: CpIdx) -> Watch {
        Watch { cp, sent: Vec::new() }
    }

    pub(super) fn in_force(&self, t: SimTime) -> Limit {
        self.sent.iter().rev().find(|(from, _)| *from <= t).map_or_else(|| Limit::none(self.cp), |(_, l)| l.clone())
    }

    pub(super) fn latest(&self) -> Limit {
        self.sent.last().map_or_else(|| Limit::none(self.cp), |(_, l)| l.clone())
    }
}

/// The last forecast of a day, as limitations need it.
#[derive(Debug)]
pub(super) struct WatchedDay {
    pub(super) period: Period,
    pub(super) vintage: Arc<DsoVintage>,
    /// `[watched][isp]` what was expected to flow.
    pub(super) through: Vec<Vec<Through>>,
    /// `[watched][isp]` where offers fell short.
    pub(super) shortfall: Vec<Vec<bool>>,
}

impl WatchedDay {
    pub(super) fn new(watched: &[Watched], analysis: Analysis) -> WatchedDay {
        let short = |w: &Watched| analysis.bounds(w, w.rating).iter().map(|b| b.requested || b.max < b.min).collect();
        let shortfall = watched.iter().map(short).collect();
        WatchedDay { period: analysis.period, vintage: analysis.vintage, through: analysis.through, shortfall }
    }
}
