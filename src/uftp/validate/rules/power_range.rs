use crate::uftp::message::{IspRun, Message};
use crate::uftp::validate::rule::{Breach, Case, Verdict, rule};

rule! {
    /// MinPower is not above MaxPower.
    ///
    /// Why: nothing lies in an empty range.
    /// Clause: FlexRequest: rejection reason "Power discrepancy".
    /// Example: `MinPower="2000" MaxPower="-38000"`.
    "power-range", "Power discrepancy", Content, [FlexRequest], check,
}

fn check(case: &Case<'_>) -> Verdict {
    let Message::FlexRequest(m) = case.message else { return Ok(()) };
    let isps: Vec<IspRun> = m.isps.iter().filter(|isp| isp.min_power > isp.max_power).map(|isp| isp.run).collect();
    if isps.is_empty() { Ok(()) } else { Err(Breach::isps(isps)) }
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;

    #[test]
    fn empty_ranges_are_refused() {
        assert_eq!(broken!(FlexRequest, |m| m.isps[0].min_power = Watts(2_001)), ["power-range"]);
        assert_eq!(broken!(FlexRequest, |m| m.isps[0].min_power = Watts(2_000)), [""; 0]);
    }
}
