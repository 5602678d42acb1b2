//! Company Webcast: the recordings of iBabs' customers, each known by a code like `heidekerk/20260219_1`. It is no
//! source of its own: iBabs' meetings name the codes, and its questions carry these.
//!
//! The chain: info → chapters (of the channel) and tracks → one track of subtitles. Nothing is signed: what asks for a
//! signature stays unread. Of a meeting with anything that is not public only the recording is named, because subtitles
//! cannot be cut where nobody says what was said when.

use raadhuis_schema::EntityId;
use url::Url;

use super::{Answer, Judgement, Lane, Request, Unreadable, Wants, reading::Reading};

mod normalise;
mod payload;

pub use payload::Code;

/// One question a second is what others ask; no limit is published.
pub const LANES: &[Lane] = &[
    Lane { host: "sdk.companywebcast.com", per_minute: 60 },
    Lane { host: "channel.royalcast.com", per_minute: 60 },
    Lane { host: "connectlive.ibabs.eu", per_minute: 30 },
];

/// The recording of a meeting, and what of its agenda may be named.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Webcast {
    /// The code.
    pub code: Code,
    /// The id of the recording in our names.
    pub recording: EntityId,
    /// The meeting.
    pub meeting: EntityId,
    /// The items of the agenda: the supplier's id and the title.
    pub items: Vec<(String, String)>,
}

/// A question.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Task {
    /// What the recording is.
    Info(Webcast),
    /// What is treated when.
    Chapters(Webcast),
    /// The tracks of subtitles of a recording, by its other id.
    Tracks(Webcast, String),
    /// One track: its address, its language, and whether people corrected it.
    Track(Webcast, Url, &'static str, bool),
}

impl Task {
    /// The name of the question.
    pub fn name(&self) -> String {
        match self {
            // Two meetings may share a recording, and each asks about it for its own agenda.
            Self::Info(webcast) => format!("webcast {} of {}", webcast.code, webcast.meeting),
            Self::Chapters(webcast) => format!("chapters of webcast {} of {}", webcast.code, webcast.meeting),
            Self::Tracks(webcast, _) => format!("tracks of webcast {} of {}", webcast.code, webcast.meeting),
            Self::Track(webcast, ..) => {
                format!("subtitles of webcast {} of {}", webcast.code, webcast.meeting)
            }
        }
    }

    /// How to put it.
    pub fn request(&self) -> Request {
        let sdk = |path: String| Request::get(payload::address(payload::SDK, &path), Wants::Payload);
        match self {
            Self::Info(webcast) => sdk(format!("players/{}/info", webcast.code.in_path())),
            Self::Chapters(webcast) => {
                let code = &webcast.code;
                let path = format!("portal/api/1.0/{}/webcasts/{code}", code.customer());
                let mut url = payload::address(payload::CHANNEL, &path);
                url.set_query(Some("method=GET"));
                Request::get(url, Wants::Payload)
            }
            Self::Tracks(_, guid) => sdk(format!("players/{guid}/vtt/")),
            Self::Track(_, address, ..) => Request::get(address.clone(), Wants::Payload),
        }
    }

    /// What an answer amounts to.
    pub fn judge(&self, answer: &Answer) -> Judgement {
        match answer.status {
            // Many a code never got a recording, and many customers show no channel: neither is a gap.
            200 | 404 | 410 => Judgement::Content,
            400 if matches!(self, Self::Chapters(_)) => Judgement::Refused("the channel is off".into()),
            401 | 403 => Judgement::Refused(format!("HTTP {}: signed readers only", answer.status)),
            429 => Judgement::Throttled,
            status => Judgement::Broken(format!("HTTP {status}")),
        }
    }

    /// What an answer says.
    ///
    /// # Errors
    /// The answer as a whole is not in the supplier's format.
    pub fn read<T>(
        &self,
        reading: &mut Reading<'_, T>,
        answer: &Answer,
        wrap: impl Fn(Self) -> T,
    ) -> Result<(), Unreadable> {
        if answer.status != 200 {
            return Ok(());
        }
        match self {
            Self::Info(webcast) => normalise::info(reading, &answer.bytes, webcast, wrap),
            Self::Chapters(webcast) => normalise::chapters(reading, &answer.bytes, webcast),
            Self::Tracks(webcast, guid) => normalise::tracks(reading, &answer.bytes, webcast, guid, wrap),
            Self::Track(webcast, _, language, is_corrected) => {
                normalise::track(reading, &answer.bytes, webcast, language, *is_corrected)
            }
        }
    }
}

/// The first question about a webcast.
pub fn start(webcast: Webcast) -> Task {
    match webcast.code.connect_live() {
        Some(address) => Task::Track(webcast, address, "nl", false),
        None => Task::Info(webcast),
    }
}
