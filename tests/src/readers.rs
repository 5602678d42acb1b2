//! Any bytes as any file: what fuzzing puts before the readers. The formats that lie in a ZIP archive get a part of one, so
//! that what is changed is what is read.

use std::io::{Cursor, Write};

use raadhuis_text::{
    Format, bsn,
    office::{
        self,
        writer::{PageWriter, WrittenPage},
    },
    pdf::{self, Engine},
    raw::RawPage,
    tidy::tidy_pages,
};
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

/// Reads bytes as a format and tidies what comes of it; nothing that is kept may hold what no reader sees.
///
/// # Panics
/// No format is called so; or something is kept that may not be.
pub fn reads(format: &str, bytes: &[u8]) {
    let packed = |parts: &[(&str, &[u8])]| (Format::Package, zip(parts));
    let (format, bytes) = match format {
        "docx" => packed(&[("word/document.xml", bytes)]),
        "odf" => packed(&[("mimetype", b""), ("content.xml", bytes)]),
        "pptx" => packed(&[
            ("ppt/presentation.xml", br#"<p><sldId r:id="a"/></p>"#),
            ("ppt/_rels/presentation.xml.rels", br#"<R><Relationship Id="a" Target="s.xml"/></R>"#),
            ("ppt/s.xml", bytes),
        ]),
        "xlsx" => packed(&[
            ("xl/workbook.xml", br#"<w><sheet name="x" r:id="a"/></w>"#),
            ("xl/_rels/workbook.xml.rels", br#"<R><Relationship Id="a" Target="s.xml"/></R>"#),
            ("xl/s.xml", bytes),
            ("xl/sharedStrings.xml", bytes),
            ("xl/styles.xml", bytes),
        ]),
        "zip" => (Format::Package, bytes.to_owned()),
        "doc" => (Format::Compound, bytes.to_owned()),
        "rtf" => (Format::Rtf, bytes.to_owned()),
        "html" => (Format::Html, bytes.to_owned()),
        "plain" => (Format::Text, bytes.to_owned()),
        "message" => (Format::Message, bytes.to_owned()),
        "pdf" => return tidied(of_pdf(bytes)),
        other => panic!("no format is called {other}"),
    };
    let mut paper = PageWriter::default();
    let _ = office::read_file(format, &bytes, &mut paper);
    let page = |sheet| match sheet {
        WrittenPage::Page(page) => Some(page),
        WrittenPage::Pdf { .. } => None,
    };
    tidied(paper.finish_pages().into_iter().filter_map(page).collect());
}

fn of_pdf(bytes: &[u8]) -> Vec<RawPage> {
    let mut pages = Vec::new();
    if let Ok(mut opened) = pdf::open(Engine::Builtin, None, bytes) {
        let last = opened.page_count().min(20);
        opened.read_pages(1, last, &mut |_, page| {
            pages.extend(page);
            true
        });
    }
    pages
}

fn tidied(pages: Vec<RawPage>) {
    for page in tidy_pages(pages) {
        let odd = |c: char| (c.is_control() && c != '\n') || c == '\u{FFFE}';
        assert!(!page.text.contains(odd), "{:?}", page.text);
        let struck = bsn::strike_numbers(&page.text, &bsn::find_numbers(&page.text));
        assert_eq!(struck.chars().count(), page.text.chars().count());
    }
}

fn zip(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for (name, bytes) in parts {
        let written = zip.start_file(*name, stored).is_ok() && zip.write_all(bytes).is_ok();
        assert!(written, "memory takes everything");
    }
    zip.finish().map(Cursor::into_inner).unwrap_or_default()
}
