//! The GraphQL objects of recordings, with chapters and transcript.

use async_graphql::{Context, ID, Object, Result};
use raadhuis_paged::paged;
use raadhuis_schema::{self as schema, Kind, Relation};
use raadhuis_store::Direction;

use super::{
    connection::{PageOf, Paging, cost, load_relation},
    loader::load_one,
    provenance::ProvenanceObject,
    scalar::{MediaEnum, TranscriptKindEnum, WhenScalar},
    stored_record::StoredRecord,
};
use crate::link::filter_address;

/// The recording of a meeting (opname), as published by the supplier.
#[paged]
#[Object(name = "Recording")]
impl StoredRecord<schema::Recording> {
    /// The permanent id: opaque and safe in a URL.
    pub async fn id(&self) -> ID {
        ID(self.entity.id.to_string())
    }

    /// The public body (overheid) that held the meeting.
    async fn authority(&self, context: &Context<'_>) -> Result<Option<StoredRecord<schema::Authority>>> {
        load_one(context, self.entity.authority.as_entity()).await
    }

    /// The meeting that was recorded (vergadering).
    async fn meeting(&self, context: &Context<'_>) -> Result<Option<StoredRecord<schema::Meeting>>> {
        load_one(context, self.entity.meeting.as_entity()).await
    }

    /// The title as published; null when the supplier gives none.
    async fn name(&self) -> Option<&str> {
        self.entity.name.as_deref()
    }

    /// The kind of recording: picture with sound, or sound only; null when unknown.
    async fn media(&self) -> Option<MediaEnum> {
        self.entity.media.map(Into::into)
    }

    /// The name of the platform that hosts the recording.
    async fn platform(&self) -> &str {
        &self.entity.platform
    }

    /// The moment at which the recording began; null when unknown.
    async fn start(&self) -> Option<WhenScalar> {
        self.entity.start.map(WhenScalar)
    }

    /// The length of the recording, in seconds; null when unknown.
    async fn seconds(&self) -> Option<u32> {
        self.entity.seconds
    }

    /// The address of the page that plays the recording; null when there is none.
    async fn player(&self) -> Option<&str> {
        filter_address(self.entity.player.as_ref())
    }

    /// The address of the file itself; null when it has no permanent address.
    async fn file(&self) -> Option<&str> {
        filter_address(self.entity.file.as_ref())
    }

    /// The language of the transcript: nl (Dutch) or fy (Frisian); null when unknown.
    async fn language(&self) -> Option<&str> {
        self.entity.language.as_deref()
    }

    /// The way in which the transcript was made; null without a transcript.
    async fn transcript_kind(&self) -> Option<TranscriptKindEnum> {
        self.entity.transcript.map(Into::into)
    }

    /// The chapters of the recording, in the order of playing.
    async fn chapters(
        &self,
        context: &Context<'_>,
        paging: Paging,
    ) -> Result<PageOf<StoredRecord<schema::Chapter>>> {
        let (id, kinds) = (self.entity.id.as_entity(), vec![Kind::Chapter]);
        load_relation(context, id, Relation::Parent, Direction::Backward, kinds, paging).await
    }

    /// The transcript (ondertiteling), in the order of playing.
    async fn transcript(
        &self,
        context: &Context<'_>,
        paging: Paging,
    ) -> Result<PageOf<StoredRecord<schema::TranscriptSegment>>> {
        let (id, kinds) = (self.entity.id.as_entity(), vec![Kind::TranscriptSegment]);
        load_relation(context, id, Relation::Parent, Direction::Backward, kinds, paging).await
    }

    /// The source of this record, and when it was harvested there.
    async fn provenance(&self) -> ProvenanceObject {
        self.provenance_of(self.entity.id.as_entity())
    }
}

/// A part of a recording about one subject, or in which one person speaks (fragment).
#[Object(name = "Chapter")]
impl StoredRecord<schema::Chapter> {
    /// The permanent id: opaque and safe in a URL.
    pub async fn id(&self) -> ID {
        ID(self.entity.id.to_string())
    }

    /// The recording of which this is a part.
    async fn recording(&self, context: &Context<'_>) -> Result<Option<StoredRecord<schema::Recording>>> {
        load_one(context, self.entity.recording.as_entity()).await
    }

    /// The agenda item (agendapunt) that the chapter is about, which has the title; null when unknown.
    async fn agenda_item(&self, context: &Context<'_>) -> Result<Option<StoredRecord<schema::AgendaItem>>> {
        let Some(item) = &self.entity.agenda_item else { return Ok(None) };
        load_one(context, item.as_entity()).await
    }

    /// The subject of the chapter, when no agenda item gives one; else null.
    async fn title(&self) -> Option<&str> {
        self.entity.title.as_deref()
    }

    /// The name of the office-holder who speaks, as published; null when unknown.
    async fn speaker(&self) -> Option<&str> {
        self.entity.speaker.as_deref()
    }

    /// The start in the recording, in seconds.
    async fn starts_at(&self) -> u32 {
        self.entity.starts_at
    }

    /// The end in the recording, in seconds; null when unknown.
    async fn ends_at(&self) -> Option<u32> {
        self.entity.ends_at
    }

    /// The source of this record, and when it was harvested there.
    async fn provenance(&self) -> ProvenanceObject {
        self.provenance_of(self.entity.id.as_entity())
    }
}

/// Consecutive sentences of a transcript (ondertiteling), of two minutes or less together.
#[Object(name = "TranscriptSegment")]
impl StoredRecord<schema::TranscriptSegment> {
    /// The permanent id: opaque and safe in a URL.
    pub async fn id(&self) -> ID {
        ID(self.entity.id.to_string())
    }

    /// The recording of which this is a part.
    async fn recording(&self, context: &Context<'_>) -> Result<Option<StoredRecord<schema::Recording>>> {
        load_one(context, self.entity.recording.as_entity()).await
    }

    /// The start in the recording, in seconds.
    async fn starts_at(&self) -> u32 {
        self.entity.starts_at
    }

    /// The end in the recording, in seconds.
    async fn ends_at(&self) -> u32 {
        self.entity.ends_at
    }

    /// The words that were said.
    async fn text(&self) -> &str {
        &self.entity.text
    }

    /// The source of this record, and when it was harvested there.
    async fn provenance(&self) -> ProvenanceObject {
        self.provenance_of(self.entity.id.as_entity())
    }
}
