//! Completeness (dekking): for each authority the state of its source, the entities held and missing, and the causes.

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use jiff::{Timestamp, civil::Date};
use raadhuis_schema::{
    self as schema, Entity, EntityId,
    coverage::{self, Line, standing},
};

use super::{
    connection::{PageOf, Paging, cost, make_page, row_count},
    ledger::{CoverageRow, LedgerObject},
    loader::{internal_error, load_lines, load_one},
    scalar::{AuthorityKindEnum, CoverageState, Day, Moment},
    source::WindowObject,
    stored_record::StoredRecord,
};
use crate::Library;

/// The cost of the ledger of one source: it counts all entities of the source.
const LEDGER: usize = 30_000;

/// An authority with one of its sources, or without any.
#[derive(Clone)]
pub struct CoverageObject {
    pub authority: schema::Authority,
    /// The name of the source, if there is one.
    key: Option<String>,
    /// The entry of the source in our catalogue; none when it was harvested with another catalogue.
    source: Option<schema::Source>,
    /// The facts at the end of the source's last run.
    pub line: Option<Line>,
}

impl CoverageObject {
    pub fn standing(&self, now: Timestamp) -> coverage::State {
        standing(self.source.as_ref(), self.line.as_ref(), now)
    }
}

/// The completeness (dekking) of one source of a public body. A body that no source publishes has one entry too, without a
/// source.
#[Object(name = "Coverage")]
impl CoverageObject {
    /// The CBS or TOOI code of the public body, such as GM0518.
    async fn code(&self) -> &str {
        &self.authority.code
    }

    /// The name of the public body.
    async fn name(&self) -> &str {
        &self.authority.name
    }

    /// The sort of public body (soort overheid).
    async fn kind(&self) -> AuthorityKindEnum {
        self.authority.kind.into()
    }

    /// The provinces in which the public body lies.
    async fn provinces(&self) -> Vec<&str> {
        self.authority.provinces().collect()
    }

    /// The public body itself (overheid); null until anything of it was harvested.
    async fn authority(&self, context: &Context<'_>) -> Result<Option<StoredRecord<schema::Authority>>> {
        load_one(context, self.authority.id.as_entity()).await
    }

    /// The ids of the bodies into which this one merged (opvolgers); empty while it exists.
    async fn successors(&self) -> Vec<ID> {
        self.authority.successors.iter().map(|id| ID(id.to_string())).collect()
    }

    /// The name of the source; null when no source publishes the body.
    async fn source(&self) -> Option<&str> {
        self.key.as_deref()
    }

    /// The name of the supplier whose system the body uses; null without a source, or when the source was harvested with another
    /// catalogue than this server's.
    async fn supplier(&self) -> Option<&str> {
        self.source.as_ref().map(|source| source.supplier.as_str())
    }

    /// The state of the source at the end of its last run; FAILING when its last success is too long ago.
    async fn state(&self) -> CoverageState {
        self.standing(Timestamp::now()).into()
    }

    /// The figures at the end of the last run; null when there was none.
    async fn latest(&self) -> Option<CoverageDay> {
        self.line.as_ref().map(|line| CoverageDay::new(schema::When::At(line.at).day(), line))
    }

    /// The figures of earlier days, newest first: one entry for each day with a run.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn days(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The number of rows, at most 100; 20 when not given.")] first: Option<i32>,
    ) -> Result<Vec<CoverageDay>> {
        let Some(key) = &self.key else { return Ok(Vec::new()) };
        let lines = context.data::<Library>()?.store.list_lines(key, row_count(first)?).await;
        let lines = lines.map_err(|why| internal_error(&why))?;
        Ok(lines.iter().map(|(day, line)| CoverageDay::new(*day, line)).collect())
    }

    /// The entities held, owed and excused at this moment, by year and kind, with every gap; null without a source.
    #[graphql(complexity = "LEDGER + child_complexity")]
    async fn ledger(&self, context: &Context<'_>) -> Result<Option<LedgerObject>> {
        let Some(key) = &self.key else { return Ok(None) };
        let facts =
            context.data::<Library>()?.store.collect_facts(key).await.map_err(|why| internal_error(&why))?;
        Ok(Some(LedgerObject(coverage::compute_coverage(self.source.as_ref(), &facts, Timestamp::now()))))
    }
}

/// The completeness of a source at the end of the last run of one day.
#[derive(Clone, Debug, SimpleObject)]
pub struct CoverageDay {
    /// The day of the run.
    day: Day,
    /// The moment of these figures.
    at: Moment,
    /// The state of the source at that moment.
    state: CoverageState,
    /// The days to which the figures apply; null when there were none.
    period: Option<WindowObject>,
    /// The moment of the last success before these figures; null when there was none.
    succeeded: Option<Moment>,
    /// True when at least one listing of the source announced how much it has.
    verifiable: bool,
    /// The number of entities that were held.
    held: u64,
    /// The number of missing entities that we should have had.
    owed: u64,
    /// The number of entities missing for a reason that is not ours.
    excused: u64,
    /// The same figures by kind, over all years together.
    kinds: Vec<CoverageRow>,
}

impl CoverageDay {
    fn new(day: Date, line: &Line) -> Self {
        Self {
            day: Day(day),
            at: Moment(line.at),
            state: line.state.into(),
            period: line.period.map(WindowObject::new),
            succeeded: line.succeeded.map(Moment),
            verifiable: line.is_verifiable,
            held: line.count_held(),
            owed: line.owed,
            excused: line.excused(),
            kinds: line.kinds.iter().map(|(kind, row)| CoverageRow::new(None, *kind, *row)).collect(),
        }
    }
}

/// Lists the completeness of all authorities by name, or of those in a province, with a code, or in a state.
pub async fn coverage(
    context: &Context<'_>,
    province: Option<&str>,
    code: Option<&str>,
    state: Option<CoverageState>,
    paging: Paging,
) -> Result<PageOf<CoverageObject>> {
    let now = Timestamp::now();
    let mut all = load_all(context).await?;
    all.retain(|it| {
        let is_in_province = match province {
            None => true,
            Some("") => it.authority.province.is_none(),
            Some(name) => it.authority.lies_in(name),
        };
        is_in_province
            && code.is_none_or(|code| it.authority.code.eq_ignore_ascii_case(code))
            && state.is_none_or(|asked| CoverageState::from(it.standing(now)) == asked)
    });
    all.sort_by(|a, b| (&a.authority.name, &a.authority.code).cmp(&(&b.authority.name, &b.authority.code)));
    make_page(&all, CoverageObject::clone, paging)
}

/// Every entry of the directory with its last line, followed by sources that were harvested with another catalogue.
pub async fn load_all(context: &Context<'_>) -> Result<Vec<CoverageObject>> {
    let library = context.data::<Library>()?;
    let lines = load_lines(context).await?;
    let entries = library.directory.entries().map(|(authority, source)| CoverageObject {
        authority: authority.clone(),
        key: source.map(|source| source.key.clone()),
        source: source.cloned(),
        line: source.and_then(|source| lines.of_source(&source.key)).cloned(),
    });
    let mut all: Vec<CoverageObject> = entries.collect();
    let owners: Vec<EntityId> = lines.unlisted().map(|(_, owner, _)| owner.clone()).collect();
    let stored = if owners.is_empty() {
        Vec::new()
    } else {
        library.store.get(&owners).await.map_err(|why| internal_error(&why))?
    };
    for (key, owner, line) in lines.unlisted() {
        let authority = stored.iter().find_map(|it| match &it.entity {
            Entity::Authority(authority) if authority.id.as_entity() == owner => Some(authority.clone()),
            _ => None,
        });
        let Some(authority) = authority else { continue };
        // This source replaces the catalogue's entry without a source.
        all.retain(|it| it.key.is_some() || it.authority.id.as_entity() != owner);
        all.push(CoverageObject {
            authority,
            key: Some(key.to_owned()),
            source: None,
            line: Some(line.clone()),
        });
    }
    Ok(all)
}
