//! `/v1/snapshot`: all living entities as of one moment, as lines of JSON or as Parquet, streamed. The feed continues
//! after the cursor in the `Link` header.

use std::time::Duration;

use axum::{
    body::Body,
    extract::{RawQuery, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use bytes::{Bytes, BytesMut};
use futures::{StreamExt, channel::mpsc};
use raadhuis_store::{Latest, Narrowed, SharedStore, StoreError};
use serde_json::json;
use tokio::sync::Semaphore;

use super::{
    arguments::Arguments,
    line::{entity_line, last_line},
    parquet,
};
use crate::{
    App,
    problem::{bad_request, internal_error, problem},
};

/// The most snapshots at once: each holds a read transaction of the store.
const AT_ONCE: usize = 2;
static UNDER_WAY: Semaphore = Semaphore::const_new(AT_ONCE);

/// A visitor that takes no bytes for this time is dropped, because the store waits for it.
const READ_TIMEOUT: Duration = Duration::from_mins(1);

const CHUNK: usize = 64 * 1024;

/// Rows of a Parquet row group.
const ROWS: usize = 5_000;

/// The chunks of the body. An error breaks the body off, so that half a snapshot never looks complete.
type Pieces = mpsc::Sender<std::io::Result<Bytes>>;

pub async fn send_snapshot(State(app): State<App>, RawQuery(query): RawQuery) -> Response {
    let asked = Arguments::parse(query.as_deref(), &["authority", "kind", "format"]).and_then(|it| {
        let narrowed = it.narrowed()?;
        match it.single_value("format")?.unwrap_or("ndjson") {
            "ndjson" => Ok((narrowed, false)),
            "parquet" => Ok((narrowed, true)),
            other => Err(format!("format is {other:?}, and must be ndjson or parquet")),
        }
    });
    let (narrowed, is_parquet) = match asked {
        Ok(asked) => asked,
        Err(why) => return bad_request(&why),
    };
    let Ok(permit) = UNDER_WAY.try_acquire() else {
        let mut answer =
            problem(StatusCode::TOO_MANY_REQUESTS, "two snapshots are under way already", json!({}));
        answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("60"));
        return answer;
    };
    // Later changes may be missing in the snapshot; changes committed while it began may come twice.
    let end = match app.library.store.last_change().await {
        Ok(end) => end,
        Err(why) => return internal_error(&why),
    };
    let (pieces, sent) = mpsc::channel(4);
    let store = app.library.store.clone();
    tokio::spawn(async move {
        let whole = if is_parquet {
            as_parquet(&store, &narrowed, end, pieces.clone()).await
        } else {
            as_lines(&store, &narrowed, end, pieces.clone()).await
        };
        if let Err(why) = whole {
            tracing::warn!(error = %why, "a snapshot broke off");
            let _ =
                send_chunk(&mut pieces.clone(), Err(std::io::Error::other("the snapshot broke off"))).await;
        }
        drop(permit);
    });
    let (kind, name) = if is_parquet {
        ("application/vnd.apache.parquet", "raadhuis.parquet")
    } else {
        ("application/x-ndjson", "raadhuis.ndjson")
    };
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
        (header::LINK, format!("</v1/changes?after={end}>; rel=\"next\"")),
        (header::CACHE_CONTROL, "no-cache".to_owned()),
    ];
    (headers, Body::from_stream(sent)).into_response()
}

/// Failure to send a whole snapshot.
#[derive(Debug, thiserror::Error)]
enum SnapshotError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("nobody takes it any more")]
    Left,
    #[error("parquet: {0}")]
    Parquet(String),
}

async fn send_chunk(pieces: &mut Pieces, piece: std::io::Result<Bytes>) -> Result<(), SnapshotError> {
    use futures::SinkExt;
    match tokio::time::timeout(READ_TIMEOUT, pieces.send(piece)).await {
        Ok(Ok(())) => Ok(()),
        _ => Err(SnapshotError::Left),
    }
}

async fn as_lines(
    store: &SharedStore,
    narrowed: &Narrowed,
    end: i64,
    mut pieces: Pieces,
) -> Result<(), SnapshotError> {
    let mut rows = store.snapshot(narrowed);
    let mut chunk = BytesMut::new();
    while let Some(row) = rows.next().await {
        chunk.extend_from_slice(entity_line(&row?).to_string().as_bytes());
        chunk.extend_from_slice(b"\n");
        if chunk.len() >= CHUNK {
            send_chunk(&mut pieces, Ok(chunk.split().freeze())).await?;
        }
    }
    chunk.extend_from_slice(format!("{}\n", last_line(end, false)).as_bytes());
    send_chunk(&mut pieces, Ok(chunk.freeze())).await
}

async fn as_parquet(
    store: &SharedStore,
    narrowed: &Narrowed,
    end: i64,
    mut pieces: Pieces,
) -> Result<(), SnapshotError> {
    let mut rows = store.snapshot(narrowed).chunks(ROWS);
    let mut writer = parquet::ParquetWriter::begin_file(end).map_err(SnapshotError::Parquet)?;
    while let Some(block) = rows.next().await {
        let block: Vec<Latest> = block.into_iter().collect::<Result<_, _>>()?;
        // Compression is CPU-heavy.
        let packed = tokio::task::spawn_blocking(move || {
            let bytes = writer.write_group(&block)?;
            Ok::<_, String>((writer, bytes))
        });
        let (next, bytes) = packed
            .await
            .map_err(|why| SnapshotError::Parquet(why.to_string()))?
            .map_err(SnapshotError::Parquet)?;
        writer = next;
        send_chunk(&mut pieces, Ok(bytes)).await?;
    }
    send_chunk(&mut pieces, Ok(writer.finish_file().map_err(SnapshotError::Parquet)?)).await
}
