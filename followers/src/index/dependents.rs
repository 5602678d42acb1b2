//! Entities whose search entry depends on changed entities. Relations of a withdrawn entity are still known.

use std::collections::BTreeSet;

use raadhuis_schema::{EntityId, Kind, Relation};
use raadhuis_store::{Direction, SharedStore};

use super::ids_of;
use crate::{FollowerError, load_related};

/// The dependents of changed entities: documents of changed texts and of texts with the same file, recordings of changed
/// transcripts, and all entities that take their day from a changed meeting.
pub async fn find_dependents(
    store: &SharedStore,
    ids: &BTreeSet<EntityId>,
) -> Result<BTreeSet<EntityId>, FollowerError> {
    let documents = find_documents(store, of_kind(ids, Kind::DocumentText)).await?;
    let spoken = [of_kind(ids, Kind::TranscriptSegment), of_kind(ids, Kind::Chapter)].concat();
    let recordings = ids_of(load_related(store, &spoken, Relation::Parent, Direction::Forward).await?);
    let mut items = ids_of(
        load_related(store, &of_kind(ids, Kind::Meeting), Relation::Meeting, Direction::Backward).await?,
    );
    items.extend(of_kind(ids, Kind::AgendaItem));
    let treated = ids_of(load_related(store, &items, Relation::AgendaItem, Direction::Backward).await?);
    let mut parents = [items, treated].concat();
    parents.extend([Kind::Meeting].into_iter().chain(Kind::ENTRIES).flat_map(|kind| of_kind(ids, kind)));
    let attached = ids_of(load_related(store, &parents, Relation::Document, Direction::Forward).await?);
    Ok([documents, recordings, attached, parents].into_iter().flatten().collect())
}

fn of_kind(ids: &BTreeSet<EntityId>, kind: Kind) -> Vec<EntityId> {
    ids.iter().filter(|id| id.kind() == kind).cloned().collect()
}

/// The documents of these texts, and all others with a file that these texts have or had: documents with the same file
/// are one search result.
async fn find_documents(store: &SharedStore, texts: Vec<EntityId>) -> Result<Vec<EntityId>, FollowerError> {
    let files: BTreeSet<String> =
        store.files_of(&texts).await?.into_iter().map(|(_, sha256)| sha256).collect();
    let files: Vec<String> = files.into_iter().collect();
    let alike = store.texts_of(&files).await?.into_iter().map(|(_, text)| text);
    let texts: BTreeSet<EntityId> = texts.into_iter().chain(alike).collect();
    let texts: Vec<EntityId> = texts.into_iter().collect();
    Ok(ids_of(load_related(store, &texts, Relation::TextOf, Direction::Forward).await?))
}
