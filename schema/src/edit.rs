//! The public edit history of an entity: the time of each change, the changed fields, and the content hash. It never holds
//! a former value.

use jiff::Timestamp;

use crate::{Action, ContentHash};

/// One change of an entity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// The position in the change log.
    pub seq: i64,
    /// The time at which we saw the change.
    pub at: Timestamp,
    /// The kind of change of the entity.
    pub action: Action,
    /// The names of the changed fields; empty if the entity was created, went or came back.
    pub fields: Vec<String>,
    /// The hash of the content after the change; `None` if no content was left or none of it may be known.
    pub hash: Option<ContentHash>,
}
