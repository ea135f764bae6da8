use crate::uftp::message::{Disposition, Message};
use crate::uftp::validate::rule::require;
use crate::uftp::validate::rule::{Breach, Case, Verdict, rule};

rule! {
    /// A FlexRequest requests something in at least one ISP.
    ///
    /// Why: room alone asks for nothing.
    /// Clause: FlexRequest: rejection reason "Lacking Requested Disposition".
    /// Example: a request whose ISPs are all Available.
    "requested-isp", "Lacking Requested Disposition", Content, [FlexRequest], check,
}

fn check(case: &Case<'_>) -> Verdict {
    let Message::FlexRequest(m) = case.message else { return Ok(()) };
    require(m.isps.iter().any(|isp| isp.disposition == Disposition::Requested), Breach::plain)
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;

    #[test]
    fn room_alone_is_refused() {
        assert_eq!(broken!(FlexRequest, |m| m.isps[1].disposition = Disposition::Available), ["requested-isp"]);
    }
}
