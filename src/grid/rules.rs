//! Rules on the tables of a grid ([`super::check`]) and on how their rows hang together ([`super::topology`]).

use crate::diagnostic::{Rule, Severity};

pub use super::unlikely_unit::RULE as UNLIKELY_UNIT;

/// All of them.
#[must_use]
pub fn catalogue() -> Vec<&'static Rule> {
    vec![
        &UNKNOWN_BUS,
        &DUPLICATE_ID,
        &BAD_VALUE,
        &TRANSFORMER_IMPEDANCE,
        &VOLTAGE_BAND,
        &VOLTAGE_LEVELS,
        &WINDING_VOLTAGE,
        &SELF_LOOP,
        &LOOP,
        &SEVERAL_SOURCES,
        &LOOP_WITHOUT_IMPEDANCE,
        &TOO_MANY_LOOPS,
        &DEAD_PART,
        &NO_SOURCE,
        &VECTOR_GROUP,
        &MISSING_ZERO_SEQUENCE,
        &FED_AT_STAR_POINT,
        &UNLIKELY_UNIT,
    ]
}

/// A row refers to a bus that is not there.
pub const UNKNOWN_BUS: Rule = Rule {
    code: "unknown-bus",
    severity: Severity::Error,
    what: "A row refers to a bus that does not exist.",
    why: "Both ends of a branch must be buses of the grid.",
    example: "id,from,to\ncable-1,a,bb        # there is a bus b",
    mend: "id,from,to\ncable-1,a,b",
};

/// Two things of one kind have one id.
pub const DUPLICATE_ID: Rule = Rule {
    code: "duplicate-id",
    severity: Severity::Error,
    what: "Two things of one kind have the same id.",
    why: "References use ids, so an id must name one thing only.",
    example: "[[congestion_point]]\nid = \"village\"\nelement = \"transformer:MV1.101-LV1.101-Trafo 1\"\n\n[[congestion_point]]\nid = \"village\"\nelement = \"line:LV1.101 Line 10\"",
    mend: "[[congestion_point]]\nid = \"village\"\nelement = \"transformer:MV1.101-LV1.101-Trafo 1\"\n\n[[congestion_point]]\nid = \"north\"\nelement = \"line:LV1.101 Line 10\"",
};

/// An impedance, a shunt or a loss is not finite, or negative where it cannot be.
pub const BAD_VALUE: Rule = Rule {
    code: "bad-value",
    severity: Severity::Error,
    what: "An impedance, a shunt or a loss is not finite, or is negative where it must not be.",
    why: "The load flow would have no solution, or a wrong one.",
    example: "r_ohm\n-0.1",
    mend: "r_ohm\n0.1",
};

/// Load losses of a transformer exceed what its short-circuit voltage allows.
pub const TRANSFORMER_IMPEDANCE: Rule = Rule {
    code: "transformer-impedance",
    severity: Severity::Error,
    what: "Load losses of a transformer exceed what its short-circuit voltage allows.",
    why: "The short-circuit impedance would be less than its resistance. Most often a value is in percent or in kW.",
    example: "rated_power_va,uk_pu,pk_w\n400000,0.04,46000",
    mend: "rated_power_va,uk_pu,pk_w\n400000,0.04,4600",
};

/// The lower end of a bus's voltage band is not below the upper one.
pub const VOLTAGE_BAND: Rule = Rule {
    code: "voltage-band",
    severity: Severity::Error,
    what: "The lower end of a bus's voltage band is not below the upper one.",
    why: "Every voltage would violate the band.",
    example: "u_min_pu,u_max_pu\n1.1,0.9",
    mend: "u_min_pu,u_max_pu\n0.9,1.1",
};

/// A line or switch joins buses of different rated voltage.
pub const VOLTAGE_LEVELS: Rule = Rule {
    code: "voltage-levels",
    severity: Severity::Error,
    what: "A line or switch joins buses of different rated voltage.",
    why: "Only transformers join voltage levels.",
    example: "(a line from a bus of 20000 V to one of 400 V)",
    mend: "put a transformer between them",
};

/// A winding is rated more than 20 % away from the rated voltage of its bus.
pub const WINDING_VOLTAGE: Rule = Rule {
    code: "winding-voltage",
    severity: Severity::Warning,
    what: "A winding is rated more than 20 % away from the rated voltage of its bus, or its tap changes the voltage by more than 20 %.",
    why: "This can be intended, but most often hv and lv are swapped or the voltage is in kV. Tap changers reach 10 to 16 %.",
    example: "u_hv_v,u_lv_v\n20,400",
    mend: "u_hv_v,u_lv_v\n20000,400",
};

/// A branch or switch begins and ends at one bus.
pub const SELF_LOOP: Rule = Rule {
    code: "self-loop",
    severity: Severity::Error,
    what: "A branch or switch begins and ends at one bus.",
    why: "It carries no power, and one of its ends is probably wrong.",
    example: "id,from,to\ncable-1,a,a",
    mend: "id,from,to\ncable-1,a,b",
};

/// Branches close a loop, or stand parallel in a way that cannot be merged.
pub const LOOP: Rule = Rule {
    code: "loop",
    severity: Severity::Error,
    what: "Branches form a loop, or are parallel in a way that cannot be merged.",
    why: "A congestion point concerns the connections downstream of it, and a loop has no downstream side. `copperplate powerflow` solves \
          meshed grids; scenarios need radial ones.",
    example: "(lines a-b, b-c and c-a)",
    mend: "open a switch, or remove a branch along the loop",
};

/// Two sources supply one island.
pub const SEVERAL_SOURCES: Rule = Rule {
    code: "several-sources",
    severity: Severity::Error,
    what: "Two sources supply one island.",
    why: "A congestion point concerns the connections downstream of it, and between two sources there is no downstream side. `copperplate \
          powerflow` solves such grids; scenarios need one source per island.",
    example: "bus,u_pu,angle_deg\na,1.0,0\nb,1.0,0",
    mend: "bus,u_pu,angle_deg\na,1.0,0",
};

/// Branches without impedance close a loop, or join two sources.
pub const LOOP_WITHOUT_IMPEDANCE: Rule = Rule {
    code: "loop-without-impedance",
    severity: Severity::Error,
    what: "Branches without impedance close a loop, or join two sources.",
    why: "The current around such a loop is undetermined, so the load flow has no unique solution.",
    example: "id,from,to,r_ohm,x_ohm\nl1,a,b,0,0\nl2,a,b,0,0",
    mend: "id,from,to,r_ohm,x_ohm\nl1,a,b,0.001,0\nl2,a,b,0.001,0",
};

/// A grid has more loops than are solved.
pub const TOO_MANY_LOOPS: Rule = Rule {
    code: "too-many-loops",
    severity: Severity::Error,
    what: "A grid has more than 64 loops, where a path between two sources counts as a loop.",
    why: "The load flow is for radial and weakly meshed grids: its effort grows with the square of the number of loops.",
    example: "(a 110 kV grid with hundreds of loops)",
    mend: "open switches, or take a part of the grid",
};

/// An open switch leaves a part of the feeder without supply.
pub const DEAD_PART: Rule = Rule {
    code: "dead-part",
    severity: Severity::Warning,
    what: "An open switch leaves a part of the feeder without supply.",
    why: "This can be intended. The study leaves out the connections there.",
    example: "id,from,to,closed\ns1,a,b,false",
    mend: "id,from,to,closed\ns1,a,b,true",
};

/// No source supplies a part of the feeder.
pub const NO_SOURCE: Rule = Rule {
    code: "no-source",
    severity: Severity::Error,
    what: "No source supplies a part of the feeder.",
    why: "The connections there have no supply.",
    example: "(a bus that no branch joins to the rest)",
    mend: "add the missing branch or a source, or remove the buses",
};

/// A vector group does not go with the phase shift.
pub const VECTOR_GROUP: Rule = Rule {
    code: "vector-group",
    severity: Severity::Error,
    what: "A vector group contradicts the phase shift.",
    why: "Windings of the same connection shift by an even clock number, star against delta or zigzag by an odd one; one hour is 30°.",
    example: "shift_deg,vector_group\n0,Dyn",
    mend: "shift_deg,vector_group\n150,Dyn",
};

/// A branch lacks the zero-sequence data that an unbalanced load flow needs.
pub const MISSING_ZERO_SEQUENCE: Rule = Rule {
    code: "missing-zero-sequence",
    severity: Severity::Error,
    what: "A branch lacks the zero-sequence data that an unbalanced load flow needs.",
    why: "The neutral current sees another impedance than the phase currents, and there is no default for it. For a four-core cable with a \
          full-size neutral, r0 is 4·r and x0 about 3.7·x (IEC 60909-2).",
    example: "id,from,to,r_ohm,x_ohm,b_s,g_s,rated_current_a\nl,a,b,0.032,0.012,0,0,270",
    mend: "id,from,to,r_ohm,x_ohm,b_s,g_s,rated_current_a,r0_ohm,x0_ohm,b0_s,g0_s\nl,a,b,0.032,0.012,0,0,270,0.128,0.044,0,0",
};

/// A transformer is supplied from the side of its star point.
pub const FED_AT_STAR_POINT: Rule = Rule {
    code: "fed-at-star-point",
    severity: Severity::Error,
    what: "A transformer that blocks the zero sequence is supplied from the side of its star point.",
    why: "Its other side has no path for a zero-sequence current, so the unbalanced load flow has no voltage to earth there.",
    example: "# sources.csv\nbus\nlv-busbar",
    mend: "# sources.csv\nbus\nmv-busbar",
};
