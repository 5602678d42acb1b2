//! The edge cases of iBabs, numbered as in section 10 of its reference.

use std::{
    collections::BTreeMap,
    ops::Range,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use axum::{
    Router,
    http::{StatusCode, Uri},
    response::Redirect,
    routing::get,
};
use raadhuis_fixtures::{CATALOGUE, Country, PERIOD, RecordedRequest};
use raadhuis_followers::FollowerGroup;
use raadhuis_harvester::{
    Catalogue, Harvester, Progress,
    supplier::{
        AnswerClass, Harvested, Ibabs, Supplier,
        ibabs::{IbabsTask, Types},
    },
    transport::{Answer, HttpTransport, Lane, RateLimiter, Request, Robots, Transport, Wants, is_ipv4_only},
};
use raadhuis_outbound::Guard;
use raadhuis_schema::{Action, AgendaReference, DiagnosticCode, Entity, Kind, RunReport, Source, Window};
use raadhuis_store::Archive;
use raadhuis_tests::{World, dump};
use raadhuis_text::Extractor;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use url::Url;

use crate::{
    WORKER,
    recorded::{answer, count, entities, read, source},
};

/// The page that says that an address is banned.
const BAN: &str = "<html><body>The request is blocked.</body></html>";

/// The answer to an operation, with the prefixes that the supplier uses.
fn envelope(operation: &str, inner: &str) -> Vec<u8> {
    format!(
        "<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'><s:Body><{operation}Response \
         xmlns='http://tempuri.org/'><{operation}Result xmlns:a='p' xmlns:i='n'>{inner}</{operation}Result>\
         </{operation}Response></s:Body></s:Envelope>"
    )
    .into_bytes()
}

/// The status and the message before whatever an operation answers with.
fn said(operation: &str, status: &str, message: &str) -> Vec<u8> {
    envelope(operation, &format!("<Message>{message}</Message><Status>{status}</Status>"))
}

fn year() -> Window {
    "2026-01-01..2026-12-31".parse().unwrap()
}

fn types() -> Types {
    Arc::new(BTreeMap::from([("11".to_owned(), "Raadsvergadering".to_owned())]))
}

fn meetings_task() -> IbabsTask {
    IbabsTask::Meetings { window: year(), types: types() }
}

fn meetings(inner: &str) -> Harvested<IbabsTask> {
    read::<Ibabs>("utrecht", &meetings_task(), envelope("GetMeetingsByDateRange", inner))
}

/// One meeting of which these elements are said.
fn meeting(inner: &str) -> Harvested<IbabsTask> {
    meetings(&format!("<Meetings>{}</Meetings>", meeting_called("M", inner)))
}

fn meeting_called(id: &str, inner: &str) -> String {
    format!("<iBabsMeeting><Id>{id}</Id><MeetingtypeId>11</MeetingtypeId>{inner}</iBabsMeeting>")
}

/// A meeting on a day, with these elements beside it.
fn held(inner: &str) -> Harvested<IbabsTask> {
    meeting(&format!("<MeetingDate>2026-01-14T19:30:00</MeetingDate>{inner}"))
}

/// An agenda item with its number.
fn item(features: &str) -> String {
    format!("<iBabsMeetingItem><Id>I{features}</Id><Features>{features}</Features></iBabsMeetingItem>")
}

fn document(id: &str, inner: &str) -> String {
    let url = format!("https://api1.ibabs.eu/publicdownload.aspx?site=Utrecht&amp;id={id}");
    format!("<iBabsDocument><Id>{id}</Id><PublicDownloadURL>{url}</PublicDownloadURL>{inner}</iBabsDocument>")
}

fn entry_task(list: &str) -> IbabsTask {
    IbabsTask::Entry {
        list: "l".into(),
        name: list.to_owned(),
        entry: "e".into(),
        window: year(),
        types: types(),
    }
}

fn pair((key, value): &(&str, &str)) -> String {
    format!("<KeyValueOfstringstring><Key>{key}</Key><Value>{value}</Value></KeyValueOfstringstring>")
}

/// A motion with these fields of its template.
fn motion(fields: &[(&str, &str)]) -> Harvested<IbabsTask> {
    let values: String = fields.iter().map(pair).collect();
    let inner = format!("<Values>{values}</Values>");
    read::<Ibabs>("utrecht", &entry_task("Moties"), envelope("GetListEntry", &inner))
}

/// The votes about the entry `e` of the list of motions.
fn votes(inner: &str) -> Harvested<IbabsTask> {
    let task = IbabsTask::Votes { entry: "e".into(), name: "Moties".into() };
    read::<Ibabs>("utrecht", &task, envelope("GetListEntryVotesByListEntryId", inner))
}

/// What is said of all things of a kind, in order.
fn all(harvested: &Harvested<IbabsTask>, kind: Kind) -> Vec<Value> {
    let of_kind = entities(harvested).into_iter().filter(|entity| entity.id().kind() == kind);
    of_kind.map(Entity::to_json).collect()
}

fn codes(harvested: &Harvested<IbabsTask>) -> Vec<DiagnosticCode> {
    harvested.diagnostics.iter().map(|diagnostic| diagnostic.code).collect()
}

/// The names of what is asked next.
fn asked_next(harvested: &Harvested<IbabsTask>) -> Vec<String> {
    harvested.next.iter().map(Ibabs::task_name).collect()
}

/// When the only meeting begins and ends.
fn times(inner: &str) -> (Value, Value) {
    let said = all(&meeting(inner), Kind::Meeting).remove(0);
    (said["start"].clone(), said["end"].clone())
}

// 1. Other prefixes than in the recordings, none at all, and a default namespace on every element.
#[test]
fn prefixes_and_namespaces_are_the_suppliers_own_business() {
    let template = "<P:Envelope><P:Body><P:GetMeetingsByDateRangeResponse>\
        <P:GetMeetingsByDateRangeResult><P:Meetings><P:iBabsMeeting><P:Id>M</P:Id>\
        <P:MeetingDate>2026-01-14T19:30:00</P:MeetingDate><P:MeetingItems><P:iBabsMeetingItem>\
        <P:Id>A</P:Id><P:Title>Opening</P:Title></P:iBabsMeetingItem></P:MeetingItems></P:iBabsMeeting>\
        </P:Meetings></P:GetMeetingsByDateRangeResult></P:GetMeetingsByDateRangeResponse>\
        </P:Body></P:Envelope>";
    let under = |prefix: &str| {
        read::<Ibabs>("utrecht", &meetings_task(), template.replace("P:", prefix).into_bytes())
    };
    let plain = under("");
    assert_eq!([Kind::Meeting, Kind::AgendaItem].map(|kind| count(&plain, kind)), [1, 1]);
    for prefix in ["s:", "soapenv:", "q1:"] {
        assert_eq!(under(prefix), plain, "{prefix}");
    }
    let spaced = template.replace("P:", "").replace("<Id>", "<Id xmlns='urn:a'>");
    let spaced = spaced.replace("<Meetings>", "<b:Meetings xmlns:b='urn:b'>");
    let spaced = spaced.replace("</Meetings>", "</b:Meetings>");
    assert_eq!(read::<Ibabs>("utrecht", &meetings_task(), spaced.into_bytes()), plain);
}

// 2. Meetings that are missing, closed at once, empty or nil are no meetings, and the listing is complete.
#[test]
fn no_meetings_is_an_answer_in_every_spelling() {
    for inner in ["", "<Meetings/>", "<Meetings></Meetings>", "<a:Meetings i:nil='true'/>"] {
        let harvested = meetings(inner);
        let found = (harvested.parts.len(), harvested.diagnostics.len(), harvested.complete.len());
        assert_eq!(found, (0, 0, 1), "{inner}");
    }
    let closed = "<Envelope><Body><GetMeetingsByDateRangeResponse><GetMeetingsByDateRangeResult/>\
        </GetMeetingsByDateRangeResponse></Body></Envelope>";
    assert!(read::<Ibabs>("utrecht", &meetings_task(), closed.into()).parts.is_empty());
}

// 2. Documents, Webcast, EndTime, agenda and the rest: missing, closed at once, empty or nil.
#[test]
fn a_field_that_is_missing_empty_or_nil_is_the_same_nothing() {
    let bare = held("");
    assert_eq!((count(&bare, Kind::Meeting), bare.diagnostics.len()), (1, 0));
    for field in ["Documents", "Webcast", "EndTime", "StartTime", "Explanation", "Location", "MeetingItems"] {
        for form in ["<F/>", "<F></F>", "<a:F i:nil='true'/>", "<F i:nil='true'></F>", "<F> </F>"] {
            let inner = form.replace('F', field);
            assert_eq!(held(&inner), bare, "{inner}");
        }
    }
    assert_eq!(held("<Webcast><Code/></Webcast>"), bare);
    let webcast = held("<Webcast><Code>utrecht/20260114_1</Code></Webcast>");
    assert_eq!(count(&webcast, Kind::Recording), 1, "otherwise this test cannot fail");
}

// 2. The message of success: missing, closed at once, nil, or "OK".
#[test]
fn a_message_of_success_may_be_missing_empty_or_nil() {
    let day = "<MeetingDate>2026-01-14T19:30:00</MeetingDate>";
    for message in
        ["", "<Message/>", "<Message xmlns='b'/>", "<Message i:nil='true'/>", "<Message>OK</Message>"]
    {
        let inner = format!("{message}<Status>OK</Status><Meetings>{}</Meetings>", meeting_called("M", day));
        assert_eq!(count(&meetings(&inner), Kind::Meeting), 1, "{message}");
    }
}

// 3. None, one and several meetings, items and documents: one is no list in XML, and is read as one.
#[test]
fn one_of_a_thing_is_read_as_several_are() {
    for amount in 0..4 {
        let repeat = |of: &dyn Fn(usize) -> String| (0..amount).map(of).collect::<String>();
        let documents = repeat(&|at| document(&format!("D{at}"), ""));
        let items = repeat(&|at| item(&(at + 1).to_string()));
        let inner = format!("<Documents>{documents}</Documents><MeetingItems>{items}</MeetingItems>");
        let harvested = held(&inner);
        let counted = [Kind::Document, Kind::AgendaItem].map(|kind| count(&harvested, kind));
        assert_eq!((counted, codes(&harvested)), ([amount; 2], vec![]));
        let several =
            repeat(&|at| meeting_called(&format!("M{at}"), "<MeetingDate>2026-01-14</MeetingDate>"));
        assert_eq!(count(&meetings(&format!("<Meetings>{several}</Meetings>")), Kind::Meeting), amount);
    }
}

// 3. Of several documents one has no id: it costs itself and a diagnostic that says where.
#[test]
fn a_document_without_an_id_costs_itself_only() {
    let inner = format!("<Documents>{}<iBabsDocument/>{}</Documents>", document("D", ""), document("E", ""));
    let harvested = held(&inner);
    assert_eq!((count(&harvested, Kind::Document), codes(&harvested)), (2, vec![DiagnosticCode::MissingId]));
    assert!(harvested.diagnostics[0].path.ends_with("/iBabsMeeting/Documents/iBabsDocument/1"));
}

// 4. What each message means: the access message with either status, the two that mean "empty", and the
// refusals. That our own address is not repeated: recorded.rs,
// a_refusal_a_ban_and_a_throttle_are_told_apart_at_ibabs.
#[test]
fn a_message_says_whether_there_is_nothing_or_whether_we_may_not_know() {
    let judge = |status: &str, message: &str| {
        Ibabs::classify_answer(&meetings_task(), &answer(said("GetMeetingsByDateRange", status, message)))
    };
    for message in [
        "No public meetings for this date range!",
        "No public meetings for this meetingtype!",
        "No public meetingtypes!",
        "No users found!",
    ] {
        assert_eq!(judge("ERR", message), AnswerClass::Content, "{message}");
    }
    let kept_out = "IPaddress 192.0.2.7 has no access to site utrecht!";
    assert_eq!(judge("ERR", kept_out), judge("OK", kept_out));
    for message in [
        kept_out,
        "Invalid site!",
        "No public account!",
        "Access denied!",
        "Attempted to perform an unauthorized operation.",
    ] {
        assert!(matches!(judge("ERR", message), AnswerClass::Refused(_)), "{message}");
    }
}

// 4. An archived site has no meeting types any more and still serves its meetings.
#[test]
fn a_site_without_meeting_types_is_asked_for_its_meetings_all_the_same() {
    let task = IbabsTask::MeetingTypes { window: "2026-01-01..2026-03-31".parse().unwrap() };
    let bytes = said("GetMeetingtypes", "ERR", "No public meetingtypes!");
    let harvested = read::<Ibabs>("utrecht", &task, bytes);
    assert_eq!(asked_next(&harvested), ["meetings 2026-01-01..2026-03-31", "lists"]);
    assert_eq!((harvested.parts.len(), harvested.diagnostics.len()), (0, 0));
}

// 5. The lists have neither status nor message around them.
#[test]
fn lists_come_without_a_status_and_are_read() {
    let task = IbabsTask::Lists { window: year(), types: types() };
    let two = "<a:iBabsKeyValue><a:Key>K1</a:Key><a:Value>Moties</a:Value></a:iBabsKeyValue>\
        <a:iBabsKeyValue><a:Key>K2</a:Key><a:Value/></a:iBabsKeyValue>";
    let harvested = read::<Ibabs>("utrecht", &task, envelope("GetLists", two));
    assert_eq!(asked_next(&harvested), ["entries of list K1", "entries of list K2"]);
    assert!(harvested.diagnostics.is_empty(), "{:?}", harvested.diagnostics);
    let none = read::<Ibabs>("utrecht", &task, envelope("GetLists", ""));
    assert_eq!((none.next.len(), none.diagnostics.len()), (0, 0));
}

// 6. The quotes of the action, the order of the parameters, both ends of the days, a site that needs
// escaping.
#[test]
fn a_question_has_its_quotes_its_order_and_its_escapes() {
    let source = Source { tenant: "b&w <x>".into(), ..source("utrecht") };
    let request = Ibabs::request(&source, &meetings_task());
    let soap = request.soap.unwrap();
    assert_eq!(soap.action, "\"http://tempuri.org/IPublic/GetMeetingsByDateRange\"");
    let expected = "<GetMeetingsByDateRange xmlns=\"http://tempuri.org/\">\
        <Sitename>b&amp;w &lt;x&gt;</Sitename>\
        <StartDate>2026-01-01T00:00:00</StartDate><EndDate>2026-12-31T23:59:59</EndDate>\
        <MetaDataOnly>false</MetaDataOnly></GetMeetingsByDateRange>";
    assert!(soap.envelope.contains(expected), "{}", soap.envelope);
}

// 6. The filter request: the base class before what derives from it, each in its own namespace.
#[test]
fn a_filter_names_the_site_in_the_namespace_of_the_base_and_before_the_rest() {
    let task = IbabsTask::Entries { list: "l&1".into(), name: "B&W".into(), window: year(), types: types() };
    let soap = Ibabs::request(&source("utrecht"), &task).soap.unwrap();
    assert_eq!(soap.action, "\"http://tempuri.org/IPublic/GetListsEntriesByFilterRequest\"");
    let space = "http://schemas.datacontract.org/2004/07/iBabsWCFObjects";
    let fields = [
        "<GetListsEntriesByFilterRequest xmlns=\"http://tempuri.org/\"><filterRequest>".to_owned(),
        format!("<Sitename xmlns=\"{space}.Base\">utrecht</Sitename>"),
        format!("<ListId xmlns=\"{space}.Public.Request\">l&amp;1</ListId>"),
        format!("<SinceDate xmlns=\"{space}.Public.Request\">"),
    ];
    let places: Vec<_> = fields.iter().map(|field| soap.envelope.find(field.as_str()).unwrap()).collect();
    assert!(places.windows(2).all(|two| two[0] < two[1]), "{}", soap.envelope);
}

// 7. Votes are asked with the id of the entry as EntryId; the id in each vote is another one, and no key.
#[test]
fn votes_belong_to_the_entry_that_was_asked_about_whatever_id_they_carry() {
    let task = IbabsTask::Votes { entry: "e".into(), name: "Moties".into() };
    let soap = Ibabs::request(&source("utrecht"), &task).soap.unwrap();
    assert!(soap.envelope.contains("</Sitename><EntryId>e</EntryId></GetListEntryVotesByListEntryId>"));
    let vote = "<iBabsListEntryVote><EntryId>m</EntryId><UserId>U</UserId><UserName>Voorbeeld, J.</UserName>\
        <Vote>true</Vote></iBabsListEntryVote>";
    let harvested = votes(&format!("<ListEntryVotes>{vote}</ListEntryVotes>"));
    let event = &all(&harvested, Kind::VoteEvent)[0];
    assert_eq!(event["about"], "motion:ibabs:utrecht:e");
    assert_eq!(event["tally"]["favour"], 1);
    assert_eq!(all(&harvested, Kind::Vote)[0]["event"], event["id"]);
    assert_eq!(all(&harvested, Kind::Person)[0]["name"], "J. Voorbeeld");
}

// 7. A wrong parameter name makes the supplier speak of a Guid; that is no answer.
#[test]
fn a_complaint_about_a_guid_is_a_refusal() {
    let task = IbabsTask::Votes { entry: "e".into(), name: "Moties".into() };
    let message = "The cast to value type 'System.Guid' failed because the materialized value is null.";
    let bytes = said("GetListEntryVotesByListEntryId", "ERR", message);
    assert!(matches!(Ibabs::classify_answer(&task, &answer(bytes)), AnswerClass::Refused(_)));
}

// 8. No votes: the site does not publish them, which is no vote of nil against nil.
#[test]
fn an_empty_list_of_votes_is_no_vote() {
    for inner in ["", "<ListEntryVotes/>", "<a:ListEntryVotes i:nil='true'/>"] {
        let harvested = votes(inner);
        assert_eq!((harvested.parts.len(), harvested.diagnostics.len()), (0, 0), "{inner}");
    }
}

// 9. Every form in which templates write a day, and what is none.
#[test]
fn a_day_is_read_in_every_form_of_the_templates_and_junk_is_a_remark() {
    let check = |text: &str, expected: Value, diagnostics: &[DiagnosticCode]| {
        let harvested = motion(&[("Datum", text)]);
        assert_eq!(all(&harvested, Kind::Motion)[0]["date"], expected, "{text}");
        assert_eq!(codes(&harvested), diagnostics, "{text}");
    };
    check("Jan 29 2026 12:00AM", json!("2026-01-29"), &[]);
    check("Jan  9 2026 12:00AM", json!("2026-01-09"), &[]);
    check("29-1-2026", json!("2026-01-29"), &[]);
    check("2026-01-29T10:06:40.073", json!("2026-01-29"), &[]);
    check("", Value::Null, &[]);
    check("V", Value::Null, &[DiagnosticCode::UnexpectedShape]);
    check("0000-00-00", Value::Null, &[DiagnosticCode::ImpossibleTime]);
    check("31-2-2026", Value::Null, &[DiagnosticCode::ImpossibleTime]);
}

// 9. The first label that has a value counts: an empty one does not hide the next.
#[test]
fn an_empty_date_gives_way_to_the_next_label() {
    let harvested = motion(&[("Datum", " "), ("DATUM INDIENING", "29-1-2026")]);
    assert_eq!(all(&harvested, Kind::Motion)[0]["date"], "2026-01-29");
}

// 10. Midnight in the date and the clock beside it; the clock in the date; neither.
#[test]
fn a_meeting_begins_at_the_clock_wherever_that_stands() {
    let check = |inner: &str, expected: &str| assert_eq!(times(inner).0, expected, "{inner}");
    let midnight = "<MeetingDate>2026-01-14T00:00:00</MeetingDate>";
    check(&format!("{midnight}<StartTime>19:30</StartTime>"), "2026-01-14T19:30:00+01:00");
    check(&format!("{midnight}<StartTime>9:00</StartTime>"), "2026-01-14T09:00:00+01:00");
    check(&format!("{midnight}<StartTime>nader te bepalen</StartTime>"), "2026-01-14");
    check(midnight, "2026-01-14");
    check("<MeetingDate>2026-01-14T19:30:00.000</MeetingDate>", "2026-01-14T19:30:00+01:00");
    check(
        "<MeetingDate>2013-09-05 00:00:00</MeetingDate><StartTime>20:00</StartTime>",
        "2013-09-05T20:00:00+02:00",
    );
}

// 10. Half past seven is another instant in winter, in summer and on the days on which the clock is changed.
#[test]
fn the_same_clock_has_its_own_offset_in_winter_summer_and_on_the_days_of_change() {
    for (day, offset) in [
        ("2026-01-14", "+01:00"),
        ("2026-07-14", "+02:00"),
        ("2026-03-29", "+02:00"),
        ("2026-10-25", "+01:00"),
    ] {
        let inner = format!("<MeetingDate>{day}T00:00:00</MeetingDate><StartTime>19:30</StartTime>");
        assert_eq!(times(&inner).0, format!("{day}T19:30:00{offset}"));
    }
}

// 10. EndTime: missing, with and without seconds, of one digit, and after midnight.
#[test]
fn an_end_is_read_with_and_without_seconds_and_may_lie_after_midnight() {
    let check = |end: &str, expected: Value| {
        let inner = format!("<MeetingDate>2026-01-14T19:30:00</MeetingDate><EndTime>{end}</EndTime>");
        assert_eq!(times(&inner).1, expected, "{end}");
    };
    check("", Value::Null);
    check("22:45", json!("2026-01-14T22:45:00+01:00"));
    check("22:45:00", json!("2026-01-14T22:45:00+01:00"));
    check("00:30", json!("2026-01-15T00:30:00+01:00"));
    check("1:15", json!("2026-01-15T01:15:00+01:00"));
    check("laat", Value::Null);
}

// 10. On the night after the clock went forward there is nothing to doubt: half past two is of the next day.
#[test]
fn an_end_after_midnight_is_only_doubted_on_the_night_it_belongs_to() {
    let of =
        |day: &str| meeting(&format!("<MeetingDate>{day}T20:00:00</MeetingDate><EndTime>02:30</EndTime>"));
    let after = of("2026-03-29");
    assert_eq!(all(&after, Kind::Meeting)[0]["end"], "2026-03-30T02:30:00+02:00");
    assert_eq!(codes(&after), []);
    assert_eq!(codes(&of("2026-03-28")), [DiagnosticCode::DoubtfulTime]);
}

// 10. A meeting without a day that can be read costs its own time, and none of the others.
#[test]
fn an_impossible_day_costs_its_own_meeting_only() {
    let one = meeting_called("M", "<MeetingDate>0000-00-00T00:00:00</MeetingDate>");
    let other = meeting_called("N", "<MeetingDate>2026-01-14T19:30:00</MeetingDate>");
    let harvested = meetings(&format!("<Meetings>{one}{other}</Meetings>"));
    let starts: Vec<_> =
        all(&harvested, Kind::Meeting).iter().map(|meeting| meeting["start"].clone()).collect();
    assert_eq!(starts, [Value::Null, json!("2026-01-14T19:30:00+01:00")]);
    assert_eq!(codes(&harvested), [DiagnosticCode::ImpossibleTime]);
    assert!(harvested.diagnostics[0].path.ends_with("/Meetings/iBabsMeeting/0/MeetingDate"));
}

// 10. By UTC a summer meeting that begins after midnight lies on the day before; it is found on its own.
#[test]
fn a_late_meeting_keeps_its_own_day() {
    for clock in ["00:30", "23:30"] {
        let harvested = meeting(&format!("<MeetingDate>2026-07-08T{clock}:00</MeetingDate>"));
        let days: Vec<_> = entities(&harvested).iter().filter_map(|entity| entity.day()).collect();
        assert_eq!(days, [jiff::civil::date(2026, 7, 8)], "{clock}");
    }
}

// 11. A break of either kind, a title with a semicolon, no number, no day. What they lead to: agenda_reference.rs.
#[test]
fn where_a_motion_was_treated_is_kept_and_its_day_is_asked_for_once() {
    let day = "meetings 2025-01-29..2025-01-29";
    let check = |words: &str, expected: &[&str]| {
        let harvested = motion(&[("Agendapunt", words)]);
        assert_eq!(all(&harvested, Kind::Motion)[0]["agendaWords"], words, "{words}");
        assert_eq!(asked_next(&harvested), expected, "{words}");
        assert_eq!(codes(&harvested), [], "{words}");
    };
    check("Raad 29-1-2025\\n5 Fietsbrug; lezing 2", &[day, "votes about entry e"]);
    check("Raad 29-1-2025\n5 Fietsbrug; lezing 2", &[day, "votes about entry e"]);
    check("Raad 29-1-2025\\nFietsbrug", &[day, "votes about entry e"]);
    check("Raad 29-1-2026\\n5 Fietsbrug", &["votes about entry e"]);
    check("Raad\\n5 Fietsbrug", &["votes about entry e"]);
    let reference = AgendaReference::parse("Raad 29-1-2025\\nFietsbrug; lezing 2").unwrap();
    let items = [(Some("1"), Some("Opening")), (Some("2"), Some("Fietsbrug; lezing 2"))];
    assert_eq!(reference.find_item(&items, true), Some(1), "an item without a number is known by its title");
}

// 11. Two meetings on one day that treat the same thing: the name of the meeting decides.
#[tokio::test]
async fn of_two_meetings_on_a_day_a_motion_belongs_to_the_one_it_names() {
    let world = World::new(WORKER).await;
    rewrite(&world, "meetings.xml", "2026-02-05T20:00:00", "2026-02-19T17:00:00");
    world.harvest("heidekerk").await;
    let motion = "motion:ibabs:heidekerk:3c5b7af1-09c9-5abe-8f19-8a0a80c8008d";
    let query = "query Q($id: ID!) { node(id: $id) { ... on Motion { meeting { id } \
        agendaItems { nodes { id } } } } }";
    let found = world.data(query, json!({"id": motion})).await["node"].clone();
    assert_eq!(found["meeting"]["id"], "meeting:ibabs:heidekerk:c1695ff0-fcb8-5f3a-9fdd-5270310aeb1a");
    let kerkplein = "agenda-item:ibabs:heidekerk:f7093f71-b8f8-5ab4-8de2-21b76b29521c";
    assert_eq!(found["agendaItems"]["nodes"], json!([{"id": kerkplein}]));
}

// 12. Numbers of every kind: kept to the letter, and a tree where they draw one. The tree itself: outline.rs.
#[test]
fn the_number_of_an_item_is_kept_to_the_letter_and_draws_the_tree() {
    let features = ["1", "1.1", "1A", "1.4C", "A", ".", ""];
    let items: String = features.iter().map(|features| item(features)).collect();
    let harvested = held(&format!("<MeetingItems>{items}</MeetingItems>"));
    let said = all(&harvested, Kind::AgendaItem);
    let numbers: Vec<_> = said.iter().map(|item| item["number"].as_str().unwrap_or_default()).collect();
    assert_eq!(numbers, features);
    let places: Vec<_> = said.iter().map(|item| item["position"].as_u64()).collect();
    assert_eq!(places, (0..7).map(Some).collect::<Vec<_>>());
    let below: Vec<_> = said.iter().map(|item| item["parent"] == said[0]["id"]).collect();
    assert_eq!(below, [false, true, false, true, false, false, false]);
    assert!(harvested.diagnostics.is_empty(), "{:?}", harvested.diagnostics);
}

// 13. A document that is marked, with its address: a diagnostic remains, and the item around it.
// An item: recorded.rs, what_is_confidential_at_ibabs_leaves_an_id_and_nothing_else.
#[test]
fn a_confidential_document_leaves_no_name_and_no_address() {
    for mark in ["true", "True", "1", "ja"] {
        let secret = document(
            "D",
            &format!("<Confidential>{mark}</Confidential><DisplayName>Taxatie Kwikkade</DisplayName>"),
        );
        let open = document("E", "<Confidential>false</Confidential>");
        let inner = format!("<Documents>{secret}{open}</Documents>");
        let harvested = held(&inner);
        assert_eq!(
            (count(&harvested, Kind::Document), codes(&harvested)),
            (1, vec![DiagnosticCode::Withheld])
        );
        assert_eq!(
            all(&harvested, Kind::Meeting)[0]["documents"],
            json!(["document:ibabs:utrecht:e"]),
            "{mark}"
        );
        let bytes = envelope(
            "GetMeetingsByDateRange",
            &format!("<Meetings>{}</Meetings>", meeting_called("M", &inner)),
        );
        let kept =
            String::from_utf8(Ibabs::redact_answer(&meetings_task(), &answer(bytes)).unwrap()).unwrap();
        assert!(kept.contains("id=E") && !kept.contains("id=D") && !kept.contains("Kwikkade"), "{kept}");
    }
}

// 13. The same for what hangs from an entry of a list.
#[test]
fn a_confidential_document_of_a_motion_is_not_kept() {
    let secret = document("D", "<Confidential>true</Confidential>");
    let bytes = envelope("GetListEntry", &format!("<Documents>{secret}</Documents><Values/>"));
    let harvested = read::<Ibabs>("utrecht", &entry_task("Moties"), bytes);
    assert_eq!((count(&harvested, Kind::Document), codes(&harvested)), (0, vec![DiagnosticCode::Withheld]));
    assert_eq!(all(&harvested, Kind::Motion)[0]["documents"], Value::Null);
}

// 13. Confidential files have addresses that work, and are never asked for.
#[tokio::test]
async fn the_file_of_a_confidential_document_is_never_asked_for() {
    let (_, addresses) = addresses_of_a_harvest().await;
    assert!(addresses.iter().any(|address| address.contains("publicdownload")));
    for id in ["1b46e729", "0ec24e58"] {
        assert!(!addresses.iter().any(|address| address.contains(id)), "{id}");
    }
}

// 14. One id, in whichever case, on a meeting, an item and a motion: one document that all of them name.
#[test]
fn a_document_on_a_meeting_an_item_and_a_motion_is_one() {
    let inner = format!(
        "<Documents>{}{}</Documents><MeetingItems><iBabsMeetingItem><Id>A</Id><Documents>{}</Documents>\
         </iBabsMeetingItem></MeetingItems>",
        document("D1", ""),
        document("D1", ""),
        document("d1", "")
    );
    let harvested = held(&inner);
    assert_eq!(count(&harvested, Kind::Document), 1);
    let expected = json!(["document:ibabs:utrecht:d1"]);
    assert_eq!(all(&harvested, Kind::Meeting)[0]["documents"], expected);
    assert_eq!(all(&harvested, Kind::AgendaItem)[0]["documents"], expected);
    let bytes = envelope("GetListEntry", &format!("<Documents>{}</Documents>", document("D1", "")));
    let harvested = read::<Ibabs>("utrecht", &entry_task("Moties"), bytes);
    assert_eq!(all(&harvested, Kind::Motion)[0]["documents"], expected);
}

// 14. It is kept once and fetched once.
#[tokio::test]
async fn a_document_that_hangs_in_three_places_is_fetched_once() {
    let (world, addresses) = addresses_of_a_harvest().await;
    let id = "34d2c19d-15bb-518b-b0ac-f04e89668939";
    assert_eq!(addresses.iter().filter(|address| address.contains(id)).count(), 1);
    let living = dump(&world.harvester.store).await;
    let line = format!("document:ibabs:heidekerk:{id} ");
    assert_eq!(living.iter().filter(|living| living.starts_with(&line)).count(), 1);
}

// 15. A 403 without the words of a ban asks us to slow down: the question is put again, and answered. A 429
// with Retry-After: live.rs, a_busy_supplier_is_asked_again_and_an_unreachable_one_is_a_failure. Separate
// budgets for faults of the line and for throttling do not exist: one number of attempts covers both.
#[tokio::test]
async fn a_throttled_question_is_put_again_and_answered() {
    let (report, _) = over_http(0..2, "<html>Forbidden</html>").await;
    assert!(
        !report.diagnostics.iter().any(|diagnostic| diagnostic.code == DiagnosticCode::Throttled),
        "{report:?}"
    );
    assert!(report.seen.get(&Kind::Meeting).is_some_and(|seen| *seen > 3), "{report:?}");
}

// 15. The page of a ban: a question that met it is not put again.
#[tokio::test]
async fn a_ban_is_not_asked_about_again() {
    let (report, asked) = over_http(0..1000, BAN).await;
    assert_eq!(asked, 2, "the first two questions, once each");
    assert!(report.diagnostics.iter().any(|diagnostic| diagnostic.code == DiagnosticCode::Blocked));
}

// 15. A ban in the middle of a harvest ends it for this source: only what was under way already is still
// asked.
#[tokio::test]
async fn a_ban_ends_the_harvest_of_the_source() {
    let world = World::new(WORKER).await;
    let asked = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&asked);
    world.twist("ibabs.eu", move |answer| {
        let banned = counter.fetch_add(1, Ordering::Relaxed) >= 6;
        if banned { Answer { status: 403, bytes: BAN.into(), ..answer } } else { answer }
    });
    let report = world.harvest("heidekerk").await;
    assert!(report.diagnostics.iter().any(|diagnostic| diagnostic.code == DiagnosticCode::Blocked));
    let asked = asked.load(Ordering::Relaxed);
    assert!(asked <= 6 + 4, "{asked} questions, of which four at once");
}

// 15. The ban holds for files too: after the first that meets it no other is fetched.
#[tokio::test]
async fn a_ban_on_the_host_of_files_ends_the_fetching() {
    let world = World::new(WORKER).await;
    let asked = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&asked);
    world.twist("publicdownload", move |answer| {
        counter.fetch_add(1, Ordering::Relaxed);
        Answer { status: 403, bytes: BAN.into(), ..answer }
    });
    let report = world.harvest("heidekerk").await;
    assert!(report.diagnostics.iter().any(|diagnostic| diagnostic.code == DiagnosticCode::Blocked));
    let asked = asked.load(Ordering::Relaxed);
    assert!((1..=2).contains(&asked), "{asked} files, of which two at once");
}

// 16. A window that is too wide is halved until two weeks, without gap or overlap, over the ends of months
// too.
#[test]
fn a_window_is_halved_without_gap_or_overlap_down_to_two_weeks() {
    let mut waiting = vec!["2026-01-31..2026-12-31".parse::<Window>().unwrap()];
    let mut narrowest = Vec::new();
    while let Some(window) = waiting.pop() {
        let task = IbabsTask::Meetings { window, types: types() };
        let Some(halves) = Ibabs::narrow_task(&task) else {
            narrowest.push(window);
            continue;
        };
        waiting.extend(halves.iter().rev().filter_map(Ibabs::task_window));
    }
    assert_eq!(narrowest[0].first().to_string(), "2026-01-31");
    assert_eq!(narrowest[narrowest.len() - 1].last().to_string(), "2026-12-31");
    assert!(narrowest.windows(2).all(|two| two[0].last().tomorrow().unwrap() == two[1].first()));
    let days = narrowest.iter().map(|window| (window.last() - window.first()).get_days() + 1);
    assert!(days.clone().all(|days| (14..=28).contains(&days)), "{:?}", days.collect::<Vec<_>>());
    assert_eq!(Ibabs::narrow_task(&IbabsTask::Users), None, "nothing but meetings is of some days");
}

// 16. The first windows: whole, without gap or overlap, also from the last day of a month.
#[test]
fn the_days_of_a_harvest_are_asked_in_quarters_that_meet() {
    let task = IbabsTask::MeetingTypes { window: "2026-01-31..2026-08-31".parse().unwrap() };
    let harvested = read::<Ibabs>("utrecht", &task, envelope("GetMeetingtypes", "<Meetingtypes/>"));
    let expected = [
        "meetings 2026-01-31..2026-03-31",
        "meetings 2026-04-01..2026-06-30",
        "meetings 2026-07-01..2026-08-31",
        "lists",
    ];
    assert_eq!(asked_next(&harvested), expected);
}

// 16. Answers that never come in time for a wide window: the narrower ones together say the same.
#[tokio::test]
async fn a_site_that_times_out_on_wide_windows_is_harvested_whole_by_narrower_ones() {
    let patient = World::new(WORKER).await;
    patient.harvest("heidekerk").await;
    let world = World::new(WORKER).await;
    *world.twist.lock().unwrap() = Box::new(|request, answer| {
        let wide = asked_days(request).is_some_and(|days| (days.last() - days.first()).get_days() > 40);
        if wide { Answer { status: 504, ..answer } } else { answer }
    });
    let report = world.harvest("heidekerk").await;
    assert!(
        !report.diagnostics.iter().any(|diagnostic| diagnostic.code == DiagnosticCode::Failed),
        "{:?}",
        report.diagnostics
    );
    assert_eq!(dump(&world.harvester.store).await, dump(&patient.harvester.store).await);
}

// 17. Asked about are the entries that changed within the days, and those that do not say when.
// A cap on the entries of a run does not exist, so there is none to report.
#[test]
fn entries_that_changed_later_are_listed_and_not_asked_about() {
    let entry = |id: &str, changed: &str| {
        format!("<iBabsListEntryBase><EntryId>{id}</EntryId>{changed}</iBabsListEntryBase>")
    };
    let at = |moment: &str| format!("<MutationDate>{moment}</MutationDate>");
    let entries = [
        entry("before", &at("2025-12-31T23:59:59.999")),
        entry("first", &at("2026-01-01T00:00:00")),
        entry("last", &at("2026-12-31T23:59:59.073")),
        entry("after", &at("2027-01-01T00:00:01")),
        entry("silent", ""),
        entry("odd", &at("onbekend")),
    ];
    let task = IbabsTask::Entries { list: "l".into(), name: "Moties".into(), window: year(), types: types() };
    let bytes =
        envelope("GetListsEntriesByFilterRequest", &format!("<Entries>{}</Entries>", entries.concat()));
    let harvested = read::<Ibabs>("utrecht", &task, bytes);
    assert_eq!(count(&harvested, Kind::Motion), 6, "what is listed lives");
    assert_eq!(asked_next(&harvested), ["entry first", "entry last", "entry silent", "entry odd"]);
    assert_eq!(codes(&harvested), [DiagnosticCode::ImpossibleTime]);
}

// 18. A shared site: meetings are parted by the name of their type, lists by their own.
// The types themselves: recorded.rs, shared_sites_are_parted_by_the_names_of_meeting_types.
#[test]
fn a_meeting_of_another_customer_of_a_shared_site_is_left_out() {
    let names = [("1", "Raad Druten"), ("2", "Raad Wijchen")];
    let types: Types = Arc::new(names.map(|(id, name)| (id.to_owned(), name.to_owned())).into());
    let of = |kind: &str| {
        format!(
            "<iBabsMeeting><Id>M{kind}</Id><MeetingtypeId>{kind}</MeetingtypeId>\
        <MeetingDate>2026-01-14T19:30:00</MeetingDate></iBabsMeeting>"
        )
    };
    let bytes = envelope("GetMeetingsByDateRange", &format!("<Meetings>{}{}</Meetings>", of("1"), of("2")));
    let task = IbabsTask::Meetings { window: year(), types: Arc::clone(&types) };
    let kept = |key: &str| {
        all(&read::<Ibabs>(key, &task, bytes.clone()), Kind::Meeting)
            .iter()
            .map(|meeting| meeting["name"].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!((kept("druten"), kept("wijchen")), (vec![json!("Raad Druten")], vec![json!("Raad Wijchen")]));
    let lists = "<iBabsKeyValue><Key>1</Key><Value>Moties Druten</Value></iBabsKeyValue>\
        <iBabsKeyValue><Key>2</Key><Value>Moties Wijchen</Value></iBabsKeyValue>";
    let lists =
        read::<Ibabs>("druten", &IbabsTask::Lists { window: year(), types }, envelope("GetLists", lists));
    assert_eq!(asked_next(&lists), ["entries of list 1"]);
}

// 18. A type that is not among the types, or has no name: the meeting is kept and called after its day.
#[test]
fn a_meeting_of_an_unknown_type_is_kept_and_called_after_its_day() {
    for kind in ["<MeetingtypeId>99</MeetingtypeId>", "<MeetingtypeId/>", ""] {
        let inner = format!(
            "<Meetings><iBabsMeeting><Id>M</Id>{kind}<MeetingDate>2026-01-14T19:30:00</MeetingDate>\
             </iBabsMeeting></Meetings>"
        );
        let harvested = meetings(&inner);
        assert_eq!(all(&harvested, Kind::Meeting)[0]["name"], "Vergadering 2026-01-14", "{kind}");
        assert_eq!(codes(&harvested), []);
    }
}

// 19. The supplier knows its friends by IPv4 only, for questions and for files; nobody else is treated so.
#[test]
fn only_the_hosts_of_ibabs_are_visited_over_ipv4_alone() {
    for host in ["wcf.ibabs.eu", "api1.ibabs.eu", "ibabs.eu"] {
        assert!(is_ipv4_only(host), "{host}");
    }
    for host in ["api.notubiz.nl", "notibabs.eu", "ibabs.eu.example.org"] {
        assert!(!is_ipv4_only(host), "{host}");
    }
}

// 20. A file that lies elsewhere is fetched there. A redirect into the operator's own network: live.rs,
// a_redirect_to_a_private_address_is_not_followed.
#[tokio::test]
async fn a_download_that_is_sent_on_arrives() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let router = Router::new()
        .route("/publicdownload.aspx", get(|| async { Redirect::temporary("/elders.pdf") }))
        .route("/elders.pdf", get(|| async { "%PDF-1.7" }));
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    let url = format!("http://{address}/publicdownload.aspx?site=Heidekerk&id=1").parse().unwrap();
    let answer = live(&address).send(&Request::get(url, Wants::File)).await.unwrap();
    assert_eq!((answer.status, &*answer.bytes), (200, &b"%PDF-1.7"[..]));
}

// 20. 403 means gone as well as throttled; only 404 and 410 say it for sure.
#[test]
fn a_file_is_gone_by_404_and_only_perhaps_by_403() {
    let judge = |status: u16, body: &str| {
        Ibabs::classify_original(&Answer { status, ..answer(body.as_bytes().to_vec()) })
    };
    assert_eq!(judge(200, "%PDF-1.7"), AnswerClass::Content);
    assert_eq!([404, 410].map(|status| judge(status, "")), [AnswerClass::Gone, AnswerClass::Gone]);
    assert_eq!([403, 429].map(|status| judge(status, "")), [AnswerClass::Throttled, AnswerClass::Throttled]);
    assert!(matches!(judge(403, BAN), AnswerClass::Blocked(_)));
    assert!(matches!(judge(500, ""), AnswerClass::Broken(_)));
}

// 20. The names of files: sound, no ending, none at all. And the address is left as the supplier writes it,
// with the site in another case than ours.
#[test]
fn a_file_is_asked_for_at_the_address_that_was_given_whatever_its_name() {
    let check = |inner: &str, name: Value, media: Value| {
        let harvested = held(&format!("<Documents>{}</Documents>", document("D", inner)));
        let entity = entities(&harvested).into_iter().find_map(|entity| match entity {
            Entity::Document(document) => Some(document.clone()),
            _ => None,
        });
        let request = Ibabs::original(&source("utrecht"), entity.as_ref().unwrap()).unwrap();
        assert_eq!(request.url.as_str(), "https://api1.ibabs.eu/publicdownload.aspx?site=Utrecht&id=D");
        let said = &all(&harvested, Kind::Document)[0];
        assert_eq!((&said["name"], &said["mediaType"]), (&name, &media), "{inner}");
        assert_eq!(codes(&harvested), [], "{inner}");
    };
    check("<FileName>besluit.PDF</FileName>", json!("besluit.PDF"), json!("application/pdf"));
    check("<FileName>raad.mp3</FileName>", json!("raad.mp3"), json!("audio/mpeg"));
    check("<FileName>Besluit</FileName>", json!("Besluit"), Value::Null);
    check("", Value::Null, Value::Null);
}

// 20. A recording among the documents is named and never fetched.
#[tokio::test]
async fn a_recording_among_the_documents_is_not_fetched() {
    let (world, addresses) = addresses_of_a_harvest().await;
    let id = "2fcbb79b-c070-5866-a037-55b1007c53fc";
    assert!(!addresses.iter().any(|address| address.contains(id)));
    let living = dump(&world.harvester.store).await;
    assert!(living.iter().any(|line| line.starts_with(&format!("document:ibabs:heidekerk:{id} "))));
}

// 20. A page that tells of an error where a file should be, with 200: a diagnostic today, and the file tomorrow.
#[tokio::test]
async fn an_error_page_in_the_place_of_a_file_is_a_remark_and_the_file_is_fetched_the_next_time() {
    let world = World::new(WORKER).await;
    world.twist("publicdownload", |answer| Answer {
        status: 200,
        bytes: "<!DOCTYPE html><title>Er ging iets mis</title>".into(),
        ..answer
    });
    let report = world.harvest("heidekerk").await;
    assert_eq!(report.pages, 0);
    assert!(
        report.diagnostics.iter().any(|diagnostic| diagnostic.subject.contains("f291edea")),
        "{:?}",
        report.diagnostics
    );
    world.twist("nowhere", |answer| answer);
    assert!(world.harvest("heidekerk").await.pages > 0);
}

// 20. Files that were refused because we asked too often are asked for in the next run.
#[tokio::test]
async fn a_throttled_file_is_fetched_the_next_time() {
    let world = World::new(WORKER).await;
    world.twist("publicdownload", |answer| Answer { status: 403, bytes: "Forbidden".into(), ..answer });
    let report = world.harvest("heidekerk").await;
    assert_eq!(report.pages, 0);
    assert!(report.diagnostics.iter().any(|diagnostic| diagnostic.code == DiagnosticCode::Throttled));
    world.twist("nowhere", |answer| answer);
    assert!(world.harvest("heidekerk").await.pages > 0);
}

// 21. Moments with thousandths, blanks behind the name of a list, an ampersand, and letters beyond ASCII.
#[test]
fn thousandths_blanks_ampersands_and_diacritics_come_through() {
    let list =
        "<iBabsKeyValue><Key>K</Key><Value>Besluitenlijsten B&amp;W (tot 1-4-2026) </Value></iBabsKeyValue>";
    let task = IbabsTask::Lists { window: year(), types: types() };
    let lists = read::<Ibabs>("utrecht", &task, envelope("GetLists", list));
    let entries = &lists.next[0];
    let listed = "<Entries><iBabsListEntryBase><EntryId>E</EntryId>\
        <EntryTitle>Café – fête à Heidekerk</EntryTitle>\
        <MutationDate>2026-06-25T10:06:40.073</MutationDate></iBabsListEntryBase></Entries>";
    let harvested = read::<Ibabs>("utrecht", entries, envelope("GetListsEntriesByFilterRequest", listed));
    let said = &all(&harvested, Kind::RegisterEntry)[0];
    assert_eq!(said["register"], "Besluitenlijsten B&W (tot 1-4-2026)");
    assert_eq!(said["title"], "Café – fête à Heidekerk");
    let modified = said["modified"].as_str().unwrap();
    assert!(modified.starts_with("2026-06-25T10:06:40") && modified.ends_with("+02:00"), "{modified}");
}

// 21. An answer of twenty megabytes with a hundred thousand entities is read like any other. It is not
// streamed: an answer may be three times as large.
#[test]
fn an_answer_of_twenty_megabytes_is_read() {
    let place = format!("{}{}", "a".repeat(20 << 20), "&amp;".repeat(100_001));
    let harvested = held(&format!("<Location>{place}</Location>"));
    let said = all(&harvested, Kind::Meeting).remove(0);
    assert_eq!(said["location"].as_str().unwrap().matches('&').count(), 100_001);
    assert!(Wants::Payload.size_limit() > 3 * (20 << 20));
}

// Bad input: the largest answer that is taken, full of small things.
#[test]
fn an_answer_of_sixty_megabytes_is_read_to_its_last_item() {
    // Numbers that hang from nothing, one document under all, and titles as long as they are: what is looked for among
    // the items before it must not take as long as there are items.
    let file = document("D", "");
    let title = "x".repeat(780);
    let item = |at: usize| {
        let number =
            format!("<Features>{at}.1</Features><Title>{title}</Title><Documents>{file}</Documents>");
        format!("<iBabsMeetingItem><Id>I{at}</Id>{number}</iBabsMeetingItem>")
    };
    let items: String = (0..60_000).map(item).collect();
    let inner = format!("<MeetingItems>{items}</MeetingItems>");
    assert!(inner.len() > 57 << 20 && inner.len() < Wants::Payload.size_limit(), "{}", inner.len());
    let harvested = held(&inner);
    assert_eq!((count(&harvested, Kind::AgendaItem), count(&harvested, Kind::Document)), (60_000, 1));
    assert_eq!(codes(&harvested), []);
}

// 22. A meeting that a listing no longer names, while it names others: it goes, and no other meeting with it.
#[tokio::test]
async fn a_meeting_that_disappears_from_a_window_goes_alone() {
    let (world, end) = harvested_heidekerk().await;
    without_meeting(&world, "a7ac4ce8-7ade-579d-886e-affeeb4dce4a");
    world.harvest("heidekerk").await;
    let changes = world.changes(end).await;
    let gone: Vec<_> = changes.iter().filter(|change| change.kind() == Kind::Meeting).collect();
    assert_eq!(gone.len(), 1, "{gone:?}");
    assert_eq!(gone[0].id.as_str(), "meeting:ibabs:heidekerk:a7ac4ce8-7ade-579d-886e-affeeb4dce4a");
    assert_eq!(gone[0].action, Action::Withdrawn);
}

// 22. A refusal, a throttle and a year without a single meeting: none of them withdraws anything.
#[tokio::test]
async fn a_listing_that_says_no_or_nothing_withdraws_nothing() {
    let (world, end) = harvested_heidekerk().await;
    let operation = "GetMeetingsByDateRange";
    for (status, body) in [
        (200, said(operation, "ERR", "Access denied!")),
        (200, said(operation, "ERR", "No public meetings for this date range!")),
        (200, envelope(operation, "<Status>OK</Status><Meetings/>")),
        (403, b"Forbidden".to_vec()),
    ] {
        *world.twist.lock().unwrap() = Box::new(move |request, answer| {
            let about_meetings = asked_days(request).is_some();
            if about_meetings { Answer { status, bytes: body.clone().into(), ..answer } } else { answer }
        });
        world.harvest("heidekerk").await;
        assert_eq!(world.changes(end).await, [], "{status}");
    }
}

// 22. A meeting that is put off to another quarter: the same meeting afterwards, with all that hangs from it.
#[tokio::test]
async fn a_meeting_that_moves_to_another_quarter_is_still_there() {
    let (world, _) = harvested_heidekerk().await;
    let ids = async || {
        let lines = dump(&world.harvester.store).await;
        lines.iter().map(|line| line.split(' ').next().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let before = ids().await;
    rewrite(&world, "meetings.xml", "2026-02-05T20:00:00", "2026-05-06T20:00:00");
    world.harvest("heidekerk").await;
    assert_eq!(ids().await, before);
    let id = "meeting:ibabs:heidekerk:a7ac4ce8-7ade-579d-886e-affeeb4dce4a";
    let query = "query Q($id: ID!) { node(id: $id) { ... on Meeting { start } } }";
    let start = world.data(query, json!({"id": id})).await["node"]["start"].clone();
    assert!(start.as_str().unwrap().starts_with("2026-05-06T20:00:00"), "{start}");
}

// 22. And whoever follows the log of changes is not told in between that it is gone.
#[tokio::test]
async fn a_meeting_that_moves_to_another_quarter_is_never_withdrawn_in_between() {
    let (world, end) = harvested_heidekerk().await;
    rewrite(&world, "meetings.xml", "2026-02-05T20:00:00", "2026-05-06T20:00:00");
    world.harvest("heidekerk").await;
    let changes = world.changes(end).await;
    assert!(changes.iter().any(|change| change.action == Action::Updated));
    assert!(!changes.iter().any(|change| change.action == Action::Withdrawn), "{changes:?}");
}

// 23. A user who cannot be asked about: a diagnostic, and the listing's word for that one; the others are read.
#[tokio::test]
async fn a_user_who_is_refused_costs_no_other_user() {
    let world = World::new(WORKER).await;
    let id = "0b0fef0a-0774-572a-b74d-825abcd73929";
    world.country.lock().unwrap().remove(&format!("ibabs/heidekerk/user/{id}.xml"));
    let report = world.harvest("heidekerk").await;
    let diagnostic =
        report.diagnostics.iter().find(|diagnostic| diagnostic.subject == format!("user {id}")).unwrap();
    assert_eq!(diagnostic.code, DiagnosticCode::Refused);
    let living = dump(&world.harvester.store).await;
    let of = |kind: &str| living.iter().filter(|line| line.starts_with(kind)).collect::<Vec<_>>();
    assert!(of("person:").iter().any(|line| line.contains(id)));
    assert!(!of("membership:").iter().any(|line| line.contains(id)));
    assert!(of("membership:").len() > 10, "{:?}", of("membership:"));
}

// 23. The word None for no function, no party, neither; and no public profile at all.
#[test]
fn a_user_has_a_function_and_a_party_only_where_they_are_said() {
    let user = |inner: &str| {
        let inner = format!("<User><PublicProfile><Name>J. Voorbeeld</Name>{inner}</PublicProfile></User>");
        read::<Ibabs>("utrecht", &IbabsTask::User { id: "u".into() }, envelope("GetUser", &inner))
    };
    let check = |inner: &str, expected: Option<(Value, Value)>| {
        let harvested = user(inner);
        // An account without an office and without a party is nobody we keep.
        let names: Vec<_> =
            all(&harvested, Kind::Person).iter().map(|person| person["name"].clone()).collect();
        assert_eq!(names.len(), usize::from(expected.is_some()), "{inner}");
        assert!(names.iter().all(|name| name == "J. Voorbeeld"), "{inner}");
        let held = all(&harvested, Kind::Membership);
        let found = held.first().map(|seat| (seat["role"].clone(), seat["party"].clone()));
        assert_eq!(found, expected, "{inner}");
        assert_eq!(codes(&harvested), [], "{inner}");
    };
    let party =
        "<PoliticalPartyId>P</PoliticalPartyId><PoliticalPartyName>Lijst Waterdam</PoliticalPartyName>";
    check(&format!("<FunctionName>None</FunctionName>{party}"), Some((Value::Null, json!("Lijst Waterdam"))));
    check("<FunctionName>Wethouder</FunctionName>", Some((json!("Wethouder"), Value::Null)));
    check("<FunctionName>None</FunctionName><PoliticalPartyName/>", None);
    check("<FunctionName>Medewerker bestuurssecretariaat</FunctionName>", None);
    let empty = read::<Ibabs>("utrecht", &IbabsTask::User { id: "u".into() }, envelope("GetUser", "<User/>"));
    assert_eq!((empty.parts.len(), codes(&empty)), (0, vec![DiagnosticCode::UnexpectedShape]));
}

/// Heidekerk harvested once, with the end of its log of changes.
async fn harvested_heidekerk() -> (World, i64) {
    let world = World::new(WORKER).await;
    world.harvest("heidekerk").await;
    let end = world.end().await;
    (world, end)
}

/// Heidekerk harvested once, with every address that was asked.
async fn addresses_of_a_harvest() -> (World, Vec<String>) {
    let world = World::new(WORKER).await;
    let seen = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&seen);
    *world.twist.lock().unwrap() = Box::new(move |request, answer| {
        log.lock().unwrap().push(request.url.to_string());
        answer
    });
    world.harvest("heidekerk").await;
    let addresses = seen.lock().unwrap().clone();
    (world, addresses)
}

/// Changes the words of one of Heidekerk's files.
fn rewrite(world: &World, file: &str, from: &str, to: &str) {
    let path = format!("ibabs/heidekerk/{file}");
    let mut country = world.country.lock().unwrap();
    let text = String::from_utf8(country.file(&path).unwrap().to_vec()).unwrap();
    assert!(text.contains(from), "{from} is not in {path}");
    country.put(&path, text.replace(from, to).into_bytes());
}

/// Takes a meeting out of Heidekerk's listing, where each has a line of its own.
fn without_meeting(world: &World, id: &str) {
    let path = "ibabs/heidekerk/meetings.xml";
    let mut country = world.country.lock().unwrap();
    let text = String::from_utf8(country.file(path).unwrap().to_vec()).unwrap();
    let kept: Vec<_> = text.lines().filter(|line| !line.contains(id)).collect();
    assert_eq!(kept.len() + 1, text.lines().count(), "{id} is not in {path}");
    country.put(path, kept.join("\n").into_bytes());
}

/// The days that a question about meetings is about.
fn asked_days(request: &Request) -> Option<Window> {
    let envelope = request.soap.as_ref()?.envelope.as_str();
    let (_, first) = envelope.split_once("<StartDate>")?;
    let (_, last) = envelope.split_once("<EndDate>")?;
    format!("{}..{}", first.get(..10)?, last.get(..10)?).parse().ok()
}

// Unknown: entries of registers below a meeting or an item, and totals beside an item, which no public answer is known
// to have.
#[test]
fn entries_and_totals_below_a_meeting_are_read_and_asked_about() {
    let entry =
        |inner: &str| format!("<EntryId>E1</EntryId><ListId>L</ListId><ListName>Moties</ListName>{inner}");
    let files = format!("<Documents>{}</Documents>", document("D7", ""));
    let votes =
        "<VoteResult>true</VoteResult><VotesInFavour>20</VotesInFavour><VotesAgainst>9</VotesAgainst>";
    let harvested = held(&format!(
        "<ListItems><iBabsListItemSummary>{}</iBabsListItemSummary><iBabsListItemSummary><Id>E2</Id></iBabsListItemSummary></ListItems>\
         <MeetingItems><iBabsMeetingItem><Id>I</Id><VotesInFavour>3</VotesInFavour><VotesAgainst>0</VotesAgainst>\
         <ListEntries><iBabsListEntryBasic>{}</iBabsListEntryBasic></ListEntries></iBabsMeetingItem></MeetingItems>",
        entry(&files),
        entry(votes)
    ));
    let one = |kind: Kind| all(&harvested, kind).remove(0);
    assert_eq!(one(Kind::Meeting)["entries"], json!(["motion:ibabs:utrecht:e1"]));
    assert_eq!(one(Kind::Meeting)["documents"], json!(["document:ibabs:utrecht:d7"]));
    assert_eq!(one(Kind::AgendaItem)["entries"], json!(["motion:ibabs:utrecht:e1"]));
    let events: Vec<_> =
        all(&harvested, Kind::VoteEvent).iter().map(|event| event["stated"]["favour"].clone()).collect();
    assert_eq!(events, [json!(20), json!(3)]);
    assert_eq!(codes(&harvested), [DiagnosticCode::UnexpectedShape], "an entry without its register");
    assert_eq!(asked_next(&harvested), ["entry e1", "entry e1"]);
}

// 2. An answer to another question, a nil result and a large fault are no answer, and say nothing of what is missing.
#[test]
fn an_answer_to_another_question_is_never_an_empty_one() {
    let put = |body: &str| {
        let body = format!("<s:Envelope xmlns:s=\"x\" xmlns:i=\"y\"><s:Body>{body}</s:Body></s:Envelope>");
        Ibabs::read_answer(&source("utrecht"), &meetings_task(), &answer(body.into_bytes()))
    };
    assert!(put("<GetListsResponse><GetListsResult/></GetListsResponse>").is_err());
    assert!(put("<GetMeetingsByDateRangeResponse><Ander/></GetMeetingsByDateRangeResponse>").is_err());
    assert!(put(&format!("<s:Fault><faultstring>{}</faultstring></s:Fault>", "x".repeat(40_000))).is_err());
    assert!(
        put(
            "<GetMeetingsByDateRangeResponse><GetMeetingsByDateRangeResult/></GetMeetingsByDateRangeResponse>"
        )
        .is_ok()
    );
}

// Repeated ids: only one of two can be kept, and that is said.
#[test]
fn two_items_under_one_id_are_a_remark() {
    let item = |title: &str| format!("<iBabsMeetingItem><Id>I</Id><Title>{title}</Title></iBabsMeetingItem>");
    let twice =
        |one: &str, other: &str| held(&format!("<MeetingItems>{}{}</MeetingItems>", item(one), item(other)));
    assert_eq!(codes(&twice("Opening", "Sluiting")), [DiagnosticCode::RepeatedId]);
    let vote = |vote: bool| {
        format!("<iBabsListEntryVote><UserId>u</UserId><Vote>{vote}</Vote></iBabsListEntryVote>")
    };
    let harvested = votes(&format!("<ListEntryVotes>{}{}</ListEntryVotes>", vote(true), vote(false)));
    assert_eq!(codes(&harvested), [DiagnosticCode::RepeatedId]);
}

// 20. A file that was replaced under the same id and address is read anew: only its size tells.
#[tokio::test]
async fn a_file_that_was_replaced_is_fetched_again() {
    let (world, _) = harvested_heidekerk().await;
    let asked = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&asked);
    world.twist("publicdownload", move |answer| {
        counter.fetch_add(1, Ordering::Relaxed);
        answer
    });
    world.harvest("heidekerk").await;
    let before = asked.load(Ordering::Relaxed);
    let from = "<a:FileName>raadsvoorstel-herinrichting-kerkplein.pdf</a:FileName>";
    rewrite(&world, "meetings.xml", from, &format!("{from}<a:FileSize>4711</a:FileSize>"));
    world.harvest("heidekerk").await;
    assert!(asked.load(Ordering::Relaxed) > before, "{before}");
}

// 11. Words that no longer name an agenda leave no link behind.
#[tokio::test]
async fn a_link_goes_when_the_words_go() {
    let (world, _) = harvested_heidekerk().await;
    let query = "{ search(query: \"\", filter: {kinds: [MOTION, PROPOSAL]}, first: 50) { edges { node { ... on Motion { agendaWords agendaItems { totalCount } } ... on Proposal { agendaWords agendaItems { totalCount } } } } } }";
    let linked = async || {
        let found = world.data(query, json!({})).await["search"]["edges"].as_array().unwrap().clone();
        found.iter().filter(|edge| edge["node"]["agendaItems"]["totalCount"] == 1).count()
    };
    let before = linked().await;
    assert!(before > 1);
    world.twist("Public.svc", |answer| {
        let text = String::from_utf8(answer.bytes.to_vec()).unwrap();
        Answer { bytes: text.replace("Agendapunt<", "Vroeger agendapunt<").into(), ..answer }
    });
    world.harvest("heidekerk").await;
    assert_eq!(linked().await, 0);
}

// 7. A vote of members has the title, the day and the meeting of what was voted about.
#[tokio::test]
async fn a_vote_takes_over_what_its_motion_says() {
    let (world, _) = harvested_heidekerk().await;
    let query = "{ search(query: \"\", filter: {kinds: [MOTION]}, first: 50) { edges { node { ... on Motion { title date outcome meeting { id } voteEvents { nodes { title date outcome meeting { id } } } } } } } }";
    let found = world.data(query, json!({})).await["search"]["edges"].clone();
    let mut seen = 0;
    for edge in found.as_array().unwrap() {
        for event in edge["node"]["voteEvents"]["nodes"].as_array().unwrap() {
            assert_eq!(event["title"], edge["node"]["title"]);
            assert_eq!(
                (&event["outcome"], &event["meeting"]),
                (&edge["node"]["outcome"], &edge["node"]["meeting"])
            );
            assert!(event["date"].is_string(), "{event}");
            seen += 1;
        }
    }
    assert!(seen > 1, "{found}");
}

// Proposers of older sites stand behind commas, with their parties in the last brackets.
#[test]
fn proposers_are_parted_and_their_parties_read_from_the_brackets() {
    let said = all(
        &motion(&[("Indiener(s)", "Bos, J. (Jan) (Waterdams Belang), Wit, A. de (Anna) (Lijst Veen)")]),
        Kind::Motion,
    )
    .remove(0);
    assert_eq!(said["proposers"].as_array().unwrap().len(), 2);
    assert_eq!(said["parties"], json!([{"name": "Waterdams Belang"}, {"name": "Lijst Veen"}]));
    let said = all(&motion(&[("Indiener", "Jan Bos (raadslid)")]), Kind::Motion).remove(0);
    assert_eq!(said.get("parties"), None);
}

/// A transport that may visit one address of this machine.
fn live(allowed: &str) -> HttpTransport {
    let lane = Lane { name: "fast", hosts: &["*"], per_minute: 600_000 };
    HttpTransport::new(
        Guard::new([allowed.to_owned()]),
        RateLimiter::new(&[lane], 1.0),
        Robots::default(),
        "test",
    )
    .unwrap()
}

/// A harvest of Heidekerk over HTTP. The questions with these numbers are answered with 403 and `page`. Gives
/// how many questions came.
async fn over_http(refused: Range<usize>, page: &'static str) -> (RunReport, usize) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let asked = Arc::new(AtomicUsize::new(0));
    let (counter, here) = (Arc::clone(&asked), address.clone());
    let router = Router::new().fallback(move |uri: Uri, body: String| {
        let (status, bytes) = if refused.contains(&counter.fetch_add(1, Ordering::Relaxed)) {
            (StatusCode::FORBIDDEN, page.as_bytes().to_vec())
        } else {
            of_country(&uri, &body, &here)
        };
        async move { (status, [("retry-after", "0")], bytes) }
    });
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    let folder = tempfile::tempdir().unwrap();
    let inside = |name: &str| folder.path().join(name).display().to_string();
    let catalogue = CATALOGUE.replace("https://wcf.ibabs.eu/", &format!("http://{address}/"));
    let store = raadhuis_store::open(&format!("sqlite:{}", inside("x.db"))).await.unwrap();
    let archive = Archive::open(&format!("file:{}", inside("archive"))).unwrap();
    let search = raadhuis_search::open(&format!("tantivy:{}", inside("index"))).await.unwrap();
    let followers = Arc::new(FollowerGroup::for_harvest(store.clone(), archive.clone(), search));
    let catalogue = Catalogue::of_text("test", &catalogue).unwrap();
    let extractor = Extractor::new(WORKER.into());
    let transport = Arc::new(live(&address));
    let mut harvester = Harvester::new(store, archive, transport, catalogue, extractor);
    harvester.settle = followers.settle_hook();
    let source = harvester.catalogue.get("heidekerk").unwrap().clone();
    let progress = Arc::new(Progress::default());
    let report = harvester.harvest(&source, PERIOD.parse().unwrap(), progress).await.unwrap();
    (report, asked.load(Ordering::Relaxed))
}

/// What the country answers, with its files at this machine.
fn of_country(uri: &Uri, body: &str, here: &str) -> (StatusCode, Vec<u8>) {
    let url: Url = format!("http://wcf.ibabs.eu{uri}").parse().unwrap();
    let body = (!body.is_empty()).then_some(body);
    let Some(recorded) = Country::default().answer(RecordedRequest { url: &url, body }) else {
        return (StatusCode::NOT_FOUND, Vec::new());
    };
    let status = StatusCode::from_u16(recorded.status).unwrap();
    if body.is_none() {
        return (status, recorded.body);
    }
    let text = String::from_utf8(recorded.body).unwrap();
    (status, text.replace("https://api1.ibabs.eu/", &format!("http://{here}/")).into_bytes())
}
