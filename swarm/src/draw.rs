//! Draws a case. Every feature is switched on or off by its own coin, so that faults which one feature would hide from another
//! are reached too; about a third of the cases are free of errors and failures, which the strictest checkers need.

use jiff::ToSpan;
use jiff::civil::{Date, date};

use crate::case::*;
use crate::dice::Dice;
use crate::made::{Expected, Made};

const AGGREGATORS: [&str; 3] = ["amber.example.com", "birch.example.com", "cedar.example.com"];
const DSO: &str = "dso.example.com";
const CRO: &str = "cro.example.com";

/// The case of a seed.
pub(crate) fn case(seed: u64) -> Case {
    let mut dice = Dice::new(seed, "case");
    let calm = dice.chance(0.35);
    let shipped = dice.chance(0.06).then(|| if dice.chance(0.85) { "lv-rural1-2" } else { "lv-semiurb4-2" });
    let time = time(&mut dice, shipped.is_some());
    let vehicles = dice.chance(if calm { 0.25 } else { 0.45 }).then(|| vehicles(&mut dice));
    let batteries = dice.chance(0.45).then(|| batteries(&mut dice));
    let heat_pumps = (dice.chance(0.2)).then(|| (dice.pick(&[0.4, 1.0]), dice.between(1.0, 8.0)));
    let consuming_kw = vehicles.as_ref().map_or(0.0, |v| v.share * v.power_kw)
        + batteries.as_ref().map_or(0.0, |b| b.share * b.power_kw)
        + heat_pumps.map_or(0.0, |(share, kw)| share * kw);
    let feeder = match shipped {
        Some(name) => Feeder::Shipped(name),
        None => Feeder::Made(Made::draw(&mut dice, &time, &Expected { consuming_kw })),
    };
    let mut overlay = Overlay {
        prosumers: None,
        three_phase: matches!(&feeder, Feeder::Made(made) if made.three_phase && dice.chance(0.9)),
        pv_scale: dice.pick(&[1.0, 1.0, 0.5, 1.6]),
        load_scale: dice.pick(&[1.0, 1.0, 1.3]),
        rating_scale: dice.pick(&[1.0, 1.0, 0.8]),
        vehicles,
        heat_pumps: heat_pumps.filter(|_| shipped != Some("lv-rural1-2") && has_heat(&feeder)),
        batteries,
    };
    let points = points(&mut dice, &feeder);
    let aggregators = aggregators(&mut dice, calm);
    overlay.prosumers = prosumers(seed, calm, &feeder, &time, aggregators.len());
    let contracts = contracts(&mut dice, &points, &aggregators);
    let strategies = strategies(&mut dice, calm, &points, &feeder);
    let obeyed = dice.chance(0.4);
    let orange = Orange {
        delay_minutes: dice.pick(&[0, 5, 5, 15, 60]),
        share: if obeyed { 1.0 } else { dice.between(0.0, 1.0) },
        compliance: if obeyed { 1.0 } else { dice.between(0.0, 1.0) },
        floor_kw: dice.pick(&[0.0, 0.5, 2.0, 4.2]),
        compensation: dice.pick(&[0.0, 95.0, 300.0]),
    };
    let wire = if calm || dice.chance(0.8) { Wire { transport: transport(&mut dice), ..sound() } } else { faulty(&mut dice, &time) };
    let forecast = match calm {
        true => Forecast::Perfect,
        false => forecast(&mut dice),
    };
    let prices = prices(&mut dice, &time);
    let again = again(&mut dice, &time, &wire);
    Case {
        seed,
        time,
        feeder,
        overlay,
        points,
        aggregators,
        orange,
        delay_s: dice.pick(&[0, 3, 3, 60, 600]),
        wire,
        forecast,
        prices,
        contracts,
        strategies,
        again,
    }
}

/// Days around clock changes, month ends and year ends, and plain ones.
fn time(dice: &mut Dice, shipped: bool) -> Time {
    let special: &[Date] = match shipped {
        // The shipped profiles are those of 2016.
        true => &[date(2016, 3, 27), date(2016, 10, 30), date(2016, 7, 31), date(2016, 2, 29), date(2016, 7, 22)],
        false => &[date(2026, 3, 29), date(2026, 10, 25), date(2026, 12, 31), date(2028, 2, 29), date(2026, 6, 30), date(2027, 3, 31)],
    };
    let days = dice.pick(&[1, 1, 1, 2, 2, 2, 3, 4]);
    let first = dice.whole(0, days - 1) as i64;
    let plain = date(if shipped { 2016 } else { 2026 }, 1, 10).checked_add((dice.whole(0, 320) as i64).days());
    let from = match dice.chance(0.4) {
        true => dice.pick(special).checked_sub(first.days()),
        false => plain,
    };
    let isp_minutes = if shipped { 15 } else { dice.pick(&[15, 15, 15, 15, 5, 10, 30, 60]) };
    let steps: Vec<u64> = [5, 10, 15, 30, 60].into_iter().filter(|s| isp_minutes % s == 0).collect();
    let step_minutes = if dice.chance(0.6) { isp_minutes } else { dice.pick(&steps) };
    let zones = ["Europe/Amsterdam", "Europe/Amsterdam", "Europe/London", "America/New_York"];
    let zone = if shipped { "Europe/Amsterdam" } else { dice.pick(&zones) };
    Time { zone, from: from.expect("within the calendar"), days, isp_minutes, step_minutes }
}

fn vehicles(dice: &mut Dice) -> Vehicles {
    Vehicles {
        share: dice.pick(&[0.3, 0.7, 1.0]),
        power_kw: dice.pick(&[3.7, 7.4, 11.0, 22.0]),
        energy_kwh: dice.between(2.0, 30.0),
        plug_in: dice.pick(&[0.5, 0.8, 1.0]),
    }
}

/// Round sizes and odd ones.
fn batteries(dice: &mut Dice) -> Batteries {
    let (power_kw, capacity_kwh) = match dice.chance(0.6) {
        true => (dice.pick(&[3.0, 5.0, 10.0]), dice.pick(&[5.0, 10.0, 20.0])),
        false => (dice.between(0.5, 15.0), dice.between(1.0, 60.0)),
    };
    Batteries { share: dice.pick(&[0.3, 0.7, 1.0]), power_kw, capacity_kwh }
}

/// Weather, and who has what behind the meter. Its dice are its own, so that what else is drawn stays.
fn prosumers(seed: u64, calm: bool, feeder: &Feeder, time: &Time, aggregators: usize) -> Option<Prosumers> {
    let mut dice = Dice::new(seed, "prosumers");
    // A processes's and a generator's home is named; those of shipped feeders are not known here.
    let homes = if let Feeder::Made(made) = feeder { made.homes.len() } else { 0 };
    if !dice.chance(0.6) {
        return None;
    }
    let share = |dice: &mut Dice| dice.pick(&[0.3, 0.7, 1.0]);
    let drivers = Drivers {
        share: share(&mut dice),
        power_kw: dice.pick(&[3.7, 7.4, 11.0]),
        three_phase: dice.chance(0.4),
        feeds_back: dice.chance(0.3),
        price: dice.chance(0.7),
    };
    let store = HomeBatteries {
        share: share(&mut dice),
        power_kw: dice.pick(&[2.5, 5.0, 8.0]),
        capacity_kwh: dice.pick(&[4.0, 8.0, 16.0]),
        control: dice.pick(&["price", "self-consumption", "both"]),
        wear: dice.pick(&[0.0, 25.0, 70.0]),
        standby_w: dice.pick(&[0.0, 10.0]),
    };
    let process = |dice: &mut Dice| Process {
        power_kw: dice.between(1.0, 20.0),
        share: dice.between(0.1, 1.0),
        longest_minutes: dice.pick(&[30, 60, 120]).max(time.isp_minutes),
        recovery_minutes: dice.pick(&[0, 60, 180]),
        makes_up: dice.chance(0.6),
    };
    let processes = match homes > 0 && dice.chance(0.3) {
        true => vec![(dice.whole(0, homes as u64 - 1) as usize, process(&mut dice))],
        false => Vec::new(),
    };
    let generators = match homes > 0 && dice.chance(0.3) {
        true => {
            let power_kw = dice.between(2.0, 20.0);
            let least_kw = power_kw * dice.pick(&[0.0, 0.3, 0.6]);
            vec![(dice.whole(0, homes as u64 - 1) as usize, power_kw, least_kw, dice.between(20.0, 150.0))]
        }
        false => Vec::new(),
    };
    let fixed = |dice: &mut Dice, from, to| dice.chance(0.5).then(|| dice.between(from, to));
    let three = time.isp_minutes <= 30 && time.isp_minutes.is_multiple_of(5);
    let known = match feeder {
        Feeder::Made(made) => (time.from - made.start).get_days() >= 2,
        Feeder::Shipped(_) => true,
    };
    let behaviour = |dice: &mut Dice| {
        let kinds = [
            "{ kind = \"truthful\" }",
            "{ kind = \"learnt-margin\" }",
            "{ kind = \"cautious\" }",
            "{ kind = \"withholding\" }",
            "{ kind = \"inflating\", share = 0.3 }",
            "{ kind = \"inc-dec\" }",
        ];
        dice.chance(0.4).then(|| dice.pick(&kinds))
    };
    Some(Prosumers {
        weather: dice.chance(0.5).then(|| dice.pick(&["duesseldorf-2024", "aachen-2021"])),
        houses: (three && dice.chance(0.5)).then(|| (share(&mut dice), dice.chance(0.6))),
        pv: dice.chance(0.4).then(|| (share(&mut dice), dice.between(2.0, 15.0))),
        vehicles: dice.chance(0.5).then_some(drivers),
        batteries: dice.chance(0.5).then_some(store),
        processes,
        generators,
        retail: dice.chance(0.5).then(|| {
            let energy = fixed(&mut dice, 40.0, 120.0);
            (dice.pick(&[0.5, 1.0]), energy, dice.between(0.0, 200.0), fixed(&mut dice, 0.0, 90.0))
        }),
        learner: (!calm && known && dice.chance(0.4)).then(|| dice.pick(&["ridge", "weekly-profile", "exponential-smoothing"])),
        behaviours: (0..aggregators).map(|_| if calm { None } else { behaviour(&mut dice) }).collect(),
        check: (!calm && dice.chance(0.3)).then(|| dice.pick(&["flag", "discount", "exclude"])),
    })
}

fn has_heat(feeder: &Feeder) -> bool {
    match feeder {
        Feeder::Shipped(_) => true,
        Feeder::Made(made) => made.assets.iter().any(|a| a.kind == "heat-pump"),
    }
}

/// The transformer, a cable behind it, or both: then one lies within the other.
fn points(dice: &mut Dice, feeder: &Feeder) -> Vec<Point> {
    let mut elements: Vec<(&'static str, String)> = Vec::new();
    match feeder {
        Feeder::Shipped("lv-rural1-2") => elements.push(("station", "transformer:MV1.101-LV1.101-Trafo 1".into())),
        Feeder::Shipped(_) => {
            elements.push(("station", "transformer:MV1.101-LV4.101-Trafo 1".into()));
            elements.push(("cable", "line:LV4.101 Line 33".into()));
        }
        Feeder::Made(made) => {
            let served = |k: &usize| made.homes.iter().any(|h| made.behind(*k).contains(&h.bus));
            let cables: Vec<usize> = (0..made.cables.len()).filter(served).collect();
            let cable = |dice: &mut Dice| ("cable", format!("line:L{}", dice.pick(&cables)));
            match (cables.is_empty(), dice.whole(0, 9)) {
                (true, _) | (false, 0..=3) => elements.push(("station", "transformer:T".into())),
                (false, 4) => elements.push(cable(dice)),
                _ => {
                    let cable = cable(dice);
                    elements.push(("station", "transformer:T".into()));
                    elements.push(cable);
                }
            }
        }
    }
    let point = |(id, element)| Point {
        id,
        element,
        planning: dice.pick(&[0.8, 0.95, 1.0]),
        rating: 1.0,
        emergency: dice.pick(&[1.05, 1.3, 1.6]),
        mutex: dice.chance(0.7),
    };
    elements.into_iter().map(point).collect()
}

fn aggregators(dice: &mut Dice, calm: bool) -> Vec<Aggregator> {
    let count = dice.pick(&[1, 1, 2, 2, 3]);
    let all = dice.chance(0.6);
    let one = |domain: &&'static str| Aggregator {
        domain,
        share: if all { (1e4 / count as f64).floor() / 1e4 } else { (dice.between(0.3, 0.9) * 1e2 / count as f64).floor() / 1e2 },
        margin: dice.between(0.0, 0.5),
        willingness: if dice.chance(0.5) { 1.0 } else { dice.between(0.0, 1.0) },
        caution: dice.pick(&[0.8, 0.95, 1.0]),
        support: dice.pick(&[-50.0, 0.0, 40.0]),
        shifting: dice.pick(&[0.0, 25.0, 100.0]),
        asset_failure: if calm { 0.0 } else { dice.pick(&[0.0, 0.02, 0.3]) },
        communication_failure: if calm { 0.0 } else { dice.pick(&[0.0, 0.01, 0.1]) },
    };
    AGGREGATORS[..count].iter().map(one).collect()
}

fn contracts(dice: &mut Dice, points: &[Point], aggregators: &[Aggregator]) -> Vec<Contract> {
    let count = dice.pick(&[0, 0, 1, 1, 2, 3]);
    let mut contracts: Vec<Contract> = Vec::new();
    for k in 0..count {
        let (point, aggregator, feed_in) = (dice.pick(points).id, dice.pick(aggregators).domain, dice.chance(0.5));
        let option = dice.chance(0.5);
        // Two caps of one aggregator in one direction may not meet; that is a rule of the scenario.
        if !option && contracts.iter().any(|c| !c.option && c.aggregator == aggregator && c.feed_in == feed_in) {
            continue;
        }
        let power_kw = dice.between(0.5, 20.0);
        contracts.push(Contract {
            id: format!("{}-{k}", if option { "option" } else { "cap" }),
            aggregator,
            point,
            feed_in,
            option,
            power_kw: if option { power_kw } else { dice.pick(&[0.0, power_kw]) },
            windows: windows(dice),
            availability: if option { dice.between(0.0, 20.0) } else { 0.0 },
            utilisation: dice.between(0.0, 150.0),
            penalty: dice.pick(&[0.0, 50.0, 200.0]),
            max_calls: if option { 7 } else { dice.pick(&[0, 1, 1, 2, 7]) },
        });
    }
    contracts
}

/// None (always), one or two that do not meet.
fn windows(dice: &mut Dice) -> Vec<Window> {
    let days: Vec<&'static str> = match dice.chance(0.7) {
        true => Vec::new(),
        false => ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].into_iter().filter(|_| dice.chance(0.6)).collect(),
    };
    let mut border = |from: u64, until: u64| dice.whole(from, until);
    match border(0, 2) {
        0 => Vec::new(),
        1 => {
            let from = border(0, 60);
            vec![Window { days, from, until: border(from + 4, 96) }]
        }
        _ => {
            let (from, until) = (border(0, 20), border(24, 44));
            let again = border(until, 60);
            vec![Window { days: days.clone(), from, until }, Window { days, from: again, until: border(again + 4, 96) }]
        }
    }
}

fn strategies(dice: &mut Dice, calm: bool, points: &[Point], feeder: &Feeder) -> Vec<Strategy> {
    let plain = |name: &'static str, preset: &'static str| Strategy {
        name,
        preset,
        orange: None,
        obligation: None,
        ceiling: None,
        penalty: None,
        contracts: None,
        replacement: None,
    };
    let mut strategies = Vec::new();
    for preset in ["grid-capacity-management", "congestion-management"] {
        if dice.chance(0.7) {
            let mut s = plain(preset, preset);
            s.orange = if calm { Some(false) } else { dice.chance(0.3).then(|| dice.chance(0.5)) };
            strategies.push(s);
        }
    }
    if strategies.is_empty() || dice.chance(0.2) {
        let preset = dice.pick(&["grid-capacity-management", "congestion-management"]);
        strategies.push(Strategy {
            orange: Some(!calm && dice.chance(0.7)),
            obligation: Some(dice.pick(&["all", "voluntary"])),
            ceiling: dice.chance(0.7).then(|| dice.pick(&[20.0, 150.0, 1000.0, 50_000.0])),
            penalty: dice.chance(0.7).then(|| dice.pick(&[0.0, 30.0, 500.0])),
            ..plain("own-rules", preset)
        });
    }
    if dice.chance(0.15) {
        strategies.push(plain("copper-plate", "copper-plate"));
    }
    if dice.chance(0.15) {
        let rating = match feeder {
            Feeder::Shipped(_) => 630.0,
            Feeder::Made(made) => (made.transformer_va / 1e3 * 3.0).ceil(),
        };
        if let Some(point) = points.iter().find(|p| p.id == "station") {
            let replacement = Some((point.element.clone(), rating, dice.between(1e3, 5e4)));
            strategies.push(Strategy { replacement, ..plain("reinforce", "reinforce") });
        }
    }
    strategies
}

fn transport(dice: &mut Dice) -> &'static str {
    dice.pick(&["object", "object", "object", "object", "xml", "signed-xml"])
}

fn sound() -> Wire {
    Wire { transport: "object", retry_s: 60, give_up_minutes: 60, faults: Vec::new(), silences: Vec::new() }
}

fn faulty(dice: &mut Dice, time: &Time) -> Wire {
    let rare = |dice: &mut Dice| if dice.chance(0.5) { 0.0 } else { dice.pick(&[0.02, 0.1, 0.4]) };
    let fault = Fault {
        from: dice.pick(&[None, None, Some(AGGREGATORS[0]), Some(DSO), Some(CRO)]),
        loss: rare(dice),
        duplication: rare(dice),
        reordering: rare(dice),
        corruption: rare(dice),
        delay_s: dice.pick(&[0, 30, 4000]),
    };
    let silence = |dice: &mut Dice| Silence {
        participant: dice.pick(&[AGGREGATORS[0], DSO]),
        date: time.from.yesterday().expect("a year above 1"),
        from_hour: dice.whole(6, 15),
        until_hour: dice.whole(16, 20),
    };
    Wire {
        silences: if dice.chance(0.3) { vec![silence(dice)] } else { Vec::new() },
        transport: transport(dice),
        retry_s: dice.pick(&[30, 60, 600]),
        give_up_minutes: dice.pick(&[10, 60, 600]),
        faults: vec![fault],
    }
}

fn forecast(dice: &mut Dice) -> Forecast {
    match dice.whole(0, 3) {
        0 => Forecast::Perfect,
        1 => Forecast::Persistence,
        _ => Forecast::Synthetic {
            feed_in: dice.between(0.0, 0.4),
            load: dice.between(0.0, 0.3),
            shared: dice.between(0.0, 1.0),
            correlation_h: dice.between(0.0, 12.0),
        },
    }
}

fn prices(dice: &mut Dice, time: &Time) -> Prices {
    if dice.chance(0.6) {
        let (level, swing) = (dice.between(-20.0, 120.0), dice.pick(&[0.0, 0.5, 1.0, 2.0]));
        return Prices::Synthetic { level, swing, noise: dice.between(0.0, 20.0), spread: dice.between(0.0, 60.0) };
    }
    let minutes = if 60 % time.isp_minutes == 0 { dice.pick(&[60, time.isp_minutes]) } else { 60 };
    let rows = (time.days * 24 + 1) * 60 / minutes;
    let row = |dice: &mut Dice| {
        let day_ahead = dice.between(-60.0, 250.0);
        (day_ahead, day_ahead + dice.between(-50.0, 50.0))
    };
    Prices::Table { minutes, rows: (0..rows).map(|_| row(dice)).collect() }
}

fn again(dice: &mut Dice, time: &Time, wire: &Wire) -> Vec<Again> {
    let mut again = Vec::new();
    if dice.chance(0.1) {
        again.push(Again::Truth);
    }
    if dice.chance(0.05) {
        again.push(Again::Threads);
    }
    if dice.chance(0.08) && wire.faults.is_empty() && wire.silences.is_empty() {
        again.push(Again::Transports);
    }
    if dice.chance(0.15) && time.isp_minutes.is_multiple_of(15) {
        again.push(Again::Steps);
    }
    if dice.chance(0.15) && time.days > 1 {
        again.push(Again::Days);
    }
    again
}
