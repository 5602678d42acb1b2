//! What every handler knows.

use crate::{
    Library,
    graphql::{self, RaadhuisSchema},
};

/// What every handler knows.
#[derive(Clone)]
pub struct App {
    /// Where `/healthz` looks.
    pub library: Library,
    /// Where all else looks.
    pub schema: RaadhuisSchema,
}

impl App {
    /// Over a library.
    pub fn new(library: Library) -> Self {
        Self { schema: graphql::schema(library.clone()), library }
    }
}
