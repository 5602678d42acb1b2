//! Plain text, in whatever encoding: the mark at its start says, else it is UTF-8 if it can be, else as Windows wrote it.

use std::borrow::Cow;

use encoding_rs::{Encoding, WINDOWS_1252};

use super::Paper;

/// Reads the text. A form feed begins a page.
pub fn read(bytes: &[u8], paper: &mut Paper) {
    let text = decode(bytes);
    for page in text.split('\u{c}') {
        paper.write(page);
        paper.turn();
    }
}

/// Bytes as text.
pub fn decode(bytes: &[u8]) -> Cow<'_, str> {
    if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        return encoding.decode(bytes).0;
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => WINDOWS_1252.decode(bytes).0,
    }
}
