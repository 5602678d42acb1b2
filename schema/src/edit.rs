//! What is told of the past of an entity: when which of its fields changed, and what its content amounted to. Never a former value.

use jiff::Timestamp;

use crate::{Action, ContentHash};

/// One change of an entity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// Its place in the change log.
    pub seq: i64,
    /// When we saw it.
    pub at: Timestamp,
    /// How it changed.
    pub action: Action,
    /// The names of the fields that changed; empty where it was created, gone or came back.
    pub fields: Vec<String>,
    /// The hash of its content after it; `None` where there was none any more, or none of it may be known.
    pub hash: Option<ContentHash>,
}
