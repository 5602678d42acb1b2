//! What Dutch means: every example a reader was promised.

use super::{NONE, numbers, put_texts};
use crate::SharedSearch;

pub async fn forms_and_accents_of_a_word_are_the_same_word(search: SharedSearch) {
    put_texts(&search, &["de ﬁnanciële gevolgen voor fietsen in Nijkerk aan het ĳsselmeer"]).await;
    for query in ["financiele", "FINANCIËLE", "fiets", "gevolg", "nykerk", "IJsselmeer", "ysselmeer"] {
        assert_eq!(numbers(&search, query).await, [1], "{query}");
    }
}

const PARKS: [&str; 5] = [
    "het windturbinepark bij Waterdam",
    "een windturbine-park",
    "een windturbine park",
    "twee windturbines",
    "wind en een park zonder turbine",
];

pub async fn compounds_are_found_by_their_parts(search: SharedSearch) {
    put_texts(&search, &PARKS).await;
    assert_eq!(numbers(&search, "windturbines").await, [1, 2, 3, 4]);
    assert_eq!(numbers(&search, "windturbine-parken").await, [1, 2]);
    assert_eq!(numbers(&search, "turbine").await, [1, 2, 3, 4, 5]);
    assert_eq!(numbers(&search, "turbineparken").await, [1, 2], "a row of parts");
}

pub async fn compounds_are_found_apart(search: SharedSearch) {
    put_texts(&search, &PARKS).await;
    assert_eq!(numbers(&search, "windturbinepark").await, [1, 2, 3]);
    assert_eq!(numbers(&search, "\"windturbinepark\"").await, [1, 2], "a hyphen may be the end of a line");
}

const PAPERS: [&str; 4] = [
    "de foto's van 's-Gravenhage en Waterdam B.V.",
    "de fotos van ’s Gravenhage en Waterdam BV",
    "groen-voorziening en be\u{AD}stuur",
    "de groenvoorziening en het bestuur",
];

pub async fn hyphens_and_apostrophes_and_dots_do_not_matter(search: SharedSearch) {
    put_texts(&search, &PAPERS).await;
    for query in ["foto's", "fotos", "foto", "gravenhage", "b.v.", "BV", "\"’s Gravenhage\""] {
        assert_eq!(numbers(&search, query).await, [1, 2], "{query}");
    }
    for query in ["groenvoorziening", "groen-voorziening", "groenvoorzieningen", "bestuur"] {
        assert_eq!(numbers(&search, query).await, [3, 4], "{query}");
    }
}

pub async fn what_hyphens_join_is_found_apart(search: SharedSearch) {
    put_texts(&search, &PAPERS).await;
    for query in ["'s-Gravenhage", "s-gravenhage"] {
        assert_eq!(numbers(&search, query).await, [1, 2], "{query}");
    }
}

pub async fn numbers_and_codes_are_found_however_they_are_written(search: SharedSearch) {
    put_texts(
        &search,
        &[
            "brief RIS321030 over 2024-00123",
            "brief RIS 321030",
            "begroting van € 1.250.000",
            "artikel 4.2 van 1250000",
        ],
    )
    .await;
    assert_eq!(numbers(&search, "RIS321030").await, [1]);
    assert_eq!(numbers(&search, "ris 321030").await, [1, 2]);
    assert_eq!(numbers(&search, "321030").await, [1, 2]);
    assert_eq!(numbers(&search, "2024-00123").await, [1]);
    assert_eq!(numbers(&search, "2024/00123").await, [1]);
    assert_eq!(numbers(&search, "\"2024-00123\"").await, [1]);
    assert_eq!(numbers(&search, "00123").await, [1]);
    assert_eq!(numbers(&search, "1250000").await, [3, 4]);
    assert_eq!(numbers(&search, "1.250.000").await, [3, 4]);
    assert_eq!(numbers(&search, "4.2").await, [4]);
    assert_eq!(numbers(&search, "32103").await, NONE);
}

pub async fn a_quoted_word_is_that_word(search: SharedSearch) {
    put_texts(&search, &["haven", "havens", "havenbedrijf", "zeehaven"]).await;
    assert_eq!(numbers(&search, "\"haven\"").await, [1]);
    assert_eq!(numbers(&search, "haven").await, [1, 2, 3, 4]);
}
