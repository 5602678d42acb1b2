//! Whether what is found is what was looked for: judged queries over the pages of real council papers, among simulated ones.

use std::collections::{BTreeMap, HashMap};

use raadhuis_search::{Entry, Query, SearchRequest, SharedSearch, query::replaced};
use raadhuis_text::Extractor;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::{corpus::Vocabulary, files, shared};

/// Results that are looked at for recall.
const DEEP: usize = 50;

/// Results that are looked at for their order.
const TOP: usize = 10;

/// A page: the document, by the beginning of its hash, and its number.
pub type Place = (String, u32);

/// A query with what answers it.
#[derive(Clone, Debug, Deserialize)]
pub struct Judged {
    /// What is typed.
    pub text: String,
    /// Who types it.
    pub need: String,
    /// What is hard about it.
    #[serde(rename = "trait")]
    pub sort: String,
    /// Pages, with grades from 1 to 3.
    pub relevant: Vec<(String, u32, u8)>,
}

#[derive(Debug, Deserialize)]
struct List {
    query: Vec<Judged>,
}

/// The judged queries.
pub fn judged() -> Vec<Judged> {
    toml::from_str::<List>(include_str!("../relevance/judged.toml")).unwrap().query
}

/// A page with its text.
#[derive(Clone, Debug)]
pub struct Page {
    /// Which: `None` for a simulated one.
    pub place: Option<Place>,
    /// What stands on it.
    pub text: String,
}

/// The pages of all council papers, read by our own readers, and as many simulated ones; `None` where the papers are not there.
pub async fn pages(worker: &str, simulated: u64) -> Option<Vec<Page>> {
    let folder = shared("payloads/documents")?;
    let extractor = Extractor::new(worker.into());
    let mut pages = Vec::new();
    for path in files(&folder).into_iter().filter(|path| path.extension().is_some_and(|end| end == "pdf")) {
        let bytes = std::fs::read(&path).unwrap();
        let hash =
            Sha256::digest(&bytes).iter().take(6).fold(0_u64, |hash, byte| hash << 8 | u64::from(*byte));
        let hash = format!("{hash:012x}");
        for page in extractor.extract(&bytes).await.pages {
            pages.push(Page { place: Some((hash.clone(), page.number)), text: page.text });
        }
    }
    let vocabulary = Vocabulary::default();
    pages.extend((0..simulated).map(|seed| Page { place: None, text: vocabulary.page(seed) }));
    Some(pages)
}

/// Puts pages into an engine of ours, each as a thing of its own.
pub async fn fill(search: &SharedSearch, pages: &[Page]) {
    let mut next = search.rebuild().await.unwrap();
    for (chunk, some) in pages.chunks(1000).enumerate() {
        let entries = some.iter().enumerate().map(|(at, page)| Entry {
            id: format!("document:judged:1:{}", chunk * 1000 + at).parse().unwrap(),
            authority: "authority:nl:tooi:gm9101".parse().unwrap(),
            title: String::new(),
            body: vec![page.text.clone()],
            values: Vec::new(),
            meeting_date: None,
            published_at: None,
            first_seen_at: None,
            fold: None,
        });
        next.add_entries(entries.collect()).await.unwrap();
    }
    next.seal_generation(1).await.unwrap();
    next.activate().await.unwrap();
}

/// What an engine of ours finds: the numbers of the pages. With `proposals`, what the answer proposes is asked where nothing is
/// found, as a reader does by one click: other words first, then fewer of them.
pub async fn ours(search: &SharedSearch, text: &str, proposals: bool) -> Vec<usize> {
    let Ok(mut query) = Query::parse(text) else { return Vec::new() };
    let mut found = search.find_entries(&SearchRequest::new(query.clone(), DEEP)).await.unwrap();
    for round in 0..2 {
        if !proposals || found.total > 0 {
            break;
        }
        let other = if round == 0 { replaced(text, &found.unknown) } else { query.broader() };
        let Some(Ok(proposed)) = other.map(|text| Query::parse(&text)) else { continue };
        found = search.find_entries(&SearchRequest::new(proposed.clone(), DEEP)).await.unwrap();
        query = proposed;
    }
    found.hits.iter().map(|hit| hit.id.as_str().rsplit(':').next().unwrap().parse().unwrap()).collect()
}

/// How good a ranking is.
#[derive(Clone, Copy, Debug, Default)]
pub struct Score {
    /// Of the ten first, how well they are ordered: 1 is perfect (gain 2^grade − 1, discount by the logarithm of the place).
    pub ndcg: f64,
    /// Of all relevant pages, the share that is among the first fifty.
    pub recall: f64,
}

/// The score of what was found for a query.
pub fn score(query: &Judged, found: &[usize], pages: &[Page]) -> Score {
    let grades: HashMap<Place, u8> =
        query.relevant.iter().map(|(file, page, grade)| ((file.clone(), *page), *grade)).collect();
    let grade = |number: &usize| pages[*number].place.as_ref().and_then(|place| grades.get(place)).copied();
    let gain = |grade: u8| f64::from((1_u32 << grade) - 1);
    let sum = |grades: &mut dyn Iterator<Item = u8>| -> f64 {
        (2..).zip(grades).map(|(place, grade)| gain(grade) / f64::from(place).log2()).sum()
    };
    let mut best: Vec<u8> = grades.values().copied().collect();
    best.sort_unstable_by(|a, b| b.cmp(a));
    let ideal = sum(&mut best.into_iter().take(TOP));
    let got = sum(&mut found.iter().take(TOP).map(|number| grade(number).unwrap_or(0)));
    let hits = found.iter().take(DEEP).filter(|number| grade(number).is_some()).count();
    let count = |n: usize| f64::from(u32::try_from(n).unwrap());
    Score { ndcg: got / ideal, recall: count(hits) / count(grades.len()) }
}

/// Averages, by half of the set (those in odd places were looked at while tuning, the others were not) and by sort of query.
#[derive(Debug, Default)]
pub struct Report(BTreeMap<String, (f64, f64, u32)>);

impl Report {
    /// Adds a score.
    pub fn add(&mut self, place: usize, query: &Judged, score: Score) {
        let half = if place.is_multiple_of(2) { "tuned" } else { "unseen" };
        for name in ["all", half, &format!("({})", query.sort)] {
            let sums = self.0.entry(name.to_owned()).or_default();
            *sums = (sums.0 + score.ndcg, sums.1 + score.recall, sums.2 + 1);
        }
    }

    /// The average nDCG@10 of a group.
    pub fn ndcg(&self, group: &str) -> f64 {
        self.0.get(group).map_or(0.0, |(sum, _, count)| sum / f64::from(*count))
    }

    /// A line for each group.
    pub fn lines(&self) -> Vec<String> {
        let line = |(name, (ndcg, recall, count)): (&String, &(f64, f64, u32))| {
            let count_f = f64::from(*count);
            format!("{name:>14}: nDCG@10 {:.3}, recall@50 {:.3} ({count})", ndcg / count_f, recall / count_f)
        };
        self.0.iter().map(line).collect()
    }
}
