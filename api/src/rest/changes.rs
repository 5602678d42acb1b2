//! `/v1/changes`: one feed of all entities, without a gap. A client that keeps asking with the last cursor mirrors the
//! whole store, however it changes meanwhile.

use axum::{
    extract::{RawQuery, State},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use raadhuis_store::Feed;
use serde_json::json;

use super::{
    arguments::Arguments,
    line::{entity_line, last_line},
};
use crate::{
    App,
    etag::{answer_cacheable, tag_of},
    problem::{bad_request, internal_error, problem},
};

/// The default and the largest number of lines of a page.
const DEFAULT: i64 = 1_000;
const MOST: i64 = 10_000;

pub async fn send_changes(State(app): State<App>, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    let asked = Arguments::parse(query.as_deref(), &["after", "limit", "authority", "kind"]).and_then(|it| {
        let after = it.parse_number("after", 0, i64::MAX)?.unwrap_or(0);
        let limit = it.parse_number("limit", 1, MOST)?.unwrap_or(DEFAULT);
        Ok((after, limit, it.narrowed()?))
    });
    let (after, limit, narrowed) = match asked {
        Ok(asked) => asked,
        Err(why) => return bad_request(&why),
    };
    let limit = u32::try_from(limit).unwrap_or(u32::MAX);
    let feed = match app.library.store.read_feed(after, &narrowed, limit).await {
        Ok(feed) => feed,
        Err(why) => return internal_error(&why),
    };
    if after > feed.end {
        let why = "the cursor is ahead of the log: the store was put back to an earlier day; begin again without a cursor";
        return problem(StatusCode::GONE, "the cursor is not of this log", json!({"detail": why}));
    }
    let tag = tag_of(&[query.as_deref().unwrap_or_default(), &feed.cursor.to_string()]);
    answer_cacheable("application/x-ndjson", format_feed(&feed), &tag, &headers)
}

fn format_feed(feed: &Feed) -> String {
    let mut text = String::new();
    for row in feed.rows.iter().map(entity_line).chain([last_line(feed.cursor, feed.more)]) {
        text.push_str(&row.to_string());
        text.push('\n');
    }
    text
}
