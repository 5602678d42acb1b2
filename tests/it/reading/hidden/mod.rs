//! Words that somebody hid in a file, in all the ways that its format has: none of them is published, and what stands
//! beside them is.

use raadhuis_text::{
    Extractor,
    pdf::{Engine, pdfium},
};

use super::text;
use crate::WORKER;

mod odf;
mod old;
mod open_xml;
pub mod pdf;

/// What was hidden, and what everybody may read.
pub const SECRET: &str = "Geheimwoord";
pub const SHOWN: &str = "Zichtbaar";

/// A file in which something was hidden.
pub struct Case {
    name: String,
    bytes: Vec<u8>,
    what: Hiding,
}

/// How it was hidden.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hiding {
    /// Under something opaque: the page is withheld.
    Covered,
    /// As the format has it: the word is left out.
    LeftOut,
    /// Not at all: also the word in question is shown.
    Not,
}

impl Case {
    pub fn new(name: &str, bytes: Vec<u8>, what: Hiding) -> Self {
        Self { name: name.to_owned(), bytes, what }
    }
}

/// What is wrong with how a file was read.
async fn wrongs(extractor: &Extractor, case: &Case) -> Option<String> {
    let read = extractor.extract(&case.bytes).await;
    let hidden: u32 = read.pages.iter().map(|page| page.hidden).sum();
    let published: Vec<_> = read.pages.iter().filter(|page| page.hidden == 0).cloned().collect();
    let words = text(&published);
    let (is_secret_out, is_shown) = (words.contains(SECRET), words.contains(SHOWN));
    let is_right = match case.what {
        Hiding::Covered => hidden > 0 && !is_secret_out,
        Hiding::LeftOut => hidden == 0 && !is_secret_out && is_shown,
        Hiding::Not => hidden == 0 && is_secret_out && is_shown,
    };
    (!is_right).then(|| {
        format!(
            "{}: {:?}, hidden {hidden}, published {words:?}, trouble {:?}",
            case.name, case.what, read.trouble
        )
    })
}

async fn check(extractor: &Extractor, cases: &[Case]) {
    let mut wrong = Vec::new();
    for case in cases {
        wrong.extend(wrongs(extractor, case).await);
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

#[tokio::test]
async fn none_of_a_hundred_planted_words_is_published() {
    let extractor = Extractor::new(WORKER.into());
    let files = [open_xml::cases(), odf::cases(), old::cases()].into_iter().flatten().collect::<Vec<_>>();
    let papers = pdf::cases();
    let hidden = files.iter().chain(&papers).filter(|case| case.what != Hiding::Not).count();
    eprintln!("{hidden} files with something hidden, {} in all", files.len() + papers.len());
    assert!(hidden >= 100, "{hidden}");
    check(&extractor, &files).await;
    check(&extractor.clone().with_engine(Engine::Builtin), &papers).await;
    if pdfium::find_library().is_some() {
        check(&extractor, &papers).await;
        check(&extractor, &pdf::unseen()).await;
    } else {
        assert!(std::env::var_os("CI").is_none(), "pdfium is missing, and CI promised it");
        eprintln!("skipped: pdfium is not there");
    }
}
