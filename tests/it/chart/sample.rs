//! Plausible input for every chart: a rural feeder behind 160 kVA with much photovoltaics, three aggregators, four strategies.

use copperplate::chart::{
    CostByPayer, CostComponent, DurationLine, FeederMap, Figure, LoadDuration, LoadingLine, LoadingOverTime, Offer, Order, Payment,
    StrategyCost, Style, TimeSpan, TradedDay, cost_by_payer, feeder_map, load_duration, loading_over_time, traded_day,
};
use copperplate::grid::{Bus, Connection, Grid, Line, LoadingLimits, Phases, Source, Tap, Transformer};
use copperplate::ids::{BusIdx, EntityAddress};
use copperplate::rng::Stream;
use copperplate::time::{IspCalendar, SimDuration, SimTime};
use jiff::civil::{Date, date};

pub(crate) const LIMITS: LoadingLimits = LoadingLimits { planning: 0.9, rating: 1.0, emergency: 1.3 };
pub(crate) const STRATEGIES: [&str; 4] = ["copper-plate", "grid-capacity-management", "congestion-management", "reinforce"];
const RATED_W: f64 = 160e3;

pub(crate) fn calendar() -> IspCalendar {
    IspCalendar::new("Europe/Amsterdam", 15).unwrap()
}

/// Net power of the feeder without flexibility, W, a value per quarter of an hour of local days.
pub(crate) fn net_power_w(first: Date, days: usize) -> (SimTime, Vec<f64>) {
    let calendar = calendar();
    let (mut sky, mut noise) = (Stream::new(3, "sky", "cloud"), Stream::new(3, "feeder", "load"));
    let (start, mut day) = (calendar.period(first).start, first);
    let mut out = Vec::new();
    for _ in 0..days {
        let period = calendar.period(day);
        let ordinal = (period.start.0 / 86_400) as u64;
        let season = 0.5 - 0.5 * libm::cos(2.0 * std::f64::consts::PI * (f64::from(day.day_of_year()) + 10.0) / 365.0);
        let clear = 0.35 + 0.65 * sky.at(ordinal).uniform();
        for isp in period.iter() {
            let clock = calendar.local_time(period.isp_start(isp));
            let hour = f64::from(clock.hour()) + f64::from(clock.minute()) / 60.0 + 0.125;
            let n = ordinal * 100 + isp.offset() as u64;
            let bell = |centre: f64, width: f64| libm::exp(-((hour - centre) / width) * ((hour - centre) / width));
            let sun = (bell(13.6, 2.2 + 1.3 * season) - 0.03).max(0.0) * (0.25 + 0.75 * season);
            let cloud = clear * (1.0 - 0.35 * noise.at(n).uniform() * (1.2 - clear));
            let load = 22e3 + 26e3 * bell(8.0, 1.5) + (74e3 - 30e3 * season) * bell(19.2, 2.4) + 4e3 * noise.at(n + 10_000_000).normal();
            out.push(load - 372e3 * sun * cloud);
        }
        day = day.tomorrow().unwrap();
    }
    (start, out)
}

/// Loading under each of the four strategies.
pub(crate) fn loadings(net_w: &[f64]) -> Vec<Vec<f64>> {
    let ease = |over: f64, share: f64, limit: f64| if over > limit { limit + share * (over - limit) } else { over };
    let raw: Vec<f64> = net_w.iter().map(|p| (p * p * 1.02 + 1e8).sqrt() / RATED_W).collect();
    vec![
        raw.clone(),
        raw.iter().map(|&l| ease(l, 0.16, 0.9)).collect(),
        raw.iter().map(|&l| ease(l, 0.04, 0.92)).collect(),
        raw.iter().map(|&l| l * 160.0 / 250.0).collect(),
    ]
}

/// Spans of steps in which `over` holds.
fn spans(start: SimTime, loading: &[f64], over: f64) -> Vec<TimeSpan> {
    let step = |k: usize| start + SimDuration::minutes(15 * k as i64);
    (0..loading.len()).filter(|&k| loading[k] > over).map(|k| TimeSpan { from: step(k), to: step(k + 1) }).collect()
}

pub(crate) fn loading_chart(first: Date, days: usize, style: &Style) -> Figure {
    let (start, net) = net_power_w(first, days);
    let loadings = loadings(&net);
    let orange = [vec![], spans(start, &loadings[0], 1.55), spans(start, &loadings[0], 1.75), vec![]];
    let lines: Vec<LoadingLine<'_>> =
        (0..4).map(|i| LoadingLine { strategy: STRATEGIES[i], loading: &loadings[i], orange: &orange[i] }).collect();
    let calendar = calendar();
    let step = SimDuration::minutes(15);
    let input = LoadingOverTime { element: "transformer T1 (160 kVA)", calendar: &calendar, start, step, limits: LIMITS, lines: &lines };
    loading_over_time(&input, style)
}

/// A feeder of `buses`: a transformer and trunks along streets with a house at every further bus.
pub(crate) fn feeder(buses: usize, positions: bool) -> Grid {
    let trunks = if buses < 40 { 3 } else { 6 };
    let mut at: Vec<(f64, f64)> = vec![(0.0, 0.0), (0.0, 0.0)];
    let mut lines = Vec::new();
    let mut street: Vec<usize> = vec![1; trunks];
    let mut draws = Stream::new(11, "feeder", "streets");
    for i in 2..buses {
        let t = i % trunks;
        let (sin, cos) = libm::sincos(2.0 * std::f64::consts::PI * t as f64 / trunks as f64 + 0.3);
        let mut draw = draws.at(i as u64);
        let lateral = buses >= 40 && (i / trunks) % 3 != 0;
        let from = street[t];
        let (ahead, aside) = match lateral {
            true => (4.0 * draw.uniform(), if (i / trunks) % 3 == 1 { 16.0 } else { -16.0 }),
            false => (30.0 + 10.0 * draw.uniform(), 8.0 * (draw.uniform() - 0.5)),
        };
        at.push((at[from].0 + ahead * cos - aside * sin, at[from].1 + ahead * sin + aside * cos));
        lines.push(line(&format!("{}", i - 1), from, i));
        if !lateral {
            street[t] = i;
        }
    }
    let bus = |i: usize| Bus {
        id: format!("b{i}"),
        u_rated_v: if i == 0 { 20e3 } else { 400.0 },
        u_min_pu: 0.9,
        u_max_pu: 1.1,
        position: positions.then_some(at[i]),
    };
    Grid {
        name: format!("rural with {buses} buses"),
        buses: (0..buses).map(bus).collect(),
        lines,
        transformers: vec![transformer()],
        switches: vec![],
        sources: vec![Source { bus: BusIdx(0), u_pu: 1.02, angle_deg: 0.0 }],
        connections: (2..buses).map(|i| connection(i - 2, i)).collect(),
        responses: vec![],
        tap_changers: vec![],
    }
}

fn line(id: &str, from: usize, to: usize) -> Line {
    let (from, to) = (BusIdx::new(from), BusIdx::new(to));
    Line { id: id.to_owned(), from, to, r_ohm: 0.01, x_ohm: 0.004, b_s: 0.0, g_s: 0.0, rated_current_a: 270.0, zero_sequence: None }
}

fn connection(i: usize, bus: usize) -> Connection {
    Connection {
        id: format!("c{i}"),
        address: EntityAddress::new(format!("ean.{:018}", 871_600_000_000_000_000_u64 + i as u64)),
        bus: BusIdx::new(bus),
        phases: Phases::Abc,
    }
}

fn transformer() -> Transformer {
    Transformer {
        id: "T1".to_owned(),
        hv: BusIdx(0),
        lv: BusIdx(1),
        rated_power_va: RATED_W,
        u_hv_v: 20e3,
        u_lv_v: 400.0,
        uk_pu: 0.04,
        pk_w: 2350.0,
        i0_pu: 0.003,
        p0_w: 460.0,
        shift_deg: 150.0,
        tap: Tap::default(),
        zero_sequence: None,
    }
}

pub(crate) fn map_chart(grid: &Grid, style: &Style) -> Figure {
    let mut draws = Stream::new(5, "map", "values");
    let peaks: Vec<f64> = (0..grid.connections.len()).map(|i| 3e3 + 27e3 * libm::pow(draws.at(i as u64).uniform(), 2.0)).collect();
    let agr = ["agr-noord.example", "agr-oost.example", "agr-zuid.example"];
    let aggregator: Vec<Option<&str>> =
        (0..peaks.len()).map(|i| agr.get((draws.at(1000 + i as u64).uniform() * 4.2) as usize).copied()).collect();
    // Peak power beyond a line, and voltage rise in proportion to the way from the transformer.
    let mut beyond: Vec<f64> = vec![0.0; grid.buses.len()];
    for (c, p) in grid.connections.iter().zip(&peaks) {
        beyond[c.bus.i()] += p;
    }
    for l in grid.lines.iter().rev() {
        beyond[l.from.i()] += beyond[l.to.i()];
    }
    let mut rise = vec![0.0; grid.buses.len()];
    for l in &grid.lines {
        let rise_pu = if grid.buses.len() < 1000 { 0.11 } else { 0.004 };
        rise[l.to.i()] = rise[l.from.i()] + beyond[l.to.i()] / beyond[1] * rise_pu;
    }
    let share = 336e3 / beyond.get(1).copied().unwrap_or(1.0);
    let mut loading: Vec<f64> =
        grid.lines.iter().map(|l| 0.05 + share * beyond[l.to.i()] / if grid.buses.len() < 40 { 110e3 } else { 52e3 }).collect();
    loading.extend(grid.transformers.iter().map(|_| 2.1));
    let voltage: Vec<(f64, f64)> = rise.iter().map(|r| (0.985 - 0.8 * r, 1.02 + r)).collect();
    let input = FeederMap {
        grid,
        case: "copper-plate, year 2016",
        worst_loading: &loading,
        voltage_pu: &voltage,
        peak_power_w: &peaks,
        aggregator: &aggregator,
    };
    feeder_map(&input, style)
}

/// A day on which the forecast feed-in is above the limit around noon; three aggregators offer more consumption there.
pub(crate) fn day_chart(day: Date, style: &Style) -> Figure {
    let calendar = calendar();
    let period = calendar.period(day);
    let n = period.isps();
    let (_, baseline) = net_power_w(day, 1);
    let mut noise = Stream::new(9, "day", "noise");
    let forecast: Vec<f64> = (0..n).map(|i| baseline[i] * 1.03 + 3e3 * noise.at(i as u64).normal()).collect();
    let limit = vec![0.9 * RATED_W; n];
    let requested: Vec<Option<(f64, f64)>> = forecast.iter().map(|f| (f.abs() > 144e3).then(|| (-144e3 - f, 144e3 - f))).collect();
    let need: Vec<f64> = requested.iter().map(|r| r.map_or(0.0, |(lo, hi)| if lo > 0.0 { lo } else { hi.min(0.0) })).collect();
    // Consumption moved to noon is missing in the evening.
    let offer = |most: f64, rebound: f64| -> Vec<f64> {
        (0..n)
            .map(|i| {
                if need[i] > 0.0 {
                    (most * 1.02).min(need[i])
                } else if (72..84).contains(&i) {
                    -rebound
                } else {
                    0.0
                }
            })
            .collect()
    };
    let powers = [offer(70e3, 12e3), offer(55e3, 0.0), offer(48e3, 20e3), offer(40e3, 0.0)];
    let offers = [
        Offer { aggregator: "agr-noord.example", power_w: &powers[0], price_per_mwh: 92.0 },
        Offer { aggregator: "agr-oost.example", power_w: &powers[1], price_per_mwh: 64.5 },
        Offer { aggregator: "agr-zuid.example", power_w: &powers[2], price_per_mwh: 118.0 },
        Offer { aggregator: "agr-oost.example", power_w: &powers[3], price_per_mwh: 240.0 },
    ];
    let mut left = need.clone();
    let mut buy = |k: usize| -> Vec<f64> {
        (0..n)
            .map(|i| {
                let p = if powers[k][i] > 0.0 { powers[k][i].min(left[i]) } else { powers[k][i] };
                left[i] -= p.max(0.0);
                p
            })
            .collect()
    };
    let bought = [buy(1), buy(0), buy(2)];
    let orders =
        [Order { offer: 1, power_w: &bought[0] }, Order { offer: 0, power_w: &bought[1] }, Order { offer: 2, power_w: &bought[2] }];
    let realised: Vec<f64> = (0..n)
        .map(|i| {
            let f: f64 = bought.iter().map(|b| b[i]).sum();
            let failed = if (50..58).contains(&i) { 0.75 } else { 1.0 };
            baseline[i] + failed * f + 2e3 * noise.at(5000 + i as u64).normal()
        })
        .collect();
    let deficiency: Vec<f64> =
        (0..n).map(|i| if (50..58).contains(&i) { 0.25 * bought.iter().map(|b| b[i].max(0.0)).sum::<f64>() } else { 0.0 }).collect();
    let input = TradedDay {
        congestion_point: "transformer T1 (160 kVA)",
        aggregators: &["agr-noord.example", "agr-oost.example", "agr-zuid.example"],
        calendar: &calendar,
        day: period,
        currency: "EUR",
        forecast_w: &forecast,
        consumption_limit_w: &limit,
        production_limit_w: &limit,
        requested_w: &requested,
        offers: &offers,
        orders: &orders,
        realised_w: &realised,
        deficiency_w: Some(&deficiency),
    };
    traded_day(&input, style)
}

/// Sorted loading of a year under each strategy.
pub(crate) fn duration_chart(style: &Style) -> Figure {
    let (_, net) = net_power_w(date(2016, 1, 1), 366);
    let loadings = loadings(&net);
    let lines: Vec<DurationLine<'_>> =
        STRATEGIES.iter().zip(&loadings).map(|(strategy, loading)| DurationLine { strategy, loading }).collect();
    let (element, step) = ("transformer T1 (160 kVA)", SimDuration::minutes(15));
    load_duration(&LoadDuration { element, period: "year 2016", step, limits: LIMITS, lines: &lines }, style)
}

/// A year's money under each strategy; `comfort` is its price under all of them.
/// Ten strategies on one day: the presets and variants of them.
pub(crate) fn ten_strategies_chart(style: &Style) -> Figure {
    let names = ["cheap", "dear", "early", "late", "wide", "narrow"];
    let (start, net) = net_power_w(date(2016, 6, 8), 1);
    let loading: Vec<Vec<f64>> = (0..10).map(|k| net.iter().map(|p| p.abs() / RATED_W * (1.0 - 0.07 * f64::from(k))).collect()).collect();
    let lines: Vec<LoadingLine<'_>> =
        STRATEGIES.iter().chain(&names).zip(&loading).map(|(strategy, loading)| LoadingLine { strategy, loading, orange: &[] }).collect();
    let calendar = calendar();
    let step = SimDuration::minutes(15);
    let input = LoadingOverTime { element: "transformer T1 (160 kVA)", calendar: &calendar, start, step, limits: LIMITS, lines: &lines };
    loading_over_time(&input, style)
}

/// Doing nothing costs a transformer's whole life many times over; everything else is small beside it.
pub(crate) fn absurd_cost_chart(style: &Style) -> Figure {
    let cost = |losses, ageing, capex| {
        [("losses", losses), ("ageing", ageing), ("PV lost", 0.3 * losses), ("investment", capex)]
            .map(|(component, amount)| CostComponent { component, amount: Some(amount) })
    };
    let components = [cost(610.0, 118_000.0, 0.0), cost(480.0, 900.0, 0.0), cost(450.0, -7.0, 0.0), cost(390.0, 12.0, 1600.0)];
    let strategies: Vec<StrategyCost<'_>> =
        (0..4).map(|i| StrategyCost { strategy: STRATEGIES[i], payments: &[], components: &components[i] }).collect();
    let note = "Energy is left out.";
    cost_by_payer(
        &CostByPayer { name: "Rural feeder", period: "year 2016", currency: "EUR", kinds: &[], note, strategies: &strategies },
        style,
    )
}

pub(crate) fn cost_chart(style: &Style, comfort: Option<f64>) -> Figure {
    let pay = |payer, kind, amount| Payment { payer, kind, amount };
    let (energy, tariff) = (|a| pay("Customers", "energy", a), |a| pay("Customers", "network tariff", a));
    let payments = [
        vec![energy(18_400.0), tariff(9_200.0)],
        vec![
            pay("DSO", "reservation", 2_900.0),
            pay("DSO", "activation", 4_350.0),
            pay("DSO", "penalty", -380.0),
            pay("Aggregators", "imbalance", 640.0),
            energy(17_900.0),
            tariff(9_350.0),
        ],
        vec![
            pay("DSO", "activation", 5_600.0),
            pay("DSO", "compensation", 1_250.0),
            pay("DSO", "penalty", -900.0),
            pay("Aggregators", "imbalance", 910.0),
            energy(18_050.0),
            tariff(9_300.0),
            pay("Customers", "tariff discount", -1_450.0),
        ],
        vec![pay("DSO", "investment", 3_700.0), energy(18_200.0), tariff(9_900.0)],
    ];
    let names = ["energy", "losses", "PV lost", "unserved energy", "ageing", "investment", "running flexibility"];
    let priced = [
        [11_900.0, 1_600.0, 0.0, 2_900.0, 4_100.0, 0.0, 0.0],
        [11_900.0, 1_050.0, 320.0, 0.0, 700.0, 0.0, 1_900.0],
        [11_900.0, 1_000.0, 1_240.0, 0.0, 520.0, 0.0, 1_500.0],
        [11_900.0, 820.0, 0.0, 0.0, 180.0, 3_700.0, 0.0],
    ];
    let components = priced.map(|amounts| -> Vec<CostComponent<'_>> {
        let priced = names.iter().zip(amounts).map(|(component, a)| CostComponent { component, amount: Some(a) });
        priced.chain([CostComponent { component: "comfort", amount: comfort }]).collect()
    });
    let strategies: Vec<StrategyCost<'_>> =
        (0..4).map(|i| StrategyCost { strategy: STRATEGIES[i], payments: &payments[i], components: &components[i] }).collect();
    cost_by_payer(
        &CostByPayer { name: "Rural feeder", period: "year 2016", currency: "EUR", kinds: &[], note: "", strategies: &strategies },
        style,
    )
}
