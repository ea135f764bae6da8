//! Contracts between operator and aggregator. A contract says when and where; its right says what the operator may ask for, how
//! that is judged and what it is booked as. The kinds of right are listed in [`Right`], each in a file of its own.

mod bid_obligation;
mod bounds;
mod breaches;
mod called;
mod capacity_limitation;
mod fees;
mod flex_option;
mod limits;
mod standing;
mod tariff;
mod terms;
mod window;

use crate::ids::{Domain, EntityAddress};
use crate::time::{IspCalendar, IspIndex, Period, SimDuration};
use crate::units::Watts;

use super::direction::Direction;
use super::performance::Performance;

pub use bid_obligation::{BidObligation, is_acceptable};
pub use bounds::{Bounds, asked};
pub use breaches::Breaches;
pub use called::Called;
pub use capacity_limitation::CapacityLimitation;
pub use fees::{Fees, tariff_given_up_eur};
pub use flex_option::{FlexOption, allowed_offer, obligation};
pub use limits::{Counters, Limits, Run, Term};
pub use standing::{Standing, Standings};
pub use tariff::{Tariff, effective_eur_per_mwh, rate};
pub use terms::{Judgement, Payments, PowerRange, Regime, Terms};
pub use window::{DayOfYear, Season, Window};

/// The kinds of right an operator can buy.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Right {
    /// Reserved flexibility.
    FlexOption(FlexOption),
    /// A cap on call.
    CapacityLimitation(CapacityLimitation),
    /// Offers at own prices, up to a cap.
    BidObligation(BidObligation),
}

impl Right {
    /// The rules of its kind.
    #[must_use]
    pub fn terms(&self) -> &dyn Terms {
        match self {
            Right::FlexOption(right) => right,
            Right::CapacityLimitation(right) => right,
            Right::BidObligation(right) => right,
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
    /// How the operator exercises it.
    pub called: Called,
    /// When it holds.
    pub windows: Vec<Window>,
    /// What it pays whether it is used or not.
    pub fees: Fees,
    /// Price of activated energy.
    pub tariff: Tariff,
    /// Limits on calls.
    pub limits: Limits,
    /// What was called of it before the first day.
    pub used_before: Counters,
    /// What is paid for what was delivered.
    pub performance: Performance,
    /// Breaches that suspend it; `None`: none do.
    pub suspend_after_breaches: Option<u32>,
}

/// What a call asks for on one day, per ISP.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// ISPs that are called.
    pub called: Vec<bool>,
    /// Flexibility; zero where nothing is called, or where nothing is missing.
    pub power: Vec<Watts>,
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

    /// Agreed price of activated energy, €/MWh; `None` where the aggregator offers at a price of its own.
    #[must_use]
    pub fn agreed_price_eur_per_mwh(&self) -> Option<f64> {
        let own = matches!(self.right, Right::BidObligation(_));
        (!own).then_some(self.tariff.utilisation_eur_per_mwh)
    }

    /// Power that earns the fee on availability in an ISP, signed by what relieves: what an option reserves, before any release, or what
    /// a limitation keeps free below its reference. Zero outside the windows.
    #[must_use]
    pub fn available_at(&self, calendar: &IspCalendar, period: &Period, isp: IspIndex) -> Watts {
        match self.right.terms().cap_w() {
            Some(cap_w) if self.holds(calendar, period, isp) => {
                Watts::from_f64(self.fees.below_reference_w(cap_w) * self.direction.relief_sign())
            }
            Some(_) => Watts::ZERO,
            None => self.reserved_at(calendar, period, isp),
        }
    }

    /// Availability fee of a day, €, not rounded, on the power that was kept available per ISP (W, signed).
    #[must_use]
    pub fn availability_eur(&self, kept: &[Watts], isp: SimDuration) -> f64 {
        self.fees.availability_eur(kept.iter().map(|w| w.abs().as_f64()), isp)
    }

    /// Least power an offer must have in an ISP, signed, from what is still reserved and what is requested: in its windows and
    /// direction alone.
    #[must_use]
    pub fn owed_at(&self, calendar: &IspCalendar, period: &Period, isp: IspIndex, reserved: Watts, request: Bounds) -> Watts {
        let owed = self.right.terms().obliges(reserved, request);
        let due = Direction::relieved_by(owed) == Some(self.direction) && self.holds(calendar, period, isp);
        if due { owed } else { Watts::ZERO }
    }

    /// ISPs of its windows in which a request's bounds ask for relief in its direction; all of its windows where it is always called.
    #[must_use]
    pub fn wanted(&self, calendar: &IspCalendar, period: &Period, bounds: &[Bounds]) -> Vec<bool> {
        let asked = |isp: IspIndex| Direction::relieved_by(bounds[isp.offset()].near()) == Some(self.direction);
        period.iter().map(|isp| (self.called == Called::Always || asked(isp)) && self.holds(calendar, period, isp)).collect()
    }

    /// What a call of some ISPs asks for: whatever brings the expected power (W) into the range the right leaves. `None` where the
    /// operator cannot call.
    #[must_use]
    pub fn call(&self, period: &Period, called: &[bool], expected_w: &dyn Fn(IspIndex) -> f64) -> Option<Call> {
        let range = self.right.terms().called_range(self.direction)?;
        let flexibility =
            |isp: IspIndex| if called[isp.offset()] { Watts::from_f64(range.missing_w(expected_w(isp))) } else { Watts::ZERO };
        Some(Call { called: called.to_vec(), power: period.iter().map(flexibility).collect() })
    }

    /// The baseline that makes a call's bound the target, per ISP; `None` where the operator cannot call.
    #[must_use]
    pub fn called_baseline(&self, power: &[Watts]) -> Option<Vec<Watts>> {
        let range = self.right.terms().called_range(self.direction)?;
        let bound = Watts::from_f64(range.bound_w(self.direction));
        Some(power.iter().map(|f| bound - *f).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::{Time, date, time};

    /// A cap of 1.5 MW on consumption, on call at any time, without limits.
    pub(super) fn cap() -> Contract {
        Contract {
            id: "cap".to_owned(),
            aggregator: Domain::new("agr.example.com"),
            congestion_point: EntityAddress::new("ea1.2024-01.com.example.dso:x"),
            direction: Direction::Consumption,
            right: Right::CapacityLimitation(CapacityLimitation { cap_w: 1.5e6 }),
            called: Called::DayAhead,
            windows: Window::daily(Time::midnight(), Time::midnight()),
            fees: Fees::default(),
            tariff: Tariff { utilisation_eur_per_mwh: 120.0, plus_day_ahead: false, price_cap_eur_per_mwh: None },
            limits: Limits::default(),
            used_before: Counters::default(),
            performance: Performance::for_delivered(500.0),
            suspend_after_breaches: None,
        }
    }

    #[test]
    fn a_call_is_for_its_windows_and_direction() {
        let calendar = IspCalendar::new("Europe/Amsterdam", 15).unwrap();
        let period = calendar.period(date(2026, 1, 5));
        let contract = Contract { windows: Window::daily(time(12, 0, 0, 0), time(18, 0, 0, 0)), ..cap() };
        let asked = Bounds { min: Watts(-900), max: Watts(-100), requested: true };
        let mut bounds = vec![asked; 96];
        bounds[50] = Bounds { min: Watts(100), max: Watts(900), requested: true };
        bounds[51] = Bounds { requested: false, ..asked };
        let wanted = contract.wanted(&calendar, &period, &bounds);
        let count = |w: &[bool]| w.iter().filter(|w| **w).count();
        assert_eq!((count(&wanted), wanted[48], wanted[50], wanted[51], wanted[72]), (22, true, false, false, false));
        let always = Contract { called: Called::Always, ..contract };
        assert_eq!(count(&always.wanted(&calendar, &period, &bounds)), 24);
        let call = always.call(&period, &wanted, &|isp| if isp.offset() == 48 { 1.8e6 } else { 1.4e6 }).unwrap();
        assert_eq!((call.power[48], call.power[49], call.called[49]), (Watts(-300_000), Watts::ZERO, true));
    }

    #[test]
    fn a_limitation_is_paid_below_its_reference_and_an_option_for_what_it_keeps() {
        let calendar = IspCalendar::new("Europe/Amsterdam", 15).unwrap();
        let period = calendar.period(date(2026, 1, 5));
        let fees = Fees { availability_eur_per_mw_h: 8.0, reference_w: 2e6, fixed_eur_per_year: 0.0 };
        let limitation = Contract { windows: Window::daily(time(16, 0, 0, 0), time(20, 0, 0, 0)), fees, ..cap() };
        let available = |c: &Contract| period.iter().map(|isp| c.available_at(&calendar, &period, isp)).collect::<Vec<Watts>>();
        let kept = available(&limitation);
        assert_eq!((kept[63], kept[64], kept[79], kept[80]), (Watts::ZERO, Watts(-500_000), Watts(-500_000), Watts::ZERO));
        assert!((limitation.availability_eur(&kept, period.isp()) - 16.0).abs() < 1e-9);
        let option = Contract { right: Right::FlexOption(FlexOption { power_w: 1e6 }), ..limitation };
        assert_eq!(available(&option)[64], Watts(-1_000_000));
        assert_eq!(available(&cap())[64], Watts::ZERO, "without a reference nothing is kept free");
    }

    #[test]
    fn a_bid_is_owed_in_its_windows_and_direction() {
        let calendar = IspCalendar::new("Europe/Amsterdam", 15).unwrap();
        let period = calendar.period(date(2026, 1, 5));
        let right = Right::BidObligation(BidObligation { power_w: 400.0 });
        let contract = Contract { right, windows: Window::daily(time(16, 0, 0, 0), time(20, 0, 0, 0)), ..cap() };
        let owed = |isp: usize, min, max| {
            let request = Bounds { min: Watts(min), max: Watts(max), requested: true };
            contract.owed_at(&calendar, &period, IspIndex::from_offset(isp), Watts::ZERO, request)
        };
        assert_eq!([owed(64, -900, -600), owed(63, -900, -600), owed(64, 600, 900)], [Watts(-400), Watts::ZERO, Watts::ZERO]);
    }
}
