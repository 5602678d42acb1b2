//! `takedown`: removes an entity for good.

use std::process::ExitCode;

use jiff::Timestamp;
use raadhuis_schema::{Entity, EntityId, Kind, Takedown};
use raadhuis_store::{Locked, SharedStore, TakedownList, TakenDown, take_down};

use crate::{command, data::Folder, print};

/// Takes one entity down everywhere, from the list that outlives backups to the index.
pub async fn run(takedown: command::TakedownArgs) -> anyhow::Result<ExitCode> {
    let folder = Folder::open(&takedown.data).await?;
    let lock = Locked::take_lock(&takedown.data.data).ok();
    let id = std::slice::from_ref(&takedown.id);
    let is_known = !folder.store.get(id).await?.is_empty() || !folder.store.tombstones(id).await?.is_empty();
    let copies = find_copies(&folder.store, &takedown.id).await?;
    // The list comes first: every start repeats the takedowns on it, also when this program dies now.
    let asked = Takedown { id: takedown.id, reason: takedown.reason, at: Timestamp::now(), files: vec![] };
    let list = TakedownList::open_list(&takedown.data.data)?;
    list.append(&asked)?;
    let TakenDown { changes, files } =
        take_down(&folder.store, &folder.archive, &asked, lock.is_some()).await?;
    // The files of the entity are known only now.
    let asked = Takedown { files, ..asked };
    if !asked.files.is_empty() {
        list.append(&asked)?;
    }
    // Another process may hold the index writer; it follows the log itself, or the next start does.
    let is_followed = lock.is_some() && folder.update_index().await.is_ok();
    print::taken_down(&asked, is_known, changes, is_followed);
    print::other_copies(&copies);
    Ok(ExitCode::SUCCESS)
}

/// Other documents with the same file; the takedown does not remove them.
async fn find_copies(store: &SharedStore, id: &EntityId) -> anyhow::Result<Vec<EntityId>> {
    let text = store.get(&[id.within(Kind::DocumentText, "text")]).await?.pop();
    let file = text.and_then(|stored| match stored.entity {
        Entity::DocumentText(text) => text.sha256,
        _ => None,
    });
    let holders = store.texts_of(file.as_slice()).await?;
    let documents = holders.into_iter().filter_map(|(_, text)| text.containing(Kind::Document));
    Ok(documents.filter(|document| document != id).collect())
}
