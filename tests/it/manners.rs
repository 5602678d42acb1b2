//! How visitors are treated: what is too much is refused at once and in words, what was answered may be kept, and errors have codes.

use std::{fmt::Write, time::Instant};

use axum::{
    body::{Body, to_bytes},
    http::{Request, StatusCode},
    response::Response,
};
use raadhuis_api::{Site, build_router};
use raadhuis_schema::ContentHash;
use raadhuis_tests::{PATIENCE, World};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use crate::WORKER;

async fn post(world: &World, body: &Value) -> Response {
    let request = Request::post("/graphql").header("content-type", "application/json");
    world.respond(request.body(Body::from(body.to_string())).unwrap()).await
}

async fn body(response: Response) -> Value {
    serde_json::from_slice(&to_bytes(response.into_body(), 16 << 20).await.unwrap()).unwrap()
}

async fn code(world: &World, query: &str) -> String {
    let answer = body(post(world, &json!({"query": query})).await).await;
    answer["errors"][0]["extensions"]["code"]
        .as_str()
        .unwrap_or_else(|| panic!("{:.200}", answer.to_string()))
        .to_owned()
}

#[tokio::test]
async fn hostile_queries_are_refused_before_anything_is_done() {
    let world = World::harvested(WORKER).await;
    let before = world.harvester.store.count_calls();
    let fields = |count: usize| "totalCount ".repeat(count);
    let aliases = (0..101).map(|n| format!("a{n}: sources {{ key }}")).collect::<Vec<_>>().join(" ");
    let deep = "a{".repeat(500) + "b" + &"}".repeat(500);
    let mut bomb = "{ ...F0 }".to_owned();
    for n in 0..23 {
        let m = n + 1;
        let _ = write!(bomb, " fragment F{n} on Query {{ ...F{m} ...F{m} }}");
    }
    bomb += " fragment F23 on Query { sources { key } }";
    let flood = "__schema { types { name } } ".repeat(40);
    let deep_schema =
        "__schema { types { fields { type { fields { type { fields { type { fields { name } } } } } } } } }";
    for (query, expected) in [
        (format!("{{ meetings {{ {} }} }}", fields(10_000)), "QUERY_TOO_LARGE"),
        (format!("{{ {} }}", "sources { key } ".repeat(5_000)), "QUERY_TOO_LARGE"),
        (format!("{{ {aliases} }}"), "QUERY_TOO_LARGE"),
        (bomb, "QUERY_TOO_LARGE"),
        (format!("{{ {deep} }}"), "QUERY_TOO_LARGE"),
        (format!("{{ {} }}", "a{".repeat(30) + "b" + &"}".repeat(30)), "QUERY_TOO_DEEP"),
        ("{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }".to_owned(), "QUERY_TOO_DEEP"),
        ("{ ...A } fragment A on Query { ...A }".to_owned(), "QUERY_TOO_DEEP"),
        (format!("{{ {flood} }}"), "QUERY_TOO_LARGE"),
        (format!("{{ {deep_schema} }}"), "QUERY_TOO_LARGE"),
        ("{ trends(month: \"2026-03\") { term } b: trends(month: \"2026-03\") { term } c: trends(month: \"2026-03\") { term } \
           d: trends(month: \"2026-03\") { term } e: trends(month: \"2026-03\") { term } }".to_owned(), "QUERY_TOO_COMPLEX"),
        ("{ sources { key ".to_owned(), "GRAPHQL_PARSE_FAILED"),
        ("{ sources { naam } }".to_owned(), "GRAPHQL_VALIDATION_FAILED"),
    ] {
        assert_eq!(code(&world, &query).await, expected, "{query:.80}");
    }
    assert_eq!(world.harvester.store.count_calls(), before, "nothing was looked up");
    assert_eq!(code(&world, "{ meetings(first: 101) { totalCount } }").await, "BAD_USER_INPUT");
    let huge = json!({"query": "query($q: String!) { search(query: $q) { totalCount } }", "variables": {"q": "x".repeat(500_000)}});
    let answer = body(post(&world, &huge).await).await;
    assert!(answer["errors"][0]["message"].as_str().unwrap().contains("at most 4096"), "{answer}");
    let batch = json!([{"query": "{ sources { key } }"}, {"query": "{ sources { key } }"}]);
    assert_eq!(post(&world, &batch).await.status(), StatusCode::BAD_REQUEST, "one question at a time");
    let too_long = Request::post("/graphql")
        .header("content-type", "application/json")
        .body(Body::from("x".repeat(2 << 20)));
    assert_eq!(world.respond(too_long.unwrap()).await.status(), StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn every_answer_says_what_it_cost_and_every_error_which_request_it_was() {
    let world = World::harvested(WORKER).await;
    let answer =
        body(post(&world, &json!({"query": "{ meetings(first: 10) { nodes { id } } }"})).await).await;
    let cost = &answer["extensions"]["cost"];
    assert!(cost["complexity"].as_u64().unwrap() > 0 && cost["depth"] == 3, "{answer}");
    assert_eq!((&cost["mostComplex"], &cost["deepest"]), (&json!(250_000), &json!(24)));
    let response = post(&world, &json!({"query": "{ x }"})).await;
    let number = response.headers()["x-request-id"].to_str().unwrap().to_owned();
    assert_eq!(body(response).await["errors"][0]["extensions"]["requestId"], number);
}

#[tokio::test]
async fn a_query_is_known_by_its_hash_once_it_was_sent() {
    let world = World::harvested(WORKER).await;
    let app = raadhuis_api::build_router(world.library(), raadhuis_api::Site::default());
    let query = "{ sources { key } }";
    let hash = ContentHash::of_bytes(query.as_bytes());
    let known = json!({"persistedQuery": {"version": 1, "sha256Hash": hash.as_str()}});
    let ask = async |body: Value| {
        use tower::ServiceExt;
        let request = Request::post("/graphql").header("content-type", "application/json");
        let response =
            app.clone().oneshot(request.body(Body::from(body.to_string())).unwrap()).await.unwrap();
        self::body(response).await
    };
    let unknown = ask(json!({"extensions": known})).await;
    assert_eq!(unknown["errors"][0]["message"], "PersistedQueryNotFound");
    assert_eq!(unknown["errors"][0]["extensions"]["code"], "PERSISTED_QUERY_NOT_FOUND");
    let sent = ask(json!({"query": query, "extensions": known})).await;
    assert_eq!(ask(json!({"extensions": known})).await["data"], sent["data"]);
    let wrong = ask(json!({"query": "{ sources { key lastRun { run } } }", "extensions": known})).await;
    assert!(wrong["errors"].is_array() && wrong["data"].is_null(), "{wrong}");
}

#[tokio::test]
async fn who_asks_too_much_is_told_when_there_is_room_again() {
    use axum::extract::ConnectInfo;
    use tower::ServiceExt;
    let world = World::harvested(WORKER).await;
    let app = raadhuis_api::build_router(world.library(), raadhuis_api::Site::default());
    let ask = async |address: &str, path: &str| {
        let mut request = Request::get(path).body(Body::empty()).unwrap();
        request.extensions_mut().insert(ConnectInfo(address.parse::<std::net::SocketAddr>().unwrap()));
        let response = app.clone().oneshot(request).await.unwrap();
        let head =
            |name: &str| response.headers().get(name).map(|it| it.to_str().unwrap().parse::<u64>().unwrap());
        let told = (head("ratelimit-limit"), head("ratelimit-remaining"), head("retry-after"));
        let status = response.status();
        // One snapshot must have ended before the next begins.
        to_bytes(response.into_body(), 64 << 20).await.unwrap();
        (status, told)
    };
    let snapshot = "/v1/snapshot?kind=party";
    assert_eq!(ask("192.0.2.1:1", snapshot).await.1, (Some(600), Some(300), None));
    assert_eq!(ask("192.0.2.1:2", snapshot).await.0, StatusCode::OK);
    let (status, (limit, remaining, wait)) = ask("192.0.2.1:3", snapshot).await;
    assert_eq!((status, limit), (StatusCode::TOO_MANY_REQUESTS, Some(600)));
    assert!(remaining < Some(300) && wait > Some(0) && wait <= Some(15), "{remaining:?} {wait:?}");
    assert_eq!(ask("192.0.2.2:1", snapshot).await.0, StatusCode::OK);
    assert_eq!(ask("192.0.2.1:4", "/healthz").await.0, StatusCode::OK);
}

#[tokio::test]
async fn what_get_answers_may_be_kept_and_any_site_may_ask() {
    let world = World::harvested(WORKER).await;
    let path = "/graphql?query=%7B%20sources%20%7B%20key%20%7D%20%7D";
    let get = async |headers: &[(&str, &str)]| {
        let mut request = Request::get(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        world.respond(request.body(Body::empty()).unwrap()).await
    };
    let first = get(&[("origin", "https://krant.example")]).await;
    let head = |name: &str| first.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(head("access-control-allow-origin"), "*");
    assert!(
        head("cache-control").contains("must-revalidate")
            && head("access-control-expose-headers").contains("etag")
    );
    let again = get(&[("if-none-match", &head("etag"))]).await;
    assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
    let asked = Request::options("/graphql")
        .header("origin", "https://krant.example")
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", "content-type")
        .body(Body::empty());
    let asked = world.respond(asked.unwrap()).await;
    assert_eq!(asked.headers()["access-control-allow-methods"], "GET,POST,OPTIONS");
    for path in ["/v1/changes", "/v1/documents/document:notubiz:9101:9101001/text"] {
        let answer =
            world.respond(Request::get(path).header("origin", "x").body(Body::empty()).unwrap()).await;
        assert_eq!(answer.headers()["access-control-allow-origin"], "*", "{path}");
    }
    let page = world.respond(Request::get("/").body(Body::empty()).unwrap()).await;
    assert!(
        page.headers().get("access-control-allow-origin").is_none()
            && page.headers().contains_key("content-security-policy")
    );
}

#[tokio::test]
async fn a_program_in_a_browser_reads_every_refusal_and_a_preflight_is_free() {
    use axum::extract::ConnectInfo;
    use tower::ServiceExt;
    let world = World::harvested(WORKER).await;
    let app = raadhuis_api::build_router(world.library(), raadhuis_api::Site::default());
    let send = async |mut request: Request<Body>| {
        let visitor = ConnectInfo("192.0.2.9:1".parse::<std::net::SocketAddr>().unwrap());
        request.extensions_mut().insert(visitor);
        request.headers_mut().insert("origin", "https://krant.example".parse().unwrap());
        app.clone().oneshot(request).await.unwrap()
    };
    let head = |response: &Response, name: &str| {
        response.headers().get(name).map(|it| it.to_str().unwrap().to_owned())
    };
    for path in [
        "/graphql",
        "/v1/changes",
        "/v1/documents/x/original",
        "/zoeken.csv",
        "/vergaderingen.ics",
        "/healthz",
    ] {
        let asked = Request::options(path)
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", "x-eigen-kopregel, authorization");
        let answer = send(asked.body(Body::empty()).unwrap()).await;
        let allowed = head(&answer, "access-control-allow-headers").unwrap();
        assert!(
            allowed.contains("x-eigen-kopregel") && allowed.contains("authorization"),
            "{path} {allowed}"
        );
        assert_eq!(head(&answer, "ratelimit-remaining"), None, "{path}: a preflight takes nothing");
    }
    let too_long = Request::post("/graphql")
        .header("content-type", "application/json")
        .body(Body::from("x".repeat(2 << 20)));
    let answer = send(too_long.unwrap()).await;
    assert_eq!(answer.status(), StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(head(&answer, "access-control-allow-origin").as_deref(), Some("*"));
    assert_eq!(head(&answer, "content-type").as_deref(), Some("application/problem+json"));
    for (path, status) in
        [("/v1/nergens", StatusCode::NOT_FOUND), ("/healthz", StatusCode::METHOD_NOT_ALLOWED)]
    {
        let answer = send(Request::post(path).body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status(), status, "{path}");
        assert_eq!(head(&answer, "access-control-allow-origin").as_deref(), Some("*"), "{path}");
        assert_eq!(head(&answer, "content-type").as_deref(), Some("application/problem+json"), "{path}");
    }
    // The bucket holds what two snapshots take.
    let mut statuses = Vec::new();
    while !statuses.contains(&StatusCode::TOO_MANY_REQUESTS) && statuses.len() < 1_000 {
        let answer = send(Request::get("/v1/snapshot?kind=party").body(Body::empty()).unwrap()).await;
        statuses.push(answer.status());
        assert_eq!(head(&answer, "access-control-allow-origin").as_deref(), Some("*"));
        let exposed = head(&answer, "access-control-expose-headers").unwrap();
        assert!(exposed.contains("retry-after"), "{exposed}");
    }
    assert_eq!(statuses.last(), Some(&StatusCode::TOO_MANY_REQUESTS));
}

#[tokio::test]
async fn the_page_for_builders_leads_nowhere_that_is_not_there() {
    let world = World::harvested(WORKER).await;
    let (status, page) = world.page("/v1").await;
    assert_eq!(status, StatusCode::OK);
    let links: Vec<&str> = page.split("href=\"/").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert!(links.len() > 15, "{links:?}");
    for link in links {
        let link = format!("/{}", link.replace("&amp;", "&"));
        let response = world
            .respond(Request::get(&link).header("accept", "text/html").body(Body::empty()).unwrap())
            .await;
        assert_eq!(response.status(), StatusCode::OK, "{link}");
    }
    let (_, privacy) = world.page("/privacy").await;
    assert!(privacy.contains("heeft zijn naam niet opgegeven"));
    let site = raadhuis_api::Site {
        operator: Some("Stichting <Waterdam>".into()),
        contact: Some("post@waterdam.example".into()),
        ..raadhuis_api::Site::default()
    };
    let app = raadhuis_api::build_router(world.library(), site);
    for path in ["/privacy", "/", "/bestaat-niet"] {
        use tower::ServiceExt;
        let response = app.clone().oneshot(Request::get(path).body(Body::empty()).unwrap()).await.unwrap();
        let text =
            String::from_utf8(to_bytes(response.into_body(), 1 << 20).await.unwrap().to_vec()).unwrap();
        assert!(
            text.contains("mailto:post@waterdam.example") && text.contains("Stichting &lt;Waterdam&gt;"),
            "{path}"
        );
    }
}

/// Reads until the other side ends.
async fn rest_of(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let read =
        tokio::time::timeout(PATIENCE, stream.read_to_end(&mut bytes)).await.expect("it is still held");
    // One that is reset has ended too.
    read.ok();
    String::from_utf8_lossy(&bytes).into_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_never_ends_a_question_is_in_nobodys_way_and_is_sent_off_after_half_a_minute() {
    let world = World::harvested(WORKER).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let app = build_router(world.library(), Site { api_keys: vec!["proef".into()], ..Site::default() });
    tokio::spawn(raadhuis_api::serve(listener, app, std::future::pending()));
    let starts = [
        "GET / HT",
        "POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 90\r\n\r\n{",
    ];
    let mut slow = Vec::new();
    for turn in 0..300 {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(starts[turn % 2].as_bytes()).await.unwrap();
        slow.push(stream);
    }
    for _ in 0..20 {
        let mut quick = TcpStream::connect(address).await.unwrap();
        let ask = "GET /?q=fietsbrug HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer proef\r\nConnection: close\r\n\r\n";
        quick.write_all(ask.as_bytes()).await.unwrap();
        let answer = rest_of(&mut quick).await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }
    let mut answers = std::collections::BTreeSet::new();
    for stream in &mut slow {
        let answer = rest_of(stream).await;
        answers.insert(answer.lines().next().unwrap_or_default().to_owned());
    }
    // Who never said what they want gets nothing, or is told that it took too long.
    assert!(
        answers.iter().all(|it| it.is_empty() || it.contains(" 408") || it.contains(" 504")),
        "{answers:?}"
    );
}

#[tokio::test]
async fn some_wishes_take_more_than_questions() {
    let world = World::new(WORKER).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(raadhuis_api::serve(
        listener,
        build_router(world.library(), Site::default()),
        std::future::pending(),
    ));
    let (begun, mut granted) = (Instant::now(), 0);
    for n in 0..10 {
        let query = format!(
            "mutation {{ createAlert(input: {{email: \"lezer{n}@waterdam.example\", query: \"brug\"}}) {{ status }} }}"
        );
        let body = json!({"query": query}).to_string();
        let mut stream = TcpStream::connect(address).await.unwrap();
        let ask = format!(
            "POST /graphql HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(ask.as_bytes()).await.unwrap();
        let answer = rest_of(&mut stream).await;
        assert_eq!(answer.starts_with("HTTP/1.1 429"), answer.contains("RATE_LIMITED"), "{answer}");
        let is_granted = answer.starts_with("HTTP/1.1 200");
        assert!(is_granted || granted >= 2, "{answer}");
        granted += u32::from(is_granted);
    }
    // A bucket holds 600 units, 20 flow into it each second, and a wish with its question takes 202.
    let most = (600.0 + 20.0 * begun.elapsed().as_secs_f64()) / 202.0;
    assert!(f64::from(granted) <= most, "{granted} of at most {most}");
}

#[tokio::test]
async fn who_asks_too_much_reads_so_in_dutch_and_programs_get_a_problem() {
    let world = World::new(WORKER).await;
    let app = build_router(world.library(), Site::default());
    for (accept, kind, word) in
        [("text/html,*/*", "text/html", "Even wachten"), ("*/*", "application/problem+json", "ask again")]
    {
        let mut refused = None;
        for _ in 0..50 {
            let mut request =
                Request::get("/v1/snapshot").header("accept", accept).body(Body::empty()).unwrap();
            let peer: std::net::SocketAddr = "192.0.2.7:4000".parse().unwrap();
            request.extensions_mut().insert(axum::extract::ConnectInfo(peer));
            let answer = tower::ServiceExt::oneshot(app.clone(), request).await.unwrap();
            if answer.status() == StatusCode::TOO_MANY_REQUESTS {
                refused = Some(answer);
                break;
            }
        }
        let refused = refused.expect("nothing was refused");
        assert!(refused.headers()["content-type"].to_str().unwrap().starts_with(kind));
        assert!(refused.headers().contains_key("retry-after"));
        let text = to_bytes(refused.into_body(), 1 << 20).await.unwrap();
        assert!(String::from_utf8_lossy(&text).contains(word));
    }
}
