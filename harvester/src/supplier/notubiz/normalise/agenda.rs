//! A meeting with its agenda, of any depth.

use jiff::{Timestamp, tz::TimeZone};
use raadhuis_schema::{AgendaItem, Diagnostic, Entity, EntityId, Id, Kind, Meeting, Origin, Standing};
use url::Url;

use super::{NotubizTask, Reading, document, entry, event, payload};
use crate::supplier::{
    UnreadableError, html,
    json::JsonNode,
    notubiz::{
        Stretch,
        payload::{NumberedAttributes, find_field},
    },
};

/// Agendas nest three or four deep; deeper nesting than this is a mistake or an attack.
const DEEPEST: usize = 30;

pub fn read_meeting(
    reading: &mut Reading<'_>,
    root: &JsonNode<'_>,
    native: u64,
    now: Timestamp,
) -> Result<(), UnreadableError> {
    let id = reading.id::<Meeting>(native);
    let origin = Origin::Detail(id.as_entity().clone());
    let node = root.get("meeting");
    let no_rights = payload::is_no_rights(root.value());
    if !node.is_some() && !no_rights {
        return Err(UnreadableError("it has no field \"meeting\"".into()));
    }
    if !no_rights && node.get("id").number() != Some(native) {
        return Err(UnreadableError("it is about another meeting than was asked for".into()));
    }
    reading.complete(origin.clone(), None, None);
    if no_rights || !payload::is_public(&node) {
        reading.withhold(&origin, id.into(), &node, None);
        return Ok(());
    }
    let mut meeting = event::base_meeting(reading, &node, native);
    let mut agenda = Agenda {
        meeting: id.clone(),
        origin: origin.clone(),
        page: meeting.page.clone(),
        withheld: Vec::new(),
        stretches: Vec::new(),
        closed: Vec::new(),
        items: 0,
    };
    meeting.documents = document::add_documents(reading, &node.get("documents"), &origin, id.as_entity());
    meeting.entries = entry::add_named_entries(reading, &node, &origin);
    // A meeting in the future has no recording and no vote.
    let has_been = meeting.start.is_none_or(|start| start.day() <= TimeZone::UTC.to_datetime(now).date());
    reading.describe(&origin, Standing::Detail, Entity::Meeting(meeting));
    add_items(reading, &node.get("agenda_items"), &mut agenda, id.as_entity(), 0);
    if agenda.items > 0 && has_been {
        let Agenda { page, stretches, withheld, closed, .. } = &agenda;
        let (page, stretches) = (page.clone(), stretches.clone());
        let (withheld, closed) = (withheld.clone(), closed.clone());
        reading.next(NotubizTask::Media { meeting: native, page, stretches, withheld, closed });
    }
    if (agenda.items > 0 && has_been) || !agenda.withheld.is_empty() {
        reading.next(NotubizTask::Votings { meeting: native, withheld: agenda.withheld });
    }
    Ok(())
}

struct Agenda {
    meeting: Id<Meeting>,
    origin: Origin,
    page: Option<Url>,
    withheld: Vec<u64>,
    /// Times of the public items, and of those that are not public.
    stretches: Vec<Stretch>,
    closed: Vec<Stretch>,
    items: usize,
}

fn add_items(
    reading: &mut Reading<'_>,
    list: &JsonNode<'_>,
    agenda: &mut Agenda,
    parent: &EntityId,
    depth: usize,
) {
    if depth >= DEEPEST {
        let notes = reading.notes;
        if list.is_some() {
            notes.add_diagnostic(Diagnostic::unexpected_shape(
                notes.subject(),
                list.path(),
                "an agenda less deep",
                "another level",
            ));
        }
        return;
    }
    let mut nodes = list.items();
    // `order` is unique among siblings, if given at all; otherwise the order of the list applies.
    let orders: Option<Vec<u64>> = nodes.iter().map(|node| node.get("order").number()).collect();
    if let Some(orders) = orders {
        let mut paired: Vec<_> = orders.into_iter().zip(nodes).collect();
        paired.sort_by_key(|(order, _)| *order);
        nodes = paired.into_iter().map(|(_, node)| node).collect();
    }
    for (position, node) in nodes.iter().enumerate() {
        let Some(native) = reading.native_number(node, Kind::AgendaItem) else { continue };
        let id = reading.id::<AgendaItem>(native);
        if !payload::is_public(node) {
            withhold_tree(reading, node, agenda, native, false, parent, depth);
            continue;
        }
        agenda.items += 1;
        // A single second is a placeholder of the supplier, not a time.
        agenda.stretches.extend(stretch(node, native).filter(|stretch| stretch.end - stretch.start > 1));
        let mut item = agenda_item(reading, node, agenda, &id, parent);
        item.position = u32::try_from(position).unwrap_or(u32::MAX);
        // The portal's anchor of each item on the page of the meeting.
        item.page = agenda.page.clone().map(|mut page| {
            page.set_fragment(Some(&format!("ai_{native}")));
            page
        });
        reading.describe(&agenda.origin, Standing::Detail, Entity::AgendaItem(item));
        add_items(reading, &node.get("agenda_items"), agenda, id.as_entity(), depth + 1);
    }
}

/// The time of an item; `None` for items placed on one second.
fn stretch(node: &JsonNode<'_>, item: u64) -> Option<Stretch> {
    let (start, end) = (node.get("start_offset").number_u32()?, node.get("end_offset").number_u32()?);
    (end > start).then_some(Stretch { item, start, end })
}

fn agenda_item(
    reading: &mut Reading<'_>,
    node: &JsonNode<'_>,
    agenda: &Agenda,
    id: &Id<AgendaItem>,
    parent: &EntityId,
) -> AgendaItem {
    let data = node.get("type_data");
    let attributes = NumberedAttributes::new(&data);
    let documents = document::add_documents(reading, &node.get("documents"), &agenda.origin, id.as_entity());
    AgendaItem {
        position: 0,
        number: data.get("title_prefix").text(),
        title: attributes.value_text(find_field::TITLE),
        description: attributes
            .value_text(find_field::DESCRIPTION)
            .map(|description| html::to_text(&description)),
        heading: data.get("heading").flag().unwrap_or(false),
        start: node
            .get("start_date")
            .date_time()
            .or_else(|| attributes.value(find_field::ITEM_START)?.date_time()),
        end: node.get("end_date").date_time().or_else(|| attributes.value(find_field::ITEM_END)?.date_time()),
        starts_at_second: node.get("start_offset").number_u32(),
        ends_at_second: node.get("end_offset").number_u32(),
        documents,
        entries: entry::add_named_entries(reading, node, &agenda.origin),
        ..AgendaItem::bare(id.clone(), reading.authority(), agenda.meeting.clone(), parent.clone())
    }
}

/// Withholds an item and all items below it, whatever their own flags say.
fn withhold_tree(
    reading: &mut Reading<'_>,
    node: &JsonNode<'_>,
    agenda: &mut Agenda,
    native: u64,
    is_placed: bool,
    parent: &EntityId,
    depth: usize,
) {
    let origin = agenda.origin.clone();
    let id = reading.any_id(Kind::AgendaItem, native);
    agenda.withheld.push(native);
    let stretch = stretch(node, native);
    let is_placed = is_placed || stretch.is_some_and(|stretch| stretch.end - stretch.start > 1);
    agenda.closed.extend(stretch);
    if !is_placed {
        // Its time is unknown; therefore no subtitles are kept.
        agenda.closed.push(Stretch { item: native, start: 0, end: u32::MAX });
    }
    reading.withhold(&origin, id.clone(), node, Some(parent));
    // A vote often has the id of the item under which it was taken.
    let vote = reading.any_id(Kind::VoteEvent, native);
    reading.conceal(&origin, vote);
    for document in node.get("documents").items() {
        if let Some(native) = reading.native_number(&document, Kind::Document) {
            let document_id = reading.any_id(Kind::Document, native);
            reading.withhold(&origin, document_id, &document, Some(&id));
        }
    }
    for entry in node.get("module_items").items() {
        if let Some(native) = reading.native_number(&entry, Kind::RegisterEntry) {
            for entry_id in payload::entry_ids(reading.source, native) {
                reading.withhold(&origin, entry_id, &entry, Some(&id));
            }
        }
    }
    if depth < DEEPEST {
        for below in node.get("agenda_items").items() {
            if let Some(native) = reading.native_number(&below, Kind::AgendaItem) {
                withhold_tree(reading, &below, agenda, native, is_placed, &id, depth + 1);
            }
        }
    }
}
