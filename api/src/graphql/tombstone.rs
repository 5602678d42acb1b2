//! Tombstones: the remains of entities that are gone.

use async_graphql::{Context, ID, Result, SimpleObject};
use raadhuis_schema::EntityId;

use super::{
    loader::internal_error,
    scalar::{GoneCause, Moment, TakedownReasonEnum},
};
use crate::Library;

/// The remains of an entity that is gone: none of its content.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(name = "Tombstone")]
pub struct TombstoneObject {
    /// The former id of the entity.
    id: ID,
    /// The kind of the entity, such as meeting or document.
    kind: String,
    /// The cause for which the entity is gone.
    cause: GoneCause,
    /// The reason for which we took the entity down; null when we did not, or when we took down what it belonged to.
    reason: Option<TakedownReasonEnum>,
    /// The moment since which the entity is gone.
    since: Moment,
}

/// Loads the tombstone of an entity; `None` when it lives or never existed.
pub async fn load_tombstone(context: &Context<'_>, id: &EntityId) -> Result<Option<TombstoneObject>> {
    let store = &context.data::<Library>()?.store;
    let found = store.tombstones(std::slice::from_ref(id)).await.map_err(|why| internal_error(&why))?;
    Ok(found.into_iter().next().map(|it| TombstoneObject {
        id: ID(it.id.to_string()),
        kind: it.id.kind().as_str().to_owned(),
        cause: it.gone.into(),
        reason: it.reason.map(Into::into),
        since: Moment(it.since),
    }))
}
