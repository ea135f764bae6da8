//! Scenarios.
pub mod build;
mod overlay;
pub mod schema;
mod strategies;
pub mod study;
