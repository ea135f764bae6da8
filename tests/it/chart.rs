//! Charts: whole SVG documents, everything named, nothing on top of each other, no extreme lost.
//!
//! Every figure drawn here is also left in cargo's temporary folder (`target/tmp/chart`) for a person to look at.

mod sample;
mod svg;

use copperplate::chart::{
    CostByPayer, CostComponent, DurationLine, Figure, LoadDuration, LoadingLine, LoadingOverTime, Payment, StrategyCost, Style,
    cost_by_payer, envelope, load_duration, loading_over_time,
};
use copperplate::grid::{Grid, LoadingLimits};
use copperplate::time::{SimDuration, SimTime};
use jiff::civil::date;
use proptest::prelude::*;
use svg::Page;

/// Name and figure of every chart, in one style.
fn all(style: &Style) -> Vec<(&'static str, Figure)> {
    vec![
        ("loading_day", sample::loading_chart(date(2016, 6, 8), 1, style)),
        ("loading_week", sample::loading_chart(date(2016, 6, 6), 7, style)),
        ("loading_month", sample::loading_chart(date(2016, 6, 1), 30, style)),
        ("loading_year", sample::loading_chart(date(2016, 1, 1), 366, style)),
        ("load_duration", sample::duration_chart(style)),
        ("cost_by_payer", sample::cost_chart(style, None)),
        ("cost_absurd", sample::absurd_cost_chart(style)),
        ("loading_ten_strategies", sample::ten_strategies_chart(style)),
        ("map_15_places", sample::map_chart(&sample::feeder(15, true), style)),
        ("map_15_tree", sample::map_chart(&sample::feeder(15, false), style)),
        ("map_130_places", sample::map_chart(&sample::feeder(130, true), style)),
        ("map_130_tree", sample::map_chart(&sample::feeder(130, false), style)),
        ("map_5000_folded", sample::map_chart(&sample::feeder(5000, true), style)),
        ("traded_day", sample::day_chart(date(2016, 6, 8), style)),
        ("traded_day_long", sample::day_chart(date(2016, 10, 30), style)),
    ]
}

fn keep(name: &str, svg: &str) {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("chart");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join(name), svg).unwrap();
}

#[test]
fn every_chart_is_a_whole_document_inside_its_page() {
    for (page_name, style) in [("light", Style::light()), ("dark", Style::dark())] {
        for (name, figure) in all(&style) {
            let svg = figure.svg();
            keep(&format!("{name}_{page_name}.svg"), &svg);
            let page = Page::read(&svg);
            assert_eq!(page.title, figure.title(), "{name}");
            assert_eq!((page.width, page.height), (f64::from(figure.size_px().0), f64::from(figure.size_px().1)), "{name}");
            assert!(svg.len() < 120_000, "{name} has {} bytes", svg.len());
            for l in &page.labels {
                assert!(!l.text.split(['\u{a0}', ' ', '−']).any(|w| w == "NaN" || w == "inf"), "{name}: {l:?}");
                assert!(l.x0 >= 0.0 && l.y0 >= 0.0 && l.x1 <= page.width && l.y1 <= page.height, "{name}: {l:?}");
            }
            for (_, points) in &page.lines {
                assert!(points.iter().all(|p| p.0 >= 0.0 && p.0 <= page.width && p.1 >= 0.0 && p.1 <= page.height), "{name}");
            }
        }
    }
}

#[test]
fn no_text_stands_on_another() {
    for (name, figure) in all(&Style::light()) {
        let labels = Page::read(&figure.svg()).labels;
        for (i, a) in labels.iter().enumerate() {
            for b in &labels[i + 1..] {
                assert!(!a.overlaps(b), "{name}: '{}' on '{}'", a.text, b.text);
            }
        }
    }
}

#[test]
fn equal_input_gives_equal_bytes() {
    for ((name, once), (_, again)) in all(&Style::light()).into_iter().zip(all(&Style::light())) {
        assert_eq!(once.svg(), again.svg(), "{name}");
    }
}

#[test]
fn what_the_charts_say() {
    let style = Style::light();
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../data/chart");
    settings.set_prepend_module_to_snapshot(false);
    settings.bind(|| {
        for (name, figure) in all(&style) {
            let texts: Vec<String> = Page::read(&figure.svg()).labels.into_iter().map(|l| l.text).collect();
            insta::assert_snapshot!(name, texts.join("\n"));
        }
    });
}

/// A chart of one strategy, a step a quarter of an hour from 1 January.
fn one_line(loading: &[f64], limits: LoadingLimits) -> Page {
    let calendar = sample::calendar();
    let start = calendar.period(date(2016, 1, 1)).start;
    let lines = [LoadingLine { strategy: "copper-plate", loading, orange: &[] }];
    let input = LoadingOverTime { element: "line 1", calendar: &calendar, start, step: SimDuration::minutes(15), limits, lines: &lines };
    Page::read(&loading_over_time(&input, &Style::light()).svg())
}

#[test]
fn a_single_peak_in_a_year_is_drawn_at_its_height() {
    for (peak_at, steps) in [(70, 96), (300, 672), (2050, 2880), (17_001, 35_136), (0, 35_136), (35_135, 35_136)] {
        let mut loading = vec![0.3; steps];
        loading[peak_at] = 1.7;
        // The emergency limit at the peak is the ruler.
        let page = one_line(&loading, LoadingLimits { planning: 0.8, rating: 1.0, emergency: 1.7 });
        let (style, legend_end) = (Style::light(), page.label("Loading, % of the rating").y1);
        let line = page.top_of(&style.strategy("copper-plate").colour.hex(), legend_end);
        let limit = page.top_of(&style.alert.hex(), legend_end);
        assert!((line - limit).abs() <= 0.1, "{peak_at} of {steps}: {line} {limit}");
    }
}

#[test]
fn unknown_steps_leave_a_gap() {
    let colour = Style::light().strategy("copper-plate").colour.hex();
    let limits = LoadingLimits { planning: 0.8, rating: 1.0, emergency: 1.3 };
    for steps in [96, 2880, 35_136] {
        let (from, to) = (steps / 3, steps / 2);
        let loading: Vec<f64> = (0..steps).map(|k| if (from..to).contains(&k) { f64::NAN } else { 0.5 }).collect();
        let page = one_line(&loading, limits);
        let (left, right) = (page.label("rating 100 %").x0 - 22.0, 52.0);
        let middle = right + (left - right) * 0.42;
        let drawn = page.lines.iter().filter(|l| l.0 == colour && l.1.len() > 2);
        for (_, points) in drawn {
            assert!(points.windows(2).all(|w| !(w[0].0 < middle && w[1].0 > middle)), "{steps}");
        }
    }
}

proptest! {
    #[test]
    fn an_envelope_covers_every_step_and_reaches_every_extreme(
        values in prop::collection::vec(prop_oneof![9 => -1.0..3.0_f64, 1 => Just(f64::NAN)], 1..300),
        mut cuts in prop::collection::vec(0_usize..310, 0..20),
    ) {
        cuts.sort_unstable();
        cuts.dedup();
        let stretches = envelope(&values, &cuts);
        for (k, v) in values.iter().enumerate() {
            let around: Vec<_> = stretches.iter().filter(|s| s.steps.contains(&k)).collect();
            prop_assert!(around.len() <= 1);
            prop_assert!(v.is_nan() || (around.len() == 1 && around[0].min <= *v && *v <= around[0].max));
        }
        for s in &stretches {
            prop_assert!(values[s.steps.clone()].contains(&s.min) && values[s.steps.clone()].contains(&s.max));
        }
    }

    #[test]
    fn names_of_limits_never_overlap(planning in 0.3..1.0_f64, gap in 0.0..0.2_f64, peak in 0.1..4.0_f64) {
        let limits = LoadingLimits { planning, rating: 1.0_f64.max(planning), emergency: 1.0 + gap };
        let page = one_line(&[peak; 96], limits);
        let names: Vec<_> =
            page.labels.iter().filter(|l| ["planning", "rating", "emergency"].iter().any(|n| l.text.starts_with(n))).collect();
        prop_assert!(!names.is_empty());
        for (i, a) in names.iter().enumerate() {
            prop_assert!(a.x1 <= page.width);
            prop_assert!(names[i + 1..].iter().all(|b| !a.overlaps(b)), "{names:?}");
        }
    }
}

#[test]
fn a_strategy_keeps_its_look_whatever_stands_beside_it() {
    let style = Style::light();
    let alone = style.looks(&["reinforce"]);
    let among = style.looks(&["mine", "reinforce", "yours", "copper-plate"]);
    assert_eq!(alone[0], among[1]);
    assert_eq!(among[3], style.strategy("copper-plate"));
    assert_ne!(among[0].colour, among[2].colour);
    let mut dashes: Vec<_> = sample::STRATEGIES.iter().map(|s| style.strategy(s).dash.to_vec()).collect();
    dashes.sort_by(|a, b| a.partial_cmp(b).unwrap());
    dashes.dedup();
    assert_eq!(dashes.len(), 4, "told apart without colour");
}

#[test]
fn hours_of_overload_are_counted_by_steps() {
    // 40 of 100 quarters of an hour above the rating: 10 h.
    let loading: Vec<f64> = (0..100).map(|k| if k % 5 < 2 { 1.2 } else { 1.0 }).collect();
    let lines = [DurationLine { strategy: "mine", loading: &loading }];
    let input = LoadDuration { element: "line 1", period: "25 h", step: SimDuration::minutes(15), limits: sample::LIMITS, lines: &lines };
    let page = Page::read(&load_duration(&input, &Style::light()).svg());
    assert!(page.says("mine: 10.0 h above rating, peak 120 %"), "{:?}", page.labels);
}

#[test]
fn totals_of_system_cost_need_every_price() {
    let style = Style::light();
    let without = Page::read(&sample::cost_chart(&style, None).svg());
    let with = Page::read(&sample::cost_chart(&style, Some(500.0)).svg());
    assert!(without.says("Not priced: comfort.") && !with.says("Not priced"));
    // Copper-plate: 11 900 + 1600 + 2900 + 4100, and 500 for comfort.
    let total = |page: &Page, text: &str| page.labels.iter().filter(|l| l.x0 > page.width / 2.0 && l.text == text).count();
    assert_eq!(total(&with, "21.0"), 1);
    assert_eq!(total(&without, "20.5"), 0);
}

#[test]
fn one_absurd_amount_leaves_the_others_readable() {
    let page = Page::read(&sample::absurd_cost_chart(&Style::light()).svg());
    assert!(page.says("A broken bar is longer than drawn"));
    // Its number stands on it and in the sum, and the others have room for theirs.
    assert!(page.says("118\u{202f}000") || page.says("118\u{a0}000") || page.says("118 000"), "{:?}", page.labels);
    assert!(page.says("1600") && page.says("900"), "{:?}", page.labels);
    assert!(!Page::read(&sample::cost_chart(&Style::light(), None).svg()).says("broken"));
}

#[test]
fn fourteen_strategies_are_told_apart_by_colour_and_by_dash() {
    let names: Vec<String> = (0..10).map(|k| format!("variant-{k}")).collect();
    let keys: Vec<&str> = sample::STRATEGIES.into_iter().chain(names.iter().map(String::as_str)).collect();
    for style in [Style::light(), Style::dark()] {
        let looks = style.looks(&keys);
        for (i, a) in looks.iter().enumerate() {
            for b in &looks[i + 1..] {
                assert!(a.colour != b.colour && a.dash != b.dash, "{a:?} {b:?}");
            }
        }
    }
}

#[test]
fn a_kind_of_payment_keeps_its_colour_when_others_are_missing() {
    let pay = |kind, amount| Payment { payer: "DSO", kind, amount };
    let colour = |payments: &[Payment<'_>]| {
        let strategies = [StrategyCost { strategy: "reinforce", payments, components: &[] }];
        let input = CostByPayer {
            name: "x",
            period: "p",
            currency: "EUR",
            kinds: &["penalty", "capex", "losses"],
            note: "",
            strategies: &strategies,
        };
        cost_by_payer(&input, &Style::light()).svg().contains(&Style::light().categories[2].hex().to_uppercase())
    };
    assert!(colour(&[pay("losses", 10.0)]));
    assert!(colour(&[pay("losses", 10.0), pay("capex", 5.0)]));
    assert!(!colour(&[pay("capex", 5.0), pay("penalty", 5.0)]));
}

#[test]
fn a_long_day_counts_its_doubled_hour() {
    let page = Page::read(&sample::day_chart(date(2016, 10, 30), &Style::light()).svg());
    assert!(page.says("100 ISPs of 15 min"));
    // 03:00 local is four hours after midnight: ISP 17 instead of 13.
    let (hour, isp) = (page.label("03:00"), page.label("17"));
    assert!(((hour.x0 + hour.x1) - (isp.x0 + isp.x1)).abs() < 0.5);
    let page = Page::read(&sample::day_chart(date(2016, 3, 27), &Style::light()).svg());
    assert!(page.says("92 ISPs of 15 min") && page.says("9") && !page.says("13"));
}

#[test]
fn nothing_to_show_is_no_reason_to_fail() {
    let (style, calendar) = (Style::light(), sample::calendar());
    let (step, limits) = (SimDuration::minutes(15), sample::LIMITS);
    let empty = LoadingOverTime { element: "x", calendar: &calendar, start: SimTime(0), step, limits, lines: &[] };
    Page::read(&loading_over_time(&empty, &style).svg());
    let unknown = [LoadingLine { strategy: "a", loading: &[f64::NAN; 5], orange: &[] }];
    Page::read(&loading_over_time(&LoadingOverTime { lines: &unknown, ..empty }, &style).svg());
    let lines = [DurationLine { strategy: "a", loading: &[f64::NAN] }];
    Page::read(&load_duration(&LoadDuration { element: "x", period: "p", step, limits, lines: &lines }, &style).svg());
    let nobody = [StrategyCost { strategy: "a", payments: &[], components: &[CostComponent { component: "c", amount: None }] }];
    for strategies in [&nobody[..], &[]] {
        Page::read(
            &cost_by_payer(&CostByPayer { name: "x", period: "p", currency: "EUR", kinds: &[], note: "", strategies }, &style).svg(),
        );
    }
    Page::read(&sample::map_chart(&Grid { buses: sample::feeder(2, true).buses[..1].to_vec(), ..Grid::default() }, &style).svg());
    Page::read(&sample::map_chart(&Grid::default(), &style).svg());
}

#[cfg(feature = "png")]
#[test]
fn png_is_written_alike_twice() {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("chart");
    std::fs::create_dir_all(&folder).unwrap();
    for (name, figure) in all(&Style::light()) {
        let (once, again) = (folder.join(format!("{name}.png")), folder.join(format!("{name}_again.png")));
        figure.write_png(&once).unwrap();
        figure.write_png(&again).unwrap();
        let bytes = std::fs::read(&once).unwrap();
        assert_eq!(&bytes[..8], b"\x89PNG\r\n\x1a\n");
        assert_eq!(bytes, std::fs::read(&again).unwrap());
    }
    let nowhere = folder.join("missing").join("x.png");
    assert_eq!(sample::duration_chart(&Style::light()).write_png(&nowhere).unwrap_err().path, nowhere);
}
