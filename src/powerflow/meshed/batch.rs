//! Stand-in until the merge.
use super::network::MeshedNetwork;
use super::sweep::{self, Buffers, End};
use super::write;
use crate::ids::BusIdx;
use crate::powerflow::lanes::Lanes;
use crate::powerflow::solution::{Options, Outputs, Rows, Status, Summary};

#[derive(Debug, Clone, Default)]
pub(crate) struct MeshedWorkspace {
    group: Buffers<8>,
    single: Buffers<1>,
}

struct Job<'a> {
    network: &'a MeshedNetwork,
    p_w: &'a [f64],
    q_var: &'a [f64],
    options: Options,
    outputs: Outputs,
}

#[allow(clippy::too_many_arguments)]
pub(crate) fn run(
    network: &MeshedNetwork,
    p_w: &[f64],
    q_var: &[f64],
    options: Options,
    outputs: Outputs,
    w: &mut MeshedWorkspace,
    rows: &mut Rows<'_>,
    avx2: bool,
) -> Summary {
    let job = Job { network, p_w, q_var, options, outputs };
    let steps = p_w.len() / network.tree.injections();
    let grouped = if steps % 8 == 1 { steps - 1 } else { steps };
    w.group.fit(network);
    w.single.fit(network);
    if avx2 {
        #[allow(unsafe_code)]
        unsafe {
            groups_avx2(&job, grouped, &mut w.group, rows)
        }
    } else {
        job.groups(grouped, &mut w.group, rows)
    }
    if grouped < steps {
        job.group(grouped, 1, &mut w.single, rows)
    }
    rows.summary()
}
#[target_feature(enable = "avx2")]
fn groups_avx2(job: &Job<'_>, steps: usize, b: &mut Buffers<8>, rows: &mut Rows<'_>) {
    job.groups(steps, b, rows)
}

impl Job<'_> {
    #[inline(always)]
    fn groups(&self, steps: usize, b: &mut Buffers<8>, rows: &mut Rows<'_>) {
        for first in (0..steps).step_by(8) {
            self.group(first, usize::min(8, steps - first), b, rows);
        }
    }
    #[inline(always)]
    fn group<const W: usize>(&self, first: usize, steps: usize, b: &mut Buffers<W>, rows: &mut Rows<'_>) {
        self.load(first, steps, b);
        let ends = sweep::solve(self.network, self.options, b);
        if self.outputs.voltage {
            write::voltages(self.network, &b.cells, first, steps, rows);
        }
        if self.outputs.totals || self.outputs.branch {
            sweep::flows(self.network, b);
        }
        if self.outputs.totals {
            write::totals(self.network, b, first, steps, rows);
        }
        if self.outputs.branch {
            write::branches(self.network, b, first, steps, rows);
        }
        for (l, end) in ends.into_iter().enumerate().take(steps) {
            rows.status[first + l] = match end {
                End::Converged { sweeps, error_pu } => Status::Converged { iterations: sweeps, error_pu },
                End::Moving { change_pu } => Status::IterationLimit { change_pu },
                End::Collapsed => Status::Collapsed { bus: self.lowest(first, steps, l, b) },
            };
            if !rows.status[first + l].converged() {
                rows.blank(first + l);
            }
        }
    }
    #[cold]
    fn lowest<const W: usize>(&self, first: usize, steps: usize, l: usize, b: &mut Buffers<W>) -> BusIdx {
        self.load(first, steps, b);
        sweep::first(self.network, b);
        let key = |node: &usize| {
            let u = sweep::square(b.cells[*node].v).0[l];
            if u.is_finite() { u } else { f64::NEG_INFINITY }
        };
        let node = (0..b.cells.len()).min_by(|x, y| key(x).total_cmp(&key(y))).expect("a network has nodes");
        self.network.tree.bus_of_node[node]
    }
    #[inline(always)]
    fn load<const W: usize>(&self, first: usize, steps: usize, b: &mut Buffers<W>) {
        let width = self.network.tree.injections();
        let (p_w, q_var) = (take::<W>(self.p_w, width, first, steps), take::<W>(self.q_var, width, first, steps));
        for &node in &self.network.tree.bare {
            b.cells[node as usize].s = [Lanes::ZERO; 2];
        }
        for load in &self.network.tree.loads {
            let cell = &mut b.cells[load.node as usize];
            let s = [Lanes::gather(&p_w, load.row as usize), Lanes::gather(&q_var, load.row as usize)];
            cell.s = if load.first { s } else { sweep::plus(cell.s, s) };
        }
    }
}

#[inline(always)]
fn take<const W: usize>(all: &[f64], width: usize, first: usize, steps: usize) -> [&[f64]; W] {
    let mut rows = [&all[..0]; W];
    for (l, row) in rows.iter_mut().enumerate() {
        *row = &all[(first + usize::min(l, steps - 1)) * width..][..width];
    }
    rows
}
