//! The documents behind a news article, and their number for many articles at once.

use async_graphql::{Context, Error, ID, InputObject, Object, Result, SimpleObject};
use futures::future::try_join_all;
use jiff::ToSpan;
use raadhuis_schema::Kind;
use raadhuis_search::{
    Between, EntryFilter, Facet, Query, SearchRequest,
    query::Expr,
    related::{Article, Candidate, RelatedQuery, build_query, candidates},
};

use super::{
    at_most::AtMost,
    connection::{cost, row_count},
    loader::internal_error,
    scalar::Day,
    search::{SearchPage, filter::SearchFilter, run_engine_search},
};
use crate::Library;

/// The cost of looking up the words of one article.
pub const ARTICLE: usize = 2_000;

/// The number of days around an article in which a meeting counts: by default, and at most.
const WINDOW: i32 = 14;
const WIDEST: i32 = 3_650;

/// The maximum length of a headline and of one chosen term, in bytes.
const LONGEST_TITLE: usize = 4096;
const LONGEST_TERM: usize = 200;

/// The number of bytes of an article that are read. The rest is ignored, because an article states its subject at the beginning.
const LONGEST: usize = 20_000;

/// A news article. It is not stored and not logged.
#[derive(Clone, Debug, InputObject)]
pub struct ArticleInput {
    /// The headline, at most 4096 bytes.
    #[graphql(default)]
    pub title: String,
    /// The text, or its beginning. Give terms instead, if you do not want to send the text.
    #[graphql(default)]
    pub text: String,
    /// Words chosen beforehand, such as keywords of the page, at most 100 of at most 200 bytes each; with terms the text is not
    /// used.
    #[graphql(default, validator(custom = AtMost(100, "terms")))]
    pub terms: Vec<String>,
    /// The day of publication. Without it, documents of all days count.
    pub published_at: Option<Day>,
}

/// An article for which only the number of documents is wanted.
#[derive(Clone, Debug, InputObject)]
pub struct CountedArticleInput {
    /// A name of your choice for the article, returned with its number.
    pub id: ID,
    /// The article itself, as in relatedTo.
    pub article: ArticleInput,
}

/// The number of documents behind an article.
#[derive(Clone, Debug, SimpleObject)]
pub struct RelatedCount {
    /// The name given to the article.
    id: ID,
    /// The exact number of documents.
    count: u64,
}

pub struct RelatedPapers {
    told: RelatedQuery,
    filter: EntryFilter,
}

/// The documents behind an article: those with enough of its distinctive words.
#[Object]
impl RelatedPapers {
    /// The words and names of the article that are distinctive and occur in some document, the most distinctive first.
    async fn terms_used(&self) -> Vec<&str> {
        self.told.used.iter().map(|it| it.shown.as_str()).collect()
    }

    /// The terms used that name a place.
    async fn places_used(&self) -> Vec<&str> {
        self.told.used.iter().filter(|it| it.is_place).map(|it| it.shown.as_str()).collect()
    }

    /// The search that was made, in the query language; null when too few of the words occur in any document.
    async fn query(&self) -> Option<String> {
        self.told.query.as_ref().map(Query::understood)
    }

    /// The documents, those with most of the words first.
    #[graphql(complexity = "ARTICLE + cost(first, child_complexity)")]
    async fn results(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The number of rows, at most 100; 20 when not given.")] first: Option<i32>,
        #[graphql(desc = "Only rows after this cursor.")] after: Option<String>,
    ) -> Result<SearchPage> {
        let query = self.told.query.clone().unwrap_or(Query { expr: Expr::Nothing });
        let asked = query.understood();
        let ask = SearchRequest {
            filter: self.filter.clone(),
            after,
            ..SearchRequest::new(query, row_count(first)? as usize)
        };
        run_engine_search(context, &asked, ask).await
    }
}

pub async fn related_to(
    context: &Context<'_>,
    article: ArticleInput,
    filter: Option<SearchFilter>,
    window_days: Option<i32>,
) -> Result<RelatedPapers> {
    let filter = narrow_filter(filter, &article, window_days)?;
    Ok(RelatedPapers { told: find_distinctive_terms(context, article, &filter).await?, filter })
}

pub async fn related_counts(
    context: &Context<'_>,
    articles: Vec<CountedArticleInput>,
    filter: Option<SearchFilter>,
    window_days: Option<i32>,
) -> Result<Vec<RelatedCount>> {
    let mut counts = Vec::new();
    for CountedArticleInput { id, article } in articles {
        let filter = narrow_filter(filter.clone(), &article, window_days)?;
        let count = match find_distinctive_terms(context, article, &filter).await?.query {
            Some(query) => count_results(context, query, &filter).await?,
            None => 0,
        };
        counts.push(RelatedCount { id, count });
    }
    Ok(counts)
}

/// Restricts to meetings around the day of the article, and to documents unless other kinds are requested.
fn narrow_filter(
    filter: Option<SearchFilter>,
    article: &ArticleInput,
    window: Option<i32>,
) -> Result<EntryFilter> {
    let mut filter = filter.unwrap_or_default().for_engine()?;
    let days = window.unwrap_or(WINDOW);
    if !(0..=WIDEST).contains(&days) {
        return Err(Error::new(format!("windowDays is {days}; it is a number of days from 0 to {WIDEST}")));
    }
    if let Some(Day(day)) = article.published_at {
        let window =
            Between { from: day.checked_sub(days.days()).ok(), until: day.checked_add(days.days()).ok() };
        filter.meeting_date = window;
    }
    filter.values.entry(Facet::Kind).or_insert_with(|| [Kind::Document.as_str().to_owned()].into());
    Ok(filter)
}

/// Determines the distinctive words of an article. Their rarity is measured over all days, because a word may be common in one
/// week only.
async fn find_distinctive_terms(
    context: &Context<'_>,
    article: ArticleInput,
    filter: &EntryFilter,
) -> Result<RelatedQuery> {
    let ArticleInput { title, mut text, terms, .. } = article;
    check_length("title", &title, LONGEST_TITLE)?;
    terms.iter().try_for_each(|term| check_length("terms", term, LONGEST_TERM))?;
    let end = (0..=LONGEST.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    text.truncate(end);
    let found = candidates(&Article { title, text, terms });
    let everywhen = EntryFilter { meeting_date: Between::default(), ..filter.clone() };
    let counted =
        try_join_all(found.into_iter().map(|it| count_with_candidate(context, it, &everywhen))).await?;
    let whole = count_results(context, Query { expr: Expr::All }, &everywhen).await?;
    Ok(build_query(counted, whole))
}

async fn count_with_candidate(
    context: &Context<'_>,
    candidate: Candidate,
    filter: &EntryFilter,
) -> Result<(Candidate, u64)> {
    let query = Query { expr: candidate.expr.clone() };
    let frequency = count_results(context, query, filter).await?;
    Ok((candidate, frequency))
}

fn check_length(field: &str, text: &str, most: usize) -> Result<()> {
    if text.len() > most {
        let why = format!("article.{field} has {} bytes; at most {most} are read", text.len());
        return Err(Error::new(why));
    }
    Ok(())
}

async fn count_results(context: &Context<'_>, query: Query, filter: &EntryFilter) -> Result<u64> {
    let ask = SearchRequest { filter: filter.clone(), ..SearchRequest::new(query, 0) };
    let found = context.data::<Library>()?.search.find_entries(&ask).await;
    found
        .map(|found| found.total)
        .map_err(|why| if why.is_the_readers() { Error::new(why.to_string()) } else { internal_error(&why) })
}
