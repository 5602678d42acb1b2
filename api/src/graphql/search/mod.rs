//! Search: words in; results with their pages, marked pieces of text and counts out. Read in this order: [`filter`] says which
//! things are searched, [`facet`] what is counted, [`hit`] what is shown of each.

use async_graphql::{
    Context, Enum, Error, OutputType, Result, SimpleObject,
    connection::{Connection, ConnectionNameType, Edge, EdgeNameType},
    resolver_utils::enum_value,
};
use futures::future::try_join;
use raadhuis_search::{self as engine, Query};

use super::{
    connection::rows,
    held::FromStored,
    loader::{hidden, several},
    node::Node,
};
use crate::Library;

pub mod facet;
pub mod filter;
pub mod hit;

use facet::{FacetCounts, SearchFacet};
use filter::{SearchFilter, SearchSort};
use hit::{SearchHit, shown, texts_of};

/// The longest query, in bytes.
const LONGEST: usize = 4096;

/// What is known of a search as a whole.
#[derive(Clone, Debug, SimpleObject)]
pub struct SearchTotals {
    /// How many results there are on all pages together, exactly. Things whose files are the same to the byte are one result.
    total_count: u64,
    /// How many things match, exactly, each of those with the same file on its own.
    entity_count: u64,
    /// How the query was understood, in the query language itself.
    understood: String,
    /// Words of the query that stand in nothing at all.
    unknown_words: Vec<UnknownWord>,
    /// The query with those words replaced by the nearest that do stand somewhere; absent when there is nothing to propose.
    did_you_mean: Option<String>,
    /// Where nothing has all of the words: the query for things that have one or more of them.
    broader: Option<String>,
    /// How many results have each value, for the facets that were asked for.
    facets: Vec<FacetCounts>,
    /// How far in the change log the index was when it answered: two answers with the same number are of the same moment.
    as_of: i64,
}

/// A word that stands nowhere.
#[derive(Clone, Debug, SimpleObject)]
pub struct UnknownWord {
    /// The word.
    word: String,
    /// The word most like it that does stand somewhere.
    suggestion: Option<String>,
}

/// What the query language has. Not every search engine that may be configured knows all of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "engine::Operator")]
pub enum SearchOperator {
    /// `fiets brug`: all words must occur, in any of their forms.
    And,
    /// `"oude haven"`: these words as written, one behind the other.
    Phrase,
    /// `-brug` or `NOT brug`: must not occur.
    Not,
    /// `brug OR tunnel`, with brackets: one of them must occur.
    Or,
    /// `brug NEAR/5 haven`: at most five words from one to the other.
    Near,
    /// `windm*`: words that begin so.
    Prefix,
    /// `title:brug`: in the title.
    Title,
    /// `kind:motion party:x outcome:adopted year:2026 authority:gm0363 province:x type:letter authoritykind:province`.
    Value,
    /// `windturbinepark` is found as `windturbine park` too, `2024-00123` as `2024/00123`.
    Apart,
    /// Phrases of more than two words are exact too, where they stand in pieces all over a text.
    LongPhrase,
    /// A word as written weighs more than its forms, one that is there more often more, and what is newer somewhat more.
    Weights,
    /// Proposals for words that stand nowhere.
    DidYouMean,
    /// What is asked may stand anywhere in a long text, not only within some 50,000 words of one another.
    WholeText,
}

/// A page of results.
pub type SearchPage = Connection<String, Node, SearchTotals, SearchHit, SearchNames, SearchNames>;

/// Results are not just any nodes: their lists have names of their own.
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

/// What is asked.
pub struct Asked<'a> {
    /// The words.
    pub query: &'a str,
    /// Among which things.
    pub filter: Option<SearchFilter>,
    /// In which order.
    pub sort: Option<SearchSort>,
    /// How many.
    pub first: Option<i32>,
    /// Behind which cursor.
    pub after: Option<String>,
    /// What is counted.
    pub facets: Option<Vec<SearchFacet>>,
    /// Whether values that nothing has are counted too.
    pub zeroes: Option<bool>,
}

/// Parses the words of a search, wherever a search is asked.
pub fn parse_words(text: &str) -> Result<Query> {
    if text.len() > LONGEST {
        return Err(format!("the query has {} bytes; at most {LONGEST} are read", text.len()).into());
    }
    Query::parse(text).map_err(|why| Error::new(why.to_string()))
}

/// Finds what matches.
pub async fn search(context: &Context<'_>, asked: Asked<'_>) -> Result<SearchPage> {
    let text = asked.query;
    let query = parse_words(text)?;
    let mut facets: Vec<engine::Facet> = Vec::new();
    for facet in asked.facets.unwrap_or_default() {
        if facets.contains(&facet.into()) {
            return Err(format!("facets names {} twice", enum_value(facet)).into());
        }
        facets.push(facet.into());
    }
    let ask = engine::Ask {
        filter: asked.filter.unwrap_or_default().for_engine()?,
        sort: asked.sort.unwrap_or_default().into(),
        after: asked.after,
        facets,
        zeroes: asked.zeroes.unwrap_or(false),
        ..engine::Ask::of(query, rows(asked.first)? as usize)
    };
    answer(context, text, ask).await
}

/// What an engine finds, with what is known of it; `text` is what was typed.
pub async fn answer(context: &Context<'_>, text: &str, ask: engine::Ask) -> Result<SearchPage> {
    let found = context.data::<Library>()?.search.find(&ask).await.map_err(|why| match why {
        engine::SearchError::ForeignPlace(place) => {
            Error::new(format!("after is {place:?}, which is no cursor of this list in this order"))
        }
        why if why.is_the_readers() => Error::new(why.to_string()),
        why => hidden(&why),
    })?;
    let ids: Vec<_> = found.hits.iter().map(|hit| hit.id.clone()).collect();
    let wanted = async {
        // What stands in the texts is most of the work.
        if wants_texts(context) { Ok(Some(texts_of(context, &ids).await?)) } else { Ok(None) }
    };
    let (stored, texts) = try_join(several(context, &ids), wanted).await?;
    let hits = shown(context, &stored, &ask.query, texts.as_ref()).await?;
    let totals = totals(text, &ask, &found);
    let mut connection = Connection::with_additional_fields(ask.after.is_some(), found.more, totals);
    for (stored, mut hit) in stored.into_iter().zip(hits) {
        // What the store lost since is no result; the index follows within seconds.
        let Some(place) = found.hits.iter().find(|place| place.id == *stored.entity.id()) else { continue };
        hit.identical_count = place.alike;
        if let Some(node) = Node::from_stored(stored) {
            connection.edges.push(Edge::with_additional_fields(place.place.clone(), node, hit));
        }
    }
    Ok(connection)
}

/// Whether anything is asked for that stands in the texts.
fn wants_texts(context: &Context<'_>) -> bool {
    let edges = context.look_ahead().field("edges");
    ["snippet", "page", "second", "fragments", "pages"].into_iter().any(|name| edges.field(name).exists())
}

fn totals(text: &str, ask: &engine::Ask, found: &engine::Found) -> SearchTotals {
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
        facets: facet::counts(ask, found),
        as_of: found.as_of,
    }
}
