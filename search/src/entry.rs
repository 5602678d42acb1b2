//! What is indexed of an entity. Pure: the follower brings the context.

use jiff::{Timestamp, civil::Date};
use raadhuis_schema::{
    Authority, Chapter, Entity, EntityId, Kind, MotionKind, Named, PageText, TranscriptSegment,
};
use serde::Serialize;

use crate::Facet;

/// One thing that can be found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What it is.
    pub id: EntityId,
    /// Whose.
    pub authority: EntityId,
    /// What it is called.
    pub title: String,
    /// Everything else in words. A phrase lies within one of these texts; all pages of a document are one of them.
    pub body: Vec<String>,
    /// By what it is counted, beside its kind and its authority.
    pub values: Vec<(Facet, String)>,
    /// The day of its meeting; of several the newest.
    pub meeting_date: Option<Date>,
    /// The day it was published, as the source says.
    pub published_at: Option<Date>,
    /// When we saw it first.
    pub first_seen_at: Option<Timestamp>,
    /// What it shares with other living things whose file is the same to the byte; absent when there are none.
    pub fold: Option<String>,
}

/// What an entity's entry needs from around it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Context {
    /// A document's pages.
    pub pages: Vec<PageText>,
    /// A recording's transcript.
    pub transcript: Vec<TranscriptSegment>,
    /// A recording's chapters.
    pub chapters: Vec<Chapter>,
    /// The day of the newest meeting it belongs to.
    pub meeting_date: Option<Date>,
    /// What the meeting is called whose recording it is.
    pub meeting_name: Option<String>,
    /// Whose it is.
    pub authority: Option<Authority>,
    /// When it was first seen.
    pub first_seen_at: Option<Timestamp>,
    /// The hash of its file, where another living document has the same.
    pub fold: Option<String>,
}

/// The kinds that can be found.
pub const KINDS: [Kind; 11] = [
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
    Kind::Recording,
];

impl Entry {
    /// Its values of a facet that is kept.
    pub fn values_of(&self, facet: Facet) -> Vec<&str> {
        match facet {
            Facet::Kind => vec![self.id.kind().word()],
            Facet::Authority => vec![self.authority.as_str()],
            _ => {
                self.values.iter().filter(|(own, _)| *own == facet).map(|(_, value)| value.as_str()).collect()
            }
        }
    }

    /// What two things that are one result have in common; its own id when nothing is like it.
    pub fn fold_key(&self) -> &str {
        self.fold.as_deref().unwrap_or(self.id.as_str())
    }
}

/// The entry of an entity; `None` for kinds that are not found by words.
pub fn entry(entity: &Entity, context: &Context) -> Option<Entry> {
    if !KINDS.contains(&entity.id().kind()) {
        return None;
    }
    let title = match entity {
        Entity::Recording(it) => it.name.clone().or_else(|| context.meeting_name.clone()),
        _ => entity.name().map(str::to_owned),
    };
    Some(Entry {
        id: entity.id().clone(),
        authority: entity.authority().any().clone(),
        title: title.unwrap_or_default(),
        body: body(entity, context),
        values: values(entity, context),
        meeting_date: meeting_date(entity, context),
        published_at: published_at(entity),
        first_seen_at: context.first_seen_at,
        fold: context.fold.clone(),
    })
}

fn body(entity: &Entity, context: &Context) -> Vec<String> {
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
        Entity::Motion(it) => body.extend(names([&it.proposers, &it.co_proposers, &it.parties])),
        Entity::WrittenQuestion(it) => body.extend(names([&it.askers, &it.parties])),
        Entity::Recording(_) => {
            body.extend(context.chapters.iter().filter_map(|chapter| chapter.title.clone()));
            let said = context.transcript.iter().map(|segment| segment.text.as_str());
            body.push(said.collect::<Vec<_>>().join("\n"));
        }
        _ => {}
    }
    if let Some(it) = entity.entry() {
        body.extend([&it.number, &it.description].into_iter().flatten().cloned());
    }
    body.retain(|text| !text.is_empty());
    body
}

fn names<'a>(lists: impl IntoIterator<Item = &'a Vec<Named>>) -> Vec<String> {
    lists.into_iter().flatten().filter_map(|named| named.name.clone()).collect()
}

fn values(entity: &Entity, context: &Context) -> Vec<(Facet, String)> {
    let mut values = Vec::new();
    let mut add = |facet, value: Option<String>| values.extend(value.map(|value| (facet, value)));
    match entity {
        Entity::Document(it) => add(Facet::Type, it.kind.and_then(word)),
        Entity::Motion(it) => {
            let kind = it.kind.unwrap_or(MotionKind::Motion);
            add(Facet::Type, word(kind));
            add(Facet::Outcome, it.outcome.and_then(word));
            for name in names([&it.parties]) {
                add(Facet::Party, Some(name));
            }
        }
        Entity::Proposal(it) => {
            add(Facet::Type, Some("proposal".into()));
            add(Facet::Outcome, it.outcome.and_then(word));
        }
        Entity::Decision(it) => add(Facet::Outcome, it.outcome.and_then(word)),
        Entity::WrittenQuestion(it) => {
            add(Facet::Type, Some("question".into()));
            for name in names([&it.parties]) {
                add(Facet::Party, Some(name));
            }
        }
        Entity::VoteEvent(it) => add(Facet::Outcome, it.outcome.and_then(word)),
        _ => {}
    }
    if let Some(authority) = &context.authority {
        add(Facet::AuthorityKind, Some(authority.kind.word().into()));
        authority.provinces().for_each(|name| add(Facet::Province, Some(name.into())));
    }
    values.sort();
    values.dedup();
    values
}

/// The word under which a value of a closed set is kept.
fn word(value: impl Serialize) -> Option<String> {
    serde_json::to_value(value).ok()?.as_str().map(str::to_owned)
}

fn meeting_date(entity: &Entity, context: &Context) -> Option<Date> {
    match entity {
        Entity::Meeting(_) => entity.day(),
        Entity::VoteEvent(_) => context.meeting_date.or_else(|| entity.day()),
        _ => context.meeting_date,
    }
}

fn published_at(entity: &Entity) -> Option<Date> {
    let own = || entity.day();
    match entity {
        Entity::Document(it) => own().or_else(|| Some(it.modified?.day())),
        _ => entity.entry().and_then(|entry| own().or_else(|| Some(entry.modified?.day()))),
    }
}
