//! From Parlaeus' shapes to our entities: one function for each task, in files by subject.

use raadhuis_schema::Source;
use serde_json::Value;

use super::{Task, payload};
use crate::supplier::{
    Harvested, Supplier, UnreadableError,
    json::{JsonNode, Notes},
    reading::{self, must_have},
};

mod agenda;
mod people;
mod register;
mod video;

type Reading<'a> = reading::Reading<'a, Task>;

pub fn read_answer(source: &Source, task: &Task, json: &Value) -> Result<Harvested<Task>, UnreadableError> {
    let notes = Notes::new(super::Parlaeus::name(task));
    let root = JsonNode::root(json, &notes);
    let mut reading = Reading::new(source, &notes, &source.key);
    match task {
        Task::Committees => people::read_committees(&mut reading, &root),
        Task::Persons => people::read_persons(&mut reading, &root),
        Task::Agendas { window } => agenda::read_agendas(&mut reading, &root, *window),
        Task::Agenda { id } => agenda::read_agenda(&mut reading, &root, id)?,
        Task::MissingAgenda { id } => agenda::read_missing(&mut reading, &root, id)?,
        Task::Video { id } => video::read_video(&mut reading, &root, id),
        Task::Registers { window } => register::read_registers(&mut reading, &root, *window)?,
        Task::Register { register, .. } => register::read_entries(&mut reading, &root, register)?,
        Task::Entry { register, key } => register::read_entry(&mut reading, &root, register, key)?,
    }
    let mut harvested = reading.harvested;
    harvested.remarks = notes.into_remarks();
    Ok(harvested)
}
