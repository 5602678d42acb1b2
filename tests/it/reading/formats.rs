//! Every format gives the same words, its headings, lists, tables and pages; what is packed is opened one level.

use raadhuis_fixtures::{Country, sim::paper::pdf};
use raadhuis_schema::{CodedError, DiagnosticCode, Heading};
use raadhuis_text::{
    Extractor,
    pdf::{Engine, pdfium},
};

use super::{read, text, zip};

/// A file of the made-up country.
fn office(name: &str) -> Vec<u8> {
    Country::default().file(&format!("documents/office/{name}")).unwrap().to_owned()
}

const LETTER: [&str; 9] = [
    "Raadsbrief fietsbrug Oude Haven",
    "Het college van Waterdam stelt de raad voor om de fietsbrug bij de Oude Haven te herstellen. De kosten zijn € 1.250,50 en “worden gedekt” uit de reserve.",
    "Beslispunten",
    "De brug wordt vóór 2027 hersteld;",
    "Het krediet wordt beschikbaar gesteld.",
    "Onderdeel | Bedrag",
    "Brugdek | 900",
    "Leuning | 350",
    "Op de tweede bladzijde staat de motivering: coöperatie, reünie, 's-Gravendam.",
];

#[tokio::test]
async fn a_letter_reads_the_same_in_every_format() {
    for (name, pages) in [
        ("raadsbrief.docx", 2),
        ("raadsbrief.odt", 2),
        ("raadsbrief.rtf", 2),
        ("raadsbrief.doc", 1),
        ("raadsbrief.html", 1),
    ] {
        let extracted = read(&office(name)).await;
        assert_eq!(extracted.trouble, None, "{name}");
        assert_eq!(
            (extracted.pages.len(), extracted.pages_total),
            (pages, u32::try_from(pages).unwrap()),
            "{name}"
        );
        let all = text(&extracted.pages);
        let lines: Vec<&str> = all
            .lines()
            .map(|line| line.trim_start_matches([' ', '-', '•']))
            .filter(|line| *line != "Raadsbrief")
            .collect();
        assert_eq!(lines, LETTER, "{name}");
        assert!(extracted.pages.iter().all(|page| page.engine == "raadhuis 1"), "{name}");
    }
    for name in ["raadsbrief.docx", "raadsbrief.odt"] {
        let headings = read(&office(name)).await.pages[0].headings.clone();
        assert_eq!(headings, [Heading { line: 0, level: 1 }, Heading { line: 2, level: 2 }], "{name}");
    }
}

#[tokio::test]
async fn sheets_and_slides_are_pages() {
    let sheet = read(&office("begroting.xlsx")).await;
    assert_eq!(
        sheet.pages[0].text,
        "begroting\nPost | Bedrag | Datum\nFietsbrug | 1250,5 | 31-01-2026\nJeugdzorg | 48000 | 28-02-2026"
    );
    assert!(text(&read(&office("begroting.ods")).await.pages).contains("Jeugdzorg | 48000"));
    for name in ["presentatie.pptx", "presentatie.odp"] {
        let pages = read(&office(name)).await.pages;
        assert_eq!(pages.len(), 2, "{name}");
        assert_eq!(
            pages[0].text,
            "Fietsbrug Oude Haven\nDe brug wordt hersteld.\nHet krediet is beschikbaar."
        );
        assert_eq!(pages[1].text, "Vragen van de raad", "{name}");
    }
}

#[tokio::test]
async fn text_is_read_in_the_encoding_that_it_has() {
    for bytes in [
        "De coöperatie \u{f}".replace('\u{f}', "wint").into_bytes(),
        b"De co\xf6peratie wint".to_vec(),
        [
            &b"\xff\xfe"[..],
            &"De coöperatie wint".encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>(),
        ]
        .concat(),
    ] {
        assert_eq!(text(&read(&bytes).await.pages), "De coöperatie wint");
    }
    let pages = read("een\n\u{c}twee".as_bytes()).await.pages;
    assert_eq!(pages.iter().map(|page| page.text.as_str()).collect::<Vec<_>>(), ["een", "twee"]);
}

#[tokio::test]
async fn an_archive_is_opened_one_level_and_what_it_cannot_give_is_named() {
    let country = Country::default();
    let pdf = country.file("documents/9101001-1.pdf").unwrap();
    let inner = zip(&[("diep.txt", b"te diep")]);
    let archive = zip(&[
        ("bijlage 1.pdf", pdf),
        ("map/brief.docx", &office("raadsbrief.docx")),
        ("notitie.txt", b"Een notitie."),
        ("__MACOSX/x", b"niets"),
        ("in.zip", &inner),
    ]);
    let extracted = read(&archive).await;
    let names: Vec<_> = extracted.pages.iter().map(|page| page.file.clone().unwrap()).collect();
    assert_eq!(names.iter().filter(|name| *name == "bijlage 1.pdf").count(), 5);
    assert_eq!(names[5..], ["map/brief.docx", "map/brief.docx", "notitie.txt"]);
    let numbers: Vec<u32> = extracted.pages.iter().map(|page| page.number).collect();
    assert_eq!((numbers, extracted.pages_total), ((1..=8).collect(), 8));
    assert!(!text(&extracted.pages).contains("te diep"));
    let CodedError { code, message: why } = extracted.trouble.unwrap();
    assert_eq!(code, DiagnosticCode::PartialText);
    assert!(why.contains("an archive in an archive"), "{why}");
}

#[tokio::test]
async fn a_message_is_read_with_its_attachments() {
    let letter = "From: Griffie Waterdam <griffie@waterdam.example>\r\nTo: raad@waterdam.example\r\n\
        Subject: =?utf-8?Q?Motie_co=C3=B6peratie?=\r\nMIME-Version: 1.0\r\n\
        Content-Type: multipart/mixed; boundary=\"x\"\r\n\r\n\
        --x\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nGeachte raad,\r\nhierbij de motie.\r\n\
        --x\r\nContent-Type: text/plain; name=motie.txt\r\nContent-Disposition: attachment; filename=motie.txt\r\n\r\n\
        De raad spreekt uit.\r\n--x--\r\n";
    let extracted = read(letter.as_bytes()).await;
    assert_eq!(
        extracted.pages[0].text,
        "Van: Griffie Waterdam\nAan: raad@waterdam.example\nOnderwerp: Motie coöperatie\nGeachte raad,\nhierbij de motie."
    );
    assert_eq!(extracted.pages[1].text, "De raad spreekt uit.");
    assert_eq!(extracted.pages[1].file.as_deref(), Some("motie.txt"));
}

#[tokio::test]
async fn words_that_the_end_of_a_line_parts_are_whole_again() {
    let lines = [
        "Het Wob-verzoek over zorg-",
        "en welzijn van de Water-",
        "dammers, elk Wob-",
        "verzoek en elk besluitvor-",
        "mingsproces in het EU-",
        "beleid van de raad.",
    ];
    let bytes = pdf(&[lines.map(str::to_owned).into()]);
    for engine in [Engine::Pdfium, Engine::Builtin] {
        let extractor = Extractor::new(crate::WORKER.into()).with_engine(engine);
        let text = super::text(&extractor.extract(&bytes).await.pages).replace('\n', " ");
        for word in ["zorg- en welzijn", "Waterdammers,", "besluitvormingsproces"] {
            assert!(text.contains(word), "{engine:?}: {word:?} in {text:?}");
        }
        // What is written so elsewhere only the first engine leaves to be told.
        let knows = engine == Engine::Pdfium && pdfium::find_library().is_some();
        assert!(!knows || (text.contains("elk Wob-verzoek") && text.contains("EU-beleid")), "{text:?}");
    }
}

#[tokio::test]
async fn one_file_never_answers_for_the_next() {
    let extractor = Extractor::new(crate::WORKER.into()).with_workers(1);
    let large = "kort\u{c}".repeat(200_000) + &"lang ".repeat(6 << 20);
    let large = extractor.extract(large.as_bytes()).await;
    assert_eq!(large.trouble.unwrap().code, DiagnosticCode::PartialText);
    for word in ["een", "twee", "drie"] {
        let extracted = extractor.extract(word.as_bytes()).await;
        assert_eq!((text(&extracted.pages).as_str(), extracted.trouble), (word, None));
    }
    // A page that is longer than any is parted, and nothing of it is lost.
    let long = "woord ".repeat(3 << 20);
    let extracted = extractor.extract(long.as_bytes()).await;
    assert_eq!((extracted.trouble, extracted.deaths), (None, 0));
    assert_eq!(text(&extracted.pages).split_whitespace().count(), 3 << 20);
}

#[tokio::test]
async fn what_is_not_read_is_named() {
    let check = async |bytes: &[u8], code: DiagnosticCode, word: &str| {
        let CodedError { code: found, message: why } = read(bytes).await.trouble.unwrap();
        assert_eq!(found, code, "{why}");
        assert!(why.contains(word), "{why}");
    };
    check(b"\x89PNG\r\n\x1a\n", DiagnosticCode::UnsupportedFormat, "PNG").await;
    check(b"\x00\x01\x02\x03", DiagnosticCode::UnsupportedFormat, "unknown").await;
    check(b"PK\x03\x04niets", DiagnosticCode::UnreadableDocument, "").await;
    check(b"  \n", DiagnosticCode::UnreadableDocument, "empty").await;
    check(&[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1], DiagnosticCode::UnreadableDocument, "").await;
}
