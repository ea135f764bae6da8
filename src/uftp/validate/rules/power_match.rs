use crate::uftp::validate::rule::{Breach, Case, Verdict, rule};
use std::collections::BTreeMap;

use crate::uftp::message::{IspPower, IspRun, Message};
use crate::uftp::validate::refers;

rule! {
    /// Powers of an order are those of the option it buys, scaled by the activation factor.
    ///
    /// Why: an order buys what was offered. Scaled powers are rounded to whole watts, halves to even; the specification leaves rounding open.
    /// Clause: FlexOrder: rejection reason "Power mismatch"; "ActivationFactor".
    /// Example: half of −4000 W is −2000 W, and −2001 W is another offer.
    "power-match", "Power mismatch", Content, [FlexOrder], check,
}

fn check(case: &Case<'_>) -> Verdict {
    let (Message::FlexOrder(m), Some(option)) = (case.message, refers::option(case)) else { return Ok(()) };
    let scaled = |power| m.activation_factor.scale_power(power);
    // Mostly the runs are copied from the option; then they agree one by one.
    let copied = m.isps.len() == option.isps.len()
        && m.isps.iter().zip(&option.isps).all(|(ordered, offered)| ordered.run == offered.run && ordered.power == scaled(offered.power));
    if copied {
        return Ok(());
    }
    let mut offered = BTreeMap::new();
    for isp in &option.isps {
        offered.extend(isp.run.numbers().map(|n| (n, scaled(isp.power))));
    }
    // ISPs that were not offered at all break `isp-match`, not this rule.
    let differs = |isp: &&IspPower| isp.run.numbers().any(|n| offered.get(&n).is_some_and(|&power| power != isp.power));
    let isps: Vec<IspRun> = m.isps.iter().filter(differs).map(|isp| isp.run).collect();
    if isps.is_empty() { Ok(()) } else { Err(Breach::isps(isps)) }
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;

    #[test]
    fn power_is_scaled_exactly() {
        assert_eq!(broken!(FlexOrder, |m| m.isps[0].power = Watts(-2_001)), ["power-match"]);
        assert_eq!(broken!(FlexOrder, |m| m.isps[0].power = Watts(-4_000)), ["power-match"]);
        assert_eq!(broken!(FlexOrder, |m| m.isps.swap(0, 1)), [""; 0]);
    }
}
