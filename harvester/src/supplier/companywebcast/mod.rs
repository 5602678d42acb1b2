//! Company Webcast: the recordings of iBabs' customers, each known by a code like `heidekerk/20260219_1`. It is no
//! source of its own: iBabs' meetings name the codes, and its questions carry these.
//!
//! The chain: info → chapters (of the channel) and tracks → one track of subtitles. Where tracks are not open, the
//! player signs: access → token → signature, as it does for every visitor without asking who that is. Of a meeting with
//! anything that is not public only the recording is named, because subtitles cannot be cut where nobody says what was
//! said when.

use raadhuis_schema::EntityId;
use serde::{Deserialize, Serialize};
use url::Url;

use super::{Answer, Judgement, Lane, Request, Unreadable, Wants, reading::Reading};

mod normalise;
mod payload;

pub use payload::{Code, Signature};

/// One question a second is what others ask; no limit is published.
pub const LANES: &[Lane] = &[
    Lane { name: "webcast", hosts: &["sdk.companywebcast.com"], per_minute: 60 },
    Lane { name: "webcast channels", hosts: &["channel.royalcast.com"], per_minute: 60 },
    Lane { name: "webcast players", hosts: &["connectlive.ibabs.eu"], per_minute: 30 },
];

/// The recording of a meeting, and what of its agenda may be named.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
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
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Task {
    /// What the recording is.
    Info(Webcast),
    /// What is treated when.
    Chapters(Webcast),
    /// What the player gives every visitor of a recording, by its other id: a token, and for a token a signature.
    Access(Webcast, String, Option<String>),
    /// The tracks of subtitles of a recording, by its other id; with a signature where they are not open.
    Tracks(Webcast, String, Option<Signature>),
    /// One track: its address, its language, and whether people corrected it.
    Track(Webcast, Url, String, bool),
}

impl Task {
    /// The name of the question.
    pub fn name(&self) -> String {
        match self {
            // Two meetings may share a recording, and each asks about it for its own agenda.
            Self::Info(webcast) => format!("webcast {} of {}", webcast.code, webcast.meeting),
            Self::Chapters(webcast) => format!("chapters of webcast {} of {}", webcast.code, webcast.meeting),
            Self::Access(webcast, _, None) => {
                format!("token of webcast {} of {}", webcast.code, webcast.meeting)
            }
            Self::Access(webcast, ..) => {
                format!("signature of webcast {} of {}", webcast.code, webcast.meeting)
            }
            Self::Tracks(webcast, _, None) => {
                format!("tracks of webcast {} of {}", webcast.code, webcast.meeting)
            }
            Self::Tracks(webcast, ..) => {
                format!("signed tracks of webcast {} of {}", webcast.code, webcast.meeting)
            }
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
            Self::Access(_, guid, token) => {
                let header = token.clone().map(|token| ("x-authorization", token));
                Request { header, ..sdk(format!("accessrules/{guid}")) }
            }
            Self::Tracks(_, guid, signature) => {
                let mut request = sdk(format!("players/{guid}/vtt/"));
                if let Some(signature) = signature {
                    signature.sign(&mut request.url);
                }
                request
            }
            Self::Track(_, address, ..) => Request::get(address.clone(), Wants::Payload),
        }
    }

    /// What an answer amounts to.
    pub fn judge(&self, answer: &Answer) -> Judgement {
        match answer.status {
            // Many a code never got a recording, and many customers show no channel: neither is a gap.
            200 | 404 | 410 => Judgement::Content,
            // The player's own way to a token begins with a refusal; open tracks are asked for first.
            401 | 403 if matches!(self, Self::Access(_, _, None) | Self::Tracks(_, _, None)) => {
                Judgement::Content
            }
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
        let is_refused = matches!(answer.status, 401 | 403);
        match self {
            Self::Tracks(webcast, guid, None) if is_refused => {
                reading.next(wrap(Self::Access(webcast.clone(), guid.clone(), None)));
                return Ok(());
            }
            Self::Access(webcast, guid, None) if is_refused => {
                return normalise::token(reading, &answer.bytes, webcast, guid, wrap);
            }
            _ if answer.status != 200 => return Ok(()),
            _ => {}
        }
        match self {
            Self::Info(webcast) => normalise::info(reading, &answer.bytes, webcast, wrap),
            Self::Chapters(webcast) => normalise::chapters(reading, &answer.bytes, webcast),
            Self::Access(webcast, guid, None) => {
                normalise::token(reading, &answer.bytes, webcast, guid, wrap)
            }
            Self::Access(webcast, guid, _) => {
                normalise::signature(reading, &answer.bytes, webcast, guid, wrap)
            }
            Self::Tracks(webcast, guid, signature) => {
                let of = normalise::Player { webcast, guid, signature: signature.as_ref() };
                normalise::tracks(reading, &answer.bytes, &of, wrap)
            }
            Self::Track(webcast, _, language, is_corrected) => {
                normalise::track(reading, &answer.bytes, webcast, language, *is_corrected)
            }
        }
    }
}

/// The first question about a webcast.
pub fn start(webcast: Webcast) -> Task {
    match webcast.code.connect_live() {
        Some(address) => Task::Track(webcast, address, "nl".to_owned(), false),
        None => Task::Info(webcast),
    }
}
