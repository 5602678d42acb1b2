//! Files that would burst, loop or kill: each ends in a word, and the good files among them are none the worse.

use std::{path::PathBuf, time::Duration};

use futures::StreamExt;
use raadhuis_fixtures::Country;
use raadhuis_schema::DiagnosticCode;
use raadhuis_tests::{files, shared};
use raadhuis_text::{Extracted, Extractor, protocol::WorkerUsage};

use super::{read, zip};
use crate::WORKER;

/// Broken files that a usual run reads; `RAADHUIS_ROBUST=400` reads all there are.
const SOME: usize = 40;

/// Time of the processor in which every bad file has ended.
const LONGEST: Duration = Duration::from_secs(30);

/// The most memory that a worker may ever hold, in KiB.
const MOST_MEMORY: u64 = 900 << 10;

#[tokio::test]
async fn bad_files_end_with_a_word_and_good_ones_read_as_in_quiet() {
    let (Some(bad), Some(good)) = (shared("pdf/robust"), shared("payloads/documents")) else { return };
    let number = |name: &str, usual: usize| {
        std::env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(usual)
    };
    let seed = number("RAADHUIS_SEED", 1) as u64;
    let mut chance = fastrand::Rng::with_seed(seed);
    let is_pdf = |path: &PathBuf| path.extension().is_some_and(|end| end == "pdf");
    let mut good: Vec<PathBuf> = files(&good).into_iter().filter(is_pdf).collect();
    chance.shuffle(&mut good);
    good.truncate(12);
    let extractor = Extractor::new(WORKER.into()).with_workers(4);
    let mut quiet = Vec::new();
    for path in &good {
        quiet.push(plain(extractor.extract(&std::fs::read(path).unwrap()).await));
    }
    let mut bad: Vec<PathBuf> = files(&bad);
    chance.shuffle(&mut bad);
    bad.truncate(number("RAADHUIS_ROBUST", SOME));
    // Everything twice, all mixed.
    let mut all: Vec<(PathBuf, Option<usize>)> = bad.iter().map(|path| (path.clone(), None)).collect();
    all.extend(bad.iter().map(|path| (path.clone(), None)));
    all.extend((0..bad.len() / 4).map(|at| (good[at % good.len()].clone(), Some(at % good.len()))));
    chance.shuffle(&mut all);
    let mut read = futures::stream::iter(all)
        .map(|(path, good)| {
            let extractor = &extractor;
            async move {
                let bytes = std::fs::read(&path).unwrap();
                (path, good, extractor.extract(&bytes).await)
            }
        })
        .buffer_unordered(4);
    let (mut peak, mut deaths, mut silent, mut slowest) = (0, 0, Vec::new(), Duration::ZERO);
    while let Some((path, good, extracted)) = read.next().await {
        peak = peak.max(extracted.spent.peak_kibibytes);
        deaths += extracted.deaths;
        let name = path.display();
        if let Some(good) = good {
            assert_eq!(plain(extracted), quiet[good], "{name} reads otherwise beside bad files");
            continue;
        }
        slowest = slowest.max(extracted.took);
        assert!(extracted.took <= LONGEST, "{name} took {:?}", extracted.took);
        let is_named = extracted.trouble.is_some()
            || (extracted.pages.len() == extracted.pages_total as usize && extracted.pages_total > 0);
        if !is_named {
            silent.push(name.to_string());
        }
    }
    eprintln!(
        "{} bad files twice, seed {seed}: {deaths} deaths, slowest {slowest:?}, peak of a worker that ended well {} MiB",
        bad.len(),
        peak / 1024
    );
    assert!(silent.is_empty(), "neither all pages nor a word: {silent:?}");
    assert!(peak < MOST_MEMORY, "a worker held {peak} KiB");
}

/// What was read, without what it took.
fn plain(extracted: Extracted) -> Extracted {
    Extracted { spent: WorkerUsage::default(), took: Duration::ZERO, ..extracted }
}

#[tokio::test]
async fn archives_that_unpack_to_more_than_they_are_end_in_a_word() {
    // 300 MB of nothing, as a document and as a file in an archive.
    let nothing = vec![b' '; 300 << 20];
    for name in ["word/document.xml", "groot.txt"] {
        let bomb = zip(&[(name, &nothing), ("klein.txt", b"klein")]);
        assert!(bomb.len() < 1 << 20);
        let extracted = read(&bomb).await;
        let code = extracted.trouble.unwrap().code;
        assert!(matches!(code, DiagnosticCode::TooLarge | DiagnosticCode::PartialText), "{name}: {code:?}");
    }
    let many: Vec<String> = (0..6000).map(|at| format!("{at}.txt")).collect();
    let many: Vec<(&str, &[u8])> = many.iter().map(|name| (name.as_str(), &b"x"[..])).collect();
    assert_eq!(read(&zip(&many)).await.trouble.unwrap().code, DiagnosticCode::TooLarge);
}

#[tokio::test]
async fn deep_and_endless_things_are_read_in_bounded_memory() {
    let deep =
        |open: &str, close: &str, times: usize| format!("{}x{}", open.repeat(times), close.repeat(times));
    for bytes in [
        deep("<div>", "</div>", 10_000).into_bytes(),
        deep("{\\b ", "}", 200_000).replacen("{\\b", "{\\rtf1", 1).into_bytes(),
        zip(&[("word/document.xml", deep("<w:p><w:t>", "</w:t></w:p>", 300_000).as_bytes())]),
        zip(&[("mimetype", b"x"), ("content.xml", deep("<text:p>", "</text:p>", 500_000).as_bytes())]),
    ] {
        let head = String::from_utf8_lossy(&bytes[..20.min(bytes.len())]).into_owned();
        let bytes = if head.starts_with("<div>") { [b"<html>", &bytes[..]].concat() } else { bytes };
        let extracted = read(&bytes).await;
        assert_eq!(extracted.deaths, 0, "{head}");
        assert!((1..MOST_MEMORY).contains(&extracted.spent.peak_kibibytes), "{head}");
        assert!(
            extracted.trouble.is_some() || super::text(&extracted.pages).contains('x'),
            "{head}: {extracted:?}"
        );
    }
}

#[tokio::test]
async fn a_page_that_nests_without_end_is_read() {
    for (open, times) in [
        ("<div>", 200_000),
        ("<p>", 200_000),
        ("<b>", 200_000),
        ("<div><p>x", 50_000),
        ("<table><tr><td>", 50_000),
    ] {
        let page = format!("<html>{}x", open.repeat(times));
        let extracted = read(page.as_bytes()).await;
        assert_eq!((extracted.deaths, extracted.trouble), (0, None), "{open}");
        assert!(super::text(&extracted.pages).contains('x'), "{open}");
        eprintln!("{open}: {:?} of processor time", extracted.took);
    }
}

#[tokio::test]
async fn a_reader_that_is_missing_or_dies_is_a_remark() {
    for program in ["/nonexistent/reader", "/bin/false", "/bin/true"] {
        let extracted = Extractor::new(program.into()).extract(b"%PDF-1.7 %%EOF").await;
        assert_eq!(
            extracted.trouble.map(|trouble| trouble.code),
            Some(DiagnosticCode::ReaderDied),
            "{program}"
        );
    }
}

#[tokio::test]
async fn the_reader_lives_on_after_bad_files() {
    let extractor = Extractor::new(WORKER.into()).with_workers(1);
    let country = Country::default();
    let whole = country.file("documents/9101001-1.pdf").unwrap();
    let check = async |bytes: &[u8], expected: Option<DiagnosticCode>| {
        let extracted = extractor.extract(bytes).await;
        assert_eq!(extracted.trouble.as_ref().map(|trouble| trouble.code), expected, "{extracted:?}");
        extracted.pages.len()
    };
    assert_eq!(check(whole, None).await, 5);
    check(b"%PDF-1.7\n%%EOF", Some(DiagnosticCode::UnreadableDocument)).await;
    check(country.file("documents/9101081-1.pdf").unwrap(), Some(DiagnosticCode::UnreadableDocument)).await;
    let encrypted = country.file("documents/9101011-1.pdf").unwrap();
    assert_eq!(check(encrypted, None).await, 1, "encrypted, without a password");
    let cut = &whole[..whole.len() * 2 / 3];
    assert!(extractor.extract(cut).await.trouble.is_some());
    assert_eq!(check(whole, None).await, 5);
}
