//! Plain tables of a feeder. Rows refer to each other by typed index; names are for people and for results.

use super::Response;
use crate::diagnostic::Location;
use crate::ids::{BranchIdx, BusIdx, ConnectionIdx, EntityAddress};

/// A feeder: the physical grid without profiles and assets.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Grid {
    /// Name for people.
    pub name: String,
    /// Nodes of the graph.
    pub buses: Vec<Bus>,
    /// Lines and cables, π model.
    pub lines: Vec<Line>,
    /// Two-winding transformers.
    pub transformers: Vec<Transformer>,
    /// Bus–bus switches; closed ones fuse their buses, open ones separate them.
    pub switches: Vec<Switch>,
    /// Slack sources.
    pub sources: Vec<Source>,
    /// Where customers are metered.
    pub connections: Vec<Connection>,
    /// Connections whose power is not constant, at most one each.
    pub responses: Vec<Response>,
    /// Tap changers that act on load, at most one a transformer.
    pub tap_changers: Vec<TapChanger>,
}

/// A bus.
#[derive(Debug, Clone, PartialEq)]
pub struct Bus {
    /// Unique id among buses.
    pub id: String,
    /// Rated line-to-line voltage.
    pub u_rated_v: f64,
    /// Lower end of the allowed voltage band, pu of rated.
    pub u_min_pu: f64,
    /// Upper end of the allowed voltage band, pu of rated.
    pub u_max_pu: f64,
    /// Position for drawings, any planar unit (SimBench: longitude, latitude).
    pub position: Option<(f64, f64)>,
}

/// A line or cable, π model: whole series impedance, half of the shunt at each end.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// Unique id among lines.
    pub id: String,
    /// From bus.
    pub from: BusIdx,
    /// To bus.
    pub to: BusIdx,
    /// Series resistance of the whole line.
    pub r_ohm: f64,
    /// Series reactance of the whole line.
    pub x_ohm: f64,
    /// Shunt susceptance of the whole line.
    pub b_s: f64,
    /// Shunt conductance of the whole line.
    pub g_s: f64,
    /// Ampacity; the rating of its loading.
    pub rated_current_a: f64,
    /// What the unbalanced load flow needs beside.
    pub zero_sequence: Option<LineZeroSequence>,
}

/// Zero-sequence data of a whole line: what the sum of the three phase currents meets, its way back through neutral and earth
/// included.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct LineZeroSequence {
    /// Series resistance.
    pub r0_ohm: f64,
    /// Series reactance.
    pub x0_ohm: f64,
    /// Shunt susceptance.
    pub b0_s: f64,
    /// Shunt conductance.
    pub g0_s: f64,
}

/// A two-winding transformer: an ideal transformer at the hv side, then a π element in ohms of the lv side.
///
/// The turns ratio is [`Transformer::effective_voltages_v`] (hv over lv) turned by `shift_deg`; series impedance from `uk_pu`
/// and `pk_w`, shunt from `i0_pu` and `p0_w`, both on the lv winding's rated voltage with the tap applied.
#[derive(Debug, Clone, PartialEq)]
pub struct Transformer {
    /// Unique id among transformers.
    pub id: String,
    /// High-voltage bus.
    pub hv: BusIdx,
    /// Low-voltage bus.
    pub lv: BusIdx,
    /// Rated apparent power; with the winding's voltage at the present tap it gives the rated current its loading refers to.
    pub rated_power_va: f64,
    /// Rated voltage of the high-voltage winding at neutral tap.
    pub u_hv_v: f64,
    /// Rated voltage of the low-voltage winding at neutral tap.
    pub u_lv_v: f64,
    /// Short-circuit voltage, pu of rated.
    pub uk_pu: f64,
    /// Short-circuit (load) losses at rated current.
    pub pk_w: f64,
    /// No-load current, pu of rated.
    pub i0_pu: f64,
    /// No-load (iron) losses.
    pub p0_w: f64,
    /// Phase shift of the vector group in degrees: by how much lv lags hv (Dyn5: 150).
    pub shift_deg: f64,
    /// Tap changer.
    pub tap: Tap,
    /// What the unbalanced load flow needs beside.
    pub zero_sequence: Option<TransformerZeroSequence>,
}

/// Zero-sequence data of a transformer whose lv star point is earthed.
///
/// The impedance is seen from the lv side, in pu of `u_lv²/S`. Where the group keeps the zero sequence from passing it is all
/// there is to earth behind the lv terminals (Yyn: the magnetising impedance, some tenths of a pu with three limbs; Dyn: about
/// that of the short circuit; Yzn: a tenth of it); else the impedance between both sides.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TransformerZeroSequence {
    /// How the windings are joined.
    pub vector_group: VectorGroup,
    /// Magnitude of the zero-sequence impedance, pu.
    pub uk0_pu: f64,
    /// Its resistance, pu.
    pub ur0_pu: f64,
}

/// How the windings of a transformer are joined, without the clock number, which is `shift_deg` over 30°.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VectorGroup {
    /// Delta, star with neutral; odd clock numbers.
    Dyn,
    /// Star, star with neutral; even clock numbers.
    Yyn,
    /// Star, zigzag with neutral; odd clock numbers.
    Yzn,
    /// Delta, zigzag with neutral; even clock numbers.
    Dzn,
    /// Star with neutral on both sides; even clock numbers.
    YNyn,
}

impl VectorGroup {
    /// Each with the name it has in files.
    pub const NAMES: [(&str, VectorGroup); 5] = [
        ("Dyn", VectorGroup::Dyn),
        ("Yyn", VectorGroup::Yyn),
        ("Yzn", VectorGroup::Yzn),
        ("Dzn", VectorGroup::Dzn),
        ("YNyn", VectorGroup::YNyn),
    ];

    /// Its name in files.
    #[must_use]
    pub fn name(self) -> &'static str {
        VectorGroup::NAMES.iter().find(|(_, group)| *group == self).expect("all are named").0
    }

    /// Whether clock numbers are odd.
    #[must_use]
    pub fn odd(self) -> bool {
        matches!(self, VectorGroup::Dyn | VectorGroup::Yzn)
    }

    /// Whether the zero sequence passes from side to side.
    #[must_use]
    pub fn passes_zero_sequence(self) -> bool {
        self == VectorGroup::YNyn
    }
}

/// Tap changer: the winding's rated voltage is multiplied by `1 + position · step`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tap {
    /// Winding the taps are on.
    pub side: TapSide,
    /// Position relative to neutral.
    pub position: i32,
    /// Change of rated voltage per position, pu.
    pub step_pu: f64,
}

impl Default for Tap {
    fn default() -> Tap {
        Tap { side: TapSide::Hv, position: 0, step_pu: 0.0 }
    }
}

/// An on-load tap changer with its voltage regulator.
#[derive(Debug, Clone, PartialEq)]
pub struct TapChanger {
    /// Row of the transformer whose [`Tap`] it moves, one position at a time.
    pub transformer: usize,
    /// Bus whose voltage it regulates, fed through the transformer from its hv side.
    pub bus: BusIdx,
    /// Voltage it holds, pu of the bus's rating.
    pub set_pu: f64,
    /// Width of the band around it in which it rests, pu.
    pub dead_band_pu: f64,
    /// How long the voltage has to be outside before it moves, and between two moves, s.
    pub delay_s: f64,
    /// Lowest position.
    pub min_position: i32,
    /// Highest position.
    pub max_position: i32,
}

/// Which winding carries the taps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TapSide {
    /// High-voltage winding.
    Hv,
    /// Low-voltage winding.
    Lv,
}

impl Transformer {
    /// Clock number, 0 to 11, if the phase shift is one.
    #[must_use]
    pub fn clock(&self) -> Option<u32> {
        let clock = (self.shift_deg / 30.0).round();
        (clock * 30.0 == self.shift_deg).then(|| libm::remainder(clock, 12.0)).map(|c| if c < 0.0 { c + 12.0 } else { c } as u32)
    }

    /// Rated currents of the windings (hv, lv) at the present tap, `S / (√3·U)`: full-power tappings as in IEC 60076-1.
    #[must_use]
    pub fn rated_currents_a(&self) -> (f64, f64) {
        let (u_hv_v, u_lv_v) = self.effective_voltages_v();
        let s = self.rated_power_va / 3f64.sqrt();
        (s / u_hv_v, s / u_lv_v)
    }

    /// Rated winding voltages (hv, lv) with the tap applied.
    #[must_use]
    pub fn effective_voltages_v(&self) -> (f64, f64) {
        let k = 1.0 + f64::from(self.tap.position) * self.tap.step_pu;
        match self.tap.side {
            TapSide::Hv => (self.u_hv_v * k, self.u_lv_v),
            TapSide::Lv => (self.u_hv_v, self.u_lv_v * k),
        }
    }
}

/// A switch between two buses.
#[derive(Debug, Clone, PartialEq)]
pub struct Switch {
    /// Unique id among switches.
    pub id: String,
    /// One bus.
    pub from: BusIdx,
    /// The other.
    pub to: BusIdx,
    /// Whether it conducts.
    pub closed: bool,
}

/// An ideal slack source.
#[derive(Debug, Clone, PartialEq)]
pub struct Source {
    /// Bus it holds.
    pub bus: BusIdx,
    /// Voltage, pu of the bus's rated voltage.
    pub u_pu: f64,
    /// Angle, degrees.
    pub angle_deg: f64,
}

/// Which conductors a connection or branch uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Phases {
    /// Three phases, balanced.
    #[default]
    Abc,
    /// Single phase A to neutral.
    A,
    /// Single phase B to neutral.
    B,
    /// Single phase C to neutral.
    C,
}

/// A metered connection.
#[derive(Debug, Clone, PartialEq)]
pub struct Connection {
    /// Unique id, for people and results.
    pub id: String,
    /// Its entity address on the wire.
    pub address: EntityAddress,
    /// Bus it is at.
    pub bus: BusIdx,
    /// Phases it uses.
    pub phases: Phases,
}

/// Loading limits of an element, as fractions of its rating: the DSO acts on forecasts above `planning`, overload counts
/// above `rating`, orange must act above `emergency`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LoadingLimits {
    /// At most `rating`.
    pub planning: f64,
    /// Fraction of the rating above which overload counts, normally 1.
    pub rating: f64,
    /// At least `rating`.
    pub emergency: f64,
}

/// A row of one of the tables, to name a culprit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Element {
    /// Row of [`Grid::buses`].
    Bus(usize),
    /// Row of [`Grid::lines`].
    Line(usize),
    /// Row of [`Grid::transformers`].
    Transformer(usize),
    /// Row of [`Grid::switches`].
    Switch(usize),
    /// Row of [`Grid::sources`].
    Source(usize),
    /// Row of [`Grid::connections`].
    Connection(usize),
}

/// Where the rows were written, for findings; empty for a grid made in code.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Places {
    /// One place a bus.
    pub buses: Vec<Location>,
    /// One place a line.
    pub lines: Vec<Location>,
    /// One place a transformer.
    pub transformers: Vec<Location>,
    /// One place a switch.
    pub switches: Vec<Location>,
    /// One place a source.
    pub sources: Vec<Location>,
    /// One place a connection.
    pub connections: Vec<Location>,
}

impl Places {
    /// Where `element` was written, if it was.
    #[must_use]
    pub fn of(&self, element: Element) -> Option<&Location> {
        match element {
            Element::Bus(i) => self.buses.get(i),
            Element::Line(i) => self.lines.get(i),
            Element::Transformer(i) => self.transformers.get(i),
            Element::Switch(i) => self.switches.get(i),
            Element::Source(i) => self.sources.get(i),
            Element::Connection(i) => self.connections.get(i),
        }
    }
}

impl Grid {
    /// The bus with this id.
    #[must_use]
    pub fn bus(&self, id: &str) -> Option<BusIdx> {
        self.buses.iter().position(|b| b.id == id).map(BusIdx::new)
    }

    /// The connection with this id.
    #[must_use]
    pub fn connection(&self, id: &str) -> Option<ConnectionIdx> {
        self.connections.iter().position(|c| c.id == id).map(ConnectionIdx::new)
    }

    /// The branch called `line:ID` or `transformer:ID`.
    #[must_use]
    pub fn branch(&self, name: &str) -> Option<BranchIdx> {
        let (kind, id) = name.split_once(':')?;
        match kind {
            "line" => self.lines.iter().position(|l| l.id == id).map(|i| self.line_branch(i)),
            "transformer" => self.transformers.iter().position(|t| t.id == id).map(|i| self.transformer_branch(i)),
            _ => None,
        }
    }

    /// The table row behind a branch.
    #[must_use]
    pub fn branch_element(&self, branch: BranchIdx) -> Element {
        match branch.i().checked_sub(self.lines.len()) {
            None => Element::Line(branch.i()),
            Some(t) => Element::Transformer(t),
        }
    }

    /// Number of branches: lines, then transformers.
    #[must_use]
    pub fn branches(&self) -> usize {
        self.lines.len() + self.transformers.len()
    }

    /// The branch row of a line.
    #[must_use]
    pub fn line_branch(&self, line: usize) -> BranchIdx {
        BranchIdx::new(line)
    }

    /// The branch row of a transformer.
    #[must_use]
    pub fn transformer_branch(&self, transformer: usize) -> BranchIdx {
        BranchIdx::new(self.lines.len() + transformer)
    }

    /// The two buses of a branch, from/hv first.
    #[must_use]
    pub fn branch_buses(&self, branch: BranchIdx) -> (BusIdx, BusIdx) {
        match branch.i().checked_sub(self.lines.len()) {
            None => (self.lines[branch.i()].from, self.lines[branch.i()].to),
            Some(t) => (self.transformers[t].hv, self.transformers[t].lv),
        }
    }

    /// `line:ID` or `transformer:ID`, the name results and scenarios use for a branch.
    #[must_use]
    pub fn branch_name(&self, branch: BranchIdx) -> String {
        match branch.i().checked_sub(self.lines.len()) {
            None => format!("line:{}", self.lines[branch.i()].id),
            Some(t) => format!("transformer:{}", self.transformers[t].id),
        }
    }
}
