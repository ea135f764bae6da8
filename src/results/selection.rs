//! Which elements a run records.

/// Which elements are recorded: names with `*` for any text, such as `transformer:*`; no pattern means all, or of a large
/// feeder those that matter (see [`unrecorded`](super::unrecorded)).
#[derive(Debug, Clone, Default)]
pub struct Selection(pub Vec<String>);

impl Selection {
    /// Whether an element of this name is selected.
    #[must_use]
    pub fn holds(&self, name: &str) -> bool {
        self.0.is_empty() || self.0.iter().any(|p| matches(p, name))
    }
}

/// Whether `name` matches `pattern`, in which `*` stands for any text.
fn matches(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == name,
        Some((head, rest)) => {
            name.strip_prefix(head).is_some_and(|tail| (0..=tail.len()).any(|i| tail.is_char_boundary(i) && matches(rest, &tail[i..])))
        }
    }
}
