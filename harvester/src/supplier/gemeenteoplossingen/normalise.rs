//! From GemeenteOplossingen's shapes to our entities: one function for each task, in files by subject.

use std::fmt::Display;

use jiff::Timestamp;
use raadhuis_schema::{AgendaItem, EntityId, Meeting, Origin, Remark, Source, Window};

use super::{ROWS, Task, payload};
use crate::supplier::{
    Answer, Harvested, Supplier, UnreadableError,
    json::{JsonNode, Notes},
    parse::parse_json,
    reading,
};

mod document;
mod event;
mod meeting;
mod people;
mod portal;
mod session;

pub use portal::{FOLDERS, party_slug};

type Reading<'a> = reading::Reading<'a, Task>;

pub fn read_answer(
    source: &Source,
    task: &Task,
    answer: &Answer,
) -> Result<Harvested<Task>, UnreadableError> {
    let notes = Notes::new(super::GemeenteOplossingen::name(task));
    let mut reading = Reading::new(source, &notes, &source.key);
    match task {
        Task::Votings { folder, party, name, window } => {
            portal::read_votings(&mut reading, answer, *folder, *party, name, *window)?;
        }
        Task::Page { meeting, address, items, withheld } => {
            portal::read_page(&mut reading, &answer.bytes, *meeting, address, items, withheld)?;
        }
        Task::ItemDocuments { item, meeting } => {
            portal::read_item_documents(&mut reading, &answer.bytes, *item, *meeting)?;
        }
        Task::Speakers { fragment, starts_at, recording, .. } => {
            portal::read_speakers(&mut reading, &answer.bytes, *fragment, *starts_at, recording)?;
        }
        // This host has no version 1: the same is requested in version 2.
        Task::Dmus if answer.status != 200 => reading.next(Task::DmusOf2 { offset: 0 }),
        Task::Meetings { window } if answer.status != 200 => {
            reading.next(Task::MeetingsOf2 { window: *window, offset: 0 });
        }
        Task::Sessions { .. } | Task::Positions { .. } | Task::Events { .. } | Task::Attachments { .. }
            if answer.status != 200 => {}
        _ => {
            let json = answer.tree(parse_json)?;
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
        Task::Dmus => people::read_dmus(reading, root),
        Task::DmusOf2 { offset } => people::read_dmus_of_2(reading, root, *offset),
        Task::Meetings { window } => meeting::read_meetings(reading, root, *window),
        Task::MeetingsOf2 { window, offset } => meeting::read_meetings_of_2(reading, root, *window, *offset),
        Task::Items { meeting, offset, attached, closed } => {
            let part = meeting::AgendaPage {
                meeting: *meeting,
                offset: *offset,
                attached: attached.as_ref(),
                closed,
            };
            meeting::read_agenda_page(reading, root, &part, now)
        }
        Task::Bare { meeting } => {
            meeting::read_bare_meeting(reading, root, *meeting, now);
            Ok(())
        }
        Task::MissingMeeting { meeting } => {
            meeting::read_missing(reading, root, *meeting);
            Ok(())
        }
        Task::Linked { meeting, item, before } => {
            document::read_linked_of_2(reading, root, *meeting, *item, before)
        }
        Task::Sessions { offset } => session::read_sessions(reading, root, *offset),
        Task::Events { offset, window } => event::read_events(reading, root, *offset, *window),
        Task::Attachments { event, before } => event::read_attachments(reading, root, *event, before),
        Task::Positions { offset } => people::read_positions(reading, root, *offset),
        Task::Documents { offset } => document::read_documents(reading, root, *offset),
        Task::Groups { offset, window } => people::read_groups(reading, root, *offset, *window),
        Task::Members { group, is_party, name, offset } => {
            people::read_members(reading, root, *group, *is_party, name, *offset)
        }
        Task::Totals { document } => portal::read_totals(reading, root, *document),
        _ => Ok(()),
    }
}

/// An agenda item of a meeting, with its id only.
fn bare_item(reading: &Reading<'_>, native: impl Display, meeting: u64) -> AgendaItem {
    let meeting = reading.id::<Meeting>(meeting);
    let parent = EntityId::from(meeting.clone());
    AgendaItem::bare(reading.id(native), reading.authority(), meeting, parent)
}

/// Row limit of a collection without a total: a host that ignores the offset would never end.
const MOST_ROWS: u64 = 50_000;

/// Returns whether another page follows. An empty page is the end, regardless of the announced total.
fn has_more(page: &payload::CollectionPage<'_>, offset: u64) -> bool {
    let rows = page.rows.len() as u64;
    let is_endless = page.total.is_none() && offset >= MOST_ROWS;
    rows > 0 && !is_endless && page.total.map_or(rows >= ROWS, |total| offset + rows < total)
}

/// Asks for the next page, or declares the collection complete at its end.
fn turn_page(
    reading: &mut Reading<'_>,
    page: &payload::CollectionPage<'_>,
    offset: u64,
    origin: Origin,
    window: Option<Window>,
    next: impl FnOnce(u64) -> Task,
) {
    let seen = offset + page.rows.len() as u64;
    if has_more(page, offset) {
        reading.next(next(seen));
    } else {
        // An empty page before the announced total means a short collection. The crawl checks the totals of listings,
        // but not those of collections below one entity.
        match page.total {
            Some(total) if origin.anchor().is_some() && seen < total => {
                let subject = reading.notes.subject();
                reading.notes.add_remark(Remark::incomplete_listing(subject, total, seen));
            }
            total => {
                let announced = total.filter(|_| origin.anchor().is_none());
                reading.complete(origin, window, announced);
            }
        }
    }
}
