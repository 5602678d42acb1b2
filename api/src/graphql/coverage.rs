//! Completeness (dekking): of each authority how its source stands, what is held, what is missing, and why.

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use jiff::{Timestamp, civil::Date};
use raadhuis_schema::{
    self as schema, Entity, EntityId,
    ledger::{self, Line, standing},
};

use super::{
    connection::{PageOf, Paging, cost, page, rows},
    held::Held,
    ledger::{CoverageRow, Ledger},
    loader::{hidden, lines, one},
    scalar::{AuthorityKind, CoverageState, Day, Moment},
    source::Window,
};
use crate::Library;

/// What the ledger of one source costs: it counts all that the source has.
const LEDGER: usize = 30_000;

/// An authority with one source of its papers, or with none.
#[derive(Clone)]
pub struct Coverage {
    /// The authority.
    pub authority: schema::Authority,
    /// The name of the source.
    key: Option<String>,
    /// What our catalogue says of it.
    source: Option<schema::Source>,
    /// What was known of the source at the end of its last run.
    pub line: Option<Line>,
}

impl Coverage {
    /// How the source stands at a moment.
    pub fn standing(&self, now: Timestamp) -> ledger::State {
        standing(self.source.as_ref(), self.line.as_ref(), now)
    }
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

    /// The name of the source; null when nobody publishes the authority.
    async fn source(&self) -> Option<&str> {
        self.key.as_deref()
    }

    /// In whose system it publishes; null as well where the source was harvested with another catalogue than this server's.
    async fn supplier(&self) -> Option<&str> {
        self.source.as_ref().map(|source| source.supplier.word())
    }

    /// How the source stands: as at the end of its last run, and failing when that is too long ago.
    async fn state(&self) -> CoverageState {
        self.standing(Timestamp::now()).into()
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
        let Some(key) = &self.key else { return Ok(Vec::new()) };
        let lines = context.data::<Library>()?.store.lines(key, rows(first)?).await;
        let lines = lines.map_err(|why| hidden(&why))?;
        Ok(lines.iter().map(|(day, line)| CoverageDay::of(*day, line)).collect())
    }

    /// What is held, owed and excused at this moment, per year and kind, with every gap. Null without a source.
    #[graphql(complexity = "LEDGER + child_complexity")]
    async fn ledger(&self, context: &Context<'_>) -> Result<Option<Ledger>> {
        let Some(key) = &self.key else { return Ok(None) };
        let facts = context.data::<Library>()?.store.facts(key).await.map_err(|why| hidden(&why))?;
        Ok(Some(Ledger(ledger::ledger(self.source.as_ref(), &facts, Timestamp::now()))))
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

/// Of every authority how complete it is, by name: all, or those of a province, with a code, or in a state.
pub async fn coverage(
    context: &Context<'_>,
    province: Option<&str>,
    code: Option<&str>,
    state: Option<CoverageState>,
    paging: Paging,
) -> Result<PageOf<Coverage>> {
    let now = Timestamp::now();
    let mut all = all(context).await?;
    all.retain(|it| {
        let lies_in = |asked: &str| match asked {
            "" => it.authority.province.is_none(),
            named => it.authority.lies_in(named),
        };
        province.is_none_or(lies_in)
            && code.is_none_or(|code| it.authority.code.eq_ignore_ascii_case(code))
            && state.is_none_or(|asked| CoverageState::from(it.standing(now)) == asked)
    });
    all.sort_by(|a, b| (&a.authority.name, &a.authority.code).cmp(&(&b.authority.name, &b.authority.code)));
    page(&all, Coverage::clone, paging)
}

/// Every entry of the directory with the last line that was kept of it, and what was harvested with another catalogue.
pub async fn all(context: &Context<'_>) -> Result<Vec<Coverage>> {
    let library = context.data::<Library>()?;
    let lines = lines(context).await?;
    let entries = library.directory.entries().map(|(authority, source)| Coverage {
        authority: authority.clone(),
        key: source.map(|source| source.key.clone()),
        source: source.cloned(),
        line: source.and_then(|source| lines.of_source(&source.key)).cloned(),
    });
    let mut all: Vec<Coverage> = entries.collect();
    let owners: Vec<EntityId> = lines.unlisted().map(|(_, owner, _)| owner.clone()).collect();
    let stored = if owners.is_empty() {
        Vec::new()
    } else {
        library.store.get(&owners).await.map_err(|why| hidden(&why))?
    };
    let authority = |id: &EntityId| {
        stored.iter().find_map(|it| match &it.entity {
            Entity::Authority(authority) if authority.id.any() == id => Some(authority.clone()),
            _ => None,
        })
    };
    for (key, owner, line) in lines.unlisted() {
        let Some(authority) = authority(owner) else { continue };
        // Nobody publishes it, says the catalogue; another found who does.
        all.retain(|it| it.key.is_some() || it.authority.id.any() != owner);
        all.push(Coverage { authority, key: Some(key.to_owned()), source: None, line: Some(line.clone()) });
    }
    Ok(all)
}
