//! Agenda items.

use async_graphql::{Context, ID, Object, Result};
use raadhuis_schema::{self as schema, Kind, Relation};
use raadhuis_store::Direction;

use super::{
    connection::{PageOf, Paging, cost, relation},
    held::{Held, Provenance},
    loader::one,
    node::Node,
    scalar::When,
};
use crate::link::shown;

/// One point of an agenda (agendapunt).
#[Object(name = "AgendaItem")]
impl Held<schema::AgendaItem> {
    /// Its permanent id.
    pub async fn id(&self) -> ID {
        ID(self.it.id.to_string())
    }

    /// Whose.
    async fn authority(&self, context: &Context<'_>) -> Result<Option<Held<schema::Authority>>> {
        one(context, self.it.authority.any()).await
    }

    /// The meeting on whose agenda it stands, however deep.
    async fn meeting(&self, context: &Context<'_>) -> Result<Option<Held<schema::Meeting>>> {
        one(context, self.it.meeting.any()).await
    }

    /// The meeting, or the agenda item it is part of.
    async fn parent(&self, context: &Context<'_>) -> Result<Option<Node>> {
        one(context, &self.it.parent).await
    }

    /// The items below it, in order.
    #[graphql(complexity = "cost(first.or(last), child_complexity)")]
    async fn children(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "How many, at most 100; 20 when not given.")] first: Option<i32>,
        #[graphql(desc = "Behind this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100, in place of first.")] last: Option<i32>,
        #[graphql(desc = "Before this cursor.")] before: Option<String>,
    ) -> Result<PageOf<Held<schema::AgendaItem>>> {
        let id = self.it.id.any();
        relation(
            context,
            id,
            Relation::Parent,
            Direction::Backward,
            vec![Kind::AgendaItem],
            Paging { first, after, last, before },
        )
        .await
    }

    /// Its place among its siblings, from 0.
    async fn position(&self) -> u32 {
        self.it.position
    }

    /// The number printed before it ("4.1").
    async fn number(&self) -> Option<&str> {
        self.it.number.as_deref()
    }

    /// Its title as published.
    async fn title(&self) -> Option<&str> {
        self.it.title.as_deref()
    }

    /// Its explanation, as plain text.
    async fn description(&self) -> Option<&str> {
        self.it.description.as_deref()
    }

    /// Whether it only heads what follows.
    async fn heading(&self) -> bool {
        self.it.heading
    }

    /// When its treatment was planned to begin.
    async fn start(&self) -> Option<When> {
        self.it.start.map(When)
    }

    /// When its treatment was planned to end.
    async fn end(&self) -> Option<When> {
        self.it.end.map(When)
    }

    /// Where it begins in the recording, in seconds.
    async fn starts_at_second(&self) -> Option<u32> {
        self.it.starts_at_second
    }

    /// Where it ends in the recording, in seconds.
    async fn ends_at_second(&self) -> Option<u32> {
        self.it.ends_at_second
    }

    /// Its place on the public page at the supplier.
    async fn page(&self) -> Option<&str> {
        shown(self.it.page.as_ref())
    }

    /// Its documents.
    #[graphql(complexity = "cost(first.or(last), child_complexity)")]
    async fn documents(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "How many, at most 100; 20 when not given.")] first: Option<i32>,
        #[graphql(desc = "Behind this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100, in place of first.")] last: Option<i32>,
        #[graphql(desc = "Before this cursor.")] before: Option<String>,
    ) -> Result<PageOf<Held<schema::Document>>> {
        relation(
            context,
            self.it.id.any(),
            Relation::Document,
            Direction::Forward,
            vec![],
            Paging { first, after, last, before },
        )
        .await
    }

    /// Motions and register entries that the agenda names here.
    #[graphql(complexity = "cost(first.or(last), child_complexity)")]
    async fn entries(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "How many, at most 100; 20 when not given.")] first: Option<i32>,
        #[graphql(desc = "Behind this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100, in place of first.")] last: Option<i32>,
        #[graphql(desc = "Before this cursor.")] before: Option<String>,
    ) -> Result<PageOf<Node>> {
        relation(
            context,
            self.it.id.any(),
            Relation::Entry,
            Direction::Forward,
            vec![],
            Paging { first, after, last, before },
        )
        .await
    }

    /// Motions that name this item in their register.
    #[graphql(complexity = "cost(first.or(last), child_complexity)")]
    async fn motions(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "How many, at most 100; 20 when not given.")] first: Option<i32>,
        #[graphql(desc = "Behind this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100, in place of first.")] last: Option<i32>,
        #[graphql(desc = "Before this cursor.")] before: Option<String>,
    ) -> Result<PageOf<Held<schema::Motion>>> {
        let id = self.it.id.any();
        relation(
            context,
            id,
            Relation::AgendaItem,
            Direction::Backward,
            vec![Kind::Motion],
            Paging { first, after, last, before },
        )
        .await
    }

    /// The votes that were taken under it (stemmingen).
    #[graphql(complexity = "cost(first.or(last), child_complexity)")]
    async fn vote_events(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "How many, at most 100; 20 when not given.")] first: Option<i32>,
        #[graphql(desc = "Behind this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100, in place of first.")] last: Option<i32>,
        #[graphql(desc = "Before this cursor.")] before: Option<String>,
    ) -> Result<PageOf<Held<schema::VoteEvent>>> {
        let id = self.it.id.any();
        relation(
            context,
            id,
            Relation::AgendaItem,
            Direction::Backward,
            vec![Kind::VoteEvent],
            Paging { first, after, last, before },
        )
        .await
    }

    /// Where it comes from, and when it was seen there.
    async fn provenance(&self) -> Provenance {
        self.origin(self.it.id.any())
    }
}
