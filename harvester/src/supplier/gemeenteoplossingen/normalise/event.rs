//! Calendar events that are not meetings of a body: visits, public evenings, and cancellations. They are published like
//! any other meeting, without a body.

use raadhuis_schema::{
    Document, DocumentType, Entity, Id, Kind, Meeting, MeetingStatus, Origin, Standing, When, Window,
};

use super::{GemeenteOplossingenTask, Reading, meeting::is_called_off, payload, turn_page};
use crate::supplier::{
    UnreadableError, gemeenteoplossingen::join_path, html, json::JsonNode, reading::deduplicated,
};

/// A page of all events. Attachments are requested for events within the harvested days only.
pub fn read_events(
    reading: &mut Reading<'_>,
    root: &JsonNode<'_>,
    offset: u64,
    window: Window,
) -> Result<(), UnreadableError> {
    let origin = reading.listing("calendar");
    let page = payload::collection_page(root, "events")?;
    for node in &page.rows {
        let Some(native) = reading.native_number(node, Kind::Meeting) else { continue };
        let id = event_id(reading, native);
        if !node.value().is_some_and(payload::is_public) {
            reading.withhold(&origin, id.into(), node, None);
            continue;
        }
        let start = time_in(&node.get("startDate"), &node.get("startTime"));
        let name = node.get("title").text();
        let is_off = name.as_deref().is_some_and(is_called_off);
        let event = Meeting {
            name,
            start,
            end: time_in(&node.get("endDate"), &node.get("endTime")),
            location: node.get("location").text(),
            description: node.get("description").text().map(|text| html::to_text(&text)),
            status: Some(if is_off { MeetingStatus::Cancelled } else { MeetingStatus::Confirmed }),
            page: node.get("url").address_from(&reading.source.base),
            ..Meeting::bare(id, reading.authority())
        };
        reading.describe(&origin, Standing::Detail, Entity::Meeting(event));
        if start.map(When::day).is_some_and(|day| window.contains(day)) {
            reading.next(GemeenteOplossingenTask::Attachments { event: native, before: vec![] });
        }
    }
    turn_page(reading, &page, offset, origin, None, |offset| GemeenteOplossingenTask::Events {
        offset,
        window,
    });
    Ok(())
}

fn time_in(day: &JsonNode<'_>, clock: &JsonNode<'_>) -> Option<When> {
    let clock = clock.text().filter(|clock| clock.contains(':'));
    let text = day.text()?;
    match clock {
        Some(clock) => day.when_written(&format!("{text} {clock}:00")),
        None => day.when_written(&text),
    }
}

/// The prefix keeps events apart from meetings, whose numbers may be the same.
fn event_id(reading: &Reading<'_>, native: u64) -> Id<Meeting> {
    reading.id(format!("event-{native}"))
}

fn attachment_id(reading: &Reading<'_>, native: u64) -> Id<Document> {
    reading.id(format!("attachment-{native}"))
}

/// A page of the attachments of an event. Each page repeats the attachments of the pages before it.
pub fn read_attachments(
    reading: &mut Reading<'_>,
    root: &JsonNode<'_>,
    event: u64,
    before: &[u64],
) -> Result<(), UnreadableError> {
    let of = event_id(reading, event);
    let origin = Origin::Aspect { aspect: "attachments".into(), of: of.as_entity().clone() };
    let page = payload::collection_page(root, "attachments")?;
    let mut all = before.to_vec();
    for node in &page.rows {
        let Some(native) = reading.native_number(node, Kind::Document) else {
            all.push(0);
            continue;
        };
        if !node.value().is_some_and(payload::is_public) {
            reading.withhold(&origin, attachment_id(reading, native).into(), node, Some(of.as_entity()));
            all.push(0);
            continue;
        }
        all.push(native);
        let file_name = node.get("fileName").text();
        let name =
            node.get("description").text().or_else(|| node.get("title").text()).or_else(|| file_name.clone());
        let document = Document {
            kind: DocumentType::of_words(name.as_deref()),
            name,
            url: Some(join_path(&reading.source.base, &format!("v2/attachments/{native}/download"))),
            file_name,
            size: node.get("fileSize").number(),
            ..Document::bare(attachment_id(reading, native), reading.authority())
        };
        reading.describe(&origin, Standing::Detail, Entity::Document(document));
    }
    let open = all.iter().filter(|native| **native > 0);
    let documents = deduplicated(open.map(|native| attachment_id(reading, *native)).collect());
    let event_said = Meeting { documents, ..Meeting::bare(of, reading.authority()) };
    reading.describe(&origin, Standing::Mention, Entity::Meeting(event_said));
    let offset = before.len() as u64;
    turn_page(reading, &page, offset, origin, None, |_| GemeenteOplossingenTask::Attachments {
        event,
        before: all,
    });
    Ok(())
}
