//! What of a tree the sweeps need: nodes where something is drawn, where the tree forks, and where a transformer begins.
//!
//! Between them the same current flows: series elements without shunt and injection between them add up, exactly. A node `n`
//! inside such a chain lies above the node `r` at its lower end, and with `rest_n` the impedance from `n` down to `r`
//!
//! ```text
//! v_n = v_r + rest_n·j_r
//! ```
//!
//! A part below which nothing is drawn carries no current: each of its nodes has the voltage of the node it hangs on.

use super::sequence::{Coupled, Turn};

/// A node of the whole tree, parents before children.
#[derive(Debug, Clone, Copy)]
pub(super) struct Whole {
    /// A root is its own.
    pub(super) parent: usize,
    /// What the element from the parent does to voltages before its impedance; nothing if it is a line.
    pub(super) turn: Option<Turn>,
    pub(super) z: Coupled,
    /// Whether current may leave here: an injection or a shunt.
    pub(super) drawn: bool,
}

/// Where a node of the whole tree is found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct View {
    /// Node of the whole tree that the sweeps keep.
    pub(super) kept: usize,
    /// Impedance from here down to it.
    pub(super) rest: Coupled,
    /// Whether the current of that node arrives here, too; else none does.
    pub(super) carrying: bool,
}

/// The view of each node; one that is kept sees itself. `roots` first nodes are roots. Without `merge` all are kept.
pub(super) fn views(tree: &[Whole], roots: usize, merge: bool) -> Vec<View> {
    let carrying = carrying_children(tree, roots);
    // The only child a chain can go on to: a line.
    let mut next = vec![None; tree.len()];
    for n in (roots..tree.len()).filter(|&n| carries(tree, &carrying, n) && tree[n].turn.is_none()) {
        next[tree[n].parent] = Some(n);
    }
    let mut views: Vec<View> = (0..tree.len()).map(|kept| View { kept, rest: Coupled::ZERO, carrying: true }).collect();
    for n in (roots..tree.len()).rev() {
        if let (true, false, 1, Some(child)) = (merge, tree[n].drawn, carrying[n], next[n]) {
            views[n] = View { rest: views[child].rest.plus(tree[child].z), ..views[child] };
        }
    }
    for n in roots..tree.len() {
        if merge && !carries(tree, &carrying, n) {
            views[n] = View { carrying: false, ..views[tree[n].parent] };
        }
    }
    views
}

/// Whether current may flow from the parent to `n`, or a transformer begins there.
fn carries(tree: &[Whole], carrying: &[u32], n: usize) -> bool {
    tree[n].drawn || carrying[n] > 0 || tree[n].turn.is_some()
}

/// How many children of each node carry current.
fn carrying_children(tree: &[Whole], roots: usize) -> Vec<u32> {
    let mut carrying = vec![0; tree.len()];
    for n in (roots..tree.len()).rev() {
        carrying[tree[n].parent] += u32::from(carries(tree, &carrying, n));
    }
    carrying
}

/// The element that feeds kept node `n` once its chain has become one: the kept node at its upper end, the turn, the impedance.
pub(super) fn merged(tree: &[Whole], views: &[View], n: usize) -> (usize, Option<Turn>, Coupled) {
    let mut top = n;
    while views[tree[top].parent].kept != tree[top].parent {
        top = tree[top].parent;
    }
    (tree[top].parent, tree[top].turn, views[top].rest.plus(tree[top].z))
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn line(parent: usize, drawn: bool) -> Whole {
        Whole { parent, turn: None, z: Coupled { own: [1.0, 0.5], mutual: [0.25, 0.0] }, drawn }
    }

    #[test]
    fn chains_merge_stubs_vanish_and_forks_stay() {
        // 0 ─ transformer ─ 1 ─ 2 ─ 3 (fork) ─ 4 ─ 5 drawn;  3 ─ 6 drawn ─ 7 stub ─ 8 stub;  2 ─ 9 stub
        let mut tree = [line(0, false), line(0, false), line(1, false), line(2, false), line(3, false)].to_vec();
        tree.extend([line(4, true), line(3, true), line(6, false), line(7, false), line(2, false)]);
        tree[1].turn = Some([1.0, 0.0, 0.0]);
        let views = views(&tree, 1, true);
        assert_eq!(views.iter().map(|v| v.kept).collect::<Vec<_>>(), [0, 3, 3, 3, 5, 5, 6, 6, 6, 3]);
        assert_eq!(views.iter().map(|v| v.rest.own[0]).collect::<Vec<_>>(), [0.0, 2.0, 1.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0]);
        assert_eq!(merged(&tree, &views, 3), (0, tree[1].turn, tree[0].z.times(3.0)));
        assert_eq!(merged(&tree, &views, 5), (3, None, tree[0].z.times(2.0)));
        let all = super::views(&tree, 1, false);
        assert!(all.iter().enumerate().all(|(n, view)| view.kept == n && view.rest == Coupled::ZERO));
    }
}
