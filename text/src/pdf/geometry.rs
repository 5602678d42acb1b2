//! Rectangles on a page, and affine transformations.

/// A rectangle in points, from the bottom left of the page. The layout is that of pdfium's `FS_RECTF`.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Rect {
    pub left: f32,
    pub top: f32,
    pub right: f32,
    pub bottom: f32,
}

impl Rect {
    pub fn bounding(points: &[(f32, f32)]) -> Option<Self> {
        let (first, rest) = points.split_first()?;
        let start = Self { left: first.0, right: first.0, bottom: first.1, top: first.1 };
        Some(rest.iter().fold(start, |so_far, (x, y)| Self {
            left: so_far.left.min(*x),
            right: so_far.right.max(*x),
            bottom: so_far.bottom.min(*y),
            top: so_far.top.max(*y),
        }))
    }

    /// Creates a rectangle from its bottom left corner and its sides, which may be negative.
    pub fn from_corner(left: f32, bottom: f32, width: f32, height: f32) -> Self {
        let (right, top) = (left + width, bottom + height);
        Self { left: left.min(right), right: left.max(right), bottom: bottom.min(top), top: bottom.max(top) }
    }

    #[must_use]
    pub fn intersection(self, other: Self) -> Self {
        Self {
            left: self.left.max(other.left),
            right: self.right.min(other.right),
            bottom: self.bottom.max(other.bottom),
            top: self.top.min(other.top),
        }
    }

    pub fn contains(self, other: Self) -> bool {
        other.left >= self.left
            && other.right <= self.right
            && other.bottom >= self.bottom
            && other.top <= self.top
    }

    /// Returns the corners, counterclockwise from the bottom left.
    pub fn corners(self) -> [(f32, f32); 4] {
        [(self.left, self.bottom), (self.right, self.bottom), (self.right, self.top), (self.left, self.top)]
    }

    pub fn width(self) -> f32 {
        self.right - self.left
    }

    pub fn height(self) -> f32 {
        self.top - self.bottom
    }
}

/// An affine transformation. The layout is that of PDF matrices and of pdfium's `FS_MATRIX`.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Matrix {
    a: f32,
    b: f32,
    c: f32,
    d: f32,
    e: f32,
    f: f32,
}

impl From<[f32; 6]> for Matrix {
    fn from(numbers: [f32; 6]) -> Self {
        Self { a: numbers[0], b: numbers[1], c: numbers[2], d: numbers[3], e: numbers[4], f: numbers[5] }
    }
}

impl Matrix {
    pub const IDENTITY: Self = Self { a: 1.0, b: 0.0, c: 0.0, d: 1.0, e: 0.0, f: 0.0 };

    pub fn translation(x: f32, y: f32) -> Self {
        Self { e: x, f: y, ..Self::IDENTITY }
    }

    /// Returns the transformation that applies `self` first and then `outer`.
    #[must_use]
    pub fn followed_by(self, outer: Self) -> Self {
        Self {
            a: self.a * outer.a + self.b * outer.c,
            b: self.a * outer.b + self.b * outer.d,
            c: self.c * outer.a + self.d * outer.c,
            d: self.c * outer.b + self.d * outer.d,
            e: self.e * outer.a + self.f * outer.c + outer.e,
            f: self.e * outer.b + self.f * outer.d + outer.f,
        }
    }

    pub fn transform_point(self, x: f32, y: f32) -> (f32, f32) {
        (self.a * x + self.c * y + self.e, self.b * x + self.d * y + self.f)
    }

    pub fn transform_rect(self, rect: Rect) -> Rect {
        Rect::bounding(&rect.corners().map(|(x, y)| self.transform_point(x, y))).unwrap_or(rect)
    }

    /// Returns the mean factor by which lengths grow.
    pub fn scale_factor(self) -> f32 {
        (self.a * self.d - self.b * self.c).abs().sqrt()
    }
}
