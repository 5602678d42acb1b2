//! The interface to a supplier: a few pure functions. No `async`, no HTTP, no store, no clock, no secret.
//!
//! To add a supplier: record payloads, write a folder with the same three files as the others (`mod.rs`: tasks and
//! judgements; `payload.rs`: the shapes; `normalise.rs`: shapes to entities), and add a variant to `SupplierKind`. The
//! compiler then names the remaining places.

use std::{collections::BTreeMap, fmt::Debug, sync::Arc};

use bytes::Bytes;
use jiff::Timestamp;
use raadhuis_schema::{Diagnostic, Document, EntityId, Part, Scope, Source, Validator, Window};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use url::Url;

pub mod allmanak;
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
mod parsed;
pub mod portal;
pub mod reading;
pub mod registers;
pub mod speaker;
pub mod template;
pub mod transcript;
pub mod xml;

pub use allmanak::Allmanak;
pub use gemeenteoplossingen::GemeenteOplossingen;
pub use ibabs::Ibabs;
pub use notubiz::Notubiz;
pub use parlaeus::Parlaeus;
pub use parsed::ParsedBody;
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
    [
        Allmanak::LANES,
        companywebcast::LANES,
        Notubiz::LANES,
        Ibabs::LANES,
        Registers::LANES,
        &[portal::LANE, Lane::OTHER],
    ]
    .concat()
}

/// Returns whether a host knows clients by their IPv4 address only. Requests over IPv6 would lose our known address.
pub fn is_ipv4_only(host: &str) -> bool {
    let host = real_host(host);
    host == "ibabs.eu" || host.ends_with(".ibabs.eu")
}

/// Suffix of the names of hosts that a simulator on this machine plays.
pub const SIMULATED: &str = ".localhost";

/// The real host name, without the suffix of the simulator.
pub fn real_host(host: &str) -> &str {
    host.strip_suffix(SIMULATED).unwrap_or(host)
}

/// The name under which a group of hosts bans an address: a ban by one host holds for all of them.
pub fn ban_scope(host: &str) -> &str {
    if is_ipv4_only(host) { "ibabs.eu" } else { host }
}

/// A request in the form that a supplier expects.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Request {
    pub url: Url,
    pub wants: Wants,
    /// The SOAP message to post; `None` for a GET.
    pub soap: Option<Soap>,
    /// Known to the operator only; the transport adds its value.
    pub secret: Option<Secret>,
    /// A header that the supplier requires of every client.
    pub header: Option<(&'static str, String)>,
    /// The validator of our copy. The host answers 304 while that copy is current.
    pub known: Option<Validator>,
}

impl Request {
    pub fn get(url: Url, wants: Wants) -> Self {
        Self { url, wants, soap: None, secret: None, header: None, known: None }
    }

    /// The ban group of its host; see [`ban_scope`].
    pub fn ban_scope(&self) -> &str {
        ban_scope(self.url.host_str().unwrap_or_default())
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Soap {
    /// The value of the SOAPAction header, quotes included.
    pub action: String,
    pub envelope: String,
}

/// A secret by name. Its value is read from the environment when the request is sent, and stored nowhere else.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Secret {
    pub parameter: &'static str,
    /// The environment variable that holds it.
    pub variable: String,
}

/// The purpose of a request, which limits the size of its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Wants {
    /// Data of at most 64 MiB.
    Payload,
    /// A document of at most 200 MiB.
    File,
    /// A page of a portal, of at most 8 MiB: at a low rate, and only where robots.txt allows it.
    Page,
}

const MAX_PAYLOAD: usize = 64 << 20;
const MAX_FILE: usize = 200 << 20;
const MAX_PAGE: usize = 8 << 20;

impl Wants {
    pub const fn size_limit(self) -> usize {
        match self {
            Self::Payload => MAX_PAYLOAD,
            Self::File => MAX_FILE,
            Self::Page => MAX_PAGE,
        }
    }
}

/// An answer to a [`Request`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    pub bytes: Bytes,
    /// Time of fetching, the only clock of a supplier.
    pub fetched: Timestamp,
    /// Validator that the host gave with the answer.
    pub validator: Option<Validator>,
    /// The body as a tree, once parsed.
    pub parsed: ParsedBody,
}

impl Answer {
    /// The body as a tree. Only the first call parses it.
    ///
    /// # Errors
    /// The body is not in the parser's format.
    pub fn parse_tree(
        &self,
        parser: fn(&[u8]) -> Result<Value, UnreadableError>,
    ) -> Result<Arc<Value>, UnreadableError> {
        self.parsed.parse_tree(&self.bytes, parser)
    }

    /// The same tree, owned, to be changed.
    ///
    /// # Errors
    /// The body is not in the parser's format.
    pub fn take_tree(
        &self,
        parser: fn(&[u8]) -> Result<Value, UnreadableError>,
    ) -> Result<Value, UnreadableError> {
        self.parsed.take_tree(&self.bytes, parser)
    }
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

/// The reason why an answer as a whole could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct UnreadableError(pub String);

/// A request budget that some hosts share, however many sources use them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lane {
    /// Name in reports. A lane that holds for each host by itself is reported under the host's name.
    pub name: &'static str,
    /// The hosts: `a.b`, `*.a.b` for all below it, `*` for every other host, each by itself.
    pub hosts: &'static [&'static str],
    /// Requests a minute that the hosts are known to accept.
    pub per_minute: u32,
}

impl Lane {
    /// Hosts without a lane: no limit is documented, and a council's own host is small.
    pub const OTHER: Self = Self { name: "*", hosts: &["*"], per_minute: 60 };

    /// Returns whether every host is a lane by itself.
    pub fn is_each(&self) -> bool {
        self.hosts == ["*"]
    }

    /// Returns whether a host belongs to this lane.
    pub fn owns_host(&self, host: &str) -> bool {
        self.hosts.iter().any(|pattern| match pattern.strip_prefix('*') {
            Some(rest) => host.ends_with(rest),
            None => host == *pattern,
        })
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
