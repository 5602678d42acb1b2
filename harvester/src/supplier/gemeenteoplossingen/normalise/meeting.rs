//! Meetings with agenda and documents (v1), and what only version 2 says of an agenda.

use jiff::{Timestamp, tz::TimeZone};
use raadhuis_schema::{
    AgendaItem, Entity, EntityId, Id, Kind, Meeting, MeetingStatus, Origin, Standing, When, Window,
};

use super::{Reading, Task, document, payload, people, session, turn};
use crate::supplier::{Unreadable, html, json::Node, outline};

/// The meetings of some days. The answer is complete.
pub fn meetings(reading: &mut Reading<'_>, root: &Node<'_>, window: Window) -> Result<(), Unreadable> {
    let origin = reading.listing("meetings");
    for node in payload::list(root)? {
        let Some(native) = reading.native(&node, Kind::Meeting) else { continue };
        let id = reading.id::<Meeting>(native);
        if !node.value().is_some_and(payload::is_public) {
            reading.withhold(&origin, id.into(), &node, None);
            continue;
        }
        meeting(reading, &node, &origin, native);
        reading.next(Task::Items { meeting: native, offset: 0, alone: false });
    }
    reading.complete(origin, Some(window), None);
    Ok(())
}

/// A page of the meetings of some days, where there is no version 1: agenda and documents are asked for one by one.
pub fn meetings_of_2(
    reading: &mut Reading<'_>,
    root: &Node<'_>,
    window: Window,
    offset: u64,
) -> Result<(), Unreadable> {
    let origin = reading.listing("meetings");
    let page = payload::page(root, "meetings")?;
    for node in &page.rows {
        let Some(native) = reading.native(node, Kind::Meeting) else { continue };
        let id = reading.id::<Meeting>(native);
        if !node.value().is_some_and(payload::is_public) {
            reading.withhold(&origin, id.into(), node, None);
            continue;
        }
        meeting(reading, node, &origin, native);
        reading.next(Task::Items { meeting: native, offset: 0, alone: true });
        reading.next(Task::Linked { meeting: native, item: None, offset: 0 });
    }
    turn(reading, &page, offset, origin, Some(window), |offset| Task::MeetingsOf2 { window, offset });
    Ok(())
}

fn meeting(reading: &mut Reading<'_>, node: &Node<'_>, listing: &Origin, native: u64) {
    let id = reading.id::<Meeting>(native);
    let origin = Origin::Detail(id.any().clone());
    reading.complete(origin.clone(), None, None);
    let dmu = node.get("dmu");
    let committee = dmu.is_some().then(|| reading.native(&dmu, Kind::Committee)).flatten();
    if let Some(native) = committee {
        let committee = people::committee(reading, &dmu, native);
        reading.says(&origin, Standing::Mention, Entity::Committee(committee));
    }
    let start = start(node);
    let description =
        node.get("description").text().map(|text| html::to_text(&text)).filter(|t| !t.is_empty());
    let flag = |key: &str| node.get(key).flag().unwrap_or(false);
    let words = description.as_deref().unwrap_or_default().to_lowercase();
    let status = if flag("canceled") || words.contains("vervallen") || words.contains("geannuleerd") {
        MeetingStatus::Cancelled
    } else if flag("inactive") {
        MeetingStatus::Unconfirmed
    } else {
        MeetingStatus::Confirmed
    };
    let documents = document::linked(reading, &node.get("documents"), &origin, native, id.any());
    let meeting = Meeting {
        committee: committee.map(|native| reading.id(native)),
        name: description.clone().or_else(|| dmu.get("name").text()),
        start,
        location: node.get("location").text(),
        description,
        status: Some(status),
        page: node.get("url").text().and_then(|path| reading.source.base.join(&path).ok()),
        documents,
        ..Meeting::bare(id.clone(), reading.authority())
    };
    reading.says(listing, Standing::Detail, Entity::Meeting(meeting));
    agenda(reading, &node.get("items").items(), &origin, Standing::Listing, native, Shape::OF_1);
}

/// A page of an agenda in version 2: it alone says what is confidential and what is a heading.
pub fn items(
    reading: &mut Reading<'_>,
    root: &Node<'_>,
    meeting: u64,
    offset: u64,
    alone: bool,
    now: Timestamp,
) -> Result<(), Unreadable> {
    let of = reading.any_id(Kind::Meeting, meeting);
    let origin = Origin::Aspect { aspect: "items".into(), of };
    let page = payload::page(root, "meetingitems")?;
    let is_whole = offset == 0 && page.total.is_none_or(|total| total == page.rows.len() as u64);
    let sessions = if is_whole { session::headings(reading, &page.rows, &origin, meeting) } else { false };
    let withheld =
        agenda(reading, &page.rows, &origin, Standing::Detail, meeting, Shape { sessions, ..Shape::OF_2 });
    // Of an agenda in pages it is not known yet what may not be read.
    if is_whole {
        film(reading, &page.rows, &withheld, meeting, now);
    }
    if alone {
        let open = page.rows.iter().zip(&withheld).filter(|(_, withheld)| !**withheld);
        for item in open.filter_map(|(row, _)| row.value()?.get("id")?.as_u64()) {
            reading.next(Task::Linked { meeting, item: Some(item), offset: 0 });
        }
    }
    turn(reading, &page, offset, origin, None, |offset| Task::Items { meeting, offset, alone });
    Ok(())
}

/// Asks for the page of a meeting that has been: its film stands nowhere else.
fn film(reading: &mut Reading<'_>, rows: &[Node<'_>], withheld: &[bool], meeting: u64, now: Timestamp) {
    let Some(of) = rows.first().map(|row| row.get("meeting")) else { return };
    let today = TimeZone::UTC.to_datetime(now).date();
    let has_been = of.get("date").when().is_some_and(|when| when.day() <= today);
    let address = of.get("url").text().and_then(|path| reading.source.base.join(&path).ok());
    let Some(address) = address.filter(|_| has_been) else { return };
    let number = |row: &Node<'_>| row.get("id").number();
    let those = |wanted: bool| {
        let rows = rows.iter().zip(withheld).filter(|(_, is)| **is == wanted);
        rows.filter_map(|(row, _)| number(row)).collect()
    };
    let (items, withheld) = (those(false), those(true));
    reading.next(Task::Page { meeting, address, items, withheld });
}

/// In what the rows of an agenda differ.
#[derive(Clone, Copy)]
struct Shape {
    /// Where the order stands.
    order: &'static str,
    /// Whether the meeting is parted into sessions, under which its items hang.
    sessions: bool,
}

impl Shape {
    const OF_1: Self = Self { order: "sortorder", sessions: false };
    const OF_2: Self = Self { order: "sortOrder", sessions: false };
}

/// A flat agenda, as the tree that its numbers draw; gives which rows may not be read.
fn agenda(
    reading: &mut Reading<'_>,
    nodes: &[Node<'_>],
    origin: &Origin,
    standing: Standing,
    meeting: u64,
    shape: Shape,
) -> Vec<bool> {
    let meeting_id = reading.id::<Meeting>(meeting);
    let numbers: Vec<_> =
        nodes.iter().map(|node| outline::number_parts(node.get("number").text().as_deref())).collect();
    let parents = outline::parents(&numbers);
    let public: Vec<bool> = nodes.iter().map(|node| node.value().is_some_and(payload::is_public)).collect();
    let withheld = outline::withheld(&public, &parents);
    let ids: Vec<Option<Id<AgendaItem>>> =
        nodes.iter().map(|node| Some(reading.id(reading.native(node, Kind::AgendaItem)?))).collect();
    for (at, node) in nodes.iter().enumerate() {
        let Some(id) = ids.get(at).cloned().flatten() else { continue };
        let parent = parents.get(at).copied().flatten().and_then(|parent| ids.get(parent).cloned().flatten());
        let session = || shape.sessions.then(|| session::of(reading, node)).flatten();
        let parent = parent.or_else(session).map_or_else(|| meeting_id.any().clone(), EntityId::from);
        if withheld.get(at).copied().unwrap_or(true) {
            for document in node.get("documents").items() {
                if let Some(native) = reading.native(&document, Kind::Document) {
                    let document_id = reading.any_id(Kind::Document, native);
                    reading.withhold(origin, document_id, &document, Some(id.any()));
                }
            }
            reading.withhold(origin, id.into(), node, Some(&parent));
            continue;
        }
        let position = node.get(shape.order).small().filter(|order| *order > 0);
        let documents = document::linked(reading, &node.get("documents"), origin, meeting, id.any());
        let text =
            |key: &str| node.get(key).text().map(|text| html::to_text(&text)).filter(|t| !t.is_empty());
        let item = AgendaItem {
            // Rows without an order stand where the list has them.
            position: position.unwrap_or_else(|| u32::try_from(at).unwrap_or(u32::MAX)),
            number: node.get("number").text(),
            title: text("title"),
            description: text("description"),
            heading: node.get("isHeading").flag().unwrap_or(false),
            documents,
            ..AgendaItem::bare(id, reading.authority(), meeting_id.clone(), parent)
        };
        reading.says(origin, standing, Entity::AgendaItem(item));
    }
    withheld
}

/// The moment stands in the date, or the clock in a field of its own; without either it is a day.
fn start(node: &Node<'_>) -> Option<When> {
    let date = node.get("date");
    let Some(text) = date.text() else { return date.unexpected("the day of the meeting") };
    let day: String = text.chars().take(10).collect();
    let clock = node.get("startTime").text().filter(|clock| clock.contains(':'));
    match (text.get(11..16), clock) {
        (Some(inside), None) if inside != "00:00" => date.when_written(&text),
        (_, Some(clock)) => date.when_written(&format!("{day} {:0>5}:00", clock.get(..5).unwrap_or(&clock))),
        _ => date.when_written(&day),
    }
}
