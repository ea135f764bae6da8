//! Lists of ISPs by themselves.

use crate::uftp::message::{IspPower, IspRun, Message};
use crate::uftp::validate::case::{Breach, Case, Verdict};
use crate::uftp::validate::isp_set::{IspSet, runs};
use crate::uftp::validate::lists;
use crate::uftp::validate::rule::page;

page! {
    /// The message lists at least one ISP, and all ISPs are within the Period.
    ///
    /// Why: the number of ISPs of a day depends on its length: 92 or 100 of 15 minutes when the clocks change. A settlement does not state the length of its ISPs; its orders and contracts do. If these are unknown, the limit is 1500 ISPs per day.
    /// Clause: rejection reason "ISPs out of bounds"; attributes "Start" and "Duration".
    /// Example: ISP 97 of an ordinary day; ISP 93 of the last Sunday of March in Amsterdam.
    ISP_BOUNDS, isp_bounds
}

fn isp_bounds(case: &Case<'_>) -> Verdict {
    if case.extent.fits {
        return Ok(());
    }
    let mut outside: Vec<IspRun> = Vec::new();
    lists::each(case.message, &mut |list, runs| {
        let isps = case.isps_of(list);
        outside.extend(runs.filter(|run| !run.fits(isps)));
    });
    Err(Breach::isps(outside))
}

page! {
    /// ISPs of one list do not overlap.
    ///
    /// Why: the message would state two powers for the same time. Each option of an offer, profile of metering data and item of a settlement is a list of its own.
    /// Clause: rejection reason "ISP conflict".
    /// Example: `Start="68" Duration="4"` and `Start="70" Duration="1"` in one option → `ISP conflict (ISP 70)`.
    ISP_CONFLICT, isp_conflict
}

fn isp_conflict(case: &Case<'_>) -> Verdict {
    if case.extent.in_order {
        return Ok(());
    }
    let mut overlapping: Vec<IspRun> = Vec::new();
    lists::each(case.message, &mut |_, runs| {
        let mut seen = IspSet::new();
        overlapping.extend(runs.filter(|&run| seen.insert(run)));
    });
    if overlapping.is_empty() { Ok(()) } else { Err(Breach::isps(overlapping)) }
}

page! {
    /// A D-Prognosis states a power for every ISP of its Period.
    ///
    /// Why: a gap would leave the grid safety analysis without a forecast. Intraday updates repeat past ISPs.
    /// Clause: D-Prognosis: rejection reason "Lacking ISPs".
    /// Example: ISPs 1 to 95 of an ordinary day.
    LACKING_ISPS, lacking_isps
}

fn lacking_isps(case: &Case<'_>) -> Verdict {
    let (Message::DPrognosis(m), Some(period)) = (case.message, case.period) else { return Ok(()) };
    // Runs in order and without gaps need no set.
    let mut next = 1;
    if m.isps.iter().all(|isp| std::mem::replace(&mut next, isp.run.end()) == u32::from(isp.run.start)) && next as usize > period.isps() {
        return Ok(());
    }
    let said = IspSet::of(m.isps.iter().map(|isp| isp.run));
    let missing = runs((1..=period.isps() as u16).filter(|&n| !said.meets(IspRun { start: n, duration: 1 })));
    if missing.is_empty() { Ok(()) } else { Err(Breach::isps(missing)) }
}

page! {
    /// Powers are plausible for the congestion point.
    ///
    /// Why: the receiver must not act on a power in a wrong unit. An operator accepts up to ten times the rating of the element, or of the power installed behind it if that is more. A receiver that knows neither, such as `message check`, does not apply the rule.
    /// Clause: D-Prognosis, FlexOffer: rejection reason "Power value rejection".
    /// Example: 5000000 W on a feeder of 400 kVA.
    PLAUSIBLE_POWER, plausible_power
}

fn plausible_power(case: &Case<'_>) -> Verdict {
    let Some(limit) = case.terms.and_then(|t| t.plausible_power) else { return Ok(()) };
    let beyond = |isps: &[IspPower]| isps.iter().filter(|isp| isp.power.abs() > limit).map(|isp| isp.run).collect::<Vec<_>>();
    let isps = match case.message {
        Message::DPrognosis(m) => beyond(&m.isps),
        Message::FlexOffer(m) => m.options.iter().flat_map(|option| beyond(&option.isps)).collect(),
        _ => return Ok(()),
    };
    if isps.is_empty() { Ok(()) } else { Err(Breach::isps(isps)) }
}

page! {
    /// MinPower is not above MaxPower.
    ///
    /// Why: an empty range holds no power.
    /// Clause: FlexRequest: rejection reason "Power discrepancy".
    /// Example: `MinPower="2000" MaxPower="-38000"`.
    POWER_RANGE, power_range
}

fn power_range(case: &Case<'_>) -> Verdict {
    let Message::FlexRequest(m) = case.message else { return Ok(()) };
    let isps: Vec<IspRun> = m.isps.iter().filter(|isp| isp.min_power > isp.max_power).map(|isp| isp.run).collect();
    if isps.is_empty() { Ok(()) } else { Err(Breach::isps(isps)) }
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;

    #[test]
    fn isps_must_fit_the_day() {
        assert_eq!(broken!(FlexOffer, |m| m.options[1].isps[0].run.start = 94), ["isp-bounds"]);
        assert_eq!(broken!(DPrognosis, |m| m.isps[0].run.start = 0), ["isp-bounds", "lacking-isps"]);
        assert_eq!(broken!(FlexReservationUpdate, |m| m.isps[1].run.duration = 0), ["isp-bounds"]);
        assert_eq!(broken!(FlexReservationUpdate, |m| m.isps[1].run.duration = 65_535), ["isp-bounds"]);
        assert_eq!(broken!(FlexReservationUpdate, |m| m.isps.clear()), ["isp-bounds"]);
        assert_eq!(broken!(Metering, |m| m.profiles[0].isps[0].start = 97), ["isp-bounds"]);
    }

    /// Days of 92, 96 and 100 ISPs.
    #[test]
    fn the_last_isp_follows_the_clock_change() {
        for (period, last) in [(date(2026, 3, 29), 92), (date(2026, 4, 1), 96), (date(2026, 10, 25), 100)] {
            let prognosis = |isps: u16| {
                let mut message = sample(MessageType::DPrognosis);
                if let Message::DPrognosis(m) = &mut message {
                    m.flex.period = period;
                    m.isps = vec![IspPower::new(Watts(1), 1, isps)];
                }
                Scene::before(MessageType::DPrognosis).broken(message)
            };
            assert_eq!(prognosis(last - 1), ["lacking-isps"], "{period}");
            assert_eq!(prognosis(last), [""; 0], "{period}");
            assert_eq!(prognosis(last + 1), ["isp-bounds"], "{period}");
        }
    }

    #[test]
    fn overlaps_are_refused_within_a_list() {
        assert_eq!(broken!(FlexOffer, |m| m.options[0].isps.push(IspPower::new(Watts(-1), 70, 1))), ["isp-conflict"]);
        assert_eq!(broken!(FlexRequest, |m| m.isps[2].run.start = 71), ["isp-conflict"]);
        assert_eq!(broken!(Metering, |m| m.profiles[0].isps[1].start = 1), ["isp-conflict"]);
        let mut message = sample(MessageType::FlexOffer);
        if let Message::FlexOffer(m) = &mut message {
            m.options[0].isps.push(IspPower::new(Watts(-1), 70, 1));
        }
        let refused = Scene::before(MessageType::FlexOffer).check(Arc::new(message)).unwrap_err();
        assert_eq!(refused.reason(), "ISP conflict (ISP 70)");
        assert_eq!(refused.faults()[0].isps, [IspRun { start: 70, duration: 1 }]);
    }

    #[test]
    fn gaps_are_refused() {
        assert_eq!(broken!(DPrognosis, |m| m.isps.retain(|isp| isp.run.start != 68)), ["lacking-isps"]);
        assert_eq!(broken!(DPrognosis, |m| m.isps.swap(0, 2)), [""; 0]);
    }

    #[test]
    fn too_much_is_refused() {
        for (t, limit, expected) in [(MessageType::DPrognosis, 25_000, 24_999), (MessageType::FlexOffer, 5_000, 4_999)] {
            let mut scene = Scene::before(t);
            let terms = scene.terms.unwrap();
            scene.terms = Some(Terms { plausible_power: Some(Watts(limit)), ..terms });
            assert_eq!(scene.broken(sample(t)), [""; 0]);
            scene.terms = Some(Terms { plausible_power: Some(Watts(expected)), ..terms });
            assert_eq!(scene.broken(sample(t)), ["plausible-power"]);
        }
    }

    #[test]
    fn empty_ranges_are_refused() {
        assert_eq!(broken!(FlexRequest, |m| m.isps[0].min_power = Watts(2_001)), ["power-range"]);
        assert_eq!(broken!(FlexRequest, |m| m.isps[0].min_power = Watts(2_000)), [""; 0]);
    }
}
