//! The calendar: pages of events, and days of meetings with the meetings below them.

use raadhuis_schema::{Entity, Kind, Meeting, MeetingStatus, Origin, Standing, Window};

use super::{Reading, Task, document, entry, must_have, payload};
use crate::supplier::{
    Unreadable, html,
    json::Node,
    notubiz::payload::{Attributes, field},
};

/// The most pages that a window is followed: a listing that never ends is cut off here, 40,000 events on.
const MOST_PAGES: u32 = 200;

/// One page of events. Only the last page makes the listing complete.
pub fn events(
    reading: &mut Reading<'_>,
    root: &Node<'_>,
    window: Window,
    page: u32,
) -> Result<(), Unreadable> {
    let origin = reading.listing("events");
    let events = must_have(root, "events")?.items();
    for node in &events {
        let Some(native) = reading.native(node, Kind::Meeting) else { continue };
        let id = reading.id::<Meeting>(native);
        if !payload::is_public(node) {
            reading.withhold(&origin, id.into(), node, None);
            continue;
        }
        let meeting = base(reading, node, native);
        reading.says(&origin, Standing::Listing, Entity::Meeting(meeting));
        if node.get("type").text().as_deref() == Some("assembly") {
            reading.next(Task::Assembly { id: native });
        }
        reading.next(Task::Meeting { id: native });
    }
    let pagination = root.get("pagination");
    match pagination.get("has_more_pages").flag() {
        Some(true) if !events.is_empty() && page < MOST_PAGES => {
            reading.next(Task::Events { window, page: page + 1 });
        }
        Some(false) => reading.complete(origin, Some(window), pagination.get("total_items").number()),
        // Without its end a listing says nothing of what it leaves out.
        _ => {
            pagination.unexpected::<()>("the end of the listing");
        }
    }
    Ok(())
}

/// A meeting that the calendar no longer names: the calendar of its day of today is asked for.
pub fn missing(reading: &mut Reading<'_>, root: &Node<'_>, native: u64) -> Result<(), Unreadable> {
    let node = root.get("meeting");
    let no_rights = payload::is_no_rights(root.value());
    if !no_rights && must_have(root, "meeting")?.get("id").number() != Some(native) {
        return Err(Unreadable("it is about another meeting than was asked for".into()));
    }
    if no_rights || !payload::is_public(&node) {
        let (listing, id) = (reading.listing("events"), reading.any_id(Kind::Meeting, native));
        reading.withhold(&listing, id, &node, None);
    } else if let Some(start) = base(reading, &node, native).start {
        reading.next(Task::Events { window: Window::of_day(start.day()), page: 1 });
    }
    Ok(())
}

/// A day of meetings: its own events list leaves out the meetings below it.
pub fn assembly(reading: &mut Reading<'_>, root: &Node<'_>, native: u64) -> Result<(), Unreadable> {
    let node = must_have(root, "assembly")?;
    let id = reading.id::<Meeting>(native);
    let origin = Origin::Aspect { aspect: "assembly".into(), of: id.any().clone() };
    reading.complete(origin.clone(), None, None);
    if !payload::is_public(&node) {
        reading.withhold(&origin, id.into(), &node, None);
        return Ok(());
    }
    let mut day = base(reading, &node, native);
    day.documents = document::documents(reading, &node.get("documents"), &origin, id.any());
    day.entries = entry::named(reading, &node, &origin);
    reading.says(&origin, Standing::Mention, Entity::Meeting(day));
    for child in must_have(&node, "meetings")?.items() {
        let Some(below) = reading.native(&child, Kind::Meeting) else { continue };
        if below == native {
            continue;
        }
        let child_id = reading.id::<Meeting>(below);
        if !payload::is_public(&child) {
            reading.withhold(&origin, child_id.into(), &child, Some(id.any()));
            continue;
        }
        let mut meeting = base(reading, &child, below);
        meeting.parent = Some(id.clone());
        // A stub without a status must not announce a meeting as going on.
        meeting.status = None;
        reading.says(&origin, Standing::Mention, Entity::Meeting(meeting));
        reading.next(Task::Meeting { id: below });
    }
    Ok(())
}

/// What events, assemblies and meetings have in common.
pub fn base(reading: &Reading<'_>, node: &Node<'_>, native: u64) -> Meeting {
    let attributes = Attributes::of(node);
    let text = |number| attributes.value(number).and_then(|value| value.text());
    let plannings = node.get("plannings").items_of_anything();
    let planned = |key| plannings.first().and_then(|planning| planning.get(key).when());
    let flag = |key| node.get(key).flag().unwrap_or(false);
    let status = match (flag("canceled"), flag("inactive")) {
        (true, _) => MeetingStatus::Cancelled,
        (false, true) => MeetingStatus::Unconfirmed,
        (false, false) => MeetingStatus::Confirmed,
    };
    Meeting {
        committee: node.get("gremium").get("id").number().map(|id| reading.id(id)),
        parent: node.get("parent").get("id").number().map(|id| reading.id(id)),
        name: text(field::TITLE),
        start: planned("start_date"),
        end: planned("end_date"),
        location: text(field::LOCATION),
        description: text(field::DESCRIPTION).map(|description| html::to_text(&description)),
        status: Some(status),
        page: node.get("url").address(),
        ..Meeting::bare(reading.id(native), reading.authority())
    }
}
