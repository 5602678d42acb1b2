//! The shape of a query text, measured before any parser reads it. This module is pure.
//!
//! The parser recurses once for each bracket, brace or parenthesis, so that a few thousand of them overflow the stack
//! and end the process. One pass over the text counts them first. The pass may count too much, never too little:
//! where it is unsure whether the parser sees a string, it counts as if there were none.

/// The deepest nesting of brackets, braces and parentheses together.
pub const DEEPEST_NESTING: usize = 64;

/// The deepest nesting of selection sets: braces outside parentheses. The parser takes three times as much stack for one
/// as for any other pair, and a query may nest no more than 24 fields.
pub const DEEPEST_SELECTION: usize = 40;

/// The most punctuators: `! $ & ( ) ... : = @ [ ] { | }`.
pub const MOST_PUNCTUATORS: usize = 10_000;

/// The nesting and the number of punctuators of a query text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct QueryShape {
    pub nesting: usize,
    pub selection: usize,
    pub punctuators: usize,
}

impl QueryShape {
    /// Measures a query text outside its strings, block strings and comments.
    pub fn measure(query: &str) -> Self {
        let mut shape = Self::default();
        let (mut open, mut parentheses, mut selections) = (0_usize, 0_usize, 0_usize);
        let mut rest = query.as_bytes();
        while let Some((&byte, after)) = rest.split_first() {
            rest = after;
            match byte {
                b'#' => rest = skip_comment(after),
                b'"' => rest = skip_string(after),
                b'(' | b'[' | b'{' => {
                    open += 1;
                    parentheses += usize::from(byte == b'(');
                    selections += usize::from(byte == b'{' && parentheses == 0);
                    shape.nesting = shape.nesting.max(open);
                    shape.selection = shape.selection.max(selections);
                    shape.punctuators += 1;
                }
                b')' | b']' | b'}' => {
                    open = open.saturating_sub(1);
                    parentheses = parentheses.saturating_sub(usize::from(byte == b')'));
                    selections = selections.saturating_sub(usize::from(byte == b'}' && parentheses == 0));
                    shape.punctuators += 1;
                }
                b'!' | b'$' | b'&' | b':' | b'=' | b'@' | b'|' => shape.punctuators += 1,
                b'.' => {
                    rest = after.strip_prefix(b"..").unwrap_or(after);
                    shape.punctuators += 1;
                }
                _ => {}
            }
        }
        shape
    }

    /// The reason for which a query of this shape is too large to be read.
    pub fn describe_excess(self) -> Option<String> {
        if self.nesting > DEEPEST_NESTING {
            return Some(format!(
                "the query nests {} brackets, braces and parentheses; at most {DEEPEST_NESTING} are read",
                self.nesting
            ));
        }
        if self.selection > DEEPEST_SELECTION {
            return Some(format!(
                "the query nests {} selection sets; at most {DEEPEST_SELECTION} are read",
                self.selection
            ));
        }
        (self.punctuators > MOST_PUNCTUATORS).then(|| {
            format!("the query has {} punctuators; at most {MOST_PUNCTUATORS} are read", self.punctuators)
        })
    }
}

/// The text after a comment whose `#` was read.
fn skip_comment(text: &[u8]) -> &[u8] {
    let end = text.iter().position(|byte| matches!(byte, b'\n' | b'\r')).unwrap_or(text.len());
    text.get(end..).unwrap_or_default()
}

/// The text after a string whose first quote was read. An unterminated string is not a string: then the text after its quote.
fn skip_string(text: &[u8]) -> &[u8] {
    match text.strip_prefix(b"\"\"") {
        Some(block) => skip_block(block).unwrap_or(block),
        None => skip_line_string(text).unwrap_or(text),
    }
}

/// The text after a block string whose three quotes were read.
fn skip_block(mut text: &[u8]) -> Option<&[u8]> {
    loop {
        if let Some(escaped) = text.strip_prefix(br#"\""""#) {
            text = escaped;
        } else if let Some(end) = text.strip_prefix(br#"""""#) {
            return Some(end);
        } else {
            text = text.split_first()?.1;
        }
    }
}

/// The text after a string on one line.
fn skip_line_string(mut text: &[u8]) -> Option<&[u8]> {
    loop {
        let (&byte, after) = text.split_first()?;
        text = match byte {
            b'"' => return Some(after),
            b'\n' | b'\r' => return None,
            b'\\' => after.split_first()?.1,
            _ => after,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nesting(query: &str) -> usize {
        QueryShape::measure(query).nesting
    }

    #[test]
    fn only_what_the_parser_reads_as_punctuation_counts() {
        let shape =
            QueryShape::measure("query($q: [String!]! = [\"[[[\"]) { ...F a(b: {c: $q}) @skip(if: true) }");
        assert_eq!((shape.nesting, shape.punctuators), (3, 25));
        assert_eq!(nesting("{ a # [[[[[[\n }"), 1);
        assert_eq!(nesting("{ a # x\r[[ }"), 3, "a carriage return ends a comment");
        assert_eq!(nesting(r#"{ a(b: """ "" [[[ \""" [[[ """) }"#), 2);
        assert_eq!(nesting(r#"{ a(b: "\" [[[ \\") [ }"#), 2);
    }

    #[test]
    fn a_string_that_never_ends_hides_nothing() {
        assert_eq!(
            nesting(r#"{ a(b: ["""" [[[[ ]) }"#),
            7,
            "the parser may read four quotes as two empty strings"
        );
        assert_eq!(nesting("{ a(b: \"x\n[[[[ \") }"), 6);
        assert_eq!(nesting("\"\\"), 0);
    }

    #[test]
    fn what_is_too_much_is_said_with_its_number() {
        let excess = |query: &str| QueryShape::measure(query).describe_excess();
        assert_eq!(excess(&"[".repeat(64)), None);
        assert!(excess(&"[".repeat(65)).is_some_and(|why| why.contains("nests 65")));
        assert_eq!(excess(&"{".repeat(40)), None);
        assert!(excess(&"{".repeat(41)).is_some_and(|why| why.contains("41 selection sets")));
        assert_eq!(QueryShape::measure("{ a(b: {c: {}}) { d(e: [{}]) } }").selection, 2);
        assert_eq!(excess(&"!".repeat(10_000)), None);
        assert!(excess(&"...".repeat(10_001)).is_some_and(|why| why.contains("10001 punctuators")));
    }
}
