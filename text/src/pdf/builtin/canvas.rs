//! Converts rectangles in points to shares of the visible page.

use crate::pdf::{geometry::Rect, hidden::Area};

/// The visible rectangle of a page, in points.
pub struct Canvas(pub Rect);

impl Canvas {
    pub fn area_of(&self, place: Rect) -> Area {
        let Self(page) = self;
        let [left, right] =
            [place.left, place.right].map(|x| ((x - page.left) / page.width().max(1.0)).clamp(0.0, 1.0));
        let [top, bottom] =
            [place.top, place.bottom].map(|y| ((page.top - y) / page.height().max(1.0)).clamp(0.0, 1.0));
        Area { left, right, top, bottom }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_counted_from_its_top_left() {
        let canvas = Canvas(Rect::from_corner(100.0, 0.0, 200.0, 400.0));
        let area = Area { left: 0.25, right: 0.5, top: 0.0, bottom: 0.25 };
        assert_eq!(canvas.area_of(Rect::from_corner(150.0, 300.0, 50.0, 100.0)), area);
        assert_eq!(canvas.area_of(canvas.0), Area { left: 0.0, right: 1.0, top: 0.0, bottom: 1.0 });
    }
}
