//! Splits a query into tokens: operators, and runs of text between white space.

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum QueryToken {
    Open,
    Close,
    Not,
    Or,
    And,
    /// `NEAR`, with the text after its slash.
    Near(Option<String>),
    /// A word directly before a colon that has something directly after it.
    Field(String),
    Quoted(String),
    /// Text without white space, and whether it ends in a star.
    Run(String, bool),
}

const QUOTES: [char; 6] = ['"', '“', '”', '„', '«', '»'];

pub fn split_tokens(text: &str) -> Vec<QueryToken> {
    let chars: Vec<char> = text.chars().collect();
    let mut pieces = Vec::new();
    let mut at = 0;
    while let Some(&c) = chars.get(at) {
        at += 1;
        match c {
            '(' => pieces.push(QueryToken::Open),
            ')' => pieces.push(QueryToken::Close),
            c if QUOTES.contains(&c) => {
                let end = chars[at..].iter().position(|c| QUOTES.contains(c)).map_or(chars.len(), |n| at + n);
                pieces.push(QueryToken::Quoted(chars[at..end].iter().collect()));
                at = end + 1;
            }
            // A hyphen negates what directly follows it, and only at the start of a run.
            '-' | '\u{2013}'
                if is_at_start(&chars, at - 1) && chars.get(at).is_some_and(|c| can_be_denied(*c)) =>
            {
                pieces.push(QueryToken::Not);
            }
            c if c.is_whitespace() => {}
            _ => {
                let end = chars[at..].iter().position(|c| ends_run(*c)).map_or(chars.len(), |n| at + n);
                at = read_run(&chars[at - 1..end], chars.get(end), at - 1, &mut pieces);
            }
        }
    }
    pieces
}

fn is_at_start(chars: &[char], at: usize) -> bool {
    at == 0 || chars[at - 1].is_whitespace() || chars[at - 1] == '('
}

fn can_be_denied(c: char) -> bool {
    c.is_alphanumeric() || c == '(' || c == '\'' || QUOTES.contains(&c)
}

fn ends_run(c: char) -> bool {
    c.is_whitespace() || c == '(' || c == ')' || QUOTES.contains(&c)
}

/// Reads one run that begins at `from`: a keyword, a field or text. Returns the position to continue at.
fn read_run(run: &[char], next: Option<&char>, from: usize, pieces: &mut Vec<QueryToken>) -> usize {
    if let Some(colon) = run.iter().position(|c| *c == ':')
        && colon > 1
        && run[..colon].iter().all(|c| c.is_alphabetic() || *c == '_')
        && run.get(colon + 1).or(next).is_some_and(|c| can_be_denied(*c))
    {
        pieces.push(QueryToken::Field(run[..colon].iter().collect()));
        return from + colon + 1;
    }
    let text: String = run.iter().collect();
    let near = text.strip_prefix("NEAR");
    pieces.push(match (text.as_str(), near) {
        ("OR", _) => QueryToken::Or,
        ("AND", _) => QueryToken::And,
        ("NOT", _) => QueryToken::Not,
        (_, Some("")) => QueryToken::Near(None),
        (_, Some(how)) if how.starts_with('/') => QueryToken::Near(Some(how[1..].to_owned())),
        _ => {
            let bare = text.trim_end_matches('*');
            QueryToken::Run(bare.to_owned(), bare.len() < text.len())
        }
    });
    from + run.len()
}
