//! How a command ends, and what it says on the way.

use std::io::{ErrorKind, IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::Value as Json;

use crate::diagnostic::{Finding, Findings, render};
use crate::output::error::CANNOT_WRITE;

/// Whether something that was to be printed was lost. The command goes on, for files may be of more use; it does not end well.
static LOST: AtomicBool = AtomicBool::new(false);

/// How a command ended when its input was right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Done,
    CaseFailed,
    /// Input was wrong, and that has been told.
    Refused,
}

/// Findings for scripts: all of them.
pub(super) fn json(findings: &Findings) -> Vec<Json> {
    findings.0.iter().map(Finding::json).collect()
}

/// Shows findings on standard error, with colour on a terminal.
pub(super) fn report(findings: &Findings) {
    let mut stderr = std::io::stderr().lock();
    let colour = stderr.is_terminal();
    for (finding, more) in findings.shown() {
        // Nobody is left to tell when standard error is closed.
        let _ = writeln!(stderr, "{}\n", render(finding, colour));
        if more > 0 {
            let _ = writeln!(stderr, "… and {more} more of '{}'; 'validate --json' lists all\n", finding.code);
        }
    }
}

/// Writes a result to standard output. A reader that has gone away is no error; any other is told once.
pub(super) fn print(text: &str) {
    let mut stdout = std::io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe && !LOST.swap(true, Ordering::Relaxed) => {
            let finding = CANNOT_WRITE.finding(format!("cannot write to standard output: {error}"));
            report(&finding.help("the output is lost; check where standard output goes and the space left there").into());
        }
        _ => {}
    }
}

/// Whether all that was printed arrived.
pub(super) fn all_printed() -> bool {
    !LOST.load(Ordering::Relaxed)
}
