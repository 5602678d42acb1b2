//! What hides text in the markup of Office: properties that are on, off, or left to the style.

use std::collections::BTreeMap;

use super::xml::{Attributes, Node, walk};
use crate::pdf::Refusal;

/// The most styles that one style may be based on, one upon the other.
const DEEPEST_STYLE: usize = 20;

/// Whether an element that switches a property switches it on: it does unless its value says no.
pub fn is_on(attributes: &Attributes<'_>) -> bool {
    attributes.get("val").is_none_or(|value| !matches!(value.as_str(), "0" | "false" | "off"))
}

/// Whether an attribute says yes.
pub fn says_yes(attributes: &Attributes<'_>, name: &str) -> bool {
    attributes.get(name).is_some_and(|value| matches!(value.as_str(), "1" | "true" | "on"))
}

/// The styles of a document of `WordprocessingML` that hide text.
#[derive(Debug, Default)]
pub struct HidingStyles(BTreeMap<String, Style>);

#[derive(Debug, Default)]
struct Style {
    based_on: Option<String>,
    hides: Option<bool>,
}

impl HidingStyles {
    /// Reads `word/styles.xml`.
    pub fn read(xml: &[u8]) -> Result<Self, Refusal> {
        let (mut styles, mut id, mut in_run) = (BTreeMap::<String, Style>::new(), None, false);
        walk(xml, |node| {
            match node {
                Node::Open("style", attributes) => {
                    id = attributes.get("styleId");
                    styles.extend(id.clone().map(|id| (id, Style::default())));
                }
                Node::Close("style") => id = None,
                Node::Open("rPr", _) => in_run = true,
                Node::Close("rPr") => in_run = false,
                Node::Open(name, attributes) => {
                    let style = id.as_ref().and_then(|id| styles.get_mut(id));
                    match (name, style) {
                        ("basedOn", Some(style)) => style.based_on = attributes.get("val"),
                        ("vanish", Some(style)) if in_run => style.hides = Some(is_on(&attributes)),
                        _ => {}
                    }
                }
                _ => {}
            }
            true
        })?;
        Ok(Self(styles))
    }

    /// Whether a style hides its text, by itself or by what it is based on.
    pub fn hides(&self, id: &str) -> bool {
        let mut next = Some(id);
        for _ in 0..DEEPEST_STYLE {
            let Some(style) = next.and_then(|id| self.0.get(id)) else { return false };
            if let Some(hides) = style.hides {
                return hides;
            }
            next = style.based_on.as_deref();
        }
        false
    }
}
