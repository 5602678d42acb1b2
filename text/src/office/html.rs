//! HTML pages, by a parser that browsers' rules are built into.

use ego_tree::iter::Edge;
use scraper::{Html, Node};

use super::{Paper, plain::decode};

/// Elements that begin a new line.
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

/// Elements whose content is no text of the page.
const SILENT: [&str; 5] = ["script", "style", "template", "noscript", "svg"];

/// Reads the page.
pub fn read(bytes: &[u8], paper: &mut Paper) {
    let page = Html::parse_document(&decode(bytes));
    let (mut line, mut silent, mut heading) = (String::new(), 0_usize, None);
    let end = |line: &mut String, heading: Option<u8>, paper: &mut Paper| {
        let words = line.split_whitespace().collect::<Vec<_>>().join(" ");
        paper.line(words.trim_end_matches(" |"), heading);
        line.clear();
    };
    for edge in page.tree.root().traverse() {
        let (node, opens) = match edge {
            Edge::Open(node) => (node, true),
            Edge::Close(node) => (node, false),
        };
        match node.value() {
            Node::Text(words) if opens && silent == 0 => line.push_str(words),
            Node::Element(element) if SILENT.contains(&element.name()) => {
                silent = if opens { silent + 1 } else { silent.saturating_sub(1) };
            }
            Node::Element(element) if BLOCKS.contains(&element.name()) => {
                end(&mut line, heading, paper);
                let level = element.name().strip_prefix('h').and_then(|level| level.parse::<u8>().ok());
                if level.is_some() {
                    heading = level.filter(|_| opens);
                } else if opens && element.name() == "li" {
                    line.push_str("- ");
                }
            }
            Node::Element(element) if !opens && ["td", "th", "title"].contains(&element.name()) => {
                line.push_str(if element.name() == "title" { "\n" } else { " | " });
                if element.name() == "title" {
                    end(&mut line, Some(1), paper);
                }
            }
            _ => {}
        }
    }
    end(&mut line, heading, paper);
}
