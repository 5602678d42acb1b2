//! DOC, as Word 97 to 2003 wrote it: the piece table locates the text ([MS-DOC] 2.4.1, 2.8.35).

use encoding_rs::{UTF_16LE, WINDOWS_1252};
use raadhuis_schema::{CodedError, DiagnosticCode};

use super::{
    PageWriter, ReadResult, damaged,
    stream::{Compound, read_stream},
};

mod hidden;

use hidden::HiddenLetters;

const MOST: u64 = 200 << 20;

/// Reads the body, then notes, headers and text boxes, in stored order. Skips hidden and deleted letters and
/// comments.
pub fn read_document(file: &mut Compound<'_>, writer: &mut PageWriter) -> ReadResult {
    let document = read_stream(file, "/WordDocument", MOST)?;
    let header = DocHeader::parse(&document).ok_or_else(|| damaged("its header breaks off"))?;
    if header.is_encrypted {
        return Err(CodedError::new(
            DiagnosticCode::Encrypted,
            "the file opens with a password only".to_owned(),
        ));
    }
    let table = read_stream(file, header.table, MOST)?;
    let pieces = table.get(header.pieces..).and_then(|rest| rest.get(..header.size));
    let pieces = pieces.and_then(pieces_of).ok_or_else(|| damaged("its pieces cannot be found"))?;
    let formatting = table.get(header.formatting..).and_then(|rest| rest.get(..header.formatting_size));
    let hidden = HiddenLetters::parse(&document, formatting.unwrap_or_default());
    let mut writer = DocWriter { line: String::new(), row: Vec::new(), fields: Vec::new(), writer };
    // Counted over all pieces: the header gives the range of comments in characters.
    let mut character = 0_usize;
    for (from, size, is_wide) in pieces {
        let bytes = document.get(from..from.saturating_add(size).min(document.len())).unwrap_or_default();
        let width = if is_wide { 2 } else { 1 };
        let mut shown = Vec::with_capacity(bytes.len());
        for (at, letter) in bytes.chunks_exact(width).enumerate() {
            let is_comment = header.comments.contains(&character);
            character += 1;
            // The end of a paragraph or a cell is never hidden: without it two lines would become one.
            let is_layout =
                matches!(letter, [0x07 | 0x0B..=0x0D, ..]) && letter.get(1).is_none_or(|high| *high == 0);
            if !is_comment && (is_layout || !hidden.contains_byte(from + width * at)) {
                shown.extend_from_slice(letter);
            }
        }
        let text = if is_wide { UTF_16LE } else { WINDOWS_1252 }.decode_without_bom_handling(&shown).0;
        text.chars().for_each(|c| writer.write_char(c));
        if writer.writer.is_full() {
            break;
        }
    }
    writer.end_line();
    Ok(())
}

/// The file header (FIB), as far as it is used.
struct DocHeader {
    is_encrypted: bool,
    table: &'static str,
    pieces: usize,
    size: usize,
    /// The offset and the size of the list of formatting pages in the table stream.
    formatting: usize,
    formatting_size: usize,
    /// In characters of the whole text.
    comments: std::ops::Range<usize>,
}

impl DocHeader {
    fn parse(document: &[u8]) -> Option<Self> {
        const FLAGS: usize = 0x0A;
        const PIECES: usize = 0x01A2;
        const FORMATTING: usize = 0x00FA;
        /// Offsets of the lengths of body, notes, headers, macros and comments, in characters.
        const COUNTS: [usize; 5] = [0x4C, 0x50, 0x54, 0x58, 0x5C];
        if read_u16(document, 0)? != 0xA5EC {
            return None;
        }
        let flags = read_u16(document, FLAGS)?;
        let [body, notes, headers, macros, comments] = COUNTS.map(|at| read_size(document, at).unwrap_or(0));
        let before = [notes, headers, macros].iter().fold(body, |sum, count| sum.saturating_add(*count));
        Some(Self {
            is_encrypted: flags & 0x0100 != 0,
            table: if flags & 0x0200 == 0 { "/0Table" } else { "/1Table" },
            pieces: read_size(document, PIECES)?,
            size: read_size(document, PIECES + 4)?,
            formatting: read_size(document, FORMATTING)?,
            formatting_size: read_size(document, FORMATTING + 4)?,
            comments: before..before.saturating_add(comments),
        })
    }
}

/// Parses the piece table: for each piece its offset in the document stream, its size in bytes, and whether
/// its characters are two bytes wide.
fn pieces_of(mut clx: &[u8]) -> Option<Vec<(usize, usize, bool)>> {
    // Formatting blocks come first.
    while *clx.first()? == 1 {
        clx = clx.get(3 + usize::from(read_u16(clx, 1)?)..)?;
    }
    if *clx.first()? != 2 {
        return None;
    }
    let size = usize::try_from(read_u32(clx, 1)?).ok()?;
    let plc = clx.get(5..)?.get(..size)?;
    // There is one more position than pieces; a piece takes 8 bytes, a position 4.
    let count = plc.len().checked_sub(4)? / 12;
    let mut pieces = Vec::new();
    for at in 0..count {
        let (from, to) = (read_u32(plc, 4 * at)?, read_u32(plc, 4 * at + 4)?);
        let place = read_u32(plc, 4 * (count + 1) + 8 * at + 2)?;
        let characters = usize::try_from(to.checked_sub(from)?).ok()?;
        let is_wide = place & 0x4000_0000 == 0;
        let place = usize::try_from(place & 0x3FFF_FFFF).ok()?;
        pieces.push(if is_wide {
            (place, characters.checked_mul(2)?, true)
        } else {
            (place / 2, characters, false)
        });
    }
    Some(pieces)
}

fn read_u16(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at.checked_add(2)?)?.try_into().ok()?))
}

fn read_size(bytes: &[u8], at: usize) -> Option<usize> {
    usize::try_from(read_u32(bytes, at)?).ok()
}

fn read_u32(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?))
}

struct DocWriter<'a> {
    line: String,
    row: Vec<String>,
    /// For each open field, whether its instruction has ended and its visible result has begun.
    fields: Vec<bool>,
    writer: &'a mut PageWriter,
}

impl DocWriter<'_> {
    fn write_char(&mut self, c: char) {
        match c {
            '\u{13}' => self.fields.push(false),
            '\u{14}' => {
                if let Some(shows) = self.fields.last_mut() {
                    *shows = true;
                }
            }
            '\u{15}' => {
                self.fields.pop();
            }
            _ if self.fields.contains(&false) => {}
            '\r' | '\n' | '\u{b}' => self.end_line(),
            '\u{c}' => {
                self.end_line();
                self.writer.end_page();
            }
            // The end of a cell. Two in a row end a table row.
            '\u{7}' if self.line.trim().is_empty() && !self.row.is_empty() => {
                let row = std::mem::take(&mut self.row);
                self.writer.write_line(&super::docx::in_row(row), None);
            }
            '\u{7}' => self.row.push(std::mem::take(&mut self.line)),
            '\u{1e}' => self.line.push('-'),
            '\u{1f}' => self.line.push('\u{ad}'),
            '\u{a0}' => self.line.push(' '),
            c if c.is_control() && c != '\t' => {}
            c => self.line.push(c),
        }
    }

    fn end_line(&mut self) {
        let line = std::mem::take(&mut self.line);
        if self.row.is_empty() {
            self.writer.write_line(&line, None);
        } else {
            self.row.push(line);
            let row = std::mem::take(&mut self.row);
            self.writer.write_line(&super::docx::in_row(row), None);
        }
    }
}
