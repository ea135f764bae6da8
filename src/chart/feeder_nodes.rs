//! What a drawing of a feeder shows: the buses drawn and what is folded into each.

use super::feeder::FeederMap;
use super::feeder_fold::Fold;
use super::feeder_forest::{Edge, edges};

/// What is drawn: buses and the branches between them, with what is folded into each bus.
pub(crate) struct Nodes {
    pub(crate) fold: Fold,
    /// Between drawn buses, as positions among them.
    pub(crate) edges: Vec<Edge>,
    /// Branch of each edge, or a number beyond the branches for a switch.
    pub(crate) branch: Vec<usize>,
    /// By drawn bus the most loaded branch folded into it.
    pub(crate) worst_inside: Vec<Option<usize>>,
    /// By drawn bus the bus farthest outside its band of those it stands for.
    pub(crate) outside: Vec<Option<Outside>>,
    /// By drawn bus whether it stands for a connection.
    pub(crate) connected: Vec<bool>,
    /// By drawn bus, where there is more than it can show by aggregator, the peak powers of its connections together, W.
    pub(crate) folded_w: Option<Vec<f64>>,
}

/// A voltage outside its band.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Outside {
    /// By how much, pu.
    pub(crate) by: f64,
    /// The voltage, pu.
    pub(crate) u_pu: f64,
}

impl Nodes {
    pub(crate) fn new(input: &FeederMap<'_>) -> Nodes {
        let grid = input.grid;
        assert_eq!(input.worst_loading.len(), grid.branches(), "one loading per branch");
        assert_eq!(input.voltage_pu.len(), grid.buses.len(), "one voltage range per bus");
        assert_eq!(input.peak_power_w.len(), grid.connections.len(), "one peak per connection");
        assert_eq!(input.aggregator.len(), grid.connections.len(), "one aggregator or none per connection");

        let all = edges(grid);
        let fold = Fold::new(grid, &all);
        let (branch, inside) = fold.split(&all);
        let end = |bus: usize| fold.part_of[bus];
        let drawn = |&k: &usize| Edge { buses: (end(all[k].buses.0), end(all[k].buses.1)), ..all[k] };
        let loading = |k: usize| input.worst_loading.get(k).copied().unwrap_or(f64::NAN);
        let worst = |inside: &Vec<usize>| {
            inside.iter().copied().filter(|&k| !loading(k).is_nan()).reduce(|a, b| if loading(b) > loading(a) { b } else { a })
        };
        let mut outside: Vec<Option<Outside>> = vec![None; fold.drawn.len()];
        for bus in 0..grid.buses.len() {
            let here = &mut outside[end(bus)];
            *here = match (*here, outside_band(input, bus)) {
                (Some(known), Some(new)) if new.by <= known.by => Some(known),
                (known, new) => new.or(known),
            };
        }
        let mut connected = vec![false; fold.drawn.len()];
        grid.connections.iter().for_each(|c| connected[end(c.bus.i())] = true);
        let folded_w = (!fold.is_whole()).then(|| {
            let mut peaks = vec![0.0; fold.drawn.len()];
            grid.connections.iter().zip(input.peak_power_w).for_each(|(c, p)| peaks[end(c.bus.i())] += p.abs());
            peaks
        });
        Nodes {
            edges: branch.iter().map(drawn).collect(),
            worst_inside: inside.iter().map(worst).collect(),
            branch,
            outside,
            connected,
            folded_w,
            fold,
        }
    }
}

/// How far a bus leaves its band, and the voltage that does so most.
fn outside_band(input: &FeederMap<'_>, bus: usize) -> Option<Outside> {
    let ((low, high), b) = (input.voltage_pu[bus], &input.grid.buses[bus]);
    let (under, over) = (b.u_min_pu - low, high - b.u_max_pu);
    if over > 0.0 && (under.is_nan() || under <= over) {
        Some(Outside { by: over, u_pu: high })
    } else {
        (under > 0.0).then_some(Outside { by: under, u_pu: low })
    }
}
