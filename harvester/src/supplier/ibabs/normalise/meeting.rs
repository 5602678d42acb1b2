//! Meetings with their agendas, and the types of meeting, which are committees.

use std::{collections::BTreeMap, sync::Arc};

use jiff::ToSpan;
use raadhuis_schema::{
    AgendaItem, Committee, CommitteeKind, Document, DocumentType, Entity, EntityId, EntryKind, Id, Kind,
    Media, Meeting, MeetingStatus, Origin, Recording, Standing, When, Window, address::join_address,
};
use url::Url;

use super::{IbabsTask, Reading, payload, vote};
use crate::supplier::{
    companywebcast::{self, Code, Webcast},
    file, html,
    ibabs::{MONTHS_AT_ONCE, Types},
    json::JsonNode,
    outline,
    reading::deduplicated,
};

/// The types of meeting, whose names become the names of meetings. Types of other customers of the site are left out.
pub fn read_types(reading: &mut Reading<'_>, result: &JsonNode<'_>, window: Window) {
    let origin = reading.listing("meeting types");
    let mut names = BTreeMap::new();
    for node in result.get("Meetingtypes").get("iBabsMeetingtype").items_of_anything() {
        let Some(native) = reading.native_text(&node, "Id", Kind::Committee) else { continue };
        let name = type_name(&node);
        names.insert(native.clone(), name.clone().unwrap_or_default());
        if !reading.source.owns_label(name.as_deref().unwrap_or_default()) {
            continue;
        }
        let kind = [&name, &node.get("Meetingtype").text()]
            .into_iter()
            .find_map(|name| name.as_deref().and_then(CommitteeKind::of_name));
        let committee = Committee {
            id: reading.id(&native),
            authority: reading.authority(),
            name,
            kind,
            description: None,
        };
        reading.describe(&origin, Standing::Detail, Entity::Committee(committee));
    }
    reading.complete(origin, None, None);
    let types = request_meetings(reading, names, window);
    reading.next(IbabsTask::Lists { window, types });
}

/// The types of meeting, used only to request the meetings of later days.
pub fn read_later_types(reading: &mut Reading<'_>, result: &JsonNode<'_>, window: Window) {
    let types = result.get("Meetingtypes").get("iBabsMeetingtype").items_of_anything();
    let mut names = BTreeMap::new();
    for node in &types {
        if let Some(native) = reading.native_text(node, "Id", Kind::Committee) {
            names.insert(native, type_name(node).unwrap_or_default());
        }
    }
    request_meetings(reading, names, window);
}

/// Requests the meetings in a window, with the names of their types.
fn request_meetings(reading: &mut Reading<'_>, names: BTreeMap<String, String>, window: Window) -> Types {
    let types: Types = Arc::new(names);
    for window in window.split_by_months(MONTHS_AT_ONCE) {
        reading.next(IbabsTask::Meetings { window, types: Arc::clone(&types) });
    }
    types
}

fn type_name(node: &JsonNode<'_>) -> Option<String> {
    node.get("Description").text().or_else(|| node.get("Meetingtype").text())
}

/// The meetings in a window. The answer is complete.
pub fn read_meetings(reading: &mut Reading<'_>, result: &JsonNode<'_>, window: Window, types: &Types) {
    let origin = reading.listing("meetings");
    for node in result.get("Meetings").get("iBabsMeeting").items_of_anything() {
        let Some(native) = reading.native_text(&node, "Id", Kind::Meeting) else { continue };
        let kind = node.get("MeetingtypeId").text();
        let label = kind.as_ref().and_then(|kind| types.get(kind)).filter(|label| !label.is_empty());
        if reading.source.owns_label(label.map_or("", String::as_str)) {
            let asked = MeetingsTask { window, types };
            add_meeting(reading, &node, &origin, &native.to_lowercase(), label.cloned(), &asked);
        }
    }
    reading.complete(origin, Some(window), None);
}

/// Arguments of the task, repeated in further tasks.
struct MeetingsTask<'a> {
    window: Window,
    types: &'a Types,
}

fn add_meeting(
    reading: &mut Reading<'_>,
    node: &JsonNode<'_>,
    listing: &Origin,
    native: &str,
    name: Option<String>,
    asked: &MeetingsTask<'_>,
) {
    let id = reading.id::<Meeting>(native);
    let origin = Origin::Detail(id.as_entity().clone());
    reading.complete(origin.clone(), None, None);
    let (start, end) = start_and_end(node);
    let name = name.or_else(|| Some(format!("Vergadering {}", start?.day())));
    let explanation = node.get("Explanation").text().map(|text| html::to_text(&text));
    let cancelled = [&name, &explanation].into_iter().flatten().any(|text| is_called_off(text));
    let mut documents =
        add_documents(reading, &node.get("Documents"), &origin, id.as_entity(), name.as_deref());
    let list_items = node.get("ListItems").get("iBabsListItemSummary").items_of_anything();
    let entries = request_entries(reading, &list_items, &origin, id.as_entity(), asked, &mut documents);
    let meeting = Meeting {
        committee: node.get("MeetingtypeId").text().map(|kind| reading.id(kind)),
        name: name.clone(),
        start,
        end,
        location: node.get("Location").text(),
        description: explanation,
        status: Some(if cancelled { MeetingStatus::Cancelled } else { MeetingStatus::Confirmed }),
        page: portal_page(reading, native),
        documents,
        entries,
        ..Meeting::bare(id.clone(), reading.authority())
    };
    // The listing keeps the meeting alive; its children have the meeting's own origin.
    reading.describe(listing, Standing::Detail, Entity::Meeting(meeting));
    let items = add_agenda(reading, node, &origin, &id, asked);
    add_recording(reading, node, &origin, &id, start, name, items);
}

fn is_called_off(text: &str) -> bool {
    let text = text.to_lowercase();
    text.starts_with("vervallen") || text.starts_with("geannuleerd")
}

/// The page of a meeting at the public portal; `None` for customers without a known portal.
fn portal_page(reading: &Reading<'_>, native: &str) -> Option<Url> {
    join_address(reading.source.authority.page.as_ref()?, &format!("/Agenda/Index/{native}"))
}

/// Start and end. Some sites put the clock into the date, others into a separate field and leave the date at midnight.
fn start_and_end(node: &JsonNode<'_>) -> (Option<When>, Option<When>) {
    let (date, field) = (node.get("MeetingDate"), node.get("StartTime"));
    let Some(text) = date.text() else {
        date.unexpected::<()>("the day of the meeting");
        return (None, None);
    };
    let day: String = text.chars().take(10).collect();
    let clock: String = text.chars().skip(11).take(5).collect();
    let of_field = field.text().and_then(|text| clock_of(&text).or_else(|| field.unexpected("a clock")));
    let clock = match (clock.as_str(), of_field) {
        ("" | "00:00", Some(clock)) => Some(clock),
        ("" | "00:00", None) => None,
        (clock, _) => Some(clock.to_owned()),
    };
    let begins = clock;
    let start =
        date.when_written(&begins.as_ref().map_or_else(|| day.clone(), |clock| format!("{day} {clock}:00")));
    let ends = node.get("EndTime");
    let clock = ends.text().and_then(|text| clock_of(&text).or_else(|| ends.unexpected("a clock")));
    let end = clock.and_then(|clock| {
        // A meeting that ends before it begins ends after midnight.
        let is_after_midnight = begins.as_ref().is_some_and(|begin| clock < *begin);
        let day =
            if is_after_midnight { start?.day().checked_add(1.day()).ok()?.to_string() } else { day.clone() };
        ends.when_written(&format!("{day} {clock}:00"))
    });
    (start, end)
}

/// `HH:MM` of a clock with or without seconds.
fn clock_of(text: &str) -> Option<String> {
    let (hour, rest) = text.trim().split_once(':')?;
    let (hour, minute) = (hour.parse::<u8>().ok()?, rest.get(..2)?.parse::<u8>().ok()?);
    (hour < 24 && minute < 60).then(|| format!("{hour:02}:{minute:02}"))
}

/// Adds the flat list of items as a tree by their numbers. Returns ids and titles, unless an item is withheld.
fn add_agenda(
    reading: &mut Reading<'_>,
    node: &JsonNode<'_>,
    origin: &Origin,
    meeting: &Id<Meeting>,
    asked: &MeetingsTask<'_>,
) -> Option<Vec<(String, String)>> {
    let nodes = node.get("MeetingItems").get("iBabsMeetingItem").items_of_anything();
    let numbers: Vec<_> =
        nodes.iter().map(|node| outline::number_parts(node.get("Features").text().as_deref())).collect();
    let public: Vec<bool> = nodes.iter().map(|node| node.value().is_none_or(payload::is_public)).collect();
    let parents = outline::parents(&numbers);
    let withheld = outline::withheld(&public, &parents);
    let ids: Vec<Option<Id<AgendaItem>>> = nodes
        .iter()
        .map(|node| Some(reading.id(reading.native_text(node, "Id", Kind::AgendaItem)?.to_lowercase())))
        .collect();
    let page = meeting_page(reading, meeting);
    let mut items = Vec::new();
    for (at, node) in nodes.iter().enumerate() {
        let Some(id) = ids.get(at).cloned().flatten() else { continue };
        let parent = parents.get(at).copied().flatten().and_then(|parent| ids.get(parent).cloned().flatten());
        let parent = parent.map_or_else(|| meeting.as_entity().clone(), EntityId::from);
        if withheld.get(at).copied().unwrap_or(true) {
            withhold(reading, node, origin, id.into(), &parent);
            continue;
        }
        let title = node.get("Title").text().map(|title| html::to_text(&title));
        if let Some(native) = node.get("Id").text() {
            items.push((native.to_lowercase(), title.clone().unwrap_or_default()));
        }
        let mut documents = add_documents(reading, &node.get("Documents"), origin, id.as_entity(), None);
        let list_entries = node.get("ListEntries").get("iBabsListEntryBasic").items_of_anything();
        let entries = request_entries(reading, &list_entries, origin, id.as_entity(), asked, &mut documents);
        vote::add_totals(reading, node, origin, id.as_entity(), Some((&id, meeting)));
        let item = AgendaItem {
            position: u32::try_from(at).unwrap_or(u32::MAX),
            number: node.get("Features").text(),
            title,
            description: node.get("Explanation").text().map(|text| html::to_text(&text)),
            page: page.clone(),
            documents,
            entries,
            ..AgendaItem::bare(id, reading.authority(), meeting.clone(), parent)
        };
        reading.describe(origin, Standing::Detail, Entity::AgendaItem(item));
    }
    (!withheld.contains(&true)).then_some(items)
}

/// The register entries attached to a meeting or an item. No known public answer has any, and their shape is known from
/// the code of other clients only. Each entry is requested in full.
fn request_entries(
    reading: &mut Reading<'_>,
    nodes: &[JsonNode<'_>],
    origin: &Origin,
    parent: &EntityId,
    asked: &MeetingsTask<'_>,
    documents: &mut Vec<Id<Document>>,
) -> Vec<EntityId> {
    let mut named = Vec::new();
    for node in nodes {
        let list_name = node.get("ListName").text();
        documents.extend(add_documents(
            reading,
            &node.get("Documents"),
            origin,
            parent,
            list_name.as_deref(),
        ));
        let key = if node.get("EntryId").is_some() { "EntryId" } else { "Id" };
        let Some(native) = reading.native_text(node, key, Kind::RegisterEntry) else { continue };
        let (Some(list), Some(name)) = (node.get("ListId").text(), list_name) else {
            node.unexpected::<()>("an entry that names its register");
            continue;
        };
        let native = native.to_lowercase();
        let id = reading.any_id(EntryKind::of_words(None, Some(&name)).kind(), &native);
        reading.mention(origin, id.clone());
        vote::add_totals(reading, node, origin, &id, None);
        named.push(id);
        let (window, types) = (asked.window, Arc::clone(asked.types));
        reading.next(IbabsTask::Entry { list, name, entry: native, window, types });
    }
    *documents = deduplicated(std::mem::take(documents));
    named
}

fn meeting_page(reading: &Reading<'_>, meeting: &Id<Meeting>) -> Option<Url> {
    portal_page(reading, meeting.as_entity().as_str().rsplit(':').next()?)
}

fn withhold(
    reading: &mut Reading<'_>,
    node: &JsonNode<'_>,
    origin: &Origin,
    id: EntityId,
    parent: &EntityId,
) {
    for document in node.get("Documents").get("iBabsDocument").items_of_anything() {
        if let Some(native) = reading.native_text(&document, "Id", Kind::Document) {
            let document_id = reading.any_id(Kind::Document, native.to_lowercase());
            reading.withhold(origin, document_id, &document, Some(&id));
        }
    }
    reading.withhold(origin, id, node, Some(parent));
}

/// The documents of a meeting, an item or an entry. `above` names the parent, which may determine their type.
pub fn add_documents(
    reading: &mut Reading<'_>,
    list: &JsonNode<'_>,
    origin: &Origin,
    parent: &EntityId,
    above: Option<&str>,
) -> Vec<Id<Document>> {
    let mut ids = Vec::new();
    for node in list.get("iBabsDocument").items_of_anything() {
        let Some(native) = reading.native_text(&node, "Id", Kind::Document) else { continue };
        let id = reading.id::<Document>(native.to_lowercase());
        if !node.value().is_some_and(payload::is_public) {
            reading.withhold(origin, id.into(), &node, Some(parent));
            continue;
        }
        let file_name = node.get("FileName").text();
        let name = node.get("DisplayName").text().or_else(|| file_name.clone());
        let words = [name.as_deref(), file_name.as_deref(), above];
        let document = Document {
            kind: DocumentType::of_words(words.into_iter().flatten()),
            url: address(&node.get("PublicDownloadURL")),
            media_type: file_name.as_deref().and_then(|name| file::media_type(name.rsplit_once('.')?.1)),
            size: node.get("FileSize").number(),
            name,
            file_name,
            ..Document::bare(id.clone(), reading.authority())
        };
        reading.describe(origin, Standing::Mention, Entity::Document(document));
        ids.push(id);
    }
    deduplicated(ids)
}

fn address(node: &JsonNode<'_>) -> Option<Url> {
    // Some sites escape the address twice.
    node.address_written(&node.text()?.replace("&amp;", "&"))
}

/// The recording for a webcast code. Company Webcast hosts it under the same code.
fn add_recording(
    reading: &mut Reading<'_>,
    node: &JsonNode<'_>,
    origin: &Origin,
    meeting: &Id<Meeting>,
    start: Option<When>,
    name: Option<String>,
    items: Option<Vec<(String, String)>>,
) {
    let written = node.get("Webcast").get("Code");
    let Some(code) = written.text() else { return };
    let Some(code) = Code::parse_code(&code) else {
        written.unexpected::<()>("the code of a webcast");
        return;
    };
    // Two meetings may share a webcast; it becomes a recording of each.
    let id = Id::<Recording>::within(meeting.as_entity(), &code);
    let recording = Recording {
        name,
        media: Some(Media::Video),
        start,
        player: code.player_address(),
        ..Recording::bare(id.clone(), reading.authority(), meeting.clone(), code.platform().to_owned())
    };
    reading.describe(origin, Standing::Mention, Entity::Recording(recording));
    let (recording, meeting) = (id.as_entity().clone(), meeting.as_entity().clone());
    match items {
        Some(items) => {
            let webcast = Webcast { code, recording, meeting, items };
            reading.next(IbabsTask::Webcast(companywebcast::start(webcast)));
        }
        // The transcript is withdrawn once any part of the meeting is not public.
        None => {
            for aspect in ["subtitles", "chapters"] {
                let origin = Origin::Aspect { aspect: aspect.to_owned(), of: recording.clone() };
                reading.complete(origin, None, None);
            }
        }
    }
}
