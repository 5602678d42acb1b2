//! What is new as it comes: over a WebSocket (graphql-transport-ws) and as server-sent events.

use async_graphql::{Context, Enum, Error, Result, SimpleObject, Subscription};
use futures::{Stream, StreamExt};
use raadhuis_schema::Action;

use super::{
    held::FromStored,
    node::Node,
    search::{filter::SearchFilter, parse_words},
};
use crate::{
    live::{Fresh, Live},
    manners::Visitor,
};

/// What came to stand otherwise, as it came.
#[derive(SimpleObject)]
pub struct LiveChange {
    /// How.
    action: LiveAction,
    /// How it stands now.
    node: Node,
    /// Its place in the change log: who was cut off goes on behind it with changes.
    cursor: String,
}

/// How something came to stand otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum LiveAction {
    /// It was seen for the first time, or came back.
    Created,
    /// It changed; of a document also its text.
    Updated,
}

/// Where every subscription begins.
pub struct Subscriptions;

/// What can be followed live. A subscriber that cannot keep up is cut off with an error, and goes on with changes.
#[Subscription(name = "Subscription")]
impl Subscriptions {
    /// What is new or changed and passes, within about a second of its commit.
    async fn changed(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Words it must have, as in search, at most 4096 bytes; everything when not given.")]
        query: Option<String>,
        #[graphql(desc = "Among which things, as in search.")] filter: Option<SearchFilter>,
        #[graphql(desc = "Only what is seen for the first time.")] new_only: Option<bool>,
    ) -> Result<impl Stream<Item = Result<LiveChange>> + use<>> {
        let query = parse_words(query.as_deref().unwrap_or_default())?;
        let filter = filter.unwrap_or_default().for_engine()?;
        let new_only = new_only.unwrap_or(false);
        let who = context.data_opt::<Visitor>().map(|visitor| visitor.who.clone());
        let fresh = context.data::<Live>()?.subscribe(who).await.map_err(Error::new)?;
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
