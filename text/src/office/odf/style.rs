//! The styles of an `OpenDocument` file that make headings or hide text, sheets or slides.

use std::collections::BTreeMap;

use super::super::xml::{XmlAttributes, XmlNode, heading_level, walk_nodes};
use raadhuis_schema::CodedError;

const DEEPEST_STYLE: usize = 20;

/// Keyed by family and name.
#[derive(Debug, Default)]
pub struct Styles(BTreeMap<(String, String), OdfStyle>);

#[derive(Debug, Default)]
struct OdfStyle {
    parent: Option<String>,
    hides: Option<bool>,
}

impl Styles {
    pub fn add_styles(&mut self, xml: &[u8]) -> Result<(), CodedError> {
        let mut open: Option<(String, String)> = None;
        walk_nodes(xml, |node| {
            match node {
                XmlNode::Open("style", attributes) => {
                    let name = attributes.get("name").unwrap_or_default();
                    let key = (attributes.get("family").unwrap_or_default(), name);
                    let parent = attributes.get("parent-style-name");
                    self.0.insert(key.clone(), OdfStyle { parent, hides: None });
                    open = Some(key);
                }
                XmlNode::Close("style") => open = None,
                XmlNode::Open(name, attributes) => {
                    let style = open.as_ref().and_then(|key| self.0.get_mut(key));
                    if let (Some(style), Some(hides)) = (style, hidden_setting(name, &attributes)) {
                        style.hides = Some(hides);
                    }
                }
                _ => {}
            }
            true
        })
    }

    /// Returns whether a style, or the nearest parent with a setting, hides its content.
    pub fn hides_content(&self, family: &str, name: &str) -> bool {
        self.style_chain(family, name).find_map(|(_, style)| style.hides).unwrap_or(false)
    }

    pub fn heading_level_of(&self, name: &str) -> Option<u8> {
        let (_, style) = self.style_chain("paragraph", name).next()?;
        heading_level(&style.parent.as_deref()?.replace("_20_", ""), &["heading"])
    }

    fn style_chain(&self, family: &str, name: &str) -> impl Iterator<Item = (String, &OdfStyle)> {
        let mut next = Some(name.to_owned());
        std::iter::from_fn(move || {
            let name = next.take()?;
            let style = self.0.get(&(family.to_owned(), name.clone()))?;
            next.clone_from(&style.parent);
            Some((name, style))
        })
        .take(DEEPEST_STYLE)
    }
}

/// Returns the visibility that a properties element sets, if any.
fn hidden_setting(properties: &str, attributes: &XmlAttributes<'_>) -> Option<bool> {
    match properties {
        "text-properties" => attributes.get("display").map(|display| display == "none"),
        "table-properties" => attributes.get("display").map(|display| display == "false"),
        "drawing-page-properties" => attributes.get("visibility").map(|shown| shown == "hidden"),
        _ => None,
    }
}
