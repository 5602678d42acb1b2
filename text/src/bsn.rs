//! Citizen service numbers (BSN) in text. Pure, and quick on pages without any: a number must pass the check of its digits
//! before anything around it is looked at. What is excluded was learnt from false alarms in council papers.

use std::cell::OnceCell;

use raadhuis_schema::Tier;

/// How far from a number a word may stand that says what it is, in characters.
const NEAR: usize = 120;

/// How far behind it.
const NEAR_BEHIND: usize = 30;

/// What surrounds a number without a word, in characters.
const AROUND: usize = 80;

/// Words that say that a number is one. "Persoonsnummer" is none: the land registry has its own.
const KEYWORDS: [&str; 16] = [
    "bsn",
    "b.s.n",
    "b s n",
    "burgerservicenummer",
    "burgerservice-nummer",
    "burgerservice nummer",
    "burger service nummer",
    "burgerservicenr",
    "sofinummer",
    "sofi-nummer",
    "sofi nummer",
    "sofinr",
    "sofi-nr",
    "sofi nr",
    "sociaal-fiscaal nummer",
    "sociaal fiscaal nummer",
];

/// Words that say that a number is something else, where they stand directly before it.
const OTHERS: [&str; 44] = [
    "rsin",
    "kvk",
    "k.v.k",
    "btw",
    "iban",
    "rekening",
    "rekeningnummer",
    "rekeningnr",
    "zaaknummer",
    "zaaknr",
    "zaak-id",
    "zaakid",
    "zaak",
    "kenmerk",
    "dossier",
    "dossiernummer",
    "dossiernr",
    "behandeld door",
    "telefoon",
    "telefoonnummer",
    "tel",
    "fax",
    "mobiel",
    "factuur",
    "factuurnummer",
    "ordernummer",
    "order",
    "referentie",
    "fiscaal nummer",
    "fiscaalnummer",
    "vestigingsnummer",
    "relatienummer",
    "klantnummer",
    "debiteurnummer",
    "debiteur",
    "crediteur",
    "documentnummer",
    "registratienummer",
    "objectnummer",
    "artikelnummer",
    "postbus",
    "ons nummer",
    "isbn",
    "kadastraal",
];

/// Words that may stand between such a word and its number.
const BETWEEN: [&str; 10] = ["nummer", "nr", "no", "is", "van", "de", "het", "onder", "met", "id"];

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
    let is_mentioned = OnceCell::new();
    for first in 0..groups.len() {
        let (at, _) = groups[first];
        if hits.last().is_some_and(|hit| at < hit.end) {
            continue;
        }
        let Some(number) = number(&chars, &groups, first) else { continue };
        let tier = match tier(&chars, &number) {
            None => continue,
            // The head of a long table names it far above.
            Some(Tier::Medium) if *is_mentioned.get_or_init(|| mentions(text)) => Tier::High,
            Some(tier) => tier,
        };
        hits.push(Hit { at, end: number.end, tier });
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
    /// Nine digits, and nothing between them or glued to them: such a number may stand without a word.
    is_bare: bool,
}

/// The most groups of digits of one number: a form has a box for each digit.
const MOST_GROUPS: usize = 9;

/// The number that begins with a group of digits: one group, or some with marks or a line's end between them.
fn number(chars: &[char], groups: &[(usize, usize)], first: usize) -> Option<Number> {
    let at = groups[first].0;
    let is_glued = glued_before(chars, at)?;
    let mut digits = Vec::with_capacity(9);
    let mut sizes: Vec<usize> = Vec::new();
    let mut end = at;
    for &(from, to) in groups.iter().skip(first).take(MOST_GROUPS) {
        if !sizes.is_empty() && !is_part(&chars[end..from]) {
            break;
        }
        sizes.push(to - from);
        digits.extend(chars[from..to].iter().filter_map(|c| c.to_digit(10)));
        end = to;
        if digits.len() > 9 {
            return None;
        }
        let is_whole = match digits.len() {
            9 => !runs_on(chars, end),
            8 => !runs_on(chars, end) && !is_date(chars, at, end, &sizes),
            _ => false,
        };
        if is_whole && passes(&digits) {
            let is_glued = is_glued || chars.get(end).copied().is_some_and(char::is_alphabetic);
            return Some(Number { at, end, is_bare: sizes.len() == 1 && digits.len() == 9 && !is_glued });
        }
    }
    None
}

/// Whether a word is glued to a number's front; `None` where that makes it no number: `Z123`, `+31`, `12,5`. A keyword may be
/// glued to it.
fn glued_before(chars: &[char], at: usize) -> Option<bool> {
    let Some(before) = at.checked_sub(1).map(|before| chars[before]) else { return Some(false) };
    let word: String = chars[at.saturating_sub(24)..at].iter().flat_map(|c| c.to_lowercase()).collect();
    let word = word.trim_end_matches(['-', '/', '_', ':', '.', '#']);
    if KEYWORDS.iter().any(|keyword| word.ends_with(keyword)) {
        return Some(true);
    }
    let two_before = at.checked_sub(2).map(|before| chars[before]);
    let is_digit = two_before.is_some_and(|c| c.is_ascii_digit());
    let is_letter = two_before.is_some_and(char::is_alphabetic);
    let belongs = before.is_alphabetic()
        || matches!(before, '€' | '+' | '_' | '#')
        // A list of whole numbers is parted by commas and strokes; a decimal number has few digits before its comma.
        || (matches!(before, '.' | '-') && is_digit)
        || (matches!(before, ',' | '/') && is_digit && !is_of_nine(chars, at - 1))
        || (matches!(before, '-' | '/') && is_letter);
    (!belongs).then_some(false)
}

/// Whether exactly nine digits end before an index.
fn is_of_nine(chars: &[char], end: usize) -> bool {
    chars[..end].iter().rev().take(10).take_while(|c| c.is_ascii_digit()).count() == 9
}

/// Whether a number goes on behind its last digit (`123456782.01`, `123456782-1`, `123456782,50`, `12 %`) or is an amount.
fn runs_on(chars: &[char], end: usize) -> bool {
    let rest = &chars[end..chars.len().min(end + 12)];
    let digits = |from: usize| rest.iter().skip(from).take_while(|c| c.is_ascii_digit()).count();
    match rest.first() {
        Some('.' | '-') => digits(1) > 0,
        // Behind a comma of decimals stand one or two digits; others begin the next field or number.
        Some(',') => (1..=2).contains(&digits(1)),
        Some('/') => digits(1) > 0 && digits(1) != 9,
        Some('%') => true,
        _ => {
            let words: String = rest.iter().collect();
            let words = words.trim_start();
            words.starts_with('%') || words.starts_with("euro") || words.starts_with('€')
        }
    }
}

/// What may stand between the digits of one number: a few marks and spaces, or the end of a line.
fn is_part(between: &[char]) -> bool {
    let is_mark = |c: &char| matches!(c, ' ' | '.' | '-' | '/' | '\u{A0}' | '\u{202F}' | '\t' | '\n' | '\r');
    between.len() <= 3 && between.iter().all(is_mark) && between.iter().filter(|c| **c == '\n').count() <= 1
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
    let lower = |part: &[char]| -> String { part.iter().flat_map(|c| c.to_lowercase()).collect() };
    // Words that a line's end parted count as whole.
    let ahead =
        lower(&chars[from..number.at]).replace("-\n", "").replace("\r\n", "\n").replace('\u{A0}', " ");
    let flat = ahead.replace('\n', " ");
    let keyword = KEYWORDS.iter().filter_map(|word| last_word(&flat, word, true)).max();
    let other = OTHERS.iter().filter_map(|word| last_word(&flat, word, false)).max();
    let is_other = other.is_some_and(|end| {
        keyword.is_none_or(|keyword| end > keyword) && is_direct(&ahead, end, keyword.is_some())
    });
    if is_other {
        return None;
    }
    if keyword.is_some() {
        return Some(Tier::High);
    }
    let behind = lower(&chars[number.end..chars.len().min(number.end + NEAR_BEHIND)]).replace('\n', " ");
    // Behind it a word counts only as long as no other number comes between.
    let behind = behind.split(|c: char| c.is_ascii_digit()).next().unwrap_or_default();
    if KEYWORDS.iter().any(|word| last_word(behind, word, true).is_some()) {
        return Some(Tier::High);
    }
    (number.is_bare && is_prose(chars, number)).then_some(Tier::Medium)
}

/// Whether a text speaks of such numbers at all.
fn mentions(text: &str) -> bool {
    let text = text.to_lowercase();
    KEYWORDS.iter().any(|word| last_word(&text, word, true).is_some())
}

/// Where a word ends that stands last in a text: as a word of its own; a keyword may go on ("bsn-nummer").
fn last_word(text: &str, word: &str, may_go_on: bool) -> Option<usize> {
    let is_apart = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
    text.rmatch_indices(word)
        .map(|(at, found)| (at, at + found.len()))
        .find(|(at, end)| {
            is_apart(text[..*at].chars().next_back()) && (may_go_on || is_apart(text[*end..].chars().next()))
        })
        .map(|(_, end)| end)
}

/// Whether a word that ends at an index stands directly before the number behind the text. In the head of a table, which names
/// what we look for as well, it stands before another column.
fn is_direct(ahead: &str, end: usize, has_keyword: bool) -> bool {
    let rest = &ahead[end..];
    let is_word = |word: &&str| word.chars().any(char::is_alphabetic) && !BETWEEN.contains(word);
    let words = rest.split(|c: char| !c.is_alphanumeric()).filter(is_word).count();
    if rest.contains('\n') && (has_keyword || words > 0) {
        return false;
    }
    words <= 1
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
            "BSN: 1 2 3 4 5 6 7 8 2",
            "BSN 123/456/782",
            "BSN:\t123456782",
            "bsn 123 - 456 - 782",
            "BSN123456782",
            "BSN-123456782geboren",
            "naam,bsn,geboren\nJansen,123456782,1990-01-01",
            "Naam BSN Telefoon\nJansen 123456782 0612345678",
            "BSN Zaaknummer\n123456782 Z-12",
            "burgerservicenummer is, rekening houdend met de wet, 123456782",
            "bsn, met de kenmerken van 123456782",
            "sociaal-fiscaal nummer 123456782",
            "sofi-nr 123456782",
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
            "Het BSN-stelsel kost 123.456.782 euro",
        ] {
            assert_eq!(tiers(text), [], "{text}");
        }
    }

    #[test]
    fn all_of_a_list_are_found() {
        assert_eq!(tiers("BSN's: 123456782,111222333/123456782; 111222333"), [Tier::High; 4]);
        let far = format!(
            "BSN\n{}\nDe heer Jansen met 123456782 en mevrouw De Wit",
            "woorden en namen ".repeat(40)
        );
        assert_eq!(tiers(&far), [Tier::High], "the head of a table may be far above");
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
