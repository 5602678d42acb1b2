//! What every store promises: one table of behaviours × stores.
//!
//! To add a behaviour: a function below and its name in the table. To add a store: a line with how to open it.

use jiff::{Timestamp, civil::date};
use raadhuis_schema::{
    Action, AgendaItem, Authority, Commit, Content, Diagnostic, Document, DocumentText, Entity, EntityId,
    Gone, Id, Kind, Meeting, Origin, Part, RunPurpose, RunReport, Scope, Standing, Takedown, TakedownReason,
    Tombstone, Verdict, Window,
};

use crate::{Committed, Filter, Page, SharedStore, StoreError, sqlite::Sqlite};

mod files;
mod lists;
mod past;
use files::*;
use lists::*;
use past::*;

macro_rules! contract {
    (stores { $($store:ident: $open:expr;)* } behaviours $behaviours:tt) => {
        $(contract!(@ $store $open, $behaviours);)*
    };
    (@ $store:ident $open:expr, { $($behaviour:ident)* }) => {
        mod $store {
            $(#[tokio::test]
            async fn $behaviour() {
                let folder = tempfile::tempdir().unwrap();
                let open: fn(String) -> _ = $open;
                let path = folder.path().join("x").display().to_string();
                let store: super::SharedStore = std::sync::Arc::new(open(path).await.unwrap());
                super::$behaviour(store).await;
            })*
        }
    };
}

contract! {
    stores { sqlite: |path| async move { super::Sqlite::open(&path).await }; }
    behaviours {
        the_same_commit_twice_changes_nothing
        a_changed_title_is_one_change
        parts_of_several_answers_fold_and_fall_away_one_by_one
        what_a_complete_listing_leaves_out_is_withdrawn_and_revives
        a_listing_of_some_days_says_nothing_of_others
        what_hangs_from_a_withdrawn_meeting_goes_and_comes_with_it
        two_that_name_each_other_do_not_keep_each_other_alive
        what_is_withheld_leaves_no_body_and_no_words_around_it
        an_answer_that_tells_what_another_withholds_is_not_kept
        what_was_withdrawn_and_is_then_withheld_is_erased
        what_was_noted_and_never_committed_is_discarded
        what_was_found_in_a_file_and_ruled_holds_until_the_file_goes
        a_takedown_remembers_the_files_that_went_with_it
        a_file_that_kills_is_remembered_until_it_does_no_more
        texts_with_pictures_are_found_by_source
        what_turns_public_again_revives
        what_is_blocked_never_enters_again
        lists_are_paged_without_gap_or_repeat
        the_total_and_the_rows_of_a_list_are_of_one_moment
        who_holds_anything_is_known_without_counting
        relations_are_followed_both_ways_in_one_call
        diagnostics_and_the_cursor_come_with_the_commit
        a_run_is_reported_with_its_diagnostics
        the_past_names_fields_and_hashes_and_nothing_of_what_is_erased
        abbreviations_are_told_for_a_document_a_meeting_and_an_authority
        votes_of_members_are_counted_and_nothing_twice
    }
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn authority() -> Id<Authority> {
    Id::new("nl", "gm", "9101")
}

fn meeting(native: u32, name: &str, day: i8) -> Entity {
    let mut meeting: Meeting = serde_json::from_value(serde_json::json!({
        "id": Id::<Meeting>::new("notubiz", 9101, native), "authority": authority(), "name": name,
    }))
    .unwrap();
    meeting.start = Some(format!("2026-03-{day:02} 19:30:00").parse().unwrap());
    Entity::Meeting(meeting)
}

fn item(native: u32, of: u32, title: &str, documents: &[u32]) -> Entity {
    let meeting = Id::<Meeting>::new("notubiz", 9101, of);
    let documents: Vec<_> = documents.iter().map(|n| Id::<Document>::new("notubiz", 9101, n)).collect();
    let item: AgendaItem = serde_json::from_value(serde_json::json!({
        "id": Id::<AgendaItem>::new("notubiz", 9101, native), "authority": authority(), "meeting": meeting,
        "parent": meeting, "position": native, "title": title, "documents": documents,
    }))
    .unwrap();
    Entity::AgendaItem(item)
}

fn document(native: u32, name: &str) -> Entity {
    let document: Document = serde_json::from_value(serde_json::json!({
        "id": Id::<Document>::new("notubiz", 9101, native), "authority": authority(), "name": name,
    }))
    .unwrap();
    Entity::Document(document)
}

fn text(of: u32, sha: &str) -> Entity {
    let document = Id::<Document>::new("notubiz", 9101, of);
    let text: DocumentText = serde_json::from_value(serde_json::json!({
        "id": Id::<DocumentText>::new("notubiz", 9101, of), "authority": authority(), "document": document,
        "ofRevision": "1", "sha256": sha, "pagesTotal": 1, "pagesDone": 1, "characters": 5,
    }))
    .unwrap();
    Entity::DocumentText(text)
}

fn events() -> Origin {
    Origin::Listing { source: "waterdam".into(), collection: "events".into() }
}

fn detail(native: u32) -> Origin {
    Origin::Detail(EntityId::new(Kind::Meeting, "notubiz", 9101, native))
}

fn says(origin: &Origin, standing: Standing, entity: Entity) -> Part {
    Part { origin: origin.clone(), standing, content: Content::Says(Box::new(entity)) }
}

fn listed(entity: Entity) -> Part {
    says(&events(), Standing::Listing, entity)
}

fn answer(run: i64, parts: Vec<Part>, complete: Option<Origin>) -> Commit {
    let complete =
        complete.into_iter().map(|origin| Scope { origin, window: None, announced: None }).collect();
    Commit { parts, complete, ..Commit::for_question("waterdam", run, "t", at(run)) }
}

fn actions(committed: &Committed) -> Vec<(Action, &str)> {
    committed.changes.iter().map(|change| (change.action, change.id.as_str())).collect()
}

async fn living(store: &SharedStore) -> Vec<String> {
    let page = Page { first: 100, after: None, descending: false };
    let listing = store.list_entities(&Filter::default(), &page).await.unwrap();
    let mut ids: Vec<_> = listing.rows.iter().map(|(place, _)| place.id.to_string()).collect();
    ids.sort();
    ids
}

const M1: &str = "meeting:notubiz:9101:1";

async fn the_same_commit_twice_changes_nothing(store: SharedStore) {
    let parts = || {
        vec![listed(meeting(1, "Raad", 24)), says(&detail(1), Standing::Mention, item(5, 1, "Opening", &[]))]
    };
    let first = store.commit_answer(answer(1, parts(), Some(events()))).await.unwrap();
    assert_eq!(first.changes.len(), 2);
    let second = store.commit_answer(answer(2, parts(), Some(events()))).await.unwrap();
    assert_eq!(second, Committed::default());
    assert_eq!(store.changes(0, 100).await.unwrap(), first.changes);
}

async fn a_changed_title_is_one_change(store: SharedStore) {
    let parts = |title| {
        vec![listed(meeting(1, "Raad", 24)), says(&detail(1), Standing::Mention, item(5, 1, title, &[]))]
    };
    store.commit_answer(answer(1, parts("Opening"), None)).await.unwrap();
    let changed = store.commit_answer(answer(2, parts("Opening en mededelingen"), None)).await.unwrap();
    assert_eq!(actions(&changed), [(Action::Updated, "agenda-item:notubiz:9101:5")]);
}

async fn parts_of_several_answers_fold_and_fall_away_one_by_one(store: SharedStore) {
    let doc = |of: u32| says(&detail(of), Standing::Mention, document(9, "Voorstel"));
    store
        .commit_answer(answer(1, vec![listed(meeting(1, "A", 3)), listed(meeting(2, "B", 4))], None))
        .await
        .unwrap();
    store.commit_answer(answer(1, vec![doc(1)], Some(detail(1)))).await.unwrap();
    store.commit_answer(answer(1, vec![doc(2)], Some(detail(2)))).await.unwrap();
    let one_left = store.commit_answer(answer(2, vec![], Some(detail(1)))).await.unwrap();
    assert_eq!(actions(&one_left), []);
    let none_left = store.commit_answer(answer(3, vec![], Some(detail(2)))).await.unwrap();
    assert_eq!(actions(&none_left), [(Action::Withdrawn, "document:notubiz:9101:9")]);
}

async fn what_a_complete_listing_leaves_out_is_withdrawn_and_revives(store: SharedStore) {
    let both = || vec![listed(meeting(1, "A", 3)), listed(meeting(2, "B", 4))];
    store.commit_answer(answer(1, both(), Some(events()))).await.unwrap();
    let without =
        store.commit_answer(answer(2, vec![listed(meeting(2, "B", 4))], Some(events()))).await.unwrap();
    assert_eq!(actions(&without), [(Action::Withdrawn, M1)]);
    assert_eq!(store.get(&[M1.parse().unwrap()]).await.unwrap(), []);
    let again = store.commit_answer(answer(3, both(), Some(events()))).await.unwrap();
    assert_eq!(actions(&again), [(Action::Revived, M1)]);
}

async fn a_listing_of_some_days_says_nothing_of_others(store: SharedStore) {
    store
        .commit_answer(answer(1, vec![listed(meeting(1, "A", 3)), listed(meeting(2, "B", 24))], None))
        .await
        .unwrap();
    let mut week = answer(2, vec![], None);
    let window = Window::new(date(2026, 3, 1), date(2026, 3, 7)).unwrap();
    let week_of_events = Scope { origin: events(), window: Some(window), announced: None };
    let all_events = Scope { window: None, ..week_of_events.clone() };
    assert_eq!(store.count_named(&week_of_events).await.unwrap(), 1);
    assert_eq!(store.count_named(&all_events).await.unwrap(), 2);
    week.complete = vec![week_of_events.clone()];
    let committed = store.commit_answer(week).await.unwrap();
    assert_eq!(actions(&committed), [(Action::Withdrawn, M1)]);
    assert_eq!(store.count_named(&week_of_events).await.unwrap(), 0);
}

async fn what_hangs_from_a_withdrawn_meeting_goes_and_comes_with_it(store: SharedStore) {
    let hanging = vec![
        says(&detail(1), Standing::Detail, meeting(1, "Raad", 24)),
        says(&detail(1), Standing::Mention, item(5, 1, "Opening", &[9])),
        says(&detail(1), Standing::Mention, document(9, "Voorstel")),
    ];
    // The detail may come before the listing that names it: nothing lives until a listing leads to it.
    store.commit_answer(answer(1, hanging, Some(detail(1)))).await.unwrap();
    assert_eq!(living(&store).await, [] as [String; 0]);
    store.commit_answer(answer(1, vec![listed(meeting(1, "Raad", 24))], Some(events()))).await.unwrap();
    assert_eq!(living(&store).await.len(), 3);
    store.commit_answer(answer(2, vec![], Some(events()))).await.unwrap();
    assert_eq!(living(&store).await, [] as [String; 0]);
    store.commit_answer(answer(3, vec![listed(meeting(1, "Raad", 24))], Some(events()))).await.unwrap();
    assert_eq!(living(&store).await.len(), 3);
}

async fn two_that_name_each_other_do_not_keep_each_other_alive(store: SharedStore) {
    store.commit_answer(answer(1, vec![listed(meeting(1, "A", 3))], Some(events()))).await.unwrap();
    store
        .commit_answer(answer(1, vec![says(&detail(1), Standing::Mention, meeting(2, "B", 3))], None))
        .await
        .unwrap();
    store
        .commit_answer(answer(1, vec![says(&detail(2), Standing::Mention, meeting(1, "A", 3))], None))
        .await
        .unwrap();
    assert_eq!(living(&store).await.len(), 2);
    store.commit_answer(answer(2, vec![], Some(events()))).await.unwrap();
    assert_eq!(living(&store).await, [] as [String; 0]);
}

async fn what_is_withheld_leaves_no_body_and_no_words_around_it(store: SharedStore) {
    let mut first = answer(
        1,
        vec![listed(meeting(1, "Raad", 24)), says(&detail(1), Standing::Mention, document(9, "Geheim"))],
        None,
    );
    first.payload = Some("payload/waterdam/a".into());
    store.commit_answer(first).await.unwrap();
    let derived = Origin::Aspect { aspect: "text".into(), of: "document:notubiz:9101:9".parse().unwrap() };
    store
        .commit_answer(answer(1, vec![says(&derived, Standing::Detail, text(9, "abc"))], None))
        .await
        .unwrap();
    let withheld = Part {
        origin: detail(1),
        standing: Standing::Mention,
        content: Content::Withheld("document:notubiz:9101:9".parse().unwrap()),
    };
    let mut second = answer(2, vec![withheld], Some(detail(1)));
    second.payload = Some("payload/waterdam/b".into());
    let committed = store.commit_answer(second).await.unwrap();
    assert_eq!(
        actions(&committed),
        [(Action::Erased, "document:notubiz:9101:9"), (Action::Erased, "document-text:notubiz:9101:9")]
    );
    let mut discards = store.discards().await.unwrap();
    discards.sort();
    assert_eq!(discards, ["original/abc", "payload/waterdam/a", "text/abc"]);
    store.discarded(&discards).await.unwrap();
    assert_eq!(store.discards().await.unwrap(), [] as [String; 0]);
    // Another answer that names it as if it were public does not bring it back.
    store.commit_answer(answer(3, vec![listed(document(9, "Geheim"))], None)).await.unwrap();
    assert_eq!(living(&store).await, [M1]);
}

fn withheld(origin: &Origin, id: &str) -> Part {
    Part {
        origin: origin.clone(),
        standing: Standing::Mention,
        content: Content::Withheld(id.parse().unwrap()),
    }
}

async fn an_answer_that_tells_what_another_withholds_is_not_kept(store: SharedStore) {
    let telling = |run| Commit {
        payload: Some("payload/waterdam/events".into()),
        ..answer(run, vec![listed(meeting(1, "Geheim", 24)), listed(meeting(2, "Open", 24))], Some(events()))
    };
    let silent = || answer(1, vec![withheld(&detail(1), M1)], Some(detail(1)));
    for (first, second) in [(telling(1), silent()), (silent(), telling(1)), (telling(2), telling(3))] {
        store.commit_answer(first).await.unwrap();
        store.commit_answer(second).await.unwrap();
        assert_eq!(store.discards().await.unwrap(), ["payload/waterdam/events"]);
        assert_eq!(living(&store).await, ["meeting:notubiz:9101:2"]);
        store.discarded(&["payload/waterdam/events".into()]).await.unwrap();
    }
    // One answer that shows a thing in one place and withholds it in another, in either order.
    let (shown, hidden) = (
        says(&detail(2), Standing::Mention, document(9, "Geheim")),
        withheld(&detail(2), "document:notubiz:9101:9"),
    );
    for parts in [vec![shown.clone(), hidden.clone()], vec![hidden, shown]] {
        let payload = Some("payload/waterdam/two".to_owned());
        store.commit_answer(Commit { payload, ..answer(4, parts, None) }).await.unwrap();
        assert_eq!(store.discards().await.unwrap(), ["payload/waterdam/two"]);
        assert_eq!(living(&store).await, ["meeting:notubiz:9101:2"]);
        store.discarded(&["payload/waterdam/two".into()]).await.unwrap();
    }
    // The same below something that is not public.
    let below = Commit {
        payload: Some("payload/waterdam/detail".into()),
        ..answer(4, vec![says(&detail(1), Standing::Mention, item(5, 1, "Geheim", &[]))], None)
    };
    store.commit_answer(below).await.unwrap();
    assert_eq!(store.discards().await.unwrap(), ["payload/waterdam/detail"]);
}

async fn what_was_withdrawn_and_is_then_withheld_is_erased(store: SharedStore) {
    store.commit_answer(answer(1, vec![listed(meeting(1, "Raad", 24))], Some(events()))).await.unwrap();
    store.commit_answer(answer(2, vec![], Some(events()))).await.unwrap();
    let committed = store.commit_answer(answer(3, vec![withheld(&events(), M1)], None)).await.unwrap();
    assert_eq!(actions(&committed), [(Action::Erased, M1)]);
    let again = store.commit_answer(answer(4, vec![withheld(&events(), M1)], None)).await.unwrap();
    assert_eq!(actions(&again), []);
}

async fn what_turns_public_again_revives(store: SharedStore) {
    let withheld = Part {
        origin: events(),
        standing: Standing::Listing,
        content: Content::Withheld(M1.parse().unwrap()),
    };
    store.commit_answer(answer(1, vec![listed(meeting(1, "Raad", 24))], None)).await.unwrap();
    store.commit_answer(answer(2, vec![withheld], None)).await.unwrap();
    let again = store.commit_answer(answer(3, vec![listed(meeting(1, "Raad", 24))], None)).await.unwrap();
    assert_eq!(actions(&again), [(Action::Revived, M1)]);
}

async fn what_is_blocked_never_enters_again(store: SharedStore) {
    store.commit_answer(answer(1, vec![listed(meeting(1, "Raad", 24))], None)).await.unwrap();
    let takedown =
        Takedown { id: M1.parse().unwrap(), reason: TakedownReason::Privacy, at: at(5), files: vec![] };
    let blocked = store.block_entity(&takedown).await.unwrap().committed;
    assert_eq!(actions(&blocked), [(Action::Erased, M1)]);
    let again = store.commit_answer(answer(2, vec![listed(meeting(1, "Raad!", 24))], None)).await.unwrap();
    assert_eq!(actions(&again), []);
    assert_eq!(living(&store).await, [] as [String; 0]);
    let left =
        store.tombstones(&[M1.parse().unwrap(), "meeting:notubiz:9101:2".parse().unwrap()]).await.unwrap();
    let (id, gone, reason) = (takedown.id.clone(), Gone::Blocked, Some(TakedownReason::Privacy));
    assert_eq!(left, [Tombstone { id, gone, reason, since: at(5) }]);
    assert_eq!(store.takedowns().await.unwrap(), [takedown]);
}

async fn diagnostics_and_the_cursor_come_with_the_commit(store: SharedStore) {
    let mut commit = answer(1, vec![], None);
    commit.cursor = Some(("text".into(), 42));
    store.commit_answer(commit).await.unwrap();
    assert_eq!(store.read_cursor("text").await.unwrap(), 42);
    assert_eq!(store.read_cursor("index").await.unwrap(), 0);
}

async fn a_run_is_reported_with_its_diagnostics(store: SharedStore) {
    let window = Window::new(date(2026, 1, 1), date(2026, 1, 31)).unwrap();
    let run = store.begin_run("waterdam", RunPurpose::Asked, window, &[], at(1)).await.unwrap().run;
    let diagnostic = Diagnostic::missing_id("events", "/events/3", Kind::Meeting);
    store
        .commit_answer(Commit { diagnostics: vec![diagnostic.clone()], ..answer(run, vec![], None) })
        .await
        .unwrap();
    let report = RunReport {
        purpose: RunPurpose::Asked,
        faults: [("HTTP 429".to_owned(), 2)].into(),
        documents_of_other_type: 0,
        run,
        source: "waterdam".into(),
        window,
        started: at(1),
        ended: at(2),
        requests: 3,
        bytes: 4,
        pages: 5,
        engines: [].into(),
        changes: [].into(),
        seen: [].into(),
        diagnostics: vec![diagnostic],
        verdict: Verdict::Healthy,
    };
    store.end_run(&report).await.unwrap();
    assert_eq!(store.last_reports().await.unwrap(), [report]);
}

#[tokio::test(flavor = "multi_thread")]
async fn many_that_open_a_new_file_at_once_all_can() {
    for _ in 0..5 {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x").display().to_string();
        let all = (0..6).map(|_| {
            let path = path.clone();
            tokio::spawn(async move { Sqlite::open(&path).await.map(|_| ()) })
        });
        for opened in futures::future::join_all(all).await {
            opened.unwrap().unwrap();
        }
    }
}

#[tokio::test]
async fn data_of_a_newer_program_are_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.db").display().to_string();
    drop(Sqlite::open(&path).await.unwrap());
    let pool = sqlx::SqlitePool::connect(&format!("sqlite:{path}")).await.unwrap();
    sqlx::query("INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (9999, 'later', 1, x'00', 0)")
        .execute(&pool).await.unwrap();
    pool.close().await;
    let refused = Sqlite::open(&path).await.unwrap_err();
    assert!(matches!(refused, StoreError::TooNew { found: 9999, .. }), "{refused}");
}

#[tokio::test]
async fn a_file_that_is_no_database_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.db");
    std::fs::write(&path, "een briefje, geen databank; ruim lang genoeg om niet leeg te zijn ".repeat(20))
        .unwrap();
    let before = std::fs::read(&path).unwrap();
    assert!(Sqlite::open(&path.display().to_string()).await.is_err());
    assert_eq!(std::fs::read(&path).unwrap(), before);
}
