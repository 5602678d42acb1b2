//! Where the words of a page stand: the operators that place and show text.

use unpdf::parser::backend::{
    ContentOp, GlyphAdvance, PdfBackend, PdfValue, ResourceScope, get_number_from_value,
};

use super::paint::{MOST_NUMBERS, numbers};
use crate::pdf::geometry::{Matrix, Rect};

/// How far letters reach above and below their line, and how wide one is where the font does not say, in heights.
const ABOVE: f32 = 0.7;
const BELOW: f32 = 0.15;
const ASSUMED_WIDTH: f32 = 500.0;

/// The numbers that stand for painting nothing, and for cutting out what is painted later.
const UNPAINTED: f32 = 3.0;
const CLIPPING: f32 = 4.0;

/// A word, or what an engine wrote at once of it.
pub struct Word {
    pub place: Rect,
    /// How many letters and digits it has.
    pub letters: u32,
    pub is_painted: bool,
    pub is_clip: bool,
}

/// The state of writing.
#[derive(Clone)]
pub struct Writing {
    font: Vec<u8>,
    size: f32,
    between_letters: f32,
    between_words: f32,
    stretch: f32,
    leading: f32,
    rise: f32,
    mode: f32,
    matrix: Matrix,
    line: Matrix,
}

impl Default for Writing {
    fn default() -> Self {
        Self {
            font: Vec::new(),
            size: 12.0,
            between_letters: 0.0,
            between_words: 0.0,
            stretch: 1.0,
            leading: 0.0,
            rise: 0.0,
            mode: 0.0,
            matrix: Matrix::NONE,
            line: Matrix::NONE,
        }
    }
}

impl Writing {
    /// Follows an operator, and gives the words that it shows.
    pub fn follow(
        &mut self,
        op: &ContentOp,
        scope: ResourceScope,
        backend: &dyn PdfBackend,
        outer: Matrix,
    ) -> Vec<Word> {
        let mut room = [0.0; MOST_NUMBERS];
        let numbers = numbers(op, &mut room);
        match (op.operator.as_str(), numbers) {
            ("BT", _) => (self.matrix, self.line) = (Matrix::NONE, Matrix::NONE),
            ("Tf", &[size]) => {
                self.size = size;
                if let Some(PdfValue::Name(name)) = op.operands.first() {
                    name.clone_into(&mut self.font);
                }
            }
            ("Tc", &[space]) => self.between_letters = space,
            ("Tw", &[space]) => self.between_words = space,
            ("Tz", &[percent]) => self.stretch = percent / 100.0,
            ("TL", &[leading]) => self.leading = leading,
            ("Ts", &[rise]) => self.rise = rise,
            ("Tr", &[mode]) => self.mode = mode,
            ("Td", &[x, y]) => self.go(x, y),
            ("TD", &[x, y]) => {
                self.leading = -y;
                self.go(x, y);
            }
            ("Tm", numbers) => {
                if let Ok(numbers) = <[f32; 6]>::try_from(numbers) {
                    self.line = numbers.into();
                    self.matrix = self.line;
                }
            }
            ("T*", _) => self.go(0.0, -self.leading),
            ("Tj" | "TJ", _) => return self.show(&op.operands, scope, backend, outer),
            ("'" | "\"", _) => {
                if let &[words, letters] = numbers {
                    (self.between_words, self.between_letters) = (words, letters);
                }
                self.go(0.0, -self.leading);
                return self.show(&op.operands, scope, backend, outer);
            }
            _ => {}
        }
        Vec::new()
    }

    fn go(&mut self, x: f32, y: f32) {
        self.line = Matrix::moving(x, y).within(self.line);
        self.matrix = self.line;
    }

    fn advance(&mut self, by: f32) {
        self.matrix = Matrix::moving(by, 0.0).within(self.matrix);
    }

    fn show(
        &mut self,
        operands: &[PdfValue],
        scope: ResourceScope,
        backend: &dyn PdfBackend,
        outer: Matrix,
    ) -> Vec<Word> {
        let mut words = Vec::new();
        for operand in operands {
            match operand {
                PdfValue::Str(bytes) => words.extend(self.show_string(bytes, scope, backend, outer)),
                PdfValue::Array(parts) => {
                    for part in parts {
                        if let PdfValue::Str(bytes) = part {
                            words.extend(self.show_string(bytes, scope, backend, outer));
                        } else if let Some(back) = get_number_from_value(part) {
                            self.advance(-back / 1000.0 * self.size * self.stretch);
                        }
                    }
                }
                _ => {}
            }
        }
        words
    }

    /// The words of a string. A font that writes downwards is followed as if it wrote across: no Dutch paper has one.
    fn show_string(
        &mut self,
        bytes: &[u8],
        scope: ResourceScope,
        backend: &dyn PdfBackend,
        outer: Matrix,
    ) -> Vec<Word> {
        let run = backend.decode_run(scope, &self.font, bytes);
        let text: Vec<char> = run.decoded.text.chars().collect();
        let assumed = GlyphAdvance { width: ASSUMED_WIDTH, vertical: None, is_word_space: false };
        let glyphs = run.glyphs.unwrap_or_else(|| vec![assumed; text.len()]);
        let is_exact = glyphs.len() == text.len();
        let (mut words, mut word) = (Vec::new(), None::<(Matrix, u32)>);
        for (at, glyph) in glyphs.iter().enumerate() {
            // Where letters and glyphs are not one to one, the whole string counts as one word.
            let c = if is_exact { text.get(at).copied() } else { None };
            if c.is_some_and(char::is_whitespace) {
                words.extend(word.take().and_then(|(start, letters)| self.word(start, letters, outer)));
            } else {
                let counted = u32::from(c.is_some_and(char::is_alphanumeric));
                let (_, letters) = word.get_or_insert((self.matrix, 0));
                *letters += counted;
            }
            let space = if glyph.is_word_space { self.between_words } else { 0.0 };
            self.advance((glyph.width / 1000.0 * self.size + self.between_letters + space) * self.stretch);
        }
        if let Some((start, mut letters)) = word {
            if !is_exact {
                letters = text.iter().filter(|c| c.is_alphanumeric()).count().try_into().unwrap_or(u32::MAX);
            }
            words.extend(self.word(start, letters, outer));
        }
        words
    }

    fn word(&self, start: Matrix, letters: u32, outer: Matrix) -> Option<Word> {
        let (from, to) = (start.within(outer), self.matrix.within(outer));
        let (low, high) = (self.rise - BELOW * self.size, self.rise + ABOVE * self.size);
        let corners = [(from, low), (from, high), (to, low), (to, high)].map(|(at, y)| at.apply((0.0, y)));
        let place = Rect::around(&corners).filter(|_| letters > 0)?;
        let (is_painted, is_clip) = (self.mode < UNPAINTED, self.mode >= CLIPPING);
        Some(Word { place, letters, is_painted, is_clip })
    }
}
