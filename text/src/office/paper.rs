//! What readers write on: pages of lines, with a limit.

use raadhuis_schema::plain::clean;

use crate::raw::{Line, RawPage};

/// The most text of a file, in bytes.
pub const MOST_TEXT: usize = 20 << 20;

/// The most pages of a file; more is abuse, not a council paper.
pub const MOST_PAGES: u32 = 5000;

/// The most text of one page, in bytes.
pub const MOST_ON_PAGE: usize = 2 << 20;

/// The longest name of a file within the file that is kept, in characters.
pub const LONGEST_NAME: usize = 200;

/// The longest line; what is longer is parted.
const LONGEST_LINE: usize = 1 << 20;

/// What readers of every format but PDF are called beside the texts they give.
pub const ENGINE: &str = "raadhuis 1";

/// Pages that are being written.
#[derive(Debug, Default)]
pub struct Paper {
    sheets: Vec<Sheet>,
    lines: Vec<Line>,
    file: Option<String>,
    size: usize,
    on_page: usize,
    pages: u32,
}

/// What is on paper: a page, or a PDF that is still to be read.
#[derive(Debug, PartialEq)]
pub enum Sheet {
    /// A page.
    Page(RawPage),
    /// A PDF within the file.
    Pdf {
        /// Its name.
        name: String,
        /// It.
        bytes: Vec<u8>,
    },
}

impl Paper {
    /// Whether nothing more fits.
    pub fn is_full(&self) -> bool {
        self.size >= MOST_TEXT || self.pages >= MOST_PAGES
    }

    /// Writes what was read as lines; blank ones are left out.
    pub fn write(&mut self, text: &str) {
        text.lines().for_each(|line| self.line(line, None));
    }

    /// Writes one line; a heading of a level where the format says it is one.
    pub fn line(&mut self, text: &str, heading: Option<u8>) {
        let mut rest = text.trim_end();
        while !rest.trim().is_empty() && !self.is_full() {
            // A line that is too long is parted, between words where there are any.
            let end = match rest.len() {
                ..=LONGEST_LINE => rest.len(),
                _ => rest[..rest.floor_char_boundary(LONGEST_LINE)]
                    .rfind(' ')
                    .filter(|at| *at > 0)
                    .unwrap_or_else(|| rest.floor_char_boundary(LONGEST_LINE)),
            };
            let (line, next) = rest.split_at(end);
            // Where a format has no pages, one that grows too long ends here.
            if self.on_page + line.len() > MOST_ON_PAGE {
                self.turn();
            }
            self.size += line.len();
            self.on_page += line.len();
            self.lines.push(Line { text: line.to_owned(), place: None, heading });
            rest = next.trim_start();
        }
    }

    /// Begins the next page, unless this one is still blank.
    pub fn turn(&mut self) {
        if !self.lines.is_empty() && self.pages < MOST_PAGES {
            self.pages += 1;
            self.sheets.push(Sheet::Page(RawPage {
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

    /// From here on a file within the file is written.
    pub fn begin_file(&mut self, name: &str) {
        self.turn();
        self.file = Some(clean(name).replace('\n', " ").chars().take(LONGEST_NAME).collect());
    }

    /// The file within the file ends.
    pub fn end_file(&mut self) {
        self.turn();
        self.file = None;
    }

    /// Lays a PDF of the file aside, for the engine that reads them.
    pub fn keep_pdf(&mut self, bytes: &[u8]) {
        self.turn();
        let name = self.file.clone().unwrap_or_default();
        self.sheets.push(Sheet::Pdf { name, bytes: bytes.to_owned() });
    }

    /// What was written, in order.
    pub fn finish(mut self) -> Vec<Sheet> {
        self.turn();
        self.sheets
    }

    /// All that was written, a line for each line.
    #[cfg(test)]
    pub fn text(self) -> String {
        let text = |sheet: Sheet| match sheet {
            Sheet::Page(page) => page.text(),
            Sheet::Pdf { name, .. } => name,
        };
        self.finish().into_iter().map(text).collect::<Vec<_>>().join("\n\u{c}")
    }
}
