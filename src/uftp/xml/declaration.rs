//! The XML declaration by its grammar (XML 1.0, productions 23 to 26, 32, 80 and 81), which the pull parser does not hold it to:
//!
//! ```text
//! '<?xml' S 'version' Eq '"1.' [0-9]+ '"' (S 'encoding' Eq '"' name '"')? (S 'standalone' Eq '"' ('yes' | 'no') '"')? S? '?>'
//! ```

/// The encoding that a declaration names, if it names one.
///
/// # Errors
/// What is not as the grammar has it.
pub(super) fn encoding(declaration: &str) -> Result<Option<&str>, &'static str> {
    let inside = declaration.strip_prefix("<?xml").and_then(|rest| rest.strip_suffix("?>")).ok_or("it is no XML declaration")?;
    let (version, rest) = attribute(inside, "version").ok_or("the XML declaration does not begin with a version")?;
    if !version.strip_prefix("1.").is_some_and(|minor| !minor.is_empty() && minor.bytes().all(|b| b.is_ascii_digit())) {
        return Err("the version of XML is not 1.0");
    }
    let (encoding, rest) = attribute(rest, "encoding").map_or((None, rest), |(name, rest)| (Some(name), rest));
    if encoding.is_some_and(|name| !is_encoding_name(name)) {
        return Err("the XML declaration names no encoding");
    }
    let (standalone, rest) = attribute(rest, "standalone").map_or((None, rest), |(value, rest)| (Some(value), rest));
    if standalone.is_some_and(|value| !matches!(value, "yes" | "no")) {
        return Err("'standalone' in the XML declaration is neither yes nor no");
    }
    if rest.bytes().all(is_blank) { Ok(encoding) } else { Err("the XML declaration holds something that does not belong there") }
}

/// `S name Eq quoted` at the beginning of `text`: the value, and what follows.
fn attribute<'t>(text: &'t str, name: &str) -> Option<(&'t str, &'t str)> {
    let blanks_off = |text: &'t str| text.trim_start_matches([' ', '\t', '\r', '\n']);
    let begun = blanks_off(text);
    let rest = begun.strip_prefix(name).filter(|_| begun.len() < text.len())?;
    let value = blanks_off(blanks_off(rest).strip_prefix('=')?);
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    value[1..].split_once(quote)
}

fn is_encoding_name(name: &str) -> bool {
    let tail = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-');
    name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.bytes().all(tail)
}

fn is_blank(b: u8) -> bool {
    matches!(b, b' ' | b'\t' | b'\r' | b'\n')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn declarations_are_read_by_the_grammar() {
        for (text, expected) in [
            ("<?xml version=\"1.0\"?>", None),
            ("<?xml version='1.0' encoding='utf-8' standalone=\"no\" ?>", Some("utf-8")),
            ("<?xml\n\tversion = \"1.1\"\r\nencoding=\"UTF-16\"?>", Some("UTF-16")),
            ("<?xml version=\"1.0\" standalone='yes'?>", None),
        ] {
            assert_eq!(encoding(text), Ok(expected), "{text}");
        }
        for text in [
            "<?xml?>",
            "<?xml ?>",
            "<?xmlversion=\"1.0\"?>",
            "<?xml version=\"2.0\"?>",
            "<?xml version=\"1.\"?>",
            "<?xml version=\"1.0x\"?>",
            "<?xml version=1.0?>",
            "<?xml version=\"1.0'?>",
            "<?xml encoding=\"UTF-8\"?>",
            "<?xml version=\"1.0\"encoding=\"UTF-8\"?>",
            "<?xml version=\"1.0\" encoding=\"\"?>",
            "<?xml version=\"1.0\" encoding=\"8-UTF\"?>",
            "<?xml version=\"1.0\" standalone=\"yes\" encoding=\"UTF-8\"?>",
            "<?xml version=\"1.0\" standalone=\"maybe\"?>",
            "<?xml version=\"1.0\" foo=\"1\"?>",
            "<?xml version=\"1.0\" version=\"1.0\"?>",
            "<?xml version=\"1.0\" Encoding=\"UTF-8\"?>",
            "<?xml version=\"1.0\"\u{a0}?>",
        ] {
            assert!(encoding(text).is_err(), "{text}");
        }
    }
}
