use crate::uftp::message::{Message, MeteringProfile, MeteringUnit, ProfileType};
use crate::uftp::validate::rule::{Breach, Case, Verdict, rule};

rule! {
    /// Power is metered in kW, everything else in kWh.
    ///
    /// Why: a profile in the wrong unit would be read as another quantity.
    /// Clause: Metering, "Unit" of Profile.
    /// Example: `ProfileType="Power" Unit="kWh"`.
    "metering-unit", "Unit does not fit ProfileType", Form, [Metering], check,
}

fn check(case: &Case<'_>) -> Verdict {
    let Message::Metering(m) = case.message else { return Ok(()) };
    let fits = |p: &MeteringProfile| (p.profile_type == ProfileType::Power) == (p.unit == MeteringUnit::Kilowatt);
    match m.profiles.iter().find(|p| !fits(p)) {
        Some(p) => Err(Breach::detail(format!("{} in {}", p.profile_type.as_str(), p.unit.as_str()))),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;

    #[test]
    fn units_fit_their_profile() {
        assert_eq!(broken!(Metering, |m| m.profiles[0].unit = MeteringUnit::KilowattHour), ["metering-unit"]);
        assert_eq!(broken!(Metering, |m| m.profiles[0].profile_type = ProfileType::ImportEnergy), ["metering-unit"]);
    }
}
