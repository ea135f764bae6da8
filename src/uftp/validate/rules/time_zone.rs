use crate::time::IspCalendar;
use crate::uftp::validate::rule::{Breach, Case, Verdict, rule};

rule! {
    /// The zone's local day is the market's.
    ///
    /// Why: Periods and ISP numbers count local time. A zone of another name is taken if its day of the Period begins and ends when the market's does, as Europe/Brussels does for Europe/Amsterdam.
    /// Clause: rejection reason "TimeZone rejected": "zone with another UTC offset".
    /// Example: `TimeZone="Europe/Lisbon"` in a market of Europe/Amsterdam.
    "time-zone", "TimeZone rejected", Form,
    [
        AgrPortfolioUpdate, AgrPortfolioQuery, AgrPortfolioQueryResponse, DsoPortfolioUpdate, DsoPortfolioQuery, DsoPortfolioQueryResponse,
        FlexReservationUpdate, DPrognosis, FlexRequest, FlexOffer, FlexOrder, Metering,
    ], check,
}

fn check(case: &Case<'_>) -> Verdict {
    let ours = case.view.calendar;
    match case.message.time_zone() {
        Some(zone) if zone.as_str() != ours.zone_name() && !same_day(case, zone.as_str()) => {
            Err(Breach::detail(format!("{zone}, not {}", ours.zone_name())))
        }
        _ => Ok(()),
    }
}

/// Portfolio updates speak of many days; the day they were made stands for them.
fn same_day(case: &Case<'_>, zone: &str) -> bool {
    let ours = case.view.calendar;
    let Ok(theirs) = IspCalendar::new(zone, ours.isp_minutes()) else { return false };
    let date = case.message.period().unwrap_or_else(|| ours.date_of(case.message.header().time_stamp.second));
    theirs.period(date) == ours.period(date)
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;

    #[test]
    fn another_offset_is_refused_but_not_another_name() {
        assert_eq!(broken!(FlexOffer, |m| m.flex.time_zone = ZoneName::new("Europe/Lisbon")), ["time-zone"]);
        assert_eq!(broken!(FlexOffer, |m| m.flex.time_zone = ZoneName::new("Europe/Nowhere")), ["time-zone"]);
        assert_eq!(broken!(FlexOffer, |m| m.flex.time_zone = ZoneName::new("Europe/Brussels")), [""; 0]);
        assert_eq!(broken!(AgrPortfolioUpdate, |m| m.time_zone = ZoneName::new("Pacific/Auckland")), ["time-zone"]);
    }
}
