//! Which lines are headings: those whose format says so, and those with larger or heavier letters than the rest.

use raadhuis_schema::Heading;

use crate::raw::{Line, RawPage};

/// How much larger than the body a heading is.
const LARGER: f32 = 1.15;

/// A heading is no longer than this, in characters.
const SHORT: usize = 120;

/// The sizes of letters in a document.
pub struct Sizes {
    /// The size of most letters.
    body: f32,
    /// Whether most letters are bold, so that being bold says nothing.
    is_bold: bool,
    /// The sizes of headings, the largest first.
    larger: Vec<f32>,
}

impl Sizes {
    /// Of all pages.
    pub fn of(pages: &[RawPage]) -> Self {
        let places =
            pages.iter().flat_map(|page| &page.lines).filter_map(|line| Some((line.place?, line.text.len())));
        let mut sizes: Vec<(f32, usize)> =
            places.clone().map(|(place, letters)| (place.height(), letters)).collect();
        sizes.sort_by(|a, b| a.0.total_cmp(&b.0));
        let all: usize = sizes.iter().map(|(_, letters)| letters).sum();
        let mut before = 0;
        let middle = sizes.iter().find(|(_, letters)| {
            before += letters;
            before * 2 >= all
        });
        let body = middle.map_or(0.0, |(size, _)| *size);
        let bold: usize = places.filter(|(place, _)| place.is_bold).map(|(_, letters)| letters).sum();
        let mut larger: Vec<f32> = Vec::new();
        for (size, _) in sizes.iter().rev().filter(|(size, _)| *size >= body * LARGER) {
            if larger.last().is_none_or(|last| *size < last / 1.08) {
                larger.push(*size);
            }
        }
        Self { body, is_bold: bold * 2 > all, larger }
    }

    /// The level of the heading that a line is, if it is one.
    pub fn level(&self, line: &Line) -> Option<u8> {
        if line.heading.is_some() {
            return line.heading;
        }
        let place = line.place?;
        let text = line.text.trim();
        let is_short =
            text.chars().count() <= SHORT && text.chars().filter(|c| c.is_alphabetic()).count() > 2;
        if !is_short || text.ends_with([',', ';']) {
            return None;
        }
        let size = place.height();
        let by_size = || self.larger.iter().position(|larger| size > larger / 1.08);
        let level = if self.body > 0.0 && size >= self.body * LARGER {
            by_size()?
        } else if place.is_bold && !self.is_bold && size > self.body / LARGER && !text.ends_with('.') {
            self.larger.len()
        } else {
            return None;
        };
        u8::try_from(level + 1).ok().map(|level| level.min(6))
    }
}

/// So many lines behind each other that look like headings are a paragraph in bold.
const PARAGRAPH: usize = 3;

/// The headings among lines. What goes on in the next line, in small letters, is no heading of its own.
pub fn of(lines: &[Line], sizes: &Sizes) -> Vec<Heading> {
    let levels: Vec<Option<u8>> = lines.iter().map(|line| sizes.level(line)).collect();
    let is_said = |at: usize| lines[at].heading.is_some();
    let mut headings = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        let run = levels[at..].iter().take_while(|level| level.is_some() && **level == levels[at]).count();
        let is_one = |at: &usize| {
            is_said(*at) || (run < PARAGRAPH && !lines[*at].text.trim_start().starts_with(char::is_lowercase))
        };
        for at in (at..at + run).filter(is_one) {
            headings
                .extend(u32::try_from(at).ok().zip(levels[at]).map(|(line, level)| Heading { line, level }));
        }
        at += run.max(1);
    }
    headings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::raw::Place;

    #[test]
    fn larger_and_bold_lines_are_headings() {
        let line = |text: &str, height: f32, is_bold| Line {
            text: text.to_owned(),
            place: Some(Place { left: 0.1, right: 0.5, top: 0.1, bottom: 0.1 + height, is_bold }),
            heading: None,
        };
        let body = "De raad van de gemeente Waterdam stelt de begroting vast en besluit.";
        let lines = vec![
            line("Raadsvoorstel", 0.03, true),
            line("1. Aanleiding", 0.02, false),
            line("Kader", 0.012, true),
            line(body, 0.012, false),
            line(body, 0.012, false),
        ];
        let sizes = Sizes::of(&[RawPage { lines: lines.clone(), ..RawPage::default() }]);
        let levels: Vec<_> = lines.iter().map(|line| sizes.level(line)).collect();
        assert_eq!(levels, [Some(1), Some(2), Some(3), None, None]);
        let found: Vec<u32> = of(&lines, &sizes).iter().map(|heading| heading.line).collect();
        assert_eq!(found, [0, 1, 2]);
        let bold = [line("Een vette zin die", 0.012, true), line("verder gaat", 0.012, true)];
        assert_eq!(of(&bold, &sizes).len(), 1, "a line that goes on is no heading of its own");
        assert_eq!(of(&vec![line("Een vette alinea", 0.012, true); 3], &sizes), []);
    }
}
