//! Recordings of meetings, their chapters, and their transcripts.

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
    /// The id of this recording.
    pub id: Id<Recording>,
    /// The authority that held the meeting.
    pub authority: Id<Authority>,
    /// The meeting that was recorded.
    pub meeting: Id<Meeting>,
    /// The title of the recording.
    pub name: Option<String>,
    /// The medium: video or audio.
    pub media: Option<Media>,
    /// The platform that keeps it ("notubiz", "companywebcast", "parlaeus").
    pub platform: String,
    /// The time at which it began.
    pub start: Option<When>,
    /// The length of the recording, in seconds.
    pub seconds: Option<u32>,
    /// The page on which a person can play it. Permanent, unlike signed addresses of media.
    pub player: Option<Url>,
    /// The address of the file, if it is permanent.
    pub file: Option<Url>,
    /// The size of the file, in bytes.
    pub bytes: Option<u64>,
    /// The language of the transcript (`nl`, `fy`).
    pub language: Option<String>,
    /// The way the transcript was made.
    pub transcript: Option<TranscriptKind>,
}

/// The media of a recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Media {
    /// A recording with sound and picture.
    Video,
    /// A recording with sound only.
    Audio,
}

/// The ways a transcript is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TranscriptKind {
    /// A transcript made by a machine.
    Machine,
    /// A transcript made by a machine and corrected by people.
    Corrected,
}

/// A stretch of a recording about one subject, or with one speaker.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Chapter {
    /// The id of this chapter.
    pub id: Id<Chapter>,
    /// The authority that held the meeting.
    pub authority: Id<Authority>,
    /// The recording with this chapter.
    pub recording: Id<Recording>,
    /// The agenda item that the chapter is about, which has the title.
    pub agenda_item: Option<Id<AgendaItem>>,
    /// The title, if no agenda item gives one.
    pub title: Option<String>,
    /// The office-holder who speaks, as published. Citizens who speak are not named.
    pub speaker: Option<String>,
    /// The begin of the chapter, in seconds.
    pub starts_at: u32,
    /// The end of the chapter, in seconds.
    pub ends_at: Option<u32>,
}

/// Some consecutive sentences of a transcript, of at most two minutes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TranscriptSegment {
    /// The id of this segment.
    pub id: Id<TranscriptSegment>,
    /// The authority that held the meeting.
    pub authority: Id<Authority>,
    /// The recording with this segment.
    pub recording: Id<Recording>,
    /// The begin of the segment, in seconds.
    pub starts_at: u32,
    /// The end of the segment, in seconds.
    pub ends_at: u32,
    /// The words that were spoken.
    pub text: String,
}

impl Recording {
    /// Makes a recording with these fields and no others.
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
    /// Makes a segment with these fields and no others.
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
