//! Where something was treated, in a supplier's words: "Raadsvergadering 29-1-2026\n5 Fietsbrug Oude Haven".

use jiff::civil::Date;

use super::template;

/// What the words say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hint {
    /// What sort of meeting, in lower case; empty when nothing stands before the day.
    pub meeting: String,
    /// Its day.
    pub day: Date,
    /// The item, its number before its title, in lower case; empty when only a meeting is named.
    pub item: String,
}

impl Hint {
    /// Reads the words. The break between meeting and item is a line break or the two characters `\n`.
    pub fn read(words: &str) -> Option<Self> {
        let words = words.replace("\\n", "\n");
        let (first, rest) = words.split_once('\n').unwrap_or((&words, ""));
        let tokens: Vec<&str> = first.split_whitespace().collect();
        let at = tokens.iter().rposition(|token| template::day(token).is_some())?;
        let day = template::day(tokens.get(at)?)?.parse().ok()?;
        let meeting = tokens.get(..at)?.join(" ").to_lowercase();
        Some(Self { meeting, day, item: rest.trim().to_lowercase() })
    }

    /// Which of a day's meetings is meant, by name: the only one there is, or the only one that is called so.
    pub fn meeting_among(&self, names: &[Option<&str>]) -> Option<usize> {
        let alike = |name: Option<&str>| {
            name.is_some_and(|name| {
                let name = name.to_lowercase();
                !self.meeting.is_empty()
                    && (name.starts_with(&self.meeting) || self.meeting.starts_with(&name))
            })
        };
        only(names.iter().copied().map(alike)).or(if names.len() == 1 { Some(0) } else { None })
    }

    /// Which item of the agenda is meant: by its title, which one may have cut short, else by its number.
    pub fn item_among(&self, items: &[(Option<&str>, Option<&str>)]) -> Option<usize> {
        let (number, title) = match self.item.split_once(' ') {
            Some((number, title)) if number.chars().any(|c| c.is_ascii_digit()) => (number, title.trim()),
            _ => ("", self.item.as_str()),
        };
        let same_number = |of: Option<&str>| {
            let plain = |text: &str| text.trim_end_matches('.').to_lowercase();
            !number.is_empty() && of.is_some_and(|of| plain(of) == plain(number))
        };
        let same_title = |of: Option<&str>| {
            of.is_some_and(|of| {
                let of = of.to_lowercase();
                !title.is_empty() && !of.is_empty() && (of.starts_with(title) || title.starts_with(&of))
            })
        };
        only(items.iter().map(|(number, title)| same_title(*title) && same_number(*number)))
            .or_else(|| only(items.iter().map(|(_, title)| same_title(*title))))
            .or_else(|| only(items.iter().map(|(number, _)| same_number(*number))))
    }
}

/// Whether two titles are those of one thing: the same words, one cut short, or the same code ("M1", "26A45").
pub fn is_same_title(one: &str, other: &str) -> bool {
    let words = |title: &str| -> Vec<String> {
        let words = title.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        words.map(str::to_lowercase).collect()
    };
    let is_code = |word: &&String| {
        word.chars().any(char::is_numeric) && word.chars().any(char::is_alphabetic) && word.len() < 12
    };
    let (one, other) = (words(one), words(other));
    let (short, long) = if one.len() < other.len() { (&one, &other) } else { (&other, &one) };
    let is_part = !short.is_empty() && long.windows(short.len()).any(|window| window == *short);
    let code = one.iter().find(is_code);
    is_part || (code.is_some() && code == other.iter().find(is_code))
}

/// The place of the only true one.
pub fn only(all: impl Iterator<Item = bool>) -> Option<usize> {
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
            let hint = Hint::read(words).unwrap();
            assert_eq!(
                (hint.meeting.as_str(), hint.day.to_string().as_str()),
                ("raadsvergadering", "2026-01-29")
            );
            assert_eq!(hint.item, "5 fietsbrug; lezing 2");
        }
        assert_eq!(Hint::read("Fietsbrug"), None);
        assert_eq!(Hint::read("Raad 31-2-2026\\n1 A"), None);
        assert_eq!(Hint::read(""), None);
    }

    #[test]
    fn of_two_meetings_on_a_day_the_name_decides_and_a_tie_decides_nothing() {
        let hint = Hint::read("Raadsvergadering 29-1-2026\n5 Fietsbrug").unwrap();
        assert_eq!(hint.meeting_among(&[Some("Presidium"), Some("Raadsvergadering")]), Some(1));
        assert_eq!(hint.meeting_among(&[Some("Raadsvergadering"), Some("Raadsvergadering")]), None);
        assert_eq!(hint.meeting_among(&[Some("Gemeenteraad")]), Some(0));
        assert_eq!(hint.meeting_among(&[]), None);
    }

    #[test]
    fn titles_of_one_thing_share_their_words_or_their_code() {
        assert!(is_same_title("A1 Verlichting fietsbrug", "Amendement A1: Dynamische verlichting"));
        assert!(is_same_title("Motie Schaduw op het plein", "schaduw op het plein"));
        assert!(!is_same_title("M1 Schaduw", "M2 Schaduw"));
        assert!(!is_same_title("Schaduw", "Zon"));
        assert!(!is_same_title("", "Zon"));
    }

    #[test]
    fn an_item_is_known_by_its_title_and_else_by_its_number() {
        let items = [
            (Some("4"), Some("Mededelingen")),
            (Some("5."), Some("Fietsbrug Oude Haven")),
            (Some("6"), Some("Sluiting")),
        ];
        let of = |item: &str| Hint::read(&format!("Raad 29-1-2026\n{item}")).unwrap().item_among(&items);
        assert_eq!(of("5 Fietsbrug"), Some(1));
        assert_eq!(of("Fietsbrug Oude Haven"), Some(1));
        assert_eq!(of("6 Iets anders"), Some(2));
        assert_eq!(of("9 Iets anders"), None);
        assert_eq!(of(""), None);
    }
}
