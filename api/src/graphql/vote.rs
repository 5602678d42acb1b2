//! The GraphQL objects of votes (stemmingen).

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use raadhuis_paged::paged;
use raadhuis_schema::{self as schema, Kind, Relation};
use raadhuis_store::Direction;

use super::{
    connection::{PageOf, Paging, cost, load_relation},
    loader::load_one,
    node::Node,
    provenance::ProvenanceObject,
    register::NamedObject,
    scalar::{ChoiceEnum, OutcomeEnum, WhenScalar},
    stored_record::StoredRecord,
};

/// One vote of a council about one subject (stemming).
#[paged]
#[Object(name = "VoteEvent")]
impl StoredRecord<schema::VoteEvent> {
    /// The permanent id: opaque and safe in a URL.
    pub async fn id(&self) -> ID {
        ID(self.entity.id.to_string())
    }

    /// The public body (overheid) whose council voted.
    async fn authority(&self, context: &Context<'_>) -> Result<Option<StoredRecord<schema::Authority>>> {
        load_one(context, self.entity.authority.as_entity()).await
    }

    /// The meeting in which the vote was taken (vergadering); null when unknown.
    async fn meeting(&self, context: &Context<'_>) -> Result<Option<StoredRecord<schema::Meeting>>> {
        let Some(meeting) = &self.entity.meeting else { return Ok(None) };
        load_one(context, meeting.as_entity()).await
    }

    /// The motion, amendment or proposal that was voted on; null when unknown.
    async fn about(&self, context: &Context<'_>) -> Result<Option<Node>> {
        let Some(about) = &self.entity.about else { return Ok(None) };
        load_one(context, about).await
    }

    /// The moment at which the vote was taken; null when it was not published with the vote.
    async fn date(&self) -> Option<WhenScalar> {
        self.entity.date.map(WhenScalar)
    }

    /// The agenda item (agendapunt) under which the vote was taken; null when unknown.
    async fn agenda_item(&self, context: &Context<'_>) -> Result<Option<StoredRecord<schema::AgendaItem>>> {
        let Some(item) = &self.entity.agenda_item else { return Ok(None) };
        load_one(context, item.as_entity()).await
    }

    /// The subject of the vote, as published; null when none is given.
    async fn title(&self) -> Option<&str> {
        self.entity.title.as_deref()
    }

    /// The supplier's own word for the sort of subject; null when it gives none.
    async fn type_words(&self) -> Option<&str> {
        self.entity.type_words.as_deref()
    }

    /// The result of the vote (uitslag); null when unknown.
    async fn outcome(&self) -> Option<OutcomeEnum> {
        self.entity.outcome.map(Into::into)
    }

    /// The result in the supplier's own words; null when it gives none.
    async fn outcome_words(&self) -> Option<&str> {
        self.entity.outcome_words.as_deref()
    }

    /// The sum of the published individual votes; null when none were published.
    async fn tally(&self) -> Option<TallyObject> {
        self.entity.tally.map(TallyObject::new)
    }

    /// The counts that the supplier states; null when it states none.
    async fn stated(&self) -> Option<TallyObject> {
        self.entity.stated.map(TallyObject::new)
    }

    /// True when the individual votes add up to the stated counts; null when either is missing.
    async fn reconciles(&self) -> Option<bool> {
        Some(self.entity.tally?.reconciles_with(self.entity.stated?))
    }

    /// The individual votes: by name when a public page names the members, else by an anonymous key.
    async fn votes(
        &self,
        context: &Context<'_>,
        paging: Paging,
    ) -> Result<PageOf<StoredRecord<schema::Vote>>> {
        let id = self.entity.id.as_entity();
        let kinds = vec![Kind::Vote];
        let (named, anonymous): (PageOf<StoredRecord<schema::Vote>>, _) = futures::try_join!(
            load_relation(context, id, Relation::Parent, Direction::Backward, kinds.clone(), paging.clone()),
            load_relation(context, id, Relation::Ballot, Direction::Backward, kinds, paging),
        )?;
        Ok(if named.additional_fields.total_count > 0 { named } else { anonymous })
    }

    /// The source of this record, and when it was harvested there.
    async fn provenance(&self) -> ProvenanceObject {
        self.provenance_of(self.entity.id.as_entity())
    }
}

/// The counts of a vote (stemverhouding).
#[derive(Clone, Copy, Debug, SimpleObject)]
#[graphql(name = "Tally")]
pub struct TallyObject {
    /// The number of votes in favour (voor).
    favour: u32,
    /// The number of votes against (tegen).
    against: u32,
    /// The number of abstentions and blank votes (onthouden, blanco).
    abstain: u32,
    /// The number of absent members (afwezig).
    absent: u32,
    /// The number of votes whose choice was published in words we do not know.
    unknown: u32,
}

impl TallyObject {
    fn new(tally: schema::Tally) -> Self {
        let schema::Tally { favour, against, abstain, absent, unknown } = tally;
        Self { favour, against, abstain, absent, unknown }
    }
}

/// The choice of one member in a vote (stem), or of one party when members are not published.
#[Object(name = "Vote")]
impl StoredRecord<schema::Vote> {
    /// The permanent id: opaque and safe in a URL.
    pub async fn id(&self) -> ID {
        ID(self.entity.id.to_string())
    }

    /// The vote event of which this is one vote (stemming).
    async fn event(&self, context: &Context<'_>) -> Result<Option<StoredRecord<schema::VoteEvent>>> {
        load_one(context, self.entity.event.as_entity()).await
    }

    /// The supplier's anonymous key of the voter, the same in every vote; null when there is none.
    async fn voter(&self) -> Option<&str> {
        self.entity.voter.as_deref()
    }

    /// The member who voted; null when that is not public.
    async fn person(&self, context: &Context<'_>) -> Result<Option<StoredRecord<schema::Person>>> {
        let Some(person) = &self.entity.person else { return Ok(None) };
        load_one(context, person.as_entity()).await
    }

    /// The member's name as published; null when the vote is not by name.
    async fn name(&self) -> Option<&str> {
        self.entity.name.as_deref()
    }

    /// The party of the member (fractie), or the party that voted when no member is named; null when unknown.
    async fn party(&self) -> Option<NamedObject> {
        self.entity.party.clone().map(NamedObject)
    }

    /// The standard name of the party, whatever its spelling here; null without a party.
    async fn party_name(&self) -> Option<String> {
        Some(schema::party_name(self.entity.party.as_ref()?.name.as_deref()?))
    }

    /// The number of members of the party that made this choice; null unless this is the vote of a party.
    async fn members(&self) -> Option<u32> {
        self.entity.members
    }

    /// The choice that was made (stemkeuze).
    async fn choice(&self) -> ChoiceEnum {
        self.entity.choice.into()
    }

    /// The source of this record, and when it was harvested there.
    async fn provenance(&self) -> ProvenanceObject {
        self.provenance_of(self.entity.id.as_entity())
    }
}
