//! Prints an expression in the query language, so that a reader sees how a query was understood and can edit it.

use super::{Expr, Near};

pub fn print_expr(expr: &Expr) -> String {
    match expr {
        Expr::All | Expr::Nothing => String::new(),
        Expr::Word(term) => term.shown.clone(),
        Expr::Prefix(start) => format!("{start}*"),
        Expr::Phrase(words) => format!("\"{}\"", words.join(" ")),
        Expr::Near(Near { left, right, within }) => format!("{} NEAR/{within} {}", left.shown, right.shown),
        Expr::Title(inner) => format!("title:{}", print_item(inner)),
        Expr::Value(facet, value) if value.contains(' ') => format!("{}:\"{value}\"", facet.as_str()),
        Expr::Value(facet, value) => format!("{}:{value}", facet.as_str()),
        Expr::Not(inner) => format!("-{}", print_item(inner)),
        Expr::And(all) => {
            let each = all
                .iter()
                .map(|expr| if matches!(expr, Expr::Or(_)) { bracket(expr) } else { print_expr(expr) });
            each.collect::<Vec<_>>().join(" ")
        }
        Expr::Or(all) => all.iter().map(print_expr).collect::<Vec<_>>().join(" OR "),
    }
}

/// Prints an expression, in brackets unless it is a single item.
fn print_item(expr: &Expr) -> String {
    if matches!(expr, Expr::And(_) | Expr::Or(_) | Expr::Near(_) | Expr::Not(_)) {
        bracket(expr)
    } else {
        print_expr(expr)
    }
}

fn bracket(expr: &Expr) -> String {
    format!("({})", print_expr(expr))
}
