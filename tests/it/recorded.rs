//! Recorded and derived answers of the other suppliers, through the code that a live harvest uses; and that nothing in
//! them is dropped in silence.

use std::collections::BTreeSet;

use raadhuis_harvester::supplier::{
    AnswerClass, GemeenteOplossingen, Harvested, Ibabs, Parlaeus, Registers, Supplier, gemeenteoplossingen,
    ibabs, parlaeus, registers, transcript,
};
use raadhuis_harvester::transport::Answer;
use raadhuis_schema::{Choice, Content, DiagnosticCode, Entity, Kind, Tally, party_name};
use raadhuis_tests::shared;
pub use raadhuis_tests::survive::{answer, source};
use serde_json::{Value, json};

/// Reads an answer as the crawl does: judged first.
pub fn read<S: Supplier>(key: &str, task: &S::Task, bytes: Vec<u8>) -> Harvested<S::Task> {
    let answer = answer(bytes);
    assert_eq!(S::classify_answer(task, &answer), AnswerClass::Content, "{}", S::task_name(task));
    S::read_answer(&source(key), task, &answer).unwrap()
}

pub fn entities<T>(harvested: &Harvested<T>) -> Vec<&Entity> {
    let said = harvested.parts.iter().filter_map(|part| match &part.content {
        Content::Says(entity) => Some(&**entity),
        _ => None,
    });
    said.collect()
}

pub fn count<T>(harvested: &Harvested<T>, kind: Kind) -> usize {
    let ids: BTreeSet<_> = entities(harvested).iter().map(|entity| entity.id().clone()).collect();
    ids.iter().filter(|id| id.kind() == kind).count()
}

fn year() -> raadhuis_schema::Window {
    "2025-01-01..2026-12-31".parse().unwrap()
}

fn types() -> ibabs::Types {
    [("11".to_owned(), "Raadscommissie Ruimte".to_owned())]
        .into_iter()
        .collect::<std::collections::BTreeMap<_, _>>()
        .into()
}

#[test]
fn every_recorded_answer_of_ibabs_is_read() {
    let Some(folder) = shared("payloads/ibabs") else { return };
    let file = |name: &str| std::fs::read(folder.join(name)).unwrap();

    let read_types = read::<Ibabs>(
        "utrecht",
        &ibabs::IbabsTask::MeetingTypes { window: year() },
        file("soap_meetingtypes_response.xml"),
    );
    assert_eq!((count(&read_types, Kind::Committee), read_types.diagnostics.len()), (2, 0));

    let task = ibabs::IbabsTask::Meetings { window: year(), types: types() };
    let meetings = read::<Ibabs>("utrecht", &task, file("soap_meetings_response.xml"));
    let counted =
        [Kind::Meeting, Kind::AgendaItem, Kind::Document, Kind::Recording].map(|k| count(&meetings, k));
    assert_eq!(counted, [1, 1, 2, 1]);
    assert!(meetings.diagnostics.is_empty(), "{:?}", meetings.diagnostics);
    let meeting = entities(&meetings).into_iter().find(|entity| entity.id().kind() == Kind::Meeting).unwrap();
    assert_eq!(meeting.to_json()["start"], "2025-01-14T19:30:00+01:00");
    assert_eq!(meeting.name(), Some("Raadscommissie Ruimte"));

    let task = ibabs::IbabsTask::Lists { window: year(), types: types() };
    let lists = file("soap_lists_response.xml");
    let registers = String::from_utf8(lists.clone()).unwrap().matches("<a:iBabsKeyValue>").count();
    assert_eq!(read::<Ibabs>("utrecht", &task, lists).next.len(), registers);

    let task = ibabs::IbabsTask::Entries {
        list: "b25f250f-d487-4ce5-93b3-efb84d24567a".into(),
        name: "Moties".into(),
        window: year(),
        types: types(),
    };
    let entries = read::<Ibabs>("utrecht", &task, file("soap_list_entries_response.xml"));
    assert_eq!((count(&entries, Kind::Motion), entries.next.len()), (3, 3));
}

#[test]
fn the_recorded_vote_of_utrecht_gives_18_for_and_25_against() {
    let Some(folder) = shared("payloads/ibabs") else { return };
    let bytes = std::fs::read(folder.join("soap_list_entry_votes_response.xml")).unwrap();
    let task = ibabs::IbabsTask::Votes {
        entry: "616c065b-601c-4f8b-9991-02746483f646".into(),
        name: "Moties".into(),
    };
    let votes = read::<Ibabs>("utrecht", &task, bytes);
    let event = entities(&votes).into_iter().find_map(|entity| match entity {
        Entity::VoteEvent(event) => Some(event),
        _ => None,
    });
    let tally = event.unwrap().tally.unwrap();
    assert_eq!(tally, Tally { favour: 18, against: 25, ..Tally::default() });
    assert_eq!(
        event.unwrap().about.as_ref().unwrap().as_str(),
        "motion:ibabs:utrecht:616c065b-601c-4f8b-9991-02746483f646"
    );
    assert_eq!((count(&votes, Kind::Vote), count(&votes, Kind::Person)), (43, 43));
    let unknown =
        entities(&votes).iter().any(|e| matches!(e, Entity::Vote(vote) if vote.choice == Choice::Unknown));
    assert!(!unknown && votes.diagnostics.is_empty());
}

#[test]
fn every_recorded_answer_of_gemeenteoplossingen_and_parlaeus_is_read() {
    let Some(folder) = shared("payloads") else { return };
    let file = |name: &str| std::fs::read(folder.join(name)).unwrap();
    let go = "alblasserdam";
    let dmus = read::<GemeenteOplossingen>(
        go,
        &gemeenteoplossingen::GemeenteOplossingenTask::Dmus,
        file("gemeenteoplossingen/dmus_v1_synthetic.json"),
    );
    assert_eq!((count(&dmus, Kind::Committee), dmus.diagnostics.len()), (2, 0));
    let meetings = read::<GemeenteOplossingen>(
        go,
        &gemeenteoplossingen::GemeenteOplossingenTask::Meetings { window: year() },
        file("gemeenteoplossingen/meetings_v1_synthetic.json"),
    );
    let counted = [Kind::Meeting, Kind::AgendaItem, Kind::Document].map(|kind| count(&meetings, kind));
    assert_eq!((counted, meetings.diagnostics.len()), ([1, 1, 2], 0));

    let detail = file("parlaeus/agenda_detail_synthetic.json");
    let agenda =
        read::<Parlaeus>("apeldoorn", &parlaeus::ParlaeusTask::Agenda { id: "agenda-1".into() }, detail);
    let counted = [Kind::Meeting, Kind::AgendaItem, Kind::Document].map(|kind| count(&agenda, kind));
    assert_eq!((counted, agenda.diagnostics.len()), ([1, 2, 1], 0));
    let refused = answer(file("parlaeus/error_unknown_function.json"));
    assert!(matches!(
        Parlaeus::classify_answer(&parlaeus::ParlaeusTask::Committees, &refused),
        AnswerClass::Refused(_)
    ));
}

#[test]
fn the_lists_of_authorities_are_read_whole_with_what_became_of_whom() {
    let Some(folder) = shared("payloads/tooi") else { return };
    let file = |name: &str| std::fs::read(folder.join(name)).unwrap();
    let of = |name: &'static str, version: u32| {
        let bytes = file(&format!("{name}_{version}.json"));
        read::<Registers>("tooi", &registers::RegisterTask::List(name.to_owned(), version), bytes)
    };
    let municipalities = of("rwc_gemeenten_compleet", 5);
    assert_eq!(count(&municipalities, Kind::Authority), 605);
    let today = entities(&municipalities)
        .iter()
        .filter(|e| e.to_json().get("dissolved").is_none_or(Value::is_null))
        .count();
    assert_eq!(today, 342);
    let successors = |code: &str| {
        let found = entities(&municipalities)
            .into_iter()
            .find(|entity| entity.id().as_str().ends_with(code))
            .unwrap();
        found.to_json()["successors"].clone()
    };
    assert_eq!(successors("gm0756"), json!(["authority:nl:tooi:gm1982"]), "Boxmeer went into Land van Cuijk");
    assert_eq!(successors("gm0370"), json!(["authority:nl:tooi:gm0439"]), "Beemster went into Purmerend");
    assert_eq!(count(&of("rwc_provincies_compleet", 1), Kind::Authority), 12);
    // The thirty-third is an earlier version of one of them.
    assert_eq!(count(&of("rwc_waterschappen_compleet", 2), Kind::Authority), 32);
}

#[test]
fn recorded_subtitles_are_read() {
    let Some(folder) = shared("payloads/transcripts") else { return };
    let cues = |name: &str| transcript::parse_cues(&std::fs::read(folder.join(name)).unwrap()).unwrap();
    assert_eq!(cues("companywebcast_excerpt.vtt").len(), 2);
    let srt = cues("notubiz_excerpt.srt");
    assert_eq!((srt.len(), transcript::join_cues(srt).len()), (3, 2));
}

#[test]
fn parties_are_one_under_the_spellings_of_two_registers() {
    let Some(folder) = shared("payloads/allmanak") else { return };
    let file = std::fs::read(folder.join("almanak_kiesraad_party_mapping_2019.json")).unwrap();
    let mapping: Value = serde_json::from_slice(&file).unwrap();
    let national = ["CDA", "VVD", "D66", "PvdA", "GroenLinks", "ChristenUnie", "SGP", "SP", "PVV", "DENK"];
    let (mut pairs, mut agree) = (0, 0);
    for municipality in mapping["mapping"].as_array().unwrap() {
        for party in municipality["party_mapping"].as_array().into_iter().flatten() {
            let (Some(one), Some(other)) = (party["al"].as_str(), party["kr"].as_str()) else { continue };
            if national.contains(&one) {
                pairs += 1;
                agree += usize::from(party_name(one) == party_name(other));
            }
        }
    }
    assert!(pairs > 1000 && agree * 100 >= pairs * 97, "{agree} of {pairs} pairs agree");
}

#[test]
fn a_refusal_a_ban_and_a_throttle_are_told_apart_at_ibabs() {
    let task = ibabs::IbabsTask::Meetings { window: year(), types: types() };
    let soap = |status: &str, message: &str| {
        format!(
            "<s:Envelope xmlns:s=\"x\"><s:Body><GetMeetingsByDateRangeResponse><GetMeetingsByDateRangeResult><Message>{message}</Message><Status>{status}</Status></GetMeetingsByDateRangeResult></GetMeetingsByDateRangeResponse></s:Body></s:Envelope>"
        )
    };
    let judge =
        |status: u16, body: &str| Ibabs::classify_answer(&task, &Answer { status, ..answer(body.into()) });
    assert!(matches!(judge(200, &soap("ERR", "Invalid site!")), AnswerClass::Refused(_)));
    assert!(
        matches!(judge(200, &soap("OK", "IPaddress 1.2.3.4 has no access to site x!")), AnswerClass::Refused(why) if !why.contains("1.2.3.4"))
    );
    assert_eq!(judge(200, &soap("ERR", "No public meetings for this date range!")), AnswerClass::Content);
    assert_eq!(judge(403, "<html>slow down</html>"), AnswerClass::Throttled);
    assert!(matches!(judge(403, "<html>The request is blocked.</html>"), AnswerClass::Blocked(_)));
    assert!(matches!(judge(200, "<!DOCTYPE html><p>x"), AnswerClass::Blocked(_)));
    assert_eq!(judge(429, ""), AnswerClass::Throttled);
    assert!(matches!(
        judge(200, "<Envelope><Body><Fault><faultcode>x</faultcode></Fault></Body></Envelope>"),
        AnswerClass::Broken(_)
    ));
    let empty =
        read::<Ibabs>("utrecht", &task, soap("ERR", "No public meetings for this date range!").into());
    assert!(empty.parts.is_empty() && empty.complete.len() == 1);
}

#[test]
fn html_in_the_place_of_json_means_kept_out_and_never_nothing() {
    let task = gemeenteoplossingen::GemeenteOplossingenTask::Meetings { window: year() };
    let judge = |status: u16, body: &str| {
        GemeenteOplossingen::classify_answer(&task, &Answer { status, ..answer(body.into()) })
    };
    assert!(matches!(judge(200, "<!doctype html><title>Anubis"), AnswerClass::Blocked(_)));
    assert!(matches!(judge(404, "<html>Toegang geweigerd"), AnswerClass::Blocked(_)));
    assert_eq!(judge(500, ""), AnswerClass::TooMuch);
    let envelope = answer(json!({"status": "OK", "result": {"meetings": []}}).to_string().into());
    let read = GemeenteOplossingen::read_answer(&source("alblasserdam"), &task, &envelope);
    assert!(read.is_err(), "an answer of version 2 is no empty list of version 1");
}

#[test]
fn shared_sites_are_parted_by_the_names_of_meeting_types() {
    let xml = |name: &str| {
        format!("<E><Body><GetMeetingtypesResponse><GetMeetingtypesResult><Meetingtypes><iBabsMeetingtype><Id>1</Id><Description>{name}</Description></iBabsMeetingtype></Meetingtypes></GetMeetingtypesResult></GetMeetingtypesResponse></Body></E>").replace("E>", "Envelope>")
    };
    let task = ibabs::IbabsTask::MeetingTypes { window: "2026-01-01..2026-01-02".parse().unwrap() };
    let kept = |key: &str, name: &str| count(&read::<Ibabs>(key, &task, xml(name).into()), Kind::Committee);
    assert_eq!((kept("druten", "Raad Druten"), kept("druten", "Raad Wijchen")), (1, 0));
    assert_eq!((kept("druten", "Raden Druten en Wijchen"), kept("druten", "Werkorganisatie")), (1, 1));
    assert_eq!(kept("utrecht", "Raad Wijchen"), 1);
}

#[test]
fn a_secret_stands_in_no_address_and_in_no_name() {
    let task = parlaeus::ParlaeusTask::Agenda { id: "a".into() };
    let request = Parlaeus::request(&source("apeldoorn"), &task);
    assert!(!request.url.as_str().contains("rid"));
    assert_eq!(request.secret.unwrap().variable, "RAADHUIS_PARLAEUS_APELDOORN");
}

#[test]
fn what_is_confidential_at_ibabs_leaves_an_id_and_nothing_else() {
    let xml = "<Envelope><Body><GetMeetingsByDateRangeResponse><GetMeetingsByDateRangeResult><Meetings><iBabsMeeting>\
        <Id>M</Id><MeetingDate>2026-01-02T00:00:00</MeetingDate><StartTime>19:30</StartTime><EndTime>00:30</EndTime><MeetingItems>\
        <iBabsMeetingItem><Id>A</Id><Features>2</Features><Title>Kwik</Title><Confidential>true</Confidential><Documents><iBabsDocument><Id>D</Id><DisplayName>Kwik</DisplayName></iBabsDocument></Documents></iBabsMeetingItem>\
        <iBabsMeetingItem><Id>B</Id><Features>2.1</Features><Title>Kwik</Title></iBabsMeetingItem>\
        <iBabsMeetingItem><Id>C</Id><Features>3</Features><Title>Open</Title></iBabsMeetingItem>\
        </MeetingItems></iBabsMeeting></Meetings></GetMeetingsByDateRangeResult></GetMeetingsByDateRangeResponse></Body></Envelope>";
    let task = ibabs::IbabsTask::Meetings { window: year(), types: types() };
    let harvested = read::<Ibabs>("utrecht", &task, xml.into());
    assert_eq!(count(&harvested, Kind::AgendaItem), 1);
    let codes: Vec<_> = harvested.diagnostics.iter().map(|diagnostic| diagnostic.code).collect();
    assert_eq!(
        codes,
        [DiagnosticCode::Withheld; 3],
        "the item, its document, and what its number hangs below it"
    );
    let kept = String::from_utf8(Ibabs::redact_answer(&task, &answer(xml.into())).unwrap()).unwrap();
    assert!(!kept.contains("Kwik") && kept.contains("Open"), "{kept}");
    let meeting = entities(&harvested)
        .into_iter()
        .find(|entity| entity.id().kind() == Kind::Meeting)
        .unwrap()
        .to_json();
    assert_eq!(
        (&meeting["start"], &meeting["end"]),
        (&json!("2026-01-02T19:30:00+01:00"), &json!("2026-01-03T00:30:00+01:00"))
    );
}

#[tokio::test]
async fn the_whole_country_is_harvested_and_every_kind_of_thing_can_be_asked_for() {
    let world = raadhuis_tests::World::new(crate::WORKER).await;
    let keys: Vec<String> = world.harvester.catalogue.sources().map(|source| source.key.clone()).collect();
    for key in &keys {
        let report = world.harvest(key).await;
        assert_eq!(report.verdict, raadhuis_schema::Verdict::Healthy, "{key}");
    }
    // One thing of every kind, of whichever source: its type and its own fields in one question.
    let query = "query Q($id: ID!) { node(id: $id) { __typename id
        ... on Motion { title kind outcome statusWords proposers { name } coProposers { name } agendaWords voteEvents { nodes { tally { favour against } } } }
        ... on Proposal { title outcome holder { name } documents { totalCount } }
        ... on Decision { title outcome statusWords agendaItems { totalCount } }
        ... on Commitment { title holder { name } fulfilled due }
        ... on WrittenQuestion { title askers { name } answers { name documentType } settled }
        ... on RegisterEntry { title register date }
        ... on VoteEvent { about { __typename } tally { favour against } votes { totalCount nodes { name partyName choice } } }
        ... on Vote { name party { name } partyName choice }
        ... on Recording { platform media chapters { totalCount } transcript { totalCount nodes { startsAt text } } meeting { name } }
        ... on Chapter { startsAt endsAt recording { platform } agendaItem { title } }
        ... on TranscriptSegment { startsAt endsAt text }
        ... on Party { name partyName seats } } }";
    let mut asked = BTreeSet::new();
    for line in raadhuis_tests::dump(&world.harvester.store).await {
        let id: raadhuis_schema::EntityId = line.split(' ').next().unwrap().parse().unwrap();
        if asked.insert(id.kind()) {
            let node = world.data(query, json!({"id": id.as_str()})).await["node"].clone();
            assert_eq!(node["id"], id.as_str());
        }
    }
    assert_eq!(asked, Kind::ALL.iter().copied().collect(), "every kind occurs in the country");
    // What is confidential anywhere in the country leaves no trace.
    for word in
        ["kwikzilver-geheim", "zinkwit-geheim", "karmozijn-geheim", "bordeaux-geheim", "okergeel-geheim"]
    {
        assert_eq!(world.files_with(&[word]), Vec::<String>::new());
    }
    // Neither do the addresses of people.
    assert_eq!(
        world.files_with(&[
            "lid3@heidekerk.example",
            "000-0000000",
            "kadewinde@",
            "bewoner van de Dorpsstraat",
            "Vrienden van de Sluis",
        ]),
        Vec::<String>::new()
    );
    let end = world.end().await;
    for key in &keys {
        let report = world.harvest(key).await;
        assert_eq!(report.changed(), 0, "{key} a second time");
    }
    assert_eq!(world.end().await, end);
}

#[tokio::test]
async fn an_entry_that_names_its_agenda_in_words_finds_it_in_whichever_run_it_came() {
    let world = raadhuis_tests::World::new(crate::WORKER).await;
    // The entries change in February, March and April; their meetings are those of February, April and the year before.
    world.harvest_window("heidekerk", "2026-03-01..2026-04-30".parse().unwrap()).await;
    let query = "{ search(query: \"\", filter: {kinds: [MOTION, PROPOSAL]}, first: 50) { edges { node { ... on Motion { title agendaWords
        meeting { start } agendaItems { nodes { title } } } ... on Proposal { title meeting { start } agendaItems { nodes { title } } } } } } }";
    let linked = async || {
        let found = world.data(query, json!({})).await["search"]["edges"].as_array().unwrap().clone();
        let item =
            |edge: &Value| edge["node"]["agendaItems"]["nodes"][0]["title"].as_str().map(str::to_owned);
        let mut titles: Vec<_> = found.iter().filter_map(item).collect();
        titles.sort();
        titles
    };
    // The meeting of 2025 lies outside every window, and was asked for because a motion names its day.
    assert_eq!(linked().await, ["Begroting 2026", "Moties vreemd aan de orde"]);
    world.harvest_window("heidekerk", "2026-02-01..2026-02-28".parse().unwrap()).await;
    assert_eq!(
        linked().await,
        ["Begroting 2026", "Herinrichting Kerkplein", "Herinrichting Kerkplein", "Moties vreemd aan de orde"]
    );
}
