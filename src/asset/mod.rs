//! Things behind the meter: specifications, plans, behaviour.

pub mod battery;
pub mod ev;
pub mod spec;
pub mod store_plan;

pub use spec::{AssetKind, AssetSpec};
