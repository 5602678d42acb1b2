//! Search: words in, hits with their page and marked pieces of text out.

use async_graphql::{
    Context, Enum, InputObject, OutputType, Result, SimpleObject,
    connection::{Connection, ConnectionNameType, Edge, EdgeNameType},
};
use raadhuis_schema::{DocumentText, Entity};
use raadhuis_search::{self as engine, Query, snippet};
use raadhuis_store::{Related, Stored};

use super::{
    connection::{rows, skip},
    held::FromStored,
    loader::{hidden, related, several, texts},
    node::Node,
    scalar::{Day, SearchKind},
};
use crate::Library;

/// The longest query, in bytes.
const LONGEST: usize = 4096;

/// The furthest hit that can be paged to.
const FURTHEST: u32 = 100_000;

/// Which things are searched. What is left out restricts nothing.
#[derive(Clone, Debug, Default, InputObject)]
pub struct SearchFilter {
    /// Only these kinds.
    kinds: Option<Vec<SearchKind>>,
    /// Only of these authorities, by id.
    authorities: Option<Vec<async_graphql::ID>>,
    /// Not before this day: a thing's own day, or that of the newest meeting it belongs to.
    from: Option<Day>,
    /// Not after this day.
    until: Option<Day>,
}

/// In which order hits come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Enum)]
pub enum SearchSort {
    /// The best match first.
    #[default]
    Relevance,
    /// The newest first; undated ones last.
    Newest,
    /// The oldest first; undated ones last.
    Oldest,
}

/// What is known of a search as a whole.
#[derive(Clone, Debug, SimpleObject)]
pub struct SearchTotals {
    /// How many things match, on all pages together, exactly.
    total_count: u64,
    /// How the query was understood.
    understood: String,
}

/// What is known of a hit beside what was hit.
#[derive(Clone, Debug, SimpleObject)]
pub struct SearchHit {
    /// Its title with the hits in it.
    title: Highlight,
    /// A piece of its text with the hits in it; absent when they stand in the title only.
    snippet: Option<Highlight>,
    /// The page of a document on which the snippet stands, from 1.
    page: Option<u32>,
}

/// Text with marked stretches. Always plain text: what looks like markup in it is not.
#[derive(Clone, Debug, SimpleObject)]
pub struct Highlight {
    /// The text.
    text: String,
    /// The stretches, in order, without overlap.
    ranges: Vec<HighlightRange>,
}

/// A stretch of text.
#[derive(Clone, Copy, Debug, SimpleObject)]
pub struct HighlightRange {
    /// Its first character, in Unicode code points from the beginning of the text.
    start: usize,
    /// The character behind its last.
    end: usize,
}

impl Highlight {
    fn of(snippet: engine::Snippet) -> Self {
        let ranges = snippet.ranges.iter().map(|range| HighlightRange { start: range.start, end: range.end });
        Self { ranges: ranges.collect(), text: snippet.text }
    }
}

/// A page of hits.
pub type SearchPage = Connection<String, Node, SearchTotals, SearchHit, SearchNames, SearchNames>;

/// Hits are not just any nodes: their lists have names of their own.
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

/// Finds what matches.
pub async fn search(
    context: &Context<'_>,
    text: &str,
    filter: Option<SearchFilter>,
    sort: Option<SearchSort>,
    first: Option<i32>,
    after: Option<&str>,
) -> Result<SearchPage> {
    if text.len() > LONGEST {
        return Err(format!("the query has {} bytes; at most {LONGEST} are read", text.len()).into());
    }
    let (first, skip) = (rows(first)?, skip(after)?);
    if skip > FURTHEST {
        return Err(
            format!("after passes over {skip} hits; narrow the search to see beyond {FURTHEST}").into()
        );
    }
    let query = Query::parse(text);
    let filter = engine_filter(filter.unwrap_or_default())?;
    let sort = match sort.unwrap_or_default() {
        SearchSort::Relevance => engine::Sort::Relevance,
        SearchSort::Newest => engine::Sort::Newest,
        SearchSort::Oldest => engine::Sort::Oldest,
    };
    let page = engine::Page { first: first as usize, skip: skip as usize };
    let library = context.data::<Library>()?;
    let found = library.search.find(&query, &filter, sort, page).await.map_err(|why| hidden(&why))?;
    let more = u64::from(skip) + u64::from(first) < found.total;
    let totals = SearchTotals { total_count: found.total, understood: query.understood() };
    let mut connection = Connection::with_additional_fields(skip > 0, more, totals);
    let stored = several(context, &found.hits).await?;
    let hits = highlights(context, &stored, &query).await?;
    for (row, (stored, hit)) in (skip + 1..).zip(stored.into_iter().zip(hits)) {
        if let Some(node) = Node::from_stored(stored) {
            connection.edges.push(Edge::with_additional_fields(format!("row-{row}"), node, hit));
        }
    }
    Ok(connection)
}

fn engine_filter(filter: SearchFilter) -> Result<engine::Filter> {
    let authorities = filter.authorities.unwrap_or_default();
    let parse = |id: &async_graphql::ID| {
        id.parse().map_err(|why| async_graphql::Error::new(format!("filter.authorities: {why}")))
    };
    Ok(engine::Filter {
        kinds: filter.kinds.unwrap_or_default().into_iter().map(Into::into).collect(),
        authorities: authorities.iter().map(parse).collect::<Result<_>>()?,
        from: filter.from.map(|day| day.0),
        until: filter.until.map(|day| day.0),
    })
}

/// Where the query stands in each hit. All texts are fetched together.
async fn highlights(context: &Context<'_>, hits: &[Stored], query: &Query) -> Result<Vec<SearchHit>> {
    let asked = Related::text();
    let found = futures::future::try_join_all(hits.iter().map(|hit| async {
        if !matches!(hit.entity, Entity::Document(_)) {
            return Ok::<_, async_graphql::Error>(None);
        }
        let listing = related(context, hit.entity.id(), asked.clone()).await?;
        Ok(listing.rows.into_iter().find_map(|(_, stored)| match stored.entity {
            Entity::DocumentText(text) => Some(text),
            _ => None,
        }))
    }))
    .await?;
    let wanted: Vec<Option<&DocumentText>> = found.iter().map(Option::as_ref).collect();
    let pages = texts(context, &wanted).await?;
    let mut highlights = Vec::new();
    for (hit, pages) in hits.iter().zip(&pages) {
        let title = Highlight::of(snippet::mark(hit.entity.name().unwrap_or_default(), query));
        let (snippet, page) = match pages {
            Some(pages) => match snippet::best(pages.iter().map(|page| page.text.as_str()), query) {
                Some((i, snippet)) => (Some(snippet), pages.get(i).map(|page| page.number)),
                None => (None, None),
            },
            None => (snippet::best(prose(&hit.entity), query).map(|(_, snippet)| snippet), None),
        };
        highlights.push(SearchHit { title, snippet: snippet.map(Highlight::of), page });
    }
    Ok(highlights)
}

/// The running text of what has no pages.
fn prose(entity: &Entity) -> Option<&str> {
    match entity {
        Entity::Meeting(it) => it.description.as_deref(),
        Entity::AgendaItem(it) => it.description.as_deref(),
        _ => entity.entry().and_then(|entry| entry.description.as_deref()),
    }
}
