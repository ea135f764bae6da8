//! Profiles as Parquet: flat columns, one row a step, no time column.
//!
//! Written: `INT32` with the logical type `DECIMAL(9,6)`, so values are kept to 1e-6 of nominal power (0.1 W of 100 kW) and
//! compress well; gzip, which every reader has. Read: that, and plain `DOUBLE`, `FLOAT`, `INT32`, `INT64`, decimals of any
//! scale. Values come from the decimal exactly rounded, `n / 10^scale`.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use parquet::basic::{Compression, GzipLevel, LogicalType, Repetition, Type as Physical};
use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::{DataType, Int32Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::{ColumnDescriptor, Type};

use super::{ProfileTable, rules};
use crate::diagnostic::{Findings, Rule};
use crate::time::{SimDuration, SimTime};

/// Decimals that [`write_parquet`] keeps.
const SCALE: u32 = 6;

/// Reads profiles from a Parquet file; `start` and `step` are what the feeder says.
///
/// # Errors
/// `unreadable-file`, and for every column at fault `profile-type`, `profile-gap` or `not-a-number`; `profile-empty` without rows.
pub fn read_parquet(path: &Path, start: SimTime, step: SimDuration) -> Result<ProfileTable, Findings> {
    let name = || path.display().to_string();
    let unreadable = |e: &dyn std::fmt::Display| {
        crate::table::rules::UNREADABLE_FILE.finding(format!("cannot read '{}': {e}", path.display())).of_file(name())
    };
    crate::table::read::regular(path)?;
    let file = File::open(path).map_err(|e| unreadable(&e))?;
    let reader = SerializedFileReader::new(file).map_err(|e| unreadable(&e))?;
    let mut findings = Findings::default();
    let mut profiles = ProfileTable::new(start, step);
    for (i, column) in reader.metadata().file_metadata().schema_descr().columns().iter().enumerate() {
        let profile = column.path().string();
        let problem =
            |rule: Rule, what: String| rule.finding(format!("profile '{profile}' in '{}' {what}", path.display())).of_file(name());
        match read_column(&reader, i, column) {
            Err(Problem::Type) => {
                let help = "write it as a flat DOUBLE, FLOAT, INT32 or INT64, decimal or not";
                findings.push(problem(rules::PROFILE_TYPE, format!("is a {}", column.physical_type())).help(help));
            }
            Err(Problem::Gap(row)) => findings.push(problem(rules::PROFILE_GAP, format!("has a gap at step {row}"))),
            Err(Problem::Parquet(e)) => findings.push(unreadable(&e)),
            Ok(values) => match values.iter().position(|v| !v.is_finite()) {
                Some(row) => findings.push(problem(crate::table::rules::NOT_A_NUMBER, format!("is {} at step {row}", values[row]))),
                None if profiles.find(&profile).is_some() => {
                    findings.push(problem(crate::table::rules::DUPLICATE_COLUMN, "is there twice".into()))
                }
                None => _ = profiles.push(&profile, &values),
            },
        }
    }
    if reader.metadata().file_metadata().num_rows() == 0 {
        findings.push(rules::PROFILE_EMPTY.finding(format!("'{}' has no rows", path.display())).of_file(name()));
    }
    findings.or_ok(profiles).map(|(profiles, _)| profiles)
}

/// Why a column cannot be a profile.
enum Problem {
    Type,
    Gap(usize),
    Parquet(ParquetError),
}

impl From<ParquetError> for Problem {
    fn from(e: ParquetError) -> Problem {
        Problem::Parquet(e)
    }
}

fn read_column(reader: &SerializedFileReader<File>, i: usize, column: &ColumnDescriptor) -> Result<Vec<f64>, Problem> {
    if column.max_rep_level() > 0 || column.max_def_level() > 1 {
        return Err(Problem::Type);
    }
    let unit = match column.logical_type_ref() {
        Some(LogicalType::Decimal(decimal)) => 10f64.powi(decimal.scale),
        _ => 1.0,
    };
    let mut values = Vec::new();
    for group in 0..reader.num_row_groups() {
        let group = reader.get_row_group(group)?;
        let rows = usize::try_from(group.metadata().num_rows()).unwrap_or(0);
        let optional = column.max_def_level() == 1;
        let before = values.len();
        match group.get_column_reader(i)? {
            ColumnReader::Int32ColumnReader(r) => append(r, rows, optional, &mut values, |n| f64::from(n) / unit)?,
            ColumnReader::Int64ColumnReader(r) => append(r, rows, optional, &mut values, |n| n as f64 / unit)?,
            ColumnReader::FloatColumnReader(r) => append(r, rows, optional, &mut values, f64::from)?,
            ColumnReader::DoubleColumnReader(r) => append(r, rows, optional, &mut values, |x| x)?,
            _ => return Err(Problem::Type),
        }
        debug_assert_eq!(values.len(), before + rows);
    }
    Ok(values)
}

/// Reads the `rows` of one row group; a null is a gap.
fn append<T: DataType>(
    mut reader: ColumnReaderImpl<T>,
    rows: usize,
    optional: bool,
    values: &mut Vec<f64>,
    convert: impl Fn(T::T) -> f64,
) -> Result<(), Problem> {
    let (mut levels, mut raw) = (Vec::new(), Vec::new());
    let (mut read, at) = (0, values.len());
    while read < rows {
        let (records, _, _) = reader.read_records(rows - read, optional.then_some(&mut levels), None, &mut raw)?;
        if records == 0 {
            return Err(Problem::Gap(at + read));
        }
        read += records;
    }
    if let Some(gap) = levels.iter().position(|&level| level == 0) {
        return Err(Problem::Gap(at + gap));
    }
    values.extend(raw.into_iter().map(convert));
    Ok(())
}

/// The bytes of a Parquet file that holds `profiles`, rounded to 1e-6.
///
/// # Errors
/// `profile-range` for values beyond ±999.999999, which no fraction of nominal power reaches.
pub fn write_parquet(profiles: &ProfileTable) -> Result<Vec<u8>, Findings> {
    let mut findings = Findings::default();
    let mut columns = Vec::new();
    for (i, name) in profiles.names().iter().enumerate() {
        let column = profiles.column(crate::ids::ProfileIdx::new(i));
        let unit = 10f64.powi(SCALE as i32);
        if let Some(step) = column.iter().position(|v| v.is_nan() || v.abs() >= 1000.0) {
            findings.push(rules::PROFILE_RANGE.finding(format!("profile '{name}' is {} at step {step}", column[step])));
        }
        columns.push(column.iter().map(|v| (v * unit).round_ties_even() as i32).collect::<Vec<i32>>());
    }
    findings.or_ok(())?;
    Ok(encode(profiles.names(), &columns).expect("writing to memory does not fail"))
}

fn encode(names: &[String], columns: &[Vec<i32>]) -> Result<Vec<u8>, ParquetError> {
    let decimal = LogicalType::decimal(SCALE as i32, 9);
    let field = |name: &String| {
        let field = Type::primitive_type_builder(name, Physical::INT32).with_repetition(Repetition::REQUIRED);
        field.with_logical_type(Some(decimal.clone())).with_precision(9).with_scale(SCALE as i32).build().map(Arc::new)
    };
    let fields = names.iter().map(field).collect::<Result<Vec<_>, _>>()?;
    let schema = Arc::new(Type::group_type_builder("profiles").with_fields(fields).build()?);
    let properties = WriterProperties::builder().set_compression(Compression::GZIP(GzipLevel::try_new(9)?)).set_dictionary_enabled(false);
    let mut writer = SerializedFileWriter::new(Vec::new(), schema, Arc::new(properties.build()))?;
    let mut group = writer.next_row_group()?;
    for values in columns {
        let mut column = group.next_column()?.expect("a writer for each column");
        column.typed::<Int32Type>().write_batch(values, None, None)?;
        column.close()?;
    }
    group.close()?;
    writer.into_inner()
}
