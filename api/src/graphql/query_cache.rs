//! A cache of parsed queries. Apps send the same few queries again and again, and parsing often takes longer than answering.

use std::{
    num::NonZeroUsize,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_graphql::{ServerResult, parser::types::ExecutableDocument};
use lru::LruCache;

/// The maximum number of parsed queries that are kept.
const MOST: NonZeroUsize = NonZeroUsize::new(64).unwrap();

/// The maximum length of a kept query, in bytes; longer ones are parsed each time. A parsed query may take a hundred times its
/// text, some 30 MB for the whole cache at worst.
const LONGEST: usize = 4 * 1024;

/// Parsed queries, by their text.
pub struct QueryCache(Mutex<LruCache<String, Arc<ExecutableDocument>>>);

impl Default for QueryCache {
    fn default() -> Self {
        Self(Mutex::new(LruCache::new(MOST)))
    }
}

impl QueryCache {
    /// Returns the kept document of a query, or parses the query with `read`.
    pub fn or_read(
        &self,
        query: &str,
        read: impl FnOnce(&str) -> ServerResult<ExecutableDocument>,
    ) -> ServerResult<ExecutableDocument> {
        let before = self.lock_cache().get(query).cloned();
        if let Some(document) = before {
            return Ok(ExecutableDocument::clone(&document));
        }
        let document = read(query)?;
        if query.len() <= LONGEST {
            let kept = Arc::new(document.clone());
            self.lock_cache().put(query.to_owned(), kept);
        }
        Ok(document)
    }

    fn lock_cache(&self) -> MutexGuard<'_, LruCache<String, Arc<ExecutableDocument>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::{ServerError, parser::parse_query};

    use super::*;

    #[test]
    fn a_query_is_read_once_and_a_long_one_or_a_wrong_one_each_time() {
        let known = QueryCache::default();
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
