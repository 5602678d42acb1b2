//! The past of a thing: when which of its fields changed.

use async_graphql::{Context, Enum, Result, SimpleObject};
use raadhuis_schema::{self as schema, EntityId};

use super::{connection::rows, loader, scalar::Moment};

/// One change of a thing. Former values are not kept, only what they amounted to.
#[derive(Clone, Debug, SimpleObject)]
pub struct Edit {
    /// Its place in the change log of the whole house.
    seq: i64,
    /// When we saw it.
    at: Moment,
    /// How it changed.
    action: EditAction,
    /// The names of the fields that changed, as they are called in exports; empty where it came or went.
    fields: Vec<String>,
    /// SHA-256 over the content after it, as hexadecimal digits; null where there was none, or none of it may be known.
    content_hash: Option<String>,
}

/// How a thing changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "schema::Action")]
pub enum EditAction {
    /// Seen for the first time.
    Created,
    /// Its content changed.
    Updated,
    /// It is gone: nothing names it any more.
    Withdrawn,
    /// It is gone because it is not public or was taken down.
    Erased,
    /// It came back.
    Revived,
}

/// The last changes of a thing, the newest first.
pub async fn history(context: &Context<'_>, id: &EntityId, first: Option<i32>) -> Result<Vec<Edit>> {
    let edits = loader::edits(context, id, rows(first)?).await?;
    let edit = |it: schema::Edit| Edit {
        seq: it.seq,
        at: Moment(it.at),
        action: it.action.into(),
        fields: it.fields,
        content_hash: it.hash.map(|hash| hash.to_string()),
    };
    Ok(edits.into_iter().map(edit).collect())
}
