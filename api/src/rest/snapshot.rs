//! `/v1/snapshot`: everything that lives, all as of one moment, as lines of JSON or as Parquet, made while it is sent. The feed goes on
//! behind the cursor that it gives.

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
    line::{last, line},
    parquet,
};
use crate::{
    App,
    problem::{broken, problem, refused},
};

/// Snapshots under way at once: each holds a moment of the store.
const AT_ONCE: usize = 2;
static UNDER_WAY: Semaphore = Semaphore::const_new(AT_ONCE);

/// A visitor that takes nothing for so long is left: the store waits for it.
const PATIENCE: Duration = Duration::from_mins(1);

/// Bytes that are sent together.
const CHUNK: usize = 64 * 1024;

/// Rows that are made into a block of Parquet together.
const ROWS: usize = 5_000;

/// What is sent, piece by piece; an error breaks it off, so that half a snapshot never looks like a whole one.
type Pieces = mpsc::Sender<std::io::Result<Bytes>>;

/// The snapshot.
pub async fn snapshot(State(app): State<App>, RawQuery(query): RawQuery) -> Response {
    let asked = Arguments::read(query.as_deref(), &["authority", "kind", "format"]).and_then(|it| {
        let narrowed = it.narrowed()?;
        match it.one("format")?.unwrap_or("ndjson") {
            "ndjson" => Ok((narrowed, false)),
            "parquet" => Ok((narrowed, true)),
            other => Err(format!("format is {other:?}, and must be ndjson or parquet")),
        }
    });
    let (narrowed, is_parquet) = match asked {
        Ok(asked) => asked,
        Err(why) => return refused(&why),
    };
    let Ok(permit) = UNDER_WAY.try_acquire() else {
        let mut answer =
            problem(StatusCode::TOO_MANY_REQUESTS, "two snapshots are under way already", json!({}));
        answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("60"));
        return answer;
    };
    // What comes behind this was not seen for certain; what came while the snapshot was begun may come twice.
    let end = match app.library.store.end().await {
        Ok(end) => end,
        Err(why) => return broken(&why),
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
            let _ = send(&mut pieces.clone(), Err(std::io::Error::other("the snapshot broke off"))).await;
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

/// Why a snapshot is not whole.
#[derive(Debug, thiserror::Error)]
enum Broken {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("nobody takes it any more")]
    Left,
    #[error("parquet: {0}")]
    Parquet(String),
}

async fn send(pieces: &mut Pieces, piece: std::io::Result<Bytes>) -> Result<(), Broken> {
    use futures::SinkExt;
    match tokio::time::timeout(PATIENCE, pieces.send(piece)).await {
        Ok(Ok(())) => Ok(()),
        _ => Err(Broken::Left),
    }
}

async fn as_lines(
    store: &SharedStore,
    narrowed: &Narrowed,
    end: i64,
    mut pieces: Pieces,
) -> Result<(), Broken> {
    let mut rows = store.snapshot(narrowed);
    let mut chunk = BytesMut::new();
    while let Some(row) = rows.next().await {
        chunk.extend_from_slice(line(&row?).to_string().as_bytes());
        chunk.extend_from_slice(b"\n");
        if chunk.len() >= CHUNK {
            send(&mut pieces, Ok(chunk.split().freeze())).await?;
        }
    }
    chunk.extend_from_slice(format!("{}\n", last(end, false)).as_bytes());
    send(&mut pieces, Ok(chunk.freeze())).await
}

async fn as_parquet(
    store: &SharedStore,
    narrowed: &Narrowed,
    end: i64,
    mut pieces: Pieces,
) -> Result<(), Broken> {
    let mut rows = store.snapshot(narrowed).chunks(ROWS);
    let mut writer = parquet::Writer::begin(end).map_err(Broken::Parquet)?;
    while let Some(block) = rows.next().await {
        let block: Vec<Latest> = block.into_iter().collect::<Result<_, _>>()?;
        // Packing is work for a processor.
        let packed = tokio::task::spawn_blocking(move || {
            let bytes = writer.add(&block)?;
            Ok::<_, String>((writer, bytes))
        });
        let (next, bytes) =
            packed.await.map_err(|why| Broken::Parquet(why.to_string()))?.map_err(Broken::Parquet)?;
        writer = next;
        send(&mut pieces, Ok(bytes)).await?;
    }
    send(&mut pieces, Ok(writer.end().map_err(Broken::Parquet)?)).await
}
