//! Company Webcast: the recordings of iBabs' customers, each known by a code like `heidekerk/20260219_1`. It is not a
//! source of its own: iBabs' meetings give the codes, and iBabs' tasks wrap the tasks here.
//!
//! The chain: info → chapters (of the channel) and tracks → one track of subtitles. Where tracks are not open, the
//! player gives every anonymous visitor a signature: access → token → signature. When any part of a meeting is not
//! public, only the existence of its recording is kept: subtitles cannot be cut without knowing the times of the items.

use raadhuis_schema::EntityId;
use serde::{Deserialize, Serialize};
use url::Url;

use super::{Answer, AnswerClass, Lane, Request, UnreadableError, Wants, reading::Reading};

mod normalise;
mod payload;

pub use payload::{Code, Signature};

/// Other clients keep to one request a second; no limit is published.
pub const LANES: &[Lane] = &[
    Lane { name: "webcast", hosts: &["sdk.companywebcast.com"], per_minute: 60 },
    Lane { name: "webcast channels", hosts: &["channel.royalcast.com"], per_minute: 60 },
    Lane { name: "webcast players", hosts: &["connectlive.ibabs.eu"], per_minute: 30 },
];

/// The recording of a meeting, and the agenda items that may be named with it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Webcast {
    pub code: Code,
    /// The id of the recording in our archive.
    pub recording: EntityId,
    pub meeting: EntityId,
    /// Agenda items as pairs of the supplier's id and the title.
    pub items: Vec<(String, String)>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum CompanyWebcastTask {
    Info(Webcast),
    /// Topics and speakers with their times.
    Chapters(Webcast),
    /// The player's access for any visitor: recording GUID, then the token once it is known. It gives a token, then a
    /// signature.
    Access(Webcast, String, Option<String>),
    /// The tracks of subtitles: recording GUID, then a signature where they are not open.
    Tracks(Webcast, String, Option<Signature>),
    /// One track: address, language, and whether people corrected it.
    Track(Webcast, Url, String, bool),
}

impl CompanyWebcastTask {
    pub fn name(&self) -> String {
        match self {
            // Two meetings may share a recording; each asks about it for its own agenda.
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

    pub fn request(&self) -> Request {
        match self {
            Self::Info(webcast) => sdk_request(&format!("players/{}/info", webcast.code.in_path())),
            Self::Chapters(webcast) => {
                let code = &webcast.code;
                let path = format!("portal/api/1.0/{}/webcasts/{code}", code.customer());
                let mut url = payload::address(payload::CHANNEL, &path);
                url.set_query(Some("method=GET"));
                Request::get(url, Wants::Payload)
            }
            Self::Access(_, guid, token) => {
                let header = token.clone().map(|token| ("x-authorization", token));
                Request { header, ..sdk_request(&format!("accessrules/{guid}")) }
            }
            Self::Tracks(_, guid, signature) => {
                let mut request = sdk_request(&format!("players/{guid}/vtt/"));
                if let Some(signature) = signature {
                    signature.sign_address(&mut request.url);
                }
                request
            }
            Self::Track(_, address, ..) => Request::get(address.clone(), Wants::Payload),
        }
    }

    pub fn classify_answer(&self, answer: &Answer) -> AnswerClass {
        match answer.status {
            // Many codes never get a recording and many customers have no channel: neither is a gap.
            200 | 404 | 410 => AnswerClass::Content,
            // The player first refuses access and then gives a token; open tracks are tried first.
            401 | 403 if matches!(self, Self::Access(_, _, None) | Self::Tracks(_, _, None)) => {
                AnswerClass::Content
            }
            400 if matches!(self, Self::Chapters(_)) => AnswerClass::Refused("the channel is off".into()),
            401 | 403 => AnswerClass::Refused(format!("HTTP {}: signed readers only", answer.status)),
            429 => AnswerClass::Throttled,
            status => AnswerClass::Broken(format!("HTTP {status}")),
        }
    }

    /// Reads an answer.
    ///
    /// # Errors
    /// The answer as a whole is not in the supplier's format.
    pub fn read<T>(
        &self,
        reading: &mut Reading<'_, T>,
        answer: &Answer,
        wrap: impl Fn(Self) -> T,
    ) -> Result<(), UnreadableError> {
        let is_refused = matches!(answer.status, 401 | 403);
        match self {
            Self::Tracks(webcast, guid, None) if is_refused => {
                reading.next(wrap(Self::Access(webcast.clone(), guid.clone(), None)));
                return Ok(());
            }
            Self::Access(webcast, guid, None) if is_refused => {
                return normalise::read_token(reading, &answer.bytes, webcast, guid, wrap);
            }
            _ if answer.status != 200 => return Ok(()),
            _ => {}
        }
        match self {
            Self::Info(webcast) => normalise::read_info(reading, &answer.bytes, webcast, wrap),
            Self::Chapters(webcast) => normalise::read_chapters(reading, &answer.bytes, webcast),
            Self::Access(webcast, guid, None) => {
                normalise::read_token(reading, &answer.bytes, webcast, guid, wrap)
            }
            Self::Access(webcast, guid, _) => {
                normalise::read_signature(reading, &answer.bytes, webcast, guid, wrap)
            }
            Self::Tracks(webcast, guid, signature) => {
                let of = normalise::Player { webcast, guid, signature: signature.as_ref() };
                normalise::read_tracks(reading, &answer.bytes, &of, wrap)
            }
            Self::Track(webcast, _, language, is_corrected) => {
                normalise::read_track(reading, &answer.bytes, webcast, language, *is_corrected)
            }
        }
    }
}

pub fn start(webcast: Webcast) -> CompanyWebcastTask {
    match webcast.code.connect_live() {
        Some(address) => CompanyWebcastTask::Track(webcast, address, "nl".to_owned(), false),
        None => CompanyWebcastTask::Info(webcast),
    }
}

fn sdk_request(path: &str) -> Request {
    Request::get(payload::address(payload::SDK, path), Wants::Payload)
}
