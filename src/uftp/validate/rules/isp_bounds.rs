use crate::uftp::message::IspRun;
use crate::uftp::validate::lists;
use crate::uftp::validate::rule::{Breach, Case, Verdict, rule};

rule! {
    /// There are ISPs, and they lie within the Period.
    ///
    /// Why: a day has as many ISPs as its real length gives: 92 or 100 of 15 minutes where the clock changes.
    /// Clause: rejection reason "ISPs out of bounds"; attributes "Start" and "Duration".
    /// Example: ISP 97 of an ordinary day; ISP 93 of the last Sunday of March in Amsterdam.
    "isp-bounds", "ISPs out of bounds", Form,
    [FlexReservationUpdate, DPrognosis, FlexRequest, FlexOffer, FlexOrder, Metering, FlexSettlement], check,
}

fn check(case: &Case<'_>) -> Verdict {
    if case.extent.fits {
        return Ok(());
    }
    let mut outside: Vec<IspRun> = Vec::new();
    lists::each(case.message, &mut |date, runs| {
        let isps = case.view.calendar.period(date).isps();
        outside.extend(runs.filter(|run| !run.fits(isps)));
    });
    Err(Breach::isps(outside))
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
}
