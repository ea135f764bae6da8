use crate::uftp::message::{IspRun, Message};
use crate::uftp::validate::isp_set::{IspSet, runs};
use crate::uftp::validate::rule::{Breach, Case, Verdict, rule};

rule! {
    /// A D-Prognosis says something for every ISP of its Period.
    ///
    /// Why: a gap would leave the grid safety analysis without a forecast. Intraday updates repeat what is past.
    /// Clause: D-Prognosis: rejection reason "Lacking ISPs".
    /// Example: ISPs 1 to 95 of an ordinary day.
    "lacking-isps", "Lacking ISPs", Content, [DPrognosis], check,
}

fn check(case: &Case<'_>) -> Verdict {
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

#[cfg(test)]
mod tests {
    use super::super::testing::*;

    #[test]
    fn gaps_are_refused() {
        assert_eq!(broken!(DPrognosis, |m| m.isps.retain(|isp| isp.run.start != 68)), ["lacking-isps"]);
        assert_eq!(broken!(DPrognosis, |m| m.isps.swap(0, 2)), [""; 0]);
    }
}
