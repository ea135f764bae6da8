//! Rules on feeder folders and public data sets.

use jiff::civil::DateTime;

use crate::diagnostic::{Finding, Rule, Severity, nearest};
use crate::time::written::Moment;

/// All of them.
#[must_use]
pub fn catalogue() -> Vec<&'static Rule> {
    vec![
        &NOT_A_FEEDER,
        &FEEDER_TOML,
        &UNKNOWN_ZONE,
        &SKIPPED_TIME,
        &BAD_STEP,
        &NO_CONNECTIONS,
        &TWO_PROFILES,
        &UNKNOWN_CONNECTION,
        &UNKNOWN_PROFILE,
        &SHARES,
        &CHARACTERISTIC,
        &UNKNOWN_TRANSFORMER,
        &TAP_CHANGER,
        &TAP_WITHOUT_EFFECT,
        &AUTO_TAP,
        &POWER_PLANT,
        &UNKNOWN_TYPE,
        &NO_SIMBENCH_DATA,
        &SIMBENCH_CODE,
        &SIMBENCH_PROFILES,
        &super::signs::FEED_IN_SIGN,
        &super::power_units::POWER_UNIT,
    ]
}

/// A folder is not a feeder: it has neither feeder.toml nor nodes.csv.
pub const NOT_A_FEEDER: Rule = Rule {
    code: "not-a-feeder",
    severity: Severity::Error,
    what: "A folder is not a feeder: it has neither feeder.toml nor nodes.csv.",
    why: "One of these files must be in a feeder folder; they mark its two forms.",
    example: "path = \"feeders\"",
    mend: "path = \"feeders/lv-rural1-2\"",
};

/// A key of feeder.toml is unknown, missing, of another type, or the text is not TOML.
pub const FEEDER_TOML: Rule = Rule {
    code: "feeder-toml",
    severity: Severity::Error,
    what: "A key of feeder.toml is unknown, missing, of another type, or the text is not TOML.",
    why: "The file states when the profiles begin and the licence of the data. These keys have no default.",
    example: "name = \"street\"\nzone = Europe/Amsterdam",
    mend: "name = \"street\"\nzone = \"Europe/Amsterdam\"",
};

/// A time zone is not in the IANA database.
pub const UNKNOWN_ZONE: Rule = Rule {
    code: "unknown-zone",
    severity: Severity::Error,
    what: "A time zone is not in the IANA database.",
    why: "Local days and changes of clocks follow from the zone.",
    example: "[time]\nzone = \"Amsterdam\"\nfrom = \"2016-07-22\"\nuntil = \"2016-07-23\"",
    mend: "[time]\nzone = \"Europe/Amsterdam\"\nfrom = \"2016-07-22\"\nuntil = \"2016-07-23\"",
};

/// A local time that the clocks jump over.
pub const SKIPPED_TIME: Rule = Rule {
    code: "skipped-time",
    severity: Severity::Error,
    what: "A local time does not exist on its day, because the clocks skip it in spring.",
    why: "It is unclear which instant is meant.",
    example: "[[wire.silence]]\nparticipant = \"sunny.example.com\"\nfrom = \"2016-03-27T02:15\"\nuntil = \"2016-03-27T04:00\"",
    mend: "[[wire.silence]]\nparticipant = \"sunny.example.com\"\nfrom = \"2016-03-27T03:15\"\nuntil = \"2016-03-27T04:00\"",
};

/// What is said of a `zone` that is none, with the one it is probably meant for.
#[must_use]
pub fn unknown_zone(zone: &str) -> Finding {
    let names: Vec<String> = jiff::tz::db().available().map(|name| name.to_string()).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    // 'Amsterdam' alone is what people write.
    let city = names.iter().copied().find(|name| name.rsplit('/').next().is_some_and(|city| city.eq_ignore_ascii_case(zone.trim())));
    let help = match city.or_else(|| nearest(zone, &names)) {
        Some(name) => format!("did you mean '{name}'?"),
        None => "write it like 'Europe/Amsterdam'".to_owned(),
    };
    UNKNOWN_ZONE.finding(format!("'{zone}' is not an IANA time zone")).help(help)
}

/// What is said of a moment that the clocks of `zone` jump over; `later` is as much later.
#[must_use]
pub fn skipped_time(moment: &Moment, zone: &str, later: DateTime) -> Finding {
    SKIPPED_TIME
        .finding(format!("{moment} does not exist in {zone}: the clocks skip it in spring"))
        .help(format!("write {later} if you mean the same instant on the changed clock"))
}

/// A step of profiles does not divide an hour.
pub const BAD_STEP: Rule = Rule {
    code: "bad-step",
    severity: Severity::Error,
    what: "A step of profiles does not divide an hour.",
    why: "Hours, ISPs and days must consist of whole steps.",
    example: "step_minutes = 25",
    mend: "step_minutes = 15",
};

/// A feeder has no connections.
pub const NO_CONNECTIONS: Rule = Rule {
    code: "no-connections",
    severity: Severity::Error,
    what: "A feeder has no connections.",
    why: "Without connections there is no load, no trade and no metering.",
    example: "id,address,bus",
    mend: "id,address,bus\nh1,ean.200000000000000001,b1",
};

/// A feeder folder holds profiles.parquet and profiles.csv.
pub const TWO_PROFILES: Rule = Rule {
    code: "two-profiles",
    severity: Severity::Error,
    what: "A feeder folder holds profiles.parquet and profiles.csv.",
    why: "It is unclear which of them is meant.",
    example: "profiles.csv and profiles.parquet",
    mend: "profiles.parquet",
};

/// A name refers to a connection that the feeder does not have.
pub const UNKNOWN_CONNECTION: Rule = Rule {
    code: "unknown-connection",
    severity: Severity::Error,
    what: "A name refers to a connection that the feeder does not have.",
    why: "The names of connections are the ids in connections.csv.",
    example: "[[aggregator]]\ndomain = \"sunny.example.com\"\nconnections = [\"LV1.101 Laod 8\"]",
    mend: "[[aggregator]]\ndomain = \"sunny.example.com\"\nconnections = [\"LV1.101 Load 8\"]",
};

/// An asset refers to a profile that does not exist.
pub const UNKNOWN_PROFILE: Rule = Rule {
    code: "unknown-profile",
    severity: Severity::Error,
    what: "An asset refers to a profile that does not exist.",
    why: "Without its profile an asset would run at nominal power all year.",
    example: "id,connection,kind,p_nominal_w,q_nominal_var,p_profile\npv1,h1,pv,-5000,0,son",
    mend: "id,connection,kind,p_nominal_w,q_nominal_var,p_profile\npv1,h1,pv,-5000,0,sun",
};

/// Shares of a load are not from 0 to 1.
pub const SHARES: Rule = Rule {
    code: "shares",
    severity: Severity::Error,
    what: "Shares of a voltage-dependent load are not from 0 to 1.",
    why: "The shares of constant impedance and constant current, and the rest at constant power, make up the load at rated voltage.",
    example: "connection,p_impedance,p_current\nh1,0.8,0.4",
    mend: "connection,p_impedance,p_current\nh1,0.8,0.2",
};

/// The points of an inverter's characteristic are not in rising order.
pub const CHARACTERISTIC: Rule = Rule {
    code: "characteristic",
    severity: Severity::Error,
    what: "The points of an inverter's characteristic are not in rising order.",
    why: "The program interpolates linearly between the points.",
    example: "connection,q_of_u\npv1,1.07:4800 1.03:0",
    mend: "connection,q_of_u\npv1,1.03:0 1.07:4800",
};

/// A name refers to a transformer that the feeder does not have.
pub const UNKNOWN_TRANSFORMER: Rule = Rule {
    code: "unknown-transformer",
    severity: Severity::Error,
    what: "A name refers to a transformer that the feeder does not have.",
    why: "The names of transformers are the ids in transformers.csv.",
    example: "transformer,set_pu,dead_band_pu,delay_s,min_position,max_position\nT9,1,0.03,60,-4,4",
    mend: "transformer,set_pu,dead_band_pu,delay_s,min_position,max_position\nT1,1,0.03,60,-4,4",
};

/// The settings of a tap changer contradict each other.
pub const TAP_CHANGER: Rule = Rule {
    code: "tap-changer",
    severity: Severity::Error,
    what: "The settings of a tap changer contradict each other.",
    why: "Its position must lie within its range, and its dead band must be wider than one tap step of the transformer.",
    example: "transformer,set_pu,dead_band_pu,delay_s,min_position,max_position\nT1,1,0.01,60,-4,4",
    mend: "transformer,set_pu,dead_band_pu,delay_s,min_position,max_position\nT1,1,0.03,60,-4,4",
};

/// A tap changer has no effect on the bus it regulates.
pub const TAP_WITHOUT_EFFECT: Rule = Rule {
    code: "tap-without-effect",
    severity: Severity::Warning,
    what: "A tap changer has no effect on the bus it regulates.",
    why: "The transformer does not supply the bus, so the tap changer does not move.",
    example: "transformer,bus,set_pu,dead_band_pu,delay_s,min_position,max_position\nT1,b0,1,0.03,60,-4,4",
    mend: "transformer,bus,set_pu,dead_band_pu,delay_s,min_position,max_position\nT1,b1,1,0.03,60,-4,4",
};

/// A transformer of the data set has an automatic tap changer, but the data set lacks its settings.
pub const AUTO_TAP: Rule = Rule {
    code: "auto-tap",
    severity: Severity::Warning,
    what: "A transformer of the data set has an automatic tap changer, but the data set lacks its settings.",
    why: "It keeps the position given in the data, unless tap_changers.csv gives the settings.",
    example: "autoTap\n1",
    mend: "autoTap\n0",
};

/// A SimBench grid holds controllable power plants, which the importer does not read.
pub const POWER_PLANT: Rule = Rule {
    code: "power-plant",
    severity: Severity::Error,
    what: "A SimBench grid holds controllable power plants, which the importer does not read.",
    why: "Their feed-in is missing from the feeder.",
    example: "(a grid of a higher level)",
    mend: "choose a grid without them",
};

/// A line or transformer of the data set has a type that does not exist.
pub const UNKNOWN_TYPE: Rule = Rule {
    code: "unknown-type",
    severity: Severity::Error,
    what: "A line or transformer of the data set has a type that does not exist.",
    why: "Its impedance comes from the table of types.",
    example: "type\nNAYY 4x99",
    mend: "type\nNAYY 4x150",
};

/// The SimBench data set is not in the folder given.
pub const NO_SIMBENCH_DATA: Rule = Rule {
    code: "no-simbench-data",
    severity: Severity::Error,
    what: "The SimBench data set is not in the folder given.",
    why: "The importer reads the complete data sets of scenarios 0, 1 and 2.",
    example: "copperplate import simbench --data simbench --code 1-LV-rural1--2-sw --out street",
    mend: "copperplate import simbench --data simbench/networks --code 1-LV-rural1--2-sw --out street",
};

/// A SimBench code names no grid that can be imported.
pub const SIMBENCH_CODE: Rule = Rule {
    code: "simbench-code",
    severity: Severity::Error,
    what: "A SimBench code names no grid that can be imported.",
    why: "The importer reads single LV and MV grids with switches.",
    example: "--code 1-LV-rural9--2-sw",
    mend: "--code 1-LV-rural1--2-sw",
};

/// The profile files of the data set do not begin and end at the same time.
pub const SIMBENCH_PROFILES: Rule = Rule {
    code: "simbench-profiles",
    severity: Severity::Error,
    what: "The profile files of the data set do not begin and end at the same time.",
    why: "The time of a value follows from the number of its row.",
    example: "time;H0-A_pload\n01.01.2016 00:15;0.1",
    mend: "time;H0-A_pload\n01.01.2016 00:00;0.1",
};
