//! The archive read again: the same answers say the same, and what a better adapter would read from them enters.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use raadhuis_harvester::{supplier::Supplier, with_supplier};
use raadhuis_schema::{DiagnosticCode, EntityId, Queued, RunPurpose, RunReport, Verdict};
use raadhuis_store::ArchiveKey;
use raadhuis_tests::{World, dump, files};
use serde_json::Value;

use crate::WORKER;

async fn reread(world: &World, key: &str) -> RunReport {
    let source = world.harvester.catalogue.get(key).unwrap().clone();
    world.reread(&source).await
}

#[tokio::test]
async fn what_every_supplier_said_says_the_same_when_it_is_read_again() {
    let world = World::new(WORKER).await;
    let keys: Vec<String> = world.harvester.catalogue.sources().map(|source| source.key.clone()).collect();
    world.harvest_all().await;
    let (before, end) = (dump(&world.harvester.store).await, world.end().await);
    let mut read = 0;
    for key in &keys {
        let report = reread(&world, key).await;
        assert_eq!((report.requests, report.verdict), (0, Verdict::Healthy), "{key}: {report:?}");
        read += world.harvester.store.answers(key, None, 1000).await.unwrap().len();
    }
    assert!(read > 100, "{read} answers");
    assert_eq!(world.changes(end).await, []);
    assert_eq!(dump(&world.harvester.store).await, before);
    let facts = world.harvester.store.collect_facts("waterdam").await.unwrap();
    assert_eq!(facts.runs.len(), 1, "to read the archive again is no success of the source");
}

#[tokio::test]
async fn what_is_damaged_in_the_archive_is_named_and_the_rest_is_read() {
    let world = World::harvested(WORKER).await;
    let (before, end) = (dump(&world.harvester.store).await, world.end().await);
    let answers = world.harvester.store.answers("waterdam", None, 1000).await.unwrap();
    // An answer, an original and a text, each in one of the folders of the archive.
    let archive = world.folder.path().join("archive");
    let payload = archive.join(&answers.last().unwrap().payload);
    let mut damaged = 0;
    for path in files(&archive) {
        let folder = path.parent().unwrap();
        let is_first = files(folder).first() == Some(&path);
        let is_of_file = folder == archive.join("original") || folder == archive.join("text");
        if path == payload || (is_first && is_of_file) {
            let mut bytes = std::fs::read(&path).unwrap();
            let middle = bytes.len() / 2;
            bytes.truncate(middle);
            std::fs::write(&path, bytes).unwrap();
            damaged += 1;
        }
    }
    assert_eq!(damaged, 3);
    let report = reread(&world, "waterdam").await;
    let named: Vec<_> =
        report.diagnostics.iter().filter(|it| it.code == DiagnosticCode::Unreadable).collect();
    assert_eq!(named.len(), 1, "{:?}", report.diagnostics);
    assert!(named[0].message.contains("holds it damaged"), "{named:?}");
    assert_eq!(world.changes(end).await, []);
    assert_eq!(dump(&world.harvester.store).await, before);
}

#[tokio::test]
async fn what_is_read_otherwise_enters_and_what_was_withheld_stays_so() {
    let world = World::harvested(WORKER).await;
    // As if the adapter of before had read the title of a meeting wrongly: the archived answer says another.
    let answers = world.harvester.store.answers("waterdam", None, 1000).await.unwrap();
    let mut edited = 0;
    for answer in &answers {
        let bytes =
            world.harvester.archive.get(&ArchiveKey::from_stored(&answer.payload)).await.unwrap().unwrap();
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        if text.contains("Fietsbrug Oude Haven") {
            let text = text.replace("Fietsbrug Oude Haven", "Fietsbrug Nieuwe Haven");
            assert!(serde_json::from_str::<Value>(&text).is_ok());
            world
                .harvester
                .archive
                .put_object(&ArchiveKey::from_stored(&answer.payload), text.into())
                .await
                .unwrap();
            edited += 1;
        }
    }
    assert_eq!(edited, 1);
    let end = world.end().await;
    let withheld = world.harvester.store.collect_facts("waterdam").await.unwrap().excused;
    reread(&world, "waterdam").await;
    let changed: Vec<String> = world.changes(end).await.iter().map(|change| change.id.to_string()).collect();
    assert!(changed.contains(&"agenda-item:notubiz:9101:9110013".to_owned()), "{changed:?}");
    let (status, page) = world.page("/id/agenda-item:notubiz:9101:9110013").await;
    assert_eq!(status.as_u16(), 200);
    assert!(page.contains("Fietsbrug Nieuwe Haven"));
    let excused = world.harvester.store.collect_facts("waterdam").await.unwrap().excused;
    assert!(!withheld.is_empty());
    assert_eq!(excused, withheld, "what was withheld stays so, though it is kept without its mark");
}

#[tokio::test]
async fn what_the_source_withdrew_does_not_come_back_with_what_it_said_before() {
    let world = World::harvested(WORKER).await;
    // An answer about other days goes on resting on what it alone said.
    world.harvest_window("waterdam", "2026-03-01..2026-03-31".parse().unwrap()).await;
    world.edit("notubiz/9101/events.json", |json| {
        json["events"].as_array_mut().unwrap().retain(|event| event["id"] != 910_103);
    });
    world.remove("notubiz/9101/meetings/910103.json");
    world.harvest("waterdam").await;
    assert_eq!(world.page("/id/meeting:notubiz:9101:910103").await.0.as_u16(), 410);
    let end = world.end().await;
    reread(&world, "waterdam").await;
    let revived: Vec<_> = world.changes(end).await;
    assert_eq!(revived, []);
    assert_eq!(world.page("/id/meeting:notubiz:9101:910103").await.0.as_u16(), 410);
}

#[tokio::test]
async fn a_harvest_that_was_cut_off_goes_on_after_the_archive_was_read_again() {
    let world = World::harvested(WORKER).await;
    let store = &world.harvester.store;
    let window = "2026-01-01..2026-12-31".parse().unwrap();
    let task = Queued { name: "events".into(), body: Value::Null, comes_last: false };
    let begin = async || {
        store.begin_run("waterdam", RunPurpose::Recent, window, &[], Timestamp::now()).await.unwrap()
    };
    let open =
        store.begin_run("waterdam", RunPurpose::Recent, window, &[task], Timestamp::now()).await.unwrap();
    reread(&world, "waterdam").await;
    assert_eq!(begin().await.run, open.run);
    assert_eq!(store.open_tasks(open.run, 0, false, 10).await.unwrap().len(), 1);
}

#[tokio::test]
async fn an_answer_that_the_archive_lost_is_a_remark_and_costs_nothing() {
    let world = World::harvested(WORKER).await;
    let before = dump(&world.harvester.store).await;
    let first = world.harvester.store.answers("waterdam", None, 1).await.unwrap();
    world.harvester.archive.delete_object(&ArchiveKey::from_stored(&first[0].payload)).await.unwrap();
    let report = reread(&world, "waterdam").await;
    assert_eq!(report.diagnostics.iter().filter(|diagnostic| diagnostic.message.contains("lost")).count(), 1);
    assert_eq!(dump(&world.harvester.store).await, before);
}

#[tokio::test]
async fn what_a_question_is_about_is_something_that_is_held_under_that_id() {
    let world = World::new(WORKER).await;
    let sources: Vec<_> = world.harvester.catalogue.sources().cloned().collect();
    let mut subjects = BTreeMap::<_, BTreeSet<EntityId>>::new();
    for source in &sources {
        world.harvest(&source.key).await;
        for answer in world.harvester.store.answers(&source.key, None, 1000).await.unwrap() {
            let subject = with_supplier!(source.supplier, S => {
                let task = serde_json::from_value::<<S as Supplier>::Task>(answer.task).unwrap();
                S::subject(source, &task)
            });
            subjects.entry(source.supplier.as_str()).or_default().extend(subject);
        }
    }
    for supplier in ["notubiz", "ibabs", "gemeenteoplossingen", "parlaeus"] {
        let asked: Vec<EntityId> = subjects[supplier].iter().cloned().collect();
        assert!(!asked.is_empty(), "{supplier}");
        let held = world.harvester.store.get(&asked).await.unwrap();
        let held: BTreeSet<_> = held.iter().map(|stored| stored.entity.id()).collect();
        let lost: Vec<_> = asked.iter().filter(|id| !held.contains(id)).collect();
        assert_eq!(lost, [] as [&EntityId; 0], "{supplier}");
    }
}
