//! References to an agenda item in a supplier's words: "Raadsvergadering 29-1-2026\n5 Fietsbrug Oude Haven".

use jiff::civil::Date;

use crate::time::parse_written_day;

/// A meeting and an item of its agenda, as named in free text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgendaReference {
    /// The sort of meeting, in lower case; empty when no words precede the day.
    pub meeting: String,
    /// The day of the meeting.
    pub day: Date,
    /// The item, its number before its title, in lower case; empty when only a meeting is named.
    pub item: String,
}

impl AgendaReference {
    /// Parses a reference. Meeting and item are separated by a line break or by the two characters `\n`.
    pub fn parse(words: &str) -> Option<Self> {
        let words = words.replace("\\n", "\n");
        let (first, rest) = words.split_once('\n').unwrap_or((&words, ""));
        let tokens: Vec<&str> = first.split_whitespace().collect();
        let at = tokens.iter().rposition(|token| parse_written_day(token).is_some())?;
        let day = parse_written_day(tokens.get(at)?)?.parse().ok()?;
        let meeting = tokens.get(..at)?.join(" ").to_lowercase();
        Some(Self { meeting, day, item: rest.trim().to_lowercase() })
    }

    /// Finds the position of the meeting among those of its day, and whether its name decided: the meeting
    /// with that name, else the only one with the same beginning, else the only one of the day.
    pub fn find_meeting(&self, names: &[Option<&str>]) -> Option<(usize, bool)> {
        let names: Vec<String> = names.iter().map(|name| name.unwrap_or_default().to_lowercase()).collect();
        find_only(names.iter().map(|name| *name == self.meeting))
            .or_else(|| find_only(names.iter().map(|name| has_same_beginning(name, &self.meeting))))
            .map(|at| (at, true))
            .or((names.len() == 1).then_some((0, false)))
    }

    /// Finds the position of the item in its agenda: by title, which either side may have cut short, else by
    /// number. A number alone counts only if the meeting was found by name.
    pub fn find_item(&self, items: &[(Option<&str>, Option<&str>)], is_named: bool) -> Option<usize> {
        let (number, title) = match self.item.split_once(' ') {
            Some((number, title)) if number.chars().any(|c| c.is_ascii_digit()) => (number, title.trim()),
            _ => ("", self.item.as_str()),
        };
        let matches: Vec<(bool, bool)> = items
            .iter()
            .map(|(other_number, other_title)| {
                let other_title = other_title.unwrap_or_default().to_lowercase();
                (
                    is_same_number(number, other_number.unwrap_or_default()),
                    has_same_beginning(title, &other_title),
                )
            })
            .collect();
        find_only(matches.iter().map(|(number, title)| *number && *title))
            .or_else(|| find_only(matches.iter().map(|(_, title)| *title)))
            .or_else(|| find_only(matches.iter().map(|(number, _)| is_named && *number)))
    }
}

/// Returns whether one of two names, both given, begins with the other.
fn has_same_beginning(one: &str, other: &str) -> bool {
    !one.is_empty() && !other.is_empty() && (one.starts_with(other) || other.starts_with(one))
}

/// Compares the numbers of agenda items without a final period.
fn is_same_number(one: &str, other: &str) -> bool {
    let (one, other) = (one.trim_end_matches('.'), other.trim_end_matches('.'));
    !one.is_empty() && one.to_lowercase() == other.to_lowercase()
}

/// Finds the position of `title` among other titles: the one with the same words, else the only one that
/// contains it or is contained in it, else the only one with the same code ("M1", "26A45", "M26-41").
pub fn find_same_title(title: &str, others: &[Option<&str>]) -> Option<usize> {
    let wanted = split_words(title);
    let others: Vec<Vec<String>> =
        others.iter().map(|other| split_words(other.unwrap_or_default())).collect();
    let code = find_code(&wanted);
    find_only(others.iter().map(|other| !wanted.is_empty() && *other == wanted))
        .or_else(|| find_only(others.iter().map(|other| contains_words(&wanted, other))))
        .or_else(|| find_only(others.iter().map(|other| code.is_some() && find_code(other) == code)))
}

/// Returns whether the longer of two titles contains the shorter.
fn contains_words(one: &[String], other: &[String]) -> bool {
    let (short, long) = if one.len() < other.len() { (one, other) } else { (other, one) };
    !short.is_empty() && long.windows(short.len()).any(|window| window == short)
}

/// Splits a title into words; a dash that joins words to a number does not split.
fn split_words(title: &str) -> Vec<String> {
    let title = title.to_lowercase();
    let words = title.split(|c: char| !c.is_alphanumeric() && c != '-');
    words.map(|word| word.trim_matches('-').to_owned()).filter(|word| !word.is_empty()).collect()
}

/// Finds the code of a motion or amendment. Names of parties and ordinals look like codes and are excluded.
fn find_code(words: &[String]) -> Option<&String> {
    words.iter().find(|word| is_code(word))
}

fn is_code(word: &str) -> bool {
    let digits = word.chars().filter(char::is_ascii_digit).count();
    let letters = word.chars().filter(|c| c.is_alphabetic()).count();
    let is_ordinal = word.starts_with(|c: char| c.is_ascii_digit())
        && (word.ends_with('e') || word.ends_with("de") || word.ends_with("ste"));
    (1..=2).contains(&letters) && digits > 0 && word.len() < 12 && !is_ordinal && word != "d66"
}

/// Finds the position of the only `true`.
pub fn find_only(all: impl Iterator<Item = bool>) -> Option<usize> {
    let mut found = all.enumerate().filter(|(_, is)| *is).map(|(at, _)| at);
    let first = found.next()?;
    found.next().is_none().then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_name_a_meeting_and_an_item_with_a_break_of_either_kind() {
        for words in [
            "Raadsvergadering 29-1-2026\\n5 Fietsbrug; lezing 2",
            "Raadsvergadering 29-1-2026\n5 Fietsbrug; lezing 2",
        ] {
            let reference = AgendaReference::parse(words).unwrap();
            assert_eq!(
                (reference.meeting.as_str(), reference.day.to_string().as_str()),
                ("raadsvergadering", "2026-01-29")
            );
            assert_eq!(reference.item, "5 fietsbrug; lezing 2");
        }
        assert_eq!(AgendaReference::parse("Fietsbrug"), None);
        assert_eq!(AgendaReference::parse("Raad 31-2-2026\\n1 A"), None);
        assert_eq!(AgendaReference::parse(""), None);
    }

    #[test]
    fn of_two_meetings_on_a_day_the_name_decides_and_a_tie_decides_nothing() {
        let reference = AgendaReference::parse("Raadsvergadering 29-1-2026\n5 Fietsbrug").unwrap();
        assert_eq!(reference.find_meeting(&[Some("Presidium"), Some("Raadsvergadering")]), Some((1, true)));
        assert_eq!(reference.find_meeting(&[Some("Raadsvergadering"), Some("Raadsvergadering")]), None);
        assert_eq!(reference.find_meeting(&[Some("Gemeenteraad")]), Some((0, false)));
        assert_eq!(reference.find_meeting(&[]), None);
        let short = AgendaReference::parse("Raad 29-1-2026").unwrap();
        assert_eq!(short.find_meeting(&[Some("Raadscommissie"), Some("Raad")]), Some((1, true)));
    }

    #[test]
    fn a_title_is_found_by_its_words_and_else_by_its_code() {
        let check = |title: &str, others: &[&str], expected: Option<usize>| {
            let others: Vec<_> = others.iter().copied().map(Some).collect();
            assert_eq!(find_same_title(title, &others), expected, "{title} among {others:?}");
        };
        check(
            "A1 Verlichting fietsbrug",
            &["Amendement A1: Dynamische verlichting", "A2 Verlichting"],
            Some(0),
        );
        check("Motie Schaduw op het plein", &["schaduw op het plein", "Zon op het plein"], Some(0));
        check("M1 Schaduw", &["M2 Schaduw"], None);
        check("Schaduw", &["Zon"], None);
        check("", &["Zon"], None);
        check("M26-41 Bomen", &["M26-41 Meer bomen", "M26-42 Bankjes", "M26-43 Paden"], Some(0));
        check("M26-41 Bomen", &["M26-42 Bomen", "M26-41 Bomen"], Some(1));
        check("Motie D66 Veilig fietsen", &["Motie D66 Schaduw"], None);
        check("1e wijziging begroting", &["1e termijn"], None);
    }

    #[test]
    fn an_item_is_known_by_its_title_and_else_by_its_number() {
        let items = [
            (Some("4"), Some("Mededelingen")),
            (Some("5."), Some("Fietsbrug Oude Haven")),
            (Some("6"), Some("Sluiting")),
        ];
        let of = |item: &str| {
            AgendaReference::parse(&format!("Raad 29-1-2026\n{item}")).unwrap().find_item(&items, true)
        };
        assert_eq!(of("5 Fietsbrug"), Some(1));
        assert_eq!(of("Fietsbrug Oude Haven"), Some(1));
        assert_eq!(of("6 Iets anders"), Some(2));
        assert_eq!(of("9 Iets anders"), None);
        let guessed = AgendaReference::parse("Raad 29-1-2026\n6 Iets anders").unwrap();
        assert_eq!(guessed.find_item(&items, false), None, "a number in a meeting that is called otherwise");
        assert_eq!(of(""), None);
    }
}
