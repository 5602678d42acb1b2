//! The shapes of the registers: names with their type as a prefix, codes in addresses, linked data.

use raadhuis_schema::{Authority, AuthorityKind, Id};
use serde_json::Value;

/// Namespace of the TOOI vocabulary.
pub const ONT: &str = "https://identifier.overheid.nl/tooi/def/ont/";

/// Namespace of the vocabulary of changes (PROV).
pub const PROV: &str = "http://www.w3.org/ns/prov#";

/// Functions whose holders are office-holders of a council or its executive.
const OFFICES: [&str; 13] = [
    "raadslid",
    "statenlid",
    "wethouder",
    "burgemeester",
    "griffier",
    "gedeputeerde",
    "commissaris",
    "heemraad",
    "dijkgraaf",
    "watergraaf",
    "algemeen bestuur",
    "dagelijks bestuur",
    "hoofdingeland",
];

pub fn is_office(function: &str) -> bool {
    let function = function.to_lowercase();
    OFFICES.iter().any(|office| function.contains(office))
}

/// The authority in an address like `https://identifier.overheid.nl/tooi/id/gemeente/gm0794`.
pub fn of_address(address: &str) -> Option<(AuthorityKind, String)> {
    let (rest, code) = address.trim().rsplit_once('/')?;
    let kind = match rest.rsplit('/').next()? {
        "gemeente" => AuthorityKind::Municipality,
        "provincie" => AuthorityKind::Province,
        "waterschap" => AuthorityKind::WaterAuthority,
        _ => return None,
    };
    let (letters, digits) = code.split_at_checked(2)?;
    // Earlier versions of an authority have other codes, and are not authorities of their own.
    let known = ["gm", "pv", "ws"].contains(&letters) && digits.bytes().all(|byte| byte.is_ascii_digit());
    (known && !digits.is_empty()).then(|| (kind, code.to_uppercase()))
}

/// The id of the authority with this code, the same as in the catalogue.
pub fn authority_id(code: &str) -> Id<Authority> {
    Id::new("nl", "tooi", code.to_lowercase())
}

/// A name without its type prefix. Water authorities keep theirs: they are not known without it.
pub fn bare_name(name: &str, kind: AuthorityKind) -> String {
    let name = name.trim();
    let sort = match kind {
        AuthorityKind::Municipality => "gemeente ",
        AuthorityKind::Province => "provincie ",
        _ => return name.to_owned(),
    };
    match name.get(..sort.len()) {
        Some(start) if start.to_lowercase() == sort => name.get(sort.len()..).unwrap_or(name).to_owned(),
        _ => name.to_owned(),
    }
}

/// Forms of address before a name.
const FORMS: [&str; 6] = ["dhr.", "mw.", "mevr.", "de heer ", "mevrouw ", "dhr "];

/// A person's name without the form of address before it. `None` for a vacancy.
pub fn person_name(name: &str) -> Option<String> {
    let name = name.trim();
    let address = FORMS.iter().find_map(|form| {
        let begins = name.get(..form.len())?.to_lowercase() == *form;
        begins.then(|| name.get(form.len()..)).flatten()
    });
    let bare = address.unwrap_or(name).trim();
    (!bare.is_empty() && !bare.to_lowercase().starts_with("vacature")).then(|| bare.to_owned())
}

pub fn linked_addresses<'a>(node: &'a Value, property: &str) -> impl Iterator<Item = &'a str> {
    let list = node.get(property).and_then(Value::as_array).into_iter().flatten();
    list.filter_map(|link| link.get("@id")?.as_str())
}

pub fn literal<'a>(node: &'a Value, property: &str) -> Option<&'a str> {
    node.get(property)?.as_array()?.first()?.get("@value")?.as_str()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_names_an_authority_and_earlier_versions_do_not() {
        let base = "https://identifier.overheid.nl/tooi/id";
        let check = |end: &str, code: Option<&str>| {
            assert_eq!(of_address(&format!("{base}/{end}")).map(|(_, code)| code).as_deref(), code, "{end}");
        };
        check("gemeente/gm9101", Some("GM9101"));
        check("waterschap/hv_04193490", None);
        check("ministerie/mnre1034", None);
        check("gemeente/é", None);
    }

    #[test]
    fn names_lose_what_stands_before_them() {
        assert_eq!(bare_name("Gemeente Waterdam", AuthorityKind::Municipality), "Waterdam");
        assert_eq!(bare_name("'s-Heerdam", AuthorityKind::Municipality), "'s-Heerdam");
        assert_eq!(person_name("Dhr. J. Bos").as_deref(), Some("J. Bos"));
        assert_eq!(person_name("Mw. A. de Wit").as_deref(), Some("A. de Wit"));
        assert_eq!(person_name("J. Dhr. Bos").as_deref(), Some("J. Dhr. Bos"));
        assert_eq!(person_name("Vacature"), None);
    }
}
