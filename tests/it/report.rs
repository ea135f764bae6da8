//! The HTML page of a run and of a sweep: it holds everything, loads nothing, and no name in it can act.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use copperplate::diagnostic::Findings;
use copperplate::import::read_folder;
use copperplate::kpi::{self, DEFINITIONS};
use copperplate::output::RunFolder;
use copperplate::output::manifest::Output;
use copperplate::output::{Column, Strings, Table, write_parquet};
use copperplate::report::{FILE_NAME, page, page_of_run};
use copperplate::results::{Finished, Run, Selection, stage};
use copperplate::scenario::build::build;
use copperplate::scenario::document::Document;
use copperplate::scenario::load;
use copperplate::scenario::schema::{Behaviour, Obligation, Preset, Scenario, Strategy};
use copperplate::sim::{Reference, run_case};
use copperplate::sweep::{Folder, Record};
use rayon::prelude::*;

const VOID: [&str; 5] = ["meta", "link", "input", "img", "br"];

/// An empty folder of its own for a test.
fn scratch(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("report").join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// The folder of a run of the quickstart after `edit`, as the command leaves it.
fn run(name: &str, select: &[&str], edit: impl FnOnce(&mut Scenario)) -> PathBuf {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/quickstart.toml");
    let (mut scenario, document, _): (Scenario, Document, Findings) = load(&path, &[]).unwrap();
    edit(&mut scenario);
    let (feeder, _) = read_folder(&document.file("feeder.path").unwrap()).unwrap();
    let (study, _) = build(&scenario, &feeder, scenario.seed, path.parent().unwrap(), &|p| document.locate(p)).unwrap();
    let reference = Reference::new(&study);
    let finish = |strategy| {
        let case = run_case(&study, &reference, strategy, &|_| {});
        Finished { strategy, kpis: kpi::compute(&study, strategy, &case), case }
    };
    let cases: Vec<Finished<'_>> = study.strategies.par_iter().map(finish).collect();
    let facts = Run {
        scenario: Path::new("scenarios/quickstart.toml"),
        document: &scenario,
        overrides: &[],
        inputs: std::slice::from_ref(&path),
        selection: &Selection(select.iter().map(|s| (*s).to_owned()).collect()),
        xml: false,
        started: "2026-01-01T00:00:00Z".to_owned(),
        durations: Vec::new(),
    };
    let target = scratch(name);
    let (folder, mut manifest) = stage(&study, &cases, facts, RunFolder::create(&target).unwrap()).unwrap();
    let text = page_of_run(folder.path(), &manifest).unwrap();
    fs::write(folder.file(FILE_NAME).unwrap(), text).unwrap();
    manifest.outputs.push(Output::of(folder.path(), FILE_NAME, None).unwrap());
    folder.publish(&manifest).unwrap();
    target
}

/// Tags in order, what they hold checked: every element is closed by its own tag. Scripts and styles hold text.
fn tags(html: &str) -> Vec<(String, String)> {
    let mut open: Vec<String> = Vec::new();
    let mut found = Vec::new();
    let mut rest = html.strip_prefix("<!DOCTYPE html>").expect("a document type");
    while let Some(at) = rest.find('<') {
        assert!(!rest[..at].contains('>'), "a stray '>' in {:?}", &rest[..at]);
        rest = &rest[at + 1..];
        let end = rest.find('>').expect("a tag ends");
        let tag = &rest[..end];
        rest = &rest[end + 1..];
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop().as_deref(), Some(name), "what is closed is what is open");
            continue;
        }
        let (name, attributes) = tag.split_once(' ').unwrap_or((tag.trim_end_matches('/'), ""));
        assert!(!name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric()), "a tag's name: {name:?}");
        assert!(attributes.matches('"').count() % 2 == 0 && !attributes.contains('<'), "attributes: {attributes:?}");
        found.push((name.to_owned(), attributes.to_owned()));
        if matches!(name, "script" | "style") {
            let end = rest.find(&format!("</{name}>")).expect("a script ends");
            rest = &rest[end..];
        }
        if !VOID.contains(&name) && !tag.ends_with('/') {
            open.push(name.to_owned());
        }
    }
    assert!(open.is_empty(), "left open: {open:?}");
    found
}

/// What a page refers to, by attribute.
fn references(tags: &[(String, String)]) -> BTreeSet<String> {
    let of = |attributes: &str, name: &str| {
        attributes
            .split(&format!(" {name}=\""))
            .skip(1)
            .map(|rest| rest.split('"').next().unwrap_or_default().to_owned())
            .collect::<Vec<_>>()
    };
    tags.iter().flat_map(|(_, a)| ["src", "href", "action", "data"].map(|name| of(&format!(" {a}"), name)).concat()).collect()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}

/// Loads nothing: no reference leaves the page, in markup, style or script.
fn is_alone(html: &str) {
    let tags = tags(html);
    for reference in references(&tags) {
        assert!(reference.starts_with('#') || reference.starts_with("data:"), "it refers to {reference}");
    }
    let addresses = html.match_indices("http").filter(|(i, _)| html[*i..].starts_with("http://") || html[*i..].starts_with("https://"));
    for (at, _) in addresses {
        assert!(html[at..].starts_with("http://www.w3.org/2000/svg"), "an address: {}", html[at..].chars().take(60).collect::<String>());
    }
    assert!(!html.contains("@import") && !html.contains("fetch(") && !html.contains("XMLHttpRequest"));
    let ids: Vec<&str> = html.match_indices(" id=\"").map(|(i, m)| html[i + m.len()..].split('"').next().unwrap()).collect();
    assert_eq!(ids.len(), ids.iter().collect::<BTreeSet<_>>().len(), "ids are unique");
    for (name, attributes) in &tags {
        assert!(name != "th" || attributes.contains("scope="), "a table head without scope: {attributes}");
    }
}

#[test]
fn the_page_of_a_run_holds_everything() {
    let folder = run("quickstart", &[], |_| {});
    let html = page(&folder).unwrap();
    assert!(html == fs::read_to_string(folder.join(FILE_NAME)).unwrap(), "made again from the folder, the page is the same");
    assert!(html.len() < 2_000_000, "{} bytes", html.len());
    is_alone(&html);
    // It follows no single households.
    for d in DEFINITIONS.iter().filter(|d| d.section != kpi::Section::BehindTheMeter) {
        let mut meaning = escaped(d.meaning);
        let rest = meaning.split_off(1);
        assert!(html.contains(&format!("{}{rest}.", meaning.to_uppercase())), "the meaning of {}", d.key);
        assert!(html.contains(&format!("<code>{}</code>", d.key)), "{}", d.key);
    }
    for heading in [
        "At a glance",
        "The scenario",
        "Loading",
        "Congestion points",
        "Key figures",
        "Cost by payer and kind",
        "The feeder",
        "Settlement and ledger",
    ] {
        assert!(html.contains(&format!("<h2>{heading}</h2>")), "{heading}");
    }
    for text in [
        "674 kW of feed-in",
        "midday-option",
        "sunny.example.com",
        "160 kVA",
        "400 kVA",
        "BLAKE3",
        "seed 1",
        "Run several seeds",
        "days of life lost by formula, 6250 counted",
    ] {
        assert!(html.contains(text), "{text}");
    }
    assert!(!html.contains("2026-01-01"), "clock values of the manifest stay out");
    let levels: Vec<u8> =
        tags(&html).iter().filter(|(n, _)| n.len() == 2 && n.starts_with('h')).filter_map(|(n, _)| n[1..].parse().ok()).collect();
    assert!(levels[0] == 1 && levels.windows(2).all(|w| w[1] <= w[0] + 1), "headings in order: {levels:?}");
    let manifest = fs::read_to_string(folder.join("manifest.json")).unwrap();
    assert!(manifest.contains("report.html") && manifest.contains("scenario.json"));
}

#[test]
fn names_cannot_act() {
    const HOSTILE: &str = "<script>alert(1)<!--\" onload='x'";
    let folder = run("hostile", &["bus:*"], |s| {
        s.name = format!("a{HOSTILE}");
        s.description = format!("why {HOSTILE}?");
        s.time.until = s.time.from;
        s.strategies = vec!["copper-plate".to_owned(), "grid-capacity-management".to_owned()];
        s.contract[0].id = format!("option {HOSTILE}");
        s.congestion_point[0].id = "vil&lage".to_owned();
        for contract in &mut s.contract {
            contract.congestion_point = "vil&lage".to_owned();
        }
    });
    let html = page(&folder).unwrap();
    is_alone(&html);
    assert!(!html.contains("<script>alert"), "a script of a name's");
    assert!(html.contains(&escaped(HOSTILE)), "it is shown as text");
    let scripts = html.matches("<script").count();
    assert_eq!(scripts, html.matches("</script>").count());
    assert!(html.contains("did not record this element"), "the congestion point was left out of the recording");
}

#[test]
fn a_folder_that_is_none_is_refused() {
    let code = |folder: &Path| Findings::from(page(folder).unwrap_err()).0[0].code;
    let folder = scratch("nothing");
    assert_eq!(code(&folder), "no-results");
    fs::write(folder.join("manifest.json"), "{}").unwrap();
    assert_eq!(code(&folder), "unreadable-results");
}

/// Results of two strategies, a number and a text as parameters, two seeds; one case failed.
fn sweep_results() -> Table {
    let cases = 16;
    let at = |k: usize| (k % 2, k / 2 % 2, k / 4 % 2, k / 8);
    let text = |f: &dyn Fn(usize) -> &'static str| {
        let mut column = Strings::default();
        (0..cases).for_each(|k| column.push(f(k)));
        Column::Str(column)
    };
    let number = |f: &dyn Fn(usize) -> f64| Column::F64((0..cases).map(f).collect());
    let failed = |k: usize| k == 5;
    let mut columns = vec![
        ("case".to_owned(), Column::I64((0..16).collect())),
        ("sample".to_owned(), Column::I64((0..16).map(|k| k / 4).collect())),
        ("block".to_owned(), text(&|_| "")),
        ("strategy".to_owned(), text(&|k| ["copper-plate", "reinforce"][at(k).0])),
        ("seed".to_owned(), Column::I64((0..16).map(|k| 1 + k / 2 % 2).collect())),
        ("feeder.pv_scale".to_owned(), number(&|k| [0.5, 1.5][at(k).2])),
        ("forecast.kind".to_owned(), text(&|k| ["perfect", "<b>synthetic"][at(k).3])),
    ];
    for d in DEFINITIONS {
        columns.push((d.key.to_owned(), number(&|k| if failed(k) { f64::NAN } else { (at(k).2 as f64 + 1.0) * (at(k).0 as f64 + 0.25) })));
    }
    columns.push(("status".to_owned(), text(&|k| if failed(k) { "failed" } else { "ok" })));
    columns.push(("reason".to_owned(), text(&|k| if failed(k) { "no <operating> point" } else { "" })));
    Table { columns }
}

#[test]
fn the_page_of_a_sweep_shows_parameters_failures_and_analysis() {
    let folder = scratch("sweep");
    let plan = r#"{ "program": "copperplate 0.1.0", "scenario": "a.toml", "overrides": [], "name": "pv sweep", "description": "",
        "design": "grid", "parameters": ["feeder.pv_scale", "forecast.kind"], "strategies": ["copper-plate", "reinforce"],
        "seeds": [1, 2], "cases": 16, "cases_of_part": 2, "parts": 8, "inputs": [{ "path": "a.toml", "bytes": 3, "blake3": "00ff" }] }"#;
    let record = serde_json::from_str::<Record>(plan).unwrap().sealed();
    fs::write(folder.join("sweep.json"), serde_json::to_vec(&record).unwrap()).unwrap();
    Folder::open(&folder).unwrap().publish_results(|file| write_parquet(&sweep_results(), file)).unwrap();
    fs::create_dir(folder.join("analysis")).unwrap();
    fs::write(folder.join("analysis/sobol-indices.csv"), "parameter,first,total\nfeeder.pv_scale,0.5123456789012,0.7\n<i>x,0.1,\n")
        .unwrap();
    fs::write(folder.join("analysis/tornado.svg"), "<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>").unwrap();
    let html = page(&folder).unwrap();
    is_alone(&html);
    assert_eq!(html, page(&folder).unwrap());
    for text in ["pv sweep", "feeder.pv_scale", "0.5, 1.5", "1 of 16 cases failed", "no &lt;operating&gt; point", "&lt;b&gt;synthetic"] {
        assert!(html.contains(text), "{text}");
    }
    for text in ["sobol indices", "0.512346", "&lt;i&gt;x", "data:image/svg+xml;base64,", "00ff"] {
        assert!(html.contains(text), "{text}");
    }
    assert!(!html.contains("onload="), "a foreign drawing is an image");
}

/// What stands behind the meters, how aggregators behave and what the check of prognoses found, in words.
#[test]
fn the_page_of_a_run_says_who_behaves_how_and_what_stands_behind_the_meters() {
    let folder = run("behaving", &[], |s| {
        s.time.until = s.time.from;
        s.strategies = ["copper-plate", "grid-capacity-management"].map(str::to_owned).to_vec();
        s.contract.clear();
        s.weather = Some(toml::from_str("kind = \"synthetic\"").unwrap());
        s.feeder.houses = Some(toml::from_str("share = 0.5").unwrap());
        s.aggregator[0].behaviour = Some(Behaviour::Inflating { share: 0.3, programme: false });
        let check = "preset = \"grid-capacity-management\"\nprognosis_check = { remedy = \"exclude\", flags = 3 }";
        s.strategy.insert("grid-capacity-management".to_owned(), toml::from_str(check).unwrap());
    });
    let html = fs::read_to_string(folder.join(FILE_NAME)).unwrap();
    for text in [
        "houses with heat pumps (",
        "houses, PV systems and transformers follow it",
        "adds 30\u{a0}% to its prognosis where it foresees congestion",
        "In grid capacity management, the operator checks prognoses and excludes an aggregator after 3 flagged days: it flagged nobody.",
        "0.50 € per kelvin below the comfort band",
        "The same household in the other strategies",
        "Where strategies differ, a cell has a value for each: copper plate / grid capacity management.",
    ] {
        assert!(html.contains(text), "{text}");
    }
    for text in ["they do not learn or bid strategically", "heat pumps and PV-battery plants", "never shifted"] {
        assert!(!html.contains(text), "{text}");
    }
}

/// Presets changed in their switches: the page says what the switches are, not what the presets were.
#[test]
fn the_page_of_a_run_says_what_its_strategies_do() {
    let changed = |s: &mut Scenario| {
        s.time.until = s.time.from;
        s.strategies = ["copper-plate", "grid-capacity-management", "congestion-management"].map(str::to_owned).to_vec();
        let own = |preset, obligation, orange| Strategy {
            preset: Some(preset),
            obligation,
            price_ceiling_eur_per_mwh: None,
            penalty_eur_per_mwh: None,
            contracts: None,
            orange: Some(orange),
            request_quantile: None,
            prognosis_check: None,
            replacement: Vec::new(),
        };
        s.strategy.clear();
        s.contract.clear();
        let kinds = [
            ("copper-plate", own(Preset::CopperPlate, None, true)),
            ("grid-capacity-management", own(Preset::GridCapacityManagement, Some(Obligation::All), false)),
            ("congestion-management", own(Preset::CongestionManagement, Some(Obligation::Voluntary), false)),
        ];
        s.strategy.extend(kinds.map(|(name, own)| (name.to_owned(), own)));
        s.values.transformer_eur = None;
    };
    let folder = run("switched", &[], changed);
    let html = fs::read_to_string(folder.join(FILE_NAME)).unwrap();
    let card = |k: usize| html.split(&format!("class=\"card s{k}\"")).nth(1).unwrap().split("<dl>").next().unwrap().to_owned();
    assert!(card(0).contains("It may limit devices") && !card(0).contains("does nothing"), "{}", card(0));
    assert!(card(1).contains("must offer all") && card(1).contains("buys it on the spot") && !card(1).contains("reserved"), "{}", card(1));
    assert!(card(2).contains("choose what they offer") && !card(2).contains("cap aggregators"), "{}", card(2));
    assert!(!html.contains("The cost of ageing"), "there is no price for it");
    // The same with the presets as they are, and nobody to trade with.
    let folder = run("idle", &[], |s| {
        s.time.until = s.time.from;
        s.strategies = vec!["copper-plate".to_owned(), "congestion-management".to_owned()];
        s.feeder.pv_scale = 0.1;
        s.strategy.clear();
    });
    let html = fs::read_to_string(folder.join(FILE_NAME)).unwrap();
    assert!(html.contains("exchanged no requests or orders") && !html.contains("No strategy of this run trades"));
    assert!(!html.contains("differ in several switches"), "one strategy trades");
}

/// What the chart of the most traded day calls not delivered is the deficiency that the operator settled for that day.
#[test]
fn the_traded_day_tells_the_deficiency_of_the_settlement() {
    let folder = run("deficiency", &["all"], |scenario| {
        scenario.forecast = copperplate::scenario::schema::Forecast::Persistence {};
    });
    let strategy = "grid-capacity-management";
    let svg = fs::read_to_string(folder.join(format!("traded-day-{strategy}.svg"))).unwrap();
    let said = svg.split("not delivered ").filter_map(|rest| rest.split_once(" kWh")?.0.parse::<f64>().ok()).next().expect("a deficiency");
    let mut sums = std::collections::BTreeMap::<jiff::civil::Date, f64>::new();
    let mut reader = csv::Reader::from_path(folder.join("settlement.csv")).unwrap();
    let header = reader.headers().unwrap().clone();
    let at = |name: &str| header.iter().position(|column| column == name).unwrap();
    for row in reader.records().map(Result::unwrap).filter(|row| &row[at("strategy")] == strategy) {
        *sums.entry(row[at("period")].parse().unwrap()).or_default() += row[at("deficiency_kwh")].parse::<f64>().unwrap();
    }
    let (day, settled) =
        sums.iter().find(|(day, _)| svg.contains(&day.strftime("%a %-d %b %Y").to_string())).expect("the day of the chart");
    assert!(*settled > 1.0 && (said / settled - 1.0).abs() < 0.006, "{day}: {said} kWh said, {settled} kWh settled");
}
