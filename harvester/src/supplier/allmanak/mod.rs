//! The Allmanak: a public copy of the state's register of organisations behind PostgREST, one organisation at a time.
//! It may be stale, so its sources are off unless the operator turns them on; the register itself is read first.

use raadhuis_schema::{Source, Window};
use serde::{Deserialize, Serialize};

use super::{Answer, AnswerClass, Harvested, Lane, Request, Supplier, UnreadableError, Wants};

mod normalise;
mod payload;

#[derive(Debug)]
pub struct Allmanak;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum AllmanakTask {
    /// The parties of a council with their seats.
    Parties,
    /// The functions of an organisation and the persons who hold them.
    Members,
}

/// Columns to select: the functions, with the persons in them.
const FUNCTIONS: &str =
    "naam,functies(functie:functieid(naam,medewerkers(persoon:persoonid(systemid,naam,partij))))";

impl Supplier for Allmanak {
    type Task = AllmanakTask;

    /// No limit is documented; a polite user agent is requested.
    const LANES: &'static [Lane] =
        &[Lane { name: "allmanak", hosts: &["rest-api.allmanak.nl"], per_minute: 30 }];

    fn start_tasks(_: &Source, _: Window) -> Vec<AllmanakTask> {
        vec![AllmanakTask::Parties, AllmanakTask::Members]
    }

    fn task_name(task: &AllmanakTask) -> String {
        match task {
            AllmanakTask::Parties => "parties".into(),
            AllmanakTask::Members => "members".into(),
        }
    }

    fn task_window(_: &AllmanakTask) -> Option<Window> {
        None
    }

    fn request(source: &Source, task: &AllmanakTask) -> Request {
        let select = match task {
            AllmanakTask::Parties => "zetels",
            AllmanakTask::Members => FUNCTIONS,
        };
        let base = source.base.path().trim_end_matches('/').to_owned();
        let mut url = source.base.clone();
        url.set_path(&format!("{base}/overheidsorganisatie"));
        url.query_pairs_mut()
            .append_pair("systemid", &format!("eq.{}", source.tenant))
            .append_pair("select", select);
        Request::get(url, Wants::Payload)
    }

    fn classify_answer(_: &AllmanakTask, answer: &Answer) -> AnswerClass {
        match answer.status {
            200 if answer.bytes.trim_ascii_start().starts_with(b"<") => {
                AnswerClass::Blocked("HTML stands where JSON should".into())
            }
            200 | 206 => AnswerClass::Content,
            401 | 403 => AnswerClass::Refused(format!("HTTP {}", answer.status)),
            404 | 410 => AnswerClass::Gone,
            429 => AnswerClass::Throttled,
            status => AnswerClass::Broken(format!("HTTP {status}")),
        }
    }

    fn read_answer(
        source: &Source,
        task: &AllmanakTask,
        answer: &Answer,
    ) -> Result<Harvested<AllmanakTask>, UnreadableError> {
        normalise::read_answer(source, *task, &answer.bytes)
    }

    /// Functions include those of staff, whose names are not kept.
    fn redact_answer(task: &AllmanakTask, answer: &Answer) -> Option<Vec<u8>> {
        (*task == AllmanakTask::Parties).then(|| answer.bytes.to_vec())
    }
}
