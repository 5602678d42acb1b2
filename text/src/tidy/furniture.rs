//! Lines that recur at the top and the foot of pages, and the page numbers printed there.

use std::collections::{BTreeMap, BTreeSet};

use crate::{office::paper::ENGINE, raw::RawPage};

/// How far from its edge a header or a footer stands, as a share of the page.
const MARGIN: f32 = 0.08;

/// Lines at an edge that may be one, where nobody knows where they stand.
const LINES: usize = 2;

/// On so many pages a line must recur, and on so many percent of those that could have it.
const FEWEST: usize = 3;
const PERCENT: usize = 60;

/// What was set apart from a page.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Apart {
    pub header: Vec<String>,
    pub footer: Vec<String>,
    pub label: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Edge {
    Top,
    Foot,
}

/// Takes what recurs out of the pages. The first page keeps its head: it is a letterhead, with date and reference.
pub fn set_apart(pages: &mut [RawPage]) -> Vec<Apart> {
    let recurring = recurring(pages);
    let set = |page: &mut RawPage| {
        let edges: Vec<Option<Edge>> = (0..page.lines.len()).map(|at| edge(page, at)).collect();
        let mut apart = Apart::default();
        let lines = std::mem::take(&mut page.lines);
        for (line, edge) in lines.into_iter().zip(edges) {
            let recurs = edge.is_some_and(|edge| recurring.contains(&(edge, masked(&line.text))));
            if recurs {
                apart.label = apart.label.take().or_else(|| number(&line.text));
            }
            match edge {
                Some(Edge::Top) if recurs && page.number > 1 => apart.header.push(line.text),
                Some(Edge::Foot) if recurs => apart.footer.push(line.text),
                _ => page.lines.push(line),
            }
        }
        apart
    };
    pages.iter_mut().map(set).collect()
}

/// What recurs at which edge, its digits masked: on most pages, or on most of the odd or the even ones.
fn recurring(pages: &[RawPage]) -> BTreeSet<(Edge, String)> {
    let mut seen: BTreeMap<(Edge, String), [usize; 2]> = BTreeMap::new();
    for page in pages {
        let named = |at: usize| Some((edge(page, at)?, masked(&page.lines[at].text)));
        let on_page: BTreeSet<_> = (0..page.lines.len()).filter_map(named).collect();
        for key in on_page {
            seen.entry(key).or_default()[page.number as usize % 2] += 1;
        }
    }
    let odd = pages.iter().filter(|page| page.number % 2 == 1).count();
    let of = [pages.len() - odd, odd];
    let is_most = |count: usize, of: usize| count >= FEWEST && count * 100 >= of * PERCENT;
    seen.retain(|_, [even, odd]| {
        is_most(*even + *odd, pages.len()) || is_most(*even, of[0]) || is_most(*odd, of[1])
    });
    seen.into_keys().collect()
}

fn edge(page: &RawPage, at: usize) -> Option<Edge> {
    let lines = &page.lines;
    match lines[at].place {
        // The pages of other formats are of our making: what recurs in them are heads of tables and sheets.
        None if page.engine == ENGINE => None,
        Some(place) if place.bottom <= MARGIN => Some(Edge::Top),
        Some(place) if place.top >= 1.0 - MARGIN => Some(Edge::Foot),
        None if at < LINES && lines.len() > 2 * LINES => Some(Edge::Top),
        None if at + LINES >= lines.len() && lines.len() > 2 * LINES => Some(Edge::Foot),
        _ => None,
    }
}

fn masked(text: &str) -> String {
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

/// The page number that a line prints: `3`, `- 3 -`, `3/12`, `Pagina 3 van 12`.
fn number(text: &str) -> Option<String> {
    let words: Vec<&str> =
        text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let is_number = |word: &&str| word.len() <= 4 && word.bytes().all(|byte| byte.is_ascii_digit());
    let is_page = |word: &str| {
        ["pagina", "pag", "blad", "bladzijde", "blz", "page"].contains(&word.to_lowercase().as_str())
    };
    if let Some(at) = words.iter().position(|word| is_page(word)) {
        return words.get(at + 1).filter(|word| is_number(word)).map(|&word| word.to_owned());
    }
    match words.as_slice() {
        [one] if is_number(one) => Some((*one).to_owned()),
        [one, of] if is_number(one) && is_number(of) => Some((*one).to_owned()),
        [one, "van" | "of", of] if is_number(one) && is_number(of) => Some((*one).to_owned()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_number_is_found_in_its_line() {
        let check =
            |text: &str, expected: Option<&str>| assert_eq!(number(text).as_deref(), expected, "{text}");
        check("Pagina 3 van 12", Some("3"));
        check("- 14 -", Some("14"));
        check("7/9", Some("7"));
        check("Raadsvoorstel 2026-14 | pag. 2", Some("2"));
        check("Gemeente Waterdam", None);
        check("Postbus 20242", None);
    }
}
