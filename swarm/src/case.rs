//! A case as plain data: everything that is drawn, and what shrinking takes away again. It is written as the files a user would
//! write (`write`), so that nothing of the simulator has a say in what is asked of it.

use jiff::civil::Date;

use crate::made::Made;

/// A random study.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Case {
    pub(crate) seed: u64,
    pub(crate) time: Time,
    pub(crate) feeder: Feeder,
    pub(crate) overlay: Overlay,
    pub(crate) points: Vec<Point>,
    pub(crate) aggregators: Vec<Aggregator>,
    pub(crate) orange: Orange,
    pub(crate) delay_s: u64,
    pub(crate) wire: Wire,
    pub(crate) forecast: Forecast,
    pub(crate) prices: Prices,
    pub(crate) contracts: Vec<Contract>,
    pub(crate) strategies: Vec<Strategy>,
    /// Checkers that run the case again, and are asked only now and then.
    pub(crate) again: Vec<Again>,
}

/// A second run to compare with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Again {
    /// With another truth from an instant on.
    Truth,
    /// On one thread and on two.
    Threads,
    /// Over the other transports.
    Transports,
    /// With steps of 5 and of 15 minutes.
    Steps,
    /// Without its last day.
    Days,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Time {
    pub(crate) zone: &'static str,
    pub(crate) from: Date,
    pub(crate) days: u64,
    pub(crate) isp_minutes: u64,
    pub(crate) step_minutes: u64,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Feeder {
    /// A folder of `scenarios/feeders`, and its connections.
    Shipped(&'static str),
    Made(Made),
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Overlay {
    pub(crate) three_phase: bool,
    pub(crate) pv_scale: f64,
    pub(crate) load_scale: f64,
    pub(crate) rating_scale: f64,
    pub(crate) vehicles: Option<Vehicles>,
    /// Share and power, kW.
    pub(crate) heat_pumps: Option<(f64, f64)>,
    pub(crate) batteries: Option<Batteries>,
    pub(crate) prosumers: Option<Prosumers>,
}

/// Who has what behind the meter in a study with weather.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Prosumers {
    /// A folder of `scenarios/weather`, or drawn weather.
    pub(crate) weather: Option<&'static str>,
    /// Share, and whether they follow the price.
    pub(crate) houses: Option<(f64, bool)>,
    /// Share and modules, kW.
    pub(crate) pv: Option<(f64, f64)>,
    pub(crate) vehicles: Option<Drivers>,
    pub(crate) batteries: Option<HomeBatteries>,
    /// By rows of the homes.
    pub(crate) processes: Vec<(usize, Process)>,
    /// Home, power, least power, fuel.
    pub(crate) generators: Vec<(usize, f64, f64, f64)>,
    /// Share of connections, fixed price of energy, additions, fixed price of feed-in.
    pub(crate) retail: Option<(f64, Option<f64>, f64, Option<f64>)>,
    pub(crate) learner: Option<&'static str>,
    /// How aggregators behave, in their order.
    pub(crate) behaviours: Vec<Option<&'static str>>,
    /// Remedy of a check of prognoses.
    pub(crate) check: Option<&'static str>,
}

/// Vehicles with sessions as measured.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Drivers {
    pub(crate) share: f64,
    pub(crate) power_kw: f64,
    pub(crate) three_phase: bool,
    pub(crate) feeds_back: bool,
    /// Else as soon as it is plugged in.
    pub(crate) price: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct HomeBatteries {
    pub(crate) share: f64,
    pub(crate) power_kw: f64,
    pub(crate) capacity_kwh: f64,
    pub(crate) control: &'static str,
    pub(crate) wear: f64,
    pub(crate) standby_w: f64,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Process {
    pub(crate) power_kw: f64,
    pub(crate) share: f64,
    pub(crate) longest_minutes: u64,
    pub(crate) recovery_minutes: u64,
    pub(crate) makes_up: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Vehicles {
    pub(crate) share: f64,
    pub(crate) power_kw: f64,
    pub(crate) energy_kwh: f64,
    pub(crate) plug_in: f64,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Batteries {
    pub(crate) share: f64,
    pub(crate) power_kw: f64,
    pub(crate) capacity_kwh: f64,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Point {
    pub(crate) id: &'static str,
    pub(crate) element: String,
    pub(crate) planning: f64,
    pub(crate) rating: f64,
    pub(crate) emergency: f64,
    pub(crate) mutex: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Aggregator {
    pub(crate) domain: &'static str,
    pub(crate) share: f64,
    pub(crate) margin: f64,
    pub(crate) willingness: f64,
    pub(crate) caution: f64,
    pub(crate) support: f64,
    pub(crate) shifting: f64,
    pub(crate) asset_failure: f64,
    pub(crate) communication_failure: f64,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Orange {
    pub(crate) delay_minutes: u64,
    pub(crate) share: f64,
    pub(crate) compliance: f64,
    pub(crate) floor_kw: f64,
    pub(crate) compensation: f64,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Wire {
    pub(crate) transport: &'static str,
    pub(crate) retry_s: u64,
    pub(crate) give_up_minutes: u64,
    pub(crate) faults: Vec<Fault>,
    pub(crate) silences: Vec<Silence>,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Fault {
    pub(crate) from: Option<&'static str>,
    pub(crate) loss: f64,
    pub(crate) duplication: f64,
    pub(crate) reordering: f64,
    pub(crate) corruption: f64,
    pub(crate) delay_s: u64,
}

/// A participant off the air for some hours of a day of the run.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Silence {
    pub(crate) participant: &'static str,
    pub(crate) date: Date,
    pub(crate) from_hour: u64,
    pub(crate) until_hour: u64,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Forecast {
    Perfect,
    Persistence,
    Synthetic { feed_in: f64, load: f64, shared: f64, correlation_h: f64 },
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Prices {
    Synthetic {
        level: f64,
        swing: f64,
        noise: f64,
        spread: f64,
    },
    /// Day-ahead and imbalance, one row per so many minutes.
    Table {
        minutes: u64,
        rows: Vec<(f64, f64)>,
    },
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Contract {
    pub(crate) id: String,
    pub(crate) aggregator: &'static str,
    pub(crate) point: &'static str,
    pub(crate) feed_in: bool,
    /// A FlexOption, else a capacity limitation.
    pub(crate) option: bool,
    pub(crate) power_kw: f64,
    pub(crate) windows: Vec<Window>,
    pub(crate) availability: f64,
    pub(crate) utilisation: f64,
    pub(crate) penalty: f64,
    pub(crate) max_calls: u64,
}

/// Weekdays (all if none) and quarters of an hour after midnight.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Window {
    pub(crate) days: Vec<&'static str>,
    pub(crate) from: u64,
    pub(crate) until: u64,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Strategy {
    pub(crate) name: &'static str,
    pub(crate) preset: &'static str,
    pub(crate) orange: Option<bool>,
    pub(crate) obligation: Option<&'static str>,
    pub(crate) ceiling: Option<f64>,
    pub(crate) penalty: Option<f64>,
    /// By row of the contracts; what the preset takes if none.
    pub(crate) contracts: Option<Vec<String>>,
    /// Element, new rating, capex.
    pub(crate) replacement: Option<(String, f64, f64)>,
}

impl Time {
    /// The local days of the run.
    pub(crate) fn dates(&self) -> Vec<Date> {
        let mut date = self.from;
        let mut dates = Vec::new();
        for _ in 0..self.days {
            dates.push(date);
            date = date.tomorrow().expect("a year below 9999");
        }
        dates
    }
}
