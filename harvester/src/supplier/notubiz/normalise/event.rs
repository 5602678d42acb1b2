//! The calendar: pages of events, and days of meetings with the meetings below them.

use raadhuis_schema::{Entity, Kind, Meeting, MeetingStatus, Origin, Standing, Window};

use super::{NotubizTask, Reading, document, entry, must_have, payload};
use crate::supplier::{
    UnreadableError, html,
    json::JsonNode,
    notubiz::payload::{NumberedAttributes, find_field},
};

/// Page limit of a window: an endless listing is cut off here, after 40,000 events.
const MOST_PAGES: u32 = 200;

/// One page of events. Only the last page makes the listing complete.
pub fn read_events(
    reading: &mut Reading<'_>,
    root: &JsonNode<'_>,
    window: Window,
    page: u32,
) -> Result<(), UnreadableError> {
    let origin = reading.listing("events");
    let events = must_have(root, "events")?.items();
    for node in &events {
        let Some(native) = reading.native_number(node, Kind::Meeting) else { continue };
        let id = reading.id::<Meeting>(native);
        if !payload::is_public(node) {
            reading.withhold(&origin, id.into(), node, None);
            continue;
        }
        let meeting = base_meeting(reading, node, native);
        reading.describe(&origin, Standing::Listing, Entity::Meeting(meeting));
        if node.get("type").text().as_deref() == Some("assembly") {
            reading.next(NotubizTask::Assembly { id: native });
        }
        reading.next(NotubizTask::Meeting { id: native });
    }
    let pagination = root.get("pagination");
    match pagination.get("has_more_pages").flag() {
        Some(true) if !events.is_empty() && page < MOST_PAGES => {
            reading.next(NotubizTask::Events { window, page: page + 1 });
        }
        Some(false) => reading.complete(origin, Some(window), pagination.get("total_items").number()),
        // A listing without its end proves no absence.
        _ => {
            pagination.unexpected::<()>("the end of the listing");
        }
    }
    Ok(())
}

/// A meeting that the calendar no longer names: requests the calendar of its present day.
pub fn read_missing(
    reading: &mut Reading<'_>,
    root: &JsonNode<'_>,
    native: u64,
) -> Result<(), UnreadableError> {
    let node = root.get("meeting");
    let no_rights = payload::is_no_rights(root.value());
    if !no_rights && must_have(root, "meeting")?.get("id").number() != Some(native) {
        return Err(UnreadableError("it is about another meeting than was asked for".into()));
    }
    if no_rights || !payload::is_public(&node) {
        let (listing, id) = (reading.listing("events"), reading.any_id(Kind::Meeting, native));
        reading.withhold(&listing, id, &node, None);
    } else if let Some(start) = base_meeting(reading, &node, native).start {
        reading.next(NotubizTask::Events { window: Window::of_day(start.day()), page: 1 });
    }
    Ok(())
}

/// A day of meetings: the events list omits the meetings below it.
pub fn read_assembly(
    reading: &mut Reading<'_>,
    root: &JsonNode<'_>,
    native: u64,
) -> Result<(), UnreadableError> {
    let node = must_have(root, "assembly")?;
    let id = reading.id::<Meeting>(native);
    let origin = Origin::Aspect { aspect: "assembly".into(), of: id.as_entity().clone() };
    reading.complete(origin.clone(), None, None);
    if !payload::is_public(&node) {
        reading.withhold(&origin, id.into(), &node, None);
        return Ok(());
    }
    let mut day = base_meeting(reading, &node, native);
    day.documents = document::add_documents(reading, &node.get("documents"), &origin, id.as_entity());
    day.entries = entry::add_named_entries(reading, &node, &origin);
    reading.describe(&origin, Standing::Mention, Entity::Meeting(day));
    for child in must_have(&node, "meetings")?.items() {
        let Some(below) = reading.native_number(&child, Kind::Meeting) else { continue };
        if below == native {
            continue;
        }
        let child_id = reading.id::<Meeting>(below);
        if !payload::is_public(&child) {
            reading.withhold(&origin, child_id.into(), &child, Some(id.as_entity()));
            continue;
        }
        let mut meeting = base_meeting(reading, &child, below);
        meeting.parent = Some(id.clone());
        // A stub without a status must not announce that a meeting goes on.
        meeting.status = None;
        reading.describe(&origin, Standing::Mention, Entity::Meeting(meeting));
        reading.next(NotubizTask::Meeting { id: below });
    }
    Ok(())
}

/// The fields that events, assemblies and meetings share.
pub fn base_meeting(reading: &Reading<'_>, node: &JsonNode<'_>, native: u64) -> Meeting {
    let attributes = NumberedAttributes::new(node);
    let plannings = node.get("plannings").items_of_anything();
    let planning = plannings.first();
    let (canceled, inactive) = (node.get("canceled").flag(), node.get("inactive").flag());
    let status = match (canceled.unwrap_or(false), inactive.unwrap_or(false)) {
        (true, _) => MeetingStatus::Cancelled,
        (false, true) => MeetingStatus::Unconfirmed,
        (false, false) => MeetingStatus::Confirmed,
    };
    Meeting {
        committee: node.get("gremium").get("id").number().map(|id| reading.id(id)),
        parent: node.get("parent").get("id").number().map(|id| reading.id(id)),
        name: attributes.value_text(find_field::TITLE),
        start: planning.and_then(|planning| planning.get("start_date").date_time()),
        end: planning.and_then(|planning| planning.get("end_date").date_time()),
        location: attributes.value_text(find_field::LOCATION),
        description: attributes
            .value_text(find_field::DESCRIPTION)
            .map(|description| html::to_text(&description)),
        status: Some(status),
        page: node.get("url").address(),
        ..Meeting::bare(reading.id(native), reading.authority())
    }
}
