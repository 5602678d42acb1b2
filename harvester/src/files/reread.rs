//! Texts without fetching: read again from the archive, or shown and withheld as a reviewer ruled.

use std::sync::Arc;

use jiff::Timestamp;
use raadhuis_schema::{Commit, Document, DocumentText, Entity, EntityId, Kind, Policy, Source};
use raadhuis_store::{Filter, SharedStore, each};
use raadhuis_text::{Extractor, pdf::pdfium};

use super::{
    Job, empty,
    read::{findings, kept},
    read_all, text_part, withheld,
};
use crate::{
    HarvestError,
    crawl::{Tally, World},
};

/// Files that are looked at together.
const AT_ONCE: usize = 100;

/// Reads the files of a source again that could give more than they did: read by another engine than the best one here, by
/// an older program, or in part. Gives the number of pages.
///
/// # Errors
/// The store or the archive failed.
pub async fn reread_files(
    world: &World,
    extractor: &Extractor,
    source: &Source,
    run: i64,
    tally: &mut Tally,
) -> Result<u64, HarvestError> {
    let authorities = vec![source.authority.id.any().clone()];
    let filter = Filter { kinds: vec![Kind::DocumentText], authorities, ..Filter::default() };
    let mut texts = Vec::new();
    each(&world.store, &filter, |stored| {
        if let Entity::DocumentText(text) = stored.entity
            && text.sha256.is_some()
            && stored.provenance.source == source.key
        {
            texts.push(text);
        }
    })
    .await?;
    let closed = Arc::new(super::Closed::default());
    let mut pages = 0;
    for texts in texts.chunks(AT_ONCE) {
        let mut jobs = Vec::new();
        for text in texts {
            let Some(document) = document_of(&world.store, text).await? else { continue };
            let kept = match &text.sha256 {
                Some(sha) => kept(world, sha).await?,
                None => continue,
            };
            match kept {
                // What is read well may hold what nobody looked for then, or be under another policy now.
                Some(kept) if kept.is_current(pdfium::find().is_some()) => {
                    let sha = text.sha256.clone().unwrap_or_default();
                    withheld(world, &sha, &kept, &findings(&kept.pages)).await?;
                }
                _ => jobs.push(Job {
                    document,
                    had: Some(text.clone()),
                    known: None,
                    owed: None,
                    is_held: true,
                }),
            }
        }
        pages += read_all(world, extractor, source, (run, &closed), jobs, None, tally).await?;
    }
    Ok(pages)
}

/// The document of a text, while it lives.
pub async fn document_of(store: &SharedStore, text: &DocumentText) -> Result<Option<Document>, HarvestError> {
    let stored = store.get(std::slice::from_ref(text.document.any())).await?.pop();
    Ok(stored.and_then(|stored| match stored.entity {
        Entity::Document(document) => Some(document),
        _ => None,
    }))
}

/// Makes every text that holds a file follow what was found in it and ruled of its pages. Gives the pages that nobody may
/// see, and how many texts changed.
///
/// # Errors
/// The store failed.
pub async fn apply_rulings(
    store: &SharedStore,
    policy: Policy,
    sha256: &str,
    pages_total: u32,
) -> Result<(Vec<u32>, u64), HarvestError> {
    let withheld = policy.withheld(&store.findings(Some(sha256)).await?, pages_total);
    let holders = store.texts_of(&[sha256.to_owned()]).await?;
    let ids: Vec<EntityId> = holders.into_iter().map(|(_, id)| id).collect();
    let mut changed = 0;
    for stored in store.get(&ids).await? {
        let Entity::DocumentText(text) = stored.entity else { continue };
        if text.withheld == withheld {
            continue;
        }
        let Some(document) = document_of(store, &text).await? else { continue };
        let text = DocumentText { withheld: withheld.clone(), ..text };
        let parts = vec![text_part(&document, text)];
        let commit = Commit { parts, ..empty(0, &stored.provenance.source, &document, Timestamp::now()) };
        changed += store.commit(commit).await?.changes.len() as u64;
    }
    Ok((withheld, changed))
}
