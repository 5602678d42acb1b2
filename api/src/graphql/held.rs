//! A stored entity of a kind that the compiler knows: what every object is made of.

use async_graphql::{ComplexObject, Context, Result, SimpleObject};
use raadhuis_schema::{Entity, EntityId, Provenance as Origin};
use raadhuis_store::Stored;

use super::{
    connection::cost,
    edit::{Edit, history},
    scalar::Moment,
};

/// A stored `T`.
#[derive(Clone, Debug)]
pub struct Held<T> {
    /// The entity.
    pub it: T,
    /// Where it comes from.
    pub from: Origin,
    /// The hash of its content.
    pub hash: String,
}

/// Where something comes from, and when it was seen there.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(complex)]
pub struct Provenance {
    /// Of what.
    #[graphql(skip)]
    id: EntityId,
    /// The name of the source in our catalogue.
    pub source: String,
    /// When it was first seen.
    pub first_seen: Moment,
    /// When an answer of the supplier last named it.
    pub harvested: Moment,
    /// SHA-256 over the content, as hexadecimal digits: the same as long as nothing changes.
    pub content_hash: String,
}

#[ComplexObject]
impl Provenance {
    /// Its last changes, the newest first: when which of its fields changed.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn history(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "How many, at most 100; 20 when not given.")] first: Option<i32>,
    ) -> Result<Vec<Edit>> {
        history(context, &self.id, first).await
    }
}

impl<T> Held<T> {
    /// What an object with this id says of where it comes from.
    pub fn origin(&self, id: &EntityId) -> Provenance {
        Provenance {
            id: id.clone(),
            source: self.from.source.clone(),
            first_seen: Moment(self.from.first_seen),
            harvested: Moment(self.from.harvested),
            content_hash: self.hash.clone(),
        }
    }
}

/// Out of the sum of all kinds.
pub trait FromStored: Sized {
    /// `None` when it is of another kind.
    fn from_stored(stored: Stored) -> Option<Self>;
}

macro_rules! from_stored {
    ($($kind:ident)*) => {
        $(impl FromStored for Held<raadhuis_schema::$kind> {
            fn from_stored(stored: Stored) -> Option<Self> {
                match stored.entity {
                    Entity::$kind(it) => {
                        Some(Self { it, from: stored.provenance, hash: stored.hash.to_string() })
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
