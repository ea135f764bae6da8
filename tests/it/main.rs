//! One integration binary; a file a behaviour.

mod chart;
mod diagnostics;
mod output;
mod uftp_samples;
mod uftp_sign;
