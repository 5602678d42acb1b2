//! A page as an engine gives it, before anything is made of it.

use serde::{Deserialize, Serialize};

/// One page.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RawPage {
    /// Its number in the file, from 1.
    #[serde(rename = "n")]
    pub number: u32,
    /// What read it.
    #[serde(rename = "e")]
    pub engine: String,
    /// Its lines, in the order of the file.
    #[serde(rename = "l")]
    pub lines: Vec<Line>,
    /// The share of the page that pictures cover, 0 to 1.
    #[serde(rename = "i", default, skip_serializing_if = "is_zero")]
    pub pictured: f32,
    /// The share of its letters that are not painted, 0 to 1: the mark of an OCR layer.
    #[serde(rename = "v", default, skip_serializing_if = "is_zero")]
    pub unpainted: f32,
    /// How many letters and digits somebody hid from readers, and from no program. They do not stand in the lines.
    #[serde(rename = "h", default, skip_serializing_if = "is_none")]
    pub hidden: u32,
    /// The file within the file.
    #[serde(rename = "f", default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
}

/// One line of a page.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// Its words. U+FFFE stands where an engine joined what a hyphen at the end of a line parted.
    #[serde(rename = "t")]
    pub text: String,
    /// Where it stands, where the engine tells.
    #[serde(rename = "b", default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// The level of the heading it is, where the format says so.
    #[serde(rename = "h", default, skip_serializing_if = "Option::is_none")]
    pub heading: Option<u8>,
}

/// Where a line stands on its page, and how it looks. Shares of the page's width and height, from the top left.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(from = "(f32, f32, f32, f32, bool)", into = "(f32, f32, f32, f32, bool)")]
pub struct Place {
    /// Its left end.
    pub left: f32,
    /// Its right end.
    pub right: f32,
    /// Its top.
    pub top: f32,
    /// Its foot.
    pub bottom: f32,
    /// Whether its letters are bold.
    pub is_bold: bool,
}

impl From<(f32, f32, f32, f32, bool)> for Place {
    fn from((left, right, top, bottom, is_bold): (f32, f32, f32, f32, bool)) -> Self {
        Self { left, right, top, bottom, is_bold }
    }
}

impl From<Place> for (f32, f32, f32, f32, bool) {
    fn from(it: Place) -> Self {
        let short = |share: f32| (share * 10_000.0).round() / 10_000.0;
        (short(it.left), short(it.right), short(it.top), short(it.bottom), it.is_bold)
    }
}

impl Place {
    /// How high its letters are, as a share of the page.
    pub fn height(&self) -> f32 {
        (self.bottom - self.top).abs()
    }

    /// Whether two lines stand above each other, at least for half of the shorter one.
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
    /// A page of lines of which only the words are known.
    pub fn of_text(number: u32, engine: &str, text: &str) -> Self {
        let line = |text: &str| Line { text: text.to_owned(), ..Line::default() };
        Self { number, engine: engine.to_owned(), lines: text.lines().map(line).collect(), ..Self::default() }
    }

    /// Its words, a line for each line, as the engine gave them.
    pub fn text(&self) -> String {
        self.lines.iter().map(|line| line.text.as_str()).collect::<Vec<_>>().join("\n")
    }

    /// How many letters and digits it has.
    pub fn letters(&self) -> usize {
        self.lines.iter().flat_map(|line| line.text.chars()).filter(|c| c.is_alphanumeric()).count()
    }
}
