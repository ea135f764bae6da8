//! One integration binary; a file a behaviour.

mod diagnostics;
mod output;
