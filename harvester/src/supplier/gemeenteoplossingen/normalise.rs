//! From GemeenteOplossingen's shapes to our entities: one function for each question, in files by subject.

use raadhuis_schema::{Origin, Source};
use serde_json::Value;

use super::{ROWS, Task, payload};
use crate::supplier::{
    Harvested, Supplier, Unreadable,
    json::{Node, Notes},
    reading,
};

mod document;
mod meeting;
mod people;

type Reading<'a> = reading::Reading<'a, Task>;

/// What an answer says.
pub fn read(source: &Source, task: &Task, json: &Value) -> Result<Harvested<Task>, Unreadable> {
    let notes = Notes::new(super::GemeenteOplossingen::name(task));
    let root = Node::root(json, &notes);
    let mut reading = Reading::new(source, &notes, &source.key);
    match task {
        Task::Dmus => people::dmus(&mut reading, &root)?,
        Task::Meetings { window } => meeting::meetings(&mut reading, &root, *window)?,
        Task::Items { meeting, offset } => meeting::items(&mut reading, &root, *meeting, *offset)?,
        Task::Documents { offset } => document::all(&mut reading, &root, *offset)?,
        Task::Groups { offset } => people::groups(&mut reading, &root, *offset)?,
        Task::Members { group, is_party, name, offset } => {
            people::members(&mut reading, &root, *group, *is_party, name, *offset)?;
        }
    }
    let mut harvested = reading.harvested;
    harvested.remarks = notes.into_remarks();
    Ok(harvested)
}

/// Asks for the next page, or declares the collection complete at its end.
fn turn(
    reading: &mut Reading<'_>,
    page: &payload::Page<'_>,
    offset: u64,
    origin: Origin,
    next: impl FnOnce(u64) -> Task,
) {
    let seen = offset + page.rows.len() as u64;
    let more = page.total.map_or(page.rows.len() as u64 >= ROWS, |total| seen < total);
    if more && !page.rows.is_empty() {
        reading.next(next(seen));
    } else {
        // A page that is empty before the announced total leaves a collection short, which the loop will see. Of what
        // belongs to one thing the loop keeps no count.
        let announced = page.total.filter(|_| origin.anchor().is_none());
        reading.complete(origin, None, announced);
    }
}
