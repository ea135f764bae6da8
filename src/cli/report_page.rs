//! `copperplate report`: one HTML page of a run or a sweep.

use std::path::PathBuf;

use clap::Args as ClapArgs;

use super::{Outcome, print};
use crate::diagnostic::Findings;
use crate::output::{OutputError, publish_file};
use crate::report::{FILE_NAME, page};

/// Arguments of `report`.
#[derive(Debug, ClapArgs)]
#[command(after_help = "Example:\n  copperplate report outputs/quickstart --out quickstart.html")]
pub(super) struct Args {
    /// Folder that `run` or `sweep` has written, such as outputs/quickstart
    dir: PathBuf,
    /// File for the page [default: report.html in the folder]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

pub(super) fn run(args: &Args) -> Result<Outcome, Findings> {
    let text = page(&args.dir)?;
    let target = args.out.clone().unwrap_or_else(|| args.dir.join(FILE_NAME));
    publish_file(&target, |path| {
        std::fs::write(path, &text).map_err(|source| OutputError::Io { action: "write", path: path.to_path_buf(), source })
    })?;
    print(&format!("{}: {} kB, opens in any browser\n", target.display(), text.len().div_ceil(1000)));
    Ok(Outcome::Done)
}
