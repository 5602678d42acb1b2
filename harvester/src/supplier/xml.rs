//! XML as a tree of JSON: local names only, empty and nil elements as null, repeated elements as a list. The JSON
//! reader with its paths then serves both formats, with any prefixes.

use quick_xml::{Reader, escape, events::Event};
use serde_json::{Map, Value};

use super::UnreadableError;

/// Elements nest at most this deep; deeper nesting is a mistake or an attack.
const DEEPEST: usize = 60;

/// Parses a document into an object with the root's name as its only key.
///
/// # Errors
/// It is no XML, or nests too deep.
pub fn to_json(bytes: &[u8]) -> Result<Value, UnreadableError> {
    let text = String::from_utf8_lossy(bytes);
    let mut reader = Reader::from_str(text.trim_start_matches('\u{feff}'));
    let mut open: Vec<Element> = vec![Element::default()];
    loop {
        match reader.read_event().map_err(|why| unreadable(&why))? {
            Event::Start(tag) if open.len() <= DEEPEST => open.push(Element::from_tag(&tag)?),
            Event::Start(_) => return Err(UnreadableError("its elements nest too deep".into())),
            Event::Empty(tag) => {
                let element = Element::from_tag(&tag)?;
                close_element(&mut open, element);
            }
            Event::End(_) => {
                if let Some(element) = open.pop() {
                    close_element(&mut open, element);
                }
            }
            Event::Text(text) => {
                let text = text.decode().map_err(|why| UnreadableError(why.to_string()))?;
                add_text(&mut open, &text);
            }
            Event::CData(text) => {
                let text = text.decode().map_err(|why| UnreadableError(why.to_string()))?;
                add_text(&mut open, &text);
            }
            Event::GeneralRef(name) => {
                let name = name.decode().map_err(|why| UnreadableError(why.to_string()))?;
                add_text(&mut open, &meaning(&name));
            }
            Event::Eof => break,
            _ => {}
        }
    }
    match (open.len(), open.pop()) {
        (1, Some(root)) if !root.fields.is_empty() => Ok(Value::Object(root.fields)),
        _ => Err(UnreadableError("the XML breaks off".into())),
    }
}

/// Calls back for each outermost element called `name`, without a tree of the whole document.
///
/// # Errors
/// It is no XML, its root has another name, or it breaks off.
pub fn for_each_element(
    bytes: &[u8],
    root: &str,
    name: &str,
    mut take: impl FnMut(&Value, usize),
) -> Result<(), UnreadableError> {
    let text = String::from_utf8_lossy(bytes);
    let text = text.trim_start_matches('\u{feff}');
    let mut reader = Reader::from_str(text);
    let (mut seen_root, mut ended, mut at) = (false, false, 0);
    loop {
        let from = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
        match reader.read_event().map_err(|why| unreadable(&why))? {
            Event::Start(tag) if !seen_root => {
                seen_root = tag.local_name().as_ref() == root.as_bytes();
                if !seen_root {
                    return Err(UnreadableError(format!("its root is not {root:?}")));
                }
            }
            Event::Start(tag) if tag.local_name().as_ref() == name.as_bytes() => {
                reader.read_to_end(tag.name()).map_err(|why| unreadable(&why))?;
                let until = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
                take(&to_json(text.get(from..until).unwrap_or_default().as_bytes())?, at);
                at += 1;
            }
            Event::End(tag) => ended |= tag.local_name().as_ref() == root.as_bytes(),
            Event::Eof if ended => return Ok(()),
            Event::Eof => return Err(UnreadableError("the XML breaks off".into())),
            _ => {}
        }
    }
}

fn unreadable(why: &quick_xml::Error) -> UnreadableError {
    UnreadableError(format!("it is no XML: {why}"))
}

/// The text of a reference: empty for a number that is no XML character, unchanged for an undefined name.
fn meaning(name: &str) -> String {
    let written = format!("&{name};");
    match escape::unescape(&written) {
        Ok(meant) => meant.into_owned(),
        Err(_) if name.starts_with('#') => String::new(),
        Err(_) => written,
    }
}

#[derive(Default)]
struct Element {
    name: String,
    fields: Map<String, Value>,
    text: String,
    nil: bool,
}

impl Element {
    /// An element from its opening tag, with its attributes as fields that begin with `@`.
    fn from_tag(tag: &quick_xml::events::BytesStart<'_>) -> Result<Self, UnreadableError> {
        let name = String::from_utf8_lossy(tag.local_name().as_ref()).into_owned();
        let mut element = Self { name, ..Self::default() };
        for attribute in tag.attributes().with_checks(false) {
            let attribute = attribute.map_err(|why| UnreadableError(format!("it is no XML: {why}")))?;
            let key = attribute.key;
            if key.as_ref().starts_with(b"xmlns") {
                // The namespace of the root names the version of the format.
                if key.as_ref() == b"xmlns" || tag.name().prefix().is_some() {
                    let value = String::from_utf8_lossy(&attribute.value).into_owned();
                    element.fields.entry("@xmlns").or_insert(value.into());
                }
                continue;
            }
            let raw = String::from_utf8_lossy(&attribute.value).into_owned();
            let value = escape::unescape(&raw).map(std::borrow::Cow::into_owned).unwrap_or(raw);
            let name = String::from_utf8_lossy(key.local_name().as_ref()).into_owned();
            element.nil |= name == "nil" && value == "true";
            element.fields.insert(format!("@{name}"), value.into());
        }
        Ok(element)
    }

    /// Its value: an object where it has elements or attributes, else its text.
    fn into_value(self) -> Value {
        let text = self.text.trim();
        let only_names = self.fields.keys().all(|key| key == "@xmlns" || key == "@nil");
        match (only_names, text.is_empty()) {
            _ if self.nil => Value::Null,
            (true, true) => Value::Null,
            (true, false) => Value::String(text.to_owned()),
            (false, true) => Value::Object(self.fields),
            (false, false) => {
                let mut fields = self.fields;
                fields.insert("#text".to_owned(), text.into());
                Value::Object(fields)
            }
        }
    }
}

fn add_text(open: &mut [Element], text: &str) {
    if let Some(element) = open.last_mut() {
        element.text.push_str(text);
    }
}

/// Adds an element to its parent; the second of a name makes a list of both.
fn close_element(open: &mut Vec<Element>, element: Element) {
    let name = element.name.clone();
    let value = element.into_value();
    if open.is_empty() {
        // More end tags than start tags: a new outermost element keeps the content.
        open.push(Element::default());
    }
    let Some(around) = open.last_mut() else { return };
    match around.fields.get_mut(&name) {
        None => {
            around.fields.insert(name, value);
        }
        Some(Value::Array(items)) => items.push(value),
        Some(one) => *one = Value::Array(vec![one.take(), value]),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn prefixes_nil_and_repeats_are_nobody_elses_business() {
        let xml = r#"<?xml version="1.0"?><s:A xmlns:s="x" xmlns:i="y"><b:C>een &amp; twee</b:C><C/><C i:nil="true"/>
            <D p:id="7">drie</D><E><![CDATA[<p>vier</p>]]></E><F>B&amp;amp;W</F>
            <G>a&#xD800;&#0;b &nbsp;</G></s:A>"#;
        assert_eq!(
            to_json(xml.as_bytes()).unwrap(),
            json!({"A": {"@xmlns": "x", "C": ["een & twee", null, null], "D": {"@id": "7", "#text": "drie"},
                "E": "<p>vier</p>", "F": "B&amp;W", "G": "ab &nbsp;"}})
        );
    }

    #[test]
    fn what_is_no_xml_is_refused_with_a_reason() {
        for bad in ["", "{}", "<a><b></a>", "<a>", &"<a>".repeat(100), "</a></a><b/>"] {
            assert!(to_json(bad.as_bytes()).is_err(), "{bad}");
        }
        assert!(to_json(&[0x3c, 0xff, 0x3e]).is_err());
    }
}
