//! Tables as files: Parquet for notebooks and for reading back, CSV for the eye.
//!
//! Rows are gathered into row groups of 2¹⁸, so a file depends on its rows only, not on the portions they came in,
//! and a long run needs the memory of one group. Encodings, chosen by what compresses simulated series best:
//! times and whole numbers as packed differences, floats with their bytes split by significance, texts by dictionary; all
//! under LZ4. Points in time are `TIMESTAMP(MICROS, UTC)`. No metadata but the program's name goes in, so equal tables are
//! equal bytes.

use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use parquet::basic::{Compression, Encoding, LogicalType, Repetition, TimeUnit, Type as Physical};
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DataType, DoubleType, FloatType, Int64Type};
use parquet::errors::Result as ParquetResult;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::reader::{FileReader, RowGroupReader, SerializedFileReader};
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::types::{ColumnDescriptor, ColumnPath, Type};

use crate::output::OutputError;
use crate::output::table::{Column, Strings, Table};
use crate::output::text_column::read_texts;
use crate::time::SimTime;

/// Rows of a row group.
const GROUP_ROWS: usize = 1 << 18;

const MICROS: i64 = 1_000_000;

/// Writes a table in portions.
#[derive(Debug)]
pub struct TableWriter {
    path: PathBuf,
    file: SerializedFileWriter<BufWriter<File>>,
    /// Rows of the group being gathered.
    gathered: Table,
    rows: usize,
}

impl TableWriter {
    /// Begins the file at `path` with the columns of `layout`, whose rows are not written.
    ///
    /// # Errors
    /// When the file cannot be made.
    pub fn create(path: &Path, layout: &Table) -> Result<TableWriter, OutputError> {
        let file = File::create(path).map_err(OutputError::io("write", path))?;
        let fields = layout.columns.iter().map(|(name, column)| Arc::new(field(name, column))).collect();
        let schema = Type::group_type_builder("table").with_fields(fields).build().map_err(OutputError::parquet("write", path))?;
        let file = SerializedFileWriter::new(BufWriter::new(file), Arc::new(schema), Arc::new(properties(layout)));
        let file = file.map_err(OutputError::parquet("write", path))?;
        Ok(TableWriter { path: path.to_path_buf(), file, gathered: layout.layout(), rows: 0 })
    }

    /// Adds the rows of `table`, which has the columns of the layout. Panics if it has not.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn append(&mut self, table: &Table) -> Result<(), OutputError> {
        let rows = table.rows();
        let mut from = 0;
        while from < rows {
            let to = rows.min(from + GROUP_ROWS - self.gathered.rows());
            self.gathered.append(table, from..to);
            if self.gathered.rows() == GROUP_ROWS {
                self.flush()?;
            }
            from = to;
        }
        self.rows += rows;
        Ok(())
    }

    /// Ends the file and says how many rows it holds. A writer that is dropped leaves a file nobody can read.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn finish(mut self) -> Result<usize, OutputError> {
        if self.gathered.rows() > 0 {
            self.flush()?;
        }
        self.file.finish().map_err(OutputError::parquet("write", &self.path))?;
        Ok(self.rows)
    }

    fn flush(&mut self) -> Result<(), OutputError> {
        let written = (|| {
            let mut group = self.file.next_row_group()?;
            for (_, column) in &self.gathered.columns {
                let mut writer = group.next_column()?.expect("the schema has a field for every column");
                write_column(&mut writer, column)?;
                writer.close()?;
            }
            group.close().map(drop)
        })();
        written.map_err(OutputError::parquet("write", &self.path))?;
        // A new one, for a run of new texts must not pile up their dictionary.
        self.gathered = self.gathered.layout();
        Ok(())
    }
}

fn field(name: &str, column: &Column) -> Type {
    let (physical, logical) = match column {
        Column::F64(_) => (Physical::DOUBLE, None),
        Column::F32(_) => (Physical::FLOAT, None),
        Column::I64(_) => (Physical::INT64, None),
        Column::Str(_) => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
        Column::Bool(_) => (Physical::BOOLEAN, None),
        Column::Time(_) => (Physical::INT64, Some(LogicalType::timestamp(true, TimeUnit::MICROS))),
    };
    let field = Type::primitive_type_builder(name, physical).with_repetition(Repetition::REQUIRED).with_logical_type(logical);
    field.build().expect("logical types fit their physical ones")
}

fn properties(layout: &Table) -> WriterProperties {
    let mut properties = WriterProperties::builder()
        .set_created_by("copperplate".to_owned())
        .set_compression(Compression::LZ4_RAW)
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_offset_index_disabled(true)
        .set_max_row_group_row_count(Some(GROUP_ROWS));
    for (name, column) in &layout.columns {
        let encoding = match column {
            Column::F64(_) | Column::F32(_) => Encoding::BYTE_STREAM_SPLIT,
            Column::I64(_) | Column::Time(_) => Encoding::DELTA_BINARY_PACKED,
            Column::Bool(_) => Encoding::RLE,
            Column::Str(_) => continue,
        };
        let path = ColumnPath::new(vec![name.clone()]);
        properties = properties.set_column_dictionary_enabled(path.clone(), false).set_column_encoding(path, encoding);
    }
    properties.build()
}

fn write_column(writer: &mut SerializedColumnWriter<'_>, column: &Column) -> ParquetResult<()> {
    fn all<T: DataType>(writer: &mut SerializedColumnWriter<'_>, values: &[T::T]) -> ParquetResult<()> {
        writer.typed::<T>().write_batch(values, None, None).map(drop)
    }
    match column {
        Column::F64(values) => all::<DoubleType>(writer, values),
        Column::F32(values) => all::<FloatType>(writer, values),
        Column::I64(values) => all::<Int64Type>(writer, values),
        Column::Bool(values) => all::<BoolType>(writer, values),
        Column::Time(values) => all::<Int64Type>(writer, &values.iter().map(|t| t.0 * MICROS).collect::<Vec<_>>()),
        Column::Str(strings) => {
            let dictionary: Vec<ByteArray> = strings.dictionary().iter().map(|text| ByteArray::from(text.as_bytes().to_vec())).collect();
            // In portions that stay in cache.
            let mut portion: Vec<ByteArray> = Vec::with_capacity(1024);
            strings.codes().chunks(1024).try_for_each(|codes| {
                portion.clear();
                portion.extend(codes.iter().map(|&code| dictionary[code as usize].clone()));
                all::<ByteArrayType>(writer, &portion)
            })
        }
    }
}

/// Writes a whole table and says how many rows it has.
///
/// # Errors
/// When the file cannot be written.
pub fn write_parquet(table: &Table, path: &Path) -> Result<usize, OutputError> {
    let mut writer = TableWriter::create(path, table)?;
    writer.append(table)?;
    writer.finish()
}

/// Reads a file written by [`TableWriter`].
///
/// # Errors
/// When it cannot be read, or holds types that no column is written as.
pub fn read_parquet(path: &Path) -> Result<Table, OutputError> {
    read_where(path, |_| true)
}

/// Reads those of the named columns that the file has, in its order.
///
/// # Errors
/// As [`read_parquet`].
pub fn read_columns(path: &Path, names: &[&str]) -> Result<Table, OutputError> {
    read_where(path, |name| names.contains(&name))
}

/// Reads the named columns row group by row group and hands each to `each`: the memory of one group, however long the file.
/// Texts keep their codes from group to group.
///
/// # Errors
/// As [`read_parquet`].
pub fn read_portions(path: &Path, names: &[&str], mut each: impl FnMut(&Table)) -> Result<(), OutputError> {
    let mut opened = Opened::new(path, |name| names.contains(&name))?;
    for group in 0..opened.reader.num_row_groups() {
        opened.table.clear();
        opened.read(group)?;
        each(&opened.table);
    }
    Ok(())
}

fn read_where(path: &Path, wanted: impl Fn(&str) -> bool) -> Result<Table, OutputError> {
    let mut opened = Opened::new(path, wanted)?;
    for group in 0..opened.reader.num_row_groups() {
        opened.read(group)?;
    }
    Ok(opened.table)
}

/// A file that is being read.
struct Opened<'a> {
    path: &'a Path,
    reader: SerializedFileReader<File>,
    /// The file's columns that are wanted.
    fields: Vec<usize>,
    /// What was read of them.
    table: Table,
}

impl Opened<'_> {
    fn new(path: &Path, wanted: impl Fn(&str) -> bool) -> Result<Opened<'_>, OutputError> {
        let file = File::open(path).map_err(OutputError::io("read", path))?;
        let reader = SerializedFileReader::new(file).map_err(OutputError::parquet("read", path))?;
        let schema = reader.metadata().file_metadata().schema_descr_ptr();
        let foreign = |field: &ColumnDescriptor| OutputError::ForeignColumn { path: path.to_path_buf(), column: field.path().string() };
        let fields: Vec<usize> = (0..schema.num_columns()).filter(|&i| wanted(schema.column(i).name())).collect();
        let columns: Result<Vec<_>, OutputError> = fields
            .iter()
            .map(|&i| schema.column(i))
            .map(|field| column_of(&field).map(|column| (field.name().to_owned(), column)).ok_or_else(|| foreign(&field)))
            .collect();
        let table = Table { columns: columns? };
        Ok(Opened { path, reader, fields, table })
    }

    /// Adds a row group to the table.
    fn read(&mut self, group: usize) -> Result<(), OutputError> {
        let mut read = || {
            let group = self.reader.get_row_group(group)?;
            self.table.columns.iter_mut().zip(&self.fields).try_for_each(|((_, column), &i)| read_column(&*group, i, column))
        };
        read().map_err(OutputError::parquet("read", self.path))
    }
}

/// Number of rows of a Parquet file, from its end alone: it can be told only of a file that was written whole.
///
/// # Errors
/// When it cannot be read or has no whole end.
pub fn parquet_rows(path: &Path) -> Result<usize, OutputError> {
    let file = File::open(path).map_err(OutputError::io("read", path))?;
    let reader = SerializedFileReader::new(file).map_err(OutputError::parquet("read", path))?;
    Ok(usize::try_from(reader.metadata().file_metadata().num_rows()).unwrap_or(0))
}

/// The empty column a field is read into, if it is one of ours.
fn column_of(field: &ColumnDescriptor) -> Option<Column> {
    if field.max_def_level() > 0 || field.max_rep_level() > 0 {
        return None;
    }
    let micros = LogicalType::timestamp(true, TimeUnit::MICROS);
    match (field.physical_type(), field.logical_type_ref()) {
        (Physical::DOUBLE, None) => Some(Column::F64(Vec::new())),
        (Physical::FLOAT, None) => Some(Column::F32(Vec::new())),
        (Physical::INT64, None) => Some(Column::I64(Vec::new())),
        (Physical::BOOLEAN, None) => Some(Column::Bool(Vec::new())),
        (Physical::INT64, Some(logical)) if *logical == micros => Some(Column::Time(Vec::new())),
        (Physical::BYTE_ARRAY, Some(LogicalType::String)) => Some(Column::Str(Strings::default())),
        _ => None,
    }
}

fn read_column(group: &dyn RowGroupReader, i: usize, column: &mut Column) -> ParquetResult<()> {
    let rows = usize::try_from(group.metadata().num_rows()).unwrap_or(0);
    fn all<T: DataType>(group: &dyn RowGroupReader, i: usize, rows: usize, values: &mut Vec<T::T>) -> ParquetResult<()> {
        let mut reader = parquet::column::reader::get_typed_column_reader::<T>(group.get_column_reader(i)?);
        while values.len() < rows && reader.read_records(rows - values.len(), None, None, values)?.0 > 0 {}
        Ok(())
    }
    match column {
        Column::F64(values) => all::<DoubleType>(group, i, values.len() + rows, values),
        Column::F32(values) => all::<FloatType>(group, i, values.len() + rows, values),
        Column::I64(values) => all::<Int64Type>(group, i, values.len() + rows, values),
        Column::Bool(values) => all::<BoolType>(group, i, values.len() + rows, values),
        Column::Time(times) => {
            let mut micros = Vec::new();
            all::<Int64Type>(group, i, rows, &mut micros)?;
            times.extend(micros.into_iter().map(|t| SimTime(t / MICROS)));
            Ok(())
        }
        Column::Str(strings) => read_texts(group, i, strings),
    }
}

/// Writes a table as CSV: times in UTC as RFC 3339, floats with as few digits as read back the same, NaN as nothing. Floats beyond
/// whole numbers (2^53) have an exponent, so that no reader takes them for an integer that it cannot hold.
///
/// # Errors
/// When the file cannot be written.
pub fn write_csv(table: &Table, path: &Path) -> Result<usize, OutputError> {
    let rows = table.rows();
    let write = || -> csv::Result<()> {
        let mut writer = csv::Writer::from_path(path)?;
        writer.write_record(table.columns.iter().map(|(name, _)| name))?;
        for row in 0..rows {
            writer.write_record(table.columns.iter().map(|(_, column)| cell(column, row)))?;
        }
        writer.flush().map_err(csv::Error::from)
    };
    write().map(|()| rows).map_err(|error| OutputError::io("write", path)(error.into()))
}

fn float(x: f64) -> String {
    if x.abs() < 9_007_199_254_740_992.0 { (x + 0.0).to_string() } else { format!("{x:e}") }
}

fn cell(column: &Column, row: usize) -> String {
    match column {
        Column::F64(v) if v[row].is_nan() => String::new(),
        Column::F32(v) if v[row].is_nan() => String::new(),
        Column::F64(v) => float(v[row]),
        Column::F32(v) => v[row].to_string(),
        Column::I64(v) => v[row].to_string(),
        Column::Str(v) => v.get(row).to_owned(),
        Column::Bool(v) => v[row].to_string(),
        Column::Time(v) => Timestamp::from_second(v[row].0).map_or_else(|_| v[row].0.to_string(), |t| t.to_string()),
    }
}
