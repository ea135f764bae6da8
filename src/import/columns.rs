//! What stands in the columns of a feeder folder, ours and the neutral one; `folder.rs` and `neutral.rs` read them.

use crate::table::description::{ColumnDescription, FileDescription, column, optional};

const FROM: ColumnDescription = column("from", "id of a bus", "one end; power into the branch is counted positive here");
const TO: ColumnDescription = column("to", "id of a bus", "the other end");
const HV: ColumnDescription = column("hv", "id of a bus", "the end of the winding with the higher voltage");
const LV: ColumnDescription = column("lv", "id of a bus", "the other end");
const U_HV: ColumnDescription = column("u_hv_v", "V", "rated line-to-line voltage of the hv winding, such as 10000");
const U_LV: ColumnDescription = column("u_lv_v", "V", "rated line-to-line voltage of the lv winding, such as 400");
const UK: ColumnDescription = column("uk_pu", "pu", "short-circuit voltage over rated voltage: 0.04 for 4 %");
const PK: ColumnDescription = column("pk_w", "W", "load losses at rated current");
const I0: ColumnDescription = column("i0_pu", "pu", "no-load current over rated current: 0.003 for 0.3 %");
const P0: ColumnDescription = column("p0_w", "W", "no-load losses");
const SHIFT: ColumnDescription = column("shift_deg", "°", "angle by which lv lags hv: 150 for Dyn5");
const VECTOR_GROUP: ColumnDescription = optional("vector_group", "name", "such as `Dyn`; with `uk0_pu` and `ur0_pu`, for three phases");
const UK0: ColumnDescription = optional("uk0_pu", "pu", "zero-sequence short-circuit voltage, per unit of `u_lv²/S`");
const UR0: ColumnDescription = optional("ur0_pu", "pu", "its resistive part");
const U_PU: ColumnDescription = column("u_pu", "pu", "voltage that the source holds, over the bus's rated voltage: 1.02");
const ANGLE: ColumnDescription = column("angle_deg", "°", "angle of that voltage");
const R: ColumnDescription = column("r_ohm", "Ω", "series resistance of the whole line");
const X: ColumnDescription = column("x_ohm", "Ω", "series reactance of the whole line");
const B: ColumnDescription = column("b_s", "S", "shunt susceptance of the whole line, half at each end");
const G: ColumnDescription = column("g_s", "S", "shunt conductance of the whole line, half at each end");
const NAME: ColumnDescription = optional("name", "text", "name for readers; the program ignores it");

/// What says of our form of folder what it is.
pub const ABOUT: [FileDescription; 1] = [FileDescription {
    file: "feeder.toml",
    row: "TOML, and makes a folder a feeder folder",
    columns: &[
        column("name", "text", "name of the feeder"),
        column("zone", "IANA zone", "zone of the local days that the profiles hold, such as `Europe/Berlin`"),
        column("start", "moment", "when the first profile value begins: local time without an offset, such as `2016-01-01T00:00:00`"),
        column("step_minutes", "min", "what a row of the profiles lasts; divides an hour"),
        column("origin", "text", "who made the data"),
        column("licence", "text", "under what terms the data may be used"),
    ],
}];

/// Files of our form.
pub const FOLDER: [FileDescription; 9] = [
    FileDescription {
        file: "buses.csv",
        row: "a bus",
        columns: &[
            column("id", "name", "unique among buses"),
            column("u_rated_v", "V", "rated line-to-line voltage, such as 400 or 10000"),
            column("u_min_pu", "pu", "lower end of the allowed band over the rated voltage, such as 0.9"),
            column("u_max_pu", "pu", "upper end, such as 1.1"),
            optional("x", "any", "position to the right in drawings, with `y` or not at all"),
            optional("y", "any", "position upwards in drawings"),
        ],
    },
    FileDescription {
        file: "lines.csv",
        row: "a line or cable",
        columns: &[
            column("id", "name", "unique among lines"),
            FROM,
            TO,
            R,
            X,
            B,
            G,
            column("rated_current_a", "A", "rated continuous current; loading is current over this"),
            optional("r0_ohm", "Ω", "zero-sequence resistance including the return path; all four columns or none, for three phases"),
            optional("x0_ohm", "Ω", "zero-sequence reactance"),
            optional("b0_s", "S", "zero-sequence shunt susceptance"),
            optional("g0_s", "S", "zero-sequence shunt conductance"),
        ],
    },
    FileDescription {
        file: "transformers.csv",
        row: "a transformer with two windings",
        columns: &[
            column("id", "name", "unique among transformers"),
            HV,
            LV,
            column("rated_power_va", "VA", "rated apparent power, such as 160000"),
            U_HV,
            U_LV,
            UK,
            PK,
            I0,
            P0,
            SHIFT,
            column("tap_side", "word", "`hv` or `lv`: the winding with the taps"),
            column("tap_position", "number", "present tap; 0 is the rated ratio"),
            column("tap_step_pu", "pu", "change of the winding's voltage per tap: 0.025 for 2.5 %"),
            VECTOR_GROUP,
            UK0,
            UR0,
        ],
    },
    FileDescription {
        file: "switches.csv",
        row: "a switch between two buses; the file may be missing",
        columns: &[
            column("id", "name", "unique among switches"),
            FROM,
            TO,
            column("closed", "`true` or `false`", "whether it joins the buses"),
        ],
    },
    FileDescription { file: "sources.csv", row: "a source", columns: &[column("bus", "id of a bus", "where it feeds in"), U_PU, ANGLE] },
    FileDescription {
        file: "connections.csv",
        row: "a metered connection",
        columns: &[
            column("id", "name", "unique among connections"),
            column("address", "entity address", "its name in messages, such as `ean.871685900012636543`"),
            column("bus", "id of a bus", "where it is connected"),
            optional("phases", "word", "`abc` (default), `a`, `b` or `c`"),
        ],
    },
    FileDescription {
        file: "responses.csv",
        row: "a connection whose power depends on voltage; the file may be missing",
        columns: &[
            column("connection", "id of a connection", "at most one row each"),
            optional("p_impedance", "fraction", "share of active power that is proportional to the square of the voltage"),
            optional("p_current", "fraction", "share of active power that is proportional to the voltage"),
            optional("q_impedance", "fraction", "share of reactive power that is proportional to the square of the voltage"),
            optional("q_current", "fraction", "share of reactive power that is proportional to the voltage"),
            optional("q_of_u", "points `u_pu:q_var`", "Q(U) of its inverter; positive: consumption of reactive power"),
            optional(
                "cos_phi_of_p",
                "points `fraction:cos φ`",
                "cos φ(P) of its inverter over the fraction of `rated_w` fed in; under-excited",
            ),
            optional("rated_w", "W", "rated power of the inverter, positive"),
        ],
    },
    FileDescription {
        file: "tap_changers.csv",
        row: "a transformer with an on-load tap changer; the file may be missing",
        columns: &[
            column("transformer", "id of a transformer", "the transformer with the tap changer"),
            column("set_pu", "pu", "set point of the voltage"),
            column("dead_band_pu", "pu", "width of the band around the set point in which it does not move"),
            column("delay_s", "s", "time that the voltage must be outside the band before a move, and between two moves"),
            column("min_position", "number", "lowest tap"),
            column("max_position", "number", "highest tap"),
            optional("bus", "id of a bus", "bus whose voltage it regulates; the lv bus if missing"),
            optional("tap_side", "word", "as in `transformers.csv`, for the neutral form, which has no such column there"),
            optional("tap_step_pu", "pu", "the same"),
            optional("tap_position", "number", "the same"),
        ],
    },
    FileDescription {
        file: "assets.csv",
        row: "a device, or a group of devices, behind a connection",
        columns: &[
            column("id", "name", "unique among assets"),
            column("connection", "id of a connection", "the connection that it is behind"),
            column("kind", "word", "`load`, `heat-pump`, `charging`, `pv` or `plant`"),
            column("p_nominal_w", "W", "active power at profile 1; consumption positive, so negative for `pv`"),
            column("q_nominal_var", "var", "reactive power at profile 1; consumption positive"),
            optional("p_profile", "name of a profile", "profile of active power; constant if missing"),
            optional("q_profile", "name of a profile", "profile of reactive power"),
        ],
    },
];

/// The profiles of our form as CSV, and the file of prices that a scenario may name.
pub const SERIES: [FileDescription; 2] = [
    FileDescription {
        file: "profiles.csv",
        row: "a step of elapsed time from `start` in `feeder.toml`; an alternative to `profiles.parquet`, which has the same columns",
        columns: &[
            optional("time", "RFC 3339", "start of the step; used only to check for gaps"),
            column(
                "<profile>",
                "fraction",
                "power over the asset's nominal power, one column per profile; negative values reverse the sign of the power",
            ),
        ],
    },
    FileDescription {
        file: "prices.csv",
        row: "`minutes` of elapsed time (60 unless the scenario states another value); without `time`, counted from the first local \
              midnight of the run",
        columns: &[
            optional("time", "RFC 3339", "start of the row; rows before and after the run are ignored"),
            column("day_ahead_eur_per_mwh", "€/MWh", "day-ahead price; may be negative"),
            column("imbalance_eur_per_mwh", "€/MWh", "imbalance price, which a surplus earns and a shortage pays"),
        ],
    },
];

/// Files of the neutral form that differ where it is unbalanced.
pub const NEUTRAL_THREE_PHASE: [FileDescription; 3] = [
    FileDescription {
        file: "lines.csv",
        row: "a line or cable",
        columns: &[
            column("id", "name", "unique among lines"),
            NAME,
            FROM,
            TO,
            column("r1_ohm", "Ω", "positive-sequence resistance of the whole line"),
            column("x1_ohm", "Ω", "positive-sequence reactance"),
            column("c1_f", "F", "positive-sequence capacitance, at 50 Hz"),
            column("r0_ohm", "Ω", "zero-sequence resistance including the return path"),
            column("x0_ohm", "Ω", "zero-sequence reactance"),
            column("c0_f", "F", "zero-sequence capacitance"),
            column("i_n_a", "A", "rated current"),
        ],
    },
    FileDescription {
        file: "transformers.csv",
        row: "a transformer with two windings, the tap already in `u_hv_v`",
        columns: &[
            column("id", "name", "unique among transformers"),
            NAME,
            HV,
            LV,
            column("sn_va", "VA", "rated apparent power"),
            U_HV,
            U_LV,
            UK,
            PK,
            I0,
            P0,
            SHIFT,
            column("vector_group", "name", "such as `Dyn`"),
            column("uk0_pu", "pu", "zero-sequence short-circuit voltage, per unit of `u_lv²/S`"),
            column("ur0_pu", "pu", "its resistive part"),
        ],
    },
    FileDescription {
        file: "injections_3ph.csv",
        row: "a constant power, phase by phase; consumption positive",
        columns: &[
            column("id", "name", "unique among injections"),
            NAME,
            column("node", "id of a node", "where it is connected"),
            column("p_a_w", "W", "active power on phase a"),
            column("q_a_var", "var", "reactive power on phase a"),
            column("p_b_w", "W", "active power on phase b"),
            column("q_b_var", "var", "reactive power on phase b"),
            column("p_c_w", "W", "active power on phase c"),
            column("q_c_var", "var", "reactive power on phase c"),
        ],
    },
];

/// Files of the neutral form, balanced.
pub const NEUTRAL: [FileDescription; 5] = [
    FileDescription {
        file: "nodes.csv",
        row: "a node",
        columns: &[column("id", "name", "unique among nodes"), NAME, column("u_rated_v", "V", "rated line-to-line voltage")],
    },
    FileDescription {
        file: "lines.csv",
        row: "a line or cable",
        columns: &[column("id", "name", "unique among lines"), NAME, FROM, TO, R, X, B, G, column("i_n_a", "A", "rated current")],
    },
    FileDescription {
        file: "transformers.csv",
        row: "a transformer with two windings, the tap already in `u_hv_v`",
        columns: &[
            column("id", "name", "unique among transformers"),
            NAME,
            HV,
            LV,
            column("sn_va", "VA", "rated apparent power"),
            U_HV,
            U_LV,
            UK,
            PK,
            I0,
            P0,
            SHIFT,
        ],
    },
    FileDescription { file: "sources.csv", row: "a source", columns: &[column("node", "id of a node", "where it feeds in"), U_PU, ANGLE] },
    FileDescription {
        file: "injections.csv",
        row: "a constant power",
        columns: &[
            column("id", "name", "unique among injections"),
            NAME,
            column("node", "id of a node", "where it is connected"),
            column("kind", "word", "`load`, `gen` or `storage`"),
            column("p_w", "W", "active power; consumption positive, so negative for `gen`"),
            column("q_var", "var", "reactive power; consumption positive"),
        ],
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::{folder, neutral, responses, tables, tap_changers};

    /// The names a file's description has, required and optional ones.
    fn described<'a>(files: &'a [FileDescription], file: &str) -> (Vec<&'a str>, Vec<&'a str>) {
        let columns = files.iter().find(|f| f.file == file).unwrap_or_else(|| panic!("{file} is not described")).columns;
        let names = |optional: bool| columns.iter().filter(|c| c.optional == optional).map(|c| c.name).collect();
        (names(false), names(true))
    }

    #[test]
    fn every_column_that_is_read_is_described() {
        let ours: [(&str, &[&str], Vec<&str>); 8] = [
            ("buses.csv", &folder::BUSES, vec!["x", "y"]),
            ("lines.csv", &folder::LINES, folder::LINES_ZERO.to_vec()),
            ("transformers.csv", &folder::TRANSFORMERS, tables::TRANSFORMERS_ZERO.to_vec()),
            ("switches.csv", &folder::SWITCHES, vec![]),
            ("sources.csv", &folder::SOURCES, vec![]),
            ("connections.csv", &folder::CONNECTIONS, vec!["phases"]),
            (responses::FILE, &["connection"], responses::OPTIONAL.to_vec()),
            ("assets.csv", &folder::ASSETS, vec!["p_profile", "q_profile"]),
        ];
        for (file, required, optional) in ours {
            assert_eq!(described(&FOLDER, file), (required.to_vec(), optional), "{file}");
        }
        let (required, optional) = described(&FOLDER, tap_changers::FILE);
        assert_eq!((&required[..], &optional[..]), (&tap_changers::REQUIRED[..], &tap_changers::OPTIONAL[..]));
        for (files, file, required) in [
            (&NEUTRAL[..], "lines.csv", neutral::LINES.to_vec()),
            (&NEUTRAL, "transformers.csv", neutral::TRANSFORMERS.to_vec()),
            (&NEUTRAL_THREE_PHASE, "lines.csv", neutral::LINES_3PH.to_vec()),
            (&NEUTRAL_THREE_PHASE, "transformers.csv", [&neutral::TRANSFORMERS[..], &tables::TRANSFORMERS_ZERO].concat()),
            (&NEUTRAL_THREE_PHASE, "injections_3ph.csv", neutral::PHASE_COLUMNS.to_vec()),
        ] {
            assert_eq!(described(files, file), (required, vec!["name"]), "{file}");
        }
    }
}
