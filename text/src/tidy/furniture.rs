//! Separates headers, footers and printed page numbers from pages: lines that recur at the top and the
//! bottom.

use std::collections::{BTreeMap, BTreeSet};

use crate::{office::writer::ENGINE, raw::RawPage};

/// The height of the header and the footer area, as a share of the page.
const MARGIN: f32 = 0.08;

/// The number of lines at each edge that may be a header or footer, where positions are unknown.
const LINES: usize = 2;

/// The number of pages on which a line must recur, and the share of the pages that could have it, in percent.
const FEWEST: usize = 3;
const PERCENT: usize = 60;

/// Page furniture: the header, the footer and the printed page number of one page.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct PageFurniture {
    pub header: Vec<String>,
    pub footer: Vec<String>,
    pub label: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Edge {
    Top,
    Foot,
}

/// Removes recurring lines from the pages. The first page keeps its header: it is a letterhead, with date and
/// reference.
pub fn set_apart(pages: &mut [RawPage]) -> Vec<PageFurniture> {
    let recurring = recurring(pages);
    let mut all = Vec::with_capacity(pages.len());
    for page in pages {
        let edges: Vec<Option<Edge>> = (0..page.lines.len()).map(|at| edge_of_line(page, at)).collect();
        let mut apart = PageFurniture::default();
        let lines = std::mem::take(&mut page.lines);
        for (line, edge) in lines.into_iter().zip(edges) {
            let recurs = edge.is_some_and(|edge| recurring.contains(&(edge, mask_digits(&line.text))));
            if recurs {
                apart.label = apart.label.take().or_else(|| printed_number(&line.text));
            }
            match edge {
                Some(Edge::Top) if recurs && page.number > 1 => apart.header.push(line.text),
                Some(Edge::Foot) if recurs => apart.footer.push(line.text),
                _ => page.lines.push(line),
            }
        }
        all.push(apart);
    }
    all
}

/// Returns the recurring lines of each edge, digits masked: those on most pages, or on most odd or even
/// pages.
fn recurring(pages: &[RawPage]) -> BTreeSet<(Edge, String)> {
    let mut seen: BTreeMap<(Edge, String), [usize; 2]> = BTreeMap::new();
    for page in pages {
        let on_page: BTreeSet<_> = (0..page.lines.len())
            .filter_map(|at| Some((edge_of_line(page, at)?, mask_digits(&page.lines[at].text))))
            .collect();
        for key in on_page {
            seen.entry(key).or_default()[page.number as usize % 2] += 1;
        }
    }
    let odd = pages.iter().filter(|page| page.number % 2 == 1).count();
    let of = [pages.len() - odd, odd];
    seen.retain(|_, [even, odd]| {
        is_recurring(*even + *odd, pages.len()) || is_recurring(*even, of[0]) || is_recurring(*odd, of[1])
    });
    seen.into_keys().collect()
}

/// Returns whether a line on `count` of `of` pages recurs.
fn is_recurring(count: usize, of: usize) -> bool {
    count >= FEWEST && count * 100 >= of * PERCENT
}

fn edge_of_line(page: &RawPage, at: usize) -> Option<Edge> {
    let lines = &page.lines;
    match lines[at].place {
        // Pages of other formats have no furniture: what recurs in them are headings of tables and sheets.
        None if page.engine == ENGINE => None,
        Some(place) if place.bottom <= MARGIN => Some(Edge::Top),
        Some(place) if place.top >= 1.0 - MARGIN => Some(Edge::Foot),
        None if at < LINES && lines.len() > 2 * LINES => Some(Edge::Top),
        None if at + LINES >= lines.len() && lines.len() > 2 * LINES => Some(Edge::Foot),
        _ => None,
    }
}

fn mask_digits(text: &str) -> String {
    let mut key = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        for c in word.chars() {
            match c {
                '0'..='9' if key.ends_with('#') => {}
                '0'..='9' => key.push('#'),
                c => key.push(c),
            }
        }
        key.push(' ');
    }
    key
}

/// Returns the page number printed on a line: `3`, `- 3 -`, `3/12`, `Pagina 3 van 12`.
fn printed_number(text: &str) -> Option<String> {
    let words: Vec<&str> =
        text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    if let Some(at) = words.iter().position(|word| is_page_word(word)) {
        return words.get(at + 1).filter(|word| is_number(word)).map(|&word| word.to_owned());
    }
    match words.as_slice() {
        [one] if is_number(one) => Some((*one).to_owned()),
        [one, of] if is_number(one) && is_number(of) => Some((*one).to_owned()),
        [one, "van" | "of", of] if is_number(one) && is_number(of) => Some((*one).to_owned()),
        _ => None,
    }
}

fn is_number(word: &str) -> bool {
    word.len() <= 4 && word.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_page_word(word: &str) -> bool {
    ["pagina", "pag", "blad", "bladzijde", "blz", "page"].contains(&word.to_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_number_is_found_in_its_line() {
        let check = |text: &str, expected: Option<&str>| {
            assert_eq!(printed_number(text).as_deref(), expected, "{text}");
        };
        check("Pagina 3 van 12", Some("3"));
        check("- 14 -", Some("14"));
        check("7/9", Some("7"));
        check("Raadsvoorstel 2026-14 | pag. 2", Some("2"));
        check("Gemeente Waterdam", None);
        check("Postbus 20242", None);
    }
}
