//! Whatever is typed is answered, or refused with a reason. A small share of what
//! `RAADHUIS_STRINGS=1000000 cargo test --release -p raadhuis-tests typed -- --nocapture` does in full.

use std::time::Instant;

use axum::{
    Router,
    body::{Body, to_bytes},
    http::Request,
};
use raadhuis_api::{Site, build_router};
use raadhuis_search::{Facet, Query, SearchRequest};
use raadhuis_tests::{World, corpus::Chance, typed::understood};
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::WORKER;

const PIECES: [&str; 44] = [
    "fietsbrug",
    "haven",
    "de",
    "raad",
    "Kastanjelaan",
    "\"",
    "“",
    "”",
    "(",
    ")",
    "((",
    "))",
    "-",
    "--",
    "OR",
    "AND",
    "NOT",
    "NEAR",
    "NEAR/3",
    "NEAR/0",
    "NEAR/99999999999",
    "*",
    "wat*",
    "w*",
    ":",
    "title:",
    "titel:(",
    "kind:motion",
    "soort:x",
    "year:2026",
    "jaar:x",
    "partij:",
    "overheid:gm9101",
    "\0",
    "\u{202E}",
    "\u{AD}",
    "ë",
    "ﬁ",
    "IJ",
    "😀",
    "e\u{301}",
    "2024-00123",
    "\\",
    "{\"$ne\":1}",
];

fn typed(chance: &mut Chance) -> String {
    let mut text = String::new();
    match chance.below(4) {
        // Anything at all.
        0 => {
            for _ in 0..chance.below(200) {
                text.extend(char::from_u32(u32::try_from(chance.below(0x1_2000)).unwrap()));
            }
        }
        // As long as may be.
        1 if chance.below(50) == 0 => {
            let piece = PIECES[usize::try_from(chance.below(PIECES.len() as u64)).unwrap()];
            text = piece.repeat(4096 / piece.len());
        }
        _ => {
            for _ in 0..chance.below(24) {
                text.push_str(PIECES[usize::try_from(chance.below(PIECES.len() as u64)).unwrap()]);
                if chance.below(3) > 0 {
                    text.push(' ');
                }
            }
        }
    }
    text
}

async fn answer(app: &Router, text: &str) -> (u16, Value) {
    let query = "query($q: String!) { search(query: $q, first: 5, facets: [KIND, YEAR]) { totalCount understood didYouMean \
                 edges { pages fragments { snippet { text } } } } }";
    let body = json!({"query": query, "variables": {"q": text}}).to_string();
    let request = Request::post("/graphql").header("content-type", "application/json").body(Body::from(body));
    let answer = app.clone().oneshot(request.unwrap()).await.unwrap();
    let status = answer.status().as_u16();
    let bytes = to_bytes(answer.into_body(), 16 << 20).await.unwrap();
    (status, serde_json::from_slice(&bytes).unwrap())
}

#[tokio::test]
async fn whatever_is_typed_is_answered_or_refused_with_a_reason() {
    let count: u64 = std::env::var("RAADHUIS_STRINGS").ok().and_then(|n| n.parse().ok()).unwrap_or(8_000);
    let world = World::harvested(WORKER).await;
    let app = build_router(world.library(), Site::default());
    let search = &world.search;
    let mut chance = Chance::new(7);
    let (mut found, mut refused) = (0_u64, 0_u64);
    let (mut engine, mut whole) = (Vec::new(), Vec::new());
    for number in 0..count {
        let text = typed(&mut chance);
        understood(&text);
        // Looking up costs a hundred times as much as understanding, and the whole way to the answer a thousand times: both are
        // gone for some of them.
        if number % 20 == 0 {
            let begun = Instant::now();
            match Query::parse(&text) {
                Ok(query) => {
                    let ask = SearchRequest {
                        facets: vec![Facet::Kind, Facet::Year],
                        ..SearchRequest::new(query, 5)
                    };
                    found += u64::from(search.find_entries(&ask).await.unwrap().total > 0);
                }
                Err(_) => refused += 1,
            }
            engine.push(begun.elapsed());
        }
        if number % 400 == 0 {
            let begun = Instant::now();
            let (status, answer) = answer(&app, &text).await;
            whole.push(begun.elapsed());
            assert_eq!(status, 200, "{text:?}");
            let why = answer["errors"][0]["message"].as_str();
            assert!(why.is_none_or(|why| !why.contains("cause is in the log")), "{text:?}: {why:?}");
            assert_eq!(why.is_some(), Query::parse(&text).is_err(), "{text:?}: {why:?}");
        }
    }
    eprintln!(
        "{count} strings; of every twentieth {found} found something, {refused} were refused with a reason"
    );
    for (name, mut times) in [("engine", engine), ("GraphQL", whole)] {
        times.sort();
        let at = |of_1000: usize| times[(times.len() * of_1000 / 1000).min(times.len() - 1)];
        let slowest = times[times.len() - 1];
        eprintln!(
            "{name}: {} strings, p50 {:?}, p99.9 {:?}, the slowest {slowest:?}",
            times.len(),
            at(500),
            at(999)
        );
    }
    assert!(found > count / 1000 && refused > 0);
}
