//! Which buses of a large feeder are drawn, and what each of them stands for.
//!
//! A drawing of thousands of buses shows nothing, so above [`MOST_WHOLE`] buses only those stay that carry the most: every other
//! one is *folded* into the drawn bus that feeds it. First the supply areas behind transformers that are small beside the whole
//! go into the bus that feeds the transformer (a station becomes one symbol), then the ends of the branches: the buses with the
//! most buses behind them stay, as many as there is room for, all of equal weight or none. Last, of branches longer than the
//! page is wide in symbols every second, third … bus stays.

use super::feeder_forest::{Edge, Forest, TRANSFORMER_HOPS, forest};
use crate::grid::Grid;

/// Feeders of up to so many buses are drawn bus by bus.
const MOST_WHOLE: usize = 1000;

/// Of larger ones so many buses are drawn at most, but for islands.
const MOST_DRAWN: usize = 600;

/// The area behind a transformer is folded if it holds less than this part of all buses: its share of the room would be too
/// small to show anything in.
const AREA: usize = 40;

/// Longest way from a source that is drawn bus by bus, in columns of the tree.
const MOST_COLUMNS: usize = 40;

/// Which buses are drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fold {
    /// Drawn buses, as rows of the grid's table, ascending.
    pub(crate) drawn: Vec<usize>,
    /// Position in `drawn`, by bus, of the bus itself or of the one it is folded into.
    pub(crate) part_of: Vec<usize>,
}

impl Fold {
    /// Decides for a grid whose branches and closed switches are `edges`.
    pub(crate) fn new(grid: &Grid, edges: &[Edge]) -> Fold {
        let buses = grid.buses.len();
        if buses <= MOST_WHOLE {
            return Fold { drawn: (0..buses).collect(), part_of: (0..buses).collect() };
        }
        let sources: Vec<usize> = grid.sources.iter().map(|s| s.bus.i()).collect();
        let forest = forest(buses, edges, &sources);
        let weight = weights(&forest);
        let hidden = small_areas(&forest, &weight);
        let mut left: Vec<usize> = (0..buses).filter(|&i| !hidden[i]).map(|i| weight[i]).collect();
        left.sort_unstable_by(|a, b| b.cmp(a));
        let too_light = left.get(MOST_DRAWN).copied().unwrap_or(0);
        // Islands have nothing that feeds them, so their first bus always stays.
        let mut stays: Vec<bool> = (0..buses).map(|i| !hidden[i] && weight[i] > too_light).collect();
        forest.roots.iter().for_each(|&root| stays[root] = true);
        thin_out(&forest, &mut stays);

        let drawn: Vec<usize> = (0..buses).filter(|&i| stays[i]).collect();
        let mut part_of = vec![0; buses];
        drawn.iter().enumerate().for_each(|(position, &bus)| part_of[bus] = position);
        for &i in &forest.order {
            for &(child, _) in forest.all[i].children.iter().filter(|(child, _)| !stays[*child]) {
                part_of[child] = part_of[i];
            }
        }
        Fold { drawn, part_of }
    }

    /// Whether every bus is drawn.
    pub(crate) fn is_whole(&self) -> bool {
        self.drawn.len() == self.part_of.len()
    }

    /// Branches between different drawn buses, and by drawn bus the branches folded into it, as positions in `edges`.
    pub(crate) fn split(&self, edges: &[Edge]) -> (Vec<usize>, Vec<Vec<usize>>) {
        let (mut between, mut inside) = (Vec::new(), vec![Vec::new(); self.drawn.len()]);
        for (k, e) in edges.iter().enumerate() {
            let (a, b) = (self.part_of[e.buses.0], self.part_of[e.buses.1]);
            if a == b { inside[a].push(k) } else { between.push(k) }
        }
        (between, inside)
    }
}

/// How many buses hang on each, itself included.
fn weights(forest: &Forest) -> Vec<usize> {
    let mut weight = vec![1; forest.all.len()];
    for &i in forest.order.iter().rev() {
        weight[i] += forest.all[i].children.iter().map(|&(child, _)| weight[child]).sum::<usize>();
    }
    weight
}

/// Which buses lie behind a transformer in an area that is small beside the whole.
fn small_areas(forest: &Forest, weight: &[usize]) -> Vec<bool> {
    let mut hidden = vec![false; weight.len()];
    for &i in &forest.order {
        for &(child, hops) in &forest.all[i].children {
            hidden[child] = hidden[i] || (hops == TRANSFORMER_HOPS && weight[child] * AREA < weight.len());
        }
    }
    hidden
}

/// Of ways longer than [`MOST_COLUMNS`] lets only buses stay whose column is a multiple of the same number, and the ends of
/// transformers.
fn thin_out(forest: &Forest, stays: &mut [bool]) {
    let mut column = vec![0; stays.len()];
    let mut transforms = vec![false; stays.len()];
    for &i in &forest.order {
        for &(child, hops) in &forest.all[i].children {
            column[child] = column[i] + hops;
            if hops == TRANSFORMER_HOPS && stays[child] {
                (transforms[i], transforms[child]) = (true, true);
            }
        }
    }
    let longest = (0..stays.len()).filter(|&i| stays[i]).map(|i| column[i]).max().unwrap_or(0);
    let every = longest.div_ceil(MOST_COLUMNS).max(1);
    (0..stays.len()).for_each(|i| stays[i] &= column[i].is_multiple_of(every) || transforms[i]);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grid::{Bus, Source};
    use crate::ids::BusIdx;
    use proptest::prelude::*;

    fn grid(buses: usize) -> Grid {
        let bus = |k: usize| Bus { id: k.to_string(), u_rated_v: 400.0, u_min_pu: 0.9, u_max_pu: 1.1, position: None };
        let sources = vec![Source { bus: BusIdx(0), u_pu: 1.0, angle_deg: 0.0 }];
        Grid { buses: (0..buses).map(bus).collect(), sources, ..Grid::default() }
    }

    #[test]
    fn stations_are_folded_into_what_feeds_them() {
        // Four trunks of 25 buses from the first, each bus with a transformer to a street of ten.
        let line = |a, b| Edge { buses: (a, b), transformer: false };
        let mut edges: Vec<Edge> = (1..100).map(|k| line(if k % 25 == 0 { 0 } else { k - 1 }, k)).collect();
        for k in 0..100 {
            edges.push(Edge { buses: (k, 100 + 10 * k), transformer: true });
            edges.extend((1..10).map(|j| line(100 + 10 * k + j - 1, 100 + 10 * k + j)));
        }
        let fold = Fold::new(&grid(1100), &edges);
        assert_eq!(fold.drawn, (0..100).collect::<Vec<_>>());
        assert!((0..1000).all(|k| fold.part_of[100 + k] == k / 10));
        let (between, inside) = fold.split(&edges);
        assert_eq!((between.len(), inside[0].len()), (99, 10));
    }

    #[test]
    fn a_long_trunk_is_thinned_out() {
        let edges: Vec<Edge> = (1..2000).map(|k| Edge { buses: (k - 1, k), transformer: k == 1 }).collect();
        let fold = Fold::new(&grid(2000), &edges);
        assert!((30..=MOST_COLUMNS + 3).contains(&fold.drawn.len()), "{}", fold.drawn.len());
        assert_eq!(fold.drawn[..2], [0, 1]);
        assert_eq!(fold.split(&edges).0.len(), fold.drawn.len() - 1);
    }

    proptest! {
        #[test]
        fn a_bus_is_drawn_or_part_of_what_feeds_it(parents in prop::collection::vec(0_usize..100_000, 1000..3000)) {
            let parent = |i: usize| parents[i - 1] % i;
            let edges: Vec<Edge> =
                (1..=parents.len()).map(|i| Edge { buses: (parent(i), i), transformer: parents[i - 1] % 7 == 0 }).collect();
            let fold = Fold::new(&grid(parents.len() + 1), &edges);
            prop_assert!(!fold.drawn.is_empty() && fold.drawn.len() <= MOST_DRAWN && fold.drawn[0] == 0);
            let drawn = |i: usize| fold.drawn[fold.part_of[i]] == i;
            for i in 1..=parents.len() {
                prop_assert!(drawn(i) || fold.part_of[i] == fold.part_of[parent(i)], "bus {i}");
            }
        }
    }
}
