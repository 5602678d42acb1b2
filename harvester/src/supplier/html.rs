//! HTML: as suppliers put it into text fields, to plain text; and as pages, in which elements are looked up.

use raadhuis_text::html::check_effort;
pub use raadhuis_text::html::to_text;
use scraper::{ElementRef, Html, Selector};

use super::Unreadable;

/// A page as a tree.
///
/// # Errors
/// It is one that would take far more time than its length is worth.
pub fn parse_page(bytes: &[u8]) -> Result<Html, Unreadable> {
    let text = String::from_utf8_lossy(bytes);
    check_effort(&text).map_err(|why| Unreadable(format!("the page cannot be read: {why}")))?;
    Ok(Html::parse_document(&text))
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
        for page in ["<div>".repeat(100_000), "<b x=1>".repeat(200) + &"<p>".repeat(100_000)] {
            assert!(parse_page(page.as_bytes()).is_err(), "{page:.20}");
        }
        assert!(parse_page(&b"<p>a<br><li>b".repeat(10_000)).is_ok());
    }
}
