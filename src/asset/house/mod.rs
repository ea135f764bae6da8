//! A house.
pub mod building;
pub mod heat_pump;
pub mod schedule;
pub mod tank;
