//! Normalises characters: ligatures become letters, bullets of symbol fonts become bullets, and invisible
//! characters are removed.

use raadhuis_schema::plain::visible_char;

pub fn normalise_line(line: &str) -> String {
    if line.chars().all(|c| matches!(c, ' '..='~' | '\u{c0}'..='\u{17f}')) {
        return line.trim_end().to_owned();
    }
    let mut text = String::with_capacity(line.len());
    for c in line.chars() {
        match c {
            // Only these: full NFKC would turn ½ into 1⁄2 and m² into m2.
            '\u{FB00}' => text.push_str("ff"),
            '\u{FB01}' => text.push_str("fi"),
            '\u{FB02}' => text.push_str("fl"),
            '\u{FB03}' => text.push_str("ffi"),
            '\u{FB04}' => text.push_str("ffl"),
            '\u{FB05}' | '\u{FB06}' => text.push_str("st"),
            '\u{132}' => text.push_str("IJ"),
            '\u{133}' => text.push_str("ij"),
            // Bullets of the fonts Symbol and Wingdings, in the private use area.
            '\u{F0B7}' | '\u{F0A7}' | '\u{F0D8}' | '\u{F06E}' | '\u{F0FC}' | '\u{25AA}' | '\u{25CF}' => {
                text.push('•');
            }
            '\u{A0}' | '\u{2007}' | '\u{202F}' | '\t' => text.push(' '),
            // The mark of an engine that joined a line. It is removed when hyphenated words are joined.
            '\u{FFFE}' => text.push(c),
            c => text.extend(visible_char(c).map(|c| if c == '\n' { ' ' } else { c })),
        }
    }
    text.truncate(text.trim_end().len());
    text
}

#[cfg(test)]
mod tests {
    use super::normalise_line;

    #[test]
    fn letters_are_plain_and_signs_stay() {
        assert_eq!(
            normalise_line(
                "e\u{FB03}ciënt \u{FB01}nancieel ½ m²\u{0} be\u{AD}leid \u{202E}\u{92}s avonds\u{200D} "
            ),
            "efficiënt financieel ½ m² beleid ’s avonds"
        );
        assert_eq!(normalise_line("\u{F0B7} punt\u{A0}1"), "• punt 1");
    }
}
