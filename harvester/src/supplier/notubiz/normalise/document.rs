//! Documents of meetings, agenda items and register entries.

use raadhuis_schema::{
    Diagnostic, DiagnosticCode, Document, DocumentType, Entity, EntityId, Id, Kind, Origin, Revision,
    Standing, address::parse_address,
};
use url::Url;

use super::{Reading, payload};
use crate::supplier::{file, json::JsonNode, notubiz::API_HOST};

pub fn add_documents(
    reading: &mut Reading<'_>,
    list: &JsonNode<'_>,
    origin: &Origin,
    parent: &EntityId,
) -> Vec<Id<Document>> {
    list.items().iter().filter_map(|node| add_document(reading, node, origin, parent)).collect()
}

pub fn add_document(
    reading: &mut Reading<'_>,
    node: &JsonNode<'_>,
    origin: &Origin,
    parent: &EntityId,
) -> Option<Id<Document>> {
    let native = reading.native_number(node, Kind::Document)?;
    let id = reading.id::<Document>(native);
    if !payload::is_public(node) {
        reading.withhold(origin, id.into(), node, Some(parent));
        return None;
    }
    let revisions: Vec<Revision> = node.get("versions").items().iter().filter_map(revision).collect();
    // Name, size and address must be of the same revision: the newest.
    let version =
        node.get("version").number_u32().or_else(|| revisions.iter().map(|revision| revision.version).max());
    let newest = revisions.iter().find(|revision| Some(revision.version) == version).cloned();
    let types: Vec<String> =
        node.get("types").items_of_anything().iter().filter_map(|kind| kind.get("value").text()).collect();
    let name = node.get("title").text().or_else(|| newest.as_ref()?.file_name.clone());
    let document = Document {
        id: id.clone(),
        authority: reading.authority(),
        kind: DocumentType::of_words(types.iter().chain(&name).map(String::as_str)),
        types,
        name,
        date: node.get("date").date_time(),
        modified: node.get("last_modified").date_time(),
        url: address(reading, node, native, version),
        version,
        file_name: newest.as_ref().and_then(|revision| revision.file_name.clone()),
        media_type: newest
            .as_ref()
            .and_then(|revision| revision.media_type.clone())
            .or_else(|| file::media_type(&node.get("filetype").text()?)),
        size: newest.and_then(|revision| revision.size),
        revisions,
    };
    // `publication_date` is not read: where it is empty the supplier fills in the day of the request.
    reading.describe(origin, Standing::Mention, Entity::Document(document));
    Some(id)
}

fn revision(node: &JsonNode<'_>) -> Option<Revision> {
    Some(Revision {
        version: node.get("id").number_u32()?,
        file_name: node.get("file_name").text(),
        media_type: node.get("mime_type").text(),
        size: node.get("file_size").number(),
    })
}

/// The address of the newest revision. Known malformed addresses are repaired or replaced by the API's own.
fn address(reading: &Reading<'_>, node: &JsonNode<'_>, native: u64, version: Option<u32>) -> Option<Url> {
    let given = node.get("url");
    let version = version.unwrap_or(1);
    let own = parse_address(&format!("https://{API_HOST}/document/{native}/{version}"));
    let Some(text) = given.text() else { return own };
    let mended = text.strip_prefix("http").filter(|rest| rest.starts_with("http")).unwrap_or(&text);
    let mended = if mended.starts_with("api.") { format!("https://{mended}") } else { mended.to_owned() };
    parse_address(&mended).or_else(|| {
        let why = "the address of this document is broken; the supplier's own is used";
        let mut diagnostic = Diagnostic::unanswered(DiagnosticCode::BadAddress, reading.notes.subject(), why);
        given.path().clone_into(&mut diagnostic.path);
        reading.notes.add_diagnostic(diagnostic);
        own
    })
}
