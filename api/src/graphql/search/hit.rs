//! What is shown of each result: its title and the best pieces of its text, marked.

use std::{
    collections::HashMap,
    sync::{Arc, LazyLock},
    thread::available_parallelism,
};

use async_graphql::{Context, Error, Result, SimpleObject};
use futures::future::try_join_all;
use raadhuis_schema::{DocumentText, Entity, EntityId, Kind, PageText, Relation, TranscriptSegment};
use raadhuis_search::{self as engine, Query, snippet::Marker};
use raadhuis_store::{Direction, Related, Stored};

use crate::graphql::loader::{related, text_of, texts};

/// Pieces of text that are shown of a result.
const SHOWN: usize = 3;

/// Pieces of a transcript that are looked at.
const MOST_SEGMENTS: u32 = 2000;

/// What is known of a result beside what it is.
#[derive(Clone, Debug, Default, SimpleObject)]
pub struct SearchHit {
    /// Its title with the hits in it.
    title: Highlight,
    /// The best piece of its text with the hits in it; absent when they stand in the title only.
    snippet: Option<Highlight>,
    /// The page of a document on which the snippet stands, from 1.
    page: Option<u32>,
    /// The second of a recording at which it is said.
    second: Option<u32>,
    /// The best pieces of its text, at most three, each of another page, the best first.
    fragments: Vec<Fragment>,
    /// All pages of a document on which something of the query stands.
    pages: Vec<u32>,
    /// How many other things whose file is the same to the byte match as well; they are this one result.
    pub identical_count: u64,
}

/// A piece of text.
#[derive(Clone, Debug, SimpleObject)]
pub struct Fragment {
    /// The piece, with the hits in it.
    snippet: Highlight,
    /// The page of a document on which it stands.
    page: Option<u32>,
    /// The second of a recording at which it is said.
    second: Option<u32>,
}

/// Text with marked stretches. Always plain text: what looks like markup in it is not.
#[derive(Clone, Debug, Default, SimpleObject)]
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

/// What a result's pieces are cut from.
enum Source {
    Pages(Arc<Vec<PageText>>),
    Transcript(Vec<TranscriptSegment>),
    Prose(Option<String>),
}

impl Source {
    fn texts(&self) -> Vec<&str> {
        match self {
            Self::Pages(pages) => pages.iter().map(|page| page.text.as_str()).collect(),
            Self::Transcript(segments) => segments.iter().map(|segment| segment.text.as_str()).collect(),
            Self::Prose(text) => text.as_deref().into_iter().collect(),
        }
    }

    fn page(&self, place: usize) -> Option<u32> {
        match self {
            Self::Pages(pages) => pages.get(place).map(|page| page.number),
            _ => None,
        }
    }

    fn second(&self, place: usize) -> Option<u32> {
        match self {
            Self::Transcript(segments) => segments.get(place).map(|segment| segment.starts_at),
            _ => None,
        }
    }
}

/// Among so many processors the work is shared.
static PROCESSORS: LazyLock<usize> = LazyLock::new(|| available_parallelism().map_or(1, usize::from));

/// What is known of the text of each document among the results, by its id.
pub type Texts = HashMap<EntityId, DocumentText>;

/// The texts of the documents among `ids`.
pub async fn texts_of(context: &Context<'_>, ids: &[EntityId]) -> Result<Texts> {
    let documents = ids.iter().filter(|id| id.kind() == Kind::Document);
    let text = async |id: &EntityId| {
        let text = text_of(context, id).await?;
        Ok::<_, Error>(text.map(|text| (id.clone(), text.it)))
    };
    let found = try_join_all(documents.map(text)).await?;
    Ok(found.into_iter().flatten().collect())
}

/// What is shown of each result: its title, and where texts are wanted the pieces of its text. All pages are fetched together;
/// cutting them is work for processors, and takes most of the time that an answer takes: so for all that there are.
pub async fn shown(
    context: &Context<'_>,
    hits: &[Stored],
    query: &Query,
    found: Option<&Texts>,
) -> Result<Vec<SearchHit>> {
    let marker = Arc::new(Marker::of(query));
    let Some(found) = found else {
        let title = |hit: &Stored| Highlight::of(marker.mark(hit.entity.name().unwrap_or_default()));
        return Ok(hits.iter().map(|hit| SearchHit { title: title(hit), ..SearchHit::default() }).collect());
    };
    let wanted: Vec<Option<&DocumentText>> = hits.iter().map(|hit| found.get(hit.entity.id())).collect();
    let pages = texts(context, &wanted).await?;
    let said = try_join_all(hits.iter().map(|hit| transcript_of(context, hit))).await?;
    let sources = hits.iter().zip(pages).zip(said).map(|((hit, pages), said)| match (pages, said) {
        (Some(pages), _) => Source::Pages(pages),
        (None, Some(said)) => Source::Transcript(said),
        (None, None) => Source::Prose(prose(&hit.entity).map(str::to_owned)),
    });
    let names = hits.iter().map(|hit| hit.entity.name().unwrap_or_default().to_owned());
    let mut papers: Vec<(String, Source)> = names.zip(sources).collect();
    let share = papers.len().div_ceil(*PROCESSORS).max(1);
    let mut work = Vec::new();
    while !papers.is_empty() {
        let (marker, rest) = (Arc::clone(&marker), papers.split_off(share.min(papers.len())));
        let share = std::mem::replace(&mut papers, rest);
        work.push(tokio::task::spawn_blocking(move || {
            share.iter().map(|(name, source)| cut(name, source, &marker)).collect::<Vec<_>>()
        }));
    }
    let cut = try_join_all(work).await.map_err(|why| Error::new(why.to_string()))?;
    Ok(cut.into_iter().flatten().collect())
}

fn cut(name: &str, source: &Source, marker: &Marker) -> SearchHit {
    let (best, places) = marker.fragments(source.texts(), SHOWN);
    let fragment = |it: engine::snippet::Fragment| Fragment {
        page: source.page(it.text),
        second: source.second(it.text),
        snippet: Highlight::of(it.snippet),
    };
    let fragments: Vec<Fragment> = best.into_iter().map(fragment).collect();
    let first = fragments.first();
    SearchHit {
        title: Highlight::of(marker.mark(name)),
        snippet: first.map(|first| first.snippet.clone()),
        page: first.and_then(|first| first.page),
        second: first.and_then(|first| first.second),
        pages: places.into_iter().filter_map(|place| source.page(place)).collect(),
        fragments,
        identical_count: 0,
    }
}

async fn transcript_of(context: &Context<'_>, hit: &Stored) -> Result<Option<Vec<TranscriptSegment>>> {
    if !matches!(hit.entity, Entity::Recording(_)) {
        return Ok(None);
    }
    let asked = Related {
        relation: Relation::Parent,
        direction: Direction::Backward,
        kinds: vec![Kind::TranscriptSegment],
        first: MOST_SEGMENTS,
        skip: 0,
        from_end: false,
    };
    let listing = related(context, hit.entity.id(), asked).await?;
    let mut segments: Vec<TranscriptSegment> = listing
        .rows
        .into_iter()
        .filter_map(|(_, stored)| match stored.entity {
            Entity::TranscriptSegment(segment) => Some(segment),
            _ => None,
        })
        .collect();
    segments.sort_by_key(|segment| segment.starts_at);
    Ok(Some(segments))
}

/// The running text of what has no pages.
fn prose(entity: &Entity) -> Option<&str> {
    match entity {
        Entity::Meeting(it) => it.description.as_deref(),
        Entity::AgendaItem(it) => it.description.as_deref(),
        _ => entity.entry().and_then(|entry| entry.description.as_deref()),
    }
}
