//! What stands in the calendar and is no meeting of a body: visits, evenings for the public, and notices that a meeting is
//! off. To the public it is a meeting like any other, without a body.

use raadhuis_schema::{
    Document, DocumentType, Entity, Id, Kind, Meeting, MeetingStatus, Origin, Standing, When, Window,
};

use super::{Reading, Task, meeting::is_called_off, payload, turn};
use crate::supplier::{Unreadable, gemeenteoplossingen::below, html, json::Node, reading::once};

/// A page of all events. What is attached is asked for those of the harvested days.
pub fn events(
    reading: &mut Reading<'_>,
    root: &Node<'_>,
    offset: u64,
    window: Window,
) -> Result<(), Unreadable> {
    let origin = reading.listing("calendar");
    let page = payload::page(root, "events")?;
    for node in &page.rows {
        let Some(native) = reading.native(node, Kind::Meeting) else { continue };
        let id = event_id(reading, native);
        if !node.value().is_some_and(payload::is_public) {
            reading.withhold(&origin, id.into(), node, None);
            continue;
        }
        let time = |day: &str, clock: &str| {
            let (day, clock) = (node.get(day), node.get(clock).text().filter(|clock| clock.contains(':')));
            let text = day.text()?;
            day.when_written(&clock.map_or_else(|| text.clone(), |clock| format!("{text} {clock}:00")))
        };
        let (start, name) = (time("startDate", "startTime"), node.get("title").text());
        let is_off = name.as_deref().is_some_and(is_called_off);
        let event = Meeting {
            name,
            start,
            end: time("endDate", "endTime"),
            location: node.get("location").text(),
            description: node.get("description").text().map(|text| html::to_text(&text)),
            status: Some(if is_off { MeetingStatus::Cancelled } else { MeetingStatus::Confirmed }),
            page: node.get("url").address_from(&reading.source.base),
            ..Meeting::bare(id, reading.authority())
        };
        reading.says(&origin, Standing::Detail, Entity::Meeting(event));
        if start.map(When::day).is_some_and(|day| window.contains(day)) {
            reading.next(Task::Attachments { event: native, before: vec![] });
        }
    }
    turn(reading, &page, offset, origin, None, |offset| Task::Events { offset, window });
    Ok(())
}

/// Meetings have numbers of their own, which may be the same.
fn event_id(reading: &Reading<'_>, native: u64) -> Id<Meeting> {
    reading.id(format!("event-{native}"))
}

/// A page of what is attached to an event. Each page says all that came so far.
pub fn attachments(
    reading: &mut Reading<'_>,
    root: &Node<'_>,
    event: u64,
    before: &[u64],
) -> Result<(), Unreadable> {
    let of = event_id(reading, event);
    let origin = Origin::Aspect { aspect: "attachments".into(), of: of.any().clone() };
    let page = payload::page(root, "attachments")?;
    let id = |reading: &Reading<'_>, native: u64| reading.id::<Document>(format!("attachment-{native}"));
    let mut all = before.to_vec();
    for node in &page.rows {
        let Some(native) = reading.native(node, Kind::Document) else {
            all.push(0);
            continue;
        };
        if !node.value().is_some_and(payload::is_public) {
            reading.withhold(&origin, id(reading, native).into(), node, Some(of.any()));
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
            url: Some(below(&reading.source.base, &format!("v2/attachments/{native}/download"))),
            file_name,
            size: node.get("fileSize").number(),
            ..Document::bare(id(reading, native), reading.authority())
        };
        reading.says(&origin, Standing::Detail, Entity::Document(document));
    }
    let open = all.iter().filter(|native| **native > 0);
    let documents = once(open.map(|native| id(reading, *native)).collect());
    let event_said = Meeting { documents, ..Meeting::bare(of, reading.authority()) };
    reading.says(&origin, Standing::Mention, Entity::Meeting(event_said));
    let offset = before.len() as u64;
    turn(reading, &page, offset, origin, None, |_| Task::Attachments { event, before: all });
    Ok(())
}
