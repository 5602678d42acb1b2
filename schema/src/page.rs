//! One page of text, as it lies in the archive.

use serde::{Deserialize, Serialize};

/// One page of a file: its words in reading order, and what was set apart from them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PageText {
    /// The page's number in the file, from 1.
    pub number: u32,
    /// Its text: a line for each line, without headers and footers that recur on other pages.
    pub text: String,
    /// Where the words come from.
    #[serde(default)]
    pub origin: TextOrigin,
    /// How sure the OCR was, in percent of certainty, averaged over the words; only for our own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidence: Option<u8>,
    /// What read it, with its version.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub engine: String,
    /// The number that is printed on the page.
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
    /// How many letters and digits somebody hid from readers, as under a black box. They do not stand in the text.
    #[serde(default, skip_serializing_if = "is_none")]
    pub hidden: u32,
    /// The file within the file from which the page comes, where that is a ZIP archive or a message.
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
    /// 1 for the largest.
    pub level: u8,
}

/// Where the words of a page come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum TextOrigin {
    /// They stand in the file as text.
    #[default]
    TextLayer,
    /// The file brought the result of somebody's OCR: invisible text over a picture.
    EmbeddedOcr,
    /// Our own OCR read them off the picture.
    Ocr,
    /// There are none: the page is a picture, or its text layer is garbled, and no OCR has read it.
    Scan,
    /// There are none: the page is blank.
    Blank,
}

impl PageText {
    /// A page of text and nothing else.
    pub fn of(number: u32, text: &str) -> Self {
        Self { number, text: text.to_owned(), ..Self::default() }
    }

    /// How many characters its text has, white space not counted.
    pub fn characters(&self) -> u64 {
        self.text.chars().filter(|c| !c.is_whitespace()).count() as u64
    }

    /// Whether only OCR could give it words, and none has tried: a page of the file itself, which can be painted.
    pub fn is_scan(&self) -> bool {
        self.origin == TextOrigin::Scan && self.confidence.is_none() && self.file.is_none()
    }
}
