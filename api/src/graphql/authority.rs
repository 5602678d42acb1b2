//! Authorities and committees.

use std::sync::LazyLock;

use async_graphql::{Context, ID, Object, Result};
use jiff::Timestamp;
use raadhuis_schema::{self as schema, ContentHash, Entity, EntityId, Kind, Relation};
use raadhuis_store::{Direction, Filter, TermsOf};

use super::{
    cohesion::{self, Cohesion},
    connection::{PageOf, Paging, cost, list, relation},
    glossary::{self, GLOSSARY, GlossaryTerm},
    held::{FromStored, Held, Provenance},
    loader::{available, document_count, lines, one, several},
    scalar::{AuthorityKind, CommitteeKind, Day, Moment, When},
};
use crate::Library;
use crate::link::shown;

/// What it costs to add up the votes of a council.
pub const VOTING: usize = 10_000;

/// A public body with an elected council (overheid): a municipality, province or water authority.
#[Object(name = "Authority")]
impl Held<schema::Authority> {
    /// Its permanent id.
    pub async fn id(&self) -> ID {
        ID(self.it.id.to_string())
    }

    /// Its name, without "gemeente" or "provincie" before it.
    async fn name(&self) -> &str {
        &self.it.name
    }

    /// Which sort of body.
    async fn kind(&self) -> AuthorityKind {
        self.it.kind.into()
    }

    /// Its CBS or TOOI code, such as GM0518.
    async fn code(&self) -> &str {
        &self.it.code
    }

    /// The province in which it lies.
    async fn province(&self) -> Option<&str> {
        self.it.province.as_deref()
    }

    /// Where the public looks at its papers at the supplier.
    async fn page(&self) -> Option<&str> {
        shown(self.it.page.as_ref())
    }

    /// When it came to be, where that is known (begindatum).
    async fn founded(&self) -> Option<When> {
        self.it.founded.map(When)
    }

    /// How many seats its council has (zetels).
    async fn seats(&self) -> Option<u32> {
        self.it.seats
    }

    /// Out of what it came (voorgangers).
    #[graphql(complexity = "10 + 10 * child_complexity")]
    async fn predecessors(&self, context: &Context<'_>) -> Result<Vec<Held<schema::Authority>>> {
        let ids: Vec<_> = self.it.predecessors.iter().map(|id| id.any().clone()).collect();
        Ok(several(context, &ids).await?.into_iter().filter_map(FromStored::from_stored).collect())
    }

    /// The last day of its existence, once it is no more.
    async fn dissolved(&self) -> Option<When> {
        self.it.dissolved.map(When)
    }

    /// Into what it went (opvolgers).
    #[graphql(complexity = "10 + 10 * child_complexity")]
    async fn successors(&self, context: &Context<'_>) -> Result<Vec<Held<schema::Authority>>> {
        let ids: Vec<_> = self.it.successors.iter().map(|id| id.any().clone()).collect();
        Ok(several(context, &ids).await?.into_iter().filter_map(FromStored::from_stored).collect())
    }

    /// Its meetings (vergaderingen), newest first.
    #[graphql(complexity = "cost(first.or(last), child_complexity)")]
    async fn meetings(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Not before this day.")] from: Option<Day>,
        #[graphql(desc = "Not after this day.")] until: Option<Day>,
        #[graphql(desc = "How many, at most 100; 20 when not given.")] first: Option<i32>,
        #[graphql(desc = "Behind this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100, in place of first.")] last: Option<i32>,
        #[graphql(desc = "Before this cursor.")] before: Option<String>,
    ) -> Result<PageOf<Held<schema::Meeting>>> {
        let filter = Filter {
            from: from.map(|day| day.0),
            until: until.map(|day| day.0),
            ..of(&self.it.id, Kind::Meeting)
        };
        list(context, &filter, true, Paging { first, after, last, before }).await
    }

    /// Its committees (gremia), by name.
    #[graphql(complexity = "cost(first.or(last), child_complexity)")]
    async fn committees(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "How many, at most 100; 20 when not given.")] first: Option<i32>,
        #[graphql(desc = "Behind this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100, in place of first.")] last: Option<i32>,
        #[graphql(desc = "Before this cursor.")] before: Option<String>,
    ) -> Result<PageOf<Held<schema::Committee>>> {
        list(context, &of(&self.it.id, Kind::Committee), false, Paging { first, after, last, before }).await
    }

    /// The parties in its council (fracties), by name.
    #[graphql(complexity = "cost(first.or(last), child_complexity)")]
    async fn parties(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "How many, at most 100; 20 when not given.")] first: Option<i32>,
        #[graphql(desc = "Behind this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100, in place of first.")] last: Option<i32>,
        #[graphql(desc = "Before this cursor.")] before: Option<String>,
    ) -> Result<PageOf<Held<schema::Party>>> {
        list(context, &of(&self.it.id, Kind::Party), false, Paging { first, after, last, before }).await
    }

    /// Its office-holders, by name.
    #[graphql(complexity = "cost(first.or(last), child_complexity)")]
    async fn persons(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "How many, at most 100; 20 when not given.")] first: Option<i32>,
        #[graphql(desc = "Behind this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100, in place of first.")] last: Option<i32>,
        #[graphql(desc = "Before this cursor.")] before: Option<String>,
    ) -> Result<PageOf<Held<schema::Person>>> {
        list(context, &of(&self.it.id, Kind::Person), false, Paging { first, after, last, before }).await
    }

    /// Its motions and amendments, newest first.
    #[graphql(complexity = "cost(first.or(last), child_complexity)")]
    async fn motions(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "How many, at most 100; 20 when not given.")] first: Option<i32>,
        #[graphql(desc = "Behind this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100, in place of first.")] last: Option<i32>,
        #[graphql(desc = "Before this cursor.")] before: Option<String>,
    ) -> Result<PageOf<Held<schema::Motion>>> {
        list(context, &of(&self.it.id, Kind::Motion), true, Paging { first, after, last, before }).await
    }

    /// The proposals to its council (raadsvoorstellen), newest first.
    #[graphql(complexity = "cost(first.or(last), child_complexity)")]
    async fn proposals(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "How many, at most 100; 20 when not given.")] first: Option<i32>,
        #[graphql(desc = "Behind this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100, in place of first.")] last: Option<i32>,
        #[graphql(desc = "Before this cursor.")] before: Option<String>,
    ) -> Result<PageOf<Held<schema::Proposal>>> {
        list(context, &of(&self.it.id, Kind::Proposal), true, Paging { first, after, last, before }).await
    }

    /// The decisions of its council (besluiten), newest first.
    #[graphql(complexity = "cost(first.or(last), child_complexity)")]
    async fn decisions(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "How many, at most 100; 20 when not given.")] first: Option<i32>,
        #[graphql(desc = "Behind this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100, in place of first.")] last: Option<i32>,
        #[graphql(desc = "Before this cursor.")] before: Option<String>,
    ) -> Result<PageOf<Held<schema::Decision>>> {
        list(context, &of(&self.it.id, Kind::Decision), true, Paging { first, after, last, before }).await
    }

    /// The commitments to its council (toezeggingen), newest first.
    #[graphql(complexity = "cost(first.or(last), child_complexity)")]
    async fn commitments(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "How many, at most 100; 20 when not given.")] first: Option<i32>,
        #[graphql(desc = "Behind this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100, in place of first.")] last: Option<i32>,
        #[graphql(desc = "Before this cursor.")] before: Option<String>,
    ) -> Result<PageOf<Held<schema::Commitment>>> {
        list(context, &of(&self.it.id, Kind::Commitment), true, Paging { first, after, last, before }).await
    }

    /// The questions in writing (schriftelijke vragen), newest first.
    #[graphql(complexity = "cost(first.or(last), child_complexity)")]
    async fn written_questions(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "How many, at most 100; 20 when not given.")] first: Option<i32>,
        #[graphql(desc = "Behind this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100, in place of first.")] last: Option<i32>,
        #[graphql(desc = "Before this cursor.")] before: Option<String>,
    ) -> Result<PageOf<Held<schema::WrittenQuestion>>> {
        list(context, &of(&self.it.id, Kind::WrittenQuestion), true, Paging { first, after, last, before })
            .await
    }

    /// The recordings of its meetings (opnames), newest first.
    #[graphql(complexity = "cost(first.or(last), child_complexity)")]
    async fn recordings(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "How many, at most 100; 20 when not given.")] first: Option<i32>,
        #[graphql(desc = "Behind this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100, in place of first.")] last: Option<i32>,
        #[graphql(desc = "Before this cursor.")] before: Option<String>,
    ) -> Result<PageOf<Held<schema::Recording>>> {
        list(context, &of(&self.it.id, Kind::Recording), true, Paging { first, after, last, before }).await
    }

    /// The other entries of its registers (ingekomen stukken and so on), newest first.
    #[graphql(complexity = "cost(first.or(last), child_complexity)")]
    async fn register_entries(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "How many, at most 100; 20 when not given.")] first: Option<i32>,
        #[graphql(desc = "Behind this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100, in place of first.")] last: Option<i32>,
        #[graphql(desc = "Before this cursor.")] before: Option<String>,
    ) -> Result<PageOf<Held<schema::RegisterEntry>>> {
        list(context, &of(&self.it.id, Kind::RegisterEntry), true, Paging { first, after, last, before })
            .await
    }

    /// Whether meetings or papers of it are held. What is not available may become so.
    #[graphql(complexity = "20")]
    async fn available(&self, context: &Context<'_>) -> Result<bool> {
        Ok(available(context).await?.contains(self.it.id.any()))
    }

    /// When one of its sources was last harvested with success.
    #[graphql(complexity = "20")]
    async fn last_harvest(&self, context: &Context<'_>) -> Result<Option<Moment>> {
        let lines = lines(context).await?;
        let own = lines.of_authority(&context.data::<Library>()?.directory, &self.it);
        Ok(own.filter_map(|line| line.succeeded).max().map(Moment))
    }

    /// How many of its documents are held.
    #[graphql(complexity = "20")]
    async fn document_count(&self, context: &Context<'_>) -> Result<u64> {
        document_count(context, self.it.id.any()).await
    }

    /// How the members of each party in its council voted, by the name of the party.
    #[graphql(complexity = "VOTING + 10 * child_complexity")]
    async fn voting(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Not before this day.")] from: Option<Day>,
        #[graphql(desc = "Not after this day.")] until: Option<Day>,
    ) -> Result<Vec<Cohesion>> {
        let days = (from.map(|day| day.0), until.map(|day| day.0));
        cohesion::parties(context, self.it.id.any(), days).await
    }

    /// The abbreviations that its documents explain, by short form; of each those that are explained most often first.
    #[graphql(complexity = "GLOSSARY + 10 * child_complexity")]
    async fn glossary(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Only this abbreviation, as written.")] short: Option<String>,
        #[graphql(desc = "How many, at most 100; 20 when not given.")] first: Option<i32>,
    ) -> Result<Vec<GlossaryTerm>> {
        glossary::of(context, TermsOf::Authority(self.it.id.any().clone()), short, first).await
    }

    /// Where it comes from, and when it was seen there; of an authority of which nothing was harvested the catalogue.
    async fn provenance(&self) -> Provenance {
        self.origin(self.it.id.any())
    }
}

/// Since when this program knows what the catalogue says.
static READ: LazyLock<Timestamp> = LazyLock::new(Timestamp::now);

impl Held<schema::Authority> {
    /// An authority as the directory knows it, of which nothing was harvested.
    pub fn of_directory(it: &schema::Authority) -> Self {
        let hash = ContentHash::of(&Entity::Authority(it.clone()).to_json()).to_string();
        let from = schema::Provenance { source: "catalogue".to_owned(), first_seen: *READ, harvested: *READ };
        Self { it: it.clone(), from, hash }
    }
}

/// A body within an authority that meets (gremium).
#[Object(name = "Committee")]
impl Held<schema::Committee> {
    /// Its permanent id.
    pub async fn id(&self) -> ID {
        ID(self.it.id.to_string())
    }

    /// Its authority.
    async fn authority(&self, context: &Context<'_>) -> Result<Option<Held<schema::Authority>>> {
        one(context, self.it.authority.any()).await
    }

    /// Its name.
    async fn name(&self) -> Option<&str> {
        self.it.name.as_deref()
    }

    /// What sort of body, where that can be told.
    async fn kind(&self) -> Option<CommitteeKind> {
        self.it.kind.map(Into::into)
    }

    /// What it says of itself.
    async fn description(&self) -> Option<&str> {
        self.it.description.as_deref()
    }

    /// The abbreviations that the documents of its meetings explain, by short form.
    #[graphql(complexity = "GLOSSARY + 10 * child_complexity")]
    async fn glossary(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Only this abbreviation, as written.")] short: Option<String>,
        #[graphql(desc = "How many, at most 100; 20 when not given.")] first: Option<i32>,
    ) -> Result<Vec<GlossaryTerm>> {
        glossary::of(context, TermsOf::Committee(self.it.id.any().clone()), short, first).await
    }

    /// Its meetings, oldest first.
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
            Relation::Committee,
            Direction::Backward,
            vec![Kind::Meeting],
            Paging { first, after, last, before },
        )
        .await
    }

    /// Where it comes from, and when it was seen there.
    async fn provenance(&self) -> Provenance {
        self.origin(self.it.id.any())
    }
}

fn of(authority: &schema::Id<schema::Authority>, kind: Kind) -> Filter {
    let authorities: Vec<EntityId> = vec![authority.any().clone()];
    Filter { kinds: vec![kind], authorities, ..Filter::default() }
}
