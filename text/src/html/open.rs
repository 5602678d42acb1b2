//! The stack of open elements of a page, each with a value of the caller.

use std::collections::{HashMap, hash_map::Entry};

use super::Tag;

/// The most elements on the stack. Elements opened beyond this count as part of the last one.
const MOST_OPEN: usize = 512;

/// Elements that end tags and implied end tags do not cross.
const BOUNDARIES: [&str; 8] = ["html", "body", "table", "td", "th", "caption", "template", "button"];

/// Elements whose opening tag ends a paragraph.
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

#[derive(Debug)]
pub struct OpenElements<T> {
    elements: Vec<(String, T)>,
    /// The number of open elements of each name, so that looking for a name that is not open is cheap.
    counts: HashMap<String, usize>,
}

impl<T> Default for OpenElements<T> {
    fn default() -> Self {
        Self { elements: Vec::new(), counts: HashMap::new() }
    }
}

impl<T> OpenElements<T> {
    /// Iterates over the values of the open elements, the outermost first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &T> {
        self.elements.iter().map(|(_, it)| it)
    }

    pub fn open_count(&self) -> usize {
        self.elements.len()
    }

    /// Opens an element, after closing those that its opening tag ends.
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

    /// Closes the innermost element of a name and all elements in it, if one is open.
    pub fn close_element(&mut self, name: &str) {
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

    /// Closes the innermost element with one of `names`, unless an element of `boundaries` is nearer.
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

    /// Closes all but the outermost `depth` elements.
    fn truncate(&mut self, depth: usize) {
        for (name, _) in self.elements.drain(depth..) {
            if let Entry::Occupied(mut count) = self.counts.entry(name) {
                *count.get_mut() -= 1;
                // Names that are not open use no memory.
                if *count.get() == 0 {
                    count.remove();
                }
            }
        }
    }
}
