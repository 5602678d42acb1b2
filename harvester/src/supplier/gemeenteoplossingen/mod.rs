//! GemeenteOplossingen: a host for each customer, two versions of an API side by side.
//!
//! Version 1 gives meetings with agenda and documents in one answer for each window. Only version 2 lists every
//! document, the sessions, the calendar beside the meetings, and the people with their functions. A host without
//! version 1 is asked for everything in version 2, which costs one more request for each agenda item. Votes, videos and
//! speakers are published at the portal only. A page of HTML in place of JSON means that access is blocked, never that
//! there is nothing.

use std::{collections::BTreeMap, sync::Arc};

use raadhuis_schema::{EntityId, Kind, Source, Window};
use serde::{Deserialize, Serialize};
use url::Url;

use super::{
    Answer, Harvested, Judgement, Request, Supplier, UnreadableError, Wants, parse::parse_json, portal,
};

mod normalise;
mod payload;

/// Windows of years are known to break weak hosts.
const MONTHS_AT_ONCE: i32 = 3;

/// A window that still fails at this many days is not narrowed further.
const NARROWEST_DAYS: i32 = 7;

/// Rows of a page in version 2.
const ROWS: u64 = 100;

/// Path of the portal's own small services.
const RISBIS: &str = "/modules/risbis/risbis.php";

#[derive(Debug)]
pub struct GemeenteOplossingen;

/// Document numbers of each agenda item, by item number.
pub type Attached = Arc<BTreeMap<u64, Vec<u64>>>;

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[allow(missing_docs, clippy::allow_attributes, reason = "the fields are the supplier's own parameters")]
pub enum Task {
    /// The bodies that meet (v1).
    Dmus,
    /// A page of the bodies that meet (v2, on hosts without v1).
    DmusOf2 {
        offset: u64,
    },
    /// The meetings in a window with agenda and documents (v1).
    Meetings {
        window: Window,
    },
    /// A page of the meetings in a window, without agendas (v2, on hosts without v1).
    MeetingsOf2 {
        window: Window,
        offset: u64,
    },
    /// A page of all documents, linked to a meeting or not (v2).
    Documents {
        offset: u64,
    },
    /// A page of the agenda of a meeting, with headings and confidential items (v2). `attached` gives the documents of
    /// the items on hosts with v1. Items below a `closed` number of an earlier page are not read.
    Items {
        meeting: u64,
        offset: u64,
        attached: Option<Attached>,
        closed: Vec<String>,
    },
    /// A page of the documents of a meeting or of one of its items, after those in `before` (v2, on hosts without v1).
    Linked {
        meeting: u64,
        item: Option<u64>,
        before: Vec<u64>,
    },
    /// A meeting without a known agenda: gives the address of its page (v2).
    Bare {
        meeting: u64,
    },
    /// A meeting that the listing of its day no longer names: gives its present day (v2).
    MissingMeeting {
        meeting: u64,
    },
    /// A page of the sessions into which meetings are divided (v2).
    Sessions {
        offset: u64,
    },
    /// A page of calendar events that are not meetings: visits, public evenings, cancellations (v2).
    Events {
        offset: u64,
        window: Window,
    },
    /// A page of the attachments of such an event, after those in `before` (v2).
    Attachments {
        event: u64,
        before: Vec<u64>,
    },
    /// A page of present and past functions of people (v2).
    Positions {
        offset: u64,
    },
    Groups {
        offset: u64,
        window: Window,
    },
    Members {
        group: u64,
        is_party: bool,
        name: String,
        offset: u64,
    },
    /// The votes of a party in a window (portal). Customers keep their parties in different folders.
    Votings {
        folder: usize,
        party: u64,
        name: String,
        window: Window,
    },
    Totals {
        document: u64,
    },
    /// The page of a meeting whose agenda has these items (portal).
    Page {
        meeting: u64,
        address: Url,
        items: Vec<u64>,
        withheld: Vec<u64>,
    },
    ItemDocuments {
        item: u64,
        meeting: u64,
    },
    /// The speakers in a fragment of a video (portal).
    Speakers {
        fragment: u64,
        starts_at: u32,
        recording: EntityId,
    },
}

impl Supplier for GemeenteOplossingen {
    type Task = Task;

    fn start(_: &Source, window: Window) -> Vec<Task> {
        let pieces = window.split_by_months(MONTHS_AT_ONCE).into_iter();
        let mut tasks = vec![Task::Dmus, Task::Groups { offset: 0, window }, Task::Positions { offset: 0 }];
        tasks.extend(pieces.map(|window| Task::Meetings { window }));
        let events = Task::Events { offset: 0, window };
        tasks.extend([Task::Sessions { offset: 0 }, events, Task::Documents { offset: 0 }]);
        tasks
    }

    fn name(task: &Task) -> String {
        match task {
            Task::Dmus => "dmus".into(),
            Task::DmusOf2 { offset } => format!("dmus from {offset}"),
            Task::Meetings { window } => format!("meetings {window}"),
            Task::MeetingsOf2 { window, offset } => format!("meetings {window} from {offset}"),
            Task::Sessions { offset } => format!("sessions from {offset}"),
            Task::Events { offset, .. } => format!("events from {offset}"),
            Task::Attachments { event, before } => {
                format!("attachments of event {event} from {}", before.len())
            }
            Task::Positions { offset } => format!("positions from {offset}"),
            Task::Linked { meeting, item: None, before } => {
                format!("documents of meeting {meeting} from {}", before.len())
            }
            Task::Linked { item: Some(item), before, .. } => {
                format!("documents of item {item} from {}", before.len())
            }
            Task::Bare { meeting } => format!("meeting {meeting}"),
            Task::MissingMeeting { meeting } => format!("missing meeting {meeting}"),
            Task::Documents { offset } => format!("documents from {offset}"),
            Task::Items { meeting, offset, .. } => format!("items of meeting {meeting} from {offset}"),
            Task::Groups { offset, .. } => format!("groups from {offset}"),
            Task::Members { group, offset, .. } => format!("members of group {group} from {offset}"),
            Task::Votings { folder, party, .. } => format!("votings of party {party} in folder {folder}"),
            Task::Totals { document } => format!("totals of document {document}"),
            Task::Page { meeting, .. } => format!("page of meeting {meeting}"),
            Task::ItemDocuments { item, .. } => format!("page of documents of item {item}"),
            Task::Speakers { fragment, .. } => format!("speakers of fragment {fragment}"),
        }
    }

    fn window(task: &Task) -> Option<Window> {
        match task {
            Task::Meetings { window } | Task::MeetingsOf2 { window, .. } => Some(*window),
            _ => None,
        }
    }

    fn request(source: &Source, task: &Task) -> Request {
        let (path, query) = match task {
            Task::Dmus => ("v1/dmus".into(), vec![]),
            Task::DmusOf2 { offset } => paged("v2/dmus".into(), *offset),
            Task::MeetingsOf2 { window, offset } => {
                let (path, mut query) = paged("v2/meetings".into(), *offset);
                query.push(("date_from", window.first().to_string()));
                // The API does not document whether the last day is included: one more is requested.
                query.push(("date_to", day_after(window.last()).to_string()));
                (path, query)
            }
            Task::Linked { meeting, item: None, before } => {
                paged(format!("v2/meetings/{meeting}/documents"), before.len() as u64)
            }
            Task::Linked { item: Some(item), before, .. } => {
                paged(format!("v2/meetingitems/{item}/documents"), before.len() as u64)
            }
            Task::Bare { meeting } | Task::MissingMeeting { meeting } => {
                (format!("v2/meetings/{meeting}"), vec![])
            }
            Task::Sessions { offset } => paged("v2/meetingsessions".into(), *offset),
            Task::Events { offset, .. } => paged("v2/events".into(), *offset),
            Task::Attachments { event, before } => {
                paged(format!("v2/events/{event}/attachments"), before.len() as u64)
            }
            Task::Positions { offset } => paged("v2/positions".into(), *offset),
            Task::Meetings { window } => {
                // The window ends at the midnight after the last day: its own midnight would exclude the evening
                // meetings of that day.
                let (from, until) = window.instants();
                let (from, until) = (from.as_second().to_string(), until.as_second().to_string());
                ("v1/meetings".into(), vec![("date_from", from), ("date_to", until)])
            }
            Task::Documents { offset } => paged("v2/documents".into(), *offset),
            Task::Items { meeting, offset, .. } => {
                paged(format!("v2/meetings/{meeting}/meetingitems"), *offset)
            }
            Task::Groups { offset, .. } => paged("v2/groups".into(), *offset),
            Task::Members { group, offset, .. } => paged(format!("v2/groups/{group}/persons"), *offset),
            Task::Votings { folder, name, .. } => {
                let folder = normalise::FOLDERS.get(*folder).copied().unwrap_or_default();
                return portal_page(
                    source,
                    &format!("/{folder}/{}/votings", normalise::party_slug(name)),
                    &[],
                );
            }
            Task::Totals { document } => {
                return portal_page(source, &format!("/vergaderingen/stemmingen/document/{document}"), &[]);
            }
            Task::Page { address, .. } => return Request::get(address.clone(), Wants::Page),
            Task::ItemDocuments { item, .. } => {
                let query = [("g", "get_docs_for_ag".to_owned()), ("agendapunt_object_id", item.to_string())];
                return portal_page(source, RISBIS, &query);
            }
            Task::Speakers { fragment, .. } => {
                let query = [("g", "get_speakers_proper".to_owned()), ("fragment_id", fragment.to_string())];
                return portal_page(source, RISBIS, &query);
            }
        };
        let mut url = join_path(&source.base, &path);
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        Request::get(url, Wants::Payload)
    }

    fn judge(task: &Task, answer: &Answer) -> Judgement {
        if let Some(judgement) = judge_portal(task, answer) {
            return judgement;
        }
        let body = answer.bytes.trim_ascii_start();
        let html = body.starts_with(b"<");
        match answer.status {
            200 if html => Judgement::Blocked("HTML stands where JSON should".into()),
            200 => Judgement::Content,
            401 | 403 | 404 if html => {
                Judgement::Blocked(format!("HTTP {} with an HTML page", answer.status))
            }
            // A host may have version 2 only; this answer reveals it.
            400 | 404 if matches!(task, Task::Dmus | Task::Meetings { .. }) => Judgement::Content,
            401 | 403 => Judgement::Refused(format!("HTTP {}", answer.status)),
            // Not every host has every collection.
            400 | 404
                if matches!(
                    task,
                    Task::Sessions { .. }
                        | Task::Positions { .. }
                        | Task::Events { .. }
                        | Task::Attachments { .. }
                ) =>
            {
                Judgement::Content
            }
            400 => Judgement::Refused("HTTP 400: the host does not know this collection".into()),
            404 | 410 => Judgement::Gone,
            429 => Judgement::Throttled,
            500 | 502 | 504 if Self::window(task).is_some() => Judgement::TooMuch,
            status => Judgement::Broken(format!("HTTP {status}")),
        }
    }

    fn subject(source: &Source, task: &Task) -> Option<EntityId> {
        let (kind, native) = match task {
            Task::Items { meeting, .. }
            | Task::Linked { meeting, item: None, .. }
            | Task::Bare { meeting }
            | Task::MissingMeeting { meeting }
            | Task::Page { meeting, .. } => (Kind::Meeting, *meeting),
            Task::Linked { item: Some(item), .. } | Task::ItemDocuments { item, .. } => {
                (Kind::AgendaItem, *item)
            }
            Task::Totals { document } => (Kind::Document, *document),
            _ => return None,
        };
        Some(EntityId::new(kind, "gemeenteoplossingen", &source.key, native))
    }

    fn lookup(_: &Source, meeting: &EntityId, _: Window) -> Option<Task> {
        Some(Task::MissingMeeting { meeting: meeting.native().parse().ok()? })
    }

    fn is_lookup(task: &Task) -> Option<bool> {
        matches!(task, Task::MissingMeeting { .. }).then_some(true)
    }

    fn narrow(task: &Task) -> Option<Vec<Task>> {
        let window = Self::window(task)?;
        if (window.last() - window.first()).get_days() <= NARROWEST_DAYS {
            return None;
        }
        let halves = window.halve()?;
        match task {
            Task::Meetings { .. } => Some(halves.map(|window| Task::Meetings { window }).into()),
            Task::MeetingsOf2 { offset: 0, .. } => {
                Some(halves.map(|window| Task::MeetingsOf2 { window, offset: 0 }).into())
            }
            _ => None,
        }
    }

    fn read(source: &Source, task: &Task, answer: &Answer) -> Result<Harvested<Task>, UnreadableError> {
        normalise::read_answer(source, task, answer)
    }

    fn redact(task: &Task, answer: &Answer) -> Option<Vec<u8>> {
        if is_portal(task) {
            // Pages for people also name citizens, and the names cannot be separated.
            return None;
        }
        let mut json = answer.take_tree(parse_json).ok()?;
        payload::redact_answer(&mut json);
        serde_json::to_vec(&json).ok()
    }
}

/// Path and query of a page of a collection in version 2.
fn paged(path: String, offset: u64) -> (String, Vec<(&'static str, String)>) {
    (path, vec![("limit", ROWS.to_string()), ("offset", offset.to_string())])
}

fn is_portal(task: &Task) -> bool {
    matches!(
        task,
        Task::Votings { .. }
            | Task::Totals { .. }
            | Task::Page { .. }
            | Task::ItemDocuments { .. }
            | Task::Speakers { .. }
    )
}

/// Judges an answer of the portal; `None` for the answers of the APIs.
fn judge_portal(task: &Task, answer: &Answer) -> Option<Judgement> {
    if !is_portal(task) {
        return None;
    }
    let html = answer.bytes.trim_ascii_start().starts_with(b"<");
    let wants_json = matches!(task, Task::Votings { .. } | Task::Totals { .. } | Task::Speakers { .. });
    Some(match portal::judge_page(answer) {
        // This host lacks the folder or the module for votes: the next folder is tried, and it is no gap.
        Judgement::Gone if matches!(task, Task::Votings { .. }) => Judgement::Content,
        Judgement::Content if html && wants_json => {
            Judgement::Blocked("HTML stands where JSON should, at the portal".into())
        }
        judgement => judgement,
    })
}

/// A page of the portal, on the same host as the APIs.
fn portal_page(source: &Source, path: &str, query: &[(&str, String)]) -> Request {
    let mut url = source.base.clone();
    url.set_path(path);
    if !query.is_empty() {
        url.query_pairs_mut().extend_pairs(query);
    }
    Request::get(url, Wants::Page)
}

fn day_after(day: jiff::civil::Date) -> jiff::civil::Date {
    day.tomorrow().unwrap_or(day)
}

/// `path` below `base`, whose trailing slashes do not matter.
fn join_path(base: &Url, path: &str) -> Url {
    let mut url = base.clone();
    url.set_path(&format!("{}/{path}", base.path().trim_end_matches('/')));
    url
}
