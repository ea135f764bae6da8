//! What a run leaves behind: columnar tables, a manifest, whole folders or nothing, and tables for the terminal.
//!
//! Data files hold the simulation only: equal tables are equal bytes, whatever the day, the machine or the number of threads.
//! Host, clock and durations stand in `manifest.json` alone.

mod column_file;
pub mod error;
pub mod file_name;
pub mod manifest;
pub mod publish;
mod staging;
pub mod table;
mod text_chunk;
mod text_column;
pub mod text_table;

pub use column_file::{TableWriter, parquet_rows, read_columns, read_parquet, read_portions, write_csv, write_parquet};
pub use error::{OutputError, catalogue};
pub use file_name::file_name;
pub use manifest::Manifest;
pub use publish::{OUTPUTS, RunFolder, is_for_one, publish_among_many, publish_file};
pub use staging::{abandon, sweep_up_all};
pub use table::{Column, Strings, Table};
pub use text_table::TextTable;
