//! A page as an engine returns it, before tidying.

use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RawPage {
    /// The page number in the file, from 1.
    #[serde(rename = "n")]
    pub number: u32,
    #[serde(rename = "e")]
    pub engine: String,
    #[serde(rename = "l")]
    pub lines: Vec<TextLine>,
    /// The share of the page that images cover, 0 to 1.
    #[serde(rename = "i", default, skip_serializing_if = "is_zero")]
    pub pictured: f32,
    /// The share of letters that are not painted, 0 to 1. A high share is the mark of an OCR layer.
    #[serde(rename = "v", default, skip_serializing_if = "is_zero")]
    pub unpainted: f32,
    /// The number of letters and digits that are in the file but invisible to readers. The lines do not
    /// contain them.
    #[serde(rename = "h", default, skip_serializing_if = "is_none")]
    pub hidden: u32,
    /// The name of the embedded file that the page comes from, in an archive or a message.
    #[serde(rename = "f", default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TextLine {
    /// The text. U+FFFE marks a place where the engine joined a word hyphenated at the end of a line.
    #[serde(rename = "t")]
    pub text: String,
    #[serde(rename = "b", default, skip_serializing_if = "Option::is_none")]
    pub place: Option<LinePlace>,
    /// The heading level, if the format marks the line as a heading.
    #[serde(rename = "h", default, skip_serializing_if = "Option::is_none")]
    pub heading: Option<u8>,
}

/// The position of a line and its weight. Coordinates are shares of the page's width and height, from the top
/// left.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(from = "(f32, f32, f32, f32, bool)", into = "(f32, f32, f32, f32, bool)")]
pub struct LinePlace {
    pub left: f32,
    pub right: f32,
    pub top: f32,
    pub bottom: f32,
    pub is_bold: bool,
}

impl From<(f32, f32, f32, f32, bool)> for LinePlace {
    fn from((left, right, top, bottom, is_bold): (f32, f32, f32, f32, bool)) -> Self {
        Self { left, right, top, bottom, is_bold }
    }
}

impl From<LinePlace> for (f32, f32, f32, f32, bool) {
    fn from(it: LinePlace) -> Self {
        let sides = [it.left, it.right, it.top, it.bottom];
        let [left, right, top, bottom] = sides.map(|share| (share * 10_000.0).round() / 10_000.0);
        (left, right, top, bottom, it.is_bold)
    }
}

impl LinePlace {
    /// Returns the height of the letters, as a share of the page.
    pub fn letter_height(&self) -> f32 {
        (self.bottom - self.top).abs()
    }

    /// Returns whether two lines overlap horizontally by more than half of the shorter one.
    pub fn is_in_line_with(&self, other: &Self) -> bool {
        let shared = self.right.min(other.right) - self.left.max(other.left);
        shared > 0.5 * (self.right - self.left).min(other.right - other.left)
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
fn is_zero(share: &f32) -> bool {
    *share <= 0.0
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
fn is_none(count: &u32) -> bool {
    *count == 0
}

impl RawPage {
    /// Creates a page from text alone, without positions.
    pub fn of_text(number: u32, engine: &str, text: &str) -> Self {
        let lines =
            text.lines().map(|text| TextLine { text: text.to_owned(), ..TextLine::default() }).collect();
        Self { number, engine: engine.to_owned(), lines, ..Self::default() }
    }

    pub fn text(&self) -> String {
        self.lines.iter().map(|line| line.text.as_str()).collect::<Vec<_>>().join("\n")
    }

    pub fn letters(&self) -> usize {
        self.lines.iter().flat_map(|line| line.text.chars()).filter(|c| c.is_alphanumeric()).count()
    }
}
