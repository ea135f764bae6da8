//! The participants as state machines: DSO, aggregators and the common reference.
//!
//! An agent is `handle(now, input) -> actions`. It has no clock, no I/O and no access to the world: what it knows came in an
//! [`Input`] — messages, forecasts handed to it, telemetry and meters that have arrived, prices once published. What it wants
//! comes out as [`Action`]s. The simulation and a live endpoint drive the same agents.
//!
//! ```text
//!   contract    AGR, DSO ── portfolio updates ──► CRO
//!   D-1 query   AGR, DSO ── portfolio queries ──► CRO
//!   D-1 call    DSO ── FlexReservationUpdate, FlexOrder (capacity limitation) ──► AGR
//!   D-1         AGR ── D-Prognosis ──► DSO ── FlexRequest ──► AGR ── FlexOffer ──► DSO ── FlexOrder ──► AGR ── D-Prognosis ──► DSO
//!   D           assets follow their dispatch; DSO watches its congestion points, limits if it must (orange)
//!   D+1         AGR ── Metering ──► DSO;   at the window's end  DSO ── FlexSettlement ──► AGR
//! ```

pub mod agenda;
pub mod agr;
pub mod cro;
mod desk;
pub mod dso;
mod foresight;
mod inbox;
mod input;
mod knowledge;
mod order;
mod participant;

pub use agenda::{Appointment, Gate};
pub use desk::Desk;
pub use inbox::{Directory, Inbox};
pub use input::{Action, Dispatch, Expectation, Input, Limit, PrognosisCheck, Record, Remedy, Target};
pub use knowledge::{Area, DayPrices, DsoVintage, MeterDay, PortfolioVintage, PublicCp, Telemetry};
pub use order::OrderRecord;
pub use participant::{Participant, Registry, Unsettled};

use desk::send;
