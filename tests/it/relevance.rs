//! Ours against a search that knows no Dutch, on the judged set. A small share of what
//! `RAADHUIS_DISTRACTORS=50000 cargo test --release -p raadhuis-tests relevance -- --nocapture` does in full.

use raadhuis_search::SharedSearch;
use raadhuis_tests::{
    plain::Plain,
    relevance::{Judged, Page, Report, fill, judged, ours, pages, score},
};

use crate::WORKER;

/// By how much ours must be better, in nDCG@10.
const MARGIN: f64 = 0.15;

#[tokio::test]
async fn ours_is_better_than_a_search_that_knows_no_dutch() {
    let distractors = std::env::var("RAADHUIS_DISTRACTORS").ok().and_then(|n| n.parse().ok()).unwrap_or(1000);
    let Some(pages) = pages(WORKER, distractors).await else { return };
    let queries = judged();
    eprintln!("{} queries over {} pages, {distractors} of them simulated", queries.len(), pages.len());
    let known = |query: &Judged| {
        let there = |file: &String, number: u32| {
            pages.iter().any(|page| page.place.as_ref().is_some_and(|it| it.0 == *file && it.1 == number))
        };
        query.relevant.iter().all(|(file, number, _)| there(file, *number))
    };
    assert!(queries.iter().all(known), "a judged page is not in the corpus");
    let plain = Plain::of(&pages);
    let plain_all = report(&queries, &pages, |text| plain.ask(text, false));
    let plain_any = report(&queries, &pages, |text| plain.ask(text, true));
    let folder = tempfile::tempdir().unwrap();
    let search = raadhuis_search::open(&format!("tantivy:{}", folder.path().display())).await.unwrap();
    fill(&search, &pages).await;
    let typed = report_of(&search, &queries, &pages, false).await;
    let proposed = report_of(&search, &queries, &pages, true).await;
    said("plain, all words", &plain_all);
    said("plain, any word", &plain_any);
    said("ours, as typed", &typed);
    said("ours, what is proposed where nothing is found", &proposed);
    if let Ok(address) = std::env::var("RAADHUIS_MEILISEARCH") {
        let search = raadhuis_search::open(&format!("meilisearch+{address}/judged")).await.unwrap();
        fill(&search, &pages).await;
        said("meilisearch, through our contract", &report_of(&search, &queries, &pages, false).await);
    }
    if std::env::var_os("RAADHUIS_SHOW").is_some() {
        show(&search, &queries, &pages).await;
    }
    for group in ["tuned", "unseen"] {
        let (ours, plain) = (typed.ndcg(group), plain_all.ndcg(group));
        assert!(ours >= plain + MARGIN, "{group}: {ours:.3} against {plain:.3}");
    }
}

fn report(queries: &[Judged], pages: &[Page], ask: impl Fn(&str) -> Vec<usize>) -> Report {
    let mut report = Report::default();
    for (place, query) in queries.iter().enumerate() {
        report.add(place, query, score(query, &ask(&query.text), pages));
    }
    report
}

async fn report_of(search: &SharedSearch, queries: &[Judged], pages: &[Page], proposals: bool) -> Report {
    let mut report = Report::default();
    for (place, query) in queries.iter().enumerate() {
        report.add(place, query, score(query, &ours(search, &query.text, proposals).await, pages));
    }
    report
}

fn said(name: &str, report: &Report) {
    eprintln!("{name}:\n{}", report.lines().join("\n"));
}

/// Of the half that may be looked at, each query with its score.
async fn show(search: &SharedSearch, queries: &[Judged], pages: &[Page]) {
    for query in queries.iter().step_by(2) {
        let found = ours(search, &query.text, false).await;
        let score = score(query, &found, pages);
        eprintln!(
            "{:.2} {:.2} {:>3} found  {} ({})",
            score.ndcg,
            score.recall,
            found.len(),
            query.text,
            query.sort
        );
    }
}
