//! The live transport over real HTTP, against a server on this machine that answers as suppliers do.

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use axum::{
    Router,
    body::Body,
    extract::State,
    http::{Response, StatusCode, Uri, header},
};
use raadhuis_fixtures::{Country, PERIOD, Recorded, RecordedRequest};
use raadhuis_followers::FollowerGroup;
use raadhuis_harvester::{
    Catalogue, Harvester, Progress,
    supplier::{AnswerClass, Notubiz, Supplier},
    transport::{
        Answer, Faults, HttpTransport, RateLimiter, Request, Robots, Transport, TransportError, Wants,
        retry::{self, Interpretation, SendOutcome},
    },
};
use raadhuis_outbound::Guard;
use raadhuis_schema::{RunReport, Verdict};
use raadhuis_store::Archive;
use raadhuis_tests::{World, dump, shared};
use raadhuis_text::Extractor;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use url::Url;

use crate::WORKER;

/// What the server answers beside the country.
#[derive(Clone)]
struct Town {
    country: Arc<Country>,
    recorded: Option<PathBuf>,
    asked: Arc<AtomicU64>,
}

impl Town {
    fn answer(&self, url: &Url) -> Recorded {
        let json = |json: Value| Recorded {
            status: 200,
            content_type: "application/json",
            body: json.to_string().into_bytes(),
        };
        let query =
            |name: &str| url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
        let file = |name: &str| -> Option<Value> {
            serde_json::from_slice(&std::fs::read(self.recorded.as_ref()?.join(name)).ok()?).ok()
        };
        let found = match url.path() {
            "/events/meetings/458902" => {
                file("meeting_amsterdam_458902_2018.json").map(|meeting| json!({"meeting": meeting}))
            }
            "/events/meetings/1152031" => file("meeting_bunschoten_1152031_trimmed.json"),
            "/events/meetings/777" => file("error_meeting_no_rights_http200.json"),
            "/organisations/987/modules" => file("modules_alkmaar.json"),
            "/organisations/987/modules/6/items" => file("module6_motions_alkmaar.json"),
            "/speakers" if query("organisation").as_deref() == Some("987") => file("speakers.json"),
            "/events" => match query("organisation_id").as_deref() {
                Some("281") => Some(events(&[458_902, 777])),
                Some("505") => Some(events(&[1_152_031])),
                Some("987") => Some(events(&[])),
                _ => None,
            },
            path if path.contains("/281/") || path.contains("/505/") || path.contains("/987/") => {
                Some(json!({"gremia": [], "parties": [], "modules": [], "items": []}))
            }
            _ => None,
        };
        found.map(json).or_else(|| self.country.answer(RecordedRequest { url, body: None })).unwrap_or(
            Recorded { status: 404, content_type: "text/html", body: b"<html>niet gevonden</html>".to_vec() },
        )
    }
}

fn events(ids: &[u64]) -> Value {
    let event = |id: &u64| {
        json!({"id": id, "self": format!("api.notubiz.nl/events/{id}"), "type": "meeting", "permission_group": "public",
               "confidential": 0, "canceled": false, "inactive": false, "attributes": [], "gremium": null,
               "plannings": [{"start_date": "2026-02-08 13:30:00", "end_date": null}]})
    };
    let events: Vec<_> = ids.iter().map(event).collect();
    json!({"pagination": {"page": 1, "total_items": ids.len(), "has_more_pages": false}, "events": events})
}

/// Starts the town on a free port and gives its address.
async fn start(recorded: Option<PathBuf>) -> (String, Arc<AtomicU64>) {
    async fn handle(State(town): State<Town>, uri: Uri) -> Response<Body> {
        town.asked.fetch_add(1, Ordering::Relaxed);
        let url: Url = format!("http://api.notubiz.nl{uri}").parse().unwrap();
        let recorded = town.answer(&url);
        let builder = Response::builder().status(StatusCode::from_u16(recorded.status).unwrap());
        builder.header(header::CONTENT_TYPE, recorded.content_type).body(Body::from(recorded.body)).unwrap()
    }
    let asked = Arc::new(AtomicU64::new(0));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let town = Town { country: Arc::new(here(&address)), recorded, asked: Arc::clone(&asked) };
    serve_at(listener, Router::new().fallback(handle).with_state(town));
    (address, asked)
}

/// The country with its portals at `address`.
fn here(address: &str) -> Country {
    let mut country = Country::default();
    let meetings: Vec<String> =
        country.paths().filter(|p| p.contains("/meetings/")).map(str::to_owned).collect();
    for path in meetings {
        let text = String::from_utf8(country.file(&path).unwrap().to_vec()).unwrap();
        let portals = ["waterdam.raadsinformatie.example", "middenland.stateninformatie.example"];
        let moved = portals.iter().fold(text, |text, portal| {
            text.replace(&format!("https://{portal}"), &format!("http://{address}"))
        });
        country.put(&path, moved.into_bytes());
    }
    country
}

async fn serve(router: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    serve_at(listener, router);
    address
}

fn serve_at(listener: TcpListener, router: Router) {
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
}

fn live(allowed: &str) -> HttpTransport {
    // A fast lane: this machine bears more than a supplier does.
    let lane = raadhuis_harvester::transport::Lane { name: "fast", hosts: &["*"], per_minute: 600_000 };
    HttpTransport::new(
        Guard::new([allowed.to_owned()]),
        RateLimiter::new(&[lane], 1.0),
        Robots::default(),
        "test",
    )
    .unwrap()
}

async fn harvest(
    catalogue: &str,
    keys: &[&str],
    address: &str,
) -> (tempfile::TempDir, Harvester, Vec<RunReport>) {
    let folder = tempfile::tempdir().unwrap();
    let inside = |name: &str| folder.path().join(name).display().to_string();
    let store = raadhuis_store::open(&format!("sqlite:{}", inside("x.db"))).await.unwrap();
    let archive = Archive::open(&format!("file:{}", inside("archive"))).unwrap();
    let search = raadhuis_search::open(&format!("tantivy:{}", inside("index"))).await.unwrap();
    let followers = Arc::new(FollowerGroup::for_harvest(store.clone(), archive.clone(), search));
    let catalogue = Catalogue::of_text("test", catalogue).unwrap();
    let extractor = Extractor::new(WORKER.into());
    let transport = Arc::new(live(address));
    let mut harvester = Harvester::new(store, archive, transport, catalogue, extractor);
    harvester.settle = followers.settle_hook();
    let mut reports = Vec::new();
    for key in keys {
        let source = harvester.catalogue.get(key).unwrap().clone();
        reports.push(
            harvester.harvest(&source, PERIOD.parse().unwrap(), Arc::new(Progress::default())).await.unwrap(),
        );
    }
    (folder, harvester, reports)
}

#[tokio::test]
async fn the_country_is_the_same_over_http_as_by_replay() {
    let (address, asked) = start(None).await;
    let catalogue =
        raadhuis_fixtures::CATALOGUE.replace("https://api.notubiz.nl/", &format!("http://{address}/"));
    let (_folder, harvester, reports) = harvest(&catalogue, &["middenland", "waterdam"], &address).await;
    assert!(reports.iter().all(|report| report.verdict == Verdict::Healthy));
    assert!(asked.load(Ordering::Relaxed) > 100);
    let world = World::harvested(WORKER).await;
    let ids = |dump: Vec<String>| {
        dump.into_iter().map(|line| line.split(' ').next().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(ids(dump(&harvester.store).await), ids(dump(&world.harvester.store).await));
    // One file lies at a host that does not exist here; everything else is the same to the letter.
    let differing: Vec<_> =
        reports[1].diagnostics.iter().filter(|diagnostic| diagnostic.subject.contains("9101012")).collect();
    assert_eq!(differing.len(), 1, "{:?}", reports[1].diagnostics);
}

#[tokio::test]
async fn recorded_answers_are_harvested_over_http() {
    let Some(folder) = shared("payloads/notubiz") else { return };
    let (address, _) = start(Some(folder)).await;
    let source = |key: &str, tenant: u32| {
        format!(
            "[authorities.T{tenant}]\nname = \"{key}\"\nkind = \"municipality\"\n[sources.{key}]\nauthority = \"T{tenant}\"\ntenant = \"{tenant}\"\n"
        )
    };
    let catalogue = format!(
        "supplier = \"notubiz\"\nbase = \"http://{address}/\"\n{}{}{}",
        source("alkmaar", 987),
        source("amsterdam", 281),
        source("bunschoten", 505)
    );
    let (_folder, harvester, reports) =
        harvest(&catalogue, &["alkmaar", "amsterdam", "bunschoten"], &address).await;
    let living = dump(&harvester.store).await;
    let count = |prefix: &str| living.iter().filter(|line| line.starts_with(prefix)).count();
    assert_eq!(count("motion:notubiz:987:"), 2);
    assert_eq!(count("person:notubiz:987:"), 2);
    assert!(count("agenda-item:notubiz:281:") >= 45);
    assert_eq!(count("agenda-item:notubiz:505:"), 1);
    assert_eq!(count("meeting:notubiz:281:777"), 0, "no rights to see it");
    let map =
        reports[1].diagnostics.iter().find(|diagnostic| diagnostic.path == "/meeting/attributes").unwrap();
    assert_eq!((map.subject.as_str(), map.code.as_str()), ("meeting 458902", "UNEXPECTED_SHAPE"));
}

#[tokio::test]
async fn a_private_address_is_not_visited_unless_it_was_allowed() {
    let (address, asked) = start(None).await;
    let port: u16 = address.rsplit(':').next().unwrap().parse().unwrap();
    for url in [format!("http://{address}/events"), format!("http://localhost:{port}/events")] {
        let request = Request::get(url.parse().unwrap(), Wants::Payload);
        let refused = live("127.0.0.1:1").send(&request).await.unwrap_err();
        assert!(matches!(refused, TransportError::BadAddress(_) | TransportError::Failed(_)), "{refused}");
    }
    assert_eq!(asked.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn a_redirect_to_a_private_address_is_not_followed() {
    let (inner, asked) = start(None).await;
    let redirect = format!("http://{inner}/events");
    let router =
        Router::new().fallback(move || async move { axum::response::Redirect::temporary(&redirect) });
    let outer = serve(router).await;
    let request = Request::get(format!("http://{outer}/").parse().unwrap(), Wants::Payload);
    assert!(matches!(live(&outer).send(&request).await, Err(TransportError::BadAddress(_))));
    assert_eq!(asked.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn a_busy_supplier_is_asked_again_and_an_unreachable_one_is_a_failure() {
    let asked = Arc::new(AtomicU64::new(0));
    let counter = Arc::clone(&asked);
    let router = Router::new().fallback(move || async move {
        match counter.fetch_add(1, Ordering::Relaxed) {
            0 => (StatusCode::TOO_MANY_REQUESTS, [("retry-after", "0")], ""),
            1 => (StatusCode::SERVICE_UNAVAILABLE, [("retry-after", "0")], ""),
            _ => (StatusCode::OK, [("retry-after", "")], "{}"),
        }
    });
    let address = serve(router).await;
    let request = Request::get(format!("http://{address}/").parse().unwrap(), Wants::Payload);
    let (transport, mut faults) = (live(&address), Faults::new());
    let read = |answer: &Answer| match answer.status {
        200 => Interpretation::Says(()),
        429 => Interpretation::Amounts(AnswerClass::Throttled),
        status => Interpretation::Amounts(AnswerClass::Broken(format!("HTTP {status}"))),
    };
    let outcome = retry::send_with_retry(&transport, &request, false, &mut faults, Arc::new(read)).await;
    assert!(matches!(outcome, SendOutcome::Read(..)));
    assert_eq!(asked.load(Ordering::Relaxed), 3);
    assert_eq!(faults, Faults::from([("HTTP 429", 1), ("HTTP 5xx", 1)]));

    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().to_string();
    let request = Request::get(format!("http://{closed}/").parse().unwrap(), Wants::Payload);
    assert!(matches!(live(&closed).send(&request).await, Err(TransportError::Failed(_))));
}

#[tokio::test]
async fn an_answer_that_is_too_large_is_broken_off() {
    let router = Router::new().fallback(|| async { vec![b' '; (64 << 20) + 1] });
    let address = serve(router).await;
    let request = Request::get(format!("http://{address}/").parse().unwrap(), Wants::Payload);
    assert_eq!(live(&address).send(&request).await, Err(TransportError::TooLarge(64 << 20)));
}

#[test]
fn the_budgets_stay_below_what_the_supplier_bears() {
    assert!(Notubiz::LANES.iter().all(|lane| lane.per_minute <= 240), "at most four a second");
}
