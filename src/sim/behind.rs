//! What happened behind the meters, device by device, counted step by step as it really is.
//!
//! Behind a meter with feed-in of PV, in a step: `g` feed-in of PV systems and PV-battery plants, `d` consumption of everything but
//! batteries and what vehicles give back, `n` the net power of the meter, consumption positive. What is fed in counts as PV first,
//! what is drawn from the grid as consumption first:
//!
//! ```text
//! own use     g − min(g, (−n)⁺)          self-consumption = Σ own use / Σ g
//! from grid   min(d, n⁺)                 self-sufficiency = 1 − Σ from grid / Σ d
//! ```

use std::sync::Arc;

use crate::asset::{AssetKind, Content, Device, Flexibility, Flow, Moment, Reading};
use crate::ids::{AssetIdx, ConnectionIdx};
use crate::scenario::study::Study;

use super::potential::Potential;

/// What happened behind the meters, where a study follows single households.
#[derive(Debug, Clone, PartialEq)]
pub struct Behind {
    /// Row by row of the study's devices.
    pub devices: Vec<DeviceTotals>,
    /// Meters with PV, together.
    pub meters: MeterTotals,
    /// Highest power of all vehicles together, W.
    pub vehicles_peak_w: f64,
    /// Highest power of the heat pumps of all houses together, W.
    pub heat_pumps_peak_w: f64,
    /// Highest power of all base loads together, W.
    pub base_loads_peak_w: f64,
    /// One household, step by step.
    pub household: Option<Household>,
    /// What vehicles, houses and batteries could give and take, without orders and limitations.
    pub potential: Arc<Potential>,
}

/// What a device did over the run.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct DeviceTotals {
    /// Consumption, Wh.
    pub drawn_wh: f64,
    /// Feed-in, Wh.
    pub fed_wh: f64,
    /// Highest magnitude of its power, W.
    pub peak_w: f64,
    /// Highest consumption, W.
    pub most_w: f64,
    /// Feed-in of PV that it could have had beyond what it had, Wh.
    pub curtailed_wh: f64,
    /// Heat delivered, Wh.
    pub heat_wh: f64,
    /// Kelvins below the comfort band while people are at home, times hours.
    pub cold_kh: f64,
    /// Stays of a vehicle that are over and wanted energy.
    pub sessions: u32,
    /// Those of them that left with more than 5 % of it missing.
    pub short_sessions: u32,
    /// Energy that they left without, Wh.
    pub unserved_wh: f64,
    /// Energy into and out of a store, Wh.
    pub cycled_wh: f64,
    /// Energy that orders moved or curtailed, Wh.
    pub moved_wh: f64,
    /// Energy that limitations held back, Wh.
    pub limited_wh: f64,
}

/// Meters with PV behind them, over the run.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct MeterTotals {
    /// Feed-in of PV, before anything else behind the meter uses it, Wh.
    pub generated_wh: f64,
    /// What of it does not go to the grid, Wh.
    pub own_use_wh: f64,
    /// Consumption, without that of batteries, Wh.
    pub demand_wh: f64,
    /// What of it the grid delivers, Wh.
    pub from_grid_wh: f64,
}

/// A household, step by step: the connection with most devices that can be steered, of equal ones the first.
#[derive(Debug, Clone, PartialEq)]
pub struct Household {
    /// Whose.
    pub connection: ConnectionIdx,
    /// Its devices.
    pub devices: Vec<DeviceSeries>,
}

/// A device of a household, one value a step; NaN where there is none.
#[derive(Debug, Clone, PartialEq)]
pub struct DeviceSeries {
    /// Which.
    pub device: AssetIdx,
    /// What it was asked to do, W, consumption positive; NaN where its own control decides.
    pub asked_w: Vec<f32>,
    /// What it did, W.
    pub power_w: Vec<f32>,
    /// Air and hot water of a house, °C.
    pub house_c: [Vec<f32>; 2],
    /// State of charge of a battery, or of a vehicle that is plugged in, as a fraction.
    pub charge: Vec<f32>,
}

/// Share of what a vehicle wanted beyond which it left short.
const SHORT: f64 = 0.05;

/// Counts.
pub(super) struct Counter<'a> {
    study: &'a Study,
    behind: Behind,
    /// Meters with PV.
    metered: Vec<bool>,
    /// Feed-in of PV, consumption and net power of each meter in the step, W.
    meters: Vec<[f64; 3]>,
    /// Power of vehicles, heat pumps and base loads in the step, W.
    kinds_w: [f64; 3],
    /// Energy in each device before the step, Wh.
    content_wh: Vec<f64>,
    /// Row of each device in the household.
    rows: Vec<Option<usize>>,
}

impl<'a> Counter<'a> {
    pub(super) fn new(study: &'a Study, potential: &Arc<Potential>) -> Counter<'a> {
        let n = study.grid.connections.len();
        let mut metered = vec![false; n];
        let feeding = study.devices.iter().filter(|s| matches!(s.device, Device::Curtailable(_)));
        feeding.for_each(|s| metered[s.connection.i()] = true);
        let household = household(study);
        let mut rows = vec![None; study.devices.len()];
        let members = household.iter().flat_map(|h| h.devices.iter().enumerate());
        members.for_each(|(row, series)| rows[series.device.i()] = Some(row));
        let behind = Behind {
            devices: vec![DeviceTotals::default(); study.devices.len()],
            meters: MeterTotals::default(),
            vehicles_peak_w: 0.0,
            heat_pumps_peak_w: 0.0,
            base_loads_peak_w: 0.0,
            household,
            potential: Arc::clone(potential),
        };
        let content_wh = study.devices.iter().map(|s| s.shows.content_wh).collect();
        Counter { study, behind, metered, meters: vec![[0.0; 3]; n], kinds_w: [0.0; 3], content_wh, rows }
    }

    /// A device after a step.
    pub(super) fn device(&mut self, d: usize, moment: &Moment<'_>, asked_w: f64, flow: &Flow, reading: &Reading) {
        let spec = &self.study.devices[d];
        let (p_w, hours) = (flow.p_w, moment.step.as_hours());
        let t = &mut self.behind.devices[d];
        t.drawn_wh += p_w.max(0.0) * hours;
        t.fed_wh -= p_w.min(0.0) * hours;
        t.peak_w = t.peak_w.max(p_w.abs());
        t.most_w = t.most_w.max(p_w);
        t.heat_wh += flow.heat_wh;
        t.cold_kh += flow.cold_kh;
        t.unserved_wh += flow.unserved_wh;
        t.limited_wh += flow.capped_w.abs() * hours;
        if flow.wanted_wh > 0.0 {
            t.sessions += 1;
            t.short_sessions += u32::from(flow.unserved_wh > SHORT * flow.wanted_wh);
        }
        if spec.device.content() == Content::Stored {
            t.cycled_wh += (reading.content_wh - self.content_wh[d]).abs();
            self.content_wh[d] = reading.content_wh;
        }
        let [generated_w, demand_w, net_w] = &mut self.meters[spec.connection.i()];
        *net_w += p_w;
        match &spec.device {
            Device::Curtailable(c) => {
                t.curtailed_wh += (p_w - c.series.at(moment.profiles, moment.row).0).max(0.0) * hours;
                *generated_w -= p_w.min(0.0);
                *demand_w += p_w.max(0.0);
            }
            Device::Battery(_) => {}
            _ => *demand_w += p_w.max(0.0),
        }
        match &spec.device {
            Device::Vehicle(_) => self.kinds_w[0] += p_w,
            Device::House(_) => self.kinds_w[1] += p_w,
            _ if spec.kind == AssetKind::Load.name() => self.kinds_w[2] += p_w,
            _ => {}
        }
        if let (Some(row), Some(household)) = (self.rows[d], &mut self.behind.household) {
            household.devices[row].push(&spec.device, asked_w, p_w, reading);
        }
    }

    /// Orders moved energy at a device.
    pub(super) fn moved(&mut self, d: usize, wh: f64) {
        self.behind.devices[d].moved_wh += wh;
    }

    /// A step is over.
    pub(super) fn close_step(&mut self) {
        let hours = self.study.step.as_hours();
        let b = &mut self.behind;
        for (row, _) in self.meters.iter().zip(&self.metered).filter(|(_, metered)| **metered) {
            let [generated_w, demand_w, net_w] = *row;
            b.meters.generated_wh += generated_w * hours;
            b.meters.own_use_wh += (generated_w - generated_w.min((-net_w).max(0.0))) * hours;
            b.meters.demand_wh += demand_w * hours;
            b.meters.from_grid_wh += demand_w.min(net_w.max(0.0)) * hours;
        }
        self.meters.fill([0.0; 3]);
        let [vehicles_w, heat_pumps_w, base_loads_w] = std::mem::take(&mut self.kinds_w);
        b.vehicles_peak_w = b.vehicles_peak_w.max(vehicles_w);
        b.heat_pumps_peak_w = b.heat_pumps_peak_w.max(heat_pumps_w);
        b.base_loads_peak_w = b.base_loads_peak_w.max(base_loads_w);
    }

    pub(super) fn end(self) -> Behind {
        self.behind
    }
}

/// The household that is shown.
fn household(study: &Study) -> Option<Household> {
    let mut steerable = vec![0_u32; study.grid.connections.len()];
    let can = study.devices.iter().filter(|s| s.device.flexibility() != Flexibility::None);
    can.for_each(|s| steerable[s.connection.i()] += 1);
    let most = *steerable.iter().max().filter(|most| **most > 0)?;
    let connection = ConnectionIdx::new(steerable.iter().position(|n| *n == most)?);
    let behind = study.devices.iter().enumerate().filter(|(_, s)| s.connection == connection);
    Some(Household { connection, devices: behind.map(|(d, _)| DeviceSeries::new(AssetIdx::new(d), study.steps)).collect() })
}

impl DeviceSeries {
    fn new(device: AssetIdx, steps: usize) -> DeviceSeries {
        let column = || Vec::with_capacity(steps);
        DeviceSeries { device, asked_w: column(), power_w: column(), house_c: [column(), column()], charge: column() }
    }

    fn push(&mut self, device: &Device, asked_w: f64, power_w: f64, reading: &Reading) {
        let (mut house_c, mut charge) = ([f64::NAN; 2], f64::NAN);
        match device {
            Device::House(_) => house_c = [reading.house_c[0], reading.house_c[2]],
            Device::Battery(b) => charge = reading.content_wh / b.store.capacity_wh,
            Device::Vehicle(v) => {
                charge = v.pack.filter(|_| reading.since.is_some()).map_or(f64::NAN, |pack| pack.soc(reading.content_wh));
            }
            _ => {}
        }
        self.asked_w.push(if asked_w.is_finite() { asked_w as f32 } else { f32::NAN });
        self.power_w.push(power_w as f32);
        self.house_c.iter_mut().zip(house_c).for_each(|(column, c)| column.push(c as f32));
        self.charge.push(charge as f32);
    }
}
