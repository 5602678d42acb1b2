//! Lists in pages, as Relay asks for them.

use async_graphql::{
    Context, Error, OutputType, Result, SimpleObject,
    connection::{Connection, Edge, EmptyFields},
};
use raadhuis_schema::{EntityId, Kind, Relation};
use raadhuis_store::{Direction, Filter, Listing, Page, Place, Related};

use super::{
    held::FromStored,
    loader::{hidden, related},
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

/// The number of rows that are asked for.
///
/// # Errors
/// More than a page may hold, or less than none.
pub fn rows(first: Option<i32>) -> Result<u32> {
    let first = first.unwrap_or(DEFAULT_FIRST);
    u32::try_from(first).ok().filter(|_| first <= MOST_FIRST).ok_or_else(|| {
        Error::new(format!(
            "first is {first}; a page holds 0 to {MOST_FIRST} rows, ask for the next with after"
        ))
    })
}

/// How many rows a cursor of a relation passes over.
///
/// # Errors
/// The cursor is none of ours.
pub fn skip(after: Option<&str>) -> Result<u32> {
    match after {
        None => Ok(0),
        Some(cursor) => {
            cursor.strip_prefix("row-").and_then(|n| n.parse().ok()).ok_or_else(|| foreign(cursor))
        }
    }
}

fn foreign(cursor: &str) -> Error {
    let shown: String = cursor.chars().take(40).collect();
    Error::new(format!("after is {shown:?}, which is no cursor of this list"))
}

/// A page of what `id` is related to.
pub async fn relation<T: FromStored + OutputType>(
    context: &Context<'_>,
    id: &EntityId,
    relation: Relation,
    direction: Direction,
    kinds: Vec<Kind>,
    first: Option<i32>,
    after: Option<String>,
) -> Result<PageOf<T>> {
    let (first, skip) = (rows(first)?, skip(after.as_deref())?);
    let asked = Related { relation, direction, kinds, first, skip };
    let listing = related(context, id, asked).await?;
    let mut page =
        Connection::with_additional_fields(skip > 0, listing.more, Total { total_count: listing.total });
    let rows = listing.rows.into_iter().zip(skip + 1..);
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
    first: Option<i32>,
    after: Option<String>,
) -> Result<PageOf<T>> {
    let place = after.as_deref().map(|cursor| {
        let (id, sort) = cursor.split_once(' ').ok_or_else(|| foreign(cursor))?;
        Ok::<_, Error>(Place { sort: sort.to_owned(), id: id.parse().map_err(|_| foreign(cursor))? })
    });
    let asked = Page { first: rows(first)?, after: place.transpose()?, descending };
    let listing: Listing =
        context.data::<Library>()?.store.list(filter, &asked).await.map_err(|why| hidden(&why))?;
    let mut page = Connection::with_additional_fields(
        asked.after.is_some(),
        listing.more,
        Total { total_count: listing.total },
    );
    page.edges.extend(listing.rows.into_iter().filter_map(|(place, stored)| {
        Some(Edge::new(format!("{} {}", place.id, place.sort), T::from_stored(stored)?))
    }));
    Ok(page)
}

/// A page of a list that is all there. Only what is on the page is made into objects.
pub fn page<S, T: OutputType>(
    all: &[S],
    object: impl Fn(&S) -> T,
    first: Option<i32>,
    after: Option<&str>,
) -> Result<PageOf<T>> {
    let (first, skip) = (rows(first)? as usize, skip(after)? as usize);
    let more = all.len() > skip.saturating_add(first);
    let total = Total { total_count: all.len() as u64 };
    let mut page = Connection::with_additional_fields(skip > 0, more, total);
    let rows = all.iter().enumerate().skip(skip).take(first);
    page.edges.extend(rows.map(|(place, it)| Edge::new(format!("row-{}", place + 1), object(it))));
    Ok(page)
}
