//! How far to trust it, and where it comes from.

use std::collections::BTreeMap;

use crate::ageing::HIGHEST_HOT_SPOT_C;
use crate::asset::house::COLD_EUR_KH;
use crate::output::manifest::Status;
use crate::scenario::schema::{Forecast, Learner, Prices, Weather};
use crate::units::Money;

use super::behaviour::{self, CheckRow};
use super::figures::{decimal, sentence, words};
use super::folder::Folder;
use super::html::Html;
use super::question::table;

/// What follows profiles, by kind of asset.
const PROFILED: [(&str, &str); 2] = [
    ("heat-pump", "Heat pumps follow profiles without a building model, so they are never shifted."),
    ("plant", "PV-battery plants of the shipped feeders are net profiles that can only be curtailed."),
];
/// Aggregators of a scenario that gives none a behaviour.
const PLAIN: &str = "Aggregators ask for their cost plus a fixed margin; they do not learn or bid strategically.";
const BEHAVING: &str = "Each aggregator has one behaviour for the whole run; none changes it when it is caught, and none bids for more \
    than its behaviour says.";

/// What the model leaves out, whatever the scenario.
const LEFT_OUT: [&str; 4] = [
    "Feeders are radial, solved balanced or phase by phase. There are no meshed grids, no protection and no fault currents.",
    "There is one day-ahead round of trade: no intraday round, no second buyer, no trading platform.",
    "Trade on the feeder does not change day-ahead and imbalance prices.",
    "The report compares voltages with their band, but the operator does not buy flexibility for voltage.",
];

/// The section on validity.
pub(super) fn validity(h: &mut Html, folder: &Folder, checks: &[CheckRow]) {
    h.el("section", &[("id", "validity")], |h| {
        h.leaf("h2", &[], "Validity of the results");
        h.leaf("h3", &[], "This run");
        h.el("ul", &[], |h| {
            for note in notes(folder, checks) {
                h.leaf("li", &[], &note);
            }
        });
        h.leaf("h3", &[], "What the model leaves out");
        h.el("ul", &[], |h| {
            let behaving = folder.record.scenario.aggregator.iter().any(|a| a.behaviour.is_some());
            let profiled = PROFILED.into_iter().filter(|(kind, _)| has(folder, kind)).map(|(_, text)| text);
            for text in LEFT_OUT.into_iter().chain([if behaving { BEHAVING } else { PLAIN }]).chain(profiled) {
                h.leaf("li", &[], text);
            }
        });
        h.leaf("h3", &[], "Assumed values");
        h.leaf("p", &[], "The scenario or its defaults state these values; they were not measured on this feeder. Results depend on them.");
        table(h, "Assumed values", &[("Subject", ""), ("assumption", "")], &assumptions(folder));
    });
}

/// Whether assets of a kind stand behind the meters.
fn has(folder: &Folder, kind: &str) -> bool {
    folder.record.feeder.assets.iter().any(|a| a.kind == kind)
}

fn notes(folder: &Folder, checks: &[CheckRow]) -> Vec<String> {
    let value = |s: &str, key: &str| folder.kpi(s, key).and_then(|r| r.value);
    let mut notes = vec![format!(
        "The run is one random draw, seed {}. Run several seeds before you trust a difference of a few per cent.",
        folder.record.scenario.seed
    )];
    let unsolved: Vec<String> = folder
        .strategies()
        .filter_map(|s| value(s, "not_converged_steps").filter(|n| *n > 0.0).map(|n| format!("{} steps in {}", decimal(n, 0), words(s))))
        .collect();
    notes.push(match unsolved.is_empty() {
        true => "The load flow has a solution in every step of every strategy.".to_owned(),
        false => format!("The load flow has no solution in {}; the figures that depend on it have no value.", unsolved.join(", ")),
    });
    notes.extend(unbooked(folder));
    notes.extend(too_hot(folder));
    notes.extend(ageing(folder));
    notes.extend(several_switches(folder));
    let behaving = folder.record.scenario.aggregator.iter().filter(|a| a.behaviour.is_some());
    notes.extend(behaving.map(|a| format!("{} {}.", a.domain, behaviour::in_words(a.behaviour.as_ref()))));
    notes.extend(behaviour::findings(folder, checks));
    if folder.manifest.status == Status::CasesFailed {
        notes.push("Some cases failed, and this page leaves them out.".to_owned());
    }
    notes
}

/// What ageing is charged, where a price is stated, and in which strategy it weighs most.
fn ageing(folder: &Folder) -> Option<String> {
    folder.record.scenario.values.transformer_eur?;
    let value = |s: &str, key: &str| folder.kpi(s, key).and_then(|r| r.value);
    let charged = |s| value(s, "cost_ageing_eur").filter(|eur| *eur > 0.0).map(|eur| (s, eur));
    let (most, eur) = folder.strategies().filter_map(charged).max_by(|a, b| a.1.total_cmp(&b.1))?;
    Some(format!(
        "The cost of ageing is the share of insulation life used up, at most one life (6250 days) per transformer, times the price \
            of a new transformer: at most {} €, in {}.",
        decimal(eur, 0),
        words(most)
    ))
}

/// Trading strategies of this run that differ in several switches, so that a difference in figures has no single cause.
fn several_switches(folder: &Folder) -> Option<String> {
    let trading: Vec<_> = folder.record.strategies.iter().filter(|s| s.trades).collect();
    let [first, second] = trading.iter().enumerate().find_map(|(k, a)| {
        let other = trading[k + 1..].iter().find(|b| {
            let differ = [
                a.obligation != b.obligation,
                a.price_ceiling_eur_per_mwh != b.price_ceiling_eur_per_mwh,
                a.penalty_eur_per_mwh != b.penalty_eur_per_mwh,
                a.contracts != b.contracts,
                a.orange != b.orange,
                a.replacement != b.replacement,
            ];
            differ.into_iter().filter(|d| *d).count() > 1
        })?;
        Some([*a, *other])
    })?;
    Some(format!(
        "{} and {} differ in several switches at once. To see the effect of one switch, define two strategies that differ only in it.",
        sentence(&words(&first.name)).trim_end_matches('.'),
        words(&second.name)
    ))
}

/// Transformers beyond what the thermal model can tell.
fn too_hot(folder: &Folder) -> Option<String> {
    let value = |s: &str, key: &str| folder.kpi(s, key).and_then(|r| r.value);
    let case = |s: &str| {
        let hottest = value(s, "hot_spot_max_c").filter(|t| *t > HIGHEST_HOT_SPOT_C)?;
        let days = |key: &str| value(s, key).map_or_else(|| "–".to_owned(), |d| decimal(d, 0));
        Some(format!(
            "{} ({} °C; {} days of life lost by formula, {} counted)",
            words(s),
            decimal(hottest, 0),
            days("loss_of_life_raw_days"),
            days("loss_of_life_days")
        ))
    };
    let cases: Vec<String> = folder.strategies().filter_map(case).collect();
    (!cases.is_empty()).then(|| {
        format!(
            "The transformer's hot spot exceeds {HIGHEST_HOT_SPOT_C} °C in {}. Above that temperature the thermal model shows only that \
             the transformer is overloaded; a real one would be switched off or fail. The program counts and charges at most one \
             insulation life.",
            cases.join(", ")
        )
    })
}

/// Bills that were not accepted, and what that leaves out.
fn unbooked(folder: &Folder) -> Option<String> {
    let mut sums: BTreeMap<(usize, &str, &str), Money> = BTreeMap::new();
    for row in &folder.unbooked {
        let strategy = folder.strategy(&row.strategy)?;
        *sums.entry((strategy, &row.payee, &row.reason)).or_default() += row.amount_eur;
    }
    let name = |s: usize| folder.strategies().nth(s).map(words).unwrap_or_default();
    let bill = |((s, payee, reason), sum): (&(usize, &str, &str), &Money)| {
        format!("{} € to {payee} in {} ({reason})", decimal(sum.as_f64(), 2), name(*s))
    };
    let bills: Vec<String> = sums.iter().map(bill).collect();
    (!bills.is_empty()).then(|| {
        format!(
            "Some settled amounts are not booked: {}. Payments and delivered energy leave them out, and these strategies have no cost \
                per avoided overload MWh.",
            bills.join("; ")
        )
    })
}

fn assumptions(folder: &Folder) -> Vec<Vec<String>> {
    let s = &folder.record.scenario;
    let percent = |x: f64| format!("{} %", decimal(x * 100.0, if x * 100.0 % 1.0 == 0.0 { 0 } else { 1 }));
    let forecast = match &s.forecast {
        Forecast::Perfect {} => "perfect: all participants know the true values in advance".to_owned(),
        Forecast::Persistence {} => "persistence: the values of 48 h before".to_owned(),
        Forecast::Learned { learner, data_delay_days, .. } => format!(
            "learned from own readings by {}, at most eight weeks, the last known day {data_delay_days} back",
            match learner {
                Learner::WeeklyProfile => "the mean of the last four days of the kind",
                Learner::ExponentialSmoothing => "exponential smoothing",
                Learner::Ridge => "ridge regression on calendar and past values",
            }
        ),
        Forecast::Synthetic { feed_in_sigma, load_sigma, shared, correlation_h } => format!(
            "standard deviation a day ahead {} of feed-in and {} of load, {} of the variance shared by all, correlated over {} h",
            percent(*feed_in_sigma),
            percent(*load_sigma),
            percent(*shared),
            decimal(*correlation_h, 0)
        ),
    };
    let prices = match &s.prices {
        Prices::Csv { path, .. } => format!("from the file {path}"),
        Prices::Weather { imbalance_spread_eur_per_mwh, .. } => format!(
            "day-ahead prices of the same hours as the weather, imbalance by {} €/MWh (standard deviation)",
            decimal(*imbalance_spread_eur_per_mwh, 0)
        ),
        Prices::Synthetic { level_eur_per_mwh, daily_noise_eur_per_mwh, imbalance_spread_eur_per_mwh, .. } => format!(
            "synthetic: {} €/MWh on average with a daily shape, days differ by {} €/MWh, imbalance by {} €/MWh (standard deviations)",
            decimal(*level_eur_per_mwh, 0),
            decimal(*daily_noise_eur_per_mwh, 0),
            decimal(*imbalance_spread_eur_per_mwh, 0)
        ),
    };
    let (o, v) = (&s.dso.orange, &s.values);
    let priced = |x: Option<f64>, unit: &str| {
        x.map_or_else(|| "not priced".to_owned(), |x| format!("{} {unit}", decimal(x, if x < 1.0 { 2 } else { 0 })))
    };
    let failures: Vec<String> = s
        .aggregator
        .iter()
        .map(|a| {
            format!(
                "{}: an asset on {} of days, the whole portfolio in {} of hours",
                a.domain,
                percent(a.failure.asset_per_day),
                percent(a.failure.communication_per_hour)
            )
        })
        .collect();
    let row = |a: &str, b: String| vec![a.to_owned(), b];
    let mut rows = vec![
        row("forecasts", forecast),
        row("prices", prices),
        row(
            "limitations outside the market (orange)",
            format!(
                "{} of devices receive a limitation, {} of them obey, after {} minutes; consuming devices keep {} kW; compensation {} \
                 €/MWh",
                percent(o.controllable_share),
                percent(o.compliance),
                o.delay_minutes,
                decimal(o.device_floor_kw, 1),
                decimal(o.compensation_eur_per_mwh, 0)
            ),
        ),
        row("PV lost, beside the market price", priced(v.pv_lost_eur_per_mwh, "€/MWh")),
        row("vehicles not charged", priced(v.vehicle_unserved_eur_per_mwh, "€/MWh")),
        row(
            "heat held back by limitations",
            match v.heat_unserved_eur_per_mwh {
                None => "not priced".to_owned(),
                Some(_) if has(folder, "house") => {
                    format!("{} € per kelvin below the comfort band and hour in houses", decimal(COLD_EUR_KH, 2))
                }
                some => priced(some, "€/MWh"),
            },
        ),
        row("a new transformer", priced(v.transformer_eur, "€")),
        row("running cost of an order", priced(v.transaction_eur, "€")),
        row(
            "ambient temperature",
            match &s.weather {
                Some(_) => "that of the weather".to_owned(),
                None => format!(
                    "{} °C on average, ± {} K over the year, ± {} K over the day",
                    decimal(v.ambient_mean_c, 1),
                    decimal(v.ambient_season_k, 0),
                    decimal(v.ambient_day_k, 0)
                ),
            },
        ),
    ];
    if let Some(weather) = &s.weather {
        let which = match weather {
            Weather::Measured { path } => format!("measured, from the folder {path}"),
            Weather::Csv { path, .. } => format!("measured, from the file {path}"),
            Weather::Synthetic { .. } => format!("synthetic, drawn by seed {}", s.seed),
        };
        let follow = if has(folder, "house") { "houses, PV systems and transformers" } else { "PV systems and transformers" };
        let profiled = [("heat-pump", "heat pumps"), ("plant", "PV-battery plants")].into_iter().filter(|(kind, _)| has(folder, kind));
        let profiled: Vec<&str> = profiled.map(|(_, name)| name).collect();
        let others = match profiled.is_empty() {
            true => String::new(),
            false => format!("; {} of the feeder follow published profiles of other weather", profiled.join(" and ")),
        };
        rows.insert(1, row("weather", format!("{which}; {follow} follow it{others}")));
    }
    if s.wire.fails() {
        let faults = format!("{} of links and {} of participants", s.wire.fault.len(), s.wire.silence.len());
        rows.push(row("messages", format!("simulated faults: {faults}; messages.parquet shows lost and repeated messages")));
    }
    if !failures.is_empty() {
        rows.insert(3, row("failures", failures.join("; ")));
    }
    rows
}

/// The section on origin. Clock values of the manifest stay out: the page of equal folders is equal.
pub(super) fn provenance(h: &mut Html, folder: &Folder) {
    let m = &folder.manifest;
    h.el("section", &[("id", "provenance")], |h| {
        h.leaf("h2", &[], "Provenance");
        let seeds: Vec<String> = m.seeds.iter().map(u64::to_string).collect();
        let facts = [
            ("Program", m.program.clone()),
            ("Scenario", m.scenario.clone()),
            ("Overrides", if m.overrides.is_empty() { "none".to_owned() } else { m.overrides.join(", ") }),
            ("Seed", seeds.join(", ")),
            ("Command to repeat it", command(folder)),
        ];
        h.el("dl", &[("class", "facts")], |h| {
            for (name, text) in &facts {
                h.el("div", &[], |h| {
                    h.leaf("dt", &[], name);
                    h.leaf("dd", &[], text);
                });
            }
        });
        h.leaf("p", &[], "The same scenario and seed give the same bytes on any number of threads. The program read these files:");
        let rows: Vec<Vec<String>> = m.inputs.iter().map(|i| vec![i.path.clone(), i.bytes.to_string(), i.blake3.clone()]).collect();
        table(h, "Inputs", &[("File", ""), ("bytes", "num"), ("BLAKE3", "")], &rows);
    });
}

fn command(folder: &Folder) -> String {
    let m = &folder.manifest;
    let seed = format!(" --seed {}", folder.record.scenario.seed);
    let overrides: String = m.overrides.iter().map(|o| format!(" --set {o}")).collect();
    format!("copperplate run {}{seed}{overrides}", m.scenario)
}
