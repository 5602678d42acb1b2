//! Decodes character references: `&amp;`, `&eacute;`, `&#8364;` (WHATWG HTML 13.2.5.72 and on).

use std::borrow::Cow;

use markup5ever::data::{C1_REPLACEMENTS, NAMED_ENTITIES};

const LONGEST: usize = 40;

/// Decodes the references in a text. In an attribute, a name without a semicolon before a letter, a digit or
/// an equals sign is part of a URL and stays.
pub fn decode_references(text: &str, in_attribute: bool) -> Cow<'_, str> {
    if !text.contains(['&', '\0', '\r']) {
        return Cow::Borrowed(text);
    }
    let mut decoded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(place) = rest.find(['&', '\0', '\r']) {
        decoded.push_str(&rest[..place]);
        rest = &rest[place..];
        let found = match rest.as_bytes().first() {
            Some(b'&') => reference(&rest[1..], in_attribute),
            // Every line break becomes one character.
            Some(b'\r') if rest[1..].starts_with('\n') => None,
            Some(b'\r') => Some((0, ['\n', '\0'])),
            _ => Some((0, ['\u{FFFD}', '\0'])),
        };
        let (size, c) = match found {
            Some((size, chars)) => {
                decoded.extend(chars.into_iter().filter(|c| *c != '\0'));
                (size, None)
            }
            None => (0, rest.chars().next().filter(|c| *c == '&')),
        };
        decoded.extend(c);
        rest = &rest[1 + size..];
    }
    decoded.push_str(rest);
    Cow::Owned(decoded)
}

/// Normalises line breaks to U+000A and NUL to U+FFFD, and keeps references.
pub fn normalise(text: &str) -> Cow<'_, str> {
    if text.contains(['\0', '\r']) {
        return Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n").replace('\0', "\u{FFFD}"));
    }
    Cow::Borrowed(text)
}

/// Decodes the reference after an ampersand. Returns its length in bytes and its characters, NUL as the
/// second where there is only one.
fn reference(rest: &str, in_attribute: bool) -> Option<(usize, [char; 2])> {
    match rest.strip_prefix('#') {
        Some(number) => decode_numeric(number).map(|(size, c)| (size + 1, [c, '\0'])),
        None => decode_named(rest, in_attribute),
    }
}

fn decode_numeric(rest: &str) -> Option<(usize, char)> {
    let (digits, radix) = match rest.strip_prefix(['x', 'X']) {
        Some(digits) => (digits, 16),
        None => (rest, 10),
    };
    let count = digits.chars().take_while(|c| c.is_digit(radix)).count();
    let number = digits.get(..count).filter(|digits| !digits.is_empty())?;
    let prefix = rest.len() - digits.len();
    let size = prefix + count + usize::from(digits[count..].starts_with(';'));
    // A number that overflows is not a valid character either.
    let code = u32::from_str_radix(number, radix).unwrap_or(u32::MAX);
    let replaced = code.checked_sub(0x80).and_then(|at| *C1_REPLACEMENTS.get(usize::try_from(at).ok()?)?);
    let c = replaced.or_else(|| char::from_u32(code)).filter(|c| *c != '\0').unwrap_or('\u{FFFD}');
    Some((size, c))
}

fn decode_named(rest: &str, in_attribute: bool) -> Option<(usize, [char; 2])> {
    let mut found = None;
    for (place, c) in rest.char_indices().take(LONGEST) {
        let end = place + c.len_utf8();
        match NAMED_ENTITIES.get(&rest[..end]) {
            // A prefix of a longer name.
            Some((0, _)) => {}
            Some((first, second)) => found = Some((end, [*first, *second])),
            None => break,
        }
    }
    let (size, codes) = found?;
    let is_ended = rest[..size].ends_with(';');
    let next = rest[size..].bytes().next();
    if in_attribute && !is_ended && next.is_some_and(|next| next.is_ascii_alphanumeric() || next == b'=') {
        return None;
    }
    Some((size, codes.map(|code| char::from_u32(code).unwrap_or('\u{FFFD}'))))
}
