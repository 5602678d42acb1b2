//! The state that every handler of the router shares.

use std::sync::Arc;

use crate::{
    Library, Site,
    file::image::PagePainter,
    graphql::{self, RaadhuisSchema},
    middleware::bucket::Buckets,
};

/// The state that every handler of the router shares.
#[derive(Clone)]
pub struct App {
    pub library: Library,
    pub painter: PagePainter,
    pub schema: RaadhuisSchema,
    pub site: Arc<Site>,
    pub buckets: Arc<Buckets>,
}

impl App {
    pub fn new(library: Library, site: Site) -> Self {
        let painter = PagePainter::new(library.extractor.clone());
        let buckets = Arc::new(Buckets::default());
        let schema = graphql::build_schema(library.clone(), site.clone());
        Self { schema, painter, library, site: Arc::new(site), buckets }
    }
}
