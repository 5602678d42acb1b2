//! Readers of files other than PDF. Each format has a reader that writes to a [`Paper`]. Pure functions over
//! bytes.

use raadhuis_schema::RemarkCode;

use crate::{
    pdf::ReadError,
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

type ReadResult = Result<(), ReadError>;

/// Writes the text of a file to `paper`. Archives and messages are opened one level deep.
pub fn read(format: Format, bytes: &[u8], paper: &mut Paper) -> ReadResult {
    match format {
        Format::Package => zip::read_archive(bytes, paper),
        Format::Compound => compound::read_compound(bytes, paper),
        Format::Message => message::read_message(bytes, paper),
        other => read_plain(other, bytes, paper),
    }
}

fn read_plain(format: Format, bytes: &[u8], paper: &mut Paper) -> ReadResult {
    match format {
        Format::Rtf => rtf::read_document(bytes, paper),
        Format::Html => html::read_page(bytes, paper),
        Format::Text => plain::read_text(bytes, paper),
        Format::Empty => return Err((RemarkCode::UnreadableDocument, "the file is empty".to_owned())),
        Format::Other(name) => return Err(unsupported(name)),
        Format::Pdf | Format::Package | Format::Compound | Format::Message => {
            return Err(unsupported("packed too deep"));
        }
    }
    Ok(())
}

/// Reads an embedded file as any other file, but opens no files embedded in it. Its errors become errors of
/// the outer file.
fn read_within(name: &str, bytes: &[u8], paper: &mut Paper) -> ReadResult {
    let format = sniff(bytes);
    paper.begin_file(name);
    let ended = match format {
        Format::Package => zip::read_document(bytes, paper),
        Format::Compound => compound::read_compound(bytes, paper),
        // The PDF engine reads embedded PDFs later, when the worker receives the paper.
        Format::Pdf => {
            paper.keep_pdf(bytes);
            Ok(())
        }
        other => read_plain(other, bytes, paper),
    };
    paper.end_file();
    ended.map_err(|(code, why)| (code, format!("of the files in it one is not read: {why}")))
}

fn unsupported(name: &str) -> ReadError {
    (RemarkCode::UnsupportedFormat, format!("the file is {name}, which is not read"))
}

fn damaged(why: impl std::fmt::Display) -> ReadError {
    (RemarkCode::UnreadableDocument, why.to_string().chars().take(200).collect())
}

fn too_large(what: &str) -> ReadError {
    (RemarkCode::TooLarge, format!("{what}: read on would be to burst"))
}
