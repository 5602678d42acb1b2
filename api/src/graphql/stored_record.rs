//! A stored entity of a statically known kind, on which every GraphQL object is defined.

use raadhuis_schema::{Entity, Provenance};
use raadhuis_store::Stored;

/// A stored entity of type `T` with its provenance.
#[derive(Clone, Debug)]
pub struct StoredRecord<T> {
    pub entity: T,
    pub provenance: Provenance,
    pub hash: String,
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
