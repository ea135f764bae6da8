//! Text columns of a Parquet file by their codes: a text is read once a row group, a row costs a number.
//!
//! Pages as [`TableWriter`](super::TableWriter) writes them hold the dictionary's texts (each as its length in four bytes, then
//! its bytes), and for the rows positions in it, in the format's hybrid of runs and packed bits: a header `h` (varint), then for
//! even `h` one position that `h/2` rows share, for odd `h` eight times `h/2` positions of so many bits each, lowest bit first.
//! Where a dictionary grew too large the writer goes on with the texts themselves.

use parquet::basic::Encoding;
use parquet::column::page::Page;
use parquet::errors::{ParquetError, Result as ParquetResult};
use parquet::file::reader::RowGroupReader;

use super::table::Strings;

/// Adds the texts of column `i` of a row group to `strings`.
pub(super) fn read_texts(group: &dyn RowGroupReader, i: usize, strings: &mut Strings) -> ParquetResult<()> {
    let mut pages = group.get_column_page_reader(i)?;
    // Code in `strings` by position in the file's dictionary.
    let mut codes: Vec<u32> = Vec::new();
    while let Some(page) = pages.get_next_page()? {
        match page {
            Page::DictionaryPage { buf, num_values, .. } => {
                codes.clear();
                texts(&buf, num_values as usize, |text| codes.push(strings.code_of(text)))?;
            }
            Page::DataPage { buf, num_values, encoding: Encoding::RLE_DICTIONARY | Encoding::PLAIN_DICTIONARY, .. } => {
                positions(&buf, num_values as usize, |position, rows| {
                    let code = *codes.get(position).ok_or_else(|| damaged("a position beyond the dictionary"))?;
                    strings.push_codes(code, rows);
                    Ok(())
                })?;
            }
            Page::DataPage { buf, num_values, encoding: Encoding::PLAIN, .. } => {
                texts(&buf, num_values as usize, |text| strings.push(text))?;
            }
            Page::DataPage { .. } | Page::DataPageV2 { .. } => return Err(damaged("texts in an encoding that is not written here")),
        }
    }
    Ok(())
}

fn damaged(what: &str) -> ParquetError {
    ParquetError::General(what.to_owned())
}

/// Calls `each` with every one of `count` texts.
fn texts(mut bytes: &[u8], count: usize, mut each: impl FnMut(&str)) -> ParquetResult<()> {
    for _ in 0..count {
        let (length, rest) = bytes.split_first_chunk::<4>().ok_or_else(|| damaged("a text that is cut off"))?;
        let length = u32::from_le_bytes(*length) as usize;
        let (text, rest) = rest.split_at_checked(length).ok_or_else(|| damaged("a text that is cut off"))?;
        each(std::str::from_utf8(text).map_err(|_| damaged("a text that is not UTF-8"))?);
        bytes = rest;
    }
    Ok(())
}

/// Calls `each` with a position and how many of the `count` rows hold it, in order.
fn positions(bytes: &[u8], count: usize, mut each: impl FnMut(usize, usize) -> ParquetResult<()>) -> ParquetResult<()> {
    let (&bits, mut bytes) = bytes.split_first().ok_or_else(|| damaged("an empty page"))?;
    let (bits, mut left) = (usize::from(bits), count);
    if bits > 32 {
        return Err(damaged("positions of more than 32 bits"));
    }
    while left > 0 {
        let header = varint(&mut bytes)?;
        if header % 2 == 0 {
            let (value, rest) = bytes.split_at_checked(bits.div_ceil(8)).ok_or_else(|| damaged("a run that is cut off"))?;
            let position = value.iter().rev().fold(0, |position, &byte| position << 8 | usize::from(byte));
            let rows = left.min(header / 2);
            if rows == 0 {
                return Err(damaged("a run of nothing"));
            }
            each(position, rows)?;
            (bytes, left) = (rest, left - rows);
        } else {
            let (packed, rest) = bytes.split_at_checked(header / 2 * bits).ok_or_else(|| damaged("a run that is cut off"))?;
            let rows = left.min(header / 2 * 8);
            let (mut source, mut buffer, mut held) = (packed.iter(), 0_u64, 0);
            for _ in 0..rows {
                while held < bits {
                    buffer |= u64::from(*source.next().expect("eight rows have a whole number of bytes")) << held;
                    held += 8;
                }
                each((buffer & ((1 << bits) - 1)) as usize, 1)?;
                buffer >>= bits;
                held -= bits;
            }
            if header / 2 == 0 {
                return Err(damaged("a run of nothing"));
            }
            (bytes, left) = (rest, left - rows);
        }
    }
    Ok(())
}

fn varint(bytes: &mut &[u8]) -> ParquetResult<usize> {
    let (mut value, mut shift) = (0_usize, 0);
    while shift < 35 {
        let (&byte, rest) = bytes.split_first().ok_or_else(|| damaged("a run that is cut off"))?;
        *bytes = rest;
        value |= usize::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Ok(value);
        }
        shift += 7;
    }
    Err(damaged("a run longer than any page"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(bytes: &[u8], count: usize) -> ParquetResult<Vec<usize>> {
        let mut out = Vec::new();
        positions(bytes, count, |position, rows| {
            out.extend(std::iter::repeat_n(position, rows));
            Ok(())
        })?;
        Ok(out)
    }

    #[test]
    fn the_formats_own_example_of_packed_bits() {
        // Encodings.md of the Parquet format: the numbers 0 to 7 in three bits each.
        assert_eq!(decoded(&[3, 0b11, 0b1000_1000, 0b1100_0110, 0b1111_1010], 8).unwrap(), [0, 1, 2, 3, 4, 5, 6, 7]);
        // Padding of the last eight is left out; a run of five before it.
        assert_eq!(decoded(&[3, 10, 6, 0b11, 0b1000_1000, 0b1100_0110, 0b1111_1010], 8).unwrap(), [6, 6, 6, 6, 6, 0, 1, 2]);
        assert_eq!(decoded(&[0, 0b1000_0000, 0b10], 128).unwrap(), [0; 128]);
    }

    #[test]
    fn damage_is_an_error() {
        for bytes in [&[][..], &[3], &[3, 0b11, 0b1000_1000], &[3, 10], &[3, 0], &[3, 1], &[40, 2, 0], &[1, 0xff, 0xff, 0xff, 0xff, 0xff]] {
            assert!(decoded(bytes, 8).is_err(), "{bytes:?}");
        }
    }
}
