use crate::uftp::message::IspMinutes;
use crate::uftp::validate::rule::{Breach, Case, Verdict, rule};

rule! {
    /// ISPs are as long as the market's.
    ///
    /// Why: every ISP number would mean another time.
    /// Clause: rejection reason "ISP duration rejected"; attribute "ISP-Duration".
    /// Example: `ISP-Duration="PT30M"` in a market of 15 minutes. `PT900S` is 15 minutes too.
    "isp-duration", "ISP duration rejected", Form,
    [FlexReservationUpdate, DPrognosis, FlexRequest, FlexOffer, FlexOrder, Metering], check,
}

fn check(case: &Case<'_>) -> Verdict {
    let ours = case.view.calendar.isp_minutes();
    match case.message.isp_duration() {
        Some(theirs) if theirs.0 != ours => Err(Breach::detail(format!("{theirs}, not {}", IspMinutes(ours)))),
        _ => Ok(()),
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
}
