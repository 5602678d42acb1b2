//! Text layers whose symbols stand for letters that nobody can tell: a font without a map to Unicode.

use crate::raw::Line;

/// A page with fewer words tells nothing.
const ENOUGH_WORDS: usize = 20;

/// The most common Dutch words: in prose more than a fifth of all, in tables a twentieth.
const COMMON: [&str; 24] = [
    "de", "het", "een", "van", "en", "in", "is", "dat", "op", "te", "voor", "met", "zijn", "aan", "niet",
    "er", "om", "door", "bij", "als", "of", "naar", "die", "wordt",
];

/// Whether the words of a page are none. Two signs must agree: inventories and tables have few common words honestly.
pub fn is_garbled(lines: &[Line]) -> bool {
    let words = || lines.iter().flat_map(|line| line.text.split_whitespace());
    let count = words().count();
    if count < ENOUGH_WORDS {
        return false;
    }
    let is_common = |word: &&str| COMMON.contains(&word.to_lowercase().as_str());
    if words().filter(is_common).count() * 100 >= count * 3 {
        return false;
    }
    let (mut all, mut odd) = (0, 0);
    for c in lines.iter().flat_map(|line| line.text.chars()) {
        all += 1;
        odd += usize::from(c.is_control() || matches!(c, '\u{E000}'..='\u{F8FF}' | '\u{FFFD}' | '\u{FFFE}'));
    }
    // A word of letters has a vowel; abbreviations are short.
    let is_mute = |word: &&str| {
        word.chars().count() > 4
            && word.chars().filter(|c| c.is_alphabetic()).count() > 2
            && !word.to_lowercase().contains(['a', 'e', 'i', 'o', 'u', 'y', 'é', 'ë', 'ï', 'ó', 'ö', 'ü'])
    };
    odd * 100 > all * 3 || words().filter(is_mute).count() * 10 > count * 3
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_it(text: &str) -> bool {
        is_garbled(&[Line { text: text.repeat(8), ..Line::default() }])
    }

    #[test]
    fn symbols_are_garbled_and_tables_are_not() {
        assert!(is_it("\u{F041}\u{F042}\u{F043} \u{F051}^T %2@<A> \u{FFFD}\u{FFFD} \u{1}\u{2} "));
        assert!(is_it("brdfg wrtpl xcvbn klmnb pqrst "));
        assert!(!is_it("De raad van de gemeente stelt de begroting vast. "));
        assert!(!is_it("2024-001 Begroting 1.250.000 Sport 340 Jeugd WMO BTW 12 % "));
    }
}
