//! The place of a hit in an order, by which the list is taken up again however it grew.

use sha2::{Digest, Sha256};

use crate::{Direction, SearchError, Sort};

/// A place: what comes first is least. The tie is a hash of the id, which no merge of segments and no addition changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The order itself.
    pub key: u64,
    /// The order among equals.
    pub tie: u64,
}

/// Whatever has no time comes last.
const NEVER: u64 = u64::MAX;

impl Place {
    /// The place of a score: the highest first.
    pub fn of_score(score: f32, tie: u64) -> Self {
        // Of numbers that are not negative, the bits are in the order of the numbers. The last of them depend on the order in
        // which a segment adds, so they do not count.
        const UNSURE: u32 = 0xfff;
        Self { key: u64::from(u32::MAX - (score.max(0.0).to_bits() | UNSURE)), tie }
    }

    /// The place of a time.
    pub fn of_time(at: Option<i64>, direction: Direction, tie: u64) -> Self {
        let ascending = |at: i64| at.cast_unsigned() ^ (1 << 63);
        let key = match direction {
            Direction::Oldest => at.map(ascending),
            Direction::Newest => at.map(|at| !ascending(at)),
        };
        // The last moment of all is as good as never.
        Self { key: key.unwrap_or(NEVER), tie }
    }

    /// In letters and digits, with the order it is of.
    pub fn write(self, sort: Sort) -> String {
        format!("{}{:016x}{:016x}", letter(sort), self.key, self.tie)
    }

    /// From those letters and digits, and what stands behind them.
    pub fn read(text: &str, sort: Sort) -> Result<(Self, &str), SearchError> {
        let foreign = || SearchError::ForeignPlace(text.chars().take(40).collect());
        let digits = text.strip_prefix(letter(sort)).ok_or_else(foreign)?;
        let number =
            |part: Option<&str>| part.and_then(|part| u64::from_str_radix(part, 16).ok()).ok_or_else(foreign);
        let place = Self { key: number(digits.get(..16))?, tie: number(digits.get(16..32))? };
        Ok((place, digits.get(32..).unwrap_or_default()))
    }
}

fn letter(sort: Sort) -> char {
    match sort {
        Sort::Relevance => 'r',
        Sort::Match => 'm',
        Sort::MeetingDate(Direction::Newest) => 'd',
        Sort::MeetingDate(Direction::Oldest) => 'D',
        Sort::PublishedAt(Direction::Newest) => 'p',
        Sort::PublishedAt(Direction::Oldest) => 'P',
        Sort::FirstSeenAt(Direction::Newest) => 's',
        Sort::FirstSeenAt(Direction::Oldest) => 'S',
    }
}

/// The first eight bytes of a hash: two things among a hundred million share them once in some four thousand indexes.
pub fn tie_of(text: &str) -> u64 {
    Sha256::digest(text).iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_in_order_and_are_read_back() {
        let newest = |time| Place::of_time(time, Direction::Newest, 7);
        assert!(newest(Some(5)) < newest(Some(-5)) && newest(Some(i64::MIN + 1)) < newest(None));
        let oldest = |time| Place::of_time(time, Direction::Oldest, 7);
        assert!(oldest(Some(-5)) < oldest(Some(5)) && oldest(Some(i64::MAX - 1)) < oldest(None));
        assert!(Place::of_score(2.5, 0) < Place::of_score(2.25, 0));
        let sort = Sort::MeetingDate(Direction::Newest);
        let written = format!("{}rest", newest(Some(3)).write(sort));
        assert_eq!(Place::read(&written, sort).unwrap(), (newest(Some(3)), "rest"));
        for foreign in ["", "row-3", &newest(None).write(Sort::Match), "dé", &format!("d{}", "g".repeat(32))]
        {
            assert!(Place::read(foreign, sort).unwrap_err().is_the_readers(), "{foreign}");
        }
    }
}
