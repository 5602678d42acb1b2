//! Parlaeus: a small JSON API for each customer, opened by a session id that only the operator knows.
//!
//! The chain: committees, persons; agendas in a window → each agenda in full → its video; registers → the entries of a
//! month → each entry. Videos and registers are not in this API but at the portal. Every known robots.txt of a portal
//! excludes crawlers; it is read only when the operator overrides this. Transcripts are not published.

use raadhuis_schema::{EntityId, Kind, Source, Window};
use serde::{Deserialize, Serialize};

use super::{
    Answer, Harvested, Judgement, Request, Secret, Supplier, UnreadableError, Wants, parse::parse_json,
};

mod normalise;
mod payload;

/// A listing has one line for each meeting; therefore a year of them is small.
const MONTHS_AT_ONCE: i32 = 12;

/// A window that still fails at this many days is not narrowed further.
const NARROWEST_DAYS: i32 = 7;

#[derive(Debug)]
pub struct Parlaeus;

impl Parlaeus {
    const fn is_portal(task: &Task) -> bool {
        matches!(
            task,
            Task::Video { .. } | Task::Registers { .. } | Task::Register { .. } | Task::Entry { .. }
        )
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[allow(missing_docs, clippy::allow_attributes, reason = "the fields are the supplier's own parameters")]
pub enum Task {
    Committees,
    Persons,
    /// The agendas in a window, by id.
    Agendas {
        window: Window,
    },
    Agenda {
        id: String,
    },
    /// An agenda that the listing of its day no longer names: gives its present day.
    MissingAgenda {
        id: String,
    },
    Video {
        id: String,
    },
    /// The registers that the portal shows, to be read over `window` (portal).
    Registers {
        window: Window,
    },
    Register {
        register: String,
        year: i16,
        month: i8,
    },
    Entry {
        register: String,
        key: String,
    },
}

impl Supplier for Parlaeus {
    type Task = Task;

    fn start(_: &Source, window: Window) -> Vec<Task> {
        let mut tasks = vec![Task::Committees, Task::Persons];
        tasks.extend(
            window.split_by_months(MONTHS_AT_ONCE).into_iter().map(|window| Task::Agendas { window }),
        );
        tasks.push(Task::Registers { window });
        tasks
    }

    fn name(task: &Task) -> String {
        match task {
            Task::Committees => "committees".into(),
            Task::Persons => "persons".into(),
            Task::Agendas { window } => format!("agendas {window}"),
            Task::Agenda { id } => format!("agenda {id}"),
            Task::MissingAgenda { id } => format!("missing agenda {id}"),
            Task::Video { id } => format!("video {id}"),
            Task::Registers { .. } => "registers".into(),
            Task::Register { register, year, month } => format!("register {register} {year}-{month:02}"),
            Task::Entry { register, key } => format!("entry {key} of register {register}"),
        }
    }

    fn window(task: &Task) -> Option<Window> {
        if let Task::Agendas { window } = task { Some(*window) } else { None }
    }

    fn request(source: &Source, task: &Task) -> Request {
        let (function, parameters) = match task {
            Task::Committees => ("cie_list", vec![]),
            Task::Persons => ("person_list", vec![]),
            Task::Agendas { window } => {
                // The API does not document whether the last day is included: one more is requested.
                let until = window.last().tomorrow().unwrap_or(window.last());
                ("agenda_list", vec![("since", compact_day(window.first())), ("until", compact_day(until))])
            }
            Task::Agenda { id } | Task::MissingAgenda { id } => ("agenda_detail", vec![("agid", id.clone())]),
            Task::Video { id } => {
                return portal_request(source, &format!("agendavideo/action=detaildata/ag={id}"));
            }
            Task::Registers { .. } => return portal_request(source, "menu/action=datalist"),
            Task::Register { register, year, month } => {
                return portal_request(source, &format!("{register}/action=datalist/mn={month}/yr={year}"));
            }
            Task::Entry { register, key } => {
                return portal_request(source, &format!("{register}/action=detaildata/gd={key}"));
            }
        };
        let mut url = source.base.clone();
        url.query_pairs_mut().append_pair("fn", function).extend_pairs(parameters);
        let variable = format!("RAADHUIS_PARLAEUS_{}", source.key.to_uppercase().replace('-', "_"));
        let secret = Some(Secret { parameter: "rid", variable });
        Request { secret, ..Request::get(url, Wants::Payload) }
    }

    fn judge(task: &Task, answer: &Answer) -> Judgement {
        let body = answer.bytes.trim_ascii_start();
        let json = answer.tree(parse_json).ok();
        match answer.status {
            200 if body.starts_with(b"<") => Judgement::Blocked("HTML stands where JSON should".into()),
            200 => payload::refusal(json.as_deref()).map_or(Judgement::Content, Judgement::Refused),
            401 | 403 if body.starts_with(b"<") => {
                Judgement::Blocked(format!("HTTP {} with an HTML page", answer.status))
            }
            401 | 403 => Judgement::Refused(format!("HTTP {}", answer.status)),
            404 | 410 => Judgement::Gone,
            429 => Judgement::Throttled,
            500 | 504 if Self::window(task).is_some() => Judgement::TooMuch,
            status => Judgement::Broken(format!("HTTP {status}")),
        }
    }

    fn subject(source: &Source, task: &Task) -> Option<EntityId> {
        let (Task::Agenda { id } | Task::MissingAgenda { id } | Task::Video { id }) = task else {
            return None;
        };
        Some(EntityId::new(Kind::Meeting, "parlaeus", &source.key, id))
    }

    fn lookup(_: &Source, meeting: &EntityId, _: Window) -> Option<Task> {
        Some(Task::MissingAgenda { id: meeting.native() })
    }

    fn is_lookup(task: &Task) -> Option<bool> {
        matches!(task, Task::MissingAgenda { .. }).then_some(true)
    }

    fn narrow(task: &Task) -> Option<Vec<Task>> {
        let Task::Agendas { window } = task else { return None };
        if (window.last() - window.first()).get_days() <= NARROWEST_DAYS {
            return None;
        }
        Some(window.halve()?.map(|window| Task::Agendas { window }).into())
    }

    fn read(source: &Source, task: &Task, answer: &Answer) -> Result<Harvested<Task>, UnreadableError> {
        let json = answer.tree(parse_json)?;
        normalise::read_answer(source, task, &json)
    }

    fn redact(task: &Task, answer: &Answer) -> Option<Vec<u8>> {
        if Self::is_portal(task) {
            // Portal answers also name citizens: speakers and authors of letters.
            return None;
        }
        let mut json = answer.take_tree(parse_json).ok()?;
        payload::redact_answer(&mut json);
        serde_json::to_vec(&json).ok()
    }
}

/// A day without separators, like `20240111`.
fn compact_day(day: jiff::civil::Date) -> String {
    day.strftime("%Y%m%d").to_string()
}

/// A request to the portal, whose parameters are parts of the path.
fn portal_request(source: &Source, path: &str) -> Request {
    let mut url = source.base.clone();
    url.set_path(&format!("/vji/public/{path}"));
    Request::get(url, Wants::Page)
}
