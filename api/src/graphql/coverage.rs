//! Completeness (dekking): of each authority how its source stands, what is held, what is missing, and why.

use std::collections::BTreeMap;

use async_graphql::{
    Context, Enum, ID, Object, Result, SimpleObject,
    connection::{Connection, Edge},
};
use jiff::{Timestamp, civil::Date};
use raadhuis_schema::{
    self as schema,
    ledger::{self, Line, standing},
};

use super::{
    connection::{PageOf, Total, cost, rows, skip},
    held::Held,
    loader::{hidden, one},
    node::Node,
    scalar::{AuthorityKind, Day, Moment},
    source::Window,
};
use crate::Library;

/// What the ledger of one source costs: it counts all that the source has.
const LEDGER: usize = 30_000;

/// How a source stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Enum)]
#[graphql(remote = "ledger::State")]
pub enum CoverageState {
    /// Nothing is owed, and the last success is not older than 48 hours.
    Healthy,
    /// It answered, and something is owed or looks wrong.
    Suspicious,
    /// It does not answer, or has not succeeded for 48 hours.
    Failing,
    /// The supplier keeps us out.
    Blocked,
    /// It was never harvested to the end.
    NeverHarvested,
    /// The authority left this supplier, or is no more.
    Discontinued,
    /// Nobody publishes this authority.
    NoSource,
}

/// An authority with one source of its papers, or with none.
pub struct Coverage {
    authority: schema::Authority,
    source: Option<schema::Source>,
    line: Option<Line>,
}

/// How complete one source of an authority is. An authority that nobody publishes has one too, without a source.
#[Object]
impl Coverage {
    /// The CBS or TOOI code of the authority, such as GM0518.
    async fn code(&self) -> &str {
        &self.authority.code
    }

    /// The name of the authority.
    async fn name(&self) -> &str {
        &self.authority.name
    }

    /// Which sort of body.
    async fn kind(&self) -> AuthorityKind {
        self.authority.kind.into()
    }

    /// The provinces in which it lies.
    async fn provinces(&self) -> Vec<&str> {
        self.authority.provinces().collect()
    }

    /// The authority itself, once anything of it was harvested.
    async fn authority(&self, context: &Context<'_>) -> Result<Option<Held<schema::Authority>>> {
        one(context, self.authority.id.any()).await
    }

    /// The ids of the authorities into which it went.
    async fn successors(&self) -> Vec<ID> {
        self.authority.successors.iter().map(|id| ID(id.to_string())).collect()
    }

    /// The name of the source in our catalogue; null when nobody publishes the authority.
    async fn source(&self) -> Option<&str> {
        self.source.as_ref().map(|source| source.key.as_str())
    }

    /// In whose system it publishes.
    async fn supplier(&self) -> Option<&str> {
        self.source.as_ref().map(|source| source.supplier.word())
    }

    /// How the source stands: as at the end of its last run, and failing when that is too long ago.
    async fn state(&self) -> CoverageState {
        standing(self.source.as_ref(), self.line.as_ref(), Timestamp::now()).into()
    }

    /// What was known at the end of its last run.
    async fn latest(&self) -> Option<CoverageDay> {
        self.line.as_ref().map(|line| CoverageDay::of(schema::When::At(line.at).day(), line))
    }

    /// What was known on earlier days, the last day first: one line for each day with a run.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn days(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "How many, at most 100; 20 when not given.")] first: Option<i32>,
    ) -> Result<Vec<CoverageDay>> {
        let Some(source) = &self.source else { return Ok(Vec::new()) };
        let lines = context.data::<Library>()?.store.lines(&source.key, rows(first)?).await;
        let lines = lines.map_err(|why| hidden(&why))?;
        Ok(lines.iter().map(|(day, line)| CoverageDay::of(*day, line)).collect())
    }

    /// What is held, owed and excused at this moment, per year and kind, with every gap. Null without a source.
    #[graphql(complexity = "LEDGER + child_complexity")]
    async fn ledger(&self, context: &Context<'_>) -> Result<Option<Ledger>> {
        let Some(source) = &self.source else { return Ok(None) };
        let facts = context.data::<Library>()?.store.facts(&source.key).await.map_err(|why| hidden(&why))?;
        Ok(Some(Ledger(ledger::ledger(Some(source), &facts, Timestamp::now()))))
    }
}

/// What was known of a source at the end of the last run of a day.
#[derive(Clone, Debug, SimpleObject)]
pub struct CoverageDay {
    /// The day.
    day: Day,
    /// The moment.
    at: Moment,
    /// How it stood.
    state: CoverageState,
    /// The days for which that was said.
    period: Option<Window>,
    /// When it had last succeeded.
    succeeded: Option<Moment>,
    /// Whether any of its listings announced how much it has.
    verifiable: bool,
    /// How much was held.
    held: u64,
    /// How much was missing that we should have had.
    owed: u64,
    /// How much was missing for a reason that is not ours.
    excused: u64,
    /// The same per kind, all years together.
    kinds: Vec<CoverageRow>,
}

impl CoverageDay {
    fn of(day: Date, line: &Line) -> Self {
        Self {
            day: Day(day),
            at: Moment(line.at),
            state: line.state.into(),
            period: line.period.map(Window::of),
            succeeded: line.succeeded.map(Moment),
            verifiable: line.is_verifiable,
            held: line.held(),
            owed: line.owed,
            excused: line.excused(),
            kinds: line.kinds.iter().map(|(kind, row)| CoverageRow::of(None, *kind, *row)).collect(),
        }
    }
}

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
    fn of(year: Option<i16>, kind: schema::Kind, row: ledger::Row) -> Self {
        let ledger::Row { held, owed, excused, is_verifiable } = row;
        Self { year, kind: kind.word().to_owned(), held, owed, excused, verifiable: is_verifiable }
    }
}

/// What is held and what is missing of a source, at this moment.
pub struct Ledger(ledger::Ledger);

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
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn gaps(
        &self,
        #[graphql(desc = "Only those of this year.")] year: Option<i16>,
        #[graphql(desc = "Only those of which no year is known.", default)] undated: bool,
        #[graphql(desc = "Only those of this kind.")] kind: Option<String>,
        #[graphql(desc = "How many, at most 100; 20 when not given.")] first: Option<i32>,
        #[graphql(desc = "Behind this cursor.")] after: Option<String>,
    ) -> Result<PageOf<Gap>> {
        let is_asked = |gap: &&ledger::Gap| {
            year.is_none_or(|year| gap.year == Some(year))
                && (!undated || gap.year.is_none())
                && kind.as_ref().is_none_or(|kind| gap.kind.is_some_and(|of| of.word() == kind))
        };
        let all: Vec<Gap> = self.0.gaps.iter().filter(is_asked).cloned().map(Gap).collect();
        page(all, first, after.as_deref())
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

/// How complete a province is.
#[derive(Clone, Debug, Default, SimpleObject)]
pub struct ProvinceCoverage {
    /// Its name; null for authorities that lie in none.
    name: Option<String>,
    /// How many authorities lie in it.
    authorities: usize,
    /// How many sources of theirs stand how; an authority that nobody publishes counts as one.
    states: Vec<StateCount>,
    /// How much is held.
    held: u64,
    /// How much is missing that we should have.
    owed: u64,
    /// How much is missing for a reason that is not ours.
    excused: u64,
}

/// How many sources stand so.
#[derive(Clone, Copy, Debug, SimpleObject)]
pub struct StateCount {
    /// How they stand.
    state: CoverageState,
    /// How many.
    count: usize,
}

/// How many sources stand how.
type States = BTreeMap<ledger::State, usize>;

/// Of every authority how complete it is, by name: all, or those of a province, with a code, or in a state.
pub async fn coverage(
    context: &Context<'_>,
    province: Option<&str>,
    code: Option<&str>,
    state: Option<CoverageState>,
    (first, after): (Option<i32>, Option<&str>),
) -> Result<PageOf<Coverage>> {
    let now = Timestamp::now();
    let mut all = all(context).await?;
    all.retain(|it| {
        let lies_in = |asked: &str| it.authority.provinces().any(|name| same(name, asked));
        province.is_none_or(|asked| lies_in(asked) || (asked.is_empty() && it.authority.province.is_none()))
            && code.is_none_or(|code| it.authority.code.eq_ignore_ascii_case(code))
            && state.is_none_or(|asked| {
                CoverageState::from(standing(it.source.as_ref(), it.line.as_ref(), now)) == asked
            })
    });
    all.sort_by(|a, b| (&a.authority.name, &a.authority.code).cmp(&(&b.authority.name, &b.authority.code)));
    page(all, first, after)
}

/// Every province, by name.
pub async fn provinces(context: &Context<'_>) -> Result<Vec<ProvinceCoverage>> {
    let now = Timestamp::now();
    let mut found = BTreeMap::<Option<String>, (ProvinceCoverage, States, Vec<String>)>::new();
    for it in all(context).await? {
        let mut names: Vec<_> = it.authority.provinces().map(|name| Some(name.to_owned())).collect();
        if names.is_empty() {
            names.push(None);
        }
        for name in names {
            let (sum, states, codes) = found.entry(name).or_default();
            *states.entry(standing(it.source.as_ref(), it.line.as_ref(), now)).or_default() += 1;
            codes.push(it.authority.code.clone());
            if let Some(line) = &it.line {
                sum.held += line.held();
                sum.owed += line.owed;
                sum.excused += line.excused();
            }
        }
    }
    let province = |(name, (sum, states, mut codes)): (_, (ProvinceCoverage, States, Vec<_>))| {
        codes.dedup();
        let states =
            states.into_iter().map(|(state, count)| StateCount { state: state.into(), count }).collect();
        ProvinceCoverage { name, authorities: codes.len(), states, ..sum }
    };
    Ok(found.into_iter().map(province).collect())
}

/// Every entry of the directory with the last line that was kept of it.
async fn all(context: &Context<'_>) -> Result<Vec<Coverage>> {
    let library = context.data::<Library>()?;
    let lines = library.store.last_lines().await.map_err(|why| hidden(&why))?;
    let lines: BTreeMap<String, Line> = lines.into_iter().collect();
    let entries = library.directory.entries().map(|(authority, source)| Coverage {
        authority: authority.clone(),
        source: source.cloned(),
        line: source.and_then(|source| lines.get(&source.key)).cloned(),
    });
    Ok(entries.collect())
}

/// A page of a list that is all there.
fn page<T: async_graphql::OutputType>(
    all: Vec<T>,
    first: Option<i32>,
    after: Option<&str>,
) -> Result<PageOf<T>> {
    let (first, skip) = (rows(first)? as usize, skip(after)? as usize);
    let more = all.len() > skip.saturating_add(first);
    let total = Total { total_count: all.len() as u64 };
    let mut page = Connection::with_additional_fields(skip > 0, more, total);
    let rows = all.into_iter().enumerate().skip(skip).take(first);
    page.edges.extend(rows.map(|(place, it)| Edge::new(format!("row-{}", place + 1), it)));
    Ok(page)
}

/// Whether two names of provinces are the same: capitals are nobody's business.
fn same(name: &str, asked: &str) -> bool {
    name.to_lowercase() == asked.to_lowercase()
}
