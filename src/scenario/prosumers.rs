//! Who has what behind the meter: houses, PV, vehicles as measured, batteries by their purpose, processes, generators.
//!
//! Seats are drawn by connection: each has a number for each kind, and has the kind where the number lies below the share. A larger
//! share therefore keeps the seats of a smaller one.

use std::sync::Arc;

use jiff::civil::Date;

use crate::asset::battery::{Battery, HomeBattery, Mode};
use crate::asset::curtailable::Curtailable;
use crate::asset::fixed::Series;
use crate::asset::generator::Generator;
use crate::asset::house::House;
use crate::asset::house::comfort::Clock;
use crate::asset::house::typology::{Refurbishment, TYPES};
use crate::asset::process::{Process, Stand};
use crate::asset::pv::{Plant, ReactiveByVoltage};
use crate::asset::vehicle::charging::Pack;
use crate::asset::vehicle::sessions::{Measured, Source, as_it_happens};
use crate::asset::vehicle::{FeedsBack, Vehicle, Whereabouts};
use crate::asset::{AssetKind, Device, DeviceSpec, Reading, State};
use crate::grid::{Control, Grid, Mix, Response};
use crate::ids::ConnectionIdx;
use crate::import::Feeder;
use crate::rng::Stream;
use crate::time::{IspCalendar, Period, SimDuration, SimTime};

use super::schema::{self, BatteryControl, Charging, HeatControl};

/// What all of them are drawn from.
pub(super) struct Street<'a> {
    pub(super) feeder: &'a Feeder,
    pub(super) seed: u64,
    pub(super) calendar: &'a IspCalendar,
    pub(super) periods: &'a [Period],
    pub(super) step: SimDuration,
    /// Power that a limitation leaves a device at least, W.
    pub(super) device_floor_w: f64,
    /// How long before the run anybody looks back.
    pub(super) back: SimDuration,
    /// Connections with a base load.
    pub(super) homes: &'a [ConnectionIdx],
}

impl Street<'_> {
    fn id(&self, c: ConnectionIdx) -> &str {
        &self.feeder.grid.connections[c.i()].id
    }

    fn start(&self) -> SimTime {
        self.periods.first().map_or_else(SimTime::default, |p| p.start)
    }

    /// The homes with a seat of a kind.
    pub(super) fn seats(&self, purpose: &'static str, share: f64) -> impl Iterator<Item = ConnectionIdx> {
        let taken = move |c: &ConnectionIdx| Stream::new(self.seed, self.id(*c), purpose).at(0).uniform() < share;
        self.homes.iter().copied().filter(taken)
    }

    fn spec(&self, c: ConnectionIdx, kind: &'static str, device: Device, begins: State) -> DeviceSpec {
        let shows = Reading { at: self.start(), ..Reading::default() };
        let id = format!("{kind}:{}", self.id(c));
        DeviceSpec { id, connection: c, kind, device, begins, shows, steered: true, announced: Arc::default() }
    }

    /// Houses with heat pumps.
    pub(super) fn houses(&self, h: &schema::Houses) -> Vec<DeviceSpec> {
        let end = self.periods.last().map_or_else(SimTime::default, Period::end);
        let clock = Arc::new(Clock::new(self.calendar, self.start() - self.back, end));
        let house = |c: ConnectionIdx| {
            let id = format!("house:{}", self.id(c));
            let mut stream = Stream::new(self.seed, &id, "type");
            let mut draw = stream.at(0);
            let row = ((draw.uniform() * h.types.len() as f64) as usize).min(h.types.len() - 1);
            let state = match draw.uniform() {
                u if u < h.advanced => Refurbishment::Advanced,
                u if u < h.advanced + h.refurbished => Refurbishment::Usual,
                _ => Refurbishment::Existing,
            };
            let house = House::of(&TYPES[h.types[row].row()], state, self.seed, &id, Arc::clone(&clock), self.step);
            let begins = house.begins(self.seed, &id, self.start());
            let shows = house.shows(&begins, self.start());
            let spec = self.spec(c, "house", Device::House(house), State::House(begins));
            DeviceSpec { shows, steered: h.control == HeatControl::Price, ..spec }
        };
        self.seats("heat-pump", h.share).map(house).collect()
    }

    /// PV systems; what they feed in is computed from the weather.
    pub(super) fn pv(&self, pv: &schema::Pv) -> Vec<DeviceSpec> {
        let series = Series { p_nominal_w: -pv.modules_kw * 1e3, q_nominal_var: 0.0, p_profile: None, q_profile: None };
        let system = |c| DeviceSpec {
            shows: Reading::default(),
            steered: false,
            ..self.spec(c, AssetKind::Pv.name(), Device::Curtailable(Curtailable { series }), State::Curtailable(()))
        };
        self.seats("pv", pv.share).map(system).collect()
    }

    /// Lets the inverters of these PV systems answer voltage. A connection with a characteristic of its own keeps it.
    pub(super) fn hold_voltage(seed: u64, grid: &mut Grid, devices: &[DeviceSpec]) {
        for spec in devices {
            let Device::Curtailable(pv) = &spec.device else { continue };
            if spec.id != format!("{}:{}", AssetKind::Pv.name(), grid.connections[spec.connection.i()].id) {
                continue;
            }
            let inverter_w = Plant::drawn(seed, &spec.id, -pv.series.p_nominal_w).inverter_w;
            let control = Control::Voltage(ReactiveByVoltage::vde_ar_n_4105(inverter_w).points(inverter_w));
            match grid.responses.iter_mut().find(|r| r.connection == spec.connection) {
                Some(own) => own.control = own.control.take().or(Some(control)),
                None => grid.responses.push(Response {
                    connection: spec.connection,
                    active: Mix::default(),
                    reactive: Mix::default(),
                    control: Some(control),
                }),
            }
        }
    }

    /// Vehicles whose sessions are drawn from what was measured.
    pub(super) fn vehicles(&self, e: &schema::ElectricVehicles, source: &Source) -> Vec<DeviceSpec> {
        let dates: Vec<Date> = self.periods.iter().map(|p| p.date).collect();
        let habit = Measured { per_week: e.sessions_per_week, source: source.clone() };
        let vehicle = |c: ConnectionIdx| {
            let id = format!("ev:{}", self.id(c));
            let most_w = e.power_kw * 1e3;
            let pack = Pack::of(e.battery_kwh * 1e3);
            let mut vehicle = Vehicle::at_charger(self.seed, &id, most_w, e.three_phase, pack);
            vehicle.feeds_back = e.feeds_back.then(|| FeedsBack { assured_w: self.device_floor_w, ..FeedsBack::default() });
            let announced = habit.sessions(self.seed, &id, most_w, &pack, self.calendar, &dates);
            let real = as_it_happens(&announced, self.seed, &id, most_w, &pack);
            let spec = self.spec(c, "vehicle", Device::Vehicle(vehicle), State::Vehicle(Whereabouts::new(real.into())));
            DeviceSpec { id, announced: announced.into(), steered: e.charging == Charging::Price, ..spec }
        };
        self.seats("vehicle", e.share).map(vehicle).collect()
    }

    /// Home batteries.
    pub(super) fn batteries(&self, b: &schema::Batteries) -> Vec<DeviceSpec> {
        let store = Battery { max_power_w: b.power_kw * 1e3, capacity_wh: b.capacity_kwh * 1e3, efficiency: 0.95 };
        let mode = match b.control {
            BatteryControl::Price => Mode::Price,
            BatteryControl::SelfConsumption => Mode::SelfConsumption,
            BatteryControl::Both => Mode::Both,
        };
        let device = HomeBattery { store, mode, wear_per_mwh: b.wear_eur_per_mwh, standby_w: b.standby_w };
        let battery = |c| DeviceSpec {
            shows: Reading { at: self.start(), content_wh: store.usual_wh(), ..Reading::default() },
            steered: b.control != BatteryControl::SelfConsumption,
            ..self.spec(c, "battery", Device::Battery(device), State::Battery(store.usual_wh()))
        };
        self.seats("battery", b.share).map(battery).collect()
    }

    fn connection(&self, id: &str) -> ConnectionIdx {
        self.feeder.grid.connection(id).expect("checked by unknown-connection")
    }

    /// Processes.
    pub(super) fn processes(&self, all: &[schema::Process]) -> Vec<DeviceSpec> {
        let process = |(k, p): (usize, &schema::Process)| {
            let device = Process {
                series: Series { p_nominal_w: p.power_kw * 1e3, q_nominal_var: 0.0, p_profile: None, q_profile: None },
                share: p.share,
                longest: SimDuration::minutes(i64::from(p.longest_minutes)),
                recovery: SimDuration::minutes(i64::from(p.recovery_minutes)),
                makes_up: p.makes_up,
                lost_per_mwh: p.lost_eur_per_mwh,
            };
            let spec = self.spec(self.connection(&p.connection), "process", Device::Process(device), State::Process(Stand::default()));
            DeviceSpec { id: format!("process {}:{}", k + 1, p.connection), ..spec }
        };
        all.iter().enumerate().map(process).collect()
    }

    /// Generators.
    pub(super) fn generators(&self, all: &[schema::Generator]) -> Vec<DeviceSpec> {
        let generator = |(k, g): (usize, &schema::Generator)| {
            let (max_power_w, least_power_w) = (g.power_kw * 1e3, g.least_kw.min(g.power_kw) * 1e3);
            let device = Generator { max_power_w, least_power_w, fuel_per_mwh: g.fuel_eur_per_mwh, tan_phi: 0.0 };
            let spec = self.spec(self.connection(&g.connection), "generator", Device::Generator(device), State::Generator(()));
            DeviceSpec { id: format!("generator {}:{}", k + 1, g.connection), ..spec }
        };
        all.iter().enumerate().map(generator).collect()
    }
}
