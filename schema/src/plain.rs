//! Text without invisible characters. Every value of a supplier is cleaned here once, on its way to the store, so that no
//! feed, calendar or page has to remove the characters that a strict XML parser refuses.

use std::borrow::Cow;

/// The characters that Windows programs mean by U+0080 to U+009F, which Unicode reserves for controls; 0 for
/// none.
const WINDOWS: [u16; 32] = [
    0x20AC, 0, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0,
    0x017D, 0, 0, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A,
    0x0153, 0, 0x017E, 0x0178,
];

/// Cleans a text: removes invisible characters, ends lines with a line feed, and trims white space.
pub fn clean_text(text: &str) -> Cow<'_, str> {
    let is_plain =
        |c: char| matches!(c, ' '..='~' | '\n' | '\t' | '\u{A1}'..='\u{AC}' | '\u{AE}'..='\u{2FF}');
    if text.chars().all(is_plain) {
        return Cow::Borrowed(text.trim());
    }
    let text = text.replace("\r\n", "\n");
    let seen: String = text.chars().filter_map(visible_char).collect();
    Cow::Owned(seen.trim().to_owned())
}

/// The character as it is kept; `None` if it is invisible.
pub fn visible_char(c: char) -> Option<char> {
    match c {
        '\r' | '\u{B}' | '\u{C}' | '\u{2028}' | '\u{2029}' => Some('\n'),
        '\u{80}'..='\u{9F}' => {
            let place = usize::try_from(u32::from(c) - 0x80).ok()?;
            char::from_u32(u32::from(*WINDOWS.get(place)?)).filter(|meant| *meant != '\0')
        }
        c if is_unseen(c) => None,
        c => Some(c),
    }
}

/// Returns whether a character is invisible: controls, marks without width, changes of the writing direction,
/// and code points that Unicode never assigns. A line feed and a tab are visible.
pub const fn is_unseen(c: char) -> bool {
    matches!(c,
        '\0'..='\u{8}' | '\u{B}'..='\u{1F}' | '\u{7F}'..='\u{9F}' | '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}'..='\u{1160}'
        | '\u{17B4}'..='\u{17B5}' | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}' | '\u{FDD0}'..='\u{FDEF}' | '\u{FEFF}' | '\u{FFF0}'..='\u{FFFB}' | '\u{E0000}'..='\u{E0FFF}')
        || c as u32 & 0xFFFE == 0xFFFE
}

/// Returns whether a text contains any of `parts`.
pub(crate) fn contains_any(text: &str, parts: &[&str]) -> bool {
    parts.iter().any(|part| text.contains(part))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_nobody_sees_goes_and_what_people_write_stays() {
        for (from, to) in [
            ("Raads\u{10}voorstel", "Raadsvoorstel"),
            ("\u{FEFF}\u{200B} Motie\u{AD} \u{2066}vreemd\u{202E}\u{2069}", "Motie vreemd"),
            ("\u{91}s-Gravendam\u{92} kost \u{80} 3\u{81}", "‘s-Gravendam’ kost € 3"),
            ("een\r\ntwee\rdrie\u{2028}vier", "een\ntwee\ndrie\nvier"),
            ("a\u{FFFE}b\u{FFFF}c\u{1FFFF}\u{FDD0}\u{E0041}d", "abcd"),
            ("Ꙋ naïef coöperatie 👍🏽 Ύδρα 水 ﷺ", "Ꙋ naïef coöperatie 👍🏽 Ύδρα 水 ﷺ"),
            (" \u{200B} ", ""),
        ] {
            assert_eq!(clean_text(from), to, "{from:?}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_clean_once(text in any::<String>()) {
            let once = clean_text(&text).into_owned();
            prop_assert!(!once.chars().any(is_unseen));
            prop_assert_eq!(clean_text(&once), once.as_str());
        }
    }
}
