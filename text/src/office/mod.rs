//! Readers of files other than PDF. Each format has a reader that writes to a [`PageWriter`]. Pure functions over
//! bytes.

use raadhuis_schema::{CodedError, DiagnosticCode};

use crate::sniff::{Format, detect_format};

mod compound;
mod doc;
mod docx;
mod html;
mod message;
mod odf;
pub mod package;
mod plain;
mod pptx;
mod rtf;
mod stream;
mod toggle;
pub mod writer;
mod xlsx;
mod xml;
mod zip;

use writer::PageWriter;

type ReadResult = Result<(), CodedError>;

/// Writes the text of a file to `writer`. Archives and messages are opened one level deep.
pub fn read_file(format: Format, bytes: &[u8], writer: &mut PageWriter) -> ReadResult {
    match format {
        Format::Package => zip::read_archive(bytes, writer),
        Format::Compound => compound::read_compound(bytes, writer),
        Format::Message => message::read_message(bytes, writer),
        other => read_plain(other, bytes, writer),
    }
}

fn read_plain(format: Format, bytes: &[u8], writer: &mut PageWriter) -> ReadResult {
    match format {
        Format::Rtf => rtf::read_document(bytes, writer),
        Format::Html => html::read_page(bytes, writer),
        Format::Text => plain::read_text(bytes, writer),
        Format::Empty => {
            return Err(CodedError::new(DiagnosticCode::UnreadableDocument, "the file is empty"));
        }
        Format::Other(name) => return Err(unsupported(name)),
        Format::Pdf | Format::Package | Format::Compound | Format::Message => {
            return Err(unsupported("packed too deep"));
        }
    }
    Ok(())
}

/// Reads an embedded file as any other file, but opens no files embedded in it. Its errors become errors of
/// the outer file.
fn read_within(name: &str, bytes: &[u8], writer: &mut PageWriter) -> ReadResult {
    let format = detect_format(bytes);
    writer.begin_file(name);
    let ended = match format {
        Format::Package => zip::read_document(bytes, writer),
        Format::Compound => compound::read_compound(bytes, writer),
        // The PDF engine reads embedded PDFs later, when the worker receives the document.
        Format::Pdf => {
            writer.keep_pdf(bytes);
            Ok(())
        }
        other => read_plain(other, bytes, writer),
    };
    writer.end_file();
    ended.map_err(|CodedError { code, message }| {
        CodedError::new(code, format!("of the files in it one is not read: {message}"))
    })
}

fn unsupported(name: &str) -> CodedError {
    CodedError::new(DiagnosticCode::UnsupportedFormat, format!("the file is {name}, which is not read"))
}

fn damaged(why: impl std::fmt::Display) -> CodedError {
    CodedError::new(DiagnosticCode::UnreadableDocument, why.to_string().chars().take(200).collect::<String>())
}

fn too_large(what: &str) -> CodedError {
    CodedError::new(DiagnosticCode::TooLarge, format!("{what}: read on would be to burst"))
}
