//! Which text of a page a reader may not see: under something that was painted later, or in the colour of what lies below.
//! Pure: places and colours in, suspicions out. Whether a letter shows is then told by painting the page without it.
//!
//! A clerk who draws a black box over a name hides it from readers and from no program. Most of what is painted over text
//! is innocent, though: the background of a page, a photograph. So a page is only withheld where the cover is none of these.

/// The share of the height of a line, and of its width in letters, that a cover must overlap to be looked at.
const OVERLAP: f32 = 0.6;
const LETTER: f32 = 0.8;

/// From this share of the page on, a cover with text on it is a background, and a picture is a photograph or a scan.
const BACKGROUND: f32 = 0.25;
pub const PHOTOGRAPH: f32 = 0.5;

/// How near two greys are that nobody tells apart, and from where on a grey is the paper's white; of 255.
const SAME_GREY: f32 = 12.0;
const WHITE: f32 = 250.0;

/// The most things that may cover text of a page, the last ones painted, and how small one may be, as a share of the page:
/// about half of a letter.
const MOST_COVERS: usize = 5_000;
const SMALLEST_COVER: f32 = 0.000_05;

/// Letters and digits below this number are an accident.
pub const FEWEST_LETTERS: usize = 2;

/// A rectangle on a page as shares of its width and height, as it is shown.
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

    /// Its share of the page.
    pub fn size(&self) -> f32 {
        self.width() * self.height()
    }

    /// Whether the middle of another area lies in this one.
    pub fn holds_middle_of(&self, other: &Self) -> bool {
        let (x, y) = (f32::midpoint(other.left, other.right), f32::midpoint(other.top, other.bottom));
        (self.left..=self.right).contains(&x) && (self.top..=self.bottom).contains(&y)
    }

    /// The area around this and another one.
    pub fn around(&self, other: &Self) -> Self {
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

    /// Whether this covers a line of text: most of its height, and a letter of its width at least. A line may be turned.
    pub fn covers(&self, line: &Self) -> bool {
        let shared = self.overlap(line);
        let (across, along) = (line.height().min(line.width()), line.height().max(line.width()));
        let covers = |height: f32, width: f32| {
            height >= OVERLAP * across && width >= (OVERLAP * along).min(LETTER * across)
        };
        shared.size() > 0.0
            && if line.height() <= line.width() {
                covers(shared.height(), shared.width())
            } else {
                covers(shared.width(), shared.height())
            }
    }
}

/// Something that is painted on a page.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Painted {
    pub what: What,
    pub place: Area,
}

/// What is painted. A grey is a number up to 255, and unknown where a pattern is painted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum What {
    /// Text, and whether it lies in a layer that may be switched off.
    Text { is_painted: bool, grey: Option<f32>, in_layer: bool },
    /// A shape that is filled with an opaque colour.
    Shape { grey: Option<f32> },
    /// A picture.
    Picture,
    /// Anything else.
    Other,
}

/// Why a text may not be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Suspicion {
    /// Something is painted over it, and somebody may have meant to hide it.
    Covered,
    /// The background of the page, a photograph or a layer hides it, or it is white on white.
    OutOfSight,
    /// It has the colour of the shape below it.
    SameColour,
}

impl Suspicion {
    /// Whether a page is withheld where a reader cannot see such text.
    pub fn withholds(self) -> bool {
        self != Self::OutOfSight
    }
}

/// The texts of a page that a reader may not see, by their place in the order of painting.
pub fn suspect(page: &[Painted]) -> Vec<(usize, Suspicion)> {
    let is_cover = |it: &(usize, &Painted)| {
        matches!(it.1.what, What::Shape { .. } | What::Picture) && it.1.place.size() >= SMALLEST_COVER
    };
    let mut covers: Vec<(usize, &Painted)> =
        page.iter().enumerate().rev().filter(is_cover).take(MOST_COVERS).collect();
    covers.reverse();
    let scanned: f32 =
        covers.iter().filter(|it| it.1.what == What::Picture).map(|it| it.1.place.size()).sum();
    let is_scan = scanned > PHOTOGRAPH;
    let mut found = Vec::new();
    for (at, painted) in page.iter().enumerate() {
        let What::Text { is_painted, grey, in_layer } = painted.what else { continue };
        let over = covers.iter().filter(|(place, cover)| *place > at && cover.place.covers(&painted.place));
        // A text layer below a scan is somebody's OCR.
        let mut over = over.filter(|(_, cover)| !(is_scan && cover.what == What::Picture)).peekable();
        if over.peek().is_some() {
            let is_meant = over.any(|(place, cover)| !is_background(page, *place, cover));
            found.push((at, if is_meant { Suspicion::Covered } else { Suspicion::OutOfSight }));
        } else if let Some(grey) = grey.filter(|_| is_painted) {
            let below =
                covers.iter().rfind(|(place, cover)| *place < at && cover.place.covers(&painted.place));
            let is_same = matches!(below, Some((_, Painted { what: What::Shape { grey: Some(below) }, .. }))
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

/// Whether a cover is a background, on which text was written later, or a photograph.
fn is_background(page: &[Painted], at: usize, cover: &Painted) -> bool {
    if cover.what == What::Picture && cover.place.size() >= PHOTOGRAPH {
        return true;
    }
    if cover.place.size() < BACKGROUND {
        return false;
    }
    let written = |texts: &[Painted]| {
        let inside = texts.iter().filter(|it| matches!(it.what, What::Text { .. }));
        inside
            .map(|it| it.place.overlap(&cover.place))
            .filter(|it| it.size() > 0.0)
            .map(|it| it.size())
            .sum::<f32>()
    };
    let (before, after) = page.split_at(at);
    let behind = written(after);
    behind > 0.0 && behind * 2.0 >= written(before)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAME: Area = Area { left: 0.2, right: 0.4, top: 0.3, bottom: 0.315 };
    const BLACK: What = What::Shape { grey: Some(0.0) };

    fn text(place: Area) -> Painted {
        Painted { what: What::Text { is_painted: true, grey: Some(0.0), in_layer: false }, place }
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
            of(&[text(NAME), Painted { what: What::Picture, place: over }]),
            [(0, Suspicion::Covered)]
        );
        assert_eq!(of(&[text(NAME), Painted { what: BLACK, place: underline }]), []);
        assert_eq!(of(&[text(NAME), Painted { what: What::Other, place: over }]), []);
        // A box below text of the same colour hides it too; one of another colour does not.
        assert_eq!(of(&[Painted { what: BLACK, place: over }, text(NAME)]), [(1, Suspicion::SameColour)]);
        let yellow = What::Shape { grey: Some(220.0) };
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
            [text(NAME), Painted { what: What::Shape { grey: Some(255.0) }, place: whole }, later];
        assert_eq!(of(&background), [(0, Suspicion::OutOfSight)]);
        assert_eq!(of(&background[..2]), [(0, Suspicion::Covered)], "a whole page that was blacked out");
        assert_eq!(of(&[text(NAME), Painted { what: What::Picture, place: whole }]), [], "OCR below a scan");
        let half = Area { bottom: 0.45, ..whole };
        let photograph = [text(NAME), Painted { what: What::Picture, place: half }];
        assert_eq!(of(&photograph), [(0, Suspicion::Covered)], "a picture on less than half of the page");
        assert!(!Suspicion::OutOfSight.withholds() && Suspicion::SameColour.withholds());
    }

    #[test]
    fn white_letters_and_layers_are_out_of_sight() {
        let what = |grey, in_layer| What::Text { is_painted: true, grey: Some(grey), in_layer };
        assert_eq!(of(&[Painted { what: what(255.0, false), place: NAME }]), [(0, Suspicion::OutOfSight)]);
        assert_eq!(of(&[Painted { what: what(0.0, true), place: NAME }]), [(0, Suspicion::OutOfSight)]);
        let unpainted = What::Text { is_painted: false, grey: Some(255.0), in_layer: false };
        assert_eq!(of(&[Painted { what: unpainted, place: NAME }]), []);
    }
}
