//! The catalogue: whom to ask. Data, in TOML, one file for each supplier.

use std::{collections::BTreeMap, path::Path};

use raadhuis_schema::{Authority, AuthorityKind, Id, Source, SupplierKind};
use serde::Deserialize;
use url::Url;

/// The catalogue that is compiled in.
const BUILT_IN: &[(&str, &str)] = &[("notubiz.toml", include_str!("../sources/notubiz.toml"))];

/// All sources, by key.
#[derive(Clone, Debug, PartialEq)]
pub struct Catalogue {
    sources: BTreeMap<String, Source>,
}

/// Why a catalogue cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CatalogueError {
    /// The folder or a file in it cannot be read.
    #[error("{path} cannot be read: {why}")]
    Unreadable {
        /// The folder or file.
        path: String,
        /// What is wrong.
        why: std::io::Error,
    },
    /// A file is not as it should be.
    #[error("{file}: {why}")]
    Wrong {
        /// The file.
        file: String,
        /// What is wrong, with its line where there is one.
        why: String,
    },
    /// Nothing has that key.
    #[error("no source is called {wanted:?}{hint}")]
    Unknown {
        /// What was asked for.
        wanted: String,
        /// The nearest names.
        hint: String,
    },
}

/// One file: what all its sources share, and the sources by key.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    supplier: SupplierKind,
    base: Url,
    sources: BTreeMap<String, Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    name: String,
    kind: AuthorityKind,
    code: String,
    province: Option<String>,
    tenant: String,
    portal: Option<Url>,
    base: Option<Url>,
    #[serde(default = "yes")]
    active: bool,
}

fn yes() -> bool {
    true
}

impl Catalogue {
    /// The catalogue that is compiled in.
    ///
    /// # Errors
    /// Never, as a test sees to.
    pub fn built_in() -> Result<Self, CatalogueError> {
        let mut catalogue = Self { sources: BTreeMap::new() };
        for (name, text) in BUILT_IN {
            catalogue.add(name, text)?;
        }
        Ok(catalogue)
    }

    /// The catalogue in a folder of TOML files.
    ///
    /// # Errors
    /// A folder or file that cannot be read, or that is not as it should be.
    pub fn in_folder(folder: &Path) -> Result<Self, CatalogueError> {
        let unreadable =
            |path: &Path, why| CatalogueError::Unreadable { path: path.display().to_string(), why };
        let mut files = Vec::new();
        for entry in std::fs::read_dir(folder).map_err(|why| unreadable(folder, why))? {
            let path = entry.map_err(|why| unreadable(folder, why))?.path();
            if path.extension().is_some_and(|extension| extension == "toml") {
                files.push(path);
            }
        }
        files.sort();
        let mut catalogue = Self { sources: BTreeMap::new() };
        for path in files {
            let text = std::fs::read_to_string(&path).map_err(|why| unreadable(&path, why))?;
            catalogue.add(&path.display().to_string(), &text)?;
        }
        Ok(catalogue)
    }

    /// A catalogue of the sources in one text, for tests and the demo.
    ///
    /// # Errors
    /// The text is not as it should be.
    pub fn of_text(name: &str, text: &str) -> Result<Self, CatalogueError> {
        let mut catalogue = Self { sources: BTreeMap::new() };
        catalogue.add(name, text)?;
        Ok(catalogue)
    }

    fn add(&mut self, name: &str, text: &str) -> Result<(), CatalogueError> {
        let wrong = |why: String| CatalogueError::Wrong { file: name.to_owned(), why };
        let file: File = toml::from_str(text).map_err(|why| wrong(why.to_string()))?;
        for (key, entry) in file.sources {
            let authority = Authority {
                id: Id::new("nl", "tooi", entry.code.to_lowercase()),
                name: entry.name,
                kind: entry.kind,
                code: entry.code,
                province: entry.province,
                page: entry.portal,
            };
            let source = Source {
                key: key.clone(),
                authority,
                supplier: file.supplier,
                tenant: entry.tenant,
                base: entry.base.unwrap_or_else(|| file.base.clone()),
                active: entry.active,
            };
            if self.sources.insert(key.clone(), source).is_some() {
                return Err(wrong(format!("the source {key:?} occurs twice")));
            }
        }
        Ok(())
    }

    /// The source called `key`.
    ///
    /// # Errors
    /// Nothing has that key; the nearest ones are named.
    pub fn get(&self, key: &str) -> Result<&Source, CatalogueError> {
        // Hyphens, underscores and capitals are nobody's business: `denhaag` finds `den_haag`.
        let plain = |key: &str| key.to_lowercase().replace(['-', '_', ' '], "");
        let found = self.sources.get(key).or_else(|| {
            self.sources.iter().find(|(known, _)| plain(known) == plain(key)).map(|(_, source)| source)
        });
        found.ok_or_else(|| {
            let mut near: Vec<_> = self
                .sources
                .keys()
                .map(|known| (strsim::jaro_winkler(&key.to_lowercase(), known), known))
                .collect();
            near.retain(|(likeness, _)| *likeness > 0.8);
            near.sort_by(|a, b| b.0.total_cmp(&a.0));
            let names: Vec<_> = near.iter().take(3).map(|(_, name)| name.as_str()).collect();
            let hint = if names.is_empty() {
                String::new()
            } else {
                format!("; did you mean {}?", names.join(", "))
            };
            CatalogueError::Unknown { wanted: key.to_owned(), hint }
        })
    }

    /// All sources, by key.
    pub fn all(&self) -> impl Iterator<Item = &Source> {
        self.sources.values()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_catalogue_is_sorted_and_sound() {
        let catalogue = Catalogue::built_in().unwrap();
        assert!(catalogue.all().count() > 100);
        for source in catalogue.all() {
            assert!(!source.tenant.is_empty() && source.base.scheme() == "https", "{}", source.key);
            assert!(
                source.key.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_".contains(c))
            );
        }
        for (name, text) in BUILT_IN {
            let keys: Vec<_> =
                text.lines().filter_map(|line| line.strip_prefix("[sources.")?.strip_suffix(']')).collect();
            assert!(keys.windows(2).all(|pair| pair[0] < pair[1]), "{name} is not sorted");
        }
    }

    #[test]
    fn an_unknown_source_is_answered_with_the_nearest_names() {
        let catalogue = Catalogue::built_in().unwrap();
        assert_eq!(catalogue.get("DenHaag").unwrap().key, "den_haag");
        let error = catalogue.get("denhag").unwrap_err().to_string();
        assert_eq!(error.split_once(';').unwrap().0, "no source is called \"denhag\"");
        assert!(error.contains("den_haag"), "{error}");
    }

    #[test]
    fn a_mistake_in_a_file_is_named_with_its_line() {
        let error = Catalogue::of_text(
            "x.toml",
            "supplier = \"notubiz\"\nbase = \"https://a\"\n[sources.a]\nnaam = 1",
        )
        .unwrap_err()
        .to_string();
        assert!(error.starts_with("x.toml: ") && error.contains("line 4"), "{error}");
    }
}
