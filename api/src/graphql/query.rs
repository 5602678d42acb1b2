//! The root: where every query begins.

use async_graphql::{Context, ID, Object, Result};
use raadhuis_schema::{self as schema, Kind};
use raadhuis_store::{Filter, TermsOf};

use super::{
    alert::{self, Alert, FeedAddresses, SearchPreview},
    at_most::{AtMost, MOST_FILTER_VALUES},
    authorities::{AuthorityFilter, authorities},
    change::{Changes, changes},
    connection::{PageOf, Paging, cost, list},
    coverage::{self, Coverage},
    dossier::{DOSSIER, Dossier, dossier},
    glossary::{self, GLOSSARY, GlossaryTerm},
    held::{FromStored, Held},
    loader::{hidden, several},
    node::{self, Node},
    province::{self, ProvinceCoverage},
    related::{
        ARTICLE, ArticleInput, CountedArticleInput, RelatedCount, RelatedPapers, related_counts, related_to,
    },
    scalar::{CoverageState, Day},
    search::{
        self, Asked, SearchOperator, SearchPage,
        facet::SearchFacet,
        filter::{SearchFilter, SearchSort},
    },
    source::Source,
    tombstone::{self, Tombstone},
    trend::{TRENDS, Trend, trends},
};
use crate::Library;

/// What a search costs before its hits are looked at.
const SEARCH: usize = 5_000;

/// Where every query begins.
pub struct Query;

/// What Dutch councils decide. All times are Dutch; all lists come in pages of at most 100.
#[Object]
impl Query {
    /// The thing with this id; null when it is unknown, withdrawn or not public.
    async fn node(&self, context: &Context<'_>, #[graphql(desc = "Its id.")] id: ID) -> Result<Option<Node>> {
        match id.parse() {
            Ok(id) => node::node(context, &id).await,
            // An id that cannot be ours is unknown, not an error: clients never take ids apart.
            Err(_) => Ok(None),
        }
    }

    /// What is left of the thing with this id, when it is gone; null for what lives, and for what never was.
    async fn tombstone(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Its id.")] id: ID,
    ) -> Result<Option<Tombstone>> {
        match id.parse() {
            Ok(id) => tombstone::tombstone(context, &id).await,
            Err(_) => Ok(None),
        }
    }

    /// The things with these ids, in their order; null for each that is unknown.
    #[graphql(complexity = "ids.len() * child_complexity + 1")]
    async fn nodes(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "At most 100 ids.", validator(custom = AtMost(100, "ids")))] ids: Vec<ID>,
    ) -> Result<Vec<Option<Node>>> {
        let parsed: Vec<Option<schema::EntityId>> = ids.iter().map(|id| id.parse().ok()).collect();
        let known: Vec<_> = parsed.iter().flatten().cloned().collect();
        let found = several(context, &known).await?;
        let of = |id: &schema::EntityId| found.iter().find(|stored| stored.entity.id() == id).cloned();
        Ok(parsed.iter().map(|id| Node::from_stored(of(id.as_ref()?)?)).collect())
    }

    /// Searches meetings, agenda items, documents (the text of all pages), motions, register entries, votes and recordings
    /// (what was said).
    ///
    /// All words must occur, in any of their forms or as parts of compounds; "words in quotes" must stand together as written.
    /// `-word`, `OR`, brackets, `prefix*`, `NEAR/5` and fields such as `title:` are understood; `searchCapabilities` lists
    /// them. An empty query matches everything that passes the filter.
    #[graphql(complexity = "SEARCH + cost(first, child_complexity)")]
    async fn search(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The words, at most 4096 bytes.")] query: String,
        #[graphql(desc = "Which things are searched.")] filter: Option<SearchFilter>,
        #[graphql(desc = "In which order results come; the best match first when not given.")] sort: Option<
            SearchSort,
        >,
        #[graphql(desc = "How many, at most 100; 20 when not given.")] first: Option<i32>,
        #[graphql(desc = "Behind this cursor.")] after: Option<String>,
        #[graphql(
            desc = "By what results are counted: at most 9, none of them twice.",
            validator(custom = AtMost(9, "facets"))
        )]
        facets: Option<Vec<SearchFacet>>,
        #[graphql(desc = "Whether values that no result has are counted too, with zero.")] zeroes: Option<
            bool,
        >,
    ) -> Result<SearchPage> {
        search::search(context, Asked { query: &query, filter, sort, first, after, facets, zeroes }).await
    }

    /// The papers that lie behind an article in the news: documents of meetings around its day that have enough of the words and
    /// names that tell it from all others. Nothing, where it is about nothing we hold.
    #[graphql(complexity = "ARTICLE + child_complexity")]
    async fn related_to(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The article.")] article: ArticleInput,
        #[graphql(desc = "Among which things; documents when no kind is given.")] filter: Option<
            SearchFilter,
        >,
        #[graphql(desc = "How many days before and after the article a meeting may be; 14 when not given.")]
        window_days: Option<i32>,
    ) -> Result<RelatedPapers> {
        related_to(context, article, filter, window_days).await
    }

    /// The same for many articles at once, as for the headlines of a page of news: only how many papers there are.
    #[graphql(complexity = "articles.len() * ARTICLE + child_complexity")]
    async fn related_counts(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "At most 50 articles.", validator(custom = AtMost(50, "articles")))] articles: Vec<
            CountedArticleInput,
        >,
        #[graphql(desc = "Among which things; documents when no kind is given.")] filter: Option<
            SearchFilter,
        >,
        #[graphql(desc = "How many days before and after an article a meeting may be; 14 when not given.")]
        window_days: Option<i32>,
    ) -> Result<Vec<RelatedCount>> {
        related_counts(context, articles, filter, window_days).await
    }

    /// The words that stand out among the papers of a month, those that do most first.
    ///
    /// Candidates are the words of a sample of its papers; how many papers have them is counted over all of them.
    #[graphql(complexity = "TRENDS + 10 * child_complexity")]
    async fn trends(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The month, as 2026-03.")] month: String,
        #[graphql(desc = "Among which things; documents when no kind is given.")] filter: Option<
            SearchFilter,
        >,
        #[graphql(desc = "How many, at most 100; 20 when not given.")] first: Option<i32>,
    ) -> Result<Vec<Trend>> {
        trends(context, &month, filter, first).await
    }

    /// How everything stands, in the order in which it came to stand so, tombstones included: whoever asks again and again for what comes
    /// behind the cursor it was given has a copy without a gap. `/v1/changes` gives the same with all fields, up to 10,000 at once.
    #[graphql(complexity = "100 + 10 * child_complexity")]
    async fn changes(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Behind this cursor; from the beginning when not given.")] after: Option<String>,
        #[graphql(
            desc = "Only of these authorities, by id or by code; at most 500.",
            validator(custom = AtMost(MOST_FILTER_VALUES, "authorities"))
        )]
        authorities: Option<Vec<ID>>,
        #[graphql(
            desc = "Only of these kinds, such as meeting or document; at most 500.",
            validator(custom = AtMost(MOST_FILTER_VALUES, "kinds"))
        )]
        kinds: Option<Vec<String>>,
        #[graphql(desc = "How many, at most 100; 20 when not given.")] first: Option<i32>,
    ) -> Result<Changes> {
        changes(context, after, authorities, kinds, first).await
    }

    /// How much a search would have told in the last days, had it been an alert.
    #[graphql(complexity = "SEARCH + child_complexity")]
    async fn search_preview(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The words, at most 4096 bytes.")] query: String,
        #[graphql(desc = "Among which things.")] filter: Option<SearchFilter>,
        #[graphql(desc = "How many days back, at most 366; 30 when not given.")] days: Option<i32>,
    ) -> Result<SearchPreview> {
        alert::preview(context, query, filter, days).await
    }

    /// Where a search is followed as a feed.
    async fn feed(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The words, at most 4096 bytes.")] query: Option<String>,
        #[graphql(desc = "Among which things.")] filter: Option<SearchFilter>,
    ) -> Result<FeedAddresses> {
        alert::feed(context, query.as_deref().unwrap_or_default(), filter)
    }

    /// The alert that a key opens; null when there is none any more.
    #[graphql(complexity = "100 + child_complexity")]
    async fn alert(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Either of its keys.")] token: String,
    ) -> Result<Option<Alert>> {
        alert::opened(context, token).await
    }

    /// What the search engine that serves here knows of the query language.
    async fn search_capabilities(&self, context: &Context<'_>) -> Result<Vec<SearchOperator>> {
        let known = context.data::<Library>()?.search.capabilities();
        Ok(known.iter().map(|operator| (*operator).into()).collect())
    }

    /// Authorities (overheden), also those of which nothing is held yet, by name; with a name given, the most like it first.
    #[graphql(complexity = "100 + cost(first.or(last), child_complexity)")]
    async fn authorities(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which.")] filter: Option<AuthorityFilter>,
        #[graphql(desc = "How many, at most 100; 20 when not given.")] first: Option<i32>,
        #[graphql(desc = "Behind this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100, in place of first.")] last: Option<i32>,
        #[graphql(desc = "Before this cursor.")] before: Option<String>,
    ) -> Result<PageOf<Held<schema::Authority>>> {
        authorities(context, filter.unwrap_or_default(), Paging { first, after, last, before }).await
    }

    /// What abbreviations stand for, anywhere: of each short form the long ones, those that are explained most often first.
    #[graphql(complexity = "GLOSSARY + 10 * child_complexity")]
    async fn glossary(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The abbreviation, as written: BRP.")] short: String,
        #[graphql(desc = "How many, at most 100; 20 when not given.")] first: Option<i32>,
    ) -> Result<Vec<GlossaryTerm>> {
        glossary::of(context, TermsOf::All, Some(short), first).await
    }

    /// What belongs together with a thing: the agenda items at which a document or a motion was treated, in whichever meeting, with
    /// their documents, entries and votes; null when the thing is unknown.
    #[graphql(complexity = "DOSSIER + 20 * child_complexity")]
    async fn dossier(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The id of an agenda item, document, register entry or vote.")] id: ID,
    ) -> Result<Option<Dossier>> {
        match id.parse() {
            Ok(id) => dossier(context, &id).await,
            Err(_) => Ok(None),
        }
    }

    /// Meetings of all authorities, newest first.
    #[graphql(complexity = "cost(first.or(last), child_complexity)")]
    async fn meetings(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Not before this day.")] from: Option<Day>,
        #[graphql(desc = "Not after this day.")] until: Option<Day>,
        #[graphql(desc = "How many, at most 100; 20 when not given.")] first: Option<i32>,
        #[graphql(desc = "Behind this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100, in place of first.")] last: Option<i32>,
        #[graphql(desc = "Before this cursor.")] before: Option<String>,
    ) -> Result<PageOf<Held<schema::Meeting>>> {
        let filter = Filter {
            kinds: vec![Kind::Meeting],
            from: from.map(|day| day.0),
            until: until.map(|day| day.0),
            ..Filter::default()
        };
        list(context, &filter, true, Paging { first, after, last, before }).await
    }

    /// Of each authority how complete it is (dekking), by name; an authority with several sources comes once for each.
    #[graphql(complexity = "cost(first.or(last), child_complexity)")]
    async fn coverage(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Only authorities of this province; empty for those that lie in none.")]
        province: Option<String>,
        #[graphql(desc = "Only the authority with this code, such as GM0518.")] code: Option<String>,
        #[graphql(desc = "Only sources that stand so.")] state: Option<CoverageState>,
        #[graphql(desc = "How many, at most 100; 20 when not given.")] first: Option<i32>,
        #[graphql(desc = "Behind this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100, in place of first.")] last: Option<i32>,
        #[graphql(desc = "Before this cursor.")] before: Option<String>,
    ) -> Result<PageOf<Coverage>> {
        let paging = Paging { first, after, last, before };
        coverage::coverage(context, province.as_deref(), code.as_deref(), state, paging).await
    }

    /// How complete each province is, by name. An authority that lies in several counts in each.
    #[graphql(complexity = "20 * child_complexity + 1")]
    async fn provinces(&self, context: &Context<'_>) -> Result<Vec<ProvinceCoverage>> {
        province::provinces(context).await
    }

    /// The sources that were harvested, by name.
    async fn sources(&self, context: &Context<'_>) -> Result<Vec<Source>> {
        let reports = context.data::<Library>()?.store.last_reports().await.map_err(|why| hidden(&why))?;
        Ok(reports.into_iter().map(Source).collect())
    }
}
