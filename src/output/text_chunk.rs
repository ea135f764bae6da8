//! Text columns written by their codes: a text is written once a row group, a row costs a few bits.
//!
//! The library's writer looks every row's text up again, which costs more than all the numbers of a table. Here the dictionary
//! that a column has anyway becomes the dictionary page, and its codes the data pages, in the format's hybrid of runs and packed bits
//! (see [`text_column`](super::text_column), which reads it).

use bytes::Bytes;
use parquet::basic::{Compression, Encoding};
use parquet::column::page::{CompressedPage, Page, PageWriter};
use parquet::column::writer::ColumnCloseResult;
use parquet::errors::Result as ParquetResult;
use parquet::file::metadata::ColumnChunkMetaData;
use parquet::file::writer::{SerializedPageWriter, TrackedWrite};
use parquet::schema::types::ColumnDescPtr;

use super::table::Strings;

/// Rows of a page.
const PAGE_ROWS: usize = 1 << 15;

/// Whether a column is better written this way: where most texts stand in many rows.
pub(super) fn suits(strings: &Strings) -> bool {
    strings.dictionary().len() * 8 <= strings.len()
}

/// The bytes of a column, and what the file's footer says of them.
pub(super) fn encode(strings: &Strings, column: ColumnDescPtr) -> ParquetResult<(Bytes, ColumnCloseResult)> {
    let mut bytes = TrackedWrite::new(Vec::new());
    let mut pages = SerializedPageWriter::new(&mut bytes);
    let dictionary = pages.write_page(dictionary_page(strings))?;
    let (mut raw, mut packed) = (dictionary.uncompressed_size, dictionary.compressed_size);
    let bits = usize::BITS - strings.dictionary().len().saturating_sub(1).leading_zeros();
    for codes in strings.codes().chunks(PAGE_ROWS) {
        let page = pages.write_page(data_page(codes, bits as u8))?;
        raw += page.uncompressed_size;
        packed += page.compressed_size;
    }
    pages.close()?;
    let metadata = ColumnChunkMetaData::builder(column)
        .set_encodings(vec![Encoding::PLAIN, Encoding::RLE, Encoding::RLE_DICTIONARY])
        .set_compression(Compression::LZ4_RAW)
        .set_num_values(strings.len() as i64)
        .set_total_uncompressed_size(raw as i64)
        .set_total_compressed_size(packed as i64)
        .set_dictionary_page_offset(Some(0))
        .set_data_page_offset(dictionary.bytes_written as i64)
        .build()?;
    let close = ColumnCloseResult {
        bytes_written: packed as u64,
        rows_written: strings.len() as u64,
        metadata,
        bloom_filter: None,
        column_index: None,
        offset_index: None,
    };
    Ok((Bytes::from(bytes.into_inner()?), close))
}

fn dictionary_page(strings: &Strings) -> CompressedPage {
    let mut plain = Vec::new();
    for text in strings.dictionary() {
        plain.extend_from_slice(&(text.len() as u32).to_le_bytes());
        plain.extend_from_slice(text.as_bytes());
    }
    let buf = Bytes::from(lz4_flex::block::compress(&plain));
    let num_values = strings.dictionary().len() as u32;
    CompressedPage::new(Page::DictionaryPage { buf, num_values, encoding: Encoding::PLAIN, is_sorted: false }, plain.len())
}

fn data_page(codes: &[u32], bits: u8) -> CompressedPage {
    let mut plain = vec![bits];
    hybrid(codes, usize::from(bits), &mut plain);
    let page = Page::DataPage {
        buf: Bytes::from(lz4_flex::block::compress(&plain)),
        num_values: codes.len() as u32,
        encoding: Encoding::RLE_DICTIONARY,
        def_level_encoding: Encoding::RLE,
        rep_level_encoding: Encoding::RLE,
        statistics: None,
    };
    CompressedPage::new(page, plain.len())
}

/// Codes as runs where eight or more are the same, else packed by eights, the last of them filled up with zeros.
fn hybrid(codes: &[u32], bits: usize, out: &mut Vec<u8>) {
    let (mut at, mut loose) = (0, 0);
    while at < codes.len() {
        let same = codes[at..].iter().take_while(|code| **code == codes[at]).count();
        if same >= 8 {
            pack(&codes[at - loose..at], bits, out);
            varint(same << 1, out);
            out.extend_from_slice(&codes[at].to_le_bytes()[..bits.div_ceil(8)]);
            (at, loose) = (at + same, 0);
        } else {
            let eight = 8.min(codes.len() - at);
            (at, loose) = (at + eight, loose + eight);
        }
    }
    pack(&codes[codes.len() - loose..], bits, out);
}

/// Packs codes by eights, lowest bit first.
fn pack(codes: &[u32], bits: usize, out: &mut Vec<u8>) {
    if codes.is_empty() {
        return;
    }
    let eights = codes.len().div_ceil(8);
    varint(eights << 1 | 1, out);
    let (mut buffer, mut held) = (0_u64, 0);
    for code in codes.iter().copied().chain(std::iter::repeat(0)).take(8 * eights) {
        buffer |= u64::from(code) << held;
        held += bits;
        while held >= 8 {
            out.push(buffer as u8);
            buffer >>= 8;
            held -= 8;
        }
    }
}

fn varint(mut value: usize, out: &mut Vec<u8>) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}
