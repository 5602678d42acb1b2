//! The pieces of a query: marks of the language, and runs of text between white space.

/// A piece.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// `(`.
    Open,
    /// `)`.
    Close,
    /// `-` or `NOT`.
    Not,
    /// `OR`.
    Or,
    /// `AND`.
    And,
    /// `NEAR`, with what stands behind its stroke.
    Near(Option<String>),
    /// A word directly before a colon, with something directly behind it.
    Field(String),
    /// Text in quotes.
    Quoted(String),
    /// Text without white space, and whether a star ends it.
    Run(String, bool),
}

const QUOTES: [char; 6] = ['"', '“', '”', '„', '«', '»'];

/// Cuts a query into its pieces.
pub fn pieces(text: &str) -> Vec<Piece> {
    let chars: Vec<char> = text.chars().collect();
    let mut pieces = Vec::new();
    let mut at = 0;
    while let Some(&c) = chars.get(at) {
        at += 1;
        match c {
            '(' => pieces.push(Piece::Open),
            ')' => pieces.push(Piece::Close),
            c if QUOTES.contains(&c) => {
                let end = chars[at..].iter().position(|c| QUOTES.contains(c)).map_or(chars.len(), |n| at + n);
                pieces.push(Piece::Quoted(chars[at..end].iter().collect()));
                at = end + 1;
            }
            // A hyphen denies what follows it directly, and only where something begins.
            '-' | '\u{2013}' if begins(&chars, at - 1) && chars.get(at).is_some_and(|c| denies(*c)) => {
                pieces.push(Piece::Not);
            }
            c if c.is_whitespace() => {}
            _ => {
                let end = chars[at..].iter().position(|c| ends(*c)).map_or(chars.len(), |n| at + n);
                at = run(&chars[at - 1..end], chars.get(end), at - 1, &mut pieces);
            }
        }
    }
    pieces
}

fn begins(chars: &[char], at: usize) -> bool {
    at == 0 || chars[at - 1].is_whitespace() || chars[at - 1] == '('
}

fn denies(c: char) -> bool {
    c.is_alphanumeric() || c == '(' || c == '\'' || QUOTES.contains(&c)
}

fn ends(c: char) -> bool {
    c.is_whitespace() || c == '(' || c == ')' || QUOTES.contains(&c)
}

/// One run without white space, which began at `from`: a word of the language, a field, or text. Gives where to go on.
fn run(run: &[char], next: Option<&char>, from: usize, pieces: &mut Vec<Piece>) -> usize {
    if let Some(colon) = run.iter().position(|c| *c == ':')
        && colon > 1
        && run[..colon].iter().all(|c| c.is_alphabetic() || *c == '_')
        && run.get(colon + 1).or(next).is_some_and(|c| denies(*c))
    {
        pieces.push(Piece::Field(run[..colon].iter().collect()));
        return from + colon + 1;
    }
    let text: String = run.iter().collect();
    let near = text.strip_prefix("NEAR");
    pieces.push(match (text.as_str(), near) {
        ("OR", _) => Piece::Or,
        ("AND", _) => Piece::And,
        ("NOT", _) => Piece::Not,
        (_, Some("")) => Piece::Near(None),
        (_, Some(how)) if how.starts_with('/') => Piece::Near(Some(how[1..].to_owned())),
        _ => {
            let bare = text.trim_end_matches('*');
            Piece::Run(bare.to_owned(), bare.len() < text.len())
        }
    });
    from + run.len()
}
