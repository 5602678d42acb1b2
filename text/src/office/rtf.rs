//! RTF 1.9: follows control words that produce text, and skips destinations without visible text, hidden,
//! deleted and moved letters, and comments.

use encoding_rs::{Encoding, WINDOWS_1252};

use super::{PageWriter, docx::in_row};

const HIDDEN: [&str; 30] = [
    "fonttbl",
    "colortbl",
    "stylesheet",
    "info",
    "pict",
    "object",
    "datafield",
    "themedata",
    "colorschememapping",
    "datastore",
    "latentstyles",
    "listtable",
    "listoverridetable",
    "rsidtbl",
    "generator",
    "xmlnstbl",
    "fldinst",
    "bkmkstart",
    "bkmkend",
    "filetbl",
    "revtbl",
    "pntext",
    "annotation",
    "atnauthor",
    "atndate",
    "atnid",
    "atnparent",
    "atnref",
    "atntime",
    "comment",
];

/// Character properties that hide letters until switched off.
const CONCEALING: [&str; 3] = ["v", "deleted", "mvf"];

const DEEPEST: usize = 10_000;

/// The state that a group inherits from its parent.
#[derive(Clone, Copy)]
struct GroupState {
    is_hidden: bool,
    /// For each property of [`CONCEALING`], whether it is on.
    concealed: [bool; CONCEALING.len()],
    /// The number of fallback characters after a Unicode character.
    substitutes: usize,
}

impl GroupState {
    fn is_concealed(&self) -> bool {
        self.concealed.contains(&true)
    }
}

pub fn read_document(bytes: &[u8], writer: &mut PageWriter) {
    let mut writer = RtfWriter {
        writer,
        line: String::new(),
        raw: Vec::new(),
        row: Vec::new(),
        encoding: WINDOWS_1252,
        high: None,
        in_table: false,
    };
    let mut stack = vec![GroupState { is_hidden: false, concealed: [false; 3], substitutes: 1 }];
    let (mut at, mut skip) = (0, 0_usize);
    while at < bytes.len() && !writer.writer.is_full() {
        let nothing = GroupState { is_hidden: true, concealed: [true; 3], substitutes: 1 };
        let state = stack.last().copied().unwrap_or(nothing);
        match bytes[at] {
            b'{' => {
                if stack.len() < DEEPEST {
                    stack.push(state);
                }
                at += 1;
            }
            b'}' => {
                if stack.len() > 1 {
                    stack.pop();
                }
                at += 1;
            }
            b'\\' => {
                let control = Control::parse(&bytes[at + 1..]);
                at += 1 + control.size;
                let Some(top) = stack.last_mut() else { continue };
                match control.word {
                    _ if control.is_ignorable || HIDDEN.contains(&control.word) => top.is_hidden = true,
                    "bin" => {
                        at = at.saturating_add(usize::try_from(control.number.unwrap_or(0)).unwrap_or(0));
                    }
                    "uc" => {
                        top.substitutes = usize::try_from(control.number.unwrap_or(1)).unwrap_or(1).min(8);
                    }
                    _ if top.is_hidden => {}
                    "plain" => top.concealed = [false; 3],
                    word if CONCEALING.contains(&word) => {
                        let on = control.number != Some(0);
                        for (known, state) in CONCEALING.iter().zip(&mut top.concealed) {
                            *state = if *known == word { on } else { *state };
                        }
                    }
                    "'" if skip > 0 => skip -= 1,
                    "'" if top.is_concealed() => {}
                    "'" => writer.raw.push(control.byte),
                    "u" => {
                        if !top.is_concealed() {
                            writer.push_unicode(control.number.unwrap_or(0));
                        }
                        skip = top.substitutes;
                    }
                    "ansicpg" => writer.encoding = code_page(control.number),
                    word => writer.apply_word(word),
                }
            }
            b'\r' | b'\n' => at += 1,
            byte => {
                at += 1;
                if state.is_hidden {
                } else if skip > 0 {
                    skip -= 1;
                } else if !state.is_concealed() {
                    writer.raw.push(byte);
                }
            }
        }
    }
    writer.end_line();
}

/// A control word or symbol. `size` is its length in bytes, without the backslash.
struct Control<'a> {
    word: &'a str,
    number: Option<i32>,
    byte: u8,
    is_ignorable: bool,
    size: usize,
}

impl<'a> Control<'a> {
    fn for_symbol(size: usize) -> Self {
        Self { word: "", number: None, byte: 0, is_ignorable: false, size }
    }

    fn parse(rest: &'a [u8]) -> Self {
        match rest.first() {
            None => Self::for_symbol(0),
            Some(b'\'') => {
                let digits = rest.get(1..3).and_then(|it| std::str::from_utf8(it).ok());
                let byte = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
                Control { word: "'", byte: byte.unwrap_or(b'?'), ..Self::for_symbol(rest.len().min(3)) }
            }
            Some(b'*') => Control { is_ignorable: true, ..Self::for_symbol(1) },
            Some(first) if !first.is_ascii_alphabetic() => {
                let word = match first {
                    b'~' => "nbsp",
                    b'_' => "hyphen",
                    b'\\' => "backslash",
                    b'{' => "open",
                    b'}' => "close",
                    b'\r' | b'\n' => "par",
                    _ => "",
                };
                Control { word, ..Self::for_symbol(1) }
            }
            Some(_) => {
                let letters = rest.iter().take(32).take_while(|byte| byte.is_ascii_alphabetic()).count();
                let word = std::str::from_utf8(&rest[..letters]).unwrap_or_default();
                let sign = usize::from(rest.get(letters) == Some(&b'-'));
                let digits =
                    rest[letters + sign..].iter().take(10).take_while(|byte| byte.is_ascii_digit()).count();
                let end = if digits == 0 { letters } else { letters + sign + digits };
                let number =
                    std::str::from_utf8(&rest[letters..end]).ok().and_then(|number| number.parse().ok());
                let space = usize::from(rest.get(end) == Some(&b' '));
                Control { word, number, ..Self::for_symbol(end + space) }
            }
        }
    }
}

fn code_page(number: Option<i32>) -> &'static Encoding {
    let label = number.map(|number| format!("windows-{number}")).unwrap_or_default();
    Encoding::for_label(label.as_bytes()).unwrap_or(WINDOWS_1252)
}

struct RtfWriter<'a> {
    writer: &'a mut PageWriter,
    line: String,
    raw: Vec<u8>,
    row: Vec<String>,
    encoding: &'static Encoding,
    /// The first half of a surrogate pair.
    high: Option<u16>,
    in_table: bool,
}

impl RtfWriter<'_> {
    fn apply_word(&mut self, word: &str) {
        self.decode_raw();
        match word {
            "par" | "line" | "sect" if self.in_table && word != "sect" => self.line.push(' '),
            "par" | "line" => self.end_line(),
            "page" | "sect" => {
                self.end_line();
                self.writer.end_page();
            }
            // A paragraph that starts a new page.
            "pagebb" if self.line.trim().is_empty() => self.writer.end_page(),
            "intbl" => self.in_table = true,
            "pard" => self.in_table = false,
            "cell" => self.row.push(std::mem::take(&mut self.line)),
            "row" => {
                let row = std::mem::take(&mut self.row);
                self.writer.write_line(&in_row(row), None);
                self.line.clear();
            }
            "tab" => self.line.push('\t'),
            "emdash" => self.line.push('—'),
            "endash" => self.line.push('–'),
            "lquote" => self.line.push('‘'),
            "rquote" => self.line.push('’'),
            "ldblquote" => self.line.push('“'),
            "rdblquote" => self.line.push('”'),
            "bullet" => self.line.push('•'),
            "nbsp" => self.line.push(' '),
            "hyphen" => self.line.push('-'),
            "backslash" => self.line.push('\\'),
            "open" => self.line.push('{'),
            "close" => self.line.push('}'),
            _ => {}
        }
    }

    fn push_unicode(&mut self, number: i32) {
        self.decode_raw();
        let Ok(unit) = u16::try_from(number.rem_euclid(0x1_0000)) else { return };
        let units = self.high.take().into_iter().chain([unit]).collect::<Vec<_>>();
        match char::decode_utf16(units.iter().copied()).next() {
            Some(Ok(c)) => self.line.push(c),
            _ if (0xD800..0xDC00).contains(&unit) => self.high = Some(unit),
            _ => {}
        }
    }

    fn decode_raw(&mut self) {
        if !self.raw.is_empty() {
            let bytes = std::mem::take(&mut self.raw);
            self.line.push_str(&self.encoding.decode_without_bom_handling(&bytes).0);
        }
    }

    fn end_line(&mut self) {
        self.decode_raw();
        let line = std::mem::take(&mut self.line);
        self.writer.write_line(&line, None);
    }
}
