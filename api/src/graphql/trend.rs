//! The words of a month.

use std::collections::BTreeSet;

use async_graphql::{Context, Error, Result, SimpleObject};
use futures::future::try_join_all;
use jiff::{ToSpan, civil::Date};
use raadhuis_schema::{DocumentText, EntityId, Kind};
use raadhuis_search::{
    Ask, Between, Facet, Filter, Query, Sort,
    query::{Expr, Term},
    trend::{Spoken, prominence, spoken},
};

use super::{
    connection::rows,
    held::{FromStored, Held},
    loader::{hidden, several, text_of, texts},
    search::filter::SearchFilter,
};
use crate::Library;

/// What the words of a month cost: their papers are read.
pub const TRENDS: usize = 60_000;

/// Papers whose words are looked at.
const SAMPLE: usize = 200;

/// Words of them that are counted over all papers.
const COUNTED: usize = 80;

/// Months before with which the month is compared.
const BEFORE: i32 = 6;

/// Authorities that are named with a word.
const NAMED: usize = 5;

/// A word must stand in so many papers to stand out.
const LEAST: u64 = 2;

/// A word of a month.
#[derive(Clone, Debug, SimpleObject)]
pub struct Trend {
    /// The word, in the form in which it is used most.
    term: String,
    /// How many papers of the month have it in any form.
    count: u64,
    /// How many of the six months before have it.
    previous_count: u64,
    /// How much it stands out: the evidence that it is more frequent than before (log-likelihood after Dunning).
    prominence: f64,
    /// The authorities with most of these papers, at most five.
    authorities: Vec<TrendAuthority>,
}

/// An authority that uses a word.
#[derive(Clone, Debug, SimpleObject)]
pub struct TrendAuthority {
    /// It.
    authority: Held<raadhuis_schema::Authority>,
    /// How many of its papers of the month have the word.
    count: u64,
}

/// The words that stand out in a month.
pub async fn trends(
    context: &Context<'_>,
    month: &str,
    filter: Option<SearchFilter>,
    first: Option<i32>,
) -> Result<Vec<Trend>> {
    let first = rows(first)? as usize;
    let (begin, end) = days(month)
        .ok_or_else(|| Error::new(format!("month is {month:?}, which is no month such as 2026-03")))?;
    let mut filter = filter.unwrap_or_default().for_engine()?;
    filter.values.entry(Facet::Kind).or_insert_with(|| [Kind::Document.word().to_owned()].into());
    let of = |from: Date, until: Date| Filter {
        meeting_date: Between { from: Some(from), until: Some(until) },
        ..filter.clone()
    };
    let now = of(begin, end);
    let earlier = begin.checked_sub(BEFORE.months()).and_then(|from| Ok((from, begin.yesterday()?)));
    let (from, until) = earlier.map_err(|why| Error::new(why.to_string()))?;
    let before = of(from, until);
    let all = Query { expr: Expr::All };
    let (papers, of_now, _) = find(context, all.clone(), &now, SAMPLE, &[]).await?;
    let (_, of_before, _) = find(context, all, &before, 0, &[]).await?;
    let mut found = Vec::new();
    for word in words_of(context, &papers).await?.into_iter().filter(|it| it.papers >= LEAST).take(COUNTED) {
        let Some(term) = Term::of(&word.shown) else { continue };
        let query = Query { expr: Expr::Word(term) };
        let (_, count, whose) = find(context, query.clone(), &now, 0, &[Facet::Authority]).await?;
        let (_, previous, _) = find(context, query, &before, 0, &[]).await?;
        let prominence = prominence((count, of_now), (previous, of_before));
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
    // All authorities of all words in one call.
    let ids: BTreeSet<EntityId> = found.iter().flat_map(|(_, whose)| most_of(whose)).map(|it| it.0).collect();
    let known = several(context, &ids.into_iter().collect::<Vec<_>>()).await?;
    let named = |whose: &[(String, u64)]| {
        let of = |(id, count): (EntityId, u64)| {
            let stored = known.iter().find(|stored| *stored.entity.id() == id)?.clone();
            Some(TrendAuthority { authority: Held::from_stored(stored)?, count })
        };
        most_of(whose).filter_map(of).collect()
    };
    Ok(found.into_iter().map(|(trend, whose)| Trend { authorities: named(&whose), ..trend }).collect())
}

/// The first and the last day of a month.
fn days(month: &str) -> Option<(Date, Date)> {
    let (year, number) =
        month.split_once('-').filter(|(year, number)| year.len() == 4 && number.len() == 2)?;
    let first = Date::new(year.parse().ok()?, number.parse().ok()?, 1).ok()?;
    Some((first, first.last_of_month()))
}

type Found = (Vec<EntityId>, u64, Vec<(String, u64)>);

async fn find(
    context: &Context<'_>,
    query: Query,
    filter: &Filter,
    first: usize,
    facets: &[Facet],
) -> Result<Found> {
    let ask =
        Ask { filter: filter.clone(), sort: Sort::Match, facets: facets.to_vec(), ..Ask::of(query, first) };
    let found = context.data::<Library>()?.search.find(&ask).await.map_err(|why| hidden(&why))?;
    let mut whose: Vec<(String, u64)> =
        found.facets.get(&Facet::Authority).cloned().unwrap_or_default().into_iter().collect();
    whose.sort_by(|a, b| (b.1, &a.0).cmp(&(a.1, &b.0)));
    Ok((found.hits.into_iter().map(|hit| hit.id).collect(), found.total, whose))
}

/// The words of documents, once for each.
async fn words_of(context: &Context<'_>, papers: &[EntityId]) -> Result<Vec<Spoken>> {
    let found = try_join_all(papers.iter().map(|id| text_of(context, id))).await?;
    let wanted: Vec<Option<&DocumentText>> =
        found.iter().map(|text| text.as_ref().map(|text| &text.it)).collect();
    let pages = texts(context, &wanted).await?;
    let counted = move || {
        spoken(pages.iter().flatten().map(|pages| pages.iter().map(|page| page.text.as_str()).collect()))
    };
    tokio::task::spawn_blocking(counted).await.map_err(|why| Error::new(why.to_string()))
}

/// The authorities with most papers.
fn most_of(whose: &[(String, u64)]) -> impl Iterator<Item = (EntityId, u64)> {
    whose.iter().take(NAMED).filter_map(|(id, count)| Some((id.parse().ok()?, *count)))
}
