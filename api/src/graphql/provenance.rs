//! The source of a record, with the history of its changes.

use async_graphql::{ComplexObject, Context, Result, SimpleObject};
use raadhuis_schema::EntityId;

use super::{
    connection::cost,
    edit::{EditObject, load_history},
    scalar::Moment,
    stored_record::StoredRecord,
};

/// The source of a record, and when it was harvested there.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(name = "Provenance", complex)]
pub struct ProvenanceObject {
    #[graphql(skip)]
    id: EntityId,
    /// The name of the source in our catalogue.
    pub source: String,
    /// The moment at which we first saw the entity.
    pub first_seen: Moment,
    /// The moment at which an answer of the supplier last named the entity.
    pub harvested: Moment,
    /// The SHA-256 of the content, in hexadecimal digits; it stays the same until the content changes.
    pub content_hash: String,
}

#[ComplexObject]
impl ProvenanceObject {
    /// The last changes of the entity, newest first, with the fields that changed.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn history(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The number of rows, at most 100; 20 when not given.")] first: Option<i32>,
    ) -> Result<Vec<EditObject>> {
        load_history(context, &self.id, first).await
    }
}

impl<T> StoredRecord<T> {
    /// The provenance of the entity with this id.
    pub fn provenance_of(&self, id: &EntityId) -> ProvenanceObject {
        ProvenanceObject {
            id: id.clone(),
            source: self.provenance.source.clone(),
            first_seen: Moment(self.provenance.first_seen),
            harvested: Moment(self.provenance.harvested),
            content_hash: self.hash.clone(),
        }
    }
}
