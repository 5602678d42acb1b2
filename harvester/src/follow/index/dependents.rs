//! What must be indexed anew because something around it changed. A withdrawn thing still points at what it pointed at.

use std::collections::BTreeSet;

use raadhuis_projection::related;
use raadhuis_schema::{EntityId, Kind, Relation};
use raadhuis_store::{Direction, SharedStore};

use super::named;
use crate::HarvestError;

/// A document with its text and with what else has the same file, a recording with what was said in it, and whatever takes its
/// day from a meeting.
pub async fn dependents(
    store: &SharedStore,
    ids: &BTreeSet<EntityId>,
) -> Result<BTreeSet<EntityId>, HarvestError> {
    let of = |kind| ids.iter().filter(|id| id.kind() == kind).cloned().collect::<Vec<_>>();
    let documents = documents_of(store, of(Kind::DocumentText)).await?;
    let said = [of(Kind::TranscriptSegment), of(Kind::Chapter)].concat();
    let recordings = named(related(store, &said, Relation::Parent, Direction::Forward).await?);
    let mut items = named(related(store, &of(Kind::Meeting), Relation::Meeting, Direction::Backward).await?);
    items.extend(of(Kind::AgendaItem));
    let treated = named(related(store, &items, Relation::AgendaItem, Direction::Backward).await?);
    let mut parents = [items, treated].concat();
    parents.extend([Kind::Meeting].into_iter().chain(Kind::ENTRIES).flat_map(of));
    let attached = named(related(store, &parents, Relation::Document, Direction::Forward).await?);
    Ok([documents, recordings, attached, parents].into_iter().flatten().collect())
}

/// The documents of texts, and all others whose file is one that these texts hold or ever held: they are one result with them,
/// or were.
async fn documents_of(store: &SharedStore, texts: Vec<EntityId>) -> Result<Vec<EntityId>, HarvestError> {
    let files: BTreeSet<String> =
        store.files_of(&texts).await?.into_iter().map(|(_, sha256)| sha256).collect();
    let files: Vec<String> = files.into_iter().collect();
    let alike = store.texts_of(&files).await?.into_iter().map(|(_, text)| text);
    let texts: BTreeSet<EntityId> = texts.into_iter().chain(alike).collect();
    let texts: Vec<EntityId> = texts.into_iter().collect();
    Ok(named(related(store, &texts, Relation::TextOf, Direction::Forward).await?))
}
