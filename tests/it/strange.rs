//! Any string as a title, a name, a text or the name of a file: every feed, calendar, page, table, JSON and XML is one that a
//! strict reader reads, and says what was published.

use std::collections::{BTreeMap, BTreeSet};

use axum::{body::Body, http::Request};
use proptest::{prelude::*, strategy::ValueTree, test_runner::TestRunner};
use raadhuis_schema::{
    Entity, EntityId, Kind,
    plain::{clean_text, is_unseen},
};
use raadhuis_store::{Filter, visit_each};
use raadhuis_tests::World;
use serde_json::{Value, json};

use crate::{WORKER, reading::zip};

/// Stands for half of a surrogate pair, which no string of ours can hold.
const HALF: &str = "\u{F123}";

/// Strings that have broken somebody's reader.
const STRANGE: [&str; 34] = [
    "Raads\u{10}voorstel",
    "half\u{F123} teken",
    "\u{202E}tfeha nebo\u{202C}",
    "\u{2066}links\u{2069} en \u{200F}rechts",
    "\u{FFFE}\u{FFFF}\u{FDD0}\u{1FFFE}niets",
    "nul\u{200B}breed\u{200D}te\u{FEFF}\u{2060}",
    "]]> </title><script>alert(1)</script>",
    "<b>vet</b> &amp; &lt;schuin&gt; &#16; &#xFFFE; &nbsp;",
    "\"aanhaling\", 'enkel'; puntkomma, komma",
    "=HYPERLINK(\"http://x\";\"y\")",
    "+31 -1 @naam",
    "regel\r\neen\nen twee\rdrie\u{2028}vier\u{2029}vijf",
    "tab\tin het midden",
    "BEGIN:VEVENT\nDTSTART:20260101",
    "\\n \\, \\; \\\\ \\u0000 \\ud800",
    "{\"json\": [1, 2]} // {{ node.title }} {% raw %}",
    "null",
    "None",
    "undefined",
    "\u{92}s-Gravendam kost \u{80} 5\u{85}",
    "\u{7F}\u{1B}[31mrood\u{1B}[0m",
    "a\u{300}\u{301}\u{302}\u{303}\u{304}\u{305}\u{306}\u{307}\u{308}",
    "👩‍👩‍👧‍👦 🏳️‍🌈 🇳🇱 👍🏽",
    "水 ﷺ עברית العربية Ελληνικά Ꙋ",
    "%00%0a../../etc/passwd",
    "a.pdf\u{0}.exe",
    "naam\u{AD}met\u{AD}zachte\u{AD}streepjes",
    "\u{E0041}\u{E0042}vlag",
    "--><!-- x --><?xml version=\"1.0\"?><!DOCTYPE a>",
    "&entiteit; &#0; &#x110000;",
    "\u{3000}breed\u{A0}wit\u{2009}",
    "http://x/?a=1&b=\"<>\"",
    "',); DROP TABLE document; --",
    "zzz\u{FFFD}zzz",
];

/// All strings: those, and some that chance makes. Each ends in a number, so that none is empty and none is another.
fn strings() -> Vec<String> {
    let mut runner = TestRunner::deterministic();
    let made = (0..60).map(|_| any::<String>().new_tree(&mut runner).unwrap().current());
    let made = made.map(|text| text.chars().take(60).collect());
    let all = STRANGE.iter().map(|it| (*it).to_owned()).chain(made);
    all.enumerate().map(|(number, text): (usize, String)| format!("{text} nr{number}")).collect()
}

/// What is kept of a string.
fn kept(text: &str) -> String {
    clean_text(&text.replace(HALF, "")).into_owned()
}

/// Puts strings into the titles, places and names of files of an answer.
fn plant(value: &mut Value, next: &mut impl FnMut() -> String) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| plant(item, next)),
        Value::Object(fields) => {
            let is_words = matches!(fields.get("id").and_then(Value::as_u64), Some(1 | 3 | 50));
            let is_attribute = fields.contains_key("reference_model") && is_words;
            for (name, value) in fields {
                match (name.as_str(), &value) {
                    ("title" | "file_name" | "title_prefix", Value::String(_)) => *value = next().into(),
                    ("value", Value::String(_)) if is_attribute => *value = next().into(),
                    _ => plant(value, next),
                }
            }
        }
        _ => {}
    }
}

/// Waterdam, all of whose words are strange.
async fn strange_world() -> World {
    let world = World::new(WORKER).await;
    let strings = strings();
    let mut at = 0;
    let mut next = || {
        at += 1;
        strings[at % strings.len()].clone()
    };
    {
        let mut country = world.country.lock().unwrap();
        let paths: Vec<String> = country.paths().map(str::to_owned).collect();
        for path in paths.iter().filter(|path| path.starts_with("notubiz/9101/")) {
            let Some(mut json) = country.json(path) else { continue };
            plant(&mut json, &mut next);
            country.put(path, json.to_string().replace(HALF, "\\ud83d").into_bytes());
        }
        let escaped = |text: &String| text.replace('&', "&amp;").replace('<', "&lt;");
        let paragraphs: Vec<String> = strings
            .iter()
            .map(|text| format!("<w:p><w:r><w:t>{}</w:t></w:r></w:p>", escaped(text)))
            .collect();
        let document =
            format!("<w:document xmlns:w=\"w\"><w:body>{}</w:body></w:document>", paragraphs.concat());
        country.put("documents/9101007-1.pdf", zip(&[("word/document.xml", document.as_bytes())]));
    }
    world.harvest("middenland").await;
    world.harvest("waterdam").await;
    world.keep_up().await;
    world
}

async fn get(world: &World, path: &str, accept: &str) -> String {
    let request = Request::get(path).header("host", "raadhuis.example").header("accept", accept);
    let response = world.respond(request.body(Body::empty()).unwrap()).await;
    assert_eq!(response.status().as_u16(), 200, "{path}");
    let bytes = axum::body::to_bytes(response.into_body(), 64 << 20).await.unwrap();
    let body = String::from_utf8(bytes.to_vec()).unwrap();
    let unseen: Vec<char> =
        body.chars().filter(|c| is_unseen(*c) && *c != '\r' && *c != '\u{FEFF}').collect();
    assert!(unseen.is_empty(), "{path}: {unseen:?}");
    body
}

fn squeezed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn every_answer_is_read_by_strict_readers_and_says_the_same() {
    let world = strange_world().await;
    let (strings, mut names) = (strings(), BTreeMap::new());
    let mut places = BTreeMap::new();
    let filter =
        Filter { authorities: vec!["authority:nl:tooi:gm9101".parse().unwrap()], ..Filter::default() };
    visit_each(&world.harvester.store, &filter, |stored| {
        let entity = &stored.entity;
        let text = entity.to_json().to_string();
        assert!(!text.chars().any(is_unseen), "{text:?}");
        if let Entity::Meeting(meeting) = entity {
            places.insert(entity.id().to_string(), meeting.location.clone());
        }
        names.extend(entity.name().map(|name| (entity.id().clone(), name.to_owned())));
    })
    .await
    .unwrap();
    let all: Vec<String> = strings.iter().map(|text| kept(text)).collect();
    let planted = |name: &str| all.iter().any(|text| text == name);
    let of = |kind: Kind| names.iter().filter(move |(id, _)| id.kind() == kind);
    let counts = [Kind::Meeting, Kind::AgendaItem, Kind::Document].map(|kind| of(kind).count());
    assert!(counts.iter().all(|count| *count > 5), "{counts:?}");
    for kind in [Kind::Meeting, Kind::AgendaItem, Kind::Document] {
        let other: Vec<_> = of(kind).filter(|(_, name)| !planted(name)).collect();
        assert!(other.is_empty(), "{other:?}");
    }

    // Atom and JSON Feed: the title is what was published.
    let atom = get(&world, "/zoeken.atom?overheid=gm9101", "*/*").await;
    let parsed = roxmltree::Document::parse(&atom).unwrap();
    let entries: Vec<_> = parsed.descendants().filter(|node| node.has_tag_name("entry")).collect();
    let child = |node: &roxmltree::Node<'_, '_>, name: &str| {
        node.children()
            .find(|it| it.tag_name().name() == name)
            .and_then(|it| it.text())
            .unwrap_or_default()
            .to_owned()
    };
    let entries_of: Vec<_> = parsed.descendants().filter(|node| node.tag_name().name() == "entry").collect();
    assert!(entries.len() <= entries_of.len() && entries_of.len() > 20, "{}", entries_of.len());
    let feed: Value =
        serde_json::from_str(&get(&world, "/zoeken.json?overheid=gm9101", "*/*").await).unwrap();
    for (entry, item) in entries_of.iter().zip(feed["items"].as_array().unwrap()) {
        let (id, title) = (child(entry, "id"), child(entry, "title"));
        assert_eq!(item["title"], json!(title));
        if let Some(name) = names.get(&id.trim_start_matches("urn:raadhuis:").parse().unwrap()) {
            let start: String = squeezed(name).chars().take(40).collect();
            assert!(squeezed(&title).starts_with(&start), "{title:?} is not {name:?}");
        }
    }

    // Tables.
    for path in [
        "/zoeken.csv?overheid=gm9101",
        "/zoeken.excel.csv?overheid=gm9101",
        "/dekking.csv",
        "/dekking.excel.csv",
    ] {
        let csv = get(&world, path, "*/*").await;
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(delimiter(&csv))
            .from_reader(csv.trim_start_matches('\u{FEFF}').as_bytes());
        let width = reader.headers().unwrap().len();
        let rows: Vec<csv::StringRecord> = reader.records().collect::<Result<_, _>>().unwrap();
        assert!(width > 3 && !rows.is_empty(), "{path}");
    }

    // Calendars.
    let calendar =
        get(&world, "/vergaderingen.ics?overheid=gm9101&van=2020-01-01&tot=2030-12-31", "*/*").await;
    assert!(calendar.lines().all(|line| line.len() <= 75), "a line is too long");
    let unfolded = calendar.replace("\r\n ", "");
    let said: Vec<String> =
        unfolded.lines().filter_map(|line| line.strip_prefix("SUMMARY:")).map(unescaped).collect();
    assert_eq!(said.len(), unfolded.matches("BEGIN:VEVENT\r\n").count());
    assert!(!said.is_empty());
    for name in said {
        let own = name.strip_suffix(" (Waterdam)").map(squeezed);
        assert!(own.is_some_and(|own| all.iter().any(|text| squeezed(text) == own)), "{name:?}");
    }

    // Pages, and the same things as linked data.
    for (id, name) in names.iter().filter(|(id, _)| matches!(id.kind(), Kind::Meeting | Kind::Document)) {
        let html = get(&world, &format!("/id/{id}"), "text/html").await;
        let page = scraper::Html::parse_document(&html);
        let heading = page.select(&scraper::Selector::parse("h1").unwrap()).next().unwrap();
        assert_eq!(squeezed(&heading.text().collect::<String>()), squeezed(name), "{id}");
        assert_eq!(
            page.select(&scraper::Selector::parse("script:not([src]):not([type])").unwrap()).count(),
            0,
            "{id}"
        );
        let linked: Value =
            serde_json::from_str(&get(&world, &format!("/id/{id}"), "application/ld+json").await).unwrap();
        assert_eq!(linked["name"], json!(name), "{id}");
    }

    // The feed of changes and the snapshot, line by line.
    for path in ["/v1/changes?after=0&limit=10000", "/v1/snapshot"] {
        for line in get(&world, path, "application/x-ndjson").await.lines() {
            let line: Value = serde_json::from_str(line).unwrap();
            let name = line["id"].as_str().and_then(|id| names.get(&id.parse().ok()?));
            let said = ["name", "title", "fileName"].iter().find_map(|field| line["entity"][*field].as_str());
            assert!(name.is_none() || said.is_none() || said == name.map(String::as_str), "{line}");
        }
    }

    // The text of a file, line by line.
    let query = "{ node(id: \"document:notubiz:9101:9101007\") { ... on Document { text { pages { nodes { text } } } } } }";
    let pages = world.data(query, json!({})).await["node"]["text"]["pages"]["nodes"].clone();
    let words = pages
        .as_array()
        .unwrap()
        .iter()
        .map(|page| page["text"].as_str().unwrap())
        .collect::<Vec<_>>()
        .join("\n");
    for number in 0..strings.len() {
        assert!(words.contains(&format!("nr{number}")), "{number}");
    }
    assert!(!words.chars().any(is_unseen));

    // And what a visitor sends comes back clean.
    let echoed = get(&world, "/zoeken.atom?q=brug%10%E2%80%AE%EF%BF%BE", "*/*").await;
    roxmltree::Document::parse(&echoed).unwrap();
    get(&world, "/?q=brug%10%E2%80%AE%EF%BF%BE", "text/html").await;
}

fn delimiter(csv: &str) -> u8 {
    if csv.lines().next().is_some_and(|line| line.contains(';')) { b';' } else { b',' }
}

fn unescaped(text: &str) -> String {
    let (mut plain, mut chars) = (String::new(), text.chars());
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some('n' | 'N') => plain.push('\n'),
                Some(other) => plain.push(other),
                None => {}
            },
            c => plain.push(c),
        }
    }
    plain
}

/// Fields of entities that are no words of a supplier: ids, codes, hashes, days and addresses, and what was read in a text.
const NO_WORDS: [&str; 11] = [
    "code",
    "voter",
    "ofRevision",
    "sha256",
    "engine",
    "trouble",
    "abbreviations",
    "url",
    "page",
    "player",
    "file",
];

#[tokio::test]
async fn no_words_of_any_kind_of_entity_pass_uncleaned() {
    let world = World::new(WORKER).await;
    world.harvest_all().await;
    let (mut kinds, mut fields) = (BTreeMap::new(), BTreeSet::new());
    visit_each(&world.harvester.store, &Filter::default(), |stored| {
        let json = stored.entity.to_json();
        for path in texts(&json, String::new()) {
            let mut dirty = json.clone();
            let Some(Value::String(text)) = dirty.pointer_mut(&path) else { continue };
            if text.parse::<EntityId>().is_ok() {
                continue;
            }
            text.push('\u{200B}');
            // What is no free text does not take it.
            let Ok(mut entity) = Entity::from_json(stored.entity.id().kind(), dirty) else { continue };
            if NO_WORDS.iter().any(|field| path.split('/').nth(1) == Some(field)) {
                continue;
            }
            entity.change_words(&mut |words| *words = clean_text(words).into_owned());
            let field =
                path.split('/').filter(|part| part.parse::<usize>().is_err()).collect::<Vec<_>>().join("/");
            assert_eq!(entity.to_json(), json, "{} {path}", stored.entity.id());
            fields.insert((stored.entity.id().kind().as_str(), field));
        }
        *kinds.entry(stored.entity.id().kind().as_str()).or_insert(0) += 1;
    })
    .await
    .unwrap();
    assert!(kinds.len() >= 17 && fields.len() >= 50, "{kinds:?} {fields:?}");
}

/// The paths of all texts in a value.
fn texts(value: &Value, at: String) -> Vec<String> {
    match value {
        Value::String(_) => vec![at],
        Value::Array(items) => {
            items.iter().enumerate().flat_map(|(i, it)| texts(it, format!("{at}/{i}"))).collect()
        }
        Value::Object(fields) => {
            fields.iter().flat_map(|(name, it)| texts(it, format!("{at}/{name}"))).collect()
        }
        _ => Vec::new(),
    }
}
