//! One type for the tasks of all suppliers, so that the crawl knows none of them.

use raadhuis_schema::{EntityId, Source, SupplierKind, Window};
use serde::Serialize;
use serde_json::Value;

use super::{
    Allmanak, Answer, AnswerClass, GemeenteOplossingen, Harvested, Ibabs, Notubiz, Parlaeus, Registers,
    Request, Supplier, UnreadableError,
};
use crate::with_supplier;

/// Declares the task of any supplier, and how each supplier's own task becomes one.
macro_rules! crawl_task {
    ($($supplier:ident)*) => {
        /// A task of any supplier. It is stored as the supplier's own task, because a run is of one source and so of one
        /// supplier.
        #[derive(Clone, Debug, Serialize)]
        #[serde(untagged)]
        pub enum CrawlTask {
            $($supplier(<$supplier as Supplier>::Task),)*
        }

        $(impl From<<$supplier as Supplier>::Task> for CrawlTask {
            fn from(task: <$supplier as Supplier>::Task) -> Self {
                Self::$supplier(task)
            }
        })*
    };
}

crawl_task! { Notubiz Ibabs GemeenteOplossingen Parlaeus Registers Allmanak }

/// Runs an expression with the supplier of a task as a type, and the task itself.
macro_rules! with_task {
    ($any:expr, $supplier:ident, $task:ident => $body:expr) => {
        match $any {
            CrawlTask::Notubiz($task) => with_task!(@ Notubiz, $supplier => $body),
            CrawlTask::Ibabs($task) => with_task!(@ Ibabs, $supplier => $body),
            CrawlTask::GemeenteOplossingen($task) => with_task!(@ GemeenteOplossingen, $supplier => $body),
            CrawlTask::Parlaeus($task) => with_task!(@ Parlaeus, $supplier => $body),
            CrawlTask::Registers($task) => with_task!(@ Registers, $supplier => $body),
            CrawlTask::Allmanak($task) => with_task!(@ Allmanak, $supplier => $body),
        }
    };
    (@ $name:ident, $supplier:ident => $body:expr) => {{
        type $supplier = $name;
        $body
    }};
}

/// The methods are those of [`Supplier`], which describes them.
impl CrawlTask {
    /// Parses a stored task of a source of this supplier.
    ///
    /// # Errors
    /// The task is of another version of the adapter.
    pub fn parse(kind: SupplierKind, stored: Value) -> serde_json::Result<Self> {
        with_supplier!(kind, S => Ok(serde_json::from_value::<<S as Supplier>::Task>(stored)?.into()))
    }

    pub fn start_tasks(source: &Source, window: Window) -> Vec<Self> {
        with_supplier!(source.supplier, S => wrap_tasks(S::start_tasks(source, window)))
    }

    pub fn lookup_task(source: &Source, id: &EntityId, window: Window) -> Option<Self> {
        with_supplier!(source.supplier, S => S::lookup_task(source, id, window).map(Self::from))
    }

    pub fn name(&self) -> String {
        with_task!(self, S, task => S::task_name(task))
    }

    pub fn window(&self) -> Option<Window> {
        with_task!(self, S, task => S::task_window(task))
    }

    pub fn request(&self, source: &Source) -> Request {
        with_task!(self, S, task => S::request(source, task))
    }

    pub fn classify_answer(&self, answer: &Answer) -> AnswerClass {
        with_task!(self, S, task => S::classify_answer(task, answer))
    }

    pub fn is_volatile(&self) -> bool {
        with_task!(self, S, task => S::is_volatile(task))
    }

    pub fn subject(&self, source: &Source) -> Option<EntityId> {
        with_task!(self, S, task => S::subject(source, task))
    }

    pub fn narrow(&self) -> Option<Vec<Self>> {
        with_task!(self, S, task => S::narrow_task(task).map(wrap_tasks))
    }

    pub fn answered_by(&self, source: &Source) -> Vec<EntityId> {
        with_task!(self, S, task => S::answered_by(source, task))
    }

    pub fn is_lookup(&self) -> Option<bool> {
        with_task!(self, S, task => S::is_lookup(task))
    }

    /// # Errors
    /// The answer as a whole is not in the supplier's format.
    pub fn read_answer(&self, source: &Source, answer: &Answer) -> Result<Harvested<Self>, UnreadableError> {
        with_task!(self, S, task => Ok(S::read_answer(source, task, answer)?.map_tasks(Self::from)))
    }

    pub fn redact_answer(&self, answer: &Answer) -> Option<Vec<u8>> {
        with_task!(self, S, task => S::redact_answer(task, answer))
    }
}

fn wrap_tasks<T: Into<CrawlTask>>(tasks: Vec<T>) -> Vec<CrawlTask> {
    tasks.into_iter().map(T::into).collect()
}
