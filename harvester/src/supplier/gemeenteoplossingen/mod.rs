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
    Answer, AnswerClass, Harvested, Request, Supplier, UnreadableError, Wants, parse::parse_json, portal,
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
pub enum GemeenteOplossingenTask {
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
    type Task = GemeenteOplossingenTask;

    fn start_tasks(_: &Source, window: Window) -> Vec<GemeenteOplossingenTask> {
        let pieces = window.split_by_months(MONTHS_AT_ONCE).into_iter();
        let mut tasks = vec![
            GemeenteOplossingenTask::Dmus,
            GemeenteOplossingenTask::Groups { offset: 0, window },
            GemeenteOplossingenTask::Positions { offset: 0 },
        ];
        tasks.extend(pieces.map(|window| GemeenteOplossingenTask::Meetings { window }));
        let events = GemeenteOplossingenTask::Events { offset: 0, window };
        tasks.extend([
            GemeenteOplossingenTask::Sessions { offset: 0 },
            events,
            GemeenteOplossingenTask::Documents { offset: 0 },
        ]);
        tasks
    }

    fn task_name(task: &GemeenteOplossingenTask) -> String {
        match task {
            GemeenteOplossingenTask::Dmus => "dmus".into(),
            GemeenteOplossingenTask::DmusOf2 { offset } => format!("dmus from {offset}"),
            GemeenteOplossingenTask::Meetings { window } => format!("meetings {window}"),
            GemeenteOplossingenTask::MeetingsOf2 { window, offset } => {
                format!("meetings {window} from {offset}")
            }
            GemeenteOplossingenTask::Sessions { offset } => format!("sessions from {offset}"),
            GemeenteOplossingenTask::Events { offset, .. } => format!("events from {offset}"),
            GemeenteOplossingenTask::Attachments { event, before } => {
                format!("attachments of event {event} from {}", before.len())
            }
            GemeenteOplossingenTask::Positions { offset } => format!("positions from {offset}"),
            GemeenteOplossingenTask::Linked { meeting, item: None, before } => {
                format!("documents of meeting {meeting} from {}", before.len())
            }
            GemeenteOplossingenTask::Linked { item: Some(item), before, .. } => {
                format!("documents of item {item} from {}", before.len())
            }
            GemeenteOplossingenTask::Bare { meeting } => format!("meeting {meeting}"),
            GemeenteOplossingenTask::MissingMeeting { meeting } => format!("missing meeting {meeting}"),
            GemeenteOplossingenTask::Documents { offset } => format!("documents from {offset}"),
            GemeenteOplossingenTask::Items { meeting, offset, .. } => {
                format!("items of meeting {meeting} from {offset}")
            }
            GemeenteOplossingenTask::Groups { offset, .. } => format!("groups from {offset}"),
            GemeenteOplossingenTask::Members { group, offset, .. } => {
                format!("members of group {group} from {offset}")
            }
            GemeenteOplossingenTask::Votings { folder, party, .. } => {
                format!("votings of party {party} in folder {folder}")
            }
            GemeenteOplossingenTask::Totals { document } => format!("totals of document {document}"),
            GemeenteOplossingenTask::Page { meeting, .. } => format!("page of meeting {meeting}"),
            GemeenteOplossingenTask::ItemDocuments { item, .. } => {
                format!("page of documents of item {item}")
            }
            GemeenteOplossingenTask::Speakers { fragment, .. } => format!("speakers of fragment {fragment}"),
        }
    }

    fn task_window(task: &GemeenteOplossingenTask) -> Option<Window> {
        match task {
            GemeenteOplossingenTask::Meetings { window }
            | GemeenteOplossingenTask::MeetingsOf2 { window, .. } => Some(*window),
            _ => None,
        }
    }

    fn request(source: &Source, task: &GemeenteOplossingenTask) -> Request {
        let (path, query) = match task {
            GemeenteOplossingenTask::Dmus => ("v1/dmus".into(), vec![]),
            GemeenteOplossingenTask::DmusOf2 { offset } => paged("v2/dmus".into(), *offset),
            GemeenteOplossingenTask::MeetingsOf2 { window, offset } => {
                let (path, mut query) = paged("v2/meetings".into(), *offset);
                query.push(("date_from", window.first().to_string()));
                // The API does not document whether the last day is included: one more is requested.
                query.push(("date_to", day_after(window.last()).to_string()));
                (path, query)
            }
            GemeenteOplossingenTask::Linked { meeting, item: None, before } => {
                paged(format!("v2/meetings/{meeting}/documents"), before.len() as u64)
            }
            GemeenteOplossingenTask::Linked { item: Some(item), before, .. } => {
                paged(format!("v2/meetingitems/{item}/documents"), before.len() as u64)
            }
            GemeenteOplossingenTask::Bare { meeting }
            | GemeenteOplossingenTask::MissingMeeting { meeting } => {
                (format!("v2/meetings/{meeting}"), vec![])
            }
            GemeenteOplossingenTask::Sessions { offset } => paged("v2/meetingsessions".into(), *offset),
            GemeenteOplossingenTask::Events { offset, .. } => paged("v2/events".into(), *offset),
            GemeenteOplossingenTask::Attachments { event, before } => {
                paged(format!("v2/events/{event}/attachments"), before.len() as u64)
            }
            GemeenteOplossingenTask::Positions { offset } => paged("v2/positions".into(), *offset),
            GemeenteOplossingenTask::Meetings { window } => {
                // The window ends at the midnight after the last day: its own midnight would exclude the evening
                // meetings of that day.
                let (from, until) = window.instants();
                let (from, until) = (from.as_second().to_string(), until.as_second().to_string());
                ("v1/meetings".into(), vec![("date_from", from), ("date_to", until)])
            }
            GemeenteOplossingenTask::Documents { offset } => paged("v2/documents".into(), *offset),
            GemeenteOplossingenTask::Items { meeting, offset, .. } => {
                paged(format!("v2/meetings/{meeting}/meetingitems"), *offset)
            }
            GemeenteOplossingenTask::Groups { offset, .. } => paged("v2/groups".into(), *offset),
            GemeenteOplossingenTask::Members { group, offset, .. } => {
                paged(format!("v2/groups/{group}/persons"), *offset)
            }
            GemeenteOplossingenTask::Votings { folder, name, .. } => {
                let folder = normalise::FOLDERS.get(*folder).copied().unwrap_or_default();
                return portal_page(
                    source,
                    &format!("/{folder}/{}/votings", normalise::party_slug(name)),
                    &[],
                );
            }
            GemeenteOplossingenTask::Totals { document } => {
                return portal_page(source, &format!("/vergaderingen/stemmingen/document/{document}"), &[]);
            }
            GemeenteOplossingenTask::Page { address, .. } => {
                return Request::get(address.clone(), Wants::Page);
            }
            GemeenteOplossingenTask::ItemDocuments { item, .. } => {
                let query = [("g", "get_docs_for_ag".to_owned()), ("agendapunt_object_id", item.to_string())];
                return portal_page(source, RISBIS, &query);
            }
            GemeenteOplossingenTask::Speakers { fragment, .. } => {
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

    fn classify_answer(task: &GemeenteOplossingenTask, answer: &Answer) -> AnswerClass {
        if let Some(judgement) = classify_portal(task, answer) {
            return judgement;
        }
        let body = answer.bytes.trim_ascii_start();
        let html = body.starts_with(b"<");
        match answer.status {
            200 if html => AnswerClass::Blocked("HTML stands where JSON should".into()),
            200 => AnswerClass::Content,
            401 | 403 | 404 if html => {
                AnswerClass::Blocked(format!("HTTP {} with an HTML page", answer.status))
            }
            // A host may have version 2 only; this answer reveals it.
            400 | 404
                if matches!(
                    task,
                    GemeenteOplossingenTask::Dmus | GemeenteOplossingenTask::Meetings { .. }
                ) =>
            {
                AnswerClass::Content
            }
            401 | 403 => AnswerClass::Refused(format!("HTTP {}", answer.status)),
            // Not every host has every collection.
            400 | 404
                if matches!(
                    task,
                    GemeenteOplossingenTask::Sessions { .. }
                        | GemeenteOplossingenTask::Positions { .. }
                        | GemeenteOplossingenTask::Events { .. }
                        | GemeenteOplossingenTask::Attachments { .. }
                ) =>
            {
                AnswerClass::Content
            }
            400 => AnswerClass::Refused("HTTP 400: the host does not know this collection".into()),
            404 | 410 => AnswerClass::Gone,
            429 => AnswerClass::Throttled,
            500 | 502 | 504 if Self::task_window(task).is_some() => AnswerClass::TooMuch,
            status => AnswerClass::Broken(format!("HTTP {status}")),
        }
    }

    fn subject(source: &Source, task: &GemeenteOplossingenTask) -> Option<EntityId> {
        let (kind, native) = match task {
            GemeenteOplossingenTask::Items { meeting, .. }
            | GemeenteOplossingenTask::Linked { meeting, item: None, .. }
            | GemeenteOplossingenTask::Bare { meeting }
            | GemeenteOplossingenTask::MissingMeeting { meeting }
            | GemeenteOplossingenTask::Page { meeting, .. } => (Kind::Meeting, *meeting),
            GemeenteOplossingenTask::Linked { item: Some(item), .. }
            | GemeenteOplossingenTask::ItemDocuments { item, .. } => (Kind::AgendaItem, *item),
            GemeenteOplossingenTask::Totals { document } => (Kind::Document, *document),
            _ => return None,
        };
        Some(EntityId::new(kind, "gemeenteoplossingen", &source.key, native))
    }

    fn lookup_task(_: &Source, meeting: &EntityId, _: Window) -> Option<GemeenteOplossingenTask> {
        Some(GemeenteOplossingenTask::MissingMeeting { meeting: meeting.native().parse().ok()? })
    }

    fn is_lookup(task: &GemeenteOplossingenTask) -> Option<bool> {
        matches!(task, GemeenteOplossingenTask::MissingMeeting { .. }).then_some(true)
    }

    fn narrow_task(task: &GemeenteOplossingenTask) -> Option<Vec<GemeenteOplossingenTask>> {
        let window = Self::task_window(task)?;
        if (window.last() - window.first()).get_days() <= NARROWEST_DAYS {
            return None;
        }
        let halves = window.split_window()?;
        match task {
            GemeenteOplossingenTask::Meetings { .. } => {
                Some(halves.map(|window| GemeenteOplossingenTask::Meetings { window }).into())
            }
            GemeenteOplossingenTask::MeetingsOf2 { offset: 0, .. } => {
                Some(halves.map(|window| GemeenteOplossingenTask::MeetingsOf2 { window, offset: 0 }).into())
            }
            _ => None,
        }
    }

    fn read_answer(
        source: &Source,
        task: &GemeenteOplossingenTask,
        answer: &Answer,
    ) -> Result<Harvested<GemeenteOplossingenTask>, UnreadableError> {
        normalise::read_answer(source, task, answer)
    }

    fn redact_answer(task: &GemeenteOplossingenTask, answer: &Answer) -> Option<Vec<u8>> {
        if is_portal(task) {
            // Pages for people also name citizens, and the names cannot be separated.
            return None;
        }
        let mut json = answer.take_tree(parse_json).ok()?;
        payload::redact_answer(&mut json);
        Some(json.to_string().into_bytes())
    }
}

/// Path and query of a page of a collection in version 2.
fn paged(path: String, offset: u64) -> (String, Vec<(&'static str, String)>) {
    (path, vec![("limit", ROWS.to_string()), ("offset", offset.to_string())])
}

fn is_portal(task: &GemeenteOplossingenTask) -> bool {
    matches!(
        task,
        GemeenteOplossingenTask::Votings { .. }
            | GemeenteOplossingenTask::Totals { .. }
            | GemeenteOplossingenTask::Page { .. }
            | GemeenteOplossingenTask::ItemDocuments { .. }
            | GemeenteOplossingenTask::Speakers { .. }
    )
}

/// Judges an answer of the portal; `None` for the answers of the APIs.
fn classify_portal(task: &GemeenteOplossingenTask, answer: &Answer) -> Option<AnswerClass> {
    if !is_portal(task) {
        return None;
    }
    let html = answer.bytes.trim_ascii_start().starts_with(b"<");
    let wants_json = matches!(
        task,
        GemeenteOplossingenTask::Votings { .. }
            | GemeenteOplossingenTask::Totals { .. }
            | GemeenteOplossingenTask::Speakers { .. }
    );
    Some(match portal::classify_page(answer) {
        // This host lacks the folder or the module for votes: the next folder is tried, and it is no gap.
        AnswerClass::Gone if matches!(task, GemeenteOplossingenTask::Votings { .. }) => AnswerClass::Content,
        AnswerClass::Content if html && wants_json => {
            AnswerClass::Blocked("HTML stands where JSON should, at the portal".into())
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
