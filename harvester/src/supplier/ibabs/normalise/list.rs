//! Lists, which are registers: motions, amendments, commitments, questions, letters, and any other list of a site.

use std::sync::Arc;

use raadhuis_schema::{AgendaReference, EntryKind, Kind, Origin, Registered, Standing, When, Window};

use super::{IbabsTask, Reading, meeting};
use crate::supplier::{
    ibabs::{Types, is_within},
    json::JsonNode,
    template::{self, Template},
};

pub fn read_lists(reading: &mut Reading<'_>, result: &JsonNode<'_>, window: Window, types: &Types) {
    for node in result.get("iBabsKeyValue").items_of_anything() {
        let Some(list) = reading.native_text(&node, "Key", Kind::RegisterEntry) else { continue };
        let name = node.get("Value").text().unwrap_or_else(|| format!("Register {list}"));
        if reading.source.owns_label(&name) {
            reading.next(IbabsTask::Entries { list, name, window, types: Arc::clone(types) });
        }
    }
}

/// All entries of a list, by title only. Requests in full the entries that changed within the harvested days.
pub fn read_entries(
    reading: &mut Reading<'_>,
    result: &JsonNode<'_>,
    list: &str,
    register: &str,
    window: Window,
    types: &Types,
) {
    let origin = reading.listing(&format!("lists/{}", list.to_lowercase()));
    for node in result.get("Entries").get("iBabsListEntryBase").items_of_anything() {
        let Some(native) = reading.native_text(&node, "EntryId", Kind::RegisterEntry) else { continue };
        let native = native.to_lowercase();
        let modified = node.get("MutationDate").date_time();
        let entry = Registered {
            register: Some(register.trim().to_owned()),
            title: node.get("EntryTitle").text(),
            modified,
            ..Registered::default()
        };
        let entity = template::build_entity(reading, &native, register, entry, None);
        reading.describe(&origin, Standing::Listing, entity);
        if is_within(window, modified.map(When::day)) {
            reading.next(IbabsTask::Entry {
                list: list.to_owned(),
                name: register.to_owned(),
                entry: native,
                window,
                types: Arc::clone(types),
            });
        }
    }
    reading.complete(origin, None, None);
}

pub fn read_entry(
    reading: &mut Reading<'_>,
    result: &JsonNode<'_>,
    native: &str,
    register: &str,
    window: Window,
    types: &Types,
) {
    let kind = EntryKind::of_words(None, Some(register));
    let id = reading.any_id(kind.kind(), native);
    let origin = Origin::Detail(id.clone());
    reading.complete(origin.clone(), None, None);
    let pairs = result.get("Values").get("KeyValueOfstringstring").items_of_anything();
    let pairs = pairs.iter().filter_map(|pair| Some((pair.get("Key").text()?, pair.get("Value"))));
    let values = Template::new(pairs);
    values.note_unknown();
    let documents = meeting::add_documents(reading, &result.get("Documents"), &origin, &id, Some(register));
    let entry = values.registered(register, documents);
    let agenda_words = entry.agenda_words.clone();
    let entity = template::build_entity(reading, native, register, entry, Some(&values));
    reading.describe(&origin, Standing::Detail, entity);
    // The meeting may be outside the harvested days; that day is then requested once.
    let day = agenda_words.as_deref().and_then(AgendaReference::parse).map(|reference| reference.day);
    if let Some(window) = day.filter(|day| !window.contains(*day)).and_then(|day| Window::new(day, day).ok())
    {
        reading.next(IbabsTask::Meetings { window, types: Arc::clone(types) });
    }
    let name = register.to_lowercase();
    if matches!(kind, EntryKind::Motion(_) | EntryKind::Proposal | EntryKind::Decision)
        || ["stemming", "motie", "amendement", "voorstel"].iter().any(|word| name.contains(word))
    {
        reading.next(IbabsTask::Votes { entry: native.to_owned(), name: register.to_owned() });
    }
}
