//! Pages that are pictures, read by OCR: last of all, a few in each run, and kept document by document, so that what was
//! read is not read again.

use std::{
    ffi::OsString,
    time::{Duration, Instant},
};

use bytes::Bytes;
use jiff::Timestamp;
use metrics::counter;
use raadhuis_schema::{Commit, DocumentText, Entity, EntityId, Source};
use raadhuis_store::ArchiveKey;
use raadhuis_text::{Extractor, Kept, ocr, pdf::pdfium};

use super::{
    empty,
    read::{described, findings, kept, put_text},
    text_part, withheld,
};
use crate::{
    HarvestError,
    crawl::{Tally, World},
};

/// Pages of one document that are read in one go; the others wait for the next run.
const MOST_PAGES: usize = 50;

/// Time for OCR in one run of a source. A page takes a second or two.
const MOST_TIME: Duration = Duration::from_mins(10);

/// Texts that are looked up at once.
const AT_ONCE: u32 = 20;

/// Reads the pages of a source that are pictures, as far as time allows; how many.
///
/// # Errors
/// The store or the archive failed.
pub async fn recognise_scans(
    world: &World,
    (extractor, program): (&Extractor, &OsString),
    source: &Source,
    run: i64,
    tally: &mut Tally,
) -> Result<u64, HarvestError> {
    // Without it no page can be painted.
    if pdfium::find().is_none() {
        return Ok(0);
    }
    let (began, mut pages, mut after) = (Instant::now(), 0, None::<EntityId>);
    loop {
        let ids = world.store.scans(&source.key, after.as_ref(), AT_ONCE).await?;
        let Some(last) = ids.last() else { return Ok(pages) };
        after = Some(last.clone());
        for stored in world.store.get(&ids).await? {
            let Entity::DocumentText(text) = stored.entity else { continue };
            if began.elapsed() > MOST_TIME {
                return Ok(pages);
            }
            pages += document(world, extractor, program, (source, run), text, tally).await?;
        }
    }
}

async fn document(
    world: &World,
    extractor: &Extractor,
    program: &OsString,
    (source, run): (&Source, i64),
    text: DocumentText,
    tally: &mut Tally,
) -> Result<u64, HarvestError> {
    let Some(sha) = text.sha256.clone() else { return Ok(0) };
    let Some(document) = super::reread::document_of(&world.store, &text).await? else { return Ok(0) };
    let Some(mut kept) = kept(world, &sha).await? else { return Ok(0) };
    let Some(bytes) = world.archive.get(&ArchiveKey::original(&sha)).await? else { return Ok(0) };
    let read = pages(extractor, program, &bytes, &mut kept).await;
    // Another document with the same file may have had its pages read before.
    if read == 0 && kept.scans() == text.scans {
        return Ok(0);
    }
    let _open = world.gate.read().await;
    let withheld = withheld(world, &sha, &kept, &findings(&kept.pages)).await?;
    put_text(world, &sha, &kept).await?;
    let text = DocumentText { withheld, ..described(text, &sha, bytes.len() as u64, &kept) };
    let commit = Commit {
        parts: vec![text_part(&document, text)],
        ..empty(run, &source.key, &document, Timestamp::now())
    };
    tally.note_erasures(&world.store.commit(commit).await?);
    *tally.engines.entry(ocr::NAME.to_owned()).or_default() += read;
    counter!("raadhuis_pages_read_total", "engine" => ocr::NAME).increment(read);
    Ok(read)
}

/// Reads the next pages of a document that are pictures; how many, with and without words.
async fn pages(extractor: &Extractor, program: &OsString, bytes: &Bytes, kept: &mut Kept) -> u64 {
    let mut read = 0;
    for page in kept.pages.iter_mut().filter(|page| page.is_scan()).take(MOST_PAGES) {
        read += 1;
        // A page that cannot be read once is not tried in every run.
        page.confidence = Some(0);
        if let Some(recognised) = extractor.recognise(program, bytes, page.number).await {
            *page = ocr::written(page, &recognised);
        }
    }
    read
}
