//! Office-holders, parties and functions.

use async_graphql::{Context, ID, Object, OutputType, Result};
use raadhuis_paged::paged;
use raadhuis_schema::{self as schema, EntityId, Kind, Relation};
use raadhuis_store::Direction;

use super::{
    authority::VOTING,
    cohesion::{self, CohesionObject},
    connection::{PageOf, Paging, cost, load_relation},
    loader::load_one,
    provenance::ProvenanceObject,
    scalar::{Day, WhenScalar},
    stored_record::{FromStored, StoredRecord},
};

/// An office-holder (ambtsdrager: raadslid, Statenlid, wethouder). Namesakes at two public bodies are two persons.
#[paged]
#[Object(name = "Person")]
impl StoredRecord<schema::Person> {
    /// The permanent id: opaque and safe in a URL.
    pub async fn id(&self) -> ID {
        ID(self.entity.id.to_string())
    }

    /// The public body (overheid) in which the person holds office.
    async fn authority(&self, context: &Context<'_>) -> Result<Option<StoredRecord<schema::Authority>>> {
        load_one(context, self.entity.authority.as_entity()).await
    }

    /// The first and last name; null when not published.
    async fn name(&self) -> Option<&str> {
        self.entity.name.as_deref()
    }

    /// The functions of the person (functies), past ones included.
    async fn memberships(
        &self,
        context: &Context<'_>,
        paging: Paging,
    ) -> Result<PageOf<StoredRecord<schema::Membership>>> {
        let id = self.entity.id.as_entity();
        load_relation(context, id, Relation::Person, Direction::Backward, vec![Kind::Membership], paging)
            .await
    }

    /// The motions and amendments that this person put forward or signed.
    async fn motions(
        &self,
        context: &Context<'_>,
        paging: Paging,
    ) -> Result<PageOf<StoredRecord<schema::Motion>>> {
        proposed(context, self.entity.id.as_entity(), Kind::Motion, paging).await
    }

    /// The written questions that this person asked (schriftelijke vragen).
    async fn written_questions(
        &self,
        context: &Context<'_>,
        paging: Paging,
    ) -> Result<PageOf<StoredRecord<schema::WrittenQuestion>>> {
        proposed(context, self.entity.id.as_entity(), Kind::WrittenQuestion, paging).await
    }

    /// The votes of this person that a public page names (stemmen).
    async fn votes(
        &self,
        context: &Context<'_>,
        paging: Paging,
    ) -> Result<PageOf<StoredRecord<schema::Vote>>> {
        let (id, kinds) = (self.entity.id.as_entity(), vec![Kind::Vote]);
        load_relation(context, id, Relation::Person, Direction::Backward, kinds, paging).await
    }

    /// The source of this record, and when it was harvested there.
    async fn provenance(&self) -> ProvenanceObject {
        self.provenance_of(self.entity.id.as_entity())
    }
}

/// A party as it sits in one council (fractie).
#[paged]
#[Object(name = "Party")]
impl StoredRecord<schema::Party> {
    /// The permanent id: opaque and safe in a URL.
    pub async fn id(&self) -> ID {
        ID(self.entity.id.to_string())
    }

    /// The public body (overheid) in whose council the party sits.
    async fn authority(&self, context: &Context<'_>) -> Result<Option<StoredRecord<schema::Authority>>> {
        load_one(context, self.entity.authority.as_entity()).await
    }

    /// The name as published; null when the supplier gives none.
    async fn name(&self) -> Option<&str> {
        self.entity.name.as_deref()
    }

    /// The standard name of the party, whatever its spelling here; null without a name.
    async fn party_name(&self) -> Option<String> {
        self.entity.name.as_deref().map(schema::party_name)
    }

    /// The voting record of its members; null when the party has no name.
    #[graphql(complexity = "VOTING + child_complexity")]
    async fn cohesion(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The first day that counts, inclusive.")] from: Option<Day>,
        #[graphql(desc = "The last day that counts, inclusive.")] until: Option<Day>,
    ) -> Result<Option<CohesionObject>> {
        let Some(name) = &self.entity.name else { return Ok(None) };
        let (from, until) = (from.map(|day| day.0), until.map(|day| day.0));
        cohesion::party_record(context, self.entity.authority.as_entity(), name, from, until).await.map(Some)
    }

    /// The number of its seats (zetels); null when unknown.
    async fn seats(&self) -> Option<u32> {
        self.entity.seats
    }

    /// The motions and amendments that the party put forward.
    async fn motions(
        &self,
        context: &Context<'_>,
        paging: Paging,
    ) -> Result<PageOf<StoredRecord<schema::Motion>>> {
        proposed(context, self.entity.id.as_entity(), Kind::Motion, paging).await
    }

    /// The written questions that its members asked (schriftelijke vragen).
    async fn written_questions(
        &self,
        context: &Context<'_>,
        paging: Paging,
    ) -> Result<PageOf<StoredRecord<schema::WrittenQuestion>>> {
        proposed(context, self.entity.id.as_entity(), Kind::WrittenQuestion, paging).await
    }

    /// The source of this record, and when it was harvested there.
    async fn provenance(&self) -> ProvenanceObject {
        self.provenance_of(self.entity.id.as_entity())
    }
}

/// A function of a person (functie), for a party.
#[Object(name = "Membership")]
impl StoredRecord<schema::Membership> {
    /// The permanent id: opaque and safe in a URL.
    pub async fn id(&self) -> ID {
        ID(self.entity.id.to_string())
    }

    /// The person who has the function.
    async fn person(&self, context: &Context<'_>) -> Result<Option<StoredRecord<schema::Person>>> {
        load_one(context, self.entity.person.as_entity()).await
    }

    /// The name of the party as published with this function; null when there is none.
    async fn party(&self) -> Option<&str> {
        self.entity.party.as_deref()
    }

    /// The name of the function, such as "Raadslid"; null when not published.
    async fn role(&self) -> Option<&str> {
        self.entity.role.as_deref()
    }

    /// True when the supplier marks the function as current; null when it does not say.
    async fn active(&self) -> Option<bool> {
        self.entity.active.map(Into::into)
    }

    /// The start of the function; null when unknown.
    async fn start(&self) -> Option<WhenScalar> {
        self.entity.start.map(WhenScalar)
    }

    /// The end of the function, in the past or the future; null when unknown.
    async fn end(&self) -> Option<WhenScalar> {
        self.entity.end.map(WhenScalar)
    }

    /// The source of this record, and when it was harvested there.
    async fn provenance(&self) -> ProvenanceObject {
        self.provenance_of(self.entity.id.as_entity())
    }
}

/// Loads the motions or questions of a person or a party.
async fn proposed<T: FromStored + OutputType>(
    context: &Context<'_>,
    proposer: &EntityId,
    kind: Kind,
    paging: Paging,
) -> Result<PageOf<T>> {
    load_relation(context, proposer, Relation::Proposer, Direction::Backward, vec![kind], paging).await
}
