//! Plain text: the byte order mark names the encoding; without one it is UTF-8 if valid, otherwise
//! Windows-1252.

use std::borrow::Cow;

use encoding_rs::{Encoding, WINDOWS_1252};

use super::PageWriter;

/// Reads the text. A form feed starts a new page.
pub fn read_text(bytes: &[u8], writer: &mut PageWriter) {
    let text = decode_text(bytes);
    for page in text.split('\u{c}') {
        writer.write_text(page);
        writer.end_page();
    }
}

pub fn decode_text(bytes: &[u8]) -> Cow<'_, str> {
    if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        return encoding.decode(bytes).0;
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => WINDOWS_1252.decode(bytes).0,
    }
}
