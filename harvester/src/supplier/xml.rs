//! XML as a tree of JSON: local names only, empty and nil elements as null, repeated elements as a list. So one
//! tolerant reader with paths serves both, whatever prefixes a supplier chooses.

use quick_xml::{Reader, escape, events::Event};
use serde_json::{Map, Value};

use super::Unreadable;

/// Elements nest at most this deep; what nests deeper is a mistake or a trap.
const DEEPEST: usize = 60;

/// Reads a document. The root's own name is the only key of what is given.
///
/// # Errors
/// It is no XML, or nests too deep.
pub fn to_json(bytes: &[u8]) -> Result<Value, Unreadable> {
    let text = String::from_utf8_lossy(bytes);
    let mut reader = Reader::from_str(text.trim_start_matches('\u{feff}'));
    let mut open: Vec<Element> = vec![Element::default()];
    loop {
        let unreadable = |why: quick_xml::Error| Unreadable(format!("it is no XML: {why}"));
        match reader.read_event().map_err(unreadable)? {
            Event::Start(tag) if open.len() <= DEEPEST => open.push(Element::of(&tag)?),
            Event::Start(_) => return Err(Unreadable("its elements nest too deep".into())),
            Event::Empty(tag) => {
                let element = Element::of(&tag)?;
                close(&mut open, element);
            }
            Event::End(_) => {
                if let Some(element) = open.pop() {
                    close(&mut open, element);
                }
            }
            Event::Text(text) => {
                let text = text.decode().map_err(|why| Unreadable(why.to_string()))?;
                add_text(&mut open, &text);
            }
            Event::CData(text) => {
                let text = text.decode().map_err(|why| Unreadable(why.to_string()))?;
                add_text(&mut open, &text);
            }
            Event::GeneralRef(name) => {
                let name = name.decode().map_err(|why| Unreadable(why.to_string()))?;
                add_text(&mut open, &meaning(&name));
            }
            Event::Eof => break,
            _ => {}
        }
    }
    match (open.len(), open.pop()) {
        (1, Some(root)) if !root.fields.is_empty() => Ok(Value::Object(root.fields)),
        _ => Err(Unreadable("the XML breaks off".into())),
    }
}

/// Reads the outermost elements called `name` one after another, without a tree of the whole.
///
/// # Errors
/// It is no XML, its root has another name, or it breaks off.
pub fn each(
    bytes: &[u8],
    root: &str,
    name: &str,
    mut take: impl FnMut(&Value, usize),
) -> Result<(), Unreadable> {
    let text = String::from_utf8_lossy(bytes);
    let text = text.trim_start_matches('\u{feff}');
    let mut reader = Reader::from_str(text);
    let unreadable = |why: quick_xml::Error| Unreadable(format!("it is no XML: {why}"));
    let (mut seen_root, mut ended, mut at) = (false, false, 0);
    loop {
        let from = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
        match reader.read_event().map_err(unreadable)? {
            Event::Start(tag) if !seen_root => {
                seen_root = tag.local_name().as_ref() == root.as_bytes();
                if !seen_root {
                    return Err(Unreadable(format!("its root is not {root:?}")));
                }
            }
            Event::Start(tag) if tag.local_name().as_ref() == name.as_bytes() => {
                reader.read_to_end(tag.name()).map_err(unreadable)?;
                let until = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
                take(&to_json(text.get(from..until).unwrap_or_default().as_bytes())?, at);
                at += 1;
            }
            Event::End(tag) => ended |= tag.local_name().as_ref() == root.as_bytes(),
            Event::Eof if ended => return Ok(()),
            Event::Eof => return Err(Unreadable("the XML breaks off".into())),
            _ => {}
        }
    }
}

/// What a reference means. One to no character of XML means nothing; a name that nobody defined stays as it was written.
fn meaning(name: &str) -> String {
    let written = format!("&{name};");
    match escape::unescape(&written) {
        Ok(meant) => meant.into_owned(),
        Err(_) if name.starts_with('#') => String::new(),
        Err(_) => written,
    }
}

/// An element that is still open.
#[derive(Default)]
struct Element {
    name: String,
    fields: Map<String, Value>,
    text: String,
    nil: bool,
}

impl Element {
    /// The element that a tag opens, with its attributes as fields that begin with `@`.
    fn of(tag: &quick_xml::events::BytesStart<'_>) -> Result<Self, Unreadable> {
        let local = |name: &[u8]| String::from_utf8_lossy(name).into_owned();
        let mut element = Self { name: local(tag.local_name().as_ref()), ..Self::default() };
        for attribute in tag.attributes().with_checks(false) {
            let attribute = attribute.map_err(|why| Unreadable(format!("it is no XML: {why}")))?;
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
            let name = local(key.local_name().as_ref());
            element.nil |= name == "nil" && value == "true";
            element.fields.insert(format!("@{name}"), value.into());
        }
        Ok(element)
    }

    /// Its value: an object where it has elements or attributes, else its text.
    fn value(self) -> Value {
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

/// Adds to the text of the innermost element.
fn add_text(open: &mut [Element], text: &str) {
    if let Some(element) = open.last_mut() {
        element.text.push_str(text);
    }
}

/// Puts an element into the one around it; the second of a name makes a list of both.
fn close(open: &mut Vec<Element>, element: Element) {
    let name = element.name.clone();
    let value = element.value();
    if open.is_empty() {
        // More ends than starts: a fresh outermost element keeps what there is.
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
