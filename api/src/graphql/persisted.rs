//! Automatic persisted queries, in the protocol of Apollo's clients: the SHA-256 of an earlier query replaces its text.
//!
//! The texts are kept, not the parsed documents, because only texts can be bounded in bytes.

use std::sync::{Arc, Mutex, PoisonError};

use async_graphql::{Request, ServerError, ServerResult, from_value};
use lru::LruCache;
use raadhuis_schema::ContentHash;
use serde::Deserialize;

/// The maximum number of bytes of kept query texts. The least recently used text goes first.
pub const MOST_BYTES: usize = 8 << 20;

/// The extension of a request that names a query by its hash.
#[derive(Deserialize)]
struct PersistedQuery {
    version: i32,
    #[serde(rename = "sha256Hash")]
    sha256: String,
}

/// Query texts by their SHA-256.
#[derive(Default)]
pub struct PersistedQueries(Mutex<KeptTexts>);

struct KeptTexts {
    by_hash: LruCache<String, Arc<str>>,
    bytes: usize,
}

impl Default for KeptTexts {
    fn default() -> Self {
        Self { by_hash: LruCache::unbounded(), bytes: 0 }
    }
}

impl PersistedQueries {
    /// Fills in the query that a request names by its hash, and returns the hash.
    ///
    /// # Errors
    /// The extension cannot be read, the text has another hash, or no text with this hash is kept.
    pub fn fill_in(&self, request: &mut Request) -> ServerResult<Option<String>> {
        let Some(extension) = request.extensions.remove("persistedQuery") else { return Ok(None) };
        let named: PersistedQuery = from_value(extension).map_err(|_| {
            ServerError::new("the extension persistedQuery needs a version and a sha256Hash", None)
        })?;
        if named.version != 1 {
            return Err(ServerError::new(
                "the extension persistedQuery is understood in version 1 only",
                None,
            ));
        }
        if request.query.is_empty() {
            let text = self.lock_texts().by_hash.get(&named.sha256).cloned();
            request.query = text.ok_or_else(not_found)?.to_string();
        } else if ContentHash::of_bytes(request.query.as_bytes()).as_str() != named.sha256 {
            return Err(ServerError::new("sha256Hash is not the SHA-256 of the query", None));
        }
        Ok(Some(named.sha256))
    }

    /// Keeps a query text that passed all limits.
    pub fn keep_text(&self, sha256: String, query: &str) {
        let mut kept = self.lock_texts();
        if kept.by_hash.contains(&sha256) {
            return;
        }
        kept.bytes += query.len();
        kept.by_hash.put(sha256, query.into());
        while kept.bytes > MOST_BYTES {
            let Some((_, oldest)) = kept.by_hash.pop_lru() else { return };
            kept.bytes -= oldest.len();
        }
    }

    fn lock_texts(&self) -> std::sync::MutexGuard<'_, KeptTexts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The error of Apollo's protocol, after which a client sends the text as well.
fn not_found() -> ServerError {
    let mut error = ServerError::new("PersistedQueryNotFound", None);
    error.extensions.get_or_insert_default().set("code", "PERSISTED_QUERY_NOT_FOUND");
    error
}

#[cfg(test)]
mod tests {
    use async_graphql::{Name, Value, value};

    use super::*;

    fn named(sha256: &str, query: &str) -> Request {
        let mut request = Request::new(query);
        let extension = value!({"version": 1, "sha256Hash": sha256.to_owned()});
        request.extensions.insert("persistedQuery".into(), extension);
        request
    }

    #[test]
    fn texts_are_bounded_in_bytes_and_the_oldest_go_first() {
        let queries = PersistedQueries::default();
        let text = |n: usize| format!("{n:064}{}", " ".repeat(64 * 1024 - 64));
        let hash = |n: usize| ContentHash::of_bytes(text(n).as_bytes()).as_str().to_owned();
        let most = MOST_BYTES / text(0).len();
        for n in 0..=most {
            queries.keep_text(hash(n), &text(n));
        }
        assert!(queries.fill_in(&mut named(&hash(0), "")).is_err());
        let mut second = named(&hash(1), "");
        assert_eq!(queries.fill_in(&mut second).unwrap(), Some(hash(1)));
        assert_eq!(second.query, text(1));
        assert!(queries.lock_texts().bytes <= MOST_BYTES);
    }

    #[test]
    fn a_wrong_hash_and_a_wrong_version_are_refused() {
        let queries = PersistedQueries::default();
        assert!(queries.fill_in(&mut named("00", "{ a }")).is_err());
        let mut request = named("00", "{ a }");
        let extension = request.extensions.get_mut("persistedQuery").unwrap();
        let Value::Object(fields) = extension else { panic!() };
        fields.insert(Name::new("version"), 2.into());
        assert!(queries.fill_in(&mut request).is_err());
        assert_eq!(queries.fill_in(&mut Request::new("{ a }")).unwrap(), None);
    }
}
