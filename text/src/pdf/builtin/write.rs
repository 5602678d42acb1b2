//! Interprets the text operators of a page to find the positions of words.

use unpdf::parser::backend::{
    ContentOp, GlyphAdvance, PdfBackend, PdfValue, ResourceScope, get_number_from_value,
};

use super::operands::{MOST_NUMBERS, numbers};
use crate::pdf::geometry::{Matrix, Rect};

/// The height of letters above and below the baseline, in units of the font size, and the glyph width assumed
/// if the font gives none, in thousandths of it.
const ABOVE: f32 = 0.7;
const BELOW: f32 = 0.15;
const ASSUMED_WIDTH: f32 = 500.0;

/// Text rendering modes: invisible, and from 4 on clipping.
const UNPAINTED: f32 = 3.0;
const CLIPPING: f32 = 4.0;

/// A word, or the part of a word that one operator shows.
pub struct PaintedWord {
    pub place: Rect,
    pub letters: u32,
    pub is_painted: bool,
    pub is_clip: bool,
}

/// The text state (ISO 32000-1, 9.3).
#[derive(Clone)]
pub struct TextState {
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

impl Default for TextState {
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
            matrix: Matrix::IDENTITY,
            line: Matrix::IDENTITY,
        }
    }
}

impl TextState {
    pub fn apply_operator(
        &mut self,
        op: &ContentOp,
        scope: ResourceScope,
        backend: &dyn PdfBackend,
        outer: Matrix,
    ) -> Vec<PaintedWord> {
        let mut room = [0.0; MOST_NUMBERS];
        let numbers = numbers(op, &mut room);
        match (op.operator.as_str(), numbers) {
            ("BT", _) => (self.matrix, self.line) = (Matrix::IDENTITY, Matrix::IDENTITY),
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
            ("Td", &[x, y]) => self.move_line(x, y),
            ("TD", &[x, y]) => {
                self.leading = -y;
                self.move_line(x, y);
            }
            ("Tm", numbers) => {
                if let Ok(numbers) = <[f32; 6]>::try_from(numbers) {
                    self.line = numbers.into();
                    self.matrix = self.line;
                }
            }
            ("T*", _) => self.move_line(0.0, -self.leading),
            ("Tj" | "TJ", _) => return self.show_text(&op.operands, scope, backend, outer),
            ("'" | "\"", _) => {
                if let &[words, letters] = numbers {
                    (self.between_words, self.between_letters) = (words, letters);
                }
                self.move_line(0.0, -self.leading);
                return self.show_text(&op.operands, scope, backend, outer);
            }
            _ => {}
        }
        Vec::new()
    }

    fn move_line(&mut self, x: f32, y: f32) {
        self.line = Matrix::translation(x, y).followed_by(self.line);
        self.matrix = self.line;
    }

    fn advance(&mut self, by: f32) {
        self.matrix = Matrix::translation(by, 0.0).followed_by(self.matrix);
    }

    fn show_text(
        &mut self,
        operands: &[PdfValue],
        scope: ResourceScope,
        backend: &dyn PdfBackend,
        outer: Matrix,
    ) -> Vec<PaintedWord> {
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

    /// Returns the words of a string. Vertical fonts are treated as horizontal: no Dutch paper uses one.
    fn show_string(
        &mut self,
        bytes: &[u8],
        scope: ResourceScope,
        backend: &dyn PdfBackend,
        outer: Matrix,
    ) -> Vec<PaintedWord> {
        let run = backend.decode_run(scope, &self.font, bytes);
        let text: Vec<char> = run.decoded.text.chars().collect();
        let assumed = GlyphAdvance { width: ASSUMED_WIDTH, vertical: None, is_word_space: false };
        let glyphs = run.glyphs.unwrap_or_else(|| vec![assumed; text.len()]);
        let is_exact = glyphs.len() == text.len();
        let (mut words, mut word) = (Vec::new(), None::<(Matrix, u32)>);
        for (at, glyph) in glyphs.iter().enumerate() {
            // If characters and glyphs do not match one to one, the whole string counts as one word.
            let c = if is_exact { text.get(at).copied() } else { None };
            if c.is_some_and(char::is_whitespace) {
                words.extend(
                    word.take().and_then(|(start, letters)| self.painted_word(start, letters, outer)),
                );
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
            words.extend(self.painted_word(start, letters, outer));
        }
        words
    }

    fn painted_word(&self, start: Matrix, letters: u32, outer: Matrix) -> Option<PaintedWord> {
        let (from, to) = (start.followed_by(outer), self.matrix.followed_by(outer));
        let (low, high) = (self.rise - BELOW * self.size, self.rise + ABOVE * self.size);
        let corners =
            [(from, low), (from, high), (to, low), (to, high)].map(|(at, y)| at.transform_point(0.0, y));
        let place = Rect::bounding(&corners).filter(|_| letters > 0)?;
        let (is_painted, is_clip) = (self.mode < UNPAINTED, self.mode >= CLIPPING);
        Some(PaintedWord { place, letters, is_painted, is_clip })
    }
}
