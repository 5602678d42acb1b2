//! Notubiz: one JSON API for all its customers. Its tasks, requests and judgements.
//!
//! The chain: events (paged) → assemblies → meetings → votings, media → page; modules → registers → items; gremia,
//! parties and speakers beside it. Meetings below an assembly are in no events list; therefore every assembly is
//! opened.

use raadhuis_schema::{Document, EntityId, Kind, Source, Window};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;

use super::{Answer, AnswerClass, Harvested, Lane, Request, Supplier, UnreadableError, Wants, portal};

mod normalise;
mod payload;

/// The version with the shapes of `payload.rs`. It determines the JSON and is part of every request.
const VERSION: &str = "1.17.0";

/// The first version with votings.
const VOTINGS_VERSION: &str = "1.21";

/// A year at once is known to fail for a large customer where a quarter succeeds.
const MONTHS_AT_ONCE: i32 = 3;

/// A window that still fails at this many days is not narrowed further.
const NARROWEST_DAYS: i32 = 7;

/// The host in the addresses of every payload, whatever the base address of the source.
const API_HOST: &str = "api.notubiz.nl";

#[derive(Debug)]
pub struct Notubiz;

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[allow(missing_docs, clippy::allow_attributes, reason = "the fields are the supplier's own parameters")]
pub enum NotubizTask {
    Gremia,
    Parties,
    Speakers,
    /// The list of registers, each to be read over `window`.
    Modules {
        window: Window,
    },
    /// One page of the meetings in a window.
    Events {
        window: Window,
        page: u32,
    },
    /// A day of meetings, with the meetings of that day.
    Assembly {
        id: u64,
    },
    Meeting {
        id: u64,
    },
    /// A meeting that the calendar no longer names: gives its present day.
    MissingMeeting {
        id: u64,
    },
    /// The votes of a meeting, without those about `withheld` agenda items.
    Votings {
        meeting: u64,
        withheld: Vec<u64>,
    },
    /// The entries of a register in a window.
    Register {
        module: u64,
        name: String,
        window: Window,
    },
    /// One register entry that an agenda names.
    Item {
        id: u64,
    },
    /// The recordings of a meeting. The times of its agenda items become chapters.
    Media {
        meeting: u64,
        page: Option<Url>,
        stretches: Vec<Stretch>,
        withheld: Vec<u64>,
        closed: Vec<Stretch>,
    },
    /// The page of a meeting at the portal: votes by name, and the times of speakers in the first recording.
    Page {
        meeting: u64,
        address: Url,
        recording: Option<u64>,
        withheld: Vec<u64>,
        closed: Vec<Stretch>,
    },
    /// The subtitles of a recording, without those within a `closed` stretch.
    Subtitles {
        media: u64,
        meeting: u64,
        address: Url,
        closed: Vec<Stretch>,
    },
}

/// Time of an agenda item in the recording, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Stretch {
    pub item: u64,
    pub start: u32,
    /// The last second of the item, included.
    pub end: u32,
}

impl Supplier for Notubiz {
    type Task = NotubizTask;

    /// No limit is documented; the reference advises at most 3 to 4 requests a second for each process.
    const LANES: &'static [Lane] = &[Lane { name: "notubiz", hosts: &[API_HOST], per_minute: 180 }];

    fn start_tasks(_: &Source, window: Window) -> Vec<NotubizTask> {
        let mut tasks = vec![
            NotubizTask::Gremia,
            NotubizTask::Parties,
            NotubizTask::Speakers,
            NotubizTask::Modules { window },
        ];
        let pieces = window.split_by_months(MONTHS_AT_ONCE).into_iter();
        tasks.extend(pieces.map(|window| NotubizTask::Events { window, page: 1 }));
        tasks
    }

    fn task_name(task: &NotubizTask) -> String {
        match task {
            NotubizTask::Gremia => "gremia".into(),
            NotubizTask::Parties => "parties".into(),
            NotubizTask::Speakers => "speakers".into(),
            NotubizTask::Modules { .. } => "modules".into(),
            NotubizTask::Events { window, page } => format!("events {window} page {page}"),
            NotubizTask::Assembly { id } => format!("assembly {id}"),
            NotubizTask::Meeting { id } => format!("meeting {id}"),
            NotubizTask::MissingMeeting { id } => format!("missing meeting {id}"),
            NotubizTask::Votings { meeting, .. } => format!("votings {meeting}"),
            NotubizTask::Register { module, window, .. } => format!("register {module} {window}"),
            NotubizTask::Item { id } => format!("item {id}"),
            NotubizTask::Media { meeting, .. } => format!("media of meeting {meeting}"),
            NotubizTask::Page { meeting, .. } => format!("page of meeting {meeting}"),
            NotubizTask::Subtitles { media, .. } => format!("subtitles of media {media}"),
        }
    }

    fn task_window(task: &NotubizTask) -> Option<Window> {
        match task {
            NotubizTask::Events { window, .. } | NotubizTask::Register { window, .. } => Some(*window),
            _ => None,
        }
    }

    fn request(source: &Source, task: &NotubizTask) -> Request {
        let org = &source.tenant;
        let (path, query): (String, Vec<(&str, String)>) = match task {
            NotubizTask::Gremia => (format!("organisations/{org}/gremia"), vec![]),
            NotubizTask::Parties => (format!("organisations/{org}/parties"), vec![]),
            NotubizTask::Speakers => ("speakers".into(), vec![("organisation", org.clone())]),
            NotubizTask::Modules { .. } => (format!("organisations/{org}/modules"), vec![]),
            NotubizTask::Events { window, page } => (
                "events".into(),
                vec![
                    ("organisation_id", org.clone()),
                    ("date_from", first_moment(*window)),
                    ("date_to", last_moment(*window)),
                    ("page", page.to_string()),
                ],
            ),
            NotubizTask::Assembly { id } => (format!("events/assemblies/{id}"), vec![]),
            NotubizTask::Meeting { id } | NotubizTask::MissingMeeting { id } => {
                (format!("events/meetings/{id}"), vec![])
            }
            NotubizTask::Votings { meeting, .. } => {
                ("agenda_items/votings".into(), vec![("meeting_id", meeting.to_string())])
            }
            NotubizTask::Register { module, window, .. } => (
                format!("organisations/{org}/modules/{module}/items"),
                vec![("date_from", first_moment(*window)), ("date_to", last_moment(*window))],
            ),
            NotubizTask::Item { id } => (format!("modules/0/items/{id}"), vec![]),
            NotubizTask::Media { meeting, .. } => ("media".into(), vec![("event_id", meeting.to_string())]),
            NotubizTask::Page { address, .. } => return Request::get(address.clone(), Wants::Page),
            NotubizTask::Subtitles { address, .. } => {
                let mut url = address.clone();
                if url.host_str() == Some(API_HOST) {
                    url = join_path(&source.base, url.path());
                    url.set_query(address.query());
                }
                return Request::get(url, Wants::Payload);
            }
        };
        let version = if matches!(task, NotubizTask::Votings { .. }) { VOTINGS_VERSION } else { VERSION };
        let mut url = join_path(&source.base, &path);
        url.query_pairs_mut()
            .extend_pairs(query)
            .append_pair("format", "json")
            .append_pair("version", version);
        Request::get(url, Wants::Payload)
    }

    fn classify_answer(task: &NotubizTask, answer: &Answer) -> AnswerClass {
        if matches!(task, NotubizTask::Page { .. }) {
            return portal::classify_page(answer);
        }
        let body = answer.bytes.trim_ascii_start();
        let json = answer.parse_tree(payload::parse).ok();
        let message =
            json.as_ref().and_then(|json| json.get("message")).and_then(Value::as_str).unwrap_or_default();
        let html = body.starts_with(b"<");
        match answer.status {
            200 if html => AnswerClass::Broken("HTML stands where JSON should".into()),
            200 => {
                let is_meeting =
                    matches!(task, NotubizTask::Meeting { .. } | NotubizTask::MissingMeeting { .. });
                match (&json, payload::is_no_rights(json.as_deref()), is_meeting) {
                    // It is read, so that a formerly public meeting is withdrawn.
                    (_, true, true) => AnswerClass::Content,
                    (Some(json), _, _) if json.get("error_code").is_some() => AnswerClass::Refused(format!(
                        "HTTP 200 with an error body: {}",
                        shorten_message(message)
                    )),
                    _ => AnswerClass::Content,
                }
            }
            // "This organisation is non-active." must not be mistaken for a window that is too wide.
            404 if message.contains("non-active") => {
                AnswerClass::Refused("the organisation is not active here".into())
            }
            404 | 500 | 504 if Self::task_window(task).is_some() => AnswerClass::TooMuch,
            404 | 410 => AnswerClass::Gone,
            403 if html => AnswerClass::Blocked("HTTP 403 with an HTML page".into()),
            401 | 403 => {
                AnswerClass::Refused(format!("HTTP {}: {}", answer.status, shorten_message(message)))
            }
            429 => AnswerClass::Throttled,
            status => AnswerClass::Broken(format!("HTTP {status}")),
        }
    }

    fn narrow_task(task: &NotubizTask) -> Option<Vec<NotubizTask>> {
        match task {
            NotubizTask::Events { window, page: 1 } if is_wide(*window) => {
                Some(window.split_window()?.map(|window| NotubizTask::Events { window, page: 1 }).into())
            }
            NotubizTask::Register { module, name, window } if is_wide(*window) => {
                let (module, name) = (*module, name);
                Some(
                    window
                        .split_window()?
                        .map(|window| NotubizTask::Register { module, name: name.clone(), window })
                        .into(),
                )
            }
            _ => None,
        }
    }

    fn subject(source: &Source, task: &NotubizTask) -> Option<EntityId> {
        match task {
            NotubizTask::Meeting { id }
            | NotubizTask::MissingMeeting { id }
            | NotubizTask::Assembly { id }
            | NotubizTask::Votings { meeting: id, .. }
            | NotubizTask::Media { meeting: id, .. }
            | NotubizTask::Page { meeting: id, .. } => {
                Some(EntityId::new(Kind::Meeting, "notubiz", &source.tenant, *id))
            }
            _ => None,
        }
    }

    fn lookup_task(_: &Source, meeting: &EntityId, _: Window) -> Option<NotubizTask> {
        Some(NotubizTask::MissingMeeting { id: meeting.native().parse().ok()? })
    }

    fn is_lookup(task: &NotubizTask) -> Option<bool> {
        matches!(task, NotubizTask::MissingMeeting { .. }).then_some(true)
    }

    fn answered_by(source: &Source, task: &NotubizTask) -> Vec<EntityId> {
        match task {
            NotubizTask::Item { id } => payload::entry_ids(source, *id).into(),
            _ => Vec::new(),
        }
    }

    fn read_answer(
        source: &Source,
        task: &NotubizTask,
        answer: &Answer,
    ) -> Result<Harvested<NotubizTask>, UnreadableError> {
        normalise::read_answer(source, task, answer)
    }

    fn redact_answer(task: &NotubizTask, answer: &Answer) -> Option<Vec<u8>> {
        if let NotubizTask::Subtitles { closed, .. } = task {
            // Cues are not separated for the archive: with any closed stretch nothing is kept.
            return closed.is_empty().then(|| answer.bytes.to_vec());
        }
        if matches!(task, NotubizTask::Page { .. }) {
            // A page also names citizens who speak, and the names cannot be separated.
            return None;
        }
        let mut json = answer.take_tree(payload::parse).ok()?;
        let withheld =
            if let NotubizTask::Votings { withheld, .. } = task { withheld.as_slice() } else { &[] };
        payload::redact_answer(&mut json, withheld);
        Some(json.to_string().into_bytes())
    }

    fn original(source: &Source, document: &Document) -> Option<Request> {
        let url = document.url.clone()?;
        let url = if url.host_str() == Some(API_HOST) { join_path(&source.base, url.path()) } else { url };
        Some(Request::get(url, Wants::File))
    }

    fn classify_original(answer: &Answer) -> AnswerClass {
        match answer.status {
            200 => AnswerClass::Content,
            // Removed or no longer public: a 400 with an XML body that holds an error code.
            400 if contains(&answer.bytes, b"<error_code>") => AnswerClass::Gone,
            404 | 410 => AnswerClass::Gone,
            401 | 403 => AnswerClass::Refused(format!("HTTP {}", answer.status)),
            429 => AnswerClass::Throttled,
            status => AnswerClass::Broken(format!("HTTP {status}")),
        }
    }
}

fn first_moment(window: Window) -> String {
    format!("{} 00:00:00", window.first())
}

fn last_moment(window: Window) -> String {
    format!("{} 23:59:59", window.last())
}

fn is_wide(window: Window) -> bool {
    (window.last() - window.first()).get_days() > NARROWEST_DAYS
}

/// `path` below `base`, which may have a path of its own.
fn join_path(base: &Url, path: &str) -> Url {
    let mut url = base.clone();
    let joined = format!("{}/{}", base.path().trim_end_matches('/'), path.trim_start_matches('/'));
    url.set_path(&joined);
    url.set_query(None);
    url
}

/// A supplier's message, shortened for a diagnostic.
fn shorten_message(message: &str) -> String {
    message.chars().take(120).collect()
}

fn contains(bytes: &[u8], needle: &[u8]) -> bool {
    bytes.windows(needle.len()).take(64 << 10).any(|window| window == needle)
}
