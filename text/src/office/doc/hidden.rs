//! Finds the hidden letters of a Word 97 document: hidden and deleted text ([MS-DOC] 2.8.7, 2.9.33).

use super::{read_size, read_u16, read_u32};

/// The size and the alignment of formatting pages, in bytes.
const PAGE: usize = 512;

/// The most formatting pages that are read, more than a document of 200 MiB has.
const MOST_PAGES: usize = 500_000;

const VANISH: u16 = 0x083C;
const DELETED: u16 = 0x0800;

/// Ranges of hidden letters in the document stream, sorted: the first byte, and the byte after the last.
#[derive(Debug, Default)]
pub struct HiddenLetters(Vec<(usize, usize)>);

impl HiddenLetters {
    /// Parses the character formatting. `pages` is the list of formatting pages from the table stream.
    pub fn parse(document: &[u8], pages: &[u8]) -> Self {
        let mut hidden = Vec::new();
        // There is one more position than pages; each takes four bytes.
        let count = pages.len().saturating_sub(4) / 8;
        for at in 0..count.min(MOST_PAGES) {
            let number = read_u32(pages, 4 * (count + 1) + 4 * at).map(|number| number & 0x003F_FFFF);
            let page = number.and_then(|number| usize::try_from(number).ok()?.checked_mul(PAGE));
            let Some(page) = page.and_then(|from| document.get(from..from.checked_add(PAGE)?)) else {
                continue;
            };
            hidden.extend(
                runs_of(page).into_iter().flatten().filter(|run| run.is_hidden).map(|run| (run.from, run.to)),
            );
        }
        hidden.sort_unstable();
        Self(hidden)
    }

    /// Returns whether the letter at a byte offset of the document stream is hidden.
    pub fn contains_byte(&self, at: usize) -> bool {
        let before = self.0.partition_point(|(from, _)| *from <= at);
        before.checked_sub(1).and_then(|last| self.0.get(last)).is_some_and(|(_, to)| at < *to)
    }
}

struct FormattingRun {
    from: usize,
    to: usize,
    is_hidden: bool,
}

fn runs_of(page: &[u8]) -> Option<Vec<FormattingRun>> {
    let count = usize::from(*page.last()?);
    Some((0..count).map_while(|at| parse_run(page, count, at)).collect())
}

fn parse_run(page: &[u8], count: usize, at: usize) -> Option<FormattingRun> {
    let (from, to) = (read_size(page, 4 * at)?, read_size(page, 4 * (at + 1))?);
    // A byte per run gives the offset of its properties, in units of two bytes; 0 means that the style
    // alone applies.
    let properties = usize::from(*page.get(4 * (count + 1) + at)?) * 2;
    let list = match properties {
        0 => &[][..],
        place => page.get(place + 1..place + 1 + usize::from(*page.get(place)?))?,
    };
    Some(FormattingRun { from, to, is_hidden: properties_hide(list) })
}

fn properties_hide(mut list: &[u8]) -> bool {
    let (mut vanishes, mut is_deleted) = (false, false);
    while let Some(property) = read_u16(list, 0) {
        let size = match property >> 13 {
            0 | 1 => 1,
            3 => 4,
            6 => 1 + list.get(2).map_or(0, |size| usize::from(*size)),
            7 => 3,
            _ => 2,
        };
        // 0x81 inverts the style, and styles almost never hide text.
        let on = list.get(2).is_some_and(|value| matches!(value, 0x01 | 0x81));
        match property {
            VANISH => vanishes = on,
            DELETED => is_deleted = on,
            _ => {}
        }
        list = list.get(2 + size..).unwrap_or_default();
    }
    vanishes || is_deleted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_and_deleted_letters_are_known_by_where_they_lie() {
        let mut document = vec![0_u8; 3 * PAGE];
        let mut page = vec![0_u8; PAGE];
        for (at, position) in [100_u32, 120, 140, 160].into_iter().enumerate() {
            page[4 * at..4 * at + 4].copy_from_slice(&position.to_le_bytes());
        }
        // The second run is hidden, behind a property with two bytes; the third was deleted.
        page[17] = 100;
        page[200..208].copy_from_slice(&[7, 0x30, 0x4A, 0x0A, 0x00, 0x3C, 0x08, 0x01]);
        page[18] = 110;
        page[220..224].copy_from_slice(&[3, 0x00, 0x08, 0x01]);
        page[PAGE - 1] = 3;
        document[2 * PAGE..].copy_from_slice(&page);
        let pages: Vec<u8> = [0_u32, 160, 2].iter().flat_map(|number| number.to_le_bytes()).collect();
        let hidden = HiddenLetters::parse(&document, &pages);
        assert!(!hidden.contains_byte(119) && hidden.contains_byte(120) && hidden.contains_byte(139));
        assert!(hidden.contains_byte(140) && hidden.contains_byte(159) && !hidden.contains_byte(160));
        assert!(
            !HiddenLetters::parse(&document[..700], &pages).contains_byte(130),
            "a page that is not there"
        );
        assert!(
            !properties_hide(&[0x3C, 0x08, 0x00])
                && !properties_hide(&[0x3C])
                && !properties_hide(&[0x06, 0xC6, 0xFF])
        );
    }
}
