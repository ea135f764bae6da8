//! Many cases of one scenario: numbered before anything runs, run on every core or several machines, resumed, merged.
//!
//! ```text
//! [sweep] ── design (unit points, quantiles) ── plan (numbered cases) ── folder (sweep.json, cases.csv)
//!                                                     │ parts of fixed ranges of cases, whole files, in any order
//!                                                     └─ work ── parts/part-000000.parquet … ── merge ── results.parquet
//! ```

pub mod results;

pub use results::Results;
