//! The graph: one request for a hit with everything around it, a constant number of store calls, limits, the SDL.

use raadhuis_tests::World;
use serde_json::{Value, json};

use crate::WORKER;

#[tokio::test]
async fn a_phrase_on_page_three_is_found_with_page_snippet_item_meeting_and_authority_in_one_request() {
    let world = World::harvested(WORKER).await;
    let query = include_str!("../../api/queries/examples/search.graphql");
    let answer =
        world.data(query, json!({"query": "\"een vrijliggend fietspad langs de Kastanjelaan\""})).await;
    assert_eq!(answer["search"]["totalCount"], 1);
    let edge = &answer["search"]["edges"][0];
    assert_eq!(edge["page"], 3);
    let text: Vec<char> = edge["snippet"]["text"].as_str().unwrap().chars().collect();
    let range = &edge["snippet"]["ranges"][0];
    let [start, end] = ["start", "end"].map(|key| usize::try_from(range[key].as_u64().unwrap()).unwrap());
    assert_eq!(text[start..end].iter().collect::<String>(), "een vrijliggend fietspad langs de Kastanjelaan");
    assert_eq!(edge["node"]["id"], "document:notubiz:9101:9101001");
    assert_eq!(edge["node"]["authority"]["name"], "Waterdam");
    let item = &edge["node"]["attachedTo"]["nodes"][0];
    assert_eq!(item["title"], "Fietsbrug Oude Haven");
    assert_eq!(item["meeting"], json!({"name": "Gemeenteraad", "start": "2026-03-24T19:30:00+01:00"}));
}

#[tokio::test]
async fn a_query_makes_a_constant_number_of_store_calls_per_level() {
    let world = World::harvested(WORKER).await;
    let query = include_str!("../../api/queries/examples/agenda.graphql");
    let calls = async |id: &str| {
        let before = world.harvester.store.count_calls();
        let data = world.data(query, json!({"id": id})).await;
        let rows = data.to_string().matches("\"number\"").count();
        (world.harvester.store.count_calls() - before, rows)
    };
    let (small_calls, small_rows) = calls("meeting:notubiz:9101:910103").await;
    // The same agenda with every item nine times over, at each of its levels.
    world.edit("notubiz/9101/meetings/910103.json", |json| multiply(&mut json["meeting"]["agenda_items"], 1));
    world.harvest("waterdam").await;
    let (large_calls, large_rows) = calls("meeting:notubiz:9101:910103").await;
    assert!(large_rows > 5 * small_rows, "{large_rows} rows, {small_rows} before");
    assert_eq!(large_calls, small_calls);
    // node · agenda · documents, children · text, documents, children · text, documents · text
    assert_eq!(small_calls, 10);
}

/// Repeats every item under new ids.
fn multiply(items: &mut Value, level: u64) {
    let Some(list) = items.as_array_mut() else { return };
    let mut copies = Vec::new();
    for item in list.iter_mut() {
        multiply(&mut item["agenda_items"], level * 10);
        for copy in 1..6 {
            let mut item = item.clone();
            renumber(&mut item, copy * 1_000_000_000 * level);
            copies.push(item);
        }
    }
    list.extend(copies);
}

fn renumber(item: &mut Value, by: u64) {
    item["id"] = json!(item["id"].as_u64().unwrap() + by);
    for below in item["agenda_items"].as_array_mut().unwrap() {
        renumber(below, by);
    }
}

#[tokio::test]
async fn every_object_answers_with_its_own_facts() {
    let world = World::harvested(WORKER).await;
    let query = include_str!("../../api/queries/entity.graphql");
    for (id, name) in [
        ("authority:nl:tooi:gm9101", "Authority"),
        ("meeting:notubiz:9101:910103", "Meeting"),
        ("agenda-item:notubiz:9101:9110028", "AgendaItem"),
        ("document:notubiz:9101:9101001", "Document"),
        ("document-text:notubiz:9101:9101001.text", "DocumentText"),
        ("person:notubiz:9101:8101", "Person"),
        ("membership:notubiz:9101:8302", "Membership"),
        ("motion:notubiz:9101:9120021", "Motion"),
        ("register-entry:notubiz:9101:9120001", "RegisterEntry"),
        ("vote-event:notubiz:9101:9110028", "VoteEvent"),
        ("vote:notubiz:9101:9110028.7001", "Vote"),
    ] {
        let node = world.data(query, json!({"id": id})).await["node"].clone();
        assert_eq!(node["__typename"], name, "{id}");
        assert_eq!(node["provenance"]["source"], "waterdam", "{id}");
    }
    let data = world
        .data(
            "{ node(id: \"motion:notubiz:9101:9120021\") { ... on Motion { kind outcome statusWords
                proposers { name node { id } } parties { name node { ... on Party { name } } }
                agendaItems { totalCount } documents { nodes { id } } } }
               vote: node(id: \"vote-event:notubiz:9101:9110028\") { ... on VoteEvent { outcome tally { favour against absent }
                votes(first: 3) { totalCount nodes { choice } } } } }",
            json!({}),
        )
        .await;
    insta::assert_json_snapshot!(data);
}

#[tokio::test]
async fn lists_are_paged_to_the_end_and_bad_pages_are_named() {
    let world = World::harvested(WORKER).await;
    let query = "query Q($after: String) { meetings(first: 4, after: $after) { totalCount nodes { id } pageInfo { hasNextPage endCursor } } }";
    let (mut after, mut seen) = (Value::Null, Vec::new());
    loop {
        let page = world.data(query, json!({"after": after})).await["meetings"].clone();
        assert_eq!(page["totalCount"], 14);
        seen.extend(page["nodes"].as_array().unwrap().iter().map(|node| node["id"].to_string()));
        after = page["pageInfo"]["endCursor"].clone();
        if page["pageInfo"]["hasNextPage"] == false {
            break;
        }
    }
    assert_eq!(seen.len(), 14);
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 14);
    assert_eq!(backwards(&world, "", "meetings", "").await, forwards(&world, "", "meetings", "").await);
    let meeting = "node(id: \"meeting:notubiz:9101:910103\") { ... on Meeting {";
    let agenda = forwards(&world, meeting, "agenda", "} }").await;
    assert!(agenda.len() > 4);
    assert_eq!(backwards(&world, meeting, "agenda", "} }").await, agenda);
    let refused = async |query: &str| world.ask(query, json!({})).await["errors"][0]["message"].to_string();
    assert!(refused("{ meetings(first: 1, last: 1) { totalCount } }").await.contains("not with both"));
    assert!(refused("{ meetings(first: 101) { totalCount } }").await.contains("a page holds 0 to 100 rows"));
    assert!(
        refused("{ meetings(after: \"zomaar\") { totalCount } }").await.contains("no cursor of this list")
    );
    assert!(
        refused("{ search(query: \"x\", filter: {meetingDate: {from: \"gisteren\"}}) { totalCount } }")
            .await
            .contains("no day like")
    );
    assert!(refused("{ meetings(first: 1) { nodes { naam } } }").await.contains("naam"));
}

async fn forwards(world: &World, before: &str, list: &str, behind: &str) -> Vec<String> {
    let data = world
        .data(&format!("{{ {before} {list}(first: 100) {{ nodes {{ id }} }} {behind} }}"), json!({}))
        .await;
    ids(&data.to_string())
}

/// The same from the end, three at a time.
async fn backwards(world: &World, before: &str, list: &str, behind: &str) -> Vec<String> {
    let (mut cursor, mut pages) = (String::new(), Vec::new());
    loop {
        let page = format!(
            "{{ {before} {list}(last: 3{cursor}) {{ nodes {{ id }} pageInfo {{ hasPreviousPage hasNextPage startCursor }} }} {behind} }}"
        );
        let data = world.data(&page, json!({})).await.to_string();
        assert_eq!(data.contains("\"hasNextPage\":true"), !pages.is_empty(), "{data}");
        let start = data
            .split("\"startCursor\":\"")
            .nth(1)
            .and_then(|rest| rest.split('"').next())
            .unwrap_or_default();
        cursor = format!(", before: \"{start}\"");
        pages.push(ids(&data));
        if data.contains("\"hasPreviousPage\":false") {
            pages.reverse();
            return pages.concat();
        }
        assert!(pages.len() < 50, "it has no beginning");
    }
}

/// All ids in an answer, in order.
fn ids(answer: &str) -> Vec<String> {
    answer.split("\"id\":\"").skip(1).filter_map(|rest| Some(rest.split('"').next()?.to_owned())).collect()
}

#[tokio::test]
async fn queries_too_deep_or_too_costly_are_refused() {
    let world = World::new(WORKER).await;
    let deep = format!("{{ node(id: \"x\") {{ ... on AgendaItem {} }} }}", nested(14));
    assert!(world.ask(&deep, json!({})).await["errors"][0]["message"].as_str().unwrap().contains("deep"));
    let costly = "{ meetings(first: 100) { nodes { agenda(first: 100) { nodes { children(first: 100) { nodes { children(first: 100) { nodes { documents(first: 100) { nodes { attachedTo(first: 100) { nodes { id } } } } } } } } } } } } }";
    assert!(world.ask(costly, json!({})).await["errors"][0]["message"].as_str().unwrap().contains("complex"));
}

fn nested(depth: usize) -> String {
    if depth == 0 {
        "{ title }".into()
    } else {
        format!("{{ children(first: 1) {{ nodes {} }} }}", nested(depth - 1))
    }
}

#[tokio::test]
async fn get_answers_queries_and_post_refuses_what_is_no_query() {
    use axum::{body::Body, http::Request};
    let world = World::harvested(WORKER).await;
    let (status, body) = world.page("/graphql?query=%7B%20sources%20%7B%20key%20%7D%20%7D").await;
    let body: Value = serde_json::from_str(&body).unwrap();
    let expected = json!({"sources": [{"key": "middenland"}, {"key": "waterdam"}]});
    assert_eq!((status.as_u16(), &body["data"], body.get("errors")), (200, &expected, None));
    assert_eq!(body["extensions"]["cost"]["depth"], 2);
    for (kind, body, expected) in [
        ("application/json", "{", 400),
        ("application/json", "{}", 400),
        ("text/plain", "{\"query\": \"{ sources { key } }\"}", 415),
    ] {
        let request = Request::post("/graphql").header("content-type", kind).body(Body::from(body)).unwrap();
        let (status, body) = world.send(request).await;
        assert_eq!(status.as_u16(), expected, "{kind} {body}");
        assert!(body.contains("errors"), "{body}");
    }
}

#[test]
fn the_sdl_in_the_repository_is_the_one_that_is_served() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../schema/schema.graphql");
    let served = raadhuis_api::graphql::export_sdl();
    if std::env::var_os("UPDATE_SDL").is_some() {
        std::fs::write(path, &served).unwrap();
    }
    let kept = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        kept == served,
        "schema/schema.graphql is behind; run `UPDATE_SDL=1 cargo test -p raadhuis-tests sdl`"
    );
}
