//! Everything with an id, behind one interface.

use async_graphql::{Context, ID, Interface, Result};
use raadhuis_schema::{self as schema, Entity, EntityId, Kind};
use raadhuis_store::Stored;

use super::{
    held::{FromStored, Held},
    loader::one,
};
use crate::Library;

/// Anything that has an id. Ids are permanent, URL-safe and opaque.
#[derive(Clone, Debug, Interface)]
#[graphql(field(name = "id", ty = "ID", desc = "Its permanent id."))]
pub enum Node {
    /// An authority.
    Authority(Held<schema::Authority>),
    /// A committee.
    Committee(Held<schema::Committee>),
    /// A meeting.
    Meeting(Held<schema::Meeting>),
    /// An agenda item.
    AgendaItem(Held<schema::AgendaItem>),
    /// A document.
    Document(Held<schema::Document>),
    /// A document's text.
    DocumentText(Held<schema::DocumentText>),
    /// An office-holder.
    Person(Held<schema::Person>),
    /// A party.
    Party(Held<schema::Party>),
    /// A function.
    Membership(Held<schema::Membership>),
    /// A motion or amendment.
    Motion(Held<schema::Motion>),
    /// A proposal to a council.
    Proposal(Held<schema::Proposal>),
    /// A decision of a council.
    Decision(Held<schema::Decision>),
    /// A commitment to a council.
    Commitment(Held<schema::Commitment>),
    /// A question in writing.
    WrittenQuestion(Held<schema::WrittenQuestion>),
    /// Another register entry.
    RegisterEntry(Held<schema::RegisterEntry>),
    /// A vote.
    VoteEvent(Held<schema::VoteEvent>),
    /// What one member chose.
    Vote(Held<schema::Vote>),
    /// The recording of a meeting.
    Recording(Held<schema::Recording>),
    /// A chapter of a recording.
    Chapter(Held<schema::Chapter>),
    /// A piece of a transcript.
    TranscriptSegment(Held<schema::TranscriptSegment>),
}

/// The thing with an id. An authority of which nothing was harvested is one too.
pub async fn node(context: &Context<'_>, id: &EntityId) -> Result<Option<Node>> {
    let stored = one(context, id).await?;
    let listed = || {
        let known = &context.data::<Library>().ok()?.directory.authorities;
        let it = known.iter().find(|it| it.id.any() == id && it.kind != schema::AuthorityKind::State)?;
        Some(Node::Authority(Held::of_directory(it)))
    };
    Ok(stored.or_else(|| (id.kind() == Kind::Authority).then(listed).flatten()))
}

impl FromStored for Node {
    fn from_stored(stored: Stored) -> Option<Self> {
        Some(match &stored.entity {
            Entity::Authority(_) => Self::Authority(Held::from_stored(stored)?),
            Entity::Committee(_) => Self::Committee(Held::from_stored(stored)?),
            Entity::Meeting(_) => Self::Meeting(Held::from_stored(stored)?),
            Entity::AgendaItem(_) => Self::AgendaItem(Held::from_stored(stored)?),
            Entity::Document(_) => Self::Document(Held::from_stored(stored)?),
            Entity::DocumentText(_) => Self::DocumentText(Held::from_stored(stored)?),
            Entity::Person(_) => Self::Person(Held::from_stored(stored)?),
            Entity::Party(_) => Self::Party(Held::from_stored(stored)?),
            Entity::Membership(_) => Self::Membership(Held::from_stored(stored)?),
            Entity::Motion(_) => Self::Motion(Held::from_stored(stored)?),
            Entity::Proposal(_) => Self::Proposal(Held::from_stored(stored)?),
            Entity::Decision(_) => Self::Decision(Held::from_stored(stored)?),
            Entity::Commitment(_) => Self::Commitment(Held::from_stored(stored)?),
            Entity::WrittenQuestion(_) => Self::WrittenQuestion(Held::from_stored(stored)?),
            Entity::RegisterEntry(_) => Self::RegisterEntry(Held::from_stored(stored)?),
            Entity::VoteEvent(_) => Self::VoteEvent(Held::from_stored(stored)?),
            Entity::Vote(_) => Self::Vote(Held::from_stored(stored)?),
            Entity::Recording(_) => Self::Recording(Held::from_stored(stored)?),
            Entity::Chapter(_) => Self::Chapter(Held::from_stored(stored)?),
            Entity::TranscriptSegment(_) => Self::TranscriptSegment(Held::from_stored(stored)?),
        })
    }
}
