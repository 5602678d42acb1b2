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
    Answer, AnswerClass, Harvested, Lane, Request, Soap, Supplier, UnreadableError, Wants, companywebcast,
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
pub enum IbabsTask {
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
    Webcast(companywebcast::CompanyWebcastTask),
}

impl Supplier for Ibabs {
    type Task = IbabsTask;

    /// Stated by the supplier on 17 August 2026, per address: 180 a minute for SOAP and portals, 30 for downloads.
    const LANES: &'static [Lane] = &[
        Lane { name: "ibabs", hosts: &["wcf.ibabs.eu", "*.bestuurlijkeinformatie.nl"], per_minute: 180 },
        Lane { name: "ibabs files", hosts: &["api1.ibabs.eu", "*.ibabs.eu"], per_minute: 30 },
    ];

    fn start_tasks(_: &Source, window: Window) -> Vec<IbabsTask> {
        vec![IbabsTask::MeetingTypes { window }, IbabsTask::Users]
    }

    fn task_name(task: &IbabsTask) -> String {
        match task {
            IbabsTask::MeetingTypes { .. } => "meeting types".into(),
            IbabsTask::LaterMeetings { window } => format!("meeting types for later meetings {window}"),
            IbabsTask::Meetings { window, .. } => format!("meetings {window}"),
            IbabsTask::Lists { .. } => "lists".into(),
            IbabsTask::Entries { list, .. } => format!("entries of list {list}"),
            IbabsTask::Entry { entry, .. } => format!("entry {entry}"),
            IbabsTask::Votes { entry, .. } => format!("votes about entry {entry}"),
            IbabsTask::Users => "users".into(),
            IbabsTask::User { id } => format!("user {id}"),
            IbabsTask::Webcast(task) => task.name(),
        }
    }

    fn task_window(task: &IbabsTask) -> Option<Window> {
        match task {
            IbabsTask::Meetings { window, .. } => Some(*window),
            _ => None,
        }
    }

    fn request(source: &Source, task: &IbabsTask) -> Request {
        let site = ("Sitename", source.tenant.clone());
        let (operation, parameters): (&str, Vec<(&str, String)>) = match task {
            IbabsTask::MeetingTypes { .. } | IbabsTask::LaterMeetings { .. } => {
                ("GetMeetingtypes", vec![site])
            }
            IbabsTask::Meetings { window, .. } => (
                "GetMeetingsByDateRange",
                vec![
                    site,
                    ("StartDate", format!("{}T00:00:00", window.first())),
                    ("EndDate", format!("{}T23:59:59", window.last())),
                    ("MetaDataOnly", "false".into()),
                ],
            ),
            IbabsTask::Lists { .. } => ("GetLists", vec![site]),
            IbabsTask::Entries { list, .. } => return filter_request(source, list),
            IbabsTask::Entry { list, entry, .. } => {
                ("GetListEntry", vec![site, ("ListId", list.clone()), ("EntryId", entry.clone())])
            }
            // The parameter is named EntryId, in contrast to the name of the operation.
            IbabsTask::Votes { entry, .. } => {
                ("GetListEntryVotesByListEntryId", vec![site, ("EntryId", entry.clone())])
            }
            IbabsTask::Users => ("GetUsers", vec![site]),
            IbabsTask::User { id } => ("GetUser", vec![site, ("UserId", id.clone())]),
            IbabsTask::Webcast(task) => return task.request(),
        };
        let inner: String = parameters.iter().map(|(key, value)| element(key, value)).collect();
        soap_request(source, operation, &inner)
    }

    fn classify_answer(task: &IbabsTask, answer: &Answer) -> AnswerClass {
        match task {
            IbabsTask::Webcast(task) => task.classify_answer(answer),
            task => payload::classify_payload(task, answer),
        }
    }

    fn subject(source: &Source, task: &IbabsTask) -> Option<EntityId> {
        let (kind, native) = match task {
            IbabsTask::Entry { name, entry, .. } | IbabsTask::Votes { entry, name } => {
                (EntryKind::of_words(None, Some(name)).kind(), entry)
            }
            IbabsTask::User { id } => (Kind::Person, id),
            _ => return None,
        };
        Some(EntityId::new(kind, "ibabs", &source.key, native.to_lowercase()))
    }

    fn lookup_task(_: &Source, _: &EntityId, window: Window) -> Option<IbabsTask> {
        let first = window.last().tomorrow().ok()?;
        let last = first.checked_add(LATER.months()).ok()?;
        Some(IbabsTask::LaterMeetings { window: Window::new(first, last).ok()? })
    }

    fn is_lookup(task: &IbabsTask) -> Option<bool> {
        matches!(task, IbabsTask::LaterMeetings { .. }).then_some(false)
    }

    fn is_volatile(task: &IbabsTask) -> bool {
        matches!(task, IbabsTask::Webcast(_))
    }

    fn narrow_task(task: &IbabsTask) -> Option<Vec<IbabsTask>> {
        let IbabsTask::Meetings { window, types } = task else { return None };
        let days = (window.last() - window.first()).get_days();
        let halves = if days >= 2 * NARROWEST_DAYS { window.split_window()? } else { return None };
        Some(halves.map(|window| IbabsTask::Meetings { window, types: Arc::clone(types) }).into())
    }

    fn read_answer(
        source: &Source,
        task: &IbabsTask,
        answer: &Answer,
    ) -> Result<Harvested<IbabsTask>, UnreadableError> {
        normalise::read_answer(source, task, answer)
    }

    /// The tree of the answer is kept, as JSON.
    fn redact_answer(task: &IbabsTask, answer: &Answer) -> Option<Vec<u8>> {
        if let IbabsTask::Webcast(_) = task {
            // Webcasts are requested only for meetings without withheld parts; but the speakers may be citizens.
            return None;
        }
        let mut json = answer.take_tree(payload::parse_tree).ok()?;
        payload::redact_answer(&mut json);
        Some(json.to_string().into_bytes())
    }

    fn classify_original(answer: &Answer) -> AnswerClass {
        match answer.status {
            200 if payload::is_html(&answer.bytes) => {
                AnswerClass::Broken("a page of HTML stands where the file should".into())
            }
            200 => AnswerClass::Content,
            403 if is_ban(answer) => payload::blocked(),
            // 403 means gone as well as too many requests: only a later request can tell.
            403 | 429 => AnswerClass::Throttled,
            404 | 410 => AnswerClass::Gone,
            status => AnswerClass::Broken(format!("HTTP {status}")),
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
