//! The answer to a request.

use std::sync::Arc;

use bytes::Bytes;
use jiff::Timestamp;
use raadhuis_schema::Validator;
use serde_json::Value;

use super::parsed::{ParsedBody, UnreadableError};

/// An answer to a [`Request`](super::Request).
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
