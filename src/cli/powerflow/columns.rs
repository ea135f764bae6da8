//! What stands in the columns of the tables that `powerflow --out` writes.

use crate::table::description::{ColumnDescription, FileDescription, column};

const BUS: ColumnDescription = column("id", "name", "id of the bus");

/// The files of `powerflow`.
pub(crate) const FILES: [FileDescription; 5] = [
    FileDescription {
        file: "bus.csv",
        row: "a bus",
        columns: &[
            BUS,
            column("u_pu", "pu", "voltage over rated voltage; 0 without supply"),
            column("angle_deg", "°", "angle against that of the source"),
        ],
    },
    FileDescription {
        file: "bus.csv (three-phase)",
        row: "a bus, with `--phases three-phase`",
        columns: &[
            BUS,
            column("u_a_pu", "pu", "voltage of phase a to neutral over its rated value; 0 without supply"),
            column("u_b_pu", "pu", "of phase b"),
            column("u_c_pu", "pu", "of phase c"),
            column("angle_a_deg", "°", "angle of phase a"),
            column("angle_b_deg", "°", "of phase b"),
            column("angle_c_deg", "°", "of phase c"),
            column("unbalance", "fraction", "negative over positive sequence of the voltage"),
            column("displacement_pu", "pu", "displacement of the neutral: zero-sequence voltage over rated voltage to neutral"),
        ],
    },
    FileDescription {
        file: "branch.csv",
        row: "a line or transformer",
        columns: &[
            column("kind", "word", "`line` or `transformer`"),
            column("id", "name", "id of the branch"),
            column("p_from_w", "W", "active power into the branch at its from or hv end; negative: out of it"),
            column("q_from_var", "var", "reactive power into the branch there; negative: out of it"),
            column("i_from_a", "A", "current at the from or hv end; with three phases, of the phase with the highest current"),
            column("i_to_a", "A", "current at the to or lv end"),
            column("loading", "fraction", "current over rated current, the larger of both ends"),
        ],
    },
    FileDescription {
        file: "steps.csv",
        row: "a step of the profiles, with `--series`; empty cells where there is no operating point",
        columns: &[
            column("time", "RFC 3339", "start of the step"),
            column("u_min_pu", "pu", "lowest voltage of a bus"),
            column("u_min_bus", "name", "bus with the lowest voltage"),
            column("u_max_pu", "pu", "highest voltage of a bus"),
            column("u_max_bus", "name", "bus with the highest voltage"),
            column("loading_max", "fraction", "highest loading of a branch"),
            column("loading_branch", "name", "branch with the highest loading, `line:ID` or `transformer:ID`"),
            column("losses_w", "W", "losses of lines and transformers, not negative"),
            column("source_p_w", "W", "active power of the sources; negative: the sources absorb it"),
            column("source_q_var", "var", "reactive power of the sources"),
            column("<transformer>", "tap position", "position of the tap changer, one column per transformer that has one"),
        ],
    },
    FileDescription {
        file: "sensitivity.csv",
        row: "a connection and quantity, with `--sensitivities`",
        columns: &[
            column("connection", "name", "the connection whose power changes"),
            column("quantity", "word", "`u_pu` of a bus, `i_from_a` of a branch, or `losses_w`"),
            column("element", "name", "the bus (`ID.a` for a phase) or branch; empty for losses"),
            column("per_w", "that of `quantity`, per W", "change with one more watt of consumption"),
            column("per_var", "that of `quantity`, per var", "change with one more var of consumption"),
        ],
    },
];
