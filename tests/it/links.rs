//! Addresses that lead out of the web, at every supplier: none is kept, and none is shown. Numbers of persons in titles, in
//! descriptions and in names of files: none is kept either.

use axum::{body::Body, http::Request};
use raadhuis_schema::{DiagnosticCode, Entity, Kind, address::is_web_address};
use raadhuis_store::{Filter, visit_each};
use raadhuis_tests::World;
use serde_json::{Value, json};

use crate::WORKER;

const SOURCES: [&str; 6] = ["middenland", "waterdam", "heidekerk", "duinstede", "veenhoven", "rietlanden"];

#[tokio::test]
async fn no_link_of_any_supplier_leads_out_of_the_web() {
    let world = World::new(WORKER).await;
    let plant = |bytes: &[u8]| {
        let text = String::from_utf8_lossy(bytes);
        let mut planted = text.into_owned();
        for (from, to) in [
            ("\"https://", "\"javascript:alert(1)//"),
            ("\"https:\\/\\/", "\"javascript:alert(1)//"),
            (">https://", ">javascript:alert(1)//"),
            ("href=\"", "href=\"javascript:alert(1)//"),
            ("\"url\": \"/", "\"url\": \"javascript:alert(1)/"),
            ("\"url\":\"/", "\"url\":\"javascript:alert(1)/"),
            ("\"VIDEO_DOWNLOAD\": \"", "\"VIDEO_DOWNLOAD\": \"javascript:"),
            ("\"VIDEO_DOWNLOAD\":\"", "\"VIDEO_DOWNLOAD\":\"javascript:"),
        ] {
            planted = planted.replace(from, to);
        }
        (planted.as_bytes() != bytes).then(|| planted.into_bytes())
    };
    let mut changed = 0;
    {
        let mut country = world.country.lock().unwrap();
        let paths: Vec<String> = country.paths().map(str::to_owned).collect();
        for path in paths.iter().filter(|path| !path.starts_with("documents/")) {
            if let Some(planted) = country.file(path).and_then(plant) {
                country.put(path, planted);
                changed += 1;
            }
        }
    }
    assert!(changed > 20, "{changed}");
    for source in SOURCES {
        world.harvest(source).await;
    }
    let (mut ids, mut addresses) = (Vec::new(), 0);
    visit_each(&world.harvester.store, &Filter::default(), |stored| {
        let mut entity = stored.entity.clone();
        entity.change_addresses(&mut |address| {
            addresses += usize::from(address.is_some());
            assert!(address.as_ref().is_none_or(is_web_address), "{address:?} of {}", stored.entity.id());
        });
        ids.push(entity.id().clone());
    })
    .await
    .unwrap();
    assert!(ids.len() > 200 && addresses > 20, "{} things, {addresses} addresses", ids.len());
    let shown = ids.iter().filter(|id| matches!(id.kind(), Kind::Meeting | Kind::Recording | Kind::Document));
    for id in shown {
        let request =
            Request::get(format!("/id/{id}")).header("accept", "text/html").body(Body::empty()).unwrap();
        let (_, page) = world.send(request).await;
        assert!(!page.to_lowercase().contains("javascript:"), "{id}");
    }
}

#[tokio::test]
async fn numbers_of_persons_in_words_are_struck_and_those_of_cases_stay() {
    let world = World::new(WORKER).await;
    let title = "Besluit op bezwaar BSN 123456782, zaaknummer 111222333";
    world.edit("notubiz/9101/meetings/910103.json", |json| {
        let document = &mut json["meeting"]["documents"][0];
        document["title"] = title.into();
        document["url"] = "https://api.notubiz.nl/document/9101007/1/bsn-123456782.pdf".into();
        document["versions"][0]["file_name"] = "bsn_123456782.pdf".into();
        for attribute in json["meeting"]["attributes"].as_array_mut().unwrap() {
            attribute["value"] = "<p>Hoorzitting over burgerservicenummer 123456782</p>".into();
        }
    });
    world.harvest("middenland").await;
    let run = world.harvest("waterdam").await;
    assert!(
        run.diagnostics.iter().any(|it| it.code == DiagnosticCode::PersonalNumber),
        "{:?}",
        run.diagnostics
    );
    let mut meetings = 0;
    visit_each(&world.harvester.store, &Filter::default(), |stored| {
        let mut entity = stored.entity.clone();
        // The address is kept, because the file is fetched there; it is not shown.
        entity.change_addresses(&mut |address| *address = None);
        assert!(!entity.to_json().to_string().contains("123456782"), "{}", entity.id());
        meetings += usize::from(matches!(entity, Entity::Meeting(_)));
    })
    .await
    .unwrap();
    assert!(meetings > 5);
    let query = "{ node(id: \"document:notubiz:9101:9101007\") { ... on Document { name fileName url } } }";
    let document = world.data(query, json!({})).await["node"].clone();
    let expected = json!({"name": "Besluit op bezwaar BSN *********, zaaknummer 111222333",
        "fileName": "bsn_*********.pdf", "url": Value::Null});
    assert_eq!(document, expected);
    for path in [
        "/v1/changes?after=0&limit=10000",
        "/v1/snapshot",
        "/id/document:notubiz:9101:9101007",
        "/zoeken.csv",
    ] {
        let (_, body) = world.send(Request::get(path).body(Body::empty()).unwrap()).await;
        assert!(!body.contains("123456782"), "{path}");
    }
    // Nor is it in anything else that was written: the answer that holds it is not kept.
    assert_eq!(world.files_with(&["123456782"]).iter().filter(|path| path.contains("payload")).count(), 0);
}
