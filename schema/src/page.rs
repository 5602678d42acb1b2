//! One page of text, as the archive keeps it.

use serde::{Deserialize, Serialize};

/// One page of a file: its words in reading order, and the lines that were set apart from them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PageText {
    /// The page's number in the file, from 1.
    pub number: u32,
    /// The text, line by line, without headers and footers that recur on other pages.
    pub text: String,
    /// The origin of the words.
    #[serde(default)]
    pub origin: TextOrigin,
    /// The certainty of our own OCR in percent, averaged over the words; absent for other origins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidence: Option<u8>,
    /// The program that read the page, with its version.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub engine: String,
    /// The page number printed on the page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Lines that recur at the top of pages.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub header: Vec<String>,
    /// Lines that recur at the foot of pages.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub footer: Vec<String>,
    /// The lines of the text that are headings.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub headings: Vec<Heading>,
    /// The number of letters and digits hidden from readers, as under a black box. They are not in the text.
    #[serde(default, skip_serializing_if = "is_none")]
    pub hidden: u32,
    /// The name of the inner file with the page, where the file is a ZIP archive or a message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
fn is_none(count: &u32) -> bool {
    *count == 0
}

/// A heading on a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heading {
    /// The line of the text, from 0.
    pub line: u32,
    /// The level of the heading; 1 is the largest.
    pub level: u8,
}

/// The origins of the words of a page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum TextOrigin {
    /// The words are in the file as text.
    #[default]
    TextLayer,
    /// The file contains an OCR result of others: invisible text over a picture.
    EmbeddedOcr,
    /// Our own OCR read the words from the picture.
    Ocr,
    /// The page has no words: it is a picture, or its text layer is garbled, and no OCR has read it.
    Scan,
    /// The page has no words because it is blank.
    Blank,
}

impl PageText {
    /// Makes a page with text and nothing else.
    pub fn from_text(number: u32, text: &str) -> Self {
        Self { number, text: text.to_owned(), ..Self::default() }
    }

    /// Counts the characters of the text, white space excluded.
    pub fn characters(&self) -> u64 {
        self.text.chars().filter(|c| !c.is_whitespace()).count() as u64
    }

    /// Returns whether only OCR could read words on the page and none has tried: a page of the file itself,
    /// which can be rendered.
    pub fn is_scan(&self) -> bool {
        self.origin == TextOrigin::Scan && self.confidence.is_none() && self.file.is_none()
    }
}
