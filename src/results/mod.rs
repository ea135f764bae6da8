//! What a finished run shows: the table on the terminal, data files, charts. Everything here reads; nothing is computed twice.

pub mod columns;
mod congestion;
mod delivery;
mod devices;
mod elements;
mod extremes;
mod flexibility;
mod forecasts;
mod household_pictures;
mod messages;
mod money;
mod pictures;
pub mod record;
mod selection;
mod summary;
mod weather;
mod write;

pub use elements::{unmatched, unrecorded};
pub use record::Record;
pub use selection::Selection;
pub use summary::summary;
pub use weather::world;
pub use write::{Run, stage};

use crate::kpi::Kpis;
use crate::scenario::study::Strategy;
use crate::sim::CaseResult;

/// A finished case with its key figures.
#[derive(Debug, Clone)]
pub struct Finished<'a> {
    /// The strategy it ran.
    pub strategy: &'a Strategy,
    /// What it left behind.
    pub case: CaseResult,
    /// Its key figures.
    pub kpis: Kpis,
}
