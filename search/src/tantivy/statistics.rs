//! The frequencies that scores are based on. The cursors of a list by relevance carry the frequencies of its first page: later
//! changes and merges do not alter the scores of earlier entries.

use std::{cell::RefCell, collections::BTreeMap};

use ::tantivy::{Searcher, TantivyError, Term, query::Bm25StatisticsProvider, schema::Field};

use super::place::{foreign_place, tie_of};
use crate::SearchError;

/// Length of one encoded frequency: four hexadecimal digits for its name, four for its value.
const DIGITS: usize = 8;
/// Maximum number of frequencies in a cursor, more than any query needs.
const MOST: usize = 1_024;
/// Steps in which a doubling is encoded: a number is stored as its logarithm, exact up to about 2,600 and within 0.02 % above.
const STEPS: f64 = 1800.0;

/// The frequencies that one list is scored with.
pub struct Statistics<'a> {
    searcher: &'a Searcher,
    /// Frequencies from the cursor, by a hash of their name. A hash collision is harmless: both names then share one frequency on
    /// every page.
    known: BTreeMap<u16, u16>,
    /// Frequencies that this page used, which go into its cursors.
    used: RefCell<BTreeMap<u16, u16>>,
}

impl<'a> Statistics<'a> {
    /// Uses the `known` frequencies of a cursor (none on the first page) and takes the others from the searcher.
    pub fn new(searcher: &'a Searcher, known: BTreeMap<u16, u16>) -> Self {
        Self { searcher, known, used: RefCell::default() }
    }

    pub fn to_text(&self) -> String {
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
            None => encode_frequency(now()?),
        };
        self.used.borrow_mut().insert(of, kept);
        Ok(decode_frequency(kept))
    }
}

pub fn parse_frequencies(text: &str) -> Result<BTreeMap<u16, u16>, SearchError> {
    if !text.len().is_multiple_of(DIGITS) || !text.is_ascii() || text.len() > DIGITS * MOST {
        return Err(foreign_place(text));
    }
    let mut frequencies = BTreeMap::new();
    for at in (0..text.len()).step_by(DIGITS) {
        let (name, value) = (parse_hex(text.get(at..at + 4)), parse_hex(text.get(at + 4..at + DIGITS)));
        let (Some(name), Some(value)) = (name, value) else { return Err(foreign_place(text)) };
        frequencies.insert(name, value);
    }
    Ok(frequencies)
}

fn parse_hex(digits: Option<&str>) -> Option<u16> {
    u16::from_str_radix(digits?, 16).ok()
}

impl Bm25StatisticsProvider for Statistics<'_> {
    fn total_num_tokens(&self, field: Field) -> Result<u64, TantivyError> {
        self.frequency(&format!("tokens {}", field.field_id()), || self.searcher.total_num_tokens(field))
    }

    fn total_num_docs(&self) -> Result<u64, TantivyError> {
        self.frequency("things", || self.searcher.total_num_docs())
    }

    fn doc_freq(&self, term: &Term) -> Result<u64, TantivyError> {
        let value = String::from_utf8_lossy(term.serialized_value_bytes());
        let name = format!("{} {value}", term.field().field_id());
        // No more entries can have a word than there are.
        Ok(self.frequency(&name, || self.searcher.doc_freq(term))?.min(self.total_num_docs()?))
    }
}

#[allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::allow_attributes,
    reason = "a logarithm of 64 bits, and what it is of, are in range"
)]
fn encode_frequency(number: u64) -> u16 {
    ((number as f64 + 1.0).log2() * STEPS).round().min(f64::from(u16::MAX)) as u16
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::allow_attributes,
    reason = "at most two to the power of 37"
)]
fn decode_frequency(kept: u16) -> u64 {
    ((f64::from(kept) / STEPS).exp2() - 1.0).round() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_numbers_are_kept_exactly_and_large_ones_nearly() {
        for number in 0..2_600 {
            assert_eq!(decode_frequency(encode_frequency(number)), number);
        }
        for number in [100_000, 5_500_000, 3_000_000_000_u64] {
            assert!(
                decode_frequency(encode_frequency(number)).abs_diff(number) * 5_000 <= number,
                "{number}"
            );
        }
        assert!(decode_frequency(encode_frequency(u64::MAX)) > 60_000_000_000);
    }

    #[test]
    fn what_is_no_frequency_is_refused() {
        assert_eq!(parse_frequencies("").unwrap(), BTreeMap::new());
        assert_eq!(parse_frequencies("00010002ffff0003").unwrap(), BTreeMap::from([(1, 2), (0xffff, 3)]));
        for foreign in ["1", "0001000g", "0001000é", "000100020"] {
            assert!(parse_frequencies(foreign).unwrap_err().is_the_readers(), "{foreign}");
        }
    }
}
