//! The ledger of a source at this moment: figures by year and kind, and each gap with its cause.

use async_graphql::{Context, Object, Result, SimpleObject};
use raadhuis_paged::paged;
use raadhuis_schema::{self as schema, coverage};

use super::{
    connection::{PageOf, Paging, cost, make_page},
    loader::load_one,
    node::Node,
    scalar::{CoverageState, Moment},
    source::WindowObject,
};

/// The completeness of one kind of entity in one year (dekking).
#[derive(Clone, Debug, SimpleObject)]
pub struct CoverageRow {
    /// The year; null for the sum of all years, and for entities without a date.
    year: Option<i16>,
    /// The kind of entity, such as meeting or document.
    kind: String,
    /// The number of entities that are held.
    held: u64,
    /// The number of missing entities that we should have.
    owed: u64,
    /// The number of entities missing for a reason that is not ours: confidential, removed at the source, or taken down.
    excused: u64,
    /// True when the supplier announces how much it has; else nobody can tell whether everything is held.
    verifiable: bool,
}

impl CoverageRow {
    pub fn new(year: Option<i16>, kind: schema::Kind, row: coverage::Row) -> Self {
        let coverage::Row { held, owed, excused, is_verifiable } = row;
        Self { year, kind: kind.as_str().to_owned(), held, owed, excused, verifiable: is_verifiable }
    }
}

pub struct LedgerObject(pub coverage::Coverage);

/// The entities of a source that are held and those that are missing, at this moment (dekking).
#[paged]
#[Object(name = "Ledger")]
impl LedgerObject {
    /// The state of the source.
    async fn state(&self) -> CoverageState {
        self.0.state.into()
    }

    /// The days to which these figures apply; null when the source was never harvested.
    async fn period(&self) -> Option<WindowObject> {
        self.0.period.map(WindowObject::new)
    }

    /// The moment of the last success; null when there was none.
    async fn succeeded(&self) -> Option<Moment> {
        self.0.succeeded.map(Moment)
    }

    /// True when at least one listing of the source announces how much it has.
    async fn verifiable(&self) -> bool {
        self.0.is_verifiable
    }

    /// The number of missing entities that we should have, entities of unknown kind included.
    async fn owed(&self) -> u64 {
        self.0.count_owed()
    }

    /// The figures for each year and kind.
    async fn rows(&self) -> Vec<CoverageRow> {
        self.0.rows.iter().map(|((year, kind), row)| CoverageRow::new(*year, *kind, *row)).collect()
    }

    /// The missing entities, one by one.
    async fn gaps(
        &self,
        #[graphql(desc = "Only gaps of this year.")] year: Option<i16>,
        #[graphql(desc = "True for gaps without a known year only.", default)] undated: bool,
        #[graphql(desc = "Only gaps of this kind, such as meeting or document.")] kind: Option<String>,
        paging: Paging,
    ) -> Result<PageOf<GapObject>> {
        let mut all: Vec<&coverage::Gap> = self.0.gaps.iter().collect();
        all.retain(|gap| {
            year.is_none_or(|year| gap.year == Some(year))
                && (!undated || gap.year.is_none())
                && kind.as_ref().is_none_or(|kind| gap.kind.is_some_and(|of| of.as_str() == kind))
        });
        make_page(&all, |gap| GapObject(coverage::Gap::clone(gap)), paging)
    }
}

#[derive(Clone)]
pub struct GapObject(coverage::Gap);

/// A missing entity, or a number of them, with the cause.
#[Object(name = "Gap")]
impl GapObject {
    /// The id of the missing entity, or the name of the request that should have listed it.
    async fn what(&self) -> &str {
        &self.0.what
    }

    /// The entity itself, when only its file is missing; else null.
    async fn node(&self, context: &Context<'_>) -> Result<Option<Node>> {
        match self.0.what.parse() {
            Ok(id) => load_one(context, &id).await,
            Err(_) => Ok(None),
        }
    }

    /// The kind of entity; null when unknown.
    async fn kind(&self) -> Option<&str> {
        self.0.kind.map(schema::Kind::as_str)
    }

    /// The year of the entity; null when unknown.
    async fn year(&self) -> Option<i16> {
        self.0.year
    }

    /// True when we should have the entity; false when its absence is excused.
    async fn owed(&self) -> bool {
        self.0.is_owed
    }

    /// The number of missing entities: a listing may count entities that it never names.
    async fn count(&self) -> u64 {
        self.0.count
    }

    /// The cause, as a stable code.
    async fn cause(&self) -> &str {
        &self.0.cause
    }

    /// The last error, in words.
    async fn message(&self) -> &str {
        &self.0.message
    }
}
