//! Devices behind the meters: one contract for every kind.
//!
//! ```text
//!              State  ── step(set point, cap) ──►  power, reading           the world's: what really happens
//!                                                     │
//!                            the only bridge: readings with their time
//!                                                     ▼
//!   outlook ──►  Seen  ── plan, envelope, replan ──►  powers per ISP        the owner's: what was told and read
//! ```
//!
//! A kind is a type that implements [`Model`], in a file of its own, and a line in `device.rs`. [`Device`] is one of them, [`State`]
//! and [`Seen`] what belongs to it. What readings have not told, no plan can know: `plan`, `envelope` and `replan` take a
//! [`Seen`], never a [`State`].

pub mod availability;
pub mod battery;
pub mod curtailable;
mod device;
pub mod fixed;
pub mod generator;
pub mod house;
pub mod model;
pub mod process;
pub mod pv;
mod session;
pub mod spec;
mod store;
pub mod store_plan;
pub mod vehicle;

pub use availability::Availability;
pub use device::{Device, DeviceSpec, Seen, State};
pub use model::{Ask, Cap, Content, Cost, Envelope, Flexibility, Flow, Model, Moment, Outlook, Reading, Task, WeatherOutlook};
pub use session::Session;
pub use spec::{AssetKind, AssetSpec};
