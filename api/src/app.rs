//! What every handler knows.

use std::sync::Arc;

use crate::{
    Library, Site,
    file::image::Painter,
    graphql::{self, RaadhuisSchema},
    manners::bucket::Buckets,
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
    /// What the operator says of this service.
    pub site: Arc<Site>,
    /// How much each visitor may ask.
    pub buckets: Arc<Buckets>,
}

impl App {
    /// Over a library.
    pub fn new(library: Library, site: Site) -> Self {
        let painter = Painter::new(library.extractor.clone());
        let buckets = Arc::new(Buckets::default());
        let schema = graphql::schema(library.clone(), site.clone());
        Self { schema, painter, library, site: Arc::new(site), buckets }
    }
}
