//! Agendas: the listing, and each in full.

use std::collections::HashSet;

use jiff::ToSpan;
use raadhuis_schema::{
    AgendaItem, Decision, Document, DocumentType, Entity, EntityId, Id, Kind, Meeting, MeetingStatus, Origin,
    Outcome, Registered, Standing, When, Window, address::join_address,
};

use super::{ParlaeusTask, Reading, must_have, payload};
use crate::supplier::{UnreadableError, html, json::JsonNode};

pub fn read_agendas(reading: &mut Reading<'_>, root: &JsonNode<'_>, window: Window) {
    let origin = reading.listing("agendas");
    for node in root.get("list").items_of_anything() {
        let Some(native) = reading.native_text(&node, "agid", Kind::Meeting) else { continue };
        let id = reading.id::<Meeting>(&native);
        // The day is needed here too: without it a meeting that goes missing from the window could not be detected.
        let day = node.get("date");
        let start = day.text().and_then(|text| day.when_written(&payload::dashed_day(&text)?));
        let meeting = Meeting { start, ..Meeting::bare(id, reading.authority()) };
        reading.describe(&origin, Standing::Listing, Entity::Meeting(meeting));
        reading.next(ParlaeusTask::Agenda { id: native });
    }
    reading.complete(origin, Some(window), None);
}

/// An agenda that the listing of its day no longer names: requests the listing of its present day.
pub fn read_missing(
    reading: &mut Reading<'_>,
    root: &JsonNode<'_>,
    native: &str,
) -> Result<(), UnreadableError> {
    if let (Some(start), _) = start_and_end(&own_agenda(root, native)?) {
        reading.next(ParlaeusTask::Agendas { window: Window::of_day(start.day()) });
    }
    Ok(())
}

/// The agenda itself. Some copies of these answers lack the envelope.
fn own_agenda<'a>(root: &JsonNode<'a>, native: &str) -> Result<JsonNode<'a>, UnreadableError> {
    let node = if root.get("agid").is_some() { root.clone() } else { must_have(root, "agenda")? };
    if node.get("agid").text().as_deref() != Some(native) {
        return Err(UnreadableError("it is about another agenda than was asked for".into()));
    }
    Ok(node)
}

pub fn read_agenda(
    reading: &mut Reading<'_>,
    root: &JsonNode<'_>,
    native: &str,
) -> Result<(), UnreadableError> {
    let node = own_agenda(root, native)?;
    let id = reading.id::<Meeting>(native);
    let origin = Origin::Detail(id.as_entity().clone());
    reading.complete(origin.clone(), None, None);
    let (start, end) = start_and_end(&node);
    let code = node.get("committeecode").text();
    let cancelled = node.get("cancelled").flag().unwrap_or(false);
    let meeting = Meeting {
        committee: node.get("cmid").text().map(|committee| reading.id(committee)),
        name: node.get("title").text().or_else(|| code.map(|code| format!("Vergadering {code}"))),
        start,
        end,
        location: node.get("location").text(),
        description: node.get("description").text().map(|text| html::to_text(&text)),
        status: Some(if cancelled { MeetingStatus::Cancelled } else { MeetingStatus::Confirmed }),
        page: join_address(&reading.source.base, &format!("/user/agenda/action=view/ag={native}")),
        ..Meeting::bare(id.clone(), reading.authority())
    };
    let page = meeting.page.clone();
    reading.describe(&origin, Standing::Detail, Entity::Meeting(meeting));
    let points = node.get("points").items_of_anything();
    let levels: Vec<u64> = points.iter().map(|point| point.get("level").number().unwrap_or(0)).collect();
    let parents = payload::parents(&levels);
    let ids: Vec<Option<Id<AgendaItem>>> = points
        .iter()
        .map(|point| Some(reading.id(reading.native_text(point, "apid", Kind::AgendaItem)?)))
        .collect();
    for (at, point) in points.iter().enumerate() {
        let Some(item) = ids.get(at).cloned().flatten() else { continue };
        let parent = parents.get(at).copied().flatten().and_then(|parent| ids.get(parent).cloned().flatten());
        let parent = parent.map_or_else(|| id.as_entity().clone(), EntityId::from);
        let documents = add_documents(reading, &point.get("documents"), &origin);
        add_decision(reading, point, &origin, &item, start);
        let item = AgendaItem {
            position: u32::try_from(at).unwrap_or(u32::MAX),
            number: point.get("number").text(),
            title: point.get("title").text().map(|title| html::to_text(&title)),
            description: point.get("text").text().map(|text| html::to_text(&text)),
            page: page.clone(),
            documents,
            ..AgendaItem::bare(item, reading.authority(), id.clone(), parent)
        };
        reading.describe(&origin, Standing::Detail, Entity::AgendaItem(item));
    }
    reading.next(ParlaeusTask::Video { id: native.to_owned() });
    Ok(())
}

/// The decision about a point, in the words given with the point.
fn add_decision(
    reading: &mut Reading<'_>,
    point: &JsonNode<'_>,
    origin: &Origin,
    item: &Id<AgendaItem>,
    date: Option<When>,
) {
    let Some(words) = point.get("decision").text().map(|words| html::to_text(&words)) else { return };
    let decision = Decision {
        id: Id::within(item.as_entity(), "decision"),
        authority: reading.authority(),
        outcome: Outcome::of_words(&words),
        entry: Registered {
            title: point.get("title").text().map(|title| html::to_text(&title)),
            status_words: Some(words),
            date,
            agenda_items: vec![item.clone()],
            ..Registered::default()
        },
        proposal: None,
        vote: None,
    };
    reading.describe(origin, Standing::Detail, Entity::Decision(decision));
}

/// The documents of a point, each once.
fn add_documents(reading: &mut Reading<'_>, list: &JsonNode<'_>, origin: &Origin) -> Vec<Id<Document>> {
    let (mut ids, mut seen) = (Vec::new(), HashSet::new());
    for node in list.items_of_anything() {
        let Some(native) = reading.native_text(&node, "dcid", Kind::Document) else { continue };
        if !seen.insert(native.clone()) {
            continue;
        }
        let id = reading.id::<Document>(&native);
        let url = payload::address(&node.get("link"), &reading.source.base);
        let file = url.as_ref().and_then(|url| payload::decoded(url.path_segments()?.next_back()?));
        let (name, kind) = (node.get("title").text(), node.get("type").text());
        let document = Document {
            kind: DocumentType::of_words([&kind, &name].into_iter().flatten().map(String::as_str)),
            name,
            types: kind.into_iter().collect(),
            url,
            file_name: file.filter(|file| file.to_lowercase().ends_with(".pdf")),
            ..Document::bare(id.clone(), reading.authority())
        };
        reading.describe(origin, Standing::Mention, Entity::Document(document));
        ids.push(id);
    }
    ids
}

fn start_and_end(node: &JsonNode<'_>) -> (Option<When>, Option<When>) {
    let date = node.get("date");
    let Some(day) = date.text().and_then(|text| payload::dashed_day(&text)) else {
        date.unexpected::<()>("a day as YYYYMMDD");
        return (None, None);
    };
    let start = match clock_in(node, "time") {
        Some(clock) => date.when_written(&format!("{day} {clock}:00")),
        None => date.when_written(&day),
    };
    // A meeting that ends before it begins ends after midnight.
    let end = clock_in(node, "endtime").and_then(|end| match clock_in(node, "time") {
        Some(start) if end < start => {
            let next_day = day.parse::<jiff::civil::Date>().ok()?.checked_add(1.day()).ok()?;
            date.when_written(&format!("{next_day} {end}:00"))
        }
        _ => date.when_written(&format!("{day} {end}:00")),
    });
    (start, end)
}

fn clock_in(node: &JsonNode<'_>, key: &str) -> Option<String> {
    payload::padded_clock(&node.get(key).text()?)
}
