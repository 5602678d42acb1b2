//! The frequencies that scores are made of. A list by relevance is taken up again with those it began with, which its places
//! carry: whatever came, went or was merged in between, what was there then has the score it had.

use std::{cell::RefCell, collections::BTreeMap};

use ::tantivy::{Searcher, TantivyError, Term, query::Bm25StatisticsProvider, schema::Field};

use super::place::tie_of;
use crate::SearchError;

/// Digits of one frequency: four name it, four say it.
const DIGITS: usize = 8;
/// More frequencies than any query has.
const MOST: usize = 1_024;
/// A number is kept as its logarithm, in so many steps a doubling: exact up to some 2,600, within 0.02 % above.
const STEPS: f64 = 1800.0;

/// What one list is scored with.
pub struct Statistics<'a> {
    searcher: &'a Searcher,
    /// What the list began with, by a hash of what it is of. Two that share one share the frequency too, on every page alike.
    known: BTreeMap<u16, u16>,
    /// What of it this page used: a place carries no more.
    used: RefCell<BTreeMap<u16, u16>>,
}

impl<'a> Statistics<'a> {
    /// With what was known (nothing where a list begins): the rest as the searcher sees it.
    pub fn new(searcher: &'a Searcher, known: BTreeMap<u16, u16>) -> Self {
        Self { searcher, known, used: RefCell::default() }
    }

    /// In letters and digits.
    pub fn write(&self) -> String {
        self.used
            .borrow()
            .iter()
            .fold(String::new(), |text, (of, kept)| text + &format!("{of:04x}{kept:04x}"))
    }

    fn frequency(
        &self,
        of: &str,
        now: impl FnOnce() -> Result<u64, TantivyError>,
    ) -> Result<u64, TantivyError> {
        let of = u16::try_from(tie_of(of) >> 48).unwrap_or_default();
        let used = self.used.borrow().get(&of).or_else(|| self.known.get(&of)).copied();
        let kept = match used {
            Some(kept) => kept,
            None => pack(now()?),
        };
        self.used.borrow_mut().insert(of, kept);
        Ok(unpack(kept))
    }
}

/// From those letters and digits.
pub fn read(text: &str) -> Result<BTreeMap<u16, u16>, SearchError> {
    let foreign = || SearchError::ForeignPlace(text.chars().take(40).collect());
    let number =
        |part: Option<&str>| part.and_then(|part| u16::from_str_radix(part, 16).ok()).ok_or_else(foreign);
    if !text.len().is_multiple_of(DIGITS) || !text.is_ascii() || text.len() > DIGITS * MOST {
        return Err(foreign());
    }
    let all = (0..text.len()).step_by(DIGITS);
    all.map(|at| Ok((number(text.get(at..at + 4))?, number(text.get(at + 4..at + DIGITS))?))).collect()
}

impl Bm25StatisticsProvider for Statistics<'_> {
    fn total_num_tokens(&self, field: Field) -> Result<u64, TantivyError> {
        self.frequency(&format!("tokens {}", field.field_id()), || self.searcher.total_num_tokens(field))
    }

    fn total_num_docs(&self) -> Result<u64, TantivyError> {
        self.frequency("things", || self.searcher.total_num_docs())
    }

    fn doc_freq(&self, term: &Term) -> Result<u64, TantivyError> {
        let name = || {
            format!("{} {}", term.field().field_id(), String::from_utf8_lossy(term.serialized_value_bytes()))
        };
        // There are never more that have a word than there are.
        Ok(self.frequency(&name(), || self.searcher.doc_freq(term))?.min(self.total_num_docs()?))
    }
}

#[allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::allow_attributes,
    reason = "a logarithm of 64 bits, and what it is of, are in range"
)]
fn pack(number: u64) -> u16 {
    ((number as f64 + 1.0).log2() * STEPS).round().min(f64::from(u16::MAX)) as u16
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::allow_attributes,
    reason = "at most two to the power of 37"
)]
fn unpack(kept: u16) -> u64 {
    ((f64::from(kept) / STEPS).exp2() - 1.0).round() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_numbers_are_kept_exactly_and_large_ones_nearly() {
        for number in 0..2_600 {
            assert_eq!(unpack(pack(number)), number);
        }
        for number in [100_000, 5_500_000, 3_000_000_000_u64] {
            assert!(unpack(pack(number)).abs_diff(number) * 5_000 <= number, "{number}");
        }
        assert!(unpack(pack(u64::MAX)) > 60_000_000_000);
    }

    #[test]
    fn what_is_no_frequency_is_refused() {
        assert_eq!(read("").unwrap(), BTreeMap::new());
        assert_eq!(read("00010002ffff0003").unwrap(), BTreeMap::from([(1, 2), (0xffff, 3)]));
        for foreign in ["1", "0001000g", "0001000é", "000100020"] {
            assert!(read(foreign).unwrap_err().is_the_readers(), "{foreign}");
        }
    }
}
