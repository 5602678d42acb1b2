//! What the query language means.

use super::{NONE, document, entry, find, numbers, put, put_texts};
use crate::{Entry, Facet, SharedSearch, Unknown};

pub async fn all_words_must_occur_wherever_they_stand(search: SharedSearch) {
    let entries = [("Fietsbrug", "over het water"), ("Brief", "de fietsbrug"), ("Water", "zonder meer")];
    put(&search, (1..).zip(entries).map(|(n, (title, body))| entry(&document(n), title, body)).collect())
        .await;
    assert_eq!(numbers(&search, "water fietsbrug").await, [1]);
    assert_eq!(numbers(&search, "fietsbrug").await, [1, 2]);
    assert_eq!(numbers(&search, "fietsbrug kasteel").await, NONE);
}

pub async fn a_phrase_is_found_as_written_only(search: SharedSearch) {
    put(
        &search,
        vec![
            entry(&document(1), "x", "langs de Oude Haven loopt"),
            entry(&document(2), "x", "oude en nieuwe haven"),
            entry(&document(3), "x", "de oude havens"),
            entry(&document(4), "De oude haven", "x"),
            Entry { body: vec!["de oude".into(), "haven ligt er".into()], ..entry(&document(5), "x", "") },
            entry(&document(6), "x", "alles van de gemeente"),
        ],
    )
    .await;
    assert_eq!(numbers(&search, "\"oude haven\"").await, [1, 4]);
    assert_eq!(numbers(&search, "\"haven\"").await, [1, 2, 4, 5]);
    assert_eq!(numbers(&search, "oude haven").await, [1, 2, 3, 4, 5]);
    assert_eq!(numbers(&search, "\"van de gemeente\"").await, [6]);
    assert_eq!(numbers(&search, "\"de gemeente\"").await, [6]);
    assert_eq!(numbers(&search, "\"gemeente de\"").await, NONE);
    assert_eq!(numbers(&search, "\"de oude\"").await, [1, 3, 4, 5]);
}

pub async fn a_phrase_in_pieces_is_no_phrase(search: SharedSearch) {
    put_texts(&search, &["oude haven x haven brug x oude y brug", "de oude haven brug"]).await;
    assert_eq!(numbers(&search, "\"oude haven brug\"").await, [2]);
}

pub async fn what_is_denied_is_not_found(search: SharedSearch) {
    put_texts(&search, &["brug en tunnel", "brug", "tunnels"]).await;
    assert_eq!(numbers(&search, "brug -tunnel").await, [2]);
    assert_eq!(numbers(&search, "brug NOT tunnel").await, [2]);
    assert_eq!(numbers(&search, "-tunnel").await, [2]);
    assert_eq!(numbers(&search, "-\"brug en tunnel\"").await, [2, 3]);
}

pub async fn a_quoted_text_may_be_denied(search: SharedSearch) {
    put_texts(&search, &["de oude haven", "de haven is oud", "oude schuur bij de nieuwe haven"]).await;
    assert_eq!(numbers(&search, "haven -\"oude haven\"").await, [2, 3]);
}

pub async fn one_of_several_is_enough(search: SharedSearch) {
    put_texts(&search, &["brug", "tunnel", "weg", "brug en tunnel"]).await;
    assert_eq!(numbers(&search, "brug OR tunnel").await, [1, 2, 4]);
    assert_eq!(numbers(&search, "-brug OR tunnel").await, [2, 3, 4]);
}

pub async fn brackets_bind(search: SharedSearch) {
    put_texts(&search, &["brug haven", "tunnel haven", "tunnel", "haven"]).await;
    assert_eq!(numbers(&search, "(brug OR tunnel) haven").await, [1, 2]);
    assert_eq!(numbers(&search, "brug OR tunnel haven").await, [1, 2]);
    assert_eq!(numbers(&search, "haven -(brug OR tunnel)").await, [4]);
    assert_eq!(numbers(&search, "haven NOT (tunnel haven)").await, [1, 4]);
}

pub async fn a_beginning_finds_all_words_that_begin_so(search: SharedSearch) {
    put_texts(&search, &["windmolens", "wind", "molenwind", "Windmolenpark"]).await;
    assert_eq!(numbers(&search, "windm*").await, [1, 4]);
    assert_eq!(numbers(&search, "win* -windm*").await, [2]);
}

pub async fn words_near_one_another_are_found_in_any_order(search: SharedSearch) {
    put_texts(
        &search,
        &[
            "de brug bij de haven",
            "de haven waar bruggen zijn",
            "een brug ver weg van alles en iedereen en dus de haven",
        ],
    )
    .await;
    assert_eq!(numbers(&search, "brug NEAR/3 haven").await, [1, 2]);
    assert_eq!(numbers(&search, "brug NEAR/2 haven").await, [2]);
    assert_eq!(numbers(&search, "brug NEAR/10 havens").await, [1, 2, 3]);
    let apart = Entry { body: vec!["de brug".into(), "haven".into()], ..entry(&document(9), "x", "") };
    put(&search, vec![apart]).await;
    assert_eq!(numbers(&search, "brug NEAR/100 haven").await, [1, 2, 3], "within one text");
}

pub async fn a_title_is_searched_alone(search: SharedSearch) {
    let entries = [("De oude haven", "brug"), ("De bruggen", "oude haven"), ("Havenbedrijf", "")];
    put(&search, (1..).zip(entries).map(|(n, (title, body))| entry(&document(n), title, body)).collect())
        .await;
    assert_eq!(numbers(&search, "title:brug").await, [2]);
    assert_eq!(numbers(&search, "title:\"oude haven\" brug").await, [1]);
    assert_eq!(numbers(&search, "titel:haven").await, [1, 3]);
}

pub async fn values_are_searched_like_words(search: SharedSearch) {
    let mut motion = entry("motion:notubiz:9101:1", "brug", "");
    motion.values = vec![(Facet::Outcome, "adopted".into()), (Facet::Party, "Groen & Blauw".into())];
    let mut other = entry("document:notubiz:9102:2", "brug", "");
    other.authority = "authority:nl:tooi:gm9102".parse().unwrap();
    other.meeting_date = None;
    put(&search, vec![motion, other]).await;
    assert_eq!(numbers(&search, "soort:motie").await, [1]);
    assert_eq!(numbers(&search, "brug -kind:motion").await, [2]);
    assert_eq!(numbers(&search, "uitkomst:aangenomen").await, [1]);
    assert_eq!(numbers(&search, "partij:\"groen & blauw\"").await, [1]);
    assert_eq!(numbers(&search, "overheid:GM9102").await, [2]);
    assert_eq!(numbers(&search, "jaar:2026").await, [1]);
    assert_eq!(numbers(&search, "jaar:2025").await, NONE);
}

pub async fn words_that_stand_nowhere_are_named_with_the_nearest_that_do(search: SharedSearch) {
    put_texts(&search, &["herstelbetaling kinderopvang", "fietsbrug", "fietsbruggen"]).await;
    let unknown = async |query: &str| find(&search, query).await.unknown;
    let named = |word: &str, suggestion: Option<&str>| Unknown {
        word: word.into(),
        suggestion: suggestion.map(str::to_owned),
    };
    assert_eq!(unknown("herstelbetailing").await, [named("herstelbetailing", Some("herstelbetaling"))]);
    assert_eq!(
        unknown("fietsburg haven").await,
        [named("fietsburg", Some("fietsbrug")), named("haven", None)]
    );
    assert!(unknown("fietsbruggen kinder*").await.is_empty());
    assert!(unknown("-haven").await.is_empty());
}

pub async fn nothing_asked_is_everything_and_stray_signs_are_nothing(search: SharedSearch) {
    put_texts(&search, &["brug", "weg"]).await;
    assert_eq!(numbers(&search, " ").await, [1, 2]);
    assert_eq!(numbers(&search, "?!").await, NONE);
}

pub async fn words_stand_anywhere_in_a_long_text(search: SharedSearch) {
    let long = format!("vooraan {} achteraan", "vulling ".repeat(150_000));
    put_texts(&search, &[&long]).await;
    assert_eq!(numbers(&search, "vooraan achteraan").await, [1]);
}
