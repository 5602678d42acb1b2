//! HTML pages: the words that a browser would show, one line for each block.

use super::{PageWriter, plain::decode_text};
use crate::html::{HidingRules, OpenElements, SILENT, Tag, Token, walk_tokens};

const BLOCKS: [&str; 26] = [
    "p",
    "br",
    "li",
    "div",
    "tr",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "ul",
    "ol",
    "table",
    "section",
    "article",
    "header",
    "footer",
    "main",
    "nav",
    "aside",
    "blockquote",
    "pre",
    "dt",
    "dd",
    "hr",
];

pub fn read_page(bytes: &[u8], writer: &mut PageWriter) {
    let page = decode_text(bytes);
    let mut writer = HtmlWriter { writer, line: String::new(), heading: None, open: OpenElements::default() };
    // Rules may follow the elements that they hide.
    let rules = HidingRules::from_page(&page);
    walk_tokens(&page, |token| {
        match token {
            Token::Open(tag) => writer.open_element(&tag, &rules),
            Token::Close(name) => writer.close_element(&name),
            Token::Text(words) if !writer.is_hidden() => writer.line.push_str(&words),
            Token::Text(_) => {}
        }
        !writer.writer.is_full()
    });
    writer.end_line();
}

struct HtmlWriter<'a> {
    writer: &'a mut PageWriter,
    line: String,
    heading: Option<u8>,
    open: OpenElements<bool>,
}

impl HtmlWriter<'_> {
    fn open_element(&mut self, tag: &Tag<'_>, rules: &HidingRules) {
        self.open.open(tag, SILENT.contains(&tag.name.as_str()) || rules.hides_element(tag));
        if self.is_hidden() || !BLOCKS.contains(&tag.name.as_str()) {
            return;
        }
        self.end_line();
        let level = tag.name.strip_prefix('h').and_then(|level| level.parse::<u8>().ok());
        self.heading = level.or(self.heading);
        if tag.name == "li" {
            self.line.push_str("- ");
        }
    }

    fn close_element(&mut self, name: &str) {
        let was_hidden = self.is_hidden();
        self.open.close_element(name);
        if was_hidden {
            return;
        }
        if BLOCKS.contains(&name) {
            self.end_line();
            if name.strip_prefix('h').is_some_and(|level| level.parse::<u8>().is_ok()) {
                self.heading = None;
            }
        }
        match name {
            "td" | "th" => self.line.push_str(" | "),
            "title" => {
                self.heading = Some(1);
                self.end_line();
                self.heading = None;
            }
            _ => {}
        }
    }

    fn is_hidden(&self) -> bool {
        self.open.iter().any(|hides| *hides)
    }

    fn end_line(&mut self) {
        let words = self.line.split_whitespace().collect::<Vec<_>>().join(" ");
        self.writer.write_line(words.trim_end_matches(" |"), self.heading);
        self.line.clear();
    }
}
