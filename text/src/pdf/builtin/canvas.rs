//! The part of its plane that a page shows.

use crate::pdf::{geometry::Rect, hidden::Area};

/// What a page shows of its plane.
pub struct Canvas(pub Rect);

impl Canvas {
    /// The share of the page that a rectangle takes.
    pub fn area(&self, place: Rect) -> Area {
        let across = |x: f32| ((x - self.0.left) / self.0.width().max(1.0)).clamp(0.0, 1.0);
        let down = |y: f32| ((self.0.top - y) / self.0.height().max(1.0)).clamp(0.0, 1.0);
        Area {
            left: across(place.left),
            right: across(place.right),
            top: down(place.top),
            bottom: down(place.bottom),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_counted_from_its_top_left() {
        let canvas = Canvas(Rect::of(100.0, 0.0, 200.0, 400.0));
        let area = Area { left: 0.25, right: 0.5, top: 0.0, bottom: 0.25 };
        assert_eq!(canvas.area(Rect::of(150.0, 300.0, 50.0, 100.0)), area);
        assert_eq!(canvas.area(canvas.0), Area { left: 0.0, right: 1.0, top: 0.0, bottom: 1.0 });
    }
}
