//! The page of a run.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::json;

use crate::output::{Manifest, file_name};

use super::figures::{self, words};
use super::folder::Folder;
use super::html::Html;
use super::page::Page;
use super::{ReportError, behaviour, forecasts, households, money, notes, picture, points, question, series, talks};

/// Sections of a page; those of households and forecasts are left out where there are none.
const SECTIONS: [(&str, &str); 13] = [
    ("glance", "At a glance"),
    ("scenario", "Scenario"),
    ("loading", "Loading"),
    ("points", "Congestion"),
    ("figures", "Key figures"),
    ("cost", "Cost"),
    ("feeder", "Feeder"),
    (HOUSEHOLDS, "Behind the meter"),
    (FORECASTS, "Forecasts"),
    ("trade", "Trade"),
    ("money", "Money"),
    ("validity", "Validity"),
    ("provenance", "Provenance"),
];

const HOUSEHOLDS: &str = "households";
const FORECASTS: &str = "forecasts";

const SCRIPTS: [&str; 4] = [include_str!("page.js"), include_str!("chart.js"), include_str!("tables.js"), include_str!("run.js")];

/// The page of the run in `dir`; `manifest` in place of a file that is not there yet.
pub(super) fn page(dir: &Path, manifest: Option<&Manifest>) -> Result<String, ReportError> {
    let folder = Folder::read(dir, manifest)?;
    let s = &folder.record.scenario;
    let loading = series::pack(&folder)?;
    let talks = talks::pack(&folder)?;
    let recorded: BTreeSet<String> =
        loading["points"].as_array().into_iter().flatten().map(|p| p["id"].as_str().unwrap_or_default().to_owned()).collect();
    let mut drawings = Drawings { folder: &folder, colours: BTreeSet::new() };
    let mut h = Html::default();
    question::cards(&mut h, &folder);
    question::scenario(&mut h, &folder);
    drawings.loading(&mut h, &recorded, loading["elements"].as_u64().unwrap_or_default());
    points::section(&mut h, &folder);
    figures::section(&mut h, &folder);
    drawings.cost(&mut h);
    drawings.feeder(&mut h);
    let devices = households::devices(&folder)?;
    drawings.households(&mut h, &devices);
    let scores = forecasts::scores(&folder)?;
    drawings.forecasts(&mut h, &scores);
    drawings.trade(&mut h, &talks);
    money::section(&mut h, &folder);
    notes::validity(&mut h, &folder, &behaviour::checks(&folder)?);
    notes::provenance(&mut h, &folder);
    let sections: Vec<(&str, &str)> = SECTIONS
        .into_iter()
        .filter(|(id, _)| *id != FORECASTS || !scores.is_empty())
        .filter(|(id, _)| *id != HOUSEHOLDS || !devices.is_empty())
        .collect();
    let strategies: Vec<&str> = folder.strategies().collect();
    let page = Page {
        title: &s.name,
        kind: "Congestion study",
        question: &s.description,
        facts: format!("{} to {} · seed {} · {}", s.time.from, s.time.until, s.seed, folder.record.feeder.name),
        sections: &sections,
        colours: drawings.colours,
        data: json!({
            "strategies": strategies.iter().map(|s| words(s)).collect::<Vec<_>>(),
            "isp_minutes": s.time.isp_minutes,
            "loading": loading,
            "money": money::pack(&folder),
            "trade": talks.json,
        }),
        strategies,
        scripts: &SCRIPTS,
        program: &folder.manifest.program,
    };
    Ok(page.document(h))
}

/// Sections made of the run's drawings.
struct Drawings<'a> {
    folder: &'a Folder,
    colours: BTreeSet<String>,
}

impl Drawings<'_> {
    /// The drawing in the file `name`, if there is one, as a figure of the class.
    fn figure(&mut self, h: &mut Html, name: &str, class: &str, caption: &str) {
        let Some(drawing) = self.folder.text(name).and_then(|svg| picture::inline(&svg, &mut self.colours)) else { return };
        h.el("figure", &[("class", &format!("drawing {class}"))], |h| {
            h.raw(&drawing);
            if !caption.is_empty() {
                h.leaf("figcaption", &[], caption);
            }
        });
    }

    /// A place for an interactive chart, with the drawing that stands in for it on paper and without scripts.
    fn chart(&mut self, h: &mut Html, kind: &str, point: &str, file: &str, live: bool) {
        if live {
            h.el("div", &[("class", "chart js-only"), ("data-chart", kind), ("data-point", point)], |_| {});
        }
        self.figure(h, file, if live { "fallback" } else { "" }, "");
    }

    /// `elements` is how many of them the run recorded.
    fn loading(&mut self, h: &mut Html, recorded: &BTreeSet<String>, elements: u64) {
        let all = &self.folder.record.congestion_points;
        let file = |kind: &str, id: &str| if all.len() > 1 { format!("{kind}-{}.svg", file_name(id)) } else { format!("{kind}.svg") };
        // A run draws some congestion points only if there are many.
        let drawn = all.iter().filter(|p| self.folder.holds(&file("loading", &p.id)));
        let points: Vec<(String, String)> = drawn.map(|p| (p.id.clone(), p.title.clone())).collect();
        let left_out = all.len() - points.len();
        let feeder = &self.folder.record.feeder;
        let of = feeder.lines + feeder.transformers + feeder.buses;
        h.el("section", &[("id", "loading")], |h| {
            h.leaf("h2", &[], "Loading");
            h.leaf(
                "p",
                &[("class", "js-only screen")],
                "Drag over a chart to zoom, or use its buttons; with the keyboard, \
                arrow keys move the reading line, + and − zoom, page keys go on and back, Escape shows everything again. The switches \
                at the top of the page show and hide strategies.",
            );
            if elements < of as u64 {
                let text = format!("elements.parquet holds {elements} of {of} elements; drawings and key figures cover all of them.");
                h.leaf("p", &[("class", "note")], &text);
            }
            if left_out > 0 {
                h.leaf(
                    "p",
                    &[("class", "note")],
                    &format!(
                        "The {} congestion points with the highest loading of {}; elements.parquet has them all.",
                        points.len(),
                        points.len() + left_out
                    ),
                );
            }
            for (id, title) in &points {
                let live = recorded.contains(id);
                h.leaf("h3", &[], &format!("Over time: {title}"));
                self.chart(h, "time", id, &file("loading", id), live);
                h.leaf("h3", &[], &format!("Load-duration curve: {title}"));
                self.chart(h, "duration", id, &file("load-duration", id), live);
                if !live {
                    h.leaf("p", &[("class", "note")], "The run did not record this element, so the page shows only its drawing.");
                }
            }
        });
    }

    fn cost(&mut self, h: &mut Html) {
        h.el("section", &[("id", "cost")], |h| {
            h.leaf("h2", &[], "Cost by payer and kind");
            h.leaf(
                "p",
                &[],
                "Left: what the operator pays in each strategy, by kind; penalties that it receives are left of zero, so the \
                sum of a bar is the total of the key figures. Right: system cost, in which transfers between parties cancel. Energy is drawn as its change against the first strategy, so the sums differ from the key figure by the amount stated in the drawing. The payments leave out energy and imbalance, which the DSO does not pay; the ledger has them.",
            );
            self.figure(h, "cost.svg", "", "");
        });
    }

    fn feeder(&mut self, h: &mut Html) {
        let names: Vec<String> = self.folder.strategies().map(str::to_owned).collect();
        h.el("section", &[("id", "feeder")], |h| {
            h.leaf("h2", &[], "The feeder");
            h.leaf("p", &[], "Highest loading of every line and transformer and voltage range of every bus over the period, by strategy.");
            h.el("div", &[("class", "maps")], |h| {
                for (k, name) in names.iter().enumerate() {
                    self.figure(h, &format!("feeder-{}.svg", file_name(name)), &format!("s{k}"), &words(name));
                }
            });
        });
    }

    fn households(&mut self, h: &mut Html, devices: &[households::DeviceRow]) {
        if devices.is_empty() {
            return;
        }
        let names: Vec<String> = self.folder.strategies().map(str::to_owned).collect();
        h.el("section", &[("id", HOUSEHOLDS)], |h| {
            h.leaf("h2", &[], "Behind the meter");
            households::devices_table(h, self.folder, devices);
            h.leaf("h3", &[], "One household");
            h.leaf(
                "p",
                &[],
                "The household with most devices that can be steered, in the first week. A device is asked for a power by its household's \
                 plan or by its aggregator; where the line of what is asked breaks off, its own control decides. A vehicle that is away, \
                 full or soon to leave, a tank that gets cold or a limitation makes the difference to what is delivered.",
            );
            let drawn: Vec<(usize, &String)> = names.iter().enumerate().collect();
            let (first, others) = drawn.split_at(1.min(drawn.len()));
            let mut week = |h: &mut Html, all: &[(usize, &String)]| {
                all.iter()
                    .for_each(|(k, name)| self.figure(h, &format!("household-{}.svg", file_name(name)), &format!("s{k}"), &words(name)));
            };
            week(h, first);
            if !others.is_empty() {
                h.el("details", &[], |h| {
                    h.leaf("summary", &[], "The same household in the other strategies");
                    week(h, others);
                });
            }
            if self.folder.holds("fleet-envelope.svg") {
                h.leaf("h3", &[], "What the fleet could give and take");
                self.figure(h, "fleet-envelope.svg", "", "");
            }
            let rebounds: Vec<(usize, String)> =
                names.iter().enumerate().map(|(k, name)| (k, format!("rebound-{}.svg", file_name(name)))).collect();
            if rebounds.iter().any(|(_, file)| self.folder.holds(file)) {
                h.leaf("h3", &[], "What comes back after orders");
                h.leaf(
                    "p",
                    &[],
                    "Power through the congestion point on the day when orders moved most energy, and on the morning after. Energy comes \
                     back before the request as well, because devices prepare for it; key figures count only what comes back afterwards.",
                );
                for (k, file) in &rebounds {
                    self.figure(h, file, &format!("s{k}"), &words(&names[*k]));
                }
            }
        });
    }

    fn forecasts(&mut self, h: &mut Html, scores: &[forecasts::ScoreRow]) {
        if scores.is_empty() {
            return;
        }
        h.el("section", &[("id", FORECASTS)], |h| {
            h.leaf("h2", &[], "Forecasts");
            h.leaf(
                "p",
                &[],
                "Participants learned their forecasts from their own readings. They are the same in every strategy. nMAE is the mean \
                absolute error over mean power; skill is against the same hour of the week before.",
            );
            h.leaf("h3", &[], "The operator's forecast of the day with the highest power");
            self.figure(h, "forecast-fan.svg", "", "");
            forecasts::scores_table(h, scores);
        });
    }

    fn trade(&mut self, h: &mut Html, talks: &talks::Talks) {
        let names: Vec<String> = self.folder.strategies().map(str::to_owned).collect();
        h.el("section", &[("id", "trade")], |h| {
            h.leaf("h2", &[], "Trade");
            if talks.days == 0 {
                let trades = self.folder.record.strategies.iter().any(|s| s.trades);
                let text = if trades {
                    "The operator and the aggregators exchanged no requests or orders in this run."
                } else {
                    "No strategy of this run trades."
                };
                h.leaf("p", &[], text);
                return;
            }
            h.leaf(
                "p",
                &[],
                "The operator requests flexibility where its day-ahead forecast exceeds the planning limit. A request \
                says for each ISP between which bounds power has to change (positive: less feed-in or more consumption). Aggregators \
                answer with offers; the operator orders what it needs; after the month, what meters show is settled.",
            );
            if talks.shown_days < talks.days {
                h.leaf(
                    "p",
                    &[("class", "note")],
                    &format!(
                        "The {} days with the most ordered energy of {} days with conversations; \
                    all of them are in messages.parquet.",
                        talks.shown_days, talks.days
                    ),
                );
            }
            h.el("div", &[("id", "reader"), ("class", "js-only")], |_| {});
            h.leaf("h3", &[], "The day with the most ordered energy");
            for (k, name) in names.iter().enumerate() {
                self.figure(h, &format!("traded-day-{}.svg", file_name(name)), &format!("s{k}"), &words(name));
            }
        });
    }
}
