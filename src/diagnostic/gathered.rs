//! One slip in row after row of a table is one finding: the first row is shown, the others are counted and the next of them named.
//!
//! A column in another unit, with decimal commas or with names in capitals has one cause, and so has a separator too many at the end
//! of every row. Findings of one rule in one column of one file are therefore gathered.

use std::collections::{BTreeMap, BTreeSet};

use super::{Finding, Findings, Kin};

/// So many further rows are named.
const NAMED: usize = 5;
/// So many characters of their cells are shown.
const SHOWN: usize = 40;

/// Further rows with the fault of a first one.
#[derive(Default)]
struct Alike {
    rows: BTreeSet<(String, usize)>,
    named: Vec<String>,
}

/// What findings of one cause have in common: their rule with a column of a file, or with a sentence on a name.
type Key = (&'static str, String, Option<u16>, bool);

impl Findings {
    /// Findings of one rule in one column of a file as one: the first, with the number of rows that have the same fault. What is said
    /// of a name that is not there is one finding in all files.
    #[must_use]
    pub fn gathered(self) -> Findings {
        let mut firsts: BTreeMap<Key, usize> = BTreeMap::new();
        let mut alike: BTreeMap<usize, Alike> = BTreeMap::new();
        let mut kept: Vec<Finding> = Vec::new();
        for finding in self.0 {
            let file = finding.location.as_ref().map_or("", |at| at.source.name.as_str());
            let in_column = |column: Option<u16>| (finding.code, file.to_owned(), column, false);
            let keys: Vec<Key> = match finding.kin {
                Kin::Alone => Vec::new(),
                Kin::Row => vec![in_column(None)],
                Kin::Cell(column) => vec![in_column(Some(column))],
                Kin::Name(column) => vec![(finding.code, finding.message.clone(), None, true), in_column(Some(column))],
            };
            let first = keys.iter().find_map(|key| firsts.get(key)).copied();
            // Two faults of one row are two, unless a name is missing twice.
            match first.filter(|&first| matches!(finding.kin, Kin::Name(_)) || place(&kept[first]) != place(&finding)) {
                Some(first) => {
                    alike.entry(first).or_default().add(&kept[first], &finding);
                    keys.into_iter().for_each(|key| _ = firsts.entry(key).or_insert(first));
                }
                None => {
                    keys.into_iter().for_each(|key| _ = firsts.entry(key).or_insert(kept.len()));
                    kept.push(finding);
                }
            }
        }
        join_names(&mut kept, &mut alike);
        for (first, others) in alike {
            others.tell(&mut kept[first]);
        }
        Findings(kept)
    }
}

/// Where names are missing from so many columns, the table that should have them is the cause, and one finding says so.
const COLUMNS_OF_NAMES: usize = 3;

fn join_names(kept: &mut Vec<Finding>, alike: &mut BTreeMap<usize, Alike>) {
    let mut of_code: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (k, finding) in kept.iter().enumerate().filter(|(_, finding)| matches!(finding.kin, Kin::Name(_))) {
        of_code.entry(finding.code).or_default().push(k);
    }
    let mut joined = BTreeSet::new();
    for group in of_code.values().filter(|group| group.len() >= COLUMNS_OF_NAMES) {
        for &k in &group[1..] {
            let first = alike.entry(group[0]).or_default();
            first.add(&kept[group[0]], &kept[k]);
            let others = alike.remove(&k).unwrap_or_default();
            let own = (place(&kept[group[0]]).0.to_owned(), place(&kept[group[0]]).1);
            alike.entry(group[0]).or_default().rows.extend(others.rows.into_iter().filter(|row| *row != own));
            joined.insert(k);
        }
    }
    // The findings behind one that is left out move up.
    let moved = |k: usize| k - joined.range(..k).count();
    *alike = std::mem::take(alike).into_iter().map(|(k, others)| (moved(k), others)).collect();
    let mut k = 0;
    kept.retain(|_| {
        k += 1;
        !joined.contains(&(k - 1))
    });
}

impl Alike {
    fn add(&mut self, first: &Finding, finding: &Finding) {
        let (file, line) = place(finding);
        let is_new = place(first) != (file, line) && self.rows.insert((file.to_owned(), line));
        if !is_new || self.named.len() >= NAMED {
            return;
        }
        let elsewhere = place(first).0 != file;
        let name = file.rsplit(['/', '\\']).next().unwrap_or(file);
        let row = if elsewhere { format!("{name}:{line}") } else { format!("line {line}") };
        // The cell is worth showing where it is not the first one's; a whole row is too long.
        let is_cell = finding.kin != Kin::Row;
        let differs = is_cell && text(finding) != text(first);
        self.named.push(if differs { format!("{row} ({})", text(finding)) } else { row });
    }

    fn tell(self, finding: &mut Finding) {
        let more = self.rows.len();
        if more == 0 {
            return;
        }
        let rows = if more == 1 { "1 more row".to_owned() } else { format!("{more} more rows") };
        finding.message = format!("{}, and so in {rows}", finding.message);
        let rest = more - self.named.len();
        let rest = if rest > 0 { format!(" and {rest} more") } else { String::new() };
        let named = format!("see also {}{rest}", self.named.join(", "));
        finding.help = Some(finding.help.take().map_or_else(|| named.clone(), |help| format!("{help}; {named}")));
    }
}

/// The file and line that a finding points at.
fn place(finding: &Finding) -> (&str, usize) {
    finding.location.as_ref().map_or(("", 0), |at| (at.source.name.as_str(), at.line_column().0))
}

/// What a finding underlines, cut short.
fn text(finding: &Finding) -> String {
    let cell = finding.location.as_ref().map_or("", |at| at.first_line_span());
    if cell.chars().count() > SHOWN { cell.chars().take(SHOWN).collect::<String>() + "…" } else { cell.to_owned() }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::diagnostic::Source;

    #[test]
    fn a_slip_in_every_row_is_one_finding() {
        let source = Arc::new(Source::new("t.csv", "a,b\n1,x\n2,x\n3,y\n"));
        let at = |span: std::ops::Range<usize>, column: usize| Finding::error("bad", "no number").at(&source, span).of_cell(column);
        let cells = [at(6..7, 1), at(4..5, 0), at(10..11, 1), at(14..15, 1), Finding::error("bad", "elsewhere")];
        let gathered = Findings(cells.to_vec()).gathered();
        let said: Vec<(&str, Option<&str>)> = gathered.0.iter().map(|f| (f.message.as_str(), f.help.as_deref())).collect();
        assert_eq!(
            said,
            [("no number, and so in 2 more rows", Some("see also line 3, line 4 (y)")), ("no number", None), ("elsewhere", None)]
        );
        assert_eq!(gathered.clone().gathered(), gathered);
        // Two faults of one row stay two.
        let row = at(6..7, 1).of_row();
        let twice = Findings(vec![row.clone(), Finding { message: "another".to_owned(), ..row }]);
        assert_eq!(twice.clone().gathered(), twice);
    }
}
