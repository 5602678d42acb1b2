//! `/v1/changes`: one feed of everything, without a gap. Whoever asks for what comes behind the cursor it was given, again and
//! again, has the whole store, however it changes meanwhile.

use axum::{
    extract::{RawQuery, State},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use raadhuis_store::Feed;
use serde_json::json;

use super::{
    arguments::Arguments,
    line::{last, line},
};
use crate::{
    App,
    etag::{answer, tag_of},
    problem::{broken, problem, refused},
};

/// Lines of a page when nothing is said, and at most.
const DEFAULT: i64 = 1_000;
const MOST: i64 = 10_000;

/// A page of the feed.
pub async fn changes(State(app): State<App>, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    let asked = Arguments::read(query.as_deref(), &["after", "limit", "authority", "kind"]).and_then(|it| {
        let after = it.number("after", (0, i64::MAX))?.unwrap_or(0);
        let limit = it.number("limit", (1, MOST))?.unwrap_or(DEFAULT);
        Ok((after, limit, it.narrowed()?))
    });
    let (after, limit, narrowed) = match asked {
        Ok(asked) => asked,
        Err(why) => return refused(&why),
    };
    let limit = u32::try_from(limit).unwrap_or(u32::MAX);
    let feed = match app.library.store.feed(after, &narrowed, limit).await {
        Ok(feed) => feed,
        Err(why) => return broken(&why),
    };
    if after > feed.end {
        let why = "the cursor is ahead of the log: the store was put back to an earlier day; begin again without a cursor";
        return problem(StatusCode::GONE, "the cursor is not of this log", json!({"detail": why}));
    }
    let tag = tag_of(&[query.as_deref().unwrap_or_default(), &feed.cursor.to_string()]);
    answer("application/x-ndjson", body(&feed), &tag, &headers)
}

fn body(feed: &Feed) -> String {
    let mut text = String::new();
    for row in feed.rows.iter().map(line).chain([last(feed.cursor, feed.more)]) {
        text.push_str(&row.to_string());
        text.push('\n');
    }
    text
}
