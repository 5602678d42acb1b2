//! The GraphQL object of a meeting (vergadering).

use async_graphql::{Context, ID, Object, Result};
use raadhuis_paged::paged;
use raadhuis_schema::{self as schema, Kind, Relation};
use raadhuis_store::{Direction, TermsOf};

use super::{
    connection::{PageOf, Paging, cost, load_relation},
    glossary::{self, GLOSSARY, GlossaryTerm},
    loader::load_one,
    node::Node,
    provenance::ProvenanceObject,
    scalar::{MeetingStatusEnum, WhenScalar},
    stored_record::StoredRecord,
};
use crate::link::filter_address;

/// A meeting (vergadering), or a day with several meetings, which are then its `meetings`.
#[paged]
#[Object(name = "Meeting")]
impl StoredRecord<schema::Meeting> {
    /// The permanent id: opaque and safe in a URL.
    pub async fn id(&self) -> ID {
        ID(self.entity.id.to_string())
    }

    /// The public body (overheid) that holds the meeting.
    async fn authority(&self, context: &Context<'_>) -> Result<Option<StoredRecord<schema::Authority>>> {
        load_one(context, self.entity.authority.as_entity()).await
    }

    /// The committee (gremium) that meets; null when unknown.
    async fn committee(&self, context: &Context<'_>) -> Result<Option<StoredRecord<schema::Committee>>> {
        let Some(committee) = &self.entity.committee else { return Ok(None) };
        load_one(context, committee.as_entity()).await
    }

    /// The meeting day of which this is one meeting; null when it is not part of one.
    async fn parent(&self, context: &Context<'_>) -> Result<Option<StoredRecord<schema::Meeting>>> {
        let Some(parent) = &self.entity.parent else { return Ok(None) };
        load_one(context, parent.as_entity()).await
    }

    /// The meetings of this meeting day, in order of time.
    async fn meetings(
        &self,
        context: &Context<'_>,
        paging: Paging,
    ) -> Result<PageOf<StoredRecord<schema::Meeting>>> {
        let id = self.entity.id.as_entity();
        load_relation(context, id, Relation::Parent, Direction::Backward, vec![Kind::Meeting], paging).await
    }

    /// The title as published; null when the supplier gives none.
    async fn name(&self) -> Option<&str> {
        self.entity.name.as_deref()
    }

    /// The announced start; null when unknown.
    async fn start(&self) -> Option<WhenScalar> {
        self.entity.start.map(WhenScalar)
    }

    /// The announced end; null when unknown.
    async fn end(&self) -> Option<WhenScalar> {
        self.entity.end.map(WhenScalar)
    }

    /// The location as published; null when the supplier gives none.
    async fn location(&self) -> Option<&str> {
        self.entity.location.as_deref()
    }

    /// The invitation, as plain text; null when there is none.
    async fn description(&self) -> Option<&str> {
        self.entity.description.as_deref()
    }

    /// The status: confirmed, unconfirmed or cancelled; null when the supplier does not say.
    async fn status(&self) -> Option<MeetingStatusEnum> {
        self.entity.status.map(Into::into)
    }

    /// The address of the public page about the meeting at the supplier; null when there is none.
    async fn page(&self) -> Option<&str> {
        filter_address(self.entity.page.as_ref())
    }

    /// The agenda items at the top level (agendapunten), in order; deeper items are their `children`.
    async fn agenda(
        &self,
        context: &Context<'_>,
        paging: Paging,
    ) -> Result<PageOf<StoredRecord<schema::AgendaItem>>> {
        let id = self.entity.id.as_entity();
        load_relation(context, id, Relation::Parent, Direction::Backward, vec![Kind::AgendaItem], paging)
            .await
    }

    /// The documents attached to the meeting as a whole.
    async fn documents(
        &self,
        context: &Context<'_>,
        paging: Paging,
    ) -> Result<PageOf<StoredRecord<schema::Document>>> {
        load_relation(
            context,
            self.entity.id.as_entity(),
            Relation::Document,
            Direction::Forward,
            vec![],
            paging,
        )
        .await
    }

    /// The motions and register entries attached to the meeting as a whole.
    async fn entries(&self, context: &Context<'_>, paging: Paging) -> Result<PageOf<Node>> {
        load_relation(
            context,
            self.entity.id.as_entity(),
            Relation::Entry,
            Direction::Forward,
            vec![],
            paging,
        )
        .await
    }

    /// The recordings of the meeting (opnames).
    async fn recordings(
        &self,
        context: &Context<'_>,
        paging: Paging,
    ) -> Result<PageOf<StoredRecord<schema::Recording>>> {
        let (id, kinds) = (self.entity.id.as_entity(), vec![Kind::Recording]);
        load_relation(context, id, Relation::Meeting, Direction::Backward, kinds, paging).await
    }

    /// The abbreviations that its documents explain, including those of its agenda items, by short form.
    #[graphql(complexity = "GLOSSARY + 10 * child_complexity")]
    async fn glossary(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Only this abbreviation, spelled exactly so, such as BRP.")] short: Option<String>,
        #[graphql(desc = "The number of rows, at most 100; 20 when not given.")] first: Option<i32>,
    ) -> Result<Vec<GlossaryTerm>> {
        glossary::list_terms(context, TermsOf::Meeting(self.entity.id.as_entity().clone()), short, first)
            .await
    }

    /// The source of this record, and when it was harvested there.
    async fn provenance(&self) -> ProvenanceObject {
        self.provenance_of(self.entity.id.as_entity())
    }
}
