//! The indexed form of an entity. Pure: the follower supplies the context.

use jiff::{Timestamp, civil::Date};
use raadhuis_schema::{
    Authority, Chapter, Entity, EntityId, Kind, MotionKind, Named, PageText, TranscriptSegment, json::to_word,
};

use crate::Facet;

/// The indexed form of one entity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub id: EntityId,
    pub authority: EntityId,
    pub title: String,
    /// All text but the title. A phrase is matched within one of these texts; the pages of a document together form one text.
    pub body: Vec<String>,
    /// Facet values, besides kind and authority.
    pub values: Vec<(Facet, String)>,
    /// Day of the meeting; the newest where there are several.
    pub meeting_date: Option<Date>,
    /// Publication day as stated by the source.
    pub published_at: Option<Date>,
    pub first_seen_at: Option<Timestamp>,
    /// Key shared by entities whose files are identical byte for byte; `None` if there is no other such entity.
    pub fold: Option<String>,
}

/// Data about an entity that its entry needs and the entity itself does not hold.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Context {
    pub pages: Vec<PageText>,
    pub transcript: Vec<TranscriptSegment>,
    pub chapters: Vec<Chapter>,
    pub meeting_date: Option<Date>,
    /// Name of the meeting that a recording was made of.
    pub meeting_name: Option<String>,
    pub authority: Option<Authority>,
    pub first_seen_at: Option<Timestamp>,
    /// Hash of the file, set only if another living document has the same file.
    pub fold: Option<String>,
}

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
    /// The values of a stored facet (see [`Facet::KEPT`]).
    pub fn values_of(&self, facet: Facet) -> Vec<&str> {
        match facet {
            Facet::Kind => vec![self.id.kind().as_str()],
            Facet::Authority => vec![self.authority.as_str()],
            _ => {
                self.values.iter().filter(|(own, _)| *own == facet).map(|(_, value)| value.as_str()).collect()
            }
        }
    }

    /// The key that entries folded into one result share; the entry's own id if it is not folded.
    pub fn fold_key(&self) -> &str {
        self.fold.as_deref().unwrap_or(self.id.as_str())
    }
}

/// Builds the entry of an entity; `None` for kinds that are not indexed.
pub fn build_entry(entity: &Entity, context: &Context) -> Option<Entry> {
    if !KINDS.contains(&entity.id().kind()) {
        return None;
    }
    let title = match entity {
        Entity::Recording(it) => it.name.clone().or_else(|| context.meeting_name.clone()),
        _ => entity.name().map(str::to_owned),
    };
    Some(Entry {
        id: entity.id().clone(),
        authority: entity.authority().as_entity().clone(),
        title: title.unwrap_or_default(),
        body: collect_body(entity, context),
        values: collect_values(entity, context),
        meeting_date: meeting_date(entity, context),
        published_at: published_at(entity),
        first_seen_at: context.first_seen_at,
        fold: context.fold.clone(),
    })
}

fn collect_body(entity: &Entity, context: &Context) -> Vec<String> {
    let mut body = Vec::new();
    match entity {
        Entity::Meeting(it) => {
            body.extend(it.location.clone());
            body.extend(it.description.clone());
        }
        Entity::AgendaItem(it) => body.extend(it.description.clone()),
        Entity::Document(it) => {
            body.extend(it.file_name.clone());
            body.extend(it.types.iter().cloned());
            body.push(context.pages.iter().map(|page| page.text.as_str()).collect::<Vec<_>>().join("\n"));
        }
        Entity::Motion(it) => body.extend(collect_names([&it.proposers, &it.co_proposers, &it.parties])),
        Entity::WrittenQuestion(it) => body.extend(collect_names([&it.askers, &it.parties])),
        Entity::Recording(_) => {
            body.extend(context.chapters.iter().filter_map(|chapter| chapter.title.clone()));
            let said = context.transcript.iter().map(|segment| segment.text.as_str());
            body.push(said.collect::<Vec<_>>().join("\n"));
        }
        _ => {}
    }
    if let Some(it) = entity.as_registered() {
        body.extend([&it.number, &it.description].into_iter().flatten().cloned());
    }
    body.retain(|text| !text.is_empty());
    body
}

fn collect_names<'a>(lists: impl IntoIterator<Item = &'a Vec<Named>>) -> Vec<String> {
    lists.into_iter().flatten().filter_map(|named| named.name.clone()).collect()
}

fn collect_values(entity: &Entity, context: &Context) -> Vec<(Facet, String)> {
    let mut values = Vec::new();
    match entity {
        Entity::Document(it) => add_value(&mut values, Facet::Type, it.kind.map(|kind| to_word(&kind))),
        Entity::Motion(it) => {
            let kind = it.kind.unwrap_or(MotionKind::Motion);
            add_value(&mut values, Facet::Type, Some(to_word(&kind)));
            add_value(&mut values, Facet::Outcome, it.outcome.map(|outcome| to_word(&outcome)));
            for name in collect_names([&it.parties]) {
                add_value(&mut values, Facet::Party, Some(name));
            }
        }
        Entity::Proposal(it) => {
            add_value(&mut values, Facet::Type, Some("proposal".into()));
            add_value(&mut values, Facet::Outcome, it.outcome.map(|outcome| to_word(&outcome)));
        }
        Entity::Decision(it) => {
            add_value(&mut values, Facet::Outcome, it.outcome.map(|outcome| to_word(&outcome)));
        }
        Entity::WrittenQuestion(it) => {
            add_value(&mut values, Facet::Type, Some("question".into()));
            for name in collect_names([&it.parties]) {
                add_value(&mut values, Facet::Party, Some(name));
            }
        }
        Entity::VoteEvent(it) => {
            add_value(&mut values, Facet::Outcome, it.outcome.map(|outcome| to_word(&outcome)));
        }
        _ => {}
    }
    if let Some(authority) = &context.authority {
        add_value(&mut values, Facet::AuthorityKind, Some(authority.kind.as_str().into()));
        authority.provinces().for_each(|name| add_value(&mut values, Facet::Province, Some(name.into())));
    }
    values.sort();
    values.dedup();
    values
}

fn add_value(values: &mut Vec<(Facet, String)>, facet: Facet, value: Option<String>) {
    values.extend(value.map(|value| (facet, value)));
}

fn meeting_date(entity: &Entity, context: &Context) -> Option<Date> {
    match entity {
        Entity::Meeting(_) => entity.day(),
        Entity::VoteEvent(_) => context.meeting_date.or_else(|| entity.day()),
        _ => context.meeting_date,
    }
}

fn published_at(entity: &Entity) -> Option<Date> {
    let modified = match entity {
        Entity::Document(it) => it.modified,
        _ => entity.as_registered()?.modified,
    };
    entity.day().or_else(|| Some(modified?.day()))
}
