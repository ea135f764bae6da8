//! From a name that somebody chose to the name of a file. Every file that is called after something is called so by [`file_name`].

use crate::diagnostic::acts;

/// Longest name of a file that is made of a name, in bytes: a suffix and a temporary form still fit into what file systems take.
pub const LONGEST: usize = 100;

/// Why `name` cannot be the name of a file as it is; `None` when it can.
#[must_use]
pub fn fault(name: &str) -> Option<&'static str> {
    match name {
        "" => Some("it is empty"),
        "." | ".." => Some("it leads to another folder"),
        _ if name.contains(['/', '\\']) => Some("it leads to another folder"),
        _ if name.contains(acts) => Some("it holds a character that acts on what shows it, such as a control character"),
        _ if name.starts_with('.') => Some("it would be hidden"),
        _ if name.trim() != name => Some("it begins or ends with a blank"),
        _ if name.ends_with('.') => Some("it ends with a point, which some systems drop"),
        _ if name.len() > LONGEST => Some("it is too long"),
        _ => None,
    }
}

/// A name for a file or folder: `name` itself where that can be one, else with what cannot stand in it as '%' and its bytes, and cut
/// to a length that fits with a fingerprint of the whole. Never leads to another folder.
#[must_use]
pub fn file_name(name: &str) -> String {
    if fault(name).is_none() {
        return name.to_owned();
    }
    let (blanks_before, blanks_after) = (name.len() - name.trim_start().len(), name.trim_end().len());
    let escaped = |at: usize, c: char| {
        let at_an_end = at < blanks_before || at >= blanks_after || (c == '.' && (at == 0 || at + 1 == name.len()));
        acts(c) || matches!(c, '/' | '\\' | '%') || at_an_end
    };
    let mut text = String::new();
    for (at, c) in name.char_indices() {
        if escaped(at, c) {
            text.extend(c.encode_utf8(&mut [0; 4]).bytes().map(|byte| format!("%{byte:02x}")));
        } else {
            text.push(c);
        }
    }
    if text.is_empty() {
        return "%".to_owned();
    }
    if text.len() > LONGEST {
        let fingerprint = &blake3::hash(name.as_bytes()).to_hex()[..16];
        let room = (0..=LONGEST - 1 - fingerprint.len()).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
        text = format!("{}%{fingerprint}", &text[..room]);
    }
    text
}

#[cfg(test)]
mod tests {
    use std::path::{Component, Path};

    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Whatever a name is, its file lies in the folder and no other name of the kind has it.
        #[test]
        fn a_file_stays_in_its_folder(a in ".{0,150}|[./\\\\%]{0,4}", b in ".{0,150}|[./\\\\%]{0,4}") {
            let name = file_name(&a);
            let steps: Vec<Component<'_>> = Path::new(&name).components().collect();
            prop_assert!(matches!(steps[..], [Component::Normal(_)]), "{name}");
            prop_assert!(name.len() <= LONGEST && fault(&name).is_none());
            // A name that can be one stays; it may be what another was escaped to.
            prop_assert!(a == b || fault(&a).is_none() != fault(&b).is_none() || name != file_name(&b));
        }
    }
}
