//! The elements that are open while a page is read, each with what is to be known of it.

use std::collections::{HashMap, hash_map::Entry};

use super::Tag;

/// The most elements that are open at once. What is opened beyond stands within the last of them.
const MOST_OPEN: usize = 512;

/// Elements beyond which no end tag and no implied end reaches.
const BOUNDARIES: [&str; 8] = ["html", "body", "table", "td", "th", "caption", "template", "button"];

/// Elements that end a paragraph by beginning.
const BLOCKS: [&str; 30] = [
    "address",
    "article",
    "aside",
    "blockquote",
    "center",
    "details",
    "dir",
    "div",
    "dl",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "main",
    "menu",
    "nav",
    "ol",
    "p",
    "pre",
    "section",
    "ul",
];

/// The elements that are open.
#[derive(Debug)]
pub struct OpenElements<T> {
    elements: Vec<(String, T)>,
    /// Number of open elements of each name: a search for a name that is not open costs nothing.
    counts: HashMap<String, usize>,
}

impl<T> Default for OpenElements<T> {
    fn default() -> Self {
        Self { elements: Vec::new(), counts: HashMap::new() }
    }
}

impl<T> OpenElements<T> {
    /// What is known of the elements that are open, the outermost first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &T> {
        self.elements.iter().map(|(_, it)| it)
    }

    /// How many elements are open.
    pub fn depth(&self) -> usize {
        self.elements.len()
    }

    /// Opens an element, and ends those that it ends by beginning.
    pub fn open(&mut self, tag: &Tag<'_>, it: T) {
        let name = tag.name.as_str();
        match name {
            "li" => self.end_before(&["li"], &["ul", "ol", "menu"]),
            "dt" | "dd" => self.end_before(&["dt", "dd"], &["dl"]),
            "option" | "optgroup" => self.end_before(&["option"], &["select"]),
            "td" | "th" => self.end_before(&["td", "th"], &["tr", "table"]),
            "tr" => self.end_before(&["tr"], &["table"]),
            "tbody" | "thead" | "tfoot" => self.end_before(&["tbody", "thead", "tfoot"], &["table"]),
            _ => {}
        }
        if BLOCKS.contains(&name) {
            self.end_before(&["p"], &BOUNDARIES);
        }
        if !tag.is_void() && self.elements.len() < MOST_OPEN {
            *self.counts.entry(name.to_owned()).or_default() += 1;
            self.elements.push((name.to_owned(), it));
        }
    }

    /// Closes an element by its name, with all in it. Where none of that name is open, nothing is closed.
    pub fn close(&mut self, name: &str) {
        if !self.is_open(name) {
            return;
        }
        let is_boundary = BOUNDARIES.contains(&name);
        let reachable = self.elements.iter().rposition(|(own, _)| {
            own == name || (!is_boundary && matches!(own.as_str(), "table" | "td" | "th" | "template"))
        });
        if let Some(at) = reachable
            && self.elements.get(at).is_some_and(|(own, _)| own == name)
        {
            self.truncate(at);
        }
    }

    /// Closes the innermost element of some names, unless one of the boundaries stands nearer.
    fn end_before(&mut self, names: &[&str], boundaries: &[&str]) {
        if !names.iter().any(|name| self.is_open(name)) {
            return;
        }
        let nearest = self
            .elements
            .iter()
            .rposition(|(own, _)| names.contains(&own.as_str()) || boundaries.contains(&own.as_str()));
        if let Some(at) = nearest
            && self.elements.get(at).is_some_and(|(own, _)| names.contains(&own.as_str()))
        {
            self.truncate(at);
        }
    }

    fn is_open(&self, name: &str) -> bool {
        self.counts.contains_key(name)
    }

    /// Closes all elements but the outermost `depth`.
    fn truncate(&mut self, depth: usize) {
        for (name, _) in self.elements.drain(depth..) {
            if let Entry::Occupied(mut count) = self.counts.entry(name) {
                *count.get_mut() -= 1;
                // Names that are not open take no room.
                if *count.get() == 0 {
                    count.remove();
                }
            }
        }
    }
}
