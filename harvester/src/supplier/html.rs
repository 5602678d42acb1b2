//! HTML: text fields to plain text, and pages as trees that selectors search.

use raadhuis_text::html::check_effort;
pub use raadhuis_text::html::to_text;
use scraper::{ElementRef, Html, Selector};

use super::UnreadableError;

/// A page as a tree.
///
/// # Errors
/// Its parsing would take far more time than its length justifies.
pub fn parse_page(bytes: &[u8]) -> Result<Html, UnreadableError> {
    let text = String::from_utf8_lossy(bytes);
    check_effort(&text).map_err(|why| UnreadableError(format!("the page cannot be read: {why}")))?;
    Ok(Html::parse_document(&text))
}

/// Ancestors and siblings examined around an element.
const NEAR: usize = 64;

#[expect(clippy::expect_used, reason = "all selectors are constants")]
fn parse_selector(css: &str) -> Selector {
    Selector::parse(css).expect("a constant selector is valid")
}

/// The elements below `within` that match a CSS selector.
pub fn select_all<'a>(within: ElementRef<'a>, css: &str) -> Vec<ElementRef<'a>> {
    within.select(&parse_selector(css)).collect()
}

pub fn select_first<'a>(within: ElementRef<'a>, css: &str) -> Option<ElementRef<'a>> {
    within.select(&parse_selector(css)).next()
}

/// The text of an element and its descendants, on one line.
pub fn inner_text(element: ElementRef<'_>) -> String {
    join_words(element.text())
}

/// The text of an element itself, without the text of its child elements.
pub fn own_text(element: ElementRef<'_>) -> String {
    join_words(element.children().filter_map(|child| child.value().as_text().map(|text| &**text)))
}

fn join_words<'a>(texts: impl Iterator<Item = &'a str>) -> String {
    let words = texts.flat_map(str::split_whitespace).collect::<Vec<_>>();
    words.join(" ")
}

/// The number after `mark` in the id of the element or its nearest ancestor with such an id: 12 for `ai_12` and `ai_`.
pub fn number_around(element: ElementRef<'_>, mark: &str) -> Option<u64> {
    let around = element.ancestors().take(NEAR).filter_map(ElementRef::wrap);
    std::iter::once(element).chain(around).find_map(|element| number_in_id(element, mark))
}

/// The number after `mark` in an element's own id.
pub fn number_in_id(element: ElementRef<'_>, mark: &str) -> Option<u64> {
    let digits = element.attr("id")?.strip_prefix(mark)?;
    digits.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

/// The siblings after this element, up to the next one whose id begins with `mark`.
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
        for page in ["<div>".repeat(100_000), "<b x=1>".repeat(200) + &"<p>".repeat(100_000)] {
            assert!(parse_page(page.as_bytes()).is_err(), "{page:.20}");
        }
        assert!(parse_page(&b"<p>a<br><li>b".repeat(10_000)).is_ok());
    }
}
