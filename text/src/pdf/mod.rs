//! PDF: two engines behind one trait. pdfium where its library is found, otherwise one in pure Rust that
//! needs no binary.

use raadhuis_schema::{CodedError, DiagnosticCode};

use crate::raw::RawPage;

mod builtin;
mod geometry;
mod hidden;
pub use builtin::{NAME as BUILTIN, count_bare};
pub mod pdfium;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Engine {
    /// The library of Chromium, loaded at run time.
    Pdfium,
    /// unpdf, pure Rust and part of the program.
    Builtin,
}

/// The reason why a file, or a page of it, cannot be read.
pub trait PdfReader {
    /// Returns the number of pages that the file declares.
    fn page_count(&self) -> u32;

    /// Passes the pages `from` to `to`, both included and counted from 1, to `show` in order, with `None` for
    /// a page that cannot be read. Stops when `show` returns false.
    fn read_pages(&mut self, from: u32, to: u32, show: &mut dyn FnMut(u32, Option<RawPage>) -> bool);

    /// Paints one page in shades of grey. Returns `None` when this engine or this page gives no picture.
    fn picture(&mut self, number: u32, dots_per_inch: u16) -> Option<Picture>;
}

/// A picture in shades of grey. Width and height are in pixels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    pub width: u32,
    pub height: u32,
    /// One byte for each pixel, row by row.
    pub grey: Vec<u8>,
}

/// Opens a PDF with an engine. Uses the built-in one when `library` is `None`.
pub fn open<'a>(
    engine: Engine,
    library: Option<&'a pdfium::Pdfium>,
    bytes: &'a [u8],
) -> Result<Box<dyn PdfReader + 'a>, CodedError> {
    match (engine, library) {
        (Engine::Pdfium, Some(library)) => library.open(bytes),
        _ => builtin::open(bytes),
    }
}

fn encrypted_error() -> CodedError {
    CodedError::new(DiagnosticCode::Encrypted, "the file opens with a password only")
}

fn unreadable(why: &str) -> CodedError {
    CodedError::new(DiagnosticCode::UnreadableDocument, why.chars().take(200).collect::<String>())
}

impl Picture {
    pub fn to_png(&self) -> Option<Vec<u8>> {
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, self.width, self.height);
        encoder.set_color(png::ColorType::Grayscale);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.set_compression(png::Compression::Fast);
        let mut writer = encoder.write_header().ok()?;
        writer.write_image_data(&self.grey).ok()?;
        writer.finish().ok()?;
        Some(bytes)
    }
}
