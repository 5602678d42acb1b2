//! Meetings with agenda and documents (v1), and the facts of an agenda that only version 2 gives.

use std::{collections::BTreeMap, sync::Arc};

use jiff::{Timestamp, tz::TimeZone};
use raadhuis_schema::{
    AgendaItem, Entity, EntityId, Id, Kind, Meeting, MeetingStatus, Origin, Standing, When, Window,
};

use super::{GemeenteOplossingenTask, Reading, document, payload, people, session, turn_page};
use crate::supplier::{UnreadableError, gemeenteoplossingen::Attached, html, json::JsonNode, outline};

/// The meetings in a window. The answer is complete.
pub fn read_meetings(
    reading: &mut Reading<'_>,
    root: &JsonNode<'_>,
    window: Window,
) -> Result<(), UnreadableError> {
    let origin = reading.listing("meetings");
    for node in payload::root_list(root)? {
        let Some(native) = reading.native_number(&node, Kind::Meeting) else { continue };
        let id = reading.id::<Meeting>(native);
        if !node.value().is_some_and(payload::is_public) {
            reading.withhold(&origin, id.into(), &node, None);
            continue;
        }
        let attached = Some(add_meeting(reading, &node, &origin, native));
        reading.next(GemeenteOplossingenTask::Items { meeting: native, offset: 0, attached, closed: vec![] });
    }
    reading.complete(origin, Some(window), None);
    Ok(())
}

/// A page of the meetings in a window, on hosts without version 1: agenda and documents are requested one by one.
pub fn read_meetings_of_2(
    reading: &mut Reading<'_>,
    root: &JsonNode<'_>,
    window: Window,
    offset: u64,
) -> Result<(), UnreadableError> {
    let origin = reading.listing("meetings");
    let page = payload::collection_page(root, "meetings")?;
    for node in &page.rows {
        let Some(native) = reading.native_number(node, Kind::Meeting) else { continue };
        let id = reading.id::<Meeting>(native);
        if !node.value().is_some_and(payload::is_public) {
            reading.withhold(&origin, id.into(), node, None);
            continue;
        }
        add_meeting(reading, node, &origin, native);
        reading.next(GemeenteOplossingenTask::Items {
            meeting: native,
            offset: 0,
            attached: None,
            closed: vec![],
        });
        reading.next(GemeenteOplossingenTask::Linked { meeting: native, item: None, before: vec![] });
    }
    turn_page(reading, &page, offset, origin, Some(window), |offset| GemeenteOplossingenTask::MeetingsOf2 {
        window,
        offset,
    });
    Ok(())
}

/// Adds a meeting. Returns the documents of its items, where the answer contains them.
fn add_meeting(reading: &mut Reading<'_>, node: &JsonNode<'_>, listing: &Origin, native: u64) -> Attached {
    let id = reading.id::<Meeting>(native);
    let origin = Origin::Detail(id.as_entity().clone());
    reading.complete(origin.clone(), None, None);
    let dmu = node.get("dmu");
    let committee = dmu.is_some().then(|| reading.native_number(&dmu, Kind::Committee)).flatten();
    if let Some(native) = committee {
        let committee = people::committee(reading, &dmu, native);
        reading.describe(&origin, Standing::Mention, Entity::Committee(committee));
    }
    let start = start_of(node);
    let description = plain_text(node, "description");
    let label = node.get("meetingLabel").text();
    let is_off = [&description, &label].into_iter().flatten().any(|words| is_called_off(words));
    let status = if is_set(node, "canceled") || is_off {
        MeetingStatus::Cancelled
    } else if is_set(node, "inactive") {
        MeetingStatus::Unconfirmed
    } else {
        MeetingStatus::Confirmed
    };
    let documents = document::read_linked(reading, &node.get("documents"), &origin, native, id.as_entity());
    let meeting = Meeting {
        committee: committee.map(|native| reading.id(native)),
        name: description.clone().or_else(|| dmu.get("name").text()),
        start,
        location: node.get("location").text(),
        description,
        status: Some(status),
        page: node.get("url").address_from(&reading.source.base),
        documents,
        ..Meeting::bare(id.clone(), reading.authority())
    };
    reading.describe(listing, Standing::Detail, Entity::Meeting(meeting));
    let is_of_2 = !node.get("items").is_some();
    let rows = node.get("items").items();
    let agenda = FlatAgenda {
        meeting: native,
        origin: &origin,
        version: 1,
        sessions: false,
        attached: None,
        closed: &[],
    };
    agenda.add_items(reading, &rows);
    if is_of_2 {
        return Attached::default();
    }
    // This answer replaces documents from a run that used version 2 alone.
    let items = rows.iter().filter_map(quiet_id).map(|item| reading.any_id(Kind::AgendaItem, item));
    for of in items.chain([id.into()]).collect::<Vec<_>>() {
        reading.complete(Origin::Aspect { aspect: "documents".into(), of }, None, None);
    }
    let mut attached = BTreeMap::new();
    for row in &rows {
        if let Some(item) = quiet_id(row) {
            let documents: Vec<u64> = row.get("documents").items().iter().filter_map(quiet_id).collect();
            attached.insert(item, documents);
        }
    }
    Arc::new(attached)
}

fn is_set(node: &JsonNode<'_>, key: &str) -> bool {
    node.get(key).flag().unwrap_or(false)
}

/// The id of a row, without a diagnostic when it is missing.
fn quiet_id(row: &JsonNode<'_>) -> Option<u64> {
    row.value()?.get("id")?.as_u64()
}

/// Returns whether words announce that a meeting is cancelled. The cancellation of one of its items does not count.
pub fn is_called_off(words: &str) -> bool {
    let words = words.trim().to_lowercase();
    ["vervallen", "geannuleerd", "afgelast"]
        .iter()
        .any(|word| words.starts_with(word) || words.ends_with(word) || words.contains(&format!("({word}")))
}

/// A page of an agenda.
pub struct AgendaPage<'a> {
    pub meeting: u64,
    pub offset: u64,
    /// The documents of its items; `None` on hosts without version 1.
    pub attached: Option<&'a Attached>,
    /// Numbers of withheld items on earlier pages.
    pub closed: &'a [String],
}

/// A page of an agenda in version 2, the only version with confidential items and headings.
pub fn read_agenda_page(
    reading: &mut Reading<'_>,
    root: &JsonNode<'_>,
    part: &AgendaPage<'_>,
    now: Timestamp,
) -> Result<(), UnreadableError> {
    let (meeting, offset) = (part.meeting, part.offset);
    let of = reading.any_id(Kind::Meeting, meeting);
    let origin = Origin::Aspect { aspect: "items".into(), of: of.clone() };
    let page = payload::collection_page(root, "meetingitems")?;
    // Version 1 has no such flag: this answer tells whether the meeting itself is closed.
    let closed_row = page.rows.iter().find(|row| !row.get("meeting").value().is_none_or(payload::is_public));
    if let Some(row) = closed_row {
        reading.withhold(&Origin::Detail(of.clone()), of, &row.get("meeting"), None);
        return Ok(());
    }
    let is_whole = offset == 0 && page.total.is_none_or(|total| total == page.rows.len() as u64);
    let sessions = is_whole && session::add_headings(reading, &page.rows, &origin, meeting);
    let (attached, closed) = (part.attached, part.closed);
    let agenda = FlatAgenda { meeting, origin: &origin, version: 2, sessions, attached, closed };
    let withheld = agenda.add_items(reading, &page.rows);
    // The withheld items of an agenda in several pages are not all known yet.
    if is_whole && page.rows.is_empty() {
        reading.next(GemeenteOplossingenTask::Bare { meeting });
    } else if is_whole {
        request_video_page(reading, &page.rows, &withheld, meeting, now);
    }
    let mut closed = closed.to_vec();
    for (row, is_withheld) in page.rows.iter().zip(&withheld) {
        if *is_withheld {
            closed.extend(row.get("number").text());
        } else if attached.is_none() && quiet_id(row).is_some() {
            reading.next(GemeenteOplossingenTask::Linked { meeting, item: quiet_id(row), before: vec![] });
        }
    }
    let attached = attached.cloned();
    turn_page(reading, &page, offset, origin, None, |offset| GemeenteOplossingenTask::Items {
        meeting,
        offset,
        attached,
        closed,
    });
    Ok(())
}

/// A meeting without an agenda: its page may have one, and a video.
pub fn read_bare_meeting(reading: &mut Reading<'_>, root: &JsonNode<'_>, meeting: u64, now: Timestamp) {
    let node = root.get("result").get("meeting");
    if node.value().is_some_and(payload::is_public) {
        request_page(reading, &node, meeting, Vec::new(), Vec::new(), now);
    }
}

/// A meeting that the listing of its day no longer names: requests the listing of its present day.
pub fn read_missing(reading: &mut Reading<'_>, root: &JsonNode<'_>, meeting: u64) {
    let node = root.get("result").get("meeting");
    if !node.value().is_some_and(payload::is_public) {
        let (listing, id) = (reading.listing("meetings"), reading.any_id(Kind::Meeting, meeting));
        reading.withhold(&listing, id, &node, None);
    } else if let Some(start) = start_of(&node) {
        reading.next(GemeenteOplossingenTask::Meetings { window: Window::of_day(start.day()) });
    }
}

/// Requests the page of a meeting, the only source of its video.
fn request_video_page(
    reading: &mut Reading<'_>,
    rows: &[JsonNode<'_>],
    withheld: &[bool],
    meeting: u64,
    now: Timestamp,
) {
    let Some(of) = rows.first().map(|row| row.get("meeting")) else { return };
    let rows = rows.iter().zip(withheld);
    let open_rows = rows.clone().filter(|(_, is_withheld)| !**is_withheld);
    let open = open_rows.filter_map(|(row, _)| row.get("id").number()).collect();
    let closed_rows = rows.filter(|(_, is_withheld)| **is_withheld);
    let closed = closed_rows.filter_map(|(row, _)| row.get("id").number()).collect();
    request_page(reading, &of, meeting, open, closed, now);
}

/// Requests the page of a meeting in the past.
fn request_page(
    reading: &mut Reading<'_>,
    node: &JsonNode<'_>,
    meeting: u64,
    items: Vec<u64>,
    withheld: Vec<u64>,
    now: Timestamp,
) {
    let today = TimeZone::UTC.to_datetime(now).date();
    let has_been = node.get("date").date_time().is_some_and(|when| when.day() <= today);
    let address = node.get("url").address_from(&reading.source.base);
    if let Some(address) = address.filter(|_| has_been) {
        reading.next(GemeenteOplossingenTask::Page { meeting, address, items, withheld });
    }
}

struct FlatAgenda<'a> {
    meeting: u64,
    origin: &'a Origin,
    /// Version of the API. Version 2 gives more fields.
    version: u8,
    /// True when the items belong to sessions of the meeting.
    sessions: bool,
    attached: Option<&'a Attached>,
    closed: &'a [String],
}

impl FlatAgenda<'_> {
    /// Adds the items as a tree by their numbers. Returns for each row whether it is withheld.
    fn add_items(&self, reading: &mut Reading<'_>, nodes: &[JsonNode<'_>]) -> Vec<bool> {
        let meeting = reading.id::<Meeting>(self.meeting);
        let numbers: Vec<_> =
            nodes.iter().map(|node| outline::number_parts(node.get("number").text().as_deref())).collect();
        let parents = outline::parents(&numbers);
        let closed: Vec<_> = self.closed.iter().map(|number| outline::number_parts(Some(number))).collect();
        let mut public = Vec::with_capacity(nodes.len());
        for (node, number) in nodes.iter().zip(&numbers) {
            let is_below = closed.iter().any(|above| !above.is_empty() && number.starts_with(above));
            public.push(node.value().is_some_and(payload::is_public) && !is_below);
        }
        let withheld = outline::withheld(&public, &parents);
        let ids: Vec<Option<Id<AgendaItem>>> = nodes
            .iter()
            .map(|node| Some(reading.id(reading.native_number(node, Kind::AgendaItem)?)))
            .collect();
        for (at, node) in nodes.iter().enumerate() {
            let Some(id) = ids.get(at).cloned().flatten() else { continue };
            let above = parents.get(at).copied().flatten();
            let parent = above.and_then(|parent| ids.get(parent).cloned().flatten());
            let parent =
                parent.or_else(|| self.sessions.then(|| session::heading_of(reading, node)).flatten());
            let parent = parent.map_or_else(|| meeting.as_entity().clone(), EntityId::from);
            if withheld.get(at).copied().unwrap_or(true) {
                self.withhold(reading, node, id, &parent);
            } else {
                let item = AgendaItem::bare(id, reading.authority(), meeting.clone(), parent);
                self.add_item(reading, node, at, item);
            }
        }
        withheld
    }

    fn withhold(
        &self,
        reading: &mut Reading<'_>,
        node: &JsonNode<'_>,
        id: Id<AgendaItem>,
        parent: &EntityId,
    ) {
        for document in node.get("documents").items() {
            if let Some(native) = reading.native_number(&document, Kind::Document) {
                let document_id = reading.any_id(Kind::Document, native);
                reading.withhold(self.origin, document_id, &document, Some(id.as_entity()));
            }
        }
        // Documents that version 1 links to the item.
        let native = node.get("id").number();
        for document in native.and_then(|native| self.attached?.get(&native)).into_iter().flatten() {
            let document_id = reading.any_id(Kind::Document, document);
            reading.withhold(self.origin, document_id, node, Some(id.as_entity()));
        }
        reading.withhold(self.origin, id.into(), node, Some(parent));
    }

    fn add_item(&self, reading: &mut Reading<'_>, node: &JsonNode<'_>, at: usize, item: AgendaItem) {
        let (order, standing) = if self.version == 1 {
            ("sortorder", Standing::Listing)
        } else {
            ("sortOrder", Standing::Detail)
        };
        let position = node.get(order).number_u32().filter(|order| *order > 0);
        let list = node.get("documents");
        let documents = document::read_linked(reading, &list, self.origin, self.meeting, item.id.as_entity());
        let item = AgendaItem {
            // Rows without an order keep their place in the list.
            position: position.unwrap_or_else(|| u32::try_from(at).unwrap_or(u32::MAX)),
            number: node.get("number").text(),
            title: plain_text(node, "title"),
            description: plain_text(node, "description"),
            heading: node.get("isHeading").flag().unwrap_or(false),
            documents,
            ..item
        };
        reading.describe(self.origin, standing, Entity::AgendaItem(item));
    }
}

fn plain_text(node: &JsonNode<'_>, key: &str) -> Option<String> {
    node.get(key).text().map(|text| html::to_text(&text)).filter(|text| !text.is_empty())
}

/// Start from the date with its clock, or from the date and a separate clock. Without a clock it is a day.
fn start_of(node: &JsonNode<'_>) -> Option<When> {
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
