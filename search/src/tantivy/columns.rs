//! The columns of a segment, and which of its things pass a filter.

use std::collections::BTreeSet;

use ::tantivy::{
    DocId, SegmentReader, TantivyError,
    columnar::{Column, StrColumn},
    index::SegmentId,
};

use super::{
    month::month_of,
    values::{Values, text},
};
use crate::{
    Between, Facet, Filter,
    filter::{day_number, recency},
};

/// What is known of each thing in a segment beside its words. A segment never changes; what leaves it is only passed over.
pub struct Columns {
    /// The segment.
    pub segment: SegmentId,
    /// Ids.
    pub id: Option<StrColumn>,
    /// What orders equals.
    pub tie: Column<u64>,
    /// What things share; absent where nothing shares anything.
    pub fold: Option<Column<u64>>,
    /// Days of meetings.
    pub meeting_date: Column<i64>,
    /// Days of publication.
    pub published_at: Column<i64>,
    /// Seconds at which things were first seen.
    pub first_seen_at: Column<i64>,
    /// Values of facets, in the order of [`Facet::KEPT`].
    pub values: Vec<Option<Values>>,
    /// Months of meetings, as [`month_of`] counts them and one more; 0 for none.
    pub months: Vec<u16>,
    /// How much each thing weighs by its day.
    pub weights: Vec<f32>,
}

impl Columns {
    /// The columns of a segment.
    pub fn of(segment: &SegmentReader) -> Result<Self, TantivyError> {
        let (fast, things) = (segment.fast_fields(), segment.max_doc());
        let (meeting_date, published_at) = (fast.i64("meeting_date")?, fast.i64("published_at")?);
        let values =
            |facet: &Facet| fast.str(facet.word())?.map(|column| Values::of(column, things)).transpose();
        let month = |doc| meeting_date.first(doc).and_then(month_of).map_or(0, |month| month + 1);
        let weight = |doc| recency(meeting_date.first(doc).or_else(|| published_at.first(doc)));
        Ok(Self {
            segment: segment.segment_id(),
            id: fast.str("id")?,
            tie: fast.u64("tie")?,
            fold: Some(fast.u64("fold")?).filter(|column| column.values.num_vals() > 0),
            first_seen_at: fast.i64("first_seen_at")?,
            values: Facet::KEPT.iter().map(values).collect::<Result<_, _>>()?,
            months: (0..things).map(month).collect(),
            weights: (0..things).map(weight).collect(),
            meeting_date,
            published_at,
        })
    }

    /// A thing's id, as text.
    pub fn id_of(&self, doc: DocId) -> Result<String, TantivyError> {
        match &self.id {
            Some(column) => text(column, column.ords().first(doc).unwrap_or(0)),
            None => Ok(String::new()),
        }
    }
}

/// How a thing fares at a filter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Passage {
    /// It passes.
    All,
    /// It fails at one gate only: it counts for the facets of that gate.
    AllBut(Gate),
    /// It does not count.
    None,
}

/// What is asked of a thing by one part of a filter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gate {
    /// Values of a facet, by its place in [`Facet::KEPT`].
    Value(usize),
    /// The day of the meeting, by which years and months are counted.
    MeetingDate,
}

/// A filter over one segment.
pub struct Gates {
    /// For each facet that is restricted: its place, and whether each of its values passes.
    values: Vec<(usize, Vec<bool>)>,
    meeting_date: Between<i64>,
    published_at: Between<i64>,
    first_seen_at: Between<i64>,
    /// Whether nothing is restricted.
    is_open: bool,
}

impl Gates {
    /// The gates of a filter.
    pub fn of(filter: &Filter, columns: &Columns) -> Self {
        let mut values = Vec::new();
        for (place, facet) in Facet::KEPT.iter().enumerate() {
            if let Some(wanted) = filter.values.get(facet).filter(|wanted| !wanted.is_empty()) {
                values.push((place, passing(columns.values[place].as_ref(), wanted)));
            }
        }
        Self {
            values,
            meeting_date: filter.meeting_date.map(day_number),
            published_at: filter.published_at.map(day_number),
            first_seen_at: filter.first_seen_at.map(jiff::Timestamp::as_second),
            is_open: *filter == Filter::default(),
        }
    }

    /// How a thing fares.
    pub fn passage(&self, columns: &Columns, doc: DocId) -> Passage {
        if self.is_open {
            return Passage::All;
        }
        let fails = |between: &Between<i64>, column: &Column<i64>| {
            !between.is_open() && !between.holds(column.first(doc))
        };
        if fails(&self.published_at, &columns.published_at)
            || fails(&self.first_seen_at, &columns.first_seen_at)
        {
            return Passage::None;
        }
        let mut failed = None;
        if fails(&self.meeting_date, &columns.meeting_date) {
            failed = Some(Gate::MeetingDate);
        }
        for (place, passes) in &self.values {
            let mut has = false;
            if let Some(values) = &columns.values[*place] {
                values.each(doc, |number| has |= passes.get(number) == Some(&true));
            }
            if !has {
                if failed.is_some() {
                    return Passage::None;
                }
                failed = Some(Gate::Value(*place));
            }
        }
        failed.map_or(Passage::All, Passage::AllBut)
    }
}

/// Of each value whether it passes.
fn passing(values: Option<&Values>, wanted: &BTreeSet<String>) -> Vec<bool> {
    let Some(values) = values else { return Vec::new() };
    let mut passes = vec![false; values.names().len()];
    wanted.iter().filter_map(|value| values.number(value)).for_each(|number| passes[number] = true);
    passes
}
