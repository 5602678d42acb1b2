//! Hostile requests: what nests, what repeats, what is long, what is broken.

use std::fmt::Write;

use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;
use url::form_urlencoded::Serializer;

use crate::http::headers;

/// A GraphQL request.
pub struct Shape {
    pub name: &'static str,
    query: String,
    variables: Value,
    /// The whole body, where it is no plain request.
    body: Option<String>,
}

impl Shape {
    fn of(name: &'static str, query: impl Into<String>) -> Self {
        Self { name, query: query.into(), variables: json!({}), body: None }
    }

    fn with(name: &'static str, query: &str, variables: Value) -> Self {
        Self { variables, ..Self::of(name, query) }
    }

    fn raw(name: &'static str, body: impl Into<String>) -> Self {
        Self { body: Some(body.into()), ..Self::of(name, "{ sources { key } }") }
    }

    /// As the body of a POST and the payload of a subscription.
    pub fn body(&self) -> String {
        let plain = || json!({"query": self.query, "variables": self.variables}).to_string();
        self.body.clone().unwrap_or_else(plain)
    }

    /// As the part of a link behind the question mark.
    pub fn link(&self) -> String {
        let mut link = Serializer::new(String::new());
        link.append_pair("query", &self.query).append_pair("variables", &self.variables.to_string()).finish()
    }
}

/// Everything that can nest, at depths that overflow the stack of a parser.
pub fn nested_shapes() -> Vec<Shape> {
    let mut shapes = Vec::new();
    for depth in [100, 1_000, 10_000, 30_000] {
        for (name, before, open, middle, close, after) in [
            ("lists", "{ node(id: ", "[", "1", "]", ") { id } }"),
            ("objects", "{ node(id: ", "{a:", "1", "}", ") { id } }"),
            ("default values", "query($a: Int = ", "[", "1", "]", ") { sources { key } }"),
            ("default objects", "query($a: Int = ", "{a:", "1", "}", ") { sources { key } }"),
            ("directive arguments", "{ sources @skip(if: ", "[", "1", "]", ") { key } }"),
            ("types", "query($a: ", "[", "Int", "]", ") { sources { key } }"),
            ("selections", "", "{a", "", "}", ""),
            ("inline fragments", "", "{...", "a", "}", ""),
            ("subscriptions", "subscription { changed(filter: ", "[", "", "]", ") { cursor } }"),
            ("open lists", "{ node(id: ", "[", "", "", ""),
            ("open parentheses", "{ a", "(", "", "", ""),
            ("strings that never end", "{ a(b: \"\"\"\" ", "[", "", "", ""),
            ("comments that end", "{ a # \r", "[", "", "", ""),
        ] {
            shapes.push(Shape::of(
                name,
                format!("{before}{}{middle}{}{after}", open.repeat(depth), close.repeat(depth)),
            ));
        }
    }
    shapes.push(Shape::of("punctuators", format!("{{ a(b: [{}]) }}", "$a ".repeat(10_001))));
    shapes
}

/// Requests that repeat, that are long, or that are broken.
pub fn hostile_shapes() -> Vec<Shape> {
    let kinds =
        [long_lists(), long_texts(), strange_searches(), repetitions(), strange_values(), strange_bodies()];
    kinds.into_iter().flatten().collect()
}

/// What a number gives, for so many numbers, one after the other.
fn each(count: usize, of: impl Fn(usize) -> String) -> String {
    (0..count).map(of).collect::<Vec<String>>().concat()
}

fn long_lists() -> Vec<Shape> {
    let search =
        "query($v: [SearchFacet!]) { search(query: \"brug\", facets: $v) { facets { values { value } } } }";
    let filtered = "query($v: SearchFilter) { search(query: \"brug\", filter: $v) { totalCount } }";
    vec![
        Shape::with("facets", search, json!({"v": vec!["MONTH"; 100_000]})),
        Shape::of(
            "facets in the query",
            format!("{{ search(query: \"\", facets: [{}]) {{ totalCount }} }}", "MONTH ".repeat(10_000)),
        ),
        Shape::with("parties", filtered, json!({"v": {"parties": vec!["VVD"; 100_000]}})),
        Shape::with("kinds", filtered, json!({"v": {"kinds": vec!["MEETING"; 90_000]}})),
        Shape::with("ids", "query($v: [ID!]!) { nodes(ids: $v) { id } }", json!({"v": vec!["x"; 100_000]})),
        Shape::with(
            "terms",
            "query($v: [String!]!) { relatedTo(article: {terms: $v}) { query } }",
            json!({"v": vec!["brug"; 100_000]}),
        ),
    ]
}

fn long_texts() -> Vec<Shape> {
    let words = "query($v: String!) { search(query: $v) { totalCount } }";
    let long = "fietsbrug ".repeat(90_000);
    let article = json!({"title": "Fietsbrug Oude Haven", "text": "krediet voor de brug ".repeat(40_000)});
    let articles: Vec<Value> =
        (0..50).map(|n| json!({"id": n.to_string(), "article": article})).take(1).collect();
    vec![
        Shape::with(
            "a long term",
            "query($v: [String!]!) { relatedTo(article: {terms: $v}) { query } }",
            json!({"v": [long]}),
        ),
        Shape::with(
            "a long article",
            "query($v: [CountedArticleInput!]!) { relatedCounts(articles: $v) { count } }",
            json!({"v": articles}),
        ),
        Shape::with("a long query", words, json!({"v": long})),
        Shape::with(
            "a long name",
            "query($v: String!) { authorities(filter: {name: $v}) { totalCount } }",
            json!({"v": long}),
        ),
        Shape::with(
            "a long cursor",
            "query($v: String!) { meetings(after: $v) { totalCount } }",
            json!({"v": long}),
        ),
        Shape::with(
            "a long id",
            "query($v: ID!) { node(id: $v) { id } dossier(id: $v) { documents { id } } }",
            json!({"v": long}),
        ),
    ]
}

fn strange_searches() -> Vec<Shape> {
    let words = "query($v: String!) { search(query: $v) { totalCount } }";
    vec![
        Shape::with("brackets in a search", words, json!({"v": "(".repeat(4_000)})),
        Shape::with(
            "closed brackets in a search",
            words,
            json!({"v": format!("{}brug{}", "(".repeat(2_000), ")".repeat(2_000))}),
        ),
        Shape::with("a phrase of many words", words, json!({"v": format!("\"{}\"", "de ".repeat(1_300))})),
        Shape::with("minuses", words, json!({"v": "-brug ".repeat(600)})),
        Shape::with("prefixes", words, json!({"v": "aan* ver* ".repeat(300)})),
        Shape::with("a star alone", words, json!({"v": "* a* ** \"*\""})),
        Shape::with("NEAR far away", words, json!({"v": "brug NEAR/99999999999999999999 haven NEAR/0 kade"})),
        Shape::with("fields of no kind", words, json!({"v": "a:b:c:d::: title:title:title: kind:"})),
        Shape::with("marks without letters", words, json!({"v": "\u{300}".repeat(2_000)})),
        Shape::with("one letter of many marks", words, json!({"v": format!("a{}", "\u{301}".repeat(2_000))})),
    ]
}

fn repetitions() -> Vec<Shape> {
    let fragments = |count: usize, spreads: usize| {
        let mut bomb = "{ ...F0 }".to_owned();
        for n in 0..count {
            let _ =
                write!(bomb, " fragment F{n} on Query {{ {} }}", format!("...F{} ", n + 1).repeat(spreads));
        }
        bomb + &format!(" fragment F{count} on Query {{ sources {{ key }} }}")
    };
    let aliased = |field: &str, count: usize| format!("{{ {} }}", each(count, |n| format!("a{n}: {field} ")));
    vec![
        Shape::of("fields", format!("{{ sources {{ {} }} }}", "key ".repeat(15_000))),
        Shape::of("aliases", aliased("__typename", 5_000)),
        Shape::of("costly aliases", aliased("trends(month: \"2026-03\") { term }", 90)),
        Shape::of("searches under aliases", aliased("search(query: \"de\") { totalCount }", 49)),
        Shape::of("fragments that double", fragments(60, 2)),
        Shape::of("a long chain of fragments", fragments(600, 1)),
        Shape::of(
            "a circle of fragments",
            "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }",
        ),
        Shape::of("operations", "query { sources { key } } ".repeat(2_000)),
        Shape::of("named operations", each(1_500, |n| format!("query Q{n} {{ sources {{ key }} }} "))),
        Shape::of("directives", format!("{{ sources {} {{ key }} }}", "@skip(if: false) ".repeat(2_000))),
        Shape::of(
            "variables that are not used",
            format!("query({}) {{ sources {{ key }} }}", each(3_000, |n| format!("$a{n}: Int "))),
        ),
        Shape::of(
            "the schema often",
            format!("{{ {} }}", "__schema { types { name fields { name } } } ".repeat(300)),
        ),
        Shape::of(
            "the schema deep",
            format!("{{ __schema {{ types {} name {} }} }}", "{ fields { type ".repeat(12), "}}".repeat(12)),
        ),
    ]
}

fn strange_values() -> Vec<Shape> {
    let filtered = "query($v: SearchFilter) { search(query: \"brug\", filter: $v) { totalCount } }";
    let object =
        |count: usize| (0..count).map(|n| (format!("a{n}"), json!(n))).collect::<serde_json::Map<_, _>>();
    vec![
        Shape::of("a query of blanks", " ".repeat(900_000)),
        Shape::of("a query of comments", "#\n".repeat(400_000)),
        Shape::of(
            "numbers without end",
            format!("{{ meetings(first: {}) {{ totalCount }} }}", "9".repeat(40_000)),
        ),
        Shape::of(
            "numbers out of range",
            "{ a: meetings(first: -1) { totalCount } b: meetings(last: 2147483647) { totalCount } }",
        ),
        Shape::of(
            "days out of range",
            "{ meetings(from: \"-9999-01-01\", until: \"9999-12-31\") { totalCount } trends(month: \"-999999-01\") { term } }",
        ),
        Shape::of("escapes", format!("{{ node(id: \"{}\") {{ id }} }}", "\\u0000\\uFFFF".repeat(4_000))),
        Shape::with("objects with many keys", filtered, json!({"v": object(60_000)})),
        Shape::with(
            "a mutation",
            "mutation { deleteAlert(token: \"x\") confirmAlert(token: \"\") { manageToken } }",
            json!({}),
        ),
    ]
}

fn strange_bodies() -> Vec<Shape> {
    let nested_json = |depth: usize| format!("{}1{}", "[".repeat(depth), "]".repeat(depth));
    vec![
        Shape::raw(
            "deep variables",
            format!("{{\"query\":\"{{ sources {{ key }} }}\",\"variables\":{{\"v\":{}}}}}", nested_json(100)),
        ),
        Shape::raw(
            "variables deeper than JSON may be",
            format!(
                "{{\"query\":\"{{ sources {{ key }} }}\",\"variables\":{{\"v\":{}}}}}",
                nested_json(200_000)
            ),
        ),
        Shape::raw(
            "deep extensions",
            format!(
                "{{\"query\":\"{{ sources {{ key }} }}\",\"extensions\":{{\"persistedQuery\":{}}}}}",
                nested_json(100)
            ),
        ),
        Shape::raw(
            "a hash that is none",
            r#"{"extensions":{"persistedQuery":{"version":1,"sha256Hash":["x"]}}}"#,
        ),
        Shape::raw("half a surrogate", r#"{"query":"{ node(id: \"\ud800\") { id } }"}"#),
        Shape::raw("a batch", format!("[{}]", vec![r#"{"query":"{ sources { key } }"}"#; 10_000].join(","))),
        Shape::raw("no JSON", "{".repeat(500_000)),
    ]
}

/// Requests that are no GraphQL.
pub fn hostile_requests() -> Vec<(&'static str, Vec<u8>)> {
    let get = |path: &str, more: &str| format!("GET {path} HTTP/1.1\r\n{}{more}\r\n", headers()).into_bytes();
    let post = |path: &str, kind: &str, body: &[u8]| {
        let head = format!(
            "POST {path} HTTP/1.1\r\n{}content-type: {kind}\r\ncontent-length: {}\r\n\r\n",
            headers(),
            body.len()
        );
        [head.as_bytes(), body].concat()
    };
    let form = "application/x-www-form-urlencoded";
    let many =
        |name: &str, count: usize| (0..count).map(|n| format!("{name}={n}")).collect::<Vec<_>>().join("&");
    vec![
        ("parties of a form", get(&format!("/?{}", many("partij", 5_000)), "")),
        ("fields of a feed", get(&format!("/zoeken.atom?{}", many("partij", 5_000)), "")),
        ("fields of a table", get(&format!("/zoeken.csv?{}", many("overheid", 5_000)), "")),
        ("authorities of the feed of changes", get(&format!("/v1/changes?{}", many("authority", 5_000)), "")),
        ("kinds of a snapshot", get(&format!("/v1/snapshot?{}", ["kind=meeting"; 5_000].join("&")), "")),
        ("a form with a long search", post("/meldingen", form, format!("email=a%40b.example&hoe_vaak=DAILY&zoekvraag={}", "q".repeat(900_000)).as_bytes())),
        ("a form with many fields", post("/melden", form, many("reden", 60_000).as_bytes())),
        ("a long path", get(&format!("/id/{}", "a".repeat(60_000)), "")),
        ("a path of dots", get(&format!("/{}etc/passwd", "../".repeat(500)), "")),
        ("a path of zeroes", get("/id/%00%00%00", "")),
        ("a path that is no text", get("/dekking/%ff%fe/%c0%80", "")),
        ("a page of a picture", get("/v1/documents/document:notubiz:9101:9101001/pages/4294967295/image", "")),
        ("ranges", get("/v1/documents/document:notubiz:9101:9101001/original", &format!("range: bytes={}\r\n", "0-1,".repeat(2_000)))),
        ("a range out of range", get("/v1/documents/document:notubiz:9101:9101001/original", "range: bytes=99999999999999999999-\r\n")),
        ("what is accepted", get("/id/meeting:notubiz:9101:910103", &format!("accept: {}\r\n", "a/b;q=0.1, ".repeat(4_000)))),
        ("many headers", get("/", &each(99, |n| format!("x-{n}: y\r\n")))),
        ("a body that is no text", post("/graphql", "application/json", &[0xff, 0xfe, 0x00, 0xd8])),
        ("a body of zeroes", post("/graphql", "application/json", &vec![0; 1 << 20])),
        ("too long a body", post("/graphql", "application/json", &vec![b' '; 3 << 20])),
        ("a body that is packed", post("/graphql", "application/json\r\ncontent-encoding: gzip", b"\x1f\x8b\x08\x00xxxx")),
        ("parts", post("/graphql", "multipart/form-data; boundary=x", b"--x\r\ncontent-disposition: form-data; name=operations\r\n\r\n{}\r\n--x--")),
        ("a length that is none", b"POST /graphql HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: -1\r\n\r\n".to_vec()),
        ("two lengths", b"POST /graphql HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}".to_vec()),
        ("chunks without a size", b"POST /graphql HTTP/1.1\r\nhost: x\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n".to_vec()),
        ("no HTTP", [0x16, 0x03, 0x01, 0x02, 0x00].repeat(1_000)),
        ("a method of its own", format!("BREW / HTTP/1.1\r\n{}\r\n", headers()).into_bytes()),
        ("cursors of the feed", get("/v1/changes?after=-1&limit=10001", "")),
        ("a calendar of no authority", get(&format!("/vergaderingen.ics?overheid={}", "%0d%0a".repeat(500)), "")),
    ]
}

/// Messages over a WebSocket that no client sends.
pub fn hostile_messages() -> Vec<(&'static str, Vec<Message>)> {
    let init = Message::text(r#"{"type":"connection_init"}"#);
    let changed = |id: usize| {
        Message::text(format!(
            r#"{{"id":"{id}","type":"subscribe","payload":{{"query":"subscription {{ changed {{ cursor }} }}"}}}}"#
        ))
    };
    let same: Vec<Message> = [init.clone()].into_iter().chain((0..2_000).map(|_| changed(1))).collect();
    let many: Vec<Message> = [init.clone()].into_iter().chain((0..2_000).map(changed)).collect();
    vec![
        ("one subscription often", same),
        ("many subscriptions", many),
        ("greetings", vec![init; 1_000]),
        ("a message that is too long", vec![Message::text("x".repeat(300_000))]),
        ("messages that are no JSON", vec![Message::text("{".repeat(200_000)); 3]),
        ("bytes", vec![Message::binary(vec![0xff; 200_000])]),
        ("subscriptions before a greeting", (0..1_000).map(changed).collect()),
    ]
}
