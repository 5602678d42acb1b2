//! Interprets archived answers again with the current adapters, without any request.

use bytes::Bytes;
use jiff::Timestamp;
use raadhuis_schema::{Archived, Commit, ContentHash, Diagnostic, DiagnosticCode, Source};
use raadhuis_store::{ArchiveKey, offload_large};

use super::{CrawlContext, CrawlTally, Interpreted, clean, interpret, speakers};
use crate::{
    HarvestError, Progress,
    supplier::{CrawlTask, EDITION, Harvested},
    transport::{Answer, ParsedBody, retry::Interpretation},
};

const PAGE: u32 = 200;

/// Interprets every archived answer of a source again, in the order of fetching. Withheld content stays withheld, later
/// answers keep precedence, and listings withdraw nothing.
///
/// # Errors
/// The store or the archive failed. An unreadable answer becomes a diagnostic, and its earlier content stays.
pub async fn reread_answers(
    context: &CrawlContext,
    source: &Source,
    run: i64,
) -> Result<CrawlTally, HarvestError> {
    let mut tally = CrawlTally::default();
    let mut last: Option<Archived> = None;
    loop {
        let page = context.store.answers(&source.key, last.as_ref(), PAGE).await?;
        Progress::advance(&context.progress.known, page.len());
        for archived in &page {
            reread_answer(context, source, run, archived, &mut tally).await?;
            Progress::advance(&context.progress.done, 1);
        }
        match page.into_iter().next_back() {
            Some(answer) => last = Some(answer),
            None => return Ok(tally),
        }
    }
}

async fn reread_answer(
    context: &CrawlContext,
    source: &Source,
    run: i64,
    archived: &Archived,
    tally: &mut CrawlTally,
) -> Result<(), HarvestError> {
    let bytes = context.archive.get_intact(&ArchiveKey::from_stored(&archived.payload)).await?;
    let size = bytes.as_ref().map_or(0, Bytes::len);
    let (shared, of) = (source.clone(), archived.clone());
    let (name, sha256, mut harvested) =
        match offload_large(size, move || interpret_archived(&shared, &of, bytes)).await {
            Ok(said) => said,
            // Earlier content of the answer stays.
            Err(why) => {
                let diagnostic = Diagnostic::unanswered(DiagnosticCode::Unreadable, &archived.payload, &why);
                let commit = Commit::for_question(&source.key, run, &archived.payload, Timestamp::now());
                context.store.commit_answer(Commit { diagnostics: vec![diagnostic], ..commit }).await?;
                return Ok(());
            }
        };
    speakers::name_speakers(&context.store, source, &mut harvested).await?;
    let (mut harvested, _) = clean::clean_large_answer(&name, size, harvested).await;
    tally.answered += 1;
    harvested.complete.retain(|scope| scope.origin.anchor().is_some());
    let committed = context
        .store
        .commit_answer(Commit {
            payload: Some(archived.payload.clone()),
            answer: Some(Archived { sha256, edition: EDITION, ..archived.clone() }),
            is_reread: true,
            parts: harvested.parts,
            complete: harvested.complete,
            diagnostics: harvested.diagnostics,
            ..Commit::for_question(&source.key, run, &name, archived.fetched)
        })
        .await?;
    tally.note_erasures(&committed);
    Ok(())
}

/// Parses an archived answer with the current adapters. Returns the name of its question, its hash and its content.
fn interpret_archived(
    source: &Source,
    archived: &Archived,
    bytes: Option<Bytes>,
) -> Result<(String, String, Harvested<CrawlTask>), String> {
    let bytes = bytes.ok_or("the archive has lost it, or holds it damaged")?;
    let task = CrawlTask::parse(source.supplier, archived.task.clone())
        .map_err(|why| format!("its question is of another edition: {why}"))?;
    let sha256 = ContentHash::of_bytes(&bytes).to_string();
    let answer = Answer {
        status: 200,
        bytes,
        fetched: archived.fetched,
        validator: None,
        parsed: ParsedBody::default(),
    };
    match interpret(source, &task, &answer) {
        Interpretation::Says(Interpreted { harvested, .. }) => Ok((task.name(), sha256, harvested)),
        Interpretation::Unreadable(why) => Err(why),
        Interpretation::Amounts(_) => Err("it is no answer any more".to_owned()),
    }
}
