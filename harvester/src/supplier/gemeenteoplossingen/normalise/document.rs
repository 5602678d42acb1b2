//! Documents: those of a meeting (v1), and all documents (v2), most of which belong to no meeting.

use raadhuis_schema::{
    AgendaItem, Document, DocumentType, Entity, EntityId, Id, Kind, Meeting, Origin, Standing,
};

use super::{GemeenteOplossingenTask, Reading, bare_item, payload, turn_page};
use crate::supplier::{
    UnreadableError, gemeenteoplossingen::join_path, json::JsonNode, reading::deduplicated,
};

pub fn read_documents(
    reading: &mut Reading<'_>,
    root: &JsonNode<'_>,
    offset: u64,
) -> Result<(), UnreadableError> {
    let origin = reading.listing("documents");
    let page = payload::collection_page(root, "documents")?;
    for node in &page.rows {
        add_document(reading, node, &origin, None);
    }
    turn_page(reading, &page, offset, origin, None, |offset| GemeenteOplossingenTask::Documents { offset });
    Ok(())
}

fn add_document(
    reading: &mut Reading<'_>,
    node: &JsonNode<'_>,
    origin: &Origin,
    parent: Option<&EntityId>,
) -> Option<Id<Document>> {
    let native = reading.native_number(node, Kind::Document)?;
    let id = reading.id::<Document>(native);
    if !node.value().is_some_and(payload::is_public) {
        reading.withhold(origin, id.into(), node, parent);
        return None;
    }
    let published = node.get("publicationDate");
    let date = published.get("date");
    let label = node.get("documentTypeLabel").text();
    let file_name = node.get("fileName").text();
    let name =
        node.get("description").text().or_else(|| node.get("title").text()).or_else(|| file_name.clone());
    let words = [&label, &name].into_iter().flatten().map(String::as_str);
    let document = Document {
        kind: DocumentType::of_words(words),
        name,
        types: label.into_iter().collect(),
        date: date.text().and_then(|text| date.when_written(&payload::day_of_dump(&text))),
        url: Some(join_path(&reading.source.base, &format!("v2/documents/{native}/download"))),
        file_name,
        size: node.get("fileSize").number(),
        ..Document::bare(id.clone(), reading.authority())
    };
    reading.describe(origin, Standing::Detail, Entity::Document(document));
    Some(id)
}

/// A page of the documents of a meeting or of one of its items, on hosts without version 1. Each page repeats the
/// documents of the pages before it.
pub fn read_linked_of_2(
    reading: &mut Reading<'_>,
    root: &JsonNode<'_>,
    meeting: u64,
    item: Option<u64>,
    before: &[u64],
) -> Result<(), UnreadableError> {
    let parent = match item {
        Some(item) => reading.any_id(Kind::AgendaItem, item),
        None => reading.any_id(Kind::Meeting, meeting),
    };
    let page = payload::collection_page(root, "documents")?;
    let origin = Origin::Aspect { aspect: "documents".into(), of: parent.clone() };
    // Rows that are left out count too: the next page begins after them.
    let mut all = before.to_vec();
    for row in &page.rows {
        let is_open = add_document(reading, row, &origin, Some(&parent)).is_some();
        all.push(row.get("id").number().filter(|_| is_open).unwrap_or(0));
    }
    let open = all.iter().filter(|native| **native > 0);
    let documents = deduplicated(open.map(|native| reading.id(native)).collect());
    let holder = match item {
        Some(item) => Entity::AgendaItem(AgendaItem { documents, ..bare_item(reading, item, meeting) }),
        None => {
            Entity::Meeting(Meeting { documents, ..Meeting::bare(reading.id(meeting), reading.authority()) })
        }
    };
    reading.describe(&origin, Standing::Mention, holder);
    let offset = before.len() as u64;
    turn_page(reading, &page, offset, origin, None, |_| GemeenteOplossingenTask::Linked {
        meeting,
        item,
        before: all,
    });
    Ok(())
}

/// The linked documents of a meeting or an item, as mentions.
pub fn read_linked(
    reading: &mut Reading<'_>,
    list: &JsonNode<'_>,
    origin: &Origin,
    meeting: u64,
    parent: &EntityId,
) -> Vec<Id<Document>> {
    let mut ids = Vec::new();
    for node in list.items() {
        let Some(native) = reading.native_number(&node, Kind::Document) else { continue };
        let id = reading.id::<Document>(native);
        if !node.value().is_some_and(payload::is_public) {
            reading.withhold(origin, id.into(), &node, Some(parent));
            continue;
        }
        let file_name = node.get("filename").text();
        let document = Document {
            kind: DocumentType::of_words(file_name.as_deref()),
            name: file_name.clone(),
            url: Some(join_path(&reading.source.base, &format!("v1/meetings/{meeting}/documents/{native}"))),
            file_name,
            ..Document::bare(id.clone(), reading.authority())
        };
        reading.describe(origin, Standing::Mention, Entity::Document(document));
        ids.push(id);
    }
    deduplicated(ids)
}
