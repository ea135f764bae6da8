//! How a command ends, and what it says on the way.

use std::io::{IsTerminal, Write};

use crate::diagnostic::{Findings, render};

/// How a command ended when its input was right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Done,
    CaseFailed,
}

/// Shows findings on standard error, with colour on a terminal.
pub(super) fn report(findings: &Findings) {
    let mut stderr = std::io::stderr().lock();
    let colour = stderr.is_terminal();
    for finding in &findings.0 {
        // Nobody is left to tell when standard error is closed.
        let _ = writeln!(stderr, "{}\n", render(finding, colour));
    }
}

/// Writes a result to standard output; a reader that has gone away is no error.
pub(super) fn print(text: &str) {
    let _ = std::io::stdout().lock().write_all(text.as_bytes());
}
