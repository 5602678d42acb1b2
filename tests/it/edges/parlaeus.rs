//! The edge cases of Parlaeus, numbered as in section 8 of its reference.

use std::sync::{Arc, Mutex};

use axum::{Router, http::Uri, response::Redirect};
use raadhuis_harvester::{
    supplier::{AnswerClass, Harvested, Parlaeus, Supplier, parlaeus::ParlaeusTask},
    transport::{
        Answer, HttpTransport, Lane, RateLimiter, Request, Robots, Secret, Transport, TransportError, Wants,
    },
};
use raadhuis_outbound::Guard;
use raadhuis_schema::{Action, DiagnosticCode, Entity, Kind, Window};
use raadhuis_tests::{World, dump};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::{
    WORKER,
    recorded::{answer, count, entities, read, source},
};

fn agenda_task() -> ParlaeusTask {
    ParlaeusTask::Agenda { id: "A".into() }
}

fn window() -> Window {
    "2026-01-01..2026-12-31".parse().unwrap()
}

fn said(task: &ParlaeusTask, json: Value) -> Harvested<ParlaeusTask> {
    read::<Parlaeus>("apeldoorn", task, json.to_string().into_bytes())
}

/// An agenda of 22 January 2026 with these fields over its own.
fn agenda(fields: &Value) -> Harvested<ParlaeusTask> {
    let mut agenda = json!({"agid": "A", "committeecode": "Raad", "date": "20260122", "time": "19:30"});
    for (key, value) in fields.as_object().unwrap() {
        agenda[key.as_str()] = value.clone();
    }
    said(&agenda_task(), json!({"status": 200, "agenda": agenda}))
}

fn points(points: Value) -> Harvested<ParlaeusTask> {
    agenda(&json!({"points": points}))
}

/// The only document of an agenda, with this link, and the diagnostics about it.
fn linked(link: &Value) -> (Value, Vec<DiagnosticCode>) {
    let document = json!({"dcid": "D", "title": "Raadsbrief", "link": link});
    let harvested = points(json!([{"apid": "P", "documents": [document]}]));
    (all(&harvested, Kind::Document).remove(0), codes(&harvested))
}

/// What is said of all things of a kind, in order.
fn all(harvested: &Harvested<ParlaeusTask>, kind: Kind) -> Vec<Value> {
    let of_kind = entities(harvested).into_iter().filter(|entity| entity.id().kind() == kind);
    of_kind.map(Entity::to_json).collect()
}

/// What is said of the only meeting.
fn meeting(harvested: &Harvested<ParlaeusTask>) -> Value {
    all(harvested, Kind::Meeting).remove(0)
}

fn codes(harvested: &Harvested<ParlaeusTask>) -> Vec<DiagnosticCode> {
    harvested.diagnostics.iter().map(|diagnostic| diagnostic.code).collect()
}

// 1. HTTP says 200; the status inside may say no, say nothing, or be a text.
#[test]
fn the_status_inside_an_answer_is_the_real_one() {
    let judge =
        |json: Value| Parlaeus::classify_answer(&agenda_task(), &answer(json.to_string().into_bytes()));
    for status in [json!(501), json!(401), json!(500), json!("501")] {
        let verdict = judge(json!({"status": status, "message": "No such function"}));
        assert!(matches!(verdict, AnswerClass::Refused(_)), "{status}");
    }
    for json in
        [json!({"status": 200}), json!({"status": "200"}), json!({"status": null}), json!({"list": []})]
    {
        assert_eq!(judge(json.clone()), AnswerClass::Content, "{json}");
    }
}

// 1. A page where JSON should be: a login page keeps us out, and anything else that is no JSON cannot be
// read.
#[test]
fn what_is_no_json_is_never_an_empty_answer() {
    let task = ParlaeusTask::Agendas { window: window() };
    let login = answer("\n<!DOCTYPE html><form>Inloggen</form>".into());
    assert!(matches!(Parlaeus::classify_answer(&task, &login), AnswerClass::Blocked(_)));
    for body in ["", "niet beschikbaar", "{\"status\": 200, \"list\": ["] {
        assert!(Parlaeus::read_answer(&source("apeldoorn"), &task, &answer(body.into())).is_err(), "{body}");
    }
}

// 2. A list that is null, missing or empty is empty.
#[test]
fn a_list_may_be_null_missing_or_empty() {
    for task in [ParlaeusTask::Committees, ParlaeusTask::Persons, ParlaeusTask::Agendas { window: window() }]
    {
        for json in [json!({"status": 200, "list": null}), json!({"status": 200}), json!({"list": []})] {
            let harvested = said(&task, json.clone());
            let found = (harvested.parts.len(), harvested.next.len(), harvested.diagnostics.len());
            assert_eq!((found, harvested.complete.len()), ((0, 0, 0), 1), "{json}");
        }
    }
}

// 2. An agenda without points, and points without documents.
#[test]
fn points_and_documents_may_be_null_missing_or_empty() {
    for fields in [json!({}), json!({"points": null}), json!({"points": []})] {
        let harvested = agenda(&fields);
        let counted = [Kind::Meeting, Kind::AgendaItem].map(|kind| count(&harvested, kind));
        assert_eq!((counted, codes(&harvested)), ([1, 0], vec![]), "{fields}");
    }
    for point in [json!({"apid": "P"}), json!({"apid": "P", "documents": null})] {
        let harvested = points(json!([point]));
        assert_eq!((count(&harvested, Kind::AgendaItem), codes(&harvested)), (1, vec![]), "{point}");
    }
}

// 2. A point without apid and a document without dcid: each costs itself and a diagnostic that says where.
#[test]
fn what_has_no_id_costs_itself_and_the_rest_is_read() {
    let harvested = points(json!([
        {"title": "Zonder kenmerk", "documents": [{"dcid": "X"}]},
        {"apid": "P", "documents": [{"title": "Zonder kenmerk"}, {"dcid": ""}, {"dcid": "D"}]},
        {"apid": ""},
        {"apid": "Q"}
    ]));
    let ids = |kind| all(&harvested, kind).iter().map(|said| said["id"].clone()).collect::<Vec<_>>();
    assert_eq!(
        ids(Kind::AgendaItem),
        ["agenda-item:parlaeus:apeldoorn:P", "agenda-item:parlaeus:apeldoorn:Q"]
    );
    assert_eq!(ids(Kind::Document), ["document:parlaeus:apeldoorn:D"]);
    let mut paths: Vec<_> = harvested.diagnostics.iter().map(|diagnostic| diagnostic.path.clone()).collect();
    paths.sort();
    let expected = [
        "/agenda/points/0",
        "/agenda/points/1/documents/0",
        "/agenda/points/1/documents/1",
        "/agenda/points/2",
    ];
    assert_eq!(paths, expected);
    assert!(codes(&harvested).iter().all(|code| *code == DiagnosticCode::MissingId));
}

// 3. A row without agid is no question; the others are asked.
#[test]
fn an_agenda_without_an_id_is_not_asked_for_and_the_others_are() {
    let rows = json!([{"agid": "A", "date": "20260122"}, {"agid": ""}, {"date": "20260122"}, {"agid": "B"}]);
    let harvested = said(&ParlaeusTask::Agendas { window: window() }, json!({"status": 200, "list": rows}));
    let asked: Vec<_> = harvested.next.iter().map(Parlaeus::task_name).collect();
    assert_eq!(asked, ["agenda A", "agenda B"]);
    assert_eq!(codes(&harvested), [DiagnosticCode::MissingId; 2]);
}

// 3. An answer about an agenda without the agenda is no answer, so that nothing is taken for gone.
#[test]
fn a_detail_without_its_agenda_cannot_be_read() {
    for json in [json!({"status": 200}), json!({"status": 200, "agenda": null}), json!([])] {
        let answer = answer(json.to_string().into_bytes());
        assert!(Parlaeus::read_answer(&source("apeldoorn"), &agenda_task(), &answer).is_err(), "{json}");
    }
}

// 3. An answer that is none, in the middle of a harvest, costs its own meeting nothing that was stored.
#[tokio::test]
async fn an_error_body_in_the_middle_costs_only_its_own_meeting() {
    let world = World::new(WORKER).await;
    world.twist("agid=a9106000000000000000000000000004", |answer| Answer {
        bytes: "{\"status\": 500, \"message\": \"Internal error\"}".into(),
        ..answer
    });
    let report = world.harvest("veenhoven").await;
    let subject = "agenda a9106000000000000000000000000004";
    let about: Vec<_> =
        report.diagnostics.iter().filter(|diagnostic| diagnostic.subject == subject).collect();
    assert_eq!(about.iter().map(|diagnostic| diagnostic.code).collect::<Vec<_>>(), [DiagnosticCode::Refused]);
    let living = dump(&world.harvester.store).await;
    for agenda in [1, 2, 3, 5, 6] {
        let line = format!("meeting:parlaeus:veenhoven:a910600000000000000000000000000{agenda} ");
        assert!(living.iter().any(|living| living.starts_with(&line)), "{line}");
    }
}

// 4. The three ways in which hosts are glued together, sound links, relative ones, and none. Also:
// payload.rs, a_glued_link_is_parted_and_a_good_one_left_alone.
#[test]
fn a_link_is_mended_where_it_is_glued_and_left_alone_where_it_is_sound() {
    let good = "https://apeldoorn.parlaeus.nl/user/showdoc/action=view/id=D/type=pdf/Brief.pdf";
    let check = |link: Value, expected: Value| {
        let (document, diagnostics) = linked(&link);
        assert_eq!((&document["url"], diagnostics), (&expected, vec![]), "{link}");
    };
    check(json!(format!("https://apeldoorn.parlaeus.nl{good}")), json!(good));
    check(
        json!("https://apeldoorn.parlaeus.nlhttps://apeldoorn.qualigraf.nl/x.pdf"),
        json!("https://apeldoorn.qualigraf.nl/x.pdf"),
    );
    check(
        json!("https://apeldoorn.qualigraf.nlhttps//apeldoorn.parlaeus.nl/x.pdf"),
        json!("https://apeldoorn.parlaeus.nl/x.pdf"),
    );
    check(json!(good), json!(good));
    check(json!("/user/showdoc/action=view/id=D/type=pdf/Brief.pdf"), json!(good));
    check(json!(""), Value::Null);
    check(json!("  "), Value::Null);
    check(Value::Null, Value::Null);
}

// 4. A sound link that carries another address in its path or its question is not glued.
#[test]
fn a_link_that_carries_another_address_is_left_alone() {
    for link in [
        "https://apeldoorn.parlaeus.nl/user/link?to=https://waterdam.example/x.pdf",
        "https://apeldoorn.parlaeus.nl/archief/https://waterdam.example/x.pdf",
    ] {
        assert_eq!(linked(&json!(link)).0["url"], link);
    }
}

// 5. A link to a page of the portal: a diagnostic, and the page is not kept as if it were a document.
#[tokio::test]
async fn a_page_in_the_place_of_a_file_is_a_remark_and_is_not_kept() {
    let world = World::new(WORKER).await;
    let report = world.harvest("veenhoven").await;
    let of_page = report
        .diagnostics
        .iter()
        .find(|diagnostic| diagnostic.subject.contains("d9106000000000000000000000000008"));
    assert_eq!(of_page.unwrap().code, DiagnosticCode::UnsupportedFormat);
    assert_eq!(world.files_with(&["<title>Ingekomen stukken</title>"]), [] as [String; 0]);
}

// 5. A file without an ending, blanks and a plus: the address works, and the name is what a person would call
// it.
#[test]
fn the_name_of_a_file_is_as_people_write_it() {
    let base = "https://apeldoorn.parlaeus.nl/user/showdoc/action=view/id=D/type=pdf";
    let check = |file: &str, url: &str, name: Value| {
        let (document, diagnostics) = linked(&json!(format!("{base}/{file}")));
        assert_eq!(document["url"], format!("{base}/{url}"));
        assert_eq!((&document["fileName"], diagnostics), (&name, vec![]), "{file}");
    };
    check("Brief.pdf", "Brief.pdf", json!("Brief.pdf"));
    check("Motie_2", "Motie_2", Value::Null);
    check("Nota+haven.pdf", "Nota+haven.pdf", json!("Nota+haven.pdf"));
    check("Nota de haven.pdf", "Nota%20de%20haven.pdf", json!("Nota de haven.pdf"));
}

// 6. The clock at which it begins: one digit, none, and not a clock; in winter, in summer and on the day of
// change.
#[test]
fn a_meeting_begins_at_its_clock_or_on_its_day() {
    let check = |date: &str, time: Value, expected: &str| {
        let harvested = agenda(&json!({"date": date, "time": time}));
        assert_eq!(meeting(&harvested)["start"], expected, "{date} {time}");
        assert_eq!(codes(&harvested), []);
    };
    check("20260122", json!("19:30"), "2026-01-22T19:30:00+01:00");
    check("20260122", json!("9:00"), "2026-01-22T09:00:00+01:00");
    check("20260122", json!(""), "2026-01-22");
    check("20260122", Value::Null, "2026-01-22");
    check("20260722", json!("19:30"), "2026-07-22T19:30:00+02:00");
    check("20260329", json!("19:30"), "2026-03-29T19:30:00+02:00");
    check("20261025", json!("19:30"), "2026-10-25T19:30:00+01:00");
}

// 6. The clock at which it ends: "0" and nothing mean that nobody knows, and before the start means the next
// day.
#[test]
fn an_end_may_be_unknown_or_after_midnight() {
    let check = |end: Value, expected: Value| {
        let harvested = agenda(&json!({"endtime": end}));
        assert_eq!(meeting(&harvested)["end"], expected, "{end}");
        assert_eq!(codes(&harvested), []);
    };
    check(json!("22:45"), json!("2026-01-22T22:45:00+01:00"));
    check(json!("0:40"), json!("2026-01-23T00:40:00+01:00"));
    check(json!("0"), Value::Null);
    check(json!(0), Value::Null);
    check(json!(""), Value::Null);
    check(Value::Null, Value::Null);
}

// 6. A day of another length, or that does not exist: a meeting without a day, never the year 1970.
#[test]
fn a_day_that_cannot_be_read_is_a_remark_and_no_day() {
    for (date, code) in [
        (json!("2026012"), DiagnosticCode::UnexpectedShape),
        (json!("2026-01-22"), DiagnosticCode::UnexpectedShape),
        (json!(""), DiagnosticCode::UnexpectedShape),
        (Value::Null, DiagnosticCode::UnexpectedShape),
        (json!("20260230"), DiagnosticCode::ImpossibleTime),
    ] {
        let harvested = agenda(&json!({"date": date, "time": "19:30"}));
        assert_eq!(meeting(&harvested)["start"], Value::Null, "{date}");
        assert_eq!(codes(&harvested), [code], "{date}");
        assert_eq!(harvested.diagnostics[0].path, "/agenda/date");
    }
}

// 7. Called off or not, as a number, as a text, or unsaid.
#[test]
fn a_meeting_is_called_off_by_one_in_either_form() {
    let status = |fields: Value| meeting(&agenda(&fields))["status"].clone();
    for cancelled in [json!(1), json!("1"), json!(2)] {
        assert_eq!(status(json!({"cancelled": cancelled})), "cancelled", "{cancelled}");
    }
    for cancelled in [json!(0), json!("0"), json!(""), Value::Null] {
        assert_eq!(status(json!({"cancelled": cancelled})), "confirmed", "{cancelled}");
    }
    assert_eq!(status(json!({})), "confirmed");
}

// 8. The same document twice in one point, in two points and at two meetings: each point names it once.
#[test]
fn a_document_that_is_named_again_is_the_same_document() {
    let document = json!({"dcid": "D", "title": "Raadsbrief"});
    let point = |apid: &str, documents: Value| json!({"apid": apid, "documents": documents});
    let here = points(json!([point("P", json!([document, document])), point("Q", json!([document]))]));
    let there = points(json!([point("R", json!([document]))]));
    assert_eq!((count(&here, Kind::Document), codes(&here)), (1, vec![]));
    for item in all(&here, Kind::AgendaItem).iter().chain(&all(&there, Kind::AgendaItem)) {
        assert_eq!(item["documents"], json!(["document:parlaeus:apeldoorn:D"]));
    }
}

// 9. Blanks are nothing; a meeting without a title is called after its committee.
#[test]
fn blanks_are_nothing_and_an_untitled_meeting_is_called_after_its_committee() {
    let harvested = agenda(&json!({"title": " ", "description": "   ", "location": ""}));
    let said = meeting(&harvested);
    assert_eq!(said["name"], "Vergadering Raad");
    assert_eq!((&said["description"], &said["location"]), (&Value::Null, &Value::Null));
    let point =
        &all(&points(json!([{"apid": "P", "title": "", "text": " ", "number": ""}])), Kind::AgendaItem)[0];
    let fields = ["title", "description", "number"].map(|field| point[field].clone());
    assert_eq!(fields, [Value::Null, Value::Null, Value::Null]);
    assert_eq!(codes(&harvested), []);
}

// 9. HTML in what should be text.
#[test]
fn html_in_a_text_becomes_plain_words() {
    let harvested = points(json!([{
        "apid": "P", "title": "Kade &amp; <em>oever</em>",
        "text": "<p>De raad,</p><p>gehoord&nbsp;hebbende;</p>", "decision": "<b>Aangenomen</b>"
    }]));
    let point = &all(&harvested, Kind::AgendaItem)[0];
    assert_eq!(
        (&point["title"], &point["description"]),
        (&json!("Kade & oever"), &json!("De raad,\ngehoord hebbende;"))
    );
    let decision = &all(&harvested, Kind::Decision)[0];
    assert_eq!((&decision["statusWords"], &decision["outcome"]), (&json!("Aangenomen"), &json!("adopted")));
    let described = agenda(&json!({"description": "<p>Om <b>acht</b> uur</p>"}));
    assert_eq!(meeting(&described)["description"], "Om acht uur");
}

// 10. Levels draw a tree; a jump hangs from the nearest that stands less deep. Also: payload.rs,
// levels_draw_a_tree_and_a_jump_hangs_from_the_last_that_is_less_deep.
#[test]
fn points_hang_from_the_nearest_before_them_that_stands_less_deep() {
    let levels = [0, 1, 2, 1, 0, 2];
    let rows: Vec<_> = levels
        .iter()
        .enumerate()
        .map(|(at, level)| json!({"apid": format!("P{at}"), "level": level}))
        .collect();
    let harvested = points(Value::from(rows));
    let parents: Vec<_> =
        all(&harvested, Kind::AgendaItem).iter().map(|point| point["parent"].clone()).collect();
    let point = |at: u8| json!(format!("agenda-item:parlaeus:apeldoorn:P{at}"));
    let meeting = json!("meeting:parlaeus:apeldoorn:A");
    assert_eq!(parents, [meeting.clone(), point(0), point(1), point(0), meeting, point(4)]);
}

// 10. Without levels an agenda is flat; a point below one that cannot be kept is not lost.
#[test]
fn points_without_a_level_hang_from_the_meeting() {
    let harvested =
        points(json!([{"apid": "P"}, {"apid": "Q", "level": null}, {"level": 0}, {"apid": "R", "level": 1}]));
    let said = all(&harvested, Kind::AgendaItem);
    assert!(said.iter().take(2).all(|point| point["parent"] == "meeting:parlaeus:apeldoorn:A"), "{said:?}");
    assert_eq!(said.len(), 3);
}

// 11. No question has the session id in its address or its name. Also: recorded.rs,
// a_secret_stands_in_no_address_and_in_no_name.
#[test]
fn the_session_id_stands_in_no_address_and_in_no_name() {
    let tasks = [
        ParlaeusTask::Committees,
        ParlaeusTask::Persons,
        ParlaeusTask::Agendas { window: window() },
        agenda_task(),
        ParlaeusTask::Video { id: "A".into() },
    ];
    for task in tasks {
        let request = Parlaeus::request(&source("apeldoorn"), &task);
        assert!(!request.url.query_pairs().any(|(key, _)| key == "rid"), "{}", request.url);
        let is_portal = matches!(task, ParlaeusTask::Video { .. });
        assert_eq!(request.secret.is_none(), is_portal, "the portal is open to everybody");
    }
}

// 11. What the transport says of a failure: neither the address with the session id, nor its value.
#[tokio::test]
async fn the_session_id_stands_in_no_error_of_the_transport() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let asked = Arc::new(Mutex::new(String::new()));
    let log = Arc::clone(&asked);
    // Sends us on, session id and all, to where we do not go.
    let router = Router::new().fallback(move |uri: Uri| {
        *log.lock().unwrap() = uri.to_string();
        async move { Redirect::temporary(&format!("http://127.0.0.1:1{uri}")) }
    });
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    let lane = Lane { name: "fast", hosts: &["*"], per_minute: 600_000 };
    let live = HttpTransport::new(
        Guard::new([address.clone()]),
        RateLimiter::new(&[lane], 1.0),
        Robots::default(),
        "test",
    )
    .unwrap();
    let ask = |variable: &str| Request {
        secret: Some(Secret { parameter: "rid", variable: variable.to_owned() }),
        ..Request::get(
            format!("http://{address}/receive/opendata?fn=cie_list").parse().unwrap(),
            Wants::Payload,
        )
    };
    // A variable that every process has stands for the operator's.
    let error = live.send(&ask("PATH")).await.unwrap_err();
    assert!(asked.lock().unwrap().contains("rid="), "otherwise this test cannot fail");
    let secret = std::env::var("PATH").unwrap();
    for text in [error.to_string(), format!("{error:?}")] {
        assert!(!text.contains("rid=") && !text.contains(&secret), "{text}");
    }
    let missing = live.send(&ask("RAADHUIS_PARLAEUS_NERGENS")).await;
    assert_eq!(missing, Err(TransportError::SecretMissing("RAADHUIS_PARLAEUS_NERGENS".into())));
}

// 12. A committee without a name has its code, one without either has none; the council and its committees.
#[test]
fn a_committee_of_the_council_is_not_the_council() {
    let rows = json!([
        {"cmid": "1", "committeename": "Raad", "committeecode": "Raad"},
        {"cmid": "2", "committeename": "Gemeenteraad"},
        {"cmid": "3", "committeename": "Raadscommissie Bestuur", "committeecode": "RCB"},
        {"cmid": "4", "committeename": "", "committeecode": "Presidium"},
        {"cmid": "5", "committeename": "Raadsinformatieavond"},
        {"cmid": "6"}
    ]);
    let harvested = said(&ParlaeusTask::Committees, json!({"status": 200, "list": rows}));
    let found: Vec<_> = all(&harvested, Kind::Committee)
        .iter()
        .map(|committee| (committee["name"].clone(), committee["kind"].clone()))
        .collect();
    let expected = [
        (json!("Raad"), json!("council")),
        (json!("Gemeenteraad"), json!("council")),
        (json!("Raadscommissie Bestuur"), json!("committee")),
        (json!("Presidium"), json!("presidium")),
        (json!("Raadsinformatieavond"), Value::Null),
        (Value::Null, Value::Null),
    ];
    assert_eq!(found, expected);
    assert_eq!(codes(&harvested), []);
}

// 13. A person without a party has a function all the same; an empty seat is nobody.
#[test]
fn a_person_may_have_no_party_and_an_empty_seat_is_nobody() {
    let rows = json!([
        {"raid": "1", "name": "J. Voorbeeld", "function": "Burgemeester", "party": ""},
        {"raid": "2", "name": "K. Voorbeeld", "function": "Raadslid", "party": "Lijst Waterdam"},
        {"raid": "3", "name": "Zetel (nog) niet ingenomen", "function": "Raadslid", "party": "Waterdam"},
        {"raid": "4", "name": "ZETEL NIET INGENOMEN", "party": "Lijst Waterdam"}
    ]);
    let harvested = said(&ParlaeusTask::Persons, json!({"status": 200, "list": rows}));
    assert_eq!(count(&harvested, Kind::Person), 2);
    let seats: Vec<_> = all(&harvested, Kind::Membership)
        .iter()
        .map(|seat| (seat["role"].clone(), seat["party"].clone()))
        .collect();
    let expected = [(json!("Burgemeester"), Value::Null), (json!("Raadslid"), json!("Lijst Waterdam"))];
    assert_eq!(seats, expected);
    assert_eq!(codes(&harvested), []);
}

// 14. A listing that fails, and one that is empty while agendas are held: nothing is withdrawn on its word.
#[tokio::test]
async fn a_failed_or_empty_window_withdraws_nothing() {
    let world = World::new(WORKER).await;
    world.harvest("veenhoven").await;
    let end = world.end().await;
    for (status, body) in [
        (200, "{\"status\": 500, \"message\": \"Internal error\"}"),
        (200, "{\"status\": 401, \"message\": \"Invalid session\"}"),
        (200, "<!DOCTYPE html><form>Inloggen</form>"),
        (200, "{\"status\": 200, \"list\": null}"),
        (200, "{\"status\": 200}"),
        (403, ""),
        (404, ""),
    ] {
        world.twist("fn=agenda_list", move |answer| Answer { status, bytes: body.into(), ..answer });
        world.harvest("veenhoven").await;
        assert_eq!(world.changes(end).await, [], "{status} {body}");
    }
}

// 14. An agenda that a listing no longer names, while it names others, is gone when its own address says so too.
#[tokio::test]
async fn an_agenda_that_disappears_from_a_window_is_withdrawn() {
    let world = World::new(WORKER).await;
    world.harvest("veenhoven").await;
    let end = world.end().await;
    let id = "a9106000000000000000000000000002";
    world.edit("parlaeus/agenda_list.json", |json| {
        json["list"].as_array_mut().unwrap().retain(|row| row["agid"] != id);
    });
    world.remove(&format!("parlaeus/agenda_detail/{id}.json"));
    world.harvest("veenhoven").await;
    let changes = world.changes(end).await;
    let meetings: Vec<_> = changes.iter().filter(|change| change.kind() == Kind::Meeting).collect();
    assert_eq!(meetings.len(), 1, "{changes:?}");
    assert_eq!(meetings[0].id.as_str(), format!("meeting:parlaeus:veenhoven:{id}"));
    assert_eq!(meetings[0].action, Action::Withdrawn);
}

// 15. A meeting without video answers all the same.
#[test]
fn a_meeting_without_a_video_has_no_recording() {
    let task = ParlaeusTask::Video { id: "A".into() };
    for json in [
        json!({"player": {"VIDEO_DOWNLOAD": ""}, "indexdata": {"ndx": []}}),
        json!({"player": null, "indexdata": null}),
        json!({}),
    ] {
        let harvested = said(&task, json.clone());
        assert_eq!((harvested.parts.len(), harvested.diagnostics.len()), (0, 0), "{json}");
    }
}

// 15. Points without speakers are chapters all the same.
#[test]
fn a_video_with_points_and_without_speakers_has_its_chapters() {
    let task = ParlaeusTask::Video { id: "A".into() };
    let index = json!([
        {"start": 12, "end": 340, "point": "P", "votes": [], "mb": []},
        {"start": 340, "end": 610, "point": "Q", "mb": null},
        {"start": 610, "end": 700}
    ]);
    let player = json!({"VIDEO_DOWNLOAD": "https://video.waterdam.example/x.mp4"});
    let harvested = said(&task, json!({"player": player, "indexdata": {"ndx": index}}));
    assert_eq!(all(&harvested, Kind::Recording)[0]["file"], "https://video.waterdam.example/x.mp4");
    let chapters: Vec<_> = all(&harvested, Kind::Chapter)
        .iter()
        .map(|chapter| {
            (chapter["startsAt"].clone(), chapter["agendaItem"].clone(), chapter["speaker"].clone())
        })
        .collect();
    let item = |apid: &str| json!(format!("agenda-item:parlaeus:apeldoorn:{apid}"));
    let expected = [
        (json!(12), item("P"), Value::Null),
        (json!(340), item("Q"), Value::Null),
        (json!(610), Value::Null, Value::Null),
    ];
    assert_eq!(chapters, expected);
    assert_eq!(codes(&harvested), []);
}

// 15. A 401, by HTTP or inside: a refusal, which takes no recording away and no other meeting along.
#[tokio::test]
async fn a_refused_video_takes_nothing_away() {
    let world = World::new(WORKER).await;
    world.harvest("veenhoven").await;
    let end = world.end().await;
    let recordings = dump(&world.harvester.store).await;
    assert!(recordings.iter().any(|line| line.starts_with("recording:")), "otherwise this test cannot fail");
    for (status, body) in [(401, ""), (200, "{\"status\": 401}")] {
        world.twist("agendavideo", move |answer| Answer { status, bytes: body.into(), ..answer });
        let report = world.harvest("veenhoven").await;
        let refused = report.diagnostics.iter().filter(|diagnostic| diagnostic.subject.starts_with("video "));
        assert!(refused.clone().count() > 3);
        assert!(refused.clone().all(|diagnostic| diagnostic.code == DiagnosticCode::Refused));
        assert_eq!(world.changes(end).await, [], "{status}");
    }
}

// Interface B. The registers of the portal: each entry is what its register keeps, with the labels of its own.
#[tokio::test]
async fn the_registers_of_the_portal_are_read_entry_by_entry() {
    let world = World::new(WORKER).await;
    let report = world.harvest("veenhoven").await;
    let entry = async |kind: &str, number: &str| {
        let query = "query Q($id: ID!) { node(id: $id) { ... on Motion { title outcome date proposers { name } meeting { start } agendaItems { nodes { number } } documents { nodes { id } } }
            ... on Commitment { title due fulfilled holder { name } } ... on RegisterEntry { title register documents { totalCount } } } }";
        let id = format!("{kind}:parlaeus:veenhoven:e9106000000000000000000000000{number}");
        world.data(query, json!({ "id": id })).await["node"].clone()
    };
    let motion = entry("motion", "001").await;
    assert_eq!((&motion["outcome"], &motion["date"]), (&json!("ADOPTED"), &json!("2026-05-28")));
    assert_eq!(motion["proposers"], json!([{"name": "G. Turfsteker"}, {"name": "S. Rietzanger"}]));
    assert_eq!(motion["agendaItems"]["nodes"], json!([{"number": "2.a.3"}]));
    // The same file as under the agenda.
    let document = "document:parlaeus:veenhoven:d9106000000000000000000000000002";
    assert_eq!(motion["documents"]["nodes"], json!([{ "id": document }]));
    let commitment = entry("commitment", "011").await;
    assert_eq!((&commitment["due"], &commitment["fulfilled"]), (&json!("2026-09-01"), &json!(false)));
    assert_eq!(commitment["holder"]["name"], "wethouder Bruggen");
    let letter = entry("register-entry", "021").await;
    assert_eq!(
        (&letter["register"], &letter["documents"]["totalCount"]),
        (&json!("Ingekomen stukken"), &json!(1))
    );
    let unknown: Vec<_> = report
        .diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.code == DiagnosticCode::UnknownField)
        .collect();
    assert!(unknown.iter().any(|diagnostic| diagnostic.message.contains("stemverhouding")), "{unknown:?}");
}

// 1 of the policy: what stands at the portal is asked for only where robots.txt lets us.
#[test]
fn whatever_stands_at_the_portal_is_asked_for_as_a_page() {
    let window = window();
    for task in [
        ParlaeusTask::Video { id: "a".into() },
        ParlaeusTask::Registers { window },
        ParlaeusTask::Register { register: "motie".into(), year: 2026, month: 5 },
        ParlaeusTask::Entry { register: "motie".into(), key: "e".into() },
    ] {
        let request = Parlaeus::request(&source("apeldoorn"), &task);
        assert_eq!((request.wants, request.secret), (Wants::Page, None), "{}", Parlaeus::task_name(&task));
    }
}

// A list of the portal in none of its known shapes is no empty register.
#[test]
fn a_register_in_an_unknown_shape_is_not_empty() {
    let task = ParlaeusTask::Register { register: "motie".into(), year: 2026, month: 5 };
    let put = |json: Value| {
        Parlaeus::read_answer(&source("apeldoorn"), &task, &answer(json.to_string().into_bytes()))
    };
    assert!(put(json!({"items": []})).is_err());
    let read = |task: ParlaeusTask, json: Value| {
        Parlaeus::read_answer(&source("apeldoorn"), &task, &answer(json.to_string().into_bytes())).is_err()
    };
    assert!(
        read(ParlaeusTask::Registers { window: window() }, json!({})),
        "no menu is no list of no registers"
    );
    assert!(read(ParlaeusTask::Entry { register: "motie".into(), key: "e".into() }, json!({})));
    assert!(read(ParlaeusTask::Agenda { id: "a".into() }, json!({"agenda": []})));
    assert_eq!(put(json!({"rows": []})).unwrap().parts.len(), 0);
    assert_eq!(
        put(json!([{"title": "zonder sleutel"}])).unwrap().diagnostics[0].code,
        DiagnosticCode::MissingId
    );
}

// What is for people is not archived: it names who wrote a letter and who speaks.
#[test]
fn nothing_of_the_portal_is_archived() {
    let body = json!({"label": "Afzender", "text": "J. Bos, Dorpsstraat 5"}).to_string();
    for task in [
        ParlaeusTask::Video { id: "a".into() },
        ParlaeusTask::Entry { register: "postin".into(), key: "e".into() },
    ] {
        assert_eq!(
            Parlaeus::redact_answer(&task, &answer(body.clone().into())),
            None,
            "{}",
            Parlaeus::task_name(&task)
        );
    }
}

// 14. A window that fails is halved down to a week and no further.
#[test]
fn a_window_that_fails_is_halved_down_to_a_week() {
    let narrowed = |days: &str| {
        Parlaeus::narrow_task(&ParlaeusTask::Agendas { window: days.parse().unwrap() })
            .map(|tasks| tasks.len())
    };
    assert_eq!(narrowed("2026-01-01..2026-12-31"), Some(2));
    assert_eq!(narrowed("2026-01-01..2026-01-07"), None);
}
