//! `copperplate report`: one HTML page of a run or a sweep.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use clap::Args as ClapArgs;

use super::rules::FILE_EXISTS;
use super::{Outcome, print};
use crate::diagnostic::Findings;
use crate::output::{OutputError, publish_file};
use crate::report::{FILE_NAME, page};

/// Arguments of `report`.
#[derive(Debug, ClapArgs)]
#[command(after_help = "Example:\n  copperplate report outputs/quickstart --out quickstart.html")]
pub(super) struct Args {
    /// Folder that `run` or `sweep` wrote, such as outputs/quickstart
    dir: PathBuf,
    /// File to write [default: report.html in the folder]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

pub(super) fn run(args: &Args) -> Result<Outcome, Findings> {
    let text = page(&args.dir)?;
    let target = args.out.clone().unwrap_or_else(|| args.dir.join(FILE_NAME));
    if target.symlink_metadata().is_ok() && !is_page(&target) {
        let finding = FILE_EXISTS.finding(format!("'{}' already exists and is no report", target.display()));
        return Err(finding.help("name another file with --out").into());
    }
    publish_file(&target, |path| std::fs::write(path, &text).map_err(OutputError::io("write", path)))?;
    print(&format!("{}: {} kB, opens in any browser\n", target.display(), text.len().div_ceil(1000)));
    Ok(Outcome::Done)
}

/// Whether the file at `path` is a page of ours, which may be made anew.
fn is_page(path: &Path) -> bool {
    let mut head = Vec::new();
    let read = File::open(path).and_then(|file| file.take(4096).read_to_end(&mut head));
    read.is_ok() && String::from_utf8_lossy(&head).contains(concat!("content=\"", env!("CARGO_PKG_NAME"), " "))
}
