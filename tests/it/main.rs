//! One integration binary; a file a behaviour.

mod chart;
mod diagnostics;
mod import;
mod layering;
mod model_docs;
mod output;
mod powerflow;
mod powerflow_command;
mod topology;
mod uftp_docs;
mod uftp_judge;
mod uftp_properties;
mod uftp_read;
mod uftp_samples;
mod uftp_sign;
