//! Votes.

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use raadhuis_schema::{self as schema, Kind, Relation};
use raadhuis_store::Direction;

use super::{
    connection::{PageOf, Paging, cost, relation},
    held::{Held, Provenance},
    loader::one,
    node::Node,
    register::Named,
    scalar::{Choice, Outcome, When},
};

/// One vote of a council about one thing (stemming).
#[Object(name = "VoteEvent")]
impl Held<schema::VoteEvent> {
    /// Its permanent id.
    pub async fn id(&self) -> ID {
        ID(self.it.id.to_string())
    }

    /// In whose council.
    async fn authority(&self, context: &Context<'_>) -> Result<Option<Held<schema::Authority>>> {
        one(context, self.it.authority.any()).await
    }

    /// The meeting in which it was taken.
    async fn meeting(&self, context: &Context<'_>) -> Result<Option<Held<schema::Meeting>>> {
        let Some(meeting) = &self.it.meeting else { return Ok(None) };
        one(context, meeting.any()).await
    }

    /// The motion, amendment or proposal that was voted about.
    async fn about(&self, context: &Context<'_>) -> Result<Option<Node>> {
        let Some(about) = &self.it.about else { return Ok(None) };
        one(context, about).await
    }

    /// When it was taken, where that was published with it.
    async fn date(&self) -> Option<When> {
        self.it.date.map(When)
    }

    /// The agenda item under which the vote was taken.
    async fn agenda_item(&self, context: &Context<'_>) -> Result<Option<Held<schema::AgendaItem>>> {
        let Some(item) = &self.it.agenda_item else { return Ok(None) };
        one(context, item.any()).await
    }

    /// What the vote was about, as published.
    async fn title(&self) -> Option<&str> {
        self.it.title.as_deref()
    }

    /// What the supplier calls the thing voted about.
    async fn type_words(&self) -> Option<&str> {
        self.it.type_words.as_deref()
    }

    /// The result.
    async fn outcome(&self) -> Option<Outcome> {
        self.it.outcome.map(Into::into)
    }

    /// The result in the supplier's words.
    async fn outcome_words(&self) -> Option<&str> {
        self.it.outcome_words.as_deref()
    }

    /// The counts over the individual votes; absent when none were published.
    async fn tally(&self) -> Option<Tally> {
        self.it.tally.map(Tally::of)
    }

    /// The counts as the supplier states them, where it does.
    async fn stated(&self) -> Option<Tally> {
        self.it.stated.map(Tally::of)
    }

    /// Whether the votes that were cast add up to what the supplier states; null where it states nothing.
    async fn reconciles(&self) -> Option<bool> {
        Some(self.it.tally?.reconciles_with(self.it.stated?))
    }

    /// The individual votes: by name where a public page names them, else by anonymous role.
    #[graphql(complexity = "cost(first.or(last), child_complexity)")]
    async fn votes(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "How many, at most 100; 20 when not given.")] first: Option<i32>,
        #[graphql(desc = "Behind this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100, in place of first.")] last: Option<i32>,
        #[graphql(desc = "Before this cursor.")] before: Option<String>,
    ) -> Result<PageOf<Held<schema::Vote>>> {
        let id = self.it.id.any();
        let paging = Paging { first, after, last, before };
        let of = |way, paging| relation(context, id, way, Direction::Backward, vec![Kind::Vote], paging);
        let (named, anonymous) =
            futures::try_join!(of(Relation::Parent, paging.clone()), of(Relation::Ballot, paging))?;
        Ok(if named.additional_fields.total_count > 0 { named } else { anonymous })
    }

    /// Where it comes from, and when it was seen there.
    async fn provenance(&self) -> Provenance {
        self.origin(self.it.id.any())
    }
}

/// The counts of a vote (stemverhouding).
#[derive(Clone, Copy, Debug, SimpleObject)]
pub struct Tally {
    /// Votes in favour.
    favour: u32,
    /// Votes against.
    against: u32,
    /// Abstentions and blank votes.
    abstain: u32,
    /// Members who were not there.
    absent: u32,
    /// Votes whose choice was published in words we do not know.
    unknown: u32,
}

impl Tally {
    fn of(tally: schema::Tally) -> Self {
        let schema::Tally { favour, against, abstain, absent, unknown } = tally;
        Self { favour, against, abstain, absent, unknown }
    }
}

/// What one member chose (stem), or one party where no more is published.
#[Object(name = "Vote")]
impl Held<schema::Vote> {
    /// Its permanent id.
    pub async fn id(&self) -> ID {
        ID(self.it.id.to_string())
    }

    /// The vote of which this is one.
    async fn event(&self, context: &Context<'_>) -> Result<Option<Held<schema::VoteEvent>>> {
        one(context, self.it.event.any()).await
    }

    /// The supplier's anonymous key of the voter, the same in every vote.
    async fn voter(&self) -> Option<&str> {
        self.it.voter.as_deref()
    }

    /// Who it was, where that is public.
    async fn person(&self, context: &Context<'_>) -> Result<Option<Held<schema::Person>>> {
        let Some(person) = &self.it.person else { return Ok(None) };
        one(context, person.any()).await
    }

    /// The member's name as published.
    async fn name(&self) -> Option<&str> {
        self.it.name.as_deref()
    }

    /// The party (fractie), whose vote this is when no member is named.
    async fn party(&self) -> Option<Named> {
        self.it.party.clone().map(Named)
    }

    /// The name under which the party is known, whatever its spelling here.
    async fn party_name(&self) -> Option<String> {
        Some(schema::party_name(self.it.party.as_ref()?.name.as_deref()?))
    }

    /// How many members of the party chose so, where this is the vote of a party.
    async fn members(&self) -> Option<u32> {
        self.it.members
    }

    /// The choice.
    async fn choice(&self) -> Choice {
        self.it.choice.into()
    }

    /// Where it comes from, and when it was seen there.
    async fn provenance(&self) -> Provenance {
        self.origin(self.it.id.any())
    }
}
