//! Where rows and cells stand in the text of a table.

/// Where a blank line stands before a record, if one does.
pub(super) fn blank_line_before(text: &str, record: &csv::StringRecord) -> Option<usize> {
    let from = record.position().map_or(0, |p| p.byte() as usize).min(text.len());
    // The reader takes up after '\r' of a line that ends in both.
    let end_of_line_before = usize::from(text[..from].ends_with('\r') && text[from..].starts_with('\n'));
    let blank = from + end_of_line_before;
    text[blank..].starts_with(['\r', '\n']).then_some(blank)
}

/// First byte of a record; the reader counts from the end of the line before, terminators included.
pub(super) fn row_start(text: &str, record: &csv::StringRecord) -> usize {
    let from = record.position().map_or(0, |p| p.byte() as usize).min(text.len());
    from + text[from..].len() - text[from..].trim_start_matches(['\r', '\n']).len()
}

pub(super) fn row_span(text: &str, delimiter: u8, record: &csv::StringRecord) -> std::ops::Range<usize> {
    let start = row_start(text, record);
    start..cell_span(text, delimiter, start, record.len().saturating_sub(1)).end
}

/// Bytes of cell `column` of the record that begins at byte `start`, quotes included.
pub(super) fn cell_span(text: &str, delimiter: u8, start: usize, column: usize) -> std::ops::Range<usize> {
    let (mut begin, mut index, mut quoted) = (start, 0, false);
    for (at, byte) in text.bytes().enumerate().skip(start) {
        if byte == b'"' {
            quoted = !quoted;
        } else if !quoted && (byte == delimiter || byte == b'\n' || byte == b'\r') {
            if index == column || byte != delimiter {
                return begin..at;
            }
            (begin, index) = (at + 1, index + 1);
        }
    }
    begin..text.len()
}

/// Where a quote opens that does not close in its row, and where it does: no cell holds a line break.
pub(super) fn open_quote(text: &str, delimiter: u8) -> Option<(usize, usize)> {
    let bytes = text.as_bytes();
    let mut at_start = true;
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] == b'"' && at_start {
            let mut end = at + 1;
            while end < bytes.len() && (bytes[end] != b'"' || bytes.get(end + 1) == Some(&b'"')) {
                end += if bytes[end] == b'"' { 2 } else { 1 };
            }
            let end = end.min(bytes.len());
            if end == bytes.len() || bytes[at..end].contains(&b'\n') {
                return Some((at, end));
            }
            at = end;
        }
        at_start = bytes[at] == delimiter || matches!(bytes[at], b'\n' | b'\r');
        at += 1;
    }
    None
}
