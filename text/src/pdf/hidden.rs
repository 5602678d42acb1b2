//! Finds text that a reader may not see: under something painted later, or in the colour of its background.
//! Pure: places and colours in, suspicions out. An engine that can paint then verifies each suspicion by
//! painting the page without the text.
//!
//! A clerk who draws a black box over a name hides it from readers but from no program. Most of what is
//! painted over text is innocent, though, such as the background of a page or a photograph. A page is
//! withheld only where the cover is none of these.

/// The share of a line's height, and the width in letter heights, that a cover must overlap.
const OVERLAP: f32 = 0.6;
const LETTER: f32 = 0.8;

/// The share of the page above which a cover with text on it is a background, and above which a picture is a
/// photograph or a scan.
const BACKGROUND: f32 = 0.25;
pub const PHOTOGRAPH: f32 = 0.5;

/// The difference below which two greys look the same, and the grey from which paper is white; of 255.
const SAME_GREY: f32 = 12.0;
const WHITE: f32 = 250.0;

/// The most covers examined on a page, the last ones painted, and the smallest one as a share of the page:
/// about half of a letter.
const MOST_COVERS: usize = 5_000;
const SMALLEST_COVER: f32 = 0.000_05;

/// Fewer hidden letters and digits than this are an accident.
pub const FEWEST_LETTERS: usize = 2;

/// A rectangle as shares of the page's width and height, as displayed, from the top left.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Area {
    pub left: f32,
    pub right: f32,
    pub top: f32,
    pub bottom: f32,
}

impl Area {
    fn width(&self) -> f32 {
        (self.right - self.left).max(0.0)
    }

    fn height(&self) -> f32 {
        (self.bottom - self.top).max(0.0)
    }

    pub fn size(&self) -> f32 {
        self.width() * self.height()
    }

    pub fn holds_middle_of(&self, other: &Self) -> bool {
        let (x, y) = (f32::midpoint(other.left, other.right), f32::midpoint(other.top, other.bottom));
        (self.left..=self.right).contains(&x) && (self.top..=self.bottom).contains(&y)
    }

    pub fn surrounding(&self, other: &Self) -> Self {
        Self {
            left: self.left.min(other.left),
            right: self.right.max(other.right),
            top: self.top.min(other.top),
            bottom: self.bottom.max(other.bottom),
        }
    }

    fn overlap(&self, other: &Self) -> Self {
        Self {
            left: self.left.max(other.left),
            right: self.right.min(other.right),
            top: self.top.max(other.top),
            bottom: self.bottom.min(other.bottom),
        }
    }

    /// Returns whether this covers a line of text: most of its height, and at least one letter of its width.
    /// The line may be rotated.
    pub fn covers(&self, line: &Self) -> bool {
        let shared = self.overlap(line);
        let (across, along) = (line.height().min(line.width()), line.height().max(line.width()));
        let (shared_across, shared_along) = if line.height() <= line.width() {
            (shared.height(), shared.width())
        } else {
            (shared.width(), shared.height())
        };
        shared.size() > 0.0
            && shared_across >= OVERLAP * across
            && shared_along >= (OVERLAP * along).min(LETTER * across)
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Painted {
    pub what: PaintKind,
    pub place: Area,
}

impl Painted {
    fn is_cover(&self) -> bool {
        matches!(self.what, PaintKind::Shape { .. } | PaintKind::Picture)
            && self.place.size() >= SMALLEST_COVER
    }
}

/// The kind of a painted object. A grey is between 0 and 255, and `None` for patterns.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum PaintKind {
    /// Text. `in_layer` marks text in a layer that viewers can switch off.
    Text {
        is_painted: bool,
        grey: Option<f32>,
        in_layer: bool,
    },
    /// A shape with an opaque fill.
    Shape {
        grey: Option<f32>,
    },
    Picture,
    Other,
}

/// The reason why a text may be invisible.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Suspicion {
    /// Something is painted over the text, perhaps to hide it.
    Covered,
    /// The background of the page, a photograph or a layer hides the text, or it is white on white.
    OutOfSight,
    /// The text has the colour of the shape below it.
    SameColour,
}

impl Suspicion {
    /// Returns whether a page with such invisible text is withheld.
    pub fn withholds(self) -> bool {
        self != Self::OutOfSight
    }
}

/// Returns the texts that a reader may not see, by their index in painting order.
pub fn suspect(page: &[Painted]) -> Vec<(usize, Suspicion)> {
    let mut covers: Vec<(usize, &Painted)> =
        page.iter().enumerate().rev().filter(|(_, it)| it.is_cover()).take(MOST_COVERS).collect();
    covers.reverse();
    let scanned: f32 =
        covers.iter().filter(|it| it.1.what == PaintKind::Picture).map(|it| it.1.place.size()).sum();
    let is_scan = scanned > PHOTOGRAPH;
    let mut found = Vec::new();
    for (at, painted) in page.iter().enumerate() {
        let PaintKind::Text { is_painted, grey, in_layer } = painted.what else { continue };
        let over = covers.iter().filter(|(place, cover)| *place > at && cover.place.covers(&painted.place));
        // A text layer below a scan is the result of OCR.
        let mut over = over.filter(|(_, cover)| !(is_scan && cover.what == PaintKind::Picture)).peekable();
        if over.peek().is_some() {
            let is_meant = over.any(|(place, cover)| !is_background(page, *place, cover));
            found.push((at, if is_meant { Suspicion::Covered } else { Suspicion::OutOfSight }));
        } else if let Some(grey) = grey.filter(|_| is_painted) {
            let below =
                covers.iter().rfind(|(place, cover)| *place < at && cover.place.covers(&painted.place));
            let is_same = matches!(below, Some((_, Painted { what: PaintKind::Shape { grey: Some(below) }, .. }))
                if (below - grey).abs() < SAME_GREY);
            if grey >= WHITE {
                found.push((at, Suspicion::OutOfSight));
            } else if is_same {
                found.push((at, Suspicion::SameColour));
            } else if in_layer {
                found.push((at, Suspicion::OutOfSight));
            }
        }
    }
    found
}

/// Returns whether a cover is a background with text painted later, or a photograph.
fn is_background(page: &[Painted], at: usize, cover: &Painted) -> bool {
    if cover.what == PaintKind::Picture && cover.place.size() >= PHOTOGRAPH {
        return true;
    }
    if cover.place.size() < BACKGROUND {
        return false;
    }
    let (before, after) = page.split_at(at);
    let behind = text_area_within(after, &cover.place);
    behind > 0.0 && behind * 2.0 >= text_area_within(before, &cover.place)
}

fn text_area_within(page: &[Painted], area: &Area) -> f32 {
    let texts = page.iter().filter(|it| matches!(it.what, PaintKind::Text { .. }));
    texts.map(|it| it.place.overlap(area).size()).filter(|size| *size > 0.0).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAME: Area = Area { left: 0.2, right: 0.4, top: 0.3, bottom: 0.315 };
    const BLACK: PaintKind = PaintKind::Shape { grey: Some(0.0) };

    fn text(place: Area) -> Painted {
        Painted { what: PaintKind::Text { is_painted: true, grey: Some(0.0), in_layer: false }, place }
    }

    fn of(page: &[Painted]) -> Vec<(usize, Suspicion)> {
        suspect(page)
    }

    #[test]
    fn a_box_over_a_name_is_suspect_and_a_line_below_it_is_not() {
        let over = Area { left: 0.19, right: 0.41, top: 0.298, bottom: 0.317 };
        let underline = Area { top: 0.314, bottom: 0.316, ..over };
        assert_eq!(of(&[text(NAME), Painted { what: BLACK, place: over }]), [(0, Suspicion::Covered)]);
        assert_eq!(
            of(&[text(NAME), Painted { what: PaintKind::Picture, place: over }]),
            [(0, Suspicion::Covered)]
        );
        assert_eq!(of(&[text(NAME), Painted { what: BLACK, place: underline }]), []);
        assert_eq!(of(&[text(NAME), Painted { what: PaintKind::Other, place: over }]), []);
        // A box below text of the same colour hides it too; one of another colour does not.
        assert_eq!(of(&[Painted { what: BLACK, place: over }, text(NAME)]), [(1, Suspicion::SameColour)]);
        let yellow = PaintKind::Shape { grey: Some(220.0) };
        assert_eq!(of(&[Painted { what: yellow, place: over }, text(NAME)]), []);
        // Of a line a word is enough, also of one that is turned.
        let word = Area { left: 0.3, right: 0.33, ..over };
        assert_eq!(of(&[text(NAME), Painted { what: BLACK, place: word }]).len(), 1);
        let turned = text(Area { left: 0.5, right: 0.515, top: 0.2, bottom: 0.6 });
        let place = Area { left: 0.49, right: 0.52, top: 0.3, bottom: 0.35 };
        assert_eq!(of(&[turned, Painted { what: BLACK, place }]).len(), 1);
    }

    #[test]
    fn backgrounds_photographs_and_scans_withhold_nothing() {
        let whole = Area { left: 0.0, right: 1.0, top: 0.0, bottom: 1.0 };
        let later = text(Area { left: 0.1, right: 0.9, top: 0.5, bottom: 0.52 });
        let background =
            [text(NAME), Painted { what: PaintKind::Shape { grey: Some(255.0) }, place: whole }, later];
        assert_eq!(of(&background), [(0, Suspicion::OutOfSight)]);
        assert_eq!(of(&background[..2]), [(0, Suspicion::Covered)], "a whole page that was blacked out");
        assert_eq!(
            of(&[text(NAME), Painted { what: PaintKind::Picture, place: whole }]),
            [],
            "OCR below a scan"
        );
        let half = Area { bottom: 0.45, ..whole };
        let photograph = [text(NAME), Painted { what: PaintKind::Picture, place: half }];
        assert_eq!(of(&photograph), [(0, Suspicion::Covered)], "a picture on less than half of the page");
        assert!(!Suspicion::OutOfSight.withholds() && Suspicion::SameColour.withholds());
    }

    #[test]
    fn white_letters_and_layers_are_out_of_sight() {
        let what = |grey, in_layer| PaintKind::Text { is_painted: true, grey: Some(grey), in_layer };
        assert_eq!(of(&[Painted { what: what(255.0, false), place: NAME }]), [(0, Suspicion::OutOfSight)]);
        assert_eq!(of(&[Painted { what: what(0.0, true), place: NAME }]), [(0, Suspicion::OutOfSight)]);
        let unpainted = PaintKind::Text { is_painted: false, grey: Some(255.0), in_layer: false };
        assert_eq!(of(&[Painted { what: unpainted, place: NAME }]), []);
    }
}
