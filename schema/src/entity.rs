//! The closed sum of all entities, and the references between them.

use crate::json::to_json;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    AgendaItem, Authority, Chapter, Commitment, Committee, Decision, Document, DocumentText, EntityId, Id,
    Kind, Meeting, Membership, Motion, Named, Party, Person, Proposal, Recording, RegisterEntry, Registered,
    TranscriptSegment, Vote, VoteEvent, WrittenQuestion, canonical::canonical, time::When,
};

/// Any entity. A new kind is a new variant, and the compiler names every place that must know it.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs, clippy::allow_attributes, reason = "each is documented where its struct is")]
pub enum Entity {
    Authority(Authority),
    Committee(Committee),
    Meeting(Meeting),
    AgendaItem(AgendaItem),
    Document(Document),
    DocumentText(DocumentText),
    Person(Person),
    Party(Party),
    Membership(Membership),
    Motion(Motion),
    Proposal(Proposal),
    Decision(Decision),
    Commitment(Commitment),
    WrittenQuestion(WrittenQuestion),
    RegisterEntry(RegisterEntry),
    VoteEvent(VoteEvent),
    Vote(Vote),
    Recording(Recording),
    Chapter(Chapter),
    TranscriptSegment(TranscriptSegment),
}

/// Runs the same expression over whichever struct an entity is.
macro_rules! each {
    ($entity:expr, $it:ident => $body:expr) => {
        match $entity {
            Entity::Authority($it) => $body,
            Entity::Committee($it) => $body,
            Entity::Meeting($it) => $body,
            Entity::AgendaItem($it) => $body,
            Entity::Document($it) => $body,
            Entity::DocumentText($it) => $body,
            Entity::Person($it) => $body,
            Entity::Party($it) => $body,
            Entity::Membership($it) => $body,
            Entity::Motion($it) => $body,
            Entity::Proposal($it) => $body,
            Entity::Decision($it) => $body,
            Entity::Commitment($it) => $body,
            Entity::WrittenQuestion($it) => $body,
            Entity::RegisterEntry($it) => $body,
            Entity::VoteEvent($it) => $body,
            Entity::Vote($it) => $body,
            Entity::Recording($it) => $body,
            Entity::Chapter($it) => $body,
            Entity::TranscriptSegment($it) => $body,
        }
    };
}

/// The kinds of reference from one entity to another. The store keeps the word.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, strum::IntoStaticStr,
)]
#[strum(serialize_all = "kebab-case")]
#[serde(rename_all = "kebab-case")]
pub enum Relation {
    /// The committee that holds a meeting.
    Committee,
    /// The whole that it is part of: day of meetings, agenda, vote.
    Parent,
    /// The meeting with this item on its agenda.
    Meeting,
    /// The agenda item under which it was treated or voted.
    AgendaItem,
    /// The document attached to it.
    Document,
    /// A motion or register entry attached to it.
    Entry,
    /// The document of a text.
    TextOf,
    /// The person that it is about.
    Person,
    /// The person or party that put it forward.
    Proposer,
    /// The subject of a vote or a decision.
    About,
    /// The vote by which it was decided.
    Vote,
    /// The vote of an anonymous role's choice. Named choices are its children.
    Ballot,
    /// An authority that merged into this one.
    Predecessor,
}

impl Relation {
    /// The word for it that is stored.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

impl Entity {
    /// The id of the entity, whichever its kind.
    pub fn id(&self) -> &EntityId {
        each!(self, it => it.id.as_entity())
    }

    /// The authority that published it; an authority is its own.
    pub fn authority(&self) -> &Id<Authority> {
        match self {
            Self::Authority(it) => &it.id,
            Self::Committee(it) => &it.authority,
            Self::Meeting(it) => &it.authority,
            Self::AgendaItem(it) => &it.authority,
            Self::Document(it) => &it.authority,
            Self::DocumentText(it) => &it.authority,
            Self::Person(it) => &it.authority,
            Self::Party(it) => &it.authority,
            Self::Membership(it) => &it.authority,
            Self::Motion(it) => &it.authority,
            Self::Proposal(it) => &it.authority,
            Self::Decision(it) => &it.authority,
            Self::Commitment(it) => &it.authority,
            Self::WrittenQuestion(it) => &it.authority,
            Self::RegisterEntry(it) => &it.authority,
            Self::VoteEvent(it) => &it.authority,
            Self::Vote(it) => &it.authority,
            Self::Recording(it) => &it.authority,
            Self::Chapter(it) => &it.authority,
            Self::TranscriptSegment(it) => &it.authority,
        }
    }

    /// The time by which it is dated and sorted, if it has one of its own.
    pub fn date_time(&self) -> Option<When> {
        match self {
            Self::Meeting(it) => it.start,
            Self::AgendaItem(it) => it.start,
            Self::Document(it) => it.date,
            Self::VoteEvent(it) => it.date,
            Self::Recording(it) => it.start,
            _ => self.as_registered().and_then(|entry| entry.date),
        }
    }

    /// The day of [`Entity::date_time`], if any.
    pub fn day(&self) -> Option<Date> {
        self.date_time().map(When::day)
    }

    /// The position among its siblings, if its parent orders them.
    pub fn position(&self) -> u32 {
        match self {
            Self::AgendaItem(it) => it.position,
            Self::Chapter(it) => it.starts_at,
            Self::TranscriptSegment(it) => it.starts_at,
            _ => 0,
        }
    }

    /// The name or title of the entity, if any.
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Authority(it) => Some(&it.name),
            Self::Committee(it) => it.name.as_deref(),
            Self::Meeting(it) => it.name.as_deref(),
            Self::AgendaItem(it) => it.title.as_deref(),
            Self::Document(it) => it.name.as_deref().or(it.file_name.as_deref()),
            Self::Person(it) => it.name.as_deref(),
            Self::Party(it) => it.name.as_deref(),
            Self::VoteEvent(it) => it.title.as_deref(),
            Self::Recording(it) => it.name.as_deref(),
            Self::Chapter(it) => it.title.as_deref(),
            _ => self.as_registered().and_then(|entry| entry.title.as_deref()),
        }
    }

    /// The fields of a register entry, if it is one.
    pub fn as_registered(&self) -> Option<&Registered> {
        match self {
            Self::Motion(it) => Some(&it.entry),
            Self::Proposal(it) => Some(&it.entry),
            Self::Decision(it) => Some(&it.entry),
            Self::Commitment(it) => Some(&it.entry),
            Self::WrittenQuestion(it) => Some(&it.entry),
            Self::RegisterEntry(it) => Some(&it.entry),
            _ => None,
        }
    }

    /// Lists all references to other entities, in order. The authority is left out because it has a column of
    /// its own.
    pub fn references(&self) -> Vec<(Relation, EntityId)> {
        let mut all = Vec::new();
        let mut add = |relation, id: Option<EntityId>| all.extend(id.map(|id| (relation, id)));
        match self {
            Self::Meeting(it) => {
                add(Relation::Committee, it.committee.clone().map(Into::into));
                add(Relation::Parent, it.parent.clone().map(Into::into));
                it.documents.iter().for_each(|id| add(Relation::Document, Some(id.as_entity().clone())));
                it.entries.iter().for_each(|id| add(Relation::Entry, Some(id.clone())));
            }
            Self::AgendaItem(it) => {
                add(Relation::Meeting, Some(it.meeting.as_entity().clone()));
                add(Relation::Parent, Some(it.parent.clone()));
                it.documents.iter().for_each(|id| add(Relation::Document, Some(id.as_entity().clone())));
                it.entries.iter().for_each(|id| add(Relation::Entry, Some(id.clone())));
            }
            Self::DocumentText(it) => add(Relation::TextOf, Some(it.document.as_entity().clone())),
            Self::Membership(it) => add(Relation::Person, Some(it.person.as_entity().clone())),
            Self::Motion(it) => {
                let named: [&[Named]; 3] = [&it.proposers, &it.co_proposers, &it.parties];
                named.into_iter().flatten().for_each(|named| add(Relation::Proposer, named.id.clone()));
            }
            Self::WrittenQuestion(it) => {
                let named: [&[Named]; 2] = [&it.askers, &it.parties];
                named.into_iter().flatten().for_each(|named| add(Relation::Proposer, named.id.clone()));
            }
            Self::Decision(it) => {
                add(Relation::About, it.proposal.clone().map(Into::into));
                add(Relation::Vote, it.vote.clone().map(Into::into));
            }
            Self::VoteEvent(it) => {
                add(Relation::AgendaItem, it.agenda_item.clone().map(Into::into));
                add(Relation::Meeting, it.meeting.clone().map(Into::into));
                add(Relation::About, it.about.clone());
            }
            Self::Vote(it) => {
                // If a portal gives the names, the same choices exist twice: they are never counted together.
                let relation = if it.voter.is_some() { Relation::Ballot } else { Relation::Parent };
                add(relation, Some(it.event.as_entity().clone()));
                add(Relation::Person, it.person.clone().map(Into::into));
            }
            Self::Recording(it) => add(Relation::Meeting, Some(it.meeting.as_entity().clone())),
            Self::Chapter(it) => {
                add(Relation::Parent, Some(it.recording.as_entity().clone()));
                add(Relation::AgendaItem, it.agenda_item.clone().map(Into::into));
            }
            Self::TranscriptSegment(it) => add(Relation::Parent, Some(it.recording.as_entity().clone())),
            Self::Authority(it) => {
                it.predecessors
                    .iter()
                    .for_each(|id| add(Relation::Predecessor, Some(id.as_entity().clone())));
            }
            Self::Committee(_)
            | Self::Document(_)
            | Self::Person(_)
            | Self::Party(_)
            | Self::Proposal(_)
            | Self::Commitment(_)
            | Self::RegisterEntry(_) => {}
        }
        if let Some(it) = self.as_registered() {
            add(Relation::Meeting, it.meeting.clone().map(Into::into));
            it.agenda_items.iter().for_each(|id| add(Relation::AgendaItem, Some(id.as_entity().clone())));
            it.documents.iter().for_each(|id| add(Relation::Document, Some(id.as_entity().clone())));
        }
        all
    }

    /// Writes the entity as canonical JSON.
    pub fn to_json(&self) -> Value {
        canonical(&each!(self, it => to_json(it)))
    }

    /// Reads the entity of `kind` in `json`.
    ///
    /// # Errors
    /// A field that the kind needs is missing or has another shape.
    pub fn from_json(kind: Kind, json: Value) -> Result<Self, serde_json::Error> {
        Ok(match kind {
            Kind::Authority => Self::Authority(serde_json::from_value(json)?),
            Kind::Committee => Self::Committee(serde_json::from_value(json)?),
            Kind::Meeting => Self::Meeting(serde_json::from_value(json)?),
            Kind::AgendaItem => Self::AgendaItem(serde_json::from_value(json)?),
            Kind::Document => Self::Document(serde_json::from_value(json)?),
            Kind::DocumentText => Self::DocumentText(serde_json::from_value(json)?),
            Kind::Person => Self::Person(serde_json::from_value(json)?),
            Kind::Party => Self::Party(serde_json::from_value(json)?),
            Kind::Membership => Self::Membership(serde_json::from_value(json)?),
            Kind::Motion => Self::Motion(serde_json::from_value(json)?),
            Kind::Proposal => Self::Proposal(serde_json::from_value(json)?),
            Kind::Decision => Self::Decision(serde_json::from_value(json)?),
            Kind::Commitment => Self::Commitment(serde_json::from_value(json)?),
            Kind::WrittenQuestion => Self::WrittenQuestion(serde_json::from_value(json)?),
            Kind::RegisterEntry => Self::RegisterEntry(serde_json::from_value(json)?),
            Kind::VoteEvent => Self::VoteEvent(serde_json::from_value(json)?),
            Kind::Vote => Self::Vote(serde_json::from_value(json)?),
            Kind::Recording => Self::Recording(serde_json::from_value(json)?),
            Kind::Chapter => Self::Chapter(serde_json::from_value(json)?),
            Kind::TranscriptSegment => Self::TranscriptSegment(serde_json::from_value(json)?),
        })
    }
}
