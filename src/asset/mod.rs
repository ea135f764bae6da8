//! Things behind the meter: specifications, plans, behaviour.

pub mod battery;
pub mod ev;
pub mod spec;

pub use spec::{AssetKind, AssetSpec};
