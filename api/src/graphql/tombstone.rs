//! What is said of what is gone.

use async_graphql::{Context, ID, Result, SimpleObject};
use raadhuis_schema::EntityId;

use super::{
    loader::hidden,
    scalar::{GoneCause, Moment, TakedownReason},
};
use crate::Library;

/// What is left of a thing that is gone: nothing of its content.
#[derive(Clone, Debug, SimpleObject)]
pub struct Tombstone {
    /// The id it had.
    id: ID,
    /// What it was.
    kind: String,
    /// How it went.
    cause: GoneCause,
    /// Why we took it down; null where we did not, or where we took down what it hung from.
    reason: Option<TakedownReason>,
    /// Since when it is gone.
    since: Moment,
}

/// The tombstone of a thing; none for what lives, and for what never was.
pub async fn tombstone(context: &Context<'_>, id: &EntityId) -> Result<Option<Tombstone>> {
    let store = &context.data::<Library>()?.store;
    let found = store.tombstones(std::slice::from_ref(id)).await.map_err(|why| hidden(&why))?;
    Ok(found.into_iter().next().map(|it| Tombstone {
        id: ID(it.id.to_string()),
        kind: it.id.kind().word().to_owned(),
        cause: it.gone.into(),
        reason: it.reason.map(Into::into),
        since: Moment(it.since),
    }))
}
