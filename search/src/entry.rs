//! What is indexed of an entity. Pure: the follower brings the context.

use jiff::civil::Date;
use raadhuis_schema::{Entity, EntityId, Kind, PageText};

/// One thing that can be found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What it is.
    pub id: EntityId,
    /// Whose.
    pub authority: EntityId,
    /// Its day: its own, or that of the newest meeting it belongs to.
    pub day: Option<Date>,
    /// What it is called.
    pub title: String,
    /// Everything else in words. A phrase lies within one of these texts; all pages of a document are one of them.
    pub body: Vec<String>,
}

/// What an entity's entry needs from around it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Context {
    /// A document's pages.
    pub pages: Vec<PageText>,
    /// The day of the newest meeting it belongs to.
    pub meeting_day: Option<Date>,
}

/// The kinds that can be found.
pub const KINDS: [Kind; 10] = [
    Kind::Meeting,
    Kind::AgendaItem,
    Kind::Document,
    Kind::Motion,
    Kind::Proposal,
    Kind::Decision,
    Kind::Commitment,
    Kind::WrittenQuestion,
    Kind::RegisterEntry,
    Kind::VoteEvent,
];

/// The entry of an entity; `None` for kinds that are not found by words.
pub fn entry(entity: &Entity, context: &Context) -> Option<Entry> {
    if !KINDS.contains(&entity.id().kind()) {
        return None;
    }
    let mut body = Vec::new();
    let mut add = |text: &Option<String>| body.extend(text.clone());
    match entity {
        Entity::Meeting(it) => {
            add(&it.location);
            add(&it.description);
        }
        Entity::AgendaItem(it) => add(&it.description),
        Entity::Document(it) => {
            add(&it.file_name);
            body.extend(it.types.iter().cloned());
            body.push(context.pages.iter().map(|page| page.text.as_str()).collect::<Vec<_>>().join("\n"));
        }
        Entity::Motion(it) => {
            let named = [&it.proposers, &it.co_proposers, &it.parties].into_iter().flatten();
            body.extend(named.filter_map(|named| named.name.clone()));
        }
        Entity::WrittenQuestion(it) => {
            body.extend(it.askers.iter().chain(&it.parties).filter_map(|named| named.name.clone()));
        }
        _ => {}
    }
    if let Some(it) = entity.entry() {
        body.extend([&it.number, &it.description].into_iter().flatten().cloned());
    }
    Some(Entry {
        id: entity.id().clone(),
        authority: entity.authority().any().clone(),
        day: entity.day().or(context.meeting_day),
        title: entity.name().unwrap_or_default().to_owned(),
        body,
    })
}
