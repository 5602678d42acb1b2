//! GemeenteOplossingen: a host for each customer, two versions of an API side by side.
//!
//! Version 1 gives meetings with agenda and documents in one answer for each window; version 2 alone lists every
//! document, the sessions, the calendar beside the meetings, and the people with their functions. A host without
//! version 1 is asked for all of it in version 2, which is a question for each agenda item more. Votes, films and
//! speakers stand at the portal only. A page of HTML where JSON should be means that we are kept out, never that there
//! is nothing.

use std::{collections::BTreeMap, sync::Arc};

use raadhuis_schema::{EntityId, Kind, Source, Window};
use serde::{Deserialize, Serialize};
use url::Url;

use super::{Answer, Harvested, Judgement, Request, Supplier, Unreadable, Wants, parse::parse_json, portal};

mod normalise;
mod payload;

/// A window of years is known to break weak hosts.
const MONTHS_AT_ONCE: i32 = 3;

/// A window that still fails at this many days is not narrowed further.
const NARROWEST_DAYS: i32 = 7;

/// Rows of a page in version 2.
const ROWS: u64 = 100;

/// The portal's own small services.
const RISBIS: &str = "/modules/risbis/risbis.php";

/// The supplier.
#[derive(Debug)]
pub struct GemeenteOplossingen;

/// The numbers of the documents of each item of an agenda.
pub type Attached = Arc<BTreeMap<u64, Vec<u64>>>;

/// A question to GemeenteOplossingen.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[allow(missing_docs, clippy::allow_attributes, reason = "the fields are the supplier's own parameters")]
pub enum Task {
    /// The bodies that meet (v1).
    Dmus,
    /// A page of the bodies that meet (v2, where there is no v1).
    DmusOf2 { offset: u64 },
    /// The meetings of some days with agenda and documents (v1).
    Meetings { window: Window },
    /// A page of the meetings of some days, bare (v2, where there is no v1).
    MeetingsOf2 { window: Window, offset: u64 },
    /// A page of all documents, linked to a meeting or not (v2).
    Documents { offset: u64 },
    /// A page of the agenda of a meeting: what is a heading, what is confidential (v2). What is `attached` to its items is
    /// known where there is a v1; what hangs under a `closed` number of an earlier page is not read.
    Items { meeting: u64, offset: u64, attached: Option<Attached>, closed: Vec<String> },
    /// A page of the documents of a meeting, or of one of its items, behind those `before` (v2, where there is no v1).
    Linked { meeting: u64, item: Option<u64>, before: Vec<u64> },
    /// A meeting of which no agenda is known: where its page is (v2).
    Bare { meeting: u64 },
    /// A meeting that the meetings of its day no longer name: on which day it is now (v2).
    MissingMeeting { meeting: u64 },
    /// A page of the sessions into which meetings are parted (v2).
    Sessions { offset: u64 },
    /// A page of what else stands in the calendar: visits, evenings, notices of what is off (v2).
    Events { offset: u64, window: Window },
    /// A page of what is attached to such an event, behind those `before` (v2).
    Attachments { event: u64, before: Vec<u64> },
    /// A page of the functions that people hold or held (v2).
    Positions { offset: u64 },
    /// A page of the groups (v2).
    Groups { offset: u64, window: Window },
    /// A page of the members of a group (v2).
    Members { group: u64, is_party: bool, name: String, offset: u64 },
    /// How a party voted over some days (portal). Customers keep their parties in different folders.
    Votings { folder: usize, party: u64, name: String, window: Window },
    /// The totals of the votes about a document (portal).
    Totals { document: u64 },
    /// The page of a meeting (portal), whose agenda has these items.
    Page { meeting: u64, address: Url, items: Vec<u64>, withheld: Vec<u64> },
    /// The documents of an agenda item (portal).
    ItemDocuments { item: u64, meeting: u64 },
    /// Who speaks in a stretch of a film (portal).
    Speakers { fragment: u64, starts_at: u32, recording: EntityId },
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
        let paged = |path: String, offset: &u64| {
            (path, vec![("limit", ROWS.to_string()), ("offset", offset.to_string())])
        };
        let (path, query) = match task {
            Task::Dmus => ("v1/dmus".into(), vec![]),
            Task::DmusOf2 { offset } => paged("v2/dmus".into(), offset),
            Task::MeetingsOf2 { window, offset } => {
                let (path, mut query) = paged("v2/meetings".into(), offset);
                query.push(("date_from", window.first().to_string()));
                // Nobody says whether the last day is included: one more is asked.
                query.push(("date_to", day_after(window.last()).to_string()));
                (path, query)
            }
            Task::Linked { meeting, item: None, before } => {
                paged(format!("v2/meetings/{meeting}/documents"), &(before.len() as u64))
            }
            Task::Linked { item: Some(item), before, .. } => {
                paged(format!("v2/meetingitems/{item}/documents"), &(before.len() as u64))
            }
            Task::Bare { meeting } | Task::MissingMeeting { meeting } => {
                (format!("v2/meetings/{meeting}"), vec![])
            }
            Task::Sessions { offset } => paged("v2/meetingsessions".into(), offset),
            Task::Events { offset, .. } => paged("v2/events".into(), offset),
            Task::Attachments { event, before } => {
                paged(format!("v2/events/{event}/attachments"), &(before.len() as u64))
            }
            Task::Positions { offset } => paged("v2/positions".into(), offset),
            Task::Meetings { window } => {
                // Until the midnight after the last day: at its own midnight every evening of that day would be lost.
                let (from, until) = window.instants();
                let second = |moment: jiff::Timestamp| moment.as_second().to_string();
                ("v1/meetings".into(), vec![("date_from", second(from)), ("date_to", second(until))])
            }
            Task::Documents { offset } => paged("v2/documents".into(), offset),
            Task::Items { meeting, offset, .. } => {
                paged(format!("v2/meetings/{meeting}/meetingitems"), offset)
            }
            Task::Groups { offset, .. } => paged("v2/groups".into(), offset),
            Task::Members { group, offset, .. } => paged(format!("v2/groups/{group}/persons"), offset),
            Task::Votings { folder, name, .. } => {
                let folder = normalise::FOLDERS.get(*folder).copied().unwrap_or_default();
                return portal_page(source, &format!("/{folder}/{}/votings", normalise::slug(name)), &[]);
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
        let mut url = below(&source.base, &path);
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
            // A host may have version 2 only; what is read then is that it is so.
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
        let of = |kind, native: u64| EntityId::new(kind, "gemeenteoplossingen", &source.key, native);
        match task {
            Task::Items { meeting, .. }
            | Task::Linked { meeting, item: None, .. }
            | Task::Bare { meeting }
            | Task::MissingMeeting { meeting }
            | Task::Page { meeting, .. } => Some(of(Kind::Meeting, *meeting)),
            Task::Linked { item: Some(item), .. } | Task::ItemDocuments { item, .. } => {
                Some(of(Kind::AgendaItem, *item))
            }
            Task::Totals { document } => Some(of(Kind::Document, *document)),
            _ => None,
        }
    }

    fn lookup(_: &Source, meeting: &EntityId, _: Window) -> Option<Task> {
        Some(Task::MissingMeeting { meeting: meeting.native().parse().ok()? })
    }

    fn is_lookup(task: &Task) -> Option<bool> {
        matches!(task, Task::MissingMeeting { .. }).then_some(true)
    }

    fn narrow(task: &Task) -> Option<Vec<Task>> {
        let narrower = |window| match task {
            Task::Meetings { .. } => Some(Task::Meetings { window }),
            Task::MeetingsOf2 { offset: 0, .. } => Some(Task::MeetingsOf2 { window, offset: 0 }),
            _ => None,
        };
        let window = Self::window(task)?;
        if (window.last() - window.first()).get_days() <= NARROWEST_DAYS {
            return None;
        }
        window.halve()?.map(narrower).into_iter().collect()
    }

    fn read(source: &Source, task: &Task, answer: &Answer) -> Result<Harvested<Task>, Unreadable> {
        normalise::read(source, task, answer)
    }

    fn redact(task: &Task, answer: &Answer) -> Option<Vec<u8>> {
        if is_portal(task) {
            // What is for people names citizens too, and cannot be taken apart.
            return None;
        }
        let mut json = answer.take_tree(parse_json).ok()?;
        payload::redact(&mut json);
        serde_json::to_vec(&json).ok()
    }
}

/// Whether a question goes to the portal.
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

/// What an answer of the portal amounts to; `None` for the interfaces.
fn judge_portal(task: &Task, answer: &Answer) -> Option<Judgement> {
    if !is_portal(task) {
        return None;
    }
    let html = answer.bytes.trim_ascii_start().starts_with(b"<");
    let wants_json = matches!(task, Task::Votings { .. } | Task::Totals { .. } | Task::Speakers { .. });
    Some(match portal::judge(answer) {
        // The folder, or the module for votes, does not exist here: worth a look elsewhere, and no gap.
        Judgement::Gone if matches!(task, Task::Votings { .. }) => Judgement::Content,
        Judgement::Content if html && wants_json => {
            Judgement::Blocked("HTML stands where JSON should, at the portal".into())
        }
        judgement => judgement,
    })
}

/// A page of the portal, which lies beside the interfaces.
fn portal_page(source: &Source, path: &str, query: &[(&str, String)]) -> Request {
    let mut url = source.base.clone();
    url.set_path(path);
    if !query.is_empty() {
        url.query_pairs_mut().extend_pairs(query);
    }
    Request::get(url, Wants::Page)
}

/// The day after.
fn day_after(day: jiff::civil::Date) -> jiff::civil::Date {
    day.tomorrow().unwrap_or(day)
}

/// `path` below `base`, however many slashes the base ends with.
fn below(base: &Url, path: &str) -> Url {
    let mut url = base.clone();
    url.set_path(&format!("{}/{path}", base.path().trim_end_matches('/')));
    url
}
