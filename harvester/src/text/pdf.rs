//! The engine that reads PDF: pure Rust, so that nothing needs to be installed.

use std::ops::ControlFlow;

use raadhuis_schema::{PageText, RemarkCode};
use unpdf::{Error, PageStreamOptions, ParseEvent, PdfParser};

use super::Said;

/// The engine and its version, as they are kept beside every text.
pub const ENGINE: &str = "unpdf 0.52.1";

/// The most pages that are read of a file; more is abuse, not a council paper.
const MOST_PAGES: u32 = 5000;

/// Reads a PDF and says what it finds, page by page. `say` returns false when nobody listens any more.
pub fn read(bytes: &[u8], say: &mut dyn FnMut(Said) -> bool) {
    let parser = match PdfParser::from_bytes(bytes) {
        Ok(parser) => parser,
        Err(error) => {
            say(trouble(&error));
            return;
        }
    };
    let total = parser.page_count();
    if !say(Said::Opened(total)) {
        return;
    }
    if total == 0 {
        say(Said::Trouble(RemarkCode::UnreadableDocument, "no page of the file can be found".into()));
        return;
    }
    let mut read = 0;
    let options = PageStreamOptions {
        parallel: false,
        suppress_low_confidence_ocr: false,
        ..PageStreamOptions::default()
    };
    let streamed = parser.for_each_page(options, |event| {
        let listening = match event {
            ParseEvent::PageParsed(page) => {
                read += 1;
                say(Said::Page(PageText { number: page.number, text: tidy(&page.plain_text()) }))
            }
            ParseEvent::PageFailed { page, .. } => {
                read += 1;
                say(Said::Failed(page))
            }
            _ => true,
        };
        if listening && read < MOST_PAGES { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    });
    match streamed {
        Err(error) => say(trouble(&error)),
        Ok(_) if total > MOST_PAGES => say(Said::Trouble(
            RemarkCode::PartialText,
            format!("only the first {MOST_PAGES} of {total} pages were read"),
        )),
        Ok(_) => say(Said::Done),
    };
}

fn trouble(error: &Error) -> Said {
    match error {
        Error::Encrypted | Error::InvalidPassword => {
            Said::Trouble(RemarkCode::Encrypted, "the file opens with a password only".into())
        }
        other => Said::Trouble(RemarkCode::UnreadableDocument, other.to_string().chars().take(200).collect()),
    }
}

/// Without control characters, which no reader can see and no search should find.
fn tidy(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_control() || matches!(c, '\n' | '\t'))
        .filter(|c| *c != '\u{FFFE}')
        .collect()
}
