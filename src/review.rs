//! `review`: lists personal numbers that were found in files, and records rulings about their pages.

use std::process::ExitCode;

use anyhow::bail;
use jiff::Timestamp;
use raadhuis_harvester::files::apply_rulings;
use raadhuis_schema::{Entity, EntityId, Reviewed, Ruling};
use raadhuis_store::{Locked, SharedStore};

use crate::{command, data::Folder, print};

/// The length of a whole SHA-256 hash in letters.
const WHOLE_HASH: usize = 64;

/// Records the rulings that were given; without any, lists the findings without a ruling.
pub async fn run(review: command::ReviewArgs) -> anyhow::Result<ExitCode> {
    let folder = Folder::open(&review.data).await?;
    let lock = Locked::take_lock(&review.data.data).ok();
    let all = folder.store.findings(None).await?;
    let released = review.release.iter().map(|page| (page, Ruling::Release));
    let ruled: Vec<_> = released.chain(review.withhold.iter().map(|page| (page, Ruling::Withhold))).collect();
    for (page, ruling) in &ruled {
        let pages = find_pages(&all, page)?;
        for (sha256, number) in &pages {
            folder.store.keep_ruling(sha256, *number, *ruling, Timestamp::now()).await?;
        }
        let policy = folder.store.read_policy().await?.unwrap_or_default();
        for (sha256, _) in &pages {
            apply_rulings(&folder.store, policy, sha256, load_pages_total(&folder.store, sha256).await?)
                .await?;
        }
    }
    if !ruled.is_empty() {
        // Another process may hold the index writer; it follows the log itself, or the next start does.
        let is_followed = lock.is_some() && folder.update_index().await.is_ok();
        print::ruling_count(ruled.len(), is_followed);
        return Ok(ExitCode::SUCCESS);
    }
    let waiting: Vec<&Reviewed> = all.iter().filter(|it| review.all || it.ruling.is_none()).collect();
    let mut files: Vec<String> = waiting.iter().map(|it| it.sha256.clone()).collect();
    files.dedup();
    print::findings(&waiting, &folder.store.texts_of(&files).await?);
    Ok(ExitCode::SUCCESS)
}

async fn load_pages_total(store: &SharedStore, sha256: &str) -> anyhow::Result<u32> {
    let holders = store.texts_of(&[sha256.to_owned()]).await?;
    let ids: Vec<EntityId> = holders.into_iter().map(|(_, id)| id).collect();
    let totals = store.get(&ids).await?.into_iter().filter_map(|stored| match stored.entity {
        Entity::DocumentText(text) => Some(text.pages_total),
        _ => None,
    });
    Ok(totals.max().unwrap_or_default())
}

/// The pages that `SHA256` or `SHA256:PAGE` selects; the first letters of a hash suffice if they are unique.
fn find_pages(all: &[Reviewed], named: &str) -> anyhow::Result<Vec<(String, u32)>> {
    let (start, page) = named.split_once(':').map_or((named, None), |(start, page)| (start, Some(page)));
    let number: Option<u32> =
        page.map(str::parse).transpose().map_err(|_| anyhow::anyhow!("{named:?} names no page"))?;
    let is_it = |it: &&Reviewed| {
        it.sha256.starts_with(start) && number.is_none_or(|number| number == it.finding.page)
    };
    let mut pages: Vec<(String, u32)> =
        all.iter().filter(is_it).map(|it| (it.sha256.clone(), it.finding.page)).collect();
    pages.dedup();
    match (pages.as_slice(), number) {
        // A page without a finding can be withheld too.
        ([], Some(number)) if start.len() == WHOLE_HASH => Ok(vec![(start.to_owned(), number)]),
        ([], _) => bail!("nothing was found on {named:?}; raadhuis review lists what was"),
        ([first, rest @ ..], _) if rest.iter().any(|other| other.0 != first.0) => {
            bail!("{named:?} is the beginning of more than one hash")
        }
        _ => Ok(pages),
    }
}
