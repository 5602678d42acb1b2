//! Collects hits, totals and facet counts in one pass over the matches.

use std::{
    collections::{BTreeMap, BinaryHeap},
    sync::Arc,
};

use ::tantivy::{
    DocAddress, DocId, Score, SegmentOrdinal, SegmentReader, TantivyError,
    collector::{Collector, SegmentCollector},
};
use hashbrown::{HashMap, HashSet};

use super::{
    columns::{Columns, Gate, Gates, Passage},
    month::{MONTHS, YEAR_ZERO},
    place::SearchCursor,
};
use crate::{EntryFilter, Facet, Sort, filter::fill_gaps};

/// Number of entries that are counted in one batch.
const TOGETHER: usize = 256;

pub struct Collect {
    pub filter: EntryFilter,
    pub sort: Sort,
    pub first: usize,
    pub after: Option<SearchCursor>,
    pub facets: Vec<Facet>,
    pub zeroes: bool,
    /// The columns of each segment, by its ordinal.
    pub columns: Arc<Vec<Arc<Columns>>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CollectedHit {
    pub place: SearchCursor,
    pub at: DocAddress,
    pub alike: u64,
}

#[derive(Default)]
pub struct Collected {
    pub total: u64,
    pub entities: u64,
    /// At most one hit more than was asked for, which tells that the list goes on.
    pub hits: Vec<CollectedHit>,
    pub facets: BTreeMap<Facet, BTreeMap<String, u64>>,
}

impl Collector for Collect {
    type Fruit = Collected;
    type Child = Segment;

    fn for_segment(&self, ord: SegmentOrdinal, _: &SegmentReader) -> Result<Segment, TantivyError> {
        let columns = Arc::clone(&self.columns[ord as usize]);
        let gates = Gates::new(&self.filter, &columns);
        let counters =
            self.facets.iter().map(|facet| FacetCounter::new(*facet, self.zeroes, &columns)).collect();
        Ok(Segment {
            columns,
            gates,
            sort: self.sort,
            ord,
            counters,
            waiting: Vec::with_capacity(TOGETHER),
            singles: 0,
            entities: 0,
            best: Best { most: self.first + 1, after: self.after, heap: BinaryHeap::new() },
            folded: HashMap::new(),
        })
    }

    fn requires_scoring(&self) -> bool {
        matches!(self.sort, Sort::Relevance | Sort::Match)
    }

    fn merge_fruits(&self, segments: Vec<SegmentFruit>) -> Result<Collected, TantivyError> {
        let facets = self.facets.iter().map(|facet| (*facet, BTreeMap::new())).collect();
        let mut all = Collected { facets, ..Collected::default() };
        let mut best = Best { most: self.first + 1, after: self.after, heap: BinaryHeap::new() };
        let mut folded: HashMap<u64, CollectedHit> = HashMap::new();
        let mut counted: HashSet<(Facet, Arc<str>, u64)> = HashSet::new();
        for part in segments {
            all.total += part.singles;
            all.entities += part.entities;
            part.best.into_iter().for_each(|hit| best.add_hit(hit));
            for (fold, hit) in part.folded {
                merge_duplicate(&mut folded, fold, hit);
            }
            for (facet, values) in part.values {
                let counts = all.facets.entry(facet).or_default();
                for (value, count, folds) in values {
                    let mut count = count;
                    // Entries with identical files are one result: a value counts once for them, across all segments.
                    for fold in folds {
                        count += u64::from(counted.insert((facet, Arc::clone(&value), fold)));
                    }
                    if count > 0 || self.zeroes {
                        *counts.entry(value.to_string()).or_default() += count;
                    }
                }
            }
        }
        all.total += folded.len() as u64;
        for hit in folded.into_values() {
            best.add_hit(CollectedHit { alike: hit.alike - 1, ..hit });
        }
        if self.zeroes {
            all.facets.iter_mut().for_each(|(facet, counts)| fill_gaps(counts, *facet));
        }
        all.hits = best.heap.into_sorted_vec();
        Ok(all)
    }
}

/// Merges a hit into those with the same file: keeps the first and adds up their number.
fn merge_duplicate(folded: &mut HashMap<u64, CollectedHit>, fold: u64, hit: CollectedHit) {
    let known = folded.entry(fold).or_insert(CollectedHit { alike: 0, ..hit });
    let alike = known.alike + hit.alike;
    *known = CollectedHit { alike, ..(*known).min(hit) };
}

struct Best {
    most: usize,
    after: Option<SearchCursor>,
    /// Max-heap: its top is the last of the kept hits.
    heap: BinaryHeap<CollectedHit>,
}

impl Best {
    /// Returns whether a hit with this key can be among the first. A cheap test that rejects most hits.
    fn accepts_key(&self, key: u64) -> bool {
        self.heap.len() < self.most || self.heap.peek().is_some_and(|last| key <= last.place.key)
    }

    fn add_hit(&mut self, hit: CollectedHit) {
        if self.after.is_some_and(|after| hit.place <= after) {
            return;
        }
        if self.heap.len() < self.most {
            self.heap.push(hit);
        } else if let Some(mut last) = self.heap.peek_mut()
            && hit < *last
        {
            *last = hit;
        }
    }
}

pub struct Segment {
    columns: Arc<Columns>,
    gates: Gates,
    sort: Sort,
    ord: SegmentOrdinal,
    counters: Vec<FacetCounter>,
    /// Matching entries without duplicates, buffered so that each facet counts a whole batch.
    waiting: Vec<DocId>,
    singles: u64,
    entities: u64,
    best: Best,
    /// The first hit of each group with identical files, and the size of the group.
    folded: HashMap<u64, CollectedHit>,
}

pub struct SegmentFruit {
    singles: u64,
    entities: u64,
    best: Vec<CollectedHit>,
    folded: HashMap<u64, CollectedHit>,
    values: Vec<(Facet, Vec<ValueCount>)>,
}

/// A value, the number of entries without duplicates that have it, and the folds that have it.
type ValueCount = (Arc<str>, u64, Vec<u64>);

impl Segment {
    fn count_waiting(&mut self) {
        for counter in &mut self.counters {
            counter.count_all(&self.columns, &self.waiting);
        }
        self.waiting.clear();
    }

    /// The sort key of an entry, without the tie-breaker.
    fn sort_key(&self, doc: DocId, score: Score) -> u64 {
        let columns = &self.columns;
        let (time, direction) = match self.sort {
            Sort::Match => return SearchCursor::of_score(score, 0).key,
            Sort::Relevance => {
                return SearchCursor::of_score(score * columns.weights[doc as usize], 0).key;
            }
            Sort::MeetingDate(direction) => (columns.meeting_date.first(doc), direction),
            Sort::PublishedAt(direction) => (columns.published_at.first(doc), direction),
            Sort::FirstSeenAt(direction) => (columns.first_seen_at.first(doc), direction),
        };
        SearchCursor::of_time(time, direction, 0).key
    }

    fn hit_at(&self, doc: DocId, key: u64, alike: u64) -> CollectedHit {
        let place = SearchCursor { key, tie: self.columns.tie.first(doc).unwrap_or(0) };
        CollectedHit { place, at: DocAddress::new(self.ord, doc), alike }
    }
}

impl SegmentCollector for Segment {
    type Fruit = SegmentFruit;

    fn collect(&mut self, doc: DocId, score: Score) {
        let passage = self.gates.passage(&self.columns, doc);
        if passage == Passage::None {
            return;
        }
        let fold = self.columns.fold.as_ref().and_then(|column| column.first(doc));
        if passage == Passage::All && fold.is_none() {
            self.waiting.push(doc);
            if self.waiting.len() == TOGETHER {
                self.count_waiting();
            }
        } else {
            for counter in &mut self.counters {
                if passage == Passage::All || passage == Passage::AllBut(counter.gate) {
                    counter.count_one(&self.columns, doc, fold);
                }
            }
        }
        if passage != Passage::All {
            return;
        }
        self.entities += 1;
        let key = self.sort_key(doc, score);
        match fold {
            None => {
                self.singles += 1;
                if self.best.accepts_key(key) {
                    self.best.add_hit(self.hit_at(doc, key, 0));
                }
            }
            Some(fold) => {
                let hit = self.hit_at(doc, key, 1);
                merge_duplicate(&mut self.folded, fold, hit);
            }
        }
    }

    fn harvest(mut self) -> Self::Fruit {
        self.count_waiting();
        let Self { columns, counters, singles, entities, best, folded, .. } = self;
        let values =
            counters.into_iter().map(|counter| (counter.facet, counter.into_values(&columns))).collect();
        SegmentFruit { singles, entities, best: best.heap.into_vec(), folded, values }
    }
}

struct FacetCounter {
    facet: Facet,
    gate: Gate,
    counts: Vec<u64>,
    /// Pairs of value number and fold, so that a fold counts once.
    folds: HashSet<(usize, u64)>,
    zeroes: bool,
}

impl FacetCounter {
    fn new(facet: Facet, zeroes: bool, columns: &Columns) -> Self {
        let place = facet.kept_index();
        let values = place.and_then(|place| columns.values[place].as_ref());
        let numbers = values.map_or(0, |values| values.value_names().len());
        let gate = place.map_or(Gate::MeetingDate, Gate::Value);
        let numbers = if gate == Gate::MeetingDate { MONTHS } else { numbers };
        Self { facet, gate, counts: vec![0; numbers], folds: HashSet::new(), zeroes }
    }

    fn count_one(&mut self, columns: &Columns, doc: DocId, fold: Option<u64>) {
        let Some(fold) = fold else { return self.count_all(columns, &[doc]) };
        let folds = &mut self.folds;
        Self::for_each_value(self.gate, self.facet, columns, &[doc], |number| {
            folds.insert((number, fold));
        });
    }

    /// Counts entries that have no duplicates.
    fn count_all(&mut self, columns: &Columns, docs: &[DocId]) {
        let counts = &mut self.counts;
        Self::for_each_value(self.gate, self.facet, columns, docs, |number| {
            if let Some(count) = counts.get_mut(number) {
                *count += 1;
            }
        });
    }

    #[inline]
    fn for_each_value(
        gate: Gate,
        facet: Facet,
        columns: &Columns,
        docs: &[DocId],
        mut on: impl FnMut(usize),
    ) {
        match gate {
            Gate::Value(place) => {
                let Some(values) = &columns.values[place] else { return };
                for doc in docs {
                    values.for_each_value(*doc, &mut on);
                }
            }
            Gate::MeetingDate => {
                let months = docs.iter().map(|doc| usize::from(columns.months[*doc as usize]));
                let months = months.filter_map(|month| month.checked_sub(1));
                if facet == Facet::Year {
                    months.map(|month| month / 12).for_each(on);
                } else {
                    months.for_each(on);
                }
            }
        }
    }

    fn into_values(self, columns: &Columns) -> Vec<ValueCount> {
        let mut found: BTreeMap<usize, (u64, Vec<u64>)> = BTreeMap::new();
        // Gaps in years and months are filled after all segments are merged.
        let zeroes = self.zeroes && self.gate != Gate::MeetingDate;
        for (number, count) in self.counts.iter().enumerate() {
            if *count > 0 || zeroes {
                found.entry(number).or_default().0 = *count;
            }
        }
        for (number, fold) in self.folds {
            found.entry(number).or_default().1.push(fold);
        }
        let zero = usize::from(YEAR_ZERO.cast_unsigned());
        let named = found.into_iter().filter_map(|(number, (count, folds))| {
            let name = match (self.gate, self.facet) {
                (Gate::Value(place), _) => {
                    Arc::clone(columns.values[place].as_ref()?.value_names().get(number)?)
                }
                (Gate::MeetingDate, Facet::Year) => format!("{}", zero + number).into(),
                (Gate::MeetingDate, _) => format!("{}-{:02}", zero + number / 12, number % 12 + 1).into(),
            };
            Some((name, count, folds))
        });
        named.collect()
    }
}
