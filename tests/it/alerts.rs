//! Alerts, from the form to the letter: with a real server of mail and a real receiver of webhooks.

use std::sync::Arc;

use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use jiff::{Timestamp, ToSpan};
use raadhuis_alerts::{Mailer, mail::Sender, webhook::signature};
use raadhuis_followers::{
    AlertFollower, SearchEntryBuilder,
    alerts::{Senders, WebhookClient},
    rebuild_index,
};
use raadhuis_harvester::transport::Answer;
use raadhuis_outbound::Guard;
use raadhuis_schema::{When, Window};
use raadhuis_tests::{
    World,
    mailbox::{Mailbox, Receiver},
};
use serde_json::{Value, json};

use crate::WORKER;

/// Stands on page 3 of one paper of Waterdam.
const WORDS: &str = "\"een vrijliggend fietspad langs de Kastanjelaan\"";
const PAPER: &str = "document:notubiz:9101:9101001";
const PLACE: &str = "https://raadhuis.example";

const CREATE: &str =
    "mutation($input: CreateAlertInput!) { createAlert(input: $input) { status signingSecret } }";
const CONFIRM: &str =
    "mutation($token: String!) { confirmAlert(token: $token) { manageToken alert { status name } } }";

/// A country whose council meets this week, what tells its readers, and where that arrives.
struct Post {
    world: World,
    follower: Arc<AlertFollower>,
    mailbox: Mailbox,
    receiver: Receiver,
    hook: String,
}

impl Post {
    async fn new() -> Self {
        Self::meeting_on("2026-10-27").await
    }

    async fn meeting_on(day: &str) -> Self {
        let world = World::new(WORKER).await;
        for file in ["notubiz/9101/events.json", "notubiz/9101/meetings/910103.json"] {
            world.edit(file, |json| {
                let text = json.to_string().replace("2026-03-24 ", &format!("{day} "));
                *json = serde_json::from_str(&text).unwrap();
            });
        }
        let (mailbox, server) = Mailbox::serve();
        let (receiver, hook) = Receiver::serve().await;
        let host = hook.trim_start_matches("http://").trim_end_matches("/haak").to_owned();
        let senders = Senders {
            mailer: Some(Mailer::new(&server, "Raadhuis <meldingen@raadhuis.example>").unwrap()),
            webhooks: WebhookClient::new(Guard::new([host])).unwrap(),
            sender: Sender { address: PLACE.into(), operator: Some("Stichting Proef".into()), contact: None },
        };
        let (store, archive) = (world.harvester.store.clone(), world.harvester.archive.clone());
        let follower = Arc::new(AlertFollower::new(store, archive, world.alerts.store.clone(), senders));
        Self { world, follower, mailbox, receiver, hook }
    }

    async fn look(&self) {
        self.follower.run_once(Timestamp::now).await.unwrap();
    }

    /// Sends a form, and gives the page that answers.
    async fn send(&self, path: &str, body: &str) -> String {
        let request = Request::post(path).header("content-type", "application/x-www-form-urlencoded");
        let (status, page) = self.world.send(request.body(Body::from(body.to_owned())).unwrap()).await;
        assert_eq!(status, StatusCode::OK, "{page}");
        page
    }

    async fn see(&self, path: &str) -> (StatusCode, String) {
        self.world.send(Request::get(path).body(Body::empty()).unwrap()).await
    }

    fn bodies(&self) -> Vec<Value> {
        self.receiver.called().iter().map(|it| serde_json::from_str(&it.body).unwrap()).collect()
    }
}

/// A path and question at our own place.
fn path_of(address: &str) -> &str {
    address.strip_prefix(PLACE).unwrap()
}

#[tokio::test]
async fn what_is_new_is_told_once_by_mail_and_by_webhook_to_whoever_confirmed() {
    let post = Post::new().await;
    // Nothing is held of Waterdam yet: that is no reason not to wait for it.
    let question = "q=%22een+vrijliggend+fietspad+langs+de+Kastanjelaan%22&overheid=GM9101";
    let (_, form) = post.see(&format!("/meldingen?{question}")).await;
    assert!(form.contains("Waterdam") && form.contains("name=\"email\""), "{form}");
    let asked = "zoekvraag=q%3D%2522een%2Bvrijliggend%2Bfietspad%2Blangs%2Bde%2BKastanjelaan%2522%26overheid%3DGM9101&email=lezer%40waterdam.example&hoe_vaak=IMMEDIATE";
    assert!(post.send("/meldingen", asked).await.contains("Kijk in uw mail"));
    let input = json!({"webhook": post.hook, "query": WORDS, "filter": {"authorities": ["GM9101"]}, "frequency": "DAILY"});
    let made = post.world.data(CREATE, json!({"input": input})).await["createAlert"].clone();
    let secret = made["signingSecret"].as_str().unwrap().to_owned();
    // A third asks, and never confirms.
    let third = json!({"email": "ander@waterdam.example", "query": WORDS, "frequency": "IMMEDIATE"});
    post.world.data(CREATE, json!({"input": third})).await;
    post.look().await;
    let letters = post.mailbox.letters();
    assert_eq!((letters.len(), post.receiver.called().len()), (2, 1));
    let asking = letters.iter().find(|it| it.to.contains("lezer")).unwrap();
    assert!(
        asking.subject == "Bevestig uw melding van Raadhuis" && asking.text.contains("Waterdam"),
        "{asking:?}"
    );
    let confirm = asking.after(PLACE);
    // To look at the link does nothing.
    let (_, page) = post.see(&confirm).await;
    assert!(page.contains("Ja, bevestig de melding"), "{page}");
    let key = confirm.split_once('=').unwrap().1.to_owned();
    let stands =
        post.world.data("query($t: String!) { alert(token: $t) { status } }", json!({"t": key})).await;
    assert_eq!(stands["alert"]["status"], "PENDING_CONFIRMATION");
    assert!(
        post.send("/meldingen/bevestigen", &format!("sleutel={key}"))
            .await
            .contains("De melding is bevestigd")
    );
    let token = post.bodies()[0]["data"]["alerts"][0]["confirmToken"].clone();
    let confirmed = post.world.data(CONFIRM, json!({"token": token})).await["confirmAlert"].clone();
    assert_eq!(confirmed["alert"]["status"], "ACTIVE");

    post.world.harvest("middenland").await;
    post.look().await;
    assert_eq!(
        (post.mailbox.letters().len(), post.receiver.called().len()),
        (2, 1),
        "nothing of it was asked"
    );
    post.world.harvest("waterdam").await;
    post.look().await;
    let letters = post.mailbox.letters();
    assert_eq!((letters.len(), post.receiver.called().len()), (3, 2));
    let told = letters.last().unwrap();
    assert!(told.to.contains("lezer@waterdam.example"), "{told:?}");
    for piece in [
        "* Raadsvoorstel Fietsbrug Oude Haven\n",
        "Waterdam, 27 oktober 2026, pagina 3",
        &format!("{PLACE}/id/{PAPER}"),
        "Stichting Proef",
    ] {
        assert!(told.text.contains(piece), "{piece} in {}", told.text);
    }
    assert!(
        told.subject.starts_with("Raadsvoorstel Fietsbrug Oude Haven (Waterdam): nieuw over"),
        "{}",
        told.subject
    );
    let called = post.receiver.called().pop().unwrap();
    let header = |name: &str| called.headers[name].to_str().unwrap().to_owned();
    let signed = signature(&header("webhook-id"), &secret, &header("webhook-timestamp"), &called.body);
    assert_eq!(header("webhook-signature"), signed);
    let item = post.bodies()[1]["data"]["items"][0].clone();
    assert_eq!(
        (&item["id"], &item["page"], &item["authority"]),
        (&json!(PAPER), &json!(3), &json!("Waterdam"))
    );
    assert_eq!(post.bodies()[1]["data"]["items"].as_array().unwrap().len(), 1);

    // The page to which the letter leads shows it.
    let landing = told.after("Alles bij elkaar:\n");
    let (_, page) = post.see(path_of(&landing)).await;
    assert!(page.contains("1 resultaat") && page.contains("Raadsvoorstel"), "{landing}: {page}");

    // What is harvested, read and indexed again is no news.
    post.world.harvest("waterdam").await;
    let source = post.world.harvester.catalogue.get("waterdam").unwrap().clone();
    post.world.reread(&source).await;
    let harvester = &post.world.harvester;
    let builder = SearchEntryBuilder::new(harvester.store.clone(), harvester.archive.clone());
    rebuild_index(&harvester.store, &builder, &post.world.search, &|_| ()).await.unwrap();
    post.look().await;
    assert_eq!((post.mailbox.letters().len(), post.receiver.called().len()), (3, 2));

    // One click, as a mail program does it.
    assert!(told.head.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click"), "{}", told.head);
    let end = told.head.split_once("List-Unsubscribe: <").unwrap().1.split_once('>').unwrap().0;
    assert!(post.send(path_of(end), "List-Unsubscribe=One-Click").await.contains("geen bericht meer"));
    assert_eq!(post.world.files_with(&["lezer@waterdam.example"]), Vec::<String>::new());
    assert!(post.see(path_of(end)).await.0 == StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn words_that_come_later_are_told_when_they_come_and_unwanted_ones_hold_a_letter_back() {
    // A text is read when it is read, so here all of it is of today.
    let today = When::At(Timestamp::now()).day();
    let post = Post::meeting_on(&today.to_string()).await;
    let days = Window::new(today - 20.days(), today + 20.days()).unwrap();
    let twist = |status| {
        *post.world.twist.lock().unwrap() = Box::new(move |request, answer| {
            let is_file = request.url.as_str().contains("/document/9101001/");
            let status = if is_file { status } else { answer.status };
            Answer { status, fetched: Timestamp::now(), ..answer }
        });
    };
    twist(503);
    for (email, query) in [
        ("lezer@waterdam.example", WORDS),
        // The title has the first word; the second stands in the text, which is not there yet.
        ("ander@waterdam.example", "title:raadsvoorstel -kastanjelaan"),
    ] {
        let input = json!({"email": email, "query": query, "frequency": "IMMEDIATE"});
        post.world.data(CREATE, json!({"input": input})).await;
        post.look().await;
        let key = post.mailbox.letters().pop().unwrap().after("sleutel=");
        post.world.data(CONFIRM, json!({"token": key})).await;
    }
    post.world.harvest_window("waterdam", days).await;
    let began = Timestamp::now();
    post.follower.run_once(move || Timestamp::UNIX_EPOCH + 1.hours()).await.unwrap();
    let told = || {
        post.mailbox
            .letters()
            .iter()
            .filter(|it| it.text.contains(PAPER))
            .map(|it| it.to.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(told(), Vec::<String>::new(), "its words are not known yet");
    twist(200);
    post.world.harvest_window("waterdam", days).await;
    post.follower.run_once(move || began + 1.hours()).await.unwrap();
    let told = told();
    assert!(told.len() == 1 && told[0].contains("lezer@waterdam.example"), "{told:?}");
}

#[tokio::test]
async fn the_past_is_no_news() {
    let post = Post::new().await;
    let input = json!({"email": "lezer@waterdam.example", "filter": {"authorities": ["GM9101"]}, "frequency": "IMMEDIATE"});
    post.world.data(CREATE, json!({"input": input})).await;
    post.look().await;
    let key = post.mailbox.letters()[0].after("sleutel=");
    post.world.data(CONFIRM, json!({"token": key})).await;
    post.world.harvest("waterdam").await;
    post.look().await;
    let told: Vec<String> = post.mailbox.letters()[1..].iter().map(|it| it.text.clone()).collect();
    let told = told.join("\n");
    // Its council met in March too, and in January.
    let days: Vec<&str> = told.lines().filter_map(|line| line.strip_prefix("  Waterdam, ")).collect();
    assert!(days.len() > 20 && days.iter().all(|day| day.contains(" oktober 2026")), "{days:?}");
    // The same once more, as a year of the past: nothing.
    let before = post.mailbox.letters().len();
    post.world.harvest_window("waterdam", "2026-01-01..2026-06-30".parse().unwrap()).await;
    post.look().await;
    assert_eq!(post.mailbox.letters().len(), before);
}

#[tokio::test]
async fn what_cannot_be_delivered_is_tried_again_under_the_same_id_and_then_given_up() {
    let post = Post::new().await;
    post.mailbox.refuse(1, false);
    let input = json!({"email": "lezer@waterdam.example", "query": WORDS});
    post.world.data(CREATE, json!({"input": input})).await;
    let (elsewhere, other) = Receiver::serve().await;
    post.receiver.answer(302, Some(&other));
    post.receiver.answer(500, None);
    let input = json!({"webhook": post.hook, "query": WORDS});
    post.world.data(CREATE, json!({"input": input})).await;
    // A private address that the operator did not name, by number and by name, is not visited.
    for private in
        ["http://127.0.0.1:1/haak", "http://localhost:1/haak", "http://[::1]:1/", "http://169.254.169.254/"]
    {
        post.world.data(CREATE, json!({"input": {"webhook": private, "query": WORDS}})).await;
    }
    let now = Timestamp::now();
    post.follower.run_once(move || now).await.unwrap();
    assert_eq!((post.mailbox.letters().len(), post.receiver.called().len()), (0, 1));
    // What had another answer is asked again; what sends us on is not followed, and asked again too.
    for minutes in [2, 8] {
        post.follower.run_once(move || now + minutes.minutes()).await.unwrap();
    }
    assert_eq!((post.mailbox.letters().len(), post.receiver.called().len()), (1, 3));
    assert!(elsewhere.called().is_empty());
    let ids: Vec<_> = post.receiver.called().iter().map(|it| it.headers["webhook-id"].clone()).collect();
    assert!(ids.iter().all(|id| *id == ids[0]) && ids[0].to_str().unwrap().starts_with("raadhuis-"));
    let given_up = post.world.alerts.store.given_up(10).await.unwrap();
    let why: Vec<&str> = given_up.iter().map(|it| it.2.as_str()).collect();
    assert!(why.iter().filter(|why| why.contains("is not visited")).count() == 3, "{why:?}");
    // What a server refuses for good is not tried again.
    post.mailbox.refuse(1, true);
    let input = json!({"email": "niemand@waterdam.example", "query": WORDS});
    post.world.data(CREATE, json!({"input": input})).await;
    for hours in [0, 1, 2, 60] {
        post.follower.run_once(move || now + hours.hours()).await.unwrap();
    }
    let refused: Vec<String> =
        post.world.alerts.store.given_up(10).await.unwrap().into_iter().map(|it| it.2).collect();
    assert!(refused.iter().any(|why| why.contains("550")), "{refused:?}");
    assert_eq!(post.mailbox.letters().len(), 1);
}

#[tokio::test]
async fn what_cannot_be_wanted_is_refused_and_named() {
    let post = Post::new().await;
    for (input, why) in [
        (json!({"query": "brug"}), "an email or a webhook"),
        (json!({"email": "a", "query": "brug"}), "\"a\" is no address of mail"),
        (json!({"email": "a@b.example"}), "everything that councils publish"),
        (
            json!({"email": "a@b.example", "query": "brug", "returnUrl": "https://elders.example/x"}),
            "https://elders.example is no app",
        ),
        (
            json!({"email": "a@b.example", "query": "brug", "filter": {"authorities": ["?"]}}),
            "is no id, and no code",
        ),
    ] {
        let answer = post.world.ask(CREATE, json!({"input": input})).await;
        let said = answer["errors"][0]["message"].as_str().unwrap();
        assert!(said.contains(why), "{input}: {answer}");
    }
    // By GET nothing is done, whoever follows the link, also where it is only named.
    let hash = "mutation%7B__typename%7D";
    let (status, answer) = post.see(&format!("/graphql?query={hash}")).await;
    assert!(
        status == StatusCode::METHOD_NOT_ALLOWED && answer.contains("MUTATION_BY_GET"),
        "{status} {answer}"
    );
    let ended = post.world.ask("mutation { deleteAlert(token: \"onzin\") }", json!({})).await;
    assert!(ended["errors"][0]["message"].as_str().unwrap().contains("this key opens nothing"), "{ended}");
}

#[tokio::test]
async fn a_report_waits_for_the_operator_and_hides_nothing() {
    let world = World::harvested(WORKER).await;
    let body = format!("id={PAPER}&reden=PRIVACY&toelichting=Er+staat+een+adres+op+bladzijde+2");
    let request = Request::post("/melden").header("content-type", "application/x-www-form-urlencoded");
    let (status, page) = world.send(request.body(Body::from(body)).unwrap()).await;
    assert!(status == StatusCode::OK && page.contains("nummer 1."), "{page}");
    let report = "mutation($input: ReportProblemInput!) { reportProblem(input: $input) { ticket } }";
    let input = json!({"id": PAPER, "reasons": ["WRONG", "WRONG", "OTHER"], "query": "fietsbrug"});
    assert_eq!(world.data(report, json!({"input": input})).await["reportProblem"]["ticket"], 2);
    let waiting = world.alerts.store.reports(false).await.unwrap();
    assert_eq!(waiting.len(), 2);
    assert_eq!(waiting[0].problem.subject.as_ref().unwrap().as_str(), PAPER);
    assert_eq!(waiting[1].problem.reasons.len(), 2);
    let (status, page) = world.send(Request::get(format!("/id/{PAPER}")).body(Body::empty()).unwrap()).await;
    assert!(status == StatusCode::OK && page.contains("Raadsvoorstel Fietsbrug"), "{page}");
}

#[tokio::test]
async fn mail_is_offered_only_where_it_is_sent() {
    let mut world = World::new(WORKER).await;
    let offer = "meldingen?q=brug";
    let (_, page) = world.page("/?q=brug").await;
    assert!(page.contains(offer) && page.contains("zoeken.atom?q=brug"), "{page}");
    world.alerts.sends_mail = false;
    let (_, page) = world.page("/?q=brug").await;
    assert!(!page.contains(offer) && page.contains("zoeken.atom?q=brug"), "{page}");
}
