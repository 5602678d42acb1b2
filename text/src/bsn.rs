//! Citizen service numbers (BSN) in text. Pure, and quick on pages without any: a number must pass the check of its digits
//! before anything around it is looked at. What is excluded was learnt from false alarms in council papers.

use raadhuis_schema::Tier;

/// How far from a number a word may stand that says what it is, in characters.
const NEAR: usize = 120;

/// How far behind it.
const NEAR_BEHIND: usize = 30;

/// What surrounds a number without a word, in characters.
const AROUND: usize = 80;

/// Words that say that a number is one. "Persoonsnummer" is none: the land registry has its own.
const KEYWORDS: [&str; 9] = [
    "bsn",
    "b.s.n",
    "burgerservicenummer",
    "burgerservicenr",
    "burger service nummer",
    "burgerservice nummer",
    "sofinummer",
    "sofi-nummer",
    "sofinr",
];

/// Words that say that a number is something else.
const OTHERS: [&str; 36] = [
    "rsin",
    "kvk",
    "k.v.k",
    "btw",
    "iban",
    "rekening",
    "zaaknummer",
    "zaaknr",
    "zaak-id",
    "zaakid",
    "kenmerk",
    "dossier",
    "behandeld door",
    "telefoon",
    "tel.",
    "tel:",
    "fax",
    "mobiel",
    "factuur",
    "ordernummer",
    "order",
    "referentie",
    "fiscaal",
    "vestigingsnummer",
    "relatienummer",
    "klantnummer",
    "debiteur",
    "crediteur",
    "documentnummer",
    "registratienummer",
    "objectnummer",
    "artikelnummer",
    "nummeraanduiding",
    "postbus",
    "ons nummer",
    "isbn",
];

/// A number in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hit {
    /// The character at which it begins.
    pub at: usize,
    /// The character behind it.
    pub end: usize,
    /// How sure that is.
    pub tier: Tier,
}

/// The numbers in a text, in order.
pub fn find(text: &str) -> Vec<Hit> {
    if !text.bytes().any(|byte| byte.is_ascii_digit()) {
        return Vec::new();
    }
    let chars: Vec<char> = text.chars().collect();
    let groups = groups(&chars);
    let mut hits: Vec<Hit> = Vec::new();
    for first in 0..groups.len() {
        let (at, _) = groups[first];
        if hits.last().is_some_and(|hit| at < hit.end) {
            continue;
        }
        let Some(number) = number(&chars, &groups, first) else { continue };
        if let Some(tier) = tier(&chars, &number) {
            hits.push(Hit { at, end: number.end, tier });
        }
    }
    hits
}

/// All but the last two digits struck out.
pub fn masked(text: &str, hit: Hit) -> String {
    let digits: Vec<char> =
        text.chars().skip(hit.at).take(hit.end - hit.at).filter(char::is_ascii_digit).collect();
    let kept = digits.len().saturating_sub(2);
    digits.iter().enumerate().map(|(at, digit)| if at < kept { '*' } else { *digit }).collect()
}

/// The text with every digit of a hit struck out.
pub fn strike(text: &str, hits: &[Hit]) -> String {
    let is_hit = |at: usize| hits.iter().any(|hit| (hit.at..hit.end).contains(&at));
    let strike = |(at, c): (usize, char)| if c.is_ascii_digit() && is_hit(at) { '*' } else { c };
    text.chars().enumerate().map(strike).collect()
}

/// Where each run of digits begins and ends.
fn groups(chars: &[char]) -> Vec<(usize, usize)> {
    let mut groups = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        let size = chars[at..].iter().take_while(|c| c.is_ascii_digit()).count();
        if size > 0 {
            groups.push((at, at + size));
        }
        at += size.max(1);
    }
    groups
}

/// A number that passes the check.
struct Number {
    at: usize,
    end: usize,
    /// Nine digits, and nothing between them.
    is_bare: bool,
}

/// The number that begins with a group of digits: one group, or some with a mark or a line's end between them.
fn number(chars: &[char], groups: &[(usize, usize)], first: usize) -> Option<Number> {
    let at = groups[first].0;
    if before(chars, at).is_some_and(|c| is_glue(chars, at, c)) {
        return None;
    }
    let mut digits = Vec::with_capacity(9);
    let mut sizes: Vec<usize> = Vec::new();
    let mut end = at;
    for &(from, to) in groups.iter().skip(first).take(5) {
        if !sizes.is_empty() && !is_part(&chars[end..from]) {
            break;
        }
        sizes.push(to - from);
        digits.extend(chars[from..to].iter().filter_map(|c| c.to_digit(10)));
        end = to;
        if digits.len() > 9 {
            return None;
        }
        let behind = chars.get(end).copied();
        let next = chars.get(end + 1).copied();
        let is_glued = behind.is_some_and(char::is_alphabetic)
            || (behind == Some(',') && next.is_some_and(|c| c.is_ascii_digit()))
            || (behind == Some('%'));
        let is_whole = match digits.len() {
            9 => !is_glued && !runs_on(chars, end),
            8 => !is_glued && !runs_on(chars, end) && !is_date(chars, at, end, &sizes),
            _ => false,
        };
        if is_whole && passes(&digits) {
            return Some(Number { at, end, is_bare: sizes.len() == 1 && digits.len() == 9 });
        }
    }
    None
}

fn before(chars: &[char], at: usize) -> Option<char> {
    at.checked_sub(1).map(|before| chars[before])
}

/// Whether what stands before a digit belongs to the same number or word.
fn is_glue(chars: &[char], at: usize, c: char) -> bool {
    let is_digit_before = at >= 2 && chars[at - 2].is_ascii_digit();
    c.is_alphabetic()
        || matches!(c, '€' | '+' | '_' | '#')
        || (matches!(c, '.' | ',' | '-' | '/') && is_digit_before)
        || (matches!(c, '-' | '/') && at >= 2 && chars[at - 2].is_alphabetic())
}

/// Whether a number goes on behind its last digit: `123456782.01`, `123456782-1`.
fn runs_on(chars: &[char], end: usize) -> bool {
    let (behind, next) = (chars.get(end), chars.get(end + 1));
    matches!(behind, Some('.' | '-' | '/')) && next.is_some_and(char::is_ascii_digit)
}

/// What may stand between the digits of one number: a mark or a space, or the end of a line with a hyphen before it.
fn is_part(between: &[char]) -> bool {
    match between {
        [c] => matches!(c, ' ' | '.' | '-' | '\u{A0}' | '\u{202F}' | '\n'),
        ['-' | ' ' | '.' | '\r', '\n'] => true,
        _ => false,
    }
}

/// Whether eight digits are a day: `01-02-1990`, `1990-02-01`, `20240131`.
fn is_date(chars: &[char], at: usize, end: usize, sizes: &[usize]) -> bool {
    let digits: String = chars[at..end].iter().filter(|c| c.is_ascii_digit()).collect();
    let number = |from: usize, to: usize| digits[from..to].parse::<u32>().unwrap_or(0);
    let is_day = |day: u32, month: u32, year: u32| {
        (1..=31).contains(&day) && (1..=12).contains(&month) && (1800..=2100).contains(&year)
    };
    let backward = is_day(number(6, 8), number(4, 6), number(0, 4));
    let forward = is_day(number(0, 2), number(2, 4), number(4, 8));
    match sizes {
        [2, 2, 4] => forward,
        [4, 2, 2] => backward,
        [8] => forward || backward,
        _ => false,
    }
}

/// The eleven-test: 9, 8, … 2 times the digits, and the last one taken off. Eight digits have a zero before them.
fn passes(digits: &[u32]) -> bool {
    let nine = std::iter::repeat_n(&0, 9_usize.saturating_sub(digits.len())).chain(digits);
    let weights = [9_i64, 8, 7, 6, 5, 4, 3, 2, -1];
    let sum: i64 = nine.zip(weights).map(|(digit, weight)| i64::from(*digit) * weight).sum();
    sum % 11 == 0 && digits.iter().any(|digit| *digit != digits[0])
}

/// How sure it is that a number is one; `None` where something says that it is not.
fn tier(chars: &[char], number: &Number) -> Option<Tier> {
    let from = number.at.saturating_sub(NEAR);
    let lower = |part: &[char]| -> String {
        // Words that a line's end parted count as whole.
        let text: String = part.iter().flat_map(|c| c.to_lowercase()).collect();
        text.replace("-\n", "").replace("\r\n", "\n").replace(['\n', '\u{A0}'], " ")
    };
    let ahead = lower(&chars[from..number.at]);
    let last = |words: &[&str]| words.iter().filter_map(|word| last_word(&ahead, word)).max();
    let (keyword, other) = (last(&KEYWORDS), last(&OTHERS));
    match (keyword, other) {
        (Some(keyword), Some(other)) if other > keyword => return None,
        (Some(_), _) => return Some(Tier::High),
        (None, Some(_)) => return None,
        (None, None) => {}
    }
    let behind = lower(&chars[number.end..chars.len().min(number.end + NEAR_BEHIND)]);
    // Behind it a word counts only as long as no other number comes between.
    let behind = behind.split(|c: char| c.is_ascii_digit()).next().unwrap_or_default();
    if KEYWORDS.iter().any(|word| last_word(behind, word).is_some()) {
        return Some(Tier::High);
    }
    (number.is_bare && is_prose(chars, number)).then_some(Tier::Medium)
}

/// Where a word stands last; as a word of its own, or the beginning of one.
fn last_word(text: &str, word: &str) -> Option<usize> {
    text.rmatch_indices(word)
        .map(|(at, _)| at)
        .find(|at| text[..*at].chars().next_back().is_none_or(|c| !c.is_alphanumeric()))
}

/// Whether a number stands in words, and not in a table of numbers or in what OCR made of a stain.
fn is_prose(chars: &[char], number: &Number) -> bool {
    let from = number.at.saturating_sub(AROUND);
    let to = chars.len().min(number.end + AROUND);
    let around: String = chars[from..number.at].iter().chain(&chars[number.end..to]).collect();
    let visible = around.chars().filter(|c| !c.is_whitespace()).count();
    let letters = around.chars().filter(|c| c.is_alphabetic()).count();
    let words: Vec<&str> = around.split_whitespace().collect();
    let is_junk = |word: &&&str| {
        !word.chars().any(char::is_alphanumeric)
            || (word.len() > 2
                && word.chars().filter(|c| c.is_alphanumeric()).count() * 2 < word.chars().count())
    };
    letters * 4 >= visible && words.iter().filter(is_junk).count() * 4 <= words.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tiers(text: &str) -> Vec<Tier> {
        find(text).into_iter().map(|hit| hit.tier).collect()
    }

    // None of these is anybody's: the numbers are those of public test sets.
    #[test]
    fn a_number_is_as_sure_as_what_stands_beside_it() {
        for text in [
            "BSN: 123456782",
            "zijn burgerservicenummer is 1234.56.782.",
            "burgerservice-\nnummer 123 456 782",
            "BSN\n111222333",
            "bsn 1234\n56782 van betrokkene",
            "sofinummer 123-456-782",
            "BSN\u{A0}123\u{A0}456\u{A0}782",
            "123456782 (BSN)",
            "Naam  BSN  Geboren\nDe Vries 111222333 01-02-1990",
        ] {
            assert_eq!(tiers(text), [Tier::High], "{text}");
        }
        assert_eq!(tiers("De heer Jansen heeft nummer 123456782 gekregen van de gemeente"), [Tier::Medium]);
    }

    #[test]
    fn what_is_something_else_is_none() {
        for text in [
            "RSIN 123456782",
            "BSN onbekend, zaaknummer 123456782",
            "NL123456782B01",
            "KvK 12345678",
            "BSN: 123456783",
            "bsn, geboren 01-02-1990 en 20-11-1968",
            "€ 123456782",
            "Z123456782",
            "123456782,50 euro BSN",
            "Tel. 0612345678",
            "10 123456782 20 30 40 50 60 70 80 90 111 222 333 444 555 666",
            "BSN 000000000",
            "bsn 1234567820",
        ] {
            assert_eq!(tiers(text), [], "{text}");
        }
    }

    #[test]
    fn no_number_is_left_when_it_was_struck() {
        let text = "Het BSN is 1234.56.782 en dat is é";
        let hits = find(text);
        assert_eq!(strike(text, &hits), "Het BSN is ****.**.*** en dat is é");
        assert_eq!(masked(text, hits[0]), "*******82");
        assert_eq!(find(&strike(text, &hits)), []);
    }
}
