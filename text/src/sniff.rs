//! Detects the format of a file by its bytes. File names and declared media types are often wrong.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Pdf,
    /// A ZIP archive: DOCX, PPTX, XLSX, ODT, ODS, ODP, or an archive of other files.
    Package,
    /// A compound file: DOC or another of the old Office formats.
    Compound,
    Rtf,
    Html,
    Message,
    Text,
    /// The file has no bytes, or white space only.
    Empty,
    /// An unsupported format, with a description of it for error messages.
    Other(&'static str),
}

/// The number of bytes within which `%PDF-` must occur, as PDF readers agree.
const PDF_WITHIN: usize = 1024;

/// The number of bytes examined to decide whether a file is text.
const SAMPLE: usize = 4096;

const MARKS: [(&[u8], &str); 9] = [
    (b"\x89PNG", "a picture (PNG)"),
    (b"\xFF\xD8\xFF", "a picture (JPEG)"),
    (b"GIF8", "a picture (GIF)"),
    (b"II*\0", "a picture (TIFF)"),
    (b"MM\0*", "a picture (TIFF)"),
    (b"ID3", "a recording (MP3)"),
    (b"7z\xBC\xAF", "an archive (7z)"),
    (b"Rar!", "an archive (RAR)"),
    (b"\x1F\x8B", "an archive (gzip)"),
];

const MESSAGE_FIELDS: [&str; 8] = [
    "from:",
    "received:",
    "return-path:",
    "mime-version:",
    "message-id:",
    "subject:",
    "date:",
    "delivered-to:",
];

pub fn detect_format(bytes: &[u8]) -> Format {
    let head = &bytes[..bytes.len().min(PDF_WITHIN)];
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Format::Empty;
    }
    if let Some((_, name)) = MARKS.iter().find(|(mark, _)| head.starts_with(mark)) {
        return Format::Other(name);
    }
    if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
        return Format::Package;
    }
    if head.starts_with(&[0xD0, 0xCF, 0x11, 0xE0]) {
        return Format::Compound;
    }
    if head.starts_with(b"{\\rtf") {
        return Format::Rtf;
    }
    if head.windows(5).any(|window| window == b"%PDF-") {
        return Format::Pdf;
    }
    if is_html(head) {
        return Format::Html;
    }
    if is_message(head) {
        return Format::Message;
    }
    if is_text(&bytes[..bytes.len().min(SAMPLE)]) {
        Format::Text
    } else {
        Format::Other("of an unknown format")
    }
}

fn is_html(head: &[u8]) -> bool {
    let text = String::from_utf8_lossy(head).to_lowercase();
    let text = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    let text = if text.starts_with("<?xml") {
        text.split_once("?>").map_or(text, |(_, rest)| rest.trim_start())
    } else {
        text
    };
    ["<!doctype html", "<html", "<head", "<body"].iter().any(|mark| text.starts_with(mark))
}

/// Returns whether a file begins with header fields, at least two of which are known.
fn is_message(head: &[u8]) -> bool {
    let text = String::from_utf8_lossy(head).to_lowercase();
    let fields = text.lines().take_while(|line| !line.trim().is_empty());
    text.lines().next().is_some_and(|line| line.split_once(':').is_some_and(|(name, _)| !name.contains(' ')))
        && fields.filter(|line| MESSAGE_FIELDS.iter().any(|field| line.starts_with(field))).count() >= 2
}

/// Returns whether a sample is text: it has no control characters except those that separate lines and
/// columns, or it begins with a byte order mark of UTF-16.
fn is_text(sample: &[u8]) -> bool {
    sample.starts_with(&[0xFF, 0xFE])
        || sample.starts_with(&[0xFE, 0xFF])
        || !sample.iter().any(|byte| matches!(byte, 0..=8 | 14..=26 | 28..=31))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_what_its_first_bytes_say() {
        assert_eq!(detect_format(b"%PDF-1.7\n"), Format::Pdf);
        assert_eq!(detect_format(b"\xef\xbb\xbf junk before %PDF-1.4"), Format::Pdf);
        assert_eq!(detect_format(b"\n <!DOCTYPE html><p>404"), Format::Html);
        assert_eq!(detect_format(b"<?xml version='1.0'?>\n<html xmlns='x'>"), Format::Html);
        assert_eq!(detect_format(b""), Format::Empty);
        assert_eq!(detect_format(b" \r\n"), Format::Empty);
        assert_eq!(detect_format(b"PK\x03\x04 stored: %PDF-1.7"), Format::Package);
        assert_eq!(detect_format(b"zomaar iets"), Format::Text);
        assert_eq!(detect_format(b"Let op: dit is geen bericht\nDatum: morgen"), Format::Text);
        assert_eq!(
            detect_format(b"From: griffie@waterdam.example\r\nSubject: agenda\r\n\r\nBeste"),
            Format::Message
        );
        assert_eq!(detect_format(b"\x00\x01\x02"), Format::Other("of an unknown format"));
        assert_eq!(detect_format(b"\x89PNG\r\n"), Format::Other("a picture (PNG)"));
    }
}
