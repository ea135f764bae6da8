//! The weather of a study, and what follows from it: profiles of PV systems, day-ahead prices of the same hours.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::asset::pv::Plant;
use crate::asset::{AssetKind, Device, DeviceSpec};
use crate::diagnostic::Findings;
use crate::price;
use crate::profile::ProfileTable;
use crate::time::{Alignment, IspCalendar, SimDuration, SimTime, Steps};
use crate::weather::synthetic::{Climate, season};
use crate::weather::{Place, Series, Weather, clear_sky, measured, rules, synthetic};

use super::lint::{self, Faults};
use super::schema::{self, Scenario};

/// Weather aligned with a run.
#[derive(Debug)]
pub(super) struct Known {
    /// On steps so short that the sun stands still in them.
    fine: Weather,
    alignment: Alignment,
    /// Where measured weather lies, with prices of the same hours.
    folder: Option<PathBuf>,
    /// What drawn weather is drawn from.
    climate: Option<Climate>,
}

/// The weather of a run over the steps `on`, which begin before it where somebody looks back; `None` without `[weather]` or where it has
/// faults.
pub(super) fn read(
    s: &Scenario,
    (run, on): (&Steps, &Steps),
    calendar: &IspCalendar,
    seed: u64,
    beside: &Path,
    faults: &mut Faults<'_>,
) -> Option<Known> {
    let weather = s.weather.as_ref()?;
    let (name, series, folder) = match series(weather, on, seed, beside, faults) {
        Ok(found) => found,
        Err(findings) => {
            placed(findings, "weather.path", faults);
            return None;
        }
    };
    let Some(alignment) = Alignment::over(on, run, &series.grid) else {
        let has = |steps: &Steps| format!("from {} to {}", calendar.rfc3339(steps.start), calendar.rfc3339(steps.end()));
        let finding = rules::WEATHER_TOO_SHORT.finding(format!("'{name}' has weather {}", has(&series.grid)));
        let help = format!("the run needs weather {}; a series of 52 weeks or more serves every run", has(on));
        faults.at("weather.path", finding.help(help));
        return None;
    };
    let fine = Weather::new(&name, &series, &alignment, &Weather::fine(on));
    let climate = weather.climate().map(|(climate, _)| climate);
    Some(Known { fine, alignment, folder, climate })
}

/// Name, series and folder.
fn series(
    weather: &schema::Weather,
    on: &Steps,
    seed: u64,
    beside: &Path,
    faults: &Faults<'_>,
) -> Result<(String, Series, Option<PathBuf>), Findings> {
    match weather {
        schema::Weather::Measured { path } => {
            let folder = faults.file("weather.path", beside, path);
            let meta = measured::read_meta(&folder)?;
            let place = Place { latitude_deg: meta.latitude_deg, longitude_deg: meta.longitude_deg };
            Ok((meta.name, measured::read_csv(&folder.join(measured::SERIES_FILE), place)?, Some(folder)))
        }
        schema::Weather::Csv { path, latitude_deg, longitude_deg } => {
            let place = Place { latitude_deg: *latitude_deg, longitude_deg: *longitude_deg };
            Ok((path.clone(), measured::read_csv(&faults.file("weather.path", beside, path), place)?, None))
        }
        schema::Weather::Synthetic { .. } => {
            let (climate, place) = weather.climate().expect("it is synthetic");
            Ok((format!("synthetic, seed {seed}"), synthetic::synthetic(&climate, place, seed, on.start, on.end()), None))
        }
    }
}

/// Findings at their places in a file, or at the key that names the file.
pub(super) fn placed(findings: Findings, key: &str, faults: &mut Faults<'_>) {
    for f in findings.0 {
        // A file that is not there is told where the scenario names it.
        if f.location.is_some() && f.code != lint::missing_file::RULE.code { faults.findings.push(f) } else { faults.at(key, f) }
    }
}

/// Day-ahead prices over `on` from the hours of the weather; `None` where there are none, which is then a finding.
pub(super) fn day_ahead(known: &Known, on: &Steps, calendar: &IspCalendar, faults: &mut Faults<'_>) -> Option<Vec<f64>> {
    let file = known.folder.as_ref()?.join(measured::PRICES_FILE);
    let (hours, prices) = match price::read_hours(&file) {
        Ok(read) => read,
        Err(findings) => {
            placed(findings, "weather.path", faults);
            return None;
        }
    };
    let mut values = Vec::with_capacity(on.count);
    for source in known.alignment.sources(on) {
        if source.start < hours.start || source.end() > hours.end() {
            let time = |t: SimTime| calendar.rfc3339(t);
            let message = format!("'{}' has prices from {} to {}", file.display(), time(hours.start), time(hours.end()));
            let help = format!("the weather of the run lasts from {} to {}", time(source.start), time(source.end()));
            faults.at("weather.path", price::PRICES_TOO_SHORT.finding(message).help(help));
            return None;
        }
        values.extend(hours.averaged(&prices, &source));
    }
    Some(values)
}

impl Known {
    /// What the weather adds to synthetic day-ahead prices over `on`, whole days, €/MWh; `None` where it is not known what is usual.
    pub(super) fn moves_prices(&self, on: &Steps, calendar: &IspCalendar) -> Option<Vec<f64>> {
        let climate = self.climate.as_ref()?;
        let clearness = climate.usual_clearness();
        let (fine, grid) = (&self.fine, &self.fine.grid);
        let sun: Vec<f64> = (0..grid.count)
            .map(|k| {
                let t = grid.start_of(k);
                fine.ghi_w_m2[k] - clearness[season(t)] * clear_sky::global_w_m2(&fine.sun[k], t)
            })
            .collect();
        let warmth: Vec<f64> = (0..grid.count).map(|k| fine.air_c[k] - climate.usual_c(grid.start_of(k))).collect();
        let hours = Steps { start: on.start, step: SimDuration::hours(1), count: ((on.end() - on.start).0 / 3600) as usize };
        let (sun, warmth) = (grid.averaged(&sun, &hours), grid.averaged(&warmth, &hours));
        let date = |h: usize| calendar.date_of(hours.start_of(h));
        let rows: Vec<usize> = (0..hours.count).collect();
        let day = |rows: &[usize]| {
            let mean_k = rows.iter().map(|h| warmth[*h]).sum::<f64>() / rows.len() as f64;
            rows.iter().map(|h| price::of_weather(sun[*h], mean_k)).collect::<Vec<_>>()
        };
        let moves: Vec<f64> = rows.chunk_by(|a, b| date(*a) == date(*b)).flat_map(day).collect();
        Some(hours.averaged(&moves, on))
    }

    /// The weather over `on`, and `profiles` on these steps with a computed profile for each PV system among `devices`. Nominal power
    /// is taken for the peak power of the modules; orientation and inverter are drawn.
    pub(super) fn apply(&self, seed: u64, profiles: &ProfileTable, on: &Steps, devices: &mut [DeviceSpec]) -> (Arc<Weather>, ProfileTable) {
        let mut table = profiles.averaged(on);
        for spec in devices.iter_mut().filter(|d| d.kind == AssetKind::Pv.name()) {
            let Device::Curtailable(pv) = &mut spec.device else { continue };
            let per_watt = Plant::drawn(seed, &spec.id, 1.0).feed_in_w(&self.fine);
            let column = table.push(&format!("weather:{}", spec.id), &self.fine.grid.averaged(&per_watt, on));
            (pv.series.p_profile, pv.series.q_profile) = (Some(column), Some(column));
        }
        (Arc::new(self.fine.averaged(on)), table)
    }
}
