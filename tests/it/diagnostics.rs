//! What a person is told about a faulty scenario.
//!
//! The schema here is small and has one of each: nested tables, lists of tables of several kinds, a map, options, dates, limits,
//! files. The scenario's own schema has its tests beside it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use copperplate::diagnostic::{Findings, Rule, explain as explain_rule, handbook, unknown_word};
use copperplate::import::read_folder;
use copperplate::scenario::build::build;
use copperplate::scenario::schema::Scenario;
use copperplate::scenario::{Document, Language, explain, lint, load, typed};
use jiff::civil::{Date, Time};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A study of one feeder.
#[derive(Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Study {
    /// Name in reports.
    #[schemars(length(min = 1))]
    name: String,
    /// Seed of all draws.
    #[serde(default)]
    seed: u64,
    /// Strategies to compare.
    #[schemars(length(min = 1))]
    strategies: Vec<Strategy>,
    /// Time simulated.
    horizon: Horizon,
    /// The grid.
    feeder: Feeder,
    /// The grid operator's settings.
    operator: Operator,
    /// Things behind the meter.
    #[serde(default)]
    asset: Vec<Asset>,
    /// Contracts by name.
    #[serde(default)]
    contracts: BTreeMap<String, Contract>,
    /// Forecast errors; none means perfect forecasts.
    forecast: Option<Forecast>,
}

#[derive(Debug, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Strategy {
    /// Nothing acts.
    CopperPlate,
    /// Voluntary flexibility.
    GridCapacityManagement,
    CongestionManagement,
    Reinforce,
}

#[derive(Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Horizon {
    /// First day.
    start: Date,
    /// Number of days.
    #[schemars(range(min = 1, max = 366))]
    days: u16,
    /// IANA name of the market's zone.
    #[serde(default = "amsterdam")]
    zone: String,
}

fn amsterdam() -> String {
    "Europe/Amsterdam".to_owned()
}

#[derive(Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Feeder {
    /// Folder of the feeder's tables.
    #[schemars(extend("format" = "folder"))]
    path: PathBuf,
}

#[derive(Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Operator {
    /// Loading above which the operator acts on forecasts, as a share of the rating. Below the rating it leaves room.
    #[schemars(range(min = 0.1, max = 2.0))]
    planning_limit: f64,
    /// When requests are sent.
    #[serde(default = "two_o_clock")]
    request_at: Time,
    /// Highest price paid.
    #[schemars(range(min = 0, max = 4000))]
    price_ceiling_eur_per_mwh: Option<f64>,
    /// Worth of energy not supplied.
    value_of_lost_load: Option<Price>,
    /// How limits are noticed and carried out.
    #[serde(default)]
    detection: Detection,
    /// Network tariff: one price, or its name.
    tariff: Option<Tariff>,
}

fn two_o_clock() -> Time {
    Time::constant(14, 0, 0, 0)
}

#[derive(Debug, Deserialize, Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
enum Price {
    /// One price for all times.
    Fixed {
        /// The price.
        price_eur_per_mwh: f64,
    },
    /// A price for every ISP.
    Series {
        /// Table of prices.
        #[schemars(extend("format" = "file"))]
        file: PathBuf,
    },
}

#[derive(Debug, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
struct Detection {
    /// From the limit being passed to the order going out.
    #[schemars(range(min = 0, max = 60))]
    delay_minutes: f64,
    /// Share of devices that obey.
    #[schemars(range(max = 1), extend("exclusiveMinimum" = 0))]
    compliance_share: f64,
}

impl Default for Detection {
    fn default() -> Self {
        Self { delay_minutes: 5.0, compliance_share: 1.0 }
    }
}

#[derive(Debug, Deserialize, Serialize, JsonSchema)]
#[serde(untagged)]
enum Tariff {
    Price(f64),
    Named(TariffName),
}

#[derive(Debug, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum TariffName {
    Flat,
    DayNight,
}

#[derive(Debug, Deserialize, Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
enum Asset {
    /// Photovoltaic plant.
    Pv(Pv),
    /// Battery.
    Battery {
        /// Entity address of the connection.
        connection: String,
        /// Usable energy.
        #[schemars(extend("exclusiveMinimum" = 0))]
        energy_kwh: f64,
        /// Charging and discharging power.
        #[schemars(range(min = 0))]
        power_kw: f64,
    },
    /// Charger of electric vehicles.
    Charger {
        /// Entity address of the connection.
        connection: String,
        /// Rated power.
        #[schemars(range(min = 0))]
        power_kw: f64,
        /// When a vehicle is there.
        #[serde(default)]
        windows: Vec<Window>,
    },
}

#[derive(Debug, Deserialize, Serialize, JsonSchema)]
struct Pv {
    /// Entity address of the connection.
    connection: String,
    /// Power at standard test conditions.
    #[schemars(range(min = 0))]
    peak_kw: f64,
    /// Least and greatest tilt of the panels in degrees.
    #[schemars(inner(range(min = 0, max = 90)))]
    tilt_range: Option<[f64; 2]>,
}

#[derive(Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Window {
    from: Time,
    until: Time,
    #[serde(default)]
    weekdays_only: bool,
}

#[derive(Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Contract {
    /// Power left to the connection while the contract is called.
    cap_kw: f64,
    /// Least time between call and start.
    #[serde(default)]
    notice_minutes: u32,
    /// Yearly fee.
    #[serde(default)]
    fee_eur: f64,
}

#[derive(Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Forecast {
    /// Standard deviation as a share of the value.
    #[schemars(range(min = 0, max = 1))]
    error_share: f64,
    /// Hours ahead at which forecasts are made.
    #[serde(default)]
    #[schemars(inner(range(min = 0, max = 168)))]
    vintages: Vec<u8>,
}

const CASES: &str = "tests/data/diagnostics";

fn overrides(text: &str) -> Vec<String> {
    text.lines().filter_map(|line| line.strip_prefix("# override: ")).map(str::to_owned).collect()
}

fn report(findings: &Findings) -> String {
    format!("{findings}{}\n", findings.summary())
}

#[test]
fn every_case_reads_as_recorded() {
    let mut cases: Vec<PathBuf> = Path::new(CASES).read_dir().unwrap().map(|e| e.unwrap().path()).collect();
    cases.retain(|path| path.extension().is_some_and(|e| e == "toml"));
    cases.sort();
    assert!(cases.len() > 10);
    for path in cases {
        let overrides = overrides(&std::fs::read_to_string(&path).unwrap());
        let said = match load::<Study>(&path, &overrides) {
            Ok((_, _, findings)) | Err(findings) => report(&findings),
        };
        let name = path.file_stem().unwrap().to_str().unwrap();
        insta::with_settings!({ snapshot_path => Path::new("../data/diagnostics"), prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(name, said);
        });
    }
}

#[test]
fn resolved_values_say_where_they_come_from() {
    let path = format!("{CASES}/valid.toml");
    let overrides = ["operator.planning_limit=0.8".to_owned(), "contracts.\"week end\".cap_kw=6".to_owned()];
    let (study, document, _) = load::<Study>(Path::new(&path), &overrides).unwrap();
    insta::assert_snapshot!(explain(&study, &document));
}

#[test]
fn layers_keep_the_file_of_every_value() {
    let path = format!("{CASES}/layers.toml");
    let document = Document::read(Path::new(&path), &["feeder.path=here".to_owned()]).unwrap();
    let place = |path: &str| document.locate(path).map(|l| l.file_line());
    assert_eq!(place("operator.planning_limit").unwrap(), format!("{CASES}/layers.toml:11"));
    assert_eq!(place("operator.value_of_lost_load.kind").unwrap(), format!("{CASES}/bases/street.toml:9"));
    assert_eq!(place("operator.request_at").unwrap(), format!("{CASES}/bases/country.toml:6"));
    assert_eq!(place("asset[0].peak_kw").unwrap(), format!("{CASES}/bases/country.toml:12"));
    assert_eq!(place("asset[1]"), None);
    assert_eq!(place("feeder.path").unwrap(), "command line:1");
    assert_eq!(document.nearest("asset[0].nothing.here").file_line(), format!("{CASES}/bases/country.toml:9"));
    assert_eq!(document.file("feeder.path").unwrap(), Path::new("here"));
    let document = Document::read(Path::new(&path), &[]).unwrap();
    assert_eq!(document.file("feeder.path").unwrap(), Path::new(CASES).join("bases/../feeders/rural"));
    assert_eq!(document.sources().count(), 3);
}

/// Every way to spoil one letter of `key`.
fn slips(key: &str) -> Vec<String> {
    let letters: Vec<char> = key.chars().collect();
    let mut slips = Vec::new();
    for i in 0..letters.len() {
        let edit = |change: &dyn Fn(&mut Vec<char>)| {
            let mut letters = letters.clone();
            change(&mut letters);
            letters.into_iter().collect::<String>()
        };
        slips.push(edit(&|l| {
            l.remove(i);
        }));
        slips.push(edit(&|l| l[i] = 'x'));
        slips.push(edit(&|l| l[i] = '7'));
        slips.push(edit(&|l| l.insert(i, 'q')));
        slips.push(edit(&|l| l[i] = l[i].to_ascii_uppercase()));
        if i > 0 {
            slips.push(edit(&|l| l.swap(i - 1, i)));
        }
    }
    slips.retain(|slip| slip != key && !slip.is_empty());
    slips
}

/// Byte ranges of all keys in a TOML text, those of headers and inline tables included.
fn keys(text: &str) -> Vec<std::ops::Range<usize>> {
    fn collect(table: &toml::de::DeTable<'_>, keys: &mut Vec<std::ops::Range<usize>>) {
        for (key, value) in table {
            keys.push(key.span());
            collect_value(value.get_ref(), keys);
        }
    }
    fn collect_value(value: &toml::de::DeValue<'_>, keys: &mut Vec<std::ops::Range<usize>>) {
        match value {
            toml::de::DeValue::Table(table) => collect(table, keys),
            toml::de::DeValue::Array(items) => items.iter().for_each(|item| collect_value(item.get_ref(), keys)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    collect(toml::de::DeTable::parse(text).unwrap().get_ref(), &mut found);
    found
}

#[test]
fn every_slip_in_a_key_is_one_finding_on_its_line() {
    let path = format!("{CASES}/valid.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    let mut tried = 0;
    for span in keys(&text) {
        // The names of contracts are the user's own.
        if &text[span.clone()] == "evening-cap" {
            continue;
        }
        for slip in slips(&text[span.clone()]) {
            let spoilt = format!("{}{slip}{}", &text[..span.start], &text[span.end..]);
            let line = text[..span.start].matches('\n').count() + 1;
            let found = Document::parse(&path, spoilt, &[]).and_then(|document| typed::<Study>(&document).map(|_| ()));
            let findings = found.expect_err(&slip);
            let lines: Vec<usize> = findings.0.iter().map(|f| f.location.as_ref().unwrap().line_column().0).collect();
            assert_eq!(lines, [line], "'{slip}': {findings}");
            tried += 1;
        }
    }
    assert!(tried > 1000, "{tried}");
}

proptest::proptest! {
    #[test]
    fn spoilt_text_is_told_never_fatal(
        cut in 0_usize..1200,
        length in 0_usize..40,
        put in "[\\[\\]{}=.\"'#\\n a-c0-9é€_,:-]{0,12}",
    ) {
        let path = format!("{CASES}/valid.toml");
        let text = std::fs::read_to_string(&path).unwrap();
        let (from, to) = (cut.min(text.len()), (cut + length).min(text.len()));
        let spoilt = format!("{}{put}{}", &text[..from], &text[to..]);
        let found = Document::parse(&path, spoilt.clone(), &[put]).and_then(|document| typed::<Study>(&document).map(|_| ()));
        if let Err(findings) = found {
            proptest::prop_assert!(findings.has_errors());
            proptest::prop_assert!(findings.to_string().contains("error["), "{spoilt}");
        }
    }
}

#[test]
fn what_the_types_refuse_is_placed_too() {
    let text = std::fs::read_to_string(format!("{CASES}/valid.toml")).unwrap();
    #[derive(Debug, Deserialize, JsonSchema)]
    struct Even {
        #[schemars(with = "i64")]
        #[serde(rename = "seed")]
        _seed: EvenNumber,
    }
    #[derive(Debug, Deserialize)]
    #[serde(try_from = "i64")]
    struct EvenNumber;
    impl TryFrom<i64> for EvenNumber {
        type Error = String;
        fn try_from(n: i64) -> Result<Self, String> {
            if n % 2 == 0 { Ok(Self) } else { Err(format!("{n} is odd")) }
        }
    }
    let line = text.lines().find(|line| line.starts_with("seed")).unwrap();
    let document = Document::parse("odd.toml", format!("\n{line}\n"), &[]).unwrap();
    let findings = typed::<Even>(&document).unwrap_err();
    insta::assert_snapshot!(findings);
}

fn rules() -> Vec<&'static Rule> {
    copperplate::cli::rules::catalogue()
}

const HANDBOOK: &str = "docs/diagnostics.md";

#[test]
fn the_handbook_is_current() {
    let text = std::fs::read_to_string(HANDBOOK).unwrap_or_default();
    assert!(text == handbook(&rules()), "{HANDBOOK} is old: cargo test --test it -- --ignored write_the_handbook");
}

#[test]
#[ignore = "writes docs/diagnostics.md"]
fn write_the_handbook() {
    std::fs::write(HANDBOOK, handbook(&rules())).unwrap();
}

#[test]
fn pages_are_found_by_code() {
    for code in ["unknown-key", "UNKNOWN-KEY"] {
        assert!(explain_rule(&rules(), code).unwrap().starts_with("## unknown-key\n"));
    }
    let codes: Vec<&str> = rules().iter().map(|rule| rule.code).collect();
    insta::assert_snapshot!(Findings::from(unknown_word("unknown-kye", &codes)), @r"
    error[unknown-code]: 'explain' does not know 'unknown-kye'
     |
     = help: did you mean 'unknown-key'?
    ");
    insta::assert_snapshot!(Findings::from(unknown_word("prices", &codes)), @r"
    error[unknown-code]: 'explain' does not know 'prices'
     |
     = help: similar are 'prices-time', 'prices-undated', 'prices-too-short' and 'no-weather-prices'
    ");
}

/// Everything that is said about a text laid over the sound scenario of `tests/data/sim`, unless it extends another itself.
fn codes_over_village(text: &str) -> Vec<&'static str> {
    let base = if text.contains("extends") { "" } else { "extends = \"village.toml\"\n" };
    let look = || {
        let document = Document::parse("tests/data/sim/scenario.toml", format!("{base}{text}"), &[])?;
        let (scenario, _) = typed::<Scenario>(&document)?;
        let (feeder, _) = read_folder(&document.file("feeder.path").unwrap())?;
        let mut keys = Findings::default();
        lint::sweep_key::check(&Language::new(), &scenario, &document, &mut keys);
        let keys = keys.or_ok(())?.1;
        build(&scenario, &feeder, 1, Path::new(""), &|path| document.locate(path)).map(|(_, odd)| Findings([odd.0, keys.0].concat()))
    };
    let (Ok(findings) | Err(findings)) = look();
    findings.0.iter().map(|f| f.code).collect()
}

#[test]
fn the_example_of_every_scenario_rule_breaks_it_and_the_mended_one_does_not() {
    // Rules shared with the tables of a feeder have an example of those.
    let of_tables = copperplate::grid::rules::catalogue();
    for rule in lint::catalogue().into_iter().filter(|rule| of_tables.iter().all(|of| of.code != rule.code)) {
        let (broken, mended) = (codes_over_village(rule.example), codes_over_village(rule.mend));
        assert!(broken.contains(&rule.code), "{}: {broken:?}", rule.code);
        assert!(!mended.contains(&rule.code), "{}: {mended:?}", rule.code);
    }
}

fn sources(dir: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, files);
        } else {
            files.push(path);
        }
    }
}

/// Findings are made by rules, so each has a page; the rest of this test is the catalogue itself.
#[test]
fn no_finding_is_made_without_a_rule() {
    let mut files = Vec::new();
    sources(Path::new("src"), &mut files);
    assert!(files.len() > 100);
    for path in files.iter().filter(|path| !path.ends_with("diagnostic.rs")) {
        let text = std::fs::read_to_string(path).unwrap_or_default();
        let code = text.split("#[cfg(test)]").next().unwrap();
        assert!(!code.contains("Finding::error(") && !code.contains("Finding::warning("), "{}", path.display());
    }
    let all = rules();
    let (rules_of_scenarios, codes) = (lint::catalogue(), all.iter().map(|rule| rule.code).collect::<Vec<_>>());
    assert!(all.len() > 60 && rules_of_scenarios.iter().all(|rule| codes.contains(&rule.code)));
}
