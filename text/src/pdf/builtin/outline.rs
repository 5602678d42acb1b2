//! Paths before they are painted, and the parts of the page that they cover.

use crate::pdf::geometry::{Matrix, Rect};

/// The share of its bounding rectangle that a path must fill to be a surface, and the share from which it
/// counts as a rectangle.
const FULL: f32 = 0.7;
const STRAIGHT: f32 = 0.95;

/// The most points kept of a path, and the most subpaths examined for holes. Drawn letters have many
/// subpaths; a box that hides text has few.
const MOST_POINTS: usize = 100_000;
const MOST_HOLES: usize = 100;

/// A path: subpaths, each a list of points.
#[derive(Default)]
pub struct Outline {
    parts: Vec<Vec<(f32, f32)>>,
    count: usize,
}

impl Outline {
    pub fn start_subpath(&mut self, x: f32, y: f32, matrix: Matrix) {
        if self.count < MOST_POINTS {
            self.parts.push(vec![matrix.transform_point(x, y)]);
            self.count += 1;
        }
    }

    pub fn add_point(&mut self, x: f32, y: f32, matrix: Matrix) {
        if let Some(part) = self.parts.last_mut().filter(|_| self.count < MOST_POINTS) {
            part.push(matrix.transform_point(x, y));
            self.count += 1;
        }
    }

    /// Adds a rectangle by its bottom left corner and its sides. The direction matters: it tells holes from
    /// surfaces.
    pub fn add_rectangle(&mut self, [x, y, width, height]: [f32; 4], matrix: Matrix) {
        self.start_subpath(x, y, matrix);
        for (x, y) in [(x + width, y), (x + width, y + height), (x, y + height), (x, y)] {
            self.add_point(x, y, matrix);
        }
    }

    pub fn bounds(&self) -> Option<Rect> {
        Rect::bounding(&self.parts.concat())
    }

    /// Returns the rectangles that filling the path covers: for round or rotated subpaths, their middle. A
    /// subpath within another one is a hole if it runs in the other direction, or always under the even-odd
    /// rule.
    pub fn surfaces(&self, is_even_odd: bool) -> Vec<Rect> {
        let subpaths: Vec<Subpath> = self
            .parts
            .iter()
            .filter_map(|part| Some(Subpath { bounds: Rect::bounding(part)?, area: signed_area(part) }))
            .collect();
        let few = &subpaths[..subpaths.len().min(MOST_HOLES)];
        subpaths
            .iter()
            .filter(|it| {
                !few.iter().any(|other| it.has_hole(other, is_even_odd) || other.has_hole(it, is_even_odd))
            })
            .filter_map(|it| full_middle(it.bounds, it.area))
            .collect()
    }

    /// Returns the rectangle of each horizontal or vertical line when stroked with this width.
    pub fn strokes(&self, width: f32) -> impl Iterator<Item = Rect> {
        self.parts.iter().flat_map(|part| part.windows(2)).filter_map(move |line| {
            let around = Rect::bounding(line)?;
            let half = width / 2.0;
            let (is_across, is_upright) = (around.height() <= half, around.width() <= half);
            let (x, y) = (if is_upright { half } else { 0.0 }, if is_across { half } else { 0.0 });
            let (left, right) = (around.left - x, around.right + x);
            let stroke = Rect { left, right, bottom: around.bottom - y, top: around.top + y };
            (is_across || is_upright).then_some(stroke)
        })
    }
}

struct Subpath {
    bounds: Rect,
    /// Negative if the points run clockwise.
    area: f32,
}

impl Subpath {
    fn has_hole(&self, inner: &Self, is_even_odd: bool) -> bool {
        let is_inside = self.bounds.contains(inner.bounds) && inner.area.abs() < self.area.abs();
        is_inside && (is_even_odd || inner.area * self.area < 0.0)
    }
}

/// Returns the area of a polygon, negative if its points run clockwise.
fn signed_area(points: &[(f32, f32)]) -> f32 {
    let following = points.iter().skip(1).chain(points.first());
    points.iter().zip(following).map(|(here, there)| here.0 * there.1 - there.0 * here.1).sum::<f32>() / 2.0
}

/// Returns the part of a bounding rectangle that a path with this area surely covers.
fn full_middle(around: Rect, area: f32) -> Option<Rect> {
    let share = area.abs() / (around.width() * around.height());
    if share >= STRAIGHT {
        return Some(around);
    }
    let (width, height) = (around.width() * share * share, around.height() * share * share);
    let left = f32::midpoint(around.left, around.right) - width / 2.0;
    let bottom = f32::midpoint(around.bottom, around.top) - height / 2.0;
    (share >= FULL).then(|| Rect::from_corner(left, bottom, width, height))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draw(points: &[(f32, f32)]) -> Outline {
        let mut outline = Outline::default();
        outline.start_subpath(points[0].0, points[0].1, Matrix::IDENTITY);
        points[1..].iter().for_each(|(x, y)| outline.add_point(*x, *y, Matrix::IDENTITY));
        outline
    }

    #[test]
    fn a_full_outline_is_a_surface_and_a_thin_one_is_none() {
        let mut outline = Outline::default();
        outline.add_rectangle([10.0, 10.0, 100.0, 20.0], [2.0, 0.0, 0.0, 2.0, 0.0, 0.0].into());
        assert_eq!(outline.surfaces(false), [Rect::from_corner(20.0, 20.0, 200.0, 40.0)]);
        assert_eq!(outline.bounds(), Some(Rect::from_corner(20.0, 20.0, 200.0, 40.0)));
        let hexagon =
            draw(&[(25.0, 0.0), (75.0, 0.0), (100.0, 50.0), (75.0, 100.0), (25.0, 100.0), (0.0, 50.0)]);
        assert_eq!(hexagon.surfaces(false), [Rect::from_corner(21.875, 21.875, 56.25, 56.25)]);
        assert!(draw(&[(0.0, 0.0), (100.0, 0.0), (100.0, 20.0)]).surfaces(false).is_empty());
    }

    #[test]
    fn a_frame_has_a_hole() {
        let frame = |height: f32| {
            let mut frame = Outline::default();
            frame.add_rectangle([0.0, 0.0, 100.0, 50.0], Matrix::IDENTITY);
            frame.add_rectangle([1.0, 25.0 - height / 2.0, 98.0, height], Matrix::IDENTITY);
            frame
        };
        assert!(frame(-48.0).surfaces(false).is_empty());
        assert!(frame(48.0).surfaces(true).is_empty());
        assert_eq!(frame(48.0).surfaces(false).len(), 2);
    }

    #[test]
    fn a_wide_line_is_as_high_as_it_is_wide() {
        let strokes: Vec<Rect> = draw(&[(0.0, 0.0), (100.0, 0.0), (130.0, 40.0)]).strokes(10.0).collect();
        assert_eq!(strokes, [Rect::from_corner(0.0, -5.0, 100.0, 10.0)]);
    }
}
