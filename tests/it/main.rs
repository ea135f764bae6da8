//! One integration binary; a file a behaviour.

mod import;
mod layering;
mod powerflow;
mod powerflow_command;
mod topology;
