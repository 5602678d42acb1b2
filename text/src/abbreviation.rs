//! Abbreviations that a text explains itself: "Basisregistratie Personen (BRP)" and "BRP (Basisregistratie
//! Personen)". Pure.
//!
//! After Schwartz and Hearst, "A simple algorithm for identifying abbreviation definitions in biomedical
//! text" (2003): the letters of the short form occur in the long form in the same order, the first at the
//! beginning of a word. The shortest such stretch is taken.

use raadhuis_schema::{Abbreviation, PageText};

/// The fewest and the most characters of a short form.
const SHORTEST: usize = 2;
const LONGEST: usize = 10;

const MOST: usize = 500;

/// Finds every abbreviation that the pages explain, each with the first page that does, in text order.
pub fn find_abbreviations(pages: &[PageText]) -> Vec<Abbreviation> {
    let mut found: Vec<Abbreviation> = Vec::new();
    for page in pages {
        // A long form may continue on the next line.
        let text = page.text.split_whitespace().collect::<Vec<_>>().join(" ");
        for (short, long) in find_pairs(&text) {
            let is_known = found.iter().any(|it| it.short == short && is_same_text(&it.long, &long));
            if found.len() < MOST && !is_known {
                found.push(Abbreviation { short, long, page: page.number });
            }
        }
    }
    found
}

fn is_same_text(a: &str, b: &str) -> bool {
    a.to_lowercase() == b.to_lowercase()
}

/// Finds pairs of a short and a long form. `text` must have its words separated by single spaces.
fn find_pairs(text: &str) -> Vec<(String, String)> {
    let mut all = Vec::new();
    for (open, _) in text.match_indices('(') {
        let rest = &text[open + 1..];
        let Some(close) = rest.find([')', '(']).filter(|close| rest[*close..].starts_with(')')) else {
            continue;
        };
        // "(hierna: BRP)", "(afgekort BRP)"
        let inside = rest[..close].trim_matches(|c: char| !c.is_alphanumeric());
        let inside = ["hierna:", "hierna te noemen:", "hierna te noemen", "hierna", "afgekort", "verder:"]
            .into_iter()
            .find_map(|word| inside.strip_prefix(word))
            .map_or(inside, |rest| rest.trim_matches(|c: char| !c.is_alphanumeric()));
        let before = text[..open].trim_end();
        if is_short(inside) {
            all.extend(long_before(inside, before).map(|long| (inside.to_owned(), long.to_owned())));
        } else if let Some(short) =
            before.split(' ').next_back().map(trim_marks).filter(|word| is_short(word))
        {
            let long = inside.split([',', ';', ':']).next().unwrap_or(inside).trim();
            if long_before(short, long) == Some(long) {
                all.push((short.to_owned(), long.to_owned()));
            }
        }
    }
    all
}

fn trim_marks(word: &str) -> &str {
    word.trim_matches(|c: char| !c.is_alphanumeric())
}

/// Returns whether a word looks like an abbreviation: it has two capitals, or one at the start and few other
/// letters ("Wmo").
pub fn is_short(word: &str) -> bool {
    let length = word.chars().count();
    let capitals = word.chars().filter(|c| c.is_uppercase()).count();
    let begins = word.chars().next().is_some_and(char::is_uppercase);
    (SHORTEST..=LONGEST).contains(&length)
        && word.chars().all(|c| c.is_alphanumeric() || matches!(c, '&' | '-' | '.'))
        && (capitals >= 2 || begins && capitals == 1 && (3..=5).contains(&length) && !has_vowel_inside(word))
}

/// Rules out words such as "Raad": an abbreviation with one capital is hardly pronounceable.
fn has_vowel_inside(word: &str) -> bool {
    let inside: Vec<char> = word.chars().skip(1).take(word.chars().count().saturating_sub(2)).collect();
    inside.iter().any(|c| "aeiou".contains(*c))
}

/// Returns the shortest suffix of `before` that the short form can abbreviate.
fn long_before<'a>(short: &str, before: &'a str) -> Option<&'a str> {
    let letters: Vec<char> =
        short.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    let most = (letters.len() + 5).min(letters.len() * 2);
    let head = before.rmatch_indices(' ').nth(most - 1).map_or(0, |(at, _)| at + 1);
    let candidate = &before[head..];
    // A long form does not cross the end of a sentence.
    let candidate =
        candidate.rsplit_once([';', ':', '(', ')', '"']).map_or(candidate, |(_, last)| last.trim_start());
    let candidate = candidate.rsplit_once(". ").map_or(candidate, |(_, last)| last);
    let chars: Vec<(usize, char)> = candidate.char_indices().collect();
    let mut at = chars.len();
    for (place, letter) in letters.iter().enumerate().rev() {
        loop {
            at = at.checked_sub(1)?;
            let is_it = chars[at].1.to_lowercase().eq([*letter]);
            let begins = at == 0 || !chars[at - 1].1.is_alphanumeric();
            if is_it && (place > 0 || begins) {
                break;
            }
        }
    }
    let long = candidate[chars[at].0..].trim();
    let words = long.split(' ').count();
    let letters_of_long = long.chars().filter(|c| c.is_alphabetic()).count();
    let is_longer = letters_of_long >= short.chars().count() * 2 && (words >= 2 || letters_of_long >= 10);
    // Citizen service numbers and telephone numbers also occur near parentheses.
    let has_number = long.chars().filter(char::is_ascii_digit).count() > 4;
    let names_itself = long.split(' ').any(|word| trim_marks(word) == short);
    (is_longer && words <= most && !names_itself && !has_number).then_some(long)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn page(number: u32, text: &str) -> PageText {
        PageText::from_text(number, text)
    }

    fn of(text: &str) -> Vec<(String, String)> {
        find_abbreviations(&[page(1, text)]).into_iter().map(|it| (it.short, it.long)).collect()
    }

    fn one(text: &str, short: &str, long: &str) {
        assert_eq!(of(text), [(short.to_owned(), long.to_owned())], "{text}");
    }

    #[test]
    fn what_stands_before_the_bracket_is_what_its_letters_stand_for() {
        one("Uit de Basisregistratie Personen (BRP) blijkt", "BRP", "Basisregistratie Personen");
        one(
            "op grond van de Wet maatschappelijke\nondersteuning (Wmo).",
            "Wmo",
            "Wet maatschappelijke ondersteuning",
        );
        one("de Algemene plaatselijke verordening (hierna: APV)", "APV", "Algemene plaatselijke verordening");
        one("de Regionale Energiestrategie (RES) en meer", "RES", "Regionale Energiestrategie");
        one("de gemeenschappelijke regeling (GR) kost", "GR", "gemeenschappelijke regeling");
        one("het Integraal Kindcentrum (IKC)", "IKC", "Integraal Kindcentrum");
    }

    #[test]
    fn what_stands_inside_the_bracket_may_be_the_long_form() {
        one("de BRP (Basisregistratie Personen) is", "BRP", "Basisregistratie Personen");
    }

    #[test]
    fn what_is_no_explanation_is_not_taken_for_one() {
        for text in [
            "de heer Jansen (VVD) vraagt",
            "in 2026 (zie bijlage)",
            "het besluit (Raad) van maandag",
            "een bedrag (EUR) van niets. Een einde (XYZ)",
            "de wet (A) en de regel (2)",
            "() ( (BRP",
        ] {
            assert_eq!(of(text), [], "{text}");
        }
    }

    #[test]
    fn the_first_page_counts_and_another_meaning_is_another() {
        let pages = [
            page(1, "het Ruimtelijk plan (RP)"),
            page(2, "het ruimtelijk plan (RP), de regionale pers (RP)"),
        ];
        let all: Vec<_> = find_abbreviations(&pages).into_iter().map(|it| (it.long, it.page)).collect();
        assert_eq!(all, [("Ruimtelijk plan".to_owned(), 1), ("regionale pers".to_owned(), 2)]);
    }

    proptest! {
        #[test]
        fn any_text_is_looked_through(text in "[ A-Za-zé().:;-]{0,200}") {
            for (short, long) in find_pairs(&text) {
                prop_assert!(text.contains(&short) && text.contains(&long));
            }
        }
    }
}
