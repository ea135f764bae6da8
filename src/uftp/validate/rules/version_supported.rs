use crate::uftp::validate::rule::require;
use crate::uftp::validate::rule::{Breach, Case, Verdict, rule};

rule! {
    /// A message speaks version 3.0.0 or 3.1.0.
    ///
    /// Why: another version may mean something else by the same attribute. The response repeats the sender's version, so that it can be read.
    /// Clause: "Version" of the common attributes; "an unsupported version is rejected".
    /// Example: `Version="4.0.0"` → `Unsupported Version (4.0.0; 3.0.0 and 3.1.0 are spoken here)`.
    "version-supported", "Unsupported Version", Sender, [All], check,
}

fn check(case: &Case<'_>) -> Verdict {
    let version = case.message.header().version;
    require(version.is_supported(), || Breach::detail(format!("{version}; 3.0.0 and 3.1.0 are spoken here")))
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;

    #[test]
    fn other_versions_are_refused() {
        let four = Version { major: 4, minor: 0, patch: 0 };
        assert_eq!(broken!(FlexOffer, |m| m.header.version = four), ["version-supported"]);
        assert_eq!(broken!(FlexOffer, |m| m.header.version = Version::V3_0_0), [""; 0]);
    }
}
