//! Which papers lie behind an article, and how many for many articles at once.

use async_graphql::{Context, Error, ID, InputObject, Object, Result, SimpleObject};
use futures::future::try_join_all;
use jiff::ToSpan;
use raadhuis_schema::Kind;
use raadhuis_search::{
    Ask, Between, Facet, Filter, Query,
    query::Expr,
    related::{Article, Candidate, Told, candidates, told},
};

use super::{
    at_most::AtMost,
    connection::{cost, rows},
    loader::hidden,
    scalar::Day,
    search::{SearchPage, answer, filter::SearchFilter},
};
use crate::Library;

/// What it costs to look up the words of one article.
pub const ARTICLE: usize = 2_000;

/// Days around an article in which a meeting counts, when nothing is said; and at most.
const WINDOW: i32 = 14;
const WIDEST: i32 = 3_650;

/// The longest headline, and the longest of the terms that were chosen already, in bytes.
const LONGEST_TITLE: usize = 4096;
const LONGEST_TERM: usize = 200;

/// The longest article, in bytes. What comes behind that is not read: an article says at its head what it is about.
const LONGEST: usize = 20_000;

/// An article in the news. It is not kept and not logged.
#[derive(Clone, Debug, InputObject)]
pub struct ArticleInput {
    /// Its headline, at most 4096 bytes.
    #[graphql(default)]
    pub title: String,
    /// Its text, or the beginning of it. Whoever does not want to send it gives terms.
    #[graphql(default)]
    pub text: String,
    /// Words that were chosen already, such as keywords of the page, at most 100 of at most 200 bytes; with them the
    /// text is not looked at.
    #[graphql(default, validator(custom = AtMost(100, "terms")))]
    pub terms: Vec<String>,
    /// The day on which it was published. Without it papers of all days count.
    pub published_at: Option<Day>,
}

/// An article of which only the number of papers is asked.
#[derive(Clone, Debug, InputObject)]
pub struct CountedArticleInput {
    /// A name for it, that comes back with the number.
    pub id: ID,
    /// It.
    pub article: ArticleInput,
}

/// How many papers lie behind an article.
#[derive(Clone, Debug, SimpleObject)]
pub struct RelatedCount {
    /// The name that was given.
    id: ID,
    /// How many.
    count: u64,
}

/// The papers that lie behind an article.
pub struct RelatedPapers {
    told: Told,
    filter: Filter,
}

/// The papers that lie behind an article: those that have enough of the words that tell it from all others.
#[Object]
impl RelatedPapers {
    /// The words and names that say what the article is about and stand in any paper, those that say most first.
    async fn terms_used(&self) -> Vec<&str> {
        self.told.used.iter().map(|it| it.shown.as_str()).collect()
    }

    /// Those of them that name a place.
    async fn places_used(&self) -> Vec<&str> {
        self.told.used.iter().filter(|it| it.is_place).map(|it| it.shown.as_str()).collect()
    }

    /// What was looked for, in the query language; null where too few of the words stand in any paper.
    async fn query(&self) -> Option<String> {
        self.told.query.as_ref().map(Query::understood)
    }

    /// The papers, those with most of the words first.
    #[graphql(complexity = "ARTICLE + cost(first, child_complexity)")]
    async fn results(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "How many, at most 100; 20 when not given.")] first: Option<i32>,
        #[graphql(desc = "Behind this cursor.")] after: Option<String>,
    ) -> Result<SearchPage> {
        let query = self.told.query.clone().unwrap_or(Query { expr: Expr::Nothing });
        let asked = query.understood();
        let ask = Ask { filter: self.filter.clone(), after, ..Ask::of(query, rows(first)? as usize) };
        answer(context, &asked, ask).await
    }
}

/// The papers behind an article.
pub async fn related_to(
    context: &Context<'_>,
    article: ArticleInput,
    filter: Option<SearchFilter>,
    window_days: Option<i32>,
) -> Result<RelatedPapers> {
    let filter = narrowed(filter, &article, window_days)?;
    Ok(RelatedPapers { told: tell(context, article, &filter).await?, filter })
}

/// How many papers lie behind each of many articles.
pub async fn related_counts(
    context: &Context<'_>,
    articles: Vec<CountedArticleInput>,
    filter: Option<SearchFilter>,
    window_days: Option<i32>,
) -> Result<Vec<RelatedCount>> {
    let mut counts = Vec::new();
    for CountedArticleInput { id, article } in articles {
        let filter = narrowed(filter.clone(), &article, window_days)?;
        let count = match tell(context, article, &filter).await?.query {
            Some(query) => total(context, query, &filter).await?,
            None => 0,
        };
        counts.push(RelatedCount { id, count });
    }
    Ok(counts)
}

/// Documents, unless other kinds are asked for, of meetings around the day of the article.
fn narrowed(filter: Option<SearchFilter>, article: &ArticleInput, window: Option<i32>) -> Result<Filter> {
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
    filter.values.entry(Facet::Kind).or_insert_with(|| [Kind::Document.word().to_owned()].into());
    Ok(filter)
}

/// What an article is about. How rare its words are is asked of all days: a word may be the word of the week.
async fn tell(context: &Context<'_>, article: ArticleInput, filter: &Filter) -> Result<Told> {
    let ArticleInput { title, mut text, terms, .. } = article;
    let too_long = |field: &str, text: &str, most: usize| {
        let why = || format!("article.{field} has {} bytes; at most {most} are read", text.len());
        if text.len() > most { Err(Error::new(why())) } else { Ok(()) }
    };
    too_long("title", &title, LONGEST_TITLE)?;
    terms.iter().try_for_each(|term| too_long("terms", term, LONGEST_TERM))?;
    let end = (0..=LONGEST.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    text.truncate(end);
    let found = candidates(&Article { title, text, terms });
    let everywhen = Filter { meeting_date: Between::default(), ..filter.clone() };
    let frequency = async |it: Candidate| -> Result<(Candidate, u64)> {
        let query = Query { expr: it.expr.clone() };
        let frequency = total(context, query, &everywhen).await?;
        Ok((it, frequency))
    };
    let counted = try_join_all(found.into_iter().map(frequency)).await?;
    let whole = total(context, Query { expr: Expr::All }, &everywhen).await?;
    Ok(told(counted, whole))
}

async fn total(context: &Context<'_>, query: Query, filter: &Filter) -> Result<u64> {
    let ask = Ask { filter: filter.clone(), ..Ask::of(query, 0) };
    let found = context.data::<Library>()?.search.find(&ask).await;
    found
        .map(|found| found.total)
        .map_err(|why| if why.is_the_readers() { Error::new(why.to_string()) } else { hidden(&why) })
}
