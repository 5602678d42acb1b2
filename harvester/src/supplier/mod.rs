//! The interface to a supplier: a few pure functions. No `async`, no HTTP, no store, no clock, no secret.
//!
//! To add a supplier: record payloads, write a folder with the same three files as the others (`mod.rs`: tasks and
//! judgements; `payload.rs`: the shapes; `normalise.rs`: shapes to entities), and add a variant to `SupplierKind`. The
//! compiler then names the remaining places.

use std::{collections::BTreeMap, fmt::Debug};

use raadhuis_schema::{Diagnostic, Document, EntityId, Part, Scope, Source, SupplierKind, Window};
use serde::{Serialize, de::DeserializeOwned};
use strum::VariantArray;

use crate::transport::{Answer, Lane, Request, Secret, Soap, UnreadableError, Wants};

pub mod allmanak;
mod any;
pub mod companywebcast;
pub mod file;
pub mod gemeenteoplossingen;
pub mod html;
pub mod ibabs;
pub mod json;
pub mod notubiz;
pub mod outline;
pub mod parlaeus;
pub mod parse;
pub mod portal;
pub mod reading;
pub mod registers;
pub mod speaker;
pub mod template;
pub mod transcript;
pub mod xml;

pub use allmanak::Allmanak;
pub use any::CrawlTask;
pub use gemeenteoplossingen::GemeenteOplossingen;
pub use ibabs::Ibabs;
pub use notubiz::Notubiz;
pub use parlaeus::Parlaeus;
pub use registers::Registers;

/// Version of the adapters. Increase it with every change in what they read from an answer: unchanged answers are then
/// read again.
pub const EDITION: u32 = 2;

/// Runs an expression with the supplier of a kind as a type.
#[macro_export]
macro_rules! with_supplier {
    ($kind:expr, $supplier:ident => $body:expr) => {
        match $kind {
            raadhuis_schema::SupplierKind::Notubiz => {
                type $supplier = $crate::supplier::Notubiz;
                $body
            }
            raadhuis_schema::SupplierKind::Ibabs => {
                type $supplier = $crate::supplier::Ibabs;
                $body
            }
            raadhuis_schema::SupplierKind::GemeenteOplossingen => {
                type $supplier = $crate::supplier::GemeenteOplossingen;
                $body
            }
            raadhuis_schema::SupplierKind::Allmanak => {
                type $supplier = $crate::supplier::Allmanak;
                $body
            }
            raadhuis_schema::SupplierKind::Registers => {
                type $supplier = $crate::supplier::Registers;
                $body
            }
            raadhuis_schema::SupplierKind::Parlaeus => {
                type $supplier = $crate::supplier::Parlaeus;
                $body
            }
        }
    };
}

/// The request budgets of all suppliers. Lanes are by host: sources that share a host share its budget.
pub fn all_lanes() -> Vec<Lane> {
    let suppliers = SupplierKind::VARIANTS.iter().flat_map(|kind| with_supplier!(kind, S => S::LANES));
    suppliers.chain(companywebcast::LANES).chain(&[portal::LANE, Lane::OTHER]).copied().collect()
}

/// The meaning of an answer, judged by its status and by the known habits of the supplier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AnswerClass {
    Content,
    /// The entity no longer exists.
    Gone,
    /// The supplier refuses, with its reason.
    Refused(String),
    /// The supplier demands fewer requests.
    Throttled,
    /// The supplier bans or blocks us, with the sign of it.
    Blocked(String),
    /// The window was too wide and may be narrowed.
    TooMuch,
    /// A failure of the supplier, or no answer in any known format.
    Broken(String),
}

/// The contribution of one answer to a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Harvested<T> {
    pub parts: Vec<Part>,
    /// Tasks that follow from the answer.
    pub next: Vec<T>,
    pub diagnostics: Vec<Diagnostic>,
    /// The scopes that this answer, with the pages before it, covers completely.
    pub complete: Vec<Scope>,
    /// Speakers by chapter, where the source does not tell members from citizens. A name is kept only when a person of
    /// the authority has it.
    pub speakers: BTreeMap<EntityId, String>,
}

impl<T> Default for Harvested<T> {
    fn default() -> Self {
        Self {
            parts: Vec::new(),
            next: Vec::new(),
            diagnostics: Vec::new(),
            complete: Vec::new(),
            speakers: BTreeMap::new(),
        }
    }
}

impl<T> Harvested<T> {
    /// Converts the tasks that follow.
    pub fn map_tasks<U>(self, wrap: impl Fn(T) -> U) -> Harvested<U> {
        let Self { parts, next, diagnostics, complete, speakers } = self;
        Harvested { parts, next: next.into_iter().map(wrap).collect(), diagnostics, complete, speakers }
    }
}

/// Marks, in stored answers, what the supplier did not mark as public, so that a later reading withholds it again.
pub const WITHHELD: &str = "withheld";

/// Returns whether this is the ban page of a gateway. Further requests extend a ban.
pub fn is_ban(answer: &Answer) -> bool {
    let start = answer.bytes.get(..4096).unwrap_or(&answer.bytes);
    answer.status == 403 && String::from_utf8_lossy(start).contains("The request is blocked")
}

/// A supplier of council data: its tasks, requests, judgements and readings, as pure functions.
#[warn(missing_docs)]
pub trait Supplier: Send + Sync + 'static {
    /// A question to the supplier. Open tasks are stored during a run, so that an interrupted run can continue.
    type Task: Clone + Debug + Send + Sync + Serialize + DeserializeOwned + 'static;

    /// The request budgets of hosts that all customers share, with their source in a comment.
    const LANES: &'static [Lane] = &[];

    /// The first tasks for a harvest of `window`.
    fn start_tasks(source: &Source, window: Window) -> Vec<Self::Task>;

    /// The name of a task: stable across runs.
    fn task_name(task: &Self::Task) -> String;

    /// The days that a task covers; all pages of a listing have the same.
    fn task_window(task: &Self::Task) -> Option<Window>;

    /// The request that performs a task.
    fn request(source: &Source, task: &Self::Task) -> Request;

    /// Judges the meaning of an answer.
    fn classify_answer(task: &Self::Task, answer: &Answer) -> AnswerClass;

    /// Returns whether a task must not be stored, because it contains a token or words of an agenda. The task that led
    /// to it is then repeated.
    fn is_volatile(_: &Self::Task) -> bool {
        false
    }

    /// The entity that a task concerns, if it is one entity with an id.
    fn subject(_: &Source, _: &Self::Task) -> Option<EntityId> {
        None
    }

    /// Narrower tasks that together cover the same; `None` when it cannot be narrowed.
    fn narrow_task(_: &Self::Task) -> Option<Vec<Self::Task>> {
        None
    }

    /// Entities that make a task needless: another answer of this run described one of them in full.
    fn answered_by(_: &Source, _: &Self::Task) -> Vec<EntityId> {
        Vec::new()
    }

    /// A task that looks up a meeting that listings no longer name, in a run over `window`. Its answer leads to the
    /// listing that names the meeting now, if there is one.
    fn lookup_task(_: &Source, _: &EntityId, _: Window) -> Option<Self::Task> {
        None
    }

    /// `Some` for a task from [`Supplier::lookup_task`]. The value tells whether any answer proves that the meeting still
    /// exists.
    fn is_lookup(_: &Self::Task) -> Option<bool> {
        None
    }

    /// Reads an answer. A malformed part is left out with a diagnostic; the rest is read.
    ///
    /// # Errors
    /// The answer as a whole is not in the supplier's format.
    fn read_answer(
        source: &Source,
        task: &Self::Task,
        answer: &Answer,
    ) -> Result<Harvested<Self::Task>, UnreadableError>;

    /// The answer without non-public content and personal contact data, for the archive. `None` when they cannot be
    /// separated; nothing is then archived.
    fn redact_answer(task: &Self::Task, answer: &Answer) -> Option<Vec<u8>>;

    /// The request for the file of a document.
    fn original(_: &Source, document: &Document) -> Option<Request> {
        Some(Request::get(document.url.clone()?, Wants::File))
    }

    /// Judges the answer to the request for a file.
    fn classify_original(answer: &Answer) -> AnswerClass {
        match answer.status {
            200 => AnswerClass::Content,
            404 | 410 => AnswerClass::Gone,
            401 | 403 => AnswerClass::Refused(format!("HTTP {}", answer.status)),
            429 => AnswerClass::Throttled,
            status => AnswerClass::Broken(format!("HTTP {status}")),
        }
    }
}
