//! Real documents through the readers: each page of each gives text, or says by name why not.

use std::{collections::BTreeMap, path::PathBuf};

use raadhuis_schema::{DiagnosticCode, TextOrigin};
use raadhuis_tests::{files, shared};
use raadhuis_text::{Extractor, pdf::Engine};

use crate::WORKER;

#[tokio::test]
async fn every_page_of_every_real_document_gives_text_or_a_named_reason() {
    let (Some(council), Some(dutch)) = (shared("payloads/documents"), shared("pdf/dutch")) else { return };
    let is_pdf = |path: &PathBuf| path.extension().is_some_and(|end| end == "pdf");
    let paths: Vec<PathBuf> = files(&council).into_iter().chain(files(&dutch)).filter(is_pdf).collect();
    assert!(paths.len() >= 140, "only {} documents were found", paths.len());
    for engine in [Engine::Pdfium, Engine::Builtin] {
        let extractor = Extractor::new(WORKER.into()).with_engine(engine);
        let (mut pages, mut origins, mut troubles) = (0, BTreeMap::<String, u32>::new(), Vec::new());
        for path in &paths {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let extracted = extractor.extract(&std::fs::read(path).unwrap()).await;
            pages += extracted.pages.len();
            match extracted.trouble {
                Some(trouble) => troubles.push((name.clone(), trouble.code, trouble.message)),
                None => assert_eq!(extracted.pages.len(), extracted.pages_total as usize, "{name}"),
            }
            for page in &extracted.pages {
                *origins.entry(format!("{:?}", page.origin)).or_default() += 1;
                let has_text = !page.text.trim().is_empty();
                let is_set_apart = !page.header.is_empty() || !page.footer.is_empty();
                let has_reason = matches!(page.origin, TextOrigin::Scan | TextOrigin::Blank);
                assert!(has_text || has_reason || is_set_apart, "{name}, page {} says nothing", page.number);
                let odd = |c: char| (c.is_control() && c != '\n') || ('\u{FFFE}'..='\u{FFFF}').contains(&c);
                assert!(!page.text.contains(odd), "{name}, page {}", page.number);
            }
        }
        eprintln!(
            "{engine:?}: {} documents, {pages} pages, {origins:?}, troubles {troubles:#?}",
            paths.len()
        );
        // Two of them are no real PDFs.
        let of_pages = troubles.iter().filter(|(_, code, _)| *code != DiagnosticCode::UnreadableDocument);
        assert_eq!(of_pages.count(), 0, "{troubles:#?}");
        assert!(troubles.len() <= 2, "{troubles:#?}");
    }
}
