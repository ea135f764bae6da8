//! What a scenario lays over its feeder: scaled ratings and assets, vehicles, heat pumps, batteries at drawn connections.

use std::sync::Arc;

use jiff::civil::Date;

use crate::asset::curtailable::Curtailable;
use crate::asset::fixed::{Fixed, Series};
use crate::asset::vehicle::sessions::Source;
use crate::asset::vehicle::{Habits, Vehicle, Whereabouts, sessions};
use crate::asset::{AssetKind, AssetSpec, Device, DeviceSpec, Reading, State};
use crate::forecast::history::BEFORE;
use crate::grid::{Grid, Transformer};
use crate::ids::{BranchIdx, ConnectionIdx, ProfileIdx};
use crate::import::Feeder;
use crate::profile::ProfileTable;
use crate::profile::household::{self, Home};
use crate::rng::Stream;
use crate::time::{IspCalendar, Period, SimDuration, SimTime};

use super::prosumers::Street;
use super::schema::{self, Replacement, Scenario};

/// The feeder with its ratings as the scenario has them and every impedance as it was.
pub(super) fn rated_grid(grid: &Grid, s: &schema::Feeder) -> Grid {
    let mut rated = grid.clone();
    for line in &mut rated.lines {
        line.rated_current_a *= s.rating_scale;
    }
    for t in &mut rated.transformers {
        rate_transformer(t, t.rated_power_va * s.rating_scale);
    }
    for r in &s.rating {
        let branch = grid.branch(&r.element).expect("checked by unknown-element");
        match branch.i().checked_sub(rated.lines.len()) {
            Some(row) => rate_transformer(&mut rated.transformers[row], r.rating * 1e3),
            None => rated.lines[branch.i()].rated_current_a = r.rating,
        }
    }
    rated
}

/// Per-unit data refer to the rating: with Z = uk·U²/S and Pk at rated current, both keep their ohms.
fn rate_transformer(t: &mut Transformer, rated_power_va: f64) {
    let scale = rated_power_va / t.rated_power_va;
    t.rated_power_va = rated_power_va;
    t.uk_pu *= scale;
    t.pk_w *= scale * scale;
    t.i0_pu /= scale;
    if let Some(zero) = &mut t.zero_sequence {
        zero.uk0_pu *= scale;
        zero.ur0_pu *= scale;
    }
}

/// Replaces one element.
///
/// What is not stated about a new transformer follows from the `published` one, whatever the scenario rates that at: the same
/// short-circuit voltage, losses growing with the rating to the power 0.75. A new line has the published one's impedance in inverse
/// proportion to its ampacity.
pub(super) fn replace(grid: &mut Grid, published: &Grid, branch: BranchIdx, r: &Replacement) {
    match branch.i().checked_sub(grid.lines.len()) {
        Some(row) => {
            let (t, old) = (&mut grid.transformers[row], &published.transformers[row]);
            let growth = r.rating * 1e3 / old.rated_power_va;
            let losses = libm::pow(growth, 0.75);
            *t = old.clone();
            t.rated_power_va = r.rating * 1e3;
            t.pk_w = r.load_losses_w.unwrap_or(old.pk_w * losses);
            t.p0_w = r.no_load_losses_w.unwrap_or(old.p0_w * losses);
            t.uk_pu = r.short_circuit_percent.map_or(old.uk_pu, |p| p / 100.0);
        }
        None => {
            let (line, old) = (&mut grid.lines[branch.i()], &published.lines[branch.i()]);
            let growth = r.rating / old.rated_current_a;
            *line = old.clone();
            line.rated_current_a = r.rating;
            line.r_ohm /= growth;
            line.x_ohm /= growth;
            if let Some(zero) = &mut line.zero_sequence {
                zero.r0_ohm /= growth;
                zero.x0_ohm /= growth;
            }
        }
    }
}

/// The devices of the feeder with the scenario's overlays, those of a kind together.
pub(super) fn devices(
    s: &Scenario,
    feeder: &Feeder,
    seed: u64,
    calendar: &IspCalendar,
    periods: &[Period],
    step: SimDuration,
    sessions_of: &Source,
) -> Vec<DeviceSpec> {
    let o = &s.feeder;
    let dates: Vec<Date> = periods.iter().map(|p| p.date).collect();
    let start = periods.first().map_or_else(SimTime::default, |p| p.start);
    let mut assets: Vec<AssetSpec> = feeder
        .assets
        .iter()
        .filter(|a| !(a.kind == AssetKind::Charging && o.electric_vehicles.is_some()))
        .filter(|a| !(a.kind == AssetKind::HeatPump && (o.heat_pumps.is_some() || o.houses.is_some())))
        .cloned()
        .collect();
    for a in &mut assets {
        let scale = match a.kind {
            kind if kind.is_curtailable() => o.pv_scale,
            AssetKind::Load => o.load_scale,
            _ => 1.0,
        };
        a.p_nominal_w *= scale;
        a.q_nominal_var *= scale;
    }
    let homes: Vec<ConnectionIdx> = homes(feeder);
    if let Some(h) = &o.heat_pumps {
        let profiles = heat_pump_profiles(feeder);
        // Without profiles nobody is to have one: checked by no-profiles.
        if !profiles.is_empty() {
            assets.extend(heat_pumps(feeder, seed, &homes, h.share, h.power_kw * 1e3, &profiles));
        }
    }
    let learned = matches!(s.forecast, schema::Forecast::Learned { .. });
    let back = if learned { BEFORE } else { SimDuration::ZERO };
    let device_floor_w = s.dso.orange.device_floor_kw * 1e3;
    let street = Street { feeder, seed, calendar, periods, step, device_floor_w, back, homes: &homes };
    let vehicles = o.electric_vehicles.as_ref().map_or_else(Vec::new, |e| {
        if e.sessions != schema::Sessions::Habit {
            return street.vehicles(e, sessions_of);
        }
        let habits = Habits {
            arrival_h: e.arrival_h,
            arrival_sigma_h: e.arrival_sigma_h,
            departure_h: e.departure_h,
            energy_wh: e.energy_kwh * 1e3,
            plug_in: e.plug_in,
        };
        // No session of the eve: nobody planned its evening, and all of it would fall on the first midnight.
        let chosen = homes.iter().filter(|c| drawn(feeder, seed, **c, "vehicle", e.share));
        let vehicle = |c: &ConnectionIdx| {
            let id = format!("ev:{}", feeder.grid.connections[c.i()].id);
            let max_power_w = e.power_kw * 1e3;
            let evenings = sessions(&habits, seed, &id, max_power_w, calendar, &dates);
            let real = evenings.iter().map(|e| e.real).collect();
            DeviceSpec {
                id,
                connection: *c,
                kind: "vehicle",
                device: Device::Vehicle(Vehicle::plain(max_power_w)),
                begins: State::Vehicle(Whereabouts::new(real)),
                shows: Reading { at: start, ..Reading::default() },
                steered: e.charging == schema::Charging::Price,
                announced: evenings.iter().map(|e| e.announced).collect(),
            }
        };
        chosen.map(vehicle).collect()
    });
    let batteries = o.batteries.as_ref().map_or_else(Vec::new, |b| street.batteries(b));
    // Those that cover their house act last: when all else behind the meter is known.
    let (batteries, covering): (Vec<_>, Vec<_>) = batteries.into_iter().partition(|b| b.steered);
    let (feed_in, fixed): (Vec<AssetSpec>, Vec<AssetSpec>) = assets.into_iter().partition(|a| a.kind.is_curtailable());
    let profiled = |a: &AssetSpec| {
        let series = Series::of(a);
        let (device, begins) = match a.kind.is_curtailable() {
            true => (Device::Curtailable(Curtailable { series }), State::Curtailable(())),
            false => (Device::Fixed(Fixed { series, limitable: a.kind == AssetKind::HeatPump }), State::Fixed(())),
        };
        let (shows, announced) = (Reading::default(), Arc::default());
        DeviceSpec { id: a.id.clone(), connection: a.connection, kind: a.kind.name(), device, begins, shows, steered: false, announced }
    };
    let fixed = fixed.iter().map(profiled);
    let houses = o.houses.as_ref().map_or_else(Vec::new, |h| street.houses(h));
    let pv = o.pv.as_ref().map_or_else(Vec::new, |pv| street.pv(pv));
    let steered = houses.into_iter().chain(street.processes(&o.process)).chain(vehicles).chain(street.generators(&o.generator));
    fixed.chain(steered).chain(batteries).chain(feed_in.iter().map(profiled)).chain(pv).chain(covering).collect()
}

/// Gives every base load with a profile one of its own, drawn from it; `table` gets the columns.
pub(super) fn draw_base_loads(
    devices: &mut [DeviceSpec],
    table: &mut ProfileTable,
    source: &ProfileTable,
    calendar: &IspCalendar,
    holidays: &[Date],
    seed: u64,
) {
    let base = |spec: &DeviceSpec| match &spec.device {
        Device::Fixed(f) if spec.kind == AssetKind::Load.name() => f.series.p_profile.map(|p| (p, f.series.q_profile)),
        _ => None,
    };
    let homes: Vec<Home<'_>> = devices.iter().filter_map(|spec| base(spec).map(|(p, q)| Home { id: &spec.id, p, q })).collect();
    let loads = household::drawn(source, &table.grid(), calendar, holidays, seed, &homes);
    for (spec, load) in devices.iter_mut().filter(|spec| base(spec).is_some()).zip(loads) {
        let Device::Fixed(Fixed { series, .. }) = &mut spec.device else { unreachable!("base loads are fixed") };
        series.p_profile = Some(table.push(&format!("p of {}", spec.id), &load.p));
        series.q_profile = load.q.map(|q| table.push(&format!("q of {}", spec.id), &q));
    }
}

/// Connections with a base load.
fn homes(feeder: &Feeder) -> Vec<ConnectionIdx> {
    let mut homes: Vec<ConnectionIdx> = feeder.assets.iter().filter(|a| a.kind == AssetKind::Load).map(|a| a.connection).collect();
    homes.sort();
    homes.dedup();
    homes
}

/// Whether a connection is among the drawn share; growing the share only adds connections.
fn drawn(feeder: &Feeder, seed: u64, c: ConnectionIdx, purpose: &str, share: f64) -> bool {
    Stream::new(seed, &feeder.grid.connections[c.i()].id, purpose).at(0).uniform() < share
}

/// Profiles (active, reactive) of the feeder's heat pumps, each once.
fn heat_pump_profiles(feeder: &Feeder) -> Vec<(ProfileIdx, Option<ProfileIdx>)> {
    let rows = feeder.assets.iter().filter(|a| a.kind == AssetKind::HeatPump);
    let mut profiles: Vec<_> = rows.filter_map(|a| a.p_profile.map(|p| (p, a.q_profile))).collect();
    profiles.sort();
    profiles.dedup();
    profiles
}

fn heat_pumps(
    feeder: &Feeder,
    seed: u64,
    homes: &[ConnectionIdx],
    share: f64,
    power_w: f64,
    profiles: &[(ProfileIdx, Option<ProfileIdx>)],
) -> Vec<AssetSpec> {
    let heat_pump = |c: &ConnectionIdx| {
        let id = format!("hp:{}", feeder.grid.connections[c.i()].id);
        let pick = Stream::new(seed, &id, "profile").at(0).uniform();
        let (p_profile, q_profile) = profiles[(pick * profiles.len() as f64) as usize];
        // Power factor of heat pumps in the SimBench data: 0.93.
        let q_nominal_var = 0.395 * power_w;
        AssetSpec {
            id,
            connection: *c,
            kind: AssetKind::HeatPump,
            p_nominal_w: power_w,
            q_nominal_var,
            p_profile: Some(p_profile),
            q_profile,
        }
    };
    homes.iter().filter(|c| drawn(feeder, seed, **c, "heat-pump", share)).map(heat_pump).collect()
}
