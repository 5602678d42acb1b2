//! `review`: numbers of persons that were found in files, and what a person rules of their pages.

use std::process::ExitCode;

use anyhow::bail;
use jiff::Timestamp;
use raadhuis_harvester::follow::text::reveal;
use raadhuis_schema::{Reviewed, Ruling};
use raadhuis_store::Locked;

use crate::{command, data::Folder, print};

/// Rules of the pages that are named; without any, lists what waits.
pub async fn run(review: command::Review) -> anyhow::Result<ExitCode> {
    let folder = Folder::open(&review.data.data).await?;
    let lock = Locked::take(&review.data.data).ok();
    let all = folder.store.findings(None).await?;
    let released = review.release.iter().map(|page| (page, Ruling::Release));
    let ruled: Vec<_> = released.chain(review.withhold.iter().map(|page| (page, Ruling::Withhold))).collect();
    for (page, ruling) in &ruled {
        let pages = pages_of(&all, page)?;
        for (sha256, number) in &pages {
            folder.store.rule((sha256, *number), *ruling, Timestamp::now()).await?;
        }
        for (sha256, _) in &pages {
            reveal((&folder.store, &folder.archive), review.privacy.personal_numbers, sha256).await?;
        }
    }
    if !ruled.is_empty() {
        // Another program may hold the index; it follows the log itself, or the next start does.
        let is_followed = lock.is_some() && folder.follow().await.is_ok();
        print::ruled(ruled.len(), is_followed);
        return Ok(ExitCode::SUCCESS);
    }
    let waiting: Vec<&Reviewed> = all.iter().filter(|it| review.all || it.ruling.is_none()).collect();
    let mut files: Vec<String> = waiting.iter().map(|it| it.sha256.clone()).collect();
    files.dedup();
    print::review(&waiting, &folder.store.texts_of(&files).await?);
    Ok(ExitCode::SUCCESS)
}

/// The pages that `SHA256` or `SHA256:PAGE` names; the first letters of a hash are enough where they are one file's.
fn pages_of(all: &[Reviewed], named: &str) -> anyhow::Result<Vec<(String, u32)>> {
    let (start, page) = named.split_once(':').map_or((named, None), |(start, page)| (start, Some(page)));
    let number: Option<u32> =
        page.map(str::parse).transpose().map_err(|_| anyhow::anyhow!("{named:?} names no page"))?;
    let is_it = |it: &&Reviewed| {
        it.sha256.starts_with(start) && number.is_none_or(|number| number == it.finding.page)
    };
    let mut pages: Vec<(String, u32)> =
        all.iter().filter(is_it).map(|it| (it.sha256.clone(), it.finding.page)).collect();
    pages.dedup();
    match pages.as_slice() {
        [] => bail!("nothing was found on {named:?}; raadhuis review lists what was"),
        [first, rest @ ..] if rest.iter().any(|other| other.0 != first.0) => {
            bail!("{named:?} is the beginning of more than one hash")
        }
        _ => Ok(pages),
    }
}
