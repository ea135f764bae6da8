//! Cheapest heating of a building: powers per slot that keep its air in a band.
//!
//! With `x = (T_i, T_m)` after slot `k` and `q_kj` the heat from source `j` of that slot (a heat pump on surplus power, on power from
//! the grid, a rod), the linear programme
//!
//! ```text
//! least Σ π_kj q_kj + Σ ρ_k s_k,   x_k = F x_{k−1} + b Σ_j q_kj + w_k,   0 ≤ q_kj ≤ Q_kj
//! T_i,k ≥ low_k − s,   T_i,k ≤ high_k + s,   x_n ≥ end − s,   s ≥ 0
//! ```
//!
//! is solved by an interior-point method (Mehrotra's predictor and corrector). A Newton step of it is a control problem with two states
//! and a quadratic cost, so a sweep back and a sweep forth solve it (Riccati); its effort grows with the number of slots only.
//!
//! Terms of the Newton step, with slack `t = ±(x − bound) + s`, its multiplier `z` and `ρ − z` that of `s`:
//!
//! ```text
//! state       Q += D,   gradient −(z − D e),   D = 1/(s/(ρ − z) + t/z),   e = (t − s) + c_s/(ρ − z) − c_t/z
//! source      R_j = z_l/q + z_u/(Q − q),   r_j = π − c_l/q + c_u/(Q − q);   sources in parallel: 1/R = Σ 1/R_j,  r = R Σ r_j/R_j
//! ```
//!
//! `c` are the products of slack and multiplier that the step aims at. The gap to the optimum is the sum of those products. Every limit on a
//! state is soft, so a plan exists always; with `ρ` beyond what heat is worth the limits hold wherever they can.

/// Sources of heat in a slot.
pub const SOURCES: usize = 4;
/// Limits on states: air from below, air from above, mass from below.
const LIMITS: usize = 3;
/// Gap at which a plan is good enough for a device, as a share of its cost.
pub const USUAL_GAP: f64 = 5e-4;
/// Newton steps at most.
const STEPS: usize = 60;
/// Sources below this share of the largest are none.
const NOTHING: f64 = 1e-9;

/// A source of heat in a slot.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Source {
    /// Heat that it gives at most, kW.
    pub most_kw: f64,
    /// Cost of a kW of heat over the slot.
    pub price: f64,
}

/// A slot of heating.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Slot {
    /// What gives heat.
    pub sources: [Source; SOURCES],
    /// Rise of air and mass by everything else, K.
    pub drift_k: [f64; 2],
    /// Band of the air at the end of the slot, °C.
    pub band_c: (f64, f64),
}

/// Heating over a horizon.
#[derive(Debug, Clone, Copy)]
pub struct Problem<'a> {
    /// `F`.
    pub keep: [[f64; 2]; 2],
    /// `b`, K per kW.
    pub rise_k_kw: [f64; 2],
    /// Air and mass at the beginning, °C.
    pub start_c: [f64; 2],
    /// The slots.
    pub slots: &'a [Slot],
    /// Air and mass wanted at the end, °C.
    pub end_c: [f64; 2],
    /// Cost of a kelvin outside the band at the end of a slot, below and above it.
    pub outside: (f64, f64),
    /// Cost of a kelvin short of the end, air and mass.
    pub short: [f64; 2],
    /// Gap at which a plan is good enough, as a share of its cost.
    pub gap: f64,
}

/// A limit on a state.
#[derive(Debug, Clone, Copy, Default)]
struct Limit {
    penalty: f64,
    /// The state, and whether it is limited from below (+1) or above (−1).
    state: usize,
    sign: f64,
    t: f64,
    s: f64,
    z: f64,
    dt: f64,
    ds: f64,
    dz: f64,
    /// `D`, and the reciprocals of `ρ − z` and `z`.
    d: f64,
    per_y: f64,
    per_z: f64,
}

/// A source as the method sees it.
#[derive(Debug, Clone, Copy, Default)]
struct Input {
    most: f64,
    price: f64,
    q: f64,
    low: f64,
    high: f64,
    dq: f64,
    dlow: f64,
    dhigh: f64,
    /// Reciprocals of `R_j`, of `q` and of `Q − q`.
    per_r: f64,
    per_q: f64,
    per_room: f64,
    gradient: f64,
}

/// A slot as the method sees it.
#[derive(Debug, Clone, Copy, Default)]
struct Stage {
    inputs: [Input; SOURCES],
    used: usize,
    limits: [Limit; LIMITS],
    limited: usize,
    x: [f64; 2],
    /// `R` and `r` of all sources together; no source leaves `R` infinite.
    r: f64,
    gradient: f64,
    /// `b'P̄F`, and the reciprocal of `R + b'P̄b`.
    coupling: [f64; 2],
    per_pivot: f64,
    feed: f64,
}

/// Memory that plans share.
#[derive(Debug, Default)]
pub struct Buffers {
    stages: Vec<Stage>,
}

/// Heat per slot, kW, sources together, and the cost without penalties.
#[must_use]
pub fn cheapest_heating(problem: &Problem<'_>, buffers: &mut Buffers) -> (Vec<f64>, f64) {
    let stages = &mut buffers.stages;
    let floor = begin(problem, stages);
    let mut off = 1.0;
    for _ in 0..STEPS {
        let (gap, pairs) = products(stages, 0.0);
        let cost = cost(stages);
        if gap <= problem.gap * (cost.0.abs() + cost.1 + floor) && off <= 1e-6 {
            break;
        }
        let mu = gap / pairs;
        factor(problem, stages);
        newton(problem, stages, None);
        let (affine, _) = products(stages, step_length(stages, 1.0));
        let share = affine / gap;
        newton(problem, stages, Some(share * share * share * mu));
        let length = step_length(stages, 0.995);
        advance(stages, length);
        off *= 1.0 - length;
    }
    let heat = stages.iter().map(|s| s.inputs[..s.used].iter().map(|i| i.q).sum()).collect();
    (heat, cost(stages).0)
}

/// Cost of the heat, and of what is outside the limits.
fn cost(stages: &[Stage]) -> (f64, f64) {
    let mut sums = (0.0, 0.0);
    for stage in stages {
        stage.inputs[..stage.used].iter().for_each(|i| sums.0 += i.price * i.q);
        stage.limits[..stage.limited].iter().for_each(|l| sums.1 += l.penalty * l.s);
    }
    sums
}

/// A first point inside all limits; returns what full power costs in the dearest slot.
fn begin(problem: &Problem<'_>, stages: &mut Vec<Stage>) -> f64 {
    stages.clear();
    let (mut largest, mut dearest) = (0.0_f64, 0.0_f64);
    for source in problem.slots.iter().flat_map(|s| &s.sources) {
        largest = largest.max(source.most_kw);
        dearest = dearest.max(if source.most_kw > 0.0 { source.price.abs() } else { 0.0 });
    }
    let worth = if dearest > 0.0 { dearest } else { 1.0 };
    let mu = 0.1 * worth * largest.max(NOTHING);
    let mut x = problem.start_c;
    for (k, slot) in problem.slots.iter().enumerate() {
        let mut stage = Stage::default();
        let mut heat = 0.0;
        for source in slot.sources.iter().filter(|s| s.most_kw > NOTHING * largest) {
            let q = 0.5 * source.most_kw;
            heat += q;
            let (low, high) = (source.price.max(0.0) + 0.1 * worth, (-source.price).max(0.0) + 0.1 * worth);
            stage.inputs[stage.used] = Input { most: source.most_kw, price: source.price, q, low, high, ..Input::default() };
            stage.used += 1;
        }
        let [row_i, row_m] = problem.keep;
        x = [
            row_i[0] * x[0] + row_i[1] * x[1] + problem.rise_k_kw[0] * heat + slot.drift_k[0],
            row_m[0] * x[0] + row_m[1] * x[1] + problem.rise_k_kw[1] * heat + slot.drift_k[1],
        ];
        stage.x = x;
        let (mut low, high) = slot.band_c;
        let mut below = problem.outside.0;
        let last = k + 1 == problem.slots.len();
        if last && problem.end_c[0] > low {
            (low, below) = (problem.end_c[0], problem.short[0]);
        }
        stage.limit(0, 1.0, low, below, mu);
        stage.limit(0, -1.0, high, problem.outside.1, mu);
        if last {
            stage.limit(1, 1.0, problem.end_c[1], problem.short[1], mu);
        }
        stages.push(stage);
    }
    worth * largest
}

impl Stage {
    fn limit(&mut self, state: usize, sign: f64, bound: f64, penalty: f64, mu: f64) {
        if penalty <= 0.0 || !bound.is_finite() {
            return;
        }
        let inside = sign * (self.x[state] - bound);
        let s = (-inside).max(0.0) + 0.2 + mu / penalty;
        let t = inside + s;
        let z = (mu / t).clamp(1e-4 * penalty, 0.5 * penalty);
        self.limits[self.limited] = Limit { penalty, state, sign, t, s, z, ..Limit::default() };
        self.limited += 1;
    }
}

/// Sum of products of slack and multiplier after a step of `length`, and their number.
fn products(stages: &[Stage], length: f64) -> (f64, f64) {
    let (mut sum, mut pairs) = (0.0, 0.0);
    for stage in stages {
        for i in &stage.inputs[..stage.used] {
            let q = i.q + length * i.dq;
            sum += q * (i.low + length * i.dlow) + (i.most - q) * (i.high + length * i.dhigh);
            pairs += 2.0;
        }
        for l in &stage.limits[..stage.limited] {
            let z = l.z + length * l.dz;
            sum += (l.t + length * l.dt) * z + (l.s + length * l.ds) * (l.penalty - z);
            pairs += 2.0;
        }
    }
    (sum, pairs)
}

/// What both Newton steps of a round share: the quadratic terms, and how inputs follow the state.
fn factor(problem: &Problem<'_>, stages: &mut [Stage]) {
    let [f_i, f_m] = problem.keep;
    let b = problem.rise_k_kw;
    // P is symmetric: (ii, im, mm).
    let mut p = [0.0; 3];
    for stage in stages.iter_mut().rev() {
        for l in &mut stage.limits[..stage.limited] {
            (l.per_y, l.per_z) = (1.0 / (l.penalty - l.z), 1.0 / l.z);
            l.d = 1.0 / (l.s * l.per_y + l.t * l.per_z);
            p[2 * l.state] += l.d;
        }
        let mut inverse = 0.0;
        for i in &mut stage.inputs[..stage.used] {
            (i.per_q, i.per_room) = (1.0 / i.q, 1.0 / (i.most - i.q));
            i.per_r = 1.0 / (i.low * i.per_q + i.high * i.per_room);
            inverse += i.per_r;
        }
        let pb = [p[0] * b[0] + p[1] * b[1], p[1] * b[0] + p[2] * b[1]];
        let pa = [
            [p[0] * f_i[0] + p[1] * f_m[0], p[0] * f_i[1] + p[1] * f_m[1]],
            [p[1] * f_i[0] + p[2] * f_m[0], p[1] * f_i[1] + p[2] * f_m[1]],
        ];
        p = [f_i[0] * pa[0][0] + f_m[0] * pa[1][0], f_i[0] * pa[0][1] + f_m[0] * pa[1][1], f_i[1] * pa[0][1] + f_m[1] * pa[1][1]];
        if stage.used > 0 {
            stage.r = 1.0 / inverse;
            stage.coupling = [pb[0] * f_i[0] + pb[1] * f_m[0], pb[0] * f_i[1] + pb[1] * f_m[1]];
            stage.per_pivot = 1.0 / (stage.r + b[0] * pb[0] + b[1] * pb[1]);
            let [u, v] = stage.coupling;
            let (u_pivot, v_pivot) = (u * stage.per_pivot, v * stage.per_pivot);
            p = [p[0] - u * u_pivot, p[1] - u * v_pivot, p[2] - v * v_pivot];
        }
    }
}

/// A Newton step towards products of nothing, or, with `aim`, towards that product with what the step before bent taken back.
fn newton(problem: &Problem<'_>, stages: &mut [Stage], aim: Option<f64>) {
    let [f_i, f_m] = problem.keep;
    let b = problem.rise_k_kw;
    let (aim, bent) = aim.map_or((0.0, 0.0), |aim| (aim, 1.0));
    let mut g = [0.0; 2];
    for stage in stages.iter_mut().rev() {
        for l in &stage.limits[..stage.limited] {
            let (to_s, to_t) = l.products(aim, bent);
            g[l.state] -= l.sign * (l.z - l.d * l.miss(to_s, to_t));
        }
        let bg = b[0] * g[0] + b[1] * g[1];
        g = [f_i[0] * g[0] + f_m[0] * g[1], f_i[1] * g[0] + f_m[1] * g[1]];
        if stage.used > 0 {
            let mut weighted = 0.0;
            for i in &mut stage.inputs[..stage.used] {
                let (to_low, to_high) = i.products(aim, bent);
                i.gradient = i.price - to_low * i.per_q + to_high * i.per_room;
                weighted += i.gradient * i.per_r;
            }
            stage.gradient = weighted * stage.r;
            stage.feed = -(stage.gradient + bg) * stage.per_pivot;
            let [u, v] = stage.coupling;
            g = [g[0] + u * stage.feed, g[1] + v * stage.feed];
        }
    }
    let mut dx = [0.0; 2];
    for stage in stages.iter_mut() {
        let mut dq = 0.0;
        if stage.used > 0 {
            dq = stage.feed - (stage.coupling[0] * dx[0] + stage.coupling[1] * dx[1]) * stage.per_pivot;
            let level = stage.r * dq + stage.gradient;
            for i in &mut stage.inputs[..stage.used] {
                let (to_low, to_high) = i.products(aim, bent);
                i.dq = (level - i.gradient) * i.per_r;
                i.dlow = (to_low - i.low * i.dq) * i.per_q - i.low;
                i.dhigh = (to_high + i.high * i.dq) * i.per_room - i.high;
            }
        }
        dx = [f_i[0] * dx[0] + f_i[1] * dx[1] + b[0] * dq, f_m[0] * dx[0] + f_m[1] * dx[1] + b[1] * dq];
        for l in &mut stage.limits[..stage.limited] {
            let (to_s, to_t) = l.products(aim, bent);
            l.dz = -l.d * (l.sign * dx[l.state] + l.miss(to_s, to_t));
            l.ds = (to_s + l.s * l.dz) * l.per_y - l.s;
            l.dt = (to_t - l.t * l.dz) * l.per_z - l.t;
        }
    }
}

impl Limit {
    /// Products that a step aims at: of `s` and `ρ − z`, of `t` and `z`.
    #[inline]
    fn products(&self, aim: f64, bent: f64) -> (f64, f64) {
        (aim + bent * self.ds * self.dz, aim - bent * self.dt * self.dz)
    }

    /// `e`.
    #[inline]
    fn miss(&self, to_s: f64, to_t: f64) -> f64 {
        (self.t - self.s) + to_s * self.per_y - to_t * self.per_z
    }
}

impl Input {
    /// Products that a step aims at: of `q` and its multiplier, of `Q − q` and its multiplier.
    #[inline]
    fn products(&self, aim: f64, bent: f64) -> (f64, f64) {
        (aim - bent * self.dq * self.dlow, aim + bent * self.dq * self.dhigh)
    }
}

/// The longest step that keeps a share of every slack and multiplier.
fn step_length(stages: &[Stage], share: f64) -> f64 {
    // The reciprocal grows with what runs out first; most do not, and need no division.
    let mut fastest = share;
    let mut runs_out = |loss: f64, of: f64| {
        if loss > fastest * of {
            fastest = loss / of;
        }
    };
    for stage in stages {
        for i in &stage.inputs[..stage.used] {
            runs_out(-i.dq, i.q);
            runs_out(i.dq, i.most - i.q);
            runs_out(-i.dlow, i.low);
            runs_out(-i.dhigh, i.high);
        }
        for l in &stage.limits[..stage.limited] {
            runs_out(-l.dt, l.t);
            runs_out(-l.ds, l.s);
            runs_out(-l.dz, l.z);
            runs_out(l.dz, l.penalty - l.z);
        }
    }
    share / fastest
}

fn advance(stages: &mut [Stage], length: f64) {
    for stage in stages {
        for i in &mut stage.inputs[..stage.used] {
            i.q += length * i.dq;
            i.low += length * i.dlow;
            i.high += length * i.dhigh;
        }
        for l in &mut stage.limits[..stage.limited] {
            l.t += length * l.dt;
            l.s += length * l.ds;
            l.z += length * l.dz;
        }
    }
}
