//! Running a case: the world (truth), the wire, orange, the recorder, and the event loop that ties them to the agents.

mod cast;
mod clearing;
mod fleet;
mod observer;
mod physics;
mod recorder;
mod run;
mod vintage;
mod wire;
mod world;

pub use clearing::{CONTRACTOR, CUSTOMERS, DAY_AHEAD, IMBALANCE};
pub use observer::{DeviceStep, Observer};
pub use recorder::{Recording, Regime, Variant};
pub use run::{CaseResult, Progress, observe_case, run_case};
pub use wire::{Fate, LoggedMessage};
pub use world::Totals;
