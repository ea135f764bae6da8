//! One integration binary; a file a behaviour.

mod chart;
mod diagnostics;
mod import;
mod layering;
mod message_command;
mod model_docs;
mod output;
mod powerflow;
mod powerflow_command;
mod sim_balance;
mod sim_delivery;
mod sim_determinism;
mod sim_faulty;
mod sim_ledger;
mod sim_protocol;
mod sim_quickstart;
mod sim_settlement;
mod sim_support;
mod sim_truth_leak;
mod topology;
mod uftp_docs;
mod uftp_judge;
mod uftp_properties;
mod uftp_read;
mod uftp_samples;
mod uftp_sign;
