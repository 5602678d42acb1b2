//! HTML in a text field: its words; and whether a page is one that a parser of trees can be given.

use super::{HidingRules, OpenElements, SILENT, Token, walk};

/// The most bytes of a text field that are read.
const MOST_BYTES: usize = 1 << 20;

/// Elements that begin a new line in a text field.
const BLOCKS: [&str; 12] = ["p", "br", "li", "div", "tr", "h1", "h2", "h3", "h4", "ul", "ol", "table"];

/// Elements that a parser of trees opens again in every block, until their own tag closes them.
const FORMATTING: [&str; 14] =
    ["a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"];

/// The most elements that may be open at once in a page that is given to a parser of trees.
const DEEPEST: usize = 256;

/// The most work of such a parser: it walks over the open elements for each tag, and opens formatting again in each.
const MOST_WORK: usize = 50_000_000;
const MOST_FORMATTING: usize = 1_000_000;

/// The words that a browser would show of an HTML fragment, a line for each block. Plain text passes through with its spaces
/// tidied.
pub fn to_text(html: &str) -> String {
    let html = html.get(..html.floor_char_boundary(MOST_BYTES)).unwrap_or_default();
    let (mut text, mut open, rules) = (String::new(), OpenElements::default(), HidingRules::default());
    walk(html, |token| {
        match token {
            Token::Open(tag) => {
                if BLOCKS.contains(&tag.name.as_str()) {
                    text.push('\n');
                }
                open.open(&tag, SILENT.contains(&tag.name.as_str()) || rules.hide(&tag));
            }
            Token::Close(name) => {
                open.close(&name);
                if BLOCKS.contains(&name.as_str()) {
                    text.push('\n');
                }
            }
            Token::Text(words) if !open.iter().any(|hides| *hides) => text.push_str(&words),
            Token::Text(_) => {}
        }
        true
    });
    let lines = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

/// Checks that a page can be given to a parser of trees, whose time grows with the square of what is open.
///
/// # Errors
/// It nests too deep, or leaves too much open for its length.
pub fn check_effort(html: &str) -> Result<(), String> {
    let (mut open, mut work, mut reopened, mut deepest) =
        (OpenElements::default(), 0_usize, 0_usize, 0_usize);
    let mut formatting = 0_usize;
    walk(html, |token| {
        match token {
            Token::Open(tag) => {
                let is_formatting = FORMATTING.contains(&tag.name.as_str());
                formatting += usize::from(is_formatting);
                open.open(&tag, ());
                work += open.depth();
                reopened += formatting;
            }
            Token::Close(name) => {
                formatting -= usize::from(FORMATTING.contains(&name.as_str())).min(formatting);
                open.close(&name);
            }
            Token::Text(_) => {}
        }
        deepest = deepest.max(open.depth());
        deepest <= DEEPEST && work <= MOST_WORK && reopened <= MOST_FORMATTING
    });
    if deepest > DEEPEST {
        return Err(format!("it nests more than {DEEPEST} elements"));
    }
    if work > MOST_WORK || reopened > MOST_FORMATTING {
        return Err("it leaves far more elements open than a page does".to_owned());
    }
    Ok(())
}
