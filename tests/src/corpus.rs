//! Papers of a made-up country, as many as are wanted: the same ones for the same number, with as many distinct words as real
//! ones have, and as unevenly spread.

use std::{collections::HashSet, fmt::Write as _};

use jiff::civil::Date;
use raadhuis_search::dutch::{compound, frequent::FREQUENT};

/// Words of a page.
pub const WORDS: usize = 300;

/// Distinct words.
pub const VOCABULARY: usize = 520_000;

/// Authorities.
pub const AUTHORITIES: u64 = 340;

/// Numbers by chance, the same for the same seed (`SplitMix64`).
#[derive(Clone, Debug)]
pub struct Chance(u64);

impl Chance {
    /// Begins.
    pub const fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(0x1234_5678_9ABC_DEF1))
    }

    /// The next number.
    pub fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below `end`.
    pub fn below(&mut self, end: u64) -> u64 {
        self.number() % end.max(1)
    }

    /// A number from 0 up to 1.
    #[allow(clippy::cast_precision_loss, clippy::allow_attributes, reason = "53 bits are whole in it")]
    pub fn unit(&mut self) -> f64 {
        (self.number() >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// The words, most frequent first: the words that stand everywhere, then those of which compounds are made, then compounds and
/// names in turn.
pub struct Vocabulary(Vec<String>);

impl Default for Vocabulary {
    fn default() -> Self {
        let mut words: Vec<String> = FREQUENT.iter().map(|word| (*word).to_owned()).collect();
        let mut known: HashSet<String> = words.iter().cloned().collect();
        let mut parts: Vec<&str> = compound::list_parts().collect();
        let mut chance = Chance::new(1);
        for at in (1..parts.len()).rev() {
            let other = usize::try_from(chance.below(at as u64 + 1)).unwrap_or(0);
            parts.swap(at, other);
        }
        let mut add = |word: String, words: &mut Vec<String>| {
            if words.len() < VOCABULARY && known.insert(word.clone()) {
                words.push(word);
            }
        };
        for part in &parts {
            add((*part).to_owned(), &mut words);
        }
        while words.len() < VOCABULARY {
            let mut pick = |_| parts[usize::try_from(chance.below(parts.len() as u64)).unwrap_or(0)];
            let compound = format!("{}{}", pick(0), pick(1));
            add(compound, &mut words);
            add(name(&mut chance), &mut words);
        }
        Self(words)
    }
}

/// A word that is in no list.
fn name(chance: &mut Chance) -> String {
    const BEGIN: [&str; 16] =
        ["b", "d", "f", "g", "h", "k", "l", "m", "n", "p", "r", "s", "t", "v", "w", "z"];
    const MIDDLE: [&str; 12] = ["a", "e", "i", "o", "u", "aa", "ee", "oo", "oe", "ie", "ui", "ei"];
    const END: [&str; 10] = ["", "n", "r", "s", "l", "k", "m", "t", "rd", "ng"];
    let mut word = String::new();
    let pick = |chance: &mut Chance, of: &[&'static str]| {
        of[usize::try_from(chance.below(of.len() as u64)).unwrap_or(0)]
    };
    for _ in 0..2 + chance.below(2) {
        word.push_str(pick(chance, &BEGIN));
        word.push_str(pick(chance, &MIDDLE));
        word.push_str(pick(chance, &END));
    }
    word
}

impl Vocabulary {
    /// A word by its rank, from 0.
    pub fn word(&self, rank: usize) -> &str {
        &self.0[rank % self.0.len()]
    }

    /// A rank by Zipf's law: half as often for twice the rank.
    #[allow(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::allow_attributes,
        reason = "ranks are small and positive"
    )]
    pub fn rank(&self, chance: &mut Chance) -> usize {
        let rank = (chance.unit() * (self.0.len() as f64 + 1.0).ln()).exp() as usize;
        rank.saturating_sub(1).min(self.0.len() - 1)
    }

    /// The text of a page.
    pub fn page(&self, seed: u64) -> String {
        let mut chance = Chance::new(seed ^ 0xA5A5_0000_0000);
        let mut text = String::with_capacity(WORDS * 8);
        for place in 0..WORDS {
            let word = self.word(self.rank(&mut chance));
            let begins = place % 14 == 0;
            match word.chars().next().filter(|_| begins) {
                Some(first) => {
                    let _ = write!(text, "{}{}", first.to_uppercase(), &word[first.len_utf8()..]);
                }
                None => text.push_str(word),
            }
            text.push_str(match place % 14 {
                13 => ".\n",
                6 => ", ",
                _ => " ",
            });
        }
        text
    }
}

/// A paper.
#[derive(Clone, Debug)]
pub struct Paper {
    /// Its number, from 0.
    pub number: u64,
    /// Whose, by number.
    pub authority: u64,
    /// Its title.
    pub title: String,
    /// How many pages it has, 1 to 9.
    pub pages: u64,
    /// The seed of its first page; the others follow.
    pub seed: u64,
    /// The day of its meeting, which ten papers share.
    pub day: Date,
}

impl Paper {
    /// The paper of that number.
    pub fn of(number: u64, vocabulary: &Vocabulary) -> Self {
        let mut chance = Chance::new(number);
        let meeting = number / 10;
        let mut of_meeting = Chance::new(meeting ^ 0x5EED_0000_0000_0000);
        let authority = of_meeting.below(AUTHORITIES);
        let day = i32::try_from(of_meeting.below(6000)).unwrap_or(0);
        let day = Date::constant(2010, 1, 1).checked_add(jiff::Span::new().days(day)).unwrap_or(Date::MAX);
        let count = 3 + usize::try_from(chance.below(5)).unwrap_or(0);
        let words: Vec<&str> = (0..count)
            .map(|_| {
                let rank = usize::try_from(chance.below(20_000)).unwrap_or(0);
                vocabulary.word(100 + rank)
            })
            .collect();
        let pages = 1 + chance.below(9);
        Self { number, authority, title: words.join(" "), pages, seed: number * 16, day }
    }

    /// The texts of its pages.
    pub fn texts(&self, vocabulary: &Vocabulary) -> Vec<String> {
        (0..self.pages).map(|page| vocabulary.page(self.seed + page)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_are_many_and_spread_as_zipf_says() {
        let vocabulary = Vocabulary::default();
        assert_eq!(vocabulary.0.len(), VOCABULARY);
        let mut chance = Chance::new(9);
        let mut counts = [0_u32; 4];
        for _ in 0..100_000 {
            let rank = vocabulary.rank(&mut chance);
            counts[match rank {
                0..10 => 0,
                10..1_000 => 1,
                1_000..50_000 => 2,
                _ => 3,
            }] += 1;
        }
        // ln(11), ln(1001/11), ln(50001/1001) and the rest, of ln(520001).
        for (count, share) in counts.iter().zip([0.182, 0.343, 0.297, 0.178]) {
            assert!((f64::from(*count) / 100_000.0 - share).abs() < 0.01, "{counts:?}");
        }
        assert_eq!(vocabulary.page(5), vocabulary.page(5));
        assert_ne!(vocabulary.page(5), vocabulary.page(6));
    }
}
