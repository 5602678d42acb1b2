//! Queries that were read before: an app sends the same few again and again, and reading one takes longer than many an answer.

use std::{
    num::NonZeroUsize,
    sync::{Arc, Mutex, PoisonError},
};

use async_graphql::{ServerResult, parser::types::ExecutableDocument};
use lru::LruCache;

/// So many are remembered.
const MOST: NonZeroUsize = NonZeroUsize::new(64).unwrap();

/// Longer ones, in bytes, are read each time. What was read may take a hundred times as much, some 30 MB for all together at worst.
const LONGEST: usize = 4 * 1024;

/// What was read, by its text.
pub struct Known(Mutex<LruCache<String, Arc<ExecutableDocument>>>);

impl Default for Known {
    fn default() -> Self {
        Self(Mutex::new(LruCache::new(MOST)))
    }
}

impl Known {
    /// What a query says: as it was read before, or as `read` reads it now.
    pub fn or_read(
        &self,
        query: &str,
        read: impl FnOnce(&str) -> ServerResult<ExecutableDocument>,
    ) -> ServerResult<ExecutableDocument> {
        let known = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let before = known().get(query).cloned();
        if let Some(document) = before {
            return Ok(ExecutableDocument::clone(&document));
        }
        let document = read(query)?;
        if query.len() <= LONGEST {
            let kept = Arc::new(document.clone());
            known().put(query.to_owned(), kept);
        }
        Ok(document)
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::{ServerError, parser::parse_query};

    use super::*;

    #[test]
    fn a_query_is_read_once_and_a_long_one_or_a_wrong_one_each_time() {
        let known = Known::default();
        let read = |query: &str| Ok(parse_query(query)?);
        let unread = |_: &str| Err(ServerError::new("read again", None));
        let long = format!("{{ authorities {{ totalCount }} }} # {}", "x".repeat(LONGEST));
        assert_eq!(known.or_read("{ a }", read).unwrap().operations.iter().count(), 1);
        assert!(known.or_read("{ a }", unread).is_ok());
        assert!(known.or_read(&long, read).is_ok() && known.or_read(&long, unread).is_err());
        assert!(known.or_read("{ a", read).is_err() && known.or_read("{ a", unread).is_err());
        for n in 0..MOST.get() {
            known.or_read(&format!("{{ b{n} }}"), read).unwrap();
        }
        assert!(known.or_read("{ a }", unread).is_err(), "what was not asked for long is forgotten");
    }
}
