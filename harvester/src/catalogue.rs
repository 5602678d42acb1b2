//! The catalogue: whom to ask. Data, in TOML, one file for each supplier.

use std::{collections::BTreeMap, path::Path};

use raadhuis_schema::{Authority, AuthorityKind, Directory, Source, SourceState, SupplierKind, When};
use serde::Deserialize;
use url::Url;

/// The authorities that are compiled in.
const AUTHORITIES: (&str, &str) = ("authorities.toml", include_str!("../sources/authorities.toml"));

/// The sources that are compiled in.
const SOURCES: &[(&str, &str)] = &[
    ("gemeenteoplossingen.toml", include_str!("../sources/gemeenteoplossingen.toml")),
    ("ibabs.toml", include_str!("../sources/ibabs.toml")),
    ("notubiz.toml", include_str!("../sources/notubiz.toml")),
    ("parlaeus.toml", include_str!("../sources/parlaeus.toml")),
    ("allmanak.toml", include_str!("../sources/allmanak.toml")),
    ("registers.toml", include_str!("../sources/registers.toml")),
];

/// All sources by key, and all authorities by code, those that nobody publishes included.
#[derive(Clone, Debug, PartialEq)]
pub struct Catalogue {
    authorities: BTreeMap<String, Authority>,
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

/// One file: what all its sources share, the sources by key, and authorities by code.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    supplier: Option<SupplierKind>,
    base: Option<Url>,
    /// Whether the authorities of these files are all there are, and not those that are compiled in besides.
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
    /// Its number in the state's register. Known to the registers' own sources only.
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
    /// The catalogue that is compiled in.
    ///
    /// # Errors
    /// Never, as a test sees to.
    pub fn built_in() -> Result<Self, CatalogueError> {
        Self::of_files([&[AUTHORITIES], SOURCES].concat())
    }

    /// The catalogue in a folder, or the one that is compiled in when none is named.
    ///
    /// # Errors
    /// A folder or file that cannot be read, or that is not as it should be.
    pub fn or_built_in(folder: Option<&Path>) -> Result<Self, CatalogueError> {
        folder.map_or_else(Self::built_in, Self::in_folder)
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
        let read = |path: std::path::PathBuf| match std::fs::read_to_string(&path) {
            Ok(text) => Ok((path.display().to_string(), text)),
            Err(why) => Err(unreadable(&path, why)),
        };
        let texts = files.into_iter().map(read).collect::<Result<Vec<_>, _>>()?;
        // Authorities that a folder does not describe are the country's own.
        let texts = texts.iter().map(|(name, text)| (name.as_str(), text.as_str()));
        Self::of_files([AUTHORITIES].into_iter().chain(texts).collect())
    }

    /// A catalogue of the sources and authorities in one text, for tests and the demo.
    ///
    /// # Errors
    /// The text is not as it should be.
    pub fn of_text(name: &str, text: &str) -> Result<Self, CatalogueError> {
        Self::of_files(vec![(name, text)])
    }

    /// All authorities first, because any file may name any of them.
    fn of_files(files: Vec<(&str, &str)>) -> Result<Self, CatalogueError> {
        let mut catalogue = Self { authorities: BTreeMap::new(), sources: BTreeMap::new() };
        let mut parsed = Vec::new();
        for (name, text) in files {
            let wrong =
                |why: toml::de::Error| CatalogueError::Wrong { file: name.to_owned(), why: why.to_string() };
            parsed.push((name, toml::from_str::<File>(text).map_err(wrong)?));
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
            catalogue.add(name, file)?;
        }
        Ok(catalogue)
    }

    fn add(&mut self, name: &str, file: File) -> Result<(), CatalogueError> {
        let wrong = |why: String| CatalogueError::Wrong { file: name.to_owned(), why };
        for (key, entry) in file.sources {
            let lacks = |what: &str| wrong(format!("the source {key:?} has no {what}"));
            let mut authority = self.authorities.get(&entry.authority).cloned().ok_or_else(|| {
                wrong(format!("the source {key:?} names {:?}, which is no authority", entry.authority))
            })?;
            authority.page = entry.portal;
            let source = Source {
                key: key.clone(),
                authority,
                supplier: entry.supplier.or(file.supplier).ok_or_else(|| lacks("supplier"))?,
                tenant: entry.tenant,
                base: entry.base.or_else(|| file.base.clone()).ok_or_else(|| lacks("base"))?,
                state: entry.state,
                include: entry.include,
                exclude: entry.exclude,
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

    /// The sources called so, in that order; those that pass `usual` when no name is given.
    ///
    /// # Errors
    /// Nothing has one of those keys.
    pub fn chosen(
        &self,
        keys: &[String],
        usual: impl Fn(&Source) -> bool,
    ) -> Result<Vec<Source>, CatalogueError> {
        if keys.is_empty() {
            return Ok(self.all().filter(|source| usual(source)).cloned().collect());
        }
        keys.iter().map(|key| self.get(key).cloned()).collect()
    }

    /// The authorities of today that no active source publishes, by code.
    pub fn missing(&self) -> Vec<&Authority> {
        let covered = |authority: &Authority| {
            // A register tells of an authority, and has none of its papers.
            let publishes =
                |source: &&Source| source.state == SourceState::Active && !source.supplier.is_register();
            let mut active = self.sources.values().filter(publishes);
            active.any(|source| source.authority.code == authority.code)
        };
        let today = |authority: &&Authority| {
            authority.dissolved.is_none() && authority.kind != AuthorityKind::State && !covered(authority)
        };
        self.authorities.values().filter(today).collect()
    }

    /// All of it, for those who only read.
    pub fn directory(&self) -> Directory {
        Directory {
            authorities: self.authorities.values().cloned().collect(),
            sources: self.sources.values().cloned().collect(),
        }
    }

    /// All authorities, by code.
    pub fn authorities(&self) -> impl Iterator<Item = &Authority> {
        self.authorities.values()
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
        assert!(catalogue.all().count() > 300);
        for source in catalogue.all() {
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
        for source in catalogue.all().filter(|source| plain(&source.authority.name) != plain(&source.tenant))
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
