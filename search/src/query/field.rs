//! Field names and their known values, in English and Dutch.

use super::QueryError;
use crate::{Facet, dutch};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    Title,
    Value(Facet),
}

const FIELDS: [(&str, Field); 17] = [
    ("title", Field::Title),
    ("titel", Field::Title),
    ("kind", Field::Value(Facet::Kind)),
    ("soort", Field::Value(Facet::Kind)),
    ("type", Field::Value(Facet::Type)),
    ("authority", Field::Value(Facet::Authority)),
    ("overheid", Field::Value(Facet::Authority)),
    ("authoritykind", Field::Value(Facet::AuthorityKind)),
    ("overheidssoort", Field::Value(Facet::AuthorityKind)),
    ("province", Field::Value(Facet::Province)),
    ("provincie", Field::Value(Facet::Province)),
    ("party", Field::Value(Facet::Party)),
    ("partij", Field::Value(Facet::Party)),
    ("outcome", Field::Value(Facet::Outcome)),
    ("uitkomst", Field::Value(Facet::Outcome)),
    ("year", Field::Value(Facet::Year)),
    ("jaar", Field::Value(Facet::Year)),
];

/// Values of closed sets, in English and Dutch.
const KINDS: [(&str, &str); 11] = [
    ("meeting", "vergadering"),
    ("agenda-item", "agendapunt"),
    ("document", "document"),
    ("motion", "motie"),
    ("proposal", "voorstel"),
    ("decision", "besluit"),
    ("commitment", "toezegging"),
    ("written-question", "vragen"),
    ("register-entry", "registerstuk"),
    ("vote-event", "stemming"),
    ("recording", "opname"),
];
const TYPES: [(&str, &str); 9] = [
    ("agenda", "agenda"),
    ("minutes", "verslag"),
    ("decision-list", "besluitenlijst"),
    ("proposal", "voorstel"),
    ("motion", "motie"),
    ("amendment", "amendement"),
    ("letter", "brief"),
    ("question", "vraag"),
    ("answer", "antwoord"),
];
const OUTCOMES: [(&str, &str); 5] = [
    ("adopted", "aangenomen"),
    ("rejected", "verworpen"),
    ("withdrawn", "ingetrokken"),
    ("held-over", "aangehouden"),
    ("other", "overig"),
];
const AUTHORITY_KINDS: [(&str, &str); 4] = [
    ("municipality", "gemeente"),
    ("province", "provincie"),
    ("water-authority", "waterschap"),
    ("submunicipal", "stadsdeel"),
];

pub fn find_field(name: &str) -> Result<Field, QueryError> {
    let plain = dutch::form::fold_word(name);
    if let Some((_, field)) = FIELDS.iter().find(|(known, _)| *known == plain) {
        return Ok(*field);
    }
    let nearest = nearest(&plain, FIELDS.iter().map(|(known, _)| *known));
    Err(QueryError::UnknownField { name: name.to_owned(), nearest })
}

/// Normalizes a value of a facet to the form that is indexed.
pub fn normalize_value(facet: Facet, given: &str) -> Result<String, QueryError> {
    match facet {
        Facet::Kind => find_known(facet, given, &KINDS),
        Facet::Type => find_known(facet, given, &TYPES),
        Facet::Outcome => find_known(facet, given, &OUTCOMES),
        Facet::AuthorityKind => find_known(facet, given, &AUTHORITY_KINDS),
        // Province and party names are an open set, compared without capitals and accents.
        Facet::Province | Facet::Party => Ok(plain_words(given)),
        Facet::Authority => {
            let code = given.to_lowercase();
            let is_code = code.len() == 6
                && code.bytes().take(2).all(|b| b.is_ascii_lowercase())
                && code.bytes().skip(2).all(|b| b.is_ascii_digit());
            if is_code { Ok(code) } else { Err(unknown_value(facet, given, "GM0363")) }
        }
        Facet::Year | Facet::Month => match given.parse::<i16>() {
            Ok(year) if (1800..=2200).contains(&year) => Ok(year.to_string()),
            _ => Err(unknown_value(facet, given, "2026")),
        },
    }
}

/// Finds a value of a closed set by its English or Dutch name.
fn find_known(
    facet: Facet,
    given: &str,
    known: &[(&'static str, &'static str)],
) -> Result<String, QueryError> {
    let plain = dutch::form::fold_word(given);
    for (name, in_dutch) in known {
        if dutch::form::fold_word(name) == plain || dutch::form::fold_word(in_dutch) == plain {
            return Ok((*name).to_owned());
        }
    }
    let names = known.iter().flat_map(|(name, in_dutch)| [*name, *in_dutch]);
    Err(unknown_value(facet, given, nearest(&plain, names)))
}

fn unknown_value(facet: Facet, given: &str, nearest: &str) -> QueryError {
    QueryError::UnknownValue { field: facet.as_str(), value: given.to_owned(), nearest: nearest.to_owned() }
}

/// Removes capitals, accents and signs, and joins words with single spaces.
pub fn plain_words(text: &str) -> String {
    text.split_whitespace()
        .map(dutch::form::fold_word)
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

fn nearest<'a>(to: &str, known: impl Iterator<Item = &'a str>) -> &'a str {
    let closest = known.map(|name| (strsim::osa_distance(to, name), name)).min_by_key(|(steps, _)| *steps);
    closest.map_or("", |(_, name)| name)
}
