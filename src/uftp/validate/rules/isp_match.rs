use crate::uftp::message::Message;
use crate::uftp::validate::isp_set::IspSet;
use crate::uftp::validate::refers;
use crate::uftp::validate::rule::{Breach, Case, Verdict, rule};

rule! {
    /// An order covers exactly the ISPs of the option it buys.
    ///
    /// Why: an option is bought whole; only its power is scaled. ISPs are compared by number, however they are grouped into runs.
    /// Clause: FlexOrder: rejection reason "ISP mismatch".
    /// Example: an order without the rebound ISPs of the option.
    "isp-match", "ISP mismatch", Content, [FlexOrder], check,
}

fn check(case: &Case<'_>) -> Verdict {
    let (Message::FlexOrder(m), Some(option)) = (case.message, refers::option(case)) else { return Ok(()) };
    let ordered = IspSet::of(m.isps.iter().map(|isp| isp.run));
    let offered = IspSet::of(option.isps.iter().map(|isp| isp.run));
    if ordered == offered { Ok(()) } else { Err(Breach::isps(ordered.difference(&offered))) }
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;

    #[test]
    fn whole_options_are_bought() {
        assert_eq!(broken!(FlexOrder, |m| m.isps.truncate(1)), ["isp-match"]);
        assert_eq!(broken!(FlexOrder, |m| m.isps[0].run.duration = 5), ["isp-match"]);
        let single_isps = |m: &mut FlexOrder| {
            m.isps = m.isps.iter().flat_map(|isp| isp.run.numbers().map(|n| IspPower::new(isp.power, n, 1))).collect();
        };
        assert_eq!(broken!(FlexOrder, single_isps), [""; 0]);
    }
}
