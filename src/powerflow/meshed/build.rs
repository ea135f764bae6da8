//! How the loops of a grid become small matrices, once; the symbols are those of the head of `meshed.rs`.
//!
//! A link `k` from `a` (its first branch's from/hv end) to `b` keeps what the frames of the two ends leave of its turns
//! ratio, `t` (1 for a line):
//!
//! ```text
//! c = C_a·t                       the constant that C_b would be if the link were in the tree
//! m = (u0_b/u0_a)·(c/C_b)         1 unless ratios round the loop, or sources, differ
//! z = Z·|c|²/u0_a²                series impedance in the frame of a
//! y = Y·u0²/|C|²                  half of the shunt, at a with c and u0_a, at b with C_b and u0_b
//! ```

use nalgebra::{Complex as Number, DMatrix};

use super::mesh::{Joint, Link, LinkBranch, Mesh};
use super::sweep::{Cell, gain};
use crate::grid::{Element, Grid, SpanningOrder};
use crate::ids::BranchIdx;
use crate::powerflow::lanes::Lanes;
use crate::powerflow::tree::{Complex, DEAD, Frame, Tree, add, div, folded, mul, rated_currents_a, square, turns};

impl Mesh {
    /// Flattens `grid` in the given `order`, which must be its own.
    pub(in crate::powerflow) fn new(grid: &Grid, order: &SpanningOrder) -> Mesh {
        let frame = Frame::new(grid, order.tree());
        let tree = Tree::new(grid, order.tree());
        let mut mesh = Mesh {
            joints: Vec::new(),
            joint_roots: 0,
            stretch: vec![DEAD; tree.nodes.len()],
            magnitudes: Vec::new(),
            lengths: tree.nodes.iter().map(|node| square(node.z).sqrt()).collect(),
            links: Vec::new(),
            inverse: Vec::new(),
            link_branches: Vec::new(),
            start: vec![[1.0, 0.0]; tree.nodes.len()],
            spread: 0.0,
            shunt_gain: 0.0,
            tree,
        };
        let z: Vec<Complex> = order.links().iter().map(|link| mesh.add_link(grid, order, &frame, &link.branches)).collect();
        mesh.add_joints();
        mesh.close_loops(&z);
        let shunts = mesh.tree.nodes.iter().map(|node| Cell::weighing(Lanes([square(node.y).sqrt()])));
        mesh.shunt_gain = gain(&mesh, &mut shunts.collect::<Vec<_>>()).0[0];
        mesh
    }

    /// Adds a link and its shunts; gives its `z`. Ends are nodes until [`Mesh::add_joints`].
    fn add_link(&mut self, grid: &Grid, order: &SpanningOrder, frame: &Frame, branches: &[BranchIdx]) -> Complex {
        let (at_a, at_b) = grid.branch_buses(branches[0]);
        let in_order = |bus| order.tree().node_of_bus(bus).expect("links are supplied");
        let (a, b) = (in_order(at_a), in_order(at_b));
        let (node_a, node_b) = (self.tree.buses[at_a.i()].node, self.tree.buses[at_b.i()].node);
        let c = match grid.branch_element(branches[0]) {
            Element::Transformer(t) => mul(frame.c[a], turns(&grid.transformers[t])),
            _ => frame.c[a],
        };
        let u0 = (frame.u0[a], frame.u0[b]);
        let m = mul([u0.1 / u0.0, 0.0], div(c, frame.c[b]));
        let (z_a, y_a): (Vec<Complex>, Vec<Complex>) = branches.iter().map(|&k| folded(grid, k, c, u0.0)).unzip();
        let y_b = branches.iter().map(|&k| folded(grid, k, frame.c[b], u0.1).1);
        let z = match z_a[..] {
            // Not through its admittance: a single branch may have no impedance.
            [z] => z,
            _ => div([1.0, 0.0], z_a.iter().map(|&z| div([1.0, 0.0], z)).fold([0.0; 2], add)),
        };
        let amperes = |end: usize| square(frame.c[end]).sqrt() / (frame.u0[end] * 3f64.sqrt());
        for (i, (&branch, y_b)) in branches.iter().zip(y_b).enumerate() {
            let rated_a = rated_currents_a(grid, branch);
            let forward = order.tree().node_of_bus(grid.branch_buses(branch).0) == Some(a);
            self.link_branches.push(LinkBranch {
                branch,
                link: self.links.len() as u32,
                forward,
                share: if branches.len() == 1 { [1.0, 0.0] } else { div(z, z_a[i]) },
                half_y: [y_a[i], y_b],
                per_rated: if forward { [1.0 / rated_a.0, 1.0 / rated_a.1] } else { [1.0 / rated_a.1, 1.0 / rated_a.0] },
                amperes: [amperes(a), amperes(b)],
            });
            for (end, y) in [(node_a, y_a[i]), (node_b, y_b)] {
                let sum = &mut self.tree.nodes[end as usize].y;
                *sum = add(*sum, y);
            }
        }
        self.magnitudes.push([square(m).sqrt(), square(add([1.0, 0.0], [-m[0], -m[1]])).sqrt()]);
        self.links.push(Link { a: node_a, b: node_b, fork: DEAD, m });
        z
    }

    /// Finds joints and stretches, and gives the links their ends as joints.
    fn add_joints(&mut self) {
        let (nodes, roots) = (&self.tree.nodes, self.tree.roots);
        let parent = |i: usize| if i < roots { i } else { nodes[i].parent as usize };
        let mut is_joint = vec![false; nodes.len()];
        let mut above = vec![false; nodes.len()];
        for end in self.links.iter().flat_map(|link| [link.a, link.b]) {
            is_joint[end as usize] = true;
            above[end as usize] = true;
        }
        for i in (roots..nodes.len()).rev() {
            if above[i] {
                // A second way that comes by makes a joint.
                let met = std::mem::replace(&mut above[parent(i)], true);
                is_joint[parent(i)] |= met || parent(i) < roots;
            }
        }
        let mut joint_of = vec![DEAD; nodes.len()];
        for i in (0..nodes.len()).filter(|&i| is_joint[i]) {
            joint_of[i] = self.joints.len() as u32;
            self.joints.push(Joint { node: i as u32, parent: 0 });
        }
        self.joint_roots = self.joints.partition_point(|joint| (joint.node as usize) < roots);
        for place in 0..self.joints.len() {
            let mut at = self.joints[place].node as usize;
            while at >= roots && (at == self.joints[place].node as usize || !is_joint[at]) {
                self.stretch[at] = place as u32;
                at = parent(at);
            }
            self.joints[place].parent = joint_of[at];
        }
        for link in &mut self.links {
            (link.a, link.b) = (joint_of[link.a as usize], joint_of[link.b as usize]);
            // Joints grow downwards: the later of two is not above the other.
            let (mut x, mut y) = (link.a, link.b);
            while x != y && x.max(y) as usize >= self.joint_roots {
                let lower = if x > y { &mut x } else { &mut y };
                *lower = self.joints[*lower as usize].parent;
            }
            link.fork = x.min(y);
        }
    }

    /// `B = M⁻¹`, `ρ` and the start.
    fn close_loops(&mut self, z: &[Complex]) {
        let n = self.links.len();
        let mut length = vec![[0.0; 2]; self.joints.len()];
        for (node, &joint) in self.tree.nodes.iter().zip(&self.stretch).filter(|(_, joint)| **joint != DEAD) {
            length[joint as usize] = add(length[joint as usize], node.z);
        }
        let carried: Vec<Vec<Complex>> = self.links.iter().map(|link| self.carried(link)).collect();
        let answers: Vec<Vec<Complex>> = carried.iter().map(|carried| self.voltages(&length, carried)).collect();
        let m = DMatrix::from_fn(n, n, |k, l| {
            let own = if k == l { z[k] } else { [0.0; 2] };
            let [re, im] = self.links[k].difference(&answers[l]);
            Number::new(own[0] - re, own[1] - im)
        });
        // Impedances that cancel round a loop leave no number, and no step converges.
        let inverse = m.try_inverse().unwrap_or_else(|| DMatrix::from_element(n, n, Number::new(f64::NAN, f64::NAN)));
        self.inverse = (0..n * n).map(|i| inverse[(i / n, i % n)]).map(|x| [x.re, x.im]).collect();
        // Row by row per joint: the current on its stretch by 1 at each e.
        let per_e = |joint: usize| -> Vec<Complex> {
            (0..n).map(|k| (0..n).map(|l| mul(carried[l][joint], self.inverse[l * n + k])).fold([0.0; 2], add)).collect()
        };
        let currents: Vec<Vec<Complex>> = (0..self.joints.len()).map(per_e).collect();
        let at_rest: Vec<Complex> = self.links.iter().map(|link| add([1.0, 0.0], [-link.m[0], -link.m[1]])).collect();
        // ∂v/∂e of each node with a stretch, by its parent's.
        let mut answer = vec![Vec::new(); self.tree.nodes.len()];
        let none = vec![[0.0; 2]; n];
        for i in self.tree.roots..self.tree.nodes.len() {
            let (node, joint) = (self.tree.nodes[i], self.stretch[i]);
            if joint == DEAD {
                self.start[i] = self.start[node.parent as usize];
                continue;
            }
            let above: &[Complex] = if answer[node.parent as usize].is_empty() { &none } else { &answer[node.parent as usize] };
            let drop = currents[joint as usize].iter().map(|&j| mul(node.z, j));
            let own: Vec<Complex> = above.iter().zip(drop).map(|(v, drop)| add(*v, [-drop[0], -drop[1]])).collect();
            self.start[i] = own.iter().zip(&at_rest).map(|(v, e)| mul(*v, *e)).fold([1.0, 0.0], add);
            self.spread = self.spread.max(own.iter().map(|v| square(*v).sqrt()).sum());
            answer[i] = own;
        }
    }

    /// Current on each joint's stretch by 1 in `link` and none in others.
    fn carried(&self, link: &Link) -> Vec<Complex> {
        let mut j = vec![[0.0; 2]; self.joints.len()];
        j[link.a as usize] = add(j[link.a as usize], [1.0, 0.0]);
        j[link.b as usize] = add(j[link.b as usize], [-link.m[0], link.m[1]]);
        for joint in (self.joint_roots..j.len()).rev() {
            let parent = self.joints[joint].parent as usize;
            j[parent] = add(j[parent], j[joint]);
        }
        j
    }

    /// Change of the joints' voltages by currents on stretches of these impedances.
    fn voltages(&self, length: &[Complex], carried: &[Complex]) -> Vec<Complex> {
        let mut v = vec![[0.0; 2]; self.joints.len()];
        for joint in self.joint_roots..v.len() {
            let [re, im] = mul(length[joint], carried[joint]);
            v[joint] = add(v[self.joints[joint].parent as usize], [-re, -im]);
        }
        v
    }
}

impl Link {
    /// `v_a − m·v_b` of the joints' voltages.
    fn difference(&self, v: &[Complex]) -> Complex {
        let [re, im] = mul(self.m, v[self.b as usize]);
        add(v[self.a as usize], [-re, -im])
    }
}
