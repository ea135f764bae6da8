//! What was asked: the strategies at a glance, then the scenario in words and tables.

use crate::kpi::definition;
use crate::results::record::{AssetsRecord, StrategyRecord};
use crate::scenario::schema::{Called, Contract, Day, Limits, Preset, Relief, Replacement, Right, Window};

use super::behaviour;
use super::figures::{decimal, heading, sentence, shown, words};
use super::folder::Folder;
use super::html::Html;

/// What stands on each strategy's card.
const AT_A_GLANCE: [&str; 6] =
    ["overload_realised_mwh", "max_loading_realised_percent", "paid_total_eur", "cost_total_eur", "ordered_mwh", "hot_spot_max_c"];

/// The section with a card for each strategy.
pub(super) fn cards(h: &mut Html, folder: &Folder) {
    h.el("section", &[("id", "glance")], |h| {
        h.leaf("h2", &[], "At a glance");
        h.el("div", &[("class", "cards")], |h| {
            for (k, s) in folder.record.strategies.iter().enumerate() {
                h.el("article", &[("class", &format!("card s{k}"))], |h| card(h, folder, k, s));
            }
        });
        h.leaf(
            "p",
            &[("class", "note")],
            "Compare cost together with the remaining overload. Payments of the DSO are its own; system cost sums the cost of all parties \
             without transfers, and is negative where feed-in earns more than everything else costs.",
        );
    });
}

fn card(h: &mut Html, folder: &Folder, k: usize, s: &StrategyRecord) {
    h.el("h3", &[], |h| {
        sample(h, k);
        h.text(&words(&s.name));
    });
    h.leaf("p", &[], &in_words(folder, s));
    h.el("dl", &[], |h| {
        for key in AT_A_GLANCE {
            let d = definition(key);
            let label = match key {
                "paid_total_eur" => "DSO pays (€)".to_owned(),
                "cost_total_eur" => "system cost (€)".to_owned(),
                "ordered_mwh" => "flexibility ordered (MWh)".to_owned(),
                _ => heading(d),
            };
            h.el("div", &[], |h| {
                h.leaf("dt", &[], &label);
                h.leaf("dd", &[], &shown(folder.kpi(&s.name, key), d.digits));
            });
        }
    });
}

/// The line of strategy `k` as charts draw it.
pub(super) fn sample(h: &mut Html, k: usize) {
    h.el("svg", &[("class", &format!("sample l{k}")), ("viewBox", "0 0 34 10"), ("aria-hidden", "true")], |h| {
        h.el("path", &[("d", "M0 5H34")], |_| {});
    });
}

/// What a strategy does, from its switches alone: a preset may have been changed in any of them.
fn in_words(folder: &Folder, s: &StrategyRecord) -> String {
    let contracts = &folder.record.scenario.contract;
    let in_force =
        |option: bool| contracts.iter().any(|c| s.contracts.contains(&c.id) && matches!(c.right, Right::FlexOption { .. }) == option);
    let (options, caps) = (in_force(true), in_force(false));
    let mut said = Vec::new();
    if !s.replacement.is_empty() {
        said.push(format!("{} replaced from the start", if s.replacement.len() == 1 { "one element is" } else { "several elements are" }));
    }
    if s.trades {
        let offers = if s.obligation {
            "every aggregator must offer all its flexibility at cost"
        } else {
            "aggregators choose what they offer, at their own prices"
        };
        let bought = match (options, s.obligation) {
            (true, _) => "the operator buys from reserved options and on the spot",
            (false, _) => "the operator buys it on the spot",
        };
        said.extend([offers.to_owned(), bought.to_owned()]);
    }
    if caps {
        said.push("it may cap the net power of connections before the auction".to_owned());
    }
    if s.orange {
        said.push("it may limit devices if the market does not relieve the congestion".to_owned());
    }
    let text = match said.is_empty() {
        true => "The operator does nothing: it ignores the limits of the grid.".to_owned(),
        false => sentence(&said.join("; ")),
    };
    let own = if words(&s.name) == words(preset_name(s.preset)) {
        String::new()
    } else {
        format!(" Derived from {}.", words(preset_name(s.preset)))
    };
    format!("{text}{own}")
}

fn preset_name(preset: Preset) -> &'static str {
    match preset {
        Preset::CopperPlate => "copper-plate",
        Preset::GridCapacityManagement => "grid-capacity-management",
        Preset::CongestionManagement => "congestion-management",
        Preset::Reinforce => "reinforce",
    }
}

/// The section on the scenario.
pub(super) fn scenario(h: &mut Html, folder: &Folder) {
    h.el("section", &[("id", "scenario")], |h| {
        h.leaf("h2", &[], "The scenario");
        facts(h, folder);
        h.leaf("h3", &[], "Switches of each strategy");
        switches(h, folder);
        if !folder.record.aggregators.is_empty() {
            h.leaf("h3", &[], "Aggregators");
            aggregators(h, folder);
        }
        if !folder.record.scenario.contract.is_empty() {
            h.leaf("h3", &[], "Contracts");
            contracts(h, folder);
        }
    });
}

fn facts(h: &mut Html, folder: &Folder) {
    let (r, s) = (&folder.record, &folder.record.scenario);
    let f = &r.feeder;
    let days = folder.calendar.period(s.time.until).date.since(s.time.from).map_or(1, |d| d.get_days() + 1);
    let assets: Vec<String> = f.assets.iter().map(asset).collect();
    let mut rows: Vec<(&str, String)> = vec![
        ("Question", s.description.clone()),
        (
            "Feeder",
            format!(
                "{}: {} connections, {} buses, {} lines, {}",
                f.name,
                f.connections,
                f.buses,
                f.lines,
                count(f.transformers, "transformer")
            ),
        ),
        ("Behind the meters", assets.join("; ")),
        (
            "Period",
            format!(
                "{} to {} ({}), {}, steps of {} minutes, ISPs of {}",
                s.time.from,
                s.time.until,
                count(days as usize, "day"),
                s.time.zone,
                s.time.step_minutes,
                s.time.isp_minutes
            ),
        ),
        ("Seed", format!("{}; all strategies share its random draws", s.seed)),
    ];
    for (p, limits) in r.congestion_points.iter().zip(&s.congestion_point) {
        rows.push((
            "Congestion point",
            format!(
                "{}: {}. The operator buys flexibility for forecasts above {}, overload counts above {}, limitations act above {}.",
                p.id,
                p.title,
                percent(limits.planning),
                percent(limits.rating),
                percent(limits.emergency),
            ),
        ));
    }
    if !folder.manifest.overrides.is_empty() {
        rows.push(("Overrides", folder.manifest.overrides.join(", ")));
    }
    h.el("dl", &[("class", "facts")], |h| {
        for (name, text) in rows.iter().filter(|(_, text)| !text.is_empty()) {
            h.el("div", &[], |h| {
                h.leaf("dt", &[], name);
                h.leaf("dd", &[], text);
            });
        }
    });
}

/// `1 day`, `7 days`.
fn count(n: usize, noun: &str) -> String {
    format!("{n} {noun}{}", if n == 1 { "" } else { "s" })
}

fn percent(share: f64) -> String {
    format!("{}\u{a0}%", decimal(share * 100.0, 0))
}

fn asset(a: &AssetsRecord) -> String {
    let noun = match a.kind.as_str() {
        "load" => "loads",
        "heat-pump" => "heat pumps",
        "charging" => "charging points with a fixed profile",
        "pv" => "PV systems",
        "plant" => "PV-battery plants",
        "vehicle" => "vehicles",
        "battery" => "batteries",
        "house" => "houses with heat pumps",
        "process" => "processes that can hold consumption back",
        "generator" => "generators",
        other => other,
    };
    format!("{} {noun} ({} kW)", a.count, decimal(a.nominal_kw, 0))
}

/// A table in a frame that scrolls sideways: caption, column heads with the class of their cells, rows whose first cell is
/// their head.
pub(super) fn table(h: &mut Html, caption: &str, heads: &[(&str, &str)], rows: &[Vec<String>]) {
    h.el("div", &[("class", "scroll"), ("tabindex", "0"), ("role", "region"), ("aria-label", caption)], |h| {
        h.el("table", &[], |h| {
            h.leaf("caption", &[("class", "hidden-text")], caption);
            h.el("thead", &[], |h| {
                h.el("tr", &[], |h| {
                    for (head, class) in heads {
                        h.leaf("th", &[("scope", "col"), ("class", class)], head);
                    }
                });
            });
            h.el("tbody", &[], |h| {
                for row in rows {
                    h.el("tr", &[], |h| {
                        for (k, cell) in row.iter().enumerate() {
                            let (tag, scope) = if k == 0 { ("th", "row") } else { ("td", "") };
                            let class = ("class", heads[k].1);
                            let attributes: &[(&str, &str)] = if k == 0 { &[("scope", scope), class] } else { &[class] };
                            h.leaf(tag, attributes, cell);
                        }
                    });
                }
            });
        });
    });
}

fn switches(h: &mut Html, folder: &Folder) {
    let strategies = &folder.record.strategies;
    let yes = |b: bool| if b { "yes" } else { "no" }.to_owned();
    let dash = || "–".to_owned();
    let row = |name: &str, f: &dyn Fn(&StrategyRecord) -> String| {
        std::iter::once(name.to_owned()).chain(strategies.iter().map(f)).collect::<Vec<_>>()
    };
    let traded = |s: &StrategyRecord, text: String| if s.trades { text } else { dash() };
    let rows = [
        row("the operator trades", &|s| yes(s.trades)),
        row("who must offer", &|s| {
            traded(s, if s.obligation { "every aggregator, all it has, at cost" } else { "willing owners only" }.to_owned())
        }),
        row("price ceiling (€/MWh)", &|s| traded(s, decimal(s.price_ceiling_eur_per_mwh, 0))),
        row("penalty on spot orders (€/MWh)", &|s| traded(s, decimal(s.penalty_eur_per_mwh, 0))),
        row("contracts in force", &|s| if s.contracts.is_empty() { dash() } else { s.contracts.join(", ") }),
        row("limitations outside the market (orange)", &|s| yes(s.orange)),
        row("replacement", &|s| {
            let all: Vec<String> = s.replacement.iter().map(replacement).collect();
            if all.is_empty() { dash() } else { all.join("; ") }
        }),
    ];
    let names: Vec<String> = strategies.iter().map(|s| words(&s.name)).collect();
    let classes: Vec<String> = (0..names.len()).map(|k| format!("s{k}")).collect();
    let columns = names.iter().zip(&classes).map(|(n, c)| (n.as_str(), c.as_str()));
    let heads: Vec<(&str, &str)> = std::iter::once(("Switch", "")).chain(columns).collect();
    table(h, "Switches by strategy", &heads, &rows);
}

fn replacement(r: &Replacement) -> String {
    let unit = if r.element.starts_with("line") { "A" } else { "kVA" };
    let (rating, capex, life) = (decimal(r.rating, 0), decimal(r.capex_eur, 0), decimal(r.life_years, 0));
    format!("{} by one of {rating} {unit} for {capex} €, {life} years at {}", r.element, percent(r.discount_rate))
}

fn aggregators(h: &mut Html, folder: &Folder) {
    let terms = &folder.record.scenario.aggregator;
    let rows: Vec<Vec<String>> = folder
        .record
        .aggregators
        .iter()
        .map(|a| {
            let t = terms.iter().find(|t| t.domain == a.domain);
            let of = |f: &dyn Fn(&crate::scenario::schema::Aggregator) -> String| t.map_or_else(|| "–".to_owned(), f);
            vec![
                a.domain.clone(),
                a.connections.to_string(),
                decimal(a.feed_in_kw, 0),
                of(&|t| behaviour::in_words(t.behaviour.as_ref())),
                of(&|t| percent(t.margin)),
                of(&|t| percent(t.willingness)),
                of(&|t| percent(t.caution)),
                of(&|t| decimal(t.support_eur_per_mwh, 0)),
                of(&|t| decimal(t.shifting_eur_per_mwh, 0)),
            ]
        })
        .collect();
    let heads = [
        ("Aggregator", ""),
        ("connections", "num"),
        ("PV it can curtail (kW)", "num"),
        ("behaviour", ""),
        ("margin on cost", "num"),
        ("willing owners", "num"),
        ("share of expected PV offered", "num"),
        ("support lost (€/MWh)", "num"),
        ("cost of shifting (€/MWh)", "num"),
    ];
    table(h, "Aggregators", &heads, &rows);
}

/// Limits on calls, as the end of a sentence.
fn limits(l: &Limits) -> String {
    let calls = |most: Option<u32>, of: &str| most.map(|n| format!("at most {} {of}", count(n as usize, "call")));
    let minutes = |m: Option<u32>, what: &str| m.map(|m| format!("{what} {m} min"));
    let stated = [
        calls(l.calls_per_day, "a day"),
        calls(l.calls_per_week, "a week"),
        l.hours_per_year.map(|h| format!("at most {h} h a year")),
        minutes(l.min_minutes, "at least"),
        minutes(l.max_minutes, "at most"),
        minutes(l.recovery_minutes, "between calls at least"),
    ];
    stated.into_iter().flatten().map(|limit| format!(", {limit}")).collect()
}

fn contracts(h: &mut Html, folder: &Folder) {
    let row = |c: &Contract| {
        let right = match c.right {
            Right::FlexOption { power_kw } => format!("FlexOption of {} kW: must be offered when requested", decimal(power_kw, 0)),
            Right::BidObligation { power_kw } => {
                format!("bids of {} kW at own prices: must be offered when requested", decimal(power_kw, 0))
            }
            Right::CapacityLimitation { cap_kw } => match c.called {
                Some(Called::Always) => format!("capacity limitation to {} kW in all windows", decimal(cap_kw, 0)),
                Some(Called::DayAhead) | None => format!("capacity limitation to {} kW on call{}", decimal(cap_kw, 0), limits(&c.limits)),
            },
        };
        let relief = match c.direction {
            Relief::Consumption => "too much consumption",
            Relief::FeedIn => "too much feed-in",
        };
        let windows: Vec<String> = c.windows.iter().map(window).collect();
        vec![
            c.id.clone(),
            c.aggregator.clone(),
            right,
            format!("{relief} at {}", c.congestion_point),
            if windows.is_empty() { "always".to_owned() } else { windows.join("; ") },
            decimal(c.availability_eur_per_mw_h, 2),
            decimal(c.utilisation_eur_per_mwh, 2),
            decimal(c.performance.penalty_eur_per_mwh, 2),
        ]
    };
    let rows: Vec<Vec<String>> = folder.record.scenario.contract.iter().map(row).collect();
    let heads = [
        ("Contract", ""),
        ("aggregator", ""),
        ("right of the operator", ""),
        ("against", ""),
        ("when", ""),
        ("availability (€/MW h)", "num"),
        ("utilisation (€/MWh)", "num"),
        ("penalty (€/MWh)", "num"),
    ];
    table(h, "Contracts", &heads, &rows);
}

fn window(w: &Window) -> String {
    let day = |d: &Day| match d {
        Day::Mon => "Mon",
        Day::Tue => "Tue",
        Day::Wed => "Wed",
        Day::Thu => "Thu",
        Day::Fri => "Fri",
        Day::Sat => "Sat",
        Day::Sun => "Sun",
    };
    let days: Vec<&str> = w.days.iter().map(day).collect();
    let days = if days.is_empty() { String::new() } else { format!("{} ", days.join(", ")) };
    format!("{days}{} to {}", w.from.strftime("%H:%M"), w.until.strftime("%H:%M"))
}
