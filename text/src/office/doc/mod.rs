//! DOC, as Word 97 to 2003 wrote it: the text is found by the piece table ([MS-DOC] 2.4.1, 2.8.35).

use encoding_rs::{UTF_16LE, WINDOWS_1252};
use raadhuis_schema::RemarkCode;

use super::{
    Ended, Paper,
    compound::{Compound, stream},
    damaged,
};

mod hidden;

use hidden::HiddenLetters;

/// The largest stream that is read, in bytes.
const MOST: u64 = 200 << 20;

/// Reads the document: its body, then notes, headers and text boxes, as they lie behind each other. Hidden and deleted letters
/// and comments are not read.
pub fn read(file: &mut Compound<'_>, paper: &mut Paper) -> Ended {
    let document = stream(file, "/WordDocument", MOST)?;
    let header = Header::read(&document).ok_or_else(|| damaged("its header breaks off"))?;
    if header.is_encrypted {
        return Err((RemarkCode::Encrypted, "the file opens with a password only".to_owned()));
    }
    let table = stream(file, header.table, MOST)?;
    let pieces = table.get(header.pieces..).and_then(|rest| rest.get(..header.size));
    let pieces = pieces.and_then(pieces_of).ok_or_else(|| damaged("its pieces cannot be found"))?;
    let formatting = table.get(header.formatting..).and_then(|rest| rest.get(..header.formatting_size));
    let hidden = HiddenLetters::read(&document, formatting.unwrap_or_default());
    let mut writer = Writer { line: String::new(), row: Vec::new(), fields: Vec::new(), paper };
    // Counted over all pieces: where comments lie, the header says so.
    let mut character = 0_usize;
    for (from, size, is_wide) in pieces {
        let bytes = document.get(from..from.saturating_add(size).min(document.len())).unwrap_or_default();
        let width = if is_wide { 2 } else { 1 };
        let mut shown = Vec::with_capacity(bytes.len());
        for (at, letter) in bytes.chunks_exact(width).enumerate() {
            let is_comment = header.comments.contains(&character);
            character += 1;
            // The end of a paragraph or a cell is no letter: without it two lines would become one.
            let is_layout =
                matches!(letter, [0x07 | 0x0B..=0x0D, ..]) && letter.get(1).is_none_or(|high| *high == 0);
            if !is_comment && (is_layout || !hidden.covers(from + width * at)) {
                shown.extend_from_slice(letter);
            }
        }
        let text = if is_wide { UTF_16LE } else { WINDOWS_1252 }.decode_without_bom_handling(&shown).0;
        text.chars().for_each(|c| writer.write(c));
        if writer.paper.is_full() {
            break;
        }
    }
    writer.end_line();
    Ok(())
}

/// What the header says (the FIB).
struct Header {
    is_encrypted: bool,
    table: &'static str,
    pieces: usize,
    size: usize,
    /// Where the formatting of letters is listed in the table stream, and how long that list is.
    formatting: usize,
    formatting_size: usize,
    /// The characters of the whole text that are comments.
    comments: std::ops::Range<usize>,
}

impl Header {
    fn read(document: &[u8]) -> Option<Self> {
        const FLAGS: usize = 0x0A;
        const PIECES: usize = 0x01A2;
        const FORMATTING: usize = 0x00FA;
        /// How many characters the body, the notes, the headers, macros and the comments have, one behind the other.
        const COUNTS: [usize; 5] = [0x4C, 0x50, 0x54, 0x58, 0x5C];
        if two(document, 0)? != 0xA5EC {
            return None;
        }
        let flags = two(document, FLAGS)?;
        let number = |at: usize| four(document, at).and_then(|number| usize::try_from(number).ok());
        let [body, notes, headers, macros, comments] = COUNTS.map(|at| number(at).unwrap_or(0));
        let before = [notes, headers, macros].iter().fold(body, |sum, count| sum.saturating_add(*count));
        Some(Self {
            is_encrypted: flags & 0x0100 != 0,
            table: if flags & 0x0200 == 0 { "/0Table" } else { "/1Table" },
            pieces: number(PIECES)?,
            size: number(PIECES + 4)?,
            formatting: number(FORMATTING)?,
            formatting_size: number(FORMATTING + 4)?,
            comments: before..before.saturating_add(comments),
        })
    }
}

/// Where each piece of text lies in the document stream, how many bytes it has, and whether each character has two.
fn pieces_of(mut clx: &[u8]) -> Option<Vec<(usize, usize, bool)>> {
    // Blocks of formatting come first.
    while *clx.first()? == 1 {
        clx = clx.get(3 + usize::from(two(clx, 1)?)..)?;
    }
    if *clx.first()? != 2 {
        return None;
    }
    let size = usize::try_from(four(clx, 1)?).ok()?;
    let plc = clx.get(5..)?.get(..size)?;
    // One more position than pieces; a piece takes 8 bytes, a position 4.
    let count = plc.len().checked_sub(4)? / 12;
    let piece = |at: usize| -> Option<(usize, usize, bool)> {
        let (from, to) = (four(plc, 4 * at)?, four(plc, 4 * at + 4)?);
        let place = four(plc, 4 * (count + 1) + 8 * at + 2)?;
        let characters = usize::try_from(to.checked_sub(from)?).ok()?;
        let is_wide = place & 0x4000_0000 == 0;
        let place = usize::try_from(place & 0x3FFF_FFFF).ok()?;
        Some(if is_wide { (place, characters.checked_mul(2)?, true) } else { (place / 2, characters, false) })
    };
    (0..count).map(piece).collect()
}

fn two(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at.checked_add(2)?)?.try_into().ok()?))
}

fn four(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?))
}

struct Writer<'a> {
    line: String,
    row: Vec<String>,
    /// For each field that is open, whether its instruction is over and what it shows has begun.
    fields: Vec<bool>,
    paper: &'a mut Paper,
}

impl Writer<'_> {
    fn write(&mut self, c: char) {
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
                self.paper.turn();
            }
            // The end of a cell; two behind each other end a row.
            '\u{7}' if self.line.trim().is_empty() && !self.row.is_empty() => {
                let row = std::mem::take(&mut self.row);
                self.paper.line(&super::docx::in_row(row), None);
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
            self.paper.line(&line, None);
        } else {
            self.row.push(line);
            let row = std::mem::take(&mut self.row);
            self.paper.line(&super::docx::in_row(row), None);
        }
    }
}
