//! The columns of a segment, and which of its things pass a filter.

use std::collections::BTreeSet;

use ::tantivy::{
    DocId, SegmentReader, TantivyError,
    columnar::{Cardinality, Column, StrColumn},
};

use crate::{Between, Facet, Filter, filter::day_number};

/// What is known of each thing in a segment beside its words.
pub struct Columns {
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
    pub values: Vec<Option<StrColumn>>,
}

impl Columns {
    /// The columns of a segment.
    pub fn of(segment: &SegmentReader) -> Result<Self, TantivyError> {
        let fast = segment.fast_fields();
        Ok(Self {
            id: fast.str("id")?,
            tie: fast.u64("tie")?,
            fold: Some(fast.u64("fold")?).filter(|column| column.values.num_vals() > 0),
            meeting_date: fast.i64("meeting_date")?,
            published_at: fast.i64("published_at")?,
            first_seen_at: fast.i64("first_seen_at")?,
            values: Facet::KEPT.iter().map(|facet| fast.str(facet.word())).collect::<Result<_, _>>()?,
        })
    }

    /// The text of a value.
    pub fn text(column: &StrColumn, ord: u64) -> Result<String, TantivyError> {
        let mut text = String::new();
        column.ord_to_str(ord, &mut text)?;
        Ok(text)
    }

    /// Calls `on` with the number of each value that a thing has.
    pub fn each_value(column: &StrColumn, doc: DocId, mut on: impl FnMut(u64)) {
        let ords = column.ords();
        // Most things have one value, and looking it up is three times as fast as asking for all.
        if ords.get_cardinality() == Cardinality::Multivalued {
            ords.values_for_doc(doc).for_each(on);
        } else if let Some(ord) = ords.first(doc) {
            on(ord);
        }
    }

    /// A thing's id, as text.
    pub fn id_of(&self, doc: DocId) -> Result<String, TantivyError> {
        match &self.id {
            Some(column) => Self::text(column, column.ords().first(doc).unwrap_or(0)),
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
    pub fn of(filter: &Filter, columns: &Columns) -> Result<Self, TantivyError> {
        let mut values = Vec::new();
        for (place, facet) in Facet::KEPT.iter().enumerate() {
            if let Some(wanted) = filter.values.get(facet).filter(|wanted| !wanted.is_empty()) {
                values.push((place, passing(columns.values[place].as_ref(), wanted)?));
            }
        }
        Ok(Self {
            values,
            meeting_date: filter.meeting_date.map(day_number),
            published_at: filter.published_at.map(day_number),
            first_seen_at: filter.first_seen_at.map(jiff::Timestamp::as_second),
            is_open: *filter == Filter::default(),
        })
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
            let has = |column: &StrColumn| {
                let mut ords = column.ords().values_for_doc(doc);
                ords.any(|ord| usize::try_from(ord).is_ok_and(|ord| passes.get(ord) == Some(&true)))
            };
            if !columns.values[*place].as_ref().is_some_and(has) {
                if failed.is_some() {
                    return Passage::None;
                }
                failed = Some(Gate::Value(*place));
            }
        }
        failed.map_or(Passage::All, Passage::AllBut)
    }
}

fn passing(column: Option<&StrColumn>, wanted: &BTreeSet<String>) -> Result<Vec<bool>, TantivyError> {
    let Some(column) = column else { return Ok(Vec::new()) };
    let mut passes = vec![false; column.num_terms()];
    for value in wanted {
        if let Some(ord) = column.dictionary().term_ord(value)?.and_then(|ord| usize::try_from(ord).ok()) {
            passes[ord] = true;
        }
    }
    Ok(passes)
}
