//! Extracts the words of HTML in a text field, and checks whether a page is safe for a tree-building parser.

use super::{HidingRules, OpenElements, SILENT, Token, walk_tokens};

const MOST_BYTES: usize = 1 << 20;

const BLOCKS: [&str; 12] = ["p", "br", "li", "div", "tr", "h1", "h2", "h3", "h4", "ul", "ol", "table"];

/// Elements that a tree-building parser reopens in every block until they are closed.
const FORMATTING: [&str; 14] =
    ["a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"];

/// The most elements that may be open at once in a page given to a tree-building parser.
const DEEPEST: usize = 256;

/// The most work of such a parser: it walks the open elements for each tag, and reopens formatting elements
/// in each block.
const MOST_WORK: usize = 50_000_000;
const MOST_FORMATTING: usize = 1_000_000;

/// Returns the words that a browser would show for an HTML fragment, one line for each block. Plain text
/// keeps its words; white space is normalised.
pub fn to_text(html: &str) -> String {
    let html = html.get(..html.floor_char_boundary(MOST_BYTES)).unwrap_or_default();
    let (mut text, mut open, rules) = (String::new(), OpenElements::default(), HidingRules::default());
    walk_tokens(html, |token| {
        match token {
            Token::Open(tag) => {
                if BLOCKS.contains(&tag.name.as_str()) {
                    text.push('\n');
                }
                open.open(&tag, SILENT.contains(&tag.name.as_str()) || rules.hides_element(&tag));
            }
            Token::Close(name) => {
                open.close_element(&name);
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

/// Checks that a page is safe for a tree-building parser, whose time grows with the square of the number of
/// open elements.
///
/// # Errors
/// The page nests too deep, or leaves too many elements open.
pub fn check_effort(html: &str) -> Result<(), String> {
    let (mut open, mut work, mut reopened, mut deepest) =
        (OpenElements::default(), 0_usize, 0_usize, 0_usize);
    let mut formatting = 0_usize;
    walk_tokens(html, |token| {
        match token {
            Token::Open(tag) => {
                let is_formatting = FORMATTING.contains(&tag.name.as_str());
                formatting += usize::from(is_formatting);
                open.open(&tag, ());
                work += open.open_count();
                reopened += formatting;
            }
            Token::Close(name) => {
                formatting -= usize::from(FORMATTING.contains(&name.as_str())).min(formatting);
                open.close_element(&name);
            }
            Token::Text(_) => {}
        }
        deepest = deepest.max(open.open_count());
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
