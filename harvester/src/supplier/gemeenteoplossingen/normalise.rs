//! From GemeenteOplossingen's shapes to our entities: one function for each question, in files by subject.

use std::fmt::Display;

use jiff::Timestamp;
use raadhuis_schema::{AgendaItem, EntityId, Meeting, Origin, Remark, Source, Window};

use super::{ROWS, Task, payload};
use crate::supplier::{
    Answer, Harvested, Supplier, Unreadable,
    json::{Node, Notes},
    parse::parse_json,
    reading,
};

mod document;
mod event;
mod meeting;
mod people;
mod portal;
mod session;

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
            portal::item_documents(&mut reading, &answer.bytes, *item, *meeting)?;
        }
        Task::Speakers { fragment, starts_at, recording, .. } => {
            portal::speakers(&mut reading, &answer.bytes, *fragment, *starts_at, recording)?;
        }
        // This host has no version 1: the same is asked in version 2.
        Task::Dmus if answer.status != 200 => reading.next(Task::DmusOf2 { offset: 0 }),
        Task::Meetings { window } if answer.status != 200 => {
            reading.next(Task::MeetingsOf2 { window: *window, offset: 0 });
        }
        Task::Sessions { .. } | Task::Positions { .. } | Task::Events { .. } | Task::Attachments { .. }
            if answer.status != 200 => {}
        _ => {
            let json = answer.tree(parse_json)?;
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
        Task::DmusOf2 { offset } => people::dmus_of_2(reading, root, *offset),
        Task::Meetings { window } => meeting::meetings(reading, root, *window),
        Task::MeetingsOf2 { window, offset } => meeting::meetings_of_2(reading, root, *window, *offset),
        Task::Items { meeting, offset, attached, closed } => {
            let part =
                meeting::Part { meeting: *meeting, offset: *offset, attached: attached.as_ref(), closed };
            meeting::items(reading, root, &part, now)
        }
        Task::Bare { meeting } => {
            meeting::bare(reading, root, *meeting, now);
            Ok(())
        }
        Task::MissingMeeting { meeting } => {
            meeting::missing(reading, root, *meeting);
            Ok(())
        }
        Task::Linked { meeting, item, before } => {
            document::linked_of_2(reading, root, *meeting, *item, before)
        }
        Task::Sessions { offset } => session::sessions(reading, root, *offset),
        Task::Events { offset, window } => event::events(reading, root, *offset, *window),
        Task::Attachments { event, before } => event::attachments(reading, root, *event, before),
        Task::Positions { offset } => people::positions(reading, root, *offset),
        Task::Documents { offset } => document::all(reading, root, *offset),
        Task::Groups { offset, window } => people::groups(reading, root, *offset, *window),
        Task::Members { group, is_party, name, offset } => {
            people::members(reading, root, *group, *is_party, name, *offset)
        }
        Task::Totals { document } => portal::totals(reading, root, *document),
        _ => Ok(()),
    }
}

/// An agenda item of a meeting, of which nothing more is known yet.
fn bare_item(reading: &Reading<'_>, native: impl Display, meeting: u64) -> AgendaItem {
    let meeting = reading.id::<Meeting>(meeting);
    let parent = EntityId::from(meeting.clone());
    AgendaItem::bare(reading.id(native), reading.authority(), meeting, parent)
}

/// A collection that names no total is followed so far: one that ignores where a page begins would never end.
const MOST_ROWS: u64 = 50_000;

/// Whether a page is followed by another. One that is empty is the end, whatever was announced.
fn has_more(page: &payload::Page<'_>, offset: u64) -> bool {
    let rows = page.rows.len() as u64;
    let is_endless = page.total.is_none() && offset >= MOST_ROWS;
    rows > 0 && !is_endless && page.total.map_or(rows >= ROWS, |total| offset + rows < total)
}

/// Asks for the next page, or declares the collection complete at its end.
fn turn(
    reading: &mut Reading<'_>,
    page: &payload::Page<'_>,
    offset: u64,
    origin: Origin,
    window: Option<Window>,
    next: impl FnOnce(u64) -> Task,
) {
    let seen = offset + page.rows.len() as u64;
    if has_more(page, offset) {
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
                reading.complete(origin, window, announced);
            }
        }
    }
}
