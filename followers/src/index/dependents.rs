//! Entities that must be indexed anew because something around them changed. A withdrawn entity still points at what it pointed at.

use std::collections::BTreeSet;

use raadhuis_schema::{EntityId, Kind, Relation};
use raadhuis_store::{Direction, SharedStore};

use super::ids_of;
use crate::{FollowerError, load_related};

/// Documents of changed texts and of texts with the same file, recordings of changed transcripts, and all that takes its day from
/// a changed meeting.
pub async fn find_dependents(
    store: &SharedStore,
    ids: &BTreeSet<EntityId>,
) -> Result<BTreeSet<EntityId>, FollowerError> {
    let of = |kind| ids.iter().filter(|id| id.kind() == kind).cloned().collect::<Vec<_>>();
    let documents = find_documents(store, of(Kind::DocumentText)).await?;
    let spoken = [of(Kind::TranscriptSegment), of(Kind::Chapter)].concat();
    let recordings = ids_of(load_related(store, &spoken, Relation::Parent, Direction::Forward).await?);
    let mut items =
        ids_of(load_related(store, &of(Kind::Meeting), Relation::Meeting, Direction::Backward).await?);
    items.extend(of(Kind::AgendaItem));
    let treated = ids_of(load_related(store, &items, Relation::AgendaItem, Direction::Backward).await?);
    let mut parents = [items, treated].concat();
    parents.extend([Kind::Meeting].into_iter().chain(Kind::ENTRIES).flat_map(of));
    let attached = ids_of(load_related(store, &parents, Relation::Document, Direction::Forward).await?);
    Ok([documents, recordings, attached, parents].into_iter().flatten().collect())
}

/// The documents of these texts, and all others with a file that these texts hold or ever held: they are one result, or were.
async fn find_documents(store: &SharedStore, texts: Vec<EntityId>) -> Result<Vec<EntityId>, FollowerError> {
    let files: BTreeSet<String> =
        store.files_of(&texts).await?.into_iter().map(|(_, sha256)| sha256).collect();
    let files: Vec<String> = files.into_iter().collect();
    let alike = store.texts_of(&files).await?.into_iter().map(|(_, text)| text);
    let texts: BTreeSet<EntityId> = texts.into_iter().chain(alike).collect();
    let texts: Vec<EntityId> = texts.into_iter().collect();
    Ok(ids_of(load_related(store, &texts, Relation::TextOf, Direction::Forward).await?))
}
