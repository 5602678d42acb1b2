//! The feed of everything, as `/v1/changes` has it.

use async_graphql::{Context, Enum, Error, ID, Result, SimpleObject};
use raadhuis_store::{Latest, Narrowed, Thing};

use super::{connection::rows, held::FromStored, loader::hidden, node::Node, scalar::Moment};
use crate::{
    Library,
    narrow::{authority, kind},
    rest::line::reason,
};

/// A page of the feed.
#[derive(Clone, Debug, SimpleObject)]
pub struct Changes {
    /// The things, in the order in which they came to stand as they do. Each comes once, and again whenever it changed again.
    rows: Vec<Change>,
    /// Behind which one goes on: all up to it was looked at.
    cursor: String,
    /// Whether there is more now.
    has_more: bool,
}

/// How a thing stands.
#[derive(Clone, Debug, SimpleObject)]
pub struct Change {
    /// Its place in the feed.
    cursor: String,
    /// Whether it is to be put in place of what one has of it, or deleted.
    operation: Operation,
    /// What it is.
    kind: String,
    /// Its id.
    id: ID,
    /// The id of its authority.
    authority: ID,
    /// When it came to stand so.
    at: Moment,
    /// Of what is deleted the class of the reason: withdrawn, withheld, privacy, copyright, court, taken-down.
    reason: Option<&'static str>,
    /// The thing; null when it is deleted.
    node: Option<Node>,
}

/// What to do with what one has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum Operation {
    /// Put it in place.
    Upsert,
    /// Delete it.
    Delete,
}

impl Change {
    fn of(latest: Latest) -> Self {
        let (operation, id, reason, node) = match latest.thing {
            Thing::Living(stored) => {
                (Operation::Upsert, stored.entity.id().clone(), None, Node::from_stored(*stored))
            }
            Thing::Gone(tombstone) => {
                (Operation::Delete, tombstone.id.clone(), Some(reason(&tombstone)), None)
            }
        };
        Self {
            cursor: latest.seq.to_string(),
            operation,
            kind: id.kind().word().to_owned(),
            id: ID(id.to_string()),
            authority: ID(latest.authority.to_string()),
            at: Moment(latest.at),
            reason,
            node,
        }
    }
}

/// What came to stand as it does behind a cursor.
pub async fn changes(
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
    let said = |argument: &'static str| move |why: String| Error::new(format!("{argument}: {why}"));
    for asked in authorities.unwrap_or_default() {
        narrowed.authorities.push(authority(&asked).map_err(said("authorities"))?);
    }
    for asked in kinds.unwrap_or_default() {
        narrowed.kinds.push(kind(&asked).map_err(said("kinds"))?);
    }
    let store = &context.data::<Library>()?.store;
    let feed = store.feed(after, &narrowed, rows(first)?).await.map_err(|why| hidden(&why))?;
    if after > feed.end {
        return Err(Error::new(
            "the cursor is ahead of the log: the store was put back to an earlier day; begin again",
        ));
    }
    Ok(Changes {
        rows: feed.rows.into_iter().map(Change::of).collect(),
        cursor: feed.cursor.to_string(),
        has_more: feed.more,
    })
}
