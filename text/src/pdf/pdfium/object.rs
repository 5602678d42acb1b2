//! What objects of a page are and where they stand, as pdfium tells it.

/// A colour: red, green, blue and how opaque it is, up to 255 each.
pub type Colour = [u8; 4];

/// What an object of a page is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ObjectKind {
    /// Text, painted or not.
    Text {
        /// Whether it shows.
        is_painted: bool,
        /// Its colour, where it is a plain one.
        colour: Option<Colour>,
        /// Whether it lies in a layer that may be switched off.
        in_layer: bool,
    },
    /// A shape that is filled, or a wide line.
    Shape {
        /// Its colour, where it is a plain one.
        colour: Option<Colour>,
    },
    /// A picture.
    Picture,
}
