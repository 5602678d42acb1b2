//! HTML as suppliers put it into text fields, to plain text.

use ego_tree::iter::Edge;
use scraper::{Html, Node};

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
