//! The engine that is always there: unpdf, pure Rust.

use std::ops::ControlFlow;

use unpdf::{
    Error, PageSelection, PageStreamOptions, ParseEvent, PdfParser,
    model::{Block, Page},
};

use super::{Opened, Picture, Refusal, locked, unreadable};
use crate::raw::{Line, RawPage};

/// The engine and its version, as they are kept beside every text.
pub const NAME: &str = "unpdf 0.52.1";

pub fn open(bytes: &[u8]) -> Result<Box<dyn Opened + '_>, Refusal> {
    match PdfParser::from_bytes(bytes) {
        Ok(parser) => Ok(Box::new(Builtin { parser })),
        Err(Error::Encrypted | Error::InvalidPassword) => Err(locked()),
        Err(other) => Err(unreadable(&other.to_string())),
    }
}

/// The text of a PDF as the engine alone gives it, for benchmarks: how many pages, and how many characters.
pub fn bare(bytes: &[u8]) -> Option<(u32, usize)> {
    let parser = PdfParser::from_bytes(bytes).ok()?;
    let options = PageStreamOptions { parallel: false, ..PageStreamOptions::default() };
    let (mut pages, mut characters) = (0, 0);
    let _ = parser.for_each_page(options, |event| {
        if let ParseEvent::PageParsed(page) = event {
            pages += 1;
            characters += page.plain_text().len();
        }
        ControlFlow::Continue(())
    });
    Some((pages, characters))
}

struct Builtin {
    parser: PdfParser,
}

impl Opened for Builtin {
    fn pages(&self) -> u32 {
        self.parser.page_count()
    }

    fn each(&mut self, from: u32, to: u32, show: &mut dyn FnMut(u32, Option<RawPage>) -> bool) {
        let options = PageStreamOptions {
            pages: PageSelection::Range(from..=to),
            parallel: false,
            suppress_low_confidence_ocr: false,
            ..PageStreamOptions::default()
        };
        // What it says at the end, each page has said.
        let _ = self.parser.for_each_page(options, |event| {
            let is_heard = match event {
                ParseEvent::PageParsed(page) => show(page.number, Some(raw(&page))),
                ParseEvent::PageFailed { page, .. } => show(page, None),
                _ => true,
            };
            if is_heard { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        });
    }

    fn picture(&mut self, _number: u32, _dots_per_inch: u16) -> Option<Picture> {
        None
    }
}

fn raw(page: &Page) -> RawPage {
    let mut lines = Vec::new();
    for block in &page.elements {
        let mut text = String::new();
        block.append_plain_text(&mut text);
        let heading = if let Block::Paragraph(it) = block { it.style.heading_level } else { None };
        let words = text.lines().filter(|line| !line.trim().is_empty());
        lines.extend(words.map(|line| Line { text: line.to_owned(), place: None, heading }));
    }
    let (hidden, painted) = (f64::from(page.invisible_text_chars), f64::from(page.painted_text_chars));
    #[expect(clippy::cast_possible_truncation, reason = "a share of one")]
    let unpainted = if hidden > 0.0 { (hidden / (hidden + painted).max(hidden)) as f32 } else { 0.0 };
    // Text that is drawn and of which no letter can be told is a picture to us.
    let is_drawn = lines.is_empty() && page.text_op_count > 0;
    RawPage {
        number: page.number,
        engine: NAME.to_owned(),
        lines,
        pictured: if is_drawn { 1.0 } else { page.image_coverage.clamp(0.0, 1.0) },
        unpainted,
        file: None,
    }
}
