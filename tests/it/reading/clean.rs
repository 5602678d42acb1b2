//! Pages of real councils on which nobody hid anything: none is withheld for hidden text.

use std::path::{Path, PathBuf};

use raadhuis_tests::shared;
use raadhuis_text::{
    Extractor,
    pdf::{Engine, pdfium},
};

use crate::WORKER;

/// The one page on which somebody did: a box was drawn over a name, which still stands below it.
const HIDING: [(&str, u32); 1] = [("15460714", 1)];

fn pdfs(folder: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = raadhuis_tests::files(folder);
    found.retain(|path| path.extension().is_some_and(|it| it == "pdf"));
    found
}

async fn check_engine(engine: Engine) {
    let folders = ["payloads/documents", "pdf/dutch", "pdf/robust"].map(shared);
    let Some(folders) = folders.into_iter().collect::<Option<Vec<PathBuf>>>() else { return };
    let extractor = Extractor::new(WORKER.into()).with_engine(engine);
    let (mut pages, mut hiding) = (0, Vec::new());
    for path in folders.iter().flat_map(|folder| pdfs(folder)) {
        let extracted = extractor.extract(&std::fs::read(&path).unwrap()).await;
        pages += extracted.pages.len();
        for page in extracted.pages.iter().filter(|page| page.hidden > 0) {
            hiding.push((path.display().to_string(), page.number, page.hidden));
        }
    }
    eprintln!("{engine:?}: {pages} pages, hidden text on {hiding:?}");
    let is_known = |(path, number, _): &(String, u32, u32)| {
        HIDING.iter().any(|(name, page)| path.contains(name) && page == number)
    };
    assert!(pages > 1_000, "{pages}");
    assert!(hiding.iter().all(is_known), "{hiding:?}");
    assert_eq!(hiding.len(), HIDING.len());
}

#[tokio::test]
async fn a_thousand_clean_pages_are_read_and_none_is_withheld() {
    if pdfium::find_library().is_none() {
        assert!(std::env::var_os("CI").is_none(), "pdfium is missing, and CI promised it");
        eprintln!("skipped: pdfium is not there");
        return;
    }
    check_engine(Engine::Pdfium).await;
}

#[tokio::test]
async fn the_engine_that_is_always_there_withholds_none_either() {
    check_engine(Engine::Builtin).await;
}
