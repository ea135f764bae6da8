//! By which clock ISPs are judged.
//!
//! A message that counts by another zone or length than the market's is refused for that, once: what its ISPs would mean in the
//! market is nothing it said, so no rule on ISPs or days speaks of it. A settlement says neither zone nor length; its items count as
//! their orders and contracts do, and where the receiver does not know those, it judges them by no length.

use jiff::civil::Date;

use super::lists::List;
use super::lookup::{SettledClock, View};
use crate::ids::Domain;
use crate::time::{IspCalendar, Period};
use crate::uftp::message::Message;

/// ISPs that no day exceeds, whatever their length: 25 hours of a minute each.
const MOST_ISPS: usize = 1500;

/// Whether the message counts by the market's clock, or says none.
pub(super) fn is_market(message: &Message, market: &IspCalendar) -> bool {
    message.isp_duration().is_none_or(|theirs| theirs.0 == market.isp_minutes()) && is_market_zone(message, market)
}

/// Whether the message's zone is the market's, says none, or has another name for the same day. Portfolio updates speak of many days;
/// the day they were made stands for them.
pub(super) fn is_market_zone(message: &Message, market: &IspCalendar) -> bool {
    let Some(zone) = message.time_zone().filter(|zone| zone.as_str() != market.zone_name()) else { return true };
    let Ok(theirs) = IspCalendar::of_others(zone.as_str(), market.isp_minutes()) else { return false };
    let date = message.period().unwrap_or_else(|| market.date_of(message.header().time_stamp.second));
    theirs.period(date) == market.period(date)
}

/// What a message that refers to another counts differently: the other's length of ISPs or zone.
pub(super) fn other_than(message: &Message, referred: &Message) -> Option<String> {
    let (ours, theirs) = (message.flex()?, referred.flex()?);
    if ours.isp_duration != theirs.isp_duration {
        return Some(theirs.isp_duration.to_string());
    }
    let same_day = || {
        let calendar = IspCalendar::of_others(theirs.time_zone.as_str(), theirs.isp_duration.0);
        calendar.is_ok_and(|calendar| is_market_zone(message, &calendar))
    };
    (ours.time_zone != theirs.time_zone && !same_day()).then(|| theirs.time_zone.to_string())
}

/// How many ISPs the day of a list has. `own` is the Period of a message that counts by the market's clock.
pub(super) fn isps(view: &View<'_>, own: Option<Period>, peer: &Domain, list: &List<'_>) -> usize {
    let of_market = |date: Date| view.calendar.period(date).isps();
    match list.settled {
        None => own.map_or(MOST_ISPS, |period| period.isps()),
        Some(what) => match view.registry.settled_clock(what, peer) {
            SettledClock::Market => of_market(list.period),
            SettledClock::Of(calendar) => calendar.period(list.period).isps(),
            SettledClock::Unsaid => MOST_ISPS,
        },
    }
}
