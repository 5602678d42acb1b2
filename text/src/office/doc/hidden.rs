//! Which letters of a Word 97 document nobody sees: hidden and deleted ones ([MS-DOC] 2.8.7, 2.9.33), and comments.

use super::{four, two};

/// Pages of formatting are of this size, and lie at multiples of it.
const PAGE: usize = 512;

/// The most pages of formatting that are read: more than a document of 200 MiB has.
const MOST_PAGES: usize = 500_000;

/// Properties of letters: hidden, and deleted with changes tracked.
const VANISH: u16 = 0x083C;
const DELETED: u16 = 0x0800;

/// Stretches of the document stream whose letters are hidden, in order: the first byte, and the byte behind the last.
#[derive(Debug, Default)]
pub struct HiddenLetters(Vec<(usize, usize)>);

impl HiddenLetters {
    /// Reads the formatting of letters. `pages` is the list of pages, as it lies in the table stream.
    pub fn read(document: &[u8], pages: &[u8]) -> Self {
        let mut hidden = Vec::new();
        // One more position than pages; either takes four bytes.
        let count = pages.len().saturating_sub(4) / 8;
        for at in 0..count.min(MOST_PAGES) {
            let number = four(pages, 4 * (count + 1) + 4 * at).map(|number| number & 0x003F_FFFF);
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

    /// Whether the letter at a byte of the document stream is hidden.
    pub fn covers(&self, at: usize) -> bool {
        let before = self.0.partition_point(|(from, _)| *from <= at);
        before.checked_sub(1).and_then(|last| self.0.get(last)).is_some_and(|(_, to)| at < *to)
    }
}

/// A stretch of letters with the same formatting.
struct Run {
    from: usize,
    to: usize,
    is_hidden: bool,
}

/// The runs of a page of formatting.
fn runs_of(page: &[u8]) -> Option<Vec<Run>> {
    let count = usize::from(*page.last()?);
    let run = |at: usize| {
        let position = |at: usize| four(page, 4 * at).and_then(|position| usize::try_from(position).ok());
        // A word further on lie the properties; none stands for those of the style alone.
        let properties = usize::from(*page.get(4 * (count + 1) + at)?) * 2;
        let list = match properties {
            0 => &[][..],
            place => page.get(place + 1..place + 1 + usize::from(*page.get(place)?))?,
        };
        Some(Run { from: position(at)?, to: position(at + 1)?, is_hidden: hides(list) })
    };
    Some((0..count).map_while(run).collect())
}

/// Whether a list of properties hides letters.
fn hides(mut list: &[u8]) -> bool {
    let (mut vanishes, mut is_deleted) = (false, false);
    while let Some(property) = two(list, 0) {
        let size = match property >> 13 {
            0 | 1 => 1,
            3 => 4,
            6 => 1 + list.get(2).map_or(0, |size| usize::from(*size)),
            7 => 3,
            _ => 2,
        };
        // 0x81 is the opposite of what the style says, which hides next to nothing.
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
        let hidden = HiddenLetters::read(&document, &pages);
        assert!(!hidden.covers(119) && hidden.covers(120) && hidden.covers(139));
        assert!(hidden.covers(140) && hidden.covers(159) && !hidden.covers(160));
        assert!(!HiddenLetters::read(&document[..700], &pages).covers(130), "a page that is not there");
        assert!(!hides(&[0x3C, 0x08, 0x00]) && !hides(&[0x3C]) && !hides(&[0x06, 0xC6, 0xFF]));
    }
}
