//! The match of each result: its title and the best pieces of its text, with marks.

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

use crate::graphql::loader::{load_pages, load_related, load_text};

/// The maximum number of fragments of a result.
const SHOWN: usize = 3;

/// The maximum number of transcript segments searched for fragments.
const MOST_SEGMENTS: u32 = 2000;

/// The match of one search result: its marked title and text.
#[derive(Clone, Debug, Default, SimpleObject)]
pub struct SearchHit {
    /// The title, with the matches marked.
    title: Highlight,
    /// The best piece of text, with the matches marked; null when only the title matches.
    snippet: Option<Highlight>,
    /// The page of the document from which the snippet comes, from 1; null for other kinds.
    page: Option<u32>,
    /// The second of the recording at which the snippet is said; null for other kinds.
    second: Option<u32>,
    /// The best pieces of text, each from another page, best first; three or fewer.
    fragments: Vec<HitFragment>,
    /// The numbers of all pages of the document on which part of the query occurs.
    pages: Vec<u32>,
    /// The number of other matching entities whose file is identical to the byte; they are all part of this one result.
    pub identical_count: u64,
}

/// A piece of text of a search result.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(name = "Fragment")]
pub struct HitFragment {
    /// The piece of text, with the matches marked.
    snippet: Highlight,
    /// The page of the document from which the piece comes, from 1; null for other kinds.
    page: Option<u32>,
    /// The second of the recording at which the piece is said; null for other kinds.
    second: Option<u32>,
}

/// Text with marked ranges. It is always plain text: whatever looks like markup in it is not markup.
#[derive(Clone, Debug, Default, SimpleObject)]
pub struct Highlight {
    /// The plain text without marks.
    text: String,
    /// The marked ranges, in order and without overlap.
    ranges: Vec<HighlightRange>,
}

/// A marked range of characters.
#[derive(Clone, Copy, Debug, SimpleObject)]
pub struct HighlightRange {
    /// The first character of the range, in Unicode code points from the start of the text.
    start: usize,
    /// The character after the last one of the range.
    end: usize,
}

impl Highlight {
    fn new(snippet: engine::Snippet) -> Self {
        let ranges = snippet.ranges.iter().map(|range| HighlightRange { start: range.start, end: range.end });
        Self { ranges: ranges.collect(), text: snippet.text }
    }
}

/// The text from which the fragments of a result are cut.
enum HitText {
    Pages(Arc<Vec<PageText>>),
    Transcript(Vec<TranscriptSegment>),
    Prose(Option<String>),
}

impl HitText {
    fn all_texts(&self) -> Vec<&str> {
        match self {
            Self::Pages(pages) => pages.iter().map(|page| page.text.as_str()).collect(),
            Self::Transcript(segments) => segments.iter().map(|segment| segment.text.as_str()).collect(),
            Self::Prose(text) => text.as_deref().into_iter().collect(),
        }
    }

    fn page_number(&self, place: usize) -> Option<u32> {
        match self {
            Self::Pages(pages) => pages.get(place).map(|page| page.number),
            _ => None,
        }
    }

    fn start_second(&self, place: usize) -> Option<u32> {
        match self {
            Self::Transcript(segments) => segments.get(place).map(|segment| segment.starts_at),
            _ => None,
        }
    }
}

/// The number of processors among which the cutting is shared.
static PROCESSORS: LazyLock<usize> = LazyLock::new(|| available_parallelism().map_or(1, usize::from));

/// The metadata of document texts, by the id of their document.
pub type Texts = HashMap<EntityId, DocumentText>;

/// Loads the texts of the documents among `ids`.
pub async fn load_texts(context: &Context<'_>, ids: &[EntityId]) -> Result<Texts> {
    let documents = ids.iter().filter(|id| id.kind() == Kind::Document);
    let found = try_join_all(documents.map(|id| load_text_with_id(context, id))).await?;
    Ok(found.into_iter().flatten().collect())
}

async fn load_text_with_id(context: &Context<'_>, id: &EntityId) -> Result<Option<(EntityId, DocumentText)>> {
    let text = load_text(context, id).await?;
    Ok(text.map(|text| (id.clone(), text.entity)))
}

/// Marks the titles and, when texts were loaded, the best fragments of all results. All pages are fetched together. Cutting them
/// takes most of the time of an answer, so it is shared among all processors.
pub async fn make_hits(
    context: &Context<'_>,
    hits: &[Stored],
    query: &Query,
    found: Option<&Texts>,
) -> Result<Vec<SearchHit>> {
    let marker = Arc::new(Marker::new(query));
    let Some(found) = found else {
        let mut titles = Vec::with_capacity(hits.len());
        for hit in hits {
            let title = Highlight::new(marker.mark_hits(hit.entity.name().unwrap_or_default()));
            titles.push(SearchHit { title, ..SearchHit::default() });
        }
        return Ok(titles);
    };
    let wanted: Vec<Option<&DocumentText>> = hits.iter().map(|hit| found.get(hit.entity.id())).collect();
    let pages = load_pages(context, &wanted).await?;
    let said = try_join_all(hits.iter().map(|hit| load_transcript(context, hit))).await?;
    let sources = hits.iter().zip(pages).zip(said).map(|((hit, pages), said)| match (pages, said) {
        (Some(pages), _) => HitText::Pages(pages),
        (None, Some(said)) => HitText::Transcript(said),
        (None, None) => HitText::Prose(running_text(&hit.entity).map(str::to_owned)),
    });
    let names = hits.iter().map(|hit| hit.entity.name().unwrap_or_default().to_owned());
    let mut papers: Vec<(String, HitText)> = names.zip(sources).collect();
    let share = papers.len().div_ceil(*PROCESSORS).max(1);
    let mut work = Vec::new();
    while !papers.is_empty() {
        let (marker, rest) = (Arc::clone(&marker), papers.split_off(share.min(papers.len())));
        let share = std::mem::replace(&mut papers, rest);
        work.push(tokio::task::spawn_blocking(move || {
            share.iter().map(|(name, source)| cut_hit(name, source, &marker)).collect::<Vec<_>>()
        }));
    }
    let cut = try_join_all(work).await.map_err(|why| Error::new(why.to_string()))?;
    Ok(cut.into_iter().flatten().collect())
}

fn cut_hit(name: &str, source: &HitText, marker: &Marker) -> SearchHit {
    let (best, places) = marker.fragments(source.all_texts(), SHOWN);
    let mut fragments = Vec::new();
    for fragment in best {
        fragments.push(HitFragment {
            page: source.page_number(fragment.text),
            second: source.start_second(fragment.text),
            snippet: Highlight::new(fragment.snippet),
        });
    }
    let first = fragments.first();
    SearchHit {
        title: Highlight::new(marker.mark_hits(name)),
        snippet: first.map(|first| first.snippet.clone()),
        page: first.and_then(|first| first.page),
        second: first.and_then(|first| first.second),
        pages: places.into_iter().filter_map(|place| source.page_number(place)).collect(),
        fragments,
        identical_count: 0,
    }
}

async fn load_transcript(context: &Context<'_>, hit: &Stored) -> Result<Option<Vec<TranscriptSegment>>> {
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
    let listing = load_related(context, hit.entity.id(), asked).await?;
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

/// The running text of an entity without pages.
fn running_text(entity: &Entity) -> Option<&str> {
    match entity {
        Entity::Meeting(it) => it.description.as_deref(),
        Entity::AgendaItem(it) => it.description.as_deref(),
        _ => entity.as_registered().and_then(|entry| entry.description.as_deref()),
    }
}
