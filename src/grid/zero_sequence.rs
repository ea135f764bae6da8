//! Whether a grid can be solved unbalanced: zero-sequence data of every supplied branch, and a way back for its currents.
//!
//! | code | rule |
//! |---|---|
//! | `missing-zero-sequence` | supplied lines and transformers have zero-sequence data |
//! | `fed-at-star-point` | transformers that keep the zero sequence from passing are supplied from hv |

use super::{Element, Grid, LineZeroSequence, Places, RadialOrder, TransformerZeroSequence, rules};
use crate::diagnostic::{Finding, Findings, quoted_list};
use crate::ids::BranchIdx;

/// Zero-sequence data of all supplied branches of a grid. Only [`ZeroSequence::of`] makes one, so whoever holds one has a grid
/// that can be solved unbalanced.
#[derive(Debug, Clone, PartialEq)]
pub struct ZeroSequence {
    lines: Vec<LineZeroSequence>,
    transformers: Vec<Option<TransformerZeroSequence>>,
}

impl ZeroSequence {
    /// The data of `grid`, whose tables have passed [`super::check::check`]; `places` lets findings point into files.
    ///
    /// # Errors
    /// `missing-zero-sequence` and `fed-at-star-point`, one finding a table and rule, at the first culprit.
    pub fn of(grid: &Grid, order: &RadialOrder, places: &Places) -> Result<ZeroSequence, Findings> {
        let mut findings = Findings::default();
        let supplied = |branch: BranchIdx| order.node_of_branch(branch).is_some();
        let lines: Vec<usize> =
            (0..grid.lines.len()).filter(|&i| supplied(grid.line_branch(i)) && grid.lines[i].zero_sequence.is_none()).collect();
        let transformers: Vec<usize> = (0..grid.transformers.len())
            .filter(|&i| supplied(grid.transformer_branch(i)) && grid.transformers[i].zero_sequence.is_none())
            .collect();
        let at = |element: Element, finding: Finding| finding.located(places.of(element).cloned());
        if let Some(&first) = lines.first() {
            let names = some(lines.iter().map(|&i| grid.lines[i].id.as_str()));
            let finding =
                rules::MISSING_ZERO_SEQUENCE.finding(format!("no zero-sequence data of {}", counted(lines.len(), "line", &names)));
            let help = "give lines.csv r0_ohm, x0_ohm, b0_s and g0_s; four-core cable with a full neutral: r0 = 4·r, x0 about 3.7·x";
            findings.push(at(Element::Line(first), finding.help(help)));
        }
        if let Some(&first) = transformers.first() {
            let names = some(transformers.iter().map(|&i| grid.transformers[i].id.as_str()));
            let message = format!("no vector group and zero-sequence data of {}", counted(transformers.len(), "transformer", &names));
            let help = "give transformers.csv vector_group, uk0_pu and ur0_pu; Dyn: about uk_pu and pk_w/rated_power_va";
            findings.push(at(Element::Transformer(first), rules::MISSING_ZERO_SEQUENCE.finding(message).help(help)));
        }
        for node in order.roots()..order.nodes() {
            for feed in order.feeds(node) {
                if let Element::Transformer(t) = grid.branch_element(feed.branch)
                    && !feed.forward
                    && grid.transformers[t].zero_sequence.is_some_and(|zero| !zero.vector_group.passes_zero_sequence())
                {
                    let message = format!("transformer '{}' is supplied from the side of its star point", grid.transformers[t].id);
                    let finding =
                        rules::FED_AT_STAR_POINT.finding(message).help("solve it balanced, or put the source (sources.csv) on its hv side");
                    findings.push(at(Element::Transformer(t), finding));
                }
            }
        }
        let zero = ZeroSequence {
            lines: grid.lines.iter().map(|l| l.zero_sequence.unwrap_or_default()).collect(),
            transformers: grid.transformers.iter().map(|t| t.zero_sequence).collect(),
        };
        if findings.is_empty() { Ok(zero) } else { Err(findings) }
    }

    /// Of line row `line`; zero if no source supplies it and it has none.
    #[must_use]
    pub fn line(&self, line: usize) -> LineZeroSequence {
        self.lines[line]
    }

    /// Of transformer row `transformer`. Panics if no source supplies it and it has none.
    #[must_use]
    pub fn transformer(&self, transformer: usize) -> TransformerZeroSequence {
        self.transformers[transformer].expect("supplied transformers have it")
    }
}

/// The first names of a list that may be long.
fn some<'a>(names: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    names.take(3).collect()
}

/// `line 'a'`, `2 lines: 'a' and 'b'`, `40 lines, first of them 'a', 'b' and 'c'`.
fn counted(n: usize, what: &str, names: &[&str]) -> String {
    match n {
        1 => format!("{what} {}", quoted_list(names)),
        n if n == names.len() => format!("{n} {what}s: {}", quoted_list(names)),
        n => format!("{n} {what}s, first of them {}", quoted_list(names)),
    }
}
