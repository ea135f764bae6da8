//! Loading over time, packed for the page's charts.
//!
//! A value is a loading in thousandths of the rating, as an unsigned 16-bit integer, little-endian; 65535 is "not known". A
//! series is the base64 of its values. Equal series (what would have happened without flexibility, in every strategy) are kept
//! once and referred to by number.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::tz::TimeZone;
use serde_json::{Value as Json, json};

use crate::output::Table;
use crate::time::{IspCalendar, SimTime};

use super::ReportError;
use super::folder::{Columns, Folder};

/// What is recorded of an element, by column, with its name for people.
const QUANTITIES: [(&str, &str); 4] = [
    ("realised", "as it happened"),
    ("without_flexibility", "without flexibility"),
    ("forecast", "the operator's day-ahead forecast"),
    ("after_orders", "the operator's forecast with its orders"),
];

/// Steps of the run.
#[derive(Debug, Clone, Copy)]
pub(super) struct Steps {
    start: SimTime,
    step_s: i64,
    count: usize,
}

impl Steps {
    pub(super) fn of(folder: &Folder) -> Steps {
        let t = &folder.record.scenario.time;
        let (start, end) = (folder.calendar.period(t.from).start, folder.calendar.period(t.until).end());
        let step_s = i64::from(t.step_minutes) * 60;
        Steps { start, step_s, count: ((end - start).0 / step_s) as usize }
    }
}

/// Time grid, limits and packed series of every congestion point that was recorded.
pub(super) fn pack(folder: &Folder) -> Result<Json, ReportError> {
    let steps = Steps::of(folder);
    let mut names = vec!["strategy", "element", "quantity", "regime"];
    names.extend(QUANTITIES.iter().map(|(column, _)| *column));
    let mut gathered = vec![vec![Recorded::default(); folder.record.strategies.len()]; folder.record.congestion_points.len()];
    let mut elements = 0;
    folder.portions("elements.parquet", &names, |portion| {
        elements = portion.texts("element")?.dictionary().len();
        gather(folder, portion, &mut gathered)
    })?;
    let mut pool = Pool::default();
    let mut points = Vec::new();
    for (k, (record, recorded)) in folder.record.congestion_points.iter().zip(&gathered).enumerate() {
        if recorded.iter().any(|r| r.orange.len() != steps.count) {
            continue;
        }
        let limits = &folder.record.scenario.congestion_point[k];
        let mut series = serde_json::Map::new();
        for (q, (column, _)) in QUANTITIES.into_iter().enumerate() {
            let packed: Vec<usize> = recorded.iter().map(|r| pool.keep(&r.loading[q])).collect();
            series.insert(column.to_owned(), json!(packed));
        }
        let orange: Vec<Vec<usize>> = recorded.iter().map(|r| runs(r.orange.iter().copied())).collect();
        points.push(json!({
            "id": record.id,
            "title": record.title,
            "limits": [["planning limit", limits.planning], ["rating", limits.rating], ["emergency limit", limits.emergency]],
            "series": series,
            "orange": orange,
        }));
    }
    Ok(json!({
        "start": steps.start.0,
        "step": steps.step_s,
        "count": steps.count,
        "offsets": offsets(&folder.calendar, steps),
        "quantities": QUANTITIES,
        "pool": pool.series,
        "points": points,
        "elements": elements,
    }))
}

/// The loading of one element in one strategy, in the order of time.
#[derive(Debug, Clone, Default)]
struct Recorded {
    /// By quantity.
    loading: [Vec<f32>; QUANTITIES.len()],
    orange: Vec<bool>,
}

/// Adds the rows of `portion` that hold the loading of a congestion point; `gathered` is by point and strategy.
fn gather(folder: &Folder, portion: &Columns<&Table>, gathered: &mut [Vec<Recorded>]) -> Result<(), ReportError> {
    let (element, quantity, strategy) = (portion.texts("element")?, portion.texts("quantity")?, portion.texts("strategy")?);
    let regime = portion.texts("regime")?;
    let mut columns = Vec::new();
    for (column, _) in QUANTITIES {
        columns.push(portion.f32s(column)?);
    }
    let points = &folder.record.congestion_points;
    let points_of: Vec<Vec<usize>> =
        element.dictionary().iter().map(|e| (0..points.len()).filter(|&k| *points[k].element == **e).collect()).collect();
    let strategy_of: Vec<Option<usize>> = strategy.dictionary().iter().map(|s| folder.strategy(s)).collect();
    let is_loading: Vec<bool> = quantity.dictionary().iter().map(|q| **q == *"loading").collect();
    let is_orange: Vec<bool> = regime.dictionary().iter().map(|r| **r == *"orange").collect();
    for (row, &e) in element.codes().iter().enumerate() {
        if points_of[e as usize].is_empty() || !is_loading[quantity.codes()[row] as usize] {
            continue;
        }
        let Some(s) = strategy_of[strategy.codes()[row] as usize] else { continue };
        for &point in &points_of[e as usize] {
            let recorded = &mut gathered[point][s];
            recorded.loading.iter_mut().zip(&columns).for_each(|(series, column)| series.push(column[row]));
            recorded.orange.push(is_orange[regime.codes()[row] as usize]);
        }
    }
    Ok(())
}

#[derive(Debug, Default)]
struct Pool {
    series: Vec<String>,
    known: BTreeMap<String, usize>,
}

impl Pool {
    /// The number of a series.
    fn keep(&mut self, values: &[f32]) -> usize {
        let packed = pack_loading(values.iter().copied());
        *self.known.entry(packed).or_insert_with_key(|packed| {
            self.series.push(packed.clone());
            self.series.len() - 1
        })
    }
}

fn pack_loading(values: impl Iterator<Item = f32>) -> String {
    let bytes: Vec<u8> = values
        .map(|x| if x.is_finite() { (f64::from(x) * 1000.0).round().clamp(0.0, 65534.0) as u16 } else { u16::MAX })
        .flat_map(u16::to_le_bytes)
        .collect();
    STANDARD.encode(bytes)
}

/// First and one-past-last positions of runs of `true`, flat.
fn runs(flags: impl Iterator<Item = bool>) -> Vec<usize> {
    let mut out = Vec::new();
    let mut inside = false;
    let mut last = 0;
    for (k, flag) in flags.enumerate() {
        if flag != inside {
            out.push(k);
            inside = flag;
        }
        last = k + 1;
    }
    if inside {
        out.push(last);
    }
    out
}

/// `[step, seconds]`: from which step on local time is how much ahead of UTC.
fn offsets(calendar: &IspCalendar, steps: Steps) -> Vec<(usize, i64)> {
    let ahead = |t: SimTime| {
        let local = calendar.date_of(t).to_datetime(calendar.local_time(t));
        local.to_zoned(TimeZone::UTC).map_or(0, |z| z.timestamp().as_second() - t.0)
    };
    let mut out: Vec<(usize, i64)> = Vec::new();
    for k in 0..steps.count {
        let offset = ahead(SimTime(steps.start.0 + steps.step_s * k as i64));
        if out.last().is_none_or(|(_, last)| *last != offset) {
            out.push((k, offset));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_pack_as_thousandths() {
        let bytes = STANDARD.decode(pack_loading([0.0, 1.0, 2.1021, f32::NAN, 1e9].into_iter())).unwrap();
        let back: Vec<u16> = bytes.chunks(2).map(|b| u16::from_le_bytes([b[0], b[1]])).collect();
        assert_eq!(back, [0, 1000, 2102, 65535, 65534]);
        assert_eq!(runs([false, true, true, false, true].into_iter()), [1, 3, 4, 5]);
    }

    #[test]
    fn local_time_jumps_where_the_clock_does() {
        let calendar = IspCalendar::new("Europe/Amsterdam", 15).unwrap();
        let start = calendar.period(jiff::civil::date(2016, 3, 27)).start;
        let steps = Steps { start, step_s: 3600, count: 23 };
        assert_eq!(offsets(&calendar, steps), [(0, 3600), (2, 7200)]);
    }
}
