//! The state's own registers: the export of organisations with their councils, and the TOOI lists of authorities,
//! present and past. They cover all authorities at once.

use raadhuis_schema::{Source, Window};
use serde::{Deserialize, Serialize};

use super::{Answer, AnswerClass, Harvested, Lane, Request, Supplier, UnreadableError, Wants};

mod normalise;
mod payload;

pub use payload::{is_office, person_name};

#[derive(Debug)]
pub struct Registers;

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum RegisterTask {
    /// All organisations with seats, functions and the persons who hold them.
    Export,
    /// One of the lists of authorities, by name and version.
    List(String, u32),
}

/// The lists, with the newest known versions. A newer version has an address of its own.
const LISTS: [(&str, u32); 3] =
    [("rwc_gemeenten_compleet", 5), ("rwc_provincies_compleet", 1), ("rwc_waterschappen_compleet", 2)];

impl Supplier for Registers {
    type Task = RegisterTask;

    /// No limit is documented; a handful of requests a day.
    const LANES: &'static [Lane] =
        &[Lane { name: "registers", hosts: &["organisaties.overheid.nl"], per_minute: 10 }];

    fn start_tasks(source: &Source, _: Window) -> Vec<RegisterTask> {
        match source.tenant.as_str() {
            "exportOO" => vec![RegisterTask::Export],
            _ => LISTS.map(|(name, version)| RegisterTask::List(name.to_owned(), version)).into(),
        }
    }

    fn task_name(task: &RegisterTask) -> String {
        match task {
            RegisterTask::Export => "export of organisations".into(),
            RegisterTask::List(name, version) => format!("list {name} {version}"),
        }
    }

    fn task_window(_: &RegisterTask) -> Option<Window> {
        None
    }

    fn request(source: &Source, task: &RegisterTask) -> Request {
        let mut url = source.base.clone();
        match task {
            RegisterTask::Export => url.set_path("archive/exportOO.xml"),
            RegisterTask::List(name, version) => {
                url.set_path(&format!("waardelijsten/{name}/{version}/json/{name}_{version}.json"));
            }
        }
        Request::get(url, Wants::Payload)
    }

    fn classify_answer(_: &RegisterTask, answer: &Answer) -> AnswerClass {
        let start = String::from_utf8_lossy(answer.bytes.get(..200).unwrap_or(&answer.bytes)).to_lowercase();
        match answer.status {
            200 if start.contains("<html") => AnswerClass::Blocked("HTML stands where data should".into()),
            200 => AnswerClass::Content,
            404 | 410 => AnswerClass::Gone,
            401 | 403 => AnswerClass::Refused(format!("HTTP {}", answer.status)),
            429 => AnswerClass::Throttled,
            status => AnswerClass::Broken(format!("HTTP {status}")),
        }
    }

    fn read_answer(
        source: &Source,
        task: &RegisterTask,
        answer: &Answer,
    ) -> Result<Harvested<RegisterTask>, UnreadableError> {
        normalise::read_answer(source, task, &answer.bytes)
    }

    /// The export contains many addresses and telephone numbers and is published anew each day: it is not kept.
    fn redact_answer(task: &RegisterTask, answer: &Answer) -> Option<Vec<u8>> {
        matches!(task, RegisterTask::List(..)).then(|| answer.bytes.to_vec())
    }
}
