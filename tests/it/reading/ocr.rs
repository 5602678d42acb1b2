//! Pages that are pictures: with OCR they have words and say how sure they are; without it they say that they have none.

use std::path::PathBuf;

use raadhuis_fixtures::sim::paper::{GreyPicture, pdf, picture_pdf};
use raadhuis_schema::TextOrigin;
use raadhuis_tests::{World, files, shared};
use raadhuis_text::{Extractor, ocr, pdf::pdfium};
use serde_json::{Value, json};

use super::read;
use crate::WORKER;

const ID: &str = "document:notubiz:9101:9101002";

/// Scanned files that a usual run reads by OCR; `RAADHUIS_SCANS=50` reads all.
const SOME: usize = 2;

/// Whether this machine has what OCR needs; in CI it must.
fn is_able() -> bool {
    let able = ocr::find_tesseract().is_some() && pdfium::find_library().is_some();
    assert!(able || std::env::var_os("CI").is_none(), "tesseract or pdfium is missing, and CI promised them");
    if !able {
        eprintln!("skipped: tesseract or pdfium is not installed");
    }
    able
}

/// Three pages, of which the second is a picture of text.
async fn mixed() -> Vec<u8> {
    let lines = |text: &str| vec![text.lines().map(str::to_owned).collect::<Vec<_>>()];
    let scanned = pdf(&lines(
        "De raad van de gemeente Waterdam,\ngelezen het voorstel over de lepelaar,\nbesluit de brug te herstellen.",
    ));
    let png = Extractor::new(WORKER.into()).picture(&scanned, 1, 200).await.unwrap();
    let mut reader = png::Decoder::new(std::io::Cursor::new(png)).read_info().unwrap();
    let mut grey = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut grey).unwrap();
    let page = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
    picture_pdf(
        &page("De eerste bladzijde is getypt."),
        GreyPicture { width: info.width, height: info.height, grey: &grey },
        &page("De derde ook."),
    )
}

async fn pages(world: &World, id: &str) -> Value {
    let query = "query($id: ID!) { node(id: $id) { ... on Document { text { trouble scans pages { nodes {
        number text origin confidence engine } } } } } }";
    world.data(query, json!({"id": id})).await["node"]["text"].clone()
}

#[tokio::test]
async fn only_the_pages_that_are_pictures_are_read_by_ocr_and_without_it_they_say_so() {
    if !is_able() {
        return;
    }
    let mut world = World::new(WORKER).await;
    let paper = mixed().await;
    world.country.lock().unwrap().put("documents/9101002-1.pdf", paper);
    world.harvester.recogniser = None;
    world.harvest("middenland").await;
    let report = world.harvest("waterdam").await;
    let scan = report.diagnostics.iter().find(|diagnostic| diagnostic.subject == ID).unwrap();
    assert!(scan.message.starts_with("1 of 3 pages are pictures"), "{scan:?}");
    let before = pages(&world, ID).await;
    assert_eq!((&before["trouble"], &before["scans"]), (&json!("SCAN_WITHOUT_TEXT"), &json!(1)));
    let origins: Vec<&Value> =
        before["pages"]["nodes"].as_array().unwrap().iter().map(|page| &page["origin"]).collect();
    assert_eq!(origins, ["TEXT_LAYER", "SCAN", "TEXT_LAYER"]);

    world.harvester.recogniser = ocr::find_tesseract();
    world.harvest("waterdam").await;
    let after = pages(&world, ID).await;
    assert_eq!((&after["trouble"], &after["scans"]), (&Value::Null, &json!(0)));
    let nodes = after["pages"]["nodes"].as_array().unwrap();
    assert_eq!((&nodes[1]["origin"], &nodes[1]["engine"]), (&json!("OCR"), &json!("tesseract nld")));
    assert!(nodes[1]["text"].as_str().unwrap().contains("lepelaar"), "{}", nodes[1]);
    assert!(nodes[1]["confidence"].as_u64().unwrap() > 60, "{}", nodes[1]);
    for at in [0, 2] {
        assert_eq!((&nodes[at]["origin"], &nodes[at]["confidence"]), (&json!("TEXT_LAYER"), &Value::Null));
    }
    let found = world.data("{ search(query: \"lepelaar\") { totalCount edges { page } } }", json!({})).await;
    assert_eq!(found["search"], json!({"totalCount": 1, "edges": [{"page": 2}]}));
    // What was read is not read again.
    assert!(!world.harvest("waterdam").await.engines.contains_key("tesseract nld"));
}

#[tokio::test]
async fn real_scans_give_words_and_say_how_sure_they_are() {
    let Some(folder) = shared("pdf/dutch") else { return };
    if !is_able() {
        return;
    }
    let most = std::env::var("RAADHUIS_SCANS").ok().and_then(|most| most.parse().ok()).unwrap_or(SOME);
    let (extractor, program) = (Extractor::new(WORKER.into()), ocr::find_tesseract().unwrap());
    let (mut scanned, mut pages, mut empty, mut sure, mut silent) = (0, 0, 0, Vec::new(), Vec::new());
    let paths: Vec<PathBuf> = files(&folder);
    for path in paths.into_iter().filter(|path| path.extension().is_some_and(|end| end == "pdf")) {
        let bytes = std::fs::read(&path).unwrap();
        let found = read(&bytes).await;
        let scans: Vec<u32> = found
            .pages
            .iter()
            .filter(|page| page.origin == TextOrigin::Scan)
            .map(|page| page.number)
            .collect();
        if scans.is_empty() || scanned == most {
            continue;
        }
        scanned += 1;
        let mut words = 0;
        for number in scans {
            let recognised = extractor.recognise(&program, &bytes, number).await.unwrap();
            words += recognised.text.split_whitespace().count();
            pages += 1;
            empty += usize::from(recognised.text.is_empty());
            sure.push(recognised.confidence);
        }
        // The cover of a programme is a picture without words.
        silent.extend((words == 0).then(|| path.display().to_string()));
    }
    sure.sort_unstable();
    eprintln!("{scanned} scanned files, {pages} pages, {empty} without a word, certainty {sure:?}");
    assert!(silent.len() * 5 <= scanned, "without a word: {silent:?}");
    assert!(scanned > 0 && sure[sure.len() / 2] >= 70, "{sure:?}");
}
