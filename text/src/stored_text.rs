//! The text of a file as the archive stores it, under the hash of the file.

use std::collections::BTreeSet;

use raadhuis_schema::{CodedError, DiagnosticCode, PageText};
use serde::{Deserialize, Serialize};

use crate::{Extracted, pdf};

/// The version of [`tidy_pages`](crate::tidy::tidy_pages). A stored text of an older version is made again.
pub const TIDIED: u32 = 4;

/// The stored text of one file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StoredText {
    /// The value of [`TIDIED`] at the time of writing; 0 for texts from before versions existed.
    #[serde(default)]
    pub tidied: u32,
    /// The number of pages in the file, including those that were not read.
    #[serde(alias = "pages_total")]
    pub pages_total: u32,
    pub pages: Vec<PageText>,
    #[serde(default)]
    pub trouble: Option<CodedError>,
}

impl StoredText {
    pub fn from_extracted(extracted: Extracted) -> Self {
        let Extracted { pages_total, pages, trouble, .. } = extracted;
        Self { tidied: TIDIED, pages_total, pages, trouble }
    }

    /// Returns whether reading the file again could give nothing better: this version read it with the best
    /// engine available here and did not crash.
    pub fn is_current(&self, has_pdfium: bool) -> bool {
        let is_best = self.pages.iter().all(|page| !has_pdfium || page.engine != pdf::BUILTIN);
        let has_lived =
            self.trouble.as_ref().is_none_or(|trouble| trouble.code != DiagnosticCode::ReaderDied);
        self.tidied == TIDIED && has_lived && is_best
    }

    pub fn engines(&self) -> String {
        let names: BTreeSet<&str> = self.pages.iter().map(|page| page.engine.as_str()).collect();
        names.into_iter().filter(|name| !name.is_empty()).collect::<Vec<_>>().join(", ")
    }

    /// Returns the number of characters, without white space.
    pub fn characters(&self) -> u64 {
        self.pages.iter().map(PageText::characters).sum()
    }

    /// Returns the number of pages whose text needs OCR.
    pub fn count_scans(&self) -> u32 {
        u32::try_from(self.pages.iter().filter(|page| page.is_scan()).count()).unwrap_or(u32::MAX)
    }

    /// Copies the OCR results of the same pages from an earlier text.
    pub fn take_recognised(&mut self, before: Self) {
        let scans = self.pages.iter_mut().filter(|page| page.is_scan());
        for page in scans {
            let known = before.pages.iter().find(|it| it.number == page.number && it.confidence.is_some());
            if let Some(known) = known {
                *page = known.clone();
            }
        }
    }
}
