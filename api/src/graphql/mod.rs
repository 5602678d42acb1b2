//! The GraphQL schema, one file for each object.

use async_graphql::{Schema, SchemaBuilder};

use crate::{Library, Site};

mod agenda_item;
mod alert;
mod at_most;
mod authorities;
mod authority;
mod change;
mod code;
mod cohesion;
mod connection;
mod coverage;
mod descriptions;
mod document;
mod dossier;
mod edit;
mod execution;
mod glossary;
mod hint;
mod ledger;
pub mod limits;
mod lines;
mod loader;
mod meeting;
mod mutation;
mod node;
mod persisted;
mod person;
mod provenance;
mod province;
mod query;
mod query_cache;
mod recording;
mod register;
mod related;
mod report;
pub mod rights;
mod scalar;
mod search;
mod shape;
mod source;
mod stored_record;
mod subscription;
mod tombstone;
mod trend;
mod vote;

pub use execution::{CodedSchema, execute};
pub use lines::Lines;
use loader::Batcher;
use mutation::MutationRoot;
pub use query::QueryRoot;
use subscription::SubscriptionRoot;

pub type RaadhuisSchema = Schema<QueryRoot, MutationRoot, SubscriptionRoot>;

/// The maximum depth of a query. Introspection by the usual tools nests 13 deep.
pub const DEEPEST: usize = 24;

/// The maximum cost of a query; `connection.rs` defines what a list costs.
pub const MOST_COMPLEX: usize = 250_000;

/// The schema without data, from which the SDL is made.
fn schema_builder() -> SchemaBuilder<QueryRoot, MutationRoot, SubscriptionRoot> {
    let builder = Schema::build(QueryRoot, MutationRoot, SubscriptionRoot);
    descriptions::describe(builder)
}

pub fn build_schema(library: Library, site: Site) -> RaadhuisSchema {
    let batcher = Batcher::new(library.clone());
    schema_builder()
        .data(library.live.clone())
        .data(site)
        .data(library)
        .data(batcher)
        .limit_directives(10)
        .extension(limits::Limits::default())
        .finish()
}

/// The schema as SDL; `schema/schema.graphql` is a copy of it.
pub fn export_sdl() -> String {
    schema_builder()
        .finish()
        .sdl_with_options(async_graphql::SDLExportOptions::new().sorted_fields().sorted_enum_items())
}
