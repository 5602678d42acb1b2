//! The catalogue of authorities and sources, as readers see it.

use crate::{Authority, AuthorityKind, Source, SourceState};

/// All authorities, by code, and all sources, by key.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Directory {
    /// The authorities, those without a publisher included.
    pub authorities: Vec<Authority>,
    /// The sources, those that are off included.
    pub sources: Vec<Source>,
}

impl Directory {
    /// Lists each authority with each source of its papers, or once without a source if none is served. A
    /// dissolved authority that never had a source is left out: its successors show its papers.
    pub fn entries(&self) -> impl Iterator<Item = (&Authority, Option<&Source>)> {
        let of = |authority: &Authority| {
            let code = authority.code.clone();
            // A register describes an authority and has none of its papers.
            self.sources.iter().filter(move |it| it.authority.code == code && !it.supplier.is_register())
        };
        let councils = self.authorities.iter().filter(|authority| authority.kind != AuthorityKind::State);
        councils.flat_map(move |authority| {
            let is_served =
                |source: &Source| matches!(source.state, SourceState::Active | SourceState::Unverified);
            let is_orphan = authority.dissolved.is_none() && !of(authority).any(is_served);
            let none = is_orphan.then_some((authority, None));
            of(authority).map(move |source| (authority, Some(source))).chain(none)
        })
    }

    /// Lists the provinces of the authorities, by name.
    pub fn provinces(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.entries().flat_map(|(authority, _)| authority.provinces()).collect();
        names.sort_unstable();
        names.dedup();
        names
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn authority(code: &str, province: &str, dissolved: Option<&str>) -> Authority {
        serde_json::from_value(serde_json::json!({
            "id": format!("authority:nl:tooi:{}", code.to_lowercase()), "name": code, "kind": "municipality",
            "code": code, "province": province, "dissolved": dissolved
        }))
        .unwrap()
    }

    #[test]
    fn who_has_no_source_is_named_unless_it_is_no_more() {
        let authorities = vec![
            authority("GM1", "Middenland", None),
            authority("GM2", "Middenland;Kustland", None),
            authority("GM3", "Kustland", Some("2020-01-01")),
        ];
        let source: Source = serde_json::from_value(serde_json::json!({
            "key": "een", "supplier": "notubiz", "tenant": "1", "base": "https://api.notubiz.nl/",
            "state": "active", "authority": authorities[0]
        }))
        .unwrap();
        let quiet = Source { state: SourceState::Off, authority: authorities[1].clone(), ..source.clone() };
        let directory = Directory { authorities, sources: vec![source, quiet] };
        let entries: Vec<_> = directory
            .entries()
            .map(|(authority, source)| (authority.code.as_str(), source.map(|source| source.key.as_str())))
            .collect();
        assert_eq!(entries, [("GM1", Some("een")), ("GM2", Some("een")), ("GM2", None)]);
        assert_eq!(directory.provinces(), ["Kustland", "Middenland"]);
    }
}
