//! `text`: prints the text of one file by page, with the origin of each page.

use std::process::ExitCode;

use anyhow::Context;
use raadhuis_text::{Extractor, StoredText, ocr, pdf::Engine};

use crate::{command, print};

/// Extracts a file and prints its pages. Nothing is stored.
pub async fn run(text: command::TextArgs) -> anyhow::Result<ExitCode> {
    let bytes =
        std::fs::read(&text.file).with_context(|| format!("{} cannot be read", text.file.display()))?;
    let first = if text.builtin { Engine::Builtin } else { Engine::Pdfium };
    let extractor = Extractor::new(std::env::current_exe()?).with_engine(first);
    let extracted = extractor.extract(&bytes).await;
    let mut kept = StoredText::from_extracted(extracted);
    if text.ocr {
        let program = ocr::find_tesseract().context("tesseract is not installed")?;
        for page in kept.pages.iter_mut().filter(|page| page.is_scan()) {
            if let Some(read) = extractor.recognise(&program, &bytes, page.number).await {
                *page = ocr::written(page, &read);
            }
        }
    }
    print::page_texts(&kept, text.json)?;
    Ok(if kept.trouble.is_some() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
