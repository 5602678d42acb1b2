//! The part of an address behind the question mark. What is not known is refused, never ignored: an answer to another question
//! than was asked is worse than none.

use raadhuis_store::Narrowed;
use url::form_urlencoded;

use crate::narrow::{authority, kind};

/// The most values of one argument.
const MOST_VALUES: usize = 500;

/// What was asked, by name, in order.
#[derive(Clone, Debug, Default)]
pub struct Arguments(Vec<(String, String)>);

impl Arguments {
    /// Reads them.
    ///
    /// # Errors
    /// A name that is none of `known`, with the one most like it, or more than 500 values of one.
    pub fn read(query: Option<&str>, known: &[&str]) -> Result<Self, String> {
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

    /// The value of an argument that comes once.
    ///
    /// # Errors
    /// It comes twice.
    pub fn one<'a>(&'a self, name: &'a str) -> Result<Option<&'a str>, String> {
        let mut values = self.all(name);
        let first = values.next();
        if values.next().is_some() {
            return Err(format!("{name} is given twice"));
        }
        Ok(first)
    }

    /// A number from `least` to `most`.
    ///
    /// # Errors
    /// It is none.
    pub fn number(&self, name: &str, (least, most): (i64, i64)) -> Result<Option<i64>, String> {
        let Some(text) = self.one(name)? else { return Ok(None) };
        match text.parse() {
            Ok(number) if (least..=most).contains(&number) => Ok(Some(number)),
            _ => Err(format!("{name} is {text:?}, and must be a number from {least} to {most}")),
        }
    }

    /// All values of an argument.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Whose things, and which: `authority` (a code or an id) and `kind`, each up to 500 times.
    ///
    /// # Errors
    /// A value that is none.
    pub fn narrowed(&self) -> Result<Narrowed, String> {
        let mut narrowed = Narrowed::default();
        for text in self.all("authority") {
            narrowed.authorities.push(authority(text).map_err(|why| format!("authority: {why}"))?);
        }
        for text in self.all("kind") {
            narrowed.kinds.push(kind(text).map_err(|why| format!("kind: {why}"))?);
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
        let read = |query| Arguments::read(Some(query), &["after", "limit", "authority", "kind"]);
        assert!(read("after=3&limt=5").unwrap_err().contains("did you mean \"limit\""));
        assert!(read("after=3&after=4").unwrap().one("after").unwrap_err().contains("twice"));
        assert!(read("limit=0").unwrap().number("limit", (1, 9)).unwrap_err().contains("from 1 to 9"));
        assert!(read("kind=docment").unwrap().narrowed().unwrap_err().contains("document"));
        assert!(read("authority=document:a:b:c").unwrap().narrowed().is_err());
        let narrowed = read("authority=GM9101&kind=meeting&kind=vote").unwrap().narrowed().unwrap();
        assert_eq!(narrowed.authorities[0].as_str(), "authority:nl:tooi:gm9101");
        assert_eq!(narrowed.kinds, [Kind::Meeting, Kind::Vote]);
    }
}
