//! Meetings with agenda and documents (v1), and what only version 2 says of an agenda.

use std::sync::Arc;

use jiff::{Timestamp, tz::TimeZone};
use raadhuis_schema::{
    AgendaItem, Entity, EntityId, Id, Kind, Meeting, MeetingStatus, Origin, Standing, When, Window,
};

use super::{Reading, Task, document, payload, people, session, turn};
use crate::supplier::{Unreadable, gemeenteoplossingen::Attached, html, json::Node, outline};

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
        let attached = Some(meeting(reading, &node, &origin, native));
        reading.next(Task::Items { meeting: native, offset: 0, attached, closed: vec![] });
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
        reading.next(Task::Items { meeting: native, offset: 0, attached: None, closed: vec![] });
        reading.next(Task::Linked { meeting: native, item: None, before: vec![] });
    }
    turn(reading, &page, offset, origin, Some(window), |offset| Task::MeetingsOf2 { window, offset });
    Ok(())
}

/// A meeting. Gives the documents of its items, where they stand with it.
fn meeting(reading: &mut Reading<'_>, node: &Node<'_>, listing: &Origin, native: u64) -> Attached {
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
    let label = node.get("meetingLabel").text();
    let is_off = [&description, &label].into_iter().flatten().any(|words| is_called_off(words));
    let status = if flag("canceled") || is_off {
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
        page: node.get("url").address_from(&reading.source.base),
        documents,
        ..Meeting::bare(id.clone(), reading.authority())
    };
    reading.says(listing, Standing::Detail, Entity::Meeting(meeting));
    let is_of_2 = !node.get("items").is_some();
    let rows = node.get("items").items();
    let agenda =
        Agenda { meeting: native, origin: &origin, version: 1, sessions: false, attached: None, closed: &[] };
    agenda.read(reading, &rows);
    if is_of_2 {
        return Attached::default();
    }
    // What version 2 said of documents, in a run in which it was alone, is overtaken by this answer.
    let number = |node: &Node<'_>| node.value()?.get("id")?.as_u64();
    let items = rows.iter().filter_map(number).map(|item| reading.any_id(Kind::AgendaItem, item));
    for of in items.chain([id.into()]).collect::<Vec<_>>() {
        reading.complete(Origin::Aspect { aspect: "documents".into(), of }, None, None);
    }
    let documents = |row: &Node<'_>| row.get("documents").items().iter().filter_map(number).collect();
    Arc::new(rows.iter().filter_map(|row| Some((number(row)?, documents(row)))).collect())
}

/// Whether words say that a meeting does not go on; that one of its items is off says nothing of it.
pub fn is_called_off(words: &str) -> bool {
    let words = words.trim().to_lowercase();
    ["vervallen", "geannuleerd", "afgelast"]
        .iter()
        .any(|word| words.starts_with(word) || words.ends_with(word) || words.contains(&format!("({word}")))
}

/// A part of an agenda in pages.
pub struct Part<'a> {
    /// Of which meeting.
    pub meeting: u64,
    /// Where it begins.
    pub offset: u64,
    /// The documents of its items; `None` where only version 2 knows them.
    pub attached: Option<&'a Attached>,
    /// The numbers of items of earlier pages of which nothing may be read.
    pub closed: &'a [String],
}

/// A page of an agenda in version 2: it alone says what is confidential and what is a heading.
pub fn items(
    reading: &mut Reading<'_>,
    root: &Node<'_>,
    part: &Part<'_>,
    now: Timestamp,
) -> Result<(), Unreadable> {
    let (meeting, offset) = (part.meeting, part.offset);
    let of = reading.any_id(Kind::Meeting, meeting);
    let origin = Origin::Aspect { aspect: "items".into(), of: of.clone() };
    let page = payload::page(root, "meetingitems")?;
    // Version 1 gives no flag: whether the meeting itself is closed is said here.
    let is_closed = |row: &&Node<'_>| !row.get("meeting").value().is_none_or(payload::is_public);
    if let Some(row) = page.rows.iter().find(is_closed) {
        reading.withhold(&Origin::Detail(of.clone()), of, &row.get("meeting"), None);
        return Ok(());
    }
    let is_whole = offset == 0 && page.total.is_none_or(|total| total == page.rows.len() as u64);
    let sessions = is_whole && session::headings(reading, &page.rows, &origin, meeting);
    let (attached, closed) = (part.attached, part.closed);
    let agenda = Agenda { meeting, origin: &origin, version: 2, sessions, attached, closed };
    let withheld = agenda.read(reading, &page.rows);
    // Of an agenda in pages it is not known yet what may not be read.
    if is_whole && page.rows.is_empty() {
        reading.next(Task::Bare { meeting });
    } else if is_whole {
        film(reading, &page.rows, &withheld, meeting, now);
    }
    let rows = || page.rows.iter().zip(&withheld);
    if attached.is_none() {
        for item in rows().filter(|(_, is)| !**is).filter_map(|(row, _)| row.value()?.get("id")?.as_u64()) {
            reading.next(Task::Linked { meeting, item: Some(item), before: vec![] });
        }
    }
    let mut closed = closed.to_vec();
    closed.extend(rows().filter(|(_, is)| **is).filter_map(|(row, _)| row.get("number").text()));
    let attached = attached.cloned();
    turn(reading, &page, offset, origin, None, |offset| Task::Items { meeting, offset, attached, closed });
    Ok(())
}

/// A meeting without an agenda: its page may have one, and a film.
pub fn bare(reading: &mut Reading<'_>, root: &Node<'_>, meeting: u64, now: Timestamp) {
    let node = root.get("result").get("meeting");
    if node.value().is_some_and(payload::is_public) {
        page_of(reading, &node, meeting, (Vec::new(), Vec::new()), now);
    }
}

/// A meeting that the meetings of its day no longer name: the meetings of its day of today are asked for.
pub fn missing(reading: &mut Reading<'_>, root: &Node<'_>, meeting: u64) {
    let node = root.get("result").get("meeting");
    if !node.value().is_some_and(payload::is_public) {
        let (listing, id) = (reading.listing("meetings"), reading.any_id(Kind::Meeting, meeting));
        reading.withhold(&listing, id, &node, None);
    } else if let Some(start) = start(&node) {
        reading.next(Task::Meetings { window: Window::of_day(start.day()) });
    }
}

/// Asks for the page of a meeting: its film stands nowhere else.
fn film(reading: &mut Reading<'_>, rows: &[Node<'_>], withheld: &[bool], meeting: u64, now: Timestamp) {
    let Some(of) = rows.first().map(|row| row.get("meeting")) else { return };
    let number = |row: &Node<'_>| row.get("id").number();
    let those = |wanted: bool| {
        let rows = rows.iter().zip(withheld).filter(|(_, is)| **is == wanted);
        rows.filter_map(|(row, _)| number(row)).collect()
    };
    page_of(reading, &of, meeting, (those(false), those(true)), now);
}

/// Asks for the page of a meeting that has been.
fn page_of(
    reading: &mut Reading<'_>,
    node: &Node<'_>,
    meeting: u64,
    (items, withheld): (Vec<u64>, Vec<u64>),
    now: Timestamp,
) {
    let today = TimeZone::UTC.to_datetime(now).date();
    let has_been = node.get("date").when().is_some_and(|when| when.day() <= today);
    let address = node.get("url").address_from(&reading.source.base);
    if let Some(address) = address.filter(|_| has_been) {
        reading.next(Task::Page { meeting, address, items, withheld });
    }
}

/// A flat agenda.
struct Agenda<'a> {
    meeting: u64,
    origin: &'a Origin,
    /// Of the interface: the second says more.
    version: u8,
    /// Whether the meeting is parted into sessions, under which its items hang.
    sessions: bool,
    attached: Option<&'a Attached>,
    closed: &'a [String],
}

impl Agenda<'_> {
    /// Reads it as the tree that its numbers draw; gives which rows may not be read.
    fn read(&self, reading: &mut Reading<'_>, nodes: &[Node<'_>]) -> Vec<bool> {
        let meeting = reading.id::<Meeting>(self.meeting);
        let numbers: Vec<_> =
            nodes.iter().map(|node| outline::number_parts(node.get("number").text().as_deref())).collect();
        let parents = outline::parents(&numbers);
        let closed: Vec<_> = self.closed.iter().map(|number| outline::number_parts(Some(number))).collect();
        let is_open = |(node, number): (&Node<'_>, &Vec<String>)| {
            let is_below = closed.iter().any(|above| !above.is_empty() && number.starts_with(above));
            node.value().is_some_and(payload::is_public) && !is_below
        };
        let public: Vec<bool> = nodes.iter().zip(&numbers).map(is_open).collect();
        let withheld = outline::withheld(&public, &parents);
        let ids: Vec<Option<Id<AgendaItem>>> =
            nodes.iter().map(|node| Some(reading.id(reading.native(node, Kind::AgendaItem)?))).collect();
        for (at, node) in nodes.iter().enumerate() {
            let Some(id) = ids.get(at).cloned().flatten() else { continue };
            let above = parents.get(at).copied().flatten();
            let parent = above.and_then(|parent| ids.get(parent).cloned().flatten());
            let session = || self.sessions.then(|| session::of(reading, node)).flatten();
            let parent = parent.or_else(session).map_or_else(|| meeting.any().clone(), EntityId::from);
            if withheld.get(at).copied().unwrap_or(true) {
                self.withhold(reading, node, id, &parent);
            } else {
                let item = AgendaItem::bare(id, reading.authority(), meeting.clone(), parent);
                self.item(reading, node, at, item);
            }
        }
        withheld
    }

    fn withhold(&self, reading: &mut Reading<'_>, node: &Node<'_>, id: Id<AgendaItem>, parent: &EntityId) {
        for document in node.get("documents").items() {
            if let Some(native) = reading.native(&document, Kind::Document) {
                let document_id = reading.any_id(Kind::Document, native);
                reading.withhold(self.origin, document_id, &document, Some(id.any()));
            }
        }
        // What version 1 knows to hang from it.
        let native = node.get("id").number();
        for document in native.and_then(|native| self.attached?.get(&native)).into_iter().flatten() {
            let document_id = reading.any_id(Kind::Document, document);
            reading.withhold(self.origin, document_id, node, Some(id.any()));
        }
        reading.withhold(self.origin, id.into(), node, Some(parent));
    }

    fn item(&self, reading: &mut Reading<'_>, node: &Node<'_>, at: usize, item: AgendaItem) {
        let (order, standing) = if self.version == 1 {
            ("sortorder", Standing::Listing)
        } else {
            ("sortOrder", Standing::Detail)
        };
        let position = node.get(order).small().filter(|order| *order > 0);
        let list = node.get("documents");
        let documents = document::linked(reading, &list, self.origin, self.meeting, item.id.any());
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
            ..item
        };
        reading.says(self.origin, standing, Entity::AgendaItem(item));
    }
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
