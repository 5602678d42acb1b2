//! Documents: those of a meeting (v1), and all there are (v2), most of which hang from no meeting.

use raadhuis_schema::{
    AgendaItem, Document, DocumentType, Entity, EntityId, Id, Kind, Meeting, Origin, Standing,
};

use super::{Reading, Task, bare_item, payload, turn};
use crate::supplier::{Unreadable, gemeenteoplossingen::below, json::Node, reading::once};

/// A page of all documents.
pub fn all(reading: &mut Reading<'_>, root: &Node<'_>, offset: u64) -> Result<(), Unreadable> {
    let origin = reading.listing("documents");
    let page = payload::page(root, "documents")?;
    for node in &page.rows {
        document(reading, node, &origin, None);
    }
    turn(reading, &page, offset, origin, None, |offset| Task::Documents { offset });
    Ok(())
}

/// A document as version 2 describes it.
fn document(
    reading: &mut Reading<'_>,
    node: &Node<'_>,
    origin: &Origin,
    parent: Option<&EntityId>,
) -> Option<Id<Document>> {
    let native = reading.native(node, Kind::Document)?;
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
        url: Some(below(&reading.source.base, &format!("v2/documents/{native}/download"))),
        file_name,
        size: node.get("fileSize").number(),
        ..Document::bare(id.clone(), reading.authority())
    };
    reading.says(origin, Standing::Detail, Entity::Document(document));
    Some(id)
}

/// A page of the documents of a meeting or of one of its items, where no version 1 tells which hang from where. Each page
/// says all that came so far.
pub fn linked_of_2(
    reading: &mut Reading<'_>,
    root: &Node<'_>,
    meeting: u64,
    item: Option<u64>,
    before: &[u64],
) -> Result<(), Unreadable> {
    let parent = match item {
        Some(item) => reading.any_id(Kind::AgendaItem, item),
        None => reading.any_id(Kind::Meeting, meeting),
    };
    let page = payload::page(root, "documents")?;
    let origin = Origin::Aspect { aspect: "documents".into(), of: parent.clone() };
    // Rows that are left out count too: they are where the next page begins.
    let mut all = before.to_vec();
    for row in &page.rows {
        let is_open = document(reading, row, &origin, Some(&parent)).is_some();
        all.push(row.get("id").number().filter(|_| is_open).unwrap_or(0));
    }
    let open = all.iter().filter(|native| **native > 0);
    let documents = once(open.map(|native| reading.id(native)).collect());
    let holder = match item {
        Some(item) => Entity::AgendaItem(AgendaItem { documents, ..bare_item(reading, item, meeting) }),
        None => {
            Entity::Meeting(Meeting { documents, ..Meeting::bare(reading.id(meeting), reading.authority()) })
        }
    };
    reading.says(&origin, Standing::Mention, holder);
    let offset = before.len() as u64;
    turn(reading, &page, offset, origin, None, |_| Task::Linked { meeting, item, before: all });
    Ok(())
}

/// The documents of a meeting or an item, in passing.
pub fn linked(
    reading: &mut Reading<'_>,
    list: &Node<'_>,
    origin: &Origin,
    meeting: u64,
    parent: &EntityId,
) -> Vec<Id<Document>> {
    let mut ids = Vec::new();
    for node in list.items() {
        let Some(native) = reading.native(&node, Kind::Document) else { continue };
        let id = reading.id::<Document>(native);
        if !node.value().is_some_and(payload::is_public) {
            reading.withhold(origin, id.into(), &node, Some(parent));
            continue;
        }
        let file_name = node.get("filename").text();
        let document = Document {
            kind: DocumentType::of_words(file_name.as_deref()),
            name: file_name.clone(),
            url: Some(below(&reading.source.base, &format!("v1/meetings/{meeting}/documents/{native}"))),
            file_name,
            ..Document::bare(id.clone(), reading.authority())
        };
        reading.says(origin, Standing::Mention, Entity::Document(document));
        ids.push(id);
    }
    once(ids)
}
