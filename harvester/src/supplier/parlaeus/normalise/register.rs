//! Registers: motions, commitments, questions, letters. They stand at the portal only, whose answers nobody has recorded;
//! what others tell of their shape is read, and what is otherwise is a remark.

use raadhuis_schema::{
    Document, DocumentType, Entity, EntryKind, Id, Kind, Origin, Registered, Standing, Window,
};

use super::{Reading, Task, payload};
use crate::supplier::{
    Unreadable,
    json::Node,
    reading::once,
    template::{self, Template},
};

/// Registers by the name of their module, as customers show them.
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

/// Modules that are no registers, and are read elsewhere or not at all.
const OTHER_MODULES: [&str; 7] =
    ["agenda", "agendavideo", "calendar", "councilperiod", "menu", "search", "session"];

/// The modules that a customer's portal shows. Registers are then read month by month.
pub fn registers(reading: &mut Reading<'_>, root: &Node<'_>, window: Window) -> Result<(), Unreadable> {
    if !root.value().is_some_and(serde_json::Value::is_array) {
        return Err(Unreadable("it is no list of modules".into()));
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
                    reading.next(Task::Register { register: module.clone(), year, month });
                }
            }
        }
    }
    Ok(())
}

/// What a register is called.
fn called(module: &str) -> &str {
    REGISTERS.iter().find(|(known, _)| *known == module).map_or(module, |(_, name)| name)
}

/// The entries of a month, by title. No day stands with them, so that nothing can be told of what is missing.
pub fn entries(reading: &mut Reading<'_>, root: &Node<'_>, module: &str) -> Result<(), Unreadable> {
    let list = ["rows", "data"].map(|key| root.get(key)).into_iter().find(Node::is_some);
    let is_list = root.value().is_some_and(serde_json::Value::is_array);
    let list = list.or_else(|| is_list.then(|| root.clone()));
    let list = list.ok_or_else(|| Unreadable("it holds no list".into()))?;
    let origin = reading.listing(&format!("registers/{module}"));
    for node in list.items_of_anything() {
        let key = if node.get("hexkey").is_some() { "hexkey" } else { "gd" };
        let Some(native) = reading.key(&node, key, Kind::RegisterEntry) else { continue };
        let entry = Registered {
            register: Some(called(module).to_owned()),
            title: node.get("subject").text().or_else(|| node.get("title").text()),
            ..Registered::default()
        };
        let entity = template::entity(reading, &native, called(module), entry, None);
        reading.says(&origin, Standing::Listing, entity);
        reading.next(Task::Entry { register: module.to_owned(), key: native });
    }
    Ok(())
}

/// One entry: labels with texts, and links to files, at whatever depth.
pub fn entry(
    reading: &mut Reading<'_>,
    root: &Node<'_>,
    module: &str,
    native: &str,
) -> Result<(), Unreadable> {
    let register = called(module);
    let id = reading.any_id(EntryKind::of_words(None, Some(register)).kind(), native);
    let origin = Origin::Detail(id.clone());
    let (mut pairs, mut documents) = (Vec::new(), Vec::new());
    gather(reading, root, &origin, register, &mut pairs, &mut documents);
    if pairs.is_empty() && documents.is_empty() {
        return Err(Unreadable("it holds neither a label nor a link".into()));
    }
    reading.complete(origin.clone(), None, None);
    let values = Template::of(pairs);
    values.note_unknown();
    let entry = values.registered(register, once(documents));
    let entity = template::entity(reading, native, register, entry, Some(&values));
    reading.says(&origin, Standing::Detail, entity);
    Ok(())
}

fn gather<'a>(
    reading: &mut Reading<'_>,
    node: &Node<'a>,
    origin: &Origin,
    register: &str,
    pairs: &mut Vec<(String, Node<'a>)>,
    documents: &mut Vec<Id<Document>>,
) {
    let written = |key: &str| node.get(key).value().and_then(serde_json::Value::as_str);
    let is_file = |link: &str| {
        ["/showdoc/", "action=showdoc", "action=showannex"].iter().any(|mark| link.contains(mark))
    };
    let is_link = written("link").is_some_and(is_file);
    if let Some(label) = written("label").filter(|_| !is_link && node.get("text").is_some()) {
        pairs.push((label.to_owned(), node.get("text")));
    }
    if is_link {
        documents.extend(document(reading, node, origin, register));
    }
    for below in node.below() {
        gather(reading, &below, origin, register, pairs, documents);
    }
}

/// A file, by the id in its address, which is the same as in agendas; else by the address itself.
fn document(
    reading: &mut Reading<'_>,
    node: &Node<'_>,
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
    reading.says(origin, Standing::Mention, Entity::Document(document));
    Some(id)
}
