//! From GemeenteOplossingen's shapes to our entities: one function for each task, in files by subject.

use std::fmt::Display;

use jiff::Timestamp;
use raadhuis_schema::{AgendaItem, Diagnostic, EntityId, Meeting, Origin, Source, Window};

use super::{GemeenteOplossingenTask, ROWS, payload};
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

type Reading<'a> = reading::Reading<'a, GemeenteOplossingenTask>;

pub fn read_answer(
    source: &Source,
    task: &GemeenteOplossingenTask,
    answer: &Answer,
) -> Result<Harvested<GemeenteOplossingenTask>, UnreadableError> {
    let notes = Notes::new(super::GemeenteOplossingen::task_name(task));
    let mut reading = Reading::new(source, &notes, &source.key);
    match task {
        GemeenteOplossingenTask::Votings { folder, party, name, window } => {
            portal::read_votings(&mut reading, answer, *folder, *party, name, *window)?;
        }
        GemeenteOplossingenTask::Page { meeting, address, items, withheld } => {
            portal::read_page(&mut reading, &answer.bytes, *meeting, address, items, withheld)?;
        }
        GemeenteOplossingenTask::ItemDocuments { item, meeting } => {
            portal::read_item_documents(&mut reading, &answer.bytes, *item, *meeting)?;
        }
        GemeenteOplossingenTask::Speakers { fragment, starts_at, recording, .. } => {
            portal::read_speakers(&mut reading, &answer.bytes, *fragment, *starts_at, recording)?;
        }
        // This host has no version 1: the same is requested in version 2.
        GemeenteOplossingenTask::Dmus if answer.status != 200 => {
            reading.next(GemeenteOplossingenTask::DmusOf2 { offset: 0 });
        }
        GemeenteOplossingenTask::Meetings { window } if answer.status != 200 => {
            reading.next(GemeenteOplossingenTask::MeetingsOf2 { window: *window, offset: 0 });
        }
        GemeenteOplossingenTask::Sessions { .. }
        | GemeenteOplossingenTask::Positions { .. }
        | GemeenteOplossingenTask::Events { .. }
        | GemeenteOplossingenTask::Attachments { .. }
            if answer.status != 200 => {}
        _ => {
            let json = answer.parse_tree(parse_json)?;
            read_json(&mut reading, task, &JsonNode::root(&json, &notes), answer.fetched)?;
        }
    }
    let mut harvested = reading.harvested;
    harvested.diagnostics = notes.into_diagnostics();
    Ok(harvested)
}

fn read_json(
    reading: &mut Reading<'_>,
    task: &GemeenteOplossingenTask,
    root: &JsonNode<'_>,
    now: Timestamp,
) -> Result<(), UnreadableError> {
    match task {
        GemeenteOplossingenTask::Dmus => people::read_dmus(reading, root),
        GemeenteOplossingenTask::DmusOf2 { offset } => people::read_dmus_of_2(reading, root, *offset),
        GemeenteOplossingenTask::Meetings { window } => meeting::read_meetings(reading, root, *window),
        GemeenteOplossingenTask::MeetingsOf2 { window, offset } => {
            meeting::read_meetings_of_2(reading, root, *window, *offset)
        }
        GemeenteOplossingenTask::Items { meeting, offset, attached, closed } => {
            let part = meeting::AgendaPage {
                meeting: *meeting,
                offset: *offset,
                attached: attached.as_ref(),
                closed,
            };
            meeting::read_agenda_page(reading, root, &part, now)
        }
        GemeenteOplossingenTask::Bare { meeting } => {
            meeting::read_bare_meeting(reading, root, *meeting, now);
            Ok(())
        }
        GemeenteOplossingenTask::MissingMeeting { meeting } => {
            meeting::read_missing(reading, root, *meeting);
            Ok(())
        }
        GemeenteOplossingenTask::Linked { meeting, item, before } => {
            document::read_linked_of_2(reading, root, *meeting, *item, before)
        }
        GemeenteOplossingenTask::Sessions { offset } => session::read_sessions(reading, root, *offset),
        GemeenteOplossingenTask::Events { offset, window } => {
            event::read_events(reading, root, *offset, *window)
        }
        GemeenteOplossingenTask::Attachments { event, before } => {
            event::read_attachments(reading, root, *event, before)
        }
        GemeenteOplossingenTask::Positions { offset } => people::read_positions(reading, root, *offset),
        GemeenteOplossingenTask::Documents { offset } => document::read_documents(reading, root, *offset),
        GemeenteOplossingenTask::Groups { offset, window } => {
            people::read_groups(reading, root, *offset, *window)
        }
        GemeenteOplossingenTask::Members { group, is_party, name, offset } => {
            people::read_members(reading, root, *group, *is_party, name, *offset)
        }
        GemeenteOplossingenTask::Totals { document } => portal::read_totals(reading, root, *document),
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
    next: impl FnOnce(u64) -> GemeenteOplossingenTask,
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
                reading.notes.add_diagnostic(Diagnostic::incomplete_listing(subject, total, seen));
            }
            total => {
                let announced = total.filter(|_| origin.anchor().is_none());
                reading.complete(origin, window, announced);
            }
        }
    }
}
