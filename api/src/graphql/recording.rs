//! Recordings of meetings, with chapters and transcript.

use async_graphql::{Context, ID, Object, Result};
use raadhuis_schema::{self as schema, Kind, Relation};
use raadhuis_store::Direction;

use super::{
    connection::{PageOf, Paging, cost, relation},
    held::{Held, Provenance},
    loader::one,
    scalar::{Media, TranscriptKind, When},
};
use crate::link::shown;

/// The recording of a meeting (opname), at the supplier.
#[Object(name = "Recording")]
impl Held<schema::Recording> {
    /// Its permanent id.
    pub async fn id(&self) -> ID {
        ID(self.it.id.to_string())
    }

    /// Whose meeting.
    async fn authority(&self, context: &Context<'_>) -> Result<Option<Held<schema::Authority>>> {
        one(context, self.it.authority.any()).await
    }

    /// The meeting that was recorded.
    async fn meeting(&self, context: &Context<'_>) -> Result<Option<Held<schema::Meeting>>> {
        one(context, self.it.meeting.any()).await
    }

    /// What it is called.
    async fn name(&self) -> Option<&str> {
        self.it.name.as_deref()
    }

    /// Sound or picture.
    async fn media(&self) -> Option<Media> {
        self.it.media.map(Into::into)
    }

    /// Where it is kept.
    async fn platform(&self) -> &str {
        &self.it.platform
    }

    /// When it began.
    async fn start(&self) -> Option<When> {
        self.it.start.map(When)
    }

    /// How long it is, in seconds.
    async fn seconds(&self) -> Option<u32> {
        self.it.seconds
    }

    /// Where a person can play it.
    async fn player(&self) -> Option<&str> {
        shown(self.it.player.as_ref())
    }

    /// The file, where its address is permanent.
    async fn file(&self) -> Option<&str> {
        shown(self.it.file.as_ref())
    }

    /// The language of the transcript: nl or fy.
    async fn language(&self) -> Option<&str> {
        self.it.language.as_deref()
    }

    /// How the transcript was made.
    async fn transcript_kind(&self) -> Option<TranscriptKind> {
        self.it.transcript.map(Into::into)
    }

    /// Its chapters, in the order of playing.
    #[graphql(complexity = "cost(first.or(last), child_complexity)")]
    async fn chapters(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "How many, at most 100; 20 when not given.")] first: Option<i32>,
        #[graphql(desc = "Behind this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100, in place of first.")] last: Option<i32>,
        #[graphql(desc = "Before this cursor.")] before: Option<String>,
    ) -> Result<PageOf<Held<schema::Chapter>>> {
        let (id, kinds) = (self.it.id.any(), vec![Kind::Chapter]);
        relation(
            context,
            id,
            Relation::Parent,
            Direction::Backward,
            kinds,
            Paging { first, after, last, before },
        )
        .await
    }

    /// What was said, in the order of playing.
    #[graphql(complexity = "cost(first.or(last), child_complexity)")]
    async fn transcript(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "How many, at most 100; 20 when not given.")] first: Option<i32>,
        #[graphql(desc = "Behind this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100, in place of first.")] last: Option<i32>,
        #[graphql(desc = "Before this cursor.")] before: Option<String>,
    ) -> Result<PageOf<Held<schema::TranscriptSegment>>> {
        let (id, kinds) = (self.it.id.any(), vec![Kind::TranscriptSegment]);
        relation(
            context,
            id,
            Relation::Parent,
            Direction::Backward,
            kinds,
            Paging { first, after, last, before },
        )
        .await
    }

    /// Where it comes from, and when it was seen there.
    async fn provenance(&self) -> Provenance {
        self.origin(self.it.id.any())
    }
}

/// A stretch of a recording about one thing, or in which one person speaks (fragment).
#[Object(name = "Chapter")]
impl Held<schema::Chapter> {
    /// Its permanent id.
    pub async fn id(&self) -> ID {
        ID(self.it.id.to_string())
    }

    /// The recording.
    async fn recording(&self, context: &Context<'_>) -> Result<Option<Held<schema::Recording>>> {
        one(context, self.it.recording.any()).await
    }

    /// The agenda item it is about, which has the title.
    async fn agenda_item(&self, context: &Context<'_>) -> Result<Option<Held<schema::AgendaItem>>> {
        let Some(item) = &self.it.agenda_item else { return Ok(None) };
        one(context, item.any()).await
    }

    /// What it is about, where no agenda item says so.
    async fn title(&self) -> Option<&str> {
        self.it.title.as_deref()
    }

    /// The office-holder who speaks, as published.
    async fn speaker(&self) -> Option<&str> {
        self.it.speaker.as_deref()
    }

    /// Where it begins, in seconds.
    async fn starts_at(&self) -> u32 {
        self.it.starts_at
    }

    /// Where it ends, in seconds.
    async fn ends_at(&self) -> Option<u32> {
        self.it.ends_at
    }

    /// Where it comes from, and when it was seen there.
    async fn provenance(&self) -> Provenance {
        self.origin(self.it.id.any())
    }
}

/// Some consecutive sentences of a transcript (ondertiteling), of at most two minutes.
#[Object(name = "TranscriptSegment")]
impl Held<schema::TranscriptSegment> {
    /// Its permanent id.
    pub async fn id(&self) -> ID {
        ID(self.it.id.to_string())
    }

    /// The recording.
    async fn recording(&self, context: &Context<'_>) -> Result<Option<Held<schema::Recording>>> {
        one(context, self.it.recording.any()).await
    }

    /// Where it begins, in seconds.
    async fn starts_at(&self) -> u32 {
        self.it.starts_at
    }

    /// Where it ends, in seconds.
    async fn ends_at(&self) -> u32 {
        self.it.ends_at
    }

    /// What was said.
    async fn text(&self) -> &str {
        &self.it.text
    }

    /// Where it comes from, and when it was seen there.
    async fn provenance(&self) -> Provenance {
        self.origin(self.it.id.any())
    }
}
