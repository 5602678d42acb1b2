//! The sessions into which some meetings are divided: an evening and its continuation, or parallel rooms. In an agenda
//! with several sessions they become headings.

use std::collections::BTreeMap;

use raadhuis_schema::{AgendaItem, Entity, Id, Kind, Origin, Standing};

use super::{GemeenteOplossingenTask, Reading, bare_item, has_more, payload};
use crate::supplier::{UnreadableError, json::JsonNode};

/// The heading for the session of a row.
pub fn heading_of(reading: &Reading<'_>, row: &JsonNode<'_>) -> Option<Id<AgendaItem>> {
    Some(heading(reading, row.get("meetingSession").number()?))
}

fn heading(reading: &Reading<'_>, session: u64) -> Id<AgendaItem> {
    reading.id(format!("session-{session}"))
}

/// Adds a heading for each session of an agenda, if there are several. Returns whether there are.
pub fn add_headings(reading: &mut Reading<'_>, rows: &[JsonNode<'_>], origin: &Origin, meeting: u64) -> bool {
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
        reading.describe(origin, Standing::Detail, Entity::AgendaItem(item));
    }
    true
}

/// A page of all sessions, the oldest first. Adds names and locations to the existing headings. The only session of a
/// meeting has no heading, and a session of a removed meeting does not bring it back.
pub fn read_sessions(
    reading: &mut Reading<'_>,
    root: &JsonNode<'_>,
    offset: u64,
) -> Result<(), UnreadableError> {
    let page = payload::collection_page(root, "meetingsessions")?;
    for node in &page.rows {
        let Some(native) = reading.native_number(node, Kind::AgendaItem) else { continue };
        let of = node.get("container").get("meeting");
        let Some(meeting) = reading.native_number(&of, Kind::Meeting) else { continue };
        let id = heading(reading, native);
        let detail = Origin::Detail(id.as_entity().clone());
        reading.complete(detail.clone(), None, None);
        if !of.value().is_some_and(payload::is_public) {
            reading.withhold(&detail, id.into(), node, None);
            continue;
        }
        let item = AgendaItem {
            title: node.get("title").text(),
            description: node.get("location").get("location").text(),
            position: node.get("order").number_u32().unwrap_or(0),
            heading: true,
            ..bare_item(reading, format!("session-{native}"), meeting)
        };
        reading.describe(&detail, Standing::Mention, Entity::AgendaItem(item));
    }
    if has_more(&page, offset) {
        reading.next(GemeenteOplossingenTask::Sessions { offset: offset + page.rows.len() as u64 });
    }
    Ok(())
}
