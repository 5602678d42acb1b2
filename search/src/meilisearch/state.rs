//! Which generation answers, and how far in the log it is: one document in an index of its own, which moves when all that it
//! speaks of is there.

use meilisearch_sdk::errors::{Error, ErrorCode};
use serde::{Deserialize, Serialize};

use super::{Meilisearch, settings};
use crate::SearchError;

/// The state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct State {
    /// The generation that answers.
    pub generation: u64,
    /// How far in the log it is.
    pub cursor: i64,
}

/// As it lies there.
#[derive(Debug, Serialize, Deserialize)]
struct Document {
    key: String,
    generation: u64,
    cursor: i64,
}

const KEY: &str = "state";

impl Meilisearch {
    /// The state; `None` where there is no index yet.
    pub(super) async fn state(&self) -> Result<Option<State>, SearchError> {
        match self.state_index().get_document::<Document>(KEY).await {
            Ok(Document { generation, cursor, .. }) => Ok(Some(State { generation, cursor })),
            Err(Error::Meilisearch(why))
                if matches!(why.error_code, ErrorCode::IndexNotFound | ErrorCode::DocumentNotFound) =>
            {
                Ok(None)
            }
            Err(why) => Err(why.into()),
        }
    }

    /// The state, which must be there.
    pub(super) async fn stand(&self) -> Result<State, SearchError> {
        self.state().await?.ok_or_else(|| SearchError::Engine("the index is gone from the server".into()))
    }

    /// Keeps the state.
    pub(super) async fn keep(&self, state: State) -> Result<(), SearchError> {
        let document = Document { key: KEY.into(), generation: state.generation, cursor: state.cursor };
        self.done(self.state_index().add_or_replace(&[document], Some("key")).await?).await
    }

    fn state_index(&self) -> meilisearch_sdk::indexes::Index {
        self.client.index(format!("{}-v{}-state", self.name, settings::VERSION))
    }
}
