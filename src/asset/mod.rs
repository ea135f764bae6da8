//! Things behind the meter.

pub mod battery;
pub mod ev;
