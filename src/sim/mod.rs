//! Running a case: the world (truth), the wire, orange, the recorder, and the event loop that ties them to the agents.

mod acceptance;
mod attendance;
mod bills;
mod by_element;
mod cast;
mod clearing;
mod fleet;
mod group;
mod household;
mod learned;
mod observer;
mod outlook;
mod physics;
mod power;
mod recorder;
mod reference;
mod run;
mod scores;
mod vintage;
mod wire;
mod world;

pub use attendance::Cause;
pub use bills::Settled;
pub use by_element::ByElement;
pub use fleet::Heat;
pub use observer::{DeviceStep, Observer};
pub use recorder::{Expected, Flows, PhaseColumns, Recording, Regime, Variant};
pub use reference::Reference;
pub use run::{CaseResult, CheckedPrognosis, Progress, observe_case, observe_with, run_case};
pub use scores::{ForecastDay, ForecastRecord, ForecastScore};
pub use wire::{Fate, LoggedMessage};
pub use world::Totals;
