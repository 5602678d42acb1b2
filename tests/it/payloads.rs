//! Recorded answers of Notubiz through the code that a live harvest uses.

use jiff::Timestamp;
use raadhuis_harvester::{
    Catalogue,
    supplier::{AnswerClass, Harvested, Notubiz, Supplier, notubiz::NotubizTask},
    transport::{Answer, ParsedBody},
};
use raadhuis_schema::{Content, DiagnosticCode, Kind, Source};
use raadhuis_tests::shared;
use serde_json::{Value, json};

fn source() -> Source {
    Catalogue::built_in().unwrap().get("alkmaar").unwrap().clone()
}

fn answer(json: &Value) -> Answer {
    Answer {
        status: 200,
        bytes: json.to_string().into(),
        fetched: Timestamp::UNIX_EPOCH,
        validator: None,
        parsed: ParsedBody::default(),
    }
}

fn read(task: &NotubizTask, json: &Value) -> Harvested<NotubizTask> {
    assert_eq!(Notubiz::classify_answer(task, &answer(json)), AnswerClass::Content);
    Notubiz::read_answer(&source(), task, &answer(json)).unwrap()
}

fn count(harvested: &Harvested<NotubizTask>, kind: Kind) -> usize {
    let says = harvested.parts.iter().filter(|part| matches!(part.content, Content::Says(_)));
    says.filter(|part| part.entity().kind() == kind).count()
}

fn codes(harvested: &Harvested<NotubizTask>) -> Vec<DiagnosticCode> {
    harvested.diagnostics.iter().map(|diagnostic| diagnostic.code).collect()
}

#[test]
fn every_recorded_answer_of_notubiz_is_read() {
    let Some(folder) = shared("payloads/notubiz") else { return };
    let file =
        |name: &str| -> Value { serde_json::from_slice(&std::fs::read(folder.join(name)).unwrap()).unwrap() };
    // Captured without its envelope, and with attributes that another project turned into a map of labels.
    let amsterdam = json!({"meeting": file("meeting_amsterdam_458902_2018.json")});
    let harvested = read(&NotubizTask::Meeting { id: 458_902 }, &amsterdam);
    let items = amsterdam.to_string().matches("api.notubiz.nl/agenda_items/agenda_points/").count();
    assert!(items > 40);
    assert_eq!(count(&harvested, Kind::AgendaItem), items);
    assert!(count(&harvested, Kind::Document) > 10);
    let map =
        harvested.diagnostics.iter().find(|diagnostic| diagnostic.path == "/meeting/attributes").unwrap();
    assert_eq!(map.code, DiagnosticCode::UnexpectedShape);

    let harvested =
        read(&NotubizTask::Meeting { id: 1_152_031 }, &file("meeting_bunschoten_1152031_trimmed.json"));
    assert_eq!((count(&harvested, Kind::Meeting), count(&harvested, Kind::AgendaItem)), (1, 1));
    assert_eq!((count(&harvested, Kind::Document), codes(&harvested)), (1, vec![]));

    // Written by hand by another project: its attribute ids are texts, which no real answer has.
    let haarlem = json!({"meeting": file("meeting_haarlem_synthetic.json")});
    let harvested = read(&NotubizTask::Meeting { id: 123 }, &haarlem);
    assert_eq!((count(&harvested, Kind::AgendaItem), count(&harvested, Kind::Document)), (2, 2));

    let harvested = read(&NotubizTask::Meeting { id: 7 }, &file("error_meeting_no_rights_http200.json"));
    assert_eq!((count(&harvested, Kind::Meeting), codes(&harvested)), (0, vec![DiagnosticCode::Withheld]));

    let window = "2026-01-01..2026-03-31".parse().unwrap();
    let harvested = read(&NotubizTask::Modules { window }, &file("modules_alkmaar.json"));
    assert_eq!(harvested.next.len(), 6);

    let register = NotubizTask::Register { module: 6, name: "Moties".into(), window };
    let harvested = read(&register, &file("module6_motions_alkmaar.json"));
    assert_eq!(count(&harvested, Kind::Motion), 2);
    assert!(count(&harvested, Kind::Document) >= 3);

    let harvested = read(&NotubizTask::Speakers, &file("speakers.json"));
    assert_eq!((count(&harvested, Kind::Membership), count(&harvested, Kind::Person)), (3, 3));
    let kept = String::from_utf8(
        Notubiz::redact_answer(&NotubizTask::Speakers, &answer(&file("speakers.json"))).unwrap(),
    )
    .unwrap();
    for word in ["email", "photo"] {
        assert!(!kept.contains(word), "{word} of a person is kept");
    }
    assert!(kept.contains("lastname"), "the rest is");

    // What is left: `media` and the label map are answers to questions that are not asked yet.
    let mut names: Vec<_> =
        std::fs::read_dir(&folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    let unread = ["attributes_haarlem_synthetic.json", "media_amsterdam_event1502813_elided.json"];
    assert_eq!(names.len(), 7 + unread.len(), "a new recording has no test: {names:?}");
}

#[test]
fn titles_come_from_attribute_one_wherever_it_stands() {
    let meeting = json!({"meeting": {"id": 1, "attributes": [
        {"id": 50, "value": "Raadzaal"}, {"id": 3, "value": "<p>Welkom</p>"}, {"id": 1, "value": "Gemeenteraad"}]}});
    let harvested = read(&NotubizTask::Meeting { id: 1 }, &meeting);
    let Content::Says(entity) = &harvested.parts[0].content else { panic!() };
    assert_eq!(entity.name(), Some("Gemeenteraad"));
    assert_eq!(entity.to_json()["location"], "Raadzaal");
}

#[test]
fn a_window_that_is_too_wide_is_narrowed_and_a_closed_organisation_is_not() {
    let task = NotubizTask::Events { window: "2026-01-01..2026-12-31".parse().unwrap(), page: 1 };
    let wide = Answer { status: 404, ..answer(&json!({"message": "An uncaught error has occurred"})) };
    assert_eq!(Notubiz::classify_answer(&task, &wide), AnswerClass::TooMuch);
    assert_eq!(Notubiz::narrow_task(&task).unwrap().len(), 2);
    let closed = Answer { status: 404, ..answer(&json!({"message": "This organisation is non-active."})) };
    assert!(matches!(Notubiz::classify_answer(&task, &closed), AnswerClass::Refused(_)));
    let html = Answer { bytes: "<!doctype html><p>challenge".into(), ..wide };
    assert!(matches!(
        Notubiz::classify_answer(&task, &Answer { status: 403, ..html.clone() }),
        AnswerClass::Blocked(_)
    ));
    assert!(matches!(
        Notubiz::classify_answer(&task, &Answer { status: 200, ..html }),
        AnswerClass::Broken(_)
    ));
}

#[test]
fn a_listing_without_its_end_is_not_complete() {
    let task = NotubizTask::Events { window: "2026-01-01..2026-03-31".parse().unwrap(), page: 1 };
    let harvested = read(&task, &json!({"events": [{"id": 1}]}));
    assert_eq!((count(&harvested, Kind::Meeting), harvested.complete.len()), (1, 0));
    assert_eq!(harvested.diagnostics[0].path, "/pagination");
    let harvested = read(
        &task,
        &json!({"events": [{"id": 1}], "pagination": {"has_more_pages": false, "total_items": 1}}),
    );
    assert_eq!((harvested.complete.len(), codes(&harvested)), (1, vec![]));
}

#[test]
fn a_withheld_register_entry_counts_once_and_overtakes_what_was_said_of_it() {
    let register = NotubizTask::Register {
        module: 6,
        name: "x".into(),
        window: "2026-01-01..2026-03-31".parse().unwrap(),
    };
    let harvested = read(
        &register,
        &json!({"items": [{"id": 5, "confidential": 1, "attributes": [{"id": 1, "values": []}]}]}),
    );
    let listed = harvested.parts.iter().filter(|part| part.origin.anchor().is_none()).count();
    assert_eq!((listed, harvested.parts.len(), harvested.diagnostics.len()), (1, 6, 1));
    let overtaken = harvested.complete.iter().filter(|scope| scope.origin.anchor().is_some()).count();
    assert_eq!(overtaken, 6, "as whatever it may be");
}

#[test]
fn only_addresses_of_the_web_become_links() {
    let page = |url: &str| {
        let harvested = read(&NotubizTask::Meeting { id: 1 }, &json!({"meeting": {"id": 1, "url": url}}));
        let Content::Says(entity) = &harvested.parts[0].content else { panic!() };
        entity.to_json().get("page").cloned()
    };
    assert_eq!(page("javascript:alert(1)"), None);
    assert_eq!(page("https://waterdam.example/x"), Some(json!("https://waterdam.example/x")));
}

#[test]
fn broken_addresses_of_documents_are_mended_or_replaced() {
    let check = |url: &str, expected: &str, diagnostics: usize| {
        let json = json!({"meeting": {"id": 1, "documents": [{"id": 5, "version": 2, "url": url}]}});
        let harvested = read(&NotubizTask::Meeting { id: 1 }, &json);
        let document = harvested.parts.iter().find(|part| part.entity().kind() == Kind::Document).unwrap();
        let Content::Says(entity) = &document.content else { panic!() };
        assert_eq!(entity.to_json()["url"], expected, "{url}");
        assert_eq!(harvested.diagnostics.len(), diagnostics, "{url}");
    };
    check("https://api.notubiz.nl/document/5/2", "https://api.notubiz.nl/document/5/2", 0);
    check("httphttp://waterdam.example/x.pdf", "http://waterdam.example/x.pdf", 0);
    check("api.notubiz.nl/document/5/2", "https://api.notubiz.nl/document/5/2", 0);
    check("/tmp/upload/x.pdf", "https://api.notubiz.nl/document/5/2", 1);
    check("", "https://api.notubiz.nl/document/5/2", 0);
}

#[test]
fn an_item_without_an_id_is_a_remark_with_its_path_and_the_rest_is_read() {
    let json = json!({"meeting": {"id": 1, "agenda_items": [{"type_data": {}}, {"id": 2}, 7, {"id": "drie"}, {"id": "4"}]}});
    let harvested = read(&NotubizTask::Meeting { id: 1 }, &json);
    assert_eq!(count(&harvested, Kind::AgendaItem), 2);
    let paths: Vec<_> = harvested.diagnostics.iter().map(|diagnostic| diagnostic.path.as_str()).collect();
    assert_eq!(
        paths,
        [
            "/meeting/agenda_items/0",
            "/meeting/agenda_items/2",
            "/meeting/agenda_items/3/id",
            "/meeting/agenda_items/3"
        ]
    );
}
