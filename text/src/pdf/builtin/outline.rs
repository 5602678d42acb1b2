//! What is drawn before it is filled, and which parts of the page it then covers.

use crate::pdf::geometry::{Matrix, Rect};

/// The share of the rectangle around it that an outline must fill to be a surface, and from where on it is a rectangle.
const FULL: f32 = 0.7;
const STRAIGHT: f32 = 0.95;

/// The most points of an outline that are kept, and how many of its parts are looked at for holes: letters that are drawn
/// have many parts; whoever hides text draws one box, or a few.
const MOST_POINTS: usize = 100_000;
const MOST_HOLES: usize = 100;

/// Outlines, each a list of points.
#[derive(Default)]
pub struct Outline {
    parts: Vec<Vec<(f32, f32)>>,
    count: usize,
}

impl Outline {
    /// Begins another part.
    pub fn start(&mut self, point: (f32, f32)) {
        if self.count < MOST_POINTS {
            self.parts.push(vec![point]);
            self.count += 1;
        }
    }

    /// Goes on to a point.
    pub fn add_point(&mut self, point: (f32, f32)) {
        if let Some(part) = self.parts.last_mut().filter(|_| self.count < MOST_POINTS) {
            part.push(point);
            self.count += 1;
        }
    }

    /// A rectangle by its left bottom corner and its sides: which way around it goes tells what is a hole.
    pub fn add_rectangle(&mut self, [x, y, width, height]: [f32; 4], matrix: Matrix) {
        self.start(matrix.apply((x, y)));
        for corner in [(x + width, y), (x + width, y + height), (x, y + height), (x, y)] {
            self.add_point(matrix.apply(corner));
        }
    }

    /// The rectangle around all of it.
    pub fn bounds(&self) -> Option<Rect> {
        Rect::around(&self.parts.concat())
    }

    /// The rectangles that are full when the outlines are filled: of what is round or turned, its middle. A part within
    /// another is a hole when it goes the other way around, or whichever way where the rule says so.
    pub fn surfaces(&self, is_even_odd: bool) -> Vec<Rect> {
        let measure = |part: &Vec<(f32, f32)>| Some((Rect::around(part)?, signed_area(part)));
        let parts: Vec<(Rect, f32)> = self.parts.iter().filter_map(measure).collect();
        let has_hole = |outer: &(Rect, f32), inner: &(Rect, f32)| {
            let is_inside = outer.0.holds(inner.0) && inner.1.abs() < outer.1.abs();
            is_inside && (is_even_odd || inner.1 * outer.1 < 0.0)
        };
        let few = &parts[..parts.len().min(MOST_HOLES)];
        let is_whole = |part: &&(Rect, f32)| !few.iter().any(|it| has_hole(part, it) || has_hole(it, part));
        parts.iter().filter(is_whole).filter_map(|(around, area)| full_middle(*around, *area)).collect()
    }

    /// The rectangles around each line that goes straight across or upright, when it is drawn so wide.
    pub fn strokes(&self, width: f32) -> impl Iterator<Item = Rect> {
        self.parts.iter().flat_map(|part| part.windows(2)).filter_map(move |line| {
            let around = Rect::around(line)?;
            let half = width / 2.0;
            let (is_across, is_upright) = (around.height() <= half, around.width() <= half);
            let (x, y) = (if is_upright { half } else { 0.0 }, if is_across { half } else { 0.0 });
            let (left, right) = (around.left - x, around.right + x);
            let stroke = Rect { left, right, bottom: around.bottom - y, top: around.top + y };
            (is_across || is_upright).then_some(stroke)
        })
    }
}

/// The area within points, less than nothing where they go clockwise.
fn signed_area(points: &[(f32, f32)]) -> f32 {
    let following = points.iter().skip(1).chain(points.first());
    points.iter().zip(following).map(|(here, there)| here.0 * there.1 - there.0 * here.1).sum::<f32>() / 2.0
}

/// What of a rectangle is full when so much of its area is.
fn full_middle(around: Rect, area: f32) -> Option<Rect> {
    let share = area.abs() / (around.width() * around.height());
    if share >= STRAIGHT {
        return Some(around);
    }
    let (width, height) = (around.width() * share * share, around.height() * share * share);
    let left = f32::midpoint(around.left, around.right) - width / 2.0;
    let bottom = f32::midpoint(around.bottom, around.top) - height / 2.0;
    (share >= FULL).then(|| Rect::of(left, bottom, width, height))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draw(points: &[(f32, f32)]) -> Outline {
        let mut outline = Outline::default();
        outline.start(points[0]);
        points[1..].iter().for_each(|point| outline.add_point(*point));
        outline
    }

    #[test]
    fn a_full_outline_is_a_surface_and_a_thin_one_is_none() {
        let mut outline = Outline::default();
        outline.add_rectangle([10.0, 10.0, 100.0, 20.0], [2.0, 0.0, 0.0, 2.0, 0.0, 0.0].into());
        assert_eq!(outline.surfaces(false), [Rect::of(20.0, 20.0, 200.0, 40.0)]);
        assert_eq!(outline.bounds(), Some(Rect::of(20.0, 20.0, 200.0, 40.0)));
        let hexagon =
            draw(&[(25.0, 0.0), (75.0, 0.0), (100.0, 50.0), (75.0, 100.0), (25.0, 100.0), (0.0, 50.0)]);
        assert_eq!(hexagon.surfaces(false), [Rect::of(21.875, 21.875, 56.25, 56.25)]);
        assert!(draw(&[(0.0, 0.0), (100.0, 0.0), (100.0, 20.0)]).surfaces(false).is_empty());
    }

    #[test]
    fn a_frame_has_a_hole() {
        let frame = |height: f32| {
            let mut frame = Outline::default();
            frame.add_rectangle([0.0, 0.0, 100.0, 50.0], Matrix::NONE);
            frame.add_rectangle([1.0, 25.0 - height / 2.0, 98.0, height], Matrix::NONE);
            frame
        };
        assert!(frame(-48.0).surfaces(false).is_empty());
        assert!(frame(48.0).surfaces(true).is_empty());
        assert_eq!(frame(48.0).surfaces(false).len(), 2);
    }

    #[test]
    fn a_wide_line_is_as_high_as_it_is_wide() {
        let strokes: Vec<Rect> = draw(&[(0.0, 0.0), (100.0, 0.0), (130.0, 40.0)]).strokes(10.0).collect();
        assert_eq!(strokes, [Rect::of(0.0, -5.0, 100.0, 10.0)]);
    }
}
