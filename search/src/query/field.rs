//! What may stand before a colon, and which values are known behind it. Dutch names are understood as well as English ones.

use super::QueryError;
use crate::{Facet, dutch};

/// A field of the query language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// The title.
    Title,
    /// A value.
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

/// Values of closed sets, with how they are called in Dutch.
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

/// The field of that name.
pub fn field(name: &str) -> Result<Field, QueryError> {
    let plain = dutch::form::fold(name);
    if let Some((_, field)) = FIELDS.iter().find(|(known, _)| *known == plain) {
        return Ok(*field);
    }
    let nearest = nearest(&plain, FIELDS.iter().map(|(known, _)| *known));
    Err(QueryError::UnknownField { name: name.to_owned(), nearest })
}

/// A value of a facet, as it is indexed.
pub fn value(facet: Facet, given: &str) -> Result<String, QueryError> {
    let unknown = |nearest: &str| QueryError::UnknownValue {
        field: facet.word(),
        value: given.to_owned(),
        nearest: nearest.to_owned(),
    };
    let of = |known: &[(&'static str, &'static str)]| {
        let plain = dutch::form::fold(given);
        let is = |name: &str| dutch::form::fold(name) == plain;
        let found = known.iter().find(|(english, dutch)| is(english) || is(dutch));
        let names = || known.iter().flat_map(|(english, dutch)| [*english, *dutch]);
        found.map(|(english, _)| (*english).to_owned()).ok_or_else(|| unknown(nearest(&plain, names())))
    };
    match facet {
        Facet::Kind => of(&KINDS),
        Facet::Type => of(&TYPES),
        Facet::Outcome => of(&OUTCOMES),
        Facet::AuthorityKind => of(&AUTHORITY_KINDS),
        // Names of provinces and parties are an open set: they are compared without capitals and accents.
        Facet::Province | Facet::Party => Ok(plain_words(given)),
        Facet::Authority => {
            let code = given.to_lowercase();
            let is_code = code.len() == 6
                && code.bytes().take(2).all(|b| b.is_ascii_lowercase())
                && code.bytes().skip(2).all(|b| b.is_ascii_digit());
            if is_code { Ok(code) } else { Err(unknown("GM0363")) }
        }
        Facet::Year | Facet::Month => match given.parse::<i16>() {
            Ok(year) if (1800..=2200).contains(&year) => Ok(year.to_string()),
            _ => Err(unknown("2026")),
        },
    }
}

/// Words without capitals, accents and signs, with single spaces between them.
pub fn plain_words(text: &str) -> String {
    text.split_whitespace()
        .map(dutch::form::fold)
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

fn nearest<'a>(to: &str, known: impl Iterator<Item = &'a str>) -> &'a str {
    let closest = known.map(|name| (strsim::osa_distance(to, name), name)).min_by_key(|(steps, _)| *steps);
    closest.map_or("", |(_, name)| name)
}
