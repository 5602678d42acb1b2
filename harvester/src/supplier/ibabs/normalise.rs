//! From iBabs' shapes to our entities: one function for each task, in files by subject.

use std::sync::Arc;

use raadhuis_schema::Source;
use serde_json::Value;

use super::{IbabsTask, payload};
use crate::supplier::{
    Answer, Harvested, Supplier, UnreadableError,
    json::{JsonNode, Notes},
    reading,
};

mod list;
mod meeting;
mod people;
mod vote;

type Reading<'a> = reading::Reading<'a, IbabsTask>;

pub fn read_answer(
    source: &Source,
    task: &IbabsTask,
    answer: &Answer,
) -> Result<Harvested<IbabsTask>, UnreadableError> {
    let notes = Notes::new(super::Ibabs::task_name(task));
    let json = if matches!(task, IbabsTask::Webcast(_)) {
        Arc::new(Value::Null)
    } else {
        answer.parse_tree(payload::parse_tree)?
    };
    let root = JsonNode::root(&json, &notes);
    // Sites are shared and renamed; the key of the source does not change.
    let mut reading = Reading::new(source, &notes, &source.key);
    let reading_mut = &mut reading;
    match task {
        IbabsTask::MeetingTypes { window } => {
            meeting::read_types(reading_mut, &operation_result(&root, "GetMeetingtypes")?, *window);
        }
        IbabsTask::LaterMeetings { window } => {
            meeting::read_later_types(reading_mut, &operation_result(&root, "GetMeetingtypes")?, *window);
        }
        IbabsTask::Meetings { window, types } => {
            meeting::read_meetings(
                reading_mut,
                &operation_result(&root, "GetMeetingsByDateRange")?,
                *window,
                types,
            );
        }
        IbabsTask::Lists { window, types } => {
            list::read_lists(reading_mut, &operation_result(&root, "GetLists")?, *window, types);
        }
        IbabsTask::Entries { list, name, window, types } => {
            let result = operation_result(&root, "GetListsEntriesByFilterRequest")?;
            list::read_entries(reading_mut, &result, list, name, *window, types);
        }
        IbabsTask::Entry { name, entry, window, types, .. } => {
            list::read_entry(
                reading_mut,
                &operation_result(&root, "GetListEntry")?,
                entry,
                name,
                *window,
                types,
            );
        }
        IbabsTask::Votes { entry, name } => {
            vote::read_votes(
                reading_mut,
                &operation_result(&root, "GetListEntryVotesByListEntryId")?,
                entry,
                name,
            );
        }
        IbabsTask::Users => people::read_users(reading_mut, &operation_result(&root, "GetUsers")?),
        IbabsTask::User { id } => people::read_user(reading_mut, &operation_result(&root, "GetUser")?, id),
        IbabsTask::Webcast(task) => task.read(reading_mut, answer, IbabsTask::Webcast)?,
    }
    let mut harvested = reading.harvested;
    harvested.diagnostics = notes.into_diagnostics();
    Ok(harvested)
}

/// The result element of an operation.
fn operation_result<'a>(root: &JsonNode<'a>, operation: &str) -> Result<JsonNode<'a>, UnreadableError> {
    let body = root.get("Envelope").get("Body");
    if body.get("Fault").is_some() {
        return Err(UnreadableError("it is a SOAP fault".into()));
    }
    // An empty result is an element without children, which reads as null; a nil result is no answer.
    let (response, result) = (format!("{operation}Response"), format!("{operation}Result"));
    let is_answer = has_key(&body, &response)
        && (body.get(&response).value().is_none() || has_key(&body.get(&response), &result));
    if !is_answer {
        return Err(UnreadableError(format!("it is no answer to {operation}")));
    }
    Ok(body.get(&response).get(&result))
}

/// Returns whether an object has this key, even with the value null.
fn has_key(node: &JsonNode<'_>, key: &str) -> bool {
    node.value().and_then(Value::as_object).is_some_and(|fields| fields.contains_key(key))
}
