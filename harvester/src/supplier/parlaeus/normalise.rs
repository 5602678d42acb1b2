//! From Parlaeus' shapes to our entities: one function for each question, in files by subject.

use raadhuis_schema::Source;
use serde_json::Value;

use super::{Task, payload};
use crate::supplier::{
    Harvested, Supplier, Unreadable,
    json::{Node, Notes},
    reading::{self, must_have},
};

mod agenda;
mod people;
mod register;
mod video;

type Reading<'a> = reading::Reading<'a, Task>;

/// What an answer says.
pub fn read(source: &Source, task: &Task, json: &Value) -> Result<Harvested<Task>, Unreadable> {
    let notes = Notes::new(super::Parlaeus::name(task));
    let root = Node::root(json, &notes);
    let mut reading = Reading::new(source, &notes, &source.key);
    match task {
        Task::Committees => people::committees(&mut reading, &root),
        Task::Persons => people::persons(&mut reading, &root),
        Task::Agendas { window } => agenda::agendas(&mut reading, &root, *window),
        Task::Agenda { id } => agenda::agenda(&mut reading, &root, id)?,
        Task::MissingAgenda { id } => agenda::missing(&mut reading, &root, id)?,
        Task::Video { id } => video::video(&mut reading, &root, id),
        Task::Registers { window } => register::registers(&mut reading, &root, *window)?,
        Task::Register { register, .. } => register::entries(&mut reading, &root, register)?,
        Task::Entry { register, key } => register::entry(&mut reading, &root, register, key)?,
    }
    let mut harvested = reading.harvested;
    harvested.remarks = notes.into_remarks();
    Ok(harvested)
}
