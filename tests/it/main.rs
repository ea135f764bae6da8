//! One integration binary; a file a behaviour.
mod uftp_samples;
mod uftp_sign;
