//! Descriptions of the types that the GraphQL library makes without any.

use async_graphql::SchemaBuilder;
use raadhuis_schema as schema;

use super::{
    connection::PageOf, coverage::CoverageObject, document::DocumentPage, ledger::GapObject, node::Node,
    search::SearchPage, stored_record::StoredRecord,
};

/// Adds descriptions to the connection types.
pub fn describe<Q, M, S>(mut builder: SchemaBuilder<Q, M, S>) -> SchemaBuilder<Q, M, S> {
    macro_rules! pages {
        ($($of:ty)*) => {
            $(builder = builder.override_output_type_description::<PageOf<$of>>(
                "A page of a list, with the whole number of rows and how to go on (Relay).",
            );)*
        };
    }
    pages! {
        StoredRecord<schema::AgendaItem> StoredRecord<schema::Authority> StoredRecord<schema::Chapter> StoredRecord<schema::Commitment>
        StoredRecord<schema::Committee> StoredRecord<schema::Decision> StoredRecord<schema::Document> StoredRecord<schema::Meeting>
        StoredRecord<schema::Membership> StoredRecord<schema::Motion> StoredRecord<schema::Party> StoredRecord<schema::Person>
        StoredRecord<schema::Proposal> StoredRecord<schema::Recording> StoredRecord<schema::RegisterEntry>
        StoredRecord<schema::TranscriptSegment> StoredRecord<schema::Vote> StoredRecord<schema::VoteEvent>
        StoredRecord<schema::WrittenQuestion> CoverageObject GapObject Node DocumentPage
    }
    builder.override_output_type_description::<SearchPage>(
        "A page of results, with what is known of the search as a whole.",
    )
}
