//! What can be asked, one file for each object.

use async_graphql::{Request, Response, Schema, SchemaBuilder};

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
mod document;
mod dossier;
mod edit;
mod glossary;
mod held;
mod hint;
mod known;
mod ledger;
pub mod limits;
mod lines;
mod loader;
mod meeting;
mod mutation;
mod node;
mod persisted;
mod person;
mod province;
mod query;
mod recording;
mod register;
mod related;
mod report;
pub mod rights;
mod scalar;
mod search;
mod shape;
mod source;
mod subscription;
mod tombstone;
mod trend;
mod vote;

pub use lines::Lines;
use loader::Gatherer;
use mutation::Mutation;
pub use query::Query;
use subscription::Subscriptions;

/// The schema.
pub type RaadhuisSchema = Schema<Query, Mutation, Subscriptions>;

/// How deep a query may nest. Introspection by the usual tools nests 13 deep.
pub const DEEPEST: usize = 24;

/// How much a query may cost; what counts how much stands in `connection.rs`.
pub const MOST_COMPLEX: usize = 250_000;

/// The schema before it knows a library.
fn described() -> SchemaBuilder<Query, Mutation, Subscriptions> {
    let builder = Schema::build(Query, Mutation, Subscriptions);
    connection::describe(builder)
}

/// The schema over a library.
pub fn schema(library: Library, site: Site) -> RaadhuisSchema {
    let gatherer = Gatherer::new(library.clone());
    described()
        .data(library.live.clone())
        .data(site)
        .data(library)
        .data(gatherer)
        .limit_depth(DEEPEST)
        .limit_complexity(MOST_COMPLEX)
        .limit_directives(10)
        .extension(limits::Limits::default())
        .finish()
}

/// Answers a request. Who names something that is not there is told what is.
pub async fn execute(schema: &RaadhuisSchema, request: Request, number: Option<&str>) -> Response {
    code::with_codes(hint::with_hints(schema.execute(request).await), number)
}

/// What a subscription sends, with codes and hints as any answer has.
pub fn coded(response: Response) -> Response {
    code::with_codes(hint::with_hints(response), None)
}

/// The schema in its own language, as it lies in `schema/schema.graphql`.
pub fn sdl() -> String {
    described()
        .finish()
        .sdl_with_options(async_graphql::SDLExportOptions::new().sorted_fields().sorted_enum_items())
}
