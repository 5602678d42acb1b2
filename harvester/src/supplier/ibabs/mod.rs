//! iBabs: SOAP 1.1, one endpoint for all its customers, each known by a site name.
//!
//! The chain: meeting types → meetings (whole, agenda and documents included); lists → entries → votes; users;
//! recordings. Nothing is paged. A list names all its entries at once, which shows removed entries; only entries that
//! changed within the harvested days are requested in full.

use std::{collections::BTreeMap, sync::Arc};

use jiff::{ToSpan, civil::Date};
use quick_xml::escape::escape;
use raadhuis_schema::{EntityId, EntryKind, Kind, Source, Window};
use serde::{Deserialize, Serialize};

use super::{
    Answer, Harvested, Judgement, Lane, Request, Soap, Supplier, UnreadableError, Wants, companywebcast,
    is_ban,
};

mod normalise;
mod payload;

/// Half a year at once is known to time out at the largest customer.
const MONTHS_AT_ONCE: i32 = 3;

/// Months after the harvested window in which a missing meeting is searched.
const LATER: i32 = 12;

/// A window of this many days that still fails is not narrowed further.
const NARROWEST_DAYS: i32 = 14;

/// A date before the first entry: requests all entries of a list.
const EVER: &str = "1900-01-01T00:00:00";

/// The namespaces of a filter request. The base class must precede the class derived from it.
const BASE: &str = "http://schemas.datacontract.org/2004/07/iBabsWCFObjects.Base";
const REQUEST: &str = "http://schemas.datacontract.org/2004/07/iBabsWCFObjects.Public.Request";

#[derive(Debug)]
pub struct Ibabs;

/// The names of meeting types, by id.
pub type Types = Arc<BTreeMap<String, String>>;

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[allow(missing_docs, clippy::allow_attributes, reason = "the fields are the supplier's own parameters")]
pub enum Task {
    /// The types of meeting, which are its committees. Requests the meetings of `window` with their names.
    MeetingTypes {
        window: Window,
    },
    /// The types of meeting once more, to request the meetings of later days, among which a missing one may be.
    /// Meetings have no public address of their own.
    LaterMeetings {
        window: Window,
    },
    Meetings {
        window: Window,
        types: Types,
    },
    Lists {
        window: Window,
        types: Types,
    },
    /// All entries of a register, by title.
    Entries {
        list: String,
        name: String,
        window: Window,
        types: Types,
    },
    Entry {
        list: String,
        name: String,
        entry: String,
        window: Window,
        types: Types,
    },
    Votes {
        entry: String,
        name: String,
    },
    Users,
    User {
        id: String,
    },
    /// The recording of a meeting, which is hosted at Company Webcast.
    Webcast(companywebcast::Task),
}

impl Supplier for Ibabs {
    type Task = Task;

    /// Stated by the supplier on 17 August 2026, per address: 180 a minute for SOAP and portals, 30 for downloads.
    const LANES: &'static [Lane] = &[
        Lane { name: "ibabs", hosts: &["wcf.ibabs.eu", "*.bestuurlijkeinformatie.nl"], per_minute: 180 },
        Lane { name: "ibabs files", hosts: &["api1.ibabs.eu", "*.ibabs.eu"], per_minute: 30 },
    ];

    fn start(_: &Source, window: Window) -> Vec<Task> {
        vec![Task::MeetingTypes { window }, Task::Users]
    }

    fn name(task: &Task) -> String {
        match task {
            Task::MeetingTypes { .. } => "meeting types".into(),
            Task::LaterMeetings { window } => format!("meeting types for later meetings {window}"),
            Task::Meetings { window, .. } => format!("meetings {window}"),
            Task::Lists { .. } => "lists".into(),
            Task::Entries { list, .. } => format!("entries of list {list}"),
            Task::Entry { entry, .. } => format!("entry {entry}"),
            Task::Votes { entry, .. } => format!("votes about entry {entry}"),
            Task::Users => "users".into(),
            Task::User { id } => format!("user {id}"),
            Task::Webcast(task) => task.name(),
        }
    }

    fn window(task: &Task) -> Option<Window> {
        match task {
            Task::Meetings { window, .. } => Some(*window),
            _ => None,
        }
    }

    fn request(source: &Source, task: &Task) -> Request {
        let site = ("Sitename", source.tenant.clone());
        let (operation, parameters): (&str, Vec<(&str, String)>) = match task {
            Task::MeetingTypes { .. } | Task::LaterMeetings { .. } => ("GetMeetingtypes", vec![site]),
            Task::Meetings { window, .. } => (
                "GetMeetingsByDateRange",
                vec![
                    site,
                    ("StartDate", format!("{}T00:00:00", window.first())),
                    ("EndDate", format!("{}T23:59:59", window.last())),
                    ("MetaDataOnly", "false".into()),
                ],
            ),
            Task::Lists { .. } => ("GetLists", vec![site]),
            Task::Entries { list, .. } => return filter_request(source, list),
            Task::Entry { list, entry, .. } => {
                ("GetListEntry", vec![site, ("ListId", list.clone()), ("EntryId", entry.clone())])
            }
            // The parameter is named EntryId, in contrast to the name of the operation.
            Task::Votes { entry, .. } => {
                ("GetListEntryVotesByListEntryId", vec![site, ("EntryId", entry.clone())])
            }
            Task::Users => ("GetUsers", vec![site]),
            Task::User { id } => ("GetUser", vec![site, ("UserId", id.clone())]),
            Task::Webcast(task) => return task.request(),
        };
        let inner: String = parameters.iter().map(|(key, value)| element(key, value)).collect();
        soap_request(source, operation, &inner)
    }

    fn judge(task: &Task, answer: &Answer) -> Judgement {
        match task {
            Task::Webcast(task) => task.judge(answer),
            task => payload::judge_answer(task, answer),
        }
    }

    fn subject(source: &Source, task: &Task) -> Option<EntityId> {
        let (kind, native) = match task {
            Task::Entry { name, entry, .. } | Task::Votes { entry, name } => {
                (EntryKind::of_words(None, Some(name)).kind(), entry)
            }
            Task::User { id } => (Kind::Person, id),
            _ => return None,
        };
        Some(EntityId::new(kind, "ibabs", &source.key, native.to_lowercase()))
    }

    fn lookup(_: &Source, _: &EntityId, window: Window) -> Option<Task> {
        let first = window.last().tomorrow().ok()?;
        let last = first.checked_add(LATER.months()).ok()?;
        Some(Task::LaterMeetings { window: Window::new(first, last).ok()? })
    }

    fn is_lookup(task: &Task) -> Option<bool> {
        matches!(task, Task::LaterMeetings { .. }).then_some(false)
    }

    fn is_volatile(task: &Task) -> bool {
        matches!(task, Task::Webcast(_))
    }

    fn narrow(task: &Task) -> Option<Vec<Task>> {
        let Task::Meetings { window, types } = task else { return None };
        let days = (window.last() - window.first()).get_days();
        let halves = if days >= 2 * NARROWEST_DAYS { window.halve()? } else { return None };
        Some(halves.map(|window| Task::Meetings { window, types: Arc::clone(types) }).into())
    }

    fn read(source: &Source, task: &Task, answer: &Answer) -> Result<Harvested<Task>, UnreadableError> {
        normalise::read_answer(source, task, answer)
    }

    /// The tree of the answer is kept, as JSON.
    fn redact(task: &Task, answer: &Answer) -> Option<Vec<u8>> {
        if let Task::Webcast(_) = task {
            // Webcasts are requested only for meetings without withheld parts; but the speakers may be citizens.
            return None;
        }
        let mut json = answer.take_tree(payload::parse_tree).ok()?;
        payload::redact_answer(&mut json);
        serde_json::to_vec(&json).ok()
    }

    fn judge_original(answer: &Answer) -> Judgement {
        match answer.status {
            200 if payload::is_html(&answer.bytes) => {
                Judgement::Broken("a page of HTML stands where the file should".into())
            }
            200 => Judgement::Content,
            403 if is_ban(answer) => payload::blocked(),
            // 403 means gone as well as too many requests: only a later request can tell.
            403 | 429 => Judgement::Throttled,
            404 | 410 => Judgement::Gone,
            status => Judgement::Broken(format!("HTTP {status}")),
        }
    }
}

/// An element in the envelope's own namespace.
fn element(key: &str, value: &str) -> String {
    format!("<{key}>{}</{key}>", escape(value))
}

fn soap_request(source: &Source, operation: &str, inner: &str) -> Request {
    let envelope = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><Envelope xmlns=\"http://schemas.xmlsoap.org/soap/envelope/\">\
         <Body><{operation} xmlns=\"http://tempuri.org/\">{inner}</{operation}></Body></Envelope>"
    );
    // The quotes are part of the header.
    let action = format!("\"http://tempuri.org/IPublic/{operation}\"");
    let request = Request::get(source.base.clone(), Wants::Payload);
    Request { soap: Some(Soap { action, envelope }), ..request }
}

/// A request for all entries of a list, the only operation with an object as its parameter.
fn filter_request(source: &Source, list: &str) -> Request {
    let inner = format!(
        "<filterRequest>{}{}{}</filterRequest>",
        filter_field("Sitename", BASE, &source.tenant),
        filter_field("ListId", REQUEST, list),
        filter_field("SinceDate", REQUEST, EVER)
    );
    soap_request(source, "GetListsEntriesByFilterRequest", &inner)
}

fn filter_field(key: &str, namespace: &str, value: &str) -> String {
    format!("<{key} xmlns=\"{namespace}\">{}</{key}>", escape(value))
}

fn is_within(window: Window, day: Option<Date>) -> bool {
    day.is_none_or(|day| window.contains(day))
}
