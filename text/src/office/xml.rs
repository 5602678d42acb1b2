//! A walk over XML, event by event: nothing is built, so that nothing grows.

use std::borrow::Cow;

use quick_xml::{
    Reader,
    escape::unescape,
    events::{BytesStart, Event, attributes::Attribute},
};

use super::damaged;
use crate::pdf::Refusal;

/// What is met on the way. Names are without their prefix.
pub enum Node<'a> {
    /// An element begins.
    Open(&'a str, Attributes<'a>),
    /// An element ends; also one that is empty.
    Close(&'a str),
    /// Text.
    Text(&'a str),
}

/// The attributes of an element.
pub struct Attributes<'a>(&'a BytesStart<'a>);

impl Attributes<'_> {
    /// The value of the first attribute of a name without prefix.
    pub fn get(&self, name: &str) -> Option<String> {
        self.each(name).next()
    }

    /// The values of all attributes of a name without prefix.
    pub fn each(&self, name: &str) -> impl Iterator<Item = String> {
        let mut all = self.0.attributes();
        all.with_checks(false);
        let is_it = move |it: &Attribute<'_>| it.key.local_name().as_ref() == name.as_bytes();
        all.flatten().filter(is_it).map(|it| {
            let value = String::from_utf8_lossy(&it.value).into_owned();
            unescape(&value).map(Cow::into_owned).unwrap_or(value)
        })
    }
}

/// Shows every node of a document to `visit`, until it returns false.
pub fn walk(xml: &[u8], mut visit: impl FnMut(Node<'_>) -> bool) -> Result<(), Refusal> {
    let mut reader = Reader::from_reader(xml);
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    loop {
        let goes_on = match reader.read_event().map_err(damaged)? {
            Event::Start(tag) => visit(Node::Open(&name(tag.local_name().as_ref()), Attributes(&tag))),
            Event::Empty(tag) => {
                let name = name(tag.local_name().as_ref()).into_owned();
                visit(Node::Open(&name, Attributes(&tag))) && visit(Node::Close(&name))
            }
            Event::End(tag) => visit(Node::Close(&name(tag.local_name().as_ref()))),
            Event::Text(text) => visit(Node::Text(&text.decode().map_err(damaged)?)),
            Event::CData(text) => visit(Node::Text(&text.decode().map_err(damaged)?)),
            Event::GeneralRef(entity) => {
                let written = format!("&{};", String::from_utf8_lossy(&entity));
                let meant = unescape(&written).map(Cow::into_owned);
                visit(Node::Text(meant.as_deref().unwrap_or(&written)))
            }
            Event::Eof => false,
            _ => true,
        };
        if !goes_on {
            return Ok(());
        }
    }
}

fn name(bytes: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(bytes)
}

/// The number at the end of a name: 2 for `Kop2`.
pub fn level(style: &str, names: &[&str]) -> Option<u8> {
    let lower = style.to_lowercase().replace([' ', '_'], "");
    let digits = names.iter().find_map(|name| lower.strip_prefix(name))?;
    digits.parse().ok().filter(|level| (1..=9).contains(level))
}
