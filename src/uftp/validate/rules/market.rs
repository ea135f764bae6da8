//! Values that the market fixes, and the clock.

use crate::ids::EntityAddress;
use crate::time::{IspCalendar, SimTime};
use crate::uftp::message::{IspMinutes, Message, MeteringProfile, MeteringUnit, ProfileType};
use crate::uftp::validate::case::{Breach, Case, Verdict, require};
use crate::uftp::validate::clock::is_market_zone;
use crate::uftp::validate::rule::page;

page! {
    /// The length of ISPs is that of the market.
    ///
    /// Why: every ISP number would refer to another time.
    /// Clause: rejection reason "ISP duration rejected"; attribute "ISP-Duration".
    /// Example: `ISP-Duration="PT30M"` in a market of 15 minutes. `PT900S` is 15 minutes too.
    ISP_DURATION, isp_duration
}

fn isp_duration(case: &Case<'_>) -> Verdict {
    let ours = case.view.calendar.isp_minutes();
    match case.message.isp_duration() {
        Some(theirs) if 1440 % theirs.0.max(1) != 0 => Err(Breach::detail(format!("{theirs} does not divide a day"))),
        Some(theirs) if theirs.0 != ours => Err(Breach::detail(format!("{theirs}, not {}", IspMinutes(ours)))),
        _ => Ok(()),
    }
}

page! {
    /// The local day of the zone is that of the market.
    ///
    /// Why: Periods and ISP numbers count local time. A zone of another name is accepted if its day of the Period begins and ends at the same times as the market's, as Europe/Brussels does for Europe/Amsterdam.
    /// Clause: rejection reason "TimeZone rejected": "zone with another UTC offset".
    /// Example: `TimeZone="Europe/Lisbon"` in a market of Europe/Amsterdam.
    TIME_ZONE, time_zone
}

fn time_zone(case: &Case<'_>) -> Verdict {
    let ours = case.view.calendar;
    match case.message.time_zone() {
        Some(zone) if !is_market_zone(case.message, ours) => Err(Breach::detail(match IspCalendar::new(zone.as_str(), 15) {
            Ok(_) => format!("{zone}, not {}", ours.zone_name()),
            Err(_) => format!("{zone} is not an IANA time zone"),
        })),
        _ => Ok(()),
    }
}

page! {
    /// The congestion point is active on the Period, and the sender takes part in it.
    ///
    /// Why: flexibility elsewhere does not relieve this congestion point.
    /// Clause: rejection reason "Invalid CongestionPoint".
    /// Example: an offer for a congestion point that the operator has withdrawn.
    CONGESTION_POINT, congestion_point
}

fn congestion_point(case: &Case<'_>) -> Verdict {
    let active = |address: &EntityAddress, period| case.view.registry.congestion_point(address, period, case.peer()).is_some();
    let unknown = match case.message {
        Message::FlexSettlement(m) => {
            m.flex_order_settlements.iter().find(|item| !active(&item.congestion_point, item.period)).map(|item| &item.congestion_point)
        }
        other => other.flex().filter(|_| case.terms.is_none()).map(|flex| &flex.congestion_point),
    };
    unknown.map_or(Ok(()), |address| Err(Breach::detail(address.to_string())))
}

page! {
    /// The expiration time is in the future.
    ///
    /// Why: nobody could use an expired message. The receiver's clock at arrival decides.
    /// Clause: rejection reason "ExpirationDateTime out of bounds".
    /// Example: an offer that expires at 17:00 and arrives at 17:00.
    EXPIRATION_FUTURE, expiration_future
}

fn expiration_future(case: &Case<'_>) -> Verdict {
    let expiration = match case.message {
        Message::FlexRequest(m) => m.expiration_date_time,
        Message::FlexOffer(m) => m.expiration_date_time,
        _ => return Ok(()),
    };
    require(expiration.is_after(case.view.now), || Breach::detail("already past"))
}

page! {
    /// The expiration time is no later than the end of the last ISP.
    ///
    /// Why: flexibility cannot be bought after its time. The specification does not state whether the end or the start counts; this rule uses the end. Senders should use the start of the first requested ISP or earlier.
    /// Clause: rejection reason "ExpirationDateTime out of bounds".
    /// Example: an offer for ISPs up to 18:00 that expires at 19:00 of the same day.
    EXPIRATION_BEFORE_END, expiration_before_end
}

fn expiration_before_end(case: &Case<'_>) -> Verdict {
    let expiration = match case.message {
        Message::FlexRequest(m) => m.expiration_date_time,
        Message::FlexOffer(m) => m.expiration_date_time,
        _ => return Ok(()),
    };
    let Some(period) = case.period else { return Ok(()) };
    let last = case.extent.end;
    let end = SimTime(period.start.0 + period.isp().0 * i64::from(last.saturating_sub(1)));
    require(last == 0 || !expiration.is_after(end), || Breach::detail("after the last ISP"))
}

page! {
    /// Prices are in the market's currency.
    ///
    /// Why: amounts of different currencies cannot be compared or settled together.
    /// Clause: attribute "Currency" of FlexOffer, FlexOrder and FlexSettlement (ISO 4217).
    /// Example: `Currency="USD"` in a market of euros.
    CURRENCY, currency
}

fn currency(case: &Case<'_>) -> Verdict {
    let theirs = match case.message {
        Message::FlexOffer(m) => m.currency,
        Message::FlexOrder(m) => m.currency,
        Message::FlexSettlement(m) => m.currency,
        _ => return Ok(()),
    };
    let ours = case.view.currency;
    require(theirs == ours, || Breach::detail(format!("{theirs}, not {ours}")))
}

page! {
    /// Power is metered in kW, everything else in kWh.
    ///
    /// Why: a profile in the wrong unit would be read as another quantity.
    /// Clause: Metering, "Unit" of Profile.
    /// Example: `ProfileType="Power" Unit="kWh"`.
    METERING_UNIT, metering_unit
}

fn metering_unit(case: &Case<'_>) -> Verdict {
    let Message::Metering(m) = case.message else { return Ok(()) };
    let fits = |p: &MeteringProfile| (p.profile_type == ProfileType::Power) == (p.unit == MeteringUnit::Kilowatt);
    match m.profiles.iter().find(|p| !fits(p)) {
        Some(p) => Err(Breach::detail(format!("{} in {}", p.profile_type.as_str(), p.unit.as_str()))),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;

    #[test]
    fn another_length_is_refused() {
        assert_eq!(broken!(FlexOffer, |m| m.flex.isp_duration = IspMinutes(30)), ["isp-duration"]);
        assert_eq!(broken!(Metering, |m| m.isp_duration = IspMinutes(5)), ["isp-duration"]);
    }

    #[test]
    fn another_offset_is_refused_but_not_another_name() {
        assert_eq!(broken!(FlexOffer, |m| m.flex.time_zone = ZoneName::new("Europe/Lisbon")), ["time-zone"]);
        assert_eq!(broken!(FlexOffer, |m| m.flex.time_zone = ZoneName::new("Europe/Nowhere")), ["time-zone"]);
        assert_eq!(broken!(FlexOffer, |m| m.flex.time_zone = ZoneName::new("Europe/Brussels")), [""; 0]);
        assert_eq!(broken!(AgrPortfolioUpdate, |m| m.time_zone = ZoneName::new("Pacific/Auckland")), ["time-zone"]);
    }

    /// What a message of another clock says of ISPs is not judged by the market's.
    #[test]
    fn another_clock_is_one_fault() {
        let nowhere = |m: &mut DPrognosis| {
            m.flex.time_zone = ZoneName::new("Europe/Nowhere");
            m.isps = vec![IspPower::new(Watts(1), 1, 92)];
        };
        assert_eq!(broken!(DPrognosis, nowhere), ["time-zone"]);
        let halves = |m: &mut DPrognosis| {
            m.flex.isp_duration = IspMinutes(30);
            m.isps = vec![IspPower::new(Watts(1), 1, 48)];
        };
        assert_eq!(broken!(DPrognosis, halves), ["isp-duration"]);
        assert_eq!(broken!(FlexOffer, |m| m.flex.isp_duration = IspMinutes(7)), ["isp-duration"]);
        let in_halves = |m: &mut FlexOrder| {
            m.flex.isp_duration = IspMinutes(30);
            m.isps.iter_mut().for_each(|isp| isp.run.start /= 2);
        };
        assert_eq!(broken!(FlexOrder, in_halves), ["isp-duration"]);
        // But no day has as many as this.
        assert_eq!(
            broken!(DPrognosis, |m| {
                m.flex.time_zone = ZoneName::new("Europe/Nowhere");
                m.isps[2].run.duration = 60_000;
            }),
            ["time-zone", "isp-bounds"]
        );
    }

    #[test]
    fn an_unknown_one_is_refused() {
        let other = || EntityAddress::new("ea1.2024-01.com.example.dso:feeder-8");
        assert_eq!(broken!(DPrognosis, |m| m.flex.congestion_point = other()), ["congestion-point"]);
        assert_eq!(
            broken!(FlexSettlement, |m| m.flex_order_settlements[0].congestion_point = other()),
            ["congestion-point", "d-prognosis-known"]
        );
    }

    #[test]
    fn the_past_is_refused() {
        let mut scene = Scene::before(MessageType::FlexRequest);
        let Message::FlexRequest(request) = sample(MessageType::FlexRequest) else { unreachable!() };
        scene.now = request.expiration_date_time.second;
        assert_eq!(scene.broken(request.clone().into()), ["expiration-future"]);
        scene.now = SimTime(scene.now.0 - 1);
        assert_eq!(scene.broken(request.into()), [""; 0]);
    }

    #[test]
    fn it_may_last_until_the_last_isp_ends() {
        let until = |hour: i64| {
            let mut message = sample(MessageType::FlexOffer);
            if let Message::FlexOffer(m) = &mut message {
                // The last ISP offered is 83, which ends at 20:45.
                m.expiration_date_time =
                    DateTime::utc(SimTime(Scene::before(MessageType::FlexOffer).calendar.period(PERIOD).start.0 + hour * 900));
            }
            Scene::before(MessageType::FlexOffer).broken(message)
        };
        assert_eq!(until(83), [""; 0]);
        assert_eq!(until(84), ["expiration-before-end"]);
    }

    #[test]
    fn another_currency_is_refused() {
        let usd = Currency::new("USD").unwrap();
        assert_eq!(broken!(FlexOffer, |m| m.currency = usd), ["currency"]);
        assert_eq!(broken!(FlexOrder, |m| m.currency = usd), ["currency", "price-match"]);
    }

    #[test]
    fn units_fit_their_profile() {
        assert_eq!(broken!(Metering, |m| m.profiles[0].unit = MeteringUnit::KilowattHour), ["metering-unit"]);
        assert_eq!(broken!(Metering, |m| m.profiles[0].profile_type = ProfileType::ImportEnergy), ["metering-unit"]);
    }
}
