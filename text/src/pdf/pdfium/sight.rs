//! Finds letters that a reader cannot see. Suspicions from places and colours are verified: the page is
//! painted with and without the suspected objects, and letters whose pixels do not change are invisible.

use std::collections::{BTreeSet, HashMap};

use super::{
    MOST_CHARACTERS, Plane,
    ffi::{Object, PageCharacters, PdfiumPage, PicturePart},
    object::{Colour, ObjectKind},
    to_dots,
};
use crate::pdf::hidden::{Area, FEWEST_LETTERS, PaintKind, Painted, Suspicion, suspect};

/// The resolution at which a page is painted for this comparison.
const DOTS_PER_INCH: f32 = 100.0;

const LONGEST_SIDE: f32 = 2_000.0;

/// The largest difference of two greys, of 255, that look the same.
const SAME: u8 = 8;

const OPAQUE: u8 = 250;

/// The letters of a page that a reader cannot see, by their index in the text.
#[derive(Debug, Default)]
pub struct InvisibleLetters {
    letters: BTreeSet<i32>,
    /// The number of letters and digits that were probably hidden on purpose.
    pub hidden: u32,
}

impl InvisibleLetters {
    pub fn contains(&self, index: i32) -> bool {
        self.letters.contains(&index)
    }
}

pub fn find_unseen(
    page: &PdfiumPage<'_>,
    text: &PageCharacters<'_>,
    plane: &Plane,
    objects: &[Object<'_>],
) -> InvisibleLetters {
    let painted: Vec<Painted> = objects
        .iter()
        .map(|it| Painted { what: paint_kind(it.kind), place: plane.area_of(it.place) })
        .collect();
    let suspects: HashMap<usize, (&Object<'_>, Suspicion)> = suspect(&painted)
        .into_iter()
        .filter_map(|(at, why)| objects.get(at).map(|object| (object.identifier(), (object, why))))
        .collect();
    let covers: Vec<Area> = page.cover_rects().iter().map(|place| plane.area_of(*place)).collect();
    let mut unseen = InvisibleLetters::default();
    if suspects.is_empty() && covers.is_empty() {
        return unseen;
    }
    let comparison =
        PaintComparison::paint_suspects(page, plane, suspects.values().map(|(object, _)| *object));
    let mut hidden = 0_u32;
    for index in 0..text.char_count().min(MOST_CHARACTERS) {
        let c = char::from_u32(text.char_at(index)).filter(|c| !c.is_whitespace() && !c.is_control());
        let (Some(c), Some(ink)) = (c, text.ink_box(index)) else { continue };
        let spot = plane.area_of(ink);
        let is_marked = covers.iter().any(|area| area.holds_middle_of(&spot));
        let suspect = suspects.get(&text.object_at(index)).map(|(object, why)| (object.kind, *why));
        let is_unseen = suspect.is_some_and(|(kind, why)| match kind {
            // Unpainted letters below a scan are an OCR layer: where the scan is visible, there is ink.
            ObjectKind::Text { is_painted: false, .. } => {
                why == Suspicion::Covered && comparison.is_blank(&spot)
            }
            _ => comparison.is_unchanged(&spot),
        });
        if is_unseen || is_marked {
            unseen.letters.insert(index);
            let is_meant = is_marked || suspect.is_some_and(|(_, why)| why.withholds());
            hidden += u32::from(is_meant && c.is_alphanumeric());
        }
    }
    if hidden as usize >= FEWEST_LETTERS {
        unseen.hidden = hidden;
    }
    unseen
}

/// The suspicious part of a page, painted with and without the suspected objects.
#[derive(Default)]
struct PaintComparison {
    /// Pixels of the whole page.
    width: u32,
    height: u32,
    part: PicturePart,
    with: Vec<u8>,
    without: Vec<u8>,
}

impl PaintComparison {
    fn paint_suspects<'a>(
        page: &PdfiumPage<'_>,
        plane: &Plane,
        suspects: impl Iterator<Item = &'a Object<'a>> + Clone,
    ) -> Self {
        let Some(around) =
            suspects.clone().map(|it| plane.area_of(it.place)).reduce(|a, b| a.surrounding(&b))
        else {
            return Self::default();
        };
        let scale = (DOTS_PER_INCH / 72.0).min(LONGEST_SIDE / plane.width.max(plane.height));
        let (width, height) = (to_dots(plane.width * scale).max(1), to_dots(plane.height * scale).max(1));
        let (across, down) =
            (dot_range(around.left, around.right, width), dot_range(around.top, around.bottom, height));
        let part = PicturePart {
            left: across.start,
            top: down.start,
            width: across.end - across.start,
            height: down.end - down.start,
        };
        let as_it_is = page.paint_part(width, height, &part).unwrap_or_default();
        let painted = suspects.filter(|it| !matches!(it.kind, ObjectKind::Text { is_painted: false, .. }));
        page.show_objects(painted.clone(), false);
        let without = page.paint_part(width, height, &part).unwrap_or_default();
        page.show_objects(painted, true);
        Self { width, height, part, with: as_it_is, without }
    }

    /// Returns whether no pixel of a place changes without the suspected objects.
    fn is_unchanged(&self, place: &Area) -> bool {
        let mut dots = self.dot_indices(place).peekable();
        dots.peek().is_some()
            && dots.all(|at| {
                self.with.get(at).zip(self.without.get(at)).is_some_and(|(a, b)| a.abs_diff(*b) <= SAME)
            })
    }

    fn is_blank(&self, place: &Area) -> bool {
        let dots: Vec<u8> = self.dot_indices(place).filter_map(|at| self.with.get(at)).copied().collect();
        dots.iter().max().zip(dots.iter().min()).is_some_and(|(most, least)| most - least <= SAME)
    }

    /// Returns the indices of the painted pixels of a place.
    fn dot_indices(&self, place: &Area) -> impl Iterator<Item = usize> {
        let PicturePart { left, top, width, height } = self.part;
        let columns = shift_range(dot_range(place.left, place.right, self.width), left, width);
        let rows = shift_range(dot_range(place.top, place.bottom, self.height), top, height);
        rows.flat_map(move |row| {
            columns.clone().map(move |column| row as usize * width as usize + column as usize)
        })
    }
}

/// Moves a range so that `origin` becomes 0, and cuts it off at `length`.
fn shift_range(range: std::ops::Range<u32>, origin: u32, length: u32) -> std::ops::Range<u32> {
    range.start.saturating_sub(origin)..range.end.saturating_sub(origin).min(length)
}

/// Returns the pixels between two shares of a length and one more on each side, because a letter may be
/// thinner than a pixel.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "small and not negative"
)]
fn dot_range(from: f32, to: f32, length: u32) -> std::ops::Range<u32> {
    let first = (from * length as f32).floor() as u32;
    let last = (to * length as f32).ceil() as u32 + 1;
    first.saturating_sub(1).min(length)..last.min(length)
}

fn paint_kind(kind: ObjectKind) -> PaintKind {
    match kind {
        ObjectKind::Text { is_painted, colour, in_layer } => {
            PaintKind::Text { is_painted, grey: colour.map(lightness), in_layer }
        }
        ObjectKind::Shape { colour } if colour.is_none_or(|[.., opaque]| opaque >= OPAQUE) => {
            PaintKind::Shape { grey: colour.map(lightness) }
        }
        ObjectKind::Picture => PaintKind::Picture,
        ObjectKind::Shape { .. } => PaintKind::Other,
    }
}

/// Returns the lightness of a colour, up to 255.
fn lightness([red, green, blue, _]: Colour) -> f32 {
    0.3 * f32::from(red) + 0.59 * f32::from(green) + 0.11 * f32::from(blue)
}
