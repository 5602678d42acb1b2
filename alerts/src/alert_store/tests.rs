//! What the store promises.

use raadhuis_search::EntryFilter;

use super::*;
use crate::{AlertSettings, Channel, Frequency, Notice, Problem, Reason};

fn at(text: &str) -> Timestamp {
    format!("2026-11-29T{text}:00Z").parse().unwrap()
}

fn wanted(address: &str, query: &str) -> AlertSettings {
    AlertSettings {
        channel: Channel::for_mail(address).unwrap(),
        query: query.into(),
        filter: EntryFilter::default(),
        frequency: Frequency::Immediate,
        name: query.into(),
        page: "/".into(),
    }
}

async fn store() -> (tempfile::TempDir, AlertStore) {
    let folder = tempfile::tempdir().unwrap();
    let store = AlertStore::open(&folder.path().join("alerts.db"), 10).await.unwrap();
    (folder, store)
}

async fn confirmed(store: &AlertStore, address: &str, query: &str, now: Timestamp) -> i64 {
    let alert = store.create_alert(&wanted(address, query), now).await.unwrap();
    while let Some(notification) = store.take_notification(now).await.unwrap() {
        store.record_sent(notification.number, now).await.unwrap();
    }
    store.confirm(&store.create_key(KeyPurpose::Confirm, alert.number), 10, now).await.unwrap().number
}

fn notice(alert: i64, n: u32, due: Timestamp) -> Notice {
    Notice { alert, entity: format!("document:x:1:{n}").parse().unwrap(), at: at("08:00"), due }
}

#[tokio::test]
async fn an_address_is_asked_once_an_hour_about_all_that_waits() {
    let (_folder, store) = store().await;
    let first = store.create_alert(&wanted("a@b.example", "brug"), at("08:00")).await.unwrap();
    let notification = store.take_notification(at("08:00")).await.unwrap().unwrap();
    assert!(notification.asks && notification.alerts == [first.clone()]);
    store.record_sent(notification.number, at("08:00")).await.unwrap();
    // The same again is the same, asked about once more; that and others wait for the hour to pass, in whatever letters
    // the address is written.
    assert_eq!(store.create_alert(&wanted("a@b.example", "brug"), at("08:01")).await.unwrap(), first);
    for (address, query) in [("a@b.example", "haven"), ("A@B.example", "kade")] {
        store.create_alert(&wanted(address, query), at("08:02")).await.unwrap();
    }
    assert_eq!(store.take_notification(at("08:59")).await.unwrap(), None);
    let second = store.take_notification(at("09:01")).await.unwrap().unwrap();
    assert_eq!(
        second.alerts.iter().map(|it| it.wanted.query.as_str()).collect::<Vec<_>>(),
        ["brug", "haven", "kade"]
    );
    // What did not leave is tried again, for all of them, and is no second notification.
    store.record_failure(second.number, "busy", Some(at("09:02"))).await.unwrap();
    let again = store.take_notification(at("09:02")).await.unwrap().unwrap();
    assert_eq!((again.number, again.alerts.len(), again.tries), (second.number, 3, 2));
    // Another address is asked meanwhile.
    store.create_alert(&wanted("c@d.example", "brug"), at("09:03")).await.unwrap();
    assert_eq!(
        store.take_notification(at("09:03")).await.unwrap().unwrap().alerts[0].wanted.channel.as_text(),
        "c@d.example"
    );
}

#[tokio::test]
async fn nothing_is_told_before_it_was_confirmed_and_nothing_twice() {
    let (_folder, store) = store().await;
    let pending = store.create_alert(&wanted("c@d.example", "brug"), at("07:00")).await.unwrap();
    let number = confirmed(&store, "a@b.example", "brug", at("07:00")).await;
    let speaking: Vec<i64> = store.speaking().await.unwrap().iter().map(|it| it.number).collect();
    assert!(speaking == [number] && pending.number != number);
    while store.take_notification(at("07:00")).await.unwrap().is_some() {}
    assert!(store.store_notices(10, 12, &[notice(number, 1, at("08:10"))]).await.unwrap());
    // Another process that saw the same lines is too late.
    assert!(!store.store_notices(10, 13, &[notice(number, 2, at("08:00"))]).await.unwrap());
    assert_eq!(
        (store.read_cursor().await.unwrap(), store.take_notification(at("08:09")).await.unwrap()),
        (12, None)
    );
    // Its text came: it is told at once, and never again.
    assert!(store.store_notices(12, 13, &[notice(number, 1, at("08:00"))]).await.unwrap());
    let notification = store.take_notification(at("08:01")).await.unwrap().unwrap();
    assert_eq!((notification.asks, notification.news.len()), (false, 1));
    assert!(store.store_notices(13, 14, &[notice(number, 1, at("08:00"))]).await.unwrap());
    // Nobody else takes it meanwhile; whoever died with it is replaced after a while, under the same number.
    assert_eq!(store.take_notification(at("08:02")).await.unwrap(), None);
    let again = store.take_notification(at("08:12")).await.unwrap().unwrap();
    assert_eq!((again.number, &again.news), (notification.number, &notification.news));
    store.record_sent(notification.number, at("08:12")).await.unwrap();
    assert_eq!(store.take_notification(at("23:00")).await.unwrap(), None);
}

#[tokio::test]
async fn a_pause_holds_everything_and_the_end_erases_it() {
    let (folder, store) = store().await;
    let number = confirmed(&store, "geheim@b.example", "brug", at("07:00")).await;
    let key = store.create_key(KeyPurpose::Manage, number);
    let changed = store.change_alert(&key, Some(Frequency::Weekly), Some(true)).await.unwrap();
    assert!(changed.is_paused && changed.wanted.frequency == Frequency::Weekly);
    assert!(store.speaking().await.unwrap().is_empty());
    store.store_notices(10, 11, &[notice(number, 1, at("08:00"))]).await.unwrap();
    assert_eq!(store.take_notification(at("09:00")).await.unwrap(), None);
    store.change_alert(&key, None, Some(false)).await.unwrap();
    let notification = store.take_notification(at("09:00")).await.unwrap().unwrap();
    store.end_alert(&key).await.unwrap();
    store.end_alert(&key).await.unwrap();
    assert!(matches!(store.read_alert(&key, KeyPurpose::Manage).await, Err(AlertError::NoSuchKey)));
    store.record_sent(notification.number, at("09:00")).await.unwrap();
    drop(store);
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        let found = bytes.windows(6).any(|window| window == b"geheim");
        assert!(!found, "the address is still there");
    }
}

#[tokio::test]
async fn what_nobody_confirms_is_forgotten_and_one_address_cannot_fill_the_book() {
    let (_folder, store) = store().await;
    for n in 0..10 {
        store.create_alert(&wanted("a@b.example", &format!("brug{n}")), at("08:00")).await.unwrap();
    }
    let why = store.create_alert(&wanted("a@b.example", "brug"), at("08:00")).await.unwrap_err();
    assert!(why.to_string().contains("10 of them unconfirmed"), "{why}");
    store.delete_expired("2026-12-02T08:00:00Z".parse().unwrap()).await.unwrap();
    store.create_alert(&wanted("a@b.example", "brug"), at("08:00")).await.unwrap();
    for (query, why) in [("", "everything"), ("\"", "everything")] {
        let refused = store.create_alert(&wanted("a@b.example", query), at("08:00")).await;
        assert!(query.is_empty() == refused.is_err_and(|it| it.to_string().contains(why)), "{query:?}");
    }
}

#[tokio::test]
async fn what_is_given_up_waits_for_the_operator() {
    let (_folder, store) = store().await;
    store.create_alert(&wanted("a@b.example", "brug"), at("08:00")).await.unwrap();
    let notification = store.take_notification(at("08:00")).await.unwrap().unwrap();
    store.record_failure(notification.number, "the mail server answered 550", None).await.unwrap();
    assert_eq!(store.take_notification(at("23:00")).await.unwrap(), None);
    assert_eq!(store.given_up(10).await.unwrap()[0].2, "the mail server answered 550");
    assert_eq!(store.try_again(at("23:00")).await.unwrap(), 1);
    assert_eq!(store.take_notification(at("23:00")).await.unwrap().unwrap().number, notification.number);
}

#[tokio::test]
async fn a_report_has_a_number_and_waits_until_it_is_closed() {
    let (_folder, store) = store().await;
    let problem = Problem {
        subject: Some("document:x:1:1".parse().unwrap()),
        reasons: vec![Reason::Privacy, Reason::Wrong],
        comment: Some("Op pagina 2".into()),
        query: None,
    };
    let number = store.store_report(&problem, at("08:00")).await.unwrap();
    let waiting = store.reports(false).await.unwrap();
    assert_eq!((waiting[0].number, &waiting[0].problem), (number, &problem));
    assert!(
        store.close_report(number, at("09:00")).await.unwrap()
            && !store.close_report(number, at("09:00")).await.unwrap()
    );
    assert_eq!((store.reports(false).await.unwrap().len(), store.reports(true).await.unwrap().len()), (0, 1));
    let nothing = Problem { subject: None, comment: None, ..problem };
    assert!(matches!(store.store_report(&nothing, at("08:00")).await, Err(AlertError::Refused(_))));
}

#[tokio::test(flavor = "multi_thread")]
async fn several_programs_open_a_new_book_at_once_and_a_letter_is_taken_by_one() {
    for _ in 0..5 {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("alerts.db");
        let all: Vec<_> = (0..6)
            .map(|_| {
                let path = path.clone();
                tokio::spawn(async move { AlertStore::open(&path, 10).await.unwrap() })
            })
            .collect();
        let mut stores = Vec::new();
        for opened in all {
            stores.push(opened.await.unwrap());
        }
        stores[0].create_alert(&wanted("a@b.example", "brug"), at("08:00")).await.unwrap();
        let takers: Vec<_> = stores
            .into_iter()
            .map(|store| tokio::spawn(async move { store.take_notification(at("08:00")).await.unwrap() }))
            .collect();
        let mut taken = 0;
        for taker in takers {
            taken += u32::from(taker.await.unwrap().is_some());
        }
        assert_eq!(taken, 1);
    }
}

#[tokio::test]
async fn the_secret_of_an_older_book_moves_into_a_file_of_its_own() {
    let (folder, store) = store().await;
    let alert = confirmed(&store, "a@b.example", "brug", at("08:00")).await;
    let key = store.create_key(KeyPurpose::Manage, alert);
    // As older versions stored it: the secret is in the database, and no file beside it.
    let (place, path) = (folder.path().join("alerts.key"), folder.path().join("alerts.db"));
    let secret = std::fs::read(&place).unwrap();
    sqlx::query("UPDATE book SET secret = ?1").bind(&secret).execute(&store.pool).await.unwrap();
    drop(store);
    std::fs::remove_file(&place).unwrap();
    let store = AlertStore::open(&path, 10).await.unwrap();
    assert_eq!(std::fs::read(&place).unwrap(), secret);
    assert_eq!(store.create_key(KeyPurpose::Manage, alert), key);
    assert!(!std::fs::read(&path).unwrap().windows(secret.len()).any(|window| window == secret));
    drop(store);
    std::fs::write(&place, b"kort").unwrap();
    assert!(
        matches!(AlertStore::open(&path, 10).await, Err(AlertError::Unusable { why, .. }) if why.contains("4 bytes"))
    );
}
