//! What others wrote, made safe to show: in a log, on a terminal, in an answer over HTTP.
//!
//! A text from outside may hold line breaks that forge a line, control sequences that rewrite a terminal, and marks that turn the
//! direction of writing. Each such character is shown as an escape, and so is the backslash that escapes begin with; everything
//! else stays as it is.
//!
//! | characters | shown as |
//! |---|---|
//! | line feed, carriage return, tab | `\n`, `\r`, `\t` |
//! | other C0, DEL, C1; line and paragraph separator; marks of direction and of no width; tags | `\u{9b}` |
//! | `\` | `\\` |

use std::borrow::Cow;
use std::fmt::Write as _;

/// `text` on one line, without anything that acts on what shows it.
#[must_use]
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.contains(|c| c == '\\' || acts(c)) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '\n' => shown.push_str("\\n"),
            '\r' => shown.push_str("\\r"),
            '\t' => shown.push_str("\\t"),
            '\\' => shown.push_str("\\\\"),
            c if acts(c) => write!(shown, "\\u{{{:x}}}", u32::from(c)).expect("a string takes everything"),
            c => shown.push(c),
        }
    }
    Cow::Owned(shown)
}

/// As [`visible`], of a text that is meant to have lines: each of them is made safe, and a backslash stays what it is.
#[must_use]
pub fn visible_lines(text: &str) -> Cow<'_, str> {
    if !text.contains(|c| c != '\n' && acts(c)) {
        return Cow::Borrowed(text);
    }
    let line = |line: &str| line.split('\\').map(visible).collect::<Vec<_>>().join("\\");
    Cow::Owned(text.split('\n').map(line).collect::<Vec<_>>().join("\n"))
}

/// JSON text with its strings as harmless as [`visible`] makes texts: JSON's own escapes, and equal values.
#[must_use]
pub fn visible_json(json: &str) -> String {
    let mut shown = String::with_capacity(json.len());
    for c in json.chars() {
        // What stands between strings is printed by us and on one line.
        if acts(c) && c != '\n' {
            c.encode_utf16(&mut [0; 2]).iter().for_each(|unit| write!(shown, "\\u{unit:04x}").expect("a string takes everything"));
        } else {
            shown.push(c);
        }
    }
    shown
}

/// Whether a character does something instead of standing for something.
#[must_use]
pub fn acts(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
        || matches!(c, '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_acts_is_escaped_and_nothing_else() {
        let cases = [
            ("plain text, Ünïcode → 9.99 €", "plain text, Ünïcode → 9.99 €"),
            ("a\nb\r\tc", "a\\nb\\r\\tc"),
            ("\u{1b}[2J\u{9b}31m\u{7f}\0", "\\u{1b}[2J\\u{9b}31m\\u{7f}\\u{0}"),
            ("\u{202e}abc\u{2066}\u{200f}\u{61c}\u{2028}", "\\u{202e}abc\\u{2066}\\u{200f}\\u{61c}\\u{2028}"),
            ("C:\\n", "C:\\\\n"),
        ];
        for (written, shown) in cases {
            assert_eq!(visible(written), shown);
        }
        assert_eq!(visible_lines("a\\b\nc\u{9b}\\\n"), "a\\b\nc\\u{9b}\\\n");
    }

    proptest! {
        /// JSON says the same, and nothing in it acts.
        #[test]
        fn json_keeps_its_values(text in any::<String>()) {
            let shown = visible_json(&serde_json::json!({ "text": text }).to_string());
            prop_assert!(!shown.contains(acts));
            prop_assert_eq!(&serde_json::from_str::<serde_json::Value>(&shown).unwrap()["text"], &text);
        }

        /// No two texts look alike, and none acts.
        #[test]
        fn what_is_shown_can_be_read_back(a in any::<String>(), b in any::<String>()) {
            prop_assert!(!visible(&a).contains(acts));
            prop_assert_eq!(visible(&a) == visible(&b), a == b);
        }
    }
}
