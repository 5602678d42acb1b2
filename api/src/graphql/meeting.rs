//! Meetings.

use async_graphql::{Context, ID, Object, Result};
use raadhuis_schema::{self as schema, Kind, Relation};
use raadhuis_store::{Direction, TermsOf};

use super::{
    connection::{PageOf, Paging, cost, relation},
    glossary::{self, GLOSSARY, GlossaryTerm},
    held::{Held, Provenance},
    loader::one,
    node::Node,
    scalar::{MeetingStatus, When},
};
use crate::link::shown;

/// A meeting (vergadering), or a day of meetings that are its children.
#[Object(name = "Meeting")]
impl Held<schema::Meeting> {
    /// Its permanent id.
    pub async fn id(&self) -> ID {
        ID(self.it.id.to_string())
    }

    /// Whose meeting.
    async fn authority(&self, context: &Context<'_>) -> Result<Option<Held<schema::Authority>>> {
        one(context, self.it.authority.any()).await
    }

    /// The committee that meets.
    async fn committee(&self, context: &Context<'_>) -> Result<Option<Held<schema::Committee>>> {
        let Some(committee) = &self.it.committee else { return Ok(None) };
        one(context, committee.any()).await
    }

    /// The day of meetings of which this is one.
    async fn parent(&self, context: &Context<'_>) -> Result<Option<Held<schema::Meeting>>> {
        let Some(parent) = &self.it.parent else { return Ok(None) };
        one(context, parent.any()).await
    }

    /// The meetings of this day of meetings, in order of time.
    #[graphql(complexity = "cost(first.or(last), child_complexity)")]
    async fn meetings(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "How many, at most 100; 20 when not given.")] first: Option<i32>,
        #[graphql(desc = "Behind this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100, in place of first.")] last: Option<i32>,
        #[graphql(desc = "Before this cursor.")] before: Option<String>,
    ) -> Result<PageOf<Held<schema::Meeting>>> {
        let id = self.it.id.any();
        relation(
            context,
            id,
            Relation::Parent,
            Direction::Backward,
            vec![Kind::Meeting],
            Paging { first, after, last, before },
        )
        .await
    }

    /// Its title as published.
    async fn name(&self) -> Option<&str> {
        self.it.name.as_deref()
    }

    /// When it begins, as announced.
    async fn start(&self) -> Option<When> {
        self.it.start.map(When)
    }

    /// When it ends, as announced.
    async fn end(&self) -> Option<When> {
        self.it.end.map(When)
    }

    /// Where.
    async fn location(&self) -> Option<&str> {
        self.it.location.as_deref()
    }

    /// The invitation, as plain text.
    async fn description(&self) -> Option<&str> {
        self.it.description.as_deref()
    }

    /// Whether it goes on.
    async fn status(&self) -> Option<MeetingStatus> {
        self.it.status.map(Into::into)
    }

    /// The public page at the supplier.
    async fn page(&self) -> Option<&str> {
        shown(self.it.page.as_ref())
    }

    /// Its agenda: the items at the top, in order. Those below them are their `children`.
    #[graphql(complexity = "cost(first.or(last), child_complexity)")]
    async fn agenda(
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

    /// Documents of the meeting as a whole.
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

    /// Motions and register entries of the meeting as a whole.
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

    /// The recordings of it (opnames).
    #[graphql(complexity = "cost(first.or(last), child_complexity)")]
    async fn recordings(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "How many, at most 100; 20 when not given.")] first: Option<i32>,
        #[graphql(desc = "Behind this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100, in place of first.")] last: Option<i32>,
        #[graphql(desc = "Before this cursor.")] before: Option<String>,
    ) -> Result<PageOf<Held<schema::Recording>>> {
        let (id, kinds) = (self.it.id.any(), vec![Kind::Recording]);
        relation(
            context,
            id,
            Relation::Meeting,
            Direction::Backward,
            kinds,
            Paging { first, after, last, before },
        )
        .await
    }

    /// The abbreviations that its documents explain, those on its agenda included, by short form.
    #[graphql(complexity = "GLOSSARY + 10 * child_complexity")]
    async fn glossary(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Only this abbreviation, as written.")] short: Option<String>,
        #[graphql(desc = "How many, at most 100; 20 when not given.")] first: Option<i32>,
    ) -> Result<Vec<GlossaryTerm>> {
        glossary::of(context, TermsOf::Meeting(self.it.id.any().clone()), short, first).await
    }

    /// Where it comes from, and when it was seen there.
    async fn provenance(&self) -> Provenance {
        self.origin(self.it.id.any())
    }
}
