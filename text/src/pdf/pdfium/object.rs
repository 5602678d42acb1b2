//! The kinds of page objects that pdfium reports.

/// A colour: red, green, blue and alpha, up to 255 each.
pub type Colour = [u8; 4];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ObjectKind {
    Text {
        /// False for invisible text, such as an OCR layer.
        is_painted: bool,
        /// `None` for patterns.
        colour: Option<Colour>,
        /// True in a layer that viewers can switch off.
        in_layer: bool,
    },
    /// A filled shape, or a wide line.
    Shape {
        /// `None` for patterns.
        colour: Option<Colour>,
    },
    Picture,
}
