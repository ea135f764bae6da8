//! A case as the files a user would write: `scenario.toml`, the feeder folder, the table of prices.

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::Path;

use crate::case::*;
use crate::made::Made;

/// Writes the case into a folder, which must be there.
pub(crate) fn write(case: &Case, folder: &Path) -> io::Result<()> {
    fs::write(folder.join("scenario.toml"), scenario(case))?;
    if let Feeder::Made(made) = &case.feeder {
        feeder(made, &folder.join("feeder"))?;
    }
    if let Prices::Table { rows, .. } = &case.prices {
        let lines: String = rows.iter().map(|(d, i)| format!("{d},{i}\n")).collect();
        fs::write(folder.join("prices.csv"), format!("day_ahead_eur_per_mwh,imbalance_eur_per_mwh\n{lines}"))?;
    }
    Ok(())
}

/// Folder of the feeders that come with the simulator.
fn shipped() -> &'static str {
    concat!(env!("CARGO_MANIFEST_DIR"), "/../scenarios/feeders")
}

/// Keys of a table as lines; what is absent is left out.
struct Toml(String);

impl Toml {
    fn table(&mut self, name: &str) {
        let _ = write!(self.0, "\n[{name}]\n");
    }

    fn item(&mut self, name: &str) {
        let _ = write!(self.0, "\n[[{name}]]\n");
    }

    fn text(&mut self, key: &str, value: impl std::fmt::Display) {
        let _ = writeln!(self.0, "{key} = \"{value}\"");
    }

    fn value(&mut self, key: &str, value: impl std::fmt::Display) {
        let _ = writeln!(self.0, "{key} = {value}");
    }
}

fn list<T: AsRef<str>>(texts: impl IntoIterator<Item = T>) -> String {
    let quoted: Vec<String> = texts.into_iter().map(|t| format!("\"{}\"", t.as_ref())).collect();
    format!("[{}]", quoted.join(", "))
}

/// The scenario's text.
pub(crate) fn scenario(case: &Case) -> String {
    let mut t = Toml(String::new());
    t.text("name", format!("swarm-{}", case.seed));
    t.value("seed", case.seed);
    t.value("strategies", list(case.strategies.iter().map(|s| s.name)));
    t.table("time");
    t.text("zone", case.time.zone);
    t.text("from", case.time.from);
    t.text("until", case.time.dates().last().expect("a day at least"));
    t.value("isp_minutes", case.time.isp_minutes);
    t.value("step_minutes", case.time.step_minutes);
    overlay(&mut t, case);
    for p in &case.points {
        t.item("congestion_point");
        t.text("id", p.id);
        t.text("element", &p.element);
        t.value("planning", p.planning);
        t.value("rating", p.rating);
        t.value("emergency", p.emergency);
        t.value("mutex_offers", p.mutex);
    }
    participants(&mut t, case);
    wire(&mut t, &case.wire);
    forecast_and_prices(&mut t, case);
    case.contracts.iter().for_each(|c| contract(&mut t, c));
    let remedy = case.overlay.prosumers.as_ref().and_then(|p| p.check);
    case.strategies.iter().for_each(|s| strategy(&mut t, s, remedy));
    t.0
}

fn overlay(t: &mut Toml, case: &Case) {
    let o = &case.overlay;
    t.table("feeder");
    match &case.feeder {
        Feeder::Shipped(name) => t.text("path", format!("{}/{name}", shipped())),
        Feeder::Made(_) => t.text("path", "feeder"),
    }
    if o.three_phase {
        t.text("phases", "three-phase");
    }
    t.value("pv_scale", o.pv_scale);
    t.value("load_scale", o.load_scale);
    t.value("rating_scale", o.rating_scale);
    let behind = o.prosumers.as_ref();
    if let Some(p) = behind {
        prosumers(t, case, p);
    }
    if let Some(v) = o.vehicles.as_ref().filter(|_| behind.is_none_or(|p| p.vehicles.is_none())) {
        t.table("feeder.electric_vehicles");
        t.value("share", v.share);
        t.value("power_kw", v.power_kw);
        t.value("energy_kwh", v.energy_kwh);
        t.value("plug_in", v.plug_in);
    }
    if let Some((share, power_kw)) = o.heat_pumps.as_ref().filter(|_| behind.is_none_or(|p| p.houses.is_none())) {
        t.table("feeder.heat_pumps");
        t.value("share", share);
        t.value("power_kw", power_kw);
    }
    if let Some(b) = o.batteries.as_ref().filter(|_| behind.is_none_or(|p| p.batteries.is_none())) {
        t.table("feeder.batteries");
        t.value("share", b.share);
        t.value("power_kw", b.power_kw);
        t.value("capacity_kwh", b.capacity_kwh);
    }
}

/// Weather and what stands in it; keys of `[feeder]` come before.
fn prosumers(t: &mut Toml, case: &Case, p: &Prosumers) {
    t.table("weather");
    match p.weather {
        Some(name) => {
            t.text("kind", "measured");
            t.text("path", format!("{}/../weather/{name}", shipped()));
        }
        None => t.text("kind", "synthetic"),
    }
    if let Some((share, price)) = p.houses {
        t.table("feeder.houses");
        t.value("share", share);
        t.text("control", if price { "price" } else { "thermostat" });
    }
    if let Some((share, kw)) = p.pv {
        t.table("feeder.pv");
        t.value("share", share);
        t.value("modules_kw", kw);
    }
    if let Some(v) = &p.vehicles {
        t.table("feeder.electric_vehicles");
        t.value("share", v.share);
        t.text("sessions", "measured");
        t.value("power_kw", v.power_kw);
        t.value("three_phase", v.three_phase);
        t.value("feeds_back", v.feeds_back);
        t.text("charging", if v.price { "price" } else { "on-arrival" });
    }
    if let Some(b) = &p.batteries {
        t.table("feeder.batteries");
        t.value("share", b.share);
        t.value("power_kw", b.power_kw);
        t.value("capacity_kwh", b.capacity_kwh);
        t.text("control", b.control);
        t.value("wear_eur_per_mwh", b.wear);
        t.value("standby_w", b.standby_w);
    }
    let Feeder::Made(made) = &case.feeder else { return };
    for (home, process) in p.processes.iter().filter(|(home, _)| *home < made.homes.len()) {
        t.item("feeder.process");
        t.text("connection", &made.homes[*home].id);
        t.value("power_kw", process.power_kw);
        t.value("share", process.share);
        t.value("longest_minutes", process.longest_minutes);
        t.value("recovery_minutes", process.recovery_minutes);
        t.value("makes_up", process.makes_up);
    }
    for (home, power_kw, least_kw, fuel) in p.generators.iter().filter(|(home, ..)| *home < made.homes.len()) {
        t.item("feeder.generator");
        t.text("connection", &made.homes[*home].id);
        t.value("power_kw", power_kw);
        t.value("least_kw", least_kw);
        t.value("fuel_eur_per_mwh", fuel);
    }
}

fn participants(t: &mut Toml, case: &Case) {
    let behaviours = case.overlay.prosumers.as_ref().map_or(&[][..], |p| &p.behaviours);
    for (k, a) in case.aggregators.iter().enumerate() {
        t.item("aggregator");
        t.text("domain", a.domain);
        t.value("share", a.share);
        t.value("margin", a.margin);
        t.value("willingness", a.willingness);
        t.value("caution", a.caution);
        t.value("support_eur_per_mwh", a.support);
        t.value("shifting_eur_per_mwh", a.shifting);
        if let Some(behaviour) = behaviours.get(k).copied().flatten() {
            t.value("behaviour", behaviour);
        }
        t.table("aggregator.failure");
        t.value("asset_per_day", a.asset_failure);
        t.value("communication_per_hour", a.communication_failure);
    }
    t.table("dso.orange");
    t.value("delay_minutes", case.orange.delay_minutes);
    t.value("controllable_share", case.orange.share);
    t.value("compliance", case.orange.compliance);
    t.value("device_floor_kw", case.orange.floor_kw);
    t.value("compensation_eur_per_mwh", case.orange.compensation);
    t.table("market");
    t.value("message_delay_s", case.delay_s);
}

fn wire(t: &mut Toml, wire: &Wire) {
    t.table("wire");
    t.text("transport", wire.transport);
    t.value("retry_s", wire.retry_s);
    t.value("give_up_minutes", wire.give_up_minutes);
    for f in &wire.faults {
        t.item("wire.fault");
        if let Some(from) = f.from {
            t.text("from", from);
        }
        t.value("loss", f.loss);
        t.value("duplication", f.duplication);
        t.value("reordering", f.reordering);
        t.value("corruption", f.corruption);
        t.value("delay_s", f.delay_s);
    }
    for s in &wire.silences {
        t.item("wire.silence");
        t.text("participant", s.participant);
        t.text("from", format!("{}T{:02}:00", s.date, s.from_hour));
        t.text("until", format!("{}T{:02}:00", s.date, s.until_hour));
    }
}

fn forecast_and_prices(t: &mut Toml, case: &Case) {
    t.table("forecast");
    let behind = case.overlay.prosumers.as_ref();
    match case.forecast {
        _ if behind.is_some_and(|p| p.learner.is_some()) => {
            t.text("kind", "learned");
            t.text("learner", behind.and_then(|p| p.learner).unwrap_or_default());
        }
        Forecast::Perfect => t.text("kind", "perfect"),
        Forecast::Persistence => t.text("kind", "persistence"),
        Forecast::Synthetic { feed_in, load, shared, correlation_h } => {
            t.text("kind", "synthetic");
            t.value("feed_in_sigma", feed_in);
            t.value("load_sigma", load);
            t.value("shared", shared);
            t.value("correlation_h", correlation_h);
        }
    }
    t.table("prices");
    match &case.prices {
        Prices::Synthetic { level, swing, noise, spread } => {
            t.text("kind", "synthetic");
            t.value("level_eur_per_mwh", level);
            // Cheap at night and noon, dear in the evening.
            let shape = |h: i32| {
                swing
                    * f64::from(if h < 6 {
                        -20
                    } else if h < 10 {
                        15
                    } else if h < 16 {
                        -25
                    } else {
                        35 - (h - 19).abs() * 8
                    })
            };
            let shape: Vec<String> = (0..24).map(|h| shape(h).to_string()).collect();
            t.value("shape_eur_per_mwh", format!("[{}]", shape.join(", ")));
            t.value("daily_noise_eur_per_mwh", noise);
            t.value("imbalance_spread_eur_per_mwh", spread);
        }
        Prices::Table { minutes, .. } => {
            t.text("kind", "csv");
            t.text("path", "prices.csv");
            t.value("minutes", minutes);
        }
    }
    if let Some((share, energy, network, feed_in)) = behind.and_then(|p| p.retail) {
        t.table("prices.retail.homes");
        t.value("share", share);
        t.value("network_eur_per_mwh", network);
        energy.into_iter().for_each(|price| t.value("energy_eur_per_mwh", price));
        feed_in.into_iter().for_each(|price| t.value("feed_in_eur_per_mwh", price));
    }
}

fn contract(t: &mut Toml, c: &Contract) {
    t.item("contract");
    t.text("id", &c.id);
    t.text("aggregator", c.aggregator);
    t.text("congestion_point", c.point);
    t.text("direction", if c.feed_in { "feed-in" } else { "consumption" });
    let right = if c.option { ("flex-option", "power_kw") } else { ("capacity-limitation", "cap_kw") };
    t.value("right", format!("{{ kind = \"{}\", {} = {} }}", right.0, right.1, c.power_kw));
    let window = |w: &Window| {
        let clock = |quarter: u64| format!("{:02}:{:02}", quarter / 4 % 24, quarter % 4 * 15);
        format!("{{ days = {}, from = \"{}\", until = \"{}\" }}", list(&w.days), clock(w.from), clock(w.until))
    };
    if !c.windows.is_empty() {
        t.value("windows", format!("[{}]", c.windows.iter().map(window).collect::<Vec<_>>().join(", ")));
    }
    if c.option {
        t.value("availability_eur_per_mw_h", c.availability);
    } else {
        t.value("limits", format!("{{ calls_per_week = {} }}", c.max_calls));
    }
    t.value("utilisation_eur_per_mwh", c.utilisation);
    t.value("performance", format!("{{ penalty_eur_per_mwh = {} }}", c.penalty));
}

fn strategy(t: &mut Toml, s: &Strategy, remedy: Option<&str>) {
    t.table(&format!("strategy.{}", s.name));
    t.text("preset", s.preset);
    if let Some(remedy) = remedy.filter(|_| s.preset.ends_with("management")) {
        t.value("prognosis_check", format!("{{ remedy = \"{remedy}\" }}"));
    }
    if let Some(orange) = s.orange {
        t.value("orange", orange);
    }
    if let Some(obligation) = s.obligation {
        t.text("obligation", obligation);
    }
    if let Some(ceiling) = s.ceiling {
        t.value("price_ceiling_eur_per_mwh", ceiling);
    }
    if let Some(penalty) = s.penalty {
        t.value("penalty_eur_per_mwh", penalty);
    }
    if let Some(contracts) = &s.contracts {
        t.value("contracts", list(contracts));
    }
    if let Some((element, rating, capex)) = &s.replacement {
        t.item(&format!("strategy.{}.replacement", s.name));
        t.text("element", element);
        t.value("rating", rating);
        t.value("capex_eur", capex);
    }
}

/// The feeder folder.
fn feeder(made: &Made, folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let file = |name: &str, header: &str, rows: &mut dyn Iterator<Item = String>| {
        let rows: String = rows.map(|row| row + "\n").collect();
        fs::write(folder.join(name), format!("{header}\n{rows}"))
    };
    let meta = format!(
        "name = \"made\"\nzone = \"{}\"\nstart = {}T00:00:00\nstep_minutes = {}\norigin = \"drawn\"\nlicence = \"none\"\n",
        made.zone, made.start, made.step_minutes
    );
    fs::write(folder.join("feeder.toml"), meta)?;
    let low = |k: usize| format!("lv{k},400,0.9,1.1");
    file(
        "buses.csv",
        "id,u_rated_v,u_min_pu,u_max_pu",
        &mut std::iter::once("mv,20000,0.9,1.1".to_owned()).chain((0..=made.cables.len()).map(low)),
    )?;
    file("sources.csv", "bus,u_pu,angle_deg", &mut std::iter::once("mv,1.0,0".to_owned()))?;
    let zero = made.three_phase;
    let columns = |plain: &str, more: &str| if zero { format!("{plain},{more}") } else { plain.to_owned() };
    let transformer = |va: f64| {
        let plain = format!("T,mv,lv0,{va},20000,400,0.04,{},0.005,{},150,hv,0,0.025", va * 0.015, va * 0.003);
        columns(&plain, "Dyn,0.04,0.012")
    };
    let header = "id,hv,lv,rated_power_va,u_hv_v,u_lv_v,uk_pu,pk_w,i0_pu,p0_w,shift_deg,tap_side,tap_position,tap_step_pu";
    file("transformers.csv", &columns(header, "vector_group,uk0_pu,ur0_pu"), &mut std::iter::once(transformer(made.transformer_va)))?;
    let line = |(k, c): (usize, &crate::made::Cable)| {
        let plain = format!("L{k},lv{},lv{},{},{},0,0,{}", c.from, k + 1, c.r_ohm, c.r_ohm * 0.4, c.rated_a);
        columns(&plain, &format!("{},{},0,0", c.r_ohm * 3.0, c.r_ohm * 1.5))
    };
    let header = columns("id,from,to,r_ohm,x_ohm,b_s,g_s,rated_current_a", "r0_ohm,x0_ohm,b0_s,g0_s");
    file("lines.csv", &header, &mut made.cables.iter().enumerate().map(line))?;
    let home = |(k, h): (usize, &crate::made::Home)| format!("{},ean.8716859{k:011},lv{},{}", h.id, h.bus, h.phases);
    file("connections.csv", "id,address,bus,phases", &mut made.homes.iter().enumerate().map(home))?;
    let asset = |a: &crate::made::Asset| format!("{},{},{},{},{},{}", a.id, a.home, a.kind, a.p_w, a.q_var, a.profile);
    file("assets.csv", "id,connection,kind,p_nominal_w,q_nominal_var,p_profile", &mut made.assets.iter().map(asset))?;
    let names: Vec<&str> = made.profiles.iter().map(|(name, _)| *name).collect();
    let steps = made.profiles[0].1.len();
    let row = |s: usize| made.profiles.iter().map(|(_, values)| values[s].to_string()).collect::<Vec<_>>().join(",");
    file("profiles.csv", &names.join(","), &mut (0..steps).map(row))
}
