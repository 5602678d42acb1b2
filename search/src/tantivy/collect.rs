//! One pass over what matches: how many there are, which come first, and how many have each value.

use std::{
    collections::{BTreeMap, BinaryHeap, HashMap, HashSet},
    sync::{Arc, LazyLock},
};

use ::tantivy::{
    DocAddress, DocId, Score, SegmentOrdinal, SegmentReader, TantivyError,
    collector::{Collector, SegmentCollector},
};

use super::{
    columns::{Columns, Gate, Gates, Passage},
    place::Place,
};
use crate::{
    Facet, Filter, Sort,
    filter::{day_of, fill, recency},
};

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
        let gates = Gates::of(&self.filter, &columns)?;
        let counters = self.facets.iter().map(|facet| Counter::of(*facet, self.zeroes, &columns)).collect();
        Ok(Segment {
            columns,
            gates,
            sort: self.sort,
            ord,
            counters,
            singles: 0,
            entities: 0,
            best: Best { most: self.first + 1, after: self.after, heap: BinaryHeap::new() },
            folded: HashMap::new(),
        })
    }

    fn requires_scoring(&self) -> bool {
        matches!(self.sort, Sort::Relevance | Sort::Match)
    }

    fn merge_fruits(&self, segments: Vec<Result<Part, TantivyError>>) -> Result<Collected, TantivyError> {
        let facets = self.facets.iter().map(|facet| (*facet, BTreeMap::new())).collect();
        let mut all = Collected { facets, ..Collected::default() };
        let mut best = Best { most: self.first + 1, after: self.after, heap: BinaryHeap::new() };
        let mut folded: HashMap<u64, Hit> = HashMap::new();
        let mut counted: HashSet<(Facet, Arc<str>, u64)> = HashSet::new();
        for part in segments {
            let part = part?;
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
    /// The place of a thing, but for what orders equals.
    fn key(&self, doc: DocId, score: Score) -> u64 {
        let columns = &self.columns;
        let of_time = |time, direction| Place::of_time(time, direction, 0).key;
        match self.sort {
            Sort::Match => Place::of_score(score, 0).key,
            Sort::Relevance => {
                let day = columns.meeting_date.first(doc).or_else(|| columns.published_at.first(doc));
                Place::of_score(score * recency(day), 0).key
            }
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
    type Fruit = Result<Part, TantivyError>;

    fn collect(&mut self, doc: DocId, score: Score) {
        let passage = self.gates.passage(&self.columns, doc);
        if passage == Passage::None {
            return;
        }
        let fold = self.columns.fold.as_ref().and_then(|column| column.first(doc));
        for counter in &mut self.counters {
            if passage == Passage::All || passage == Passage::AllBut(counter.gate) {
                counter.count(&self.columns, doc, fold);
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

    fn harvest(self) -> Self::Fruit {
        let Self { columns, counters, singles, entities, best, folded, .. } = self;
        let values = counters.into_iter().map(|counter| Ok((counter.facet, counter.values(&columns)?)));
        let values = values.collect::<Result<_, TantivyError>>()?;
        Ok(Part { singles, entities, best: best.heap.into_vec(), folded, values })
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

/// Years and months are numbered from here.
const YEAR_ZERO: i16 = 1800;

impl Counter {
    fn of(facet: Facet, zeroes: bool, columns: &Columns) -> Self {
        let place = facet.place();
        let gate = place.map_or(Gate::MeetingDate, Gate::Value);
        let numbers = place.and_then(|place| Some(columns.values[place].as_ref()?.num_terms())).unwrap_or(0);
        Self { facet, gate, counts: vec![0; numbers], folds: HashSet::new(), zeroes }
    }

    fn count(&mut self, columns: &Columns, doc: DocId, fold: Option<u64>) {
        match self.gate {
            Gate::Value(place) => {
                let Some(column) = &columns.values[place] else { return };
                Columns::each_value(column, doc, |ord| {
                    self.add(usize::try_from(ord).unwrap_or(usize::MAX), fold);
                });
            }
            Gate::MeetingDate => {
                let Some(month) = columns.meeting_date.first(doc).and_then(month_of) else { return };
                self.add(if self.facet == Facet::Year { month / 12 } else { month }, fold);
            }
        }
    }

    fn add(&mut self, number: usize, fold: Option<u64>) {
        if let Some(fold) = fold {
            self.folds.insert((number, fold));
            return;
        }
        if number >= self.counts.len() && self.gate == Gate::MeetingDate {
            self.counts.resize(number + 1, 0);
        }
        if let Some(count) = self.counts.get_mut(number) {
            *count += 1;
        }
    }

    fn values(self, columns: &Columns) -> Result<Vec<ValueCount>, TantivyError> {
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
        let named = found.into_iter().map(|(number, (count, folds))| {
            let name = match (self.gate, self.facet) {
                (Gate::Value(place), _) => match &columns.values[place] {
                    Some(column) => Columns::text(column, number as u64)?,
                    None => String::new(),
                },
                (Gate::MeetingDate, Facet::Year) => format!("{}", zero + number),
                (Gate::MeetingDate, _) => format!("{}-{:02}", zero + number / 12, number % 12 + 1),
            };
            Ok((Arc::from(name), count, folds))
        });
        named.collect()
    }
}

/// The number of a day's month, from January 1800; `None` for days that no council knows.
fn month_of(day: i64) -> Option<usize> {
    /// The months of all days from 1800 to 2199: a calendar would be asked for everything that matches.
    static MONTHS: LazyLock<Vec<u16>> = LazyLock::new(|| {
        (FIRST..LAST)
            .map(|day| {
                day_of(day).map_or(0, |day| {
                    (day.year() - YEAR_ZERO).cast_unsigned() * 12 + u16::from(day.month().cast_unsigned()) - 1
                })
            })
            .collect()
    });
    const FIRST: i64 = -62_091; // 1800-01-01, in days since 1970
    const LAST: i64 = 84_006; // 2200-01-01
    let place = usize::try_from(day.checked_sub(FIRST)?).ok()?;
    MONTHS.get(place).map(|month| usize::from(*month))
}

#[cfg(test)]
mod tests {
    use jiff::civil::Date;

    use super::*;
    use crate::filter::day_number;

    #[test]
    fn every_day_has_its_month() {
        let month = |year: i16, month: i8, day: i8| month_of(day_number(Date::constant(year, month, day)));
        assert_eq!(month(1800, 1, 1), Some(0));
        assert_eq!(month(2000, 2, 29), Some(2401));
        assert_eq!(month(2199, 12, 31), Some(4799));
        assert_eq!((month(1799, 12, 31), month(2200, 1, 1), month_of(i64::MAX)), (None, None, None));
    }
}
