//! Both engines through our contract, on the same papers, in the same run.

use std::{path::Path, time::Instant};

use raadhuis_search::SharedSearch;
use raadhuis_tests::{
    corpus::{Paper, Vocabulary},
    filled::entry,
};

use crate::{
    Wanted,
    measure::{ours, percentiles},
    queries::questions,
    size,
};

/// What both know.
const KINDS: [&str; 4] = ["one", "three", "phrase", "date"];

/// Papers that are added at once.
const AT_ONCE: u64 = 1000;

/// Builds and asks both.
pub async fn compare(wanted: &Wanted, address: &str, folder: &Path) {
    let vocabulary = Vocabulary::default();
    let own = wanted.data.join("rival");
    let engines = [
        ("tantivy", format!("tantivy:{}", own.display()), own.as_path()),
        ("meilisearch", format!("meilisearch+{address}/bench"), folder),
    ];
    println!("{} pages, {} papers", wanted.pages, wanted.papers());
    for (name, address, files) in engines {
        let search = raadhuis_search::open(&address).await.unwrap();
        let seconds = build(&search, &vocabulary, wanted.papers()).await;
        println!("{name}: built in {seconds:.0} s, {:.3} GB", size(files) / 1e9);
        for kind in KINDS {
            let mut times = Vec::new();
            let mut found = 0;
            for question in questions(kind, wanted.queries, 14, &vocabulary, wanted.papers()) {
                let begun = Instant::now();
                found += ours(&search, &question).await;
                times.push(begun.elapsed().as_secs_f64() * 1000.0);
            }
            println!("{name:>12} {kind:>7}   {} ms ({found} found in all)", percentiles(times));
        }
    }
}

async fn build(search: &SharedSearch, vocabulary: &Vocabulary, papers: u64) -> f64 {
    let mut next = search.rebuild().await.unwrap();
    let mut seconds = 0.0;
    for first in (0..papers).step_by(usize::try_from(AT_ONCE).unwrap()) {
        let last = (first + AT_ONCE).min(papers);
        let entries = (first..last).map(|number| entry(&Paper::of(number, vocabulary), vocabulary)).collect();
        let begun = Instant::now();
        next.add_entries(entries).await.unwrap();
        seconds += begun.elapsed().as_secs_f64();
    }
    let begun = Instant::now();
    next.seal_generation(1).await.unwrap();
    next.activate().await.unwrap();
    seconds + begun.elapsed().as_secs_f64()
}
