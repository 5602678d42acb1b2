//! Sources and their last run.

use async_graphql::{Context, Object, Result, SimpleObject};
use jiff::Timestamp;
use raadhuis_schema::{self as schema, ledger::standing};

use super::{
    connection::{cost, rows},
    loader::{counts, hidden, lines},
    scalar::{CoverageState, Day, Moment, Purpose, Verdict},
};
use crate::Library;

/// A source (bron) that was harvested: one customer of one supplier.
pub struct Source(pub schema::RunReport);

/// A source (bron) that was harvested: one customer of one supplier.
#[Object]
impl Source {
    /// Its name in our catalogue.
    async fn key(&self) -> &str {
        &self.0.source
    }

    /// How it stands by all that is known of it, as in coverage: a verdict on one run may be better.
    async fn state(&self, context: &Context<'_>) -> Result<CoverageState> {
        let lines = lines(context).await?;
        let (line, now) = (lines.of_source(&self.0.source), Timestamp::now());
        let directory = &context.data::<Library>()?.directory;
        let source = directory.sources.iter().find(|source| source.key == self.0.source);
        Ok(standing(source, line, now).into())
    }

    /// The last run that came to its end.
    async fn last_run(&self) -> RunReport {
        RunReport(self.0.clone())
    }

    /// Its last runs, the newest first, without their remarks.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn runs(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "How many, at most 100; 20 when not given.")] first: Option<i32>,
    ) -> Result<Vec<RunReport>> {
        let store = &context.data::<Library>()?.store;
        let reports = store.reports(&self.0.source, None, rows(first)?).await.map_err(|why| hidden(&why))?;
        Ok(reports.into_iter().map(RunReport).collect())
    }

    /// How many things of it are held, per kind.
    async fn held(&self, context: &Context<'_>) -> Result<Vec<HeldCount>> {
        let counts = counts(context, &self.0.source).await?;
        Ok(counts
            .into_iter()
            .map(|(kind, count)| HeldCount { kind: kind.word().to_owned(), count })
            .collect())
    }
}

/// How many things of a kind are held.
#[derive(Clone, Debug, SimpleObject)]
pub struct HeldCount {
    /// The kind.
    kind: String,
    /// How many.
    count: u64,
}

/// Pages that one engine read.
#[derive(Clone, Debug, SimpleObject)]
pub struct EngineCount {
    /// Its name and version.
    engine: String,
    /// How many.
    pages: u64,
}

/// The account of one harvest of one source.
pub struct RunReport(schema::RunReport);

/// The account of one harvest of one source.
#[Object]
impl RunReport {
    /// The number of the run.
    async fn run(&self) -> i64 {
        self.0.run
    }

    /// What it was for.
    async fn purpose(&self) -> Purpose {
        self.0.purpose.into()
    }

    /// What went wrong on the way to answers, also where it passed.
    async fn faults(&self) -> Vec<Fault> {
        self.0.faults.iter().map(|(name, count)| Fault { name: name.clone(), count: *count }).collect()
    }

    /// The days that were asked for.
    async fn window(&self) -> Window {
        Window::of(self.0.window)
    }

    /// When it began.
    async fn started(&self) -> Moment {
        Moment(self.0.started)
    }

    /// When it ended.
    async fn ended(&self) -> Moment {
        Moment(self.0.ended)
    }

    /// How it went.
    async fn verdict(&self) -> Verdict {
        self.0.verdict.into()
    }

    /// Questions asked of the supplier, files included.
    async fn requests(&self) -> u64 {
        self.0.requests
    }

    /// Bytes received.
    async fn bytes(&self) -> u64 {
        self.0.bytes
    }

    /// Pages of text read.
    async fn pages(&self) -> u64 {
        self.0.pages
    }

    /// Pages of text read, by what read them.
    async fn engines(&self) -> Vec<EngineCount> {
        self.0
            .engines
            .iter()
            .map(|(engine, pages)| EngineCount { engine: engine.clone(), pages: *pages })
            .collect()
    }

    /// What was seen and what changed, per kind.
    async fn kinds(&self) -> Vec<KindCounts> {
        let of = |(kind, seen, counts): (schema::Kind, u64, schema::Counts)| {
            let schema::Counts { created, updated, withdrawn, revived } = counts;
            KindCounts { kind: kind.word().to_owned(), seen, created, updated, withdrawn, revived }
        };
        self.0.rows().map(of).collect()
    }

    /// Of the documents that were seen, how many are of the type OTHER.
    async fn documents_of_other_type(&self) -> u64 {
        self.0.documents_of_other_type
    }

    /// How many remarks there are in all.
    async fn remark_count(&self) -> usize {
        self.0.remarks.len()
    }

    /// What a person should know, at most 100 at a time.
    #[graphql(complexity = "super::connection::cost(first, child_complexity)")]
    async fn remarks(
        &self,
        #[graphql(desc = "How many, at most 100; 20 when not given.")] first: Option<i32>,
        #[graphql(desc = "How many to pass over.")] skip: Option<u32>,
    ) -> Result<Vec<Remark>> {
        let first = super::connection::rows(first)? as usize;
        let shown = self.0.remarks.iter().skip(skip.unwrap_or(0) as usize).take(first);
        Ok(shown.map(Remark::of).collect())
    }
}

/// A sort of fault, and how often it was met.
#[derive(Clone, Debug, SimpleObject)]
pub struct Fault {
    /// Its name.
    name: String,
    /// How often.
    count: u64,
}

/// A run of days, both ends included.
#[derive(Clone, Copy, Debug, SimpleObject)]
pub struct Window {
    /// The first day.
    first: Day,
    /// The last day.
    last: Day,
}

impl Window {
    /// Those days.
    pub fn of(days: schema::Window) -> Self {
        Self { first: Day(days.first()), last: Day(days.last()) }
    }
}

/// What was seen of a kind, and what changed.
#[derive(Clone, Debug, SimpleObject)]
pub struct KindCounts {
    /// The kind.
    kind: String,
    /// Named by an answer, changed or not.
    seen: u64,
    /// New.
    created: u64,
    /// Changed.
    updated: u64,
    /// Gone.
    withdrawn: u64,
    /// Back again.
    revived: u64,
}

/// Something a person should know about an answer or a document.
#[derive(Clone, Debug, SimpleObject)]
pub struct Remark {
    /// What sort of thing.
    code: String,
    /// Whether something is wrong, or merely worth knowing.
    trouble: bool,
    /// The question, file or address of which it speaks.
    subject: String,
    /// Where in the payload, as a JSON pointer; empty for the whole.
    path: String,
    /// A sentence that can be read alone.
    message: String,
}

impl Remark {
    fn of(remark: &schema::Remark) -> Self {
        Self {
            code: remark.code.word(),
            trouble: remark.code.is_trouble(),
            subject: remark.subject.clone(),
            path: remark.path.clone(),
            message: remark.message.clone(),
        }
    }
}
