//! The engine of Chromium. Its library is no part of this program: it is found at run time, in the process that may die.

use std::path::{Path, PathBuf};

use object::ObjectKind;

use super::{Opened, Picture, Refusal, geometry::Rect, hidden::Area, locked, unreadable};
use crate::{
    raw::{Line, Place, RawPage},
    tidy::JOINED,
};

mod ffi;
mod object;
mod sight;

/// The version that `raadhuis setup pdfium` fetches, as it is kept beside every text.
pub const NAME: &str = "pdfium 8149";

/// The variable that names the library where it lies elsewhere. `none` means: read without it.
pub const VARIABLE: &str = "RAADHUIS_PDFIUM";

/// The name of the file on this system.
pub const FILE: &str = if cfg!(target_os = "macos") { "libpdfium.dylib" } else { "libpdfium.so" };

/// Objects of a page that are looked at for pictures and hidden text.
const MOST_OBJECTS: usize = 200_000;

/// From this weight on letters are bold.
const BOLD: i32 = 600;

/// Characters of a page; more is no page for people.
const MOST_CHARACTERS: i32 = 4_000_000;

/// The longest side of a picture, in dots.
const LONGEST_SIDE: f32 = 5000.0;

/// Where the library lies: where the operator says, beside the program, or where it was set up.
pub fn find() -> Option<PathBuf> {
    if let Some(named) = std::env::var_os(VARIABLE) {
        return (named != "none").then(|| named.into());
    }
    let beside = std::env::current_exe().ok().and_then(|program| Some(program.parent()?.join(FILE)));
    beside.into_iter().chain(home().map(|home| home.join(FILE))).find(|path| path.is_file())
}

/// Where it is set up: a folder of the user's, as the XDG base directories say.
pub fn home() -> Option<PathBuf> {
    let data = std::env::var_os("XDG_DATA_HOME").map(PathBuf::from);
    let data = data.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".local/share")))?;
    Some(data.join("raadhuis"))
}

/// The library, loaded.
pub struct Pdfium(ffi::Pdfium);

impl Pdfium {
    /// Loads it; what is wrong with the file otherwise.
    pub fn load(path: &Path) -> Result<Self, String> {
        ffi::Pdfium::load(path.as_os_str()).map(Self).map_err(|why| why.to_string())
    }

    /// Opens a PDF.
    pub fn open<'a>(&'a self, bytes: &'a [u8]) -> Result<Box<dyn Opened + 'a>, Refusal> {
        const WRONG_PASSWORD: u64 = 4;
        const UNKNOWN_SECURITY: u64 = 5;
        match self.0.document(bytes) {
            Ok(document) => Ok(Box::new(Document(document))),
            #[cfg_attr(
                not(target_pointer_width = "32"),
                expect(clippy::useless_conversion, reason = "not on every system")
            )]
            Err(code) => Err(match u64::from(code) {
                WRONG_PASSWORD => locked(),
                UNKNOWN_SECURITY => unreadable("it is locked in a way that is not known"),
                _ => unreadable("it is no PDF that can be opened"),
            }),
        }
    }
}

impl Pdfium {
    /// The text of a PDF as the library alone gives it, for benchmarks: how many pages, and how many characters.
    pub fn bare(&self, bytes: &[u8]) -> Option<(u32, usize)> {
        let document = self.0.document(bytes).ok()?;
        let pages = document.pages();
        let characters = |index| Some(document.page(index)?.text()?.all().len());
        Some((pages, (0..pages).filter_map(characters).sum()))
    }
}

struct Document<'a>(ffi::Document<'a>);

impl Opened for Document<'_> {
    fn pages(&self) -> u32 {
        self.0.pages()
    }

    fn each(&mut self, from: u32, to: u32, show: &mut dyn FnMut(u32, Option<RawPage>) -> bool) {
        for number in from..=to {
            let page = self.0.page(number - 1).and_then(|page| raw(number, &page));
            if !show(number, page) {
                return;
            }
        }
    }

    fn picture(&mut self, number: u32, dots_per_inch: u16) -> Option<Picture> {
        let page = self.0.page(number.checked_sub(1)?)?;
        let (width, height) = page.size();
        // A point is 1/72 inch. A poster is painted smaller, so that no page needs more memory than its share.
        let scale = (f32::from(dots_per_inch) / 72.0).min(LONGEST_SIDE / width.max(height).max(1.0));
        let (width, height) = (dots(width * scale), dots(height * scale));
        Some(Picture { width, height, grey: page.paint(width, height)? })
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "held between its bounds")]
fn dots(length: f32) -> u32 {
    length.round().clamp(1.0, LONGEST_SIDE) as u32
}

fn raw(number: u32, page: &ffi::Page<'_>) -> Option<RawPage> {
    let text = page.text()?;
    let plane = Plane::of(page);
    let objects = page.objects(MOST_OBJECTS);
    let unseen = sight::unseen(page, &text, &plane, &objects);
    let mut lines = Vec::new();
    let mut line = Pencil::default();
    for index in 0..text.count().min(MOST_CHARACTERS) {
        match char::from_u32(text.char(index)) {
            Some('\r' | '\u{0}') | None => {}
            // A hyphen at the end of a line, of which the library has joined the halves; one that it cannot tell, too.
            Some('\u{2}' | '\u{FFFE}') => line.write(JOINED, index),
            Some('\n') => line.end(&text, &plane, &mut lines),
            Some(_) if unseen.holds(index) => {}
            Some(c) => line.write(c, index),
        }
    }
    line.end(&text, &plane, &mut lines);
    let (pictured, unpainted) = surroundings(&objects, &plane);
    let hidden = unseen.hidden;
    Some(RawPage { number, engine: NAME.to_owned(), lines, pictured, unpainted, hidden, file: None })
}

/// A line while it is written.
#[derive(Default)]
struct Pencil {
    text: String,
    /// The first and the last character that show.
    ends: Option<(i32, i32)>,
}

impl Pencil {
    fn write(&mut self, c: char, index: i32) {
        self.text.push(c);
        if !c.is_whitespace() && c != JOINED {
            self.ends = Some((self.ends.map_or(index, |(first, _)| first), index));
        }
    }

    fn end(&mut self, text: &ffi::Text<'_>, plane: &Plane, lines: &mut Vec<Line>) {
        if let Some((first, last)) = self.ends.take() {
            let words = std::mem::take(&mut self.text);
            lines.push(Line { text: words, place: plane.place(text, first, last), heading: None });
        }
        self.text.clear();
    }
}

/// The plane of a page: where it begins, how large it is, and how it is turned when it is shown.
struct Plane {
    origin: Rect,
    width: f32,
    height: f32,
    quarters: i32,
}

impl Plane {
    fn of(page: &ffi::Page<'_>) -> Self {
        let (width, height) = page.size();
        let quarters = page.quarters();
        let origin = page.bounds().unwrap_or_default();
        Self { origin, width: width.max(1.0), height: height.max(1.0), quarters }
    }

    /// A rectangle as shares of the page as it is shown: left, right, top, bottom.
    fn shown(&self, at: Rect) -> [f32; 4] {
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

    /// The part of the page that a rectangle takes, as it is shown.
    fn area(&self, at: Rect) -> Area {
        let [left, right, top, bottom] = self.shown(at).map(|share| share.clamp(0.0, 1.0));
        Area { left: left.min(right), right: left.max(right), top: top.min(bottom), bottom: top.max(bottom) }
    }

    fn place(&self, text: &ffi::Text<'_>, first: i32, last: i32) -> Option<Place> {
        let [left, _, top, bottom] = self.shown(text.place(first)?);
        let [_, right, ..] = self.shown(text.place(last)?);
        let is_bold = text.weight(first + (last - first) / 2) >= BOLD;
        Some(Place { left, right, top, bottom, is_bold })
    }
}

/// The share of a page that pictures cover, and the share of its text that is not painted.
fn surroundings(objects: &[ffi::Object<'_>], plane: &Plane) -> (f32, f32) {
    let (mut pictured, mut painted, mut unpainted) = (0.0_f32, 0.0_f32, 0.0_f32);
    for object in objects {
        let area = plane.area(object.place).size();
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
