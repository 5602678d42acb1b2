//! PDF: two engines behind one seam. pdfium where its library is found, else one in pure Rust that needs no binary.

use raadhuis_schema::RemarkCode;

use crate::raw::RawPage;

mod builtin;
mod geometry;
mod hidden;
pub use builtin::{NAME as BUILTIN, bare};
pub mod pdfium;

/// Which engine reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Engine {
    /// The library of Chromium, found at run time.
    Pdfium,
    /// Pure Rust, always there.
    Builtin,
}

/// Why a PDF, or a page of it, gives nothing.
pub type Refusal = (RemarkCode, String);

/// A PDF that is open.
pub trait Opened {
    /// How many pages it says it has.
    fn pages(&self) -> u32;

    /// Shows the pages `from` to `to`, both included and counted from 1, in order: `None` where one cannot be read. Stops
    /// when `show` returns false.
    fn each(&mut self, from: u32, to: u32, show: &mut dyn FnMut(u32, Option<RawPage>) -> bool);

    /// A picture of one page in shades of grey, in so many dots per inch; `None` when this engine or this page gives none.
    fn picture(&mut self, number: u32, dots_per_inch: u16) -> Option<Picture>;
}

/// A picture in shades of grey.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// In dots.
    pub width: u32,
    /// In dots.
    pub height: u32,
    /// One byte for each dot, row by row.
    pub grey: Vec<u8>,
}

/// Opens a PDF with an engine.
pub fn open<'a>(
    engine: Engine,
    library: Option<&'a pdfium::Pdfium>,
    bytes: &'a [u8],
) -> Result<Box<dyn Opened + 'a>, Refusal> {
    match (engine, library) {
        (Engine::Pdfium, Some(library)) => library.open(bytes),
        _ => builtin::open(bytes),
    }
}

/// What a password refuses.
fn locked() -> Refusal {
    (RemarkCode::Encrypted, "the file opens with a password only".to_owned())
}

fn unreadable(why: &str) -> Refusal {
    (RemarkCode::UnreadableDocument, why.chars().take(200).collect())
}

impl Picture {
    /// As PNG.
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
