//! Syntax of names on the wire (patterns of `UFTP-common.xsd`), for whoever takes a name from outside: the reader, a scenario.

/// `InternetDomainType`: `([a-z0-9]+(-[a-z0-9]+)*\.)+[a-z]{2,}`, such as `dso.example.com`.
#[must_use]
pub fn is_domain(text: &str) -> bool {
    let Some((labels, top)) = text.rsplit_once('.') else { return false };
    let alphanumeric = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    top.len() >= 2 && top.bytes().all(|b| b.is_ascii_lowercase()) && labels.split('.').all(|label| label.split('-').all(alphanumeric))
}

/// `EntityAddressType`: `ea1.<yyyy-mm>.<1–244 characters>:<1–244 characters>` or `ean.<12–34 digits>`, and as the specification's
/// text adds, printable ASCII of at most 255 characters in all.
#[must_use]
pub fn is_entity_address(text: &str) -> bool {
    if let Some(digits) = text.strip_prefix("ean.") {
        return (12..=34).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    }
    let Some(rest) = text.strip_prefix("ea1.") else { return false };
    let printable = text.len() <= 255 && text.bytes().all(|b| (0x20..0x7f).contains(&b));
    let Some((month, name)) = rest.split_once('.') else { return false };
    let bytes = month.as_bytes();
    let month_ok = bytes.len() == 7 && bytes[4] == b'-' && bytes.iter().enumerate().all(|(i, b)| i == 4 || b.is_ascii_digit());
    // Both parts may hold further colons; some colon must leave a character on either side.
    let parted = (1..name.len().saturating_sub(1)).any(|i| name.as_bytes()[i] == b':' && i <= 244 && name.len() - i - 1 <= 244);
    printable && month_ok && parted
}

/// `TimeZoneNameType`: `(Africa|America|Australia|Europe|Pacific)/[a-zA-Z0-9_/]{3,}`. UTC cannot be said.
#[must_use]
pub fn is_zone_name(text: &str) -> bool {
    let Some((continent, place)) = text.split_once('/') else { return false };
    matches!(continent, "Africa" | "America" | "Australia" | "Europe" | "Pacific")
        && place.len() >= 3
        && place.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'/')
}

/// Characters of a reference that we write; the schema sets no limit.
pub const LONGEST_REFERENCE: usize = 255;

/// Whether a free name (`ContractID`, `OrderReference`, …) comes back from every reader as it was written: not empty, without blanks
/// at its ends, which some cut off, without control characters and what XML cannot carry, and of at most [`LONGEST_REFERENCE`] characters.
#[must_use]
pub fn is_reference(text: &str) -> bool {
    let plain = |c: char| !c.is_control() && is_xml_char(c);
    !text.is_empty() && text.trim() == text && text.chars().all(plain) && text.chars().count() <= LONGEST_REFERENCE
}

/// A character that XML 1.0 can carry (production `Char`).
pub(super) fn is_xml_char(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn domains() {
        for ok in ["dso.example.com", "a.nl", "x-1.y2.org"] {
            assert!(is_domain(ok), "{ok}");
        }
        for bad in [
            "localhost",
            "DSO.example.com",
            "127.0.0.1",
            "a_b.example.com",
            "-a.example.com",
            "a-.example.com",
            "a..com",
            "a.c",
            "a.com:80",
            ".com",
            "",
        ] {
            assert!(!is_domain(bad), "{bad}");
        }
    }

    #[test]
    fn entity_addresses() {
        for ok in [
            "ean.871685900012636543",
            "ean.123456789012",
            "ea1.2024-01.com.example.dso:feeder-7",
            "ea1.2024-01.com.example:a:b",
            "ea1.2024-99.x:y",
        ] {
            assert!(is_entity_address(ok), "{ok}");
        }
        for bad in [
            "ean.12345678901",
            "ean.12345678901x",
            "ea1.2024-1.com.example:x",
            "ea1.2024-01.com.example",
            "ea1.2024-01.:x",
            "ea1.2024-01.x:",
            "ea2.x",
            "",
        ] {
            assert!(!is_entity_address(bad), "{bad}");
        }
        assert!(!is_entity_address(&format!("ean.{}", "1".repeat(35))));
        assert!(!is_entity_address(&format!("ea1.2024-01.x:{}", "y".repeat(245))));
    }

    #[test]
    fn zones() {
        for ok in ["Europe/Amsterdam", "America/Argentina/Buenos_Aires"] {
            assert!(is_zone_name(ok), "{ok}");
        }
        for bad in ["UTC", "Etc/UTC", "Asia/Tokyo", "Europe/XY", "America/Port-au-Prince", "europe/Amsterdam"] {
            assert!(!is_zone_name(bad), "{bad}");
        }
    }
}
