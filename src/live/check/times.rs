//! Zone, days, clock times, the clock itself, and how long answers are waited for.

use jiff::civil::Date;

use super::super::loaded::Loaded;
use super::super::rules::{NEVER_AGAIN, NO_SUCH_TIME};
use crate::diagnostic::Rule;
use crate::scenario::lint::{Faults, market_order, reversed_dates, step_length, unknown_currency, unknown_zone};
use crate::time::written::Moment;
use crate::time::{CalendarError, IspCalendar};
use crate::uftp::message::Currency;
use crate::uftp::syntax::is_zone_name;

/// Rules whose findings leave no calendar to go by.
pub(super) const CALENDAR: [Rule; 5] = [unknown_zone::RULE, step_length::RULE, reversed_dates::RULE, NO_SUCH_TIME, unknown_currency::RULE];

/// Years in which a participant can trade: time stamps and keys are of this age.
const YEARS: std::ops::RangeInclusive<i16> = 1970..=2200;

/// Days of one configuration at most: ten years.
const DAYS: i64 = 3660;

pub(super) fn zone(loaded: &Loaded, faults: &mut Faults<'_>) {
    let time = &loaded.config.time;
    match IspCalendar::new(&time.zone, time.isp_minutes) {
        Err(CalendarError::UnknownZone(zone)) => {
            let finding = unknown_zone::RULE.finding(format!("'{zone}' is not an IANA time zone"));
            faults.at("time.zone", finding.help("write it like 'Europe/Amsterdam'"));
        }
        Err(CalendarError::IspLength(minutes)) => {
            let finding = step_length::RULE.finding(format!("an ISP of {minutes} min does not divide an hour"));
            faults.at("time.isp_minutes", finding.help("15 is usual; 5, 30 and 60 occur"));
        }
        Ok(_) if !is_zone_name(&time.zone) => {
            let finding = unknown_zone::RULE.finding(format!("messages cannot carry the zone '{}'", time.zone));
            faults.at(
                "time.zone",
                finding.help("they carry zones of Africa, America, Australia, Europe and Pacific, such as 'Europe/Amsterdam'"),
            );
        }
        Ok(_) => {}
    }
}

pub(super) fn days(loaded: &Loaded, faults: &mut Faults<'_>) {
    let time = &loaded.config.time;
    let mut sound = true;
    for (key, date) in [("from", time.from), ("until", time.until)] {
        sound &= year(&format!("time.{key}"), key, date, faults);
    }
    if !sound {
        return;
    }
    if time.until < time.from {
        let finding = reversed_dates::RULE.finding("the last day comes before the first");
        faults.at("time.until", finding.help("set 'until' to the last day that is traded"));
        return;
    }
    let count = time.from.until(time.until).map_or(i64::MAX, |span| i64::from(span.get_days()) + 1);
    if count > DAYS {
        let finding = NO_SUCH_TIME.finding(format!("{count} days are traded, at most {DAYS} can be"));
        faults.at("time.until", finding.help("trade a few years, then begin a new journal"));
        return;
    }
    if let Ok(calendar) = IspCalendar::new(&time.zone, time.isp_minutes) {
        let days = time.from.series(jiff::Span::new().days(1)).take_while(|d| *d <= time.until);
        let next = |d: Date| calendar.period(d.tomorrow().expect("years are far from the last")).start;
        if let Some(day) = days.into_iter().find(|d| calendar.period(*d).end() != next(*d)) {
            let finding = step_length::RULE.finding(format!("{day} in {} does not hold whole ISPs of {} min", time.zone, time.isp_minutes));
            faults.at("time.isp_minutes", finding.help("take shorter ISPs, or days without that change of the clocks"));
        }
    }
}

/// Whether a date lies in the years that can be traded; else a finding at `path`.
fn year(path: &str, key: &str, date: Date, faults: &mut Faults<'_>) -> bool {
    let known = YEARS.contains(&date.year());
    if !known {
        let finding = NO_SUCH_TIME.finding(format!("'{key}' lies in the year {}", date.year()));
        faults.at(path, finding.help(format!("years from {} to {} can be traded", YEARS.start(), YEARS.end())));
    }
    known
}

pub(super) fn market(loaded: &Loaded, faults: &mut Faults<'_>) {
    let market = &loaded.config.market;
    market_order::follow(market, faults);
    if Currency::new(&market.currency).is_none() {
        let finding = unknown_currency::RULE.finding(format!("'{}' is not an ISO 4217 code", market.currency));
        faults.at("market.currency", finding.help("such as 'EUR'"));
    }
}

pub(super) fn clock(loaded: &Loaded, faults: &mut Faults<'_>) {
    if let Some(clock) = &loaded.config.clock {
        let time = &loaded.config.time;
        if year("clock.start", "start", clock.start.date(), faults)
            && let Ok(calendar) = IspCalendar::new(&time.zone, time.isp_minutes)
            && calendar.instant(&Moment::from(clock.start)).is_err()
        {
            let finding = NO_SUCH_TIME.finding(format!("the clocks of {} never show {}", time.zone, clock.start));
            faults.at("clock.start", finding.help("they are put forward then; take an earlier or later time"));
        }
    }
}

pub(super) fn patience(loaded: &Loaded, faults: &mut Faults<'_>) {
    let (again, never) = (loaded.config.retry_after_s, loaded.config.give_up_after_s);
    if never <= again {
        // The one that somebody wrote is the culprit, if the other is a default.
        let written = |key: &str| faults.written(key).is_some();
        let key = if written("give_up_after_s") || !written("retry_after_s") { "give_up_after_s" } else { "retry_after_s" };
        let finding = NEVER_AGAIN.finding(format!("a message is given up after {never} s, before it is sent again after {again} s"));
        faults.at(key, finding.help("let 'give_up_after_s' be several times 'retry_after_s'"));
    }
}
