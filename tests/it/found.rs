//! What a reader sees of a search: the same counts everywhere, what was said with its second, and nothing answered that was not
//! asked.

use std::time::Instant;

use axum::{body::Body, http::Request};
use raadhuis_tests::{PATIENCE, World};
use serde_json::{Value, json};

use crate::WORKER;

#[tokio::test]
async fn the_page_the_graph_and_the_rows_count_the_same() {
    let world = World::harvested(WORKER).await;
    let query = "query($q: String!, $f: SearchFilter) { search(query: $q, filter: $f) { totalCount } }";
    for (words, choice, filter) in [
        ("fietsbrug", "", json!({})),
        ("", "", json!({})),
        ("raad OR water", "&soort=DOCUMENT&soort=MOTION", json!({"kinds": ["DOCUMENT", "MOTION"]})),
        (
            "de",
            "&van=2026-03-01&tot=2026-03-31",
            json!({"meetingDate": {"from": "2026-03-01", "until": "2026-03-31"}}),
        ),
        ("motie", "&uitkomst=ADOPTED&volgorde=PUBLISHED_AT_OLDEST", json!({"outcomes": ["ADOPTED"]})),
        (
            "brug -\"oude haven\"",
            "&datum=publicatie&van=2026-01-01",
            json!({"publishedAt": {"from": "2026-01-01"}}),
        ),
    ] {
        let total = world.data(query, json!({"q": words, "f": filter})).await["search"]["totalCount"]
            .as_u64()
            .unwrap();
        assert!(total > 0, "{words}");
        let asked = format!(
            "q={}{choice}",
            url::form_urlencoded::byte_serialize(words.as_bytes()).collect::<String>()
        );
        let asked =
            if words.is_empty() && choice.is_empty() { "soort=&volgorde=MATCH".to_owned() } else { asked };
        let (status, page) = world.page(&format!("/?{asked}")).await;
        assert_eq!(status.as_u16(), 200, "{page}");
        let shown = page.split("id=\"gevonden\">").nth(1).unwrap().split(' ').next().unwrap();
        assert_eq!(shown.parse::<u64>().unwrap(), total, "{asked}");
        let (status, rows) = world.page(&format!("/zoeken.csv?{asked}")).await;
        assert_eq!(status.as_u16(), 200);
        assert!(rows.starts_with("soort,titel,overheid,datum,tijd,id,bron"), "{rows}");
        assert_eq!(rows.matches("\r\n").count() as u64 - 1, total, "{asked}");
    }
}

#[tokio::test]
async fn what_was_said_is_found_with_the_second_at_which_it_was() {
    let world = World::harvested(WORKER).await;
    let query = "query($q: String!) { search(query: $q, filter: {kinds: [RECORDING]}) { totalCount edges { second fragments { second
        snippet { text } } node { ... on Recording { meeting { id } transcript(first: 100) { nodes { startsAt text } } } } } } }";
    let all = world.data(query, json!({"q": ""})).await;
    let said = &all["search"]["edges"][0]["node"]["transcript"]["nodes"];
    let segment = said.as_array().unwrap().last().unwrap();
    let words: Vec<&str> = segment["text"].as_str().unwrap().split_whitespace().take(4).collect();
    let found = world.data(query, json!({"q": format!("\"{}\"", words.join(" "))})).await;
    assert_eq!(found["search"]["totalCount"], 1);
    let edge = &found["search"]["edges"][0];
    assert_eq!(edge["second"], segment["startsAt"]);
    assert!(edge["fragments"][0]["snippet"]["text"].as_str().unwrap().contains(words[1]));
    let asked = url::form_urlencoded::byte_serialize(words.join(" ").as_bytes()).collect::<String>();
    let (_, page) = world.page(&format!("/?q={asked}&soort=RECORDING")).await;
    assert!(page.contains("Opname") && page.contains("0:0"), "{page}");
}

#[tokio::test]
async fn a_result_names_its_best_pieces_and_all_of_its_pages() {
    let world = World::harvested(WORKER).await;
    let query = "query($q: String!) { search(query: $q, filter: {kinds: [DOCUMENT]}) { edges { page pages fragments { page snippet {
        text ranges { start end } } } node { id } } } }";
    let found = world.data(query, json!({"q": "de"})).await;
    let edges = found["search"]["edges"].as_array().unwrap();
    let many = edges.iter().find(|edge| edge["pages"].as_array().unwrap().len() > 1).unwrap();
    let pages = many["pages"].as_array().unwrap();
    let fragments = many["fragments"].as_array().unwrap();
    assert!(fragments.len() <= 3 && fragments.len() == pages.len().min(3));
    assert_eq!(many["page"], fragments[0]["page"]);
    for fragment in fragments {
        assert!(
            pages.contains(&fragment["page"])
                && !fragment["snippet"]["ranges"].as_array().unwrap().is_empty()
        );
    }
}

#[tokio::test]
async fn what_is_not_known_is_refused_with_the_nearest_that_is() {
    let world = World::harvested(WORKER).await;
    let refused = async |query: &str| {
        let answer: Value = world.ask(query, json!({})).await;
        answer["errors"][0]["message"].as_str().unwrap_or_default().to_owned()
    };
    assert!(refused("{ search(query: \"titl:brug\") { totalCount } }").await.contains("\"title\""));
    assert!(refused("{ search(query: \"soort:moite\") { totalCount } }").await.contains("\"motie\""));
    assert!(
        refused("{ search(query: \"x\", after: \"zomaar\") { totalCount } }").await.contains("no cursor")
    );
    let unknown = refused("{ search(query: \"x\", filter: {meetingdate: {}}) { totalCount } }").await;
    assert!(unknown.contains("meetingdate"), "{unknown}");
    assert!(unknown.contains("meetingDate\""), "{unknown}");
    let (status, page) = world.page("/?q=brug&gemente=x").await;
    assert_eq!(status.as_u16(), 400);
    assert!(page.contains("gemente") && page.contains("bedoelde u"), "{page}");
    assert_eq!(world.page("/zoeken.csv?vna=2026").await.0.as_u16(), 400);
}

#[tokio::test]
async fn a_mistyped_word_is_named_and_another_proposed() {
    let world = World::harvested(WORKER).await;
    let query = "{ search(query: \"fietsburg\") { totalCount didYouMean unknownWords { word suggestion } } searchCapabilities }";
    let data = world.data(query, json!({})).await;
    assert_eq!(data["search"]["didYouMean"], "fietsbrug");
    assert!(data["searchCapabilities"].as_array().unwrap().contains(&json!("NEAR")));
    let (_, page) = world.page("/?q=fietsburg").await;
    assert!(page.contains("Bedoelde u") && page.contains("q=fietsbrug"), "{page}");
}

#[tokio::test]
async fn the_index_is_close_behind_the_log_while_a_harvest_goes_on() {
    let world = World::new(WORKER).await;
    world.harvest("middenland").await;
    let (store, search) = (world.harvester.store.clone(), world.search.clone());
    let committing = async {
        // Somebody else commits; nobody asks the index to follow.
        let source = world.harvester.catalogue.get("waterdam").unwrap().clone();
        let part = raadhuis_schema::Part {
            origin: raadhuis_schema::Origin::Listing { source: "x".into(), collection: "x".into() },
            standing: raadhuis_schema::Standing::Listing,
            content: raadhuis_schema::Content::Says(Box::new(raadhuis_schema::Entity::Authority(
                source.authority,
            ))),
        };
        let at = jiff::Timestamp::now();
        let commit = raadhuis_schema::Commit {
            parts: vec![part],
            ..raadhuis_schema::Commit::for_question("x", 1, "x", at)
        };
        store.commit_answer(commit).await.unwrap();
        let (end, begun) = (store.last_change().await.unwrap(), Instant::now());
        while search.read_cursor().await.unwrap() < end {
            tokio::task::yield_now().await;
            assert!(begun.elapsed() < PATIENCE, "the index does not follow");
        }
        eprintln!("the index followed after {:?}", begun.elapsed());
        end
    };
    let end = tokio::select! {
        end = committing => end,
        never = world.followers.run() => match never {},
    };
    assert!(end > 0);
}

#[tokio::test]
async fn the_rows_are_a_download_of_text() {
    let world = World::harvested(WORKER).await;
    let answer = world.respond(Request::get("/zoeken.csv?q=de").body(Body::empty()).unwrap()).await;
    assert_eq!(answer.headers()["content-type"], "text/csv; charset=utf-8");
    assert!(answer.headers()["content-disposition"].to_str().unwrap().contains("raadhuis.csv"));
}
