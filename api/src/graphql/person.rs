//! Office-holders, parties and functions.

use async_graphql::{Context, ID, Object, OutputType, Result};
use raadhuis_schema::{self as schema, EntityId, Kind, Relation};
use raadhuis_store::Direction;

use super::{
    authority::VOTING,
    cohesion::{self, Cohesion},
    connection::{PageOf, Paging, cost, relation},
    held::{FromStored, Held, Provenance},
    loader::one,
    scalar::{Day, When},
};

/// An office-holder (ambtsdrager: raadslid, Statenlid, wethouder). Namesakes at two authorities are two persons.
#[Object(name = "Person")]
impl Held<schema::Person> {
    /// Its permanent id.
    pub async fn id(&self) -> ID {
        ID(self.it.id.to_string())
    }

    /// Where the office is held.
    async fn authority(&self, context: &Context<'_>) -> Result<Option<Held<schema::Authority>>> {
        one(context, self.it.authority.any()).await
    }

    /// First and last name.
    async fn name(&self) -> Option<&str> {
        self.it.name.as_deref()
    }

    /// The functions, past ones included.
    #[graphql(complexity = "cost(first.or(last), child_complexity)")]
    async fn memberships(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "How many, at most 100; 20 when not given.")] first: Option<i32>,
        #[graphql(desc = "Behind this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100, in place of first.")] last: Option<i32>,
        #[graphql(desc = "Before this cursor.")] before: Option<String>,
    ) -> Result<PageOf<Held<schema::Membership>>> {
        let id = self.it.id.any();
        relation(
            context,
            id,
            Relation::Person,
            Direction::Backward,
            vec![Kind::Membership],
            Paging { first, after, last, before },
        )
        .await
    }

    /// The motions and amendments this person put forward or signed.
    #[graphql(complexity = "cost(first.or(last), child_complexity)")]
    async fn motions(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "How many, at most 100; 20 when not given.")] first: Option<i32>,
        #[graphql(desc = "Behind this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100, in place of first.")] last: Option<i32>,
        #[graphql(desc = "Before this cursor.")] before: Option<String>,
    ) -> Result<PageOf<Held<schema::Motion>>> {
        proposed(context, self.it.id.any(), Kind::Motion, Paging { first, after, last, before }).await
    }

    /// The written questions that this person asked.
    #[graphql(complexity = "cost(first.or(last), child_complexity)")]
    async fn written_questions(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "How many, at most 100; 20 when not given.")] first: Option<i32>,
        #[graphql(desc = "Behind this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100, in place of first.")] last: Option<i32>,
        #[graphql(desc = "Before this cursor.")] before: Option<String>,
    ) -> Result<PageOf<Held<schema::WrittenQuestion>>> {
        proposed(context, self.it.id.any(), Kind::WrittenQuestion, Paging { first, after, last, before })
            .await
    }

    /// How this person voted, where a public page says it.
    #[graphql(complexity = "cost(first.or(last), child_complexity)")]
    async fn votes(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "How many, at most 100; 20 when not given.")] first: Option<i32>,
        #[graphql(desc = "Behind this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100, in place of first.")] last: Option<i32>,
        #[graphql(desc = "Before this cursor.")] before: Option<String>,
    ) -> Result<PageOf<Held<schema::Vote>>> {
        let (id, kinds) = (self.it.id.any(), vec![Kind::Vote]);
        let paging = Paging { first, after, last, before };
        relation(context, id, Relation::Person, Direction::Backward, kinds, paging).await
    }

    /// Where it comes from, and when it was seen there.
    async fn provenance(&self) -> Provenance {
        self.origin(self.it.id.any())
    }
}

/// A party as it sits in one council (fractie).
#[Object(name = "Party")]
impl Held<schema::Party> {
    /// Its permanent id.
    pub async fn id(&self) -> ID {
        ID(self.it.id.to_string())
    }

    /// In whose council.
    async fn authority(&self, context: &Context<'_>) -> Result<Option<Held<schema::Authority>>> {
        one(context, self.it.authority.any()).await
    }

    /// Its name as published.
    async fn name(&self) -> Option<&str> {
        self.it.name.as_deref()
    }

    /// The name under which it is known, whatever its spelling here.
    async fn party_name(&self) -> Option<String> {
        self.it.name.as_deref().map(schema::party_name)
    }

    /// How its members voted.
    #[graphql(complexity = "VOTING + child_complexity")]
    async fn cohesion(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Not before this day.")] from: Option<Day>,
        #[graphql(desc = "Not after this day.")] until: Option<Day>,
    ) -> Result<Option<Cohesion>> {
        let Some(name) = &self.it.name else { return Ok(None) };
        let days = (from.map(|day| day.0), until.map(|day| day.0));
        cohesion::party(context, self.it.authority.any(), name, days).await.map(Some)
    }

    /// How many seats it has (zetels).
    async fn seats(&self) -> Option<u32> {
        self.it.seats
    }

    /// The motions and amendments it put forward.
    #[graphql(complexity = "cost(first.or(last), child_complexity)")]
    async fn motions(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "How many, at most 100; 20 when not given.")] first: Option<i32>,
        #[graphql(desc = "Behind this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100, in place of first.")] last: Option<i32>,
        #[graphql(desc = "Before this cursor.")] before: Option<String>,
    ) -> Result<PageOf<Held<schema::Motion>>> {
        proposed(context, self.it.id.any(), Kind::Motion, Paging { first, after, last, before }).await
    }

    /// The written questions that its members asked.
    #[graphql(complexity = "cost(first.or(last), child_complexity)")]
    async fn written_questions(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "How many, at most 100; 20 when not given.")] first: Option<i32>,
        #[graphql(desc = "Behind this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100, in place of first.")] last: Option<i32>,
        #[graphql(desc = "Before this cursor.")] before: Option<String>,
    ) -> Result<PageOf<Held<schema::WrittenQuestion>>> {
        proposed(context, self.it.id.any(), Kind::WrittenQuestion, Paging { first, after, last, before })
            .await
    }

    /// Where it comes from, and when it was seen there.
    async fn provenance(&self) -> Provenance {
        self.origin(self.it.id.any())
    }
}

/// A person in a function (functie), for a party.
#[Object(name = "Membership")]
impl Held<schema::Membership> {
    /// Its permanent id.
    pub async fn id(&self) -> ID {
        ID(self.it.id.to_string())
    }

    /// Who.
    async fn person(&self, context: &Context<'_>) -> Result<Option<Held<schema::Person>>> {
        one(context, self.it.person.any()).await
    }

    /// The party's name as published with this function.
    async fn party(&self) -> Option<&str> {
        self.it.party.as_deref()
    }

    /// The function ("Raadslid").
    async fn role(&self) -> Option<&str> {
        self.it.role.as_deref()
    }

    /// Whether the supplier says it is current.
    async fn active(&self) -> Option<bool> {
        self.it.active.map(Into::into)
    }

    /// When it began, where that is known.
    async fn start(&self) -> Option<When> {
        self.it.start.map(When)
    }

    /// When it ended or will end, where that is known.
    async fn end(&self) -> Option<When> {
        self.it.end.map(When)
    }

    /// Where it comes from, and when it was seen there.
    async fn provenance(&self) -> Provenance {
        self.origin(self.it.id.any())
    }
}

/// What a person or a party put forward or asked.
async fn proposed<T: FromStored + OutputType>(
    context: &Context<'_>,
    proposer: &EntityId,
    kind: Kind,
    paging: Paging,
) -> Result<PageOf<T>> {
    relation(context, proposer, Relation::Proposer, Direction::Backward, vec![kind], paging).await
}
