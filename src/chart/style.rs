//! What all charts share: colours, line styles, font sizes, for light and for dark pages.
//!
//! Strategy colours follow Okabe and Ito ("Color Universal Design", 2008) and categories Paul Tol ("Colour Schemes", SRON/EPS/TN/09-002),
//! adapted in lightness to the page. Colour never stands alone: every strategy also has its own dash pattern, every aggregator
//! its own symbol.

/// An opaque sRGB colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Colour(
    /// Red.
    pub u8,
    /// Green.
    pub u8,
    /// Blue.
    pub u8,
);

impl Colour {
    /// `#rrggbb`, as HTML and SVG write it.
    #[must_use]
    pub fn hex(self) -> String {
        format!("#{:02x}{:02x}{:02x}", self.0, self.1, self.2)
    }

    /// The colour `share` (0 to 1) of the way towards `other`, in sRGB.
    #[must_use]
    pub fn towards(self, other: Colour, share: f64) -> Colour {
        let mix = |a: u8, b: u8| (f64::from(a) + (f64::from(b) - f64::from(a)) * share).round() as u8;
        Colour(mix(self.0, other.0), mix(self.1, other.1), mix(self.2, other.2))
    }

    /// Whether dark text reads better on it than light text (relative luminance of BT.709, gamma taken as 2).
    #[must_use]
    pub fn is_light(self) -> bool {
        let linear = |v: u8| (f64::from(v) / 255.0) * (f64::from(v) / 255.0);
        0.2126 * linear(self.0) + 0.7152 * linear(self.1) + 0.0722 * linear(self.2) > 0.30
    }
}

/// How a strategy's line looks in every chart.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Look {
    /// Colour on the page of the style.
    pub colour: Colour,
    /// Lengths of dash and gap in turn, px; empty is a solid line.
    pub dash: &'static [f64],
}

/// The strategies that have a colour of their own, with the index of their look.
const STRATEGIES: [&str; 4] = ["copper-plate", "grid-capacity-management", "congestion-management", "reinforce"];

/// Strategies with looks of their own: the four presets and ten others.
const LOOKS: usize = 14;

/// Dash patterns: the four strategies, then the others in order.
const DASHES: [&[f64]; LOOKS] = [
    &[],
    &[9.0, 4.0],
    &[9.0, 3.0, 2.0, 3.0],
    &[2.5, 2.5],
    &[14.0, 3.0],
    &[5.0, 5.0],
    &[14.0, 3.0, 2.0, 3.0, 2.0, 3.0],
    &[1.5, 5.0],
    &[6.0, 6.0, 1.5, 6.0],
    &[8.0, 2.5, 8.0, 9.0],
    &[5.0, 2.0],
    &[18.0, 3.0, 6.0, 3.0],
    &[2.5, 2.5, 2.5, 8.0],
    &[12.0, 9.0],
];

/// Colours, fonts and sizes of a chart.
///
/// ```
/// use copperplate::chart::Style;
/// let style = Style::light();
/// assert_eq!(style.strategy("copper-plate").colour.hex(), "#d55e00");
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Style {
    /// Page.
    pub background: Colour,
    /// Text, axes and what has to stand out without meaning anything by its colour.
    pub ink: Colour,
    /// Secondary text and thin auxiliary lines.
    pub faint: Colour,
    /// Grid lines.
    pub grid: Colour,
    /// Overload, limits that protection guards, power not delivered.
    pub alert: Colour,
    /// Regime orange.
    pub orange: Colour,
    /// Four strategies, then the others.
    pub strategies: [Colour; LOOKS],
    /// Kinds of payment, aggregators.
    pub categories: [Colour; 9],
    /// Components of cost; lighter than `categories`, so the two are not mistaken for each other.
    pub components: [Colour; 9],
    /// Loading from 0 to 100 %, equal steps.
    pub loading: [Colour; 5],
    /// Loading from 100 % to the top of the scale, equal steps.
    pub overload: [Colour; 4],
    /// Font of all text, as CSS names it.
    pub font_family: &'static str,
    /// Size of titles, px.
    pub title_px: f64,
    /// Size of captions, legends and tick labels, px.
    pub text_px: f64,
    /// Size of notes and labels inside drawings, px.
    pub small_px: f64,
}

impl Style {
    /// For white pages and print.
    #[must_use]
    pub fn light() -> Style {
        Style {
            background: Colour(255, 255, 255),
            ink: Colour(34, 34, 34),
            faint: Colour(98, 98, 98),
            grid: Colour(228, 228, 228),
            alert: Colour(190, 20, 45),
            orange: Colour(240, 150, 20),
            strategies: [
                Colour(213, 94, 0),
                Colour(0, 114, 178),
                Colour(0, 150, 110),
                Colour(130, 40, 115),
                Colour(86, 180, 233),
                Colour(80, 60, 20),
                Colour(150, 150, 150),
                Colour(225, 165, 0),
                Colour(25, 25, 105),
                Colour(240, 120, 165),
                Colour(115, 160, 20),
                Colour(0, 85, 90),
                Colour(165, 105, 235),
                Colour(190, 140, 100),
            ],
            categories: [
                Colour(51, 34, 136),
                Colour(204, 102, 119),
                Colour(68, 170, 153),
                Colour(221, 204, 119),
                Colour(136, 34, 85),
                Colour(17, 119, 51),
                Colour(136, 204, 238),
                Colour(153, 153, 51),
                Colour(170, 68, 153),
            ],
            components: [
                Colour(119, 170, 221),
                Colour(238, 136, 102),
                Colour(238, 221, 136),
                Colour(68, 187, 153),
                Colour(255, 170, 187),
                Colour(170, 170, 0),
                Colour(115, 115, 125),
                Colour(187, 204, 51),
                Colour(153, 221, 255),
            ],
            loading: [Colour(200, 212, 222), Colour(152, 185, 212), Colour(101, 155, 202), Colour(53, 122, 184), Colour(20, 86, 153)],
            overload: [Colour(245, 160, 50), Colour(229, 95, 35), Colour(187, 30, 40), Colour(110, 0, 45)],
            font_family: "sans-serif",
            title_px: 17.0,
            text_px: 12.0,
            small_px: 10.5,
        }
    }

    /// For dark pages.
    #[must_use]
    pub fn dark() -> Style {
        Style {
            background: Colour(24, 26, 31),
            ink: Colour(232, 232, 232),
            faint: Colour(165, 168, 175),
            grid: Colour(54, 58, 66),
            alert: Colour(255, 100, 110),
            orange: Colour(255, 170, 50),
            strategies: [
                Colour(245, 130, 55),
                Colour(80, 165, 235),
                Colour(45, 195, 150),
                Colour(248, 185, 230),
                Colour(150, 215, 250),
                Colour(235, 220, 120),
                Colour(125, 125, 125),
                Colour(255, 190, 60),
                Colour(120, 120, 225),
                Colour(255, 140, 180),
                Colour(170, 215, 70),
                Colour(20, 150, 155),
                Colour(200, 160, 255),
                Colour(205, 165, 130),
            ],
            categories: [
                Colour(135, 125, 225),
                Colour(225, 125, 140),
                Colour(80, 190, 170),
                Colour(225, 210, 130),
                Colour(200, 90, 150),
                Colour(60, 165, 95),
                Colour(140, 205, 240),
                Colour(175, 175, 75),
                Colour(205, 110, 190),
            ],
            loading: [Colour(62, 76, 92), Colour(60, 104, 145), Colour(70, 135, 190), Colour(105, 170, 222), Colour(160, 208, 245)],
            overload: [Colour(255, 205, 90), Colour(255, 150, 60), Colour(255, 90, 75), Colour(255, 50, 130)],
            ..Style::light()
        }
    }

    /// The look of one strategy; one that is not among the four presets looks like the first other.
    #[must_use]
    pub fn strategy(&self, key: &str) -> Look {
        let i = STRATEGIES.iter().position(|&s| s == key).unwrap_or(STRATEGIES.len());
        Look { colour: self.strategies[i], dash: DASHES[i] }
    }

    /// The looks of strategies that stand in one chart: presets have their own, others are told apart by their order.
    #[must_use]
    pub fn looks(&self, keys: &[&str]) -> Vec<Look> {
        let mut others = (STRATEGIES.len()..DASHES.len()).cycle();
        keys.iter()
            .map(|&key| match STRATEGIES.contains(&key) {
                true => self.strategy(key),
                false => others.next().map_or_else(|| self.strategy(key), |i| Look { colour: self.strategies[i], dash: DASHES[i] }),
            })
            .collect()
    }

    /// The colour of a `loading` (fraction of the rating) on a scale that ends at `top`, at least 1.
    #[must_use]
    pub fn loading_colour(&self, loading: f64, top: f64) -> Colour {
        if loading <= 1.0 { along(&self.loading, loading) } else { along(&self.overload, (loading - 1.0) / (top - 1.0)) }
    }
}

/// The colour at `share` (0 to 1) of a scale with equally spaced stops.
fn along(stops: &[Colour], share: f64) -> Colour {
    let x = share.clamp(0.0, 1.0) * (stops.len() - 1) as f64;
    let i = (x as usize).min(stops.len() - 2);
    stops[i].towards(stops[i + 1], x - i as f64)
}
