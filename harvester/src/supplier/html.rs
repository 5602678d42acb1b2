//! HTML as suppliers put it into text fields, to plain text.

use scraper::{Html, Node};

/// Elements that begin a new line.
const BLOCKS: [&str; 12] = ["p", "br", "li", "div", "tr", "h1", "h2", "h3", "h4", "ul", "ol", "table"];

/// Elements whose content is no text.
const SILENT: [&str; 3] = ["script", "style", "template"];

/// The words of an HTML fragment, a line per block. Plain text passes through with its spaces tidied.
pub fn to_text(html: &str) -> String {
    let fragment = Html::parse_fragment(html);
    let mut text = String::new();
    for edge in fragment.tree.root().traverse() {
        match edge {
            scraper::ego_tree::iter::Edge::Open(node) => match node.value() {
                Node::Text(words) if !is_silent(node) => text.push_str(words),
                Node::Element(element) if BLOCKS.contains(&element.name()) => text.push('\n'),
                _ => {}
            },
            scraper::ego_tree::iter::Edge::Close(node) => {
                if let Node::Element(element) = node.value()
                    && BLOCKS.contains(&element.name())
                {
                    text.push('\n');
                }
            }
        }
    }
    let lines = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

fn is_silent(node: scraper::ego_tree::NodeRef<'_, Node>) -> bool {
    node.ancestors().any(|above| above.value().as_element().is_some_and(|element| SILENT.contains(&element.name())))
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
