//! The built-in engine: unpdf, pure Rust.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::ControlFlow,
};

use raadhuis_schema::CodedError;
use unpdf::{
    Error, PageSelection, PageStreamOptions, ParseEvent, PdfParser,
    model::{Block, Page},
    parser::backend::{PageId, PdfBackend, RawBackend},
};

use super::{
    PdfReader, Picture, encrypted_error,
    geometry::Rect,
    hidden::{FEWEST_LETTERS, Painted, suspect},
    unreadable,
};
use crate::raw::{RawPage, TextLine};

mod annotation;
mod canvas;
mod operands;
mod outline;
mod paint;
mod write;

use annotation::{Annotation, Appearance, read_annotations};
use paint::paint_page;

/// The engine name and version stored with every text.
pub const NAME: &str = "unpdf 0.52.1";

pub fn open(bytes: &[u8]) -> Result<Box<dyn PdfReader + '_>, CodedError> {
    match PdfParser::from_bytes(bytes) {
        Ok(parser) => Ok(Box::new(Builtin { parser, contents: PageContents::open(bytes) })),
        Err(Error::Encrypted | Error::InvalidPassword) => Err(encrypted_error()),
        Err(other) => Err(unreadable(&other.to_string())),
    }
}

/// Returns the number of pages and of bytes of text that the engine alone finds, for benchmarks.
pub fn count_bare(bytes: &[u8]) -> Option<(u32, usize)> {
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
    contents: Option<PageContents>,
}

/// The raw PDF structure that the parser does not expose: the content of each page in painting order.
struct PageContents {
    backend: RawBackend,
    pages: BTreeMap<u32, PageId>,
    annotations: BTreeMap<u32, Vec<Annotation>>,
}

impl PageContents {
    fn open(bytes: &[u8]) -> Option<Self> {
        let annotations = read_annotations(bytes);
        let backend = RawBackend::load_bytes(bytes).ok()?;
        let pages = backend.pages();
        Some(Self { backend, pages, annotations })
    }

    /// Returns the number of hidden letters and digits on a page. This engine cannot paint, so all text below
    /// an opaque cover counts.
    fn hidden_letters(&self, number: u32) -> u32 {
        let Some(page) = self.pages.get(&number) else { return 0 };
        let crop = self.backend.crop_box(*page);
        let canvas = canvas::Canvas(Rect::from_corner(crop.llx, crop.lly, crop.width(), crop.height()));
        let annotations = self.annotations.get(&number).map_or(&[][..], Vec::as_slice);
        let painted = paint_page(&self.backend, *page, &canvas, annotations);
        let (things, letters): (Vec<Painted>, Vec<u32>) = painted.into_iter().unzip();
        let mut hidden: BTreeSet<usize> =
            suspect(&things).into_iter().filter(|(_, why)| why.withholds()).map(|(at, _)| at).collect();
        for redaction in annotations.iter().filter(|it| matches!(it.appearance, Appearance::Redaction)) {
            let area = canvas.area_of(redaction.place);
            let marked = things.iter().enumerate().filter(|(_, it)| area.holds_middle_of(&it.place));
            hidden.extend(marked.map(|(at, _)| at));
        }
        let count: u32 = hidden.iter().filter_map(|at| letters.get(*at)).sum();
        if count as usize >= FEWEST_LETTERS { count } else { 0 }
    }
}

impl PdfReader for Builtin {
    fn page_count(&self) -> u32 {
        self.parser.page_count()
    }

    fn read_pages(&mut self, from: u32, to: u32, show: &mut dyn FnMut(u32, Option<RawPage>) -> bool) {
        let options = PageStreamOptions {
            pages: PageSelection::Range(from..=to),
            parallel: false,
            suppress_low_confidence_ocr: false,
            ..PageStreamOptions::default()
        };
        // The final result repeats the results of the pages.
        let _ = self.parser.for_each_page(options, |event| {
            let is_heard = match event {
                ParseEvent::PageParsed(page) => {
                    let hidden = self.contents.as_ref().map_or(0, |it| it.hidden_letters(page.number));
                    show(page.number, Some(to_raw_page(&page, hidden)))
                }
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

fn to_raw_page(page: &Page, hidden: u32) -> RawPage {
    let mut lines = Vec::new();
    for block in &page.elements {
        let mut text = String::new();
        block.append_plain_text(&mut text);
        let heading = if let Block::Paragraph(it) = block { it.style.heading_level } else { None };
        let words = text.lines().filter(|line| !line.trim().is_empty());
        lines.extend(words.map(|line| TextLine { text: line.to_owned(), place: None, heading }));
    }
    let (invisible, painted) = (f64::from(page.invisible_text_chars), f64::from(page.painted_text_chars));
    #[expect(clippy::cast_possible_truncation, reason = "a share of one")]
    let unpainted = if invisible > 0.0 { (invisible / (invisible + painted)) as f32 } else { 0.0 };
    // Text without any known letter counts as a picture.
    let is_drawn = lines.is_empty() && page.text_op_count > 0;
    RawPage {
        number: page.number,
        engine: NAME.to_owned(),
        lines,
        pictured: if is_drawn { 1.0 } else { page.image_coverage.clamp(0.0, 1.0) },
        unpainted,
        hidden,
        file: None,
    }
}
