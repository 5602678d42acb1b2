//! The ten edge cases of the reference of GemeenteOplossingen, in its order.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use axum::{
    Router,
    body::Body,
    http::{Response, header},
};
use jiff::Timestamp;
use raadhuis_harvester::{
    Catalogue,
    supplier::{
        AnswerClass, GemeenteOplossingen, Harvested, Supplier, gemeenteoplossingen::GemeenteOplossingenTask,
    },
    transport::{Answer, HttpTransport, Lane, RateLimiter, Request, Robots, Transport, Wants},
};
use raadhuis_outbound::Guard;
use raadhuis_schema::{Action, DiagnosticCode, Entity, Kind, Verdict, Window};
use raadhuis_tests::{World, dump};
use raadhuis_text::Extractor;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::{
    WORKER,
    recorded::{answer, count, entities, read, source},
};

/// The meetings of the made-up host, of version 1.
const MEETINGS: &str = "gemeenteoplossingen/v1/meetings.json";

/// What an answer says; the host of Alblasserdam is asked.
fn told(task: &GemeenteOplossingenTask, json: &Value) -> Harvested<GemeenteOplossingenTask> {
    read::<GemeenteOplossingen>("alblasserdam", task, json.to_string().into_bytes())
}

/// The entity of this kind and number, as it is kept.
fn thing(harvested: &Harvested<GemeenteOplossingenTask>, kind: Kind, native: &str) -> Value {
    let id = id(kind, native);
    let found = entities(harvested).into_iter().find(|entity| entity.id().as_str() == id);
    found.unwrap_or_else(|| panic!("{id} is not there")).to_json()
}

fn id(kind: Kind, native: &str) -> String {
    format!("{kind}:gemeenteoplossingen:alblasserdam:{native}")
}

fn diagnostics(harvested: &Harvested<GemeenteOplossingenTask>) -> Vec<(DiagnosticCode, String)> {
    harvested.diagnostics.iter().map(|diagnostic| (diagnostic.code, diagnostic.path.clone())).collect()
}

fn days(text: &str) -> Window {
    text.parse().unwrap()
}

fn meetings() -> GemeenteOplossingenTask {
    GemeenteOplossingenTask::Meetings { window: days("2026-01-01..2026-12-31") }
}

/// The start of a meeting of these fields, with what was remarked on it.
fn start(fields: &Value) -> (Value, Vec<(DiagnosticCode, String)>) {
    let mut meeting = json!({"id": 1});
    meeting.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    let harvested = told(&meetings(), &json!([meeting]));
    (thing(&harvested, Kind::Meeting, "1")["start"].clone(), diagnostics(&harvested))
}

/// A page of version 2.
fn page(collection: &str, total: &Value, rows: &[Value]) -> Value {
    json!({"status": "OK", "code": 200, "messages": [], "result": {"totalCount": total, collection: rows}})
}

async fn lives(world: &World, id: &str) -> bool {
    dump(&world.harvester.store).await.iter().any(|line| line.split(' ').next() == Some(id))
}

/// Changes the meeting of the made-up host with this number.
fn edit_meeting(world: &World, id: u64, change: impl FnOnce(&mut Value)) {
    world.edit(MEETINGS, |json| {
        let meetings = json.as_array_mut().unwrap();
        change(meetings.iter_mut().find(|meeting| meeting["id"] == id).unwrap());
    });
}

/// The seconds between which a question asks for meetings.
fn seconds(request: &Request) -> Option<(i64, i64)> {
    let second = |name: &str| {
        let found =
            request.url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
        found?.parse::<i64>().ok()
    };
    Some((second("date_from")?, second("date_to")?))
}

// 1. Version 1 or 2, told from the shape: a list, an envelope, one with `model`, a total that is a text, an
// empty list.
#[test]
fn an_envelope_is_never_read_as_a_list_without_meetings() {
    let put = |json: Value| {
        let answer = answer(json.to_string().into_bytes());
        GemeenteOplossingen::read_answer(&source("alblasserdam"), &meetings(), &answer)
    };
    let rows = [json!({"id": 1, "date": "2026-05-19"})];
    for collection in ["meetings", "model"] {
        assert!(put(page(collection, &json!("1"), &rows)).is_err(), "{collection}");
        assert!(put(page(collection, &json!("0"), &[])).is_err(), "{collection}, empty");
    }
    let empty = put(json!([])).unwrap();
    assert_eq!((empty.parts.len(), empty.complete.len(), diagnostics(&empty)), (0, 1, vec![]));
    let one = put(json!(rows)).unwrap();
    let listings = one.complete.iter().filter(|scope| scope.origin.anchor().is_none()).count();
    assert_eq!((count(&one, Kind::Meeting), listings), (1, 1));
}

// 1. The reverse: a list where a page should be; and a page whose rows are called `model`.
#[test]
fn a_list_is_never_read_as_a_page_and_a_page_may_be_called_model() {
    let list = answer(b"[]".to_vec());
    let task = GemeenteOplossingenTask::Groups { offset: 0, window: days("2026-01-01..2026-12-31") };
    assert!(GemeenteOplossingen::read_answer(&source("alblasserdam"), &task, &list).is_err());
    let rows = [json!({"id": 61, "name": "Waterdam Vooruit", "type": "Fractie"})];
    let harvested = told(&task, &page("model", &json!("1"), &rows));
    assert_eq!((count(&harvested, Kind::Party), harvested.complete.len()), (1, 1));
}

// 1. A `totalCount` that is a text.
#[test]
fn a_total_that_is_a_text_is_a_number() {
    for total in [json!("250"), json!(250)] {
        let first = told(
            &GemeenteOplossingenTask::Documents { offset: 0 },
            &page("documents", &total, &[json!({"id": 1})]),
        );
        assert_eq!(first.next, [GemeenteOplossingenTask::Documents { offset: 1 }]);
        assert_eq!((first.complete.len(), diagnostics(&first)), (0, vec![]));
    }
}

// 2. Kept out: HTTP 200 with HTML, 403 with HTML, 404 with HTML and with JSON. (The same by another road:
// `html_in_the_place_of_json_means_kept_out_and_never_nothing`.)
#[test]
fn html_means_blocked_at_any_status_and_json_says_that_a_thing_is_gone() {
    let judge = |task: &GemeenteOplossingenTask, status: u16, body: &str| {
        GemeenteOplossingen::classify_answer(task, &Answer { status, ..answer(body.into()) })
    };
    // That a host has no meetings of version 1 is no loss: version 2 is asked.
    assert_eq!(judge(&meetings(), 404, "{\"status\": \"ERROR\"}"), AnswerClass::Content);
    for task in [
        GemeenteOplossingenTask::Documents { offset: 0 },
        GemeenteOplossingenTask::Items { meeting: 1, offset: 0, attached: None, closed: vec![] },
    ] {
        for status in [200, 403, 404] {
            let html = judge(&task, status, "\n<!doctype html><title>Toegang geweigerd: foutcode 7</title>");
            assert!(matches!(html, AnswerClass::Blocked(_)), "{status} {html:?}");
        }
        assert_eq!(judge(&task, 404, "{\"status\": \"ERROR\"}"), AnswerClass::Gone);
        assert!(matches!(judge(&task, 403, "{}"), AnswerClass::Refused(_)));
    }
}

// 2. A whole host behind such a page: the source is blocked, what was held stays, nothing is deleted.
#[tokio::test]
async fn a_host_that_keeps_us_out_is_blocked_and_nothing_of_it_goes() {
    let world = World::new(WORKER).await;
    let june = days("2026-06-01..2026-06-30");
    world.harvest_window("duinstede", june).await;
    let end = world.end().await;
    for status in [200, 403, 404] {
        world.twist("duinstede", move |answer| {
            let bytes = "<!doctype html><title>Making sure you're not a bot!</title>".into();
            Answer { status, bytes, ..answer }
        });
        let report = world.harvest_window("duinstede", june).await;
        assert_eq!(report.verdict, Verdict::Broken, "HTTP {status}");
        let counted = |code| report.diagnostics.iter().filter(|diagnostic| diagnostic.code == code).count();
        let (blocked, left) = (counted(DiagnosticCode::Blocked), counted(DiagnosticCode::Disallowed));
        // Those under way are told one by one, all others in one sentence.
        assert!(blocked <= 4 && left == 1, "{:?}", report.diagnostics);
        assert_eq!(world.changes(end).await, [], "HTTP {status}");
    }
}

// 3. Dates: the clock inside the date, beside it, or nowhere; the days on which the clock changes.
#[test]
fn the_clock_is_found_in_the_date_or_beside_it() {
    let check = |fields: Value, expected: &str| {
        assert_eq!(start(&fields), (json!(expected), vec![]), "{fields}");
    };
    check(json!({"date": "2026-05-19 19:30:00"}), "2026-05-19T19:30:00+02:00");
    check(json!({"date": "2026-05-19 19:30:00", "startTime": ""}), "2026-05-19T19:30:00+02:00");
    check(json!({"date": "2026-05-19", "startTime": "19:30"}), "2026-05-19T19:30:00+02:00");
    check(json!({"date": "2026-05-19 00:00:00", "startTime": "19:30"}), "2026-05-19T19:30:00+02:00");
    check(json!({"date": "2026-01-20", "startTime": "9:30"}), "2026-01-20T09:30:00+01:00");
    check(json!({"date": "2026-05-19", "startTime": ""}), "2026-05-19");
    check(json!({"date": "2026-05-19", "startTime": null}), "2026-05-19");
    check(json!({"date": "2026-05-19 00:00:00"}), "2026-05-19");
    check(json!({"date": "2026-03-29", "startTime": "01:30"}), "2026-03-29T01:30:00+01:00");
    check(json!({"date": "2026-10-25 03:30:00"}), "2026-10-25T03:30:00+01:00");
    let doubtful = vec![(DiagnosticCode::DoubtfulTime, "/0/date".to_owned())];
    for fields in
        [json!({"date": "2026-10-25 02:30:00"}), json!({"date": "2026-10-25", "startTime": "02:30"})]
    {
        assert_eq!(start(&fields), (json!("2026-10-25T02:30:00+02:00"), doubtful.clone()), "{fields}");
    }
}

// 3. Windows in Unix seconds: until the midnight after the last day, in Dutch time.
#[test]
fn the_last_day_of_a_window_is_asked_for_until_its_midnight() {
    let second = |text: &str| text.parse::<Timestamp>().unwrap().as_second();
    let check = |window: &str, from: &str, until: &str| {
        let task = GemeenteOplossingenTask::Meetings { window: days(window) };
        let request = GemeenteOplossingen::request(&source("alblasserdam"), &task);
        assert_eq!(seconds(&request), Some((second(from), second(until))), "{window}");
    };
    check("2026-05-19..2026-05-19", "2026-05-18T22:00:00Z", "2026-05-19T22:00:00Z");
    check("2026-03-29..2026-03-29", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z");
    check("2026-10-25..2026-10-25", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z");
}

// 3. Windows: an evening meeting on the last day of a piece, and no duplicate of what lies on the seam.
#[tokio::test]
async fn a_late_evening_and_a_bare_day_at_the_seam_of_two_windows_are_there_once() {
    let world = World::new(WORKER).await;
    let window = days("2026-02-01..2026-06-30");
    // The first of two windows ends with April; the second of these meetings is given by both.
    world.edit(MEETINGS, |json| {
        let meetings = json.as_array_mut().unwrap();
        meetings.push(json!({"id": 2198, "date": "2026-04-30 23:00:00", "description": "Late vergadering"}));
        meetings
            .push(json!({"id": 2199, "date": "2026-05-01", "startTime": "", "description": "Werkbezoek"}));
    });
    world.harvest_window("duinstede", window).await;
    let seam = ["2198", "2199"].map(|native| format!("meeting:gemeenteoplossingen:duinstede:{native}"));
    for id in &seam {
        assert!(lives(&world, id).await, "{id}");
    }
    let report = world.harvest_window("duinstede", window).await;
    assert_eq!(report.changed(), 0, "{:?}", report.changes);
}

// 4. A wide window that breaks the host: it is asked in halves, and nothing is missed.
#[tokio::test]
async fn what_a_window_that_breaks_the_host_holds_is_found_in_its_halves() {
    let (world, plain) = (World::new(WORKER).await, World::new(WORKER).await);
    let (wide, asked) = (40 * 86_400, Arc::new(AtomicU64::new(0)));
    let broken = Arc::clone(&asked);
    *world.twist.lock().unwrap() = Box::new(move |request: &Request, answer| match seconds(request) {
        Some((from, until)) if until - from > wide => {
            broken.fetch_add(1, Ordering::Relaxed);
            Answer { status: 500, bytes: "".into(), ..answer }
        }
        _ => answer,
    });
    let window = days("2026-04-01..2026-09-30");
    let report = world.harvest_window("duinstede", window).await;
    assert!(asked.load(Ordering::Relaxed) >= 2, "otherwise nothing was narrowed");
    assert!(report.diagnostics.iter().all(|diagnostic| !diagnostic.subject.starts_with("meetings")));
    plain.harvest_window("duinstede", window).await;
    assert_eq!(dump(&world.harvester.store).await, dump(&plain.harvester.store).await);
}

// 4. One day that always breaks: the other days are read, its own meeting stays, and the run does not look
// complete.
#[tokio::test]
async fn a_piece_that_keeps_failing_hides_no_other_and_withdraws_nothing() {
    let world = World::new(WORKER).await;
    let window = days("2026-06-01..2026-06-30");
    world.harvest_window("duinstede", window).await;
    let end = world.end().await;
    let evening = "2026-06-09T18:00:00Z".parse::<Timestamp>().unwrap().as_second();
    *world.twist.lock().unwrap() = Box::new(move |request: &Request, answer| match seconds(request) {
        Some((from, until)) if (from..until).contains(&evening) => Answer { status: 500, ..answer },
        _ => answer,
    });
    edit_meeting(&world, 2105, |meeting| meeting["location"] = json!("Dorpshuis"));
    let report = world.harvest_window("duinstede", window).await;
    let failed = report.diagnostics.iter().filter(|diagnostic| diagnostic.subject.starts_with("meetings"));
    assert!(
        failed.clone().count() == 1
            && failed.clone().all(|diagnostic| diagnostic.code == DiagnosticCode::Failed)
    );
    assert!(report.has_trouble());
    let changes = world.changes(end).await;
    let shown: Vec<_> = changes.iter().map(|change| (change.action, change.id.as_str())).collect();
    assert_eq!(shown, [(Action::Updated, "meeting:gemeenteoplossingen:duinstede:2105")]);
    assert!(lives(&world, "meeting:gemeenteoplossingen:duinstede:2104").await, "the one of that day");
}

// 5. The same document under two meetings, and at a meeting and its item alike: one document, several
// relations.
#[test]
fn a_document_under_two_meetings_and_an_item_is_one_document() {
    let document = json!([{"id": 9, "filename": "bijlage.pdf"}]);
    let items = json!([{"id": 11, "number": "1", "sortorder": 1, "title": "Opening", "documents": document}]);
    let harvested = told(
        &meetings(),
        &json!([{"id": 1, "date": "2026-05-19", "documents": document, "items": items},
            {"id": 2, "date": "2026-06-19", "documents": document}]),
    );
    assert_eq!(count(&harvested, Kind::Document), 1);
    let expected = json!([id(Kind::Document, "9")]);
    for (kind, native) in [(Kind::Meeting, "1"), (Kind::AgendaItem, "11"), (Kind::Meeting, "2")] {
        assert_eq!(thing(&harvested, kind, native)["documents"], expected, "{kind} {native}");
    }
}

// 5. And one download.
#[tokio::test]
async fn the_file_of_a_document_that_hangs_in_several_places_is_fetched_once() {
    let world = World::new(WORKER).await;
    let asked = Arc::new(AtomicU64::new(0));
    let counter = Arc::clone(&asked);
    world.twist("documents/506", move |answer| {
        counter.fetch_add(1, Ordering::Relaxed);
        answer
    });
    world.harvest_window("duinstede", days("2026-06-01..2026-06-30")).await;
    let query = "{ node(id: \"document:gemeenteoplossingen:duinstede:506\") { ... on Document {
        attachedTo(first: 10) { totalCount } text { pagesDone } } } }";
    let document = world.data(query, json!({})).await["node"].clone();
    assert_eq!(document["attachedTo"]["totalCount"], 2, "a meeting and its item");
    assert!(document["text"]["pagesDone"].as_u64().unwrap() > 0);
    assert_eq!(asked.load(Ordering::Relaxed), 1);
}

// 6. Paging: more than a page of items or documents.
#[test]
fn more_rows_than_fit_a_page_are_asked_for_and_only_the_last_page_is_complete() {
    let rows = |from: u64, until: u64| (from..until).map(|id| json!({"id": id})).collect::<Vec<_>>();
    let total = json!("150");
    let items =
        |offset: u64| GemeenteOplossingenTask::Items { meeting: 1, offset, attached: None, closed: vec![] };
    let first = told(&items(0), &page("meetingitems", &total, &rows(0, 100)));
    let pages = |asked: &Harvested<GemeenteOplossingenTask>| {
        asked
            .next
            .iter()
            .filter(|task| matches!(task, GemeenteOplossingenTask::Items { .. }))
            .cloned()
            .collect::<Vec<_>>()
    };
    assert_eq!((pages(&first), first.complete.len()), (vec![items(100)], 0));
    let last = told(&items(100), &page("meetingitems", &total, &rows(100, 150)));
    assert_eq!((pages(&last).len(), last.complete.len()), (0, 1));
    let documents = |offset: u64| GemeenteOplossingenTask::Documents { offset };
    let first = told(&documents(0), &page("documents", &total, &rows(0, 100)));
    assert_eq!((&first.next[..], first.complete.len()), (&[documents(100)][..], 0));
    let short = told(&documents(100), &page("documents", &total, &rows(100, 130)));
    assert_eq!((&short.next[..], short.complete.len()), (&[documents(130)][..], 0), "a short page is no end");
}

// 6. Paging: an agenda that ends before its announced total is not all there is.
#[test]
fn an_agenda_that_falls_short_of_its_total_is_not_complete() {
    let short = told(
        &GemeenteOplossingenTask::Items { meeting: 1, offset: 100, attached: None, closed: vec![] },
        &page("meetingitems", &json!("150"), &[]),
    );
    assert_eq!((short.next.len(), short.complete.len()), (0, 0));
    assert_eq!(
        short.diagnostics.iter().map(|diagnostic| diagnostic.code).collect::<Vec<_>>(),
        [DiagnosticCode::IncompleteListing]
    );
}

// 6. Paging: a listing of documents that falls short of its total, and one that shifts while it is read.
#[tokio::test]
async fn a_listing_of_documents_that_falls_short_or_shifts_withdraws_nothing() {
    let world = World::new(WORKER).await;
    let june = days("2026-06-01..2026-06-30");
    world.harvest_window("duinstede", june).await;
    let end = world.end().await;
    let incomplete = async || {
        let report = world.harvest_window("duinstede", june).await;
        let diagnostics = report
            .diagnostics
            .iter()
            .filter(|diagnostic| diagnostic.code == DiagnosticCode::IncompleteListing);
        assert_eq!(world.changes(end).await, []);
        assert!(report.has_trouble());
        diagnostics.count()
    };
    world.twist("v2/documents?", |answer| {
        changed(answer, |result| {
            result["totalCount"] = json!("80");
        })
    });
    assert_eq!(incomplete().await, 1, "60 of 80");

    // A page of 40, after which the rows move, so that one comes twice and one not at all.
    *world.twist.lock().unwrap() = Box::new(|request: &Request, answer| {
        let url = request.url.as_str();
        if !url.contains("v2/documents?") {
            return answer;
        }
        let is_first = url.contains("offset=0");
        changed(answer, |result| {
            let rows = result["documents"].as_array_mut().unwrap();
            if is_first {
                rows.truncate(40);
            } else {
                let twice = rows[0].clone();
                *rows.last_mut().unwrap() = twice;
            }
        })
    });
    assert_eq!(incomplete().await, 1, "59 of 60");
}

/// An answer of version 2 with another result.
fn changed(answer: Answer, change: impl FnOnce(&mut Value)) -> Answer {
    let mut json: Value = serde_json::from_slice(&answer.bytes).unwrap();
    change(&mut json["result"]);
    Answer { bytes: json.to_string().into(), ..answer }
}

// 7. Nested routes and the meeting itself disagree: the agenda of version 2 is gone while the meeting stands.
#[tokio::test]
async fn a_meeting_whose_nested_route_is_gone_keeps_its_agenda() {
    let world = World::new(WORKER).await;
    let june = days("2026-06-01..2026-06-30");
    world.harvest_window("duinstede", june).await;
    let end = world.end().await;
    world.twist("v2/meetings/2105/meetingitems", |answer| {
        let bytes = json!({"status": "ERROR", "code": 404, "result": null}).to_string().into();
        Answer { status: 404, bytes, ..answer }
    });
    let report = world.harvest_window("duinstede", june).await;
    let diagnostic = report
        .diagnostics
        .iter()
        .find(|diagnostic| diagnostic.subject.starts_with("items of meeting 2105"))
        .unwrap();
    assert_eq!(diagnostic.code, DiagnosticCode::Gone);
    assert_eq!(world.changes(end).await, []);
    assert!(lives(&world, "agenda-item:gemeenteoplossingen:duinstede:31041").await);
}

// 7. And the reverse: the meeting is gone while its documents and its agenda still answer.
#[tokio::test]
async fn a_meeting_that_is_gone_goes_although_its_nested_routes_still_answer() {
    let world = World::new(WORKER).await;
    let june = days("2026-06-01..2026-06-30");
    world.harvest_window("duinstede", june).await;
    let end = world.end().await;
    world.edit(MEETINGS, |json| json.as_array_mut().unwrap().retain(|meeting| meeting["id"] != 2105));
    world.edit("gemeenteoplossingen/v2/meetings.json", |json| {
        json["result"]["meetings"].as_array_mut().unwrap().retain(|meeting| meeting["id"] != 2105);
    });
    world.harvest_window("duinstede", june).await;
    let changes = world.changes(end).await;
    let withdrawn = |id: &str| {
        let id = format!("{id}:gemeenteoplossingen:duinstede");
        changes.iter().any(|change| change.action == Action::Withdrawn && change.id.as_str().starts_with(&id))
    };
    assert!(withdrawn("meeting") && withdrawn("agenda-item"), "{changes:?}");
    assert!(
        lives(&world, "document:gemeenteoplossingen:duinstede:506").await,
        "the list of all documents has it"
    );
    assert!(lives(&world, "meeting:gemeenteoplossingen:duinstede:2104").await);
}

/// The agenda of a meeting of version 1.
fn agenda(items: &Value) -> Harvested<GemeenteOplossingenTask> {
    told(&meetings(), &json!([{"id": 1, "date": "2026-05-19", "items": items}]))
}

// 8. Agenda: an order of 0 or null, and no number.
#[test]
fn an_item_without_an_order_stands_where_the_list_has_it() {
    let harvested = agenda(&json!([
        {"id": 10, "number": "1.", "sortorder": 1, "title": "Opening"},
        {"id": 11, "number": "", "sortorder": 0, "title": "Pauze"},
        {"id": 12, "number": null, "sortorder": null, "title": "Schorsing"},
        {"id": 13, "number": "2.", "sortorder": 9, "title": "Sluiting"},
    ]));
    let item = |native: &str| thing(&harvested, Kind::AgendaItem, native);
    assert_eq!(
        ["10", "11", "12", "13"].map(|native| item(native)["position"].clone()),
        [1, 1, 2, 9].map(|n| json!(n))
    );
    assert_eq!((item("11").get("number"), item("12").get("number")), (None, None));
    assert!(
        ["10", "11", "12", "13"].into_iter().all(|native| item(native)["parent"] == id(Kind::Meeting, "1"))
    );
    assert_eq!(diagnostics(&harvested), []);
}

// 8. Agenda: the tree is drawn by the numbers alone, also where a level is left out.
#[test]
fn an_agenda_is_the_tree_that_its_numbers_draw() {
    let harvested = agenda(&json!([
        {"id": 10, "number": "3.", "sortorder": 1}, {"id": 11, "number": "3.1", "sortorder": 2},
        {"id": 12, "number": "3.1.1.", "sortorder": 3}, {"id": 13, "number": "4", "sortorder": 4}]));
    let parent = |native: &str| thing(&harvested, Kind::AgendaItem, native)["parent"].clone();
    let expected = [
        id(Kind::Meeting, "1"),
        id(Kind::AgendaItem, "10"),
        id(Kind::AgendaItem, "11"),
        id(Kind::Meeting, "1"),
    ];
    assert_eq!(["10", "11", "12", "13"].map(parent), expected.map(Value::from));
}

// 8. Agenda: "3.1.1" below "3." where no "3.1" is listed, open and confidential.
#[test]
fn a_number_that_leaves_out_a_level_hangs_from_the_nearest_item_above() {
    let items = |confidential: bool| {
        json!([{"id": 10, "number": "3.", "sortorder": 1, "confidential": confidential},
            {"id": 11, "number": "3.1.1", "sortorder": 2, "title": "Nota"}])
    };
    let open = agenda(&items(false));
    assert_eq!(thing(&open, Kind::AgendaItem, "11")["parent"], id(Kind::AgendaItem, "10"));
    assert_eq!(count(&agenda(&items(true)), Kind::AgendaItem), 0, "and is withheld with it");
}

// 8. Agenda: headings, and HTML in titles and descriptions.
#[test]
fn a_heading_is_a_heading_and_html_becomes_words() {
    let rows = [json!({"id": 10, "sortOrder": 1, "number": "", "isHeading": true, "confidential": false,
        "title": "<p>Ruimte &amp; <strong>wonen</strong></p>",
        "description": "<ul><li>een</li><li>twee</li></ul>"})];
    let task = GemeenteOplossingenTask::Items { meeting: 1, offset: 0, attached: None, closed: vec![] };
    let it = thing(&told(&task, &page("meetingitems", &json!("1"), &rows)), Kind::AgendaItem, "10");
    assert_eq!((&it["heading"], &it["title"]), (&json!(true), &json!("Ruimte & wonen")));
    assert_eq!(it["description"], "een\ntwee");
}

// 8. Agenda: confidential as yes or no on items, as a number on meetings and documents.
#[test]
fn confidential_is_kept_out_however_it_is_written() {
    for flag in [json!(true), json!(1), json!("1")] {
        let documents = json!([{"id": 9, "filename": "geheim.pdf"}]);
        let items = json!([{"id": 10, "number": "1", "sortorder": 1, "title": "Geheim", "confidential": flag,
            "documents": documents}]);
        let closed = agenda(&items);
        assert_eq!([Kind::AgendaItem, Kind::Document].map(|kind| count(&closed, kind)), [0, 0], "{flag}");
        assert_eq!(
            closed
                .diagnostics
                .iter()
                .filter(|diagnostic| diagnostic.code == DiagnosticCode::Withheld)
                .count(),
            2
        );
        let rows = [json!({"id": 10, "number": "1", "title": "Geheim", "confidential": flag})];
        let page = page("meetingitems", &json!("1"), &rows);
        assert_eq!(
            count(
                &told(
                    &GemeenteOplossingenTask::Items { meeting: 1, offset: 0, attached: None, closed: vec![] },
                    &page
                ),
                Kind::AgendaItem
            ),
            0
        );
        let whole = told(&meetings(), &json!([{"id": 1, "confidential": flag, "description": "Geheim"}]));
        assert_eq!((entities(&whole).len(), whole.next.len()), (0, 0));
    }
    for flag in [json!(false), json!(0), Value::Null] {
        let open = agenda(&json!([{"id": 10, "number": "1", "sortorder": 1, "confidential": flag}]));
        assert_eq!((count(&open, Kind::AgendaItem), diagnostics(&open)), (1, vec![]), "{flag}");
    }
}

// 9. Downloads: two Content-Disposition headers, and no media type at all.
#[tokio::test]
async fn a_download_with_two_dispositions_and_no_media_type_is_taken_for_its_bytes() {
    let router = Router::new().fallback(|| async {
        let response = Response::builder()
            .header(header::CONTENT_DISPOSITION, "attachment; filename=\"brief, deel 1.pdf\"")
            .header(header::CONTENT_DISPOSITION, "attachment; filename=brief");
        response.body(Body::from("%PDF-1.7")).unwrap()
    });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    let pace = RateLimiter::new(&[Lane { name: "fast", hosts: &["*"], per_minute: 600_000 }], 1.0);
    let live = HttpTransport::new(Guard::new([address.clone()]), pace, Robots::default(), "test").unwrap();
    let url = format!("http://{address}/api/v2/documents/9/download").parse().unwrap();
    let file = live.send(&Request::get(url, Wants::File)).await.unwrap();
    assert_eq!(GemeenteOplossingen::classify_original(&file), AnswerClass::Content);
    assert_eq!(file.bytes, "%PDF-1.7");
}

// 9. Downloads: a file of 104 MB is asked for as a file; one that is gone.
#[test]
fn a_large_file_is_accepted_and_a_missing_one_is_gone() {
    let documents = page("documents", &json!("1"), &[json!({"id": 9, "fileSize": 103_797_698})]);
    let harvested = told(&GemeenteOplossingenTask::Documents { offset: 0 }, &documents);
    let Some(Entity::Document(document)) = entities(&harvested).into_iter().next() else { panic!() };
    let request = GemeenteOplossingen::original(&source("alblasserdam"), document).unwrap();
    assert!(request.url.as_str().ends_with("/api/v2/documents/9/download"), "{}", request.url);
    assert!(request.wants.size_limit() > 104 << 20, "{}", request.wants.size_limit());
    let judge =
        |status: u16| GemeenteOplossingen::classify_original(&Answer { status, ..answer(Vec::new()) });
    assert_eq!((judge(404), judge(410)), (AnswerClass::Gone, AnswerClass::Gone));
    assert!(matches!(judge(500), AnswerClass::Broken(_)));
}

// 9. Downloads: sound, which is no document. (A file that takes days, a reader that dies, limits of time:
// `a_bad_file_has_a_reason_by_name_and_the_reader_lives_on` and
// `a_reader_that_is_missing_or_dies_is_a_remark`.)
#[tokio::test]
async fn sound_in_the_place_of_a_document_is_a_format_that_is_not_read() {
    let extractor = Extractor::new(WORKER.into());
    let sounds: [&[u8]; 2] = [b"ID3\x03\x00\x00\x00\x00\x00\x21", b"\xff\xfb\x90\x64\x00\x00\x00\x00"];
    for bytes in sounds {
        let extracted = extractor.extract(bytes).await;
        assert_eq!(extracted.trouble.map(|trouble| trouble.code), Some(DiagnosticCode::UnsupportedFormat));
    }
}

// 9. Bases: http, a leading space, more slashes than one.
#[test]
fn a_base_is_mended_before_it_is_asked() {
    let check = |base: &str, expected: &str| {
        let catalogue = format!(
            "supplier = \"gemeenteoplossingen\"\n[authorities.GM9199]\nname = \"Waterdam\"\n\
             kind = \"municipality\"\n[sources.waterdam]\nauthority = \"GM9199\"\n\
             tenant = \"waterdam\"\nbase = \"{base}\"\n"
        );
        let catalogue = Catalogue::of_text("test", &catalogue).unwrap();
        let request =
            GemeenteOplossingen::request(catalogue.get("waterdam").unwrap(), &GemeenteOplossingenTask::Dmus);
        assert_eq!(request.url.as_str(), expected, "{base:?}");
    };
    check("https://raad.waterdam.example/api", "https://raad.waterdam.example/api/v1/dmus");
    check("https://raad.waterdam.example/api//", "https://raad.waterdam.example/api/v1/dmus");
    check(" https://raad.waterdam.example/api/", "https://raad.waterdam.example/api/v1/dmus");
    check("http://raad.waterdam.example/api/", "http://raad.waterdam.example/api/v1/dmus");
}

// 10. Organisation: the plenary by its other names, and a meeting of no body.
#[test]
fn a_council_is_a_council_whatever_it_is_called() {
    let names =
        ["Raadsvergadering", "Gemeenteraad", "Raad", "Provinciale Staten", "Raadscommissie", "Uitloopavond"];
    let kinds = names.map(|name| {
        let harvested = told(&GemeenteOplossingenTask::Dmus, &json!([{"id": 41, "name": name}]));
        thing(&harvested, Kind::Committee, "41").get("kind").cloned()
    });
    let council = Some(json!("council"));
    let expected =
        [council.clone(), council.clone(), council, Some(json!("states")), Some(json!("committee")), None];
    assert_eq!(kinds, expected);
}

// 10. Organisation: a meeting whose `dmu` is null or missing.
#[test]
fn a_meeting_without_a_body_is_kept() {
    for meeting in
        [json!({"id": 1, "date": "2026-05-19", "dmu": null}), json!({"id": 1, "date": "2026-05-19"})]
    {
        let harvested = told(&meetings(), &json!([meeting]));
        assert_eq!(thing(&harvested, Kind::Meeting, "1").get("committee"), None);
        assert_eq!((count(&harvested, Kind::Committee), diagnostics(&harvested)), (0, vec![]));
    }
}

// 10. Organisation: a person called ".", one in two groups, and functions without dates. (Allmanak and
// `zetels`: the sources of the state's own registers tell seats; this supplier gives none.)
#[test]
fn a_person_called_by_a_dot_is_nobody() {
    let rows = [
        json!({"id": 1, "firstName": ".", "lastName": ".", "email": "."}),
        json!({"id": 2, "firstName": "J.", "preposition": null, "lastName": "Voorbeeld."}),
    ];
    let task = GemeenteOplossingenTask::Members {
        group: 61,
        is_party: true,
        name: "Waterdam Vooruit".into(),
        offset: 0,
    };
    let harvested = told(&task, &page("persons", &json!("2"), &rows));
    assert_eq!([Kind::Person, Kind::Membership].map(|kind| count(&harvested, kind)), [1, 1]);
    assert_eq!(thing(&harvested, Kind::Person, "2")["name"], "J. Voorbeeld");
    assert_eq!(harvested.diagnostics.len(), 1, "{:?}", harvested.diagnostics);
}

// 10. Organisation: roles that occur twice, and functions without dates.
#[test]
fn one_person_in_two_groups_is_one_person_with_two_functions_that_need_no_dates() {
    let rows = [json!({"id": 2, "firstName": "J.", "lastName": "Voorbeeld", "active": true})];
    let of = |group: u64, is_party: bool, name: &str| {
        let task = GemeenteOplossingenTask::Members { group, is_party, name: name.into(), offset: 0 };
        told(&task, &page("persons", &json!("1"), &rows))
    };
    let (party, board) = (of(61, true, "Waterdam Vooruit"), of(67, false, "Raadslid"));
    assert_eq!(thing(&party, Kind::Person, "2"), thing(&board, Kind::Person, "2"));
    let member = thing(&party, Kind::Membership, "2.61");
    assert_eq!(
        (&member["party"], member.get("start"), member.get("end")),
        (&json!("Waterdam Vooruit"), None, None)
    );
    assert_eq!(thing(&board, Kind::Membership, "2.67")["role"], "Raadslid");
    assert_eq!((diagnostics(&party), diagnostics(&board)), (vec![], vec![]));
}

// 10. Votes: `items` as an empty list or object, `/Leden` in place of `/Samenstelling`.
// portal pages: tests in portal.rs

// 10. Functions have days where the supplier knows them; most have none.
#[tokio::test]
async fn a_function_has_the_days_that_are_known() {
    let world = World::new(WORKER).await;
    world.harvest("duinstede").await;
    let query = "{ node(id: \"person:gemeenteoplossingen:duinstede:302\") { ... on Person { memberships { nodes { role start end } } } } }";
    let memberships = world.data(query, json!({})).await["node"]["memberships"]["nodes"].clone();
    let held = |role: &str| {
        memberships
            .as_array()
            .unwrap()
            .iter()
            .find(|m| m["role"] == role)
            .unwrap_or_else(|| panic!("{memberships}"))
            .clone()
    };
    assert_eq!((&held("Raadslid")["start"], &held("Raadslid")["end"]), (&json!("2022-03-30"), &Value::Null));
    assert_eq!(held("Fractie raadslid")["start"], Value::Null);
}

// A meeting of two sessions: each is a heading with its own items below it, and a single session is none.
#[tokio::test]
async fn the_sessions_of_a_meeting_are_headings_where_there_are_several() {
    let world = World::new(WORKER).await;
    world.harvest("duinstede").await;
    let query = "query Q($id: ID!) { node(id: $id) { ... on Meeting { agenda { nodes { title description heading children { nodes { number } } } } } } }";
    let agenda = async |meeting: u64| {
        let id = format!("meeting:gemeenteoplossingen:duinstede:{meeting}");
        world.data(query, json!({ "id": id })).await["node"]["agenda"]["nodes"].as_array().unwrap().clone()
    };
    let parted = agenda(2110).await;
    let told: Vec<_> = parted
        .iter()
        .map(|item| {
            (&item["title"], &item["description"], item["children"]["nodes"].as_array().unwrap().len())
        })
        .collect();
    assert_eq!(
        told,
        [(&json!("Avond"), &json!("Raadzaal"), 3), (&json!("Vervolg"), &json!("Commissiekamer"), 2)]
    );
    assert!(agenda(2101).await.iter().all(|item| item["title"] != "Avond"));
}

// 1. A host that has version 2 only: the same meetings, items and documents are found, one question at a time.
#[tokio::test]
async fn a_host_without_version_1_gives_the_same_by_version_2() {
    let both = World::new(WORKER).await;
    both.harvest("duinstede").await;
    let alone = World::new(WORKER).await;
    alone.twist("/api/v1/", |answer| Answer {
        status: 404,
        bytes: json!({"status": "ERROR", "code": 404, "messages": ["Niet gevonden"], "result": null})
            .to_string()
            .into(),
        ..answer
    });
    let report = alone.harvest("duinstede").await;
    assert_eq!(report.verdict, Verdict::Healthy);
    let ids = async |world: &World| {
        let lines = dump(&world.harvester.store).await;
        let kinds = ["meeting:", "agenda-item:", "document:", "committee:", "person:", "vote-event:"];
        let mut ids: Vec<_> =
            lines.iter().filter_map(|line| line.split(' ').next().map(str::to_owned)).collect();
        ids.retain(|id| kinds.iter().any(|kind| id.starts_with(kind)));
        ids
    };
    assert_eq!(ids(&alone).await, ids(&both).await);
    let query = "{ node(id: \"agenda-item:gemeenteoplossingen:duinstede:31042\") { ... on AgendaItem { documents { totalCount } } } }";
    let linked = async |world: &World| world.data(query, json!({})).await;
    assert_eq!(linked(&alone).await, linked(&both).await);
}

// 6. The documents of an item in two pages: the last page says all of them.
#[test]
fn the_documents_of_an_item_in_pages_are_all_linked() {
    let rows = |from: u64, until: u64| (from..until).map(|id| json!({"id": id})).collect::<Vec<_>>();
    let first = GemeenteOplossingenTask::Linked { meeting: 1, item: Some(7), before: vec![] };
    let read = told(&first, &page("documents", &json!("150"), &rows(1, 101)));
    let [second] = &read.next[..] else { panic!("{:?}", read.next) };
    let last = told(second, &page("documents", &json!("150"), &rows(101, 151)));
    let item = thing(&last, Kind::AgendaItem, "7");
    assert_eq!((item["documents"].as_array().unwrap().len(), last.complete.len()), (150, 1));
}

// 8. What hangs under a confidential item by its number, by version 1, or on a later page is closed with it.
#[tokio::test]
async fn what_hangs_under_a_confidential_item_is_closed_with_it() {
    let rows = json!([{"id": 1, "number": "3.", "confidential": true, "title": "Kwik"},
        {"id": 2, "number": "3.1", "confidential": false, "title": "Kwik"}, {"id": 3, "number": "4.", "title": "Open"}]);
    let task = |closed: &[&str]| {
        let attached = Some([(1, vec![9])].into_iter().collect::<std::collections::BTreeMap<_, _>>().into());
        GemeenteOplossingenTask::Items {
            meeting: 1,
            offset: 0,
            attached,
            closed: closed.iter().map(|c| (*c).to_owned()).collect(),
        }
    };
    let json = page("meetingitems", &json!("3"), rows.as_array().unwrap());
    let harvested = told(&task(&[]), &json);
    assert_eq!(count(&harvested, Kind::AgendaItem), 1);
    let withheld: Vec<_> = harvested
        .diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.code == DiagnosticCode::Withheld)
        .collect();
    assert!(
        withheld
            .iter()
            .any(|diagnostic| diagnostic.message.contains("document:") && diagnostic.message.contains(":9 "))
    );
    let kept =
        GemeenteOplossingen::redact_answer(&task(&[]), &answer(json.to_string().into_bytes())).unwrap();
    let kept = String::from_utf8(kept).unwrap();
    assert!(!kept.contains("Kwik") && kept.contains("Open"), "{kept}");
    let later = page("meetingitems", &json!("1"), &[json!({"id": 5, "number": "3.2", "title": "Kwik"})]);
    assert_eq!(count(&told(&task(&["3."]), &later), Kind::AgendaItem), 0);
    // A meeting that only version 2 says is closed.
    let closed = json!({"id": 5, "number": "1", "title": "x", "meeting": {"id": 1, "confidential": 1}});
    let harvested = told(&task(&[]), &page("meetingitems", &json!("1"), &[closed]));
    assert_eq!((count(&harvested, Kind::AgendaItem), harvested.diagnostics.len()), (0, 1));
}

// 8. A vote under an item that may not be kept, told by the portal afterwards.
#[tokio::test]
async fn a_vote_under_a_closed_item_is_not_kept() {
    let world = World::new(WORKER).await;
    world.country.lock().unwrap().edit("gemeenteoplossingen/v2/meetingitems/2105.json", |json| {
        for item in json["result"]["meetingitems"].as_array_mut().unwrap() {
            if item["id"] == 31_046 || item["id"] == 31_047 || item["id"] == 31_045 {
                item["confidential"] = json!(true);
            }
        }
    });
    world.harvest("duinstede").await;
    let events = dump(&world.harvester.store).await;
    let closed = |id: u32| {
        !events
            .iter()
            .any(|line| line.starts_with(&format!("vote-event:gemeenteoplossingen:duinstede:{id} ")))
    };
    let votes = world
        .country
        .lock()
        .unwrap()
        .json("gemeenteoplossingen/portal/votings/duinstede-vooruit.json")
        .unwrap();
    let under: Vec<u32> = votes["items"]["2026"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|vote| [31_045, 31_046, 31_047].contains(&vote["meetingItemId"].as_u64().unwrap_or(0)))
        .map(|vote| u32::try_from(vote["votingId"].as_u64().unwrap()).unwrap())
        .collect();
    assert!(!under.is_empty() && under.iter().all(|id| closed(*id)), "{under:?}");
}

// 10. Votes of other years than the harvested stay, and a party without votes has none.
#[tokio::test]
async fn a_shorter_harvest_keeps_the_votes_of_other_years() {
    let world = World::new(WORKER).await;
    world.harvest("duinstede").await;
    let votes = async || {
        let lines = dump(&world.harvester.store).await;
        lines.into_iter().filter(|line| line.starts_with("vote:")).collect::<Vec<_>>()
    };
    let before = votes().await;
    assert!(before.len() > 8, "{before:?}");
    world.harvest_window("duinstede", days("2027-01-01..2027-01-31")).await;
    assert_eq!(votes().await, before);
    let task = GemeenteOplossingenTask::Votings {
        folder: 1,
        party: 61,
        name: "x".into(),
        window: days("2026-01-01..2026-12-31"),
    };
    for none in [json!({"items": []}), json!({"items": {}})] {
        assert_eq!(told(&task, &none).parts.len(), 0, "{none}");
    }
    let request = GemeenteOplossingen::request(&source("alblasserdam"), &task);
    assert!(request.url.path().starts_with("/Leden/"), "{}", request.url);
}

// 9. A host that answers "not found" to everything gives nothing, and that is no health.
#[tokio::test]
async fn a_host_that_knows_nothing_is_broken() {
    let world = World::new(WORKER).await;
    world.twist("duinstede", |answer| Answer { status: 404, bytes: "{}".into(), ..answer });
    assert_eq!(world.harvest("duinstede").await.verdict, Verdict::Broken);
}

// A meeting of which the interface gives no agenda is read from its page.
#[tokio::test]
async fn a_meeting_without_an_agenda_is_read_from_its_page() {
    let world = World::new(WORKER).await;
    {
        let mut country = world.country.lock().unwrap();
        country.edit("gemeenteoplossingen/v2/meetingitems/2105.json", |json| {
            json["result"]["meetingitems"] = json!([]);
            json["result"]["totalCount"] = json!("0");
        });
        country.edit("gemeenteoplossingen/v1/meetings.json", |json| {
            for meeting in json.as_array_mut().unwrap() {
                if meeting["id"] == 2105 {
                    meeting["items"] = json!([]);
                }
            }
        });
    }
    world.harvest("duinstede").await;
    let query = "{ node(id: \"meeting:gemeenteoplossingen:duinstede:2105\") { ... on Meeting { agenda { totalCount } recordings { totalCount } } } }";
    let found = world.data(query, json!({})).await["node"].clone();
    assert!(found["agenda"]["totalCount"].as_u64().unwrap() > 3, "{found}");
    assert_eq!(found["recordings"]["totalCount"], 1);
}

// 9. A collection that ignores where a page begins ends all the same.
#[test]
fn a_collection_without_a_total_is_not_followed_for_ever() {
    let rows: Vec<_> = (0..100).map(|id| json!({"id": id})).collect();
    let endless = |offset: u64| {
        let page = json!({"status": "OK", "result": {"documents": rows}});
        told(&GemeenteOplossingenTask::Documents { offset }, &page).next.len()
    };
    assert_eq!((endless(0), endless(50_000)), (1, 0));
}

// Events: what stands in the calendar beside the meetings of bodies, with what is attached to it.
#[tokio::test]
async fn what_else_stands_in_the_calendar_is_there_too() {
    let world = World::new(WORKER).await;
    world.harvest("duinstede").await;
    let query = "query Q($id: ID!) { node(id: $id) { ... on Meeting { name start end status committee { id } documents { nodes { name documentType } } } } }";
    let event = async |id: u32| {
        let id = format!("meeting:gemeenteoplossingen:duinstede:event-{id}");
        world.data(query, json!({ "id": id })).await["node"].clone()
    };
    let visit = event(8101).await;
    assert_eq!(
        (&visit["start"], &visit["end"]),
        (&json!("2026-05-21T14:00:00+02:00"), &json!("2026-05-21T16:30:00+02:00"))
    );
    assert_eq!((&visit["status"], &visit["committee"]), (&json!("CONFIRMED"), &Value::Null));
    assert_eq!(event(8103).await["status"], "CANCELLED");
    assert_eq!(event(8102).await["documents"]["nodes"][0]["name"], "Uitnodiging ontwerptafels Duinrand");
}

// A long evening is filmed in more than one file, each of which begins at its own first second.
#[test]
fn each_file_of_a_film_is_a_recording_with_its_own_chapters() {
    let fragment = |id: u32, start: &str, file: &str| {
        format!(
            r#"<li id="agendapunt{id}"><div class="title"><h3>Punt {id}</h3></div><div class="film-fragment">{{"type": "film",
            "fragmentId": {id}, "filmName": "Punt {id}", {start} "endTime": 90, "path": "https://film.example/{file}.mp4?start=0"}}</div></li>"#
        )
    };
    let rows = [
        fragment(1, r#""startTime": 5,"#, "avond"),
        fragment(2, r#""startTime": 60,"#, "avond"),
        fragment(3, r#""startTime": 5,"#, "nacht"),
        fragment(4, "", "nacht"),
    ];
    let page = GemeenteOplossingenTask::Page {
        meeting: 9,
        address: "https://raad.example/9".parse().unwrap(),
        items: vec![],
        withheld: vec![],
    };
    let read = read::<GemeenteOplossingen>("alblasserdam", &page, rows.concat().into_bytes());
    let evening = thing(&read, Kind::Recording, "film-9-avond");
    assert_eq!(evening["file"], "https://film.example/avond.mp4");
    assert_eq!((count(&read, Kind::Recording), count(&read, Kind::Chapter)), (2, 3));
    let of = |native: &str| thing(&read, Kind::Chapter, native)["recording"].clone();
    assert_eq!(of("film-9-avond.2"), evening["id"]);
    assert_eq!(of("film-9-nacht.3"), id(Kind::Recording, "film-9-nacht"));
    assert_eq!(diagnostics(&read), [(DiagnosticCode::UnexpectedShape, "/film-fragment".to_owned())]);
}
