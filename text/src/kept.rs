//! A text as it lies in the archive, under the hash of its file.

use std::collections::BTreeSet;

use raadhuis_schema::{PageText, RemarkCode};
use serde::{Deserialize, Serialize};

use crate::{Extracted, pdf};

/// What is made of raw pages, by version: a text that an older one made is made again.
pub const TIDIED: u32 = 4;

/// All that was read of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Kept {
    /// The version of what tidied it; 0 for texts of before there was one.
    #[serde(default)]
    pub tidied: u32,
    /// How many pages the file has.
    #[serde(alias = "pages_total")]
    pub pages_total: u32,
    /// The pages that were read.
    pub pages: Vec<PageText>,
    /// What kept the rest from us.
    #[serde(default)]
    pub trouble: Option<(RemarkCode, String)>,
}

impl Kept {
    /// What was extracted.
    pub fn of(extracted: Extracted) -> Self {
        let Extracted { pages_total, pages, trouble, .. } = extracted;
        Self { tidied: TIDIED, pages_total, pages, trouble }
    }

    /// Whether reading the file again could give nothing better: this program read it, by the best engine there is here, and
    /// did not die of it.
    pub fn is_current(&self, has_pdfium: bool) -> bool {
        let is_best = |page: &PageText| !has_pdfium || page.engine != pdf::BUILTIN;
        let has_lived = self.trouble.as_ref().is_none_or(|(code, _)| *code != RemarkCode::ReaderDied);
        self.tidied == TIDIED && has_lived && self.pages.iter().all(is_best)
    }

    /// What read it, by name.
    pub fn engines(&self) -> String {
        let names: BTreeSet<&str> = self.pages.iter().map(|page| page.engine.as_str()).collect();
        names.into_iter().filter(|name| !name.is_empty()).collect::<Vec<_>>().join(", ")
    }

    /// Its characters, white space not counted.
    pub fn characters(&self) -> u64 {
        self.pages.iter().map(PageText::characters).sum()
    }

    /// How many of its pages only OCR could give words.
    pub fn scans(&self) -> u32 {
        u32::try_from(self.pages.iter().filter(|page| page.is_scan()).count()).unwrap_or(u32::MAX)
    }

    /// Takes over what OCR made of the same pages before.
    pub fn take_recognised(&mut self, before: Self) {
        let scans = self.pages.iter_mut().filter(|page| page.is_scan());
        for page in scans {
            let known = |it: &&PageText| it.number == page.number && it.confidence.is_some();
            if let Some(known) = before.pages.iter().find(known) {
                *page = known.clone();
            }
        }
    }
}
