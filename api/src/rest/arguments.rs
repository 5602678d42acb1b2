//! Arguments in the query string of an address. An unknown argument is refused, because ignoring it would answer another
//! question.

use raadhuis_store::Narrowed;
use url::form_urlencoded;

use crate::narrow::{authority, parse_kind};

const MOST_VALUES: usize = 500;

/// Names and values, in order.
#[derive(Clone, Debug, Default)]
pub struct Arguments(Vec<(String, String)>);

impl Arguments {
    /// Parses a query string.
    ///
    /// # Errors
    /// A name is not in `known` (the text names the most similar one), or an argument has more than 500 values.
    pub fn parse(query: Option<&str>, known: &[&str]) -> Result<Self, String> {
        let mut pairs = Vec::new();
        for (name, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
            if !known.contains(&&*name) {
                let nearest = known.iter().min_by_key(|known| strsim::osa_distance(known, &name));
                return Err(format!(
                    "{name:?} is no argument here; did you mean {:?}?",
                    nearest.unwrap_or(&"")
                ));
            }
            pairs.push((name.into_owned(), value.into_owned()));
        }
        for name in known {
            if pairs.iter().filter(|(own, _)| own == name).count() > MOST_VALUES {
                return Err(format!("{name} is given more than {MOST_VALUES} times"));
            }
        }
        Ok(Self(pairs))
    }

    /// The value of an argument that may occur once.
    ///
    /// # Errors
    /// The argument occurs twice.
    pub fn single_value<'a>(&'a self, name: &'a str) -> Result<Option<&'a str>, String> {
        let mut values = self.values_of(name);
        let first = values.next();
        if values.next().is_some() {
            return Err(format!("{name} is given twice"));
        }
        Ok(first)
    }

    /// The number from `least` to `most` that an argument holds.
    ///
    /// # Errors
    /// The value is no such number, or occurs twice.
    pub fn parse_number(&self, name: &str, least: i64, most: i64) -> Result<Option<i64>, String> {
        let Some(text) = self.single_value(name)? else { return Ok(None) };
        match text.parse() {
            Ok(number) if (least..=most).contains(&number) => Ok(Some(number)),
            _ => Err(format!("{name} is {text:?}, and must be a number from {least} to {most}")),
        }
    }

    pub fn values_of<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The restriction by `authority` (a code or an id) and `kind`; each may occur up to 500 times.
    ///
    /// # Errors
    /// A value is no authority or no kind.
    pub fn narrowed(&self) -> Result<Narrowed, String> {
        let mut narrowed = Narrowed::default();
        for text in self.values_of("authority") {
            narrowed.authorities.push(authority(text).map_err(|why| format!("authority: {why}"))?);
        }
        for text in self.values_of("kind") {
            narrowed.kinds.push(parse_kind(text).map_err(|why| format!("kind: {why}"))?);
        }
        Ok(narrowed)
    }
}

#[cfg(test)]
mod tests {
    use raadhuis_schema::Kind;

    use super::*;

    #[test]
    fn what_is_not_known_is_refused_with_what_is_like_it() {
        let read = |query| Arguments::parse(Some(query), &["after", "limit", "authority", "kind"]);
        assert!(read("after=3&limt=5").unwrap_err().contains("did you mean \"limit\""));
        assert!(read("after=3&after=4").unwrap().single_value("after").unwrap_err().contains("twice"));
        assert!(read("limit=0").unwrap().parse_number("limit", 1, 9).unwrap_err().contains("from 1 to 9"));
        assert!(read("kind=docment").unwrap().narrowed().unwrap_err().contains("document"));
        assert!(read("authority=document:a:b:c").unwrap().narrowed().is_err());
        let narrowed = read("authority=GM9101&kind=meeting&kind=vote").unwrap().narrowed().unwrap();
        assert_eq!(narrowed.authorities[0].as_str(), "authority:nl:tooi:gm9101");
        assert_eq!(narrowed.kinds, [Kind::Meeting, Kind::Vote]);
    }
}
