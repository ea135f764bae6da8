//! Rules on folders and files of weather.

use crate::diagnostic::{Rule, Severity};

/// All of them.
#[must_use]
pub fn catalogue() -> Vec<&'static Rule> {
    vec![&WEATHER_TOML, &WEATHER_TIME, &WEATHER_STEP, &WEATHER_RANGE, &WEATHER_TOO_SHORT]
}

/// A key of weather.toml is unknown, missing, of another type, or the text is not TOML.
pub const WEATHER_TOML: Rule = Rule {
    code: "weather-toml",
    severity: Severity::Error,
    what: "A key of weather.toml is unknown, missing, of another type, or the text is not TOML.",
    why: "The file states where the weather was measured and the licence of the data. These keys have no default.",
    example: "name = \"town-2024\"\nlatitude_deg = 51.3",
    mend: "name = \"town-2024\"\nlatitude_deg = 51.3\nlongitude_deg = 6.77\norigin = \"who measured\"\nlicence = \"terms\"",
};

/// The rule on the instants of a file of weather.
pub const WEATHER_TIME: Rule = Rule {
    code: "weather-time",
    severity: Severity::Error,
    what: "A cell of 'interval_end' in a file of weather is not an instant, or not one step after the previous row.",
    why: "The program fills no gaps, and a missing or repeated row would move later weather against the sun.",
    example: "interval_end,air_c,ghi_w_m2\n2024-01-01T00:15Z,9.0,0\n2024-01-01T00:30Z,9.1,0\n2024-01-01T01:00Z,8.9,0",
    mend: "interval_end,air_c,ghi_w_m2\n2024-01-01T00:15Z,9.0,0\n2024-01-01T00:30Z,9.1,0\n2024-01-01T00:45Z,9.0,0",
};

/// The rule on how long rows of weather last.
pub const WEATHER_STEP: Rule = Rule {
    code: "weather-step",
    severity: Severity::Error,
    what: "A file of weather has fewer than two rows, or rows that last less than one minute or more than one hour.",
    why: "The first two rows state the duration of all rows. Longer rows do not show how clouds and the sun move.",
    example: "interval_end,air_c,ghi_w_m2\n2024-01-01T00:00Z,9.0,0\n2024-01-02T00:00Z,8.0,0",
    mend: "interval_end,air_c,ghi_w_m2\n2024-01-01T01:00Z,9.0,0\n2024-01-01T02:00Z,8.8,0",
};

/// The rule on values that no weather has.
pub const WEATHER_RANGE: Rule = Rule {
    code: "weather-range",
    severity: Severity::Error,
    what: "A temperature is outside −60 °C to 60 °C, an irradiance outside −20 W/m² to 1600 W/m², or a wind speed outside 0 m/s to 80 m/s.",
    why: "The unit is probably wrong, or a code for a missing value stands in the cell.",
    example: "interval_end,air_c,ghi_w_m2\n2024-01-01T00:15Z,-999,0\n2024-01-01T00:30Z,282.3,0",
    mend: "interval_end,air_c,ghi_w_m2\n2024-01-01T00:15Z,9.0,0\n2024-01-01T00:30Z,9.1,0",
};

/// The rule on series of weather that do not hold the run.
pub const WEATHER_TOO_SHORT: Rule = Rule {
    code: "weather-too-short",
    severity: Severity::Error,
    what: "A series of weather holds neither the days of the run nor the same days of its own year.",
    why: "Every step of the run needs weather, and the program does not extrapolate it. A series moves to another year by whole weeks.",
    example: "# january.csv has the weather of January 2024\n[weather]\nkind = \"csv\"\npath = \"january.csv\"\nlatitude_deg = 51.3\nlongitude_deg = 6.8\n\n\
              [time]\nfrom = \"2016-07-22\"\nuntil = \"2016-07-28\"",
    mend: "[time]\nfrom = \"2016-01-11\"\nuntil = \"2016-01-17\"",
};
