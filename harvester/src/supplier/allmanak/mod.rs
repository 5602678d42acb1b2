//! The Allmanak: a public copy of the state's register of organisations behind PostgREST, one organisation at a time.
//! It may be stale, so its sources are off unless the operator turns them on; the register itself is read first.

use raadhuis_schema::{Source, Window};
use serde::{Deserialize, Serialize};

use super::{Answer, Harvested, Judgement, Lane, Request, Supplier, UnreadableError, Wants};

mod normalise;
mod payload;

#[derive(Debug)]
pub struct Allmanak;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Task {
    /// The parties of a council with their seats.
    Parties,
    /// The functions of an organisation and the persons who hold them.
    Members,
}

/// Columns to select: the functions, with the persons in them.
const FUNCTIONS: &str =
    "naam,functies(functie:functieid(naam,medewerkers(persoon:persoonid(systemid,naam,partij))))";

impl Supplier for Allmanak {
    type Task = Task;

    /// No limit is documented; a polite user agent is requested.
    const LANES: &'static [Lane] =
        &[Lane { name: "allmanak", hosts: &["rest-api.allmanak.nl"], per_minute: 30 }];

    fn start(_: &Source, _: Window) -> Vec<Task> {
        vec![Task::Parties, Task::Members]
    }

    fn name(task: &Task) -> String {
        match task {
            Task::Parties => "parties".into(),
            Task::Members => "members".into(),
        }
    }

    fn window(_: &Task) -> Option<Window> {
        None
    }

    fn request(source: &Source, task: &Task) -> Request {
        let select = match task {
            Task::Parties => "zetels",
            Task::Members => FUNCTIONS,
        };
        let base = source.base.path().trim_end_matches('/').to_owned();
        let mut url = source.base.clone();
        url.set_path(&format!("{base}/overheidsorganisatie"));
        url.query_pairs_mut()
            .append_pair("systemid", &format!("eq.{}", source.tenant))
            .append_pair("select", select);
        Request::get(url, Wants::Payload)
    }

    fn judge(_: &Task, answer: &Answer) -> Judgement {
        match answer.status {
            200 if answer.bytes.trim_ascii_start().starts_with(b"<") => {
                Judgement::Blocked("HTML stands where JSON should".into())
            }
            200 | 206 => Judgement::Content,
            401 | 403 => Judgement::Refused(format!("HTTP {}", answer.status)),
            404 | 410 => Judgement::Gone,
            429 => Judgement::Throttled,
            status => Judgement::Broken(format!("HTTP {status}")),
        }
    }

    fn read(source: &Source, task: &Task, answer: &Answer) -> Result<Harvested<Task>, UnreadableError> {
        normalise::read_answer(source, *task, &answer.bytes)
    }

    /// Functions include those of staff, whose names are not kept.
    fn redact(task: &Task, answer: &Answer) -> Option<Vec<u8>> {
        (*task == Task::Parties).then(|| answer.bytes.to_vec())
    }
}
