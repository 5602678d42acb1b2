//! Meetings with their agendas, and the types of meeting, which are committees.

use std::{collections::BTreeMap, sync::Arc};

use jiff::ToSpan;
use raadhuis_schema::{
    AgendaItem, Committee, CommitteeKind, Document, DocumentType, Entity, EntityId, EntryKind, Id, Kind,
    Media, Meeting, MeetingStatus, Origin, Recording, Standing, When, Window, address::join_address,
};
use url::Url;

use super::{Reading, Task, payload, vote};
use crate::supplier::{
    companywebcast::{self, Code, Webcast},
    file, html,
    ibabs::{MONTHS_AT_ONCE, Types},
    json::Node,
    outline,
    reading::once,
};

/// The types of meeting. Their names are what meetings are called; those of other customers are left out.
pub fn types(reading: &mut Reading<'_>, result: &Node<'_>, window: Window) {
    let origin = reading.listing("meeting types");
    let mut names = BTreeMap::new();
    for node in result.get("Meetingtypes").get("iBabsMeetingtype").items_of_anything() {
        let Some(native) = reading.key(&node, "Id", Kind::Committee) else { continue };
        let name = type_name(&node);
        names.insert(native.clone(), name.clone().unwrap_or_default());
        if !reading.source.owns(name.as_deref().unwrap_or_default()) {
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
        reading.says(&origin, Standing::Detail, Entity::Committee(committee));
    }
    reading.complete(origin, None, None);
    let types = ask_meetings(reading, names, window);
    reading.next(Task::Lists { window, types });
}

/// The types of meeting, only to ask for the meetings of later days.
pub fn later(reading: &mut Reading<'_>, result: &Node<'_>, window: Window) {
    let types = result.get("Meetingtypes").get("iBabsMeetingtype").items_of_anything();
    let name_type = |node: &Node<'_>| {
        Some((reading.key(node, "Id", Kind::Committee)?, type_name(node).unwrap_or_default()))
    };
    let names = types.iter().filter_map(name_type).collect();
    ask_meetings(reading, names, window);
}

/// Asks for the meetings of some days, with the names of their types.
fn ask_meetings(reading: &mut Reading<'_>, names: BTreeMap<String, String>, window: Window) -> Types {
    let types: Types = Arc::new(names);
    for window in window.split_by_months(MONTHS_AT_ONCE) {
        reading.next(Task::Meetings { window, types: Arc::clone(&types) });
    }
    types
}

/// The name of a type of meeting.
fn type_name(node: &Node<'_>) -> Option<String> {
    node.get("Description").text().or_else(|| node.get("Meetingtype").text())
}

/// The meetings of some days. The answer is complete.
pub fn meetings(reading: &mut Reading<'_>, result: &Node<'_>, window: Window, types: &Types) {
    let origin = reading.listing("meetings");
    for node in result.get("Meetings").get("iBabsMeeting").items_of_anything() {
        let Some(native) = reading.key(&node, "Id", Kind::Meeting) else { continue };
        let kind = node.get("MeetingtypeId").text();
        let label = kind.as_ref().and_then(|kind| types.get(kind)).filter(|label| !label.is_empty());
        if reading.source.owns(label.map_or("", String::as_str)) {
            let asked = Asked { window, types };
            meeting(reading, &node, &origin, &native.to_lowercase(), label.cloned(), &asked);
        }
    }
    reading.complete(origin, Some(window), None);
}

/// What was asked, which further questions repeat.
struct Asked<'a> {
    window: Window,
    types: &'a Types,
}

fn meeting(
    reading: &mut Reading<'_>,
    node: &Node<'_>,
    listing: &Origin,
    native: &str,
    name: Option<String>,
    asked: &Asked<'_>,
) {
    let id = reading.id::<Meeting>(native);
    let origin = Origin::Detail(id.any().clone());
    reading.complete(origin.clone(), None, None);
    let (start, end) = times(node);
    let name = name.or_else(|| Some(format!("Vergadering {}", start?.day())));
    let explanation = node.get("Explanation").text().map(|text| html::to_text(&text));
    let called_off = |text: &Option<String>| {
        let text = text.as_deref().unwrap_or_default().to_lowercase();
        text.starts_with("vervallen") || text.starts_with("geannuleerd")
    };
    let cancelled = called_off(&name) || called_off(&explanation);
    let mut documents = documents(reading, &node.get("Documents"), &origin, id.any(), name.as_deref());
    let list_items = node.get("ListItems").get("iBabsListItemSummary").items_of_anything();
    let entries = entries(reading, &list_items, &origin, id.any(), asked, &mut documents);
    let meeting = Meeting {
        committee: node.get("MeetingtypeId").text().map(|kind| reading.id(kind)),
        name: name.clone(),
        start,
        end,
        location: node.get("Location").text(),
        description: explanation,
        status: Some(if cancelled { MeetingStatus::Cancelled } else { MeetingStatus::Confirmed }),
        page: page(reading, native),
        documents,
        entries,
        ..Meeting::bare(id.clone(), reading.authority())
    };
    // The listing keeps it alive; what hangs from it hangs from its own word.
    reading.says(listing, Standing::Detail, Entity::Meeting(meeting));
    let items = agenda(reading, node, &origin, &id, asked);
    recording(reading, node, &origin, &id, start, name, items);
}

/// Where the public portal shows a meeting; only customers whose portal is known have one.
fn page(reading: &Reading<'_>, native: &str) -> Option<Url> {
    join_address(reading.source.authority.page.as_ref()?, &format!("/Agenda/Index/{native}"))
}

/// Some sites put the clock into the date, others into a field of its own and leave the date at midnight.
fn times(node: &Node<'_>) -> (Option<When>, Option<When>) {
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
        let tomorrow = || Some(start?.day().checked_add(1.day()).ok()?.to_string());
        // A meeting that ends before it begins ends after midnight.
        let is_after_midnight = begins.as_ref().is_some_and(|begin| clock < *begin);
        let day = if is_after_midnight { tomorrow()? } else { day.clone() };
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

/// The flat list of items, as the tree that their numbers draw. Gives ids and titles, unless any may not be read.
fn agenda(
    reading: &mut Reading<'_>,
    node: &Node<'_>,
    origin: &Origin,
    meeting: &Id<Meeting>,
    asked: &Asked<'_>,
) -> Option<Vec<(String, String)>> {
    let nodes = node.get("MeetingItems").get("iBabsMeetingItem").items_of_anything();
    let numbers: Vec<_> =
        nodes.iter().map(|node| outline::number_parts(node.get("Features").text().as_deref())).collect();
    let public: Vec<bool> = nodes.iter().map(|node| node.value().is_none_or(payload::is_public)).collect();
    let parents = outline::parents(&numbers);
    let withheld = outline::withheld(&public, &parents);
    let ids: Vec<Option<Id<AgendaItem>>> = nodes
        .iter()
        .map(|node| Some(reading.id(reading.key(node, "Id", Kind::AgendaItem)?.to_lowercase())))
        .collect();
    let page = meeting_page(reading, meeting);
    let mut items = Vec::new();
    for (at, node) in nodes.iter().enumerate() {
        let Some(id) = ids.get(at).cloned().flatten() else { continue };
        let parent = parents.get(at).copied().flatten().and_then(|parent| ids.get(parent).cloned().flatten());
        let parent = parent.map_or_else(|| meeting.any().clone(), EntityId::from);
        if withheld.get(at).copied().unwrap_or(true) {
            withhold(reading, node, origin, id.into(), &parent);
            continue;
        }
        let title = node.get("Title").text().map(|title| html::to_text(&title));
        if let Some(native) = node.get("Id").text() {
            items.push((native.to_lowercase(), title.clone().unwrap_or_default()));
        }
        let mut documents = documents(reading, &node.get("Documents"), origin, id.any(), None);
        let list_entries = node.get("ListEntries").get("iBabsListEntryBasic").items_of_anything();
        let entries = entries(reading, &list_entries, origin, id.any(), asked, &mut documents);
        vote::stated(reading, node, origin, id.any(), Some((&id, meeting)));
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
        reading.says(origin, Standing::Detail, Entity::AgendaItem(item));
    }
    (!withheld.contains(&true)).then_some(items)
}

/// The entries of registers that hang from a meeting or an item. No public answer is known to have any, and their shape
/// is known from others' code only; each is asked about in full.
fn entries(
    reading: &mut Reading<'_>,
    nodes: &[Node<'_>],
    origin: &Origin,
    parent: &EntityId,
    asked: &Asked<'_>,
    documents: &mut Vec<Id<Document>>,
) -> Vec<EntityId> {
    let mut named = Vec::new();
    for node in nodes {
        let list_name = node.get("ListName").text();
        documents.extend(self::documents(
            reading,
            &node.get("Documents"),
            origin,
            parent,
            list_name.as_deref(),
        ));
        let key = if node.get("EntryId").is_some() { "EntryId" } else { "Id" };
        let Some(native) = reading.key(node, key, Kind::RegisterEntry) else { continue };
        let (Some(list), Some(name)) = (node.get("ListId").text(), list_name) else {
            node.unexpected::<()>("an entry that names its register");
            continue;
        };
        let native = native.to_lowercase();
        let id = reading.any_id(EntryKind::of_words(None, Some(&name)).kind(), &native);
        reading.names(origin, id.clone());
        vote::stated(reading, node, origin, &id, None);
        named.push(id);
        let (window, types) = (asked.window, Arc::clone(asked.types));
        reading.next(Task::Entry { list, name, entry: native, window, types });
    }
    *documents = once(std::mem::take(documents));
    named
}

fn meeting_page(reading: &Reading<'_>, meeting: &Id<Meeting>) -> Option<Url> {
    page(reading, meeting.any().as_str().rsplit(':').next()?)
}

fn withhold(reading: &mut Reading<'_>, node: &Node<'_>, origin: &Origin, id: EntityId, parent: &EntityId) {
    for document in node.get("Documents").get("iBabsDocument").items_of_anything() {
        if let Some(native) = reading.key(&document, "Id", Kind::Document) {
            let document_id = reading.any_id(Kind::Document, native.to_lowercase());
            reading.withhold(origin, document_id, &document, Some(&id));
        }
    }
    reading.withhold(origin, id, node, Some(parent));
}

/// The documents of a meeting, an item or an entry. `above` is what they hang from, which may tell their sort.
pub fn documents(
    reading: &mut Reading<'_>,
    list: &Node<'_>,
    origin: &Origin,
    parent: &EntityId,
    above: Option<&str>,
) -> Vec<Id<Document>> {
    let mut ids = Vec::new();
    for node in list.get("iBabsDocument").items_of_anything() {
        let Some(native) = reading.key(&node, "Id", Kind::Document) else { continue };
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
        reading.says(origin, Standing::Mention, Entity::Document(document));
        ids.push(id);
    }
    once(ids)
}

fn address(node: &Node<'_>) -> Option<Url> {
    // Some sites escape the address twice.
    node.address_written(&node.text()?.replace("&amp;", "&"))
}

/// The recording that a webcast code names. It lies at Company Webcast, under that very code.
fn recording(
    reading: &mut Reading<'_>,
    node: &Node<'_>,
    origin: &Origin,
    meeting: &Id<Meeting>,
    start: Option<When>,
    name: Option<String>,
    items: Option<Vec<(String, String)>>,
) {
    let written = node.get("Webcast").get("Code");
    let Some(code) = written.text() else { return };
    let Some(code) = Code::read(&code) else {
        written.unexpected::<()>("the code of a webcast");
        return;
    };
    // A webcast may be that of two meetings, and is a recording of each.
    let id = Id::<Recording>::within(meeting.any(), &code);
    let recording = Recording {
        name,
        media: Some(Media::Video),
        start,
        player: code.player(),
        ..Recording::bare(id.clone(), reading.authority(), meeting.clone(), code.platform().to_owned())
    };
    reading.says(origin, Standing::Mention, Entity::Recording(recording));
    let (recording, meeting) = (id.any().clone(), meeting.any().clone());
    match items {
        Some(items) => {
            let webcast = Webcast { code, recording, meeting, items };
            reading.next(Task::Webcast(companywebcast::start(webcast)));
        }
        // What was said is withdrawn as soon as anything of the meeting is not public.
        None => {
            for aspect in ["subtitles", "chapters"] {
                let origin = Origin::Aspect { aspect: aspect.to_owned(), of: recording.clone() };
                reading.complete(origin, None, None);
            }
        }
    }
}
