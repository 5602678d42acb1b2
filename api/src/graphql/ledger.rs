//! The ledger of a source at this moment: rows per year and kind, and each gap with its cause.

use async_graphql::{Context, Object, Result, SimpleObject};
use raadhuis_schema::{self as schema, ledger};

use super::{
    connection::{PageOf, Paging, cost, page},
    loader::one,
    node::Node,
    scalar::{CoverageState, Moment},
    source::Window,
};

/// How complete a kind is, in a year.
#[derive(Clone, Debug, SimpleObject)]
pub struct CoverageRow {
    /// The year; null for all years together, and for what has no date.
    year: Option<i16>,
    /// The kind.
    kind: String,
    /// How much is held.
    held: u64,
    /// How much is missing that we should have.
    owed: u64,
    /// How much is missing for a reason that is not ours: confidential, gone at the source, taken down.
    excused: u64,
    /// Whether the supplier announces how much there is. Where it does not, nobody can tell whether all is held.
    verifiable: bool,
}

impl CoverageRow {
    /// The row of a ledger.
    pub fn of(year: Option<i16>, kind: schema::Kind, row: ledger::Row) -> Self {
        let ledger::Row { held, owed, excused, is_verifiable } = row;
        Self { year, kind: kind.word().to_owned(), held, owed, excused, verifiable: is_verifiable }
    }
}

/// What is held and what is missing of a source, at this moment.
pub struct Ledger(pub ledger::Ledger);

/// What is held and what is missing of a source, at this moment.
#[Object]
impl Ledger {
    /// How it stands.
    async fn state(&self) -> CoverageState {
        self.0.state.into()
    }

    /// The days for which that is said.
    async fn period(&self) -> Option<Window> {
        self.0.period.map(Window::of)
    }

    /// When it last succeeded.
    async fn succeeded(&self) -> Option<Moment> {
        self.0.succeeded.map(Moment)
    }

    /// Whether any of its listings announces how much it has.
    async fn verifiable(&self) -> bool {
        self.0.is_verifiable
    }

    /// How much is missing that we should have, also what is of no kind.
    async fn owed(&self) -> u64 {
        self.0.owed()
    }

    /// Per year and kind.
    async fn rows(&self) -> Vec<CoverageRow> {
        self.0.rows.iter().map(|((year, kind), row)| CoverageRow::of(*year, *kind, *row)).collect()
    }

    /// What is missing, one by one.
    #[graphql(complexity = "cost(first.or(last), child_complexity)")]
    async fn gaps(
        &self,
        #[graphql(desc = "Only those of this year.")] year: Option<i16>,
        #[graphql(desc = "Only those of which no year is known.", default)] undated: bool,
        #[graphql(desc = "Only those of this kind.")] kind: Option<String>,
        #[graphql(desc = "How many, at most 100; 20 when not given.")] first: Option<i32>,
        #[graphql(desc = "Behind this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100, in place of first.")] last: Option<i32>,
        #[graphql(desc = "Before this cursor.")] before: Option<String>,
    ) -> Result<PageOf<Gap>> {
        let is_asked = |gap: &&ledger::Gap| {
            year.is_none_or(|year| gap.year == Some(year))
                && (!undated || gap.year.is_none())
                && kind.as_ref().is_none_or(|kind| gap.kind.is_some_and(|of| of.word() == kind))
        };
        let all: Vec<&ledger::Gap> = self.0.gaps.iter().filter(is_asked).collect();
        page(&all, |gap| Gap(ledger::Gap::clone(gap)), Paging { first, after, last, before })
    }
}

/// Something that is missing.
#[derive(Clone)]
pub struct Gap(ledger::Gap);

/// Something that is missing, and why.
#[Object]
impl Gap {
    /// What: an id, or the name of a question.
    async fn what(&self) -> &str {
        &self.0.what
    }

    /// The thing itself, where all but its file is held.
    async fn node(&self, context: &Context<'_>) -> Result<Option<Node>> {
        match self.0.what.parse() {
            Ok(id) => one(context, &id).await,
            Err(_) => Ok(None),
        }
    }

    /// Of what kind, where that is known.
    async fn kind(&self) -> Option<&str> {
        self.0.kind.map(schema::Kind::word)
    }

    /// Of which year, where that is known.
    async fn year(&self) -> Option<i16> {
        self.0.year
    }

    /// Whether we should have it; otherwise it is excused.
    async fn owed(&self) -> bool {
        self.0.is_owed
    }

    /// How many things it stands for: a listing may count what it never names.
    async fn count(&self) -> u64 {
        self.0.count
    }

    /// Why it is missing, as a code.
    async fn cause(&self) -> &str {
        &self.0.cause
    }

    /// The last error, in words.
    async fn message(&self) -> &str {
        &self.0.message
    }
}
