//! The output of the readers: pages of lines, with size limits.

use raadhuis_schema::plain::clean_text;

use crate::raw::{RawPage, TextLine};

pub const MOST_TEXT: usize = 20 << 20;

/// The most pages of a file. More is abuse, not a council document.
pub const MOST_PAGES: u32 = 5000;

/// The most text of one page, in bytes.
pub const MOST_ON_PAGE: usize = 2 << 20;

/// The longest name of an embedded file that is kept, in characters.
pub const LONGEST_NAME: usize = 200;

/// The longest line, in bytes. Longer lines are split.
const LONGEST_LINE: usize = 1 << 20;

/// The engine name stored with texts of every format but PDF.
pub const ENGINE: &str = "raadhuis 1";

/// The pages of a file that is being read.
#[derive(Debug, Default)]
pub struct PageWriter {
    sheets: Vec<WrittenPage>,
    lines: Vec<TextLine>,
    file: Option<String>,
    size: usize,
    on_page: usize,
    pages: u32,
}

/// A finished page, or a PDF that is still to be read.
#[derive(Debug, PartialEq)]
pub enum WrittenPage {
    Page(RawPage),
    Pdf { name: String, bytes: Vec<u8> },
}

impl PageWriter {
    pub fn is_full(&self) -> bool {
        self.size >= MOST_TEXT || self.pages >= MOST_PAGES
    }

    /// Writes the lines of a text, without blank ones.
    pub fn write_text(&mut self, text: &str) {
        text.lines().for_each(|line| self.write_line(line, None));
    }

    /// Writes one line. `heading` is its level, if the format marks it as a heading.
    pub fn write_line(&mut self, text: &str, heading: Option<u8>) {
        let mut rest = text.trim_end();
        while !rest.trim().is_empty() && !self.is_full() {
            // A line that is too long is split, between words if possible.
            let end = match rest.len() {
                ..=LONGEST_LINE => rest.len(),
                _ => rest[..rest.floor_char_boundary(LONGEST_LINE)]
                    .rfind(' ')
                    .filter(|at| *at > 0)
                    .unwrap_or_else(|| rest.floor_char_boundary(LONGEST_LINE)),
            };
            let (line, next) = rest.split_at(end);
            // In formats without pages, a page ends when it grows too long.
            if self.on_page + line.len() > MOST_ON_PAGE {
                self.end_page();
            }
            self.size += line.len();
            self.on_page += line.len();
            self.lines.push(TextLine { text: line.to_owned(), place: None, heading });
            rest = next.trim_start();
        }
    }

    /// Ends the page, unless it is blank.
    pub fn end_page(&mut self) {
        if !self.lines.is_empty() && self.pages < MOST_PAGES {
            self.pages += 1;
            self.sheets.push(WrittenPage::Page(RawPage {
                number: self.pages,
                engine: ENGINE.to_owned(),
                lines: std::mem::take(&mut self.lines),
                file: self.file.clone(),
                ..RawPage::default()
            }));
        }
        self.lines.clear();
        self.on_page = 0;
    }

    /// Starts an embedded file, on a new page.
    pub fn begin_file(&mut self, name: &str) {
        self.end_page();
        self.file = Some(clean_text(name).replace('\n', " ").chars().take(LONGEST_NAME).collect());
    }

    pub fn end_file(&mut self) {
        self.end_page();
        self.file = None;
    }

    /// Adds an embedded PDF, for the PDF engine to read later.
    pub fn keep_pdf(&mut self, bytes: &[u8]) {
        self.end_page();
        let name = self.file.clone().unwrap_or_default();
        self.sheets.push(WrittenPage::Pdf { name, bytes: bytes.to_owned() });
    }

    /// Ends the last page and returns everything in order.
    pub fn finish_pages(mut self) -> Vec<WrittenPage> {
        self.end_page();
        self.sheets
    }

    #[cfg(test)]
    pub fn text(self) -> String {
        let text = |sheet: WrittenPage| match sheet {
            WrittenPage::Page(page) => page.text(),
            WrittenPage::Pdf { name, .. } => name,
        };
        self.finish_pages().into_iter().map(text).collect::<Vec<_>>().join("\n\u{c}")
    }
}
