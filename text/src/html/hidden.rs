//! Finds elements that a page does not show, by their attributes or by simple rules of the embedded style
//! sheets.

use std::collections::BTreeSet;

use super::{Tag, Token, walk_tokens};

const MOST_RULES: usize = 1_000;

/// The selectors in a page's style sheets that hide elements by name, class or id.
#[derive(Debug, Default)]
pub struct HidingRules(BTreeSet<String>);

impl HidingRules {
    pub fn from_page(page: &str) -> Self {
        let (mut rules, mut in_sheet) = (Self::default(), false);
        walk_tokens(page, |token| {
            match token {
                Token::Open(tag) => in_sheet = tag.name == "style",
                Token::Text(sheet) if in_sheet => rules.add_sheet(&sheet),
                _ => {}
            }
            rules.0.len() < MOST_RULES
        });
        rules
    }

    /// Adds the rules of a style sheet that apply to every screen.
    fn add_sheet(&mut self, sheet: &str) {
        let sheet = without_comments(sheet);
        let mut depth = 0_usize;
        let mut selectors = "";
        let mut begin = 0;
        for (at, c) in sheet.char_indices().filter(|(_, c)| matches!(c, '{' | '}')) {
            let piece = sheet.get(begin..at).unwrap_or_default();
            begin = at + 1;
            if c == '{' {
                depth += 1;
                selectors = piece;
            } else {
                // Rules within `@media` apply to some screens only.
                if depth == 1 && !selectors.contains('@') && declarations_hide(piece) {
                    self.0.extend(selectors.split(',').map(|selector| selector.trim().to_lowercase()));
                }
                depth = depth.saturating_sub(1);
            }
        }
    }

    pub fn hides_element(&self, tag: &Tag<'_>) -> bool {
        let is_input = tag.name == "input" && tag.attribute("type").is_some_and(|kind| kind == "hidden");
        if tag.attribute("hidden").is_some()
            || is_input
            || tag.attribute("style").is_some_and(declarations_hide)
        {
            return true;
        }
        if self.0.is_empty() {
            return false;
        }
        let classes = tag.attribute("class").unwrap_or_default().split_whitespace();
        let id = tag.attribute("id").map(|id| format!("#{id}"));
        let marks: Vec<String> = classes.map(|class| format!(".{class}")).chain(id).collect();
        let named = marks.iter().map(|mark| format!("{}{mark}", tag.name));
        let mut all = named.chain(marks.iter().cloned()).chain([tag.name.clone()]);
        all.any(|selector| self.0.contains(&selector.to_lowercase()))
    }
}

fn declarations_hide(declarations: &str) -> bool {
    declarations.split(';').any(|declaration| {
        let declaration: String = declaration.to_lowercase().split_whitespace().collect();
        let declaration = declaration.trim_end_matches("!important");
        matches!(
            declaration,
            "display:none"
                | "visibility:hidden"
                | "visibility:collapse"
                | "opacity:0"
                | "font-size:0"
                | "font-size:0px"
        )
    })
}

fn without_comments(sheet: &str) -> String {
    let mut rest = sheet;
    let mut plain = String::with_capacity(sheet.len());
    while let Some((before, inside)) = rest.split_once("/*") {
        plain.push_str(before);
        rest = inside.split_once("*/").map_or("", |(_, behind)| behind);
    }
    plain + rest
}
