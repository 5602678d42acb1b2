//! Files that are no PDF: each format has a reader that writes on [`Paper`]. Pure functions over bytes.

use raadhuis_schema::RemarkCode;

use crate::{
    pdf::Refusal,
    sniff::{Format, sniff},
};

mod compound;
mod doc;
mod docx;
mod html;
mod message;
mod odf;
pub mod package;
pub mod paper;
mod plain;
mod pptx;
mod rtf;
mod toggle;
mod xlsx;
mod xml;
mod zip;

use paper::Paper;

/// What a reader ended with.
type Ended = Result<(), Refusal>;

/// Writes what stands in a file on paper. Archives and messages are opened one level.
pub fn read(format: Format, bytes: &[u8], paper: &mut Paper) -> Ended {
    match format {
        Format::Package => zip::read(bytes, paper),
        Format::Compound => compound::read(bytes, paper),
        Format::Message => message::read(bytes, paper),
        other => read_plain(other, bytes, paper),
    }
}

/// The formats in which nothing else is packed.
fn read_plain(format: Format, bytes: &[u8], paper: &mut Paper) -> Ended {
    match format {
        Format::Rtf => rtf::read(bytes, paper),
        Format::Html => html::read(bytes, paper),
        Format::Text => plain::read(bytes, paper),
        Format::Empty => return Err((RemarkCode::UnreadableDocument, "the file is empty".to_owned())),
        Format::Other(name) => return Err(unsupported(name)),
        Format::Pdf | Format::Package | Format::Compound | Format::Message => {
            return Err(unsupported("packed too deep"));
        }
    }
    Ok(())
}

/// A file within a file: read like any other, but nothing in it is opened again. What it cannot give is the outer file's
/// trouble.
fn read_within(name: &str, bytes: &[u8], paper: &mut Paper) -> Ended {
    let format = sniff(bytes);
    paper.begin_file(name);
    let ended = match format {
        Format::Package => zip::read_document(bytes, paper),
        Format::Compound => compound::read(bytes, paper),
        // A PDF is read by its engine, when the paper is handed over.
        Format::Pdf => {
            paper.keep_pdf(bytes);
            Ok(())
        }
        other => read_plain(other, bytes, paper),
    };
    paper.end_file();
    ended.map_err(|(code, why)| (code, format!("of the files in it one is not read: {why}")))
}

fn unsupported(name: &str) -> Refusal {
    (RemarkCode::UnsupportedFormat, format!("the file is {name}, which is not read"))
}

fn damaged(why: impl std::fmt::Display) -> Refusal {
    (RemarkCode::UnreadableDocument, why.to_string().chars().take(200).collect())
}

fn too_large(what: &str) -> Refusal {
    (RemarkCode::TooLarge, format!("{what}: read on would be to burst"))
}
