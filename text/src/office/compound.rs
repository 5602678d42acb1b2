//! Compound files: the streams in them tell the Office format.

use std::io::Cursor;

use cfb::CompoundFile;
use raadhuis_schema::{CodedError, DiagnosticCode};

use super::{PageWriter, ReadResult, damaged, doc, unsupported};

pub fn read_compound(bytes: &[u8], writer: &mut PageWriter) -> ReadResult {
    let mut file = CompoundFile::open(Cursor::new(bytes)).map_err(damaged)?;
    if file.is_stream("/WordDocument") {
        return doc::read_document(&mut file, writer);
    }
    if file.is_stream("/EncryptedPackage") {
        return Err(CodedError::new(
            DiagnosticCode::Encrypted,
            "the file opens with a password only".to_owned(),
        ));
    }
    let known = [
        ("/Workbook", "an old spreadsheet (XLS)"),
        ("/Book", "an old spreadsheet (XLS)"),
        ("/PowerPoint Document", "an old presentation (PPT)"),
        ("/__properties_version1.0", "a message of Outlook (MSG)"),
    ];
    let name = known
        .iter()
        .find(|(stream, _)| file.is_stream(stream))
        .map_or("an old Office file", |(_, name)| name);
    Err(unsupported(name))
}
