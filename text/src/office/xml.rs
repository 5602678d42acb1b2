//! A streaming reader of XML. It builds no tree, so that memory stays constant.

use std::borrow::Cow;

use quick_xml::{
    Reader,
    escape::unescape,
    events::{BytesStart, Event},
};
use raadhuis_schema::CodedError;

use super::damaged;

/// An event of the reader. Names are without their prefix.
pub enum XmlNode<'a> {
    Open(&'a str, XmlAttributes<'a>),
    Close(&'a str),
    Text(&'a str),
}

pub struct XmlAttributes<'a>(&'a BytesStart<'a>);

impl XmlAttributes<'_> {
    /// Returns the first value of an attribute, ignoring prefixes.
    pub fn get(&self, name: &str) -> Option<String> {
        self.get_all(name).next()
    }

    /// Returns all values of an attribute, ignoring prefixes.
    pub fn get_all(&self, name: &str) -> impl Iterator<Item = String> {
        let mut all = self.0.attributes();
        all.with_checks(false);
        all.flatten().filter(move |it| it.key.local_name().as_ref() == name.as_bytes()).map(|it| {
            let value = String::from_utf8_lossy(&it.value).into_owned();
            unescape(&value).map(Cow::into_owned).unwrap_or(value)
        })
    }
}

/// Passes every event of a document to `visit`, until it returns false.
pub fn walk_nodes(xml: &[u8], mut visit: impl FnMut(XmlNode<'_>) -> bool) -> Result<(), CodedError> {
    let mut reader = Reader::from_reader(xml);
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    loop {
        let goes_on = match reader.read_event().map_err(damaged)? {
            Event::Start(tag) => {
                visit(XmlNode::Open(&decode_name(tag.local_name().as_ref()), XmlAttributes(&tag)))
            }
            Event::Empty(tag) => {
                let name = decode_name(tag.local_name().as_ref()).into_owned();
                visit(XmlNode::Open(&name, XmlAttributes(&tag))) && visit(XmlNode::Close(&name))
            }
            Event::End(tag) => visit(XmlNode::Close(&decode_name(tag.local_name().as_ref()))),
            Event::Text(text) => visit(XmlNode::Text(&text.decode().map_err(damaged)?)),
            Event::CData(text) => visit(XmlNode::Text(&text.decode().map_err(damaged)?)),
            Event::GeneralRef(entity) => {
                let written = format!("&{};", String::from_utf8_lossy(&entity));
                let meant = unescape(&written).map(Cow::into_owned);
                visit(XmlNode::Text(meant.as_deref().unwrap_or(&written)))
            }
            Event::Eof => false,
            _ => true,
        };
        if !goes_on {
            return Ok(());
        }
    }
}

fn decode_name(bytes: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(bytes)
}

/// Returns the number at the end of a style name: 2 for `Kop2`.
pub fn heading_level(style: &str, names: &[&str]) -> Option<u8> {
    let lower = style.to_lowercase().replace([' ', '_'], "");
    let digits = names.iter().find_map(|name| lower.strip_prefix(name))?;
    digits.parse().ok().filter(|level| (1..=9).contains(level))
}
