//! What a supplier is: a few pure functions. No `async`, no HTTP, no store, no clock, no secret.
//!
//! To add one: record payloads, write a folder with the same three files as the others (`mod.rs`: questions
//! and verdicts; `payload.rs`: the shapes; `normalise.rs`: shapes to entities), add a variant to
//! `SupplierKind`. The compiler names the places that are left.

use std::{collections::BTreeMap, fmt::Debug, sync::Arc};

use bytes::Bytes;
use jiff::Timestamp;
use raadhuis_schema::{Document, EntityId, Part, Remark, Scope, Source, Validator, Window};
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

/// The edition of the adapters. Raise it with every change in what they read from an answer: an answer that is the same
/// as before is then read as if it were new.
pub const EDITION: u32 = 2;

/// Runs an expression for whichever supplier a kind names.
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

/// The request budgets of all suppliers: lanes own hosts, so that sources that share a host share its budget.
pub fn lanes() -> Vec<Lane> {
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

/// Whether a host knows its friends by their IPv4 address only, so that over IPv6 we would be strangers.
pub fn is_ipv4_only(host: &str) -> bool {
    let host = real(host);
    host == "ibabs.eu" || host.ends_with(".ibabs.eu")
}

/// What follows the names of hosts that a simulator on this machine plays.
pub const SIMULATED: &str = ".localhost";

/// The host itself, also where a simulator plays it.
pub fn real(host: &str) -> &str {
    host.strip_suffix(SIMULATED).unwrap_or(host)
}

/// The house a host belongs to: where one of its doors bans an address, all of them do.
pub fn house(host: &str) -> &str {
    if is_ipv4_only(host) { "ibabs.eu" } else { host }
}

/// How a supplier wants to be asked.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Request {
    /// The address, with its query.
    pub url: Url,
    /// What we hope to get.
    pub wants: Wants,
    /// What is posted, for suppliers that are asked so.
    pub soap: Option<Soap>,
    /// What only the operator knows and the transport adds.
    pub secret: Option<Secret>,
    /// A header that the supplier asks of every visitor.
    pub header: Option<(&'static str, String)>,
    /// By what the host knows the answer that we have. When it still gives that one, it says so instead: 304.
    pub known: Option<Validator>,
}

impl Request {
    /// A plain GET.
    pub fn get(url: Url, wants: Wants) -> Self {
        Self { url, wants, soap: None, secret: None, header: None, known: None }
    }

    /// The house it goes to.
    pub fn house(&self) -> &str {
        house(self.url.host_str().unwrap_or_default())
    }
}

/// A question in SOAP 1.1.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Soap {
    /// The value of the SOAPAction header, quotes included.
    pub action: String,
    /// The envelope.
    pub envelope: String,
}

/// A secret by name. Its value is read from the environment when the request leaves, and stands nowhere else.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Secret {
    /// The query parameter that carries it.
    pub parameter: &'static str,
    /// The environment variable that holds it.
    pub variable: String,
}

/// What a request is for, which decides how large an answer may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Wants {
    /// Data of at most 64 MiB.
    Payload,
    /// A document of at most 200 MiB.
    File,
    /// A page of a portal, of at most 8 MiB: at a low pace, and only where robots.txt allows it.
    Page,
}

/// The most bytes of an answer for programs, of a file, and of a page of a portal.
const MAX_PAYLOAD: usize = 64 << 20;
const MAX_FILE: usize = 200 << 20;
const MAX_PAGE: usize = 8 << 20;

impl Wants {
    /// The most bytes that are accepted.
    pub const fn limit(self) -> usize {
        match self {
            Self::Payload => MAX_PAYLOAD,
            Self::File => MAX_FILE,
            Self::Page => MAX_PAGE,
        }
    }
}

/// What came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The body.
    pub bytes: Bytes,
    /// When it was fetched. Suppliers have no other clock.
    pub fetched: Timestamp,
    /// By what the host knows it again, where it says so.
    pub validator: Option<Validator>,
    /// The body as a tree, once it was parsed.
    pub parsed: ParsedBody,
}

impl Answer {
    /// The body as a tree, parsed by `parser` the first time.
    ///
    /// # Errors
    /// The body is not in the parser's format.
    pub fn tree(&self, parser: fn(&[u8]) -> Result<Value, Unreadable>) -> Result<Arc<Value>, Unreadable> {
        self.parsed.tree(&self.bytes, parser)
    }

    /// The same tree to be changed.
    ///
    /// # Errors
    /// The body is not in the parser's format.
    pub fn take_tree(&self, parser: fn(&[u8]) -> Result<Value, Unreadable>) -> Result<Value, Unreadable> {
        self.parsed.take_tree(&self.bytes, parser)
    }
}

/// What an answer amounts to, by status and by what this supplier is known to mean with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Judgement {
    /// An answer that can be read.
    Content,
    /// The thing is no longer there.
    Gone,
    /// The supplier says no.
    Refused(String),
    /// The supplier asks us to slow down.
    Throttled,
    /// We are kept out.
    Blocked(String),
    /// The question was too wide and may be narrowed.
    TooMuch,
    /// It broke at their side, or is no answer at all.
    Broken(String),
}

/// What one answer adds.
#[derive(Clone, Debug, PartialEq)]
pub struct Harvested<T> {
    /// Parts of entities.
    pub parts: Vec<Part>,
    /// What to ask next.
    pub next: Vec<T>,
    /// What a person should know.
    pub remarks: Vec<Remark>,
    /// What this answer, with the pages before it, said everything about.
    pub complete: Vec<Scope>,
    /// Who is said to speak in which chapter, where nothing tells members from citizens. Forgotten unless a person of the
    /// authority is called so.
    pub speakers: BTreeMap<EntityId, String>,
}

impl<T> Default for Harvested<T> {
    fn default() -> Self {
        Self {
            parts: Vec::new(),
            next: Vec::new(),
            remarks: Vec::new(),
            complete: Vec::new(),
            speakers: BTreeMap::new(),
        }
    }
}

/// Why an answer as a whole could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unreadable(pub String);

/// The requests that some hosts bear together: they are never asked more often, however many sources there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lane {
    /// What the lane is called in reports; a lane of any host is called after each host.
    pub name: &'static str,
    /// The hosts: `a.b`, `*.a.b` for all below it, `*` for every other host, each by itself.
    pub hosts: &'static [&'static str],
    /// Requests a minute that the hosts are known to bear.
    pub per_minute: u32,
}

impl Lane {
    /// Any host that no lane owns: no limit is documented, and a council's own host is small.
    pub const OTHER: Self = Self { name: "*", hosts: &["*"], per_minute: 60 };

    /// Whether every host is a lane by itself.
    pub fn is_each(&self) -> bool {
        self.hosts == ["*"]
    }

    /// Whether a host rides this lane.
    pub fn owns(&self, host: &str) -> bool {
        let fits = |pattern: &&str| match pattern.strip_prefix('*') {
            Some(rest) => host.ends_with(rest),
            None => host == *pattern,
        };
        self.hosts.iter().any(fits)
    }
}

/// Marks, in an answer as it is kept, what the supplier did not mark as public: read again, it is still not public.
pub const WITHHELD: &str = "withheld";

/// Whether this is the page of a gateway that bans an address. Asking on makes a ban longer.
pub fn is_ban(answer: &Answer) -> bool {
    let start = answer.bytes.get(..4096).unwrap_or(&answer.bytes);
    answer.status == 403 && String::from_utf8_lossy(start).contains("The request is blocked")
}

/// A supplier.
#[warn(missing_docs)]
pub trait Supplier: Send + Sync + 'static {
    /// A question. It is kept while a run is under way, so that a run that is cut off goes on where it was.
    type Task: Clone + Debug + Send + Sync + Serialize + DeserializeOwned + 'static;

    /// The request budgets of hosts that all customers share, with their source in a comment.
    const LANES: &'static [Lane] = &[];

    /// The first questions about `window`.
    fn start(source: &Source, window: Window) -> Vec<Self::Task>;

    /// The name of a question: the same for the same question in every run.
    fn name(task: &Self::Task) -> String;

    /// The days that a question is about; all pages of a listing share them.
    fn window(task: &Self::Task) -> Option<Window>;

    /// How to put a question.
    fn request(source: &Source, task: &Self::Task) -> Request;

    /// What an answer amounts to.
    fn judge(task: &Self::Task, answer: &Answer) -> Judgement;

    /// Whether a question must not be kept, because it holds a token or words of an agenda: it is asked again from the
    /// question that led to it.
    fn is_volatile(_: &Self::Task) -> bool {
        false
    }

    /// What a question is about, where that is one thing with an id.
    fn subject(_: &Source, _: &Self::Task) -> Option<EntityId> {
        None
    }

    /// Narrower questions that together ask the same; `None` when it cannot be narrowed.
    fn narrow(_: &Self::Task) -> Option<Vec<Self::Task>> {
        None
    }

    /// Entities of which any was described in full by another answer of this run, so that the question is needless.
    fn answered_by(_: &Source, _: &Self::Task) -> Vec<EntityId> {
        Vec::new()
    }

    /// How to look up a meeting that listings no longer name, in a run over `window`. Its answer leads to a listing that
    /// names the meeting, where there is one.
    fn lookup(_: &Source, _: &EntityId, _: Window) -> Option<Self::Task> {
        None
    }

    /// Whether a question is such a lookup; if so, whether any answer means that the meeting is still at its own address.
    fn is_lookup(_: &Self::Task) -> Option<bool> {
        None
    }

    /// What an answer says. A broken part costs itself and a remark, never the rest.
    ///
    /// # Errors
    /// The answer as a whole is not in the supplier's format.
    fn read(source: &Source, task: &Self::Task, answer: &Answer)
    -> Result<Harvested<Self::Task>, Unreadable>;

    /// The answer as it may be kept: without what is not public and without personal contact data. `None` when
    /// that cannot be told, in which case nothing of it is kept.
    fn redact(task: &Self::Task, answer: &Answer) -> Option<Vec<u8>>;

    /// How to fetch a document's file.
    fn original(_: &Source, document: &Document) -> Option<Request> {
        Some(Request::get(document.url.clone()?, Wants::File))
    }

    /// What the answer to that amounts to.
    fn judge_original(answer: &Answer) -> Judgement {
        match answer.status {
            200 => Judgement::Content,
            404 | 410 => Judgement::Gone,
            401 | 403 => Judgement::Refused(format!("HTTP {}", answer.status)),
            429 => Judgement::Throttled,
            status => Judgement::Broken(format!("HTTP {status}")),
        }
    }
}
