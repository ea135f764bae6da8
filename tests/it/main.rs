//! One integration binary; a file a behaviour.
mod uftp_docs;
mod uftp_judge;
mod uftp_properties;
mod uftp_read;
mod uftp_samples;
mod uftp_sign;
