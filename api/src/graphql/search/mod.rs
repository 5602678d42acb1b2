//! Search: from a query to results with marked pieces of text and counts. [`filter`] restricts and sorts, [`facet`] counts, and
//! [`hit`] marks the matches of each result.

use async_graphql::{
    Context, Enum, Error, OutputType, Result, SimpleObject,
    connection::{Connection, ConnectionNameType, Edge, EdgeNameType},
    resolver_utils::enum_value,
};
use futures::future::try_join;
use raadhuis_search::{self as engine, Query};

use super::{
    connection::row_count,
    loader::{internal_error, load_many},
    node::Node,
    stored_record::FromStored,
};
use crate::Library;

pub mod facet;
pub mod filter;
pub mod hit;

use facet::{FacetCounts, SearchFacet};
use filter::{SearchFilter, SearchSort};
use hit::{SearchHit, load_texts, make_hits};

/// The maximum length of a query, in bytes.
const LONGEST: usize = 4096;

/// The facts about a search as a whole.
#[derive(Clone, Debug, SimpleObject)]
pub struct SearchTotals {
    /// The exact number of results on all pages together. Entities whose files are identical to the byte count as one result.
    total_count: u64,
    /// The exact number of matching entities; each of those with an identical file counts.
    entity_count: u64,
    /// The query as it was understood, in the query language itself.
    understood: String,
    /// The words of the query that occur nowhere.
    unknown_words: Vec<UnknownWord>,
    /// The query with each unknown word replaced by the nearest known one; null when there is nothing to propose.
    did_you_mean: Option<String>,
    /// A query for entities with one or more of the words; null unless nothing has all of them.
    broader: Option<String>,
    /// The number of results for each value of the requested facets.
    facets: Vec<FacetCounts>,
    /// The position in the change log up to which the index was built: two answers with the same number describe the same moment.
    as_of: i64,
}

/// A word of the query that occurs nowhere.
#[derive(Clone, Debug, SimpleObject)]
pub struct UnknownWord {
    /// The word as it was typed.
    word: String,
    /// The nearest word that does occur somewhere; null when none is near.
    suggestion: Option<String>,
}

/// The features of the query language. Some search engines that can be configured lack some of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "engine::Operator")]
pub enum SearchOperator {
    /// `fiets brug`: all words must occur, in any of their forms.
    And,
    /// `"oude haven"`: these words exactly as written, one after the other.
    Phrase,
    /// `-brug` or `NOT brug`: the word must not occur.
    Not,
    /// `brug OR tunnel`, with brackets: one of the words must occur.
    Or,
    /// `brug NEAR/5 haven`: at most five words between the two words.
    Near,
    /// `windm*`: any word with this beginning.
    Prefix,
    /// `title:brug`: the word must occur in the title.
    Title,
    /// `kind:motion party:x outcome:adopted year:2026 authority:gm0363 province:x type:letter authoritykind:province`.
    Value,
    /// `windturbinepark` also finds `windturbine park`, and `2024-00123` also finds `2024/00123`.
    Apart,
    /// Phrases of more than two words are matched exactly, also when their words occur separately all over a text.
    LongPhrase,
    /// Words as written weigh more than their other forms, frequent words weigh more, and newer results weigh somewhat more.
    Weights,
    /// Unknown words get a proposal for a known one.
    DidYouMean,
    /// The words of a query may occur anywhere in a long text, not only within some 50,000 words of each other.
    WholeText,
}

pub type SearchPage = Connection<String, Node, SearchTotals, SearchHit, SearchNames, SearchNames>;

/// The names of the connection and edge types of search results.
pub struct SearchNames;

impl ConnectionNameType for SearchNames {
    fn type_name<T: OutputType>() -> String {
        "SearchConnection".to_owned()
    }
}

impl EdgeNameType for SearchNames {
    fn type_name<T: OutputType>() -> String {
        "SearchEdge".to_owned()
    }
}

/// The arguments of a search.
pub struct SearchArguments<'a> {
    pub query: &'a str,
    pub filter: Option<SearchFilter>,
    pub sort: Option<SearchSort>,
    pub first: Option<i32>,
    pub after: Option<String>,
    pub facets: Option<Vec<SearchFacet>>,
    /// The option to also count values that no result has.
    pub zeroes: Option<bool>,
}

/// Parses the words of a search. Every resolver that takes a query uses this function.
pub fn parse_words(text: &str) -> Result<Query> {
    if text.len() > LONGEST {
        return Err(format!("the query has {} bytes; at most {LONGEST} are read", text.len()).into());
    }
    Query::parse(text).map_err(|why| Error::new(why.to_string()))
}

pub async fn run_search(context: &Context<'_>, asked: SearchArguments<'_>) -> Result<SearchPage> {
    let text = asked.query;
    let query = parse_words(text)?;
    let mut facets: Vec<engine::Facet> = Vec::new();
    for facet in asked.facets.unwrap_or_default() {
        if facets.contains(&facet.into()) {
            return Err(format!("facets names {} twice", enum_value(facet)).into());
        }
        facets.push(facet.into());
    }
    let ask = engine::SearchRequest {
        filter: asked.filter.unwrap_or_default().for_engine()?,
        sort: asked.sort.unwrap_or_default().into(),
        after: asked.after,
        facets,
        zeroes: asked.zeroes.unwrap_or(false),
        ..engine::SearchRequest::new(query, row_count(asked.first)? as usize)
    };
    run_engine_search(context, text, ask).await
}

/// Runs a search and loads its results; `text` is the query as typed.
pub async fn run_engine_search(
    context: &Context<'_>,
    text: &str,
    ask: engine::SearchRequest,
) -> Result<SearchPage> {
    let found = context.data::<Library>()?.search.find_entries(&ask).await.map_err(|why| match why {
        engine::SearchError::ForeignPlace(place) => {
            Error::new(format!("after is {place:?}, which is no cursor of this list in this order"))
        }
        why if why.is_the_readers() => Error::new(why.to_string()),
        why => internal_error(&why),
    })?;
    let ids: Vec<_> = found.hits.iter().map(|hit| hit.id.clone()).collect();
    let wanted = async {
        // Loading the texts is most of the work, so it is skipped when nothing needs them.
        if wants_texts(context) { Ok(Some(load_texts(context, &ids).await?)) } else { Ok(None) }
    };
    let (stored, texts) = try_join(load_many(context, &ids), wanted).await?;
    let hits = make_hits(context, &stored, &ask.query, texts.as_ref()).await?;
    let totals = make_totals(text, &ask, &found);
    let mut connection = Connection::with_additional_fields(ask.after.is_some(), found.more, totals);
    for (stored, mut hit) in stored.into_iter().zip(hits) {
        // An entity deleted since the index was updated is no result; the index follows within seconds.
        let Some(place) = found.hits.iter().find(|place| place.id == *stored.entity.id()) else { continue };
        hit.identical_count = place.alike;
        if let Some(node) = Node::from_stored(stored) {
            connection.edges.push(Edge::with_additional_fields(place.place.clone(), node, hit));
        }
    }
    Ok(connection)
}

/// Returns whether the client selected a field that needs the texts.
fn wants_texts(context: &Context<'_>) -> bool {
    let edges = context.look_ahead().field("edges");
    ["snippet", "page", "second", "fragments", "pages"].into_iter().any(|name| edges.field(name).exists())
}

fn make_totals(text: &str, ask: &engine::SearchRequest, found: &engine::Found) -> SearchTotals {
    let unknown = found.unknown.iter();
    SearchTotals {
        total_count: found.total,
        entity_count: found.entities,
        understood: ask.query.understood(),
        unknown_words: unknown
            .map(|it| UnknownWord { word: it.word.clone(), suggestion: it.suggestion.clone() })
            .collect(),
        did_you_mean: engine::query::replaced(text, &found.unknown),
        broader: ask.query.broader().filter(|_| found.total == 0),
        facets: facet::facet_counts(ask, found),
        as_of: found.as_of,
    }
}
