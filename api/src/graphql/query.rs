//! The root of all queries.

use async_graphql::{Context, ID, Object, Result};
use raadhuis_paged::paged;
use raadhuis_schema::{self as schema, Kind};
use raadhuis_store::{Filter, TermsOf};

use super::{
    alert::{self, AlertObject, FeedAddresses, SearchPreview},
    at_most::{AtMost, MOST_FILTER_VALUES},
    authorities::{AuthorityFilter, find_authorities},
    change::{Changes, list_changes},
    connection::{PageOf, Paging, cost, load_list},
    coverage::{self, CoverageObject},
    dossier::{DOSSIER, Dossier, collect_dossier},
    glossary::{self, GLOSSARY, GlossaryTerm},
    loader::{internal_error, load_many},
    node::{self, Node},
    province::{self, ProvinceCoverage},
    related::{
        ARTICLE, ArticleInput, CountedArticleInput, RelatedCount, RelatedPapers, related_counts, related_to,
    },
    scalar::{CoverageState, Day},
    search::{
        self, SearchArguments, SearchOperator, SearchPage,
        facet::SearchFacet,
        filter::{SearchFilter, SearchSort},
    },
    source::SourceObject,
    stored_record::{FromStored, StoredRecord},
    tombstone::{self, TombstoneObject},
    trend::{TRENDS, Trend, find_trends},
};
use crate::Library;

/// The cost of a search without its results.
const SEARCH: usize = 5_000;

pub struct QueryRoot;

/// The decisions of Dutch councils, with their meetings and documents. All times are Dutch; all lists come in pages of at most
/// 100.
#[paged]
#[Object(name = "Query")]
impl QueryRoot {
    /// The entity with this id; null when it is unknown, withdrawn or not public.
    async fn node(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The id of the entity.")] id: ID,
    ) -> Result<Option<Node>> {
        match id.parse() {
            Ok(id) => node::load_node(context, &id).await,
            // A malformed id is unknown, not an error, because ids are opaque to clients.
            Err(_) => Ok(None),
        }
    }

    /// The tombstone of the entity with this id, when it is gone; null when it exists or never existed.
    async fn tombstone(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The id of the entity.")] id: ID,
    ) -> Result<Option<TombstoneObject>> {
        match id.parse() {
            Ok(id) => tombstone::load_tombstone(context, &id).await,
            Err(_) => Ok(None),
        }
    }

    /// The entities with these ids, in the same order; null for each that is unknown.
    #[graphql(complexity = "ids.len() * child_complexity + 1")]
    async fn nodes(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The ids, at most 100.", validator(custom = AtMost(100, "ids")))] ids: Vec<ID>,
    ) -> Result<Vec<Option<Node>>> {
        let parsed: Vec<Option<schema::EntityId>> = ids.iter().map(|id| id.parse().ok()).collect();
        let known: Vec<_> = parsed.iter().flatten().cloned().collect();
        let found = load_many(context, &known).await?;
        let mut nodes = Vec::with_capacity(parsed.len());
        for id in parsed {
            let stored = id.and_then(|id| found.iter().find(|stored| *stored.entity.id() == id).cloned());
            nodes.push(stored.and_then(Node::from_stored));
        }
        Ok(nodes)
    }

    /// Searches meetings, agenda items, documents (the text of all pages), motions, register entries, votes and recordings (the
    /// words said in them).
    ///
    /// All words must occur, in any of their forms or as parts of compounds; "words in quotes" must occur together as written.
    /// `-word`, `OR`, brackets, `prefix*`, `NEAR/5` and fields such as `title:` are understood; `searchCapabilities` lists them.
    /// An empty query matches everything that passes the filter.
    #[graphql(complexity = "SEARCH + cost(first, child_complexity)")]
    async fn search(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The words in the query language, at most 4096 bytes.")] query: String,
        #[graphql(desc = "The restrictions of the search.")] filter: Option<SearchFilter>,
        #[graphql(desc = "The order of the results; RELEVANCE when not given.")] sort: Option<SearchSort>,
        #[graphql(desc = "The number of rows, at most 100; 20 when not given.")] first: Option<i32>,
        #[graphql(desc = "Only rows after this cursor.")] after: Option<String>,
        #[graphql(
            desc = "The properties by which results are counted: at most 9, each only once.",
            validator(custom = AtMost(9, "facets"))
        )]
        facets: Option<Vec<SearchFacet>>,
        #[graphql(desc = "True to also return values without any result, with count 0.")] zeroes: Option<
            bool,
        >,
    ) -> Result<SearchPage> {
        search::run_search(
            context,
            SearchArguments { query: &query, filter, sort, first, after, facets, zeroes },
        )
        .await
    }

    /// The documents behind a news article: documents of meetings around its date that have enough of its distinctive words and
    /// names. Empty when the article is about nothing that we hold.
    #[graphql(complexity = "ARTICLE + child_complexity")]
    async fn related_to(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The news article.")] article: ArticleInput,
        #[graphql(desc = "The restrictions on documents; kinds defaults to documents only.")] filter: Option<
            SearchFilter,
        >,
        #[graphql(desc = "The maximum number of days between the article and a meeting; 14 when not given.")]
        window_days: Option<i32>,
    ) -> Result<RelatedPapers> {
        related_to(context, article, filter, window_days).await
    }

    /// The number of documents behind each of many articles, for example the headlines of a news page. Counts as `relatedTo`
    /// does.
    #[graphql(complexity = "articles.len() * ARTICLE + child_complexity")]
    async fn related_counts(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The articles, at most 50.", validator(custom = AtMost(50, "articles")))]
        articles: Vec<CountedArticleInput>,
        #[graphql(desc = "The restrictions on documents; kinds defaults to documents only.")] filter: Option<
            SearchFilter,
        >,
        #[graphql(desc = "The maximum number of days between an article and a meeting; 14 when not given.")]
        window_days: Option<i32>,
    ) -> Result<Vec<RelatedCount>> {
        related_counts(context, articles, filter, window_days).await
    }

    /// The words that stand out in the documents of a month, the strongest first.
    ///
    /// Candidates are the words of a sample of the documents; the counts are over all documents.
    #[graphql(complexity = "TRENDS + 10 * child_complexity")]
    async fn trends(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The month, such as 2026-03.")] month: String,
        #[graphql(desc = "The restrictions on documents; kinds defaults to documents only.")] filter: Option<
            SearchFilter,
        >,
        #[graphql(desc = "The number of rows, at most 100; 20 when not given.")] first: Option<i32>,
    ) -> Result<Vec<Trend>> {
        find_trends(context, &month, filter, first).await
    }

    /// The latest state of every entity in the order of its last change, tombstones included. A client that repeatedly asks for
    /// the changes after its last cursor has a copy without gaps. `/v1/changes` gives the same with all fields, up to 10,000 at
    /// once.
    #[graphql(complexity = "100 + 10 * child_complexity")]
    async fn changes(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Only changes after this cursor; from the beginning when not given.")] after: Option<
            String,
        >,
        #[graphql(
            desc = "Only entities of these public bodies, by id or by code; at most 500.",
            validator(custom = AtMost(MOST_FILTER_VALUES, "authorities"))
        )]
        authorities: Option<Vec<ID>>,
        #[graphql(
            desc = "Only entities of these kinds, such as meeting or document; at most 500.",
            validator(custom = AtMost(MOST_FILTER_VALUES, "kinds"))
        )]
        kinds: Option<Vec<String>>,
        #[graphql(desc = "The number of rows, at most 100; 20 when not given.")] first: Option<i32>,
    ) -> Result<Changes> {
        list_changes(context, after, authorities, kinds, first).await
    }

    /// The number of results that an alert with this search would have reported in the last days.
    #[graphql(complexity = "SEARCH + child_complexity")]
    async fn search_preview(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The words in the query language, at most 4096 bytes.")] query: String,
        #[graphql(desc = "The restrictions of the search.")] filter: Option<SearchFilter>,
        #[graphql(desc = "The number of days back, at most 366; 30 when not given.")] days: Option<i32>,
    ) -> Result<SearchPreview> {
        alert::preview_search(context, query, filter, days).await
    }

    /// The addresses of the feeds of a search.
    async fn feed(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The words in the query language, at most 4096 bytes.")] query: Option<String>,
        #[graphql(desc = "The restrictions of the search.")] filter: Option<SearchFilter>,
    ) -> Result<FeedAddresses> {
        alert::feed_addresses(context, query.as_deref().unwrap_or_default(), filter)
    }

    /// The alert of a key; null when it no longer exists.
    #[graphql(complexity = "100 + child_complexity")]
    async fn alert(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The key for confirming or for managing the alert.")] token: String,
    ) -> Result<Option<AlertObject>> {
        alert::find_alert(context, token).await
    }

    /// The features of the query language that the search engine of this server supports.
    async fn search_capabilities(&self, context: &Context<'_>) -> Result<Vec<SearchOperator>> {
        let known = context.data::<Library>()?.search.capabilities();
        Ok(known.iter().map(|operator| (*operator).into()).collect())
    }

    /// Public bodies (overheden) by name, including those without any content yet; with a name given, the most similar first.
    #[graphql(complexity = "100 + cost(first.or(last), child_complexity)")]
    async fn authorities(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The restrictions on the public bodies.")] filter: Option<AuthorityFilter>,
        paging: Paging,
    ) -> Result<PageOf<StoredRecord<schema::Authority>>> {
        find_authorities(context, filter.unwrap_or_default(), paging).await
    }

    /// The meanings of an abbreviation in all documents, the most frequently explained first.
    #[graphql(complexity = "GLOSSARY + 10 * child_complexity")]
    async fn glossary(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The abbreviation, spelled exactly so, such as BRP.")] short: String,
        #[graphql(desc = "The number of rows, at most 100; 20 when not given.")] first: Option<i32>,
    ) -> Result<Vec<GlossaryTerm>> {
        glossary::list_terms(context, TermsOf::All, Some(short), first).await
    }

    /// The dossier of an entity: the agenda items in any meeting at which a document or a motion was treated, with their
    /// documents, entries and votes; null when the entity is unknown.
    #[graphql(complexity = "DOSSIER + 20 * child_complexity")]
    async fn dossier(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The id of an agenda item, document, register entry or vote.")] id: ID,
    ) -> Result<Option<Dossier>> {
        match id.parse() {
            Ok(id) => collect_dossier(context, &id).await,
            Err(_) => Ok(None),
        }
    }

    /// Meetings of all public bodies (vergaderingen), newest first.
    async fn meetings(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The first day that counts, inclusive.")] from: Option<Day>,
        #[graphql(desc = "The last day that counts, inclusive.")] until: Option<Day>,
        paging: Paging,
    ) -> Result<PageOf<StoredRecord<schema::Meeting>>> {
        let filter = Filter {
            kinds: vec![Kind::Meeting],
            from: from.map(|day| day.0),
            until: until.map(|day| day.0),
            ..Filter::default()
        };
        load_list(context, &filter, true, paging).await
    }

    /// The completeness (dekking) of each public body, by name; a body with several sources has one row for each.
    async fn coverage(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Only public bodies in this province; an empty name for those in none.")]
        province: Option<String>,
        #[graphql(desc = "Only the public body with this code, such as GM0518.")] code: Option<String>,
        #[graphql(desc = "Only sources in this state.")] state: Option<CoverageState>,
        paging: Paging,
    ) -> Result<PageOf<CoverageObject>> {
        coverage::coverage(context, province.as_deref(), code.as_deref(), state, paging).await
    }

    /// The completeness (dekking) of each province, by name. A body that lies in several provinces counts in each.
    #[graphql(complexity = "20 * child_complexity + 1")]
    async fn provinces(&self, context: &Context<'_>) -> Result<Vec<ProvinceCoverage>> {
        province::load_provinces(context).await
    }

    /// The harvested sources (bronnen), by name.
    async fn sources(&self, context: &Context<'_>) -> Result<Vec<SourceObject>> {
        let reports =
            context.data::<Library>()?.store.last_reports().await.map_err(|why| internal_error(&why))?;
        Ok(reports.into_iter().map(SourceObject).collect())
    }
}
