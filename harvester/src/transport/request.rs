//! A request to a supplier.

use raadhuis_schema::Validator;
use url::Url;

use super::lane::ban_scope;

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
