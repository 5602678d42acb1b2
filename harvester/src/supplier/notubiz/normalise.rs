//! From Notubiz' shapes to our entities: one function for each question, in files by subject.

use jiff::Timestamp;
use raadhuis_schema::Source;

use super::{Task, payload};
use crate::supplier::{
    Answer, Harvested, Supplier, Unreadable,
    json::{Node, Notes},
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

/// What an answer says. Pages and subtitles are no JSON.
pub fn read(source: &Source, task: &Task, answer: &Answer) -> Result<Harvested<Task>, Unreadable> {
    let notes = Notes::new(super::Notubiz::name(task));
    let mut reading = Reading::new(source, &notes, &source.tenant);
    let bytes = &answer.bytes;
    match task {
        Task::Page { meeting, recording, withheld, closed, .. } => {
            page::page(&mut reading, bytes, *meeting, *recording, withheld, closed)?;
        }
        Task::Subtitles { media, meeting, closed, .. } => {
            media::subtitles(&mut reading, bytes, *media, *meeting, closed)?;
        }
        _ => {
            let json = answer.tree(payload::parse)?;
            of_json(&mut reading, task, &Node::root(&json, &notes), answer.fetched)?;
        }
    }
    let mut harvested = reading.harvested;
    harvested.remarks = notes.into_remarks();
    Ok(harvested)
}

fn of_json(
    reading: &mut Reading<'_>,
    task: &Task,
    root: &Node<'_>,
    now: Timestamp,
) -> Result<(), Unreadable> {
    match task {
        Task::Gremia => people::gremia(reading, root),
        Task::Parties => people::parties(reading, root),
        Task::Speakers => people::speakers(reading, root),
        Task::Modules { window } => entry::modules(reading, root, *window),
        Task::Events { window, page } => event::events(reading, root, *window, *page),
        Task::Assembly { id } => event::assembly(reading, root, *id),
        Task::Meeting { id } => agenda::meeting(reading, root, *id, now),
        Task::MissingMeeting { id } => event::missing(reading, root, *id),
        Task::Votings { meeting, withheld } => voting::votings(reading, root, *meeting, withheld),
        Task::Register { module, name, window } => entry::register(reading, root, *module, name, *window),
        Task::Item { id } => entry::item(reading, root, *id),
        Task::Media { meeting, page, stretches, withheld, closed } => {
            media::media(reading, root, *meeting, page.as_ref(), stretches, withheld, closed)
        }
        Task::Page { .. } | Task::Subtitles { .. } => Ok(()),
    }
}

/// One answer being read.
type Reading<'a> = reading::Reading<'a, Task>;
