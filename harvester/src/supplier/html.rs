//! HTML: as suppliers put it into text fields, to plain text; and as pages, in which elements are looked up.

use ego_tree::iter::Edge;
use scraper::{ElementRef, Html, Node, Selector};

/// Elements that begin a new line.
const BLOCKS: [&str; 12] = ["p", "br", "li", "div", "tr", "h1", "h2", "h3", "h4", "ul", "ol", "table"];

/// Elements whose content is no text.
const SILENT: [&str; 3] = ["script", "style", "template"];

/// The words of an HTML fragment, a line per block. Plain text passes through with its spaces tidied.
pub fn to_text(html: &str) -> String {
    let fragment = Html::parse_fragment(html);
    let (mut text, mut silent) = (String::new(), 0_usize);
    for edge in fragment.tree.root().traverse() {
        let (node, opens) = match edge {
            Edge::Open(node) => (node, true),
            Edge::Close(node) => (node, false),
        };
        match node.value() {
            Node::Text(words) if opens && silent == 0 => text.push_str(words),
            Node::Element(element) if SILENT.contains(&element.name()) => {
                silent = if opens { silent + 1 } else { silent.saturating_sub(1) };
            }
            Node::Element(element) if BLOCKS.contains(&element.name()) => text.push('\n'),
            _ => {}
        }
    }
    let lines = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

/// How far up a page the surroundings of an element are looked for.
const NEAR: usize = 64;

/// The elements below `within` that a CSS selector names.
pub fn all<'a>(within: ElementRef<'a>, css: &str) -> Vec<ElementRef<'a>> {
    Selector::parse(css).map(|selector| within.select(&selector).collect()).unwrap_or_default()
}

/// The first of them.
pub fn first<'a>(within: ElementRef<'a>, css: &str) -> Option<ElementRef<'a>> {
    within.select(&Selector::parse(css).ok()?).next()
}

/// The words of an element and all in it, on one line.
pub fn words(element: ElementRef<'_>) -> String {
    tidy(element.text())
}

/// The words of an element itself, without those of the elements in it.
pub fn own_words(element: ElementRef<'_>) -> String {
    tidy(element.children().filter_map(|child| child.value().as_text().map(|text| &**text)))
}

fn tidy<'a>(texts: impl Iterator<Item = &'a str>) -> String {
    let words = texts.flat_map(str::split_whitespace).collect::<Vec<_>>();
    words.join(" ")
}

/// The number behind `mark` in the id of the nearest element around (or at) this one: 12 for `ai_12` and `ai_`.
pub fn number_around(element: ElementRef<'_>, mark: &str) -> Option<u64> {
    let around = element.ancestors().take(NEAR).filter_map(ElementRef::wrap);
    std::iter::once(element).chain(around).find_map(|element| number_in_id(element, mark))
}

/// The number behind `mark` in an element's own id.
pub fn number_in_id(element: ElementRef<'_>, mark: &str) -> Option<u64> {
    let digits = element.attr("id")?.strip_prefix(mark)?;
    digits.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

/// The elements that follow this one, up to the next of its kind's `mark`.
pub fn following<'a>(element: ElementRef<'a>, mark: &str) -> Vec<ElementRef<'a>> {
    let next = element.next_siblings().take(NEAR).filter_map(ElementRef::wrap);
    next.take_while(|sibling| number_in_id(*sibling, mark).is_none()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fragment_becomes_lines_of_words() {
        let check = |html: &str, expected: &str| assert_eq!(to_text(html), expected, "{html}");
        check("<p>De raad,</p>\r\n<p>gehoord&nbsp;hebbende;</p>", "De raad,\ngehoord hebbende;");
        check("<ul><li>één</li><li>twee &amp; drie</li></ul>", "één\ntwee & drie");
        check("geen   opmaak", "geen opmaak");
        check("<p>a<script>alert(1)</script><style>b{}</style></p><br>", "a");
        check("", "");
    }

    #[test]
    fn ten_thousand_open_elements_are_no_trouble() {
        assert_eq!(to_text(&"<b>".repeat(10_000)), "");
    }
}
