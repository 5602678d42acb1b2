//! Parlaeus: a small JSON API for each customer, opened by a session id that only the operator knows.
//!
//! The chain: committees, persons; agendas in a window → each agenda in full → its video; registers → the entries of a
//! month → each entry. Videos and registers are not in this API but at the portal. Every known robots.txt of a portal
//! excludes crawlers; it is read only when the operator overrides this. Transcripts are not published.

use raadhuis_schema::{EntityId, Kind, Source, Window};
use serde::{Deserialize, Serialize};

use super::{
    Answer, AnswerClass, Harvested, Request, Secret, Supplier, UnreadableError, Wants, parse::parse_json,
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
    const fn is_portal(task: &ParlaeusTask) -> bool {
        matches!(
            task,
            ParlaeusTask::Video { .. }
                | ParlaeusTask::Registers { .. }
                | ParlaeusTask::Register { .. }
                | ParlaeusTask::Entry { .. }
        )
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[allow(missing_docs, clippy::allow_attributes, reason = "the fields are the supplier's own parameters")]
pub enum ParlaeusTask {
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
    type Task = ParlaeusTask;

    fn start_tasks(_: &Source, window: Window) -> Vec<ParlaeusTask> {
        let mut tasks = vec![ParlaeusTask::Committees, ParlaeusTask::Persons];
        tasks.extend(
            window.split_by_months(MONTHS_AT_ONCE).into_iter().map(|window| ParlaeusTask::Agendas { window }),
        );
        tasks.push(ParlaeusTask::Registers { window });
        tasks
    }

    fn task_name(task: &ParlaeusTask) -> String {
        match task {
            ParlaeusTask::Committees => "committees".into(),
            ParlaeusTask::Persons => "persons".into(),
            ParlaeusTask::Agendas { window } => format!("agendas {window}"),
            ParlaeusTask::Agenda { id } => format!("agenda {id}"),
            ParlaeusTask::MissingAgenda { id } => format!("missing agenda {id}"),
            ParlaeusTask::Video { id } => format!("video {id}"),
            ParlaeusTask::Registers { .. } => "registers".into(),
            ParlaeusTask::Register { register, year, month } => {
                format!("register {register} {year}-{month:02}")
            }
            ParlaeusTask::Entry { register, key } => format!("entry {key} of register {register}"),
        }
    }

    fn task_window(task: &ParlaeusTask) -> Option<Window> {
        if let ParlaeusTask::Agendas { window } = task { Some(*window) } else { None }
    }

    fn request(source: &Source, task: &ParlaeusTask) -> Request {
        let (function, parameters) = match task {
            ParlaeusTask::Committees => ("cie_list", vec![]),
            ParlaeusTask::Persons => ("person_list", vec![]),
            ParlaeusTask::Agendas { window } => {
                // The API does not document whether the last day is included: one more is requested.
                let until = window.last().tomorrow().unwrap_or(window.last());
                ("agenda_list", vec![("since", compact_day(window.first())), ("until", compact_day(until))])
            }
            ParlaeusTask::Agenda { id } | ParlaeusTask::MissingAgenda { id } => {
                ("agenda_detail", vec![("agid", id.clone())])
            }
            ParlaeusTask::Video { id } => {
                return portal_request(source, &format!("agendavideo/action=detaildata/ag={id}"));
            }
            ParlaeusTask::Registers { .. } => return portal_request(source, "menu/action=datalist"),
            ParlaeusTask::Register { register, year, month } => {
                return portal_request(source, &format!("{register}/action=datalist/mn={month}/yr={year}"));
            }
            ParlaeusTask::Entry { register, key } => {
                return portal_request(source, &format!("{register}/action=detaildata/gd={key}"));
            }
        };
        let mut url = source.base.clone();
        url.query_pairs_mut().append_pair("fn", function).extend_pairs(parameters);
        let variable = format!("RAADHUIS_PARLAEUS_{}", source.key.to_uppercase().replace('-', "_"));
        let secret = Some(Secret { parameter: "rid", variable });
        Request { secret, ..Request::get(url, Wants::Payload) }
    }

    fn classify_answer(task: &ParlaeusTask, answer: &Answer) -> AnswerClass {
        let body = answer.bytes.trim_ascii_start();
        let json = answer.parse_tree(parse_json).ok();
        match answer.status {
            200 if body.starts_with(b"<") => AnswerClass::Blocked("HTML stands where JSON should".into()),
            200 => payload::refusal(json.as_deref()).map_or(AnswerClass::Content, AnswerClass::Refused),
            401 | 403 if body.starts_with(b"<") => {
                AnswerClass::Blocked(format!("HTTP {} with an HTML page", answer.status))
            }
            401 | 403 => AnswerClass::Refused(format!("HTTP {}", answer.status)),
            404 | 410 => AnswerClass::Gone,
            429 => AnswerClass::Throttled,
            500 | 504 if Self::task_window(task).is_some() => AnswerClass::TooMuch,
            status => AnswerClass::Broken(format!("HTTP {status}")),
        }
    }

    fn subject(source: &Source, task: &ParlaeusTask) -> Option<EntityId> {
        let (ParlaeusTask::Agenda { id } | ParlaeusTask::MissingAgenda { id } | ParlaeusTask::Video { id }) =
            task
        else {
            return None;
        };
        Some(EntityId::new(Kind::Meeting, "parlaeus", &source.key, id))
    }

    fn lookup_task(_: &Source, meeting: &EntityId, _: Window) -> Option<ParlaeusTask> {
        Some(ParlaeusTask::MissingAgenda { id: meeting.native() })
    }

    fn is_lookup(task: &ParlaeusTask) -> Option<bool> {
        matches!(task, ParlaeusTask::MissingAgenda { .. }).then_some(true)
    }

    fn narrow_task(task: &ParlaeusTask) -> Option<Vec<ParlaeusTask>> {
        let ParlaeusTask::Agendas { window } = task else { return None };
        if (window.last() - window.first()).get_days() <= NARROWEST_DAYS {
            return None;
        }
        Some(window.split_window()?.map(|window| ParlaeusTask::Agendas { window }).into())
    }

    fn read_answer(
        source: &Source,
        task: &ParlaeusTask,
        answer: &Answer,
    ) -> Result<Harvested<ParlaeusTask>, UnreadableError> {
        let json = answer.parse_tree(parse_json)?;
        normalise::read_answer(source, task, &json)
    }

    fn redact_answer(task: &ParlaeusTask, answer: &Answer) -> Option<Vec<u8>> {
        if Self::is_portal(task) {
            // Portal answers also name citizens: speakers and authors of letters.
            return None;
        }
        let mut json = answer.take_tree(parse_json).ok()?;
        payload::redact_answer(&mut json);
        Some(json.to_string().into_bytes())
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
