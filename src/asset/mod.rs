//! Things behind the meter.

pub mod spec;

pub use spec::{AssetKind, AssetSpec};
