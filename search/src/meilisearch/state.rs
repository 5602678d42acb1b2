//! The active generation and its position in the change log, in one document of a separate index. It is written only after
//! everything it refers to.

use meilisearch_sdk::errors::{Error, ErrorCode};
use serde::{Deserialize, Serialize};

use super::{Meilisearch, settings};
use crate::SearchError;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IndexState {
    pub generation: u64,
    pub cursor: i64,
}

#[derive(Debug, Serialize, Deserialize)]
struct StateDocument {
    key: String,
    generation: u64,
    cursor: i64,
}

const KEY: &str = "state";

impl Meilisearch {
    pub(super) async fn read_state(&self) -> Result<Option<IndexState>, SearchError> {
        match self.state_index().get_document::<StateDocument>(KEY).await {
            Ok(StateDocument { generation, cursor, .. }) => Ok(Some(IndexState { generation, cursor })),
            Err(Error::Meilisearch(why))
                if matches!(why.error_code, ErrorCode::IndexNotFound | ErrorCode::DocumentNotFound) =>
            {
                Ok(None)
            }
            Err(why) => Err(why.into()),
        }
    }

    /// Reads the state; fails if there is none.
    pub(super) async fn require_state(&self) -> Result<IndexState, SearchError> {
        self.read_state()
            .await?
            .ok_or_else(|| SearchError::Engine("the index is gone from the server".into()))
    }

    pub(super) async fn write_state(&self, state: IndexState) -> Result<(), SearchError> {
        let document = StateDocument { key: KEY.into(), generation: state.generation, cursor: state.cursor };
        self.wait_for_task(self.state_index().add_or_replace(&[document], Some("key")).await?).await
    }

    fn state_index(&self) -> meilisearch_sdk::indexes::Index {
        self.client.index(format!("{}-v{}-state", self.name, settings::VERSION))
    }
}
