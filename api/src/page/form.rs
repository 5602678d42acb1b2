//! What the form of the start page sends, and the addresses that say a little more or less.

use serde_json::{Value, json};
use url::form_urlencoded;

/// A field of the form that restricts by value: its name, the facet, the argument of the filter, and what it is called.
pub const CHOICES: [(&str, &str, &str, &str); 7] = [
    ("soort", "KIND", "kinds", "Soort"),
    ("type", "TYPE", "types", "Type stuk"),
    ("overheid", "AUTHORITY", "authorities", "Overheid"),
    ("overheidssoort", "AUTHORITY_KIND", "authorityKinds", "Soort overheid"),
    ("provincie", "PROVINCE", "provinces", "Provincie"),
    ("partij", "PARTY", "parties", "Partij"),
    ("uitkomst", "OUTCOME", "outcomes", "Uitkomst"),
];

/// Its other fields: words, which date is meant, from when, until when, order, and behind which place.
const OTHERS: [&str; 6] = ["q", "datum", "van", "tot", "volgorde", "na"];

/// Which dates there are.
const DATES: [(&str, &str); 3] =
    [("vergadering", "meetingDate"), ("publicatie", "publishedAt"), ("gezien", "firstSeenAt")];

/// What was sent, in order. Empty fields are as good as absent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Form(Vec<(String, String)>);

impl Form {
    /// Reads the part of an address behind the question mark.
    ///
    /// # Errors
    /// A field that is none, with the one most like it: an answer to another question than was asked is worse than none.
    pub fn read(query: Option<&str>) -> Result<Self, String> {
        let mut pairs = Vec::new();
        for (name, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
            let known = || CHOICES.iter().map(|choice| choice.0).chain(OTHERS);
            if !known().any(|known| known == name) {
                let nearest =
                    known().min_by_key(|known| strsim::osa_distance(known, &name)).unwrap_or_default();
                return Err(format!("Zoeken kent geen {name:?}; bedoelde u {nearest:?}?"));
            }
            if !value.is_empty() {
                pairs.push((name.into_owned(), value.into_owned()));
            }
        }
        Ok(Self(pairs))
    }

    /// Whether anything was asked at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The value of a field.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// All values of a field.
    pub fn all(&self, name: &str) -> Vec<&str> {
        self.0.iter().filter(|(known, _)| known == name).map(|(_, value)| value.as_str()).collect()
    }

    /// The same with a value where there was none, or without it where it was. The list begins anew.
    pub fn toggled(&self, name: &str, value: &str) -> Self {
        let mut pairs = self.0.clone();
        pairs.retain(|(known, own)| known != "na" && !(known == name && own == value));
        if !self.all(name).contains(&value) {
            pairs.push((name.to_owned(), value.to_owned()));
        }
        Self(pairs)
    }

    /// The same with other values of some fields. The list begins anew.
    pub fn with(&self, changed: &[(&str, &str)]) -> Self {
        let mut pairs = self.0.clone();
        pairs.retain(|(known, _)| known != "na" && !changed.iter().any(|(name, _)| known == name));
        pairs.extend(changed.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        pairs.retain(|(_, value)| !value.is_empty());
        Self(pairs)
    }

    /// An address with it.
    pub fn address(&self, path: &str) -> String {
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(&self.0).finish();
        format!("{path}?{query}")
    }

    /// As variables of a query.
    pub fn variables(&self) -> Value {
        let mut filter = json!({});
        for (name, _, argument, _) in CHOICES {
            let values = self.all(name);
            if !values.is_empty() {
                filter[argument] = json!(values);
            }
        }
        let date = DATES.iter().find(|(name, _)| self.get("datum") == Some(name)).unwrap_or(&DATES[0]);
        let (from, until) = (self.get("van"), self.get("tot"));
        if from.is_some() || until.is_some() {
            filter[date.1] = if date.0 == "gezien" {
                // A day that is meant as a moment begins and ends with the day in the Netherlands, near enough for a form.
                json!({
                    "from": from.map(|day| format!("{day}T00:00:00+01:00")),
                    "until": until.map(|day| format!("{day}T23:59:59+01:00")),
                })
            } else {
                json!({"from": from, "until": until})
            };
        }
        json!({
            "query": self.get("q").unwrap_or_default(),
            "filter": filter,
            "sort": self.get("volgorde"),
            "after": self.get("na"),
        })
    }

    /// As the template takes it.
    pub fn shown(&self) -> Value {
        let mut shown = json!({});
        for name in OTHERS {
            shown[name] = self.get(name).unwrap_or_default().into();
        }
        let kept = self.0.iter().filter(|(name, _)| CHOICES.iter().any(|choice| choice.0 == name));
        shown["kept"] = kept.map(|(name, value)| json!({"name": name, "value": value})).collect();
        shown
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_say_a_little_more_or_less() {
        let form = Form::read(Some("q=brug&soort=MOTION&van=&na=x")).unwrap();
        assert_eq!(form.toggled("soort", "DOCUMENT").address("/"), "/?q=brug&soort=MOTION&soort=DOCUMENT");
        assert_eq!(form.toggled("soort", "MOTION").address("/"), "/?q=brug");
        assert_eq!(
            form.with(&[("van", "2026-01-01"), ("q", "")]).address("/"),
            "/?soort=MOTION&van=2026-01-01"
        );
        assert!(Form::read(Some("")).unwrap().is_empty());
    }

    #[test]
    fn a_field_that_is_none_names_the_nearest() {
        let why = Form::read(Some("q=brug&gemeente=x&vna=2026")).unwrap_err();
        assert!(why.contains("gemeente"), "{why}");
        assert!(Form::read(Some("vna=2026")).unwrap_err().contains("\"van\""));
    }

    #[test]
    fn the_chosen_date_is_filtered() {
        let variables = |query: &str| Form::read(Some(query)).unwrap().variables()["filter"].clone();
        assert_eq!(
            variables("van=2026-01-01"),
            json!({"meetingDate": {"from": "2026-01-01", "until": null}})
        );
        assert_eq!(variables("datum=publicatie&tot=2026-01-01")["publishedAt"]["until"], "2026-01-01");
        assert_eq!(
            variables("datum=gezien&van=2026-01-01")["firstSeenAt"]["from"],
            "2026-01-01T00:00:00+01:00"
        );
    }
}
