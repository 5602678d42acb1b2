//! What analysing Dutch costs: words of a text, queries, pieces of text.

#![expect(clippy::unwrap_used, reason = "a benchmark")]

use divan::{Bencher, black_box, counter::BytesCount};
use raadhuis_search::{
    Query,
    dutch::{WordForm, split_words},
    snippet::Marker,
};
use raadhuis_tests::corpus::Vocabulary;

fn main() {
    divan::main();
}

fn pages() -> Vec<String> {
    let vocabulary = Vocabulary::default();
    (0..200).map(|seed| vocabulary.page(seed)).collect()
}

/// The words of pages, most of them known already, as in a harvest.
#[divan::bench]
fn words_of_pages(bencher: Bencher) {
    let pages = pages();
    let bytes: usize = pages.iter().map(String::len).sum();
    bencher
        .counter(BytesCount::new(bytes))
        .bench(|| pages.iter().map(|page| split_words(page).len()).sum::<usize>());
}

/// A word that was never seen: its stem and its parts.
#[divan::bench]
fn a_new_compound(bencher: Bencher) {
    bencher.bench(|| WordForm::new(black_box("verkeersveiligheidsbeleidsplannen")));
}

/// Every word of a paper of nine pages: what finding its best pieces would cost at least, if every word were analysed.
#[divan::bench]
fn words_of_a_paper(bencher: Bencher) {
    let pages = pages();
    bencher.bench(|| pages[..9].iter().map(|page| split_words(page).len()).sum::<usize>());
}

/// The best pieces of a paper of nine pages.
#[divan::bench]
fn fragments_of_a_paper(bencher: Bencher) {
    let pages = pages();
    let query = Query::parse("gemeente raad \"van de\" -zelden").unwrap();
    bencher.bench(|| Marker::new(&query).fragments(pages[..9].iter().map(String::as_str), 3));
}

/// A query with everything in it.
#[divan::bench]
fn understanding_a_query(bencher: Bencher) {
    bencher.bench(|| {
        Query::parse(black_box(
            "(fietsbrug OR \"oude haven\") title:waterdam wind* -kind:motion RIS321030 NEAR/5 raad",
        ))
    });
}
