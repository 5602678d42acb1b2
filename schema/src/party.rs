//! Parties, and the normalised name that unites the spellings of a party.

use serde::{Deserialize, Serialize};

use crate::{
    Authority,
    id::{Id, Kind, OfKind},
};

/// A party in one council. A party with the same name elsewhere is another party.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Party {
    /// The id of this party.
    pub id: Id<Party>,
    /// The authority with the party in its council.
    pub authority: Id<Authority>,
    /// The name of the party as published.
    pub name: Option<String>,
    /// The number of seats of the party.
    pub seats: Option<u32>,
}

impl OfKind for Party {
    const KIND: Kind = Kind::Party;
}

/// National parties: what the letters of a spelling may be, and the name they are given here.
const NATIONAL: [(&str, &[&str]); 17] = [
    ("CDA", &["cda", "christendemocratischappel", "christendemocratischappelcda"]),
    ("VVD", &["vvd", "volkspartijvoorvrijheidendemocratie", "volkspartijvoorvrijheidendemocratievvd"]),
    ("D66", &["d66", "democraten66", "democraten66d66"]),
    ("PvdA", &["pvda", "partijvandearbeid", "partijvandearbeidpvda"]),
    ("GroenLinks", &["groenlinks", "gl"]),
    ("GroenLinks-PvdA", &["groenlinkspvda", "pvdagroenlinks", "glpvda", "pvdagl"]),
    ("ChristenUnie", &["christenunie", "cu"]),
    ("SGP", &["sgp", "staatkundiggereformeerdepartij", "staatkundiggereformeerdepartijsgp"]),
    ("ChristenUnie-SGP", &["christenuniesgp", "sgpchristenunie", "cusgp"]),
    ("SP", &["sp", "socialistischepartij", "spsocialistischepartij", "socialistischepartijsp"]),
    ("PVV", &["pvv", "partijvoordevrijheid", "pvvpartijvoordevrijheid", "partijvoordevrijheidpvv"]),
    ("Partij voor de Dieren", &["partijvoordedieren", "pvdd", "partijvoordedierenpvdd"]),
    ("50PLUS", &["50plus", "50"]),
    ("Forum voor Democratie", &["forumvoordemocratie", "fvd", "forumvoordemocratiefvd"]),
    ("DENK", &["denk"]),
    ("BBB", &["bbb", "boerburgerbeweging", "bbbboerburgerbeweging"]),
    ("Volt", &["volt", "voltnederland"]),
];

/// Words before a party's name that are no part of it.
const BEFORE: [&str; 12] = [
    "de fractie van de",
    "de fractie van het",
    "de fractie van",
    "de fractie",
    "raadsfractie",
    "statenfractie",
    "raadsleden",
    "statenleden",
    "raadslid",
    "statenlid",
    "fractie",
    "leden",
];

/// Normalises the name of a party: without "Fractie" before it and the number of seats after it, and with one
/// name for each national party. Local names keep their own letters.
pub fn party_name(published: &str) -> String {
    let mut name = published.split_whitespace().collect::<Vec<_>>().join(" ");
    // "CDA (3)" counts seats; "Democraten 66 (D66)" repeats the name.
    while let Some((before, inside)) = name.rsplit_once(" (")
        && inside.trim_end_matches(')').chars().all(|c| c.is_ascii_digit())
    {
        let end = before.len();
        name.truncate(end);
    }
    let plain = name.to_lowercase();
    let begins = BEFORE.iter().find(|words| {
        plain.strip_prefix(**words).is_some_and(|rest| rest.starts_with([' ', ':']) && rest.trim().len() > 1)
    });
    let rest =
        begins.and_then(|words| name.get(words.len()..)).map(|rest| rest.trim_start_matches([' ', ':']));
    // "Fractie De Weerdt" is named after a person: without that word nothing shows that it is a party.
    let bare = rest.unwrap_or(&name);
    let key: String = bare.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect();
    let national = NATIONAL.iter().find(|(_, keys)| keys.contains(&key.as_str()));
    match national {
        Some((name, _)) => (*name).to_owned(),
        None if plain.starts_with("fractie ") => name,
        None => bare.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_party_is_one_under_many_spellings() {
        let check =
            |published: &str, expected: &str| assert_eq!(party_name(published), expected, "{published}");
        check("Fractie CDA", "CDA");
        check("raadsleden cda", "CDA");
        check("CDA (3)", "CDA");
        check("CDA ( (3)", "CDA");
        check("de fractie van het CDA", "CDA");
        check("GROENLINKS – PvdA", "GroenLinks-PvdA");
        check("Democraten 66 (D66)", "D66");
        check("SP (Socialistische Partij)", "SP");
        check("Partij van de Arbeid (P.v.d.A.)", "PvdA");
        check("Heidekerk  Vooruit", "Heidekerk Vooruit");
        check("Fractie De Weerdt", "Fractie De Weerdt");
        check("Stadsbelang", "Stadsbelang");
        check("", "");
    }

    proptest! {
        #[test]
        fn a_normalised_name_is_its_own(published in "[A-Za-z0-9 ():.-]{0,30}") {
            let once = party_name(&published);
            prop_assert_eq!(party_name(&once), once);
        }
    }
}
