//! GemeenteOplossingen: a host for each customer, two versions of an API side by side.
//!
//! Version 1 gives meetings with agenda and documents in one answer for each window; version 2 alone lists every
//! document, and the people. A page of HTML where JSON should be means that we are kept out, never that there is
//! nothing.

use raadhuis_schema::{Document, EntityId, Source, Window};
use serde_json::Value;
use url::Url;

use super::{Answer, Harvested, Judgement, Lane, Request, Supplier, Unreadable, Wants};

mod normalise;
mod payload;

/// A window of years is known to break weak hosts.
const MONTHS_AT_ONCE: i32 = 3;

/// A window that still fails at this many days is not narrowed further.
const NARROWEST_DAYS: i32 = 7;

/// Rows of a page in version 2.
const ROWS: u64 = 100;

/// The supplier.
#[derive(Debug)]
pub struct GemeenteOplossingen;

/// A question to GemeenteOplossingen.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, clippy::allow_attributes, reason = "the fields are the supplier's own parameters")]
pub enum Task {
    /// The bodies that meet (v1).
    Dmus,
    /// The meetings of some days with agenda and documents (v1).
    Meetings { window: Window },
    /// A page of all documents, linked to a meeting or not (v2).
    Documents { offset: u64 },
    /// A page of the agenda of a meeting: what is a heading, what is confidential (v2).
    Items { meeting: u64, offset: u64 },
    /// A page of the groups (v2).
    Groups { offset: u64 },
    /// A page of the members of a group (v2).
    Members { group: u64, is_party: bool, name: String, offset: u64 },
}

impl Supplier for GemeenteOplossingen {
    type Task = Task;

    /// No limit is documented; these are small hosts of the councils' own.
    const LANES: &'static [Lane] = &[Lane { host: "*", per_minute: 60 }];

    fn start(_: &Source, window: Window) -> Vec<Task> {
        let pieces = window.split_by_months(MONTHS_AT_ONCE).into_iter();
        let mut tasks = vec![Task::Dmus, Task::Groups { offset: 0 }];
        tasks.extend(pieces.map(|window| Task::Meetings { window }));
        tasks.push(Task::Documents { offset: 0 });
        tasks
    }

    fn name(task: &Task) -> String {
        match task {
            Task::Dmus => "dmus".into(),
            Task::Meetings { window } => format!("meetings {window}"),
            Task::Documents { offset } => format!("documents from {offset}"),
            Task::Items { meeting, offset } => format!("items of meeting {meeting} from {offset}"),
            Task::Groups { offset } => format!("groups from {offset}"),
            Task::Members { group, offset, .. } => format!("members of group {group} from {offset}"),
        }
    }

    fn window(task: &Task) -> Option<Window> {
        if let Task::Meetings { window } = task { Some(*window) } else { None }
    }

    fn request(source: &Source, task: &Task) -> Request {
        let paged = |path: String, offset: &u64| {
            (path, vec![("limit", ROWS.to_string()), ("offset", offset.to_string())])
        };
        let (path, query) = match task {
            Task::Dmus => ("v1/dmus".into(), vec![]),
            Task::Meetings { window } => {
                // Until the midnight after the last day: at its own midnight every evening of that day would be lost.
                let (from, until) = window.instants();
                let second = |moment: jiff::Timestamp| moment.as_second().to_string();
                ("v1/meetings".into(), vec![("date_from", second(from)), ("date_to", second(until))])
            }
            Task::Documents { offset } => paged("v2/documents".into(), offset),
            Task::Items { meeting, offset } => paged(format!("v2/meetings/{meeting}/meetingitems"), offset),
            Task::Groups { offset } => paged("v2/groups".into(), offset),
            Task::Members { group, offset, .. } => paged(format!("v2/groups/{group}/persons"), offset),
        };
        let mut url = below(&source.base, &path);
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        Request::get(url, Wants::Payload)
    }

    fn judge(task: &Task, answer: &Answer) -> Judgement {
        let body = answer.bytes.trim_ascii_start();
        let html = body.starts_with(b"<");
        match answer.status {
            200 if html => Judgement::Blocked("HTML stands where JSON should".into()),
            200 => Judgement::Content,
            401 | 403 | 404 if html => {
                Judgement::Blocked(format!("HTTP {} with an HTML page", answer.status))
            }
            401 | 403 => Judgement::Refused(format!("HTTP {}", answer.status)),
            400 => Judgement::Refused("HTTP 400: the host does not know this collection".into()),
            404 | 410 => Judgement::Gone,
            429 => Judgement::Throttled,
            500 | 502 | 504 if Self::window(task).is_some() => Judgement::TooMuch,
            status => Judgement::Broken(format!("HTTP {status}")),
        }
    }

    fn narrow(task: &Task) -> Option<Vec<Task>> {
        let Task::Meetings { window } = task else { return None };
        if (window.last() - window.first()).get_days() <= NARROWEST_DAYS {
            return None;
        }
        Some(window.halve()?.map(|window| Task::Meetings { window }).into())
    }

    fn answered_by(_: &Source, _: &Task) -> Vec<EntityId> {
        Vec::new()
    }

    fn read(source: &Source, task: &Task, answer: &Answer) -> Result<Harvested<Task>, Unreadable> {
        let json: Value = serde_json::from_slice(&answer.bytes).map_err(|why| Unreadable(why.to_string()))?;
        normalise::read(source, task, &json)
    }

    fn redact(_: &Task, answer: &Answer) -> Option<Vec<u8>> {
        let mut json: Value = serde_json::from_slice(&answer.bytes).ok()?;
        payload::redact(&mut json);
        serde_json::to_vec(&json).ok()
    }

    fn original(_: &Source, document: &Document) -> Option<Request> {
        Some(Request::get(document.url.clone()?, Wants::File))
    }

    fn judge_original(answer: &Answer) -> Judgement {
        match answer.status {
            200 => Judgement::Content,
            404 | 410 => Judgement::Gone,
            401 | 403 => Judgement::Refused(format!("HTTP {}", answer.status)),
            429 => Judgement::Throttled,
            status => Judgement::Broken(format!("HTTP {status}")),
        }
    }
}

/// `path` below `base`, however many slashes the base ends with.
fn below(base: &Url, path: &str) -> Url {
    let mut url = base.clone();
    url.set_path(&format!("{}/{path}", base.path().trim_end_matches('/')));
    url
}
