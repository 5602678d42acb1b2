//! The styles of an `OpenDocument` file: which make headings, and which hide text, sheets or slides.

use std::collections::BTreeMap;

use super::super::xml::{Attributes, Node, level, walk};
use crate::pdf::Refusal;

/// The most styles that one style may be made of, one upon the other.
const DEEPEST_STYLE: usize = 20;

/// The styles of a document, by family and name.
#[derive(Debug, Default)]
pub struct Styles(BTreeMap<(String, String), Style>);

#[derive(Debug, Default)]
struct Style {
    parent: Option<String>,
    hides: Option<bool>,
}

impl Styles {
    /// Adds the styles of `styles.xml` or `content.xml`.
    pub fn add(&mut self, xml: &[u8]) -> Result<(), Refusal> {
        let mut open: Option<(String, String)> = None;
        walk(xml, |node| {
            match node {
                Node::Open("style", attributes) => {
                    let name = attributes.get("name").unwrap_or_default();
                    let key = (attributes.get("family").unwrap_or_default(), name);
                    let parent = attributes.get("parent-style-name");
                    self.0.insert(key.clone(), Style { parent, hides: None });
                    open = Some(key);
                }
                Node::Close("style") => open = None,
                Node::Open(name, attributes) => {
                    let style = open.as_ref().and_then(|key| self.0.get_mut(key));
                    if let (Some(style), Some(hides)) = (style, hides(name, &attributes)) {
                        style.hides = Some(hides);
                    }
                }
                _ => {}
            }
            true
        })
    }

    /// Whether a style of a family hides what it is the style of, by itself or by what it is made of.
    pub fn hides(&self, family: &str, name: &str) -> bool {
        self.chain(family, name).find_map(|(_, style)| style.hides).unwrap_or(false)
    }

    /// The level of the headings that a style of paragraphs makes.
    pub fn heading(&self, name: &str) -> Option<u8> {
        let (_, style) = self.chain("paragraph", name).next()?;
        level(&style.parent.as_deref()?.replace("_20_", ""), &["heading"])
    }

    /// A style and those it is made of, the nearest first.
    fn chain(&self, family: &str, name: &str) -> impl Iterator<Item = (String, &Style)> {
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

/// Whether properties of a style say that something is hidden, or that it is not.
fn hides(properties: &str, attributes: &Attributes<'_>) -> Option<bool> {
    match properties {
        "text-properties" => attributes.get("display").map(|display| display == "none"),
        "table-properties" => attributes.get("display").map(|display| display == "false"),
        "drawing-page-properties" => attributes.get("visibility").map(|shown| shown == "hidden"),
        _ => None,
    }
}
