//! Simulated time and the market's calendar.
//!
//! Inside there are only integer seconds ([`SimTime`], [`SimDuration`]); dates and zones live at the edge, in [`IspCalendar`].
//! A *Period* is one local calendar day of the market's zone; its ISPs are numbered from 1 by elapsed time since local
//! midnight, so a day has 92, 96 or 100 ISPs of 15 minutes (Shapeshifter specification, "ISP numbering").

mod alignment;
mod steps;
pub mod written;

pub use self::alignment::{Alignment, Piece};
pub use self::steps::Steps;

use std::fmt;
use std::ops::{Add, AddAssign, Index, IndexMut, Sub};

use jiff::civil::{Date, Time};
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{Timestamp, Zoned};
use serde::{Deserialize, Serialize};

/// Years in which calendars are the ones we know, and in which every day can be made into a [`Period`].
pub const YEARS: std::ops::RangeInclusive<i16> = 1900..=2200;

/// A point in simulated time: seconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SimTime(pub i64);

/// A span of simulated time in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SimDuration(pub i64);

impl SimDuration {
    /// No time.
    pub const ZERO: SimDuration = SimDuration(0);

    /// `n` seconds.
    #[must_use]
    pub const fn seconds(n: i64) -> Self {
        Self(n)
    }

    /// `n` minutes.
    #[must_use]
    pub const fn minutes(n: i64) -> Self {
        Self(n * 60)
    }

    /// `n` hours.
    #[must_use]
    pub const fn hours(n: i64) -> Self {
        Self(n * 3600)
    }

    /// Length in hours, for energy and money per hour.
    #[must_use]
    pub fn as_hours(self) -> f64 {
        self.0 as f64 / 3600.0
    }
}

impl Add<SimDuration> for SimTime {
    type Output = SimTime;
    fn add(self, d: SimDuration) -> SimTime {
        SimTime(self.0 + d.0)
    }
}

impl AddAssign<SimDuration> for SimTime {
    fn add_assign(&mut self, d: SimDuration) {
        self.0 += d.0;
    }
}

impl Sub<SimDuration> for SimTime {
    type Output = SimTime;
    fn sub(self, d: SimDuration) -> SimTime {
        SimTime(self.0 - d.0)
    }
}

impl Sub for SimTime {
    type Output = SimDuration;
    fn sub(self, o: SimTime) -> SimDuration {
        SimDuration(self.0 - o.0)
    }
}

/// Number of an ISP within its Period: 1, 2, …
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct IspIndex(u16);

impl IspIndex {
    /// `n` counts from 1; 0 is `None`. Whether the day is long enough is the [`Period`]'s business.
    #[must_use]
    pub fn new(n: u16) -> Option<IspIndex> {
        (n > 0).then_some(IspIndex(n))
    }

    /// The number, from 1.
    #[must_use]
    pub fn number(self) -> u16 {
        self.0
    }

    /// Position in an array of the Period's ISPs, from 0.
    #[must_use]
    pub fn offset(self) -> usize {
        usize::from(self.0) - 1
    }

    /// The ISP at array position `offset`.
    #[must_use]
    pub fn from_offset(offset: usize) -> IspIndex {
        IspIndex(u16::try_from(offset + 1).expect("an ISP number fits u16"))
    }
}

/// The market's time grid: a zone and an ISP length.
#[derive(Debug, Clone, PartialEq)]
pub struct IspCalendar {
    zone: TimeZone,
    zone_name: String,
    isp: SimDuration,
}

/// Why a calendar could not be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CalendarError {
    /// Not in the bundled time-zone database.
    #[error("`{0}` is not an IANA time zone")]
    UnknownZone(String),
    /// Does not divide an hour.
    #[error("an ISP of {0} minutes does not divide an hour")]
    IspLength(u16),
}

impl IspCalendar {
    /// A calendar for an IANA `zone` with ISPs of `isp_minutes`, which must divide 60.
    ///
    /// # Errors
    /// Unknown zone, or a length that does not divide an hour.
    pub fn new(zone: &str, isp_minutes: u16) -> Result<IspCalendar, CalendarError> {
        if isp_minutes == 0 || 60 % isp_minutes != 0 {
            return Err(CalendarError::IspLength(isp_minutes));
        }
        IspCalendar::of_others(zone, isp_minutes)
    }

    /// A calendar that somebody else counts by: its ISPs need to divide no more than a day.
    ///
    /// # Errors
    /// Unknown zone, or a length that does not divide a day.
    pub fn of_others(zone: &str, isp_minutes: u16) -> Result<IspCalendar, CalendarError> {
        if isp_minutes == 0 || 1440 % isp_minutes != 0 {
            return Err(CalendarError::IspLength(isp_minutes));
        }
        let tz = TimeZone::get(zone).map_err(|_| CalendarError::UnknownZone(zone.to_owned()))?;
        Ok(IspCalendar { zone: tz, zone_name: zone.to_owned(), isp: SimDuration::minutes(i64::from(isp_minutes)) })
    }

    /// IANA name, as messages carry it in `TimeZone`.
    #[must_use]
    pub fn zone_name(&self) -> &str {
        &self.zone_name
    }

    /// ISP length.
    #[must_use]
    pub fn isp(&self) -> SimDuration {
        self.isp
    }

    /// ISP length in whole minutes, as `PT<n>M` carries it.
    #[must_use]
    pub fn isp_minutes(&self) -> u16 {
        u16::try_from(self.isp.0 / 60).expect("at most a day")
    }

    /// The Period of a local calendar day. Of a day that does not hold whole ISPs, the part at its end is left out.
    #[must_use]
    pub fn period(&self, date: Date) -> Period {
        let start = self.at(date, Time::midnight());
        let isps = u16::try_from(self.length_of(date).0 / self.isp.0).expect("a day has few ISPs");
        Period { date, start, isps, isp: self.isp }
    }

    /// How long a local calendar day lasts: not at all where the zone left it out, crossing the date line.
    #[must_use]
    pub fn length_of(&self, date: Date) -> SimDuration {
        self.at(date.tomorrow().expect("calendar year below 9999"), Time::midnight()) - self.at(date, Time::midnight())
    }

    /// The local calendar day at `t`.
    #[must_use]
    pub fn date_of(&self, t: SimTime) -> Date {
        self.zoned(t).date()
    }

    /// Local wall-clock time of day at `t`, as hours since midnight on the clock's face.
    #[must_use]
    pub fn local_time(&self, t: SimTime) -> Time {
        self.zoned(t).time()
    }

    /// The instant of a local wall-clock time; a time skipped by DST is moved forward by the gap, a doubled one is the first.
    #[must_use]
    pub fn at(&self, date: Date, time: Time) -> SimTime {
        let ts = self.zone.to_ambiguous_timestamp(date.to_datetime(time)).compatible().expect("calendar year below 9999");
        SimTime(ts.as_second())
    }

    /// Whether the local clock shows `time` on `date`, and how often.
    #[must_use]
    pub fn clock(&self, date: Date, time: Time) -> Clock {
        match self.zone.to_ambiguous_timestamp(date.to_datetime(time)).offset() {
            AmbiguousOffset::Unambiguous { .. } => Clock::Once,
            AmbiguousOffset::Gap { .. } => Clock::Skipped,
            AmbiguousOffset::Fold { .. } => Clock::Twice,
        }
    }

    /// `t` as an RFC 3339 date-time with the zone's offset, as UFTP's `TimeStamp` wants it.
    #[must_use]
    pub fn rfc3339(&self, t: SimTime) -> String {
        let z = self.zoned(t);
        let off = z.offset().seconds();
        let (sign, off) = if off < 0 { ('-', -off) } else { ('+', off) };
        let d = z.datetime();
        format!(
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{sign}{:02}:{:02}",
            d.year(),
            d.month(),
            d.day(),
            d.hour(),
            d.minute(),
            d.second(),
            off / 3600,
            off % 3600 / 60
        )
    }

    fn zoned(&self, t: SimTime) -> Zoned {
        Timestamp::from_second(t.0).expect("simulated time within years 1..9999").to_zoned(self.zone.clone())
    }
}

/// How often the local clock shows a time on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clock {
    /// As on every other day.
    Once,
    /// Not at all: the clocks jump over it.
    Skipped,
    /// Before and after the clocks are set back.
    Twice,
}

/// One local calendar day with its ISPs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// The local day.
    pub date: Date,
    /// Local midnight.
    pub start: SimTime,
    isps: u16,
    isp: SimDuration,
}

impl Period {
    /// Number of ISPs: 92, 96 or 100 at 15 minutes.
    #[must_use]
    pub fn isps(&self) -> usize {
        usize::from(self.isps)
    }

    /// ISP length.
    #[must_use]
    pub fn isp(&self) -> SimDuration {
        self.isp
    }

    /// The next local midnight.
    #[must_use]
    pub fn end(&self) -> SimTime {
        self.start + SimDuration(self.isp.0 * i64::from(self.isps))
    }

    /// Start of an ISP.
    #[must_use]
    pub fn isp_start(&self, isp: IspIndex) -> SimTime {
        self.start + SimDuration(self.isp.0 * isp.offset() as i64)
    }

    /// The ISP that holds `t`, or `None` outside the day.
    #[must_use]
    pub fn isp_at(&self, t: SimTime) -> Option<IspIndex> {
        (t >= self.start && t < self.end()).then(|| IspIndex::from_offset(((t - self.start).0 / self.isp.0) as usize))
    }

    /// All ISPs in order.
    pub fn iter(&self) -> impl Iterator<Item = IspIndex> + use<> {
        (1..=self.isps).map(IspIndex)
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.date)
    }
}

/// One value for every ISP of a Period; its length is the Period's and nothing else.
#[derive(Debug, Clone, PartialEq)]
pub struct IspSeries<T>(Vec<T>);

impl<T> IspSeries<T> {
    /// A series of `value` for the whole Period.
    #[must_use]
    pub fn filled(period: &Period, value: T) -> Self
    where
        T: Clone,
    {
        Self(vec![value; period.isps()])
    }

    /// A series from one value per ISP. Panics if the length is not the Period's.
    #[must_use]
    pub fn from_vec(period: &Period, values: Vec<T>) -> Self {
        assert_eq!(values.len(), period.isps(), "one value per ISP of {period}");
        Self(values)
    }

    /// A series computed ISP by ISP.
    #[must_use]
    pub fn from_fn(period: &Period, f: impl FnMut(IspIndex) -> T) -> Self {
        Self(period.iter().map(f).collect())
    }

    /// The values in ISP order.
    #[must_use]
    pub fn values(&self) -> &[T] {
        &self.0
    }

    /// The values in ISP order, to change.
    #[must_use]
    pub fn values_mut(&mut self) -> &mut [T] {
        &mut self.0
    }

    /// Pairs of ISP and value.
    pub fn iter(&self) -> impl Iterator<Item = (IspIndex, &T)> {
        self.0.iter().enumerate().map(|(i, v)| (IspIndex::from_offset(i), v))
    }
}

impl<T> Index<IspIndex> for IspSeries<T> {
    type Output = T;
    fn index(&self, isp: IspIndex) -> &T {
        &self.0[isp.offset()]
    }
}

impl<T> IndexMut<IspIndex> for IspSeries<T> {
    fn index_mut(&mut self, isp: IspIndex) -> &mut T {
        &mut self.0[isp.offset()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn amsterdam() -> IspCalendar {
        IspCalendar::new("Europe/Amsterdam", 15).unwrap()
    }

    #[test]
    fn days_have_92_96_or_100_isps() {
        let c = amsterdam();
        assert_eq!(c.period(date(2016, 3, 27)).isps(), 92);
        assert_eq!(c.period(date(2016, 7, 1)).isps(), 96);
        assert_eq!(c.period(date(2016, 10, 30)).isps(), 100);
    }

    #[test]
    fn isps_count_elapsed_time_across_dst() {
        let c = amsterdam();
        // Spring: 02:00 does not exist, ISP 9 starts at 03:00 CEST.
        let spring = c.period(date(2016, 3, 27));
        assert_eq!(c.rfc3339(spring.isp_start(IspIndex::new(9).unwrap())), "2016-03-27T03:00:00+02:00");
        // Autumn: ISPs 9–12 are the first 02:xx hour (CEST), 13–16 the second (CET).
        let autumn = c.period(date(2016, 10, 30));
        assert_eq!(c.rfc3339(autumn.isp_start(IspIndex::new(9).unwrap())), "2016-10-30T02:00:00+02:00");
        assert_eq!(c.rfc3339(autumn.isp_start(IspIndex::new(13).unwrap())), "2016-10-30T02:00:00+01:00");
    }

    #[test]
    fn isp_at_inverts_isp_start() {
        let p = amsterdam().period(date(2016, 10, 30));
        for isp in p.iter() {
            assert_eq!(p.isp_at(p.isp_start(isp)), Some(isp));
        }
        assert_eq!(p.isp_at(p.end()), None);
    }
}
