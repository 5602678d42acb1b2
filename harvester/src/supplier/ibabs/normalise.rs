//! From iBabs' shapes to our entities: one function for each question, in files by subject.

use std::sync::Arc;

use raadhuis_schema::Source;
use serde_json::Value;

use super::{Task, payload};
use crate::supplier::{
    Answer, Harvested, Supplier, Unreadable,
    json::{Node, Notes},
    reading,
};

mod list;
mod meeting;
mod people;
mod vote;

/// One answer being read.
type Reading<'a> = reading::Reading<'a, Task>;

/// What an answer says.
pub fn read(source: &Source, task: &Task, answer: &Answer) -> Result<Harvested<Task>, Unreadable> {
    let notes = Notes::new(super::Ibabs::name(task));
    let json =
        if matches!(task, Task::Webcast(_)) { Arc::new(Value::Null) } else { answer.tree(payload::tree)? };
    let root = Node::root(&json, &notes);
    // Sites are shared, and their names change; the key of the source does not.
    let mut reading = Reading::new(source, &notes, &source.key);
    let reading_mut = &mut reading;
    match task {
        Task::MeetingTypes { window } => {
            meeting::types(reading_mut, &result(&root, "GetMeetingtypes")?, *window);
        }
        Task::LaterMeetings { window } => {
            meeting::later(reading_mut, &result(&root, "GetMeetingtypes")?, *window);
        }
        Task::Meetings { window, types } => {
            meeting::meetings(reading_mut, &result(&root, "GetMeetingsByDateRange")?, *window, types);
        }
        Task::Lists { window, types } => {
            list::lists(reading_mut, &result(&root, "GetLists")?, *window, types);
        }
        Task::Entries { list, name, window, types } => {
            let result = result(&root, "GetListsEntriesByFilterRequest")?;
            list::entries(reading_mut, &result, list, name, *window, types);
        }
        Task::Entry { name, entry, window, types, .. } => {
            list::entry(reading_mut, &result(&root, "GetListEntry")?, entry, name, *window, types);
        }
        Task::Votes { entry, name } => {
            vote::votes(reading_mut, &result(&root, "GetListEntryVotesByListEntryId")?, entry, name);
        }
        Task::Users => people::users(reading_mut, &result(&root, "GetUsers")?),
        Task::User { id } => people::user(reading_mut, &result(&root, "GetUser")?, id),
        Task::Webcast(task) => task.read(reading_mut, answer, Task::Webcast)?,
    }
    let mut harvested = reading.harvested;
    harvested.remarks = notes.into_remarks();
    Ok(harvested)
}

/// What an operation answers with.
fn result<'a>(root: &Node<'a>, operation: &str) -> Result<Node<'a>, Unreadable> {
    let body = root.get("Envelope").get("Body");
    if body.get("Fault").is_some() {
        return Err(Unreadable("it is a SOAP fault".into()));
    }
    // An empty result is an element without children, which reads as nothing; a nil one is no answer.
    let (response, result) = (format!("{operation}Response"), format!("{operation}Result"));
    let has = |node: &Node<'_>, key: &str| {
        node.value().and_then(Value::as_object).is_some_and(|fields| fields.contains_key(key))
    };
    let is_answer = has(&body, &response)
        && (body.get(&response).value().is_none() || has(&body.get(&response), &result));
    if !is_answer {
        return Err(Unreadable(format!("it is no answer to {operation}")));
    }
    Ok(body.get(&response).get(&result))
}
