use crate::uftp::message::{Disposition, FlexRequestIsp, IspRun, Message};
use crate::uftp::validate::rule::{Breach, Case, Verdict, rule};
use crate::units::Watts;

rule! {
    /// A requested ISP has a direction: MinPower ≥ 0 or MaxPower ≤ 0.
    ///
    /// Why: a range around zero is satisfied by doing nothing. One bound may be zero: direction without a minimum.
    /// Clause: FlexRequest: rejection reason "Requested Power discrepancy".
    /// Example: `Disposition="Requested" MinPower="-45000" MaxPower="5000"`.
    "requested-direction", "Requested Power discrepancy", Content, [FlexRequest], check,
}

fn check(case: &Case<'_>) -> Verdict {
    let Message::FlexRequest(m) = case.message else { return Ok(()) };
    let directionless =
        |isp: &&FlexRequestIsp| isp.disposition == Disposition::Requested && isp.min_power < Watts::ZERO && isp.max_power > Watts::ZERO;
    let isps: Vec<IspRun> = m.isps.iter().filter(directionless).map(|isp| isp.run).collect();
    if isps.is_empty() { Ok(()) } else { Err(Breach::isps(isps)) }
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;

    #[test]
    fn ranges_around_zero_are_refused() {
        assert_eq!(broken!(FlexRequest, |m| m.isps[1].max_power = Watts(5_000)), ["requested-direction"]);
        assert_eq!(broken!(FlexRequest, |m| m.isps[1].max_power = Watts(0)), [""; 0]);
        assert_eq!(broken!(FlexRequest, |m| m.isps[1].min_power = Watts(-5_000)), [""; 0]);
    }
}
