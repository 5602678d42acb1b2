//! The words that stand out in a month.

use std::collections::BTreeSet;

use async_graphql::{Context, Error, Result, SimpleObject};
use futures::future::try_join_all;
use jiff::{ToSpan, civil::Date};
use raadhuis_schema::{DocumentText, EntityId, Kind};
use raadhuis_search::{
    Between, EntryFilter, Facet, Query, SearchRequest, Sort,
    query::{Expr, QueryTerm},
    trend::{Spoken, WordShare, count_stems, prominence},
};

use super::{
    connection::row_count,
    loader::{internal_error, load_many, load_pages, load_text},
    search::filter::SearchFilter,
    stored_record::{FromStored, StoredRecord},
};
use crate::Library;

/// The cost of the trends of a month: its documents are read.
pub const TRENDS: usize = 60_000;

/// The maximum number of documents from which candidate words are taken.
const SAMPLE: usize = 200;

/// The maximum number of candidate words that are counted over all documents.
const COUNTED: usize = 80;

/// The number of earlier months with which a month is compared.
const BEFORE: i32 = 6;

/// The maximum number of authorities named with a word.
const NAMED: usize = 5;

/// The minimum number of sampled documents with a candidate word.
const LEAST: u64 = 2;

/// A word that stands out in a month.
#[derive(Clone, Debug, SimpleObject)]
pub struct Trend {
    /// The word, in its most used form.
    term: String,
    /// The number of documents of the month that have the word in any form.
    count: u64,
    /// The number of documents of the six months before that have the word.
    previous_count: u64,
    /// The evidence that the word is more frequent than before (log-likelihood after Dunning); higher is stronger.
    prominence: f64,
    /// The public bodies with most of these documents, five or fewer.
    authorities: Vec<TrendAuthority>,
}

/// A public body whose documents use a word.
#[derive(Clone, Debug, SimpleObject)]
pub struct TrendAuthority {
    /// The public body (overheid) that published the documents.
    authority: StoredRecord<raadhuis_schema::Authority>,
    /// The number of its documents of the month that have the word.
    count: u64,
}

/// Lists the words that stand out in a month.
pub async fn find_trends(
    context: &Context<'_>,
    month: &str,
    filter: Option<SearchFilter>,
    first: Option<i32>,
) -> Result<Vec<Trend>> {
    let first = row_count(first)? as usize;
    let (begin, end) = month_days(month)
        .ok_or_else(|| Error::new(format!("month is {month:?}, which is no month such as 2026-03")))?;
    let mut filter = filter.unwrap_or_default().for_engine()?;
    filter.values.entry(Facet::Kind).or_insert_with(|| [Kind::Document.as_str().to_owned()].into());
    let now = with_meeting_days(&filter, begin, end);
    let earlier = begin.checked_sub(BEFORE.months()).and_then(|from| Ok((from, begin.yesterday()?)));
    let (from, until) = earlier.map_err(|why| Error::new(why.to_string()))?;
    let before = with_meeting_days(&filter, from, until);
    let all = Query { expr: Expr::All };
    let (papers, of_now, _) = find_documents(context, all.clone(), &now, SAMPLE, &[]).await?;
    let (_, of_before, _) = find_documents(context, all, &before, 0, &[]).await?;
    let mut found = Vec::new();
    for word in count_words(context, &papers).await?.into_iter().filter(|it| it.papers >= LEAST).take(COUNTED)
    {
        let Some(term) = QueryTerm::analyse_run(&word.shown) else { continue };
        let query = Query { expr: Expr::Word(term) };
        let (_, count, whose) = find_documents(context, query.clone(), &now, 0, &[Facet::Authority]).await?;
        let (_, previous, _) = find_documents(context, query, &before, 0, &[]).await?;
        let prominence = prominence(
            WordShare { with_word: count, all: of_now },
            WordShare { with_word: previous, all: of_before },
        );
        if prominence > 0.0 {
            let trend = Trend {
                term: word.shown,
                count,
                previous_count: previous,
                prominence,
                authorities: Vec::new(),
            };
            found.push((trend, whose));
        }
    }
    found.sort_by(|(a, _), (b, _)| b.prominence.total_cmp(&a.prominence).then_with(|| a.term.cmp(&b.term)));
    found.truncate(first);
    // One call loads the authorities of all words.
    let ids: BTreeSet<EntityId> =
        found.iter().flat_map(|(_, whose)| top_authorities(whose)).map(|it| it.0).collect();
    let known = load_many(context, &ids.into_iter().collect::<Vec<_>>()).await?;
    let mut trends = Vec::with_capacity(found.len());
    for (mut trend, whose) in found {
        for (id, count) in top_authorities(&whose) {
            let stored = known.iter().find(|stored| *stored.entity.id() == id).cloned();
            if let Some(authority) = stored.and_then(StoredRecord::from_stored) {
                trend.authorities.push(TrendAuthority { authority, count });
            }
        }
        trends.push(trend);
    }
    Ok(trends)
}

fn with_meeting_days(filter: &EntryFilter, from: Date, until: Date) -> EntryFilter {
    EntryFilter { meeting_date: Between { from: Some(from), until: Some(until) }, ..filter.clone() }
}

/// The first and the last day of a month.
fn month_days(month: &str) -> Option<(Date, Date)> {
    let (year, number) =
        month.split_once('-').filter(|(year, number)| year.len() == 4 && number.len() == 2)?;
    let first = Date::new(year.parse().ok()?, number.parse().ok()?, 1).ok()?;
    Some((first, first.last_of_month()))
}

type Found = (Vec<EntityId>, u64, Vec<(String, u64)>);

async fn find_documents(
    context: &Context<'_>,
    query: Query,
    filter: &EntryFilter,
    first: usize,
    facets: &[Facet],
) -> Result<Found> {
    let ask = SearchRequest {
        filter: filter.clone(),
        sort: Sort::Match,
        facets: facets.to_vec(),
        ..SearchRequest::new(query, first)
    };
    let found =
        context.data::<Library>()?.search.find_entries(&ask).await.map_err(|why| internal_error(&why))?;
    let mut whose: Vec<(String, u64)> =
        found.facets.get(&Facet::Authority).cloned().unwrap_or_default().into_iter().collect();
    whose.sort_by(|a, b| (b.1, &a.0).cmp(&(a.1, &b.0)));
    Ok((found.hits.into_iter().map(|hit| hit.id).collect(), found.total, whose))
}

/// The words of documents, each word counted once per document.
async fn count_words(context: &Context<'_>, papers: &[EntityId]) -> Result<Vec<Spoken>> {
    let found = try_join_all(papers.iter().map(|id| load_text(context, id))).await?;
    let wanted: Vec<Option<&DocumentText>> =
        found.iter().map(|text| text.as_ref().map(|text| &text.entity)).collect();
    let pages = load_pages(context, &wanted).await?;
    tokio::task::spawn_blocking(move || {
        count_stems(pages.iter().flatten().map(|pages| pages.iter().map(|page| page.text.as_str()).collect()))
    })
    .await
    .map_err(|why| Error::new(why.to_string()))
}

/// The authorities with most documents.
fn top_authorities(whose: &[(String, u64)]) -> impl Iterator<Item = (EntityId, u64)> {
    whose.iter().take(NAMED).filter_map(|(id, count)| Some((id.parse().ok()?, *count)))
}
