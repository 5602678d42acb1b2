//! One pass over what matches: how many there are, which come first, and how many have each value.

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
    place::Place,
};
use crate::{Facet, Filter, Sort, filter::fill};

/// So many things are counted together.
const TOGETHER: usize = 256;

/// What is collected.
pub struct Collect {
    /// Which things count.
    pub filter: Filter,
    /// In which order.
    pub sort: Sort,
    /// How many hits.
    pub first: usize,
    /// Behind which place.
    pub after: Option<Place>,
    /// What is counted by value.
    pub facets: Vec<Facet>,
    /// Whether values that nothing has are counted too.
    pub zeroes: bool,
    /// What is known of the things in each segment.
    pub columns: Arc<Vec<Arc<Columns>>>,
}

/// A hit: its place, where it lies, and how many there are like it beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hit {
    /// Its place.
    pub place: Place,
    /// Where it lies.
    pub at: DocAddress,
    /// How many others share its file.
    pub alike: u64,
}

/// What was collected.
#[derive(Default)]
pub struct Collected {
    /// How many results there are.
    pub total: u64,
    /// How many things match.
    pub entities: u64,
    /// One more hit than was asked for, where there are as many.
    pub hits: Vec<Hit>,
    /// How many results have each value.
    pub facets: BTreeMap<Facet, BTreeMap<String, u64>>,
}

impl Collector for Collect {
    type Fruit = Collected;
    type Child = Segment;

    fn for_segment(&self, ord: SegmentOrdinal, _: &SegmentReader) -> Result<Segment, TantivyError> {
        let columns = Arc::clone(&self.columns[ord as usize]);
        let gates = Gates::of(&self.filter, &columns);
        let counters = self.facets.iter().map(|facet| Counter::of(*facet, self.zeroes, &columns)).collect();
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

    fn merge_fruits(&self, segments: Vec<Part>) -> Result<Collected, TantivyError> {
        let facets = self.facets.iter().map(|facet| (*facet, BTreeMap::new())).collect();
        let mut all = Collected { facets, ..Collected::default() };
        let mut best = Best { most: self.first + 1, after: self.after, heap: BinaryHeap::new() };
        let mut folded: HashMap<u64, Hit> = HashMap::new();
        let mut counted: HashSet<(Facet, Arc<str>, u64)> = HashSet::new();
        for part in segments {
            all.total += part.singles;
            all.entities += part.entities;
            part.best.into_iter().for_each(|hit| best.take(hit));
            for (fold, hit) in part.folded {
                join(&mut folded, fold, hit);
            }
            for (facet, values) in part.values {
                let counts = all.facets.entry(facet).or_default();
                for (value, count, folds) in values {
                    let mut count = count;
                    // Of things that are one result, each value counts once, in whichever segments they lie.
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
            best.take(Hit { alike: hit.alike - 1, ..hit });
        }
        if self.zeroes {
            all.facets.iter_mut().for_each(|(facet, counts)| fill(counts, *facet));
        }
        all.hits = best.heap.into_sorted_vec();
        Ok(all)
    }
}

/// Adds a hit to those that share its file: the first of them stands for all, with how many they are.
fn join(folded: &mut HashMap<u64, Hit>, fold: u64, hit: Hit) {
    let known = folded.entry(fold).or_insert(Hit { alike: 0, ..hit });
    let alike = known.alike + hit.alike;
    *known = Hit { alike, ..(*known).min(hit) };
}

/// The first hits behind a place.
struct Best {
    most: usize,
    after: Option<Place>,
    /// The last of them on top.
    heap: BinaryHeap<Hit>,
}

impl Best {
    /// Whether a hit with that key may still be among them: most may not, and nothing more need be known of those.
    fn wants(&self, key: u64) -> bool {
        self.heap.len() < self.most || self.heap.peek().is_some_and(|last| key <= last.place.key)
    }

    fn take(&mut self, hit: Hit) {
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

/// Collects over one segment.
pub struct Segment {
    columns: Arc<Columns>,
    gates: Gates,
    sort: Sort,
    ord: SegmentOrdinal,
    counters: Vec<Counter>,
    /// Things that pass and share nothing: they are counted so many at a time, by one facet after the other.
    waiting: Vec<DocId>,
    singles: u64,
    entities: u64,
    best: Best,
    /// Of things that share a file, the first, with how many they are.
    folded: HashMap<u64, Hit>,
}

/// What one segment gives.
pub struct Part {
    singles: u64,
    entities: u64,
    best: Vec<Hit>,
    folded: HashMap<u64, Hit>,
    values: Vec<(Facet, Vec<ValueCount>)>,
}

/// A value, how many single things have it, and what those share that have it too.
type ValueCount = (Arc<str>, u64, Vec<u64>);

impl Segment {
    fn count_waiting(&mut self) {
        for counter in &mut self.counters {
            counter.count_all(&self.columns, &self.waiting);
        }
        self.waiting.clear();
    }

    /// The place of a thing, but for what orders equals.
    fn key(&self, doc: DocId, score: Score) -> u64 {
        let columns = &self.columns;
        let of_time = |time, direction| Place::of_time(time, direction, 0).key;
        match self.sort {
            Sort::Match => Place::of_score(score, 0).key,
            Sort::Relevance => Place::of_score(score * columns.weights[doc as usize], 0).key,
            Sort::MeetingDate(direction) => of_time(columns.meeting_date.first(doc), direction),
            Sort::PublishedAt(direction) => of_time(columns.published_at.first(doc), direction),
            Sort::FirstSeenAt(direction) => of_time(columns.first_seen_at.first(doc), direction),
        }
    }

    fn hit(&self, doc: DocId, key: u64, alike: u64) -> Hit {
        let place = Place { key, tie: self.columns.tie.first(doc).unwrap_or(0) };
        Hit { place, at: DocAddress::new(self.ord, doc), alike }
    }
}

impl SegmentCollector for Segment {
    type Fruit = Part;

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
                    counter.count(&self.columns, doc, fold);
                }
            }
        }
        if passage != Passage::All {
            return;
        }
        self.entities += 1;
        let key = self.key(doc, score);
        match fold {
            None => {
                self.singles += 1;
                if self.best.wants(key) {
                    self.best.take(self.hit(doc, key, 0));
                }
            }
            Some(fold) => {
                let hit = self.hit(doc, key, 1);
                join(&mut self.folded, fold, hit);
            }
        }
    }

    fn harvest(mut self) -> Self::Fruit {
        self.count_waiting();
        let Self { columns, counters, singles, entities, best, folded, .. } = self;
        let values = counters.into_iter().map(|counter| (counter.facet, counter.values(&columns))).collect();
        Part { singles, entities, best: best.heap.into_vec(), folded, values }
    }
}

/// Counts the values of one facet.
struct Counter {
    facet: Facet,
    gate: Gate,
    /// By the number of the value.
    counts: Vec<u64>,
    /// What things share that have a value: the number of the value, and the hash.
    folds: HashSet<(usize, u64)>,
    /// Whether values that nothing has are counted too.
    zeroes: bool,
}

impl Counter {
    fn of(facet: Facet, zeroes: bool, columns: &Columns) -> Self {
        let place = facet.place();
        let values = place.and_then(|place| columns.values[place].as_ref());
        let numbers = values.map_or(0, |values| values.names().len());
        let gate = place.map_or(Gate::MeetingDate, Gate::Value);
        let numbers = if gate == Gate::MeetingDate { MONTHS } else { numbers };
        Self { facet, gate, counts: vec![0; numbers], folds: HashSet::new(), zeroes }
    }

    fn count(&mut self, columns: &Columns, doc: DocId, fold: Option<u64>) {
        let Some(fold) = fold else { return self.count_all(columns, &[doc]) };
        let folds = &mut self.folds;
        Self::each(self.gate, self.facet, columns, &[doc], |number| {
            folds.insert((number, fold));
        });
    }

    /// Counts things that share nothing.
    fn count_all(&mut self, columns: &Columns, docs: &[DocId]) {
        let counts = &mut self.counts;
        Self::each(self.gate, self.facet, columns, docs, |number| {
            if let Some(count) = counts.get_mut(number) {
                *count += 1;
            }
        });
    }

    /// Calls `on` with the number of each value that things have.
    #[inline]
    fn each(gate: Gate, facet: Facet, columns: &Columns, docs: &[DocId], mut on: impl FnMut(usize)) {
        match gate {
            Gate::Value(place) => {
                let Some(values) = &columns.values[place] else { return };
                for doc in docs {
                    values.each(*doc, &mut on);
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

    fn values(self, columns: &Columns) -> Vec<ValueCount> {
        let mut found: BTreeMap<usize, (u64, Vec<u64>)> = BTreeMap::new();
        // Of a calendar, the gaps are filled when all segments are known.
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
                (Gate::Value(place), _) => Arc::clone(columns.values[place].as_ref()?.names().get(number)?),
                (Gate::MeetingDate, Facet::Year) => format!("{}", zero + number).into(),
                (Gate::MeetingDate, _) => format!("{}-{:02}", zero + number / 12, number % 12 + 1).into(),
            };
            Some((name, count, folds))
        });
        named.collect()
    }
}
