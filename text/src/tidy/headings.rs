//! Detects headings: lines that the format marks as such, and lines with larger or heavier letters than the
//! rest.

use raadhuis_schema::Heading;

use crate::raw::{RawPage, TextLine};

/// The minimum size of a heading relative to body text.
const LARGER: f32 = 1.15;

const SHORT: usize = 120;

/// The letter sizes in a document, as shares of the page height.
pub struct LetterSizes {
    /// The median over all letters.
    body: f32,
    /// Most letters are bold, so that bold type does not mark headings.
    is_bold: bool,
    larger: Vec<f32>,
}

impl LetterSizes {
    pub fn measure(pages: &[RawPage]) -> Self {
        let places =
            pages.iter().flat_map(|page| &page.lines).filter_map(|line| Some((line.place?, line.text.len())));
        let mut sizes: Vec<(f32, usize)> =
            places.clone().map(|(place, letters)| (place.letter_height(), letters)).collect();
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

    pub fn heading_level(&self, line: &TextLine) -> Option<u8> {
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
        let size = place.letter_height();
        let level = if self.body > 0.0 && size >= self.body * LARGER {
            self.larger.iter().position(|larger| size > larger / 1.08)?
        } else if place.is_bold && !self.is_bold && size > self.body / LARGER && !text.ends_with('.') {
            self.larger.len()
        } else {
            return None;
        };
        u8::try_from(level + 1).ok().map(|level| level.min(6))
    }
}

/// This many consecutive lines that look like headings are a paragraph in bold.
const PARAGRAPH: usize = 3;

/// Returns the headings among lines. A line that starts with a lowercase letter continues the previous one
/// and is not a heading of its own.
pub fn find_headings(lines: &[TextLine], sizes: &LetterSizes) -> Vec<Heading> {
    let levels: Vec<Option<u8>> = lines.iter().map(|line| sizes.heading_level(line)).collect();
    let mut headings = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        let run = levels[at..].iter().take_while(|level| level.is_some() && **level == levels[at]).count();
        for at in at..at + run {
            let line = &lines[at];
            let continues = line.text.trim_start().starts_with(char::is_lowercase);
            if line.heading.is_some() || (run < PARAGRAPH && !continues) {
                let heading = u32::try_from(at).ok().zip(levels[at]);
                headings.extend(heading.map(|(line, level)| Heading { line, level }));
            }
        }
        at += run.max(1);
    }
    headings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::raw::LinePlace;

    #[test]
    fn larger_and_bold_lines_are_headings() {
        let line = |text: &str, height: f32, is_bold| TextLine {
            text: text.to_owned(),
            place: Some(LinePlace { left: 0.1, right: 0.5, top: 0.1, bottom: 0.1 + height, is_bold }),
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
        let sizes = LetterSizes::measure(&[RawPage { lines: lines.clone(), ..RawPage::default() }]);
        let levels: Vec<_> = lines.iter().map(|line| sizes.heading_level(line)).collect();
        assert_eq!(levels, [Some(1), Some(2), Some(3), None, None]);
        let found: Vec<u32> = find_headings(&lines, &sizes).iter().map(|heading| heading.line).collect();
        assert_eq!(found, [0, 1, 2]);
        let bold = [line("Een vette zin die", 0.012, true), line("verder gaat", 0.012, true)];
        assert_eq!(find_headings(&bold, &sizes).len(), 1, "a line that goes on is no heading of its own");
        assert_eq!(find_headings(&vec![line("Een vette alinea", 0.012, true); 3], &sizes), []);
    }
}
