//! From Parlaeus' shapes to our entities: one function for each task, in files by subject.

use raadhuis_schema::Source;
use serde_json::Value;

use super::{ParlaeusTask, payload};
use crate::supplier::{
    Harvested, Supplier, UnreadableError,
    json::{JsonNode, Notes},
    reading::{self, must_have},
};

mod agenda;
mod people;
mod register;
mod video;

type Reading<'a> = reading::Reading<'a, ParlaeusTask>;

pub fn read_answer(
    source: &Source,
    task: &ParlaeusTask,
    json: &Value,
) -> Result<Harvested<ParlaeusTask>, UnreadableError> {
    let notes = Notes::new(super::Parlaeus::task_name(task));
    let root = JsonNode::root(json, &notes);
    let mut reading = Reading::new(source, &notes, &source.key);
    match task {
        ParlaeusTask::Committees => people::read_committees(&mut reading, &root),
        ParlaeusTask::Persons => people::read_persons(&mut reading, &root),
        ParlaeusTask::Agendas { window } => agenda::read_agendas(&mut reading, &root, *window),
        ParlaeusTask::Agenda { id } => agenda::read_agenda(&mut reading, &root, id)?,
        ParlaeusTask::MissingAgenda { id } => agenda::read_missing(&mut reading, &root, id)?,
        ParlaeusTask::Video { id } => video::read_video(&mut reading, &root, id),
        ParlaeusTask::Registers { window } => register::read_registers(&mut reading, &root, *window)?,
        ParlaeusTask::Register { register, .. } => register::read_entries(&mut reading, &root, register)?,
        ParlaeusTask::Entry { register, key } => register::read_entry(&mut reading, &root, register, key)?,
    }
    let mut harvested = reading.harvested;
    harvested.diagnostics = notes.into_diagnostics();
    Ok(harvested)
}
