//! From GemeenteOplossingen's shapes to our entities: one function for each question, in files by subject.

use jiff::Timestamp;
use raadhuis_schema::{Origin, Remark, Source};
use serde_json::Value;

use super::{ROWS, Task, payload};
use crate::supplier::{
    Answer, Harvested, Supplier, Unreadable,
    json::{Node, Notes},
    reading,
};

mod document;
mod meeting;
mod people;
mod portal;

pub use portal::{FOLDERS, slug};

type Reading<'a> = reading::Reading<'a, Task>;

/// What an answer says.
pub fn read(source: &Source, task: &Task, answer: &Answer) -> Result<Harvested<Task>, Unreadable> {
    let notes = Notes::new(super::GemeenteOplossingen::name(task));
    let mut reading = Reading::new(source, &notes, &source.key);
    match task {
        Task::Votings { folder, party, name, window } => {
            portal::votings(&mut reading, answer, *folder, *party, name, *window)?;
        }
        Task::Page { meeting, address, items, withheld } => {
            portal::page(&mut reading, &answer.bytes, *meeting, address, items, withheld)?;
        }
        Task::ItemDocuments { item, meeting } => {
            portal::item_documents(&mut reading, &answer.bytes, *item, *meeting);
        }
        Task::Speakers { fragment, starts_at, recording, .. } => {
            portal::speakers(&mut reading, &answer.bytes, *fragment, *starts_at, recording)?;
        }
        _ => {
            let json: Value =
                serde_json::from_slice(&answer.bytes).map_err(|why| Unreadable(why.to_string()))?;
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
        Task::Dmus => people::dmus(reading, root),
        Task::Meetings { window } => meeting::meetings(reading, root, *window),
        Task::Items { meeting, offset } => meeting::items(reading, root, *meeting, *offset, now),
        Task::Documents { offset } => document::all(reading, root, *offset),
        Task::Groups { offset, window } => people::groups(reading, root, *offset, *window),
        Task::Members { group, is_party, name, offset } => {
            people::members(reading, root, *group, *is_party, name, *offset)
        }
        Task::Totals { document } => portal::totals(reading, root, *document),
        _ => Ok(()),
    }
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
        // A page that is empty before the announced total leaves a collection short. Of listings the loop keeps count;
        // of what belongs to one thing it does not.
        match page.total {
            Some(total) if origin.anchor().is_some() && seen < total => {
                let subject = reading.notes.subject();
                reading.notes.add(Remark::incomplete_listing(subject, total, seen));
            }
            total => {
                let announced = total.filter(|_| origin.anchor().is_none());
                reading.complete(origin, None, announced);
            }
        }
    }
}
