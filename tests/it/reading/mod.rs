//! Files of every format through the readers: real ones, broken ones, hostile ones, and numbers of persons in them.

mod clean;
mod council;
mod formats;
mod hidden;
mod hostile;
mod numbers;
mod ocr;
mod withheld;

use std::io::Write;

use raadhuis_schema::PageText;
use raadhuis_text::{Extracted, Extractor};

use crate::WORKER;

/// Reads a file as the program does.
async fn read(bytes: &[u8]) -> Extracted {
    Extractor::new(WORKER.into()).extract(bytes).await
}

/// All words of pages, a line for each line.
fn text(pages: &[PageText]) -> String {
    pages.iter().map(|page| page.text.as_str()).collect::<Vec<_>>().join("\n")
}

/// A ZIP archive of these files.
pub fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in files {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}
