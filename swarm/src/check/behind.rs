//! Devices behind the meters keep their physics in every step of every variant, by equations written here once more.
//!
//! - A house closes its energy: air, mass and tank, integrated in small steps of Runge and Kutta, end where they are shown, with heat into
//!   rooms and tank that its electricity makes with the heat pump's performance; the heat pump is off or between its least and its full
//!   speed. Where nothing limits it and it is not too small, rooms stay in the comfort band.
//! - A vehicle charges off or with 6 A at least, as far as its charger gives, and what it draws is what it then no longer wants; it leaves
//!   with what it wants where it charges from arrival on and had the time.
//! - A battery stores what its power leaves of stand-by and losses, within its bounds; one for self-consumption neither buys nor sells.
//! - A generator is off or between its bounds, a process holds back its share at most, no longer than it may, and makes up for it.

use copperplate::asset::battery::{HomeBattery, Mode};
use copperplate::asset::generator::Generator;
use copperplate::asset::house::House;
use copperplate::asset::house::heat_pump::{Sink, Source};
use copperplate::asset::process::Process;
use copperplate::asset::vehicle::Vehicle;
use copperplate::asset::{Device, Session, State};
use copperplate::ids::AssetIdx;
use copperplate::sim::{DeviceStep, Variant};

use crate::devices::rows;
use crate::finding::Found;
use crate::trial::{Run, Trial};

use super::limits::Limits;

const NAME: &str = "behind";
/// Parts of a step that is integrated.
const PARTS: usize = 40;
/// Powers that count as equal, W.
const SLACK_W: f64 = 1e-3;

pub(crate) fn check(trial: &Trial<'_>, found: &mut Found) {
    for run in &trial.runs {
        let limits = Limits::of(trial, run);
        for variant in Variant::ALL.into_iter().filter(|v| run.witness.shows(*v)) {
            for (row, spec) in rows(trial.study) {
                let touched =
                    |k: usize| variant == Variant::Actual && limits.on(spec.connection.i(), trial.study.step_start(k)).next().is_some();
                let seen = Seen { trial, run, variant, row, id: &spec.id, steps: run.witness.device(variant, row), touched: &touched };
                match (&spec.device, &spec.begins) {
                    (Device::House(house), _) => seen.house(house, spec.shows.house_c, found),
                    (Device::Vehicle(vehicle), State::Vehicle(w)) if vehicle.pack.is_some() => {
                        seen.vehicle(vehicle, w.sessions(), spec.steered, found);
                    }
                    (Device::Battery(battery), _) => seen.battery(battery, spec.steered, found),
                    (Device::Generator(generator), _) => seen.generator(generator, found),
                    (Device::Process(process), _) => seen.process(process, found),
                    _ => {}
                }
            }
        }
    }
}

/// A device as it went.
struct Seen<'a> {
    trial: &'a Trial<'a>,
    run: &'a Run<'a>,
    variant: Variant,
    row: AssetIdx,
    id: &'a str,
    steps: Vec<DeviceStep>,
    /// Whether a limitation was on in a step.
    touched: &'a dyn Fn(usize) -> bool,
}

/// Heat into rooms and tank, and what of it a heat pump and a rod make of electricity, W.
struct Heat {
    rooms_w: f64,
    water_w: f64,
    rod_w: f64,
}

impl Seen<'_> {
    fn say(&self, found: &mut Found, kind: &str, k: usize, what: &str) {
        let variant = self.variant;
        found.say(NAME, kind, &self.run.strategy.name, || format!("{} {what} in step {k} of {variant:?}", self.id));
    }

    fn house(&self, house: &House, begins_c: [f64; 3], found: &mut Found) {
        let study = self.trial.study;
        let weather = study.weather.as_deref().expect("houses stand in the weather");
        let hours = study.step.as_hours();
        let mut before = begins_c;
        for (k, s) in self.steps.iter().enumerate() {
            let t = study.step_start(k);
            let sky = weather.grid.index(t);
            let outdoor_c = weather.air_c[sky];
            let sun_w: f64 = house.aperture_m2.iter().zip(&weather.facade_w_m2).map(|(m2, plane)| m2 * plane[sky]).sum();
            let rooms = Rooms { house, outdoor_c, sun_w };
            // The end is linear in the heat.
            let (cold, warm) = (rooms.after(before, 0.0, hours), rooms.after(before, 1e4, hours));
            let rooms_w = 1e4 * (s.house_c[0] - cold[0]) / (warm[0] - cold[0]);
            let mass_c = cold[1] + (warm[1] - cold[1]) * rooms_w * 1e-4;
            if (mass_c - s.house_c[1]).abs() > 1e-6 {
                self.say(found, "house-mass", k, &format!("has a mass of {:.6} °C, {mass_c:.6} °C by the heat into its air", s.house_c[1]));
            }
            let water_w = s.heat_wh / hours - rooms_w;
            let clock = &house.clock;
            let tank = |litres: f64| {
                let (u, c) = (house.tank.ua_w_k, litres / 900.0 * 4186.0);
                let row = clock.row(t);
                let slope = |tank_c: f64| {
                    (water_w - u * (tank_c - before[0]) - c * (tank_c - clock.cold_c(row))) / (house.tank.litres * 4186.0) * 3600.0
                };
                runge_kutta(before[2], hours, slope)
            };
            // A draw-off of each kind happens or not.
            let sets =
                (0..16).map(|set| [1.0, 6.0, 140.0, 40.0].iter().enumerate().map(|(b, l)| if set >> b & 1 == 1 { *l } else { 0.0 }).sum());
            let off = sets.map(|litres: f64| (tank(litres) - s.house_c[2]).abs()).fold(f64::INFINITY, f64::min);
            if off > 1e-4 {
                self.say(found, "house-tank", k, &format!("has a tank of {:.4} °C, off by {off:.4} K at any draw", s.house_c[2]));
            }
            if !(self.touched)(k) {
                self.electricity(house, outdoor_c, [rooms_w, water_w], s, k, found);
                self.comfort(house, s, k, found);
            }
            before = s.house_c;
        }
    }

    /// Electricity makes the heat.
    fn electricity(&self, house: &House, outdoor_c: f64, [rooms_w, water_w]: [f64; 2], s: &DeviceStep, k: usize, found: &mut Found) {
        let pump = &house.pump;
        let (cop, cop_water) = (performance(pump.source, pump.sink, outdoor_c), performance(pump.source, Sink::Water, outdoor_c));
        let rod_w = (s.power_w - pump.standby_w - rooms_w / cop - water_w / cop_water) / (1.0 - 1.0 / cop);
        let heat = Heat { rooms_w: rooms_w - rod_w, water_w, rod_w };
        let full_w = match pump.source {
            Source::Air => pump.heat_w * (1.0 + 0.022 * (outdoor_c.clamp(-35.0, 20.0) + 10.0)),
            Source::Ground => pump.heat_w,
        };
        let made_w = heat.rooms_w + heat.water_w;
        let slack = 0.05 + 1e-6 * full_w;
        let runs = made_w >= pump.least_share * full_w - slack && made_w <= full_w + slack;
        if !(made_w.abs() <= slack || runs)
            || heat.rod_w < -slack
            || heat.rod_w > pump.rod_w + slack
            || heat.water_w < -slack
            || heat.rooms_w < -slack
        {
            let Heat { rooms_w, water_w, rod_w } = heat;
            let what = format!(
                "draws {:.2} W for {rooms_w:.2} W into rooms, {water_w:.2} W into the tank, {rod_w:.2} W by rod, of {full_w:.2} W",
                s.power_w
            );
            self.say(found, "house-power", k, &what);
        }
    }

    /// Rooms are in the band, but for a house whose heat pump and rod are too small for the weather.
    fn comfort(&self, house: &House, s: &DeviceStep, k: usize, found: &mut Found) {
        let study = self.trial.study;
        let want = house.comfort.want(house.clock.quarter(house.clock.row(study.step_start(k))));
        let cold_k = if want.home { (want.low_c - s.house_c[0]).max(0.0) } else { 0.0 };
        if (cold_k * study.step.as_hours() - s.cold_kh).abs() > 1e-9 {
            self.say(found, "house-cold", k, &format!("counts {} K·h, {cold_k} K below the band", s.cold_kh));
        }
        // What a limitation took comes back later.
        let limited = (0..k).rev().take(96).any(|k| (self.touched)(k));
        let busy = s.power_w > 0.9 * house.pump.rod_w;
        if cold_k > 0.3 && !limited && !busy && study.step_start(k) - study.start > copperplate::time::SimDuration::hours(2) {
            self.say(
                found,
                "house-comfort",
                k,
                &format!("is {:.2} °C, {cold_k:.2} K below its band, and draws {:.0} W", s.house_c[0], s.power_w),
            );
        }
    }

    fn vehicle(&self, vehicle: &Vehicle, sessions: &[Session], steered: bool, found: &mut Found) {
        let study = self.trial.study;
        let hours = study.step.as_hours();
        let pack = vehicle.pack.expect("a vehicle with a battery");
        let mut before: Option<(usize, f64)> = None;
        for (k, s) in self.steps.iter().enumerate() {
            let t = study.step_start(k);
            let row = sessions.iter().position(|session| session.arrival <= t && t < session.departure);
            let Some(row) = row else {
                if s.power_w != 0.0 {
                    self.say(found, "vehicle-away", k, &format!("draws {:.3} W and is away", s.power_w));
                }
                before = None;
                continue;
            };
            let wanted_wh = before.filter(|b| b.0 == row).map_or(sessions[row].energy_wh, |b| b.1);
            let gone = sessions[row].departure <= t + study.step;
            // Into the battery goes the efficiency's share, out of it comes the share.
            let drawn_wh = s.power_w * hours;
            let left_wh = wanted_wh - if drawn_wh > 0.0 { drawn_wh } else { drawn_wh / (pack.efficiency * pack.efficiency) };
            if !gone && (s.content_wh - left_wh).abs() > 1e-6 * (1.0 + wanted_wh.abs()) {
                self.say(found, "vehicle-content", k, &format!("wants {:.4} Wh, {left_wh:.4} Wh by what it drew", s.content_wh));
            }
            let least = if vehicle.feeds_back.is_some() { -vehicle.max_power_w } else { 0.0 };
            if s.power_w > vehicle.max_power_w + SLACK_W || s.power_w < least - SLACK_W {
                self.say(found, "vehicle-charger", k, &format!("draws {:.3} W at a charger of {:.0} W", s.power_w, vehicle.max_power_w));
            }
            // Nearly full, a battery takes less, and full in the middle of a step the mean is less.
            let soc = pack.full - left_wh * pack.efficiency / pack.capacity_wh;
            let nearly = pack.taken_w(vehicle.max_power_w, soc) <= vehicle.least_power_w + SLACK_W || left_wh <= 1e-6;
            if s.power_w > SLACK_W && s.power_w < vehicle.least_power_w - SLACK_W && !nearly {
                self.say(
                    found,
                    "vehicle-6a",
                    k,
                    &format!("draws {:.3} W, less than 6 A ({:.0} W), at {soc:.3}", s.power_w, vehicle.least_power_w),
                );
            }
            let since_h = (t + study.step - sessions[row].arrival).as_hours();
            let begins = pack.full - sessions[row].energy_wh * pack.efficiency / pack.capacity_wh;
            let whole = since_h - hours >= pack.time_h(vehicle.max_power_w, begins) + hours;
            let from_start = sessions[row].arrival >= study.start;
            if self.variant == Variant::Free && !steered && from_start && whole && left_wh > 1.0 {
                self.say(found, "vehicle-late", k, &format!("still wants {left_wh:.1} Wh {since_h:.2} h after it came"));
            }
            before = (!gone).then_some((row, s.content_wh));
        }
    }

    fn battery(&self, battery: &HomeBattery, steered: bool, found: &mut Found) {
        let study = self.trial.study;
        let (store, hours) = (&battery.store, study.step.as_hours());
        let mut before = 0.5 * store.capacity_wh;
        let connection = study.devices[self.row.i()].connection;
        let alone = study
            .devices
            .iter()
            .filter(|d| d.connection == connection && !matches!(d.device, Device::Fixed(_) | Device::Curtailable(_)))
            .count()
            == 1;
        for (k, s) in self.steps.iter().enumerate() {
            let p_w = s.power_w - battery.standby_w;
            let change = if p_w > 0.0 { p_w * store.efficiency } else { p_w / store.efficiency };
            let expected = before + change * hours;
            let slack = 1e-6 * (1.0 + store.capacity_wh);
            if (s.content_wh - expected).abs() > slack || s.content_wh < -slack || s.content_wh > store.capacity_wh + slack {
                self.say(
                    found,
                    "battery-content",
                    k,
                    &format!("holds {:.3} Wh, {expected:.3} Wh by its power of {p_w:.3} W", s.content_wh),
                );
            }
            if p_w.abs() > store.max_power_w + SLACK_W {
                self.say(found, "battery-power", k, &format!("has {p_w:.3} W of {:.0} W", store.max_power_w));
            }
            if self.variant == Variant::Free && battery.mode == Mode::SelfConsumption && !steered && alone {
                let others_w: f64 = self
                    .run
                    .witness
                    .devices_at(self.variant, k)
                    .filter(|d| d.device != self.row && study.devices[d.device.i()].connection == connection)
                    .map(|d| d.power_w)
                    .sum();
                let (least, most) = ((-others_w).min(0.0), (-others_w).max(0.0));
                // Its stand-by is a load like another.
                if p_w > most + SLACK_W || p_w < least - battery.standby_w - SLACK_W {
                    self.say(found, "battery-purpose", k, &format!("has {p_w:.3} W beside {others_w:.3} W"));
                }
            }
            before = s.content_wh;
        }
    }

    fn generator(&self, generator: &Generator, found: &mut Found) {
        for (k, s) in self.steps.iter().enumerate() {
            let feed_in_w = -s.power_w;
            let runs = feed_in_w >= generator.least_power_w - SLACK_W && feed_in_w <= generator.max_power_w + SLACK_W;
            if !(feed_in_w == 0.0 || runs) {
                let (least, most) = (generator.least_power_w, generator.max_power_w);
                self.say(found, "generator", k, &format!("feeds in {feed_in_w:.3} W, off or {least:.0} to {most:.0} W"));
            }
        }
    }

    fn process(&self, process: &Process, found: &mut Found) {
        let study = self.trial.study;
        let step = study.step.0;
        let (mut held_s, mut since_s, mut owed_wh) = (0_i64, i64::MAX, 0.0_f64);
        for (k, s) in self.steps.iter().enumerate() {
            let full_w = process.series.p_nominal_w;
            if process.series.p_profile.is_some() || (self.touched)(k) {
                return;
            }
            let back_w = full_w - s.power_w;
            if back_w > process.share * full_w + SLACK_W || -back_w > if process.makes_up { process.share * full_w } else { 0.0 } + SLACK_W
            {
                self.say(found, "process-share", k, &format!("has {:.3} W of {full_w:.3} W", s.power_w));
            }
            if back_w > 1e-9 * full_w {
                if held_s == 0 && since_s < process.recovery.0 {
                    self.say(found, "process-recovery", k, &format!("holds back again after {since_s} s"));
                }
                held_s += step;
                if held_s > process.longest.0 {
                    self.say(found, "process-longest", k, &format!("holds back for {held_s} s"));
                }
            } else {
                since_s = if held_s > 0 { step } else { since_s.saturating_add(step) };
                held_s = 0;
            }
            owed_wh = if process.makes_up { (owed_wh + back_w * study.step.as_hours()).max(0.0) } else { 0.0 };
            if (s.content_wh - owed_wh).abs() > 1e-6 * (1.0 + full_w) {
                self.say(found, "process-owed", k, &format!("owes {:.3} Wh, {owed_wh:.3} Wh by its power", s.content_wh));
            }
        }
    }
}

/// A building in the weather of a step.
struct Rooms<'a> {
    house: &'a House,
    outdoor_c: f64,
    sun_w: f64,
}

impl Rooms<'_> {
    /// Air and mass after some hours of heat.
    fn after(&self, [air_c, mass_c, _]: [f64; 3], heat_w: f64, hours: f64) -> [f64; 2] {
        let b = &self.house.building;
        let to_air = if self.house.pump.sink == Sink::Floor { 0.1 } else { 0.6 };
        let (air_w, mass_w) = (self.house.internal_w + 0.5 * self.sun_w + to_air * heat_w, 0.5 * self.sun_w + (1.0 - to_air) * heat_w);
        let slope = |[i, m]: [f64; 2]| {
            let air = (b.h_ve_w_k * (self.outdoor_c - i) + b.h_im_w_k * (m - i) + air_w) / b.c_i_j_k;
            let mass = (b.h_im_w_k * (i - m) + b.h_em_w_k * (self.outdoor_c - m) + mass_w) / b.c_m_j_k;
            [air * 3600.0, mass * 3600.0]
        };
        let h = hours / PARTS as f64;
        let mut x = [air_c, mass_c];
        let ahead = |x: [f64; 2], k: [f64; 2], h: f64| [x[0] + h * k[0], x[1] + h * k[1]];
        for _ in 0..PARTS {
            let a = slope(x);
            let b = slope(ahead(x, a, 0.5 * h));
            let c = slope(ahead(x, b, 0.5 * h));
            let d = slope(ahead(x, c, h));
            x = [0, 1].map(|i| x[i] + h / 6.0 * (a[i] + 2.0 * b[i] + 2.0 * c[i] + d[i]));
        }
        x
    }
}

/// A quantity after some hours, with its change per hour.
fn runge_kutta(mut x: f64, hours: f64, slope: impl Fn(f64) -> f64) -> f64 {
    let h = hours / PARTS as f64;
    for _ in 0..PARTS {
        let a = slope(x);
        let b = slope(x + 0.5 * h * a);
        let c = slope(x + 0.5 * h * b);
        let d = slope(x + h * c);
        x += h / 6.0 * (a + 2.0 * b + 2.0 * c + d);
    }
    x
}

/// Coefficient of performance of a heat pump outdoors at a temperature.
fn performance(source: Source, sink: Sink, outdoor_c: f64) -> f64 {
    let flow_c = match sink {
        Sink::Floor => 30.0 - 0.5 * outdoor_c,
        Sink::Radiators => 40.0 - outdoor_c,
        Sink::Water => 50.0,
    };
    match source {
        Source::Air => {
            let lift = (flow_c - outdoor_c).max(15.0);
            0.85 * (6.08 - 0.09 * lift + 0.0005 * lift * lift)
        }
        Source::Ground => {
            let lift = (flow_c - 5.0).max(15.0);
            0.85 * (10.29 - 0.21 * lift + 0.0012 * lift * lift)
        }
    }
}
