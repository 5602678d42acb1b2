//! Registers: motions, commitments, questions, letters. They are at the portal only, and no recorded answer exists. The
//! shapes are those that others document; every deviation is a diagnostic.

use raadhuis_schema::{
    Document, DocumentType, Entity, EntryKind, Id, Kind, Origin, Registered, Standing, Window,
};

use super::{ParlaeusTask, Reading, payload};
use crate::supplier::{
    UnreadableError,
    json::JsonNode,
    reading::deduplicated,
    template::{self, Template},
};

/// Names of registers by module, as customers show them.
const REGISTERS: [(&str, &str); 11] = [
    ("beleidsdocument", "Beleidsdocumenten"),
    ("bestuursdocument", "Bestuursdocumenten"),
    ("councildocument", "Raadsstukken"),
    ("dossier", "Dossiers"),
    ("motie", "Moties"),
    ("postin", "Ingekomen stukken"),
    ("publicdocument", "Publieke documenten"),
    ("question", "Schriftelijke vragen"),
    ("raadsbesluit", "Raadsbesluiten"),
    ("toezegging", "Toezeggingen"),
    ("verordening", "Verordeningen"),
];

/// Modules that are no registers; they are read elsewhere or not at all.
const OTHER_MODULES: [&str; 7] =
    ["agenda", "agendavideo", "calendar", "councilperiod", "menu", "search", "session"];

/// The modules of a customer's portal. Registers are then read month by month.
pub fn read_registers(
    reading: &mut Reading<'_>,
    root: &JsonNode<'_>,
    window: Window,
) -> Result<(), UnreadableError> {
    if !root.value().is_some_and(serde_json::Value::is_array) {
        return Err(UnreadableError("it is no list of modules".into()));
    }
    for group in root.items_of_anything() {
        for entry in group.get("entries").items_of_anything() {
            let Some(module) = entry.get("name").text().map(|name| name.to_lowercase()) else {
                entry.unexpected::<()>("a module with a name");
                continue;
            };
            let is_word = module.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
            if !is_word {
                entry.get("name").unexpected::<()>("the name of a module");
            } else if !OTHER_MODULES.contains(&module.as_str()) {
                for month in window.split_by_months(1) {
                    let (year, month) = (month.first().year(), month.first().month());
                    reading.next(ParlaeusTask::Register { register: module.clone(), year, month });
                }
            }
        }
    }
    Ok(())
}

/// The name of a register, or the name of the module itself.
fn register_name(module: &str) -> &str {
    REGISTERS.iter().find(|(known, _)| *known == module).map_or(module, |(_, name)| name)
}

/// The entries of a month, by title. They have no day; therefore missing entries cannot be detected.
pub fn read_entries(
    reading: &mut Reading<'_>,
    root: &JsonNode<'_>,
    module: &str,
) -> Result<(), UnreadableError> {
    let list = ["rows", "data"].map(|key| root.get(key)).into_iter().find(JsonNode::is_some);
    let is_list = root.value().is_some_and(serde_json::Value::is_array);
    let list = list.or_else(|| is_list.then(|| root.clone()));
    let list = list.ok_or_else(|| UnreadableError("it holds no list".into()))?;
    let origin = reading.listing(&format!("registers/{module}"));
    for node in list.items_of_anything() {
        let key = if node.get("hexkey").is_some() { "hexkey" } else { "gd" };
        let Some(native) = reading.native_text(&node, key, Kind::RegisterEntry) else { continue };
        let entry = Registered {
            register: Some(register_name(module).to_owned()),
            title: node.get("subject").text().or_else(|| node.get("title").text()),
            ..Registered::default()
        };
        let entity = template::build_entity(reading, &native, register_name(module), entry, None);
        reading.describe(&origin, Standing::Listing, entity);
        reading.next(ParlaeusTask::Entry { register: module.to_owned(), key: native });
    }
    Ok(())
}

/// One entry: labels with texts, and links to files, at any depth.
pub fn read_entry(
    reading: &mut Reading<'_>,
    root: &JsonNode<'_>,
    module: &str,
    native: &str,
) -> Result<(), UnreadableError> {
    let register = register_name(module);
    let id = reading.any_id(EntryKind::of_words(None, Some(register)).kind(), native);
    let origin = Origin::Detail(id.clone());
    let (mut pairs, mut documents) = (Vec::new(), Vec::new());
    gather_values(reading, root, &origin, register, &mut pairs, &mut documents);
    if pairs.is_empty() && documents.is_empty() {
        return Err(UnreadableError("it holds neither a label nor a link".into()));
    }
    reading.complete(origin.clone(), None, None);
    let values = Template::new(pairs);
    values.note_unknown();
    let entry = values.registered(register, deduplicated(documents));
    let entity = template::build_entity(reading, native, register, entry, Some(&values));
    reading.describe(&origin, Standing::Detail, entity);
    Ok(())
}

fn gather_values<'a>(
    reading: &mut Reading<'_>,
    node: &JsonNode<'a>,
    origin: &Origin,
    register: &str,
    pairs: &mut Vec<(String, JsonNode<'a>)>,
    documents: &mut Vec<Id<Document>>,
) {
    let is_link = written(node, "link").is_some_and(is_file_link);
    if let Some(label) = written(node, "label").filter(|_| !is_link && node.get("text").is_some()) {
        pairs.push((label.to_owned(), node.get("text")));
    }
    if is_link {
        documents.extend(add_document(reading, node, origin, register));
    }
    for below in node.descendants() {
        gather_values(reading, &below, origin, register, pairs, documents);
    }
}

/// The text of a field as it is, without diagnostics on other shapes.
fn written<'a>(node: &JsonNode<'a>, key: &str) -> Option<&'a str> {
    node.get(key).value().and_then(serde_json::Value::as_str)
}

fn is_file_link(link: &str) -> bool {
    ["/showdoc/", "action=showdoc", "action=showannex"].iter().any(|mark| link.contains(mark))
}

/// A file, identified by the id in its address, which agendas use too; else by the address itself.
fn add_document(
    reading: &mut Reading<'_>,
    node: &JsonNode<'_>,
    origin: &Origin,
    register: &str,
) -> Option<Id<Document>> {
    let link = node.get("link");
    let url = payload::address(&link, &reading.source.base)?;
    let mut segments = url.path_segments()?;
    let native = segments.find_map(|segment| segment.strip_prefix("id=")).filter(|id| !id.is_empty());
    let id = reading.id::<Document>(native.unwrap_or_else(|| url.path().trim_start_matches('/')));
    let file = url.path_segments()?.next_back().and_then(payload::decoded);
    let name = node.get("text").text().or_else(|| file.clone());
    let words = [name.as_deref(), Some(register)];
    let document = Document {
        kind: DocumentType::of_words(words.into_iter().flatten()),
        name,
        url: Some(url.clone()),
        file_name: file.filter(|file| file.to_lowercase().ends_with(".pdf")),
        ..Document::bare(id.clone(), reading.authority())
    };
    reading.describe(origin, Standing::Mention, Entity::Document(document));
    Some(id)
}
