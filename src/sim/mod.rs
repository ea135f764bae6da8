//! Running a case: the world (truth), the wire, orange, the recorder, and the event loop that ties them to the agents.

mod bills;
mod cast;
mod clearing;
mod fleet;
mod physics;
mod recorder;
mod run;
mod vintage;
mod wire;
mod world;

pub use bills::Settled;
pub use recorder::{ByElement, Expected, Flows, PhaseColumns, Recording, Regime, Variant};
pub use run::{CaseResult, Progress, run_case};
pub use wire::{Fate, LoggedMessage};
pub use world::Totals;
