//! Turns pages as engines give them into pages as people wrote them. Pure, and over the whole document: only
//! the other pages tell which lines recur and how a word is written elsewhere.

use raadhuis_schema::{PageText, TextOrigin};

use crate::raw::RawPage;

mod furniture;
mod garbled;
mod headings;
mod hyphen;
mod letters;
mod order;

pub use garbled::is_garbled;
pub use hyphen::JOINED;

/// A page with fewer letters than this, mostly covered by a picture, is a scan.
const FEW_LETTERS: usize = 25;

/// The share of a page above which a picture covers most of it.
const MOST_OF_IT: f32 = 0.5;

/// A page without letters is a scan if pictures cover more than this share; otherwise it is blank.
const SOME_OF_IT: f32 = 0.05;

pub fn tidy_pages(mut pages: Vec<RawPage>) -> Vec<PageText> {
    for page in &mut pages {
        order::restore_order(&mut page.lines);
        for line in &mut page.lines {
            line.text = letters::normalise_line(&line.text);
        }
        page.lines.retain(|line| !line.text.trim().is_empty());
    }
    let garbled: Vec<bool> = pages.iter().map(|page| is_garbled(&page.lines)).collect();
    let origins: Vec<TextOrigin> =
        pages.iter().zip(&garbled).map(|(page, is_garbled)| page_origin(page, *is_garbled)).collect();
    let furniture = furniture::set_apart(&mut pages);
    let words = hyphen::Vocabulary::from_pages(&pages);
    let sizes = headings::LetterSizes::measure(&pages);
    let rest = origins.into_iter().zip(garbled).zip(furniture);
    pages
        .into_iter()
        .zip(rest)
        .map(|(page, ((origin, is_garbled), apart))| {
            let RawPage { number, engine, mut lines, hidden, file, .. } = page;
            // Symbols with no known letters are not text.
            if is_garbled {
                lines.clear();
            }
            let lines = hyphen::join_words(lines, &words);
            let headings = headings::find_headings(&lines, &sizes);
            let text = lines.into_iter().map(|line| line.text).collect::<Vec<_>>().join("\n");
            let furniture::PageFurniture { header, footer, label } = apart;
            PageText {
                number,
                text,
                origin,
                confidence: None,
                engine,
                label,
                header,
                footer,
                headings,
                hidden,
                file,
            }
        })
        .collect()
}

/// Returns the source of the words of a page, or the reason why it has none.
fn page_origin(page: &RawPage, is_garbled: bool) -> TextOrigin {
    let letters = page.letters();
    let is_picture = page.pictured > MOST_OF_IT || (letters == 0 && page.pictured > SOME_OF_IT);
    if is_garbled || (letters < FEW_LETTERS && is_picture) {
        TextOrigin::Scan
    } else if letters == 0 {
        TextOrigin::Blank
    } else if page.unpainted > MOST_OF_IT {
        TextOrigin::EmbeddedOcr
    } else {
        TextOrigin::TextLayer
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::raw::{LinePlace, TextLine};

    fn page(number: u32, lines: &[(&str, f32)]) -> RawPage {
        let line = |(text, top): &(&str, f32)| TextLine {
            text: (*text).to_owned(),
            place: Some(LinePlace { left: 0.1, right: 0.9, top: *top, bottom: top + 0.012, is_bold: false }),
            heading: None,
        };
        RawPage { number, lines: lines.iter().map(line).collect(), ..RawPage::default() }
    }

    #[test]
    fn what_recurs_is_set_apart_and_the_letterhead_stays() {
        let pages = (1..=4).map(|number| {
            let foot = format!("Pagina {number} van 4");
            page(number, &[("Gemeente Waterdam", 0.03), ("De raad besluit.", 0.4), (foot.as_str(), 0.95)])
        });
        let pages = tidy_pages(pages.collect());
        assert_eq!(pages[0].text, "Gemeente Waterdam\nDe raad besluit.");
        assert_eq!(pages[2].text, "De raad besluit.");
        assert_eq!(pages[2].header, ["Gemeente Waterdam"]);
        assert_eq!(pages[2].footer, ["Pagina 3 van 4"]);
        assert_eq!(pages[2].label.as_deref(), Some("3"));
    }

    #[test]
    fn a_page_says_where_its_words_come_from() {
        let words = "De raad van de gemeente Waterdam stelt de begroting vast.";
        let of = |text: &str, pictured, unpainted| {
            let page = RawPage { pictured, unpainted, ..page(1, &[(text, 0.4)]) };
            tidy_pages(vec![page]).remove(0).origin
        };
        assert_eq!(of(words, 0.0, 0.0), TextOrigin::TextLayer);
        assert_eq!(of(words, 1.0, 1.0), TextOrigin::EmbeddedOcr);
        assert_eq!(of("", 1.0, 0.0), TextOrigin::Scan);
        assert_eq!(of("pag. 3", 0.9, 0.0), TextOrigin::Scan);
        assert_eq!(of("", 0.0, 0.0), TextOrigin::Blank);
    }
}
