//! One integration binary; a file a behaviour.
mod chart;
