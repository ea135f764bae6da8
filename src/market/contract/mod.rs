//! Contracts between operator and aggregator. A contract says when and where; its right says what the operator may ask for, how
//! that is judged and what it is booked as. The kinds of right are listed in [`Right`], each in a file of its own.

mod bounds;
mod capacity_limitation;
mod flex_option;
mod terms;
mod window;

use crate::ids::{Domain, EntityAddress};
use crate::time::{IspCalendar, IspIndex, Period, SimDuration};
use crate::units::{Money, Watts};

use super::direction::Direction;

pub use bounds::{Bounds, asked};
pub use capacity_limitation::CapacityLimitation;
pub use flex_option::{FlexOption, allowed_offer, obligation};
pub use terms::{Judgement, Payments, PowerRange, Regime, Terms};
pub use window::Window;

/// The kinds of right an operator can buy.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Right {
    /// Reserved flexibility.
    FlexOption(FlexOption),
    /// A cap on call.
    CapacityLimitation(CapacityLimitation),
}

impl Right {
    /// The rules of its kind.
    #[must_use]
    pub fn terms(&self) -> &dyn Terms {
        match self {
            Right::FlexOption(right) => right,
            Right::CapacityLimitation(right) => right,
        }
    }
}

/// A contract in force.
#[derive(Debug, Clone, PartialEq)]
pub struct Contract {
    /// `ContractID` on the wire.
    pub id: String,
    /// Domain of the AGR.
    pub aggregator: Domain,
    /// Congestion point it is for.
    pub congestion_point: EntityAddress,
    /// Congestion it relieves.
    pub direction: Direction,
    /// The right.
    pub right: Right,
    /// When it holds.
    pub windows: Vec<Window>,
    /// Availability fee, € per MW reserved and hour.
    pub availability_eur_per_mw_h: f64,
    /// Price of activated energy, €/MWh.
    pub utilisation_eur_per_mwh: f64,
    /// Price of power deficiency, €/MWh.
    pub penalty_eur_per_mwh: f64,
    /// Most calls in one calendar week (Monday to Sunday).
    pub max_calls_per_week: u32,
}

/// What a call asks for on one day, per ISP.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// Flexibility; zero where nothing is called.
    pub power: Vec<Watts>,
    /// Its price.
    pub price: Money,
}

impl Contract {
    /// Whether the contract holds in an ISP, by the local clock at its start.
    #[must_use]
    pub fn holds(&self, calendar: &IspCalendar, period: &Period, isp: IspIndex) -> bool {
        let time = calendar.local_time(period.isp_start(isp));
        self.windows.iter().any(|w| w.holds(period.date, time))
    }

    /// Flexibility reserved in an ISP with its sign, before any update; zero outside the windows.
    #[must_use]
    pub fn reserved_at(&self, calendar: &IspCalendar, period: &Period, isp: IspIndex) -> Watts {
        if self.holds(calendar, period, isp) { self.right.terms().reserves(self.direction) } else { Watts::ZERO }
    }

    /// Availability fee of a day for what stays reserved per ISP (W, signed).
    #[must_use]
    pub fn availability(&self, kept: &[Watts], isp: SimDuration) -> Money {
        let mw_h = kept.iter().map(|w| w.abs().as_f64()).sum::<f64>() * 1e-6 * isp.as_hours();
        Money::from_f64(mw_h * self.availability_eur_per_mw_h)
    }

    /// What the operator calls on a day: in the ISPs of its windows where the bounds ask for relief in its direction, whatever
    /// brings the expected power (W) into the range the right leaves. `None` where that is nothing.
    #[must_use]
    pub fn call(&self, calendar: &IspCalendar, period: &Period, bounds: &[Bounds], expected_w: &dyn Fn(IspIndex) -> f64) -> Option<Call> {
        let range = self.right.terms().called_range(self.direction)?;
        let flexibility = |isp: IspIndex| {
            let wanted = Direction::relieved_by(bounds[isp.offset()].near()) == Some(self.direction);
            let called = wanted && self.holds(calendar, period, isp);
            if called { Watts::from_f64(range.missing_w(expected_w(isp))) } else { Watts::ZERO }
        };
        let power: Vec<Watts> = period.iter().map(flexibility).collect();
        if power.iter().all(|p| *p == Watts::ZERO) {
            return None;
        }
        let mwh: f64 = power.iter().map(|p| p.abs().as_f64()).sum::<f64>() * period.isp().as_hours() * 1e-6;
        Some(Call { power, price: Money::from_f64(mwh * self.utilisation_eur_per_mwh) })
    }

    /// The baseline that makes a call's bound the target, per ISP; `None` where the operator cannot call.
    #[must_use]
    pub fn called_baseline(&self, power: &[Watts]) -> Option<Vec<Watts>> {
        let range = self.right.terms().called_range(self.direction)?;
        let bound = Watts::from_f64(range.bound_w(self.direction));
        Some(power.iter().map(|f| bound - *f).collect())
    }
}
