//! The contract that every kind of device keeps.

use std::sync::Arc;

use crate::profile::ProfileTable;
use crate::time::{Period, SimDuration, SimTime, Steps};
use crate::weather::Weather;

use super::session::Session;

/// A kind of device.
///
/// Powers are grid-side active power in W, consumption positive.
pub trait Model {
    /// What really is; nothing but [`Model::step`] takes it.
    type State;
    /// What readings told the owner.
    type Seen;

    /// Lets a step happen: the device follows the set point as far as its physics let it, and never draws or feeds in more
    /// than `cap`. `set_w` may be `±∞`: as much or as little as there is; or `NaN`: nothing is set, and the device does as its
    /// own control does. Returns what flowed and what an instrument shows after the step.
    fn step(&self, state: &mut Self::State, moment: &Moment<'_>, set_w: f64, cap: Cap) -> (Flow, Reading);

    /// What is known before any reading.
    fn unread(&self) -> Self::Seen;

    /// Takes a reading in.
    fn read(&self, seen: &mut Self::Seen, reading: &Reading);

    /// Least-cost power per ISP of a Period, from what is known.
    fn plan(&self, seen: &Self::Seen, outlook: &Outlook, task: &Task<'_>) -> Vec<f64>;

    /// What the device is expected to do where nobody steers it.
    fn unsteered(&self, seen: &Self::Seen, outlook: &Outlook, task: &Task<'_>) -> Vec<f64> {
        self.plan(seen, outlook, task)
    }

    /// What the device can still give and take in a Period.
    fn envelope(&self, seen: &Self::Seen, outlook: &Outlook, task: &Task<'_>) -> Envelope;

    /// The plan that answers an ask, rebound included; `base_w` where the device has no answer.
    fn replan(&self, seen: &Self::Seen, outlook: &Outlook, task: &Task<'_>, base_w: &[f64], ask: &Ask<'_>) -> Vec<f64>;

    /// What a plan for a Period costs: energy at the prices of the task, wear and comfort. The difference between two plans is the
    /// true cost of going from one to the other.
    fn cost(&self, _seen: &Self::Seen, _outlook: &Outlook, task: &Task<'_>, plan_w: &[f64]) -> Cost {
        Cost { energy: task.energy_cost(plan_w), ..Cost::default() }
    }

    /// Whether its plans cost more than energy, or come in steps: a part of a change then need not cost its part.
    fn is_curved(&self) -> bool {
        false
    }

    /// Whether it can do what a plan for a Period says.
    fn can(&self, _seen: &Self::Seen, _task: &Task<'_>, _plan_w: &[f64]) -> bool {
        true
    }

    /// How its flexibility hangs together.
    fn flexibility(&self) -> Flexibility;

    /// Largest consumption and feed-in by the data sheet, magnitudes.
    fn rated_w(&self) -> (f64, f64);

    /// Whether an operator's limitation can reach the device at all.
    fn limitable(&self) -> bool;

    /// What its readings count.
    fn content(&self) -> Content;
}

/// What the energy in a [`Reading`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// There is none.
    None,
    /// It is in a store.
    Stored,
    /// It is owed to a user.
    Owed,
}

/// How the flexibility of a device hangs together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Flexibility {
    /// It has none.
    None,
    /// Each ISP stands for itself: what is held back is lost.
    Curtailable,
    /// Energy held back comes back, energy taken is given back.
    Shiftable,
}

/// A step as a device meets it.
#[derive(Debug, Clone, Copy)]
pub struct Moment<'a> {
    /// When it begins.
    pub start: SimTime,
    /// How long it is.
    pub step: SimDuration,
    /// Profiles of what happens.
    pub profiles: &'a ProfileTable,
    /// The step's row in them.
    pub row: usize,
    /// Weather as it happens, where a study has any.
    pub weather: Option<&'a Weather>,
    /// Power of everything else behind the same meter in the step, W, consumption positive; `NaN` where no device asks for it.
    pub others_w: f64,
}

/// Limits on a device from outside the market, magnitudes in W.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cap {
    /// Consumption stays at or below.
    pub consumption_w: f64,
    /// Feed-in stays at or below.
    pub feed_in_w: f64,
}

impl Cap {
    /// No limit.
    pub const NONE: Cap = Cap { consumption_w: f64::INFINITY, feed_in_w: f64::INFINITY };

    /// The power nearest to `p_w` within the cap.
    #[must_use]
    pub fn apply(self, p_w: f64) -> f64 {
        p_w.min(self.consumption_w).max(-self.feed_in_w)
    }

    /// What both caps allow.
    #[must_use]
    pub fn and(self, other: Cap) -> Cap {
        Cap { consumption_w: self.consumption_w.min(other.consumption_w), feed_in_w: self.feed_in_w.min(other.feed_in_w) }
    }
}

/// What a step came to at the grid side of a device.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Flow {
    /// Active power, W.
    pub p_w: f64,
    /// Reactive power, var.
    pub q_var: f64,
    /// What the cap took, W: power without it less power with it, so consumption held back is positive, feed-in negative.
    pub capped_w: f64,
    /// Energy that a user left without in this step, Wh.
    pub unserved_wh: f64,
    /// Energy that a user who left in this step wanted, Wh.
    pub wanted_wh: f64,
    /// Heat delivered, Wh.
    pub heat_wh: f64,
    /// Kelvins below the comfort band while people are at home, times hours.
    pub cold_kh: f64,
}

/// What an instrument at a device shows after a step.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Reading {
    /// When.
    pub at: SimTime,
    /// Energy in a store, or still wanted by a vehicle that is plugged in, Wh.
    pub content_wh: f64,
    /// Since when a vehicle is plugged in, or a process holds back.
    pub since: Option<SimTime>,
    /// Air, mass and hot water of a house, °C; the mass as its energy manager reckons it.
    pub house_c: [f64; 3],
}

/// What the owner of a device expects of a Period from elsewhere than the device.
#[derive(Debug, Clone, PartialEq)]
pub enum Outlook {
    /// Nothing.
    Nothing,
    /// Forecast power per ISP, W, consumption positive.
    Power(Vec<f64>),
    /// Announced sessions that touch the Period.
    Sessions(Vec<Session>),
    /// Forecast weather, of the time from now to the end of the Period at least.
    Weather(Arc<WeatherOutlook>),
}

/// Forecast weather, one value a step. Beyond its ends the first and the last step stand.
#[derive(Debug, Clone, PartialEq)]
pub struct WeatherOutlook {
    /// The steps.
    pub grid: Steps,
    /// Air temperature, °C.
    pub air_c: Vec<f64>,
    /// Irradiance on vertical planes that face north, east, south and west, W/m².
    pub facade_w_m2: [Vec<f64>; 4],
}

impl WeatherOutlook {
    /// Row of an instant.
    #[must_use]
    pub fn row(&self, t: SimTime) -> usize {
        if t < self.grid.start { 0 } else { self.grid.index(t).min(self.grid.count - 1) }
    }
}

impl Outlook {
    /// Forecast power; empty when none is.
    #[must_use]
    pub fn power_w(&self) -> &[f64] {
        match self {
            Outlook::Power(power) => power,
            Outlook::Nothing | Outlook::Sessions(_) | Outlook::Weather(_) => &[],
        }
    }

    /// Announced sessions; empty when none are.
    #[must_use]
    pub fn sessions(&self) -> &[Session] {
        match self {
            Outlook::Sessions(sessions) => sessions,
            Outlook::Nothing | Outlook::Power(_) | Outlook::Weather(_) => &[],
        }
    }

    /// Forecast weather.
    #[must_use]
    pub fn weather(&self) -> Option<&WeatherOutlook> {
        match self {
            Outlook::Weather(weather) => Some(weather),
            _ => None,
        }
    }
}

/// A Period to plan.
#[derive(Clone, Copy)]
pub struct Task<'a> {
    /// The Period.
    pub period: &'a Period,
    /// Price per ISP of energy from the grid, any unit per MWh.
    pub price: &'a [f64],
    /// Price per ISP of energy that is fed in; empty where it is that from the grid.
    pub feed_in_price: &'a [f64],
    /// Power planned for everything else behind the same meter per ISP, W; empty where the price of feed-in is.
    pub others_w: &'a [f64],
    /// Power that caps ask for at least, per ISP, W; `−∞` where free.
    pub least_w: &'a [f64],
    /// Power that caps allow at most, per ISP, W; `+∞` where free.
    pub most_w: &'a [f64],
    /// Power the owner planned at an instant before the Period, W.
    pub before_w: &'a dyn Fn(SimTime) -> f64,
}

impl Task<'_> {
    /// Prices of an ISP below and above the power of the device at which the meter turns from feed-in to consumption, and that
    /// power, W. The first price is not the higher.
    #[must_use]
    pub fn tariff(&self, i: usize) -> (f64, f64, f64) {
        let price = self.price[i];
        match self.feed_in_price.get(i).zip(self.others_w.get(i)) {
            Some((feed_in, others_w)) => (feed_in.min(price), price, -others_w),
            None => (price, price, 0.0),
        }
    }

    /// What the energy of a plan costs beyond that of none, in the unit of the price.
    #[must_use]
    pub fn energy_cost(&self, plan_w: &[f64]) -> f64 {
        let cost = |(i, p_w): (usize, &f64)| {
            let (below, above, kink_w) = self.tariff(i);
            let bought = |w: f64| above * (w - kink_w).max(0.0) + below * (w - kink_w).min(0.0);
            bought(*p_w) - bought(0.0)
        };
        plan_w.iter().enumerate().map(cost).sum::<f64>() * self.period.isp().as_hours() * 1e-6
    }
}

/// What a plan costs, in the unit of money of the prices; comfort in €.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Cost {
    /// Energy beyond that of a plan of nothing.
    pub energy: f64,
    /// Wear of a store.
    pub wear: f64,
    /// Comfort that people go without.
    pub comfort: f64,
}

impl Cost {
    /// All of it.
    #[must_use]
    pub fn total(&self) -> f64 {
        self.energy + self.wear + self.comfort
    }
}

/// A deviation that is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Ask<'a> {
    /// ISPs in which it is.
    pub asked: &'a [bool],
    /// Whether more power is asked for, or less.
    pub more: bool,
    /// How far power may rise above the plan, per ISP, W.
    pub up_w: &'a [f64],
    /// How far power may fall below the plan, per ISP, W.
    pub down_w: &'a [f64],
}

/// Price, per MWh, that no real price reaches: it pushes plans out of ISPs, or into them.
pub const SHADOW: f64 = 1e5;

impl Ask<'_> {
    /// Powers between which a plan answers in an ISP where it had `base_w`, W: in asked ISPs it does not go the other way.
    pub(super) fn bounds(&self, i: usize, base_w: f64) -> (f64, f64) {
        match (self.asked[i], self.more) {
            (true, true) => (base_w, base_w + self.up_w[i]),
            (true, false) => (base_w - self.down_w[i], base_w),
            (false, _) => (base_w - self.down_w[i], base_w + self.up_w[i]),
        }
    }

    /// The prices of a task with asked ISPs made prohibitive, or attractive.
    pub(super) fn price(&self, price: &[f64]) -> Vec<f64> {
        let shadow = if self.more { -SHADOW } else { SHADOW };
        price.iter().zip(self.asked).map(|(p, asked)| if *asked { p + shadow } else { *p }).collect()
    }
}

/// What a device can give and take in a Period.
#[derive(Debug, Clone, PartialEq)]
pub struct Envelope {
    /// Least power per ISP, W.
    pub least_w: Vec<f64>,
    /// Most power per ISP, W.
    pub most_w: Vec<f64>,
    /// Least and most energy over the Period, Wh.
    pub energy_wh: (f64, f64),
}
