//! HTML as a row of tags and texts, in time that grows with its length alone.
//!
//! A tree is not needed to read words, and building one takes time that grows with the square of the depth: 250 kB of
//! nested elements took eleven seconds. The parts of a page are told as browsers tell them (WHATWG HTML 13.2.5); a test
//! holds them against html5ever, whose table of character references is used here.

use std::borrow::Cow;

mod fragment;
mod hidden;
mod open;
mod reference;

pub use fragment::{check_effort, to_text};
pub use hidden::HidingRules;
pub use open::OpenElements;
use reference::{decode, normalise};

/// The most attributes of a tag that are told, and the longest name of an element or attribute, in bytes.
const MOST_ATTRIBUTES: usize = 64;
const LONGEST_NAME: usize = 64;

/// Elements whose content is text up to their own end tag, without tags or character references in it.
const RAW: [&str; 6] = ["script", "style", "xmp", "iframe", "noembed", "noframes"];

/// Elements whose content is text up to their own end tag, with character references in it.
const PLAIN: [&str; 2] = ["textarea", "title"];

/// Elements whose content is no text of the page.
pub const SILENT: [&str; 5] = ["script", "style", "template", "noscript", "svg"];

/// Elements that never have content.
const VOID: [&str; 13] =
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"];

/// A part of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Token<'a> {
    /// The tag that opens an element.
    Open(Tag<'a>),
    /// The tag that closes an element, by its name in small letters.
    Close(String),
    /// Text, with character references decoded.
    Text(Cow<'a, str>),
}

/// A tag that opens an element.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tag<'a> {
    /// The name of the element in small letters.
    pub name: String,
    /// The attributes, names in small letters, values decoded.
    pub attributes: Vec<(String, Cow<'a, str>)>,
    /// Whether a slash stands at its end.
    pub is_self_closing: bool,
}

impl Tag<'_> {
    /// The value of an attribute.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_ref())
    }

    /// Whether the element has no content, so that no tag closes it.
    pub fn is_void(&self) -> bool {
        VOID.contains(&self.name.as_str())
    }
}

/// Shows every tag and text of a page, in order, until `visit` returns false.
pub fn walk<'a>(html: &'a str, mut visit: impl FnMut(Token<'a>) -> bool) {
    let mut scanner = Scanner { html, at: 0 };
    while scanner.at < html.len() {
        let goes_on = match scanner.markup() {
            Some(Markup::Open(tag)) => {
                let (is_raw, is_plain) =
                    (RAW.contains(&tag.name.as_str()), PLAIN.contains(&tag.name.as_str()));
                let name = tag.name.clone();
                let goes_on = visit(Token::Open(tag));
                let content = if is_raw || is_plain { scanner.text_of(&name) } else { "" };
                let text = if is_plain { decode(content, false) } else { normalise(content) };
                goes_on && (text.is_empty() || visit(Token::Text(text)))
            }
            Some(Markup::Close(name)) => visit(Token::Close(name)),
            Some(Markup::Nothing) => true,
            None => visit(Token::Text(decode(scanner.text(), false))),
        };
        if !goes_on {
            return;
        }
    }
}

/// What begins with `<`.
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
    fn rest(&self) -> &'a str {
        self.html.get(self.at..).unwrap_or_default()
    }

    fn byte(&self, ahead: usize) -> Option<u8> {
        self.html.as_bytes().get(self.at + ahead).copied()
    }

    /// The text up to the next markup. Where there is none at once, at least one character is text.
    fn text(&mut self) -> &'a str {
        let rest = self.rest();
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

    /// The markup that begins here; `None` where this is text.
    fn markup(&mut self) -> Option<Markup<'a>> {
        if self.byte(0) != Some(b'<') {
            return None;
        }
        match (self.byte(1)?, self.byte(2)) {
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
            (b'!', _) if self.rest().starts_with("<!--") => {
                self.comment();
                Some(Markup::Nothing)
            }
            (b'!' | b'?' | b'/', _) => {
                let end = self.rest().find('>').map_or(self.rest().len(), |end| end + 1);
                self.at += end;
                Some(Markup::Nothing)
            }
            _ => None,
        }
    }

    /// Passes over a comment: up to `-->` or `--!>`, or to the end where there is none.
    fn comment(&mut self) {
        let rest = self.rest();
        let inside = rest.get(4..).unwrap_or_default();
        // `<!-->` and `<!--->` are whole comments.
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

    /// The text of an element up to its own end tag.
    fn text_of(&mut self, name: &str) -> &'a str {
        let rest = self.rest();
        let is_end = |place: usize| {
            let behind = rest.get(place + 2..).unwrap_or_default();
            let is_name = behind.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name));
            let next = behind.as_bytes().get(name.len());
            is_name && next.is_some_and(|next| is_space(*next) || matches!(next, b'/' | b'>'))
        };
        let end = rest.match_indices("</").map(|(place, _)| place).find(|place| is_end(*place));
        let end = end.unwrap_or(rest.len());
        self.at += end;
        rest.get(..end).unwrap_or_default()
    }

    /// A tag from its name on; where it never ends, nothing behind it is anything.
    fn whole_tag(&mut self) -> Option<Tag<'a>> {
        let tag = self.tag();
        if tag.is_none() {
            self.at = self.html.len();
        }
        tag
    }

    fn tag(&mut self) -> Option<Tag<'a>> {
        let mut tag =
            Tag { name: self.name(|byte| is_space(byte) || matches!(byte, b'/' | b'>')), ..Tag::default() };
        loop {
            while self.byte(0).is_some_and(is_space) {
                self.at += 1;
            }
            match self.byte(0)? {
                b'>' => {
                    self.at += 1;
                    return Some(tag);
                }
                b'/' => {
                    self.at += 1;
                    tag.is_self_closing = self.byte(0) == Some(b'>');
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
        // A first equals sign belongs to the name.
        let first = if self.byte(0) == Some(b'=') { "=" } else { "" };
        self.at += first.len();
        let name = self.name(|byte| is_space(byte) || matches!(byte, b'/' | b'>' | b'='));
        let before = self.at;
        while self.byte(0).is_some_and(is_space) {
            self.at += 1;
        }
        if self.byte(0)? != b'=' {
            self.at = before;
            return Some((format!("{first}{name}"), Cow::Borrowed("")));
        }
        self.at += 1;
        while self.byte(0).is_some_and(is_space) {
            self.at += 1;
        }
        let quote = Some(self.byte(0)?).filter(|byte| matches!(byte, b'"' | b'\''));
        self.at += usize::from(quote.is_some());
        let rest = self.rest();
        let is_end = |byte: u8| quote.map_or(is_space(byte) || byte == b'>', |quote| byte == quote);
        let end = rest.bytes().position(is_end)?;
        self.at += end + usize::from(quote.is_some());
        let value = rest.get(..end).unwrap_or_default();
        Some((format!("{first}{name}"), decode(value, true)))
    }

    /// A name in small letters, up to what ends it. One that is too long is cut.
    fn name(&mut self, ends: impl Fn(u8) -> bool) -> String {
        let rest = self.rest();
        let end = rest.bytes().position(ends).unwrap_or(rest.len());
        self.at += end;
        let name = rest.get(..end).unwrap_or_default();
        name.get(..name.floor_char_boundary(LONGEST_NAME)).unwrap_or_default().to_ascii_lowercase()
    }
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0C)
}

#[cfg(test)]
mod tests;
