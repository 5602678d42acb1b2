//! Lists in pages, as Relay asks for them.

use async_graphql::{
    Context, Error, OutputType, Result, SchemaBuilder, SimpleObject,
    connection::{Connection, Edge, EmptyFields},
};
use raadhuis_schema::{self as schema, EntityId, Kind, Relation};
use raadhuis_store::{self as store, Direction, Filter, Listing, Place, Related};

use super::{
    coverage::Coverage,
    document::Page,
    held::{FromStored, Held},
    ledger::Gap,
    loader::{hidden, related},
    node::Node,
    search::SearchPage,
};
use crate::Library;

/// Rows on a page when nothing is said.
pub const DEFAULT_FIRST: i32 = 20;

/// Rows on a page at most.
pub const MOST_FIRST: i32 = 100;

/// How many there are in all.
#[derive(Clone, Copy, Debug, SimpleObject)]
pub struct Total {
    /// How many there are on all pages together, exactly.
    pub total_count: u64,
}

/// A page of a list.
pub type PageOf<T> = Connection<String, T, Total, EmptyFields>;

/// What a list costs: what one row costs, for every tenth row that is asked for. Lists within lists are seldom full,
/// and an agenda three deep must be affordable; what is left is bounded by depth, page size and time.
pub fn cost(first: Option<i32>, child: usize) -> usize {
    let rows = first.unwrap_or(DEFAULT_FIRST).clamp(1, MOST_FIRST);
    usize::try_from(rows).unwrap_or(1).div_ceil(10) * child + 1
}

/// Which page, in the words of Relay: `first` rows behind `after`, or the `last` ones before `before`.
#[derive(Clone, Debug, Default)]
pub struct Paging {
    /// How many.
    pub first: Option<i32>,
    /// Behind which cursor.
    pub after: Option<String>,
    /// How many, from the end.
    pub last: Option<i32>,
    /// Before which cursor.
    pub before: Option<String>,
}

/// Rows that are asked for, checked.
struct Wanted {
    /// How many.
    rows: u32,
    /// The cursor from which they are counted.
    cursor: Option<String>,
    /// Whether they are counted backwards.
    is_backward: bool,
}

impl Paging {
    /// # Errors
    /// Both ways at once; more than a page may hold, or less than none.
    fn wanted(self) -> Result<Wanted> {
        let is_backward = self.last.is_some() || self.before.is_some();
        if is_backward && (self.first.is_some() || self.after.is_some()) {
            return Err(Error::new(
                "a page is asked for with first and after, or with last and before, not with both",
            ));
        }
        let (asked, cursor) = if is_backward { (self.last, self.before) } else { (self.first, self.after) };
        Ok(Wanted { rows: counted(if is_backward { "last" } else { "first" }, asked)?, cursor, is_backward })
    }
}

/// The number of rows that are asked for.
///
/// # Errors
/// More than a page may hold, or less than none.
pub fn rows(first: Option<i32>) -> Result<u32> {
    counted("first", first)
}

fn counted(name: &str, asked: Option<i32>) -> Result<u32> {
    let asked = asked.unwrap_or(DEFAULT_FIRST);
    u32::try_from(asked).ok().filter(|_| asked <= MOST_FIRST).ok_or_else(|| {
        Error::new(format!(
            "{name} is {asked}; a page holds 0 to {MOST_FIRST} rows, ask for the next with after, or for the one before with before"
        ))
    })
}

/// The row that a cursor of a relation names, from 1.
fn row(cursor: &str) -> Result<u32> {
    cursor
        .strip_prefix("row-")
        .and_then(|row| row.parse().ok())
        .filter(|row| *row > 0)
        .ok_or_else(|| foreign(cursor))
}

fn foreign(cursor: &str) -> Error {
    let shown: String = cursor.chars().take(40).collect();
    Error::new(format!("the cursor is {shown:?}, which is no cursor of this list"))
}

/// A stretch of numbered rows: how many are passed over, how many are wanted, and whether both are counted from the end.
fn stretch(wanted: &Wanted) -> Result<(u32, u32, bool)> {
    let cursor = wanted.cursor.as_deref().map(row).transpose()?;
    Ok(match (wanted.is_backward, cursor) {
        (false, cursor) => (cursor.unwrap_or(0), wanted.rows, false),
        (true, Some(cursor)) => {
            let skip = (cursor - 1).saturating_sub(wanted.rows);
            (skip, (cursor - 1).min(wanted.rows), false)
        }
        (true, None) => (0, wanted.rows, true),
    })
}

/// A page of what `id` is related to.
pub async fn relation<T: FromStored + OutputType>(
    context: &Context<'_>,
    id: &EntityId,
    relation: Relation,
    direction: Direction,
    kinds: Vec<Kind>,
    paging: Paging,
) -> Result<PageOf<T>> {
    let (skip, first, from_end) = stretch(&paging.wanted()?)?;
    let asked = Related { relation, direction, kinds, first, skip, from_end };
    let listing = related(context, id, asked).await?;
    let held = u32::try_from(listing.rows.len()).unwrap_or(u32::MAX);
    let total = u32::try_from(listing.total).unwrap_or(u32::MAX);
    let passed = if from_end { total.saturating_sub(held) } else { skip };
    let mut page = Connection::with_additional_fields(
        passed > 0 && total > 0,
        !from_end && listing.more,
        Total { total_count: listing.total },
    );
    let rows = listing.rows.into_iter().zip(passed + 1..);
    page.edges.extend(
        rows.filter_map(|((_, stored), row)| Some(Edge::new(format!("row-{row}"), T::from_stored(stored)?))),
    );
    Ok(page)
}

/// A page of everything that passes `filter`.
pub async fn list<T: FromStored + OutputType>(
    context: &Context<'_>,
    filter: &Filter,
    descending: bool,
    paging: Paging,
) -> Result<PageOf<T>> {
    let wanted = paging.wanted()?;
    let place = wanted.cursor.as_deref().map(|cursor| {
        let (id, sort) = cursor.split_once(' ').ok_or_else(|| foreign(cursor))?;
        Ok::<_, Error>(Place { sort: sort.to_owned(), id: id.parse().map_err(|_| foreign(cursor))? })
    });
    // Backwards is forwards in the opposite order, turned round.
    let asked = store::Page {
        first: wanted.rows,
        after: place.transpose()?,
        descending: descending != wanted.is_backward,
    };
    let mut listing: Listing =
        context.data::<Library>()?.store.list(filter, &asked).await.map_err(|why| hidden(&why))?;
    let beyond = asked.after.is_some();
    let (before, behind) = if wanted.is_backward { (listing.more, beyond) } else { (beyond, listing.more) };
    if wanted.is_backward {
        listing.rows.reverse();
    }
    let mut page = Connection::with_additional_fields(before, behind, Total { total_count: listing.total });
    page.edges.extend(listing.rows.into_iter().filter_map(|(place, stored)| {
        Some(Edge::new(format!("{} {}", place.id, place.sort), T::from_stored(stored)?))
    }));
    Ok(page)
}

/// A page of a list that is all there. Only what is on the page is made into objects.
pub fn page<S, T: OutputType>(all: &[S], object: impl Fn(&S) -> T, paging: Paging) -> Result<PageOf<T>> {
    let (skip, first, from_end) = stretch(&paging.wanted()?)?;
    let (skip, first) = (skip as usize, first as usize);
    let skip = if from_end { all.len().saturating_sub(first) } else { skip };
    let more = all.len() > skip.saturating_add(first);
    let total = Total { total_count: all.len() as u64 };
    let mut page = Connection::with_additional_fields(skip > 0, more, total);
    let rows = all.iter().enumerate().skip(skip).take(first);
    page.edges.extend(rows.map(|(place, it)| Edge::new(format!("row-{}", place + 1), object(it))));
    Ok(page)
}

/// Says of each sort of page what it is: the library that makes them says nothing.
pub fn describe<Q, M, S>(mut builder: SchemaBuilder<Q, M, S>) -> SchemaBuilder<Q, M, S> {
    macro_rules! pages {
        ($($of:ty)*) => {
            $(builder = builder.override_output_type_description::<PageOf<$of>>(
                "A page of a list, with the whole number of rows and how to go on (Relay).",
            );)*
        };
    }
    pages! {
        Held<schema::AgendaItem> Held<schema::Authority> Held<schema::Chapter> Held<schema::Commitment>
        Held<schema::Committee> Held<schema::Decision> Held<schema::Document> Held<schema::Meeting>
        Held<schema::Membership> Held<schema::Motion> Held<schema::Party> Held<schema::Person>
        Held<schema::Proposal> Held<schema::Recording> Held<schema::RegisterEntry>
        Held<schema::TranscriptSegment> Held<schema::Vote> Held<schema::VoteEvent>
        Held<schema::WrittenQuestion> Coverage Gap Node Page
    }
    builder.override_output_type_description::<SearchPage>(
        "A page of results, with what is known of the search as a whole.",
    )
}
