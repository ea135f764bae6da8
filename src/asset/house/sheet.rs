//! The data sheet of a house: what its owner and its energy manager know of it.

use std::sync::Arc;

use crate::rng::Stream;
use crate::time::SimDuration;

use super::building::{Building, Inputs, Transition};
use super::comfort::{Clock, Comfort, Habits};
use super::heat_pump::{HeatPump, Sink};
use super::tank::{Holding, Tank};
use super::typology::{Mass, Refurbishment, Type};
use super::water;

/// A house with a heat pump.
#[derive(Debug, Clone, PartialEq)]
pub struct House {
    /// Walls, windows, mass.
    pub building: Building,
    /// What heats it.
    pub pump: HeatPump,
    /// Hot water.
    pub tank: Tank,
    /// How warm people want it, and when.
    pub comfort: Comfort,
    /// People who draw hot water.
    pub people: usize,
    /// Windows that face north, east, south and west, as sun that comes in per irradiance on the plane, m².
    pub aperture_m2: [f64; 4],
    /// Heat of people and appliances, W.
    pub internal_w: f64,
    /// The local week, shared by all houses.
    pub clock: Arc<Clock>,
    /// Loss of the building, W/K.
    pub(super) loss_w_k: f64,
    /// What a step of the simulation does.
    stepping: Arc<Stepping>,
}

/// What a step of one length does to building and tank.
#[derive(Debug, Clone, PartialEq)]
struct Stepping {
    step: SimDuration,
    heated: Heated,
    /// The same until comfort is decided on again.
    ahead: Heated,
    /// By draw-offs, see [`water::litres`].
    holdings: [Holding; water::SETS],
}

/// The exact step of a building, and what its heating does in it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Heated {
    pub(super) transition: Transition,
    /// Rise of air and mass per heat, K/W.
    pub(super) rise_k_w: [f64; 2],
    /// Heat per rise of the air, W/K.
    pub(super) heat_w_k: f64,
}

/// Temperature outdoors at which a heat pump without its rod covers the loss, °C.
const DESIGN_C: f64 = -10.0;
/// Temperature indoors then, °C.
const DESIGN_INDOORS_C: f64 = 20.5;
/// Windows per heated area, their share by direction, and what frames, glass and shade let through.
const WINDOWS: f64 = 0.16;
const FACING: [f64; 4] = [0.2, 0.2, 0.4, 0.2];
const LET_THROUGH: f64 = 0.9 * 0.6 * 0.6;
/// Deviation of the logarithm of losses within a type.
const SPREAD: f64 = 0.2;
/// Heat of people and appliances, W/m².
const INTERNAL_W_M2: f64 = 3.0;

/// How far a control looks ahead for comfort: a quarter hour, as its guard is, and whole steps.
const DECIDES: SimDuration = SimDuration(900);

fn ahead(step: SimDuration) -> SimDuration {
    step.max(DECIDES)
}

impl Heated {
    fn new(building: &Building, sink: Sink, step_s: f64) -> Heated {
        let transition = building.transition(step_s);
        let to_air = sink.to_air();
        let rise_k_w = transition.g.map(|row| row[1] * to_air + row[2] * (1.0 - to_air));
        Heated { transition, rise_k_w, heat_w_k: 1.0 / rise_k_w[0] }
    }
}

impl House {
    /// A house from its parts, for steps of `step`.
    #[allow(clippy::too_many_arguments, reason = "one part each")]
    #[must_use]
    pub fn new(
        building: Building,
        pump: HeatPump,
        tank: Tank,
        habits: &Habits,
        aperture_m2: [f64; 4],
        internal_w: f64,
        clock: Arc<Clock>,
        step: SimDuration,
    ) -> House {
        let step_s = step.0 as f64;
        let holdings = std::array::from_fn(|set| tank.holding(water::flow_kg_s(set as u8), step_s));
        let [heated, ahead] = [step, ahead(step)].map(|time| Heated::new(&building, pump.sink, time.0 as f64));
        let stepping = Arc::new(Stepping { step, heated, ahead, holdings });
        let (comfort, people, loss_w_k) = (Comfort::new(habits), habits.people, building.loss_w_k());
        House { building, pump, tank, comfort, people, aperture_m2, internal_w, clock, loss_w_k, stepping }
    }

    /// A dwelling of a type, with losses, mass, habits and size of the heat pump drawn for `id`.
    ///
    /// Houses of a type differ: losses are scaled by a lognormal draw with σ 0.2 and mean one.
    /// Refurbished to an advanced standard, a house has floor heating.
    #[must_use]
    pub fn of(kind: &Type, state: Refurbishment, seed: u64, id: &str, clock: Arc<Clock>, step: SimDuration) -> House {
        let mut stream = Stream::new(seed, id, "building");
        let mut d = stream.at(0);
        let scale = libm::exp(SPREAD * d.normal() - 0.5 * SPREAD * SPREAD);
        let mass = if d.uniform() < 0.5 { Mass::Medium } else { Mass::Heavy };
        let building = kind.building(state, mass, scale);
        let spare = 1.0 + 0.3 * d.uniform();
        let mut pump = HeatPump::of(spare * building.loss_w_k() * (DESIGN_INDOORS_C - DESIGN_C));
        if state == Refurbishment::Advanced {
            pump.sink = Sink::Floor;
        }
        let habits = Habits::draw(seed, id);
        let litres = (100.0 + 50.0 * habits.people as f64).min(300.0);
        let tank = Tank { litres, ua_w_k: 1.2 + 0.8 * d.uniform() };
        let area_m2 = kind.dwelling_m2();
        let aperture_m2 = FACING.map(|share| share * WINDOWS * area_m2 * LET_THROUGH);
        House::new(building, pump, tank, &habits, aperture_m2, INTERNAL_W_M2 * area_m2, clock, step)
    }

    /// The exact step of the building for a step length.
    #[inline]
    pub(super) fn heated(&self, step: SimDuration) -> Heated {
        if step == self.stepping.step { self.stepping.heated } else { Heated::new(&self.building, self.pump.sink, step.0 as f64) }
    }

    /// The same over the time in which a step's control looks ahead for comfort, and that time, s.
    #[inline]
    pub(super) fn heated_ahead(&self, step: SimDuration) -> (Heated, f64) {
        let time = ahead(step);
        (if step == self.stepping.step { self.stepping.ahead } else { self.heated(time) }, time.0 as f64)
    }

    /// What a step does to the tank while some draw-offs happen.
    #[inline]
    pub(super) fn holding(&self, set: u8, step: SimDuration) -> Holding {
        match step == self.stepping.step {
            true => self.stepping.holdings[usize::from(set)],
            false => self.tank.holding(water::flow_kg_s(set), step.0 as f64),
        }
    }

    /// What acts on the building beside its heating: half of the sun goes into the air, half into the mass.
    #[inline]
    pub(super) fn gains(&self, outdoor_c: f64, sun_w: f64) -> Inputs {
        Inputs { outdoor_c, air_w: self.internal_w + 0.5 * sun_w, mass_w: 0.5 * sun_w }
    }

    /// Sun that comes in, W.
    #[inline]
    pub(super) fn sun_w(&self, facade_w_m2: &[Vec<f64>; 4], row: usize) -> f64 {
        self.aperture_m2.iter().zip(facade_w_m2).map(|(m2, facade)| m2 * facade[row]).sum()
    }

    /// Largest electric power, W: the heat pump at −10 °C into hot water, and the rod.
    pub(super) fn largest_w(&self) -> f64 {
        let warmest = self.pump.most_heat_w(20.0) / self.pump.cop(Sink::Water, 20.0);
        let coldest = self.pump.heat_w / self.pump.cop(Sink::Water, DESIGN_C);
        self.pump.standby_w + warmest.max(coldest) + self.pump.rod_w
    }
}
