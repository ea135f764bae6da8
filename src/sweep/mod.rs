//! Many cases of one scenario: numbered before anything runs, run on every core or several machines, resumed, merged.
//!
//! ```text
//! [sweep] ── design (unit points, quantiles) ── plan (numbered cases) ── folder (sweep.json, cases.csv)
//!                                                     │ parts of fixed ranges of cases, whole files, in any order
//!                                                     └─ work ── parts/part-000000.parquet … ── merge ── results.parquet
//! ```

mod design;
mod folder;
mod merge;
mod plan;
mod read;
pub mod results;
pub mod rules;
mod seal;
mod work;

pub use design::Set;
pub use folder::{Folder, Record, numbers};
pub use merge::{Tally, damaged, damaged_parts, merge, ranges, tally};
pub use plan::{Case, Plan};
pub use results::Results;
pub use seal::State;
pub use work::{Progress, run_part, work};
