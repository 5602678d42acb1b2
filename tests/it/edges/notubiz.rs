//! The ten edge cases of the reference of Notubiz, in its order.

use axum::{Router, response::Redirect};
use raadhuis_fixtures::Country;
use raadhuis_harvester::{
    supplier::{
        AnswerClass, Harvested, Notubiz, Supplier,
        notubiz::{NotubizTask, Stretch},
    },
    transport::{
        Answer, HttpTransport, Lane, RateLimiter, Request, Robots, Transport, TransportError, Wants,
    },
};
use raadhuis_outbound::Guard;
use raadhuis_schema::{Action, DiagnosticCode, Entity, Kind, Verdict, Window};
use raadhuis_tests::{World, dump};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::{
    WORKER,
    recorded::{answer, count, entities, read, source},
};

/// What an answer says; Notubiz' customer 987 is asked.
fn told(task: &NotubizTask, json: &Value) -> Harvested<NotubizTask> {
    read::<Notubiz>("alkmaar", task, json.to_string().into_bytes())
}

/// The meeting of these fields, with what was remarked on it.
fn meeting(fields: &Value) -> (Value, Vec<(DiagnosticCode, String)>) {
    let mut json = json!({"meeting": {"id": 1}});
    json["meeting"].as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    let harvested = told(&NotubizTask::Meeting { id: 1 }, &json);
    (thing(&harvested, "meeting:notubiz:987:1"), diagnostics(&harvested))
}

/// The entity with this id, as it is kept.
fn thing(harvested: &Harvested<NotubizTask>, id: &str) -> Value {
    let found = entities(harvested).into_iter().find(|entity| entity.id().as_str() == id);
    found.unwrap_or_else(|| panic!("{id} is not there")).to_json()
}

fn diagnostics(harvested: &Harvested<NotubizTask>) -> Vec<(DiagnosticCode, String)> {
    harvested.diagnostics.iter().map(|diagnostic| (diagnostic.code, diagnostic.path.clone())).collect()
}

fn days(text: &str) -> Window {
    text.parse().unwrap()
}

fn register(module: u64) -> NotubizTask {
    NotubizTask::Register { module, name: "Register".into(), window: days("2026-01-01..2026-03-31") }
}

/// A field of a register entry with one value.
fn field(id: u64, content: &Value) -> Value {
    json!({"id": id, "values": [{"content": content, "meta_data": null}]})
}

async fn lives(world: &World, id: &str) -> bool {
    dump(&world.harvester.store).await.iter().any(|line| line.split(' ').next() == Some(id))
}

// 1. Assembly: the meetings below it stand in its own answer only; a child may be named twice, or be for
// members.
#[test]
fn the_meetings_of_a_day_are_found_only_by_opening_the_day() {
    let events = json!({"pagination": {"has_more_pages": false, "total_items": 1},
        "events": [{"id": 6, "type": "assembly", "permission_group": "public"}]});
    let listed = told(&NotubizTask::Events { window: days("2026-06-01..2026-06-30"), page: 1 }, &events);
    assert_eq!(count(&listed, Kind::Meeting), 1);
    assert!(listed.next.contains(&NotubizTask::Assembly { id: 6 }), "{:?}", listed.next);
    assert!(listed.next.contains(&NotubizTask::Meeting { id: 6 }), "it has an agenda of its own too");

    let children = json!([{"id": 7, "order": 1, "plannings": []}, {"id": 7, "order": 2},
        {"id": 8, "permission_group": "members", "attributes": [{"id": 1, "value": "Besloten"}]}]);
    let assembly = json!({"assembly": {"id": 6, "permission_group": "public", "meetings": children}});
    let opened = told(&NotubizTask::Assembly { id: 6 }, &assembly);
    assert_eq!(count(&opened, Kind::Meeting), 2, "the day itself, and one child however often it is named");
    assert_eq!(thing(&opened, "meeting:notubiz:987:7")["parent"], "meeting:notubiz:987:6");
    assert!(opened.next.contains(&NotubizTask::Meeting { id: 7 }));
    assert!(!opened.next.contains(&NotubizTask::Meeting { id: 8 }), "what is not public is not asked for");
    assert_eq!(diagnostics(&opened), [(DiagnosticCode::Withheld, "/assembly/meetings/2".to_owned())]);
}

// 1. Assembly: the stub of a child does not say that it is for members only; its own answer does.
#[test]
fn a_child_that_turns_out_to_be_for_members_leaves_nothing_but_a_remark() {
    let child = json!({"meeting": {"id": 7, "parent": {"id": 6}, "permission_group": "members",
        "attributes": [{"id": 1, "value": "Besloten"}], "agenda_items": [{"id": 70}]}});
    let harvested = told(&NotubizTask::Meeting { id: 7 }, &child);
    assert_eq!((entities(&harvested).len(), harvested.next.len()), (0, 0));
    assert_eq!(diagnostics(&harvested), [(DiagnosticCode::Withheld, "/meeting".to_owned())]);
}

// 1. Assembly: it cannot be opened. The day itself is kept, the hole is reported, the other events go on,
// and children that were known stay.
#[tokio::test]
async fn an_assembly_that_cannot_be_opened_is_reported_and_costs_only_its_children() {
    let world = World::new(WORKER).await;
    let harvest = async || world.harvest_window("waterdam", days("2026-06-01..2026-07-31")).await;
    let refuse = || world.twist("events/assemblies/910106", |answer| Answer { status: 500, ..answer });
    let (day, child, other) =
        ("meeting:notubiz:9101:910106", "meeting:notubiz:9101:910107", "meeting:notubiz:9101:910109");
    refuse();
    let report = harvest().await;
    let diagnostic =
        report.diagnostics.iter().find(|diagnostic| diagnostic.subject == "assembly 910106").unwrap();
    assert_eq!(diagnostic.code, DiagnosticCode::Failed);
    assert!(report.has_trouble());
    assert_eq!((lives(&world, day).await, lives(&world, other).await), (true, true));
    assert!(!lives(&world, child).await);

    world.twist("events/assemblies/910106", |answer| answer);
    world.edit("notubiz/9101/assemblies/910106.json", |json| {
        let children = json["assembly"]["meetings"].as_array_mut().unwrap();
        children.push(children[0].clone());
    });
    let report = harvest().await;
    assert!(lives(&world, child).await);
    assert_eq!(report.changes[&Kind::Meeting].created, 2, "a child that is named twice is one meeting");

    let end = world.end().await;
    refuse();
    harvest().await;
    assert_eq!(world.changes(end).await, [], "children that were known stay");
}

// 2. An error body at HTTP 200 in the middle of a page: the meetings after it are harvested. (Error bodies
// of other sorts: `what_is_no_answer_is_a_remark_and_costs_nothing_that_was_stored`.)
#[tokio::test]
async fn an_error_body_in_the_middle_of_a_page_costs_only_its_own_meeting() {
    let world = World::new(WORKER).await;
    world.twist("events/meetings/910102", |answer| {
        let body =
            json!({"message": "No rights to see this meeting", "error_code": 45_624_584_670_u64}).to_string();
        Answer { status: 200, bytes: body.into(), ..answer }
    });
    let report = world.harvest_window("waterdam", days("2026-03-01..2026-04-30")).await;
    let diagnostic =
        report.diagnostics.iter().find(|diagnostic| diagnostic.subject == "meeting 910102").unwrap();
    assert_eq!(diagnostic.code, DiagnosticCode::Withheld);
    assert!(!lives(&world, "meeting:notubiz:9101:910102").await);
    for id in ["agenda-item:notubiz:9101:9110021", "agenda-item:notubiz:9101:9110040"] {
        assert!(lives(&world, id).await, "{id} comes after it");
    }
}

// 2. The same body where an event should stand, and where the whole page should.
#[test]
fn an_error_body_among_events_is_a_remark_and_one_for_the_page_is_a_refusal() {
    let task = NotubizTask::Events { window: days("2026-03-01..2026-03-31"), page: 1 };
    let error = json!({"message": "No rights to see this meeting", "error_code": 45_624_584_670_u64});
    let page = json!({"pagination": {"has_more_pages": false, "total_items": 2},
        "events": [{"id": 1}, error, {"id": 3}]});
    let harvested = told(&task, &page);
    assert_eq!(count(&harvested, Kind::Meeting), 2);
    assert_eq!(diagnostics(&harvested), [(DiagnosticCode::MissingId, "/events/1".to_owned())]);
    let whole = Notubiz::classify_answer(&task, &answer(error.to_string().into_bytes()));
    assert!(matches!(whole, AnswerClass::Refused(_)), "{whole:?}");
}

// 3. Attributes in any order, with numbers for ids, without a title; a label without attributes. (A title
// behind a location: `titles_come_from_attribute_one_wherever_it_stands`.)
#[test]
fn what_stands_first_is_no_title() {
    let attributes = json!([{"id": 50, "value": "Raadzaal"}, {"id": 72, "value": "J. Voorbeeld"}]);
    let (it, diagnostics) = meeting(&json!({"attributes": attributes}));
    assert_eq!((it.get("name"), &it["location"]), (None, &json!("Raadzaal")));
    assert_eq!(diagnostics, []);
}

// 3. The same for agenda items: attribute 1 behind others, and a label that has no attributes at all.
#[test]
fn an_item_is_called_by_attribute_one_and_a_label_without_attributes_is_kept_with_what_hangs_below_it() {
    let items = json!([
        {"id": 4, "order": 1, "type": "agenda_point", "type_data": {"attributes": [
            {"id": 72, "value": "J. Voorbeeld"}, {"id": 3, "value": "<p>Toelichting</p>"},
            {"id": 1, "value": "Opening"}]}},
        {"id": 5, "order": 2, "type": "label", "type_data": {"heading": true, "title_prefix": null},
         "agenda_items": [{"id": 6, "order": 1, "type_data": {
            "title_prefix": "2a", "attributes": [{"id": 1, "value": "Vragen"}]}}]},
    ]);
    let harvested =
        told(&NotubizTask::Meeting { id: 1 }, &json!({"meeting": {"id": 1, "agenda_items": items}}));
    let opening = thing(&harvested, "agenda-item:notubiz:987:4");
    assert_eq!((&opening["title"], &opening["description"]), (&json!("Opening"), &json!("Toelichting")));
    let label = thing(&harvested, "agenda-item:notubiz:987:5");
    assert_eq!((label.get("title"), &label["heading"]), (None, &json!(true)));
    let below = thing(&harvested, "agenda-item:notubiz:987:6");
    assert_eq!((&below["parent"], &below["number"]), (&json!("agenda-item:notubiz:987:5"), &json!("2a")));
    assert_eq!(diagnostics(&harvested), []);
}

// 4. A window that is too wide: a year is asked in quarters, and a quarter that fails in halves, down to a
// week. (The judgement: `a_window_that_is_too_wide_is_narrowed_and_a_closed_organisation_is_not`.)
#[test]
fn a_year_is_asked_in_quarters_and_a_week_is_not_narrowed() {
    let first = Notubiz::start_tasks(&source("alkmaar"), days("2026-01-01..2026-12-31"));
    let windows: Vec<Window> = first.iter().filter_map(Notubiz::task_window).collect();
    let quarters = ["2026-01-01..2026-03-31", "2026-04-01..2026-06-30", "2026-07-01..2026-09-30"].map(days);
    assert_eq!(windows[..3], quarters);
    assert_eq!(windows.len(), 4);
    let week = NotubizTask::Events { window: days("2026-01-01..2026-01-07"), page: 1 };
    assert_eq!(Notubiz::narrow_task(&week), None);
}

// 4. "An uncaught error has occurred" for the wide window, answers for its halves.
#[tokio::test]
async fn what_a_window_that_is_too_wide_holds_is_found_in_its_halves() {
    let (world, plain) = (World::new(WORKER).await, World::new(WORKER).await);
    *world.twist.lock().unwrap() = Box::new(|request: &Request, answer| {
        let url = request.url.as_str();
        let whole = ["/events?", "date_from=2026-01-01", "date_to=2026-03-31"];
        if whole.iter().all(|part| url.contains(part)) {
            let body = json!({"message": "An uncaught error has occurred"}).to_string();
            return Answer { status: 404, bytes: body.into(), ..answer };
        }
        answer
    });
    let quarter = days("2026-01-01..2026-03-31");
    let report = world.harvest_window("waterdam", quarter).await;
    assert_eq!(report.verdict, Verdict::Healthy);
    assert!(report.diagnostics.iter().all(|diagnostic| !diagnostic.subject.starts_with("events")));
    plain.harvest_window("waterdam", quarter).await;
    assert_eq!(dump(&world.harvester.store).await, dump(&plain.harvester.store).await);
}

// 4. An empty quarter, and one after it that is not.
#[tokio::test]
async fn an_empty_quarter_does_not_end_the_harvest() {
    let world = World::new(WORKER).await;
    world.edit("notubiz/9101/events.json", |json| {
        json["events"].as_array_mut().unwrap().retain(|event| event["id"] == 910_111);
    });
    world.harvest("waterdam").await;
    assert!(lives(&world, "meeting:notubiz:9101:910111").await, "it stands in the fourth quarter");
}

// 4. An organisation that is "non-active" now: everything is refused, and nothing that was held goes.
#[tokio::test]
async fn an_organisation_that_was_switched_off_is_broken_and_keeps_what_it_said() {
    let world = World::new(WORKER).await;
    world.harvest("middenland").await;
    let end = world.end().await;
    world.twist("", |answer| {
        let body = json!({"message": "This organisation is non-active."}).to_string();
        Answer { status: 404, bytes: body.into(), ..answer }
    });
    let report = world.harvest("middenland").await;
    assert_eq!(report.verdict, Verdict::Broken);
    let refused = report.diagnostics.iter().filter(|diagnostic| diagnostic.code == DiagnosticCode::Refused);
    assert!(refused.clone().any(|diagnostic| diagnostic.subject.starts_with("events")));
    assert_eq!(refused.count() as u64, report.requests, "none is asked again in smaller pieces");
    assert_eq!(world.changes(end).await, []);
}

// 5. Entries of registers: no main document, two of them, no `attachments`, values of documents without
// `content`.
#[test]
fn an_entry_has_as_many_documents_as_it_names() {
    let documents = |values: Value| {
        let fields = json!([field(1, &json!("Motie")), {"id": 2, "datatype": "document", "values": values}]);
        let harvested = told(&register(6), &json!({"items": [{"id": 5, "attributes": fields}]}));
        assert_eq!(diagnostics(&harvested), []);
        thing(&harvested, "motion:notubiz:987:5")["documents"].clone()
    };
    let value = |id: u64| json!({"document": {"id": id, "title": "Motie"}, "meta_data": null});
    assert_eq!(documents(json!([])), Value::Null);
    assert_eq!(documents(json!([{"content": null, "meta_data": null}])), Value::Null);
    assert_eq!(documents(json!([value(11)])), json!(["document:notubiz:987:11"]));
    let two = json!(["document:notubiz:987:11", "document:notubiz:987:12"]);
    assert_eq!(documents(json!([value(11), value(12)])), two);
}

// 5. Attachments beside a main document, one of them the main document again.
#[test]
fn what_is_attached_comes_after_the_main_document_and_is_named_once() {
    let main = json!({"id": 2, "values": [{"document": {"id": 11}, "meta_data": null}]});
    let attachments = json!({"document": [{"id": 12}, {"id": 11}]});
    let items = json!([{"id": 5, "attributes": [main], "attachments": attachments}]);
    let harvested = told(&register(6), &json!({"items": items}));
    let expected = json!(["document:notubiz:987:11", "document:notubiz:987:12"]);
    assert_eq!(thing(&harvested, "motion:notubiz:987:5")["documents"], expected);
}

// 5. The shape of 1.17.0 is asked for by name; the one mapped from XML is read as well as today's.
#[test]
fn the_shape_mapped_from_xml_is_read_whole() {
    let asked = Notubiz::request(&source("alkmaar"), &register(6)).url;
    assert!(asked.as_str().contains("format=json&version=1.17.0"), "{asked}");
    let older: Value = Country::default().json("notubiz/9102/modules/old_shape.json").unwrap();
    let harvested = told(&register(6), &older);
    assert_eq!((count(&harvested, Kind::Motion), count(&harvested, Kind::Commitment)), (2, 1));
    assert_eq!((diagnostics(&harvested), harvested.complete.last().unwrap().announced), (vec![], Some(3)));
    let motion = thing(&harvested, "motion:notubiz:987:9220901");
    assert_eq!(motion["date"], "2018-06-27");
    assert_eq!(motion["outcome"], "adopted");
    assert_eq!(motion["proposers"][0], json!({"name": "Gosse Landerijk", "id": "person:notubiz:987:8202"}));
    assert_eq!(motion["parties"].as_array().unwrap().len(), 2);
    let commitment = thing(&harvested, "commitment:notubiz:987:9220903");
    assert_eq!(commitment["holder"]["name"], "R. Veldhovel");
    let modules = json!({"modules": {"module": [{"@attributes": {"id": 6}, "name": "Moties"}]}});
    assert_eq!(
        told(&NotubizTask::Modules { window: days("2026-01-01..2026-01-31") }, &modules).next.len(),
        1
    );
    let document = json!({"title": "Brief", "filetype": "pdf", "url": "https://api.notubiz.nl/document/11/1",
        "types": {"type": [{"name": "Raadsbrief", "@attributes": {"id": 83}}]}, "@attributes": {"id": 11, "version": 1}});
    let fields =
        json!({"attribute": [{"label": "Hoofddocument", "value": document, "@attributes": {"id": 2}}]});
    let entry = json!({"@attributes": {"id": 5, "module_id": 8, "confidential": 0}, "attributes": fields});
    let harvested = told(&NotubizTask::Item { id: 5 }, &json!({"item": entry}));
    let document = thing(&harvested, "document:notubiz:987:11");
    assert_eq!(
        (&document["types"], &document["mediaType"]),
        (&json!(["Raadsbrief"]), &json!("application/pdf"))
    );
    assert_eq!(
        thing(&harvested, "register-entry:notubiz:987:5")["documents"],
        json!(["document:notubiz:987:11"])
    );
}

// 5. What is not public in the older shape is not public.
#[test]
fn a_confidential_entry_of_the_older_shape_is_withheld_and_redacted() {
    let fields = json!({"attribute": [{"@attributes": {"id": 1}, "label": "Titel", "value": "Kwik"}]});
    let entry = json!({"@attributes": {"id": 5, "confidential": 1}, "attributes": fields});
    let older = json!({"pagination": {"@attributes": {"total_results": 1}}, "item": [entry]});
    let harvested = told(&register(6), &older);
    assert!(entities(&harvested).is_empty());
    assert_eq!(diagnostics(&harvested), [(DiagnosticCode::Withheld, "/items/0".to_owned())]);
    let kept = Notubiz::redact_answer(&register(6), &answer(older.to_string().into_bytes())).unwrap();
    assert!(!String::from_utf8(kept).unwrap().contains("Kwik"));
}

// 5. A "Toezegging" in the register of motions; register 8, which is dated by field 44; an entry without a
// date.
#[test]
fn an_entry_is_what_its_type_says_whatever_register_it_stands_in() {
    let fields = json!([field(45, &json!("Toezegging")), field(1, &json!("Rapport in het voorjaar"))]);
    let harvested = told(&register(6), &json!({"items": [{"id": 5, "attributes": fields}]}));
    assert_eq!((count(&harvested, Kind::Commitment), count(&harvested, Kind::Motion)), (1, 0));
}

// 5. Register 8, dated by field 44; a date in both fields; none in either.
#[test]
fn an_entry_is_dated_by_field_44_where_15_is_missing_and_kept_where_both_are() {
    let dated = json!({"id": 5, "attributes": [field(44, &json!("2026-02-03 00:00:00"))]});
    let both = json!({"id": 6, "attributes":
        [field(44, &json!("2026-02-03 00:00:00")), field(15, &json!("2026-02-04 00:00:00"))]});
    let undated = json!({"id": 7, "attributes": [field(1, &json!("Raadsbrief"))]});
    let harvested = told(&register(8), &json!({"items": [dated, both, undated]}));
    let day = |id: &str| thing(&harvested, &format!("register-entry:notubiz:987:{id}")).get("date").cloned();
    assert_eq!(day("5"), Some(json!("2026-02-03")));
    assert_eq!(day("6"), Some(json!("2026-02-04")));
    assert_eq!(day("7"), None);
    assert_eq!(diagnostics(&harvested), []);
}

// 6. Version 2 with two revisions: address, file name and size speak of the same one, in whichever order
// they are listed.
#[test]
fn address_name_and_size_are_those_of_the_newest_revision() {
    let old = json!({"id": 1, "file_name": "oud.pdf", "file_size": 10, "mime_type": "application/msword"});
    let new = json!({"id": 2, "file_name": "nieuw.pdf", "file_size": 20, "mime_type": "application/pdf"});
    for versions in [json!([new, old]), json!([old, new])] {
        for version in [json!(2), Value::Null] {
            let document = json!({"id": 5, "version": version, "versions": versions});
            let json = json!({"meeting": {"id": 1, "documents": [document]}});
            let it = thing(&told(&NotubizTask::Meeting { id: 1 }, &json), "document:notubiz:987:5");
            assert_eq!(it["url"], "https://api.notubiz.nl/document/5/2");
            let said = ["version", "fileName", "size", "mediaType"].map(|key| it[key].clone());
            assert_eq!(said, [json!(2), json!("nieuw.pdf"), json!(20), json!("application/pdf")]);
            assert_eq!(it["revisions"].as_array().unwrap().len(), 2);
        }
    }
}

// 6. A publication date that moves every day changes nothing; a third revision does, although the meeting
// says that it did not change.
#[tokio::test]
async fn a_new_revision_is_seen_where_the_meeting_says_nothing_and_a_moving_publication_date_is_not() {
    let world = World::new(WORKER).await;
    let january = days("2026-01-01..2026-01-31");
    world.harvest_window("waterdam", january).await;
    let meeting = "notubiz/9101/meetings/910101.json";
    world.edit(meeting, |json| each_document(json, &|it| it["publication_date"] = json!("2026-11-03")));
    assert_eq!(world.harvest_window("waterdam", january).await.changed(), 0);

    let end = world.end().await;
    {
        let mut country = world.country.lock().unwrap();
        let file = country.file("documents/9101004-1.pdf").unwrap().to_vec();
        country.put("documents/9101004-3.pdf", file);
    }
    world.edit(meeting, |json| {
        each_document(json, &|it| {
            if it["id"] == 9_101_004 {
                it["version"] = json!(3);
                it["url"] = json!("https://api.notubiz.nl/document/9101004/3");
                let revision = json!({"id": 3, "type": "file", "file_name": "derde.pdf"});
                it["versions"].as_array_mut().unwrap().insert(0, revision);
            }
        });
    });
    world.harvest_window("waterdam", january).await;
    let changes = world.changes(end).await;
    let shown: Vec<_> = changes.iter().map(|change| (change.action, change.id.as_str())).collect();
    let expected = ["document:notubiz:9101:9101004", "document-text:notubiz:9101:9101004.text"];
    assert_eq!(shown, expected.map(|id| (Action::Updated, id)));
}

/// Changes every document, wherever it hangs.
fn each_document(json: &mut Value, change: &dyn Fn(&mut Value)) {
    if json.get("publication_date").is_some() {
        change(json);
    }
    match json {
        Value::Object(fields) => fields.values_mut().for_each(|value| each_document(value, change)),
        Value::Array(items) => items.iter_mut().for_each(|value| each_document(value, change)),
        _ => {}
    }
}

// 7. A document that is gone, is refused, broke or took too long: told apart.
#[test]
fn a_file_that_is_gone_refused_or_broken_is_told_apart() {
    let judge =
        |status: u16, body: &str| Notubiz::classify_original(&Answer { status, ..answer(body.into()) });
    let gone = "<?xml version=\"1.0\"?><error><error_code>1</error_code></error>";
    assert_eq!(judge(400, gone), AnswerClass::Gone);
    assert!(matches!(judge(400, "<html>Bad request</html>"), AnswerClass::Broken(_)), "which is unknown");
    assert!(matches!(judge(403, "<html>challenge</html>"), AnswerClass::Refused(_)));
    assert!(matches!(judge(503, ""), AnswerClass::Broken(_)));
    assert_eq!(judge(429, ""), AnswerClass::Throttled);
    assert_eq!(judge(200, "%PDF-1.7"), AnswerClass::Content);
    assert_eq!(TransportError::TimedOut.diagnostic_code(), DiagnosticCode::TimedOut);
}

// 7. None of these takes the document down, and each is asked for again. (A host that is not there: the file
// elsewhere in `the_country_is_the_same_over_http_as_by_replay`, and
// `a_busy_supplier_is_asked_again_and_an_unreachable_one_is_a_failure`.)
#[tokio::test]
async fn a_document_whose_file_cannot_be_had_stays_and_is_asked_for_again() {
    let world = World::new(WORKER).await;
    let (id, january) = ("document:notubiz:9101:9101019", days("2026-01-01..2026-01-31"));
    let cases: [(u16, &'static [u8], DiagnosticCode); 3] = [
        (400, b"<error><error_code>1</error_code></error>", DiagnosticCode::Gone),
        (403, b"", DiagnosticCode::Refused),
        (503, b"", DiagnosticCode::Failed),
    ];
    for (status, body, code) in cases {
        world.twist("document/9101019/1", move |answer| Answer { status, bytes: body.into(), ..answer });
        let report = world.harvest_window("waterdam", january).await;
        let diagnostic = report.diagnostics.iter().find(|diagnostic| diagnostic.subject == id).unwrap();
        assert_eq!(diagnostic.code, code);
        assert!(lives(&world, id).await, "after HTTP {status}");
    }
    world.twist("document/9101019/1", |answer| answer);
    world.harvest_window("waterdam", january).await;
    let query = "query Q($id: ID!) { node(id: $id) { ... on Document { text { characters trouble } } } }";
    let text = world.data(query, json!({"id": id})).await["node"]["text"].clone();
    assert!(text["characters"].as_u64().unwrap() > 0, "{text}");
    assert_eq!(text["trouble"], Value::Null);
}

// 7. Addresses that are relative or of the supplier's own disk. (`httphttp://` and `/tmp/`:
// `broken_addresses_of_documents_are_mended_or_replaced`.)
#[test]
fn a_relative_address_is_replaced_by_the_api_s_own_and_remarked() {
    for url in ["document/5/2", "/document/5/2", "../bijlage.pdf", "file:///tmp/x.pdf"] {
        let document = json!({"id": 5, "version": 2, "url": url});
        let json = json!({"meeting": {"id": 1, "documents": [document]}});
        let harvested = told(&NotubizTask::Meeting { id: 1 }, &json);
        let it = thing(&harvested, "document:notubiz:987:5");
        assert_eq!(it["url"], "https://api.notubiz.nl/document/5/2", "{url}");
        assert_eq!(
            diagnostics(&harvested),
            [(DiagnosticCode::BadAddress, "/meeting/documents/0/url".to_owned())],
            "{url}"
        );
    }
}

// 7. A redirect that leads back to itself.
#[tokio::test]
async fn a_redirect_that_goes_round_is_followed_a_few_times_and_no_more() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let round = format!("http://{address}/rond");
    let router = Router::new().fallback(move || async move { Redirect::temporary(&round) });
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    let pace = RateLimiter::new(&[Lane { name: "fast", hosts: &["*"], per_minute: 600_000 }], 1.0);
    let live = HttpTransport::new(Guard::new([address.clone()]), pace, Robots::default(), "test").unwrap();
    let request = Request::get(format!("http://{address}/document/5/1").parse().unwrap(), Wants::File);
    assert!(matches!(live.send(&request).await, Err(TransportError::BadAddress(_))));
}

// 8. Time: winter and summer, both Sundays on which the clock changes, a bare day, midnight, an explicit
// offset.
#[test]
fn every_way_of_writing_a_time_is_read_as_the_dutch_clock_shows_it() {
    let check = |written: &str, expected: &str, doubtful: bool| {
        let planned = json!([{"start_date": written, "end_date": null}]);
        let (it, diagnostics) = meeting(&json!({"plannings": planned}));
        assert_eq!((&it["start"], it.get("end")), (&json!(expected), None), "{written}");
        let path = "/meeting/plannings/0/start_date".to_owned();
        let expected = if doubtful { vec![(DiagnosticCode::DoubtfulTime, path)] } else { vec![] };
        assert_eq!(diagnostics, expected, "{written}");
    };
    check("2026-01-20 19:30:00", "2026-01-20T19:30:00+01:00", false);
    check("2026-07-07 19:30:00", "2026-07-07T19:30:00+02:00", false);
    check("2026-03-29 01:30:00", "2026-03-29T01:30:00+01:00", false);
    check("2026-03-29 02:30:00", "2026-03-29T03:30:00+02:00", true);
    check("2026-10-25 01:30:00", "2026-10-25T01:30:00+02:00", false);
    check("2026-10-25 02:30:00", "2026-10-25T02:30:00+02:00", true);
    check("2026-02-03", "2026-02-03", false);
    check("2026-02-03 00:00:00", "2026-02-03", false);
    check("2026-07-07T19:30:00+01:00", "2026-07-07T20:30:00+02:00", false);
}

// 8. Time: a day that does not exist, no planning at all, an empty one.
#[test]
fn a_meeting_without_a_possible_time_is_kept_without_one() {
    let impossible = vec![(DiagnosticCode::ImpossibleTime, "/meeting/plannings/0/start_date".to_owned())];
    let check = |fields: Value, expected: Vec<(DiagnosticCode, String)>| {
        let (it, diagnostics) = meeting(&fields);
        assert_eq!((it.get("start"), diagnostics), (None, expected), "{fields}");
    };
    check(json!({"plannings": [{"start_date": "0000-00-00 00:00:00"}]}), impossible.clone());
    check(json!({"plannings": [{"start_date": "0000-00-00"}]}), impossible.clone());
    check(json!({"plannings": [{"start_date": "2026-02-30 19:30:00"}]}), impossible);
    check(json!({"plannings": [{"start_date": null, "end_date": null}]}), vec![]);
    check(json!({"plannings": []}), vec![]);
    check(json!({"plannings": null}), vec![]);
    check(json!({}), vec![]);
}

fn media(media: Value, stretches: Vec<Stretch>) -> Harvested<NotubizTask> {
    let task = NotubizTask::Media { meeting: 1, page: None, stretches, withheld: vec![], closed: vec![] };
    told(&task, &json!({"media": media}))
}

// 9. Recordings: an address without its scheme, with raw spaces or with spaces that are encoded already.
#[test]
fn an_address_without_scheme_is_the_same_with_raw_and_with_encoded_spaces() {
    let expected = "https://api.notubiz.nl/media/download?folder=Waterdam&file=24%2003%20RAAD.mp4";
    for file in ["24 03 RAAD.mp4", "24%2003%20RAAD.mp4"] {
        let url = format!("api.notubiz.nl/media/download?folder=Waterdam&file={file}");
        let subtitles = url.replace("download", "subtitles").replace("mp4", "srt");
        let recording =
            json!({"id": 3, "media_type": "video", "download_url": url, "subtitles_url": subtitles});
        let harvested = media(json!([recording]), vec![]);
        assert_eq!(thing(&harvested, "recording:notubiz:987:3")["file"], expected);
        let addresses = harvested.next.iter().filter_map(|task| match task {
            NotubizTask::Subtitles { address, .. } => Some(address.as_str()),
            _ => None,
        });
        let subtitles = expected.replace("download", "subtitles").replace("mp4", "srt");
        assert_eq!(addresses.collect::<Vec<_>>(), [subtitles]);
    }
}

// 9. Recordings: no subtitles, sound only, and a meeting of which nothing was recorded.
#[test]
fn sound_alone_is_a_recording_and_none_is_no_trouble() {
    let sound = json!({"id": 3, "media_type": "audio", "filename": "raad.mp3", "subtitles": null,
        "download_url": "api.notubiz.nl/media/download?folder=Waterdam&file=raad.mp3",
        "video_encoding": null});
    let harvested = media(json!([sound]), vec![]);
    assert_eq!(thing(&harvested, "recording:notubiz:987:3")["media"], "audio");
    assert!(!harvested.next.iter().any(|task| matches!(task, NotubizTask::Subtitles { .. })));
    assert_eq!(diagnostics(&harvested), []);
    let nothing = media(json!([]), vec![Stretch { item: 4, start: 0, end: 60 }]);
    assert_eq!((entities(&nothing).len(), diagnostics(&nothing), nothing.complete.len()), (0, vec![], 1));
}

/// Where the agenda of a meeting says that its items are treated.
fn stretches(items: &Value) -> Vec<Stretch> {
    let harvested =
        told(&NotubizTask::Meeting { id: 1 }, &json!({"meeting": {"id": 1, "agenda_items": items}}));
    let found = harvested.next.into_iter().find_map(|task| match task {
        NotubizTask::Media { stretches, .. } => Some(stretches),
        _ => None,
    });
    found.unwrap()
}

// 9. Recordings: an item that begins at second 0 written as a text, and items that take no time.
#[test]
fn second_zero_is_a_beginning_and_an_item_that_takes_no_time_is_no_chapter() {
    let items = json!([
        {"id": 4, "order": 1, "start_offset": "0", "end_offset": "60"},
        {"id": 5, "order": 2, "start_offset": "60", "end_offset": "60"},
        {"id": 6, "order": 3, "start_offset": "60", "end_offset": "0"},
        {"id": 7, "order": 4},
    ]);
    let first = Stretch { item: 4, start: 0, end: 60 };
    assert_eq!(stretches(&items), [first]);
    let harvested = media(json!([{"id": 3, "media_type": "video"}]), vec![first]);
    let chapter =
        entities(&harvested).into_iter().find(|entity| matches!(entity, Entity::Chapter(_))).unwrap();
    assert_eq!((&chapter.to_json()["startsAt"], &chapter.to_json()["endsAt"]), (&json!(0), &json!(60)));
}

// 9. Recordings: the sub-item of each voted motion is parked on a second of its own, which is no place in
// the recording.
#[test]
fn a_placeholder_of_one_second_is_no_chapter() {
    let items = json!([
        {"id": 4, "order": 1, "start_offset": "352", "end_offset": "1971"},
        {"id": 5, "order": 2, "start_offset": "1971", "end_offset": "1972"},
        {"id": 6, "order": 3, "start_offset": "1972", "end_offset": "1973"},
    ]);
    assert_eq!(stretches(&items), [Stretch { item: 4, start: 352, end: 1971 }]);
}

// 9. Recordings: chapters follow the recording, also where that differs from the agenda.
#[tokio::test]
async fn chapters_come_in_the_order_of_playing_and_not_of_the_agenda() {
    let world = World::new(WORKER).await;
    world.harvest_window("waterdam", days("2026-03-20..2026-03-31")).await;
    let query =
        "{ node(id: \"recording:notubiz:9101:390103\") { ... on Recording { chapters(first: 100) { nodes {
        startsAt agendaItem { id } } } } } }";
    let chapters = world.data(query, json!({})).await["node"]["chapters"]["nodes"].clone();
    let chapters = chapters.as_array().unwrap();
    let starts: Vec<u64> = chapters.iter().map(|chapter| chapter["startsAt"].as_u64().unwrap()).collect();
    assert!(starts.len() > 5 && starts.is_sorted(), "{starts:?}");
    let place = |item: &str| chapters.iter().position(|chapter| chapter["agendaItem"]["id"] == item).unwrap();
    // The agenda has them the other way round.
    assert!(place("agenda-item:notubiz:9101:9110032") < place("agenda-item:notubiz:9101:9110030"));
}

// 9. Recordings: subtitles with CRLF, and cues of several lines.
#[test]
fn subtitles_with_crlf_and_cues_of_several_lines_are_read() {
    let address = "https://api.notubiz.nl/media/subtitles?file=x.srt".parse().unwrap();
    let task = NotubizTask::Subtitles { media: 3, meeting: 1, address, closed: vec![] };
    let srt = "1\r\n00:00:00,000 --> 00:00:03,500\r\nGoedenavond\r\nallemaal,\r\n\r\n\
        2\r\n00:00:03,500 --> 00:00:06,000\r\nwelkom.\r\n";
    let harvested = read::<Notubiz>("alkmaar", &task, srt.as_bytes().to_vec());
    assert_eq!(count(&harvested, Kind::TranscriptSegment), 1);
    let said = entities(&harvested).into_iter().find_map(|entity| match entity {
        Entity::TranscriptSegment(segment) => {
            Some((segment.starts_at, segment.ends_at, segment.text.as_str()))
        }
        _ => None,
    });
    assert_eq!(said, Some((0, 6, "Goedenavond allemaal, welkom.")));
    assert_eq!(thing(&harvested, "recording:notubiz:987:3")["seconds"], 6);
}

/// The voting of this result and these votes.
fn voting(result: &Value, votes: &Value) -> Harvested<NotubizTask> {
    let data = json!({"voting_id": 77, "title": "M1", "voting_type": "motion", "voting_result": result,
        "votes": votes});
    let voting = json!({"id": 9, "parent": {"id": 5}, "type_data": data});
    told(&NotubizTask::Votings { meeting: 1, withheld: vec![] }, &json!({"votings": [voting]}))
}

// 10. Votes: no result and no votes, a tie, a member who was away.
#[test]
fn a_voting_without_result_or_votes_is_kept_and_counts_nothing() {
    let harvested = voting(&Value::Null, &json!([]));
    let it = thing(&harvested, "vote-event:notubiz:987:9");
    assert_eq!((&it["title"], it.get("outcome"), it.get("tally")), (&json!("M1"), None, None));
    assert_eq!((count(&harvested, Kind::Vote), diagnostics(&harvested)), (0, vec![]));
}

// 10. Votes: `equal`, `absent` and `blank`.
#[test]
fn a_tie_is_neither_adopted_nor_rejected_and_who_is_away_does_not_vote() {
    let votes = json!([{"role_id": 1, "vote": "in_favor"}, {"role_id": 2, "vote": "against"},
        {"role_id": 3, "vote": "absent"}, {"role_id": 4, "vote": "blank"}]);
    let harvested = voting(&json!("equal"), &votes);
    let it = thing(&harvested, "vote-event:notubiz:987:9");
    assert_eq!((&it["outcome"], &it["outcomeWords"]), (&json!("other"), &json!("equal")));
    let counted = ["favour", "against", "absent", "abstain", "unknown"].map(|key| it["tally"][key].clone());
    assert_eq!(counted, [1, 1, 1, 1, 0].map(|number| json!(number)));
    assert_eq!(thing(&harvested, "vote:notubiz:987:9.3")["choice"], "absent");
    assert_eq!(diagnostics(&harvested), []);
}

// 10. Votes: one about an item of a meeting outside the window keeps its reference, and finds the item once
// it comes.
#[tokio::test]
async fn a_voting_about_an_item_outside_the_window_finds_it_when_it_comes() {
    let world = World::new(WORKER).await;
    world.edit("notubiz/9101/votings/910102.json", |json| {
        let data = json!({"title": "M1", "voting_result": "adopted", "votes": []});
        *json = json!({"votings": [{"id": 77, "parent": {"id": 9_110_004}, "type_data": data}]});
    });
    let query = "{ node(id: \"vote-event:notubiz:9101:77\") { ... on VoteEvent { agendaItem { id }
        meeting { id } } } }";
    world.harvest_window("waterdam", days("2026-03-08..2026-03-12")).await;
    let event = world.data(query, json!({})).await["node"].clone();
    assert_eq!(event, json!({"agendaItem": null, "meeting": {"id": "meeting:notubiz:9101:910102"}}));
    world.harvest_window("waterdam", days("2026-01-01..2026-01-31")).await;
    let event = world.data(query, json!({})).await["node"].clone();
    assert_eq!(event["agendaItem"]["id"], "agenda-item:notubiz:9101:9110004");
}

// 10. Votes: fractions that are divided, the classes of two portals, a portal that refuses, totals that
// differ.
// portal pages: tests in portal.rs

// An answer about another meeting, or about none, says nothing of this one.
#[test]
fn an_answer_about_another_meeting_cannot_be_read() {
    for other in
        [json!({"meeting": {}}), json!({"meeting": []}), json!({"meeting": {"id": 8, "agenda_items": []}})]
    {
        let answer = answer(other.to_string().into_bytes());
        assert!(
            Notubiz::read_answer(&source("alkmaar"), &NotubizTask::Meeting { id: 7 }, &answer).is_err(),
            "{other}"
        );
    }
}

// Citizens who speak are no office-holders, and a speaker's own number is nobody else's.
#[test]
fn a_citizen_among_the_speakers_is_nobody() {
    let speaker = |id: u64, person: &Value, function: &str| json!({"@attributes": {"id": id, "person_id": person, "active": 1}, "firstname": "A.", "lastname": "Bos", "function": function});
    let list = json!({"speakers": {"speaker": [speaker(12, &Value::Null, "Raadslid"), speaker(13, &json!(12), "Wethouder"),
        speaker(14, &json!(0), "Burgemeester"), speaker(15, &json!(15), "Inspreker")]}});
    let harvested = told(&NotubizTask::Speakers, &list);
    assert_eq!((count(&harvested, Kind::Person), count(&harvested, Kind::Membership)), (3, 3));
}

// What was said is not kept where nobody says when a closed item was treated.
#[test]
fn a_closed_item_without_a_time_closes_the_whole_recording() {
    let closed = |item: &Value| {
        let json = json!({"meeting": {"id": 1, "plannings": [{"start_date": "1969-01-01 19:30:00"}],
            "agenda_items": [{"id": 2, "type_data": {}}, item]}});
        let next = told(&NotubizTask::Meeting { id: 1 }, &json).next;
        let media = next.into_iter().find_map(|task| match task {
            NotubizTask::Media { closed, .. } => Some(closed),
            _ => None,
        });
        media.unwrap().iter().any(|stretch| stretch.start == 0 && stretch.end == u32::MAX)
    };
    assert!(closed(&json!({"id": 3, "confidential": 1})));
    assert!(closed(&json!({"id": 3, "confidential": 1, "start_offset": "10", "end_offset": "11"})));
    assert!(!closed(&json!({"id": 3, "confidential": 1, "start_offset": "10", "end_offset": "60",
        "agenda_items": [{"id": 4}]})));
}
