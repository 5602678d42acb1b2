//! Alerts of the program itself: while it is harvested, and while who tells is killed, everything that is new reaches who asked
//! for it, and nothing twice but under the same id.

use std::{
    collections::BTreeMap,
    io::{Read, Write},
    net::TcpStream,
    path::Path,
    process::Command,
    sync::mpsc,
    time::{Duration, Instant},
};

use raadhuis_fixtures::sim::faults::Faults;
use raadhuis_tests::PATIENCE;
use raadhuis_tests::mailbox::{Mailbox, Receiver};
use raadhuis_tests::reader::Reader;
use serde_json::{Value, json};

use crate::{folder, land::Land, raadhuis, said};

fn post(reader: &Reader, path: &str, kind: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(&reader.address).unwrap();
    let length = body.len();
    write!(
        stream,
        "POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

fn ask(reader: &Reader, query: &str, variables: &Value) -> Value {
    let body = json!({"query": query, "variables": variables}).to_string();
    let answer = post(reader, "/graphql", "application/json", &body);
    let answer: Value = serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap();
    assert_eq!(answer.get("errors"), None, "{answer}");
    answer["data"].clone()
}

/// How many things a letter tells: one by one, and how many more there are.
fn named(text: &str) -> u64 {
    let more = text.lines().find_map(|line| line.strip_prefix("En nog ")?.strip_suffix(" andere."));
    let more = more.map_or(0, |more| more.parse::<u64>().unwrap());
    more + text.matches("https://raadhuis.example/id/").count() as u64
}

/// Looks again and again until it is there.
fn until<T>(what: &str, look: impl Fn() -> Option<T>) -> T {
    let (_held, pace) = mpsc::channel::<()>();
    let began = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(began.elapsed() < PATIENCE, "{what} does not come");
        assert_eq!(pace.recv_timeout(Duration::from_millis(50)), Err(mpsc::RecvTimeoutError::Timeout));
    }
}

fn serve(land: &Land, data: &Path, server: &str, hook: &str) -> Reader {
    let mut command: Command = land.command(&["serve", "--port", "0"], data);
    let host = hook.trim_start_matches("http://").trim_end_matches("/haak");
    command.env("RAADHUIS_MAIL_SERVER", server);
    command.args(["--mail-from", "Raadhuis <meldingen@raadhuis.example>", "--allow-webhook", host]);
    command.args(["--public-address", "https://raadhuis.example/", "--operator", "Stichting Proef"]);
    Reader::start(command)
}

#[test]
fn everything_new_is_told_while_it_is_harvested_and_who_tells_is_killed() {
    let land = Land::grow(43, 6, 300.0, Faults::default());
    let data = tempfile::tempdir().unwrap();
    let (mailbox, server) = Mailbox::serve();
    let (receiver, hook) = land.runtime.block_on(Receiver::serve());
    let mut reader = serve(&land, data.path(), &server, &hook);
    let made = ask(
        &reader,
        "mutation($hook: String!) {
            told: createAlert(input: {webhook: $hook, query: \"begroting OR haven\", frequency: IMMEDIATE}) { signingSecret }
            mailed: createAlert(input: {email: \"lezer@waterdam.example\", query: \"begroting\", frequency: IMMEDIATE}) { status }
        }",
        &json!({"hook": hook}),
    );
    assert!(made["told"]["signingSecret"].as_str().unwrap().starts_with("whsec_"));
    let letter = until("the letter that asks", || mailbox.letters().pop());
    let asked = until("the message that asks", || receiver.called().pop());
    let asked: Value = serde_json::from_str(&asked.body).unwrap();
    let confirm = "mutation($token: String!) { confirmAlert(token: $token) { alert { status } } }";
    ask(&reader, confirm, &json!({"token": asked["data"]["alerts"][0]["confirmToken"]}));
    let key = format!("sleutel={}", letter.after("sleutel="));
    let page = post(&reader, "/meldingen/bevestigen", "application/x-www-form-urlencoded", &key);
    assert!(page.contains("De melding is bevestigd"), "{page}");

    let mut harvest = land.begin(data.path());
    until("the first news", || (receiver.called().len() > 1).then_some(()));
    drop(reader);
    reader = serve(&land, data.path(), &server, &hook);
    assert!(harvest.wait().unwrap().success());
    let found = |query: &str| {
        let all = "query($q: String!, $after: String) {
            search(query: $q, first: 100, after: $after, sort: FIRST_SEEN_AT_OLDEST) {
                entityCount pageInfo { hasNextPage endCursor } edges { identicalCount node { id } }
            }
        }";
        let mut after = Value::Null;
        let mut ids = Vec::new();
        loop {
            let page = ask(&reader, all, &json!({"q": query, "after": after}))["search"].clone();
            let edges = page["edges"].as_array().unwrap();
            ids.extend(edges.iter().map(|it| it["node"]["id"].as_str().unwrap().to_owned()));
            if page["pageInfo"]["hasNextPage"] == false {
                return (ids, page["entityCount"].as_u64().unwrap());
            }
            after = page["pageInfo"]["endCursor"].clone();
        }
    };
    let (expected, count) = found("begroting OR haven");
    // Which message told what, by its id: a message that comes twice comes under the same one.
    let told = || {
        let mut by_thing: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for called in receiver.called() {
            let id = called.headers["webhook-id"].to_str().unwrap().to_owned();
            let body: Value = serde_json::from_str(&called.body).unwrap();
            for item in body["data"]["items"].as_array().into_iter().flatten() {
                by_thing.entry(item["id"].as_str().unwrap().to_owned()).or_default().push(id.clone());
            }
        }
        by_thing
    };
    until("all that is new", || (told().len() as u64 >= count).then_some(()));
    let told = told();
    assert!(expected.iter().all(|id| told.contains_key(id)) && told.len() as u64 == count && count > 20);
    for (thing, messages) in &told {
        assert!(messages.iter().all(|id| *id == messages[0]), "{thing} was told by {messages:?}");
    }
    // By mail the same; of very many in one letter, some only by how many they are.
    let (_, mailed) = found("begroting");
    let letters = until("all letters", || {
        let letters: Vec<_> =
            mailbox.letters().into_iter().filter(|it| it.text.contains("Nieuw over")).collect();
        let told: u64 = letters.iter().map(|it| named(&it.text)).sum();
        (told >= mailed).then_some(letters)
    });
    let text: String = letters.iter().map(|it| it.text.as_str()).collect();
    assert!(text.contains(", pagina ") && text.contains("Stichting Proef"), "{text}");
    // How long it takes from what was fetched to what is told is counted.
    let numbers = reader.get("/metrics");
    let number = |name: &str| -> f64 {
        let line = numbers
            .lines()
            .find_map(|line| line.strip_prefix(name))
            .unwrap_or_else(|| panic!("{name} in {numbers}"));
        line.trim().parse().unwrap()
    };
    let (sum, times) =
        (number("raadhuis_notice_delay_seconds_sum"), number("raadhuis_notice_delay_seconds_count"));
    eprintln!("{times} notices, {:.2} s on average from fetched to told; {count} things", sum / times);
    assert!(times > 0.0 && sum > 0.0);
    assert!(!numbers.contains("lezer@"));

    let report =
        "mutation { reportProblem(input: {reasons: [MISSING], comment: \"De notulen van mei\"}) { ticket } }";
    assert_eq!(ask(&reader, report, &json!({}))["reportProblem"]["ticket"], 1);
    let desk = |arguments: &[&str]| {
        said(&raadhuis(&[&["desk", "--data", &folder(data.path())], arguments].concat()))
    };
    assert!(desk(&[]).contains("open missing -\n       De notulen van mei"), "{}", desk(&[]));
    assert!(desk(&["--close", "1"]).contains("no report waits"));
    assert!(desk(&["--close", "1"]).contains("no report 1 is open"));
}

#[test]
fn who_sends_mail_says_from_whom_and_from_where() {
    let data = tempfile::tempdir().unwrap();
    let path = folder(data.path());
    let serve = |more: &[&str]| {
        let arguments = [&["serve", "--port", "0", "--data", &path], more].concat();
        said(&raadhuis(&arguments))
    };
    let geheim = "smtps://naam:geheim@post.example";
    for missing in ["--mail-from", "--public-address"] {
        assert!(serve(&["--mail-server", geheim]).contains(missing), "{}", serve(&["--mail-server", geheim]));
    }
    let wrong = serve(&[
        "--mail-server",
        "geheim",
        "--mail-from",
        "a@b.example",
        "--public-address",
        "https://b.example",
    ]);
    assert!(wrong.contains("address of the mail server") && !wrong.contains("geheim"), "{wrong}");
}
