//! The elements that are open while a page is read, each with what is to be known of it.

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
pub struct OpenElements<T>(Vec<(String, T)>);

impl<T> Default for OpenElements<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> OpenElements<T> {
    /// What is known of the elements that are open, the outermost first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &T> {
        self.0.iter().map(|(_, it)| it)
    }

    /// How many elements are open.
    pub fn depth(&self) -> usize {
        self.0.len()
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
        if !tag.is_void() && self.0.len() < MOST_OPEN {
            self.0.push((name.to_owned(), it));
        }
    }

    /// Closes an element by its name, with all in it. Where none of that name is open, nothing is closed.
    pub fn close(&mut self, name: &str) {
        let is_boundary = BOUNDARIES.contains(&name);
        let reachable = self.0.iter().rposition(|(own, _)| {
            own == name || (!is_boundary && matches!(own.as_str(), "table" | "td" | "th" | "template"))
        });
        if let Some(at) = reachable
            && self.0.get(at).is_some_and(|(own, _)| own == name)
        {
            self.0.truncate(at);
        }
    }

    /// Closes the innermost element of some names, unless one of the boundaries stands nearer.
    fn end_before(&mut self, names: &[&str], boundaries: &[&str]) {
        let nearest = self
            .0
            .iter()
            .rposition(|(own, _)| names.contains(&own.as_str()) || boundaries.contains(&own.as_str()));
        if let Some(at) = nearest
            && self.0.get(at).is_some_and(|(own, _)| names.contains(&own.as_str()))
        {
            self.0.truncate(at);
        }
    }
}
