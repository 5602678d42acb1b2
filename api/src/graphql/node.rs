//! The interface of everything with an id.

use async_graphql::{Context, ID, Interface, Result};
use raadhuis_schema::{self as schema, Entity, EntityId, Kind};
use raadhuis_store::Stored;

use super::{
    loader::load_one,
    stored_record::{FromStored, StoredRecord},
};
use crate::Library;

/// Any entity with an id. Ids are permanent, URL-safe and opaque.
#[derive(Clone, Debug, Interface)]
#[graphql(field(name = "id", ty = "ID", desc = "The permanent id: opaque and safe in a URL."))]
pub enum Node {
    Authority(StoredRecord<schema::Authority>),
    Committee(StoredRecord<schema::Committee>),
    Meeting(StoredRecord<schema::Meeting>),
    AgendaItem(StoredRecord<schema::AgendaItem>),
    Document(StoredRecord<schema::Document>),
    DocumentText(StoredRecord<schema::DocumentText>),
    Person(StoredRecord<schema::Person>),
    Party(StoredRecord<schema::Party>),
    Membership(StoredRecord<schema::Membership>),
    Motion(StoredRecord<schema::Motion>),
    Proposal(StoredRecord<schema::Proposal>),
    Decision(StoredRecord<schema::Decision>),
    Commitment(StoredRecord<schema::Commitment>),
    WrittenQuestion(StoredRecord<schema::WrittenQuestion>),
    RegisterEntry(StoredRecord<schema::RegisterEntry>),
    VoteEvent(StoredRecord<schema::VoteEvent>),
    Vote(StoredRecord<schema::Vote>),
    Recording(StoredRecord<schema::Recording>),
    Chapter(StoredRecord<schema::Chapter>),
    TranscriptSegment(StoredRecord<schema::TranscriptSegment>),
}

/// Loads the entity with an id. An authority of the directory without any harvested content is found too.
pub async fn load_node(context: &Context<'_>, id: &EntityId) -> Result<Option<Node>> {
    let stored = load_one(context, id).await?;
    if stored.is_some() || id.kind() != Kind::Authority {
        return Ok(stored);
    }
    let Ok(library) = context.data::<Library>() else { return Ok(None) };
    let mut known = library.directory.authorities.iter();
    let listed = known.find(|it| it.id.as_entity() == id && it.kind != schema::AuthorityKind::State);
    Ok(listed.map(|it| Node::Authority(StoredRecord::of_directory(it))))
}

impl FromStored for Node {
    fn from_stored(stored: Stored) -> Option<Self> {
        Some(match &stored.entity {
            Entity::Authority(_) => Self::Authority(StoredRecord::from_stored(stored)?),
            Entity::Committee(_) => Self::Committee(StoredRecord::from_stored(stored)?),
            Entity::Meeting(_) => Self::Meeting(StoredRecord::from_stored(stored)?),
            Entity::AgendaItem(_) => Self::AgendaItem(StoredRecord::from_stored(stored)?),
            Entity::Document(_) => Self::Document(StoredRecord::from_stored(stored)?),
            Entity::DocumentText(_) => Self::DocumentText(StoredRecord::from_stored(stored)?),
            Entity::Person(_) => Self::Person(StoredRecord::from_stored(stored)?),
            Entity::Party(_) => Self::Party(StoredRecord::from_stored(stored)?),
            Entity::Membership(_) => Self::Membership(StoredRecord::from_stored(stored)?),
            Entity::Motion(_) => Self::Motion(StoredRecord::from_stored(stored)?),
            Entity::Proposal(_) => Self::Proposal(StoredRecord::from_stored(stored)?),
            Entity::Decision(_) => Self::Decision(StoredRecord::from_stored(stored)?),
            Entity::Commitment(_) => Self::Commitment(StoredRecord::from_stored(stored)?),
            Entity::WrittenQuestion(_) => Self::WrittenQuestion(StoredRecord::from_stored(stored)?),
            Entity::RegisterEntry(_) => Self::RegisterEntry(StoredRecord::from_stored(stored)?),
            Entity::VoteEvent(_) => Self::VoteEvent(StoredRecord::from_stored(stored)?),
            Entity::Vote(_) => Self::Vote(StoredRecord::from_stored(stored)?),
            Entity::Recording(_) => Self::Recording(StoredRecord::from_stored(stored)?),
            Entity::Chapter(_) => Self::Chapter(StoredRecord::from_stored(stored)?),
            Entity::TranscriptSegment(_) => Self::TranscriptSegment(StoredRecord::from_stored(stored)?),
        })
    }
}
