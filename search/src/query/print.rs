//! An expression in the query language, so that a reader sees what was understood and can type it again.

use super::{Expr, Near};

/// The expression in words.
pub fn print(expr: &Expr) -> String {
    match expr {
        Expr::All | Expr::Nothing => String::new(),
        Expr::Word(term) => term.shown.clone(),
        Expr::Prefix(start) => format!("{start}*"),
        Expr::Phrase(words) => format!("\"{}\"", words.join(" ")),
        Expr::Near(Near { left, right, within }) => format!("{} NEAR/{within} {}", left.shown, right.shown),
        Expr::Title(inner) => format!("title:{}", tight(inner)),
        Expr::Value(facet, value) if value.contains(' ') => format!("{}:\"{value}\"", facet.word()),
        Expr::Value(facet, value) => format!("{}:{value}", facet.word()),
        Expr::Not(inner) => format!("-{}", tight(inner)),
        Expr::And(all) => {
            let each =
                all.iter().map(|expr| if matches!(expr, Expr::Or(_)) { bracket(expr) } else { print(expr) });
            each.collect::<Vec<_>>().join(" ")
        }
        Expr::Or(all) => all.iter().map(print).collect::<Vec<_>>().join(" OR "),
    }
}

/// With brackets where it is more than one thing.
fn tight(expr: &Expr) -> String {
    if matches!(expr, Expr::And(_) | Expr::Or(_) | Expr::Near(_) | Expr::Not(_)) {
        bracket(expr)
    } else {
        print(expr)
    }
}

fn bracket(expr: &Expr) -> String {
    format!("({})", print(expr))
}
