//! One type for the tasks of all suppliers, so that the crawl knows none of them.

use raadhuis_schema::{EntityId, Source, SupplierKind, Window};
use serde::Serialize;
use serde_json::Value;

use super::{
    Allmanak, Answer, AnswerClass, GemeenteOplossingen, Harvested, Ibabs, Notubiz, Parlaeus, Registers,
    Request, Supplier, UnreadableError,
};

/// A task of any supplier. It is stored as the supplier's own task, because a run is of one source and so of one supplier.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum CrawlTask {
    Notubiz(<Notubiz as Supplier>::Task),
    Ibabs(<Ibabs as Supplier>::Task),
    GemeenteOplossingen(<GemeenteOplossingen as Supplier>::Task),
    Parlaeus(<Parlaeus as Supplier>::Task),
    Registers(<Registers as Supplier>::Task),
    Allmanak(<Allmanak as Supplier>::Task),
}

/// Runs an expression with the supplier of a task as a type, the task itself, and the variant that wraps others of its kind.
macro_rules! with_task {
    ($any:expr, $supplier:ident, $task:ident, $wrap:ident => $body:expr) => {
        match $any {
            CrawlTask::Notubiz($task) => with_task!(@ Notubiz, $supplier, $wrap => $body),
            CrawlTask::Ibabs($task) => with_task!(@ Ibabs, $supplier, $wrap => $body),
            CrawlTask::GemeenteOplossingen($task) => with_task!(@ GemeenteOplossingen, $supplier, $wrap => $body),
            CrawlTask::Parlaeus($task) => with_task!(@ Parlaeus, $supplier, $wrap => $body),
            CrawlTask::Registers($task) => with_task!(@ Registers, $supplier, $wrap => $body),
            CrawlTask::Allmanak($task) => with_task!(@ Allmanak, $supplier, $wrap => $body),
        }
    };
    (@ $name:ident, $supplier:ident, $wrap:ident => $body:expr) => {{
        type $supplier = $name;
        #[allow(unused_variables, clippy::allow_attributes, reason = "not every expression makes tasks")]
        let $wrap = CrawlTask::$name;
        $body
    }};
}

/// Runs an expression with the supplier of a kind as a type, and the variant that wraps its tasks.
macro_rules! with_kind {
    ($kind:expr, $supplier:ident, $wrap:ident => $body:expr) => {
        match $kind {
            SupplierKind::Notubiz => with_task!(@ Notubiz, $supplier, $wrap => $body),
            SupplierKind::Ibabs => with_task!(@ Ibabs, $supplier, $wrap => $body),
            SupplierKind::GemeenteOplossingen => with_task!(@ GemeenteOplossingen, $supplier, $wrap => $body),
            SupplierKind::Parlaeus => with_task!(@ Parlaeus, $supplier, $wrap => $body),
            SupplierKind::Registers => with_task!(@ Registers, $supplier, $wrap => $body),
            SupplierKind::Allmanak => with_task!(@ Allmanak, $supplier, $wrap => $body),
        }
    };
}

/// The methods are those of [`Supplier`], which describes them.
impl CrawlTask {
    /// Parses a stored task of a source of this supplier.
    ///
    /// # Errors
    /// The task is of another version of the adapter.
    pub fn parse(kind: SupplierKind, stored: Value) -> serde_json::Result<Self> {
        with_kind!(kind, S, wrap => Ok(wrap(serde_json::from_value::<<S as Supplier>::Task>(stored)?)))
    }

    pub fn start_tasks(source: &Source, window: Window) -> Vec<Self> {
        with_kind!(source.supplier, S, wrap => S::start_tasks(source, window).into_iter().map(wrap).collect())
    }

    pub fn lookup_task(source: &Source, id: &EntityId, window: Window) -> Option<Self> {
        with_kind!(source.supplier, S, wrap => S::lookup_task(source, id, window).map(wrap))
    }

    pub fn name(&self) -> String {
        with_task!(self, S, task, wrap => S::task_name(task))
    }

    pub fn window(&self) -> Option<Window> {
        with_task!(self, S, task, wrap => S::task_window(task))
    }

    pub fn request(&self, source: &Source) -> Request {
        with_task!(self, S, task, wrap => S::request(source, task))
    }

    pub fn classify_answer(&self, answer: &Answer) -> AnswerClass {
        with_task!(self, S, task, wrap => S::classify_answer(task, answer))
    }

    pub fn is_volatile(&self) -> bool {
        with_task!(self, S, task, wrap => S::is_volatile(task))
    }

    pub fn subject(&self, source: &Source) -> Option<EntityId> {
        with_task!(self, S, task, wrap => S::subject(source, task))
    }

    pub fn narrow(&self) -> Option<Vec<Self>> {
        with_task!(self, S, task, wrap => Some(S::narrow_task(task)?.into_iter().map(wrap).collect()))
    }

    pub fn answered_by(&self, source: &Source) -> Vec<EntityId> {
        with_task!(self, S, task, wrap => S::answered_by(source, task))
    }

    pub fn is_lookup(&self) -> Option<bool> {
        with_task!(self, S, task, wrap => S::is_lookup(task))
    }

    /// # Errors
    /// The answer as a whole is not in the supplier's format.
    pub fn read_answer(&self, source: &Source, answer: &Answer) -> Result<Harvested<Self>, UnreadableError> {
        with_task!(self, S, task, wrap => Ok(S::read_answer(source, task, answer)?.map_tasks(wrap)))
    }

    pub fn redact_answer(&self, answer: &Answer) -> Option<Vec<u8>> {
        with_task!(self, S, task, wrap => S::redact_answer(task, answer))
    }
}
