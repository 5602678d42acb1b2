//! The state's own registers: the export of organisations with their councils, and the TOOI lists of authorities,
//! present and past. They cover all authorities at once.

use raadhuis_schema::{Source, Window};
use serde::{Deserialize, Serialize};

use super::{Answer, Harvested, Judgement, Lane, Request, Supplier, UnreadableError, Wants};

mod normalise;
mod payload;

pub use payload::{is_office, person_name};

#[derive(Debug)]
pub struct Registers;

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Task {
    /// All organisations with seats, functions and the persons who hold them.
    Export,
    /// One of the lists of authorities, by name and version.
    List(String, u32),
}

/// The lists, with the newest known versions. A newer version has an address of its own.
const LISTS: [(&str, u32); 3] =
    [("rwc_gemeenten_compleet", 5), ("rwc_provincies_compleet", 1), ("rwc_waterschappen_compleet", 2)];

impl Supplier for Registers {
    type Task = Task;

    /// No limit is documented; a handful of requests a day.
    const LANES: &'static [Lane] =
        &[Lane { name: "registers", hosts: &["organisaties.overheid.nl"], per_minute: 10 }];

    fn start(source: &Source, _: Window) -> Vec<Task> {
        match source.tenant.as_str() {
            "exportOO" => vec![Task::Export],
            _ => LISTS.map(|(name, version)| Task::List(name.to_owned(), version)).into(),
        }
    }

    fn name(task: &Task) -> String {
        match task {
            Task::Export => "export of organisations".into(),
            Task::List(name, version) => format!("list {name} {version}"),
        }
    }

    fn window(_: &Task) -> Option<Window> {
        None
    }

    fn request(source: &Source, task: &Task) -> Request {
        let mut url = source.base.clone();
        match task {
            Task::Export => url.set_path("archive/exportOO.xml"),
            Task::List(name, version) => {
                url.set_path(&format!("waardelijsten/{name}/{version}/json/{name}_{version}.json"));
            }
        }
        Request::get(url, Wants::Payload)
    }

    fn judge(_: &Task, answer: &Answer) -> Judgement {
        let start = String::from_utf8_lossy(answer.bytes.get(..200).unwrap_or(&answer.bytes)).to_lowercase();
        match answer.status {
            200 if start.contains("<html") => Judgement::Blocked("HTML stands where data should".into()),
            200 => Judgement::Content,
            404 | 410 => Judgement::Gone,
            401 | 403 => Judgement::Refused(format!("HTTP {}", answer.status)),
            429 => Judgement::Throttled,
            status => Judgement::Broken(format!("HTTP {status}")),
        }
    }

    fn read(source: &Source, task: &Task, answer: &Answer) -> Result<Harvested<Task>, UnreadableError> {
        normalise::read_answer(source, task, &answer.bytes)
    }

    /// The export contains many addresses and telephone numbers and is published anew each day: it is not kept.
    fn redact(task: &Task, answer: &Answer) -> Option<Vec<u8>> {
        matches!(task, Task::List(..)).then(|| answer.bytes.to_vec())
    }
}
