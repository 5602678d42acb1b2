//! Motions, amendments, and the other entries of registers.

use async_graphql::{Context, ID, Object, Result};
use raadhuis_schema::{self as schema, Relation};
use raadhuis_store::Direction;
use url::Url;

use super::{
    connection::{PageOf, cost, relation},
    held::{Held, Provenance},
    loader::one,
    node::Node,
    scalar::{MotionKind, Outcome, When},
};

/// A motion or an amendment (motie, amendement).
#[Object(name = "Motion")]
impl Held<schema::Motion> {
    /// Its permanent id.
    pub async fn id(&self) -> ID {
        ID(self.it.id.to_string())
    }

    /// In whose council.
    async fn authority(&self, context: &Context<'_>) -> Result<Option<Held<schema::Authority>>> {
        one(context, self.it.authority.any()).await
    }

    /// Motion or amendment.
    async fn kind(&self) -> Option<MotionKind> {
        self.it.kind.map(Into::into)
    }

    /// What the supplier calls this sort ("Motie vreemd").
    async fn type_words(&self) -> Option<&str> {
        self.it.type_words.as_deref()
    }

    /// Its title as published.
    async fn name(&self) -> Option<&str> {
        self.it.name.as_deref()
    }

    /// Its number in the register.
    async fn number(&self) -> Option<&str> {
        self.it.number.as_deref()
    }

    /// The day it was put forward or decided, whichever the register keeps.
    async fn date(&self) -> Option<When> {
        self.it.date.map(When)
    }

    /// What became of it.
    async fn outcome(&self) -> Option<Outcome> {
        self.it.outcome.map(Into::into)
    }

    /// What became of it, in the supplier's words.
    async fn outcome_words(&self) -> Option<&str> {
        self.it.outcome_words.as_deref()
    }

    /// Its dictum or explanation, as plain text.
    async fn explanation(&self) -> Option<&str> {
        self.it.explanation.as_deref()
    }

    /// What the register says of the vote, as plain text, never interpreted.
    async fn vote_summary(&self) -> Option<&str> {
        self.it.vote_summary.as_deref()
    }

    /// Who put it forward.
    async fn proposers(&self) -> Vec<Named> {
        self.it.proposers.iter().cloned().map(Named).collect()
    }

    /// Who signed with them.
    async fn co_proposers(&self) -> Vec<Named> {
        self.it.co_proposers.iter().cloned().map(Named).collect()
    }

    /// The parties that put it forward.
    async fn parties(&self) -> Vec<Named> {
        self.it.parties.iter().cloned().map(Named).collect()
    }

    /// The name of the register.
    async fn register(&self) -> Option<&str> {
        self.it.register.as_deref()
    }

    /// Where the supplier publishes it.
    async fn page(&self) -> Option<&str> {
        self.it.page.as_ref().map(Url::as_str)
    }

    /// The agenda items under which it was treated.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn agenda_items(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "How many, at most 100; 20 when not given.")] first: Option<i32>,
        #[graphql(desc = "Behind this cursor.")] after: Option<String>,
    ) -> Result<PageOf<Held<schema::AgendaItem>>> {
        relation(context, self.it.id.any(), Relation::AgendaItem, Direction::Forward, vec![], first, after)
            .await
    }

    /// Its documents, the main one first.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn documents(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "How many, at most 100; 20 when not given.")] first: Option<i32>,
        #[graphql(desc = "Behind this cursor.")] after: Option<String>,
    ) -> Result<PageOf<Held<schema::Document>>> {
        relation(context, self.it.id.any(), Relation::Document, Direction::Forward, vec![], first, after)
            .await
    }

    /// Where it comes from, and when it was seen there.
    async fn provenance(&self) -> Provenance {
        self.origin()
    }
}

/// A person or party as a register names them.
pub struct Named(schema::Named);

/// A person or party as a register names them: the words always, the object where the register gives an id.
#[Object(name = "Named")]
impl Named {
    /// The words.
    async fn name(&self) -> Option<&str> {
        self.0.name.as_deref()
    }

    /// The person or party.
    async fn node(&self, context: &Context<'_>) -> Result<Option<Node>> {
        let Some(id) = &self.0.id else { return Ok(None) };
        one(context, id).await
    }
}

/// An entry of a register that is neither motion nor amendment: an incoming letter, a commitment, a report.
#[Object(name = "RegisterEntry")]
impl Held<schema::RegisterEntry> {
    /// Its permanent id.
    pub async fn id(&self) -> ID {
        ID(self.it.id.to_string())
    }

    /// In whose register.
    async fn authority(&self, context: &Context<'_>) -> Result<Option<Held<schema::Authority>>> {
        one(context, self.it.authority.any()).await
    }

    /// The name of the register ("Ingekomen stukken").
    async fn register(&self) -> Option<&str> {
        self.it.register.as_deref()
    }

    /// What the supplier calls this sort of entry.
    async fn type_words(&self) -> Option<&str> {
        self.it.type_words.as_deref()
    }

    /// Its title as published.
    async fn title(&self) -> Option<&str> {
        self.it.title.as_deref()
    }

    /// Its number or reference.
    async fn number(&self) -> Option<&str> {
        self.it.number.as_deref()
    }

    /// The date the register keeps.
    async fn date(&self) -> Option<When> {
        self.it.date.map(When)
    }

    /// The date by which it was or will be dealt with.
    async fn settled(&self) -> Option<When> {
        self.it.settled.map(When)
    }

    /// Its explanation, as plain text.
    async fn description(&self) -> Option<&str> {
        self.it.description.as_deref()
    }

    /// How it stands, in the supplier's words.
    async fn status_words(&self) -> Option<&str> {
        self.it.status_words.as_deref()
    }

    /// Where the supplier publishes it.
    async fn page(&self) -> Option<&str> {
        self.it.page.as_ref().map(Url::as_str)
    }

    /// The agenda items under which it was treated.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn agenda_items(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "How many, at most 100; 20 when not given.")] first: Option<i32>,
        #[graphql(desc = "Behind this cursor.")] after: Option<String>,
    ) -> Result<PageOf<Held<schema::AgendaItem>>> {
        relation(context, self.it.id.any(), Relation::AgendaItem, Direction::Forward, vec![], first, after)
            .await
    }

    /// Its documents, the main one first.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn documents(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "How many, at most 100; 20 when not given.")] first: Option<i32>,
        #[graphql(desc = "Behind this cursor.")] after: Option<String>,
    ) -> Result<PageOf<Held<schema::Document>>> {
        relation(context, self.it.id.any(), Relation::Document, Direction::Forward, vec![], first, after)
            .await
    }

    /// Where it comes from, and when it was seen there.
    async fn provenance(&self) -> Provenance {
        self.origin()
    }
}
