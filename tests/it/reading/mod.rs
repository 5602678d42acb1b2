//! Files of every format through the readers: real ones, broken ones, hostile ones, and numbers of persons in them.

mod clean;
mod council;
mod formats;
mod hidden;
mod hostile;
mod numbers;
mod ocr;
mod withheld;

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
