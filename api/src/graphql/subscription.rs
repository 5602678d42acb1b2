//! Live changes, over a WebSocket (graphql-transport-ws) and as server-sent events.

use async_graphql::{Context, Enum, Error, Result, SimpleObject, Subscription};
use futures::{Stream, StreamExt};
use raadhuis_schema::Action;

use super::{
    node::Node,
    search::{filter::SearchFilter, parse_words},
    stored_record::FromStored,
};
use crate::{
    live::{ChangeBroadcast, Fresh},
    middleware::visitor::Visitor,
};

/// A change of an entity, sent as it happens.
#[derive(SimpleObject)]
pub struct LiveChange {
    /// The sort of change to the entity.
    action: LiveAction,
    /// The entity after the change.
    node: Node,
    /// The position in the change log; a client that was disconnected continues after it with the query `changes`.
    cursor: String,
}

/// The sort of a live change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum LiveAction {
    /// The entity was seen for the first time, or came back.
    Created,
    /// The entity changed; for a document also when its text changed.
    Updated,
}

pub struct SubscriptionRoot;

/// The changes that can be followed live. A subscriber that cannot keep up is disconnected with an error, and continues with the
/// query `changes`.
#[Subscription(name = "Subscription")]
impl SubscriptionRoot {
    /// The new and changed entities that pass the filter, within about a second of their commit.
    async fn changed(
        &self,
        context: &Context<'_>,
        #[graphql(
            desc = "The words that an entity must have, as in search, at most 4096 bytes; all entities when not given."
        )]
        query: Option<String>,
        #[graphql(desc = "The restrictions, as in search.")] filter: Option<SearchFilter>,
        #[graphql(desc = "True for new entities only.")] new_only: Option<bool>,
    ) -> Result<impl Stream<Item = Result<LiveChange>> + use<>> {
        let query = parse_words(query.as_deref().unwrap_or_default())?;
        let filter = filter.unwrap_or_default().for_engine()?;
        let new_only = new_only.unwrap_or(false);
        let who = context.data_opt::<Visitor>().map(|visitor| visitor.who.clone());
        let fresh = context.data::<ChangeBroadcast>()?.subscribe(who).await.map_err(Error::new)?;
        let passes = move |it: &Fresh| {
            (!new_only || it.action == Action::Created)
                && filter.holds(it.words.entry())
                && it.words.matches(&query)
        };
        Ok(fresh.filter_map(move |next| {
            let change = match next {
                Ok(it) if passes(&it) => Node::from_stored(it.stored.clone()).map(|node| {
                    Ok(LiveChange {
                        action: match it.action {
                            Action::Created | Action::Revived => LiveAction::Created,
                            _ => LiveAction::Updated,
                        },
                        node,
                        cursor: it.seq.to_string(),
                    })
                }),
                Ok(_) => None,
                Err(why) => Some(Err(Error::new(why))),
            };
            std::future::ready(change)
        }))
    }
}
