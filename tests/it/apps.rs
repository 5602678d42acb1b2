//! What apps ask of the graph beside search: whom there is, what words mean here, how parties vote, what belongs together, what
//! changed. The answers were worked out by hand on the made-up country.

use std::collections::BTreeMap;

use raadhuis_fixtures::sim::paper::pdf;
use raadhuis_tests::World;
use serde_json::{Value, json};

use crate::WORKER;

const COUNCIL: &str = "meeting:notubiz:9101:910103";

fn texts(list: &Value, field: &str) -> Vec<String> {
    list.as_array().unwrap().iter().map(|it| it[field].as_str().unwrap_or("-").to_owned()).collect()
}

#[tokio::test]
async fn authorities_are_found_as_people_type_them_also_those_of_which_nothing_is_held() {
    let world = World::harvested(WORKER).await;
    let query = "query($f: AuthorityFilter) { authorities(filter: $f, first: 50) { totalCount nodes { id name available
        documentCount lastHarvest provenance { source } } } }";
    let ask = async |filter: Value| world.data(query, json!({"f": filter})).await["authorities"].clone();
    let all = ask(json!({})).await;
    assert_eq!(
        texts(&all["nodes"], "name"),
        [
            "Duinstede",
            "Heidekerk",
            "Middenland",
            "Stillemeer",
            "Veenhoven",
            "Waterdam",
            "Waterschap Rietlanden"
        ]
    );
    let waterdam = ask(json!({"name": "watredam"})).await["nodes"][0].clone();
    assert_eq!((&waterdam["name"], &waterdam["available"]), (&json!("Waterdam"), &json!(true)));
    let counted =
        "{ search(query: \"\", filter: {kinds: [DOCUMENT], authorities: [\"GM9101\"]}) { entityCount } }";
    let documents = world.data(counted, json!({})).await["search"]["entityCount"].clone();
    assert_eq!(waterdam["documentCount"], documents);
    assert!(waterdam["lastHarvest"].is_string() && waterdam["provenance"]["source"] == "waterdam");
    let kinds = json!({"kinds": ["PROVINCE", "WATER_AUTHORITY"], "available": false});
    let quiet = ask(kinds).await["nodes"].clone();
    assert_eq!(texts(&quiet, "name"), ["Waterschap Rietlanden"]);
    assert_eq!(
        (&quiet[0]["provenance"]["source"], &quiet[0]["documentCount"]),
        (&json!("catalogue"), &json!(0))
    );
    // Its id is good already, and stays good.
    let node = "query($id: ID!) { node(id: $id) { ... on Authority { name available } } }";
    let node = world.data(node, json!({"id": quiet[0]["id"]})).await["node"].clone();
    assert_eq!(node, json!({"name": "Waterschap Rietlanden", "available": false}));
    assert_eq!(ask(json!({"name": "zwolle"})).await["totalCount"], 0);
}

#[tokio::test]
async fn a_dossier_holds_what_belongs_together_whichever_of_it_is_asked_about() {
    let world = World::harvested(WORKER).await;
    let query = "query($id: ID!) { dossier(id: $id) { isCut agendaItems { id } documents { id } entries { id } voteEvents { id } } }";
    let native = |list: &Value| -> Vec<String> {
        let mut ids: Vec<_> =
            texts(list, "id").iter().filter_map(|id| Some(id.rsplit(':').next()?.to_owned())).collect();
        ids.sort();
        ids
    };
    for id in
        ["document:notubiz:9101:9101001", "agenda-item:notubiz:9101:9110026", "motion:notubiz:9101:9120021"]
    {
        let dossier = world.data(query, json!({"id": id})).await["dossier"].clone();
        assert_eq!(dossier["isCut"], false);
        // Prepared in the committee (13), then four items of the council.
        assert_eq!(
            native(&dossier["agendaItems"]),
            ["9110013", "9110026", "9110027", "9110028", "9110029"],
            "{id}"
        );
        let papers = ["9101001", "9101002", "9101008", "9101009", "9101010", "9101015", "9101080", "9101090"];
        assert_eq!(native(&dossier["documents"]), papers, "{id}");
        // A letter, a commitment, a motion and an amendment; the two votes.
        assert_eq!(native(&dossier["entries"]), ["9120004", "9120021", "9120022", "9120025"], "{id}");
        assert_eq!(native(&dossier["voteEvents"]), ["9110028", "9110029"], "{id}");
    }
    let person = world.data(query, json!({"id": "person:notubiz:9101:8101"})).await["dossier"].clone();
    assert_eq!((&person["documents"], &person["isCut"]), (&json!([]), &json!(false)));
    assert_eq!(world.data(query, json!({"id": "document:notubiz:9101:1"})).await["dossier"], Value::Null);
}

#[tokio::test]
async fn the_cohesion_of_a_party_is_that_of_its_published_votes() {
    let world = World::harvested(WORKER).await;
    let query = "{ authorities(filter: {codes: [\"GM9101\"]}) { nodes { voting { partyName events measured united index } \
        parties(first: 50) { nodes { partyName cohesion { events measured united index } } } } } \
        a: node(id: \"vote-event:notubiz:9101:9110028\") { ...V } b: node(id: \"vote-event:notubiz:9101:9110029\") { ...V } \
        c: node(id: \"vote-event:notubiz:9101:9110005\") { ...V } } \
        fragment V on VoteEvent { votes(first: 100) { nodes { name partyName choice } } }";
    let data = world.data(query, json!({})).await;
    // The same again from the votes themselves: party, event, in favour, against.
    let mut sides: BTreeMap<(String, &str), (i32, i32)> = BTreeMap::new();
    for event in ["a", "b", "c"] {
        for vote in
            data[event]["votes"]["nodes"].as_array().unwrap().iter().filter(|vote| vote["name"].is_string())
        {
            let (favour, against) =
                sides.entry((vote["partyName"].as_str().unwrap().to_owned(), event)).or_default();
            *favour += i32::from(vote["choice"] == "FAVOUR");
            *against += i32::from(vote["choice"] == "AGAINST");
        }
    }
    let council = &data["authorities"]["nodes"][0];
    let voting = council["voting"].as_array().unwrap();
    assert_eq!(voting.len(), 6);
    for party in voting {
        let name = party["partyName"].as_str().unwrap();
        let of: Vec<_> =
            sides.iter().filter(|((it, _), (f, a))| it == name && f + a > 0).map(|(_, it)| *it).collect();
        let measured: Vec<_> = of.iter().filter(|(f, a)| f + a > 1).collect();
        let united = measured.iter().filter(|(f, a)| *f == 0 || *a == 0).count();
        let sum: f64 = measured.iter().map(|(f, a)| f64::from((f - a).abs()) / f64::from(f + a)).sum();
        let index = if measured.is_empty() {
            Value::Null
        } else {
            json!(sum / f64::from(u32::try_from(measured.len()).unwrap()))
        };
        let expected =
            json!({"events": of.len(), "measured": measured.len(), "united": united, "index": index});
        let mut told = party.clone();
        told.as_object_mut().unwrap().remove("partyName");
        assert_eq!(told, expected, "{name}");
        let own = council["parties"]["nodes"].as_array().unwrap();
        let own = own.iter().find(|it| it["partyName"] == name).unwrap();
        assert_eq!(own["cohesion"], expected, "{name}");
    }
    // Torn once: three of four.
    let torn = voting.iter().find(|party| party["partyName"] == "Lijst Veen").unwrap();
    assert_eq!((&torn["united"], &torn["index"]), (&json!(1), &json!(0.75)));
}

/// Waterdam, with two papers that explain abbreviations: a proposal in the council, and one that has another meaning for one of them.
async fn explained() -> World {
    let world = World::new(WORKER).await;
    let page = |lines: &[&str]| lines.iter().map(|line| (*line).to_owned()).collect::<Vec<String>>();
    for (name, pages) in [
        (
            "documents/9101002-1.pdf",
            [
                page(&["Het Ruimtelijk Plan (RP) en de Basisregistratie Personen (BRP)."]),
                page(&["Het RP en de BRP, de VNG en de ZKL."]),
            ],
        ),
        (
            "documents/9101009-1.pdf",
            [page(&["De Regionale Pers (RP) schreef over het RP."]), page(&["En over de BRP."])],
        ),
        ("documents/9101080-1.pdf", [page(&["De Zwaar Klinkende Lijst (ZKL)."]), page(&["Niets."])]),
    ] {
        world.country.lock().unwrap().put(name, pdf(&pages));
    }
    world.harvest("waterdam").await;
    world
}

#[tokio::test]
async fn an_abbreviation_means_here_what_the_nearest_paper_says() {
    let world = explained().await;
    let query = "query($id: ID!, $s: [GlossaryScope!]) { node(id: $id) { ... on Document {
        glossary { short long documentCount page documentId }
        termMentions(scopes: $s) { short page start end term { long scope documentId page } }
        text { pages { nodes { text } } } } } }";
    let second = world.data(query, json!({"id": "document:notubiz:9101:9101009"})).await["node"].clone();
    assert_eq!(
        second["glossary"],
        json!([{"short": "RP", "long": "Regionale Pers", "documentCount": 1, "page": 1, "documentId": "document:notubiz:9101:9101009"}])
    );
    let told: Vec<_> = second["termMentions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| {
            let page = usize::try_from(it["page"].as_u64().unwrap()).unwrap() - 1;
            let text: Vec<char> =
                second["text"]["pages"]["nodes"][page]["text"].as_str().unwrap().chars().collect();
            let [start, end] =
                ["start", "end"].map(|key| usize::try_from(it[key].as_u64().unwrap()).unwrap());
            assert_eq!(text[start..end].iter().collect::<String>(), it["short"].as_str().unwrap());
            (
                it["short"].as_str().unwrap(),
                it["term"]["long"].as_str().unwrap_or("-"),
                it["term"]["scope"].as_str().unwrap_or("-"),
            )
        })
        .collect();
    let own = ("RP", "Regionale Pers", "DOCUMENT");
    assert_eq!(told, [own, own, ("BRP", "Basisregistratie Personen", "MEETING")]);
    let alone = world.data(query, json!({"id": "document:notubiz:9101:9101009", "s": ["DOCUMENT"]})).await;
    assert_eq!(alone["node"]["termMentions"][2]["term"], Value::Null);
    // What is explained in another meeting is told as such, and what nobody explains as nothing.
    let first =
        world.data(query, json!({"id": "document:notubiz:9101:9101002"})).await["node"]["termMentions"]
            .clone();
    let of = |short: &str| {
        first.as_array().unwrap().iter().rfind(|it| it["short"] == short).unwrap()["term"].clone()
    };
    assert_eq!(of("VNG"), Value::Null);
    assert_eq!(of("RP")["long"], "Ruimtelijk Plan");
    assert!(["COMMITTEE", "AUTHORITY"].contains(&of("ZKL")["scope"].as_str().unwrap()), "{}", of("ZKL"));

    let wider = "query($id: ID!) { node(id: $id) { ... on Meeting { glossary { short long } } } \
        authorities(filter: {codes: [\"GM9101\"]}) { nodes { glossary { short } } } glossary(short: \"RP\") { long document { name } } }";
    let wider = world.data(wider, json!({"id": COUNCIL})).await;
    let pair = |short: &str, long: &str| json!({"short": short, "long": long});
    let of_meeting = [
        pair("BRP", "Basisregistratie Personen"),
        pair("RP", "Regionale Pers"),
        pair("RP", "Ruimtelijk Plan"),
    ];
    assert_eq!(wider["node"]["glossary"], json!(of_meeting));
    assert_eq!(texts(&wider["authorities"]["nodes"][0]["glossary"], "short"), ["BRP", "RP", "RP", "ZKL"]);
    assert_eq!(texts(&wider["glossary"], "long"), ["Regionale Pers", "Ruimtelijk Plan"]);
}

#[tokio::test]
async fn the_past_of_a_meeting_names_the_fields_that_changed() {
    let world = World::harvested(WORKER).await;
    let query = "query($id: ID!) { node(id: $id) { ... on Meeting { provenance { contentHash history { action fields contentHash } } } } }";
    let before = world.data(query, json!({"id": COUNCIL})).await["node"]["provenance"]["history"].clone();
    world.edit("notubiz/9101/meetings/910103.json", |json| {
        json["meeting"]["attributes"][2]["value"] = json!("Raad, verplaatst");
    });
    world.edit("notubiz/9101/events.json", |json| {
        for event in json["events"].as_array_mut().unwrap().iter_mut().filter(|event| event["id"] == 910_103)
        {
            event["attributes"][2]["value"] = json!("Raad, verplaatst");
        }
    });
    world.harvest("waterdam").await;
    let origin = world.data(query, json!({"id": COUNCIL})).await["node"]["provenance"].clone();
    let history = origin["history"].as_array().unwrap();
    assert_eq!(history[1..], before.as_array().unwrap()[..]);
    assert_eq!((&history[0]["action"], &history[0]["fields"]), (&json!("UPDATED"), &json!(["name"])));
    assert_eq!(history[0]["contentHash"], origin["contentHash"]);
    assert_eq!(history.last().unwrap()["action"], "CREATED");
}
