//! From Notubiz' shapes to our entities: one function for each task, in files by subject.

use jiff::Timestamp;
use raadhuis_schema::Source;

use super::{Task, payload};
use crate::supplier::{
    Answer, Harvested, Supplier, UnreadableError,
    json::{JsonNode, Notes},
    reading::{self, must_have},
};

mod agenda;
mod document;
mod entry;
mod event;
mod media;
mod page;
mod people;
mod voting;

/// Reads an answer. Pages and subtitles are no JSON.
pub fn read_answer(
    source: &Source,
    task: &Task,
    answer: &Answer,
) -> Result<Harvested<Task>, UnreadableError> {
    let notes = Notes::new(super::Notubiz::name(task));
    let mut reading = Reading::new(source, &notes, &source.tenant);
    let bytes = &answer.bytes;
    match task {
        Task::Page { meeting, recording, withheld, closed, .. } => {
            page::read_page(&mut reading, bytes, *meeting, *recording, withheld, closed)?;
        }
        Task::Subtitles { media, meeting, closed, .. } => {
            media::read_subtitles(&mut reading, bytes, *media, *meeting, closed)?;
        }
        _ => {
            let json = answer.tree(payload::parse)?;
            read_json(&mut reading, task, &JsonNode::root(&json, &notes), answer.fetched)?;
        }
    }
    let mut harvested = reading.harvested;
    harvested.remarks = notes.into_remarks();
    Ok(harvested)
}

fn read_json(
    reading: &mut Reading<'_>,
    task: &Task,
    root: &JsonNode<'_>,
    now: Timestamp,
) -> Result<(), UnreadableError> {
    match task {
        Task::Gremia => people::read_gremia(reading, root),
        Task::Parties => people::read_parties(reading, root),
        Task::Speakers => people::read_speakers(reading, root),
        Task::Modules { window } => entry::read_modules(reading, root, *window),
        Task::Events { window, page } => event::read_events(reading, root, *window, *page),
        Task::Assembly { id } => event::read_assembly(reading, root, *id),
        Task::Meeting { id } => agenda::read_meeting(reading, root, *id, now),
        Task::MissingMeeting { id } => event::read_missing(reading, root, *id),
        Task::Votings { meeting, withheld } => voting::read_votings(reading, root, *meeting, withheld),
        Task::Register { module, name, window } => {
            entry::read_register(reading, root, *module, name, *window)
        }
        Task::Item { id } => entry::read_item(reading, root, *id),
        Task::Media { meeting, page, stretches, withheld, closed } => {
            media::read_media(reading, root, *meeting, page.as_ref(), stretches, withheld, closed)
        }
        Task::Page { .. } | Task::Subtitles { .. } => Ok(()),
    }
}

type Reading<'a> = reading::Reading<'a, Task>;
