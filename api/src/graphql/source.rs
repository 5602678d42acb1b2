//! The GraphQL objects of sources and their runs.

use async_graphql::{Context, Object, Result, SimpleObject};
use jiff::Timestamp;
use raadhuis_schema::{self as schema, coverage::standing};

use super::{
    connection::{cost, row_count},
    loader::{internal_error, load_counts, load_lines},
    scalar::{CoverageState, Day, Moment, PurposeEnum, VerdictEnum},
};
use crate::Library;

pub struct SourceObject(pub schema::RunReport);

/// A harvested source (bron): one customer of one supplier.
#[Object(name = "Source")]
impl SourceObject {
    /// The name of the source in our catalogue.
    async fn key(&self) -> &str {
        &self.0.source
    }

    /// The state of the source by all that is known of it, as in coverage; the verdict on its last run may be better.
    async fn state(&self, context: &Context<'_>) -> Result<CoverageState> {
        let lines = load_lines(context).await?;
        let (line, now) = (lines.of_source(&self.0.source), Timestamp::now());
        let directory = &context.data::<Library>()?.directory;
        let source = directory.sources.iter().find(|source| source.key == self.0.source);
        Ok(standing(source, line, now).into())
    }

    /// The last run that was completed.
    async fn last_run(&self) -> RunReportObject {
        RunReportObject(self.0.clone())
    }

    /// The last runs, newest first, without their remarks.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn runs(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The number of rows, at most 100; 20 when not given.")] first: Option<i32>,
    ) -> Result<Vec<RunReportObject>> {
        let store = &context.data::<Library>()?.store;
        let reports = store
            .reports(&self.0.source, None, row_count(first)?)
            .await
            .map_err(|why| internal_error(&why))?;
        Ok(reports.into_iter().map(RunReportObject).collect())
    }

    /// The number of entities held, by kind.
    async fn held(&self, context: &Context<'_>) -> Result<Vec<HeldCount>> {
        let counts = load_counts(context, &self.0.source).await?;
        Ok(counts
            .into_iter()
            .map(|(kind, count)| HeldCount { kind: kind.as_str().to_owned(), count })
            .collect())
    }
}

/// The number of entities held of one kind.
#[derive(Clone, Debug, SimpleObject)]
pub struct HeldCount {
    /// The kind of entity, such as meeting or document.
    kind: String,
    /// The number of entities held.
    count: u64,
}

/// The number of pages that one engine read.
#[derive(Clone, Debug, SimpleObject)]
pub struct EngineCount {
    /// The name and version of the engine.
    engine: String,
    /// The number of pages read.
    pages: u64,
}

pub struct RunReportObject(schema::RunReport);

/// The report on one run, that is one harvest of one source.
#[Object(name = "RunReport")]
impl RunReportObject {
    /// The number of the run.
    async fn run(&self) -> i64 {
        self.0.run
    }

    /// The purpose of the run.
    async fn purpose(&self) -> PurposeEnum {
        self.0.purpose.into()
    }

    /// The faults met on the way to answers, including those that a repeat overcame.
    async fn faults(&self) -> Vec<FaultCount> {
        self.0.faults.iter().map(|(name, count)| FaultCount { name: name.clone(), count: *count }).collect()
    }

    /// The days for which the run asked.
    async fn window(&self) -> WindowObject {
        WindowObject::new(self.0.window)
    }

    /// The moment at which the run began.
    async fn started(&self) -> Moment {
        Moment(self.0.started)
    }

    /// The moment at which the run ended.
    async fn ended(&self) -> Moment {
        Moment(self.0.ended)
    }

    /// The verdict on the run.
    async fn verdict(&self) -> VerdictEnum {
        self.0.verdict.into()
    }

    /// The number of requests to the supplier, files included.
    async fn requests(&self) -> u64 {
        self.0.requests
    }

    /// The number of bytes received.
    async fn bytes(&self) -> u64 {
        self.0.bytes
    }

    /// The number of pages of text read.
    async fn pages(&self) -> u64 {
        self.0.pages
    }

    /// The number of pages of text read, by engine.
    async fn engines(&self) -> Vec<EngineCount> {
        self.0
            .engines
            .iter()
            .map(|(engine, pages)| EngineCount { engine: engine.clone(), pages: *pages })
            .collect()
    }

    /// The entities seen and changed, by kind.
    async fn kinds(&self) -> Vec<KindCounts> {
        let mut all = Vec::new();
        for (kind, seen, counts) in self.0.rows() {
            let schema::Counts { created, updated, withdrawn, revived } = counts;
            all.push(KindCounts {
                kind: kind.as_str().to_owned(),
                seen,
                created,
                updated,
                withdrawn,
                revived,
            });
        }
        all
    }

    /// The number of documents seen that are of the type OTHER.
    async fn documents_of_other_type(&self) -> u64 {
        self.0.documents_of_other_type
    }

    /// The total number of remarks.
    async fn remark_count(&self) -> usize {
        self.0.diagnostics.len()
    }

    /// The remarks of this run, at most 100 at a time.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn remarks(
        &self,
        #[graphql(desc = "The number of rows, at most 100; 20 when not given.")] first: Option<i32>,
        #[graphql(desc = "The number of remarks to skip.")] skip: Option<u32>,
    ) -> Result<Vec<RemarkObject>> {
        let first = row_count(first)? as usize;
        let shown = self.0.diagnostics.iter().skip(skip.unwrap_or(0) as usize).take(first);
        Ok(shown.map(RemarkObject::new).collect())
    }
}

/// A sort of fault and its number of occurrences.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(name = "Fault")]
pub struct FaultCount {
    /// The name of the fault.
    name: String,
    /// The number of times it occurred.
    count: u64,
}

/// A range of days, both ends included.
#[derive(Clone, Copy, Debug, SimpleObject)]
#[graphql(name = "Window")]
pub struct WindowObject {
    /// The first day of the range.
    first: Day,
    /// The last day of the range.
    last: Day,
}

impl WindowObject {
    pub fn new(days: schema::Window) -> Self {
        Self { first: Day(days.first()), last: Day(days.last()) }
    }
}

/// The entities of one kind that a run saw and changed.
#[derive(Clone, Debug, SimpleObject)]
pub struct KindCounts {
    /// The kind of entity, such as meeting or document.
    kind: String,
    /// The number of entities named by an answer, changed or not.
    seen: u64,
    /// The number of new entities.
    created: u64,
    /// The number of changed entities.
    updated: u64,
    /// The number of entities that disappeared.
    withdrawn: u64,
    /// The number of entities that came back.
    revived: u64,
}

/// A remark for people about an answer or a document.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(name = "Remark")]
pub struct RemarkObject {
    /// The sort of remark, as a stable code.
    code: String,
    /// True when something is wrong; false when the remark is only worth knowing.
    trouble: bool,
    /// The request, file or address to which the remark applies.
    subject: String,
    /// The place in the payload, as a JSON pointer; empty for the whole payload.
    path: String,
    /// The remark as a sentence that can be read alone.
    message: String,
}

impl RemarkObject {
    fn new(diagnostic: &schema::Diagnostic) -> Self {
        Self {
            code: diagnostic.code.as_str().to_owned(),
            trouble: diagnostic.code.is_trouble(),
            subject: diagnostic.subject.clone(),
            path: diagnostic.path.clone(),
            message: diagnostic.message.clone(),
        }
    }
}
