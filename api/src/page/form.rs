//! The search form of the start page, and the addresses of similar searches.

use jiff::{SignedDuration, civil::Date};
use raadhuis_schema::{Directory, Window, plain::clean_text};
use raadhuis_search::{EntryFilter, Facet, Query};
use serde_json::{Value, json};
use url::form_urlencoded;

use super::{dutch::query_error, filters::dutch_word, sent::find_excess};

/// The fields that restrict by value: name, facet, argument of the GraphQL filter, Dutch title.
pub const CHOICES: [(&str, &str, &str, &str); 7] = [
    ("soort", "KIND", "kinds", "Soort"),
    ("type", "TYPE", "types", "Type stuk"),
    ("overheid", "AUTHORITY", "authorities", "Overheid"),
    ("overheidssoort", "AUTHORITY_KIND", "authorityKinds", "Soort overheid"),
    ("provincie", "PROVINCE", "provinces", "Provincie"),
    ("partij", "PARTY", "parties", "Partij"),
    ("uitkomst", "OUTCOME", "outcomes", "Uitkomst"),
];

/// The other fields: words, typed name of an authority, sort of date, first and last day, order, cursor.
const OTHERS: [&str; 7] = ["q", "bij", "datum", "van", "tot", "volgorde", "na"];

/// The sorts of date (`datum`), with their arguments of the GraphQL filter.
const DATES: [(&str, &str); 3] =
    [("vergadering", "meetingDate"), ("publicatie", "publishedAt"), ("gezien", "firstSeenAt")];

/// The fields that were sent, in order, without empty ones.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SearchForm(Vec<(String, String)>);

impl SearchForm {
    /// Parses the query string of an address.
    ///
    /// # Errors
    /// Too many fields or bytes, an invalid value, or an unknown field, with the most similar one. Ignoring an unknown
    /// field would answer another question.
    pub fn parse(query: Option<&str>) -> Result<Self, String> {
        if let Some(why) = query.and_then(find_excess) {
            return Err(why);
        }
        let mut pairs = Vec::new();
        for (name, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
            let known: Vec<&str> = CHOICES.iter().map(|choice| choice.0).chain(OTHERS).collect();
            if !known.contains(&&*name) {
                let nearest =
                    known.iter().min_by_key(|known| strsim::osa_distance(known, &name)).unwrap_or(&"");
                return Err(format!("Zoeken kent geen {name:?}; bedoelde u {nearest:?}?"));
            }
            let value = clean_text(&value);
            if !value.is_empty() {
                pairs.push((name.into_owned(), value.into_owned()));
            }
        }
        let form = Self(pairs);
        form.check_values()?;
        Ok(form)
    }

    /// Checks the values of the fields; the error is a Dutch text.
    fn check_values(&self) -> Result<(), String> {
        if let Some(Err(why)) = self.get("q").map(Query::parse) {
            return Err(query_error(&why));
        }
        for name in ["van", "tot"] {
            if let Some(day) = self.get(name)
                && day.parse::<Date>().is_err()
            {
                return Err(format!("{day:?} is geen dag. Schrijf een dag als 2026-03-24."));
            }
        }
        let date = self.get("datum").filter(|date| !DATES.iter().any(|known| known.0 == *date));
        date.map_or(Ok(()), |date| Err(format!("Een datum {date:?} kennen wij niet.")))
    }

    /// The form for a query and its filter. Conditions that the form cannot express are left out.
    pub fn new(query: &str, filter: &EntryFilter) -> Self {
        let mut pairs = vec![("q".to_owned(), query.to_owned())];
        for (facet, values) in &filter.values {
            let name = CHOICES.iter().find(|choice| choice.1 == facet_name(*facet)).map(|choice| choice.0);
            let own = matches!(facet, Facet::Kind | Facet::Type | Facet::AuthorityKind | Facet::Outcome);
            // For closed sets the form uses the names of the GraphQL enums.
            let said =
                |value: &String| if own { value.to_uppercase().replace('-', "_") } else { value.clone() };
            pairs.extend(values.iter().filter_map(|value| Some((name?.to_owned(), said(value)))));
        }
        let mut between = |date: &str, from: Option<Date>, until: Option<Date>| {
            if from.is_some() || until.is_some() {
                let days = [
                    ("datum", Some(date.to_owned())),
                    ("van", from.map(|it| it.to_string())),
                    ("tot", until.map(|it| it.to_string())),
                ];
                pairs.extend(days.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))));
            }
        };
        if filter.meeting_date.is_open() {
            between("publicatie", filter.published_at.from, filter.published_at.until);
        } else {
            between("vergadering", filter.meeting_date.from, filter.meeting_date.until);
        }
        pairs.retain(|(_, value)| !value.is_empty());
        Self(pairs)
    }

    pub fn described(&self, directory: &Directory) -> String {
        let named = |id: &str| {
            let known = directory
                .authorities
                .iter()
                .find(|it| it.id.as_entity().as_str() == id || it.code.eq_ignore_ascii_case(id));
            known.map_or_else(|| id.rsplit(':').next().unwrap_or(id).to_uppercase(), |it| it.name.clone())
        };
        let words = self.get("q").map(|words| format!("\u{201e}{}\u{201d}", truncate_text(words, 80)));
        let of = |field: &str, said: &dyn Fn(&str) -> String| -> Option<String> {
            let values: Vec<String> = self.values_of(field).into_iter().take(4).map(said).collect();
            (!values.is_empty()).then(|| truncate_text(&values.join(", "), 60))
        };
        let restricted = [
            of("overheid", &named),
            of("provincie", &str::to_owned),
            of("soort", &|word| dutch_word(word).to_lowercase()),
            of("type", &|word| dutch_word(word).to_lowercase()),
            of("partij", &str::to_owned),
        ];
        words
            .into_iter()
            .chain(restricted.into_iter().flatten())
            .collect::<Vec<_>>()
            .join(" in ")
            .replace(['\r', '\n'], " ")
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub fn values_of(&self, name: &str) -> Vec<&str> {
        self.0.iter().filter(|(known, _)| known == name).map(|(_, value)| value.as_str()).collect()
    }

    /// The form with this value added, or removed if it was there. The list begins anew.
    pub fn toggled(&self, name: &str, value: &str) -> Self {
        let mut pairs = self.0.clone();
        pairs.retain(|(known, own)| known != "na" && !(known == name && own == value));
        if !self.values_of(name).contains(&value) {
            pairs.push((name.to_owned(), value.to_owned()));
        }
        Self(pairs)
    }

    /// The form with other values of some fields; an empty value removes the field. The list begins anew.
    pub fn with_fields(&self, changed: &[(&str, &str)]) -> Self {
        let mut pairs = self.0.clone();
        pairs.retain(|(known, _)| known != "na" && !changed.iter().any(|(name, _)| known == name));
        pairs.extend(changed.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        pairs.retain(|(_, value)| !value.is_empty());
        Self(pairs)
    }

    /// The address of `path` with this form as its query string.
    pub fn address(&self, path: &str) -> String {
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(&self.0).finish();
        format!("{path}?{query}")
    }

    pub fn variables(&self) -> Value {
        let mut filter = json!({});
        for (name, _, argument, _) in CHOICES {
            let values = self.values_of(name);
            if !values.is_empty() {
                filter[argument] = json!(values);
            }
        }
        let date = DATES.iter().find(|(name, _)| self.get("datum") == Some(name)).unwrap_or(&DATES[0]);
        let (from, until) = (self.get("van"), self.get("tot"));
        if from.is_some() || until.is_some() {
            filter[date.1] = if date.0 == "gezien" {
                // The first and the last second of the days, on the Dutch clock.
                let instants = |day: Option<&str>| Some(Window::of_day(day?.parse().ok()?).instants());
                json!({
                    "from": instants(from).map(|(start, _)| start),
                    "until": instants(until).map(|(_, end)| end - SignedDuration::from_secs(1)),
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

    pub fn to_template(&self) -> Value {
        let mut shown = json!({});
        for name in OTHERS {
            shown[name] = self.get(name).unwrap_or_default().into();
        }
        let kept = self.0.iter().filter(|(name, _)| CHOICES.iter().any(|choice| choice.0 == name));
        shown["kept"] = kept.map(|(name, value)| json!({"name": name, "value": value})).collect();
        shown
    }
}

/// The name of the facet's GraphQL enum value.
fn facet_name(facet: Facet) -> &'static str {
    match facet {
        Facet::AuthorityKind => "AUTHORITY_KIND",
        Facet::Kind => "KIND",
        Facet::Type => "TYPE",
        Facet::Authority => "AUTHORITY",
        Facet::Province => "PROVINCE",
        Facet::Party => "PARTY",
        Facet::Outcome => "OUTCOME",
        Facet::Year => "YEAR",
        Facet::Month => "MONTH",
    }
}

fn truncate_text(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_say_a_little_more_or_less() {
        let form = SearchForm::parse(Some("q=brug&soort=MOTION&van=&na=x")).unwrap();
        assert_eq!(form.toggled("soort", "DOCUMENT").address("/"), "/?q=brug&soort=MOTION&soort=DOCUMENT");
        assert_eq!(form.toggled("soort", "MOTION").address("/"), "/?q=brug");
        assert_eq!(
            form.with_fields(&[("van", "2026-01-01"), ("q", "")]).address("/"),
            "/?soort=MOTION&van=2026-01-01"
        );
        assert!(SearchForm::parse(Some("")).unwrap().is_empty());
    }

    #[test]
    fn a_filter_becomes_the_form_that_asks_for_it() {
        let filter = EntryFilter::default()
            .with_value(Facet::Kind, "written-question")
            .with_value(Facet::Authority, "authority:nl:tooi:gm9101")
            .with_value(Facet::Party, "Blauw & Co");
        let form = SearchForm::new("kade muur", &filter);
        assert_eq!(
            form.address("/"),
            "/?q=kade+muur&soort=WRITTEN_QUESTION&overheid=authority%3Anl%3Atooi%3Agm9101&partij=Blauw+%26+Co"
        );
        assert_eq!(
            form.described(&Directory::default()),
            "„kade muur” in GM9101 in schriftelijke vragen in Blauw & Co"
        );
    }

    #[test]
    fn a_field_that_is_none_names_the_nearest() {
        let why = SearchForm::parse(Some("q=brug&gemeente=x&vna=2026")).unwrap_err();
        assert!(why.contains("gemeente"), "{why}");
        assert!(SearchForm::parse(Some("vna=2026")).unwrap_err().contains("\"van\""));
    }

    #[test]
    fn the_chosen_date_is_filtered() {
        let variables = |query: &str| SearchForm::parse(Some(query)).unwrap().variables()["filter"].clone();
        assert_eq!(
            variables("van=2026-01-01"),
            json!({"meetingDate": {"from": "2026-01-01", "until": null}})
        );
        assert_eq!(variables("datum=publicatie&tot=2026-01-01")["publishedAt"]["until"], "2026-01-01");
        // A day begins and ends on the Dutch clock, in winter and in summer.
        assert_eq!(
            variables("datum=gezien&van=2026-01-01&tot=2026-07-01")["firstSeenAt"],
            json!({"from": "2025-12-31T23:00:00Z", "until": "2026-07-01T21:59:59Z"})
        );
        assert!(SearchForm::parse(Some("datum=gezien&van=ooit")).is_err());
    }
}
