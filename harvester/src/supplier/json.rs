//! A tolerant JSON reader: every value knows its path, and each unexpected shape becomes a diagnostic.

use std::cell::RefCell;

use raadhuis_schema::{
    Diagnostic, When,
    address::{join_address, parse_address},
    time::WallClock,
};
use serde_json::Value;
use url::Url;

const ADDRESS: &str = "an address of the web";

/// Collects diagnostics while one answer is read.
#[derive(Debug)]
pub struct Notes {
    subject: String,
    diagnostics: RefCell<Vec<Diagnostic>>,
}

impl Notes {
    pub fn new(subject: String) -> Self {
        Self { subject, diagnostics: RefCell::default() }
    }

    pub fn subject(&self) -> &str {
        &self.subject
    }

    pub fn add_diagnostic(&self, diagnostic: Diagnostic) {
        self.diagnostics.borrow_mut().push(diagnostic);
    }

    pub fn into_diagnostics(self) -> Vec<Diagnostic> {
        self.diagnostics.into_inner()
    }
}

/// A value in an answer, or the place of a missing value.
#[derive(Clone, Debug)]
pub struct JsonNode<'a> {
    value: Option<&'a Value>,
    path: String,
    notes: &'a Notes,
}

impl<'a> JsonNode<'a> {
    pub fn root(value: &'a Value, notes: &'a Notes) -> Self {
        Self { value: Some(value), path: String::new(), notes }
    }

    /// Sets the path, for values that were cut out of a larger answer.
    pub fn with_path(mut self, path: &str) -> Self {
        path.clone_into(&mut self.path);
        self
    }

    /// Its path as a JSON pointer.
    pub fn path(&self) -> &str {
        &self.path
    }

    pub fn notes(&self) -> &'a Notes {
        self.notes
    }

    /// The value, unless it is missing or null.
    pub fn value(&self) -> Option<&'a Value> {
        self.value.filter(|value| !value.is_null())
    }

    pub fn is_some(&self) -> bool {
        self.value().is_some()
    }

    pub fn get(&self, key: &str) -> Self {
        let value = self.value().and_then(|value| match value {
            Value::Object(fields) => fields.get(key),
            _ => None,
        });
        Self { value, path: format!("{}/{key}", self.path), notes: self.notes }
    }

    /// The items of a list. A single object counts as a list of one; anything else is a diagnostic.
    pub fn items(&self) -> Vec<Self> {
        match self.value() {
            None => Vec::new(),
            Some(Value::Array(items)) => {
                items.iter().enumerate().map(|(i, item)| self.child(i, item)).collect()
            }
            Some(Value::Object(fields))
                if fields.contains_key("id") || fields.contains_key("@attributes") =>
            {
                vec![self.clone()]
            }
            Some(Value::String(text)) if text.is_empty() => Vec::new(),
            Some(_) => {
                self.unexpected::<()>("a list");
                Vec::new()
            }
        }
    }

    /// The items of a list, of any type; a single object counts as a list of one.
    pub fn items_of_anything(&self) -> Vec<Self> {
        if matches!(self.value(), Some(Value::Object(_))) { vec![self.clone()] } else { self.items() }
    }

    /// Everything one level deeper, under any key.
    pub fn descendants(&self) -> Vec<Self> {
        match self.value() {
            Some(Value::Array(items)) => {
                items.iter().enumerate().map(|(i, item)| self.child(i, item)).collect()
            }
            Some(Value::Object(fields)) => fields.keys().map(|key| self.get(key)).collect(),
            _ => Vec::new(),
        }
    }

    fn child(&self, index: usize, value: &'a Value) -> Self {
        Self { value: Some(value), path: format!("{}/{index}", self.path), notes: self.notes }
    }

    /// A trimmed text; `None` when empty. A number is read as its digits.
    pub fn text(&self) -> Option<String> {
        match self.value()? {
            Value::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
            Value::Number(number) => Some(number.to_string()),
            _ => self.unexpected("a text"),
        }
    }

    /// A non-negative integer, written as a number or as its digits.
    pub fn number(&self) -> Option<u64> {
        match self.value()? {
            Value::Number(number) => match number.as_u64() {
                Some(number) => Some(number),
                None => self.unexpected("a whole number from 0"),
            },
            Value::String(text) if text.trim().is_empty() => None,
            Value::String(text) => match text.trim().parse() {
                Ok(number) => Some(number),
                Err(_) => self.unexpected("a whole number from 0"),
            },
            _ => self.unexpected("a whole number from 0"),
        }
    }

    /// A number that fits in 32 bits; a larger one is a diagnostic.
    pub fn number_u32(&self) -> Option<u32> {
        self.number().and_then(|number| match u32::try_from(number) {
            Ok(number) => Some(number),
            Err(_) => self.unexpected("a number below 4294967296"),
        })
    }

    /// A boolean, also as 0 and 1, or as the text of any of these.
    pub fn flag(&self) -> Option<bool> {
        match self.value()? {
            Value::Bool(flag) => Some(*flag),
            Value::Number(number) => Some(number.as_f64() != Some(0.0)),
            Value::String(text) => match text.as_str() {
                "0" | "false" | "" => Some(false),
                "1" | "true" => Some(true),
                _ => self.unexpected("yes or no"),
            },
            _ => self.unexpected("yes or no"),
        }
    }

    /// An address of the web; anything else is a diagnostic.
    pub fn address(&self) -> Option<Url> {
        self.address_written(&self.text()?)
    }

    /// Like [`JsonNode::address`], for an address that may be relative to `base`.
    pub fn address_from(&self, base: &Url) -> Option<Url> {
        join_address(base, &self.text()?).or_else(|| self.unexpected(ADDRESS))
    }

    /// Like [`JsonNode::address`], for a repaired text. Remarks name this node.
    pub fn address_written(&self, text: &str) -> Option<Url> {
        parse_address(text).or_else(|| self.unexpected(ADDRESS))
    }

    /// A Dutch wall clock time. Impossible and ambiguous times are diagnostics.
    pub fn date_time(&self) -> Option<When> {
        self.when_written(&self.text()?)
    }

    /// Like [`JsonNode::date_time`], for a time assembled from several fields. Remarks name this node.
    pub fn when_written(&self, text: &str) -> Option<When> {
        let Ok(read) = WallClock::read(text) else {
            // A text that is no time at all may be anything, even a person's name.
            let is_time = text.chars().all(|c| c.is_ascii_digit() || " -:.+TZ/".contains(c));
            let shown: String = if is_time { text.chars().take(40).collect() } else { "a text".to_owned() };
            self.notes.add_diagnostic(Diagnostic::impossible_time(&self.notes.subject, &self.path, &shown));
            return None;
        };
        if read.doubtful {
            self.notes.add_diagnostic(Diagnostic::doubtful_time(&self.notes.subject, &self.path, text));
        }
        Some(read.when)
    }

    /// Adds a diagnostic that another shape was expected here. It names shapes only: values may be private.
    pub fn unexpected<T>(&self, expected: &str) -> Option<T> {
        let found = match self.value {
            None => "nothing",
            Some(Value::Null) => "null",
            Some(Value::Bool(_)) => "yes or no",
            Some(Value::Number(_)) => "a number",
            Some(Value::String(_)) => "a text",
            Some(Value::Array(_)) => "a list",
            Some(Value::Object(_)) => "an object",
        };
        self.notes.add_diagnostic(Diagnostic::unexpected_shape(
            &self.notes.subject,
            &self.path,
            expected,
            found,
        ));
        None
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_diagnostic_names_its_path() {
        let value =
            json!({"a": [{"id": 1, "n": "x"}, {"id": 2, "n": 5}], "b": 7, "c": {"id": 1}, "t": "0000-00-00"});
        let notes = Notes::new("q".into());
        let root = JsonNode::root(&value, &notes);
        let numbers: Vec<_> = root.get("a").items().iter().map(|item| item.get("n").number()).collect();
        assert_eq!(numbers, [None, Some(5)]);
        assert_eq!(root.get("b").items().len(), 0);
        assert_eq!(root.get("c").items().len(), 1);
        assert_eq!(root.get("missing").get("deeper").text(), None);
        assert_eq!(root.get("t").date_time(), None);
        let paths: Vec<_> = notes.into_diagnostics().into_iter().map(|diagnostic| diagnostic.path).collect();
        assert_eq!(paths, ["/a/0/n", "/b", "/t"]);
    }
}
