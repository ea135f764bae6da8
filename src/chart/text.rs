//! How much room text takes, and how numbers are written.
//!
//! The viewer's sans-serif font is unknown, so widths are those of DejaVu Sans, the widest in common use: what fits with
//! it fits with Arial, Helvetica, Liberation Sans or Roboto.

/// Advance widths of U+0020 to U+007E in thousandths of the font size (DejaVu Sans 2.37).
const ADVANCE: [u16; 95] = [
    318, 401, 460, 838, 636, 950, 780, 275, 390, 390, 500, 838, 318, 361, 318, 337, 636, 636, 636, 636, 636, 636, 636, 636, 636, 636, 337,
    337, 838, 838, 838, 531, 1000, 684, 686, 698, 770, 632, 575, 775, 752, 295, 295, 656, 557, 863, 748, 787, 603, 787, 695, 635, 611, 732,
    684, 989, 685, 611, 685, 390, 337, 390, 838, 500, 500, 613, 635, 550, 635, 615, 352, 635, 634, 278, 278, 579, 278, 974, 634, 612, 635,
    635, 411, 521, 392, 634, 592, 818, 592, 592, 525, 636, 337, 636, 838,
];

/// Bold letters are wider by about this factor.
const BOLD: f64 = 1.12;

/// Width of `text` in px at a font size of `size` px.
pub(crate) fn width(text: &str, size: f64, bold: bool) -> f64 {
    let thousandths: u32 = text.chars().map(|c| u32::from(advance(c))).sum();
    f64::from(thousandths) * 1e-3 * size * if bold { BOLD } else { 1.0 }
}

fn advance(c: char) -> u16 {
    match c {
        ' '..='~' => ADVANCE[c as usize - 32],
        '\u{a0}' | '·' => 318,
        '–' => 500,
        '²' => 401,
        '−' | '×' | '≥' | '≤' | '→' | '±' | '…' => 838,
        _ => 640,
    }
}

/// Breaks `text` at spaces into lines of at most `max` px; a single longer word is cut with an ellipsis.
pub(crate) fn wrap(text: &str, size: f64, bold: bool, max: f64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ').filter(|w| !w.is_empty()) {
        let word = fit(word, size, bold, max);
        match lines.last_mut() {
            Some(line) if width(line, size, bold) + width(&format!(" {word}"), size, bold) <= max => {
                line.push(' ');
                line.push_str(&word);
            }
            _ => lines.push(word),
        }
    }
    lines
}

/// `text`, shortened with an ellipsis if it is wider than `max` px.
pub(crate) fn fit(text: &str, size: f64, bold: bool, max: f64) -> String {
    if width(text, size, bold) <= max {
        return text.to_owned();
    }
    let mut kept = String::new();
    for c in text.chars() {
        if width(&kept, size, bold) + width(&format!("{c}…"), size, bold) > max {
            break;
        }
        kept.push(c);
    }
    kept + "…"
}

/// A number with `decimals`, a true minus sign and thousands set apart by no-break spaces.
pub(crate) fn number(value: f64, decimals: usize) -> String {
    let plain = format!("{:.decimals$}", value.abs());
    let (whole, fraction) = plain.split_once('.').map_or((plain.as_str(), None), |(w, f)| (w, Some(f)));
    let mut out = String::new();
    if value < 0.0 && plain.bytes().any(|b| (b'1'..=b'9').contains(&b)) {
        out.push('−');
    }
    for (i, digit) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i).is_multiple_of(3) && whole.len() > 4 {
            out.push('\u{a0}');
        }
        out.push(digit);
    }
    if let Some(fraction) = fraction {
        out.push('.');
        out.push_str(fraction);
    }
    out
}

/// A number with about three significant digits.
pub(crate) fn short(value: f64) -> String {
    let decimals = match value.abs() {
        a if a >= 99.95 || a == 0.0 => 0,
        a if a >= 9.995 => 1,
        _ => 2,
    };
    number(value, decimals)
}

/// A fraction as whole per cent: `1.184` is `118 %`.
pub(crate) fn percent(fraction: f64) -> String {
    format!("{}\u{a0}%", number(fraction * 100.0, 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_for_people() {
        for (value, decimals, text) in [
            (0.0, 0, "0"),
            (-0.2, 0, "0"),
            (-12.5, 1, "−12.5"),
            (1234.0, 0, "1234"),
            (12345.6, 1, "12\u{a0}345.6"),
            (1e6, 0, "1\u{a0}000\u{a0}000"),
        ] {
            assert_eq!(number(value, decimals), text);
        }
        assert_eq!(short(9.999), "10.0");
        assert_eq!(percent(2.104), "210\u{a0}%");
    }

    #[test]
    fn wrapped_lines_fit_and_keep_every_word() {
        let text = "Loading of transformer MV1.101-LV1.101-Trafo 1: up to 210 % with copper-plate";
        for max in [90.0, 200.0, 400.0] {
            let lines = wrap(text, 12.0, true, max);
            assert!(lines.iter().all(|l| width(l, 12.0, true) <= max), "{lines:?}");
        }
        assert_eq!(wrap(text, 12.0, true, 300.0).join(" "), text);
    }
}
