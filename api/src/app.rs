//! What every handler knows.

use crate::{
    Library,
    file::image::Painter,
    graphql::{self, RaadhuisSchema},
};

/// What every handler knows.
#[derive(Clone)]
pub struct App {
    /// Where `/healthz` looks.
    pub library: Library,
    /// What paints pages.
    pub painter: Painter,
    /// Where all else looks.
    pub schema: RaadhuisSchema,
}

impl App {
    /// Over a library.
    pub fn new(library: Library) -> Self {
        let painter = Painter::new(library.extractor.clone());
        Self { schema: graphql::schema(library.clone()), painter, library }
    }
}
