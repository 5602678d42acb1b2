//! Nothing is dropped in silence: whatever a walk over an answer finds is an entity, or is named in a diagnostic.

use raadhuis_fixtures::Country;
use raadhuis_harvester::with_supplier;
use raadhuis_schema::SupplierKind;
use raadhuis_tests::{World, answers, named, recordings};

use crate::WORKER;

#[test]
fn every_thing_in_a_recorded_answer_is_an_entity_or_named_in_a_remark() {
    let Some(yields) = recordings::all() else { return };
    let mut things = 0;
    for one in &yields {
        assert_eq!(one.dropped, [], "{}", one.file);
        things += one.things;
    }
    assert!(things > 150, "{things} things");
    // Counted in the text itself, which no reader had in its hands.
    let Some(folder) = raadhuis_tests::shared("payloads/ibabs") else { return };
    let votes = std::fs::read_to_string(folder.join("soap_list_entry_votes_response.xml")).unwrap();
    assert_eq!(votes.matches("iBabsListEntryVote>").count() / 2, 43);
    assert_eq!(of(&yields, "ibabs/soap_list_entry_votes_response.xml").things, 43);
}

fn of<'a>(yields: &'a [recordings::Yield], file: &str) -> &'a recordings::Yield {
    yields.iter().find(|one| one.file == file).unwrap()
}

#[tokio::test]
async fn every_thing_in_the_country_is_an_entity_or_named_in_a_remark() {
    let world = World::new(WORKER).await;
    let country = Country::default();
    for source in world.harvester.catalogue.sources() {
        let supplier = source.supplier.as_str();
        let (mut things, mut dropped) = (0, Vec::new());
        with_supplier!(source.supplier, S => answers::each::<S>(&country, source, |task, answer, harvested| {
            let found = named::things(supplier, &answer.bytes);
            things += found.len();
            let lost = named::dropped(&found, harvested);
            dropped.extend(lost.into_iter().map(|thing| (<S as raadhuis_harvester::supplier::Supplier>::task_name(task), thing)));
        }));
        assert_eq!(dropped, [], "{}", source.key);
        assert!(source.supplier.is_register() || things > 10, "{}: {things} things", source.key);
    }
}

/// The page of a meeting tells each vote in an element of its own.
#[tokio::test]
async fn every_vote_on_the_page_of_a_meeting_is_a_vote() {
    let world = World::new(WORKER).await;
    let country = Country::default();
    let marks = [
        "<li class=\"in_favor\"",
        "<li class=\"voor\"",
        "<li class=\"against\"",
        "<li class=\"tegen\"",
        "<li class=\"abstain\"",
        "<li class=\"absent\"",
    ];
    let mut seen = 0;
    for source in
        world.harvester.catalogue.sources().filter(|source| source.supplier == SupplierKind::Notubiz)
    {
        answers::each::<raadhuis_harvester::supplier::Notubiz>(&country, source, |_, answer, harvested| {
            let text = String::from_utf8_lossy(&answer.bytes);
            let on_page: usize = marks.iter().map(|mark| text.matches(mark).count()).sum();
            if text.starts_with("<!DOCTYPE html") {
                assert_eq!(crate::recorded::count(harvested, raadhuis_schema::Kind::Vote), on_page);
                seen += on_page;
            }
        });
    }
    assert!(seen > 40, "{seen} votes");
}
