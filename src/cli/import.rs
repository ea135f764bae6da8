//! `copperplate import`: public data sets into feeder folders.

use std::path::PathBuf;

use clap::Subcommand;

use super::{Outcome, files, print, report};
use crate::diagnostic::Findings;
use crate::import::{folder_files, simbench};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    source: Source,
}

#[derive(Debug, Subcommand)]
enum Source {
    /// One grid of SimBench, such as 1-LV-rural1--2-sw
    #[command(after_help = "Example:\n  copperplate import simbench --data networks --code 1-LV-rural1--2-sw --out feeders/village")]
    Simbench {
        /// Folder that holds 1-complete_data-mixed-all-{0,1,2}-sw
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
        /// SimBench code of the grid
        #[arg(long)]
        code: String,
        /// Feeder folder to write
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
    },
}

pub(super) fn run(args: &Args) -> Result<Outcome, Findings> {
    let Source::Simbench { data, code, out } = &args.source;
    let (feeder, warnings) = simbench::import(data, code)?;
    report(&warnings);
    files::publish(out, &folder_files(&feeder)?)?;
    let grid = &feeder.grid;
    print(&format!(
        "{}: buses {}, lines {}, transformers {}, connections {}, assets {}, profiles {} of {} steps → {}\n",
        grid.name,
        grid.buses.len(),
        grid.lines.len(),
        grid.transformers.len(),
        grid.connections.len(),
        feeder.assets.len(),
        feeder.profiles.names().len(),
        feeder.profiles.steps(),
        out.display()
    ));
    Ok(Outcome::Done)
}
