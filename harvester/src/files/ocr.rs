//! Reads scanned pages by OCR at the end of a run, within a limit of time. Each document is committed when it is done,
//! so that no page is read twice.

use std::{
    ffi::OsString,
    time::{Duration, Instant},
};

use bytes::Bytes;
use jiff::Timestamp;
use metrics::counter;
use raadhuis_schema::{Commit, DocumentText, Entity, EntityId, Source};
use raadhuis_store::ArchiveKey;
use raadhuis_text::{Extractor, StoredText, ocr, pdf::pdfium};

use super::{
    file_commit,
    read::{describe_text, find_personal, load_text, put_text},
    record_findings, text_part,
};
use crate::{
    HarvestError,
    crawl::{CrawlContext, CrawlTally},
};

/// The most pages of one document read in one run; the rest waits for the next run.
const MOST_PAGES: usize = 50;

/// The time for OCR in one run of a source. A page takes one to two seconds.
const MOST_TIME: Duration = Duration::from_mins(10);

const AT_ONCE: u32 = 20;

/// Reads scanned pages of a source by OCR until the time is used up. Returns the number of pages.
///
/// # Errors
/// The store or the archive failed.
pub async fn recognise_scans(
    context: &CrawlContext,
    extractor: &Extractor,
    program: &OsString,
    source: &Source,
    run: i64,
    tally: &mut CrawlTally,
) -> Result<u64, HarvestError> {
    // Pages are rendered by PDFium.
    if pdfium::find_library().is_none() {
        return Ok(0);
    }
    let (began, mut pages, mut after) = (Instant::now(), 0, None::<EntityId>);
    loop {
        let ids = context.store.list_scans(&source.key, after.as_ref(), AT_ONCE).await?;
        let Some(last) = ids.last() else { return Ok(pages) };
        after = Some(last.clone());
        for stored in context.store.get(&ids).await? {
            let Entity::DocumentText(text) = stored.entity else { continue };
            if began.elapsed() > MOST_TIME {
                return Ok(pages);
            }
            pages += recognise_document(context, extractor, program, source, run, text, tally).await?;
        }
    }
}

async fn recognise_document(
    context: &CrawlContext,
    extractor: &Extractor,
    program: &OsString,
    source: &Source,
    run: i64,
    text: DocumentText,
    tally: &mut CrawlTally,
) -> Result<u64, HarvestError> {
    let Some(sha) = text.sha256.clone() else { return Ok(0) };
    let Some(document) = super::reread::document_of(&context.store, &text).await? else { return Ok(0) };
    let Some(mut kept) = load_text(context, &sha).await? else { return Ok(0) };
    let Some(bytes) = context.archive.get_intact(&ArchiveKey::original(&sha)).await? else { return Ok(0) };
    let read = recognise_pages(extractor, program, &bytes, &mut kept).await;
    // Its pages may have been read for another document with the same file.
    if read == 0 && kept.count_scans() == text.scans {
        return Ok(0);
    }
    let _open = context.archive_guard.read().await;
    let withheld = record_findings(context, &sha, &kept, &find_personal(&kept.pages)).await?;
    put_text(context, &sha, &kept).await?;
    let text = DocumentText { withheld, ..describe_text(text, &sha, bytes.len() as u64, &kept) };
    let commit = Commit {
        parts: vec![text_part(&document, text)],
        ..file_commit(run, &source.key, &document, Timestamp::now())
    };
    tally.note_erasures(&context.store.commit_answer(commit).await?);
    *tally.engines.entry(ocr::NAME.to_owned()).or_default() += read;
    counter!("raadhuis_pages_read_total", "engine" => ocr::NAME).increment(read);
    Ok(read)
}

/// Reads the next scanned pages of a document by OCR. Returns the number of pages tried, with or without words.
async fn recognise_pages(
    extractor: &Extractor,
    program: &OsString,
    bytes: &Bytes,
    kept: &mut StoredText,
) -> u64 {
    let mut read = 0;
    for page in kept.pages.iter_mut().filter(|page| page.is_scan()).take(MOST_PAGES) {
        read += 1;
        // Marks the page as tried, so that an unreadable page is not tried in every run.
        page.confidence = Some(0);
        if let Some(recognised) = extractor.recognise(program, bytes, page.number).await {
            *page = ocr::written(page, &recognised);
        }
    }
    read
}
