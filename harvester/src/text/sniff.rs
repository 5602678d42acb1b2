//! What a file is, by its first bytes. Names and claimed media types are often wrong.

/// A format, as far as it matters here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// PDF.
    Pdf,
    /// An HTML page.
    Html,
    /// Nothing.
    Empty,
    /// Something else, by name.
    Other(&'static str),
}

/// How far into a file the mark of a PDF may stand, as readers of PDF agree.
const PDF_WITHIN: usize = 1024;

/// The format of a file.
pub fn sniff(bytes: &[u8]) -> Format {
    let head = &bytes[..bytes.len().min(PDF_WITHIN)];
    if head.windows(5).any(|window| window == b"%PDF-") {
        return Format::Pdf;
    }
    let text = head.trim_ascii_start();
    let lower: Vec<u8> = text.iter().take(64).map(u8::to_ascii_lowercase).collect();
    if bytes.is_empty() {
        Format::Empty
    } else if lower.starts_with(b"<!doctype html") || lower.starts_with(b"<html") {
        Format::Html
    } else if head.starts_with(b"PK\x03\x04") {
        Format::Other("a ZIP or Office file")
    } else if head.starts_with(&[0xD0, 0xCF, 0x11, 0xE0]) {
        Format::Other("an old Office file")
    } else if head.starts_with(b"{\\rtf") {
        Format::Other("an RTF file")
    } else {
        Format::Other("of an unknown format")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_what_its_first_bytes_say() {
        assert_eq!(sniff(b"%PDF-1.7\n"), Format::Pdf);
        assert_eq!(sniff(b"\xef\xbb\xbf junk before %PDF-1.4"), Format::Pdf);
        assert_eq!(sniff(b"\n <!DOCTYPE html><p>404"), Format::Html);
        assert_eq!(sniff(b""), Format::Empty);
        assert_eq!(sniff(b"PK\x03\x04..."), Format::Other("a ZIP or Office file"));
        assert_eq!(sniff(b"zomaar iets"), Format::Other("of an unknown format"));
    }
}
