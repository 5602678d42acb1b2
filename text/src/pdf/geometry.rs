//! Rectangles on a page, and how things come to stand there.

/// A rectangle in points, from the bottom left of the page. Its shape is that of pdfium's `FS_RECTF`.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Rect {
    pub left: f32,
    pub top: f32,
    pub right: f32,
    pub bottom: f32,
}

impl Rect {
    /// The rectangle around points.
    pub fn around(points: &[(f32, f32)]) -> Option<Self> {
        let (first, rest) = points.split_first()?;
        let start = Self { left: first.0, right: first.0, bottom: first.1, top: first.1 };
        Some(rest.iter().fold(start, |so_far, (x, y)| Self {
            left: so_far.left.min(*x),
            right: so_far.right.max(*x),
            bottom: so_far.bottom.min(*y),
            top: so_far.top.max(*y),
        }))
    }

    /// A rectangle by its left bottom corner and its sides, which may be less than nothing.
    pub fn of(left: f32, bottom: f32, width: f32, height: f32) -> Self {
        let (right, top) = (left + width, bottom + height);
        Self { left: left.min(right), right: left.max(right), bottom: bottom.min(top), top: bottom.max(top) }
    }

    /// What it has in common with another.
    #[must_use]
    pub fn clip(self, other: Self) -> Self {
        Self {
            left: self.left.max(other.left),
            right: self.right.min(other.right),
            bottom: self.bottom.max(other.bottom),
            top: self.top.min(other.top),
        }
    }

    /// Whether another lies within it.
    pub fn holds(self, other: Self) -> bool {
        other.left >= self.left
            && other.right <= self.right
            && other.bottom >= self.bottom
            && other.top <= self.top
    }

    /// Its corners, one after the other.
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

/// The six numbers of a transformation, as a PDF has them and pdfium's `FS_MATRIX`.
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
    /// Nothing is moved.
    pub const NONE: Self = Self { a: 1.0, b: 0.0, c: 0.0, d: 1.0, e: 0.0, f: 0.0 };

    /// Everything is moved by so much.
    pub fn moving(x: f32, y: f32) -> Self {
        Self { e: x, f: y, ..Self::NONE }
    }

    /// This transformation first, then another.
    #[must_use]
    pub fn within(self, outer: Self) -> Self {
        Self {
            a: self.a * outer.a + self.b * outer.c,
            b: self.a * outer.b + self.b * outer.d,
            c: self.c * outer.a + self.d * outer.c,
            d: self.c * outer.b + self.d * outer.d,
            e: self.e * outer.a + self.f * outer.c + outer.e,
            f: self.e * outer.b + self.f * outer.d + outer.f,
        }
    }

    /// Where a point comes to stand.
    pub fn apply(self, (x, y): (f32, f32)) -> (f32, f32) {
        (self.a * x + self.c * y + self.e, self.b * x + self.d * y + self.f)
    }

    /// The rectangle around what becomes of a rectangle.
    pub fn surround(self, rect: Rect) -> Rect {
        Rect::around(&rect.corners().map(|corner| self.apply(corner))).unwrap_or(rect)
    }

    /// How much longer a line becomes, about.
    pub fn scale(self) -> f32 {
        (self.a * self.d - self.b * self.c).abs().sqrt()
    }
}
