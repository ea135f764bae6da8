//! Writes a feeder in our folder form; see `folder.rs` for the files. What is written reads back equal, but for profiles,
//! which are rounded to 1e-6.

use super::Feeder;
use super::folder::{ASSETS, BUSES, CONNECTIONS, LINES, LINES_ZERO, PARQUET, SOURCES, SWITCHES, TRANSFORMERS};
use super::tables::TRANSFORMERS_ZERO;
use super::{meta, responses, rules, tap_changers};
use crate::diagnostic::Findings;
use crate::grid::{Grid, TapSide};
use crate::ids::ProfileIdx;
use crate::profile::write_parquet;
use crate::time::IspCalendar;

/// Name and content of every file of the folder; the caller publishes them together.
///
/// # Errors
/// `profile-range` or `unknown-zone`, when profiles or zone cannot be written so that they read back.
pub fn folder_files(feeder: &Feeder) -> Result<Vec<(&'static str, Vec<u8>)>, Findings> {
    let grid = &feeder.grid;
    let mut files = vec![
        (meta::FILE, feeder_toml(feeder)?.into_bytes()),
        ("buses.csv", buses(grid)),
        ("lines.csv", lines(grid)),
        ("transformers.csv", transformers(grid)),
        ("sources.csv", sources(grid)),
        ("connections.csv", connections(grid)),
        ("assets.csv", assets(feeder)),
    ];
    if !grid.switches.is_empty() {
        files.push(("switches.csv", switches(grid)));
    }
    if !grid.responses.is_empty() {
        files.push((responses::FILE, answers(grid)));
    }
    if !grid.tap_changers.is_empty() {
        let columns = [&tap_changers::REQUIRED[..], &["bus"]].concat();
        files.push((tap_changers::FILE, csv(&columns, grid.tap_changers.iter().map(|t| tap_changers::cells(grid, t)))));
    }
    if feeder.profiles.steps() > 0 {
        files.push((PARQUET, write_parquet(&feeder.profiles)?));
    }
    Ok(files)
}

fn feeder_toml(feeder: &Feeder) -> Result<String, Findings> {
    let minutes = u16::try_from(feeder.profiles.step().0 / 60).unwrap_or(0);
    let calendar = IspCalendar::new(&feeder.zone, minutes).map_err(|e| Findings::from(rules::UNKNOWN_ZONE.finding(e.to_string())))?;
    let start = calendar.moment(feeder.profiles.start());
    // A JSON string is a TOML string.
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    Ok(format!(
        "name = {}\nzone = {}\nstart = {}\nstep_minutes = {minutes}\norigin = {}\nlicence = {}\n",
        quoted(&feeder.grid.name),
        quoted(&feeder.zone),
        start,
        quoted(&feeder.origin),
        quoted(&feeder.licence)
    ))
}

fn csv<R: IntoIterator<Item = String>>(columns: &[&str], rows: impl Iterator<Item = R>) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let in_memory = "writing to memory does not fail";
    writer.write_record(columns).expect(in_memory);
    for row in rows {
        writer.write_record(row).expect(in_memory);
    }
    writer.into_inner().expect(in_memory)
}

fn buses(grid: &Grid) -> Vec<u8> {
    let place = |p: Option<f64>| p.map_or_else(String::new, |v| v.to_string());
    csv(
        &[&BUSES[..], &["x", "y"]].concat(),
        grid.buses.iter().map(|b| {
            let (x, y) = (place(b.position.map(|p| p.0)), place(b.position.map(|p| p.1)));
            [b.id.clone(), b.u_rated_v.to_string(), b.u_min_pu.to_string(), b.u_max_pu.to_string(), x, y]
        }),
    )
}

fn lines(grid: &Grid) -> Vec<u8> {
    let zero = grid.lines.iter().any(|l| l.zero_sequence.is_some());
    csv(
        &[&LINES[..], if zero { &LINES_ZERO } else { &[] }].concat(),
        grid.lines.iter().map(|l| {
            let ends = [l.id.clone(), grid.buses[l.from.i()].id.clone(), grid.buses[l.to.i()].id.clone()];
            let own = [l.r_ohm, l.x_ohm, l.b_s, l.g_s, l.rated_current_a].map(|v| v.to_string());
            let z = l.zero_sequence.map(|z| [z.r0_ohm, z.x0_ohm, z.b0_s, z.g0_s].map(|v| v.to_string())).unwrap_or_default();
            ends.into_iter().chain(own).chain(z.into_iter().filter(move |_| zero))
        }),
    )
}

fn transformers(grid: &Grid) -> Vec<u8> {
    let zero = grid.transformers.iter().any(|t| t.zero_sequence.is_some());
    csv(
        &[&TRANSFORMERS[..], if zero { &TRANSFORMERS_ZERO } else { &[] }].concat(),
        grid.transformers.iter().map(|t| {
            let ends = [t.id.clone(), grid.buses[t.hv.i()].id.clone(), grid.buses[t.lv.i()].id.clone()];
            let plate = [t.rated_power_va, t.u_hv_v, t.u_lv_v, t.uk_pu, t.pk_w, t.i0_pu, t.p0_w, t.shift_deg];
            let side = if t.tap.side == TapSide::Hv { "hv" } else { "lv" };
            let tap = [side.to_owned(), t.tap.position.to_string(), t.tap.step_pu.to_string()];
            let z =
                t.zero_sequence.map(|z| [z.vector_group.name().to_owned(), z.uk0_pu.to_string(), z.ur0_pu.to_string()]).unwrap_or_default();
            ends.into_iter().chain(plate.map(|v| v.to_string())).chain(tap).chain(z.into_iter().filter(move |_| zero))
        }),
    )
}

fn switches(grid: &Grid) -> Vec<u8> {
    let ends = |s: &crate::grid::Switch| (grid.buses[s.from.i()].id.clone(), grid.buses[s.to.i()].id.clone());
    csv(&SWITCHES, grid.switches.iter().map(|s| [s.id.clone(), ends(s).0, ends(s).1, s.closed.to_string()]))
}

fn sources(grid: &Grid) -> Vec<u8> {
    csv(&SOURCES, grid.sources.iter().map(|s| [grid.buses[s.bus.i()].id.clone(), s.u_pu.to_string(), s.angle_deg.to_string()]))
}

fn connections(grid: &Grid) -> Vec<u8> {
    use crate::grid::Phases;
    let phases = |p| match p {
        Phases::Abc => "abc",
        Phases::A => "a",
        Phases::B => "b",
        Phases::C => "c",
    };
    csv(
        &[&CONNECTIONS[..], &["phases"]].concat(),
        grid.connections.iter().map(|c| [c.id.clone(), c.address.to_string(), grid.buses[c.bus.i()].id.clone(), phases(c.phases).into()]),
    )
}

fn answers(grid: &Grid) -> Vec<u8> {
    let columns = [&["connection"][..], &responses::OPTIONAL].concat();
    let row = |r: &crate::grid::Response| {
        let id = grid.connections[r.connection.i()].id.clone();
        std::iter::once(id).chain(responses::cells(r))
    };
    csv(&columns, grid.responses.iter().map(row))
}

fn assets(feeder: &Feeder) -> Vec<u8> {
    let profile = |p: Option<ProfileIdx>| p.map_or_else(String::new, |i| feeder.profiles.names()[i.i()].clone());
    csv(
        &[&ASSETS[..], &["p_profile", "q_profile"]].concat(),
        feeder.assets.iter().map(|a| {
            let connection = feeder.grid.connections[a.connection.i()].id.clone();
            let power = [a.p_nominal_w.to_string(), a.q_nominal_var.to_string()];
            let profiles = [profile(a.p_profile), profile(a.q_profile)];
            [a.id.clone(), connection, a.kind.name().into()].into_iter().chain(power).chain(profiles)
        }),
    )
}
