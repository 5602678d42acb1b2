//! The catalogue of authorities and sources, parsed from one TOML file for each supplier.

use std::{collections::BTreeMap, path::Path};

use raadhuis_schema::{Authority, AuthorityKind, Directory, Source, SourceState, SupplierKind, When};
use serde::Deserialize;
use url::Url;

const AUTHORITIES: (&str, &str) = ("authorities.toml", include_str!("../sources/authorities.toml"));

const SOURCES: &[(&str, &str)] = &[
    ("gemeenteoplossingen.toml", include_str!("../sources/gemeenteoplossingen.toml")),
    ("ibabs.toml", include_str!("../sources/ibabs.toml")),
    ("notubiz.toml", include_str!("../sources/notubiz.toml")),
    ("parlaeus.toml", include_str!("../sources/parlaeus.toml")),
    ("allmanak.toml", include_str!("../sources/allmanak.toml")),
    ("registers.toml", include_str!("../sources/registers.toml")),
];

/// All sources by key, and all authorities by code, including those without a source.
#[derive(Clone, Debug, PartialEq)]
pub struct Catalogue {
    authorities: BTreeMap<String, Authority>,
    sources: BTreeMap<String, Source>,
}

#[derive(Debug, thiserror::Error)]
pub enum CatalogueError {
    #[error("{path} cannot be read: {why}")]
    Unreadable { path: String, why: std::io::Error },
    #[error("{file}: {why}")]
    Wrong {
        file: String,
        /// The cause, with its line number where the parser knows it.
        why: String,
    },
    #[error("no source is called {wanted:?}{hint}")]
    Unknown { wanted: String, hint: String },
}

impl CatalogueError {
    fn unreadable(path: &Path, why: std::io::Error) -> Self {
        Self::Unreadable { path: path.display().to_string(), why }
    }

    fn invalid_file(file: &str, why: String) -> Self {
        Self::Wrong { file: file.to_owned(), why }
    }

    fn missing_value(file: &str, key: &str, what: &str) -> Self {
        Self::invalid_file(file, format!("the source {key:?} has no {what}"))
    }
}

/// One TOML file: values shared by all its sources, sources by key, authorities by code.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    supplier: Option<SupplierKind>,
    base: Option<Url>,
    /// True if the authorities of these files replace the compiled-in ones instead of adding to them.
    #[serde(default)]
    whole_country: bool,
    #[serde(default)]
    authorities: BTreeMap<String, AuthorityEntry>,
    #[serde(default)]
    sources: BTreeMap<String, SourceEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AuthorityEntry {
    name: String,
    kind: AuthorityKind,
    province: Option<String>,
    /// The authority's number in the state's register. Only the sources of the registers use it.
    #[serde(rename = "register")]
    _register: Option<u64>,
    dissolved: Option<When>,
    #[serde(default)]
    successors: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SourceEntry {
    authority: String,
    tenant: String,
    supplier: Option<SupplierKind>,
    base: Option<Url>,
    portal: Option<Url>,
    #[serde(default)]
    state: SourceState,
    include: Option<String>,
    exclude: Option<String>,
}

impl AuthorityEntry {
    fn authority(self, code: String) -> Authority {
        let id = Authority::id_of;
        Authority {
            id: id(&code),
            name: self.name,
            kind: self.kind,
            code,
            province: self.province,
            page: None,
            founded: None,
            dissolved: self.dissolved,
            predecessors: Vec::new(),
            successors: self.successors.iter().map(|code| id(code)).collect(),
            seats: None,
        }
    }
}

impl Catalogue {
    /// Loads the compiled-in catalogue.
    ///
    /// # Errors
    /// Never: a test parses the compiled-in files.
    pub fn built_in() -> Result<Self, CatalogueError> {
        Self::of_files([&[AUTHORITIES], SOURCES].concat())
    }

    /// Loads the catalogue in `folder`, or the compiled-in one for `None`.
    ///
    /// # Errors
    /// A file cannot be read or is invalid.
    pub fn or_built_in(folder: Option<&Path>) -> Result<Self, CatalogueError> {
        folder.map_or_else(Self::built_in, Self::in_folder)
    }

    /// Loads the catalogue from a folder of TOML files.
    ///
    /// # Errors
    /// A file cannot be read or is invalid.
    pub fn in_folder(folder: &Path) -> Result<Self, CatalogueError> {
        let mut files = Vec::new();
        for entry in std::fs::read_dir(folder).map_err(|why| CatalogueError::unreadable(folder, why))? {
            let path = entry.map_err(|why| CatalogueError::unreadable(folder, why))?.path();
            if path.extension().is_some_and(|extension| extension == "toml") {
                files.push(path);
            }
        }
        files.sort();
        let mut texts = Vec::new();
        for path in files {
            let text =
                std::fs::read_to_string(&path).map_err(|why| CatalogueError::unreadable(&path, why))?;
            texts.push((path.display().to_string(), text));
        }
        // Authorities that a folder does not describe come from the compiled-in file.
        let texts = texts.iter().map(|(name, text)| (name.as_str(), text.as_str()));
        Self::of_files([AUTHORITIES].into_iter().chain(texts).collect())
    }

    /// Parses a catalogue from one text, for tests and the demo.
    ///
    /// # Errors
    /// The text is invalid.
    pub fn of_text(name: &str, text: &str) -> Result<Self, CatalogueError> {
        Self::of_files(vec![(name, text)])
    }

    /// Reads all authorities before the sources, because a source may name an authority of any file.
    fn of_files(files: Vec<(&str, &str)>) -> Result<Self, CatalogueError> {
        let mut catalogue = Self { authorities: BTreeMap::new(), sources: BTreeMap::new() };
        let mut parsed = Vec::new();
        for (name, text) in files {
            let file: File =
                toml::from_str(text).map_err(|why| CatalogueError::invalid_file(name, why.to_string()))?;
            parsed.push((name, file));
        }
        let is_whole = parsed.iter().any(|(_, file)| file.whole_country);
        for (name, file) in &mut parsed {
            if is_whole && *name == AUTHORITIES.0 {
                continue;
            }
            for (code, entry) in std::mem::take(&mut file.authorities) {
                catalogue.authorities.insert(code.clone(), entry.authority(code));
            }
        }
        for (name, file) in parsed {
            catalogue.add_file(name, file)?;
        }
        Ok(catalogue)
    }

    fn add_file(&mut self, name: &str, file: File) -> Result<(), CatalogueError> {
        for (key, entry) in file.sources {
            let mut authority = self.authorities.get(&entry.authority).cloned().ok_or_else(|| {
                let why = format!("the source {key:?} names {:?}, which is no authority", entry.authority);
                CatalogueError::invalid_file(name, why)
            })?;
            authority.page = entry.portal;
            let source = Source {
                key: key.clone(),
                authority,
                supplier: entry
                    .supplier
                    .or(file.supplier)
                    .ok_or_else(|| CatalogueError::missing_value(name, &key, "supplier"))?,
                tenant: entry.tenant,
                base: entry
                    .base
                    .or_else(|| file.base.clone())
                    .ok_or_else(|| CatalogueError::missing_value(name, &key, "base"))?,
                state: entry.state,
                include: entry.include,
                exclude: entry.exclude,
            };
            if self.sources.insert(key.clone(), source).is_some() {
                return Err(CatalogueError::invalid_file(name, format!("the source {key:?} occurs twice")));
            }
        }
        Ok(())
    }

    /// Looks up a source by key, ignoring case, hyphens, underscores and spaces.
    ///
    /// # Errors
    /// No source has that key; the error suggests similar keys.
    pub fn get(&self, key: &str) -> Result<&Source, CatalogueError> {
        // `denhaag` finds `den_haag`.
        let found = self.sources.get(key).or_else(|| {
            let wanted = normalise_key(key);
            self.sources.iter().find(|(known, _)| normalise_key(known) == wanted).map(|(_, source)| source)
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

    /// Returns the sources with these keys, in that order. Without keys, returns the sources that pass `usual`.
    ///
    /// # Errors
    /// No source has one of the keys.
    pub fn choose_sources(
        &self,
        keys: &[String],
        usual: impl Fn(&Source) -> bool,
    ) -> Result<Vec<Source>, CatalogueError> {
        if keys.is_empty() {
            return Ok(self.sources().filter(|source| usual(source)).cloned().collect());
        }
        keys.iter().map(|key| self.get(key).cloned()).collect()
    }

    /// Existing authorities for which no active source publishes documents, by code.
    pub fn missing(&self) -> Vec<&Authority> {
        let mut missing: Vec<&Authority> = self.authorities.values().collect();
        missing.retain(|it| it.dissolved.is_none() && it.kind != AuthorityKind::State);
        for source in self.sources.values() {
            // A register describes an authority, and has none of its documents.
            if source.state == SourceState::Active && !source.supplier.is_register() {
                missing.retain(|authority| authority.code != source.authority.code);
            }
        }
        missing
    }

    pub fn directory(&self) -> Directory {
        Directory {
            authorities: self.authorities.values().cloned().collect(),
            sources: self.sources.values().cloned().collect(),
        }
    }

    pub fn authorities(&self) -> impl Iterator<Item = &Authority> {
        self.authorities.values()
    }

    pub fn sources(&self) -> impl Iterator<Item = &Source> {
        self.sources.values()
    }
}

fn normalise_key(key: &str) -> String {
    key.to_lowercase().replace(['-', '_', ' '], "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_catalogue_is_sorted_and_sound() {
        let catalogue = Catalogue::built_in().unwrap();
        assert!(catalogue.sources().count() > 300);
        for source in catalogue.sources() {
            assert!(
                !source.tenant.is_empty() && matches!(source.base.scheme(), "http" | "https"),
                "{}",
                source.key
            );
            assert!(
                source.key.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_".contains(c))
            );
        }
        let today = |authority: &&Authority| {
            authority.dissolved.is_none()
                && !matches!(authority.kind, AuthorityKind::State | AuthorityKind::Submunicipal)
        };
        assert_eq!(catalogue.authorities.values().filter(today).count(), 375);
        for (name, text) in SOURCES {
            let keys: Vec<_> =
                text.lines().filter_map(|line| line.strip_prefix("[sources.")?.strip_suffix(']')).collect();
            assert!(keys.windows(2).all(|pair| pair[0] < pair[1]), "{name} is not sorted");
        }
    }

    /// A tenant that spells the name of another authority asks the wrong body: its papers would stand under this one.
    #[test]
    fn no_source_asks_for_another_authority_than_its_own() {
        let plain =
            |text: &str| text.to_lowercase().chars().filter(char::is_ascii_alphanumeric).collect::<String>();
        let catalogue = Catalogue::built_in().unwrap();
        let mut wrong = Vec::new();
        for source in
            catalogue.sources().filter(|source| plain(&source.authority.name) != plain(&source.tenant))
        {
            let others = catalogue.authorities().filter(|it| it.code != source.authority.code);
            let namesake = others.filter(|it| plain(&it.name) == plain(&source.tenant)).map(|it| &it.name);
            wrong.extend(namesake.map(|name| format!("{} asks {name} ({})", source.key, source.tenant)));
        }
        assert_eq!(wrong, [] as [String; 0]);
        assert_eq!(catalogue.get("hunze-en-aa").unwrap().tenant, "hunzeenaas");
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
