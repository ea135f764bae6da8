//! Time axes: where a local clock has its round hours, days, weeks and months.
//!
//! Positions are seconds since 1970 (UTC), labels are what the market's clock shows, so an hour that daylight saving skips is
//! missing from the labels and the doubled one takes twice the room.

use jiff::civil::{Date, Time, Weekday};

use super::axis::Panel;
use super::figure::{Align, Figure, Stroke, Text};
use super::style::Style;
use crate::time::{IspCalendar, SimDuration, SimTime};

/// Grid lines and labels of a time axis.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct TimeAxis {
    /// Lines that separate what the labels name.
    pub(crate) major: Vec<SimTime>,
    /// Thinner lines between them.
    pub(crate) minor: Vec<SimTime>,
    /// Label and the interval it is centred in; a label of an instant has an empty one.
    pub(crate) labels: Vec<(SimTime, SimTime, String)>,
}

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

impl TimeAxis {
    /// Round local times in `from..=to`: hours up to 36 h, days up to 16 d, Mondays up to 100 d, months beyond.
    pub(crate) fn new(calendar: &IspCalendar, from: SimTime, to: SimTime) -> TimeAxis {
        let hours = (to - from).as_hours();
        if hours <= 36.5 {
            hours_axis(calendar, from, to, if hours <= 8.0 { 1 } else { 3 })
        } else if hours <= 16.1 * 24.0 {
            days_axis(calendar, from, to)
        } else if hours <= 100.0 * 24.0 {
            mondays_axis(calendar, from, to)
        } else {
            months_axis(calendar, from, to)
        }
    }

    /// Draws grid lines and those labels that have room, below the panel whose x counts seconds.
    pub(crate) fn draw(&self, fig: &mut Figure, style: &Style, panel: &Panel) {
        let x = |t: SimTime| panel.x.at(t.0 as f64);
        for (lines, stroke) in [(&self.minor, Stroke::solid(style.grid, 0.5)), (&self.major, Stroke::solid(style.grid, 1.0))] {
            for &t in lines {
                fig.line(vec![(x(t), panel.area.y0), (x(t), panel.area.y1)], stroke);
            }
        }
        let mut free_from = f64::NEG_INFINITY;
        for (from, to, label) in &self.labels {
            let at = ((x(*from) + x(*to)) / 2.0, panel.area.y1 + 6.0 + style.text_px);
            let text = Text::new(at, label.as_str(), style.text_px, style.ink).align(Align::Centre);
            let (bounds, room) = (text.bounds(), x(*to) - x(*from));
            if bounds.x0 >= free_from && (from == to || bounds.width() <= room) {
                free_from = bounds.x1 + 4.0;
                fig.text(text);
            }
        }
    }
}

/// `Mon 6 Jun`.
pub(crate) fn day_name(date: Date) -> String {
    let weekday = match date.weekday() {
        Weekday::Monday => "Mon",
        Weekday::Tuesday => "Tue",
        Weekday::Wednesday => "Wed",
        Weekday::Thursday => "Thu",
        Weekday::Friday => "Fri",
        Weekday::Saturday => "Sat",
        Weekday::Sunday => "Sun",
    };
    format!("{weekday} {}", day_month(date))
}

fn day_month(date: Date) -> String {
    format!("{} {}", date.day(), month(date))
}

fn month(date: Date) -> &'static str {
    MONTHS[date.month() as usize - 1]
}

/// `Mon 6 Jun 2016`, or first and last day of a longer span.
pub(crate) fn span_name(calendar: &IspCalendar, from: SimTime, to: SimTime) -> String {
    let (first, last) = (calendar.date_of(from), calendar.date_of(SimTime(to.0 - 1)));
    if first == last {
        format!("{} {}", day_name(first), first.year())
    } else if first.year() == last.year() {
        format!("{} to {} {}", day_name(first), day_name(last), last.year())
    } else {
        format!("{} {} to {} {}", day_name(first), first.year(), day_name(last), last.year())
    }
}

/// Local midnights in `from..=to`, in order.
pub(crate) fn midnights(calendar: &IspCalendar, from: SimTime, to: SimTime) -> Vec<SimTime> {
    let mut out = Vec::new();
    let mut day = calendar.period(calendar.date_of(from));
    while day.start <= to {
        if day.start >= from {
            out.push(day.start);
        }
        day = calendar.period(calendar.date_of(day.end()));
    }
    out
}

fn hours_axis(calendar: &IspCalendar, from: SimTime, to: SimTime, every: i64) -> TimeAxis {
    let mut axis = TimeAxis { major: Vec::new(), minor: Vec::new(), labels: Vec::new() };
    let hour = SimDuration::hours(1);
    let mut t = SimTime(from.0.div_euclid(1800) * 1800);
    while t <= to {
        let clock = calendar.local_time(t);
        if t >= from && clock.minute() == 0 {
            if i64::from(clock.hour()) % every == 0 {
                axis.major.push(t);
                axis.labels.push((t, t, format!("{:02}:00", clock.hour())));
            } else {
                axis.minor.push(t);
            }
        }
        t += if clock.minute() == 0 { hour } else { SimDuration::minutes(30) };
    }
    // The end of the last day reads 24:00, as calendars of a day do.
    if let Some(last) = axis.labels.last_mut().filter(|l| l.0 == to && l.2 == "00:00") {
        last.2 = "24:00".to_owned();
    }
    axis
}

fn days_axis(calendar: &IspCalendar, from: SimTime, to: SimTime) -> TimeAxis {
    let major = midnights(calendar, from, to);
    let days = calendar_days(calendar, from, to);
    let minor = days.iter().map(|&d| calendar.at(d, Time::constant(12, 0, 0, 0))).filter(|&t| t > from && t < to).collect();
    let clip = |t: SimTime| SimTime(t.0.clamp(from.0, to.0));
    let labels = days.iter().map(|&d| (d, calendar.period(d))).map(|(d, p)| (clip(p.start), clip(p.end()), day_name(d))).collect();
    TimeAxis { major, minor, labels }
}

fn mondays_axis(calendar: &IspCalendar, from: SimTime, to: SimTime) -> TimeAxis {
    let monday = |t: &SimTime| calendar.date_of(*t).weekday() == Weekday::Monday;
    let (major, minor): (Vec<_>, Vec<_>) = midnights(calendar, from, to).into_iter().partition(monday);
    let labels = major.iter().map(|&t| (t, t, format!("Mon {}", day_month(calendar.date_of(t))))).collect();
    TimeAxis { major, minor, labels }
}

fn months_axis(calendar: &IspCalendar, from: SimTime, to: SimTime) -> TimeAxis {
    let mut axis = TimeAxis { major: Vec::new(), minor: Vec::new(), labels: Vec::new() };
    let mut date = calendar.date_of(from).first_of_month();
    let end = calendar.date_of(SimTime(to.0 - 1));
    while date <= end {
        let next = date.last_of_month().tomorrow().expect("calendar year below 9999");
        let (start, stop) = (calendar.period(date).start, calendar.period(next).start);
        if start >= from {
            axis.major.push(start);
        }
        let first = axis.labels.is_empty() || date.month() == 1;
        let label = if first { format!("{} {}", month(date), date.year()) } else { month(date).to_owned() };
        axis.labels.push((start.max(from), stop.min(to), label));
        date = next;
    }
    axis
}

fn calendar_days(calendar: &IspCalendar, from: SimTime, to: SimTime) -> Vec<Date> {
    let (mut date, end) = (calendar.date_of(from), calendar.date_of(SimTime(to.0 - 1)));
    let mut out = Vec::new();
    while date <= end {
        out.push(date);
        date = date.tomorrow().expect("calendar year below 9999");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn labels(from: Date, to: Date) -> Vec<String> {
        let c = IspCalendar::new("Europe/Amsterdam", 15).unwrap();
        TimeAxis::new(&c, c.period(from).start, c.period(to).start).labels.into_iter().map(|l| l.2).collect()
    }

    #[test]
    fn hours_follow_the_local_clock_across_dst() {
        // 02:00 does not exist on 27 March, so no hour is shifted by it afterwards.
        let spring = labels(date(2016, 3, 27), date(2016, 3, 28));
        assert_eq!(spring, ["00:00", "03:00", "06:00", "09:00", "12:00", "15:00", "18:00", "21:00", "24:00"]);
        assert_eq!(labels(date(2016, 10, 30), date(2016, 10, 31)), spring);
    }

    #[test]
    fn days_weeks_and_months_have_their_names() {
        assert_eq!(labels(date(2016, 6, 6), date(2016, 6, 13)).first().unwrap(), "Mon 6 Jun");
        assert_eq!(labels(date(2016, 6, 6), date(2016, 6, 13)).len(), 7);
        assert_eq!(labels(date(2016, 5, 1), date(2016, 6, 1)), ["Mon 2 May", "Mon 9 May", "Mon 16 May", "Mon 23 May", "Mon 30 May"]);
        let year = labels(date(2016, 1, 1), date(2017, 1, 1));
        assert_eq!((year.len(), year[0].as_str(), year[11].as_str()), (12, "Jan 2016", "Dec"));
    }
}
