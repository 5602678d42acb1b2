//! From Notubiz' shapes to our entities: one function for each task, in files by subject.

use jiff::Timestamp;
use raadhuis_schema::Source;

use super::{NotubizTask, payload};
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
    task: &NotubizTask,
    answer: &Answer,
) -> Result<Harvested<NotubizTask>, UnreadableError> {
    let notes = Notes::new(super::Notubiz::task_name(task));
    let mut reading = Reading::new(source, &notes, &source.tenant);
    let bytes = &answer.bytes;
    match task {
        NotubizTask::Page { meeting, recording, withheld, closed, .. } => {
            page::read_page(&mut reading, bytes, *meeting, *recording, withheld, closed)?;
        }
        NotubizTask::Subtitles { media, meeting, closed, .. } => {
            media::read_subtitles(&mut reading, bytes, *media, *meeting, closed)?;
        }
        _ => {
            let json = answer.parse_tree(payload::parse)?;
            read_json(&mut reading, task, &JsonNode::root(&json, &notes), answer.fetched)?;
        }
    }
    let mut harvested = reading.harvested;
    harvested.diagnostics = notes.into_diagnostics();
    Ok(harvested)
}

fn read_json(
    reading: &mut Reading<'_>,
    task: &NotubizTask,
    root: &JsonNode<'_>,
    now: Timestamp,
) -> Result<(), UnreadableError> {
    match task {
        NotubizTask::Gremia => people::read_gremia(reading, root),
        NotubizTask::Parties => people::read_parties(reading, root),
        NotubizTask::Speakers => people::read_speakers(reading, root),
        NotubizTask::Modules { window } => entry::read_modules(reading, root, *window),
        NotubizTask::Events { window, page } => event::read_events(reading, root, *window, *page),
        NotubizTask::Assembly { id } => event::read_assembly(reading, root, *id),
        NotubizTask::Meeting { id } => agenda::read_meeting(reading, root, *id, now),
        NotubizTask::MissingMeeting { id } => event::read_missing(reading, root, *id),
        NotubizTask::Votings { meeting, withheld } => voting::read_votings(reading, root, *meeting, withheld),
        NotubizTask::Register { module, name, window } => {
            entry::read_register(reading, root, *module, name, *window)
        }
        NotubizTask::Item { id } => entry::read_item(reading, root, *id),
        NotubizTask::Media { meeting, page, stretches, withheld, closed } => {
            media::read_media(reading, root, *meeting, page.as_ref(), stretches, withheld, closed)
        }
        NotubizTask::Page { .. } | NotubizTask::Subtitles { .. } => Ok(()),
    }
}

type Reading<'a> = reading::Reading<'a, NotubizTask>;
