//! Detects text layers whose symbols have no known letters: the font has no map to Unicode.

use crate::raw::TextLine;

const ENOUGH_WORDS: usize = 20;

/// The most common Dutch words: more than a fifth of all words in prose, a twentieth in tables.
const COMMON: [&str; 24] = [
    "de", "het", "een", "van", "en", "in", "is", "dat", "op", "te", "voor", "met", "zijn", "aan", "niet",
    "er", "om", "door", "bij", "als", "of", "naar", "die", "wordt",
];

/// Returns whether the text of a page is garbled. Two signs must agree, because readable inventories and
/// tables also have few common words.
pub fn is_garbled(lines: &[TextLine]) -> bool {
    let words: Vec<&str> = lines.iter().flat_map(|line| line.text.split_whitespace()).collect();
    let count = words.len();
    if count < ENOUGH_WORDS {
        return false;
    }
    let common = words.iter().filter(|word| COMMON.contains(&word.to_lowercase().as_str())).count();
    if common * 100 >= count * 3 {
        return false;
    }
    let (mut all, mut odd) = (0, 0);
    for c in lines.iter().flat_map(|line| line.text.chars()) {
        all += 1;
        odd += usize::from(c.is_control() || matches!(c, '\u{E000}'..='\u{F8FF}' | '\u{FFFD}' | '\u{FFFE}'));
    }
    odd * 100 > all * 3 || words.iter().filter(|word| is_mute(word)).count() * 10 > count * 3
}

/// Returns whether a word lacks a vowel. Readable words have one, except short ones such as abbreviations.
fn is_mute(word: &str) -> bool {
    word.chars().count() > 4
        && word.chars().filter(|c| c.is_alphabetic()).count() > 2
        && !word.to_lowercase().contains(['a', 'e', 'i', 'o', 'u', 'y', 'é', 'ë', 'ï', 'ó', 'ö', 'ü'])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_it(text: &str) -> bool {
        is_garbled(&[TextLine { text: text.repeat(8), ..TextLine::default() }])
    }

    #[test]
    fn symbols_are_garbled_and_tables_are_not() {
        assert!(is_it("\u{F041}\u{F042}\u{F043} \u{F051}^T %2@<A> \u{FFFD}\u{FFFD} \u{1}\u{2} "));
        assert!(is_it("brdfg wrtpl xcvbn klmnb pqrst "));
        assert!(!is_it("De raad van de gemeente stelt de begroting vast. "));
        assert!(!is_it("2024-001 Begroting 1.250.000 Sport 340 Jeugd WMO BTW 12 % "));
    }
}
