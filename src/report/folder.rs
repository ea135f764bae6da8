//! What a run's folder holds, read back.

use std::borrow::Borrow;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Component, Path, PathBuf};

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::output::manifest::{FILE_NAME as MANIFEST, Output};
use crate::output::table::{Column, Strings, Table};
use crate::output::{Manifest, read_columns, read_portions};
use crate::results::Record;
use crate::results::record::RECORD_FILE;
use crate::time::{IspCalendar, SimTime};
use crate::units::Money;

use super::ReportError;

/// Name of the page in a run's folder.
pub const PAGE: &str = "report.html";

/// A run's folder in memory; series and messages are read where they are packed.
#[derive(Debug)]
pub(super) struct Folder {
    pub(super) path: PathBuf,
    pub(super) manifest: Manifest,
    pub(super) record: Record,
    pub(super) calendar: IspCalendar,
    pub(super) kpis: Vec<KpiRow>,
    pub(super) points: Vec<PointRow>,
    pub(super) ledger: Vec<LedgerRow>,
    pub(super) settlement: Vec<SettlementRow>,
    pub(super) unbooked: Vec<UnbookedRow>,
}

/// A row of `kpi.csv`.
#[derive(Debug, Deserialize)]
pub(super) struct KpiRow {
    pub(super) strategy: String,
    pub(super) key: String,
    pub(super) value: Option<f64>,
    pub(super) status: String,
}

/// A row of `congestion.csv` by column.
pub(super) type PointRow = BTreeMap<String, String>;

/// A row of `ledger.csv`.
#[derive(Debug, Deserialize)]
pub(super) struct LedgerRow {
    pub(super) strategy: String,
    pub(super) time: String,
    pub(super) payer: String,
    pub(super) payee: String,
    pub(super) kind: String,
    #[serde(deserialize_with = "money")]
    pub(super) amount_eur: Money,
    pub(super) reference: String,
}

/// A row of `settlement.csv`.
#[derive(Debug, Deserialize)]
pub(super) struct SettlementRow {
    pub(super) strategy: String,
    pub(super) aggregator: String,
    pub(super) period: String,
    pub(super) congestion_point: String,
    pub(super) order_reference: String,
    pub(super) contract_id: String,
    #[serde(deserialize_with = "money")]
    pub(super) price_eur: Money,
    #[serde(deserialize_with = "money")]
    pub(super) penalty_eur: Money,
    #[serde(deserialize_with = "money")]
    pub(super) net_settlement_eur: Money,
    pub(super) ordered_net_kwh: f64,
    pub(super) delivered_net_kwh: f64,
    pub(super) deficiency_kwh: f64,
}

/// A row of `unbooked.csv`.
#[derive(Debug, Deserialize)]
pub(super) struct UnbookedRow {
    pub(super) strategy: String,
    pub(super) payee: String,
    #[serde(deserialize_with = "money")]
    pub(super) amount_eur: Money,
    pub(super) reason: String,
}

fn money<'de, D: serde::Deserializer<'de>>(d: D) -> Result<Money, D::Error> {
    f64::deserialize(d).map(Money::from_f64)
}

impl Folder {
    /// Reads a run's folder; `manifest` in place of the file that a folder in the making does not have yet.
    pub(super) fn read(path: &Path, manifest: Option<&Manifest>) -> Result<Folder, ReportError> {
        let manifest = match manifest {
            Some(manifest) => manifest.clone(),
            None => unchanged(path, Manifest::read(&path.join(MANIFEST))?)?,
        };
        let record: Record = json(&path.join(RECORD_FILE))?;
        let calendar = IspCalendar::new(&record.scenario.time.zone, record.scenario.time.isp_minutes);
        Ok(Folder {
            path: path.to_path_buf(),
            manifest,
            calendar: calendar.map_err(|source| ReportError::Calendar { path: path.join(RECORD_FILE), source })?,
            record,
            kpis: rows(&path.join("kpi.csv"))?,
            points: rows(&path.join("congestion.csv"))?,
            ledger: rows(&path.join("ledger.csv"))?,
            settlement: rows(&path.join("settlement.csv"))?,
            unbooked: rows(&path.join("unbooked.csv"))?,
        })
    }

    /// Names of the strategies, in the order of columns.
    pub(super) fn strategies(&self) -> impl Iterator<Item = &str> {
        self.record.strategies.iter().map(|s| s.name.as_str())
    }

    /// Position of a strategy among the columns.
    pub(super) fn strategy(&self, name: &str) -> Option<usize> {
        self.strategies().position(|s| s == name)
    }

    /// A key figure's row.
    pub(super) fn kpi(&self, strategy: &str, key: &str) -> Option<&KpiRow> {
        self.kpis.iter().find(|r| r.strategy == strategy && r.key == key)
    }

    /// A key figure of one congestion point, if it has a meaning there.
    pub(super) fn point_figure(&self, strategy: &str, point: &str, key: &str) -> Option<f64> {
        let is = |r: &PointRow, column: &str, text: &str| r.get(column).is_some_and(|own| own == text);
        let here = |r: &&PointRow| is(r, "strategy", strategy) && is(r, "congestion_point", point);
        self.points.iter().find(here)?.get(key)?.parse().ok()
    }

    /// Id of a congestion point from its address.
    pub(super) fn point(&self, address: &str) -> String {
        let known = self.record.congestion_points.iter().find(|p| p.address == address);
        known.map_or_else(|| address.to_owned(), |p| p.id.clone())
    }

    /// Whether the folder has a file.
    pub(super) fn holds(&self, name: &str) -> bool {
        self.path.join(name).is_file()
    }

    /// The rows of a table of the folder.
    pub(super) fn rows<T: serde::de::DeserializeOwned>(&self, name: &str) -> Result<Vec<T>, ReportError> {
        rows(&self.path.join(name))
    }

    /// A text file of the folder, if it is there.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        fs::read_to_string(self.path.join(name)).ok()
    }

    /// The named columns of a Parquet file.
    pub(super) fn table(&self, name: &str, columns: &[&str]) -> Result<Columns, ReportError> {
        Columns::read(&self.path.join(name), columns)
    }

    /// The named columns of a Parquet file, a portion at a time; the first failure of `each` ends the matter.
    pub(super) fn portions(
        &self,
        name: &str,
        columns: &[&str],
        mut each: impl FnMut(&Columns<&Table>) -> Result<(), ReportError>,
    ) -> Result<(), ReportError> {
        let path = self.path.join(name);
        let mut outcome = Ok(());
        read_portions(&path, columns, |table| {
            if outcome.is_ok() {
                outcome = each(&Columns { path: path.clone(), table });
            }
        })?;
        outcome
    }
}

/// The manifest, if the files it lists are as they were written. The page itself may be made anew.
fn unchanged(folder: &Path, manifest: Manifest) -> Result<Manifest, ReportError> {
    const READ: [&str; 9] = [
        RECORD_FILE,
        "kpi.csv",
        "congestion.csv",
        "ledger.csv",
        "settlement.csv",
        "unbooked.csv",
        "elements.parquet",
        "messages.parquet",
        "message_isps.parquet",
    ];
    if let Some(file) = READ.into_iter().find(|file| manifest.outputs.iter().all(|output| output.file != *file)) {
        return Err(ReportError::Changed { path: folder.join(file) });
    }
    for output in manifest.outputs.iter().filter(|output| output.file != PAGE && is_inside(&output.file)) {
        if Output::of(folder, &output.file, None)?.blake3 != output.blake3 {
            return Err(ReportError::Changed { path: folder.join(&output.file) });
        }
    }
    Ok(manifest)
}

fn is_inside(file: &str) -> bool {
    Path::new(file).components().all(|step| matches!(step, Component::Normal(_)))
}

/// Columns of a file that must be there.
#[derive(Debug)]
pub(super) struct Columns<T = Table> {
    pub(super) path: PathBuf,
    pub(super) table: T,
}

impl Columns {
    pub(super) fn read(path: &Path, names: &[&str]) -> Result<Columns, ReportError> {
        Ok(Columns { path: path.to_path_buf(), table: read_columns(path, names)? })
    }
}

impl<T: Borrow<Table>> Columns<T> {
    fn missing(&self, name: &str) -> ReportError {
        ReportError::Column { path: self.path.clone(), column: name.to_owned() }
    }

    pub(super) fn texts(&self, name: &str) -> Result<&Strings, ReportError> {
        match self.table.borrow().column(name) {
            Some(Column::Str(texts)) => Ok(texts),
            _ => Err(self.missing(name)),
        }
    }

    pub(super) fn times(&self, name: &str) -> Result<&[SimTime], ReportError> {
        match self.table.borrow().column(name) {
            Some(Column::Time(times)) => Ok(times),
            _ => Err(self.missing(name)),
        }
    }

    pub(super) fn f32s(&self, name: &str) -> Result<&[f32], ReportError> {
        match self.table.borrow().column(name) {
            Some(Column::F32(values)) => Ok(values),
            _ => Err(self.missing(name)),
        }
    }

    pub(super) fn f64s(&self, name: &str) -> Result<&[f64], ReportError> {
        match self.table.borrow().column(name) {
            Some(Column::F64(values)) => Ok(values),
            _ => Err(self.missing(name)),
        }
    }

    pub(super) fn i64s(&self, name: &str) -> Result<&[i64], ReportError> {
        match self.table.borrow().column(name) {
            Some(Column::I64(values)) => Ok(values),
            _ => Err(self.missing(name)),
        }
    }
}

/// The rows of a CSV file with a header.
pub(super) fn rows<T: DeserializeOwned>(path: &Path) -> Result<Vec<T>, ReportError> {
    let failed = |source| ReportError::Csv { path: path.to_path_buf(), source };
    csv::Reader::from_path(path).map_err(failed)?.into_deserialize().collect::<Result<_, _>>().map_err(failed)
}

/// A JSON file.
pub(super) fn json<T: DeserializeOwned>(path: &Path) -> Result<T, ReportError> {
    let text = fs::read_to_string(path).map_err(|source| ReportError::Io { path: path.to_path_buf(), source })?;
    serde_json::from_str(&text).map_err(|source| ReportError::Json { path: path.to_path_buf(), source })
}
