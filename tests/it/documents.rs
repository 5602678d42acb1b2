//! Real council documents through the reader: each gives text, or a reason by name.

use raadhuis_schema::RemarkCode;
use raadhuis_tests::{files, shared};
use raadhuis_text::Extractor;

use crate::WORKER;

#[tokio::test]
async fn every_recorded_council_document_gives_text_or_a_named_reason() {
    let Some(folder) = shared("payloads/documents") else { return };
    let extractor = Extractor::new(WORKER.into());
    let (mut documents, mut pages, mut failed) = (0, 0, Vec::new());
    let began = std::time::Instant::now();
    for path in files(&folder).into_iter().filter(|path| path.extension().is_some_and(|e| e == "pdf")) {
        let extracted = extractor.extract(&std::fs::read(&path).unwrap()).await;
        documents += 1;
        pages += extracted.pages.len();
        let numbers: Vec<u32> = extracted.pages.iter().map(|page| page.number).collect();
        assert!(numbers.windows(2).all(|pair| pair[0] < pair[1]), "{}", path.display());
        match extracted.trouble {
            Some((code, why)) => failed.push(format!("{} {}: {why}", path.display(), code.word())),
            None if extracted.characters() == 0 => failed.push(format!("{}: no text", path.display())),
            None => assert_eq!(numbers.len(), extracted.pages_total as usize, "{}", path.display()),
        }
    }
    let speed = f64::from(u32::try_from(pages).unwrap()) / began.elapsed().as_secs_f64();
    eprintln!(
        "{documents} documents, {pages} pages, {speed:.0} pages/s; {} without all text: {failed:#?}",
        failed.len()
    );
    assert!(documents >= 92, "only {documents} documents were found");
    assert!(failed.len() * 20 <= documents, "more than one in twenty failed");
}

#[tokio::test]
async fn a_bad_file_has_a_reason_by_name_and_the_reader_lives_on() {
    let extractor = Extractor::new(WORKER.into());
    let country = raadhuis_fixtures::Country::default();
    let whole = country.file("documents/9101001-1.pdf").unwrap();
    let check = async |bytes: &[u8], expected: Option<RemarkCode>| {
        let extracted = extractor.extract(bytes).await;
        assert_eq!(extracted.trouble.as_ref().map(|(code, _)| *code), expected, "{extracted:?}");
        extracted.pages.len()
    };
    assert_eq!(check(whole, None).await, 5);
    check(b"", Some(RemarkCode::UnreadableDocument)).await;
    check(b"<html><body>404</body></html>", Some(RemarkCode::UnsupportedFormat)).await;
    check(b"PK\x03\x04", Some(RemarkCode::UnsupportedFormat)).await;
    check(b"%PDF-1.7\n%%EOF", Some(RemarkCode::UnreadableDocument)).await;
    check(country.file("documents/9101081-1.pdf").unwrap(), Some(RemarkCode::UnreadableDocument)).await;
    assert_eq!(
        check(country.file("documents/9101011-1.pdf").unwrap(), None).await,
        1,
        "encrypted, without a password"
    );
    assert_eq!(check(whole, None).await, 5);
}

#[tokio::test]
async fn a_reader_that_is_missing_or_dies_is_a_remark() {
    for program in ["/nonexistent/reader", "/bin/false", "/bin/true"] {
        let extracted = Extractor::new(program.into()).extract(b"%PDF-1.7 %%EOF").await;
        assert_eq!(extracted.trouble.map(|(code, _)| code), Some(RemarkCode::ReaderDied), "{program}");
    }
}
