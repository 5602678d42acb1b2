//! What was said: recordings of meetings, their chapters, and the transcript.

use serde::{Deserialize, Serialize};
use url::Url;

use crate::{
    AgendaItem, Authority, Meeting,
    id::{Id, Kind, OfKind},
    time::When,
};

/// The recording of a meeting, at the supplier. The media themselves are never copied.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Recording {
    /// Its id.
    pub id: Id<Recording>,
    /// Whose meeting.
    pub authority: Id<Authority>,
    /// The meeting that was recorded.
    pub meeting: Id<Meeting>,
    /// What it is called.
    pub name: Option<String>,
    /// Sound or picture.
    pub media: Option<Media>,
    /// Where it is kept ("notubiz", "companywebcast", "parlaeus").
    pub platform: String,
    /// When it began.
    pub start: Option<When>,
    /// How long it is, in seconds.
    pub seconds: Option<u32>,
    /// Where a person can play it. Permanent, unlike signed addresses of media.
    pub player: Option<Url>,
    /// The file, where its address is permanent.
    pub file: Option<Url>,
    /// The size of the file, in bytes.
    pub bytes: Option<u64>,
    /// The language of the transcript (`nl`, `fy`).
    pub language: Option<String>,
    /// How the transcript was made.
    pub transcript: Option<TranscriptKind>,
}

/// Sound or picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Media {
    /// Sound and picture.
    Video,
    /// Sound only.
    Audio,
}

/// How a transcript was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TranscriptKind {
    /// By a machine.
    Machine,
    /// By a machine, and corrected by people.
    Corrected,
}

/// A stretch of a recording about one thing, or in which one person speaks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Chapter {
    /// Its id.
    pub id: Id<Chapter>,
    /// Whose meeting.
    pub authority: Id<Authority>,
    /// The recording.
    pub recording: Id<Recording>,
    /// The agenda item it is about, which has the title.
    pub agenda_item: Option<Id<AgendaItem>>,
    /// What it is about, where no agenda item says so.
    pub title: Option<String>,
    /// The office-holder who speaks, as published. Citizens who speak are not named.
    pub speaker: Option<String>,
    /// Where it begins, in seconds.
    pub starts_at: u32,
    /// Where it ends, in seconds.
    pub ends_at: Option<u32>,
}

/// Some consecutive sentences of a transcript, of at most two minutes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TranscriptSegment {
    /// Its id.
    pub id: Id<TranscriptSegment>,
    /// Whose meeting.
    pub authority: Id<Authority>,
    /// The recording.
    pub recording: Id<Recording>,
    /// Where it begins, in seconds.
    pub starts_at: u32,
    /// Where it ends, in seconds.
    pub ends_at: u32,
    /// What was said.
    pub text: String,
}

impl Recording {
    /// Of which nothing more is said.
    pub fn bare(id: Id<Self>, authority: Id<Authority>, meeting: Id<Meeting>, platform: String) -> Self {
        Self {
            id,
            authority,
            meeting,
            name: None,
            media: None,
            platform,
            start: None,
            seconds: None,
            player: None,
            file: None,
            bytes: None,
            language: None,
            transcript: None,
        }
    }
}

impl OfKind for Recording {
    const KIND: Kind = Kind::Recording;
}

impl Chapter {
    /// Of which nothing more is said.
    pub fn bare(id: Id<Self>, authority: Id<Authority>, recording: Id<Recording>, starts_at: u32) -> Self {
        Self {
            id,
            authority,
            recording,
            agenda_item: None,
            title: None,
            speaker: None,
            starts_at,
            ends_at: None,
        }
    }
}

impl OfKind for Chapter {
    const KIND: Kind = Kind::Chapter;
}

impl OfKind for TranscriptSegment {
    const KIND: Kind = Kind::TranscriptSegment;
}
