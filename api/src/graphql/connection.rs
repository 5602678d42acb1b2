//! Lists in pages, as Relay connections.

use async_graphql::{
    Context, Error, OutputType, Result, SimpleObject,
    connection::{Connection, Edge, EmptyFields},
};
use raadhuis_schema::{EntityId, Kind, Relation};
use raadhuis_store::{self as store, Direction, Filter, Listing, Place, Related};

use super::{
    loader::{internal_error, load_related},
    stored_record::FromStored,
};
use crate::Library;

/// The number of rows on a page by default.
pub const DEFAULT_FIRST: i32 = 20;

pub const MOST_FIRST: i32 = 100;

/// The size of a whole list.
#[derive(Clone, Copy, Debug, SimpleObject)]
#[graphql(name = "Total")]
pub struct ListTotal {
    /// The exact number of rows on all pages together.
    pub total_count: u64,
}

pub type PageOf<T> = Connection<String, T, ListTotal, EmptyFields>;

/// The cost of a list: one row's cost for every ten requested rows. Lists within lists are seldom full, and an agenda three
/// levels deep must be affordable; depth, page size and time bound the rest.
pub fn cost(first: Option<i32>, child: usize) -> usize {
    let rows = first.unwrap_or(DEFAULT_FIRST).clamp(1, MOST_FIRST);
    usize::try_from(rows).unwrap_or(1).div_ceil(10) * child + 1
}

/// The page arguments of Relay: `first` rows after `after`, or the `last` rows before `before`.
#[derive(Clone, Debug, Default)]
pub struct Paging {
    pub first: Option<i32>,
    pub after: Option<String>,
    pub last: Option<i32>,
    pub before: Option<String>,
}

struct CheckedPaging {
    rows: u32,
    /// The cursor from which rows are counted, itself excluded.
    cursor: Option<String>,
    is_backward: bool,
}

impl Paging {
    /// # Errors
    /// Both directions are given at once, or the number of rows is out of range.
    fn check(self) -> Result<CheckedPaging> {
        let is_backward = self.last.is_some() || self.before.is_some();
        if is_backward && (self.first.is_some() || self.after.is_some()) {
            return Err(Error::new(
                "a page is asked for with first and after, or with last and before, not with both",
            ));
        }
        let (asked, cursor) = if is_backward { (self.last, self.before) } else { (self.first, self.after) };
        Ok(CheckedPaging {
            rows: check_row_count(if is_backward { "last" } else { "first" }, asked)?,
            cursor,
            is_backward,
        })
    }
}

/// The number of requested rows.
///
/// # Errors
/// The number is negative or more than a page holds.
pub fn row_count(first: Option<i32>) -> Result<u32> {
    check_row_count("first", first)
}

fn check_row_count(name: &str, asked: Option<i32>) -> Result<u32> {
    let asked = asked.unwrap_or(DEFAULT_FIRST);
    u32::try_from(asked).ok().filter(|_| asked <= MOST_FIRST).ok_or_else(|| {
        Error::new(format!(
            "{name} is {asked}; a page holds 0 to {MOST_FIRST} rows, ask for the next with after, or for the one before with before"
        ))
    })
}

/// The row that the cursor of a relation names, from 1.
fn parse_row_cursor(cursor: &str) -> Result<u32> {
    cursor
        .strip_prefix("row-")
        .and_then(|row| row.parse().ok())
        .filter(|row| *row > 0)
        .ok_or_else(|| foreign_cursor(cursor))
}

fn foreign_cursor(cursor: &str) -> Error {
    let shown: String = cursor.chars().take(40).collect();
    Error::new(format!("the cursor is {shown:?}, which is no cursor of this list"))
}

/// The rows to skip, the rows to return, and whether both are counted from the end.
fn row_range(wanted: &CheckedPaging) -> Result<(u32, u32, bool)> {
    let cursor = wanted.cursor.as_deref().map(parse_row_cursor).transpose()?;
    Ok(match (wanted.is_backward, cursor) {
        (false, cursor) => (cursor.unwrap_or(0), wanted.rows, false),
        (true, Some(cursor)) => {
            let skip = (cursor - 1).saturating_sub(wanted.rows);
            (skip, (cursor - 1).min(wanted.rows), false)
        }
        (true, None) => (0, wanted.rows, true),
    })
}

/// Loads a page of the entities related to `id`.
pub async fn load_relation<T: FromStored + OutputType>(
    context: &Context<'_>,
    id: &EntityId,
    relation: Relation,
    direction: Direction,
    kinds: Vec<Kind>,
    paging: Paging,
) -> Result<PageOf<T>> {
    let (skip, first, from_end) = row_range(&paging.check()?)?;
    let asked = Related { relation, direction, kinds, first, skip, from_end };
    let listing = load_related(context, id, asked).await?;
    let held = u32::try_from(listing.rows.len()).unwrap_or(u32::MAX);
    let total = u32::try_from(listing.total).unwrap_or(u32::MAX);
    let passed = if from_end { total.saturating_sub(held) } else { skip };
    let mut page = Connection::with_additional_fields(
        passed > 0 && total > 0,
        !from_end && listing.more,
        ListTotal { total_count: listing.total },
    );
    let rows = listing.rows.into_iter().zip(passed + 1..);
    page.edges.extend(
        rows.filter_map(|((_, stored), row)| Some(Edge::new(format!("row-{row}"), T::from_stored(stored)?))),
    );
    Ok(page)
}

/// Loads a page of all entities that pass `filter`.
pub async fn load_list<T: FromStored + OutputType>(
    context: &Context<'_>,
    filter: &Filter,
    descending: bool,
    paging: Paging,
) -> Result<PageOf<T>> {
    let wanted = paging.check()?;
    let place = wanted.cursor.as_deref().map(|cursor| {
        let (id, sort) = cursor.split_once(' ').ok_or_else(|| foreign_cursor(cursor))?;
        Ok::<_, Error>(Place { sort: sort.to_owned(), id: id.parse().map_err(|_| foreign_cursor(cursor))? })
    });
    // A backward page is read in the opposite order and then reversed.
    let asked = store::Page {
        first: wanted.rows,
        after: place.transpose()?,
        descending: descending != wanted.is_backward,
    };
    let mut listing: Listing = context
        .data::<Library>()?
        .store
        .list_entities(filter, &asked)
        .await
        .map_err(|why| internal_error(&why))?;
    let beyond = asked.after.is_some();
    let (before, behind) = if wanted.is_backward { (listing.more, beyond) } else { (beyond, listing.more) };
    if wanted.is_backward {
        listing.rows.reverse();
    }
    let mut page =
        Connection::with_additional_fields(before, behind, ListTotal { total_count: listing.total });
    page.edges.extend(listing.rows.into_iter().filter_map(|(place, stored)| {
        Some(Edge::new(format!("{} {}", place.id, place.sort), T::from_stored(stored)?))
    }));
    Ok(page)
}

/// Makes a page of a complete list. Only the rows on the page become objects.
pub fn make_page<S, T: OutputType>(all: &[S], object: impl Fn(&S) -> T, paging: Paging) -> Result<PageOf<T>> {
    let (skip, first, from_end) = row_range(&paging.check()?)?;
    let (skip, first) = (skip as usize, first as usize);
    let skip = if from_end { all.len().saturating_sub(first) } else { skip };
    let more = all.len() > skip.saturating_add(first);
    let total = ListTotal { total_count: all.len() as u64 };
    let mut page = Connection::with_additional_fields(skip > 0, more, total);
    let rows = all.iter().enumerate().skip(skip).take(first);
    page.edges.extend(rows.map(|(place, it)| Edge::new(format!("row-{}", place + 1), object(it))));
    Ok(page)
}
