//! The bytes of an answer as JSON. Three faults that strict parsers reject are repaired first: half a surrogate pair, a
//! control character inside a text, invalid UTF-8.

use std::borrow::Cow;

use serde_json::Value;

use super::UnreadableError;

/// Parses JSON after these repairs.
///
/// # Errors
/// It is no JSON.
pub fn parse_json(bytes: &[u8]) -> Result<Value, UnreadableError> {
    let bytes = bytes.strip_prefix("\u{FEFF}".as_bytes()).unwrap_or(bytes);
    serde_json::from_slice(bytes).or_else(|why| {
        let text = String::from_utf8_lossy(bytes);
        match repair_text(&text) {
            Cow::Owned(mended) => serde_json::from_str(&mended),
            Cow::Borrowed(_) if matches!(text, Cow::Owned(_)) => serde_json::from_str(&text),
            Cow::Borrowed(_) => Err(why),
        }
        .map_err(|why| UnreadableError(format!("it is no JSON: {why}")))
    })
}

/// The text without halves of surrogate pairs and without control characters inside its strings.
fn repair_text(text: &str) -> Cow<'_, str> {
    let mut mended = String::new();
    let (mut kept, mut at, mut in_string) = (0, 0, false);
    let bytes = text.as_bytes();
    while let Some(byte) = bytes.get(at) {
        let (drop, step) = match byte {
            b'\\' if in_string => measure_escape(bytes.get(at..).unwrap_or_default()),
            b'"' => {
                in_string = !in_string;
                (false, 1)
            }
            0..=0x1F => (in_string, 1),
            _ => (false, 1),
        };
        if drop {
            mended.push_str(text.get(kept..at).unwrap_or_default());
            kept = at + step;
        }
        at += step;
    }
    if kept == 0 {
        return Cow::Borrowed(text);
    }
    Cow::Owned(mended + text.get(kept..).unwrap_or_default())
}

/// Returns (is half of a surrogate pair, length in bytes) of an escape. A whole pair counts as one escape.
fn measure_escape(bytes: &[u8]) -> (bool, usize) {
    match (code_unit(bytes, 0), code_unit(bytes, 6)) {
        (Some(0xD800..=0xDBFF), Some(0xDC00..=0xDFFF)) => (false, 12),
        (Some(0xD800..=0xDFFF), _) => (true, 6),
        (Some(_), _) => (false, 6),
        (None, _) => (false, 2),
    }
}

/// The UTF-16 code unit of an escape like `\u00e9` at this offset.
fn code_unit(bytes: &[u8], at: usize) -> Option<u32> {
    let escaped = bytes.get(at..at + 6)?;
    let digits = escaped.strip_prefix(b"\\u")?;
    u32::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn half_a_character_costs_itself_only() {
        for (text, expected) in [
            (r#"{"a": "x\ud83dy", "b": "\ud83d\ude00"}"#, json!({"a": "xy", "b": "😀"})),
            (r#"{"a": "\udc00\ud800"}"#, json!({"a": ""})),
            (r#"{"a": "\\ud800"}"#, json!({"a": "\\ud800"})),
            ("{\"a\": \"x\u{10}\n\ty\",\n\"b\": 1}", json!({"a": "xy", "b": 1})),
            ("\u{FEFF}[1]", json!([1])),
        ] {
            assert_eq!(parse_json(text.as_bytes()).unwrap(), expected, "{text}");
        }
        assert_eq!(parse_json(b"[\"x\xffy\"]").unwrap(), json!(["x\u{FFFD}y"]));
        for bad in ["", "{", r#"{"a": "\u12"}"#, "<html>", r#"{"a": "\ud800"#] {
            assert!(parse_json(bad.as_bytes()).is_err(), "{bad}");
        }
    }
}
