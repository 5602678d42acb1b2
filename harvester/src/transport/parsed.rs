//! The body of an answer as a tree, parsed once and shared by all readers.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use serde_json::Value;

/// The reason why an answer as a whole could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct UnreadableError(pub String);

type Parser = fn(&[u8]) -> Result<Value, UnreadableError>;

#[derive(Debug)]
struct Parsed {
    bytes: Bytes,
    parser: Parser,
    tree: Result<Arc<Value>, UnreadableError>,
}

/// The parsed body of an answer. A clone begins empty.
#[derive(Debug, Default)]
pub struct ParsedBody(Mutex<Option<Parsed>>);

impl Clone for ParsedBody {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl PartialEq for ParsedBody {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for ParsedBody {}

impl ParsedBody {
    /// The tree of `bytes`, parsed by `parser` on the first call.
    pub(super) fn parse_tree(&self, bytes: &Bytes, parser: Parser) -> Result<Arc<Value>, UnreadableError> {
        let mut parsed = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match &*parsed {
            Some(known) if known.is_of(bytes, parser) => known.tree.clone(),
            _ => {
                let tree = parser(bytes).map(Arc::new);
                *parsed = Some(Parsed { bytes: bytes.clone(), parser, tree: tree.clone() });
                tree
            }
        }
    }

    /// The same tree, owned; the cache is then empty.
    pub(super) fn take_tree(&self, bytes: &Bytes, parser: Parser) -> Result<Value, UnreadableError> {
        let tree = self.parse_tree(bytes, parser)?;
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
        Ok(Arc::unwrap_or_clone(tree))
    }
}

impl Parsed {
    /// Returns whether this is the tree of these bytes by this parser: the answer may have got another body since.
    fn is_of(&self, bytes: &Bytes, parser: Parser) -> bool {
        self.bytes.as_ptr() == bytes.as_ptr()
            && self.bytes.len() == bytes.len()
            && std::ptr::fn_addr_eq(self.parser, parser)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use serde_json::json;

    use super::*;
    use crate::supplier::parse::parse_json;

    static CALLS: AtomicUsize = AtomicUsize::new(0);

    fn count_calls(bytes: &[u8]) -> Result<Value, UnreadableError> {
        CALLS.fetch_add(1, Ordering::SeqCst);
        parse_json(bytes)
    }

    #[test]
    fn a_body_is_parsed_once_and_another_body_anew() {
        let (parsed, bytes) = (ParsedBody::default(), Bytes::from_static(b"[1]"));
        for _ in 0..3 {
            assert_eq!(*parsed.parse_tree(&bytes, count_calls).unwrap(), json!([1]));
        }
        assert_eq!(parsed.take_tree(&bytes, count_calls).unwrap(), json!([1]));
        assert_eq!(CALLS.load(Ordering::SeqCst), 1);
        assert_eq!(*parsed.parse_tree(&Bytes::from_static(b"[2]"), count_calls).unwrap(), json!([2]));
        assert!(parsed.parse_tree(&Bytes::from_static(b"<"), count_calls).is_err());
        assert_eq!(CALLS.load(Ordering::SeqCst), 3);
    }
}
