//! The sessions into which some meetings are parted: an evening and its continuation, or rooms side by side. They are
//! headings of the agenda, where it has more than one.

use std::collections::BTreeMap;

use raadhuis_schema::{AgendaItem, Entity, Id, Kind, Origin, Standing};

use super::{Reading, Task, bare_item, has_more, payload};
use crate::supplier::{Unreadable, json::Node};

/// The heading that the session of a row is.
pub fn of(reading: &Reading<'_>, row: &Node<'_>) -> Option<Id<AgendaItem>> {
    Some(heading(reading, row.get("meetingSession").number()?))
}

fn heading(reading: &Reading<'_>, session: u64) -> Id<AgendaItem> {
    reading.id(format!("session-{session}"))
}

/// Adds a heading for each session of an agenda, if there are several. Gives whether there are.
pub fn headings(reading: &mut Reading<'_>, rows: &[Node<'_>], origin: &Origin, meeting: u64) -> bool {
    let mut first = BTreeMap::new();
    for (at, row) in rows.iter().enumerate() {
        if let Some(session) = row.get("meetingSession").number() {
            first.entry(session).or_insert(at);
        }
    }
    if first.len() < 2 {
        return false;
    }
    for (session, at) in first {
        let item = AgendaItem {
            position: u32::try_from(at).unwrap_or(u32::MAX),
            heading: true,
            ..bare_item(reading, format!("session-{session}"), meeting)
        };
        reading.says(origin, Standing::Detail, Entity::AgendaItem(item));
    }
    true
}

/// A page of all sessions, the oldest first. What they are called and where they are enriches the headings there are;
/// a session of a meeting that is not parted is none, and one of a meeting that is gone brings nothing back.
pub fn sessions(reading: &mut Reading<'_>, root: &Node<'_>, offset: u64) -> Result<(), Unreadable> {
    let page = payload::page(root, "meetingsessions")?;
    for node in &page.rows {
        let Some(native) = reading.native(node, Kind::AgendaItem) else { continue };
        let of = node.get("container").get("meeting");
        let Some(meeting) = reading.native(&of, Kind::Meeting) else { continue };
        let id = heading(reading, native);
        let detail = Origin::Detail(id.any().clone());
        reading.complete(detail.clone(), None, None);
        if !of.value().is_some_and(payload::is_public) {
            reading.withhold(&detail, id.into(), node, None);
            continue;
        }
        let item = AgendaItem {
            title: node.get("title").text(),
            description: node.get("location").get("location").text(),
            position: node.get("order").small().unwrap_or(0),
            heading: true,
            ..bare_item(reading, format!("session-{native}"), meeting)
        };
        reading.says(&detail, Standing::Mention, Entity::AgendaItem(item));
    }
    if has_more(&page, offset) {
        reading.next(Task::Sessions { offset: offset + page.rows.len() as u64 });
    }
    Ok(())
}
