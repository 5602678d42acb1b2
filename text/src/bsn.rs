//! Finds citizen service numbers (BSN) in text. Pure, and fast on pages without any: a number must pass the
//! check of its digits before its context is examined. The exclusions come from false alarms in council
//! papers.

use std::cell::OnceCell;

use raadhuis_schema::Tier;

/// The distance before a number within which a keyword counts, in characters.
const NEAR: usize = 120;

/// The distance after a number within which a keyword counts, in characters.
const NEAR_BEHIND: usize = 30;

/// The context examined on each side of a number without a keyword, in characters.
const AROUND: usize = 80;

/// Keywords that name a BSN. "Persoonsnummer" is not one: the land registry uses it for its own number.
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

/// Words that, directly before a number, name another kind of number.
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

/// Words that may separate a word of [`OTHERS`] from its number.
const BETWEEN: [&str; 10] = ["nummer", "nr", "no", "is", "van", "de", "het", "onder", "met", "id"];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NumberHit {
    /// The index of the first character, counted in characters.
    pub at: usize,
    pub end: usize,
    pub tier: Tier,
}

/// Finds the citizen service numbers in a text, in order.
pub fn find_numbers(text: &str) -> Vec<NumberHit> {
    if !text.bytes().any(|byte| byte.is_ascii_digit()) {
        return Vec::new();
    }
    let chars: Vec<char> = text.chars().collect();
    let groups = digit_groups(&chars);
    let mut hits: Vec<NumberHit> = Vec::new();
    let is_mentioned = OnceCell::new();
    for first in 0..groups.len() {
        let (at, _) = groups[first];
        if hits.last().is_some_and(|hit| at < hit.end) {
            continue;
        }
        let Some(number) = find_number(&chars, &groups, first) else { continue };
        let tier = match rate_number(&chars, &number) {
            None => continue,
            // The keyword may be far above, in the header of a long table.
            Some(Tier::Medium) if *is_mentioned.get_or_init(|| mentions(text)) => Tier::High,
            Some(tier) => tier,
        };
        hits.push(NumberHit { at, end: number.end, tier });
    }
    hits
}

/// Returns the digits of a hit, all but the last two replaced by asterisks.
pub fn mask_number(text: &str, hit: NumberHit) -> String {
    let digits: Vec<char> =
        text.chars().skip(hit.at).take(hit.end - hit.at).filter(char::is_ascii_digit).collect();
    let kept = digits.len().saturating_sub(2);
    digits.iter().enumerate().map(|(at, digit)| if at < kept { '*' } else { *digit }).collect()
}

/// Returns the text with every digit of a hit replaced by an asterisk.
pub fn strike_numbers(text: &str, hits: &[NumberHit]) -> String {
    let mut struck = String::with_capacity(text.len());
    for (at, c) in text.chars().enumerate() {
        let is_hit = c.is_ascii_digit() && hits.iter().any(|hit| (hit.at..hit.end).contains(&at));
        struck.push(if is_hit { '*' } else { c });
    }
    struck
}

fn digit_groups(chars: &[char]) -> Vec<(usize, usize)> {
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

struct Number {
    at: usize,
    end: usize,
    /// The number is nine adjacent digits with no letter attached. Such a number counts even without a
    /// keyword.
    is_bare: bool,
}

/// The most groups of digits in one number: forms print a box for each digit.
const MOST_GROUPS: usize = 9;

/// Finds the number that begins with the group at index `first`: one group, or several separated by
/// punctuation or a line break.
fn find_number(chars: &[char], groups: &[(usize, usize)], first: usize) -> Option<Number> {
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
        if is_whole && passes_eleven_test(&digits) {
            let is_glued = is_glued || chars.get(end).copied().is_some_and(char::is_alphabetic);
            return Some(Number { at, end, is_bare: sizes.len() == 1 && digits.len() == 9 && !is_glued });
        }
    }
    None
}

/// Returns whether a keyword is attached to the front of a number, or `None` where an attached character
/// rules the number out: `Z123`, `+31`, `12,5`.
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
        // Commas and slashes separate the items of a list of whole numbers; a decimal number has few digits
        // before its comma.
        || (matches!(before, '.' | '-') && is_digit)
        || (matches!(before, ',' | '/') && is_digit && !is_of_nine(chars, at - 1))
        || (matches!(before, '-' | '/') && is_letter);
    (!belongs).then_some(false)
}

fn is_of_nine(chars: &[char], end: usize) -> bool {
    chars[..end].iter().rev().take(10).take_while(|c| c.is_ascii_digit()).count() == 9
}

/// Returns whether a number continues after `end` (`123456782.01`, `123456782-1`, `123456782,50`, `12 %`) or
/// is an amount of money.
fn runs_on(chars: &[char], end: usize) -> bool {
    let rest = &chars[end..chars.len().min(end + 12)];
    let digits = rest.iter().skip(1).take_while(|c| c.is_ascii_digit()).count();
    match rest.first() {
        Some('.' | '-') => digits > 0,
        // One or two digits after a comma are decimals; more begin the next field or number.
        Some(',') => (1..=2).contains(&digits),
        Some('/') => digits > 0 && digits != 9,
        Some('%') => true,
        _ => {
            let words: String = rest.iter().collect();
            let words = words.trim_start();
            words.starts_with('%') || words.starts_with("euro") || words.starts_with('€')
        }
    }
}

/// Returns whether characters may separate the digits of one number: at most three marks or spaces, with at
/// most one line break.
fn is_part(between: &[char]) -> bool {
    between.len() <= 3
        && between
            .iter()
            .all(|c| matches!(c, ' ' | '.' | '-' | '/' | '\u{A0}' | '\u{202F}' | '\t' | '\n' | '\r'))
        && between.iter().filter(|c| **c == '\n').count() <= 1
}

/// Returns whether eight digits are a date: `01-02-1990`, `1990-02-01`, `20240131`.
fn is_date(chars: &[char], at: usize, end: usize, sizes: &[usize]) -> bool {
    let digits: String = chars[at..end].iter().filter(|c| c.is_ascii_digit()).collect();
    let backward = is_day(&digits[6..8], &digits[4..6], &digits[0..4]);
    let forward = is_day(&digits[0..2], &digits[2..4], &digits[4..8]);
    match sizes {
        [2, 2, 4] => forward,
        [4, 2, 2] => backward,
        [8] => forward || backward,
        _ => false,
    }
}

fn is_day(day: &str, month: &str, year: &str) -> bool {
    let [day, month, year] = [day, month, year].map(|digits| digits.parse::<u32>().unwrap_or(0));
    (1..=31).contains(&day) && (1..=12).contains(&month) && (1800..=2100).contains(&year)
}

/// Applies the eleven-test: weights 9, 8, … 2 for the digits and -1 for the last one. A number of eight
/// digits gets a leading zero.
fn passes_eleven_test(digits: &[u32]) -> bool {
    let nine = std::iter::repeat_n(&0, 9_usize.saturating_sub(digits.len())).chain(digits);
    let weights = [9_i64, 8, 7, 6, 5, 4, 3, 2, -1];
    let sum: i64 = nine.zip(weights).map(|(digit, weight)| i64::from(*digit) * weight).sum();
    sum % 11 == 0 && digits.iter().any(|digit| *digit != digits[0])
}

/// Rates how likely a number is a BSN, or returns `None` where its context names another kind of number.
fn rate_number(chars: &[char], number: &Number) -> Option<Tier> {
    let from = number.at.saturating_sub(NEAR);
    // A word hyphenated at the end of a line counts as whole.
    let ahead =
        to_lowercase(&chars[from..number.at]).replace("-\n", "").replace("\r\n", "\n").replace('\u{A0}', " ");
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
    let behind =
        to_lowercase(&chars[number.end..chars.len().min(number.end + NEAR_BEHIND)]).replace('\n', " ");
    // A keyword after the number counts only before the next digit.
    let behind = behind.split(|c: char| c.is_ascii_digit()).next().unwrap_or_default();
    if KEYWORDS.iter().any(|word| last_word(behind, word, true).is_some()) {
        return Some(Tier::High);
    }
    (number.is_bare && is_prose(chars, number)).then_some(Tier::Medium)
}

fn mentions(text: &str) -> bool {
    let text = text.to_lowercase();
    KEYWORDS.iter().any(|word| last_word(&text, word, true).is_some())
}

fn to_lowercase(chars: &[char]) -> String {
    chars.iter().flat_map(|c| c.to_lowercase()).collect()
}

/// Returns the end of the last occurrence of a word as a word of its own. With `may_go_on`, letters may
/// follow it ("bsn-nummer").
fn last_word(text: &str, word: &str, may_go_on: bool) -> Option<usize> {
    text.rmatch_indices(word)
        .map(|(at, found)| (at, at + found.len()))
        .find(|(at, end)| {
            !text[..*at].ends_with(char::is_alphanumeric)
                && (may_go_on || !text[*end..].starts_with(char::is_alphanumeric))
        })
        .map(|(_, end)| end)
}

/// Returns whether the word that ends at index `end` directly precedes the number after the text. In the
/// header of a table that also names a keyword, the word labels another column.
fn is_direct(ahead: &str, end: usize, has_keyword: bool) -> bool {
    let rest = &ahead[end..];
    let words = rest
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| word.chars().any(char::is_alphabetic) && !BETWEEN.contains(word))
        .count();
    if rest.contains('\n') && (has_keyword || words > 0) {
        return false;
    }
    words <= 1
}

/// Returns whether a number is surrounded by prose, not by a table of numbers or by OCR noise.
fn is_prose(chars: &[char], number: &Number) -> bool {
    let from = number.at.saturating_sub(AROUND);
    let to = chars.len().min(number.end + AROUND);
    let around: String = chars[from..number.at].iter().chain(&chars[number.end..to]).collect();
    let visible = around.chars().filter(|c| !c.is_whitespace()).count();
    let letters = around.chars().filter(|c| c.is_alphabetic()).count();
    let words: Vec<&str> = around.split_whitespace().collect();
    letters * 4 >= visible && words.iter().filter(|word| is_junk(word)).count() * 4 <= words.len()
}

fn is_junk(word: &str) -> bool {
    let alphanumeric = word.chars().filter(|c| c.is_alphanumeric()).count();
    alphanumeric == 0 || (word.len() > 2 && alphanumeric * 2 < word.chars().count())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tiers(text: &str) -> Vec<Tier> {
        find_numbers(text).into_iter().map(|hit| hit.tier).collect()
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
        let hits = find_numbers(text);
        assert_eq!(strike_numbers(text, &hits), "Het BSN is ****.**.*** en dat is é");
        assert_eq!(mask_number(text, hits[0]), "*******82");
        assert_eq!(find_numbers(&strike_numbers(text, &hits)), []);
    }
}
