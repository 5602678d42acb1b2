//! The columns of a segment, and the filter that uses them.

use std::collections::BTreeSet;

use ::tantivy::{
    DocId, SegmentReader, TantivyError,
    columnar::{Column, StrColumn},
    index::SegmentId,
};

use super::{
    month::month_of,
    values::{Values, value_text},
};
use crate::{
    Between, EntryFilter, Facet,
    filter::{day_number, recency},
};

/// Everything known of the entries of a segment besides their words. A segment is immutable: deleted entries are only skipped.
pub struct Columns {
    pub segment: SegmentId,
    pub id: Option<StrColumn>,
    pub tie: Column<u64>,
    /// Hash of the fold key; `None` if no entry of the segment has one.
    pub fold: Option<Column<u64>>,
    pub meeting_date: Column<i64>,
    pub published_at: Column<i64>,
    /// In seconds since 1970.
    pub first_seen_at: Column<i64>,
    /// Values of facets, in the order of [`Facet::KEPT`].
    pub values: Vec<Option<Values>>,
    /// Result of [`month_of`] plus one for each entry; 0 for none.
    pub months: Vec<u16>,
    /// Result of [`recency`] for each entry.
    pub weights: Vec<f32>,
}

impl Columns {
    pub fn new(segment: &SegmentReader) -> Result<Self, TantivyError> {
        let (fast, things) = (segment.fast_fields(), segment.max_doc());
        let (meeting_date, published_at) = (fast.i64("meeting_date")?, fast.i64("published_at")?);
        let (mut values, mut months, mut weights) = (Vec::new(), Vec::new(), Vec::new());
        for facet in Facet::KEPT {
            values.push(fast.str(facet.as_str())?.map(|column| Values::new(column, things)).transpose()?);
        }
        for doc in 0..things {
            let day = meeting_date.first(doc);
            months.push(day.and_then(month_of).map_or(0, |month| month + 1));
            weights.push(recency(day.or_else(|| published_at.first(doc))));
        }
        Ok(Self {
            segment: segment.segment_id(),
            id: fast.str("id")?,
            tie: fast.u64("tie")?,
            fold: Some(fast.u64("fold")?).filter(|column| column.values.num_vals() > 0),
            first_seen_at: fast.i64("first_seen_at")?,
            values,
            months,
            weights,
            meeting_date,
            published_at,
        })
    }

    pub fn id_of(&self, doc: DocId) -> Result<String, TantivyError> {
        match &self.id {
            Some(column) => value_text(column, column.ords().first(doc).unwrap_or(0)),
            None => Ok(String::new()),
        }
    }
}

/// Outcome of a filter for one entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Passage {
    All,
    /// The entry fails exactly one gate. It still counts for that gate's own facets.
    AllBut(Gate),
    None,
}

/// A part of a filter that facets may ignore.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gate {
    /// A facet, by its index in [`Facet::KEPT`].
    Value(usize),
    /// The day of the meeting, on which the facets year and month depend.
    MeetingDate,
}

pub struct Gates {
    /// For each restricted facet its index, and for each of its values whether it passes.
    values: Vec<(usize, Vec<bool>)>,
    meeting_date: Between<i64>,
    published_at: Between<i64>,
    first_seen_at: Between<i64>,
    is_open: bool,
}

impl Gates {
    pub fn new(filter: &EntryFilter, columns: &Columns) -> Self {
        let mut values = Vec::new();
        for (place, facet) in Facet::KEPT.iter().enumerate() {
            if let Some(wanted) = filter.values.get(facet).filter(|wanted| !wanted.is_empty()) {
                values.push((place, passing(columns.values[place].as_ref(), wanted)));
            }
        }
        Self {
            values,
            meeting_date: filter.meeting_date.map_bounds(day_number),
            published_at: filter.published_at.map_bounds(day_number),
            first_seen_at: filter.first_seen_at.map_bounds(jiff::Timestamp::as_second),
            is_open: *filter == EntryFilter::default(),
        }
    }

    pub fn passage(&self, columns: &Columns, doc: DocId) -> Passage {
        if self.is_open {
            return Passage::All;
        }
        if is_outside(&self.published_at, &columns.published_at, doc)
            || is_outside(&self.first_seen_at, &columns.first_seen_at, doc)
        {
            return Passage::None;
        }
        let mut failed = None;
        if is_outside(&self.meeting_date, &columns.meeting_date, doc) {
            failed = Some(Gate::MeetingDate);
        }
        for (place, passes) in &self.values {
            let mut has = false;
            if let Some(values) = &columns.values[*place] {
                values.for_each_value(doc, |number| has |= passes.get(number) == Some(&true));
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

fn is_outside(between: &Between<i64>, column: &Column<i64>, doc: DocId) -> bool {
    !between.is_open() && !between.holds(column.first(doc))
}

fn passing(values: Option<&Values>, wanted: &BTreeSet<String>) -> Vec<bool> {
    let Some(values) = values else { return Vec::new() };
    let mut passes = vec![false; values.value_names().len()];
    wanted.iter().filter_map(|value| values.number_of(value)).for_each(|number| passes[number] = true);
    passes
}
