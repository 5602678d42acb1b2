//! A tokenizer for HTML that runs in linear time.
//!
//! Reading words needs no tree, and building one takes time that grows with the square of the depth: 250 kB
//! of nested elements took eleven seconds. Tokens follow the rules of browsers (WHATWG HTML 13.2.5); a test
//! compares them with html5ever, whose table of character references is used here.

use std::borrow::Cow;

mod fragment;
mod hidden;
mod open;
mod reference;

pub use fragment::{check_effort, to_text};
pub use hidden::HidingRules;
pub use open::OpenElements;
use reference::{decode_references, normalise};

/// The most attributes kept of a tag, and the longest name of an element or attribute, in bytes.
const MOST_ATTRIBUTES: usize = 64;
const LONGEST_NAME: usize = 64;

/// Elements whose content is raw text up to their end tag, without tags or character references.
const RAW: [&str; 6] = ["script", "style", "xmp", "iframe", "noembed", "noframes"];

/// Elements whose content is text up to their end tag, with character references but without tags.
const PLAIN: [&str; 2] = ["textarea", "title"];

/// Elements whose content is not part of the visible text.
pub const SILENT: [&str; 5] = ["script", "style", "template", "noscript", "svg"];

const VOID: [&str; 13] =
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"];

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Token<'a> {
    Open(Tag<'a>),
    /// A closing tag: the element name in lower case.
    Close(String),
    Text(Cow<'a, str>),
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tag<'a> {
    /// In lower case.
    pub name: String,
    /// Names in lower case, values with character references decoded.
    pub attributes: Vec<(String, Cow<'a, str>)>,
    pub is_self_closing: bool,
}

impl Tag<'_> {
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_ref())
    }

    pub fn is_void(&self) -> bool {
        VOID.contains(&self.name.as_str())
    }
}

/// Passes every token of a page to `visit`, in order, until it returns false.
pub fn walk_tokens<'a>(html: &'a str, mut visit: impl FnMut(Token<'a>) -> bool) {
    let mut scanner = Scanner { html, at: 0 };
    while scanner.at < html.len() {
        let goes_on = match scanner.take_markup() {
            Some(Markup::Open(tag)) => {
                let (is_raw, is_plain) =
                    (RAW.contains(&tag.name.as_str()), PLAIN.contains(&tag.name.as_str()));
                let name = tag.name.clone();
                let goes_on = visit(Token::Open(tag));
                let content = if is_raw || is_plain { scanner.take_raw_text(&name) } else { "" };
                let text = if is_plain { decode_references(content, false) } else { normalise(content) };
                goes_on && (text.is_empty() || visit(Token::Text(text)))
            }
            Some(Markup::Close(name)) => visit(Token::Close(name)),
            Some(Markup::Nothing) => true,
            None => visit(Token::Text(decode_references(scanner.take_text(), false))),
        };
        if !goes_on {
            return;
        }
    }
}

enum Markup<'a> {
    Open(Tag<'a>),
    Close(String),
    /// A comment, a declaration, or a tag that never ends.
    Nothing,
}

struct Scanner<'a> {
    html: &'a str,
    at: usize,
}

impl<'a> Scanner<'a> {
    fn remaining(&self) -> &'a str {
        self.html.get(self.at..).unwrap_or_default()
    }

    fn peek_byte(&self, ahead: usize) -> Option<u8> {
        self.html.as_bytes().get(self.at + ahead).copied()
    }

    /// Consumes the text up to the next markup, and at least one character.
    fn take_text(&mut self) -> &'a str {
        let rest = self.remaining();
        let mut end = rest.len();
        for (place, _) in rest.match_indices('<').skip_while(|(place, _)| *place == 0) {
            let next = rest.as_bytes().get(place + 1);
            if next.is_some_and(|next| next.is_ascii_alphabetic() || matches!(next, b'/' | b'!' | b'?')) {
                end = place;
                break;
            }
        }
        self.at += end;
        rest.get(..end).unwrap_or_default()
    }

    /// Consumes the markup at the current position, or returns `None` if text begins here.
    fn take_markup(&mut self) -> Option<Markup<'a>> {
        if self.peek_byte(0) != Some(b'<') {
            return None;
        }
        match (self.peek_byte(1)?, self.peek_byte(2)) {
            (first, _) if first.is_ascii_alphabetic() => {
                self.at += 1;
                Some(self.whole_tag().map_or(Markup::Nothing, Markup::Open))
            }
            (b'/', Some(first)) if first.is_ascii_alphabetic() => {
                self.at += 2;
                Some(self.whole_tag().map_or(Markup::Nothing, |tag| Markup::Close(tag.name)))
            }
            (b'/', Some(b'>')) => {
                self.at += 3;
                Some(Markup::Nothing)
            }
            (b'/', None) => None,
            (b'!', _) if self.remaining().starts_with("<!--") => {
                self.comment();
                Some(Markup::Nothing)
            }
            (b'!' | b'?' | b'/', _) => {
                let end = self.remaining().find('>').map_or(self.remaining().len(), |end| end + 1);
                self.at += end;
                Some(Markup::Nothing)
            }
            _ => None,
        }
    }

    /// Skips a comment: up to `-->` or `--!>`, or to the end of the page if neither follows.
    fn comment(&mut self) {
        let rest = self.remaining();
        let inside = rest.get(4..).unwrap_or_default();
        // `<!-->` and `<!--->` are complete comments.
        if let Some(short) = ["->", ">"].iter().find(|end| inside.starts_with(**end)) {
            self.at += 4 + short.len();
            return;
        }
        let ends = inside.match_indices('>').map(|(place, _)| place);
        let end = ends.into_iter().find(|place| {
            let before = inside.get(..*place).unwrap_or_default();
            before.ends_with("--") || before.ends_with("--!")
        });
        let end = end.map(|place| place + 1);
        self.at += end.map_or(rest.len(), |end| 4 + end);
    }

    /// Consumes the content of a raw text element, up to its end tag.
    fn take_raw_text(&mut self, name: &str) -> &'a str {
        let rest = self.remaining();
        let end = rest
            .match_indices("</")
            .map(|(place, _)| place)
            .find(|place| is_tag_name(rest.get(place + 2..).unwrap_or_default(), name));
        let end = end.unwrap_or(rest.len());
        self.at += end;
        rest.get(..end).unwrap_or_default()
    }

    /// Consumes a tag from its name on. An unclosed tag consumes the rest of the page.
    fn whole_tag(&mut self) -> Option<Tag<'a>> {
        let tag = self.parse_tag();
        if tag.is_none() {
            self.at = self.html.len();
        }
        tag
    }

    fn parse_tag(&mut self) -> Option<Tag<'a>> {
        let mut tag = Tag {
            name: self.parse_name(|byte| is_space(byte) || matches!(byte, b'/' | b'>')),
            ..Tag::default()
        };
        loop {
            while self.peek_byte(0).is_some_and(is_space) {
                self.at += 1;
            }
            match self.peek_byte(0)? {
                b'>' => {
                    self.at += 1;
                    return Some(tag);
                }
                b'/' => {
                    self.at += 1;
                    tag.is_self_closing = self.peek_byte(0) == Some(b'>');
                }
                _ => {
                    let attribute = self.attribute()?;
                    if tag.attributes.len() < MOST_ATTRIBUTES {
                        tag.attributes.push(attribute);
                    }
                }
            }
        }
    }

    fn attribute(&mut self) -> Option<(String, Cow<'a, str>)> {
        // A leading equals sign belongs to the name.
        let first = if self.peek_byte(0) == Some(b'=') { "=" } else { "" };
        self.at += first.len();
        let name = self.parse_name(|byte| is_space(byte) || matches!(byte, b'/' | b'>' | b'='));
        let before = self.at;
        while self.peek_byte(0).is_some_and(is_space) {
            self.at += 1;
        }
        if self.peek_byte(0)? != b'=' {
            self.at = before;
            return Some((format!("{first}{name}"), Cow::Borrowed("")));
        }
        self.at += 1;
        while self.peek_byte(0).is_some_and(is_space) {
            self.at += 1;
        }
        let quote = Some(self.peek_byte(0)?).filter(|byte| matches!(byte, b'"' | b'\''));
        self.at += usize::from(quote.is_some());
        let rest = self.remaining();
        let end = rest.bytes().position(|byte| match quote {
            Some(quote) => byte == quote,
            None => is_space(byte) || byte == b'>',
        })?;
        self.at += end + usize::from(quote.is_some());
        let value = rest.get(..end).unwrap_or_default();
        Some((format!("{first}{name}"), decode_references(value, true)))
    }

    /// Consumes a name up to a byte for which `ends` is true, and returns it in lower case, truncated to
    /// [`LONGEST_NAME`].
    fn parse_name(&mut self, ends: impl Fn(u8) -> bool) -> String {
        let rest = self.remaining();
        let end = rest.bytes().position(ends).unwrap_or(rest.len());
        self.at += end;
        let name = rest.get(..end).unwrap_or_default();
        name.get(..name.floor_char_boundary(LONGEST_NAME)).unwrap_or_default().to_ascii_lowercase()
    }
}

/// Returns whether a tag that continues with `rest` has this name.
fn is_tag_name(rest: &str, name: &str) -> bool {
    let is_name = rest.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name));
    let next = rest.as_bytes().get(name.len());
    is_name && next.is_some_and(|next| is_space(*next) || matches!(next, b'/' | b'>'))
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0C)
}

#[cfg(test)]
mod tests;
