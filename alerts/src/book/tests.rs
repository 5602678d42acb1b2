//! What the book promises.

use raadhuis_search::Filter;

use super::*;
use crate::{Channel, Frequency, Notice, Problem, Reason, Wanted};

fn at(text: &str) -> Timestamp {
    format!("2026-11-29T{text}:00Z").parse().unwrap()
}

fn wanted(address: &str, query: &str) -> Wanted {
    Wanted {
        channel: Channel::mail(address).unwrap(),
        query: query.into(),
        filter: Filter::default(),
        frequency: Frequency::Immediate,
        name: query.into(),
        page: "/".into(),
    }
}

async fn book() -> (tempfile::TempDir, Book) {
    let folder = tempfile::tempdir().unwrap();
    let book = Book::open(&folder.path().join("alerts.db"), 10).await.unwrap();
    (folder, book)
}

async fn confirmed(book: &Book, address: &str, query: &str, now: Timestamp) -> i64 {
    let alert = book.create(&wanted(address, query), now).await.unwrap();
    while let Some(letter) = book.take(now).await.unwrap() {
        book.sent(letter.number, now).await.unwrap();
    }
    book.confirm(&book.key(Purpose::Confirm, alert.number), 10, now).await.unwrap().number
}

fn notice(alert: i64, n: u32, due: Timestamp) -> Notice {
    Notice { alert, entity: format!("document:x:1:{n}").parse().unwrap(), at: at("08:00"), due }
}

#[tokio::test]
async fn an_address_is_asked_once_an_hour_about_all_that_waits() {
    let (_folder, book) = book().await;
    let first = book.create(&wanted("a@b.example", "brug"), at("08:00")).await.unwrap();
    let letter = book.take(at("08:00")).await.unwrap().unwrap();
    assert!(letter.asks && letter.alerts == [first.clone()]);
    book.sent(letter.number, at("08:00")).await.unwrap();
    // The same again is the same, asked about once more; that and others wait for the hour to pass, in whatever letters the address is
    // written.
    assert_eq!(book.create(&wanted("a@b.example", "brug"), at("08:01")).await.unwrap(), first);
    for (address, query) in [("a@b.example", "haven"), ("A@B.example", "kade")] {
        book.create(&wanted(address, query), at("08:02")).await.unwrap();
    }
    assert_eq!(book.take(at("08:59")).await.unwrap(), None);
    let second = book.take(at("09:01")).await.unwrap().unwrap();
    assert_eq!(
        second.alerts.iter().map(|it| it.wanted.query.as_str()).collect::<Vec<_>>(),
        ["brug", "haven", "kade"]
    );
    // What did not leave is tried again, for all of them, and is no second letter.
    book.failed(second.number, "busy", Some(at("09:02"))).await.unwrap();
    let again = book.take(at("09:02")).await.unwrap().unwrap();
    assert_eq!((again.number, again.alerts.len(), again.tries), (second.number, 3, 2));
    // Another address is asked meanwhile.
    book.create(&wanted("c@d.example", "brug"), at("09:03")).await.unwrap();
    assert_eq!(book.take(at("09:03")).await.unwrap().unwrap().alerts[0].wanted.channel.text(), "c@d.example");
}

#[tokio::test]
async fn nothing_is_told_before_it_was_confirmed_and_nothing_twice() {
    let (_folder, book) = book().await;
    let pending = book.create(&wanted("c@d.example", "brug"), at("07:00")).await.unwrap();
    let number = confirmed(&book, "a@b.example", "brug", at("07:00")).await;
    let speaking: Vec<i64> = book.speaking().await.unwrap().iter().map(|it| it.number).collect();
    assert!(speaking == [number] && pending.number != number);
    while book.take(at("07:00")).await.unwrap().is_some() {}
    assert!(book.note((10, 12), &[notice(number, 1, at("08:10"))]).await.unwrap());
    // Another process that saw the same lines is too late.
    assert!(!book.note((10, 13), &[notice(number, 2, at("08:00"))]).await.unwrap());
    assert_eq!((book.cursor().await.unwrap(), book.take(at("08:09")).await.unwrap()), (12, None));
    // Its text came: it is told at once, and never again.
    assert!(book.note((12, 13), &[notice(number, 1, at("08:00"))]).await.unwrap());
    let letter = book.take(at("08:01")).await.unwrap().unwrap();
    assert_eq!((letter.asks, letter.news.len()), (false, 1));
    assert!(book.note((13, 14), &[notice(number, 1, at("08:00"))]).await.unwrap());
    // Nobody else takes it meanwhile; whoever died with it is replaced after a while, under the same number.
    assert_eq!(book.take(at("08:02")).await.unwrap(), None);
    let again = book.take(at("08:12")).await.unwrap().unwrap();
    assert_eq!((again.number, &again.news), (letter.number, &letter.news));
    book.sent(letter.number, at("08:12")).await.unwrap();
    assert_eq!(book.take(at("23:00")).await.unwrap(), None);
}

#[tokio::test]
async fn a_pause_holds_everything_and_the_end_erases_it() {
    let (folder, book) = book().await;
    let number = confirmed(&book, "geheim@b.example", "brug", at("07:00")).await;
    let key = book.key(Purpose::Manage, number);
    let changed = book.change(&key, Some(Frequency::Weekly), Some(true)).await.unwrap();
    assert!(changed.is_paused && changed.wanted.frequency == Frequency::Weekly);
    assert!(book.speaking().await.unwrap().is_empty());
    book.note((10, 11), &[notice(number, 1, at("08:00"))]).await.unwrap();
    assert_eq!(book.take(at("09:00")).await.unwrap(), None);
    book.change(&key, None, Some(false)).await.unwrap();
    let letter = book.take(at("09:00")).await.unwrap().unwrap();
    book.end(&key).await.unwrap();
    book.end(&key).await.unwrap();
    assert!(matches!(book.opened(&key, Purpose::Manage).await, Err(AlertError::NoSuchKey)));
    book.sent(letter.number, at("09:00")).await.unwrap();
    drop(book);
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        let found = bytes.windows(6).any(|window| window == b"geheim");
        assert!(!found, "the address is still there");
    }
}

#[tokio::test]
async fn what_nobody_confirms_is_forgotten_and_one_address_cannot_fill_the_book() {
    let (_folder, book) = book().await;
    for n in 0..10 {
        book.create(&wanted("a@b.example", &format!("brug{n}")), at("08:00")).await.unwrap();
    }
    let why = book.create(&wanted("a@b.example", "brug"), at("08:00")).await.unwrap_err();
    assert!(why.to_string().contains("10 of them unconfirmed"), "{why}");
    book.tidy("2026-12-02T08:00:00Z".parse().unwrap()).await.unwrap();
    book.create(&wanted("a@b.example", "brug"), at("08:00")).await.unwrap();
    for (query, why) in [("", "everything"), ("\"", "everything")] {
        let refused = book.create(&wanted("a@b.example", query), at("08:00")).await;
        assert!(query.is_empty() == refused.is_err_and(|it| it.to_string().contains(why)), "{query:?}");
    }
}

#[tokio::test]
async fn what_is_given_up_waits_for_the_operator() {
    let (_folder, book) = book().await;
    book.create(&wanted("a@b.example", "brug"), at("08:00")).await.unwrap();
    let letter = book.take(at("08:00")).await.unwrap().unwrap();
    book.failed(letter.number, "the mail server answered 550", None).await.unwrap();
    assert_eq!(book.take(at("23:00")).await.unwrap(), None);
    assert_eq!(book.given_up(10).await.unwrap()[0].2, "the mail server answered 550");
    assert_eq!(book.try_again(at("23:00")).await.unwrap(), 1);
    assert_eq!(book.take(at("23:00")).await.unwrap().unwrap().number, letter.number);
}

#[tokio::test]
async fn a_report_has_a_number_and_waits_until_it_is_closed() {
    let (_folder, book) = book().await;
    let problem = Problem {
        subject: Some("document:x:1:1".parse().unwrap()),
        reasons: vec![Reason::Privacy, Reason::Wrong],
        comment: Some("Op pagina 2".into()),
        query: None,
    };
    let number = book.report(&problem, at("08:00")).await.unwrap();
    let waiting = book.reports(false).await.unwrap();
    assert_eq!((waiting[0].number, &waiting[0].problem), (number, &problem));
    assert!(
        book.close(number, at("09:00")).await.unwrap() && !book.close(number, at("09:00")).await.unwrap()
    );
    assert_eq!((book.reports(false).await.unwrap().len(), book.reports(true).await.unwrap().len()), (0, 1));
    let nothing = Problem { subject: None, comment: None, ..problem };
    assert!(matches!(book.report(&nothing, at("08:00")).await, Err(AlertError::Refused(_))));
}

#[tokio::test(flavor = "multi_thread")]
async fn several_programs_open_a_new_book_at_once_and_a_letter_is_taken_by_one() {
    for _ in 0..5 {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("alerts.db");
        let all: Vec<_> = (0..6)
            .map(|_| {
                let path = path.clone();
                tokio::spawn(async move { Book::open(&path, 10).await.unwrap() })
            })
            .collect();
        let mut books = Vec::new();
        for opened in all {
            books.push(opened.await.unwrap());
        }
        books[0].create(&wanted("a@b.example", "brug"), at("08:00")).await.unwrap();
        let takers: Vec<_> = books
            .into_iter()
            .map(|book| tokio::spawn(async move { book.take(at("08:00")).await.unwrap() }))
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
    let (folder, book) = book().await;
    let alert = confirmed(&book, "a@b.example", "brug", at("08:00")).await;
    let key = book.key(Purpose::Manage, alert);
    // As books were: the secret stands in the book, and no file beside it.
    let (place, path) = (folder.path().join("alerts.key"), folder.path().join("alerts.db"));
    let secret = std::fs::read(&place).unwrap();
    sqlx::query("UPDATE book SET secret = ?1").bind(&secret).execute(&book.pool).await.unwrap();
    drop(book);
    std::fs::remove_file(&place).unwrap();
    let book = Book::open(&path, 10).await.unwrap();
    assert_eq!(std::fs::read(&place).unwrap(), secret);
    assert_eq!(book.key(Purpose::Manage, alert), key);
    assert!(!std::fs::read(&path).unwrap().windows(secret.len()).any(|window| window == secret));
    drop(book);
    std::fs::write(&place, b"kort").unwrap();
    assert!(
        matches!(Book::open(&path, 10).await, Err(AlertError::Unusable { why, .. }) if why.contains("4 bytes"))
    );
}
