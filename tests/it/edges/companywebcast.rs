//! The edge cases of the reference of Company Webcast, in its order. Codes, clocks and cues have theirs beside the code.

use raadhuis_harvester::supplier::{
    AnswerClass, Harvested, Ibabs, Supplier,
    companywebcast::{self, CompanyWebcastTask, Webcast},
    ibabs,
};
use raadhuis_harvester::transport::Answer;
use raadhuis_schema::{DiagnosticCode, Kind};
use raadhuis_tests::{World, survive::webcast};
use serde_json::{Value, json};

use crate::{
    WORKER,
    recorded::{answer, count, entities, read, source},
};

const MEETING: &str = "a7ac4ce8-7ade-579d-886e-affeeb4dce4a";

fn told(task: CompanyWebcastTask, body: &str) -> Harvested<ibabs::IbabsTask> {
    read::<Ibabs>("utrecht", &ibabs::IbabsTask::Webcast(task), body.into())
}

fn info(fields: Value) -> Harvested<ibabs::IbabsTask> {
    told(CompanyWebcastTask::Info(webcast()), &fields.to_string())
}

/// The recording that is said.
fn recording(harvested: &Harvested<ibabs::IbabsTask>) -> Value {
    entities(harvested).into_iter().find(|entity| entity.id().kind() == Kind::Recording).unwrap().to_json()
}

/// The chapters that are said: when they begin and end, and what they are called.
fn chapters(topics: &Value) -> Vec<(u64, Option<u64>, String)> {
    let detail = json!({"actualStart": "/Date(1000000+0200)/", "topics": topics});
    let harvested = told(CompanyWebcastTask::Chapters(webcast()), &detail.to_string());
    let said = entities(&harvested).into_iter().map(|chapter| {
        let json = chapter.to_json();
        let called = json.get("title").or(json.get("agendaItem")).unwrap().as_str().unwrap().to_owned();
        (json["startsAt"].as_u64().unwrap(), json.get("endsAt").and_then(Value::as_u64), called)
    });
    said.collect()
}

fn tracks(ids: &[&str]) -> Vec<ibabs::IbabsTask> {
    let list: Vec<_> = ids.iter().map(|id| json!({"path": "public", "id": id})).collect();
    told(CompanyWebcastTask::Tracks(webcast(), "guid".into(), None), &json!(list).to_string()).next
}

fn subtitles(body: &str) -> Harvested<ibabs::IbabsTask> {
    let address = "https://sdk.companywebcast.com/players/guid/vtt/public/nl".parse().unwrap();
    told(CompanyWebcastTask::Track(webcast(), address, "nl".to_owned(), false), body)
}

// 1. A code with `/`, the same with `_`, the id of a meeting, and none that can be read.
#[tokio::test]
async fn a_code_that_cannot_be_read_is_a_remark_and_each_other_form_is_a_recording() {
    let of = async |code: &str| {
        let world = World::new(WORKER).await;
        let from = "<a:Code>heidekerk/20260205_1</a:Code>".to_owned();
        let to = format!("<a:Code>{code}</a:Code>");
        world.twist("Public.svc", move |answer| Answer {
            bytes: String::from_utf8(answer.bytes.to_vec()).unwrap().replace(&from, &to).into(),
            ..answer
        });
        let report = world.harvest("heidekerk").await;
        let query = "query Q($id: ID!) { node(id: $id) { ... on Meeting { recordings { nodes { platform player } } } } }";
        let id = format!("meeting:ibabs:heidekerk:{MEETING}");
        let found = world.data(query, json!({ "id": id })).await["node"]["recordings"]["nodes"].clone();
        (found, report.diagnostics.iter().any(|diagnostic| diagnostic.path.ends_with("/Webcast/Code")))
    };
    let (slash, _) = of(" heidekerk/20260205_1 ").await;
    assert_eq!(slash[0]["player"], "https://player.companywebcast.com/heidekerk/20260205_1/nl-NL/player");
    assert_eq!(of("heidekerk_20260205_1").await.0, slash);
    let (live, _) = of("0a67487d-1dd1-5ceb-8be8-36eadb9757be").await;
    assert_eq!(live[0]["platform"], "connectlive");
    assert_eq!(of("").await, (json!([]), false), "no code, no recording");
    assert_eq!(of("https://elders.example/?v=1").await, (json!([]), true));
}

// 2. No such recording, and one that is still to come: nothing more is asked, and nothing is wrong.
#[test]
fn a_recording_that_is_not_there_yet_is_no_trouble() {
    let task = ibabs::IbabsTask::Webcast(CompanyWebcastTask::Info(webcast()));
    let gone = Answer { status: 404, ..answer(b"Not Found".to_vec()) };
    assert_eq!(Ibabs::classify_answer(&task, &gone), AnswerClass::Content);
    let nothing = Ibabs::read_answer(&source("utrecht"), &task, &gone).unwrap();
    assert_eq!((nothing.parts.len(), nothing.next.len(), nothing.diagnostics.len()), (0, 0, 0));
    for phase in ["scheduled", "live", "PreLive"] {
        let harvested = info(json!({"id": "guid", "phase": phase, "label": "x"}));
        assert_eq!((harvested.parts.len(), harvested.next.len()), (0, 0), "{phase}");
    }
}

// 3. Tracks that are not open: the player's refusal brings a token, the token a signature, the signature the tracks.
#[test]
fn tracks_that_are_not_open_are_asked_for_as_the_player_does() {
    let ask = |task: &CompanyWebcastTask, status: u16, body: &Value| {
        let task = ibabs::IbabsTask::Webcast(task.clone());
        let answer = Answer { status, ..answer(body.to_string().into_bytes()) };
        assert_eq!(Ibabs::classify_answer(&task, &answer), AnswerClass::Content);
        let harvested = Ibabs::read_answer(&source("utrecht"), &task, &answer).unwrap();
        let next = harvested.next.into_iter().find_map(|next| match next {
            ibabs::IbabsTask::Webcast(task) => Some(task),
            _ => None,
        });
        (next, harvested.diagnostics.len())
    };
    let open = CompanyWebcastTask::Tracks(webcast(), "guid".into(), None);
    let access = ask(&open, 401, &json!({})).0.unwrap();
    assert_eq!(access.request().url.path(), "/accessrules/guid");
    let signing = ask(&access, 401, &json!({"identificationToken": "t"})).0.unwrap();
    assert_eq!(signing.request().header, Some(("x-authorization", "t".into())));
    let keys = json!({"Policy": "p", "Signature": "s", "Key-Pair-Id": "k"});
    let renamed =
        json!({"CloudFront-Policy": "p", "CloudFront-Signature": "s", "CloudFront-Key-Pair-Id": "k"});
    let other = json!({"Policy": "x", "Signature": "x", "Key-Pair-Id": "x"});
    for answer in [
        json!({"readTokens": {"ssl": {"playlist": other, "players": keys}}}),
        json!({"readTokens": {"ssl": {"players": {"cloudfront": renamed}}}}),
        json!([{"players": keys}]),
    ] {
        let signed = ask(&signing, 200, &answer).0.unwrap();
        assert_eq!(signed.request().url.query(), Some("Policy=p&Signature=s&Key-Pair-Id=k"), "{answer}");
        let track = ask(&signed, 200, &json!([{"path": "public", "id": "nl"}])).0.unwrap();
        assert!(track.request().url.as_str().ends_with("/vtt/public/nl?Policy=p&Signature=s&Key-Pair-Id=k"));
        // What signs stands in no name.
        assert!(!signed.name().contains("Policy") && !track.name().contains("Policy"));
    }
    // No token, no signature, a token endpoint that is not there, and tracks that stay closed.
    assert_eq!(ask(&access, 401, &json!({})), (None, 1));
    assert_eq!(ask(&access, 404, &json!({})), (None, 0));
    assert_eq!(ask(&signing, 200, &json!({"readTokens": {}})), (None, 1));
    let signed = ibabs::IbabsTask::Webcast(ask(&signing, 200, &json!([{ "players": keys }])).0.unwrap());
    let refused = Ibabs::classify_answer(&signed, &Answer { status: 403, ..answer(b"{}".to_vec()) });
    assert!(matches!(refused, AnswerClass::Refused(_)));
}

// 4. No tracks, several, a Frisian one; and a body that is none, empty, or begins with a mark.
#[test]
fn the_best_track_is_read_and_a_page_in_its_place_is_refused() {
    let asked = |ids: &[&str]| match tracks(ids).as_slice() {
        [ibabs::IbabsTask::Webcast(CompanyWebcastTask::Track(_, address, language, corrected))] => {
            Some((address.path().rsplit('/').next().unwrap().to_owned(), language.clone(), *corrected))
        }
        _ => None,
    };
    assert_eq!(asked(&[]), None);
    assert_eq!(
        asked(&["frisianSubtitles", "Nl-amber", "NLcorrectie"]),
        Some(("NLcorrectie".into(), "nl".into(), true))
    );
    assert_eq!(asked(&["frisianSubtitles"]), Some(("frisianSubtitles".into(), "fy".into(), false)));
    let cue = "0:00:01.000 --> 0:00:02.000\r\nGoedenavond.\r\n";
    let said = |body: &str| count(&subtitles(body), Kind::TranscriptSegment);
    assert_eq!(said(&format!("\u{feff}WEBVTT\r\n\r\n{cue}")), 1);
    assert_eq!((said(""), said("WEBVTT\n")), (0, 0));
    for body in ["<html>inloggen</html>", "{\"error\": 1}"] {
        let address = "https://sdk.companywebcast.com/x".parse().unwrap();
        let task =
            ibabs::IbabsTask::Webcast(CompanyWebcastTask::Track(webcast(), address, "nl".to_owned(), false));
        assert!(Ibabs::read_answer(&source("utrecht"), &task, &answer(body.into())).is_err(), "{body}");
    }
}

// 5. Cues that overlap, that end before they begin, with notes, settings and voices.
#[test]
fn cues_that_overlap_are_one_piece_in_the_order_of_playing() {
    let body = "WEBVTT\n\nNOTE een mens keek mee\n\n00:05.000 --> 00:09.000 align:start\n<v spk1>twee\n\n0:04,000 --> 0:06,000\neen\n\n00:12.000 --> 00:10.000\ndrie";
    let harvested = subtitles(body);
    let segment = entities(&harvested)
        .into_iter()
        .find(|e| e.id().kind() == Kind::TranscriptSegment)
        .unwrap()
        .to_json();
    assert_eq!(
        (&segment["text"], &segment["startsAt"], &segment["endsAt"]),
        (&json!("een twee drie"), &json!(4), &json!(12))
    );
}

// 6. Topics without events, events in disorder, doubled, and before the recording began.
#[test]
fn a_topic_that_is_never_played_is_no_chapter() {
    let event = |start: i64, end: i64| json!({"start": format!("/Date({start}+0200)/"), "end": format!("/Date({end}+0200)/")});
    let topics = json!([
        {"title": "Rondvraag", "events": []},
        {"title": "Sluiting", "events": [event(1_060_000, 1_050_000)]},
        {"title": "Opening", "events": [event(900_000, 1_000_000), event(1_005_000, 1_060_000), event(1_005_000, 1_060_000)]},
    ]);
    let mut said = chapters(&topics);
    said.sort();
    said.dedup();
    assert_eq!(said, [(5, Some(60), "Opening".to_owned()), (60, None, "Sluiting".to_owned())]);
}

// 7. Dates with and without a zone, before 1970, and a recording that does not say when it began.
#[test]
fn without_its_beginning_a_recording_has_no_chapters_but_a_remark() {
    let topics = json!([{"title": "Opening", "events": [{"start": "/Date(1005000)/", "end": "/Date(-1)/"}]}]);
    assert_eq!(chapters(&topics), [(5, None, "Opening".to_owned())]);
    let harvested = told(CompanyWebcastTask::Chapters(webcast()), &json!({"topics": topics}).to_string());
    assert_eq!(
        (count(&harvested, Kind::Chapter), harvested.diagnostics[0].path.as_str()),
        (0, "/actualStart")
    );
}

// 8. A customer whose channel is off.
#[test]
fn a_channel_that_is_off_is_refused_with_a_reason() {
    let task = ibabs::IbabsTask::Webcast(CompanyWebcastTask::Chapters(webcast()));
    let judged = Ibabs::classify_answer(&task, &Answer { status: 400, ..answer(b"{}".to_vec()) });
    assert_eq!(judged, AnswerClass::Refused("the channel is off".into()));
}

// 9. Files that no browser plays, and addresses without a host; what signs an address is not kept.
#[test]
fn a_file_is_named_where_browsers_play_it_and_without_its_signature() {
    let file = |downloads: Value| {
        recording(&info(json!({"id": "guid", "phase": "onDemand", "downloads": downloads})))
            .get("file")
            .cloned()
    };
    assert_eq!(file(json!([{"extension": "wmv", "url": "https://a.example/x.wmv"}])), None);
    let signed = json!([{"extension": ".mp4", "url": "/downloads/x.mp4?Policy=p&Signature=s&Key-Pair-Id=k"}]);
    assert_eq!(file(signed), Some(json!("https://sdk.companywebcast.com/downloads/x.mp4")));
    let sound = json!([{"extension": "mp3", "url": "https://a.example/x.mp3"}]);
    assert_eq!(file(sound), Some(json!("https://a.example/x.mp3")));
    assert_eq!(file(json!([])), None);
}

// 10. One webcast for two meetings: each has the recording, with the chapters of its own agenda.
#[tokio::test]
async fn a_webcast_of_two_meetings_is_a_recording_of_each() {
    let world = World::new(WORKER).await;
    // The meeting of the presidium has the same code as that of the committee.
    world.twist("Public.svc", |answer| {
        let text = String::from_utf8(answer.bytes.to_vec()).unwrap();
        let other = "<a:MeetingtypeId>13</a:MeetingtypeId><a:PublishDate>2026-05-01T12:00:00</a:PublishDate>";
        let coded = format!("{other}<a:Webcast><a:Code>heidekerk/20260205_1</a:Code></a:Webcast>");
        Answer {
            bytes: text.replace(&format!("{other}<a:Webcast i:nil=\"true\"/>"), &coded).into(),
            ..answer
        }
    });
    world.harvest("heidekerk").await;
    let query = "query Q($id: ID!) { node(id: $id) { ... on Meeting { recordings { nodes { meeting { id } transcript { totalCount } chapters { nodes { title agendaItem { title } } } } } } } }";
    for (meeting, of_agenda) in [(MEETING, 4), ("9f802e6d-a54c-5697-a565-1bb08be64b5f", 0)] {
        let id = format!("meeting:ibabs:heidekerk:{meeting}");
        let found = world.data(query, json!({ "id": id })).await["node"]["recordings"]["nodes"][0].clone();
        assert_eq!((&found["meeting"]["id"], &found["transcript"]["totalCount"]), (&json!(id), &json!(3)));
        let chapters = found["chapters"]["nodes"].as_array().unwrap();
        let linked = chapters.iter().filter(|chapter| !chapter["agendaItem"].is_null()).count();
        assert_eq!((chapters.len(), linked), (5, of_agenda));
    }
}

// 11. A topic that refers to no item of this agenda keeps its own title.
#[test]
fn a_topic_that_refers_elsewhere_keeps_its_title() {
    let event = json!([{"start": "/Date(1005000)/"}]);
    let topics = json!([
        {"title": "Iets anders", "reference": "FFFF", "events": event},
        {"title": "Kerkplein", "reference": "B76D1861", "events": [{"start": "/Date(1009000)/"}]},
    ]);
    let said: Vec<_> = chapters(&topics).into_iter().map(|(_, _, called)| called).collect();
    assert_eq!(said, ["Iets anders", "agenda-item:ibabs:utrecht:b76d1861"]);
}

// 12. Subtitles that were corrected later replace what was read before.
#[tokio::test]
async fn subtitles_that_were_corrected_later_are_read_anew() {
    let world = World::new(WORKER).await;
    world.harvest("heidekerk").await;
    world.twist("/vtt/public/", |answer| Answer {
        bytes: "WEBVTT\n\n0:02:00.000 --> 0:02:04.000\nVerbeterd door een mens.".into(),
        ..answer
    });
    world.harvest("heidekerk").await;
    let query = "query Q($id: ID!) { node(id: $id) { ... on Meeting { recordings { nodes { transcript { nodes { text } } } } } } }";
    let id = format!("meeting:ibabs:heidekerk:{MEETING}");
    let found = world.data(query, json!({ "id": id })).await["node"]["recordings"]["nodes"][0].clone();
    assert_eq!(found["transcript"]["nodes"], json!([{"text": "Verbeterd door een mens."}]));
}

// 13. A duration in two or three parts, none, and one that is no duration.
#[test]
fn a_duration_may_be_missing_and_one_that_is_none_is_a_remark() {
    let of = |duration: Value| {
        let harvested = info(json!({"id": "guid", "phase": "onDemand", "duration": duration}));
        let codes: Vec<_> = harvested.diagnostics.iter().map(|diagnostic| diagnostic.code).collect();
        (recording(&harvested).get("seconds").and_then(Value::as_u64), codes)
    };
    assert_eq!(of(json!("2:52:03")), (Some(10_323), vec![]));
    assert_eq!(of(json!("52:03")), (Some(3123), vec![]));
    assert_eq!(of(Value::Null), (None, vec![]));
    assert_eq!(of(json!("lang")), (None, vec![DiagnosticCode::UnexpectedShape]));
}

/// The question about a recording says of which meeting, so that neither takes the answer from the other.
#[test]
fn the_names_of_two_questions_about_one_webcast_differ() {
    let other = Webcast { meeting: "meeting:ibabs:utrecht:n".parse().unwrap(), ..webcast() };
    assert_ne!(companywebcast::start(webcast()).name(), companywebcast::start(other).name());
}
