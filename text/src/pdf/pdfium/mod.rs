//! The PDF engine of Chromium. Its library is not part of this program; the worker loads it at run time.

use std::path::{Path, PathBuf};

use object::ObjectKind;
use raadhuis_schema::CodedError;

use super::{PdfReader, Picture, encrypted_error, geometry::Rect, hidden::Area, unreadable};
use crate::{
    raw::{LinePlace, RawPage, TextLine},
    tidy::JOINED,
};

mod ffi;
mod object;
mod sight;

/// The engine name stored with every text, with the version that `raadhuis setup pdfium` installs.
pub const NAME: &str = "pdfium 8149";

/// The environment variable with the path of the library. The value `none` disables this engine.
pub const VARIABLE: &str = "RAADHUIS_PDFIUM";

pub const FILE: &str = if cfg!(target_os = "macos") { "libpdfium.dylib" } else { "libpdfium.so" };

const MOST_OBJECTS: usize = 200_000;

const BOLD: i32 = 600;

/// The most characters of a page. More is abuse.
const MOST_CHARACTERS: i32 = 4_000_000;

/// The longest side of a picture, in pixels.
const LONGEST_SIDE: f32 = 5000.0;

/// Returns the path of the library: the path in [`VARIABLE`], beside the program, or in [`library_folder`].
pub fn find_library() -> Option<PathBuf> {
    if let Some(named) = std::env::var_os(VARIABLE) {
        return (named != "none").then(|| named.into());
    }
    let beside = std::env::current_exe().ok().and_then(|program| Some(program.parent()?.join(FILE)));
    beside.into_iter().chain(library_folder().map(|home| home.join(FILE))).find(|path| path.is_file())
}

/// Returns the folder in which `raadhuis setup` installs the library, following the XDG base directories.
pub fn library_folder() -> Option<PathBuf> {
    let data = std::env::var_os("XDG_DATA_HOME").map(PathBuf::from);
    let data = data.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".local/share")))?;
    Some(data.join("raadhuis"))
}

pub struct Pdfium(ffi::PdfiumLibrary);

impl Pdfium {
    /// Loads the library. The error says what is wrong with the file.
    pub fn load_library(path: &Path) -> Result<Self, String> {
        ffi::PdfiumLibrary::load_library(path.as_os_str()).map(Self).map_err(|why| why.to_string())
    }

    pub fn open<'a>(&'a self, bytes: &'a [u8]) -> Result<Box<dyn PdfReader + 'a>, CodedError> {
        const WRONG_PASSWORD: u64 = 4;
        const UNKNOWN_SECURITY: u64 = 5;
        match self.0.document(bytes) {
            Ok(document) => Ok(Box::new(OpenDocument(document))),
            #[cfg_attr(
                not(target_pointer_width = "32"),
                expect(clippy::useless_conversion, reason = "not on every system")
            )]
            Err(code) => Err(match u64::from(code) {
                WRONG_PASSWORD => encrypted_error(),
                UNKNOWN_SECURITY => unreadable("it is locked in a way that is not known"),
                _ => unreadable("it is no PDF that can be opened"),
            }),
        }
    }
}

impl Pdfium {
    /// Returns the number of pages and of UTF-16 units that the library alone finds, for benchmarks.
    pub fn count_bare(&self, bytes: &[u8]) -> Option<(u32, usize)> {
        let document = self.0.document(bytes).ok()?;
        let pages = document.page_count();
        let characters = (0..pages)
            .filter_map(|index| Some(document.load_page(index)?.load_text()?.read_utf16().len()))
            .sum();
        Some((pages, characters))
    }
}

struct OpenDocument<'a>(ffi::PdfiumDocument<'a>);

impl PdfReader for OpenDocument<'_> {
    fn page_count(&self) -> u32 {
        self.0.page_count()
    }

    fn read_pages(&mut self, from: u32, to: u32, show: &mut dyn FnMut(u32, Option<RawPage>) -> bool) {
        for number in from..=to {
            let page = self.0.load_page(number - 1).and_then(|page| read_page(number, &page));
            if !show(number, page) {
                return;
            }
        }
    }

    fn picture(&mut self, number: u32, dots_per_inch: u16) -> Option<Picture> {
        let page = self.0.load_page(number.checked_sub(1)?)?;
        let (width, height) = page.size();
        // A point is 1/72 inch. A poster is painted smaller, to limit the memory for each page.
        let scale = (f32::from(dots_per_inch) / 72.0).min(LONGEST_SIDE / width.max(height).max(1.0));
        let (width, height) = (to_dots(width * scale), to_dots(height * scale));
        Some(Picture { width, height, grey: page.paint_whole(width, height)? })
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "held between its bounds")]
fn to_dots(length: f32) -> u32 {
    length.round().clamp(1.0, LONGEST_SIDE) as u32
}

fn read_page(number: u32, page: &ffi::PdfiumPage<'_>) -> Option<RawPage> {
    let text = page.load_text()?;
    let plane = Plane::from_page(page);
    let objects = page.objects(MOST_OBJECTS);
    let unseen = sight::find_unseen(page, &text, &plane, &objects);
    let mut lines = Vec::new();
    let mut line = LineBuilder::default();
    for index in 0..text.char_count().min(MOST_CHARACTERS) {
        match char::from_u32(text.char_at(index)) {
            Some('\r' | '\u{0}') | None => {}
            // U+0002 marks a hyphen at the end of a line where the library joined the halves, U+FFFE one that
            // it cannot decode.
            Some('\u{2}' | '\u{FFFE}') => line.push_char(JOINED, index),
            Some('\n') => line.end_line(&text, &plane, &mut lines),
            Some(_) if unseen.contains(index) => {}
            Some(c) => line.push_char(c, index),
        }
    }
    line.end_line(&text, &plane, &mut lines);
    let (pictured, unpainted) = surroundings(&objects, &plane);
    let hidden = unseen.hidden;
    Some(RawPage { number, engine: NAME.to_owned(), lines, pictured, unpainted, hidden, file: None })
}

#[derive(Default)]
struct LineBuilder {
    text: String,
    ends: Option<(i32, i32)>,
}

impl LineBuilder {
    fn push_char(&mut self, c: char, index: i32) {
        self.text.push(c);
        if !c.is_whitespace() && c != JOINED {
            self.ends = Some((self.ends.map_or(index, |(first, _)| first), index));
        }
    }

    fn end_line(&mut self, text: &ffi::PageCharacters<'_>, plane: &Plane, lines: &mut Vec<TextLine>) {
        if let Some((first, last)) = self.ends.take() {
            let words = std::mem::take(&mut self.text);
            lines.push(TextLine { text: words, place: plane.line_place(text, first, last), heading: None });
        }
        self.text.clear();
    }
}

/// The coordinate system of a page: its origin, its size and its rotation when displayed.
struct Plane {
    origin: Rect,
    width: f32,
    height: f32,
    quarters: i32,
}

impl Plane {
    fn from_page(page: &ffi::PdfiumPage<'_>) -> Self {
        let (width, height) = page.size();
        let quarters = page.quarters();
        let origin = page.bounds().unwrap_or_default();
        Self { origin, width: width.max(1.0), height: height.max(1.0), quarters }
    }

    /// Returns a rectangle as shares of the displayed page: left, right, top, bottom.
    fn displayed_shares(&self, at: Rect) -> [f32; 4] {
        let (left, right) = (at.left - self.origin.left, at.right - self.origin.left);
        let (bottom, top) = (at.bottom - self.origin.bottom, at.top - self.origin.bottom);
        let (width, height) = (self.width, self.height);
        let [left, right, top, bottom] = match self.quarters {
            1 => [bottom, top, left, right],
            2 => [width - right, width - left, bottom, top],
            3 => [width - top, width - bottom, height - right, height - left],
            _ => [left, right, height - top, height - bottom],
        };
        [left / width, right / width, top / height, bottom / height].map(|share| share.clamp(-1.0, 2.0))
    }

    fn area_of(&self, at: Rect) -> Area {
        let [left, right, top, bottom] = self.displayed_shares(at).map(|share| share.clamp(0.0, 1.0));
        Area { left: left.min(right), right: left.max(right), top: top.min(bottom), bottom: top.max(bottom) }
    }

    fn line_place(&self, text: &ffi::PageCharacters<'_>, first: i32, last: i32) -> Option<LinePlace> {
        let [left, _, top, bottom] = self.displayed_shares(text.loose_box(first)?);
        let [_, right, ..] = self.displayed_shares(text.loose_box(last)?);
        let is_bold = text.font_weight(first + (last - first) / 2) >= BOLD;
        Some(LinePlace { left, right, top, bottom, is_bold })
    }
}

/// Returns the share of the page that pictures cover, and the share of its text that is not painted.
fn surroundings(objects: &[ffi::Object<'_>], plane: &Plane) -> (f32, f32) {
    let (mut pictured, mut painted, mut unpainted) = (0.0_f32, 0.0_f32, 0.0_f32);
    for object in objects {
        let area = plane.area_of(object.place).size();
        match object.kind {
            ObjectKind::Picture => pictured += area,
            ObjectKind::Text { is_painted: true, .. } => painted += area,
            ObjectKind::Text { is_painted: false, .. } => unpainted += area,
            ObjectKind::Shape { .. } => {}
        }
    }
    let share = if unpainted > 0.0 { unpainted / (painted + unpainted) } else { 0.0 };
    (pictured.min(1.0), share)
}
