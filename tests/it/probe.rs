//! The one cheap question: what each sort of answer to it means.

use raadhuis_harvester::{
    probe::{ProbeFinding, probe_source},
    transport::Answer,
};
use raadhuis_tests::World;
use serde_json::json;

use crate::WORKER;

async fn found(world: &World, key: &str) -> ProbeFinding {
    let source = world.harvester.catalogue.get(key).unwrap();
    probe_source(world.harvester.transport.as_ref(), source).await.0
}

#[tokio::test]
async fn every_source_of_the_country_works() {
    let world = World::new(WORKER).await;
    for source in world.harvester.catalogue.sources() {
        assert_eq!(found(&world, &source.key).await, ProbeFinding::Works, "{}", source.key);
    }
}

#[tokio::test]
async fn what_answers_instead_is_told_apart() {
    let world = World::new(WORKER).await;
    let check = async |key: &str, status: u16, body: &str, expected: ProbeFinding| {
        let (body, part) = (body.to_owned(), if key == "heidekerk" { "ibabs" } else { "/" });
        world.twist(part, move |answer| Answer { status, bytes: body.clone().into(), ..answer });
        assert_eq!(found(&world, key).await, expected, "{key} {status}");
    };
    let soap = |status: &str, message: &str| {
        format!(
            "<Envelope><Body><GetMeetingtypesResponse><GetMeetingtypesResult><Message>{message}</Message><Status>{status}</Status></GetMeetingtypesResult></GetMeetingtypesResponse></Body></Envelope>"
        )
    };
    check("heidekerk", 200, &soap("ERR", "Invalid site!"), ProbeFinding::WrongId).await;
    check(
        "heidekerk",
        200,
        &soap("ERR", "IPaddress 192.0.2.1 has no access to site x!"),
        ProbeFinding::Blocked,
    )
    .await;
    check("heidekerk", 403, "<html>The request is blocked.</html>", ProbeFinding::Blocked).await;
    check("heidekerk", 500, "", ProbeFinding::Failed).await;
    let none = json!({"gremia": []}).to_string();
    check("waterdam", 200, &none, ProbeFinding::Empty).await;
    let inactive = json!({"message": "This organisation is non-active."}).to_string();
    check("waterdam", 404, &inactive, ProbeFinding::WrongId).await;
    check("waterdam", 410, "{}", ProbeFinding::Moved).await;
    check("duinstede", 200, "<!doctype html><title>Anubis", ProbeFinding::Blocked).await;
    check("duinstede", 404, "{}", ProbeFinding::Moved).await;
    check(
        "veenhoven",
        200,
        &json!({"status": 401, "message": "no session"}).to_string(),
        ProbeFinding::Blocked,
    )
    .await;
}
