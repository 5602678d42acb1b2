//! Updates texts without fetching: reads archived files again, and applies the rulings of reviewers.

use std::sync::Arc;

use jiff::Timestamp;
use raadhuis_schema::{Commit, Document, DocumentText, Entity, EntityId, Kind, Policy, Source};
use raadhuis_store::{Filter, SharedStore, visit_each};
use raadhuis_text::{Extractor, pdf::pdfium};

use super::{
    FileJob, FileRun, file_commit,
    read::{find_personal, load_text},
    read_all, record_findings, text_part,
};
use crate::{
    HarvestError,
    crawl::{CrawlContext, CrawlTally},
};

const AT_ONCE: usize = 100;

/// Reads the archived files of a source again that were read by a lesser engine, by an older program, or in part. Returns
/// the number of pages.
///
/// # Errors
/// The store or the archive failed.
pub async fn reread_files(
    context: &CrawlContext,
    extractor: &Extractor,
    source: &Source,
    run: i64,
    tally: &mut CrawlTally,
) -> Result<u64, HarvestError> {
    let authorities = vec![source.authority.id.as_entity().clone()];
    let filter = Filter { kinds: vec![Kind::DocumentText], authorities, ..Filter::default() };
    let mut texts = Vec::new();
    visit_each(&context.store, &filter, |stored| {
        if let Entity::DocumentText(text) = stored.entity
            && text.sha256.is_some()
            && stored.provenance.source == source.key
        {
            texts.push(text);
        }
    })
    .await?;
    let closed = Arc::default();
    let files = FileRun { context, extractor, source, run, closed: &closed };
    let mut pages = 0;
    for texts in texts.chunks(AT_ONCE) {
        let mut jobs = Vec::new();
        for text in texts {
            let Some(document) = document_of(&context.store, text).await? else { continue };
            let kept = match &text.sha256 {
                Some(sha) => load_text(context, sha).await?,
                None => continue,
            };
            match kept {
                // The text is current, but the search for personal numbers or the policy may have changed.
                Some(kept) if kept.is_current(pdfium::find_library().is_some()) => {
                    let sha = text.sha256.clone().unwrap_or_default();
                    record_findings(context, &sha, &kept, &find_personal(&kept.pages)).await?;
                }
                _ => jobs.push(FileJob {
                    document,
                    had: Some(text.clone()),
                    known: None,
                    owed: None,
                    is_held: true,
                }),
            }
        }
        pages += read_all(&files, jobs, None, tally).await?;
    }
    Ok(pages)
}

/// The document of a text; `None` if it was withdrawn.
pub async fn document_of(store: &SharedStore, text: &DocumentText) -> Result<Option<Document>, HarvestError> {
    let stored = store.get(std::slice::from_ref(text.document.as_entity())).await?.pop();
    Ok(stored.and_then(|stored| match stored.entity {
        Entity::Document(document) => Some(document),
        _ => None,
    }))
}

/// Applies findings and rulings to every text of a file. Returns the withheld pages and the number of changed texts.
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
        let commit =
            Commit { parts, ..file_commit(0, &stored.provenance.source, &document, Timestamp::now()) };
        changed += store.commit_answer(commit).await?.changes.len() as u64;
    }
    Ok((withheld, changed))
}
