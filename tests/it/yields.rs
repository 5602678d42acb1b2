//! What each recorded answer yields, in figures: no name and no text of the recordings enters the project.
//!
//! To read all of it by eye against the recordings: `RAADHUIS_SHOW=1 cargo test -p raadhuis-tests yields -- --nocapture`.

use std::collections::BTreeMap;

use raadhuis_harvester::supplier::{
    GemeenteOplossingen, Supplier, gemeenteoplossingen::GemeenteOplossingenTask,
};
use raadhuis_schema::{Entity, Tally};
use raadhuis_tests::{recordings, shared, survive};
use serde_json::{Value, json};

/// Files that are no answer of a supplier that a harvest asks for, each with the reason.
const NOT_READ: [(&str, &str); 14] = [
    (
        "allmanak/almanak_kiesraad_party_mapping_2019.json",
        "a table of spellings by another project; held against party names",
    ),
    (
        "gemeenteoplossingen/html_den_helder_meeting_print.html",
        "a view for printing without ids or links; refused as unreadable",
    ),
    ("ibabs/portal_derived_zaanstad_collegeberichten_2026-08.json", "in the own format of another project"),
    ("ibabs/portal_derived_zaanstad_stemmingen_2026.json", "in the own format of another project"),
    ("ibabs/portal_derived_zaanstad_vergaderingen_2026.json", "in the own format of another project"),
    (
        "notubiz/attributes_haarlem_synthetic.json",
        "labels of attributes, which are not asked for: numbers are read",
    ),
    ("parlaeus/error_unknown_function.json", "an error; refused before it is read"),
    ("tooi/scw_toplijst_1.json", "a list of subjects, no authorities"),
    ("tooi/scw_woo_informatiecategorieen_3.json", "a list of categories, no authorities"),
    ("transcripts/texel_20260218_1.txt", "a text without times by another project"),
    ("transcripts/texel_20260331_1.txt", "a text without times by another project"),
    ("transcripts/texel_20260408_1.txt", "a text without times by another project"),
    ("votes-provinces/noord-holland.json", "in the own format of another project"),
    ("votes-provinces/overijssel.json", "in the own format of another project"),
];

/// In the own format of another project, and brought back into the supplier's below.
const BROUGHT_BACK: &str = "votes-provinces/utrecht.json";

#[test]
fn what_each_recorded_answer_yields() {
    let Some(yields) = recordings::all() else { return };
    let mut table = BTreeMap::new();
    for one in &yields {
        if std::env::var_os("RAADHUIS_SHOW").is_some() {
            eprintln!("\n== {}", one.file);
            one.entities.iter().for_each(|entity| eprintln!("{}", entity.to_json()));
            one.diagnostics.iter().for_each(|diagnostic| eprintln!("{diagnostic:?}"));
        }
        let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
        one.entities.iter().for_each(|entity| *kinds.entry(entity.id().kind().as_str()).or_default() += 1);
        let diagnostics: Vec<String> = one
            .diagnostics
            .iter()
            .map(|diagnostic| format!("{} {}", diagnostic.code.as_str(), diagnostic.path))
            .collect();
        table.insert(
            one.file,
            json!({"entities": kinds, "asked next": one.next.len(), "remarks": diagnostics}),
        );
    }
    insta::assert_json_snapshot!(table);
}

#[test]
fn every_file_of_the_suppliers_is_read_or_has_a_reason() {
    let (Some(folder), Some(yields)) = (shared("payloads"), recordings::all()) else { return };
    let mut known: Vec<&str> =
        yields.iter().map(|one| one.file).chain(NOT_READ.map(|(file, _)| file)).collect();
    known.push(BROUGHT_BACK);
    known.sort_unstable();
    let folders = [
        "allmanak",
        "gemeenteoplossingen",
        "ibabs",
        "notubiz",
        "parlaeus",
        "tooi",
        "transcripts",
        "votes-provinces",
    ];
    let mut there = Vec::new();
    for inside in folders {
        for entry in std::fs::read_dir(folder.join(inside)).unwrap() {
            there.push(format!("{inside}/{}", entry.unwrap().file_name().display()));
        }
    }
    there.sort_unstable();
    assert_eq!(there, known);
}

/// Three years of votes of a province, by party with the number of members, put back into the answers they came from.
#[test]
fn the_votes_of_a_province_by_party_give_the_outcome_that_is_stated() {
    let Some(folder) = shared("payloads/votes-provinces") else { return };
    let read: Value = serde_json::from_slice(&std::fs::read(folder.join("utrecht.json")).unwrap()).unwrap();
    let votes = read["moties"].as_array().unwrap();
    let mut tallies: BTreeMap<u64, Tally> = BTreeMap::new();
    for (number, party) in read["parties"].as_array().unwrap().iter().enumerate() {
        let mut items: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
        for vote in votes {
            let Some(counts) = vote["votes"].get(party["slug"].as_str().unwrap()) else { continue };
            let year = &vote["date"].as_str().unwrap()[..4];
            items.entry(year).or_default().push(json!({
                "votingId": vote["id"], "description": vote["title"], "documentId": vote["documentId"],
                "meetingItemId": vote["meetingItemId"], "meetingId": vote["meetingId"],
                "voteResult": {"name": vote["result"], "label": vote["resultLabel"], "voteCounts": counts},
            }));
        }
        let window = "2023-01-01..2026-12-31".parse().unwrap();
        let name = party["name"].as_str().unwrap().to_owned();
        let task = GemeenteOplossingenTask::Votings { folder: 0, party: number as u64, name, window };
        let answer = survive::answer(json!({ "items": items }).to_string().into_bytes());
        let harvested =
            GemeenteOplossingen::read_answer(&survive::source("provincie-utrecht"), &task, &answer).unwrap();
        assert!(harvested.diagnostics.is_empty(), "{:?}", harvested.diagnostics);
        for entity in crate::recorded::entities(&harvested) {
            if let Entity::Vote(vote) = entity {
                let event: u64 = vote.event.as_entity().as_str().rsplit(':').next().unwrap().parse().unwrap();
                tallies.entry(event).or_default().add_votes(vote.choice, vote.members.unwrap());
            }
        }
    }
    assert_eq!((votes.len(), tallies.len()), (566, 565), "one was decided without a vote");
    for vote in votes {
        let Some(tally) = tallies.get(&vote["id"].as_u64().unwrap()) else { continue };
        let (favour, against) = (tally.favour, tally.against);
        let agrees = match vote["result"].as_str().unwrap() {
            "accepted" => favour >= against,
            "rejected" => against >= favour,
            _ => true,
        };
        assert!(agrees, "{}: {favour} for and {against} against", vote["id"]);
    }
}
