//! The change feed, as in `/v1/changes`.

use async_graphql::{Context, Enum, Error, ID, Result, SimpleObject};
use raadhuis_store::{Latest, Narrowed, Thing};

use super::{
    connection::row_count, loader::internal_error, node::Node, scalar::Moment, stored_record::FromStored,
};
use crate::{
    Library,
    narrow::{authority, parse_kind},
    rest::line::name_reason,
};

/// A page of the change feed.
#[derive(Clone, Debug, SimpleObject)]
pub struct Changes {
    /// Entities in the order of their last change. Each comes once, and once more after each later change.
    rows: Vec<ChangeObject>,
    /// The position after the last entity examined; pass it as `after` to continue.
    cursor: String,
    /// True when more changes exist at this moment.
    has_more: bool,
}

/// The latest state of one entity in the change feed.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(name = "Change")]
pub struct ChangeObject {
    /// The position of this change in the feed.
    cursor: String,
    /// The action for a copy: replace the entity, or delete it.
    operation: Operation,
    /// The kind of the entity, such as meeting or document.
    kind: String,
    /// The permanent id of the entity.
    id: ID,
    /// The id of the public body (overheid) that published the entity.
    authority: ID,
    /// The moment of the last change.
    at: Moment,
    /// The class of reason for a deletion: withdrawn, withheld, privacy, copyright, court or taken-down; null unless the
    /// operation is DELETE.
    reason: Option<&'static str>,
    /// The entity itself; null when it is deleted.
    node: Option<Node>,
}

/// The action that keeps a copy up to date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum Operation {
    /// Insert the entity, or replace the copy of it.
    Upsert,
    /// Delete the copy of the entity.
    Delete,
}

impl ChangeObject {
    fn new(latest: Latest) -> Self {
        let (operation, id, reason, node) = match latest.thing {
            Thing::Living(stored) => {
                (Operation::Upsert, stored.entity.id().clone(), None, Node::from_stored(*stored))
            }
            Thing::Gone(tombstone) => {
                (Operation::Delete, tombstone.id.clone(), Some(name_reason(&tombstone)), None)
            }
        };
        Self {
            cursor: latest.seq.to_string(),
            operation,
            kind: id.kind().as_str().to_owned(),
            id: ID(id.to_string()),
            authority: ID(latest.authority.to_string()),
            at: Moment(latest.at),
            reason,
            node,
        }
    }
}

/// Lists the latest states after a cursor.
pub async fn list_changes(
    context: &Context<'_>,
    after: Option<String>,
    authorities: Option<Vec<ID>>,
    kinds: Option<Vec<String>>,
    first: Option<i32>,
) -> Result<Changes> {
    let after = after.as_deref().unwrap_or("0");
    let after: i64 = after
        .parse()
        .ok()
        .filter(|it| *it >= 0)
        .ok_or_else(|| Error::new(format!("after is {after:?}, which is no cursor of this feed")))?;
    let mut narrowed = Narrowed::default();
    for asked in authorities.unwrap_or_default() {
        let id = authority(&asked).map_err(|why| Error::new(format!("authorities: {why}")))?;
        narrowed.authorities.push(id);
    }
    for asked in kinds.unwrap_or_default() {
        narrowed.kinds.push(parse_kind(&asked).map_err(|why| Error::new(format!("kinds: {why}")))?);
    }
    let store = &context.data::<Library>()?.store;
    let feed =
        store.read_feed(after, &narrowed, row_count(first)?).await.map_err(|why| internal_error(&why))?;
    if after > feed.end {
        return Err(Error::new(
            "the cursor is ahead of the log: the store was put back to an earlier day; begin again",
        ));
    }
    Ok(Changes {
        rows: feed.rows.into_iter().map(ChangeObject::new).collect(),
        cursor: feed.cursor.to_string(),
        has_more: feed.more,
    })
}
