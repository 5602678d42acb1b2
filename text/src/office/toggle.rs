//! Properties that hide text in Office markup: on, off, or left to the style.

use std::collections::BTreeMap;

use super::xml::{XmlAttributes, XmlNode, walk_nodes};
use raadhuis_schema::CodedError;

/// The longest chain of base styles that is followed.
const DEEPEST_STYLE: usize = 20;

/// Returns whether a toggle element switches its property on: it does unless its value says no.
pub fn is_on(attributes: &XmlAttributes<'_>) -> bool {
    attributes.get("val").is_none_or(|value| !matches!(value.as_str(), "0" | "false" | "off"))
}

pub fn says_yes(attributes: &XmlAttributes<'_>, name: &str) -> bool {
    attributes.get(name).is_some_and(|value| matches!(value.as_str(), "1" | "true" | "on"))
}

/// The styles of a `WordprocessingML` document that hide text.
#[derive(Debug, Default)]
pub struct HidingStyles(BTreeMap<String, WordStyle>);

#[derive(Debug, Default)]
struct WordStyle {
    based_on: Option<String>,
    hides: Option<bool>,
}

impl HidingStyles {
    /// Parses the content of `word/styles.xml`.
    pub fn parse(xml: &[u8]) -> Result<Self, CodedError> {
        let (mut styles, mut id, mut in_run) = (BTreeMap::<String, WordStyle>::new(), None, false);
        walk_nodes(xml, |node| {
            match node {
                XmlNode::Open("style", attributes) => {
                    id = attributes.get("styleId");
                    styles.extend(id.clone().map(|id| (id, WordStyle::default())));
                }
                XmlNode::Close("style") => id = None,
                XmlNode::Open("rPr", _) => in_run = true,
                XmlNode::Close("rPr") => in_run = false,
                XmlNode::Open(name, attributes) => {
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

    /// Returns whether a style, or the nearest base style with a setting, hides its text.
    pub fn hides_text(&self, id: &str) -> bool {
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
