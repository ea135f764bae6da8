use crate::uftp::message::IspRun;
use crate::uftp::validate::isp_set::IspSet;
use crate::uftp::validate::lists;
use crate::uftp::validate::rule::{Breach, Case, Verdict, rule};

rule! {
    /// ISPs of one list do not overlap.
    ///
    /// Why: two powers would be said for the same time. Each option of an offer, profile of metering data and item of a settlement is a list of its own.
    /// Clause: rejection reason "ISP conflict".
    /// Example: `Start="68" Duration="4"` and `Start="70" Duration="1"` in one option → `ISP conflict (ISP 70)`.
    "isp-conflict", "ISP conflict", Form,
    [FlexReservationUpdate, DPrognosis, FlexRequest, FlexOffer, FlexOrder, Metering, FlexSettlement], check,
}

fn check(case: &Case<'_>) -> Verdict {
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

#[cfg(test)]
mod tests {
    use super::super::testing::*;

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
}
