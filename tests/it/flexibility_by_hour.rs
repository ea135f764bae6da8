//! `flexibility.csv` against the messages and devices of the same case.

use std::path::Path;
use std::process::Command;

use copperplate::asset::{Device, Flexibility};
use copperplate::sim::{DeviceStep, Fate, Observer, Reference, Variant, run_case};
use copperplate::uftp::message::Message;

use crate::sim_support::study;

/// Feed-in that PV systems and plants have without flexibility at the first step of each hour, W, summed over days.
struct Sun<'a>(&'a copperplate::scenario::study::Study, [f64; 24]);

impl Observer for Sun<'_> {
    fn device(&mut self, seen: &DeviceStep) {
        let time = self.0.calendar.local_time(self.0.step_start(seen.step));
        let is_sun = matches!(self.0.devices[seen.device.i()].device, Device::Curtailable(_));
        if seen.variant == Variant::Free && is_sun && time.minute() == 0 {
            self.1[time.hour() as usize] -= seen.power_w;
        }
    }
}

#[test]
fn offers_and_what_they_were_of_are_told_by_hour() {
    let study = study("street-2035.toml", 3, |s| s.strategies = vec!["grid-capacity-management".to_owned()]);
    let days = study.periods.len() as f64;
    let mut sun = Sun(&study, [0.0; 24]);
    let reference = Reference::observed(&study, &mut sun);
    let case = run_case(&study, &reference, &study.strategies[0], &|_| {});
    let behind = case.behind.as_ref().unwrap();
    let others = study.devices.iter().filter(|s| s.device.flexibility() != Flexibility::None);
    assert!(others.clone().any(|s| matches!(s.device, Device::Curtailable(_))));
    assert!(others.into_iter().all(|s| !matches!(s.device, Device::Process(_) | Device::Generator(_))), "only the sun is among others");
    let mut offered = [[0.0; 2]; 24];
    for m in case.messages.iter().filter(|m| m.attempt == 0 && m.fate != Fate::Repeated) {
        let Message::FlexOffer(offer) = &*m.message else { continue };
        let options: Vec<Vec<(usize, f64)>> = (offer.options.iter())
            .map(|o| o.isps.iter().flat_map(|i| i.run.numbers().map(|n| (usize::from(n), i.power.as_f64()))).collect())
            .collect();
        let size = |rows: &&Vec<(usize, f64)>| rows.iter().map(|(_, w)| w.abs() as u64).sum::<u64>();
        let best = options.iter().map(|rows| size(&rows)).max().unwrap();
        for (isp, w) in options.iter().find(|rows| size(rows) == best).unwrap() {
            // Mean over the four ISPs of the hour and over the days.
            offered[(isp - 1) / 4][usize::from(*w > 0.0)] += w.abs() * 1e-3 / 4.0 / days;
        }
    }
    assert!(offered.iter().map(|h| h[0]).sum::<f64>() > 1.0, "something is offered");

    let out = Path::new(env!("CARGO_TARGET_TMPDIR")).join("flexibility-by-hour");
    let _ = std::fs::remove_dir_all(&out);
    let until = format!("time.until={}", study.periods.last().unwrap().date);
    let run = Command::new(env!("CARGO_BIN_EXE_copperplate"))
        .args(["run", "scenarios/street-2035.toml", "--set", &until, "--set", "strategies=[\"grid-capacity-management\"]", "--out"])
        .arg(&out)
        .output()
        .unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let mut rows = csv::Reader::from_path(out.join("flexibility.csv")).unwrap();
    let rows: Vec<Vec<f64>> = rows.records().map(|row| row.unwrap().iter().skip(1).map(|cell| cell.parse().unwrap()).collect()).collect();
    assert_eq!(rows.len(), 24);
    for (hour, row) in rows.iter().enumerate() {
        let near = |a: f64, b: f64| assert!((a - b).abs() < 1e-6 * (1.0 + b.abs()), "hour {hour}: {a} is not {b}");
        near(row[0], hour as f64);
        near(behind.potential.others[hour].1, sun.1[hour] / days);
        let kinds = |of: fn(&(f64, f64)) -> f64| behind.potential.kinds.iter().map(|kind| of(&kind[hour])).sum::<f64>();
        near(row[1], (kinds(|k| k.0) + behind.potential.others[hour].0) / 1e3);
        near(row[2], (kinds(|k| k.1) + behind.potential.others[hour].1) / 1e3);
        near(row[3], offered[hour][0]);
        near(row[4], offered[hour][1]);
    }
}
