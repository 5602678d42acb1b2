//! The edge cases of the reference of the Allmanak and the register of organisations, in its order. Forms of address have
//! theirs beside the code.

use std::fmt::Write as _;

use raadhuis_harvester::supplier::{
    Allmanak, AnswerClass, Harvested, Registers, Supplier, allmanak, registers::RegisterTask,
};
use raadhuis_harvester::transport::{Answer, UnreadableError};
use raadhuis_schema::{DiagnosticCode, Kind};
use raadhuis_tests::World;
use serde_json::{Value, json};

use crate::{
    WORKER,
    recorded::{answer, count, entities, source},
};

/// What the Allmanak's answer says, or why it cannot be read.
fn allmanak(
    task: allmanak::AllmanakTask,
    json: &Value,
) -> Result<Harvested<allmanak::AllmanakTask>, UnreadableError> {
    let answer = answer(json.to_string().into_bytes());
    assert_eq!(Allmanak::classify_answer(&task, &answer), AnswerClass::Content);
    Allmanak::read_answer(&source("allmanak-utrecht"), &task, &answer)
}

fn members(persons: Value) -> Harvested<allmanak::AllmanakTask> {
    let function = json!({"functie": {"naam": "Raadslid", "medewerkers": persons}});
    allmanak(
        allmanak::AllmanakTask::Members,
        &json!([{"naam": "Waterdam", "functies": [{"functie": null}, function]}]),
    )
    .unwrap()
}

/// The export with these organisations.
fn export(version: &str, inner: &str) -> Vec<u8> {
    format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?><p:overheidsorganisaties xmlns:p=\"https://organisaties.overheid.nl/static/schema/oo/export/{version}\"><p:organisaties>{inner}</p:organisaties></p:overheidsorganisaties>").into_bytes()
}

fn town(code: &str, inner: &str) -> String {
    let name = if inner.starts_with("<p:naam>") { "" } else { "<p:naam>Waterdam</p:naam>" };
    nameless(code, &format!("{name}{inner}"))
}

fn nameless(code: &str, inner: &str) -> String {
    format!(
        "<p:organisatie p:systeemId=\"1\" p:resourceIdentifierTOOI=\"https://identifier.overheid.nl/tooi/id/gemeente/{code}\">{inner}</p:organisatie>"
    )
}

fn try_told(bytes: Vec<u8>) -> Result<Harvested<RegisterTask>, UnreadableError> {
    Registers::read_answer(&source("organisaties-overheid"), &RegisterTask::Export, &answer(bytes))
}

fn told(inner: &str) -> Harvested<RegisterTask> {
    try_told(export("2.6.9", inner)).unwrap()
}

fn all<T>(harvested: &Harvested<T>, kind: Kind) -> Vec<Value> {
    let of_kind = entities(harvested).into_iter().filter(|entity| entity.id().kind() == kind);
    of_kind.map(raadhuis_schema::Entity::to_json).collect()
}

// 1. No row, two rows; seats that are missing, empty, an object, or called otherwise.
#[test]
fn an_organisation_that_is_unknown_or_ambiguous_cannot_be_read_and_seats_may_have_any_shape() {
    for rows in [json!([]), json!([{"zetels": []}, {"zetels": []}])] {
        assert!(allmanak(allmanak::AllmanakTask::Parties, &rows).is_err(), "{rows}");
    }
    let parties = |seats: Value| {
        let harvested = allmanak(allmanak::AllmanakTask::Parties, &json!([{ "zetels": seats }])).unwrap();
        let names = all(&harvested, Kind::Party)
            .iter()
            .map(|p| p["name"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>();
        (names, harvested.diagnostics.len())
    };
    assert_eq!(parties(Value::Null), (vec![], 0));
    assert_eq!(parties(json!([])), (vec![], 0));
    assert_eq!(
        parties(json!([{"partij": "A"}, {"naam": "B", "aantalZetels": 3}])),
        (vec!["A".into(), "B".into()], 0)
    );
    assert_eq!(parties(json!({"naam": "A"})), (vec!["A".into()], 0));
    assert_eq!(parties(json!({"partijen": {"partij": [{"naam": "A"}]}})), (vec!["A".into()], 0));
    assert_eq!(parties(json!([{"aantalZetels": 3}])), (vec![], 1), "a party without a name is a diagnostic");
}

// 1. Functions and persons that are null, numbers as text, a person without a party.
#[test]
fn a_function_that_did_not_fit_arrives_as_nothing_and_the_rest_is_read() {
    let harvested = members(json!([
        {"persoon": null},
        {"persoon": {"systemid": 7, "naam": "Dhr. J. Bos", "partij": null}},
        {"persoon": {"systemid": "8", "naam": "Mw. A. de Wit", "partij": "Waterdams Belang"}},
        {"persoon": {"naam": "zonder nummer"}},
    ]));
    let names: Vec<_> = all(&harvested, Kind::Person).iter().map(|person| person["name"].clone()).collect();
    assert_eq!(names, [json!("J. Bos"), json!("A. de Wit")]);
    let parties: Vec<_> = all(&harvested, Kind::Membership).iter().map(|m| m.get("party").cloned()).collect();
    assert_eq!(parties, [None, Some(json!("Waterdams Belang"))]);
    assert_eq!(
        harvested.diagnostics.iter().map(|diagnostic| diagnostic.code).collect::<Vec<_>>(),
        [DiagnosticCode::MissingId]
    );
}

// 1. Errors by status: refused, gone, too often, broken; and a page in the place of data.
#[test]
fn an_error_of_the_allmanak_is_told_by_its_status() {
    let judge = |status: u16, body: &str| {
        Allmanak::classify_answer(&allmanak::AllmanakTask::Parties, &Answer { status, ..answer(body.into()) })
    };
    assert!(matches!(judge(400, "{\"message\": \"x\"}"), AnswerClass::Broken(_)));
    assert!(matches!(judge(401, "{}"), AnswerClass::Refused(_)));
    assert_eq!((judge(404, "{}"), judge(429, "{}")), (AnswerClass::Gone, AnswerClass::Throttled));
    assert!(matches!(judge(503, ""), AnswerClass::Broken(_)));
    assert!(matches!(judge(200, "<html>"), AnswerClass::Blocked(_)));
}

// 3. Any version of the namespace, attributes with and without a prefix, a default namespace; a wrong root is none.
#[test]
fn the_version_of_the_export_is_nobodys_business_but_its_root_is() {
    let waterdam = town("gm9101", "<p:naam>Gemeente Waterdam</p:naam>");
    for version in ["2.6.3", "2.6.9", "2.6.13", "3.0"] {
        assert_eq!(count(&try_told(export(version, &waterdam)).unwrap(), Kind::Authority), 1, "{version}");
    }
    let plain =
        String::from_utf8(export("2.6.9", &waterdam)).unwrap().replace("p:", "").replace("xmlns:p", "xmlns");
    assert_eq!(all(&try_told(plain.into()).unwrap(), Kind::Authority)[0]["name"], "Waterdam");
    let wrong =
        String::from_utf8(export("2.6.9", "")).unwrap().replace("overheidsorganisaties", "organisaties_oud");
    assert!(try_told(wrong.into()).unwrap_err().0.contains("root"));
}

// 4. A file of the real size, nested; and one that breaks off, of which nothing at all is taken.
#[test]
fn a_file_of_forty_megabytes_is_read_and_one_that_breaks_off_is_refused() {
    let mut inner = String::new();
    let filler = "<p:beschrijving>".to_owned() + &"x".repeat(20_000) + "</p:beschrijving>";
    for number in 0..1900 {
        let below =
            format!("<p:organisaties>{}</p:organisaties>", town(&format!("gm{:04}", number + 5000), ""));
        let _ = write!(
            inner,
            "{}",
            town(&format!("gm{number:04}"), &format!("<p:naam>T{number}</p:naam>{filler}{below}"))
        );
    }
    let bytes = export("2.6.9", &inner);
    assert!(bytes.len() > 35 << 20);
    assert_eq!(count(&try_told(bytes.clone()).unwrap(), Kind::Authority), 3800);
    assert!(try_told(bytes[..bytes.len() / 2].to_vec()).is_err());
}

// 5. An organisation without a code, with several sorts and abbreviations, and with the code of its ministry.
#[test]
fn the_code_of_a_related_ministry_is_not_an_organisations_own() {
    let related = "<p:organisatie p:systeemId=\"2\"><p:naam>Staatsbosbeheer</p:naam><p:relatieMetMinisterie p:resourceIdentifierTOOI=\"https://identifier.overheid.nl/tooi/id/gemeente/gm9102\">x</p:relatieMetMinisterie></p:organisatie>";
    let sorts = town(
        "gm9101",
        "<p:naam>Waterdam</p:naam><p:afkorting>W</p:afkorting><p:afkorting>WD</p:afkorting><p:types><p:type>Gemeente</p:type><p:type>Anders</p:type></p:types>",
    );
    let harvested = told(&format!("{related}{sorts}"));
    let codes: Vec<_> =
        all(&harvested, Kind::Authority).iter().map(|authority| authority["code"].clone()).collect();
    assert_eq!((codes, harvested.diagnostics.len()), (vec![json!("GM9101")], 0));
}

// 6. An end in the past, in the future, one that is none, and one of the organisation above.
#[test]
fn an_end_is_read_wherever_it_lies_and_is_shared_by_what_is_below() {
    let end = |text: &str| format!("<p:eindDatum>{text}</p:eindDatum>");
    let below = format!("<p:organisaties>{}</p:organisaties>", town("gm0004", ""));
    let harvested = told(
        &[
            town("gm0001", &end("2022-01-01")),
            town("gm0002", &end("2099-01-01")),
            town("gm0003", &end("ooit")),
            town("gm0005", &format!("{}{below}", end("2021-01-01"))),
        ]
        .concat(),
    );
    let ends: Vec<_> = all(&harvested, Kind::Authority).iter().map(|a| a.get("dissolved").cloned()).collect();
    let day = |text: &str| Some(json!(text));
    assert_eq!(ends, [day("2022-01-01"), day("2099-01-01"), None, day("2021-01-01"), day("2021-01-01")]);
    assert_eq!(harvested.diagnostics[0].code, DiagnosticCode::ImpossibleTime);
}

// 7. Names with an apostrophe, with diacritics, and in CDATA.
#[test]
fn names_come_through_to_the_letter() {
    let name = |text: &str| {
        all(&told(&town("gm0001", &format!("<p:naam>{text}</p:naam>"))), Kind::Authority)[0]["name"].clone()
    };
    assert_eq!(name("Gemeente 's-Heerdam"), "'s-Heerdam");
    assert_eq!(name("Gemeente Súdwest-Rietlân"), "Súdwest-Rietlân");
    assert_eq!(name("<![CDATA[Gemeente Bergen & Zand]]>"), "Bergen & Zand");
}

// 8. A council without parties, seats that do not add up, and one party in two spellings.
#[test]
fn seats_that_do_not_add_up_are_a_remark_and_a_party_in_two_spellings_is_one() {
    let council = |seats: u32, parties: &str| {
        told(&town(
            "gm0001",
            &format!(
                "<p:raad><p:totaalZetels>{seats}</p:totaalZetels><p:partijen>{parties}</p:partijen></p:raad>"
            ),
        ))
    };
    let party = |name: &str, seats: u32| {
        format!("<p:partij><p:naam>{name}</p:naam><p:aantalZetels>{seats}</p:aantalZetels></p:partij>")
    };
    let none = told(&town("gm0001", "<p:raad><p:totaalZetels>9</p:totaalZetels></p:raad>"));
    assert_eq!((count(&none, Kind::Party), none.diagnostics.len()), (0, 0));
    let fits = council(5, &[party("CDA", 2), party("Waterdams Belang", 3)].concat());
    assert_eq!((count(&fits, Kind::Party), fits.diagnostics.len()), (2, 0));
    let differs = council(9, &[party("CDA", 2), party("cda ", 2)].concat());
    assert_eq!(count(&differs, Kind::Party), 1);
    assert!(differs.diagnostics[0].path.ends_with("/raad/totaalZetels"), "{:?}", differs.diagnostics);
}

// 9. Addresses old and new, and every way to reach somebody: none of it is taken.
#[tokio::test]
async fn no_address_and_no_telephone_of_the_register_is_kept() {
    let world = World::new(WORKER).await;
    world.harvest("organisaties-overheid").await;
    assert_eq!(
        world.files_with(&["0900 000 9101", "Havenplein", "0001 WD", "info@waterdam.example"]),
        Vec::<String>::new()
    );
}

// 10. Joint arrangements are no organisations, whoever takes part in them.
#[test]
fn a_joint_arrangement_is_no_authority() {
    let bytes = String::from_utf8(export("2.6.9", &town("gm0001", ""))).unwrap().replace(
        "</p:overheidsorganisaties>",
        "<p:gemeenschappelijkeRegelingen><p:regeling p:resourceIdentifierTOOI=\"https://identifier.overheid.nl/tooi/id/gemeente/gm0002\"><p:titel>Samen</p:titel><p:previousVersion>1</p:previousVersion></p:regeling></p:gemeenschappelijkeRegelingen></p:overheidsorganisaties>",
    );
    assert_eq!(count(&try_told(bytes.into()).unwrap(), Kind::Authority), 1);
}

// 11. One person in two functions, a vacancy, and functions that are no office.
#[test]
fn a_person_in_two_functions_is_one_person_and_a_vacancy_is_nobody() {
    let holder = |id: u32, name: &str| {
        format!(
            "<p:medewerkers><p:medewerker p:systeemId=\"{id}\"><p:naam>{name}</p:naam></p:medewerker></p:medewerkers>"
        )
    };
    let function = |id: u32, name: &str, holder: &str| {
        format!("<p:functie p:systeemId=\"{id}\"><p:naam>{name}</p:naam>{holder}</p:functie>")
    };
    let functions = [
        function(1, "Raadslid", &holder(7, "Dhr. J. Bos")),
        function(2, "Wethouder", &holder(7, "Dhr. J. Bos")),
        function(3, "Burgemeester", &holder(8, "Vacature")),
        function(4, "Directeur Bedrijfsvoering", &holder(9, "Mw. A. de Wit")),
    ]
    .concat();
    let harvested = told(&town("gm0001", &format!("<p:functies>{functions}</p:functies>")));
    assert_eq!((count(&harvested, Kind::Person), count(&harvested, Kind::Membership)), (1, 2));
}

// 12. A file with half of the organisations: nobody is withdrawn on its word.
#[tokio::test]
async fn a_shorter_export_withdraws_nobody() {
    let world = World::new(WORKER).await;
    world.harvest("organisaties-overheid").await;
    let before = raadhuis_tests::dump(&world.harvester.store).await;
    let first = "<p:organisatie p:systeemId=\"90001\"";
    world.twist("exportOO", move |answer| {
        let text = String::from_utf8(answer.bytes.to_vec()).unwrap();
        let start = text.find(first).unwrap();
        let end =
            text[start + 1..].find("<p:organisatie p:systeemId").map_or(text.len(), |at| start + 1 + at);
        let rest = text.rfind("</p:organisaties>").unwrap();
        Answer { bytes: format!("{}{}", &text[..end], &text[rest..]).into(), ..answer }
    });
    let report = world.harvest("organisaties-overheid").await;
    assert_eq!(report.changes.values().map(|counts| counts.withdrawn).sum::<u64>(), 0);
    assert_eq!(raadhuis_tests::dump(&world.harvester.store).await, before);
}

// 5. An authority without a name is a diagnostic; the others are kept, and the run goes on.
#[tokio::test]
async fn an_authority_without_a_name_costs_itself_only() {
    let harvested = told(&format!("{}{}", nameless("gm0001", ""), town("gm0002", "")));
    assert_eq!(count(&harvested, Kind::Authority), 1);
    assert!(harvested.diagnostics[0].path.ends_with("/naam"), "{:?}", harvested.diagnostics);
    let world = World::new(WORKER).await;
    world.twist("exportOO", |answer| {
        let text = String::from_utf8(answer.bytes.to_vec()).unwrap();
        let more = format!("{}<p:organisatie p:systeemId=\"90001\"", nameless("gm0009", ""));
        Answer { bytes: text.replacen("<p:organisatie p:systeemId=\"90001\"", &more, 1).into(), ..answer }
    });
    let report = world.harvest("organisaties-overheid").await;
    assert_eq!(report.verdict, raadhuis_schema::Verdict::Healthy);
    assert!(report.seen[&Kind::Authority] > 3);
}

/// With the registers come the authorities that nobody publishes, with their province.
#[tokio::test]
async fn an_authority_that_nobody_publishes_is_there_with_its_province() {
    let world = World::new(WORKER).await;
    world.harvest("organisaties-overheid").await;
    let query = "{ node(id: \"authority:nl:tooi:gm9108\") { ... on Authority { name province seats meetings { totalCount } } } }";
    let found = world.data(query, json!({})).await["node"].clone();
    assert_eq!((&found["name"], &found["province"]), (&json!("Stillemeer"), &json!("Middenland")));
}
