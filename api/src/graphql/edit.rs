//! The history of an entity: its changes and the changed fields.

use async_graphql::{Context, Enum, Result, SimpleObject};
use raadhuis_schema::{self as schema, EntityId};

use super::{connection::row_count, loader, scalar::Moment};

/// One change of an entity. Former values are not kept; only the names of the changed fields are.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(name = "Edit")]
pub struct EditObject {
    /// The position of this change in the change log of the whole service.
    seq: i64,
    /// The moment at which we saw the change.
    at: Moment,
    /// The sort of change to the entity.
    action: EditAction,
    /// The names of the changed fields, as exports name them; empty when the entity appeared or disappeared.
    fields: Vec<String>,
    /// The SHA-256 of the content after the change, in hexadecimal digits; null when there was no content, or none may be known.
    content_hash: Option<String>,
}

/// The sort of change of an entity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "schema::Action")]
pub enum EditAction {
    /// The entity was seen for the first time.
    Created,
    /// The content of the entity changed.
    Updated,
    /// The entity is gone: nothing names it any more.
    Withdrawn,
    /// The entity is gone, because it is not public or was taken down.
    Erased,
    /// The entity came back after it had gone.
    Revived,
}

pub async fn load_history(
    context: &Context<'_>,
    id: &EntityId,
    first: Option<i32>,
) -> Result<Vec<EditObject>> {
    let edits = loader::load_edits(context, id, row_count(first)?).await?;
    Ok(edits.into_iter().map(EditObject::new).collect())
}

impl EditObject {
    fn new(edit: schema::Edit) -> Self {
        Self {
            seq: edit.seq,
            at: Moment(edit.at),
            action: edit.action.into(),
            fields: edit.fields,
            content_hash: edit.hash.map(|hash| hash.to_string()),
        }
    }
}
