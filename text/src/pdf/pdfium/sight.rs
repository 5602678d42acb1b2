//! Which letters of a page a reader cannot see. What is suspected from places and colours is tried: the page is painted with
//! and without it, and where no dot changes, it was not to be seen.

use std::collections::{BTreeSet, HashMap};

use super::{
    MOST_CHARACTERS, Plane, dots,
    ffi::{Object, Page, Part, Text},
    object::{Colour, ObjectKind},
};
use crate::pdf::hidden::{Area, FEWEST_LETTERS, Painted, Suspicion, What, suspect};

/// How finely a page is painted to see what shows.
const DOTS_PER_INCH: f32 = 100.0;

/// The longest side of such a picture, in dots.
const LONGEST_SIDE: f32 = 2_000.0;

/// Greys of 255 that nobody tells apart.
const SAME: u8 = 8;

/// From here on a colour lets nothing through, of 255.
const OPAQUE: u8 = 250;

/// The letters of a page that a reader cannot see.
#[derive(Debug, Default)]
pub struct Unseen {
    letters: BTreeSet<i32>,
    /// How many letters and digits somebody seems to have hidden.
    pub hidden: u32,
}

impl Unseen {
    /// Whether a character, by its index in the text, cannot be seen.
    pub fn holds(&self, index: i32) -> bool {
        self.letters.contains(&index)
    }
}

/// Looks for letters that a reader cannot see.
pub fn unseen(page: &Page<'_>, text: &Text<'_>, plane: &Plane, objects: &[Object<'_>]) -> Unseen {
    let painted: Vec<Painted> =
        objects.iter().map(|it| Painted { what: what(it.kind), place: plane.area(it.place) }).collect();
    let suspects: HashMap<usize, (&Object<'_>, Suspicion)> = suspect(&painted)
        .into_iter()
        .filter_map(|(at, why)| objects.get(at).map(|object| (object.number(), (object, why))))
        .collect();
    let covers: Vec<Area> = page.covers().iter().map(|place| plane.area(*place)).collect();
    let mut unseen = Unseen::default();
    if suspects.is_empty() && covers.is_empty() {
        return unseen;
    }
    let trial = Trial::of(page, plane, suspects.values().map(|(object, _)| *object));
    let mut hidden = 0_u32;
    for index in 0..text.count().min(MOST_CHARACTERS) {
        let c = char::from_u32(text.char(index)).filter(|c| !c.is_whitespace() && !c.is_control());
        let (Some(c), Some(ink)) = (c, text.ink(index)) else { continue };
        let spot = plane.area(ink);
        let is_marked = covers.iter().any(|area| area.holds_middle_of(&spot));
        let suspect = suspects.get(&text.object(index)).map(|(object, why)| (object.kind, *why));
        let is_unseen = suspect.is_some_and(|(kind, why)| match kind {
            // Letters that are not painted anyway lie below a scan: where the scan shows, there is ink.
            ObjectKind::Text { is_painted: false, .. } => why == Suspicion::Covered && trial.is_blank(&spot),
            _ => trial.is_unchanged(&spot),
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

/// The part of a page where something is suspected, as it is, and without what is suspected.
#[derive(Default)]
struct Trial {
    /// How many dots the whole page would have.
    width: u32,
    height: u32,
    part: Part,
    with: Vec<u8>,
    without: Vec<u8>,
}

impl Trial {
    fn of<'a>(
        page: &Page<'_>,
        plane: &Plane,
        suspects: impl Iterator<Item = &'a Object<'a>> + Clone,
    ) -> Self {
        let Some(around) = suspects.clone().map(|it| plane.area(it.place)).reduce(|a, b| a.around(&b)) else {
            return Self::default();
        };
        let scale = (DOTS_PER_INCH / 72.0).min(LONGEST_SIDE / plane.width.max(plane.height));
        let (width, height) = (dots(plane.width * scale).max(1), dots(plane.height * scale).max(1));
        let (across, down) =
            (range(around.left, around.right, width), range(around.top, around.bottom, height));
        let part = Part {
            left: across.start,
            top: down.start,
            width: across.end - across.start,
            height: down.end - down.start,
        };
        let paint = || page.paint_part((width, height), &part).unwrap_or_default();
        let as_it_is = paint();
        let painted = suspects.filter(|it| !matches!(it.kind, ObjectKind::Text { is_painted: false, .. }));
        page.show_objects(painted.clone(), false);
        let without = paint();
        page.show_objects(painted, true);
        Self { width, height, part, with: as_it_is, without }
    }

    /// Whether no dot of a place changes when what is suspected is left out.
    fn is_unchanged(&self, place: &Area) -> bool {
        let mut dots = self.dots(place).peekable();
        let is_alike = |at: usize| {
            self.with.get(at).zip(self.without.get(at)).is_some_and(|(a, b)| a.abs_diff(*b) <= SAME)
        };
        dots.peek().is_some() && dots.all(is_alike)
    }

    /// Whether all dots of a place are alike.
    fn is_blank(&self, place: &Area) -> bool {
        let dots = || self.dots(place).filter_map(|at| self.with.get(at));
        dots().max().zip(dots().min()).is_some_and(|(most, least)| most - least <= SAME)
    }

    /// The dots of a place, as far as they were painted.
    fn dots(&self, place: &Area) -> impl Iterator<Item = usize> {
        let Part { left, top, width, height } = self.part;
        let within = |range: std::ops::Range<u32>, from: u32, length: u32| {
            range.start.saturating_sub(from)..range.end.saturating_sub(from).min(length)
        };
        let columns = within(range(place.left, place.right, self.width), left, width);
        let rows = within(range(place.top, place.bottom, self.height), top, height);
        rows.flat_map(move |row| {
            columns.clone().map(move |column| row as usize * width as usize + column as usize)
        })
    }
}

/// The dots between two shares of a length, and those beside them: a letter may be thinner than a dot.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "small and not negative"
)]
fn range(from: f32, to: f32, length: u32) -> std::ops::Range<u32> {
    let first = (from * length as f32).floor() as u32;
    let last = (to * length as f32).ceil() as u32 + 1;
    first.saturating_sub(1).min(length)..last.min(length)
}

/// What an object is, as far as that tells whether it hides anything or is hidden.
fn what(kind: ObjectKind) -> What {
    match kind {
        ObjectKind::Text { is_painted, colour, in_layer } => {
            What::Text { is_painted, grey: colour.map(grey), in_layer }
        }
        ObjectKind::Shape { colour } if colour.is_none_or(|[.., opaque]| opaque >= OPAQUE) => {
            What::Shape { grey: colour.map(grey) }
        }
        ObjectKind::Picture => What::Picture,
        ObjectKind::Shape { .. } => What::Other,
    }
}

/// How light a colour is, up to 255.
fn grey([red, green, blue, _]: Colour) -> f32 {
    0.3 * f32::from(red) + 0.59 * f32::from(green) + 0.11 * f32::from(blue)
}
