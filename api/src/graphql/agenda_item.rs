//! The GraphQL object of an agenda item (agendapunt).

use async_graphql::{Context, ID, Object, Result};
use raadhuis_paged::paged;
use raadhuis_schema::{self as schema, Kind, Relation};
use raadhuis_store::Direction;

use super::{
    connection::{PageOf, Paging, cost, load_relation},
    loader::load_one,
    node::Node,
    provenance::ProvenanceObject,
    scalar::WhenScalar,
    stored_record::StoredRecord,
};
use crate::link::filter_address;

/// An item on the agenda of a meeting (agendapunt).
#[paged]
#[Object(name = "AgendaItem")]
impl StoredRecord<schema::AgendaItem> {
    /// The permanent id: opaque and safe in a URL.
    pub async fn id(&self) -> ID {
        ID(self.entity.id.to_string())
    }

    /// The public body (overheid) that holds the meeting.
    async fn authority(&self, context: &Context<'_>) -> Result<Option<StoredRecord<schema::Authority>>> {
        load_one(context, self.entity.authority.as_entity()).await
    }

    /// The meeting (vergadering) on whose agenda the item is, at any depth.
    async fn meeting(&self, context: &Context<'_>) -> Result<Option<StoredRecord<schema::Meeting>>> {
        load_one(context, self.entity.meeting.as_entity()).await
    }

    /// The meeting, or the agenda item of which this is a part.
    async fn parent(&self, context: &Context<'_>) -> Result<Option<Node>> {
        load_one(context, &self.entity.parent).await
    }

    /// The agenda items directly below this one, in order.
    async fn children(
        &self,
        context: &Context<'_>,
        paging: Paging,
    ) -> Result<PageOf<StoredRecord<schema::AgendaItem>>> {
        let id = self.entity.id.as_entity();
        load_relation(context, id, Relation::Parent, Direction::Backward, vec![Kind::AgendaItem], paging)
            .await
    }

    /// The position among its siblings, from 0.
    async fn position(&self) -> u32 {
        self.entity.position
    }

    /// The number printed before the title, such as "4.1"; null when there is none.
    async fn number(&self) -> Option<&str> {
        self.entity.number.as_deref()
    }

    /// The title as published; null when the supplier gives none.
    async fn title(&self) -> Option<&str> {
        self.entity.title.as_deref()
    }

    /// The explanation, as plain text; null when there is none.
    async fn description(&self) -> Option<&str> {
        self.entity.description.as_deref()
    }

    /// True when the item is only a heading for the items after it.
    async fn heading(&self) -> bool {
        self.entity.heading
    }

    /// The planned start of the treatment; null when unknown.
    async fn start(&self) -> Option<WhenScalar> {
        self.entity.start.map(WhenScalar)
    }

    /// The planned end of the treatment; null when unknown.
    async fn end(&self) -> Option<WhenScalar> {
        self.entity.end.map(WhenScalar)
    }

    /// The start in the recording of the meeting, in seconds; null when unknown.
    async fn starts_at_second(&self) -> Option<u32> {
        self.entity.starts_at_second
    }

    /// The end in the recording of the meeting, in seconds; null when unknown.
    async fn ends_at_second(&self) -> Option<u32> {
        self.entity.ends_at_second
    }

    /// The address of the item on the public page at the supplier; null when there is none.
    async fn page(&self) -> Option<&str> {
        filter_address(self.entity.page.as_ref())
    }

    /// The documents attached to the item.
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

    /// The motions and register entries that the agenda names under this item.
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

    /// The motions whose register names this agenda item.
    async fn motions(
        &self,
        context: &Context<'_>,
        paging: Paging,
    ) -> Result<PageOf<StoredRecord<schema::Motion>>> {
        let id = self.entity.id.as_entity();
        load_relation(context, id, Relation::AgendaItem, Direction::Backward, vec![Kind::Motion], paging)
            .await
    }

    /// The votes taken under this item (stemmingen).
    async fn vote_events(
        &self,
        context: &Context<'_>,
        paging: Paging,
    ) -> Result<PageOf<StoredRecord<schema::VoteEvent>>> {
        let id = self.entity.id.as_entity();
        load_relation(context, id, Relation::AgendaItem, Direction::Backward, vec![Kind::VoteEvent], paging)
            .await
    }

    /// The source of this record, and when it was harvested there.
    async fn provenance(&self) -> ProvenanceObject {
        self.provenance_of(self.entity.id.as_entity())
    }
}
