//! A stored entity of a statically known kind, on which every GraphQL object is defined.

use async_graphql::{ComplexObject, Context, Result, SimpleObject};
use raadhuis_schema::{Entity, EntityId, Provenance};
use raadhuis_store::Stored;

use super::{
    connection::cost,
    edit::{EditObject, load_history},
    scalar::Moment,
};

/// A stored entity of type `T` with its provenance.
#[derive(Clone, Debug)]
pub struct StoredRecord<T> {
    pub entity: T,
    pub provenance: Provenance,
    pub hash: String,
}

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

/// Conversion from the sum of all kinds to one of them.
pub trait FromStored: Sized {
    /// Returns `None` when the entity is of another kind.
    fn from_stored(stored: Stored) -> Option<Self>;
}

macro_rules! from_stored {
    ($($kind:ident)*) => {
        $(impl FromStored for StoredRecord<raadhuis_schema::$kind> {
            fn from_stored(stored: Stored) -> Option<Self> {
                match stored.entity {
                    Entity::$kind(entity) => {
                        Some(Self { entity, provenance: stored.provenance, hash: stored.hash.to_string() })
                    }
                    _ => None,
                }
            }
        })*
    };
}

from_stored! {
    Authority Committee Meeting AgendaItem Document DocumentText Person Party Membership Motion Proposal
    Decision Commitment WrittenQuestion RegisterEntry VoteEvent Vote Recording Chapter TranscriptSegment
}
