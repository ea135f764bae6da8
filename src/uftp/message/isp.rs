//! ISPs as the wire carries them: runs of equal values, `Start` and `Duration` counting ISPs of the Period from 1.
//!
//! In process a day is an [`IspSeries`]; [`runs`] and [`power_runs`] shorten a series to runs, [`series`] spreads runs again.
//! A run may say anything an attribute can (0, beyond the day): whether it fits the day is a rule's business, not the type's.

use super::kind::MessageType;
use crate::time::{IspIndex, IspSeries, Period};
use crate::uftp::xml::{ReadElement, ReadError, Reader, WriteElement, Writer, element};
use crate::units::Watts;

/// `Start` and `Duration`: the ISPs `start ..= start + duration − 1`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct IspRun {
    /// Number of the first ISP; the Period's first has number 1.
    pub start: u16,
    /// How many ISPs.
    pub duration: u16,
}

impl IspRun {
    /// One ISP.
    #[must_use]
    pub fn single(isp: IspIndex) -> IspRun {
        IspRun { start: isp.number(), duration: 1 }
    }

    /// The first ISP number after the run.
    #[must_use]
    pub fn end(self) -> u32 {
        u32::from(self.start) + u32::from(self.duration)
    }

    /// Whether the run covers the ISP `number`.
    #[must_use]
    pub fn covers(self, number: u16) -> bool {
        number >= self.start && u32::from(number) < self.end()
    }

    /// Whether the run is at least one ISP long and lies within a Period of `isps` ISPs.
    #[must_use]
    pub fn fits(self, isps: usize) -> bool {
        self.start >= 1 && self.duration >= 1 && self.end() as usize <= isps + 1
    }

    /// The ISP numbers of the run, those beyond `u16` left out.
    pub fn numbers(self) -> impl Iterator<Item = u16> {
        (u32::from(self.start)..self.end()).map_while(|n| u16::try_from(n).ok())
    }
}

/// `ISP` with a power: D-Prognosis, FlexReservationUpdate, FlexOffer, FlexOrder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct IspPower {
    /// Average power in each ISP of the run, W; consumption positive. Absolute in a D-Prognosis, a deviation from the
    /// baseline elsewhere.
    pub power: Watts,
    /// Which ISPs.
    pub run: IspRun,
}

impl IspPower {
    /// `power` in the ISPs `start ..= start + duration − 1`.
    #[must_use]
    pub fn new(power: Watts, start: u16, duration: u16) -> IspPower {
        IspPower { power, run: IspRun { start, duration } }
    }
}

element!(IspPower {
    "Power" => power,
    _ => run,
});

/// A series as runs of equal neighbours, in ISP order; every ISP is covered.
#[must_use]
pub fn runs<T: PartialEq + Copy>(series: &IspSeries<T>) -> Vec<(IspRun, T)> {
    let mut out: Vec<(IspRun, T)> = Vec::new();
    for (isp, &value) in series.iter() {
        match out.last_mut() {
            Some((run, last)) if *last == value => run.duration += 1,
            _ => out.push((IspRun::single(isp), value)),
        }
    }
    out
}

/// Every ISP of a power series, as a D-Prognosis wants it.
#[must_use]
pub fn power_runs(series: &IspSeries<Watts>) -> Vec<IspPower> {
    runs(series).into_iter().map(|(run, power)| IspPower { power, run }).collect()
}

/// The ISPs of a power series that are not zero, as offers and orders want them.
#[must_use]
pub fn non_zero_power_runs(series: &IspSeries<Watts>) -> Vec<IspPower> {
    power_runs(series).into_iter().filter(|isp| isp.power != Watts::ZERO).collect()
}

/// The ISPs of a power series that are listed, also where the power is zero, as direct orders want them.
#[must_use]
pub fn listed_power_runs(period: &Period, power: &[Watts], listed: &[bool]) -> Vec<IspPower> {
    let pairs = IspSeries::from_fn(period, |isp| (power[isp.offset()], listed[isp.offset()]));
    runs(&pairs).into_iter().filter(|(_, (_, listed))| *listed).map(|(run, (power, _))| IspPower { power, run }).collect()
}

/// Which ISPs of the Period are listed.
#[must_use]
pub fn listed(period: &Period, isps: &[IspPower]) -> Vec<bool> {
    series(period, false, isps.iter().map(|isp| (isp.run, true))).values().to_vec()
}

/// Runs spread over the Period, `absent` where none says anything; ISPs outside the Period are ignored and a later run wins.
#[must_use]
pub fn series<T: Copy>(period: &Period, absent: T, runs: impl IntoIterator<Item = (IspRun, T)>) -> IspSeries<T> {
    let mut out = IspSeries::filled(period, absent);
    for (run, value) in runs {
        let values = out.values_mut();
        let from = usize::from(run.start.max(1)) - 1;
        let to = (run.end().max(1) as usize - 1).min(values.len());
        if from < to {
            values[from..to].fill(value);
        }
    }
    out
}

/// Power runs spread over the Period, zero where none says anything.
#[must_use]
pub fn power_series(period: &Period, isps: &[IspPower]) -> IspSeries<Watts> {
    series(period, Watts::ZERO, isps.iter().map(|isp| (isp.run, isp.power)))
}

/// The schema demands numbers from 1, but in a D-Prognosis, where it takes any integer and a rule has to refuse 0.
impl WriteElement for IspRun {
    fn write(&self, w: &mut Writer) {
        w.attribute("Start", &self.start);
        w.attribute("Duration", &self.duration);
    }
}

impl ReadElement for IspRun {
    fn read(r: &mut Reader<'_>) -> Result<IspRun, ReadError> {
        let least = u16::from(r.message_type() != MessageType::DPrognosis);
        let start = r.attribute_where("Start", "an ISP number from 1", |&n: &u16| n >= least)?;
        let duration = r.attribute_where("Duration", "a number of ISPs from 1", |n: &Option<u16>| n.is_none_or(|n| n >= least))?;
        Ok(IspRun { start, duration: duration.unwrap_or(1) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::IspCalendar;

    #[test]
    fn a_series_survives_runs() {
        let period = IspCalendar::new("Europe/Amsterdam", 15).unwrap().period(jiff::civil::date(2026, 3, 29));
        let day = IspSeries::from_fn(&period, |isp| Watts(i64::from(isp.number() / 7) * 100));
        let isps = power_runs(&day);
        assert_eq!(isps.len(), 14);
        assert_eq!(isps.iter().map(|i| usize::from(i.run.duration)).sum::<usize>(), 92);
        assert_eq!(power_series(&period, &isps), day);
        assert_eq!(non_zero_power_runs(&day).len(), 13);
    }

    #[test]
    fn runs_outside_the_period_are_ignored() {
        let period = IspCalendar::new("Europe/Amsterdam", 15).unwrap().period(jiff::civil::date(2026, 3, 10));
        let day = power_series(&period, &[IspPower::new(Watts(5), 0, 2), IspPower::new(Watts(7), 96, 9), IspPower::new(Watts(9), 200, 1)]);
        assert_eq!(day.values()[0], Watts(5));
        assert_eq!(day.values()[1], Watts(0));
        assert_eq!(day.values()[95], Watts(7));
    }
}
