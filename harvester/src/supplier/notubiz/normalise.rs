//! From Notubiz' shapes to our entities: one function for each question, in files by subject.

use raadhuis_schema::Source;
use serde_json::Value;

use super::{Stretch, Task, payload};
use crate::supplier::{
    Harvested, Supplier, Unreadable,
    json::{Node, Notes},
    reading::{self, must_have},
};

mod agenda;
mod document;
mod entry;
mod event;
mod media;
mod people;
mod voting;

/// What an answer says.
pub fn read(source: &Source, task: &Task, json: &Value) -> Result<Harvested<Task>, Unreadable> {
    let notes = Notes::new(super::Notubiz::name(task));
    let root = Node::root(json, &notes);
    let mut reading = Reading::new(source, &notes, &source.tenant);
    match task {
        Task::Gremia => people::gremia(&mut reading, &root)?,
        Task::Parties => people::parties(&mut reading, &root)?,
        Task::Speakers => people::speakers(&mut reading, &root)?,
        Task::Modules { window } => entry::modules(&mut reading, &root, *window)?,
        Task::Events { window, page } => event::events(&mut reading, &root, *window, *page)?,
        Task::Assembly { id } => event::assembly(&mut reading, &root, *id)?,
        Task::Meeting { id } => agenda::meeting(&mut reading, &root, *id)?,
        Task::Votings { meeting, withheld } => voting::votings(&mut reading, &root, *meeting, withheld)?,
        Task::Register { module, name, window } => {
            entry::register(&mut reading, &root, *module, name, *window)?;
        }
        Task::Item { id } => entry::item(&mut reading, &root, *id)?,
        Task::Media { meeting, page, stretches, closed } => {
            media::media(&mut reading, &root, *meeting, page.as_ref(), stretches, closed)?;
        }
        // Subtitles are no JSON.
        Task::Subtitles { .. } => {}
    }
    let mut harvested = reading.harvested;
    harvested.remarks = notes.into_remarks();
    Ok(harvested)
}

/// What subtitles say.
pub fn read_subtitles(
    source: &Source,
    task: &Task,
    bytes: &[u8],
    media: u64,
    meeting: u64,
    closed: &[Stretch],
) -> Result<Harvested<Task>, Unreadable> {
    let notes = Notes::new(super::Notubiz::name(task));
    let mut reading = Reading::new(source, &notes, &source.tenant);
    media::subtitles(&mut reading, bytes, media, meeting, closed)?;
    Ok(reading.harvested)
}

/// One answer being read.
type Reading<'a> = reading::Reading<'a, Task>;
